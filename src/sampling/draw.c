/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/draw.h"

#include "sampling/picks.h"
#include "sampling/pool.h"

#include <assert.h>

enum { PIECES = 8, ALIGN = 8 };

struct lots { /* one draw under way; arrays by place in the pool's feeders */
    struct pool pool;
    struct stream stream;
    uint32_t *order; /* of use: places of the feeders that take part */
    uint32_t order_count;
    bool *takes_part;
    uint32_t *seats, *rest; /* seats of a feeder, and the rest of their division */
    uint32_t total;         /* eligible members of the feeders that take part */
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t seats_max(const struct roster *r, uint32_t k)
{
    return smaller(k, roster_count(r, TIER_MAX));
}

size_t draw_size(const struct roster *r, uint32_t k)
{
    const uint32_t seats = seats_max(r, k);
    const size_t per_feeder = 3 * sizeof(uint32_t) + sizeof(bool) + sizeof(struct draw_seats);
    return pool_size(r) + per_feeder * r->feeder_count + sizeof(uint32_t) * seats +
           sizeof(struct picks_cell) * picks_cells(seats) + (size_t)PIECES * ALIGN;
}

static void *take(struct arena *memory, size_t count, size_t item_size)
{
    void *piece = arena_take(memory, count, item_size, ALIGN);
    assert(piece);
    return piece;
}

static void find_pool(struct pool *pool, const struct roster *r, const struct draw_order *order,
                      struct arena *memory)
{
    const bool is_cluster = order->purpose == STREAM_CLUSTER;
    const struct pool_rule rule = {
        .k = order->k,
        .floor = is_cluster ? order->cluster_floor : TIER_VERIFIERS_FLOOR, /* RULE boot.3 */
        .tiers = is_cluster ? TIER_MAX : TIER_VERIFIERS_MAX,
        .seller = order->seller,
        .buyer = order->buyer,
    };
    pool_build(pool, r, &rule, memory);
}

/* The feeders are shuffled once, always. RULE sample.2: in two stages only the first take part. */
static void shuffle_feeders(struct lots *l, uint32_t feeders_max)
{
    for (uint32_t i = 0; i < l->pool.feeder_count; i++)
        l->order[i] = i;
    stream_shuffle(&l->stream, l->order, l->pool.feeder_count);
    l->order_count = l->pool.feeder_count;
    if (feeders_max > 0)
        l->order_count = smaller(l->order_count, feeders_max);
    l->total = 0;
    for (uint32_t i = 0; i < l->order_count; i++) {
        l->takes_part[l->order[i]] = true;
        l->total += l->pool.feeder[l->order[i]].size;
    }
}

struct carried { /* the feeder that the walk carries, and its weight; 0: none */
    uint32_t feeder;
    uint64_t weight;
};

/* One step of the walk: feeder @b with the rest y meets the carried one; both weights are below
 * the total, so is their sum's distance from it. */
static void meet(struct lots *l, struct carried *c, uint32_t b)
{
    const uint64_t x = c->weight, y = l->rest[b], n = l->total;
    if (x + y <= n) {
        if (stream_uniform(&l->stream, x + y) >= x)
            c->feeder = b;
        c->weight = x + y;
        if (c->weight == n) {
            l->seats[c->feeder]++;
            c->weight = 0;
        }
        return;
    }
    if (stream_uniform(&l->stream, 2 * n - x - y) < n - y) {
        l->seats[c->feeder]++;
        c->feeder = b;
    } else {
        l->seats[b]++;
    }
    c->weight = x + y - n;
}

/* RULE sample.6: seats in proportion; the rests are drawn so that each feeder gets its expected
 * number exactly, which ranked rests would not give it. */
static void deal_seats(struct lots *l, uint32_t k)
{
    for (uint32_t i = 0; i < l->order_count; i++) {
        const uint32_t f = l->order[i];
        const uint64_t share = (uint64_t)k * l->pool.feeder[f].size;
        l->seats[f] = (uint32_t)(share / l->total);
        l->rest[f] = (uint32_t)(share % l->total);
    }
    struct carried c = {.feeder = 0, .weight = 0};
    for (uint32_t i = 0; i < l->order_count; i++) {
        const uint32_t f = l->order[i];
        if (l->rest[f] == 0)
            continue;
        if (c.weight == 0)
            c = (struct carried){.feeder = f, .weight = l->rest[f]};
        else
            meet(l, &c, f);
    }
    assert(c.weight == 0); /* the rests sum to a multiple of the total */
}

static void pick_members(struct draw *d, struct lots *l, struct picks *picks)
{
    for (uint32_t f = 0; f < l->pool.feeder_count; f++) {
        const struct pool_feeder *feeder = &l->pool.feeder[f];
        uint32_t *member = d->member + d->member_count;
        picks_draw(picks, member, &l->stream, feeder->size, l->seats[f]);
        for (uint32_t i = 0; i < l->seats[f]; i++)
            member[i] = pool_slot(feeder, member[i]);
        d->member_count += l->seats[f];
    }
}

static void list_seats(struct draw *d, const struct lots *l)
{
    d->seats_count = 0;
    for (uint32_t f = 0; f < l->pool.feeder_count; f++)
        if (l->takes_part[f])
            d->seats[d->seats_count++] =
                (struct draw_seats){.feeder = l->pool.feeder[f].number, .seats = l->seats[f]};
}

static void lots_open(struct lots *l, const struct roster *r, const struct draw_order *order,
                      struct arena *memory)
{
    find_pool(&l->pool, r, order, memory);
    stream_init(&l->stream, &order->seed, order->purpose, order->number);
    l->order = take(memory, l->pool.feeder_count, sizeof *l->order);
    l->takes_part = take(memory, l->pool.feeder_count, sizeof *l->takes_part);
    l->seats = take(memory, l->pool.feeder_count, sizeof *l->seats);
    l->rest = take(memory, l->pool.feeder_count, sizeof *l->rest);
    shuffle_feeders(l, order->feeders_max);
}

/* RULE sample.3: an even number above 2 loses the last drawn. */
static void make_odd(struct draw *d)
{
    d->dropped_count = d->member_count > 2 && d->member_count % 2 == 0;
    d->member_count -= d->dropped_count;
}

void draw_make(struct draw *d, const struct roster *r, const struct draw_order *order,
               struct arena *memory)
{
    struct lots l;
    lots_open(&l, r, order, memory);
    const uint32_t seats = smaller(order->k, l.total); /* K = min(k, |E|) */
    *d = (struct draw){
        .eligible = l.pool.eligible, .tier = l.pool.tier, .verifiers_used = l.pool.verifiers_used};
    d->seats = take(memory, l.order_count, sizeof *d->seats);
    d->member = take(memory, seats, sizeof *d->member);
    struct picks picks = {.cells_max = picks_cells(seats)};
    picks.cells = take(memory, picks.cells_max, sizeof *picks.cells);
    deal_seats(&l, seats);
    pick_members(d, &l, &picks);
    assert(d->member_count == seats);
    stream_shuffle(&l.stream, d->member, d->member_count); /* the order of all drawn is the rank */
    make_odd(d);
    list_seats(d, &l);
    d->words = l.stream.words;
    d->looked_at = picks.looked_at;
}

uint32_t draw_quorum(uint32_t count)
{
    return count / 2 + 1;
}
