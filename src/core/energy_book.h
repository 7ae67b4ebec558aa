/* SPDX-License-Identifier: Apache-2.0 */
/* core/energy_book.h - whose delivered energy is where, in one delivery interval (RULE ledger.5,
 * trade.3, trade.5).
 *
 * Pure. Statements credit `title` to who delivered; execution moves it to the contract's escrow;
 * settlement gives it to the buyer as `received`. The caller has decided that what is moved is
 * there (assert); nothing can fail. */
#ifndef PEERWATT_CORE_ENERGY_BOOK_H
#define PEERWATT_CORE_ENERGY_BOOK_H

#include "base/energy.h"
#include "base/must_use.h"
#include "base/wide.h"

#include <stdbool.h>
#include <stdint.h>

struct energy_account { /* all >= 0 */
    struct energy title, escrow, received;
};

struct energy_book {
    struct energy_account *accounts; /* by slot, [0] unused; the caller's */
    uint32_t slot_max;
    i128 delivered_wh, held_wh; /* running sums: of what was credited, of all three places */
};

void energy_book_credit(struct energy_book *b, uint32_t slot, struct energy delivered);
void energy_book_escrow(struct energy_book *b, uint32_t seller, struct energy energy);
void energy_book_settle(struct energy_book *b, uint32_t seller, uint32_t buyer,
                        struct energy energy);
void energy_book_return(struct energy_book *b, uint32_t seller, struct energy energy);

/* RULE ledger.5: sum of (title + escrow + received) = sum of delivered, each term >= 0. */
MUST_USE bool energy_book_is_conserved(const struct energy_book *b);

#endif
