/* SPDX-License-Identifier: Apache-2.0 */
/* The first check of docs/state-machines.md, over the ledger itself: two contracts, five members,
 * each of them right, silent or wrong in each role, revoked, ejected, leaving or with a new key in
 * any block, an outage between any two. Whatever happens, both contracts come to an end, money and
 * energy are conserved in every block (RULE ledger.5), and nobody honest takes a step that only
 * the guilty take.
 *
 * Honest is who has no fault in the plan and is neither revoked nor ejected by it; who rotates its
 * keys, leaves or lives through an outage is honest. The steps themselves are in the log as a root
 * only, so scores are read: the loss of an honest duty (kappa = ONE / 8) is less than the smallest
 * one with kappa = ONE and never takes a score below zero. Only home 5 can be in both clusters.
 *
 * Without an argument everything by itself and a drawn part of the pairs; with the argument `full`
 * all pairs, which takes hours. */
#include "sim/honest.h"
#include "sim/rewind.h"

#include "base/test_random.h"
#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    HOMES = 5,
    WITNESS = 5, /* trades with nobody */
    BLOCK_MS = 2500,
    BLOCKS = 58, /* from the agreements to the last score, and a little more */
    BLOCKS_MAX = BLOCKS + 40,
    AGREED_WH = 600, /* within every load, and beyond a third of each */
    EVENTS_MAX = 2,
    CONTRACTS = 2,
    OUTAGE_MS = 3 * 86400000,
    DUTY_LOSS_MOST = 2140000, /* a leader, x = -2, kappa = ONE / 8, R below 2^24 */
#ifdef SEARCH_DRAWN
    DRAWN = SEARCH_DRAWN
#else
    DRAWN = 2500
#endif
};

enum event_kind { EVENT_REVOKE, EVENT_EJECT, EVENT_ROTATE, EVENT_LEAVE, EVENT_OUTAGE, EVENT_KINDS };
#define NO_TICKET UINT32_MAX

enum relation { AS_SELLER, AS_BUYER, AS_SEAT, RELATIONS };

struct event {
    enum event_kind kind;
    uint32_t block, home;
};

struct plan {
    uint64_t number;
    enum trade_take take;
    uint32_t faults[HOMES + 1];
    struct event events[EVENTS_MAX];
    uint32_t event_count;
};

static const uint32_t faults[] = {HONEST_NO_STATEMENT, HONEST_SHORT,       HONEST_GREEDY,
                                  HONEST_REFUSES,      HONEST_NO_EXEC,     HONEST_WRONG_EXEC,
                                  HONEST_NO_FINAL,     HONEST_WRONG_FINAL, HONEST_NO_BALLOT,
                                  HONEST_WRONG_BALLOT, HONEST_NO_REVEAL,   HONEST_SILENT};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static const char *const event_names[] = {"revoked", "ejected", "rotates", "leaves", "outage"};
static const char *const relation_names[] = {"seller", "buyer", "seat"};

static struct world w;
static struct honest h;
static struct rewind start;
static struct plan plan; /* the one that is being tried */
static uint64_t plans, blocks;
static uint64_t reached[CONTRACT_STATE_COUNT][EVENT_KINDS][RELATIONS];
static uint64_t ends[CONTRACT_STATE_COUNT][VERDICT_COUNT], unwitnessed, alpha_two;
static bool is_full;

static void show_plan(int number)
{
    (void)number;
    fprintf(stderr, "plan %llu, take %d, faults", (unsigned long long)plan.number, (int)plan.take);
    for (uint32_t home = 1; home <= HOMES; home++)
        fprintf(stderr, " %x", (unsigned)plan.faults[home]);
    for (uint32_t i = 0; i < plan.event_count; i++)
        fprintf(stderr, ", block %u: home %u %s", (unsigned)plan.events[i].block,
                (unsigned)plan.events[i].home, event_names[plan.events[i].kind]);
    fprintf(stderr, "\n");
}

/* ---- the beginning --------------------------------------------------------------------------- */

