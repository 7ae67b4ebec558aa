/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/layout.h"
#include "ledger/trade_inner.h"

#include "base/bitmap.h"
#include "ledger/values.h"
#include "sampling/draw.h"

#include <assert.h>
#include <string.h>

enum { FROZEN_TIER = 3, FROZEN_IN_V = 4, FROZEN_MAX = 7 }; /* bits of a frozen byte */

struct round_roster { /* of one round, good while its members are frozen as they are */
    bool is_built;
    uint64_t interval;
    enum trade_round round;
    struct roster roster;
};

static const struct ledger_round *round_get(const struct ledger *l, uint32_t place,
                                            enum trade_round round)
{
    return &interval_get(l, place)->rounds[round - 1];
}

static struct ledger_round *round_edit(struct ledger *l, uint32_t place, enum trade_round round)
{
    return &interval_edit(l, place)->rounds[round - 1];
}

static uint32_t page_of(const struct ledger *l, uint32_t place)
{
    const struct ledger_interval *interval = interval_get(l, place);
    assert(interval->page > 0);
    return interval->page - 1;
}

/* Row and leaf of the eligible that @slot lies in. */
static uint32_t eligible_row(const struct ledger *l, uint32_t page, enum trade_round round,
                             uint32_t slot)
{
    return (page * MARKET_ROUNDS + (uint32_t)round - 1) * state_chunks(&l->sizes) +
           slot / SIZES_ELIGIBLE_LEAF;
}

static uint8_t frozen_tier(const struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    const struct standing *s = standing_get(l, slot);
    const struct tier_member about = {.score = s->score,
                                      .closed = s->closed,
                                      .active = m->status == STATUS_ACTIVE,
                                      .present = !m->is_absent,
                                      .volunteer = m->is_volunteer,
                                      .mature = s->mature,
                                      .founder = m->is_founder};
    return tier_for_cluster(&about, l->head->active_count);
}

/* A vacant seat is nobody's. */
static void freeze_verifiers(struct ledger *l, uint32_t page, enum trade_round round)
{
    const struct leader_seats *v = &l->head->epoch.v;
    for (uint32_t i = 0; i < v->count; i++) {
        if (v->vacant >> i & 1)
            continue;
        uint8_t *row = table_edit(&l->eligible, eligible_row(l, page, round, v->member[i]));
        row[v->member[i] % SIZES_ELIGIBLE_LEAF] |= FROZEN_IN_V;
    }
}

/* RULE trade.2: per member the lowest tier and whether it is in V. Rows behind the last member
 * are empty, as slots are never given back. */
void trade_freeze(struct ledger *l, uint32_t place, enum trade_round round)
{
    const uint32_t page = page_of(l, place), count = member_count(l);
    for (uint32_t first = 0; first <= count; first += SIZES_ELIGIBLE_LEAF) {
        const uint32_t leaf = eligible_row(l, page, round, first);
        uint8_t *row = table_edit(&l->eligible, leaf);
        for (uint32_t i = 0; i < SIZES_ELIGIBLE_LEAF; i++) {
            const uint32_t slot = first + i;
            row[i] = slot > 0 && slot <= count ? frozen_tier(l, slot) : TIER_NONE;
        }
        state_mark(l, STORE_ELIGIBLE, leaf);
    }
    freeze_verifiers(l, page, round);
    round_edit(l, place, round)->frozen_height = l->now.height;
    l->index.contracts.drawn->is_built = false;
}

static void eligible_io(struct row_io *io, uint8_t *row)
{
    row_kind(io, ROW_ELIGIBLE);
    row_bytes(io, row, SIZES_ELIGIBLE_LEAF);
    for (uint32_t i = 0; i < SIZES_ELIGIBLE_LEAF; i++)
        io->is_bad |= row[i] > FROZEN_MAX;
}

/* Whose round it is stands in the interval's row, which names the page. */
void eligible_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    uint8_t row[SIZES_ELIGIBLE_LEAF];
    memcpy(row, table_get(&l->eligible, leaf), sizeof row);
    eligible_io(&v->io, row);
}

void eligible_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    eligible_io(io, table_fill(&l->eligible, leaf));
}

static struct roster_member frozen_member(const struct ledger *l, uint32_t page,
                                          enum trade_round round, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    const uint8_t *row = table_get(&l->eligible, eligible_row(l, page, round, slot));
    const uint8_t byte = row[slot % SIZES_ELIGIBLE_LEAF];
    return (struct roster_member){.household = m->household,
                                  .slot = slot,
                                  .feeder = m->feeder,
                                  .tier = byte & FROZEN_TIER,
                                  .in_v = byte & FROZEN_IN_V};
}

