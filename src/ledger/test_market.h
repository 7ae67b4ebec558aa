/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_market.h - a ledger for tests of market_*.c: members are rows with money that a test
 * writes, blocks are phases 1 and 3 without operations, and seeds come without a beacon. */
#ifndef PEERWATT_LEDGER_TEST_MARKET_H
#define PEERWATT_LEDGER_TEST_MARKET_H

#include "base/test_random.h"
#include "core/params.h"
#include "core/score.h"
#include "ledger/log.h"
#include "ledger/market_inner.h"
#include "ledger/trade_inner.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { KIT_MEMBERS = 24, KIT_CONTRACTS = 512, KIT_ORDERS = 256, KIT_SEEDS_NEVER = 1 << 30 };
#define KIT_DEPOSIT INT64_C(1000000000000)

struct kit {
    struct ledger *l;
    void *memory;
    struct genesis genesis;
    uint32_t seed_blocks; /* blocks that a draw waits */
    uint32_t clears;      /* books with orders that were cleared */
};

static struct kit kit;
static struct genesis_key kit_keys[1];
static struct genesis_feeder kit_feeders[3];

static inline struct ledger_round *kit_round_edit(struct ledger *l, uint64_t interval,
                                                  enum trade_round round)
{
    const uint32_t place = interval_find(l, interval);
    assert_int_not_equal(place, MARKET_NO_PLACE);
    return &interval_edit(l, place)->rounds[round_place(round)];
}

static inline struct member *kit_member(uint32_t slot)
{
    return member_edit(kit.l, slot);
}

static inline struct standing *kit_standing(uint32_t slot)
{
    return standing_edit(kit.l, slot);
}

/* The member has just so much to spend. */
static inline void kit_money(uint32_t slot, int64_t micro)
{
    struct funds *funds = &kit.l->head->funds;
    struct funds_account *account = account_edit(kit.l, slot);
    funds->available.micro += micro - account->available.micro;
    funds->deposits.micro += micro - account->available.micro;
    account->available.micro = micro;
}

/* Terms of a forward contract, as a clearing has them. */
static inline struct trade_terms kit_terms(uint64_t interval, uint32_t seller, uint32_t buyer,
                                           int64_t energy_wh)
{
    struct trade_terms t = {.interval = interval,
                            .round = ROUND_FORWARD,
                            .seller = seller,
                            .buyer = buyer,
                            .energy = {energy_wh},
                            .price = {200000},
                            .take = TAKE_FLEXIBLE,
                            .min_delivery_ppm = 900000};
    assert_true(price_payment(&t.payment, t.price, t.energy));
    return t;
}

/* Contracts made so far, those that have ended included. */
static inline uint32_t kit_made(void)
{
    return (uint32_t)kit.l->head->contract_last;
}

/* The @at-th of them, from 0; its row is there still. */
static inline const struct ledger_contract *kit_contract(uint32_t at)
{
    const uint32_t place = contract_find(kit.l, at + 1);
    assert_int_not_equal(place, TRADE_NO_PLACE);
    return contract_get(kit.l, place);
}

/* Parameters in force, to be changed at will. */
static inline struct genesis *kit_params(void)
{
    return table_edit(&kit.l->params_table, 0);
}

/* The member's counted statement of an interval that has a page. */
static inline void kit_state(uint32_t slot, uint64_t interval, int64_t delivered, int64_t taken)
{
    const uint32_t page = interval_get(kit.l, interval_find(kit.l, interval))->page;
    assert_int_not_equal(page, 0);
    struct page_member *row = page_edit(kit.l, page - 1, slot, interval);
    if (!row->has_stated)
        page_list_add(kit.l, page - 1, slot);
    row->has_stated = true;
    row->delivered.wh = delivered;
    row->taken.wh = taken;
}

static inline uint32_t kit_windows_open(void)
{
    uint32_t count = 0;
    for (uint32_t p = 0; p < kit.l->sizes.intervals; p++)
        count += interval_get(kit.l, p)->window == INTERVAL_OPEN;
    return count;
}

static inline void kit_fill(struct genesis *g)
{
    params_fill(g);
    g->community.name = span_of_text("Elm Street");
    g->community.chain_id = span_of_text("elm-1");
    g->community.currency = span_of_text("EUR");
    g->times.t0_ms = 1700000000000;
    g->limits.members_max = KIT_MEMBERS;
    g->limits.contracts_open_max = KIT_CONTRACTS;
    g->market.book_max_orders = KIT_ORDERS;
    g->market.horizon_intervals = 12;
    g->market.timing = TIMING_BOTH;
    kit_keys[0].key.bytes[0] = 1;
    g->authority = (struct genesis_authority){.keys = kit_keys, .key_count = 1, .threshold = 1};
    g->treasury.bytes[0] = 2;
    for (uint32_t i = 0; i < 3; i++)
        kit_feeders[i].name = span_of_text("street");
    g->feeders = kit_feeders;
    g->feeder_count = 3;
}

