/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"
#include "base/test_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct decimal parsed(const char *text)
{
    struct decimal d;
    assert_int_equal(decimal_parse(&d, span_of_text(text)), ERR_OK);
    return d;
}

static void check_scaled(const char *text, uint64_t multiplier, enum decimal_rounding rounding,
                         int64_t expected)
{
    const struct decimal d = parsed(text);
    int64_t value = 42;
    assert_int_equal(decimal_scale(&value, &d, multiplier, rounding), ERR_OK);
    assert_int_equal(value, expected);
}

static void check_not_scaled(const char *text, uint64_t multiplier, enum decimal_rounding rounding,
                             enum err expected)
{
    const struct decimal d = parsed(text);
    int64_t value = 42;
    assert_int_equal(decimal_scale(&value, &d, multiplier, rounding), expected);
    assert_int_equal(value, 42); /* on an error the result is not written */
}

/* The digits as text, their point and sign: all there is in a decimal. */
static void check_parts(const char *text, const char *digits, int32_t point, bool negative)
{
    const struct decimal d = parsed(text);
    assert_int_equal(d.count, strlen(digits));
    for (uint32_t i = 0; i < d.count; i++)
        assert_int_equal(d.digits[i], digits[i] - '0');
    assert_int_equal(d.point, point);
    assert_int_equal(d.negative, negative);
}

static void check_refused(const char *text, enum err expected)
{
    struct decimal d = {.point = 42};
    assert_int_equal(decimal_parse(&d, span_of_text(text)), expected);
    assert_int_equal(d.point, 42);
}

static void check_read(const char *text, size_t expected_used)
{
    struct decimal d;
    size_t used = 42;
    assert_int_equal(decimal_read(&d, &used, span_of_text(text)), ERR_OK);
    assert_int_equal(used, expected_used);
}

static void digits_are_kept_without_zeros_at_either_end(void **state)
{
    (void)state;
    check_parts("1", "1", 1, false);
    check_parts("120", "12", 3, false);
    check_parts("1.5", "15", 1, false);
    check_parts("0.1", "1", 0, false);
    check_parts("0.00120", "12", -2, false);
    check_parts("100.0010", "100001", 3, false);
    check_parts("-12.5", "125", 2, true);
    check_parts("1.25e3", "125", 4, false);
    check_parts("1.25E+3", "125", 4, false);
    check_parts("1.25e-3", "125", -2, false);
    check_parts("1e00000000000000000000000000000003", "1", 4, false);
}

static void every_zero_is_the_same_zero(void **state)
{
    (void)state;
    const char *zeros[] = {"0",
                           "-0",
                           "0.0",
                           "-0.000",
                           "0e5",
                           "0e999999999",
                           "-0e-999999999",
                           "0.0000e-3",
                           "0E0",
                           "-0.0E+999999",
                           "0.00000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        check_parts(zeros[i], "", 0, false);
        check_scaled(zeros[i], UINT64_MAX, DECIMAL_EXACT, 0);
        check_scaled(zeros[i], 1, DECIMAL_HALF_EVEN, 0);
    }
}

static void only_decimal_numbers_are_read(void **state)
{
    (void)state;
    const char *not_numbers[] = {"",     "-",     "+",   "+1",  "--1", ".5",  "-.5", "5.", "-5.",
                                 "1.e3", "1.kWh", "00",  "01",  "-01", "007", "e5",  "E",  " 1",
                                 "NaN",  "inf",   "nan", "- 1", ",5",  "x",   "/",   ":",  "0."};
    for (size_t i = 0; i < sizeof not_numbers / sizeof not_numbers[0]; i++) {
        check_refused(not_numbers[i], ERR_NUMBER_SYNTAX);
        struct decimal d = {.point = 42};
        size_t used = 42;
        assert_int_equal(decimal_read(&d, &used, span_of_text(not_numbers[i])), ERR_NUMBER_SYNTAX);
        assert_int_equal(used, 42); /* on an error nothing is written */
        assert_int_equal(d.point, 42);
    }
    check_refused("0x10", ERR_NUMBER_SYNTAX);
    check_refused("1,5", ERR_NUMBER_SYNTAX);
    check_refused("1 ", ERR_NUMBER_SYNTAX);
    check_refused("1e", ERR_NUMBER_SYNTAX);
    check_refused("1e+", ERR_NUMBER_SYNTAX);
    check_refused("1e5.5", ERR_NUMBER_SYNTAX);
    check_refused("1.2.3", ERR_NUMBER_SYNTAX);
    check_refused("1-", ERR_NUMBER_SYNTAX);
}