/* The roster of the round, built if it is not there. Whoever became a member after the freeze has
 * no tier and changes no draw. */
static const struct roster *roster_of(struct ledger *l, uint32_t place, enum trade_round round)
{
    struct round_roster *r = l->index.contracts.drawn;
    const uint64_t interval = interval_get(l, place)->number;
    const uint32_t page = page_of(l, place), count = member_count(l);
    if (r->is_built && r->interval == interval && r->round == round)
        return &r->roster;
    arena_reset(&l->roster, 0);
    struct roster_member *members =
        arena_take_raw(&l->roster, count, sizeof *members, _Alignof(struct roster_member));
    assert(members);
    for (uint32_t slot = 1; slot <= count; slot++)
        members[slot - 1] = frozen_member(l, page, round, slot);
    roster_build(&r->roster, members, count, l->params->feeder_count, &l->roster);
    r->is_built = true;
    r->interval = interval;
    r->round = round;
    return &r->roster;
}

/* RULE trade.2, RULE sample.6. The cluster to its place in the pool, and to the duty lists of its
 * members (RULE op.1). Returns e. */
static uint32_t draw_cluster(struct ledger *l, uint32_t interval_place, uint32_t place,
                             uint32_t *count)
{
    const struct ledger_contract *row = contract_get(l, place);
    const uint32_t page = page_of(l, interval_place);
    const struct roster *roster = roster_of(l, interval_place, row->round);
    const struct draw_order order = {.seed = round_get(l, interval_place, row->round)->seed,
                                     .purpose = STREAM_CLUSTER,
                                     .number = row->machine.number,
                                     .k = row->seats_wanted,
                                     .cluster_floor = row->cluster_floor,
                                     .seller = row->terms.seller,
                                     .buyer = row->terms.buyer,
                                     .feeders_max = row->feeders_max};
    const size_t mark = arena_mark(&l->scratch);
    struct draw draw;
    draw_make(&draw, roster, &order, &l->scratch);
    assert(draw.member_count <= l->sizes.seats);
    uint32_t *cluster = trade_cluster(l, place);
    for (uint32_t rank = 0; rank < draw.member_count; rank++) {
        cluster[rank] = draw.member[rank];
        duty_add(&l->index.contracts.duties,
                 trade_duty_list(l, page, row->round, draw.member[rank]),
                 (struct duty){.place = place, .rank = rank});
    }
    arena_reset(&l->scratch, mark);
    *count = draw.member_count;
    return draw.eligible;
}

static void draw_contract(struct ledger *l, uint32_t interval_place, uint32_t place)
{
    struct contract_event ev = {.kind = CONTRACT_EV_DRAW};
    ev.eligible = draw_cluster(l, interval_place, place, &ev.cluster_count);
    ev.cluster = trade_cluster(l, place);
    ev.votes = trade_votes_edit(l, place);
    memset(ev.votes, 0, CONTRACT_STAGES * 2 * bitmap_bytes(ev.cluster_count));
    trade_run(l, place, &ev, l->now.due_ms);
    l->now.draws_left--;
}

uint32_t *trade_list_round(struct ledger *l, uint32_t place, enum trade_round round, uint64_t from,
                           uint32_t *count)
{
    const uint32_t max = round_get(l, place, round)->contract_count;
    uint32_t *places = arena_take_raw(&l->scratch, max, sizeof *places, _Alignof(uint32_t));
    assert(places || max == 0);
    *count = trade_of_round(l, interval_get(l, place)->number, round, from, places, max);
    return places;
}

/* RULE trade.2: in contract order, at most draw_work_max a block. A contract that is VOID already
 * is passed by. */
bool trade_draw(struct ledger *l, uint32_t place, enum trade_round round)
{
    const size_t mark = arena_mark(&l->scratch);
    uint32_t count, i;
    const uint32_t *places =
        trade_list_round(l, place, round, round_get(l, place, round)->next_contract, &count);
    for (i = 0; i < count; i++) {
        const bool waits = contract_get(l, places[i])->machine.state == CONTRACT_PREPARED;
        if (waits && l->now.draws_left == 0)
            break;
        if (waits)
            draw_contract(l, place, places[i]);
    }
    const bool is_drawn = i == count;
    if (count > 0)
        round_edit(l, place, round)->next_contract =
            contract_get(l, places[is_drawn ? count - 1 : i])->machine.number + is_drawn;
    arena_reset(&l->scratch, mark);
    if (!is_drawn)
        return false;
    round_edit(l, place, round)->phase = PHASE_DRAWN;
    l->index.contracts.drawn->is_built = false;
    return true;
}