static inline void kit_add_member(uint32_t slot)
{
    struct ledger *l = kit.l;
    l->head->member_count = l->head->active_count = slot;
    struct member *m = kit_member(slot);
    *m = (struct member){.status = STATUS_ACTIVE,
                         .feeder = 1 + slot % 3,
                         .household = slot,
                         .max_export_wh = 100000,
                         .max_import_wh = 100000};
    m->household_hash.bytes[0] = m->nullifier.bytes[1] = (uint8_t)slot;
    *kit_standing(slot) = (struct standing){.slot = slot, .live = true, .mature = true};
    money_open_account(l, slot);
    kit_money(slot, KIT_DEPOSIT);
}

/* Members 1 to KIT_MEMBERS, mature and each alone at home. */
static inline void kit_add_members(void)
{
    for (uint32_t slot = 1; slot <= KIT_MEMBERS; slot++)
        kit_add_member(slot);
    state_rebuild(kit.l);
}

/* @slot moves to @other's home. */
static inline void kit_move_in(uint32_t slot, uint32_t other)
{
    kit_member(slot)->household = kit_member(other)->household;
    members_rebuild(kit.l);
}

/* Phases 1 and 3 of a block, and the end of phase 5, @by_ms after the one before. */
static inline void kit_enter(uint64_t by_ms)
{
    struct ledger *l = kit.l;
    struct head *head = l->head;
    const bool is_next = clock_step(&head->last, &l->times, head->last.t_ms + by_ms);
    assert_true(is_next);
    bytes_writer_init(&l->log_writer, l->log_bytes, l->log_size);
    l->log_entry_count = 0;
    l->now = (struct block_now){.height = head->last.height,
                                .t_ms = head->last.t_ms,
                                .a_ms = head->last.a_ms,
                                .due_ms = head->last.a_ms,
                                .interval = clock_interval(&l->times, head->last.t_ms),
                                .steps_left = l->params->limits.deadline_work_max,
                                .draws_left = l->params->limits.draw_work_max};
    if (l->now.height == 1)
        head->interval_first = head->interval_next = l->now.interval;
    head->beacon.block.height = l->now.height;
    market_enter(l);
}

static inline struct hash kit_seed(enum draw_kind kind, uint64_t of)
{
    struct hash seed = {{(uint8_t)kind}};
    memcpy(seed.bytes + 8, &of, sizeof of);
    return seed;
}

/* Draws that have waited long enough have their seed. */
static inline void kit_draw(void)
{
    struct ledger *l = kit.l;
    struct beacon *b = &l->head->beacon;
    while (b->waiting_count > 0 && b->waiting[0].height + kit.seed_blocks <= l->now.height) {
        const uint64_t number = b->waiting[0].number, of = draw_of(number);
        const struct hash seed = kit_seed(draw_kind(number), of);
        memmove(b->waiting, b->waiting + 1, --b->waiting_count * sizeof *b->waiting);
        if (draw_kind(number) == DRAW_CONTINUOUS) {
            market_seed_continuous(l, of, &seed);
            continue;
        }
        struct ledger_round *r = kit_round_edit(
            l, of, draw_kind(number) == DRAW_FORWARD ? ROUND_FORWARD : ROUND_MEASURED);
        assert_int_equal(r->phase, PHASE_GATED);
        r->has_seed = true;
        r->seed = seed;
    }
}

/* Seeds, and what is due. */
static inline void kit_run(void)
{
    kit_draw();
    due_run(kit.l);
    for (uint32_t i = 0; i < log_count(kit.l); i++)
        kit.clears += log_get(kit.l, i).bytes.at[0] == RECORD_CLEARING;
    assert_true(funds_is_conserved(&kit.l->head->funds));
}

static inline void kit_block(uint64_t by_ms)
{
    kit_enter(by_ms);
    kit_run();
}

static inline void kit_open_with(const struct genesis *genesis)
{
    const struct hash hash = {{7}};
    memset(&kit, 0, sizeof kit);
    kit.genesis = *genesis;
    kit.seed_blocks = 1;
    const size_t size = ledger_size(&kit.genesis);
    assert_int_equal(posix_memalign(&kit.memory, 64, size), 0);
    kit.l = ledger_init(kit.memory, size, &kit.genesis, &hash);
    kit.l->times.gap_ms = 10000000; /* tests take long steps on A, too */
    kit_add_members();
    kit_block(0); /* block 1, in interval 0 */
}

