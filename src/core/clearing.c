/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clearing.h"

#include "core/clearing_work.h"
#include "core/tie.h"
#include "crypto/hash.h"

#include <assert.h>
#include <string.h>

/* RULE market.10: where the curves stand after the sweep. */
struct crossing {
    uint32_t bid_end;                /* w->sorted: bids from 0, best first */
    uint32_t offer_first, offer_end; /* and offers; between them room of bids that are out */
    int64_t crossing_wh;             /* V */
    int64_t bid_net, offer_net;      /* b(V), s(V) */
    int64_t next_bid;                /* b(V+1), CLEARING_NONE if there is none */
};

/* RULE market.9: bids below and offers above the posted price leave the book. */
static void leave_posted(struct clearing_work *w)
{
    const struct book_params *params = &w->book->params;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        if (o->side == ORDER_BID ? o->price - params->fee_ref < params->posted
                                 : o->price > params->posted)
            w->out->quantities[i].is_out = true;
    }
}

/* Each side by itself: one pass of the sort less than both with a bit for the side. */
static void sort_live(struct clearing_work *w, struct crossing *x)
{
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        if (!clearing_is_live(w, i))
            continue;
        const bool is_bid = w->book->orders[i].side == ORDER_BID;
        const int64_t net = clearing_net(w->book, i);
        const uint64_t key = (uint64_t)(BOOK_PRICE_MAX + (is_bid ? -net : net));
        w->sorted[is_bid ? x->bid_end++ : x->offer_end++] =
            (struct sort_item){key, clearing_number(i, w->out->quantities[i].funded_wh)};
    }
    sort_keys(w->sorted, w->scratch, x->bid_end);
    sort_keys(w->sorted + x->offer_first, w->scratch, x->offer_end - x->offer_first);
}

static int64_t bid_net_at(const struct clearing_work *w, uint32_t at)
{
    return BOOK_PRICE_MAX - (int64_t)w->sorted[at].key;
}

static int64_t offer_net_at(const struct clearing_work *w, uint32_t at)
{
    return (int64_t)w->sorted[at].key - BOOK_PRICE_MAX;
}

static void sweep(struct clearing_work *w, struct crossing *x)
{
    uint32_t b = 0, s = x->offer_first;
    int64_t bid_rest = b < x->bid_end ? clearing_wh_of(&w->sorted[b]) : 0; /* of b and s */
    int64_t offer_rest = s < x->offer_end ? clearing_wh_of(&w->sorted[s]) : 0;
    while (b < x->bid_end && s < x->offer_end && bid_net_at(w, b) >= offer_net_at(w, s)) {
        const int64_t wh = bid_rest < offer_rest ? bid_rest : offer_rest;
        x->crossing_wh += wh;
        x->bid_net = bid_net_at(w, b);
        x->offer_net = offer_net_at(w, s);
        bid_rest -= wh;
        offer_rest -= wh;
        if (bid_rest == 0 && ++b < x->bid_end)
            bid_rest = clearing_wh_of(&w->sorted[b]);
        if (offer_rest == 0 && ++s < x->offer_end)
            offer_rest = clearing_wh_of(&w->sorted[s]);
    }
    x->next_bid = b < x->bid_end ? bid_net_at(w, b) : CLEARING_NONE;
}

static enum clearing_result result_of(const struct crossing *x)
{
    const bool has_offers = x->offer_end > x->offer_first;
    if (x->bid_end == 0)
        return has_offers ? CLEARING_NO_BIDS : CLEARING_NO_ORDERS;
    if (!has_offers)
        return CLEARING_NO_OFFERS;
    return x->crossing_wh > 0 ? CLEARING_CLEARED : CLEARING_NO_CROSS;
}

static void cross(struct clearing_work *w, struct crossing *x)
{
    struct clearing *out = w->out;
    x->offer_first = x->offer_end = clearing_fund(w);
    if (w->book->params.price_rule == BOOK_POSTED)
        leave_posted(w);
    sort_live(w, x);
    sweep(w, x);
    out->result = result_of(x);
    if (x->bid_end > 0)
        out->best_bid = bid_net_at(w, 0);
    if (x->offer_end > x->offer_first)
        out->best_offer = offer_net_at(w, x->offer_first);
    if (out->result != CLEARING_CLEARED)
        return;
    out->crossing_wh = x->crossing_wh;
    out->marginal_bid = x->bid_net;
    out->marginal_offer = x->offer_net;
    const int64_t sum = x->bid_net + x->offer_net; /* b(V) >= s(V) >= 0: halving is floor */
    out->price = sum / 2;
    out->dual = x->next_bid > x->offer_net ? x->next_bid : x->offer_net;
}

static i128 surplus_of(const struct clearing_work *w)
{
    i128 sum = 0;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const i128 value = (i128)clearing_net(w->book, i) * w->out->quantities[i].crossing_wh;
        sum += w->book->orders[i].side == ORDER_BID ? value : -value;
    }
    return sum;
}

static bool begin(struct clearing_work *w, struct clearing *out, struct arena *arena,
                  const struct book *book)
{
    const uint32_t count = book->order_count;
    assert(count <= BOOK_ORDERS_MAX);
    memset(out, 0, sizeof *out);
    out->price = out->dual = out->marginal_bid = out->marginal_offer = CLEARING_NONE;
    out->best_bid = out->best_offer = CLEARING_NONE;
    w->book = book;
    w->out = out;
    out->quantities = arena_take_raw(arena, count, sizeof *out->quantities, 8);
    w->sorted = arena_take_raw(arena, count, CLEARING_ITEM_BYTES, 8);
    w->scratch = arena_take_raw(arena, count, CLEARING_ITEM_BYTES, 8);
    w->third = arena_take(arena, count, CLEARING_ITEM_BYTES, 8);
    return out->quantities && w->sorted && w->scratch && w->third;
}

size_t clearing_bytes(uint32_t order_count)
{
    const size_t cells = BOOK_CLASSES * BOOK_CLASSES;
    return (size_t)order_count * 64 + (order_count + cells) * sizeof(struct clearing_contract) + 64;
}

bool clearing_cross(struct clearing *out, struct arena *arena, const struct book *book)
{
    struct clearing_work w;
    struct crossing x = {0};
    if (!begin(&w, out, arena, book))
        return false;
    cross(&w, &x);
    return true;
}

bool clearing_make(struct clearing *out, struct arena *arena, const struct book *book)
{
    struct clearing_work w;
    struct crossing x = {0};
    if (!begin(&w, out, arena, book))
        return false;
    cross(&w, &x);
    if (out->result == CLEARING_CLEARED) {
        w.tie = tie_key(&book->seed, book->interval);
        clearing_award(&w, AWARD_CROSSING, 0, x.bid_end, x.crossing_wh, &out->ration);
        clearing_award(&w, AWARD_CROSSING, x.offer_first, x.offer_end, x.crossing_wh, &out->ration);
        out->surplus = surplus_of(&w);
        clearing_score(&w);
        if (!clearing_pair(&w, arena))
            return false;
    }
    out->digest = clearing_digest(out, book);
    return true;
}
