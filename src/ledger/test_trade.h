/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_trade.h - a ledger whose rows a test writes itself: members with money, intervals
 * with a page, contracts and statements, without blocks and signatures. A broken assumption of
 * the kit itself is an assert. */
#ifndef PEERWATT_LEDGER_TEST_TRADE_H
#define PEERWATT_LEDGER_TEST_TRADE_H

#include "core/params.h"
#include "ledger/trade_inner.h"
#include "ledger/values.h"

#include <assert.h>
#include <string.h>

enum {
    KIT_MEMBERS = 24,
    KIT_CONTRACTS = 256,
    KIT_SEATS = 3,
    KIT_INTERVAL = 10, /* has ended; 11 is running */
    KIT_STATEMENT_MS = 60000,
    KIT_EXEC_MS = 1000,
    KIT_FINAL_MS = 2000,
    KIT_VOTE_MS = 3000,
    KIT_PRICE = 200000,
    KIT_WH_MAX = 1000000 /* of a connection, in an interval */
};
#define KIT_DEPOSIT INT64_C(1000000000)

struct kit {
    struct ledger *l;
    void *memory;
    struct genesis_key key;
    struct genesis_feeder feeder;
};

/* Of the test: memory at a multiple of 64. */
static void *kit_memory(size_t size);
static void kit_free(void *memory);

static inline void kit_genesis(struct kit *k, struct genesis *g, enum market_timing timing)
{
    params_fill(g);
    g->community.name = span_of_text("Elm Street");
    g->community.chain_id = span_of_text("elm-1");
    g->community.currency = span_of_text("EUR");
    g->times.t0_ms = 1700000000000;
    g->windows.statement_ms = KIT_STATEMENT_MS;
    g->windows.exec_ms = KIT_EXEC_MS;
    g->windows.final_ms = KIT_FINAL_MS;
    g->windows.vote_ms = KIT_VOTE_MS;
    g->market.timing = timing;
    g->sampling.k = KIT_SEATS;
    g->limits.members_max = KIT_MEMBERS;
    g->limits.contracts_open_max = KIT_CONTRACTS;
    g->market.book_max_orders = 64;
    k->key.key.bytes[0] = 1;
    g->authority = (struct genesis_authority){.keys = &k->key, .key_count = 1, .threshold = 1};
    g->treasury.bytes[0] = 2;
    k->feeder.name = span_of_text("main");
    g->feeders = &k->feeder;
    g->feeder_count = 1;
}

/* Everything of the block before is forgotten; A is @a_ms. */
static inline void kit_begin(struct kit *k, uint64_t a_ms)
{
    struct ledger *l = k->l;
    state_seal(l);
    state_begin(l);
    l->now = (struct block_now){.height = l->now.height + 1,
                                .a_ms = a_ms,
                                .due_ms = a_ms,
                                .interval = KIT_INTERVAL + 1,
                                .steps_left = 1000,
                                .draws_left = 1000};
    l->head->interval_next = KIT_INTERVAL + 1;
}

static inline void kit_member(struct kit *k, uint32_t slot)
{
    struct ledger *l = k->l;
    struct member *m = table_edit(&l->members, slot);
    *m = (struct member){.status = STATUS_ACTIVE,
                         .feeder = 1,
                         .household = slot,
                         .max_export_wh = KIT_WH_MAX,
                         .max_import_wh = KIT_WH_MAX};
    m->household_hash.bytes[0] = m->nullifier.bytes[1] = (uint8_t)slot;
    m->keys.sign.bytes[2] = m->keys.vrf.bytes[3] = m->keys.seal.bytes[4] = (uint8_t)slot;
    struct standing *standing = table_edit(&l->standings, slot);
    *standing = (struct standing){.slot = slot, .live = true};
    l->head->member_count = l->head->active_count = slot;
    money_open_account(l, slot);
    account_edit(l, slot)->available.micro = KIT_DEPOSIT;
    l->head->funds.available.micro += KIT_DEPOSIT;
    l->head->funds.deposits.micro += KIT_DEPOSIT;
}

static inline void kit_open(struct kit *k, enum market_timing timing)
{
    struct genesis g;
    const struct hash hash = {{7}};
    kit_genesis(k, &g, timing);
    const size_t size = ledger_size(&g);
    k->memory = kit_memory(size);
    k->l = ledger_init(k->memory, size, &g, &hash);
    kit_begin(k, 1000);
    for (uint32_t slot = 1; slot <= KIT_MEMBERS; slot++)
        kit_member(k, slot);
    state_rebuild(k->l);
    kit_begin(k, 1000);
}

static inline void kit_close(struct kit *k)
{
    kit_free(k->memory);
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
    assert(place != MARKET_NO_PLACE);
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
    assert(fits);
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
    assert(contract_has_room(k->l, 1));
    const uint64_t made = contract_make(k->l, &terms);
    assert(made == number);
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

static inline enum err kit_state(struct kit *k, uint32_t slot, const struct interval_statement *op)
{
    const struct op_signer s = {.role = SIGNER_MEMBER, .slot = slot, .is_proven = true};
    return statement_op(k->l, &s, op);
}

/* The first statement of the interval. */
static inline void kit_says(struct kit *k, uint32_t slot, int64_t delivered_wh, int64_t taken_wh)
{
    const struct interval_statement op = {
        .interval = KIT_INTERVAL, .delivered_wh = delivered_wh, .taken_wh = taken_wh};
    const enum err code = kit_state(k, slot, &op);
    assert(code == ERR_OK);
}

static inline const struct contract *kit_machine(const struct kit *k, uint32_t place)
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
    assert(funds_is_conserved_in_full(&k->l->head->funds));
    for (uint32_t slot = 1; slot <= KIT_MEMBERS; slot++) {
        const struct page_member *row = page_get(k->l, i->page - 1, slot, i->number);
        const struct energy_account *e = kit_energy(k, interval_place, slot);
        if (row->interval == i->number)
            sum += (i128)e->title.wh + e->escrow.wh + e->received.wh;
    }
    assert(sum == i->delivered_wh && sum == i->held_wh);
}

#endif