static void open_world(void)
{
    const struct world_options options = {.seed = 11,
                                          .homes = HOMES,
                                          .founders = HOMES,
                                          .feeders = 2,
                                          .k = 3,
                                          .timing = TIMING_BOTH,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED,
                                          .checks = WORLD_CHECK_SUMS};
    world_init(&w, &options);
    w.genesis.limits.contracts_open_max = 8;
    w.genesis.market.book_max_orders = 8;
    w.genesis.market.horizon_intervals = 4;
    w.genesis.identity.joins_pending_max = 4;
    w.genesis.trade.ranks_max = 2;
    world_start(&w);
    honest_init(&h, &w);
    honest_run(&h, BLOCK_MS, 30); /* deposits, V, and keys may be rotated */
    while (w.t_ms % w.genesis.times.interval_ms < w.genesis.times.interval_ms - 2 * BLOCK_MS)
        honest_run(&h, BLOCK_MS, 1);
    rewind_keep(&start, &w, &h);
}

/* ---- what happens ---------------------------------------------------------------------------- */

static bool has_seat(const struct contract *c, uint32_t slot)
{
    bool has = false;
    for (uint32_t rank = 0; rank < c->cluster_count; rank++)
        has = has || c->cluster[rank] == slot;
    return has;
}

static void note(const struct event *e)
{
    for (uint32_t i = 0; i < w.ledger->sizes.contracts; i++) {
        const struct contract *c = &contract_get(w.ledger, i)->machine;
        if (c->number == 0)
            continue;
        reached[c->state][e->kind][AS_SELLER] += c->seller == e->home;
        reached[c->state][e->kind][AS_BUYER] += c->buyer == e->home;
        reached[c->state][e->kind][AS_SEAT] += has_seat(c, e->home);
    }
}

static uint32_t expel(uint32_t home)
{
    struct op op = {.kind = OP_CERT_REVOKED,
                    .cert_revoked = {.sequence = honest_sequence(&h), .member = home}};
    world_seal(&w, &op);
    return world_say(&w, WORLD_AUTHORITY, &op);
}

/* Two statements of one interval, long past or to come: nothing else is touched. */
static uint32_t eject(uint32_t home)
{
    struct op said = {.kind = OP_INTERVAL_STATEMENT, .interval_statement = {.interval = 1}};
    struct op op = {.kind = OP_MEMBER_EVIDENCE};
    op.member_evidence.first = world_envelope(&w, home, &said, 1);
    said.interval_statement.delivered_wh = 1;
    op.member_evidence.second = world_envelope(&w, home, &said, 1);
    return world_say(&w, home == WITNESS ? 1 : WITNESS, &op);
}

/* The ticket of what is said for it, or NO_TICKET. */
static uint32_t happen(const struct event *e)
{
    struct op op = {.kind = OP_LEAVE};
    note(e);
    switch (e->kind) {
    case EVENT_REVOKE:
        return expel(e->home);
    case EVENT_EJECT:
        return eject(e->home);
    case EVENT_ROTATE:
        world_sign_rotate(&w, &op, e->home);
        return world_say(&w, e->home, &op);
    case EVENT_LEAVE:
        return world_say(&w, e->home, &op);
    case EVENT_OUTAGE:
    case EVENT_KINDS:
        break;
    }
    return NO_TICKET;
}

/* ---- what must hold -------------------------------------------------------------------------- */

static bool is_honest(uint32_t home)
{
    bool is = plan.faults[home] == 0;
    for (uint32_t i = 0; i < plan.event_count; i++)
        is = is && (plan.events[i].home != home || plan.events[i].kind == EVENT_ROTATE ||
                    plan.events[i].kind == EVENT_LEAVE || plan.events[i].kind == EVENT_OUTAGE);
    return is;
}

static void check_scores(int32_t before[HOMES + 1])
{
    for (uint32_t home = 1; home <= HOMES; home++) {
        const int32_t after = standing_get(w.ledger, home)->score;
        const int32_t least = before[home] < 0 ? before[home] : 0;
        const int32_t most = DUTY_LOSS_MOST * (home == WITNESS ? CONTRACTS : 1);
        const bool is_fair = after >= least && before[home] - after <= most;
        world_insist(&w, !is_honest(home) || is_fair, "an honest member pays like a guilty one");
        before[home] = after;
    }
}