static inline void kit_open(void)
{
    struct genesis g;
    kit_fill(&g);
    kit_open_with(&g);
}

static inline void kit_shut(void)
{
    free(kit.memory);
}

static inline uint64_t kit_start_ms(uint64_t interval)
{
    return kit.l->times.t0_ms + interval * kit.l->times.interval_ms;
}

/* A block at T. */
static inline void kit_block_at(uint64_t t_ms)
{
    assert_true(t_ms >= kit.l->now.t_ms);
    kit_block(t_ms - kit.l->now.t_ms);
}

static inline struct order kit_bid(uint64_t interval, int64_t energy_wh, int64_t price)
{
    return (struct order){.side = ORDER_BID,
                          .round = ROUND_FORWARD,
                          .interval = interval,
                          .energy_wh = energy_wh,
                          .price_micro_per_kwh = price};
}

static inline struct order kit_offer(uint64_t interval, int64_t energy_wh, int64_t price)
{
    struct order o = kit_bid(interval, energy_wh, price);
    o.side = ORDER_OFFER;
    return o;
}

static inline enum err kit_say(uint32_t slot, struct order o)
{
    const struct op_signer s = {.role = SIGNER_MEMBER, .slot = slot, .is_proven = true};
    return order_op(kit.l, &s, &o);
}

static inline enum err kit_cancel(uint32_t slot, uint64_t number)
{
    const struct op_signer s = {.role = SIGNER_MEMBER, .slot = slot, .is_proven = true};
    const struct order_cancel op = {number};
    return order_cancel_op(kit.l, &s, &op);
}

/* The order with this number, NULL if there is none alive. */
static inline const struct ledger_order *kit_order(uint64_t number)
{
    uint32_t place;
    return id_map_find(&kit.l->index.orders.by_number, number, &place) ? order_get(kit.l, place)
                                                                       : NULL;
}

static inline const struct ledger_interval *kit_interval(uint64_t number)
{
    const uint32_t place = interval_find(kit.l, number);
    return place == MARKET_NO_PLACE ? NULL : interval_get(kit.l, place);
}

static inline uint32_t kit_waiting(enum draw_kind kind, uint64_t of)
{
    const struct beacon *b = &kit.l->head->beacon;
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->waiting_count; i++)
        count += b->waiting[i].number == draw_number(kind, of);
    return count;
}

/* All answers of the index, to be compared before and after a rebuild. */
struct kit_answers {
    uint32_t orders, intervals, pages, waiting_count;
    uint32_t by_number[KIT_ORDERS], waiting[KIT_ORDERS];
    uint32_t rounds[KIT_ORDERS * 4], round_count;
    uint32_t members[KIT_ORDERS * 4], member_count;
    uint32_t by_interval[256];
};

static inline void kit_ask_interval(struct kit_answers *a, uint32_t place)
{
    const struct ledger *l = kit.l;
    const struct ledger_interval *i = interval_get(l, place);
    if (!i->is_used)
        return;
    a->by_interval[place] = interval_find(l, i->number) + 1;
    for (uint32_t r = 0; r < MARKET_ROUNDS; r++)
        a->round_count +=
            orders_of_round(l, place, (enum trade_round)(r + 1), a->rounds + a->round_count);
    for (uint32_t slot = 1; slot <= KIT_MEMBERS; slot++)
        for (uint32_t p = order_first_of(l, slot, i->number); p != MARKET_NO_PLACE;
             p = order_next_of(l, p))
            a->members[a->member_count++] = p;
}

static inline void kit_ask(struct kit_answers *a)
{
    const struct ledger *l = kit.l;
    const struct order_index *x = &l->index.orders;
    memset(a, 0, sizeof *a);
    a->orders = x->places.count;
    a->intervals = x->intervals.count;
    a->pages = x->pages.count;
    for (uint32_t p = 0; p < l->sizes.orders; p++) {
        const struct ledger_order *o = order_get(l, p);
        uint32_t place;
        if (o->number == 0)
            continue;
        assert_true(id_map_find(&x->by_number, o->number, &place));
        a->by_number[p] = place + 1;
    }
    assert_true(l->sizes.intervals <= 256);
    for (uint32_t p = 0; p < l->sizes.intervals; p++)
        kit_ask_interval(a, p);
    for (uint32_t at = x->first_waiting; at; at = x->next_waiting[at - 1])
        a->waiting[a->waiting_count++] = at;
}

/* A rebuild gives the same answers. */
static inline void kit_check_rebuild(void)
{
    static struct kit_answers before, after;
    kit_ask(&before);
    market_rebuild(kit.l);
    kit_ask(&after);
    assert_memory_equal(&before, &after, sizeof before);
}

#endif
