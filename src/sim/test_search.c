/* SPDX-License-Identifier: Apache-2.0 */
/* The first check that docs/state-machines.md asks for, over real blocks: two contracts, five
 * members, each silent, wrong, revoked, ejected or rotated in each state, an outage between any two
 * blocks. Only SETTLED, DECLINED and VOID remain, ledger.5 holds in every block, and nobody honest
 * takes a step with x < 0 and kappa = ONE: whoever has done nothing wrong stays at 0 or above
 * (RULE trade.10, qot.6, qot.8). */
#include "sim/dice.h"
#include "sim/honest.h"

#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <stdio.h>

#ifdef TEST_MANY
enum { IS_WHOLE = 1, PAIRS = 1500 };
#else
enum { IS_WHOLE = 0, PAIRS = 60 };
#endif

#define OUTAGE_MS UINT64_C(259200000)

enum {
    MEMBERS = 5, /* 1 sells to 2, 3 sells to 4; each contract has the three others as its cluster */
    BLOCK_MS = 2000,
    BLOCKS_MAX = 160,
    LIFE = 80 /* blocks in which something may happen */
};

enum what {
    WHAT_SILENT,
    WHAT_NO_STATEMENT,
    WHAT_NO_RESULT,
    WHAT_NO_BALLOT,
    WHAT_WRONG_RESULT,
    WHAT_WRONG_BALLOT,
    WHAT_SHORT,
    WHAT_REFUSES,
    WHAT_REVOKED,
    WHAT_EJECTED,
    WHAT_ROTATED,
    WHAT_COUNT,
    WHAT_OUTAGE = WHAT_COUNT /* of nobody */
};

static const char *const what_names[] = {"silent",       "no statement", "no result", "no ballot",
                                         "wrong result", "wrong ballot", "short",     "refuses",
                                         "revoked",      "ejected",      "rotated",   "outage"};

struct event { /* before the block with this number */
    uint32_t block;
    enum what what;
    uint32_t home;
};

static struct world w;
static struct honest h;
static uint64_t covered[WHAT_COUNT + 1][CONTRACT_STATE_COUNT], ends[CONTRACT_STATE_COUNT], runs;

static void open_world(uint64_t seed)
{
    const struct world_options options = {.seed = seed,
                                          .homes = MEMBERS,
                                          .founders = MEMBERS,
                                          .feeders = 1,
                                          .k = 3,
                                          .timing = TIMING_FORWARD,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED,
                                          .checks = WORLD_CHECK_SUMS};
    world_init(&w, &options);
    w.genesis.limits.contracts_open_max = 16;
    w.genesis.market.book_max_orders = 16;
    w.genesis.trade.ranks_max = 2;
    world_start(&w);
    honest_init(&h, &w);
}

static enum contract_state state_now(void)
{
    const uint32_t place = contract_find(w.ledger, 1);
    if (place != TRADE_NO_PLACE)
        return contract_get(w.ledger, place)->machine.state;
    return w.seen.end_count > 0 ? w.seen.ends[0].state : CONTRACT_PREPARED;
}

static void revoke(uint32_t home)
{
    struct op op = {.kind = OP_CERT_REVOKED,
                    .cert_revoked = {.sequence = honest_sequence(&h), .member = home}};
    world_seal(&w, &op);
    world_say(&w, WORLD_AUTHORITY, &op);
}

/* By two statements about an interval that is nobody's business. */
static void eject(uint32_t home)
{
    struct op op = {.kind = OP_INTERVAL_STATEMENT, .interval_statement = {.interval = 1000}};
    const struct span a = world_envelope_with(&w, home, &op, 1, 0, w.height + 2);
    op.interval_statement.delivered_wh = 1;
    const struct span b = world_envelope_with(&w, home, &op, 1, 1, w.height + 2);
    const struct op evidence = {.kind = OP_MEMBER_EVIDENCE, .member_evidence = {a, b}};
    world_say(&w, home % MEMBERS + 1, &evidence);
}

static void rotate(uint32_t home)
{
    struct op op;
    world_sign_rotate(&w, &op, home);
    world_say(&w, home, &op);
}

static uint32_t fault_of(enum what what)
{
    static const uint32_t faults[WHAT_COUNT + 1] = {
        [WHAT_SILENT] = HONEST_SILENT,
        [WHAT_NO_STATEMENT] = HONEST_NO_STATEMENT,
        [WHAT_NO_RESULT] = HONEST_NO_EXEC | HONEST_NO_FINAL,
        [WHAT_NO_BALLOT] = HONEST_NO_BALLOT,
        [WHAT_WRONG_RESULT] = HONEST_WRONG_EXEC | HONEST_WRONG_FINAL,
        [WHAT_WRONG_BALLOT] = HONEST_WRONG_BALLOT,
        [WHAT_SHORT] = HONEST_SHORT,
        [WHAT_REFUSES] = HONEST_REFUSES};
    return faults[what];
}

/* Returns how long it takes. Said before the honest, so that nobody is silent by accident. */
static uint64_t happen(const struct event *e)
{
    covered[e->what][state_now()]++;
    if (e->what == WHAT_OUTAGE)
        return OUTAGE_MS;
    h.faults[e->home] |= fault_of(e->what);
    return BLOCK_MS;
}

static void say_more(const struct event *e)
{
    if (e->what == WHAT_REVOKED)
        revoke(e->home);
    else if (e->what == WHAT_EJECTED)
        eject(e->home);
    else if (e->what == WHAT_ROTATED)
        rotate(e->home);
}