static void check_end(void)
{
    const struct seen_end *end = &w.seen.ends[start.world.seen.end_count];
    world_insist(&w, w.seen.end_count - start.world.seen.end_count == CONTRACTS,
                 "a contract has no end");
    for (uint32_t i = 0; i < CONTRACTS; i++) {
        ends[end[i].state][end[i].cond]++;
        unwitnessed += end[i].unwitnessed;
        alpha_two += end[i].alpha == 2;
        world_insist(&w, end[i].state >= CONTRACT_SETTLED, "a contract was scored without an end");
    }
    for (uint32_t home = 1; home <= HOMES; home++) {
        const struct funds_account *a = account_get(w.ledger, home);
        world_insist(&w, a->reserved.micro == 0 && a->escrow.micro == 0, "money is held for ever");
    }
}

/* ---- a plan ---------------------------------------------------------------------------------- */

static bool is_outage(uint32_t block)
{
    bool is = false;
    for (uint32_t i = 0; i < plan.event_count; i++)
        is = is || (plan.events[i].block == block && plan.events[i].kind == EVENT_OUTAGE);
    return is;
}

/* What happens alone does happen. */
static void run_block(uint32_t number)
{
    uint32_t ticket = NO_TICKET;
    const uint32_t ms = is_outage(number) ? OUTAGE_MS : BLOCK_MS;
    honest_act(&h, ms);
    for (uint32_t i = 0; i < plan.event_count; i++)
        if (plan.events[i].block == number)
            ticket = happen(&plan.events[i]);
    world_block(&w, ms);
    if (ticket != NO_TICKET && plan.event_count == 1)
        world_insist(&w, world_code(&w, ticket) == ERR_OK, "an event does not happen");
}

static void agree_all(void)
{
    h.take = plan.take;
    const uint64_t interval = honest_next_gate(&h);
    for (uint32_t seller = 1; seller < WITNESS; seller += 2)
        honest_agree(&h, seller, seller + 1, interval, AGREED_WH);
}

static void try_plan(void)
{
    int32_t scores[HOMES + 1] = {0};
    rewind_back(&start);
    memcpy(h.faults, plan.faults, sizeof plan.faults);
    honest_act(&h, BLOCK_MS);
    agree_all();
    world_block(&w, BLOCK_MS);
    for (uint32_t home = 1; home <= HOMES; home++)
        scores[home] = standing_get(w.ledger, home)->score;
    for (uint32_t i = 0; i < BLOCKS_MAX; i++) {
        if (w.seen.end_count - start.world.seen.end_count == CONTRACTS)
            break;
        run_block(i);
        check_scores(scores);
        blocks++;
    }
    check_end();
    plans++;
    plan.number++;
}

static void begin_plan(enum trade_take take)
{
    plan = (struct plan){.number = plan.number, .take = take};
}

static enum trade_take take_of(uint64_t number)
{
    return (enum trade_take)(TAKE_FLEXIBLE + number % TAKE_PAY);
}

/* ---- the search ------------------------------------------------------------------------------ */

static void each_fault_alone_and_each_two(void **state)
{
    (void)state;
    const uint32_t count = HOMES * FAULTS;
    for (uint32_t a = 0; a < count; a++) {
        for (enum trade_take take = TAKE_FLEXIBLE; take <= TAKE_PAY; take++) {
            begin_plan(take);
            plan.faults[1 + a / FAULTS] = faults[a % FAULTS];
            try_plan();
        }
        for (uint32_t b = a + 1; b < count; b += is_full ? 1 : 7) {
            begin_plan(take_of(a + b));
            plan.faults[1 + a / FAULTS] |= faults[a % FAULTS];
            plan.faults[1 + b / FAULTS] |= faults[b % FAULTS];
            try_plan();
        }
    }
}

static struct event event_at(uint32_t number)
{
    return (struct event){.kind = (enum event_kind)(number % EVENT_KINDS),
                          .block = number / EVENT_KINDS / HOMES,
                          .home = 1 + number / EVENT_KINDS % HOMES};
}

static void each_event_in_each_block(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BLOCKS * HOMES * EVENT_KINDS; i++) {
        const struct event e = event_at(i);
        if (e.kind == EVENT_OUTAGE && e.home > 1)
            continue;
        begin_plan(take_of(e.block));
        plan.events[plan.event_count++] = e;
        try_plan();
        begin_plan(take_of(e.block)); /* the same where both contracts are declined */
        plan.faults[1] = HONEST_SHORT;
        plan.faults[4] = HONEST_REFUSES;
        plan.events[plan.event_count++] = e;
        try_plan();
    }
}

