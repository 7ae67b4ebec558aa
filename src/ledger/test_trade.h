/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_trade.h - a community whose rows a test writes directly, without signatures: members
 * with money, intervals with a page, contracts and statements. kit_open_bare leaves all of that and
 * the clusters to the test; kit_open gives it an interval whose forward round waits for its draw,
 * and blocks of which the test calls the phases. */
#ifndef PEERWATT_LEDGER_TEST_TRADE_H
#define PEERWATT_LEDGER_TEST_TRADE_H

#include "core/params.h"
#include "ledger/trade_inner.h"
#include "ledger/values.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum {
    KIT_MEMBERS = 24, /* of kit_open_bare, as are the seats and the windows */
    KIT_SEATS = 3,
    KIT_STATEMENT_MS = 60000,
    KIT_EXEC_MS = 1000,
    KIT_FINAL_MS = 2000,
    KIT_VOTE_MS = 3000,
    KIT_CONTRACTS = 256,
    KIT_NEWCOMERS = 8, /* of kit_open: room for so many more members */
    KIT_INTERVAL = 10, /* has ended; 11 is running */
    KIT_PRICE = 200000,
    KIT_WH = 1000,
    KIT_WH_MAX = 1000000 /* of a connection, in an interval */
};
#define KIT_DEPOSIT INT64_C(1000000000)

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

static inline void kit_genesis(struct kit *k, struct genesis *g, const struct kit_plan *plan)
{
    memset(k, 0, sizeof *k);
    params_fill(g);
    g->community.name = span_of_text("Elm Street");
    g->community.chain_id = span_of_text("elm-1");
    g->community.currency = span_of_text("EUR");
    g->times.t0_ms = 1700000000000;
    g->sampling.k = plan->seats;
    g->limits.members_max = plan->members;
    g->limits.contracts_open_max = KIT_CONTRACTS;
    g->market.book_max_orders = 64;
    k->key.key.bytes[0] = 1;
    g->authority = (struct genesis_authority){.keys = &k->key, .key_count = 1, .threshold = 1};
    g->treasury.bytes[0] = 2;
    for (uint32_t i = 0; i < plan->feeders; i++)
        k->feeders[i].name = span_of_text("f");
    g->feeders = k->feeders;
    g->feeder_count = plan->feeders;
}

