/* SPDX-License-Identifier: Apache-2.0 */
#include "core/continuous.h"

#include "base/price.h"
#include "base/wide.h"
#include "core/tie.h"
#include "crypto/hash.h"

#include <assert.h>
#include <string.h>

struct incoming {
    struct continuous *c;
    struct continuous_match *out;
    const struct book_order *order;
    struct continuous_side *against;
    uint32_t index, rest_wh, looks, match_count;
};

void continuous_queue(struct sort_item *items, struct sort_item *scratch, uint32_t count,
                      const struct book *book, const struct hash *seed, uint64_t height)
{
    const struct siphash_key key = tie_key(seed, height);
    for (uint32_t i = 0; i < count; i++) {
        const struct book_order *o = &book->orders[items[i].number];
        items[i].key = tie_rank(&key, TIE_PAIRING, book->members[o->member].slot);
    }
    sort_keys(items, scratch, count);
}

/* What the buyer can pay of @wh at its limit, with a margin of 1 micro for the rounding. */
static int64_t affordable(const struct continuous *c, const struct book_order *bid, int64_t wh)
{
    const int64_t funds = c->funds_micro[bid->member];
    if (funds == BOOK_FUNDS_ENOUGH || bid->price == 0)
        return wh;
    const i128 most = funds > 1 ? ((i128)funds - 1) * 1000 / bid->price : 0;
    return most < wh ? (int64_t)most : wh;
}

static uint32_t feeder_of(const struct book *book, const struct book_order *order)
{
    return book->members[order->member].feeder;
}

static bool may_trade(const struct book *book, const struct book_order *bid,
                      const struct book_order *offer)
{
    return book->members[bid->member].household != book->members[offer->member].household &&
           book_may_meet(book_class(book, offer), book_class(book, bid)) &&
           offer->price +
                   charge_rate(&book->params.fees, feeder_of(book, offer), feeder_of(book, bid)) <=
               bid->price;
}

/* The price is the limit of the resting order; a resting bid's limit is all in. */
static void write_match(struct incoming *in, uint32_t bid, uint32_t offer, int64_t wh)
{
    const struct book *book = in->c->book;
    const struct book_order *b = &book->orders[bid], *o = &book->orders[offer];
    struct money payment;
    struct charge charge;
    bool fits = charge_make(&charge, &book->params.fees, feeder_of(book, o), feeder_of(book, b),
                            (struct energy){wh});
    const int64_t price = in->order->side == ORDER_BID ? o->price : b->price - charge.rate;
    fits = fits && price_payment(&payment, (struct price){price}, (struct energy){wh});
    assert(fits); /* energies of one order are below 2^30, prices too */
    if (in->c->funds_micro[b->member] != BOOK_FUNDS_ENOUGH)
        in->c->funds_micro[b->member] -= payment.micro;
    in->out[in->match_count++] = (struct continuous_match){
        bid, offer, wh, price, payment.micro, charge.rate, charge.in_full.micro};
}

/* Look at one resting order: a match, or it is passed over. */
static void look(struct incoming *in, struct continuous_rest *resting)
{
    const struct book *book = in->c->book;
    const bool is_bid = in->order->side == ORDER_BID;
    const uint32_t bid = is_bid ? in->index : resting->order;
    const uint32_t offer = is_bid ? resting->order : in->index;
    in->looks++;
    if (!may_trade(book, &book->orders[bid], &book->orders[offer]))
        return;
    const uint32_t least = in->rest_wh < resting->rest_wh ? in->rest_wh : resting->rest_wh;
    const int64_t wh = affordable(in->c, &book->orders[bid], least);
    if (wh == 0)
        return;
    write_match(in, bid, offer, wh);
    in->rest_wh -= (uint32_t)wh;
    resting->rest_wh -= (uint32_t)wh;
    /* RULE market.20: a remainder below the smallest order is cancelled. */
    if (resting->rest_wh < book->params.order_min_wh)
        resting->rest_wh = 0;
    if (in->rest_wh < book->params.order_min_wh)
        in->rest_wh = 0;
}

static bool is_near(const struct incoming *in, const struct continuous_rest *resting)
{
    const struct book *book = in->c->book;
    return feeder_of(book, &book->orders[resting->order]) == feeder_of(book, in->order);
}

/* The orders of one limit, resting[first] to [end - 1]; all of them, or only those near or far. */
static void walk_level(struct incoming *in, uint32_t first, uint32_t end, bool wants_near,
                       bool wants_far)
{
    for (uint32_t i = first; i < end && in->rest_wh > 0 && in->looks < CONTINUOUS_LOOKS_MAX; i++) {
        struct continuous_rest *resting = &in->against->resting[i];
        if (is_near(in, resting) ? wants_near : wants_far)
            look(in, resting);
    }
}