static void no_text_at_all_is_no_number(void **state)
{
    (void)state;
    struct decimal d;
    size_t used;
    const struct span nowhere = {.at = NULL, .len = 0};
    assert_int_equal(decimal_read(&d, &used, nowhere), ERR_NUMBER_SYNTAX);
    assert_int_equal(decimal_parse(&d, nowhere), ERR_NUMBER_SYNTAX);
}

static void a_zero_byte_ends_a_number(void **state)
{
    (void)state;
    static const uint8_t text[] = {'1', '\0', '2'};
    struct decimal d;
    size_t used;
    assert_int_equal(decimal_read(&d, &used, (struct span){.at = text, .len = 3}), ERR_OK);
    assert_int_equal(used, 1);
    assert_int_equal(decimal_parse(&d, (struct span){.at = text, .len = 3}), ERR_NUMBER_SYNTAX);
}

static void a_number_ends_where_its_unit_begins(void **state)
{
    (void)state;
    check_read("2.5kWh", 3);
    check_read("5EUR", 1);
    check_read("5e", 1);
    check_read("5e+", 1);
    check_read("5E-UR", 1);
    check_read("5e3EUR", 3);
    check_read("5e3.2", 3);
    check_read("-0.5 W", 4);
    check_read("0/kWh", 1);
    check_read("1.5e-10e5", 7);
    check_read("12-3", 2);
}

static void a_number_of_exactly_the_maximum_length_is_read(void **state)
{
    (void)state;
    char text[DECIMAL_CHARS_MAX + 8];
    memset(text, '9', sizeof text);
    struct decimal d;
    size_t used;
    const struct span most = {.at = (const uint8_t *)text, .len = DECIMAL_CHARS_MAX};
    assert_int_equal(decimal_parse(&d, most), ERR_OK);
    assert_int_equal(d.count, DECIMAL_CHARS_MAX);
    assert_int_equal(d.point, DECIMAL_CHARS_MAX);
    text[DECIMAL_CHARS_MAX] = 'k'; /* what is not part of the number does not count */
    const struct span with_unit = {.at = (const uint8_t *)text, .len = DECIMAL_CHARS_MAX + 1};
    assert_int_equal(decimal_read(&d, &used, with_unit), ERR_OK);
    assert_int_equal(used, DECIMAL_CHARS_MAX);
    text[DECIMAL_CHARS_MAX] = 'e';
    assert_int_equal(decimal_read(&d, &used, with_unit), ERR_OK);
    assert_int_equal(used, DECIMAL_CHARS_MAX);
}

