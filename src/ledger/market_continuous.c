/* SPDX-License-Identifier: Apache-2.0 */
/* Mechanism continuous (RULE market.19, market.20): what was admitted up to a height is run when
 * the seed that was asked for at that height is there, at the end of that block. What rests stands
 * in the order's row, so nothing is lost with the memory.
 *
 * Each height with new orders asks for a draw of its own. Where as many wait as the beacon has room
 * for, orders wait for the next draw, which a later block asks for; heights still run one after
 * the other, each by ranks of its own. */
#include "core/continuous.h"
#include "core/order_machine.h"
#include "ledger/market_inner.h"
#include "ledger/market_version.h"

#include <assert.h>

enum { ARRIVALS_BITS = 20 }; /* orders run in one block: at most BOOK_ORDERS_MAX */

_Static_assert(BOOK_ORDERS_MAX <= 1 << ARRIVALS_BITS, "an arrival must name one order");

struct run { /* of one seed */
    struct market_book b;
    struct continuous *sides; /* by interval place; only those of intervals in the book */
    uint32_t *interval_of;    /* by order: place of its interval */
    struct sort_item *items, *room;
    uint32_t ran, contracts;
};

void market_seed_continuous(struct ledger *l, uint64_t height, const struct hash *seed)
{
    struct order_index *x = &l->index.orders;
    assert(x->seed_count < x->seed_max);
    x->seeds[x->seed_count++] = (struct market_seed){height, *seed};
}

static bool is_runnable(const struct ledger *l, const struct ledger_order *o)
{
    return o->state == ORDER_OPEN &&
           state_market(l, o->interval)->mechanism == MECHANISM_CONTINUOUS &&
           !market_gate_reached(l, o->interval, ROUND_FORWARD);
}

struct scope {            /* what one run looks at: all under the same parameters */
    uint64_t height;      /* admitted up to it */
    uint64_t from, until; /* intervals, the last one excluded */
};

/* The next order after @place (+ 1; 0: the first) that waits, is in @scope and not past its gate; 0
 * if there is none. */
static uint32_t next_to_run(const struct ledger *l, uint32_t place, const struct scope *scope)
{
    const struct order_index *x = &l->index.orders;
    uint32_t at = place ? x->next_waiting[place - 1] : x->first_waiting;
    for (; at; at = x->next_waiting[at - 1]) {
        const struct ledger_order *o = order_get(l, at - 1);
        if (o->height > scope->height)
            return 0;
        if (o->interval >= scope->from && o->interval < scope->until && is_runnable(l, o))
            return at;
    }
    return 0;
}

/* Mark the intervals that have something to run; returns how many orders they have in all. */
static uint32_t find_intervals(const struct ledger *l, const struct scope *scope, bool *is_wanted)
{
    uint32_t count = 0;
    for (uint32_t p = 0; p < l->sizes.intervals; p++)
        is_wanted[p] = false;
    for (uint32_t at = next_to_run(l, 0, scope); at; at = next_to_run(l, at, scope)) {
        const uint32_t p = interval_find(l, order_get(l, at - 1)->interval);
        if (is_wanted[p])
            continue;
        is_wanted[p] = true;
        count += interval_get(l, p)->rounds[round_place(ROUND_FORWARD)].order_count;
    }
    return count;
}

/* All forward orders of the wanted intervals by ascending number. */
static uint32_t *collect(struct ledger *l, const bool *is_wanted, uint32_t count)
{
    uint32_t *places = market_take(l, count, sizeof *places);
    const size_t mark = arena_mark(&l->scratch);
    struct sort_item *items = market_take(l, count, sizeof *items);
    struct sort_item *room = market_take(l, count, sizeof *room);
    uint32_t at = 0;
    for (uint32_t p = 0; p < l->sizes.intervals; p++)
        if (is_wanted[p])
            at += orders_of_round(l, p, ROUND_FORWARD, places + at);
    assert(at == count);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){order_get(l, places[i])->number, places[i]};
    sort_items(items, room, count);
    for (uint32_t i = 0; i < count; i++)
        places[i] = (uint32_t)items[i].number;
    arena_reset(&l->scratch, mark);
    return places;
}

/* @side holds resting orders by arrival: put them by limit, best first, equals as they are. */
static void lay_out_side(struct run *r, struct continuous_side *side, enum order_side which)
{
    const struct book_order *orders = r->b.book.orders;
    for (uint32_t i = 0; i < side->count; i++) {
        const uint32_t order = side->resting[i].order;
        const uint64_t price = (uint64_t)orders[order].price;
        r->items[i] = (struct sort_item){which == ORDER_BID ? BOOK_PRICE_MAX - price : price,
                                         (uint64_t)i << 32 | order};
    }
    sort_keys(r->items, r->room, side->count);
    for (uint32_t i = 0; i < side->count; i++) {
        const uint32_t order = (uint32_t)r->items[i].number;
        side->resting[i] = (struct continuous_rest){order, orders[order].energy_wh};
    }
}

