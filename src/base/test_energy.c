/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.1: energy, money, power and prices are signed 64-bit counts that never wrap. */
#include "base/energy.h"
#include "base/money.h"
#include "base/power.h"
#include "base/price.h"
#include "base/test_random.h"
#include "base/wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum operation { ADD, SUB };

/* The four units have the same arithmetic; each is asked, and all must agree. */
static bool compute(int64_t *out, enum operation op, int64_t a, int64_t b)
{
    struct energy energy = {*out};
    struct money money = {*out};
    struct power power = {*out};
    struct price price = {*out};
    const struct energy ea = {a}, eb = {b};
    const struct money ma = {a}, mb = {b};
    const struct power wa = {a}, wb = {b};
    const struct price pa = {a}, pb = {b};
    const bool fits = op == ADD ? energy_add(&energy, ea, eb) : energy_sub(&energy, ea, eb);
    assert_int_equal(op == ADD ? money_add(&money, ma, mb) : money_sub(&money, ma, mb), fits);
    assert_int_equal(op == ADD ? power_add(&power, wa, wb) : power_sub(&power, wa, wb), fits);
    assert_int_equal(op == ADD ? price_add(&price, pa, pb) : price_sub(&price, pa, pb), fits);
    assert_int_equal(money.micro, energy.wh);
    assert_int_equal(power.w, energy.wh);
    assert_int_equal(price.micro_per_kwh, energy.wh);
    *out = energy.wh;
    return fits;
}

static void check_result(enum operation op, int64_t a, int64_t b, int64_t expected)
{
    int64_t result = 42;
    assert_true(compute(&result, op, a, b));
    assert_int_equal(result, expected);
}

static void check_overflow(enum operation op, int64_t a, int64_t b)
{
    int64_t result = 42;
    assert_false(compute(&result, op, a, b));
    assert_int_equal(result, 42); /* on false the result is not written */
}

static void sums_reach_both_ends_and_not_beyond(void **state)
{
    (void)state;
    check_result(ADD, 2, -5, -3);
    check_result(ADD, INT64_MAX - 1, 1, INT64_MAX);
    check_result(ADD, INT64_MAX, INT64_MIN, -1);
    check_result(ADD, INT64_MIN + 1, -1, INT64_MIN);
    check_result(ADD, INT64_MIN, 0, INT64_MIN);
    check_overflow(ADD, INT64_MAX, 1);
    check_overflow(ADD, 1, INT64_MAX);
    check_overflow(ADD, INT64_MIN, -1);
    check_overflow(ADD, INT64_MAX, INT64_MAX);
    check_overflow(ADD, INT64_MIN, INT64_MIN);
}

static void differences_reach_both_ends_and_not_beyond(void **state)
{
    (void)state;
    check_result(SUB, 2, 5, -3);
    check_result(SUB, INT64_MIN + 1, 1, INT64_MIN);
    check_result(SUB, INT64_MAX, INT64_MAX, 0);
    check_result(SUB, INT64_MIN, INT64_MIN, 0);
    check_result(SUB, -1, INT64_MIN, INT64_MAX);
    check_result(SUB, INT64_MAX, 0, INT64_MAX);
    check_overflow(SUB, 0, INT64_MIN);
    check_overflow(SUB, INT64_MIN, 1);
    check_overflow(SUB, INT64_MAX, -1);
    check_overflow(SUB, -2, INT64_MAX);
}

static void a_result_may_take_the_place_of_an_operand(void **state)
{
    (void)state;
    struct energy sum = {40};
    assert_true(energy_add(&sum, sum, (struct energy){2}));
    assert_int_equal(sum.wh, 42);
    sum.wh = INT64_MAX;
    assert_false(energy_add(&sum, sum, sum));
    assert_int_equal(sum.wh, INT64_MAX);
    assert_true(energy_sub(&sum, sum, sum));
    assert_int_equal(sum.wh, 0);
}

static void the_smaller_energy_is_chosen_by_sign_too(void **state)
{
    (void)state;
    assert_int_equal(energy_min((struct energy){1}, (struct energy){2}).wh, 1);
    assert_int_equal(energy_min((struct energy){2}, (struct energy){1}).wh, 1);
    assert_int_equal(energy_min((struct energy){-2}, (struct energy){1}).wh, -2);
    assert_int_equal(energy_min((struct energy){5}, (struct energy){5}).wh, 5);
    assert_int_equal(energy_min((struct energy){INT64_MAX}, (struct energy){INT64_MIN}).wh,
                     INT64_MIN);
}

static void random_sums_and_differences_agree_with_wide_integers(void **state)
{
    (void)state;
    const uint64_t seed = 20230905;
    struct test_random r = {.state = seed};
    uint32_t fitting = 0;
    uint32_t overflowing = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        const int64_t a = i % 3 ? test_random_int64(&r) : (int64_t)test_random_next(&r);
        const int64_t b = i % 3 ? test_random_int64(&r) : (int64_t)test_random_next(&r);
        const enum operation op = i % 2 ? ADD : SUB;
        const i128 exact = op == ADD ? (i128)a + b : (i128)a - b;
        const bool fits = exact >= INT64_MIN && exact <= INT64_MAX;
        int64_t result = 42;
        if (compute(&result, op, a, b) != fits || result != (fits ? (int64_t)exact : 42))
            fail_msg("seed %llu case %u", (unsigned long long)seed, i);
        fitting += fits;
        overflowing += !fits;
    }
    assert_true(fitting > 1000);
    assert_true(overflowing > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_reach_both_ends_and_not_beyond),
        cmocka_unit_test(differences_reach_both_ends_and_not_beyond),
        cmocka_unit_test(a_result_may_take_the_place_of_an_operand),
        cmocka_unit_test(the_smaller_energy_is_chosen_by_sign_too),
        cmocka_unit_test(random_sums_and_differences_agree_with_wide_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
