/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_trade_kit.h - a community whose rows are written directly, one interval with its
 * forward round, and blocks of which a test calls the phases; for the tests of trade_*.c. */
#ifndef PEERWATT_LEDGER_TEST_TRADE_KIT_H
#define PEERWATT_LEDGER_TEST_TRADE_KIT_H

#include "core/params.h"
#include "ledger/trade_inner.h"

#include <string.h>

enum {
    KIT_INTERVAL = 10,
    KIT_PRICE = 200000,
    KIT_WH = 1000,
    KIT_WH_MAX = 1000000,
    KIT_MONEY = 1000000000
};

struct kit {
    void *memory;
    struct ledger *l;
    struct genesis_key key;
    struct genesis_feeder feeders[8];
    uint64_t a_ms;
};

struct kit_plan {
    uint32_t members, seats, feeders;
    bool is_mature;
};

static inline void kit_member(struct ledger *l, uint32_t slot, const struct kit_plan *plan)
{
    struct member *m = table_edit(&l->members, slot);
    struct standing *s = table_edit(&l->standings, slot);
    *m = (struct member){.status = STATUS_ACTIVE,
                         .feeder = 1 + slot % plan->feeders,
                         .household = slot,
                         .max_export_wh = KIT_WH_MAX,
                         .max_import_wh = KIT_WH_MAX};
    memcpy(m->household_hash.bytes, &slot, sizeof slot);
    memcpy(m->nullifier.bytes, &slot, sizeof slot);
    l->head->member_count = l->head->active_count = slot;
    *s = (struct standing){.slot = slot, .live = true, .mature = plan->is_mature};
    money_open_account(l, slot);
    account_edit(l, slot)->available.micro = KIT_MONEY;
    l->head->funds.available.micro += KIT_MONEY;
    l->head->funds.deposits.micro += KIT_MONEY;
}

static inline void kit_interval(struct ledger *l)
{
    struct ledger_interval *i = table_edit(&l->intervals, 0);
    *i = (struct ledger_interval){
        .is_used = true, .number = KIT_INTERVAL, .page = 1, .due_ms = MARKET_NOT_DUE};
    i->rounds[0].phase = PHASE_GATED;
    i->rounds[0].has_seed = true;
    i->rounds[0].seed.bytes[0] = 77;
}

/* The next block, at @a_ms. */
static inline void kit_begin(struct kit *k, uint64_t a_ms)
{
    struct ledger *l = k->l;
    state_begin(l);
    k->a_ms = a_ms;
    l->head->last.height++;
    l->head->last.a_ms = a_ms;
    l->now = (struct block_now){.height = l->head->last.height,
                                .a_ms = a_ms,
                                .due_ms = a_ms,
                                .interval = KIT_INTERVAL + 1,
                                .steps_left = l->params->limits.deadline_work_max,
                                .draws_left = l->params->limits.draw_work_max};
}

static inline struct hash kit_end(struct kit *k)
{
    trade_decide(k->l);
    assert_true(funds_is_conserved(&k->l->head->funds));
    return state_seal(k->l);
}

/* A block in which nobody says anything. */
static inline void kit_pass(struct kit *k, uint64_t a_ms)
{
    kit_begin(k, a_ms);
    due_run(k->l);
    kit_end(k);
}

/* Opens block 1, whose round has its seed and no contract. */
static inline void kit_open(struct kit *k, const struct kit_plan *plan)
{
    struct genesis g;
    const struct hash hash = {{7}};
    memset(k, 0, sizeof *k);
    params_fill(&g);
    g.community.name = g.community.chain_id = span_of_text("kit");
    g.community.currency = span_of_text("EUR");
    g.times.t0_ms = 1700000000000;
    g.limits.members_max = plan->members + 8;
    g.limits.contracts_open_max = 128;
    g.market.book_max_orders = 64;
    g.sampling.k = plan->seats;
    k->key.key.bytes[0] = 1;
    g.authority = (struct genesis_authority){.keys = &k->key, .key_count = 1, .threshold = 1};
    g.treasury.bytes[0] = 2;
    for (uint32_t i = 0; i < plan->feeders; i++)
        k->feeders[i].name = span_of_text("f");
    g.feeders = k->feeders;
    g.feeder_count = plan->feeders;
    const size_t size = ledger_size(&g);
    assert_int_equal(posix_memalign(&k->memory, 64, size), 0);
    k->l = ledger_init(k->memory, size, &g, &hash);
    kit_begin(k, 1000);
    for (uint32_t slot = 1; slot <= plan->members; slot++)
        kit_member(k->l, slot, plan);
    kit_interval(k->l);
    state_rebuild(k->l);
}