static struct continuous_side *side_of(struct run *r, uint32_t order)
{
    struct continuous *c = &r->sides[r->interval_of[order]];
    return r->b.book.orders[order].side == ORDER_BID ? &c->bids : &c->offers;
}

/* What rests from before, as it rested. */
static void lay_out_resting(struct run *r, struct ledger *l, const bool *is_wanted)
{
    uint32_t resting = 0;
    for (uint32_t i = 0; i < r->b.book.order_count; i++) {
        const uint64_t arrived = order_get(l, r->b.places[i])->arrived;
        if (arrived > 0)
            r->items[resting++] = (struct sort_item){arrived, i};
    }
    sort_items(r->items, r->room, resting);
    for (uint32_t i = 0; i < resting; i++) {
        const uint32_t order = (uint32_t)r->items[i].number;
        struct continuous_side *side = side_of(r, order);
        side->resting[side->count++].order = order;
    }
    for (uint32_t p = 0; p < l->sizes.intervals; p++) {
        if (!is_wanted[p])
            continue;
        lay_out_side(r, &r->sides[p].bids, ORDER_BID);
        lay_out_side(r, &r->sides[p].offers, ORDER_OFFER);
    }
}

static void make_run(struct run *r, struct ledger *l, const bool *is_wanted, uint32_t count)
{
    *r = (struct run){.sides = market_take(l, l->sizes.intervals, sizeof *r->sides)};
    uint32_t *places = collect(l, is_wanted, count);
    const uint64_t interval = order_get(l, places[0])->interval;
    market_book_make(&r->b, l, state_market(l, interval), places, count);
    const struct book *book = &r->b.book;
    r->interval_of = market_take(l, count, sizeof *r->interval_of);
    r->items = market_take(l, count, sizeof *r->items);
    r->room = market_take(l, count, sizeof *r->room);
    int64_t *funds = market_take(l, book->member_count, sizeof *funds);
    for (uint32_t m = 0; m < book->member_count; m++)
        funds[m] = book->members[m].funds_micro;
    for (uint32_t p = 0; p < l->sizes.intervals; p++) {
        if (!is_wanted[p])
            continue;
        const uint32_t room = interval_get(l, p)->rounds[round_place(ROUND_FORWARD)].order_count;
        r->sides[p] = (struct continuous){.book = book, .funds_micro = funds};
        r->sides[p].bids.resting = market_take(l, room, sizeof *r->sides[p].bids.resting);
        r->sides[p].offers.resting = market_take(l, room, sizeof *r->sides[p].offers.resting);
    }
    for (uint32_t i = 0; i < count; i++)
        r->interval_of[i] = interval_find(l, order_get(l, places[i])->interval);
    lay_out_resting(r, l, is_wanted);
}

static void make_contract(struct ledger *l, const struct run *r, const struct continuous_match *m)
{
    const struct book *book = &r->b.book;
    const uint64_t interval = order_get(l, r->b.places[m->bid])->interval;
    struct trade_terms terms = market_terms(l, interval, ROUND_FORWARD);
    terms.seller = book->members[book->orders[m->offer].member].slot;
    terms.buyer = book->members[book->orders[m->bid].member].slot;
    terms.energy.wh = m->energy_wh;
    terms.price.micro_per_kwh = m->price;
    terms.payment.micro = m->payment_micro;
    terms.fee = m->fee;
    terms.fee_micro = m->fee_micro;
    const uint64_t number = contract_make(l, &terms);
    assert(number > 0);
}

/* How many contracts one incoming order can make. */
static uint32_t matches_max(const struct continuous *c, const struct book_order *order)
{
    const uint32_t against = order->side == ORDER_BID ? c->offers.count : c->bids.count;
    return against < CONTINUOUS_LOOKS_MAX ? against : CONTINUOUS_LOOKS_MAX;
}

/* The orders of one admission height, by rank. False when contracts have no room for what one order
 * could make: it and those behind it go on waiting. */
static bool run_height(struct run *r, struct ledger *l, const struct hash *seed, uint64_t height,
                       uint32_t *arrivals)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->b.book.order_count; i++) {
        const struct ledger_order *o = order_get(l, r->b.places[i]);
        if (o->arrived == 0 && o->height == height && is_runnable(l, o))
            r->items[count++] = (struct sort_item){0, i};
    }
    continuous_queue(r->items, r->room, count, &r->b.book, seed, height);
    for (uint32_t i = 0; i < count; i++) {
        struct continuous_match matches[CONTINUOUS_LOOKS_MAX];
        const uint32_t order = (uint32_t)r->items[i].number;
        struct continuous *c = &r->sides[r->interval_of[order]];
        if (!contract_has_room(l, matches_max(c, &r->b.book.orders[order])))
            return false;
        const uint32_t made = continuous_run(matches, c, order);
        for (uint32_t m = 0; m < made; m++)
            make_contract(l, r, &matches[m]);
        order_arrive(l, r->b.places[order], l->now.height << ARRIVALS_BITS | ++*arrivals, 0);
        r->ran++;
        r->contracts += made;
    }
    return true;
}

