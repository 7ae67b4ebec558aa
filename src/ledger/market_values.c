/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/market_inner.h"
#include "ledger/values.h"

#include <string.h>

enum { SIDES = ORDER_OFFER + 1, ROUNDS = ROUND_MEASURED + 1 };

void market_order_io(struct row_io *io, struct ledger_order *o)
{
    row_kind(io, ROW_ORDER);
    row_u64(io, &o->number);
    row_u64(io, &o->interval);
    row_u64(io, &o->height);
    row_u64(io, &o->arrived);
    row_u32(io, &o->member);
    o->side = row_choice(io, o->side, SIDES);
    o->round = row_choice(io, o->round, ROUNDS);
    o->state = row_choice(io, o->state, ORDER_FROZEN + 1);
    row_i64(io, &o->energy_wh);
    row_i64(io, &o->price);
    o->min_score = row_choice(io, o->min_score, BOOK_LEVELS);
    row_bool(io, &o->feeder_first);
}

static void round_io(struct row_io *io, struct ledger_round *r)
{
    r->phase = row_choice(io, r->phase, PHASE_OVER + 1);
    row_bool(io, &r->is_missed);
    row_bool(io, &r->has_seed);
    row_bool(io, &r->is_fallback);
    row_hash(io, &r->seed);
    row_u64(io, &r->frozen_height);
    row_u64(io, &r->next_contract);
    row_u32(io, &r->contract_count);
    row_u32(io, &r->open_count);
    row_u32(io, &r->unscored_count);
    row_u32(io, &r->order_count);
}

static void sum_io(struct row_io *io, i128 *sum)
{
    const u128 bits = (u128)*sum;
    uint64_t low = (uint64_t)bits, high = (uint64_t)(bits >> 64);
    row_u64(io, &low);
    row_u64(io, &high);
    const u128 read = (u128)high << 64 | low;
    memcpy(sum, &read, sizeof *sum); /* a conversion would be the compiler's choice */
}

void market_interval_io(struct row_io *io, struct ledger_interval *i)
{
    row_kind(io, ROW_INTERVAL);
    row_bool(io, &i->is_used);
    row_u64(io, &i->number);
    row_u32(io, &i->page);
    row_u64(io, &i->due_ms);
    for (uint32_t r = 0; r < MARKET_ROUNDS; r++)
        round_io(io, &i->rounds[r]);
    i->window = row_choice(io, i->window, INTERVAL_CLOSED + 1);
    row_u64(io, &i->window_opened_ms);
    sum_io(io, &i->delivered_wh);
    sum_io(io, &i->held_wh);
}

void order_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    struct ledger_order copy = *order_get(l, leaf);
    v->number = copy.number;
    if (copy.number > 0)
        market_order_io(&v->io, &copy);
    else
        row_kind(&v->io, ROW_FREE);
}

void interval_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    struct ledger_interval copy = *interval_get(l, leaf);
    v->number = copy.number;
    if (copy.is_used)
        market_interval_io(&v->io, &copy);
    else
        row_kind(&v->io, ROW_FREE);
}

void order_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    market_order_io(io, table_fill(&l->orders, leaf));
}

void interval_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    market_interval_io(io, table_fill(&l->intervals, leaf));
}