static bool is_honest(const struct event *events, uint32_t count, uint32_t home)
{
    for (uint32_t i = 0; i < count; i++)
        if (events[i].home == home && events[i].what != WHAT_ROTATED)
            return false;
    return true;
}

static void tell(const struct event *events, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        printf("home %u %s before block %u\n", (unsigned)events[i].home, what_names[events[i].what],
               (unsigned)events[i].block);
}

static void check_honest(const struct event *events, uint32_t count)
{
    for (uint32_t home = 1; home <= MEMBERS; home++) {
        if (!is_honest(events, count, home) || standing_get(w.ledger, home)->score >= 0)
            continue;
        tell(events, count);
        fail_msg("seed %u, block %u: honest home %u has lost", (unsigned)w.options.seed,
                 (unsigned)w.height, (unsigned)home);
    }
}

static void one_block(const struct event *events, uint32_t count, uint32_t block)
{
    uint64_t dt_ms = BLOCK_MS;
    for (uint32_t i = 0; i < count; i++)
        if (events[i].block == block && happen(&events[i]) > dt_ms)
            dt_ms = OUTAGE_MS;
    honest_act(&h, dt_ms);
    for (uint32_t i = 0; i < count; i++)
        if (events[i].block == block)
            say_more(&events[i]);
    if (block == 3) {
        honest_agree(&h, 1, 2, honest_next_gate(&h), 600);
        honest_agree(&h, 3, 4, honest_next_gate(&h), 600);
    }
    world_block(&w, dt_ms);
    check_honest(events, count);
}

/* Live through it; the states of the first contract by block to @states, if that is not NULL. */
static void live(const struct event *events, uint32_t count, enum contract_state *states)
{
    open_world(17);
    for (uint32_t block = 1; block < BLOCKS_MAX && w.seen.end_count < 2; block++) {
        one_block(events, count, block);
        if (states)
            states[block] = state_now();
    }
    if (w.seen.end_count != 2) {
        tell(events, count);
        fail_msg("%u contracts of 2 have ended", (unsigned)w.seen.end_count);
    }
    for (uint32_t i = 0; i < 2; i++)
        ends[w.seen.ends[i].state]++;
    runs++;
    world_close(&w);
}

/* Blocks before which something may happen: all of them, or where the state has just changed. */
static uint32_t find_places(uint32_t *out)
{
    enum contract_state states[BLOCKS_MAX] = {0};
    uint32_t count = 0;
    live(NULL, 0, states);
    assert_int_equal(ends[CONTRACT_SETTLED], 2);
    for (uint32_t block = 4; block < LIFE; block++) {
        const bool is_new = states[block - 1] != states[block - 2];
        if (IS_WHOLE || is_new || block % 16 == 0)
            out[count++] = block;
    }
    return count;
}

static void one_thing_goes_wrong_anywhere(const uint32_t *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct event outage = {places[i], WHAT_OUTAGE, 0};
        live(&outage, 1, NULL);
        for (uint32_t at = 0; at < WHAT_COUNT * MEMBERS; at++) {
            const struct event e = {places[i], (enum what)(at / MEMBERS), 1 + at % MEMBERS};
            live(&e, 1, NULL);
        }
    }
}

static struct event any_event(struct dice *d)
{
    struct event e = {.block = 4 + dice_below(d, LIFE - 4),
                      .what = (enum what)dice_below(d, WHAT_COUNT + 1)};
    e.home = e.what == WHAT_OUTAGE ? 0 : 1 + dice_below(d, MEMBERS);
    return e;
}

static void two_or_three_things_go_wrong(void)
{
    struct dice dice = {5};
    for (uint32_t i = 0; i < PAIRS; i++) {
        const struct event events[] = {any_event(&dice), any_event(&dice), any_event(&dice)};
        live(events, 2 + i % 2, NULL);
    }
}

static void print_covered(void)
{
    printf("%u lives; ends: %u SETTLED, %u DECLINED, %u VOID\n", (unsigned)runs,
           (unsigned)ends[CONTRACT_SETTLED], (unsigned)ends[CONTRACT_DECLINED],
           (unsigned)ends[CONTRACT_VOID]);
    for (uint32_t what = 0; what <= WHAT_COUNT; what++) {
        printf("  %-13s", what_names[what]);
        for (uint32_t s = CONTRACT_PREPARED; s < CONTRACT_STATE_COUNT; s++)
            printf(" %s %u", contract_state_name((enum contract_state)s),
                   (unsigned)covered[what][s]);
        printf("\n");
    }
}

static void whatever_happens_contracts_end_and_the_honest_keep_their_score(void **state)
{
    uint32_t places[LIFE];
    (void)state;
    const uint32_t count = find_places(places);
    one_thing_goes_wrong_anywhere(places, count);
    two_or_three_things_go_wrong();
    print_covered();
    for (uint32_t what = 0; what <= WHAT_COUNT; what++)
        for (uint32_t s = CONTRACT_PREPARED; s <= CONTRACT_FINAL_VOTE; s++)
            assert_true(covered[what][s] > 0);
    assert_true(ends[CONTRACT_SETTLED] > 0 && ends[CONTRACT_DECLINED] > 0 &&
                ends[CONTRACT_VOID] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_contracts_end_and_the_honest_keep_their_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