/* The next block, at @a_ms. */
static inline void kit_begin(struct kit *k, uint64_t a_ms)
{
    struct ledger *l = k->l;
    state_begin(l);
    k->a_ms = a_ms;
    l->head->last.height++;
    l->head->last.a_ms = a_ms;
    l->head->interval_next = KIT_INTERVAL + 1;
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

/* The next block; everything of this one is forgotten, nothing of it is decided. */
static inline void kit_next(struct kit *k, uint64_t a_ms)
{
    state_seal(k->l);
    kit_begin(k, a_ms);
}

static inline void kit_member(struct ledger *l, uint32_t slot, const struct kit_plan *plan)
{
    struct member *m = table_edit(&l->members, slot);
    struct standing *s = table_edit(&l->standings, slot);
    *m = (struct member){.status = STATUS_ACTIVE,
                         .feeder = 1 + slot % plan->feeders,
                         .household = slot,
                         .max_export_wh = KIT_WH_MAX,
                         .max_import_wh = KIT_WH_MAX};
    m->keys.sign.bytes[2] = m->keys.vrf.bytes[3] = m->keys.seal.bytes[4] = (uint8_t)slot;
    memcpy(m->household_hash.bytes, &slot, sizeof slot);
    memcpy(m->nullifier.bytes, &slot, sizeof slot);
    l->head->member_count = l->head->active_count = slot;
    *s = (struct standing){.slot = slot, .live = true, .mature = plan->is_mature};
    money_open_account(l, slot);
    account_edit(l, slot)->available.micro = KIT_DEPOSIT;
    l->head->funds.available.micro += KIT_DEPOSIT;
    l->head->funds.deposits.micro += KIT_DEPOSIT;
}

/* Opens block 1, with the plan's members. */
static inline void kit_start(struct kit *k, const struct genesis *g, const struct kit_plan *plan)
{
    const struct hash hash = {{7}};
    const size_t size = ledger_size(g);
    assert_int_equal(posix_memalign(&k->memory, 64, size), 0);
    k->l = ledger_init(k->memory, size, g, &hash);
    kit_begin(k, 1000);
    for (uint32_t slot = 1; slot <= plan->members; slot++)
        kit_member(k->l, slot, plan);
}

static inline void kit_open_bare(struct kit *k, enum market_timing timing)
{
    static const struct kit_plan plan = {.members = KIT_MEMBERS, .seats = KIT_SEATS, .feeders = 1};
    struct genesis g;
    kit_genesis(k, &g, &plan);
    g.windows.statement_ms = KIT_STATEMENT_MS;
    g.windows.exec_ms = KIT_EXEC_MS;
    g.windows.final_ms = KIT_FINAL_MS;
    g.windows.vote_ms = KIT_VOTE_MS;
    g.market.timing = timing;
    kit_start(k, &g, &plan);
    state_rebuild(k->l);
    kit_next(k, 1000);
}

static inline void kit_gated_interval(struct ledger *l)
{
    struct ledger_interval *i = table_edit(&l->intervals, 0);
    *i = (struct ledger_interval){
        .is_used = true, .number = KIT_INTERVAL, .page = 1, .due_ms = MARKET_NOT_DUE};
    i->rounds[0].phase = PHASE_GATED;
    i->rounds[0].has_seed = true;
    i->rounds[0].seed.bytes[0] = 77;
}

/* The round has its seed and no contract. */
static inline void kit_open(struct kit *k, const struct kit_plan *plan)
{
    struct genesis g;
    kit_genesis(k, &g, plan);
    g.limits.members_max = plan->members + KIT_NEWCOMERS;
    kit_start(k, &g, plan);
    kit_gated_interval(k->l);
    state_rebuild(k->l);
}

static inline void kit_close(struct kit *k)
{
    free(k->memory);
}

/* A block in which nobody says anything. */
static inline void kit_pass(struct kit *k, uint64_t a_ms)
{
    kit_begin(k, a_ms);
    due_run(k->l);
    kit_end(k);
}

static inline void kit_status(struct kit *k, uint32_t slot, enum member_status status)
{
    struct member *m = table_edit(&k->l->members, slot);
    m->status = status;
    members_rebuild(k->l);
}

/* The interval's row with a page. Clusters are the test's own, so no round has a seed. */
static inline uint32_t kit_interval(struct kit *k, uint64_t number)
{
    const uint32_t place = interval_take(k->l, number);
    assert_true(place != MARKET_NO_PLACE);
    struct ledger_interval *i = interval_edit(k->l, place);
    if (i->page == 0)
        i->page = places_take(&k->l->index.orders.pages) + 1;
    return place;
}

struct kit_terms {
    uint64_t interval;
    uint32_t seller, buyer;
    int64_t wh;
    enum trade_take take;
    enum trade_round round;
    bool is_agreement;
};

static inline int64_t kit_price_of(int64_t wh)
{
    struct money payment;
    const bool fits = price_payment(&payment, (struct price){KIT_PRICE}, (struct energy){wh});
    assert_true(fits);
    return payment.micro;
}

/* Returns the place. Agreements have the next number in their hash. */
static inline uint32_t kit_make(struct kit *k, struct kit_terms t)
{
    struct trade_terms terms = {.interval = t.interval ? t.interval : KIT_INTERVAL,
                                .round = t.round ? t.round : ROUND_FORWARD,
                                .seller = t.seller,
                                .buyer = t.buyer,
                                .energy = {t.wh},
                                .price = {KIT_PRICE},
                                .payment = {kit_price_of(t.wh)},
                                .take = t.take ? t.take : TAKE_FLEXIBLE,
                                .min_delivery_ppm = 900000,
                                .is_agreement = t.is_agreement};
    const uint64_t number = k->l->head->contract_last + 1;
    if (t.is_agreement)
        memcpy(terms.agreement.bytes, &number, sizeof number);
    assert_true(contract_has_room(k->l, 1));
    const uint64_t made = contract_make(k->l, &terms);
    assert_true(made == number);
    return contract_find(k->l, number);
}

/* Cluster {20, 21, 22}, or nobody. */
static inline void kit_draw(struct kit *k, uint32_t place, bool has_cluster)
{
    uint32_t *cluster = trade_cluster(k->l, place);
    for (uint32_t i = 0; i < KIT_SEATS; i++)
        cluster[i] = 20 + i;
    const struct contract_event ev = {.kind = CONTRACT_EV_DRAW,
                                      .cluster = cluster,
                                      .cluster_count = has_cluster ? KIT_SEATS : 0,
                                      .eligible = has_cluster ? KIT_SEATS : 0,
                                      .votes = trade_votes_edit(k->l, place)};
    trade_run(k->l, place, &ev, k->l->now.a_ms);
}

static inline enum err kit_statement(struct kit *k, uint32_t slot,
                                     const struct interval_statement *op)
{
    const struct op_signer s = {.role = SIGNER_MEMBER, .slot = slot, .is_proven = true};
    return statement_op(k->l, &s, op);
}

/* The first statement of the interval. */
static inline void kit_says(struct kit *k, uint32_t slot, int64_t delivered_wh, int64_t taken_wh)
{
    const struct interval_statement op = {
        .interval = KIT_INTERVAL, .delivered_wh = delivered_wh, .taken_wh = taken_wh};
    const enum err code = kit_statement(k, slot, &op);
    assert_true(code == ERR_OK);
}

static inline const struct contract *kit_machine_at(const struct kit *k, uint32_t place)
{
    return &contract_get(k->l, place)->machine;
}

static inline const struct funds_account *kit_account(const struct kit *k, uint32_t slot)
{
    return table_get(&k->l->accounts, slot);
}

static inline const struct energy_account *kit_energy(const struct kit *k, uint32_t interval_place,
                                                      uint32_t slot)
{
    const uint32_t page = interval_get(k->l, interval_place)->page - 1;
    return table_get(&k->l->page_energies, page_row(k->l, page, slot));
}

/* RULE ledger.5, money of all and energy of the interval. */
static inline void kit_check_conserved(const struct kit *k, uint32_t interval_place)
{
    const struct ledger_interval *i = interval_get(k->l, interval_place);
    i128 sum = 0;
    assert_true(funds_is_conserved_in_full(&k->l->head->funds));
    for (uint32_t slot = 1; slot <= KIT_MEMBERS; slot++) {
        const struct page_member *row = page_get(k->l, i->page - 1, slot, i->number);
        const struct energy_account *e = kit_energy(k, interval_place, slot);
        if (row->interval == i->number)
            sum += (i128)e->title.wh + e->escrow.wh + e->received.wh;
    }
    assert_true(sum == i->delivered_wh && sum == i->held_wh);
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
