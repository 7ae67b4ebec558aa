/* SPDX-License-Identifier: Apache-2.0 */
#include "core/standing.h"

#include "core/score.h"

#include "tests/cmocka_all.h"

static struct standing fresh(uint32_t slot)
{
    return (struct standing){.slot = slot, .live = true};
}

/* RULE boot.2: 16p quarters and p partners, for ever; a declined trade adds neither. */
static void maturity_needs_quarters_and_partners_and_stays(void **state)
{
    (void)state;
    struct standing m = fresh(1);
    for (int i = 0; i < 8; i++)
        standing_close(&m, 2, 4, 5);
    assert_false(m.mature); /* 32 quarters, one partner of two */
    standing_close(&m, 3, 0, 5);
    assert_false(m.mature);
    standing_close(&m, 3, 1, 5);
    assert_true(m.mature);
    standing_close(&m, 3, 1, 1000);
    assert_true(m.mature);

    struct standing unwitnessed = fresh(1);
    for (int i = 0; i < 31; i++)
        standing_close(&unwitnessed, 2U + (uint32_t)(i & 1), 1, 5);
    assert_false(unwitnessed.mature);
    assert_int_equal(unwitnessed.quarters, 31);
    standing_close(&unwitnessed, 2, 1, 5);
    assert_true(unwitnessed.mature);
}

/* RULE qot.9 */
static void the_threshold_rises_from_a_half_to_an_eighth(void **state)
{
    (void)state;
    struct standing m = fresh(1);
    assert_int_equal(standing_threshold(&m, 100), -SCORE_MAX / 2);
    m.closed = 1;
    assert_int_equal(standing_threshold(&m, 7), -503316480);
    assert_int_equal(standing_threshold(&m, 100), -536870912 + 20132659); /* 3M / 160, floor */
    m.closed = 19;
    assert_true(standing_threshold(&m, 100) < -SCORE_MAX / 8);
    m.closed = 20;
    assert_int_equal(standing_threshold(&m, 100), -SCORE_MAX / 8);
    m.closed = 21;
    assert_int_equal(standing_threshold(&m, 100), -SCORE_MAX / 8);
    m.closed = 0;
    m.mature = true;
    assert_int_equal(standing_threshold(&m, 100), -SCORE_MAX / 8);
}

/* RULE qot.9: both sides of threshold, maturity and penance. */
static void a_member_below_the_threshold_waits_its_penance(void **state)
{
    (void)state;
    struct standing m = fresh(1);
    assert_int_equal(standing_trade(&m, 9, 0, 672), STANDING_CAPPED);
    m.mature = true;
    m.score = -SCORE_MAX / 8;
    standing_look(&m, 9, 50, true);
    assert_int_equal(standing_trade(&m, 9, 50, 672), STANDING_FULL);
    assert_false(standing_serves(&m));

    m.score--;
    standing_look(&m, 9, 100, false);
    assert_int_equal(standing_trade(&m, 9, 100, 672), STANDING_LOW);
    standing_look(&m, 9, 200, false); /* still below: the penance goes on */
    assert_int_equal(standing_trade(&m, 9, 771, 672), STANDING_LOW);
    assert_int_equal(standing_trade(&m, 9, 772, 672), STANDING_CAPPED);
    standing_look(&m, 9, 300, true); /* a failing trader step starts it again */
    assert_int_equal(standing_trade(&m, 9, 299, 672), STANDING_LOW);
    assert_int_equal(standing_trade(&m, 9, 971, 672), STANDING_LOW);
    assert_int_equal(standing_trade(&m, 9, 972, 672), STANDING_CAPPED);

    m.score = 0;
    standing_look(&m, 9, 400, false);
    assert_int_equal(standing_trade(&m, 9, 400, 672), STANDING_FULL);
    assert_true(standing_serves(&m));
    m.score = -1;
    assert_false(standing_serves(&m));
}

/* RULE qot.9: nobody fell when the community shrank, so nobody waits. */
static void a_threshold_that_rose_by_itself_starts_no_penance(void **state)
{
    (void)state;
    struct standing m = fresh(1);
    m.closed = 4;
    m.score = standing_threshold(&m, 100);
    standing_look(&m, 100, 50, false);
    assert_true(m.score < standing_threshold(&m, 3));
    assert_int_equal(standing_trade(&m, 3, 51, 672), STANDING_CAPPED);
    standing_look(&m, 3, 60, false);
    assert_int_equal(standing_trade(&m, 3, 61, 672), STANDING_LOW);
}

/* RULE qot.7 */
static void the_ring_holds_the_last_32_and_the_larger_count_is_taken(void **state)
{
    (void)state;
    struct standing a = fresh(1), b = fresh(2);
    assert_int_equal(standing_times(&a, &b), 0);
    standing_close(&a, 2, 0, 9);
    assert_int_equal(standing_times(&a, &b), 1);
    assert_int_equal(standing_times(&b, &a), 1);
    for (uint32_t i = 0; i < 40; i++)
        standing_close(&b, i < 8 ? 1 : 100 + i, 4, 9);
    assert_int_equal(b.recent_count, 32);
    assert_int_equal(standing_times(&a, &b), 1); /* the eight trades with 1 have left the ring */
    assert_int_equal(standing_recent(&b, 0), 108);
    assert_int_equal(standing_recent(&b, 31), 139);
    assert_int_equal(b.partner_count, STANDING_PARTNERS_MAX);
    assert_int_equal(b.closed, 40);
    for (uint32_t i = 0; i < 31; i++)
        standing_close(&a, 2, 4, 9);
    assert_int_equal(standing_times(&a, &b), 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maturity_needs_quarters_and_partners_and_stays),
        cmocka_unit_test(the_threshold_rises_from_a_half_to_an_eighth),
        cmocka_unit_test(a_member_below_the_threshold_waits_its_penance),
        cmocka_unit_test(a_threshold_that_rose_by_itself_starts_no_penance),
        cmocka_unit_test(the_ring_holds_the_last_32_and_the_larger_count_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