uint64_t trade_do_draw(struct ledger *l, uint32_t interval_place, enum trade_round round)
{
    if (round_get(l, interval_place, round)->phase == PHASE_GATED) {
        market_clear(l, interval_place, round);
        if (round == ROUND_MEASURED)
            trade_judge_measured(l, interval_place);
        trade_freeze(l, interval_place, round);
        round_edit(l, interval_place, round)->phase = PHASE_SEEDED;
    }
    if (trade_draw(l, interval_place, round))
        trade_end_round(l, interval_place, round);
    return 1;
}

uint32_t trade_duty_count(const struct ledger *l, uint32_t page, enum trade_round round,
                          uint32_t slot)
{
    return duty_count(&l->index.contracts.duties, trade_duty_list(l, page, round, slot));
}

bool trade_duty_get(const struct ledger *l, uint64_t interval, enum trade_round round,
                    uint32_t slot, uint32_t position, struct trade_duty *out)
{
    const uint32_t place = interval_find(l, interval);
    if (place == MARKET_NO_PLACE || interval_get(l, place)->page == 0)
        return false;
    const uint32_t page = page_of(l, place);
    if (position >= trade_duty_count(l, page, round, slot))
        return false;
    struct duty_reader reader;
    duty_reader_init(&reader, &l->index.contracts.duties, trade_duty_list(l, page, round, slot),
                     position);
    const struct duty duty = duty_read(&reader, position);
    *out = (struct trade_duty){.contract = contract_get(l, duty.place)->machine.number,
                               .place = duty.place,
                               .rank = duty.rank};
    return true;
}

void trade_duty_clear(struct ledger *l, uint32_t page)
{
    for (uint32_t slot = 1; slot <= l->sizes.members; slot++) {
        duty_drop(&l->index.contracts.duties, trade_duty_list(l, page, ROUND_FORWARD, slot));
        duty_drop(&l->index.contracts.duties, trade_duty_list(l, page, ROUND_MEASURED, slot));
    }
}

void trade_duty_layout(struct layout *y, struct ledger *l)
{
    struct duty_lists *d = &l->index.contracts.duties;
    const struct sizes *s = &l->sizes;
    const uint32_t lists = s->pages * MARKET_ROUNDS * (s->members + 1);
    const uint32_t chunks = duty_chunks((uint64_t)s->contracts * s->seats, lists);
    void *chunk_memory = layout_raw(y, chunks, sizeof *d->chunks);
    void *list_memory = layout_raw(y, lists, sizeof *d->lists);
    void *roster_memory = layout_raw(y, 1, sizeof(struct round_roster));
    if (!y->arena)
        return;
    *d = (struct duty_lists){
        .chunks = chunk_memory, .lists = list_memory, .chunk_max = chunks, .list_count = lists};
    l->index.contracts.drawn = roster_memory;
}

/* The clusters that stood, and the duties in the order in which they were given. */
static void redraw_round(struct ledger *l, uint32_t place, enum trade_round round)
{
    const size_t mark = arena_mark(&l->scratch);
    uint32_t count, drawn;
    const uint32_t *places = trade_list_round(l, place, round, 0, &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct contract *c = &contract_get(l, places[i])->machine;
        if (c->cluster_count == 0)
            continue;
        const uint32_t eligible = draw_cluster(l, place, places[i], &drawn);
        assert(eligible == c->eligible && drawn == c->cluster_count);
    }
    arena_reset(&l->scratch, mark);
}

void trade_rebuild(struct ledger *l)
{
    trade_index_rebuild(l);
    duty_clear(&l->index.contracts.duties);
    l->index.contracts.drawn->is_built = false;
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *interval = table_get(&l->intervals, place);
        for (uint32_t i = 0; interval->is_used && i < MARKET_ROUNDS; i++) {
            const enum round_phase phase = interval->rounds[i].phase;
            if (phase == PHASE_SEEDED || phase == PHASE_DRAWN)
                redraw_round(l, place, (enum trade_round)(i + 1));
        }
    }
    l->index.contracts.drawn->is_built = false; /* of the round that was last */
}
