/* SPDX-License-Identifier: Apache-2.0 */
#include "core/energy_book.h"

#include <assert.h>

/* The only writer of the three places. */
static void add(struct energy_book *b, struct energy *place, int64_t wh)
{
    const bool fits = energy_add(place, *place, (struct energy){wh});
    assert(fits && place->wh >= 0);
    b->held_wh += wh;
}

static struct energy_account *account_get(struct energy_book *b, uint32_t slot)
{
    assert(slot >= 1 && slot <= b->slot_max);
    return &b->accounts[slot];
}

void energy_book_credit(struct energy_book *b, uint32_t slot, struct energy delivered)
{
    b->delivered_wh += delivered.wh;
    add(b, &account_get(b, slot)->title, delivered.wh);
}

void energy_book_escrow(struct energy_book *b, uint32_t seller, struct energy energy)
{
    add(b, &account_get(b, seller)->title, -energy.wh);
    add(b, &account_get(b, seller)->escrow, energy.wh);
}

void energy_book_settle(struct energy_book *b, uint32_t seller, uint32_t buyer,
                        struct energy energy)
{
    add(b, &account_get(b, seller)->escrow, -energy.wh);
    add(b, &account_get(b, buyer)->received, energy.wh);
}

void energy_book_return(struct energy_book *b, uint32_t seller, struct energy energy)
{
    add(b, &account_get(b, seller)->escrow, -energy.wh);
    add(b, &account_get(b, seller)->title, energy.wh);
}

bool energy_book_is_conserved(const struct energy_book *b)
{
    i128 sum = 0;
    for (uint32_t slot = 1; slot <= b->slot_max; slot++) {
        const struct energy_account *a = &b->accounts[slot];
        if (a->title.wh < 0 || a->escrow.wh < 0 || a->received.wh < 0)
            return false;
        sum += (i128)a->title.wh + a->escrow.wh + a->received.wh;
    }
    return sum == b->delivered_wh && sum == b->held_wh;
}
