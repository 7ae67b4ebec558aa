/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fixed.h"
#include "base/test_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void one_is_neutral(void **state)
{
    (void)state;
    assert_int_equal(FIXED_ONE, 65536);
    assert_int_equal(fixed_mul(0, INT64_MAX), 0);
    assert_int_equal(fixed_mul(FIXED_ONE, 12345), 12345);
    assert_int_equal(fixed_mul(12345, FIXED_ONE), 12345);
    assert_int_equal(fixed_mul(FIXED_ONE, INT64_MAX), INT64_MAX);
}

static void a_product_is_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(fixed_mul(1, 65535), 0);
    assert_int_equal(fixed_mul(1, 65536), 1);
    assert_int_equal(fixed_mul(1, 131071), 1);
    assert_int_equal(fixed_mul(65535, 65535), 65534);
}

static void a_product_may_be_wider_than_64_bits_before_the_shift(void **state)
{
    (void)state;
    const int64_t root = INT64_C(1) << 39; /* squared and shifted: 2^62 */
    assert_int_equal(fixed_mul(root, root), INT64_C(1) << 62);
    assert_int_equal(fixed_mul(INT64_MAX, FIXED_ONE / 2), INT64_MAX / 2);
}

static void a_ratio_is_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(fixed_ratio(0, 7), 0);
    assert_int_equal(fixed_ratio(1, 1), FIXED_ONE);
    assert_int_equal(fixed_ratio(1, 3), 21845);
    assert_int_equal(fixed_ratio(2, 3), 43690); /* 43690.67 */
    assert_int_equal(fixed_ratio(999, 1000), 65470);
    assert_int_equal(fixed_ratio(1, 65536), 1);
    assert_int_equal(fixed_ratio(1, 65537), 0);
    assert_int_equal(fixed_ratio(INT64_MAX, INT64_MAX), FIXED_ONE);
    assert_int_equal(fixed_ratio(INT64_MAX - 1, INT64_MAX), FIXED_ONE - 1);
    assert_int_equal(fixed_ratio(INT64_MAX, FIXED_ONE), INT64_MAX);
}

/* RULE qot.3 */
static void powers_of_exact_numbers_are_exact(void **state)
{
    (void)state;
    assert_int_equal(fixed_pow(81920, 1), 81920); /* 1.25 */
    assert_int_equal(fixed_pow(81920, 3), 128000);
    assert_int_equal(fixed_pow(81920, 5), 200000);
    assert_int_equal(fixed_pow(131072, 1), 131072); /* 2 */
    assert_int_equal(fixed_pow(131072, 3), 524288);
    assert_int_equal(fixed_pow(131072, 5), 2097152);
    const uint32_t exponents[] = {1, 3, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fixed_pow(0, exponents[i]), 0);
        assert_int_equal(fixed_pow(FIXED_ONE, exponents[i]), FIXED_ONE);
    }
}

/* RULE qot.3: cutting only once at the end would give 232830 and 542101, and multiplying by the
 * base twice instead of by its square 542095. */
static void powers_are_rounded_down_at_each_product(void **state)
{
    (void)state;
    assert_int_equal(fixed_pow(100000, 3), 232829);
    assert_int_equal(fixed_pow(100000, 5), 542094);
    assert_int_equal(fixed_pow(1, 3), 0);
    assert_int_equal(fixed_pow(1, 5), 0);
}

/* RULE qot.3, every x that a contract can give: 81920 to 131072 (qot.2). Below 2^32 all products
 * fit 64 bits, so plain integers judge. */
static void powers_agree_with_the_rule_for_every_step_length(void **state)
{
    (void)state;
    for (uint64_t a = 81920; a <= 131072; a++) {
        const uint64_t a2 = (a * a) >> 16;
        const uint64_t pow3 = (a2 * a) >> 16;
        const uint64_t pow5 = (pow3 * a2) >> 16;
        assert_int_equal(fixed_pow((int64_t)a, 1), a);
        assert_int_equal(fixed_pow((int64_t)a, 3), pow3);
        assert_int_equal(fixed_pow((int64_t)a, 5), pow5);
    }
}

/* The whole part and the rest are divided apart, which 64 bits can hold. */
static void random_ratios_are_floors(void **state)
{
    (void)state;
    const uint64_t seed = 20230902;
    struct test_random r = {.state = seed};
    uint32_t exact = 0;
    uint32_t cut = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        const int64_t d = 1 + (int64_t)test_random_below(&r, 1U << (1 + i % 31));
        const int64_t n = (int64_t)test_random_below(&r, INT64_C(1) << 46);
        const int64_t q = fixed_ratio(n, d);
        const int64_t rest = n % d * FIXED_ONE % d;
        const int64_t expected = n / d * FIXED_ONE + n % d * FIXED_ONE / d;
        if (q != expected)
            fail_msg("seed %llu case %u", (unsigned long long)seed, i);
        exact += rest == 0;
        cut += rest != 0;
    }
    assert_true(exact > 100 && cut > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_neutral),
        cmocka_unit_test(a_product_is_rounded_down),
        cmocka_unit_test(a_product_may_be_wider_than_64_bits_before_the_shift),
        cmocka_unit_test(a_ratio_is_rounded_down),
        cmocka_unit_test(powers_of_exact_numbers_are_exact),
        cmocka_unit_test(powers_are_rounded_down_at_each_product),
        cmocka_unit_test(powers_agree_with_the_rule_for_every_step_length),
        cmocka_unit_test(random_ratios_are_floors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
