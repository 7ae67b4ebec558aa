/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "base/wide.h"
#include "sampling/rounded.h"
#include "tests/cmocka_all.h"

#include <stdio.h>

static const struct rounded zero = {0, 0};

static void assert_same(struct rounded a, struct rounded b)
{
    assert_int_equal(a.mantissa, b.mantissa);
    assert_int_equal(a.exponent, b.exponent);
}

static void a_whole_number_of_64_bits_is_exact(void **state)
{
    (void)state;
    assert_same(rounded_from(0), zero);
    assert_same(rounded_from(1), (struct rounded){UINT64_C(1) << 63, -63});
    assert_same(rounded_from(UINT64_MAX), (struct rounded){UINT64_MAX, 0});
    assert_same(rounded_power_of_two(-40), (struct rounded){UINT64_C(1) << 63, -103});
}

static void zero_adds_nothing_and_makes_products_zero(void **state)
{
    (void)state;
    const struct rounded seven = rounded_from(7);
    for (enum rounded_side side = ROUNDED_DOWN; side <= ROUNDED_UP; side++) {
        assert_same(rounded_add(zero, seven, side), seven);
        assert_same(rounded_add(seven, zero, side), seven);
        assert_same(rounded_add(zero, zero, side), zero);
        assert_same(rounded_mul(zero, seven, side), zero);
        assert_same(rounded_mul(seven, zero, side), zero);
        assert_same(rounded_div(zero, seven, side), zero);
        assert_same(rounded_mul_ratio(zero, 1, 2, side), zero);
        assert_same(rounded_mul_ratio(seven, 0, 2, side), zero);
        assert_same(rounded_pow(zero, 3, side), zero);
        assert_same(rounded_pow(zero, 0, side), rounded_from(1));
    }
}

static void what_64_bits_can_hold_is_not_rounded(void **state)
{
    (void)state;
    for (enum rounded_side side = ROUNDED_DOWN; side <= ROUNDED_UP; side++) {
        assert_same(rounded_add(rounded_from(UINT64_MAX - 5), rounded_from(5), side),
                    rounded_from(UINT64_MAX));
        assert_same(rounded_mul(rounded_from(1 << 20), rounded_from(12345), side),
                    rounded_from(UINT64_C(12345) << 20));
        assert_same(rounded_div(rounded_from(UINT64_C(3) << 60), rounded_from(3), side),
                    rounded_from(UINT64_C(1) << 60));
        assert_same(rounded_mul_ratio(rounded_from(35), 6, 7, side), rounded_from(30));
        assert_same(rounded_pow(rounded_from(3), 40, side),
                    rounded_from(UINT64_C(12157665459056928801)));
        assert_same(rounded_pow(rounded_power_of_two(-1), 1000, side), rounded_power_of_two(-1000));
    }
}

static void the_last_bit_goes_to_the_side_that_is_asked_for(void **state)
{
    (void)state;
    const struct rounded one = rounded_from(1), three = rounded_from(3);
    const struct rounded all = rounded_from(UINT64_MAX);
    assert_same(rounded_div(one, three, ROUNDED_DOWN),
                (struct rounded){UINT64_C(0xaaaaaaaaaaaaaaaa), -65});
    assert_same(rounded_div(one, three, ROUNDED_UP),
                (struct rounded){UINT64_C(0xaaaaaaaaaaaaaaab), -65});
    assert_same(rounded_mul_ratio(one, 1, 3, ROUNDED_DOWN), rounded_div(one, three, ROUNDED_DOWN));
    assert_same(rounded_mul_ratio(one, 1, 3, ROUNDED_UP), rounded_div(one, three, ROUNDED_UP));
    /* (2^64 - 1)^2 = 2^128 - 2^65 + 1 */
    assert_same(rounded_mul(all, all, ROUNDED_DOWN), (struct rounded){UINT64_MAX - 1, 64});
    assert_same(rounded_mul(all, all, ROUNDED_UP), (struct rounded){UINT64_MAX, 64});
    /* A mantissa of ones carries into the exponent. */
    assert_same(rounded_add(all, one, ROUNDED_UP), rounded_power_of_two(64));
    assert_same(rounded_add(all, rounded_power_of_two(-1), ROUNDED_UP), rounded_power_of_two(64));
    assert_same(rounded_add(all, rounded_power_of_two(-1), ROUNDED_DOWN), all);
}

static void a_sum_sees_an_addend_at_any_distance(void **state)
{
    (void)state;
    const struct rounded large = rounded_from(UINT64_C(1) << 63);
    const struct rounded above = {large.mantissa + 1, large.exponent};
    for (int32_t distance = 1; distance <= 300; distance++) {
        const struct rounded small = rounded_power_of_two(-distance);
        assert_same(rounded_add(large, small, ROUNDED_UP), above);
        assert_same(rounded_add(small, large, ROUNDED_UP), above);
        assert_same(rounded_add(large, small, ROUNDED_DOWN), large);
    }
    const struct rounded many = {UINT64_C(0x8000000000000001), -127}; /* some bits kept, some not */
    assert_same(rounded_add(large, many, ROUNDED_UP), above);
}

