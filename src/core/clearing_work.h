/* SPDX-License-Identifier: Apache-2.0 */
/* core/clearing_work.h - what the steps of one clearing share; for clearing*.c only.
 *
 * Three areas of 16 bytes an order serve each step in turn: @sorted holds orders as sort items,
 * the other two are scratch, for sorting and for what a step keeps per household or lot. */
#ifndef PEERWATT_CORE_CLEARING_WORK_H
#define PEERWATT_CORE_CLEARING_WORK_H

#include "base/siphash.h"
#include "base/sort.h"
#include "core/clearing.h"

struct clearing_work {
    const struct book *book;
    struct clearing *out;
    struct siphash_key tie;
    struct sort_item *sorted, *scratch;
    void *third;
};

enum { CLEARING_ITEM_BYTES = sizeof(struct sort_item) };

/* A sort item carries, beside its order's index, the Wh that the step at hand takes from it.
 * Walking in price order need not go back to the orders then, which in a large book is a miss of
 * the cache each (RULE market.18). Numbers of items rise with the index, as sort_keys asks. */
static inline uint64_t clearing_number(uint32_t order, uint32_t wh)
{
    return (uint64_t)order << 32 | wh;
}

static inline uint32_t clearing_order_of(const struct sort_item *item)
{
    return (uint32_t)(item->number >> 32);
}

static inline uint32_t clearing_wh_of(const struct sort_item *item)
{
    return (uint32_t)item->number;
}

/* Is the order in the book still, after funding and posted price? */
static inline bool clearing_is_live(const struct clearing_work *w, uint32_t order)
{
    return w->out->quantities[order].funded_wh > 0 && !w->out->quantities[order].is_out;
}

/* RULE market.8, market.9: the net limit of an order that is still in the book. */
static inline int64_t clearing_net(const struct book *book, uint32_t order)
{
    const struct book_order *o = &book->orders[order];
    if (book->params.price_rule == BOOK_POSTED)
        return book->params.posted;
    return o->side == ORDER_BID ? o->price - book->params.fee_ref : o->price;
}

/* What an award hands out, and where it is written. */
enum award_kind {
    AWARD_CROSSING, /* funded energy; crossing_wh */
    AWARD_SHRINK,   /* crossing energy; final_wh */
    AWARD_GROW,     /* what accepts the price and has no crossing energy; added to final_wh */
};

/* RULE market.11: hand @amount Wh to the orders w->sorted[first] to [end - 1], best first; items
 * carry their claims, those of one key are a price level, the last level served is shared. The
 * ration is told in @ration, which may be NULL. */
void clearing_award(struct clearing_work *w, enum award_kind kind, uint32_t first, uint32_t end,
                    int64_t amount, struct clearing_ration *ration);

/* Does the order accept the clearing price, by its net limit? */
bool clearing_accepts(const struct clearing_work *w, uint32_t order);

/* RULE market.6: funded_wh of every order. Returns how many of the orders are bids. */
uint32_t clearing_fund(struct clearing_work *w);

/* RULE market.13: flow, cut and final quantities. */
void clearing_score(struct clearing_work *w);

/* RULE market.14, market.15: contracts. False if @arena is full. */
MUST_USE bool clearing_pair(struct clearing_work *w, struct arena *arena);

#endif
