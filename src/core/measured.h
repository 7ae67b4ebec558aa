/* SPDX-License-Identifier: Apache-2.0 */
/* core/measured.h - the measured round's orders, cut to what the meters say (RULE market.22,
 * gate.2).
 *
 * Pure. An order of the measured round counts for no more than the member's signed statement
 * covers, less what the forward round has used; so it cannot fail for forecast reasons. */
#ifndef PEERWATT_CORE_MEASURED_H
#define PEERWATT_CORE_MEASURED_H

#include "base/must_use.h"
#include "core/book.h"

#include <stdbool.h>
#include <stdint.h>

struct measured_left { /* of one member, Wh that no contract has used; never below 0 */
    int64_t sell_wh, buy_wh;
};

/* @has_statement false: nothing is left, and all orders expire. @sold_wh and @bought_wh were used
 * up by the forward round. */
MUST_USE struct measured_left measured_left(bool has_statement, int64_t delivered_wh,
                                            int64_t taken_wh, int64_t sold_wh, int64_t bought_wh);

/* Fill @orders, ascending numbers, from @left (by member), which becomes what remains for the
 * measured contracts of `trade.3`; orders that get nothing are taken out. Returns how many stay. */
MUST_USE uint32_t measured_cut(struct book_order *orders, uint32_t count,
                               struct measured_left *left);

#endif