/* The product of two random numbers and a quotient, judged by 128-bit integers. */
static void random_products_and_quotients_have_the_truth_between_them(void **state)
{
    (void)state;
    const uint64_t seed = 20261122;
    struct test_random random = {seed};
    uint32_t rounded_up = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        const uint64_t a = test_random_next(&random) >> test_random_below(&random, 64) | 1;
        const uint64_t b = test_random_next(&random) >> (1 + test_random_below(&random, 63)) | 1;
        const struct rounded x = rounded_from(a), y = rounded_from(b);
        const struct rounded down = rounded_mul(x, y, ROUNDED_DOWN);
        const struct rounded up = rounded_mul(x, y, ROUNDED_UP);
        const u128 product = (u128)a * b;
        if (rounded_compare(down, up) < 0)
            rounded_up++;
        const u128 low = down.exponent >= 0 ? (u128)down.mantissa << down.exponent
                                            : (u128)down.mantissa >> -down.exponent;
        const bool holds = low <= product && product - low < (u128)1 << 64 &&
                           rounded_compare(down, up) <= 0 &&
                           rounded_compare(rounded_div(up, y, ROUNDED_UP), x) >= 0 &&
                           rounded_compare(rounded_div(down, y, ROUNDED_DOWN), x) <= 0 &&
                           rounded_compare(rounded_mul_ratio(x, b, 1, ROUNDED_UP), up) == 0;
        if (!holds)
            fail_msg("seed %llu, case %u: %llu * %llu", (unsigned long long)seed, i,
                     (unsigned long long)a, (unsigned long long)b);
    }
    assert_in_range(rounded_up, 20000, 80000);
}

static void numbers_compare_by_size(void **state)
{
    (void)state;
    const struct rounded rising[] = {zero,
                                     rounded_power_of_two(-1000),
                                     rounded_from(1),
                                     rounded_from(3),
                                     rounded_from(4),
                                     rounded_power_of_two(1000)};
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            const int order = rounded_compare(rising[i], rising[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_same(rounded_min(rising[i], rising[j]), rising[i < j ? i : j]);
            assert_same(rounded_max(rising[i], rising[j]), rising[i < j ? j : i]);
        }
    }
}

static void log2_is_the_floor_of_thousandths(void **state)
{
    (void)state;
    assert_int_equal(rounded_log2_milli(rounded_from(1)), 0);
    assert_int_equal(rounded_log2_milli(rounded_from(2)), 1000);
    assert_int_equal(rounded_log2_milli(rounded_from(3)), 1584);  /* 1584.96 */
    assert_int_equal(rounded_log2_milli(rounded_from(10)), 3321); /* 3321.93 */
    assert_int_equal(rounded_log2_milli(rounded_power_of_two(-40)), -40000);
    assert_int_equal(rounded_log2_milli(rounded_power_of_two(-2000000000)), -2000000000000);
    const struct rounded third = rounded_div(rounded_from(1), rounded_from(3), ROUNDED_UP);
    assert_int_equal(rounded_log2_milli(third), -1585);
}

static void log2_steps_at_powers_of_two(void **state)
{
    (void)state;
    const struct rounded half = rounded_power_of_two(-1);
    const struct rounded above = {half.mantissa + 1, half.exponent};
    const struct rounded below = {UINT64_MAX, half.exponent - 1};
    const struct rounded lower = {UINT64_MAX - (UINT64_C(1) << 40), half.exponent - 1};
    assert_int_equal(rounded_log2_milli(half), -1000);
    assert_int_equal(rounded_log2_milli(above), -1000);
    assert_int_equal(rounded_log2_milli(lower), -1001);
    /* One bit below, 1000 log2 is -1000.00000000000000008; here the result may be the upper one. */
    assert_in_range(-rounded_log2_milli(below), 1000, 1001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_number_of_64_bits_is_exact),
        cmocka_unit_test(zero_adds_nothing_and_makes_products_zero),
        cmocka_unit_test(what_64_bits_can_hold_is_not_rounded),
        cmocka_unit_test(the_last_bit_goes_to_the_side_that_is_asked_for),
        cmocka_unit_test(a_sum_sees_an_addend_at_any_distance),
        cmocka_unit_test(random_products_and_quotients_have_the_truth_between_them),
        cmocka_unit_test(numbers_compare_by_size),
        cmocka_unit_test(log2_is_the_floor_of_thousandths),
        cmocka_unit_test(log2_steps_at_powers_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