static void draw_event(struct test_random *r)
{
    plan.events[plan.event_count++] =
        (struct event){.kind = (enum event_kind)test_random_below(r, EVENT_KINDS),
                       .block = (uint32_t)test_random_below(r, BLOCKS),
                       .home = 1 + (uint32_t)test_random_below(r, HOMES)};
}

static void two_events_and_faults_as_they_are_drawn(void **state)
{
    (void)state;
    struct test_random r = {17};
    const uint32_t count = is_full ? 100 * DRAWN : DRAWN;
    for (uint32_t i = 0; i < count; i++) {
        begin_plan(take_of(i));
        draw_event(&r);
        draw_event(&r);
        for (uint32_t home = 1; home <= HOMES; home++)
            if (test_random_below(&r, 3) == 0)
                plan.faults[home] = faults[test_random_below(&r, FAULTS)];
        try_plan();
    }
}

static void every_pair_of_events(void **state)
{
    (void)state;
    const uint32_t count = BLOCKS * HOMES * EVENT_KINDS;
    for (uint64_t i = 0; is_full && i < (uint64_t)count * count; i++) {
        const uint32_t first = (uint32_t)(i / count), second = (uint32_t)(i % count);
        if (first > second)
            continue;
        begin_plan(take_of(i));
        plan.events[plan.event_count++] = event_at(first);
        plan.events[plan.event_count++] = event_at(second);
        try_plan();
    }
}

/* ---- what was reached ------------------------------------------------------------------------ */

static bool can_be(enum contract_state state, enum relation relation)
{
    return state != CONTRACT_PREPARED || relation != AS_SEAT;
}

static void every_class_was_reached(void **state)
{
    (void)state;
    uint32_t missing = 0, classes = 0;
    for (uint32_t s = CONTRACT_PREPARED; s < CONTRACT_STATE_COUNT; s++) {
        for (uint32_t i = 0; i < EVENT_KINDS * RELATIONS; i++) {
            const uint32_t kind = i / RELATIONS, relation = i % RELATIONS;
            if (!can_be((enum contract_state)s, (enum relation)relation))
                continue;
            classes++;
            if (reached[s][kind][relation] > 0)
                continue;
            missing++;
            print_message("never: %s, %s, %s\n", contract_state_name((enum contract_state)s),
                          event_names[kind], relation_names[relation]);
        }
    }
    print_message("%llu plans, %llu blocks, %u classes of state, event and relation\n",
                  (unsigned long long)plans, (unsigned long long)blocks, (unsigned)classes);
    print_message("%llu settled; declined C1 %llu, C2 %llu, C3 %llu, C4 %llu; %llu void, %llu of "
                  "them for the cluster; %llu unwitnessed\n",
                  (unsigned long long)ends[CONTRACT_SETTLED][VERDICT_VOID],
                  (unsigned long long)ends[CONTRACT_DECLINED][VERDICT_C1],
                  (unsigned long long)ends[CONTRACT_DECLINED][VERDICT_C2],
                  (unsigned long long)ends[CONTRACT_DECLINED][VERDICT_C3],
                  (unsigned long long)ends[CONTRACT_DECLINED][VERDICT_C4],
                  (unsigned long long)ends[CONTRACT_VOID][VERDICT_VOID],
                  (unsigned long long)alpha_two, (unsigned long long)unwitnessed);
    assert_int_equal(missing, 0);
    for (uint32_t cond = VERDICT_C1; cond <= VERDICT_C4; cond++)
        assert_true(ends[CONTRACT_DECLINED][cond] > 0);
    assert_true(ends[CONTRACT_SETTLED][VERDICT_VOID] > 0 && alpha_two > 0 && unwitnessed > 0);
    assert_true(ends[CONTRACT_VOID][VERDICT_VOID] > alpha_two);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_alone_and_each_two),
        cmocka_unit_test(each_event_in_each_block),
        cmocka_unit_test(two_events_and_faults_as_they_are_drawn),
        cmocka_unit_test(every_pair_of_events),
        cmocka_unit_test(every_class_was_reached),
    };
    is_full = argc > 1 && strcmp(argv[1], "full") == 0;
    signal(SIGABRT, show_plan);
    open_world();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rewind_close(&start);
    world_close(&w);
    return failed;
}
