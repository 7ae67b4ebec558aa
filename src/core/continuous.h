/* SPDX-License-Identifier: Apache-2.0 */
/* core/continuous.h - the mechanism `continuous`: incoming orders meet resting ones
 * (RULE market.19, market.20).
 *
 * Pure; all memory is the caller's. Time means block height; inside a block the order is drawn
 * after the block is fixed, so its proposer can censor but not jump the queue. There is no
 * certificate of surplus: the record is the sequence of matches, and anyone replays it. */
#ifndef PEERWATT_CORE_CONTINUOUS_H
#define PEERWATT_CORE_CONTINUOUS_H

#include "base/must_use.h"
#include "base/sort.h"
#include "core/book.h"

#include <stdint.h>

enum { CONTINUOUS_LOOKS_MAX = 64 }; /* resting orders an incoming one looks at */

struct continuous_rest {
    uint32_t order; /* index into book->orders */
    uint32_t rest_wh;
};

struct continuous_side { /* best limit first, among equals the one run earlier */
    struct continuous_rest *resting;
    uint32_t count;
};

struct continuous {
    const struct book *book;
    struct continuous_side bids, offers; /* each with room for book->order_count */
    int64_t *funds_micro;                /* by member: what is left; BOOK_FUNDS_ENOUGH stays so */
};

struct continuous_match {
    uint32_t bid, offer; /* indexes into book->orders */
    int64_t energy_wh;
    int64_t price; /* micro per kWh, what the seller gets */
    int64_t payment_micro, fee, fee_micro;
};

/* The queue of the orders that were admitted at @height, once a seed made after it is there:
 * @items[i].number is the index of an order, ascending; sorts them, @scratch is as long. */
void continuous_queue(struct sort_item *items, struct sort_item *scratch, uint32_t count,
                      const struct book *book, const struct hash *seed, uint64_t height);

/* Run one order through the book; what is left of it rests. Returns how many matches it made. */
MUST_USE uint32_t continuous_run(struct continuous_match out[CONTINUOUS_LOOKS_MAX],
                                 struct continuous *c, uint32_t order);

/* RULE market.20: over all matches so far, in their order, and the resting book. */
MUST_USE struct hash continuous_digest(const struct continuous *c,
                                       const struct continuous_match *matches, uint32_t count);

#endif