static void a_number_one_byte_longer_is_refused(void **state)
{
    (void)state;
    char digits[DECIMAL_CHARS_MAX + 2];
    memset(digits, '1', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    check_refused(digits, ERR_NUMBER_LENGTH);
    digits[1] = '.';
    check_refused(digits, ERR_NUMBER_LENGTH);
    digits[2] = 'e'; /* an exponent of many digits counts too, even if they are zeros */
    digits[1] = '1';
    check_refused(digits, ERR_NUMBER_LENGTH);
    memset(digits + 3, '0', sizeof digits - 4);
    check_refused(digits, ERR_NUMBER_LENGTH);
    digits[sizeof digits - 2] = '\0';
    check_parts(digits, "11", 2, false);
}

static void a_number_is_multiplied_by_its_unit_exactly(void **state)
{
    (void)state;
    check_scaled("2.5", 1000, DECIMAL_EXACT, 2500);
    check_scaled("-2.5", 1000, DECIMAL_EXACT, -2500);
    check_scaled("0.1", 10, DECIMAL_EXACT, 1);
    check_scaled("1.25e3", 1, DECIMAL_EXACT, 1250);
    check_scaled("0.125", 8, DECIMAL_EXACT, 1); /* fine, but not of this unit */
    check_scaled("1e-6", 1000000, DECIMAL_EXACT, 1);
    check_scaled("123456789e-9", 1000000000, DECIMAL_EXACT, 123456789);
    check_scaled("7", 0, DECIMAL_EXACT, 0);
    check_scaled("0.5", 0, DECIMAL_EXACT, 0);
    check_scaled("1e999999999", 0, DECIMAL_EXACT, 0);
    check_scaled("1e-19", UINT64_C(10000000000000000000), DECIMAL_EXACT, 1);
}

static void what_is_finer_than_the_unit_is_refused_when_exact(void **state)
{
    (void)state;
    check_not_scaled("0.30000000000000004", 1000, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("0.5", 1, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("-1.0001", 1000, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("1e-400", 1, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("1e-999999999", UINT64_MAX, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("1e-99999999999999999999", 1, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("9223372036854775807.5", 1, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("-9223372036854775808.5", 1, DECIMAL_EXACT, ERR_NUMBER_FINE);
    check_not_scaled("9223372036854775808.5", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
}

static void rounding_is_to_the_nearest(void **state)
{
    (void)state;
    check_scaled("0.30000000000000004", 1000, DECIMAL_HALF_EVEN, 300);
    check_scaled("0.29999999999999999", 1000, DECIMAL_HALF_EVEN, 300);
    check_scaled("-0.30000000000000004", 1000, DECIMAL_HALF_EVEN, -300);
    check_scaled("1.4999", 1, DECIMAL_HALF_EVEN, 1);
    check_scaled("1.6", 1, DECIMAL_HALF_EVEN, 2);
    check_scaled("-1.6", 1, DECIMAL_HALF_EVEN, -2);
    check_scaled("0.9", 1, DECIMAL_HALF_EVEN, 1);
    check_scaled("9.9", 1, DECIMAL_HALF_EVEN, 10);
    check_scaled("0.05", 1, DECIMAL_HALF_EVEN, 0);
    check_scaled("0.099", 1, DECIMAL_HALF_EVEN, 0);
    check_scaled("1e-400", 1, DECIMAL_HALF_EVEN, 0);
    check_scaled("-1e-400", 1, DECIMAL_HALF_EVEN, 0);
    check_scaled("9.99e-999999999999", UINT64_MAX, DECIMAL_HALF_EVEN, 0);
}

static void a_tie_goes_to_the_even_one(void **state)
{
    (void)state;
    check_scaled("0.5", 1, DECIMAL_HALF_EVEN, 0);
    check_scaled("-0.5", 1, DECIMAL_HALF_EVEN, 0);
    check_scaled("1.5", 1, DECIMAL_HALF_EVEN, 2);
    check_scaled("-1.5", 1, DECIMAL_HALF_EVEN, -2);
    check_scaled("2.5", 1, DECIMAL_HALF_EVEN, 2);
    check_scaled("-2.5", 1, DECIMAL_HALF_EVEN, -2);
    check_scaled("0.0005", 1000, DECIMAL_HALF_EVEN, 0);
    check_scaled("0.0015", 1000, DECIMAL_HALF_EVEN, 2);
    check_scaled("0.25", 10, DECIMAL_HALF_EVEN, 2);
    check_scaled("0.125", 12, DECIMAL_HALF_EVEN, 2);
    check_scaled("0.125", 4, DECIMAL_HALF_EVEN, 0);
}

/* @start, then zeros, then @last, in exactly DECIMAL_CHARS_MAX bytes. */
static void long_tie(char text[DECIMAL_CHARS_MAX + 1], const char *start, char last)
{
    memset(text, '0', DECIMAL_CHARS_MAX);
    memcpy(text, start, strlen(start));
    text[DECIMAL_CHARS_MAX - 1] = last;
    text[DECIMAL_CHARS_MAX] = '\0';
}

static void a_tie_may_be_broken_by_the_very_last_digit(void **state)
{
    (void)state;
    char text[DECIMAL_CHARS_MAX + 1];
    long_tie(text, "2.5", '0');
    check_scaled(text, 1, DECIMAL_HALF_EVEN, 2);
    long_tie(text, "2.5", '1');
    check_scaled(text, 1, DECIMAL_HALF_EVEN, 3);
    check_scaled(text, 1000, DECIMAL_HALF_EVEN, 2500);
    long_tie(text, "-2.5", '1');
    check_scaled(text, 1, DECIMAL_HALF_EVEN, -3);
    long_tie(text, "0.0025", '1');
    check_scaled(text, 1000, DECIMAL_HALF_EVEN, 3);
    memset(text, '9', DECIMAL_CHARS_MAX);
    memcpy(text, "2.4", 3);
    check_scaled(text, 1, DECIMAL_HALF_EVEN, 2);
    check_not_scaled(text, 1, DECIMAL_EXACT, ERR_NUMBER_FINE);
}

static void numbers_reach_both_ends_and_not_beyond(void **state)
{
    (void)state;
    check_scaled("9223372036854775807", 1, DECIMAL_EXACT, INT64_MAX);
    check_not_scaled("9223372036854775808", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_scaled("-9223372036854775808", 1, DECIMAL_EXACT, INT64_MIN);
    check_not_scaled("-9223372036854775809", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_scaled("9223372036854775.807", 1000, DECIMAL_EXACT, INT64_MAX);
    check_not_scaled("9223372036854775.808", 1000, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_scaled("-9223372036854.775808", 1000000, DECIMAL_EXACT, INT64_MIN);
    check_scaled("1e18", 1, DECIMAL_EXACT, INT64_C(1000000000000000000));
    check_not_scaled("1e19", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_not_scaled("18446744073709551616", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE); /* 2^64 */
    check_not_scaled("1", UINT64_MAX, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_scaled("1", (uint64_t)INT64_MAX, DECIMAL_EXACT, INT64_MAX);
    check_scaled("0.5", UINT64_MAX - 1, DECIMAL_EXACT, INT64_MAX);
    check_not_scaled("0.5", UINT64_MAX, DECIMAL_HALF_EVEN, ERR_NUMBER_LARGE);
    check_scaled("-0.5", UINT64_MAX, DECIMAL_HALF_EVEN, INT64_MIN);
}

static void rounding_may_go_to_an_end_and_not_beyond(void **state)
{
    (void)state;
    check_scaled("9223372036854775806.5", 1, DECIMAL_HALF_EVEN, INT64_MAX - 1);
    check_scaled("9223372036854775806.51", 1, DECIMAL_HALF_EVEN, INT64_MAX);
    check_scaled("9223372036854775807.4999", 1, DECIMAL_HALF_EVEN, INT64_MAX);
    check_not_scaled("9223372036854775807.5", 1, DECIMAL_HALF_EVEN, ERR_NUMBER_LARGE);
    check_scaled("-9223372036854775807.5", 1, DECIMAL_HALF_EVEN, INT64_MIN);
    check_scaled("-9223372036854775808.5", 1, DECIMAL_HALF_EVEN, INT64_MIN);
    check_not_scaled("-9223372036854775808.51", 1, DECIMAL_HALF_EVEN, ERR_NUMBER_LARGE);
}

static void huge_numbers_are_too_large_at_once(void **state)
{
    (void)state;
    check_not_scaled("1e999999999", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_not_scaled("-1e999999999", 1, DECIMAL_HALF_EVEN, ERR_NUMBER_LARGE);
    check_not_scaled("1e2147483648", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE); /* 2^31 */
    check_not_scaled("1e4294967296", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE); /* 2^32 */
    check_not_scaled("1e18446744073709551616", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    check_not_scaled("0.001e1000000", 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
}

static void a_long_number_may_still_be_a_small_one(void **state)
{
    (void)state;
    char text[DECIMAL_CHARS_MAX + 1];
    memset(text, '0', sizeof text);
    memcpy(text, "12", 2);
    snprintf(text + DECIMAL_CHARS_MAX - 5, 6, "e-121"); /* 12 and 121 zeros behind it */
    check_scaled(text, 1, DECIMAL_EXACT, 12);
    memset(text, '0', sizeof text);
    memcpy(text, "0.", 2);
    snprintf(text + DECIMAL_CHARS_MAX - 6, 7, "34e123"); /* behind the point and 120 zeros */
    check_parts(text, "34", -120 + 123, false);
    check_scaled(text, 1, DECIMAL_EXACT, 340);
}

static void a_long_fraction_does_not_hide_a_large_exponent(void **state)
{
    (void)state;
    char text[DECIMAL_CHARS_MAX + 1];
    memset(text, '0', sizeof text);
    memcpy(text, "0.", 2);
    snprintf(text + DECIMAL_CHARS_MAX - 6, 7, "1e1234");
    check_not_scaled(text, 1, DECIMAL_EXACT, ERR_NUMBER_LARGE);
    memset(text, '9', sizeof text);
    snprintf(text + DECIMAL_CHARS_MAX - 6, 7, "e-1234");
    check_scaled(text, UINT64_MAX, DECIMAL_HALF_EVEN, 0);
}

/* Down to the power of ten where all digits of the product stand behind the point, and beyond. */
static void the_largest_unit_of_a_tiny_number_is_rounded(void **state)
{
    (void)state;
    check_scaled("5e-19", UINT64_MAX, DECIMAL_HALF_EVEN, 9); /* 9.22 */
    check_scaled("5e-20", UINT64_MAX, DECIMAL_HALF_EVEN, 1); /* 0.922 */
    check_scaled("9e-21", UINT64_MAX, DECIMAL_HALF_EVEN, 0); /* 0.166 */
    check_scaled("9e-22", UINT64_MAX, DECIMAL_HALF_EVEN, 0);
    check_scaled("9e-23", UINT64_MAX, DECIMAL_HALF_EVEN, 0);
    check_not_scaled("9e-22", UINT64_MAX, DECIMAL_EXACT, ERR_NUMBER_FINE);
}

static int64_t power_of_ten(uint32_t exponent)
{
    int64_t power = 1;
    for (; exponent > 0; exponent--)
        power *= 10;
    return power;
}

/* n / 10^places, halves to even, by C's own division. */
static int64_t rounded(int64_t n, uint32_t places)
{
    const int64_t unit = power_of_ten(places);
    const int64_t size = n < 0 ? -n : n;
    const int64_t rest = size % unit * 2;
    int64_t whole = size / unit;
    if (rest > unit || (rest == unit && whole % 2 == 1))
        whole++;
    return n < 0 ? -whole : whole;
}

static void random_numbers_agree_with_integer_division(void **state)
{
    (void)state;
    const uint64_t seed = 20230907;
    struct test_random r = {.state = seed};
    uint32_t ties = 0;
    uint32_t exact = 0;
    uint32_t negative = 0;
    for (uint32_t i = 0; i < 200000; i++) {
        const uint32_t places = (uint32_t)test_random_below(&r, 10);
        const uint32_t unit_places = (uint32_t)test_random_below(&r, 4);
        int64_t n = test_random_int64(&r) >> 12;
        if (i % 4 == 0) /* a five at the end is a tie if the unit is ten times as coarse */
            n = n / 10 * 10 + (n < 0 ? -5 : 5);
        char text[64];
        snprintf(text, sizeof text, "%llde-%u", (long long)n, places + unit_places);
        const struct decimal d = parsed(text);
        int64_t value = 42;
        const uint64_t unit = (uint64_t)power_of_ten(unit_places);
        const int64_t expected = rounded(n, places);
        const bool is_exact = n % power_of_ten(places) == 0;
        if (decimal_scale(&value, &d, unit, DECIMAL_HALF_EVEN) != ERR_OK || value != expected)
            fail_msg("seed %llu case %u: %s", (unsigned long long)seed, i, text);
        const enum err err = decimal_scale(&value, &d, unit, DECIMAL_EXACT);
        if (err != (is_exact ? ERR_OK : ERR_NUMBER_FINE) || value != expected)
            fail_msg("seed %llu case %u: %s exactly", (unsigned long long)seed, i, text);
        ties += places > 0 && n % power_of_ten(places) * 2 % power_of_ten(places) == 0 && !is_exact;
        exact += is_exact;
        negative += n < 0;
    }
    assert_true(ties > 1000);
    assert_true(exact > 1000);
    assert_true(negative > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_kept_without_zeros_at_either_end),
        cmocka_unit_test(every_zero_is_the_same_zero),
        cmocka_unit_test(only_decimal_numbers_are_read),
        cmocka_unit_test(no_text_at_all_is_no_number),
        cmocka_unit_test(a_zero_byte_ends_a_number),
        cmocka_unit_test(a_number_ends_where_its_unit_begins),
        cmocka_unit_test(a_number_of_exactly_the_maximum_length_is_read),
        cmocka_unit_test(a_number_one_byte_longer_is_refused),
        cmocka_unit_test(a_number_is_multiplied_by_its_unit_exactly),
        cmocka_unit_test(what_is_finer_than_the_unit_is_refused_when_exact),
        cmocka_unit_test(rounding_is_to_the_nearest),
        cmocka_unit_test(a_tie_goes_to_the_even_one),
        cmocka_unit_test(a_tie_may_be_broken_by_the_very_last_digit),
        cmocka_unit_test(numbers_reach_both_ends_and_not_beyond),
        cmocka_unit_test(rounding_may_go_to_an_end_and_not_beyond),
        cmocka_unit_test(huge_numbers_are_too_large_at_once),
        cmocka_unit_test(a_long_number_may_still_be_a_small_one),
        cmocka_unit_test(a_long_fraction_does_not_hide_a_large_exponent),
        cmocka_unit_test(the_largest_unit_of_a_tiny_number_is_rounded),
        cmocka_unit_test(random_numbers_agree_with_integer_division),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
