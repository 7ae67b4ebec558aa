/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/tier.h"
#include "tests/cmocka_all.h"

enum { M = TIER_SCORE_MAX };

/* RULE boot.2: p = max(1, min(5, floor((active - 1) / 2))). */
static void partners_grow_with_the_community_to_five(void **state)
{
    (void)state;
    const uint32_t p[] = {1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5};
    for (uint32_t active = 0; active < sizeof p / sizeof p[0]; active++)
        assert_int_equal(tier_partners(active), p[active]);
    assert_int_equal(tier_partners(UINT32_MAX), 5);
}

/* RULE qot.9: -M/2 at first, -M/8 after 4p closed trades, and never above. */
static void the_trade_threshold_rises_with_closed_trades(void **state)
{
    (void)state;
    assert_int_equal(tier_trade_threshold(7, 0, false), -M / 2);
    assert_int_equal(tier_trade_threshold(7, 1, false), -503316480); /* docs/study-json.md */
    assert_int_equal(tier_trade_threshold(1000, 19, false), -M / 2 + 382520524); /* rounded down */
    assert_int_equal(tier_trade_threshold(1000, 20, false), -M / 8);
    assert_int_equal(tier_trade_threshold(1000, 21, false), -M / 8);
    assert_int_equal(tier_trade_threshold(1000, UINT32_MAX, false), -M / 8);
    assert_int_equal(tier_trade_threshold(1000, 0, true), -M / 8);
}

/* RULE boot.5 */
static void a_cluster_has_three_tiers(void **state)
{
    (void)state;
    struct tier_member m = {.active = true, .present = true, .mature = true};
    assert_int_equal(tier_for_cluster(&m, 100), 1);
    m.mature = false;
    assert_int_equal(tier_for_cluster(&m, 100), 2);
    m.founder = true;
    assert_int_equal(tier_for_cluster(&m, 100), 1);
    m.score = -1;
    assert_int_equal(tier_for_cluster(&m, 100), 3);
    m.score = -M / 2;
    assert_int_equal(tier_for_cluster(&m, 100), 3);
    m.score--;
    assert_int_equal(tier_for_cluster(&m, 100), TIER_NONE);
    m.mature = true;
    m.score = -M / 8;
    assert_int_equal(tier_for_cluster(&m, 100), 3);
    m.score--;
    assert_int_equal(tier_for_cluster(&m, 100), TIER_NONE);
}

/* RULE boot.3 */
static void a_verifier_set_has_volunteers_of_two_tiers(void **state)
{
    (void)state;
    struct tier_member m = {.active = true, .present = true, .mature = true, .volunteer = true};
    assert_int_equal(tier_for_verifiers(&m), 1);
    m.mature = false;
    assert_int_equal(tier_for_verifiers(&m), 2);
    m.founder = true;
    assert_int_equal(tier_for_verifiers(&m), 1);
    m.score = -1;
    assert_int_equal(tier_for_verifiers(&m), TIER_NONE);
    m.score = 0;
    m.volunteer = false;
    assert_int_equal(tier_for_verifiers(&m), TIER_NONE);
}

/* RULE sample.4 sample.5 */
static void who_is_not_active_or_absent_is_in_no_tier(void **state)
{
    (void)state;
    struct tier_member m = {.present = true, .mature = true, .volunteer = true};
    assert_int_equal(tier_for_cluster(&m, 100), TIER_NONE);
    assert_int_equal(tier_for_verifiers(&m), TIER_NONE);
    m.active = true;
    m.present = false;
    assert_int_equal(tier_for_cluster(&m, 100), TIER_NONE);
    assert_int_equal(tier_for_verifiers(&m), TIER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partners_grow_with_the_community_to_five),
        cmocka_unit_test(the_trade_threshold_rises_with_closed_trades),
        cmocka_unit_test(a_cluster_has_three_tiers),
        cmocka_unit_test(a_verifier_set_has_volunteers_of_two_tiers),
        cmocka_unit_test(who_is_not_active_or_absent_is_in_no_tier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
