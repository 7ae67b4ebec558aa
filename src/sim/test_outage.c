/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.7: three days between two blocks, wherever they fall, cost nobody anything, and the
 * chain goes on. */
#include "sim/honest.h"

#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <stdio.h>

#define OUTAGE_MS UINT64_C(259200000)

enum {
    BLOCK_MS = 1000,
    HOMES = 8,
    FOUNDERS = 6,
    BEGIN = 60,  /* blocks before the first place of the outage */
    CYCLE = 130, /* two intervals: every state of a contract is among them */
    AFTER = 200
};

static struct world w;
static struct honest h;

static void open_world(uint64_t seed)
{
    const struct world_options options = {.seed = seed,
                                          .homes = HOMES,
                                          .founders = FOUNDERS,
                                          .feeders = 2,
                                          .k = 3,
                                          .timing = TIMING_BOTH,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED,
                                          .checks = WORLD_CHECK_SUMS};
    world_init(&w, &options);
    world_start(&w);
    honest_init(&h, &w);
    h.trades = HONEST_AGREES | HONEST_FORWARD | HONEST_MEASURED;
}

static void count_states(uint32_t *by_state)
{
    for (uint32_t i = 0; i < w.ledger->sizes.contracts; i++) {
        const struct contract *c = &contract_get(w.ledger, i)->machine;
        if (c->number > 0)
            by_state[c->state]++;
    }
}

static void check_scores(const int32_t *before)
{
    for (uint32_t slot = 1; slot <= FOUNDERS; slot++) {
        assert_true(standing_get(w.ledger, slot)->score >= before[slot]);
        assert_false(member_get(w.ledger, slot)->is_absent);
    }
}

static void be_out_at(uint32_t block, uint32_t *by_state)
{
    int32_t before[FOUNDERS + 1] = {0};
    open_world(block);
    honest_run(&h, BLOCK_MS, block);
    for (uint32_t slot = 1; slot <= FOUNDERS; slot++)
        before[slot] = standing_get(w.ledger, slot)->score;
    count_states(by_state);
    h.wants[HOMES] = true;
    const uint64_t ended = w.seen.end_count;
    honest_run(&h, OUTAGE_MS, 1);
    honest_run(&h, BLOCK_MS, AFTER);
    check_scores(before);
    for (uint32_t i = 0; i < w.seen.end_count; i++)
        assert_int_equal(w.seen.ends[i].state, CONTRACT_SETTLED);
    assert_true(w.seen.end_count > ended);
    assert_int_equal(w.seen.records[RECORD_WRONG], 0);
    assert_int_equal(w.ledger->head->active_count, FOUNDERS + 1); /* the next one is admitted */
    world_close(&w);
}

static void three_days_without_a_block_cost_nobody_anything(void **state)
{
    uint32_t by_state[CONTRACT_STATE_COUNT] = {0};
    (void)state;
    for (uint32_t block = BEGIN; block < BEGIN + CYCLE; block++)
        be_out_at(block, by_state);
    for (uint32_t i = CONTRACT_PREPARED; i <= CONTRACT_SETTLED; i++) {
        printf("contracts that were %s when the lights went out: %u\n",
               contract_state_name((enum contract_state)i), (unsigned)by_state[i]);
        assert_true(by_state[i] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_days_without_a_block_cost_nobody_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
