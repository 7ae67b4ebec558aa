/* SPDX-License-Identifier: Apache-2.0 */
/* Equation (2) of the paper to the letter (RULE qot.2, qot.3): the flaws for which the ledger does
 * something else are shown here, not mended. */
#include "core/eq2.h"

#include "base/fixed.h"

#include "tests/cmocka_all.h"

#define ONE (INT64_C(1) << FIXED_SHIFT)

static struct eq2 begin(int64_t s, int64_t b)
{
    return (struct eq2){.v = ONE, .l = ONE, .s = s, .b = b};
}

static void a_success_multiplies_by_powers_of_x_and_stakes_both_scores(void **state)
{
    (void)state;
    struct eq2 e = begin(2 * ONE, 3 * ONE);
    eq2_step(&e, ONE / 2, 0);
    assert_int_equal(e.v, ONE / 2);
    assert_int_equal(e.l, ONE / 8);
    assert_int_equal(e.f, 5 * ONE / 32);
    assert_int_equal(e.q, e.v + e.l + e.f);
    eq2_step(&e, ONE / 2, 0);
    assert_int_equal(e.v, ONE / 4);
    assert_int_equal(e.l, ONE / 64);
    assert_false(e.saturated);
}

static void a_failure_stakes_the_score_of_the_one_whom_alpha_names(void **state)
{
    (void)state;
    static const struct {
        int64_t alpha, staked;
    } cases[] = {{1, 2 * ONE}, {-1, 3 * ONE}, {0, 0}, {2, 0}};
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eq2 e = begin(2 * ONE, 3 * ONE);
        eq2_step(&e, -ONE, cases[i].alpha);
        assert_int_equal(e.f, -cases[i].staked);
        assert_int_equal(e.q, -2 * ONE - cases[i].staked);
    }
}

static void a_second_failure_turns_the_sign_and_nothing_leaves_zero(void **state)
{
    (void)state;
    struct eq2 e = begin(0, 0);
    eq2_step(&e, -ONE, 1);
    eq2_step(&e, -ONE, 1);
    assert_int_equal(e.q, 2 * ONE);
    eq2_step(&e, 0, 1);
    assert_int_equal(e.q, 0);
    assert_int_equal(e.f, 0);
    eq2_step(&e, ONE, 0);
    assert_int_equal(e.q, 0);
}

static void magnitudes_are_rounded_down(void **state)
{
    (void)state;
    for (int64_t sign = -1; sign <= 1; sign += 2) {
        struct eq2 e = {.v = 3};
        eq2_step(&e, sign * ONE / 2, 0);
        assert_int_equal(e.v, sign);
    }
}

static void what_grows_beyond_the_limit_is_cut_there_and_says_so(void **state)
{
    (void)state;
    static const int64_t limits[] = {-EQ2_MAX, EQ2_MAX};
    for (uint32_t i = 0; i < 2; i++) {
        struct eq2 e = {.v = limits[i]};
        eq2_step(&e, ONE, 0);
        assert_int_equal(e.q, limits[i]);
        assert_false(e.saturated);
        e.l = i == 0 ? -1 : 1;
        eq2_step(&e, ONE, 0);
        assert_int_equal(e.q, limits[i]);
        assert_true(e.saturated);
    }
    struct eq2 e = begin(EQ2_MAX, 1);
    eq2_step(&e, ONE, 0);
    assert_int_equal(e.f, EQ2_MAX);
    assert_true(e.saturated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_success_multiplies_by_powers_of_x_and_stakes_both_scores),
        cmocka_unit_test(a_failure_stakes_the_score_of_the_one_whom_alpha_names),
        cmocka_unit_test(a_second_failure_turns_the_sign_and_nothing_leaves_zero),
        cmocka_unit_test(magnitudes_are_rounded_down),
        cmocka_unit_test(what_grows_beyond_the_limit_is_cut_there_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