static inline void kit_close(struct kit *k)
{
    free(k->memory);
}

static inline uint64_t kit_contract(struct kit *k, uint32_t seller, uint32_t buyer)
{
    struct trade_terms terms = {.interval = KIT_INTERVAL,
                                .round = ROUND_FORWARD,
                                .seller = seller,
                                .buyer = buyer,
                                .energy = {KIT_WH},
                                .price = {KIT_PRICE},
                                .take = TAKE_FLEXIBLE,
                                .min_delivery_ppm = 900000};
    assert_true(price_payment(&terms.payment, terms.price, terms.energy));
    return contract_make(k->l, &terms);
}

static inline const struct contract *kit_machine(const struct kit *k, uint64_t number)
{
    return &contract_get(k->l, contract_find(k->l, number))->machine;
}

static inline const struct ledger_round *kit_round(const struct kit *k)
{
    return &interval_get(k->l, 0)->rounds[0];
}

static inline void kit_state(struct kit *k, uint32_t slot, int64_t delivered, int64_t taken)
{
    struct page_member *row = page_edit(k->l, 0, slot, KIT_INTERVAL);
    row->has_stated = true;
    row->delivered.wh = delivered;
    row->taken.wh = taken;
    page_list_add(k->l, 0, slot);
}

/* Odd slots sold and even slots bought plenty; the window closes in this block. */
static inline void kit_judge(struct kit *k)
{
    trade_open_window(k->l, 0);
    for (uint32_t slot = 1; slot <= member_count(k->l); slot++)
        kit_state(k, slot, slot % 2 ? 100 * KIT_WH : 0, slot % 2 ? 0 : 100 * KIT_WH);
    trade_close_statements(k->l, 0, k->a_ms);
}

/* @count contracts, of members 1 and 2, 3 and 4, ..., drawn and judged; ends block 1. */
static inline void kit_trade(struct kit *k, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        (void)kit_contract(k, 2 * i + 1, 2 * i + 2);
    due_run(k->l);
    assert_int_equal(kit_round(k)->phase, count > 0 ? PHASE_DRAWN : PHASE_OVER);
    kit_judge(k);
    kit_end(k);
}

static inline struct op_signer kit_signer(uint32_t slot)
{
    return (struct op_signer){.role = SIGNER_MEMBER, .slot = slot, .is_proven = true};
}

/* The result that is right, by @slot. */
static inline enum err kit_result(struct kit *k, uint32_t slot, enum contract_stage stage,
                                  uint64_t number)
{
    const struct contract *c = kit_machine(k, number);
    struct result_item item = {.contract = number,
                               .result = (enum trade_result)c->judged.verdict,
                               .settled_wh = c->judged.settled.wh,
                               .payment_micro = c->judged.payment.micro};
    const struct leader_result op = {.items = &item, .item_count = 1};
    const struct op_signer s = kit_signer(slot);
    return result_op(k->l, &s, stage, &op);
}

/* Where a contract stands in a member's list; UINT32_MAX: nowhere. */
static inline uint32_t kit_position(const struct kit *k, uint32_t slot, uint64_t number)
{
    struct trade_duty duty;
    for (uint32_t i = 0; trade_duty_get(k->l, KIT_INTERVAL, ROUND_FORWARD, slot, i, &duty); i++)
        if (duty.contract == number)
            return i;
    return UINT32_MAX;
}

static inline enum err kit_ballot(struct kit *k, uint32_t slot, enum ballot_stage stage,
                                  uint32_t first, const uint8_t *voted, const uint8_t *agree,
                                  size_t len)
{
    const struct ballot op = {.stage = stage,
                              .round = ROUND_FORWARD,
                              .subject = KIT_INTERVAL,
                              .first = first,
                              .voted = {voted, len},
                              .agree = {agree, len}};
    const struct op_signer s = kit_signer(slot);
    return trade_ballot_op(k->l, &s, &op);
}

/* One bit on one contract. */
static inline enum err kit_vote(struct kit *k, uint32_t slot, enum ballot_stage stage,
                                uint64_t number, bool agrees)
{
    const uint8_t voted = 1, agree = agrees;
    return kit_ballot(k, slot, stage, kit_position(k, slot, number), &voted, &agree, 1);
}

#endif