static void write_rest(struct run *r, struct ledger *l, const struct continuous_side *side)
{
    for (uint32_t i = 0; i < side->count; i++) {
        const uint32_t place = r->b.places[side->resting[i].order];
        if (order_get(l, place)->energy_wh != side->resting[i].rest_wh)
            order_edit(l, place)->energy_wh = side->resting[i].rest_wh;
        r->interval_of[side->resting[i].order] = MARKET_NO_PLACE;
    }
}

/* The rows as the book is now: what neither rests nor waits has ended. */
static void write_back(struct run *r, struct ledger *l, const bool *is_wanted)
{
    for (uint32_t p = 0; p < l->sizes.intervals; p++) {
        if (!is_wanted[p])
            continue;
        write_rest(r, l, &r->sides[p].bids);
        write_rest(r, l, &r->sides[p].offers);
    }
    for (uint32_t i = 0; i < r->b.book.order_count; i++) {
        const struct ledger_order *o = order_get(l, r->b.places[i]);
        if (r->interval_of[i] == MARKET_NO_PLACE || o->arrived == 0)
            continue;
        enum order_state state = o->state;
        const struct order_happening h = {
            .event = ORDER_EV_MATCH, .round = ROUND_FORWARD, .is_filled = true};
        const enum err refused = order_machine_step(&state, &h);
        assert(!refused);
        order_free(l, r->b.places[i]);
    }
}

/* RECORD_CLEARING: mechanism (one byte), the height up to which orders were run, how many were, how
 * many contracts they made (four bytes each), the seed. */
static void write_record(struct ledger *l, const struct market_seed *seed, const struct run *r)
{
    struct bytes_writer *w = log_begin(l, RECORD_CLEARING);
    bytes_write_u8(w, MECHANISM_CONTINUOUS);
    bytes_write_u64(w, seed->height);
    bytes_write_u32(w, r->ran);
    bytes_write_u32(w, r->contracts);
    bytes_write_span(w, (struct span){seed->seed.bytes, HASH_BYTES});
    log_end(l);
}

static void run_scope(struct ledger *l, const struct market_seed *seed, const struct scope *scope,
                      uint32_t *arrivals)
{
    const size_t mark = arena_mark(&l->scratch);
    bool *is_wanted = market_take(l, l->sizes.intervals, sizeof *is_wanted);
    const uint32_t count = find_intervals(l, scope, is_wanted);
    if (count > 0) {
        struct run r;
        bool goes_on = true;
        make_run(&r, l, is_wanted, count);
        for (uint32_t at = next_to_run(l, 0, scope); at && goes_on; at = next_to_run(l, 0, scope))
            goes_on = run_height(&r, l, &seed->seed, order_get(l, at - 1)->height, arrivals);
        write_back(&r, l, is_wanted);
        write_record(l, seed, &r);
    }
    arena_reset(&l->scratch, mark);
}

/* RULE param.1: intervals under the parameters of before run first, by themselves. */
static void run_seed(struct ledger *l, const struct market_seed *seed, uint32_t *arrivals)
{
    const uint64_t from = market_version_from(l);
    const struct scope before = {seed->height, 0, from},
                       in_force = {seed->height, from, UINT64_MAX};
    run_scope(l, seed, &before, arrivals);
    run_scope(l, seed, &in_force, arrivals);
}

/* The last height whose orders wait for a draw that was asked for, 0 if none; and how many of them
 * there are. */
static uint64_t asked_up_to(const struct ledger *l, uint32_t *count)
{
    const struct beacon *b = &l->head->beacon;
    uint64_t last = 0;
    *count = 0;
    for (uint32_t i = 0; i < b->waiting_count; i++) {
        const uint64_t number = b->waiting[i].number;
        if (draw_kind(number) != DRAW_CONTINUOUS)
            continue;
        (*count)++;
        if (draw_of(number) > last)
            last = draw_of(number);
    }
    return last;
}

/* True if an order admitted after @height waits and is not past its gate. */
static bool waits_since(const struct ledger *l, uint64_t height)
{
    const struct order_index *x = &l->index.orders;
    for (uint32_t at = x->last_waiting; at; at = x->previous_waiting[at - 1]) {
        const struct ledger_order *o = order_get(l, at - 1);
        if (o->height <= height)
            return false;
        if (is_runnable(l, o))
            return true;
    }
    return false;
}

void market_run_continuous(struct ledger *l)
{
    struct order_index *x = &l->index.orders;
    uint32_t asked, arrivals = 0;
    const bool runs = state_market(l, 0)->mechanism == MECHANISM_CONTINUOUS ||
                      l->params->market.mechanism == MECHANISM_CONTINUOUS;
    if (!runs)
        return;
    for (uint32_t i = 0; i < x->seed_count; i++)
        run_seed(l, &x->seeds[i], &arrivals);
    x->seed_count = 0;
    const uint64_t last = asked_up_to(l, &asked);
    if (waits_since(l, last) && asked < SIZES_CONTINUOUS)
        presence_ask(l, DRAW_CONTINUOUS, l->now.height);
}