static int64_t limit_at(const struct incoming *in, uint32_t at)
{
    return in->c->book->orders[in->against->resting[at].order].price;
}

static void walk(struct incoming *in)
{
    const uint32_t count = in->against->count;
    for (uint32_t first = 0, end; first < count; first = end) {
        if (in->rest_wh == 0 || in->looks == CONTINUOUS_LOOKS_MAX)
            return;
        for (end = first; end < count && limit_at(in, end) == limit_at(in, first);)
            end++;
        if (in->order->feeder_first) {
            walk_level(in, first, end, true, false);
            walk_level(in, first, end, false, true);
        } else {
            walk_level(in, first, end, true, true);
        }
    }
}

static void remove_empty(struct continuous_side *side)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < side->count; i++)
        if (side->resting[i].rest_wh > 0)
            side->resting[kept++] = side->resting[i];
    side->count = kept;
}

/* Behind all that are as good: time is the order in which they were run. */
static void rest(struct continuous *c, uint32_t order, uint32_t rest_wh)
{
    const struct book_order *orders = c->book->orders;
    const bool is_bid = orders[order].side == ORDER_BID;
    struct continuous_side *side = is_bid ? &c->bids : &c->offers;
    uint32_t at = side->count;
    for (; at > 0; at--) {
        const int64_t before = orders[side->resting[at - 1].order].price;
        if (is_bid ? before >= orders[order].price : before <= orders[order].price)
            break;
    }
    memmove(&side->resting[at + 1], &side->resting[at], (side->count - at) * sizeof *side->resting);
    side->resting[at] = (struct continuous_rest){order, rest_wh};
    side->count++;
}

uint32_t continuous_run(struct continuous_match out[CONTINUOUS_LOOKS_MAX], struct continuous *c,
                        uint32_t order)
{
    const struct book_order *o = &c->book->orders[order];
    struct incoming in = {.c = c,
                          .out = out,
                          .order = o,
                          .against = o->side == ORDER_BID ? &c->offers : &c->bids,
                          .index = order,
                          .rest_wh = o->energy_wh};
    if (o->side == ORDER_BID) /* RULE market.19: what its buyer cannot pay is cut */
        in.rest_wh = (uint32_t)affordable(c, o, o->energy_wh);
    if (in.rest_wh < c->book->params.order_min_wh)
        return 0;
    walk(&in);
    if (in.match_count > 0)
        remove_empty(in.against);
    if (in.rest_wh > 0)
        rest(c, order, in.rest_wh);
    return in.match_count;
}

static void hash_u32(struct hash_ctx *ctx, uint32_t value)
{
    uint8_t bytes[4];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_u32(&w, value);
    hash_update(ctx, (struct span){bytes, sizeof bytes});
}

static void hash_u64s(struct hash_ctx *ctx, const uint64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[8];
        struct bytes_writer w;
        bytes_writer_init(&w, bytes, sizeof bytes);
        bytes_write_u64(&w, values[i]);
        hash_update(ctx, (struct span){bytes, sizeof bytes});
    }
}

static void hash_side(struct hash_ctx *ctx, const struct continuous *c,
                      const struct continuous_side *side)
{
    hash_u32(ctx, side->count);
    for (uint32_t i = 0; i < side->count; i++) {
        const struct continuous_rest *r = &side->resting[i];
        hash_u64s(ctx, (const uint64_t[]){c->book->orders[r->order].number, r->rest_wh}, 2);
    }
}

struct hash continuous_digest(const struct continuous *c, const struct continuous_match *matches,
                              uint32_t count)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, span_of_text("peerwatt.continuous.1"));
    hash_u64s(&ctx, &c->book->interval, 1);
    hash_u32(&ctx, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct continuous_match *m = &matches[i];
        const uint64_t values[] = {c->book->orders[m->bid].number, c->book->orders[m->offer].number,
                                   (uint64_t)m->energy_wh,         (uint64_t)m->price,
                                   (uint64_t)m->payment_micro,     (uint64_t)m->fee,
                                   (uint64_t)m->fee_micro};
        hash_u64s(&ctx, values, sizeof values / sizeof values[0]);
    }
    hash_side(&ctx, c, &c->bids);
    hash_side(&ctx, c, &c->offers);
    return hash_final(&ctx);
}
