/* SPDX-License-Identifier: Apache-2.0 */
/* What is measured is real traffic: everybody trades, each trade settles, and the blocks applied
 * once more step by step give the same chain with every signature checked. */
#include "sim/rerun.h"
#include "sim/traffic.h"

#include "tests/cmocka_all.h"

enum { MEMBERS = 40 };

static struct traffic traffic; /* large */

static void make(uint32_t members, uint32_t trades_per_member, uint32_t intervals,
                 uint32_t envelopes_max)
{
    const struct traffic_options options = {.seed = 1,
                                            .members = members,
                                            .feeders = 4,
                                            .k = 5,
                                            .trades_per_member = trades_per_member,
                                            .intervals = intervals,
                                            .envelopes_max = envelopes_max};
    traffic_make(&traffic, &options);
}

static void everybody_trades_once_in_an_interval(void **state)
{
    (void)state;
    make(MEMBERS, 1, 2, 1000);
    assert_int_equal(traffic.trades, MEMBERS / 2 * 2);
    assert_true(traffic.first_height > 1 && traffic.last_height > traffic.first_height);
    traffic_close(&traffic);
}

static void everybody_trades_as_often_as_was_asked_for(void **state)
{
    (void)state;
    make(MEMBERS, TRAFFIC_TRADES_MAX, 1, 1000);
    assert_in_range(traffic.trades, MEMBERS / 2 * TRAFFIC_TRADES_MAX, MEMBERS * TRAFFIC_TRADES_MAX);
    traffic_close(&traffic);
}

static void a_tick_may_take_many_blocks(void **state)
{
    (void)state;
    make(MEMBERS, 1, 1, 7);
    assert_int_equal(traffic.trades, MEMBERS / 2);
    traffic_close(&traffic);
}

/* Of a hundred, 64 stand in the genesis file. */
static void who_stands_in_no_genesis_file_is_a_member_too(void **state)
{
    (void)state;
    make(100, 1, 1, 1000);
    assert_int_equal(member_count(traffic.w.ledger), 100);
    assert_true(member_get(traffic.w.ledger, WIRE_FOUNDERS_MAX)->is_volunteer);
    assert_false(member_get(traffic.w.ledger, WIRE_FOUNDERS_MAX + 1)->is_volunteer);
    assert_int_equal(traffic.trades, 50);
    traffic_close(&traffic);
}

static void step(struct rerun *r, uint64_t *checked)
{
    rerun_collect(r);
    rerun_check(r);
    for (uint32_t i = 0; i < r->claim_count; i++)
        assert_true(r->verdicts[i]);
    *checked += r->claim_count;
    rerun_apply(r);
    rerun_seal(r);
}

static void step_by_step_the_blocks_give_the_same_chain(void **state)
{
    (void)state;
    struct rerun r;
    uint64_t checked = 0;
    make(MEMBERS, 1, 1, 1000);
    rerun_open(&r, &traffic.w);
    while (rerun_next(&r))
        step(&r, &checked);
    assert_int_equal(ledger_height(r.ledger), traffic.w.height);
    assert_true(hash_equal(&r.digest, &traffic.w.digest));
    assert_true(checked > 5 * traffic.trades);
    rerun_close(&r);
    traffic_close(&traffic);
}

/* The community that made them has not looked at them. */
static void a_forged_signature_is_found_by_the_rerun(void **state)
{
    (void)state;
    struct rerun r;
    uint64_t checked = 0;
    make(MEMBERS, 1, 1, 1000);
    rerun_open(&r, &traffic.w);
    while (ledger_height(r.ledger) + 1 < traffic.first_height && rerun_next(&r))
        step(&r, &checked);
    assert_true(rerun_next(&r));
    rerun_collect(&r);
    assert_true(r.claim_count > 1);
    r.claims[0].signature.bytes[7] ^= 1;
    rerun_check(&r);
    assert_false(r.verdicts[0]);
    assert_true(r.verdicts[1]);
    rerun_close(&r);
    traffic_close(&traffic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_trades_once_in_an_interval),
        cmocka_unit_test(everybody_trades_as_often_as_was_asked_for),
        cmocka_unit_test(a_tick_may_take_many_blocks),
        cmocka_unit_test(who_stands_in_no_genesis_file_is_a_member_too),
        cmocka_unit_test(step_by_step_the_blocks_give_the_same_chain),
        cmocka_unit_test(a_forged_signature_is_found_by_the_rerun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
