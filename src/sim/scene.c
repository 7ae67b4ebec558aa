/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/scene.h"

#include "ledger/member_index.h"
#include "ledger/state.h"

#include <string.h>

enum { HOMES = 9, FOUNDERS = 6, BLOCK_MS = 1000, BLOCKS = 118, KEYS_LEFT = 7, REFERENCES_LEFT = 3 };

static struct scene scenes[SCENE_COUNT];
static bool is_made[SCENE_COUNT];

/* Maxima that a handful of operations reaches. */
static void shrink(struct genesis *g)
{
    g->limits.contracts_open_max = 8;
    g->limits.members_max = HOMES;
    g->limits.orders_per_interval_max = 4;
    g->limits.draw_work_max = 3;
    g->limits.deadline_work_max = 1026;
    g->limits.block_claims_max = 1088;
    g->limits.deposit_day_max_micro = 100000000;
    g->market.book_max_orders = 16;
    g->market.horizon_intervals = 3;
    g->identity.joins_pending_max = 3;
    g->identity.joins_per_block = 2;
    g->identity.attempts_max = 2;
    g->trade.ranks_max = 2;
    g->sampling.absent_after_rounds = 1;
}

static void make_strict(struct genesis *g)
{
    g->market.price_rule = PRICE_POSTED;
    g->market.award_min_wh = 1000;
    g->trade.unwitnessed = UNWITNESSED_REFUSE;
    g->trade.min_delivery_ppm = 1000000;
    g->sampling.mode = SAMPLING_TWO_STAGE;
    g->identity.mode = IDENTITY_ATTESTATION;
    g->qot.mode = QOT_PAPER;
    g->limits.probation_micro = 100000;
}

static enum market_timing timing_of(enum scene_kind kind)
{
    if (kind == SCENE_CONTINUOUS || kind == SCENE_BILATERAL)
        return TIMING_FORWARD;
    return kind == SCENE_MEASURED ? TIMING_MEASURED : TIMING_BOTH;
}

static enum market_mechanism mechanism_of(enum scene_kind kind)
{
    if (kind == SCENE_BILATERAL)
        return MECHANISM_BILATERAL;
    return kind == SCENE_CONTINUOUS ? MECHANISM_CONTINUOUS : MECHANISM_CALL;
}

static void open_world(struct scene *s, enum scene_kind kind)
{
    const struct world_options options = {.seed = 1 + (uint64_t)kind,
                                          .homes = HOMES,
                                          .founders = kind == SCENE_NOBODY ? 0 : FOUNDERS,
                                          .feeders = 2,
                                          .k = 3,
                                          .timing = timing_of(kind),
                                          .mechanism = mechanism_of(kind),
                                          .crypto = WORLD_TOLD};
    world_init(&s->w, &options);
    shrink(&s->w.genesis);
    if (kind == SCENE_STRICT)
        make_strict(&s->w.genesis);
    world_start(&s->w);
    honest_init(&s->h, &s->w);
    s->h.trades = HONEST_MEASURED | HONEST_FORWARD | HONEST_AGREES;
}

/* A request that waits, one that is voted on; withdrawals; who is silent and who errs. */
static void live(struct scene *s)
{
    const struct op withdraw = {.kind = OP_WITHDRAW_REQUEST,
                                .withdraw_request = {.amount_micro = 1000}};
    s->h.faults[3] = HONEST_WRONG_EXEC;
    s->h.faults[4] = HONEST_NO_FINAL | HONEST_NO_BALLOT;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        if (i % 40 == 20)
            world_say(&s->w, 1 + i / 40, &withdraw);
        s->h.wants[7] = i > 30;
        s->h.wants[8] = i > BLOCKS - 8;
        honest_run(&s->h, BLOCK_MS, 1);
    }
}

static struct hash number_hash(uint32_t number)
{
    return honest_hash("filler", number);
}

/* As if many had come and gone: the lists that only grow are nearly full. */
static void fill(struct ledger *l)
{
    uint32_t number = 0;
    while (l->head->key_count + KEYS_LEFT < l->sizes.keys) {
        struct member_keys keys;
        const struct hash made[3] = {number_hash(number), number_hash(number + 1),
                                     number_hash(number + 2)};
        memcpy(keys.sign.bytes, made[0].bytes, HASH_BYTES);
        memcpy(keys.vrf.bytes, made[1].bytes, HASH_BYTES);
        memcpy(keys.seal.bytes, made[2].bytes, HASH_BYTES);
        keys_add(l, &keys);
        number += 3;
    }
    while (l->head->reference_count + REFERENCES_LEFT < l->sizes.references)
        l->references[l->head->reference_count++] = number_hash(number++);
    state_rebuild(l);
}

static void make(struct scene *s, enum scene_kind kind)
{
    open_world(s, kind);
    if (kind != SCENE_BEGINNING && kind != SCENE_NOBODY)
        live(s);
    if (kind == SCENE_FULL)
        fill(s->w.ledger);
    s->w.app_hash = ledger_app_hash(s->w.ledger);
    rewind_keep(&s->start, &s->w, &s->h);
}

struct scene *scene_get(enum scene_kind kind)
{
    if (!is_made[kind])
        make(&scenes[kind], kind);
    is_made[kind] = true;
    return &scenes[kind];
}
