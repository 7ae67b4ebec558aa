/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_quantity_kinds.h"
#include "base/test_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check_parsed(enum kind kind, const char *text, int64_t expected)
{
    int64_t value = 42;
    assert_int_equal(parse(&value, kind, span_of_text(text)), ERR_OK);
    assert_int_equal(value, expected);
}

static void check_refused(enum kind kind, const char *text, enum err expected)
{
    int64_t value = 42;
    assert_int_equal(parse(&value, kind, span_of_text(text)), expected);
    assert_int_equal(value, 42); /* on an error the result is not written */
}

static void check_formatted(enum kind kind, int64_t value, const char *expected)
{
    char text[QUANTITY_CHARS_MAX];
    format(text, kind, value);
    assert_string_equal(text, expected);
    check_parsed(kind, text, value);
}

static void energy_is_read_in_three_units(void **state)
{
    (void)state;
    check_parsed(ENERGY, "2500Wh", 2500);
    check_parsed(ENERGY, "2.5kWh", 2500);
    check_parsed(ENERGY, "0.0025MWh", 2500);
    check_parsed(ENERGY, "1.25e3Wh", 1250);
    check_parsed(ENERGY, "-350Wh", -350);
    check_parsed(ENERGY, "-0Wh", 0);
    check_parsed(ENERGY, "0.30000000000000000kWh", 300);
    check_parsed(ENERGY, "9223372036854775807Wh", INT64_MAX);
    check_parsed(ENERGY, "-9223372036854.775808MWh", INT64_MIN);
}

static void power_is_read_in_three_units(void **state)
{
    (void)state;
    check_parsed(POWER, "400W", 400);
    check_parsed(POWER, "2.5kW", 2500);
    check_parsed(POWER, "1MW", 1000000);
    check_parsed(POWER, "-1.5kW", -1500);
}

static void a_price_is_read_per_kwh(void **state)
{
    (void)state;
    check_parsed(PRICE, "0.18/kWh", 180000);
    check_parsed(PRICE, "0.190001/kWh", 190001);
    check_parsed(PRICE, "-0.05/kWh", -50000);
    check_parsed(PRICE, "1e-6/kWh", 1);
    check_parsed(PRICE, "9223372036854.775807/kWh", INT64_MAX);
}

static void money_is_read_in_the_own_currency(void **state)
{
    (void)state;
    check_parsed(MONEY, "5EUR", 5000000);
    check_parsed(MONEY, "5.00EUR", 5000000);
    check_parsed(MONEY, "-0.000001EUR", -1);
    check_parsed(MONEY, "5e3EUR", INT64_C(5000000000)); /* the first e is the exponent's */
    check_parsed(MONEY, "5e-3EUR", 5000);
    check_refused(MONEY, "5USD", ERR_CURRENCY_OTHER);
    check_refused(MONEY, "5EUS", ERR_CURRENCY_OTHER);
    check_refused(MONEY, "5 ABC", ERR_CURRENCY_OTHER);
}

static void what_is_not_three_capitals_is_no_currency(void **state)
{
    (void)state;
    const char *texts[] = {"5eur", "5Eur", "5EU", "5EURO", "5EUR ", "5kWh", "5$", "5EU@", "5EU["};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_refused(MONEY, texts[i], ERR_UNIT_UNKNOWN);
}

static void one_space_before_the_unit_is_allowed(void **state)
{
    (void)state;
    check_parsed(ENERGY, "2.5 kWh", 2500);
    check_parsed(POWER, "400 W", 400);
    check_parsed(PRICE, "0.18 /kWh", 180000);
    check_parsed(MONEY, "5 EUR", 5000000);
    check_refused(ENERGY, "2.5  kWh", ERR_UNIT_UNKNOWN);
    check_refused(ENERGY, "2.5\tkWh", ERR_UNIT_UNKNOWN);
    check_refused(ENERGY, "2.5kWh ", ERR_UNIT_UNKNOWN);
    check_refused(ENERGY, "2.5 kWh ", ERR_UNIT_UNKNOWN);
    check_refused(ENERGY, " 2.5kWh", ERR_NUMBER_SYNTAX);
    check_refused(PRICE, "0.18/ kWh", ERR_UNIT_UNKNOWN);
}

static void a_bare_number_is_refused(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        check_refused((enum kind)kind, "5", ERR_UNIT_MISSING);
        check_refused((enum kind)kind, "5 ", ERR_UNIT_MISSING);
        check_refused((enum kind)kind, "-0.5", ERR_UNIT_MISSING);
        check_refused((enum kind)kind, "0", ERR_UNIT_MISSING);
    }
}

static void a_unit_of_another_kind_is_refused(void **state)
{
    (void)state;
    static const char *const texts[KIND_COUNT] = {"5kWh", "5kW", "5/kWh", "5EUR"};
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        for (unsigned other = 0; other < KIND_COUNT; other++) {
            if (other != kind)
                check_refused((enum kind)kind, texts[other], ERR_UNIT_UNKNOWN);
        }
    }
}

static void units_are_case_sensitive(void **state)
{
    (void)state;
    const char *energies[] = {"5wh", "5WH", "5KWh", "5kwh", "5kWH", "5mWh", "5GWh", "5k", "5h"};
    for (size_t i = 0; i < sizeof energies / sizeof energies[0]; i++)
        check_refused(ENERGY, energies[i], ERR_UNIT_UNKNOWN);
    const char *powers[] = {"5w", "5KW", "5mW", "5GW", "5Wp", "5k"};
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++)
        check_refused(POWER, powers[i], ERR_UNIT_UNKNOWN);
    const char *prices[] = {"5/kwh", "5/Wh", "5/MWh", "5/", "5/kW", "5EUR/kWh", "5//kWh", "5/kWhh"};
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++)
        check_refused(PRICE, prices[i], ERR_UNIT_UNKNOWN);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    char long_text[140];
    memset(long_text, '1', sizeof long_text);
    memcpy(long_text + sizeof long_text - 4, "kWh", 4);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        check_refused((enum kind)kind, "", ERR_NUMBER_SYNTAX);
        check_refused((enum kind)kind, "kWh", ERR_NUMBER_SYNTAX);
        check_refused((enum kind)kind, "+5kWh", ERR_NUMBER_SYNTAX);
        check_refused((enum kind)kind, "5.kWh", ERR_NUMBER_SYNTAX);
        check_refused((enum kind)kind, "05kWh", ERR_NUMBER_SYNTAX);
        check_refused((enum kind)kind, "EUR", ERR_NUMBER_SYNTAX);
        check_refused((enum kind)kind, long_text, ERR_NUMBER_LENGTH);
        int64_t value = 42;
        const struct span nowhere = {.at = NULL, .len = 0};
        assert_int_equal(parse(&value, (enum kind)kind, nowhere), ERR_NUMBER_SYNTAX);
    }
}

static void what_is_finer_than_the_smallest_unit_is_refused(void **state)
{
    (void)state;
    check_refused(ENERGY, "0.5Wh", ERR_NUMBER_FINE);
    check_refused(ENERGY, "0.30000000000000004kWh", ERR_NUMBER_FINE);
    check_refused(ENERGY, "0.0000001MWh", ERR_NUMBER_FINE);
    check_refused(POWER, "0.1W", ERR_NUMBER_FINE);
    check_refused(PRICE, "0.0000001/kWh", ERR_NUMBER_FINE);
    check_refused(MONEY, "0.0000001EUR", ERR_NUMBER_FINE);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    check_refused(ENERGY, "9223372036854775808Wh", ERR_NUMBER_LARGE);
    check_refused(ENERGY, "-9223372036854775.809kWh", ERR_NUMBER_LARGE);
    check_refused(POWER, "1e999999999W", ERR_NUMBER_LARGE);
    check_refused(PRICE, "9223372036854.775808/kWh", ERR_NUMBER_LARGE);
    check_refused(MONEY, "1e13EUR", ERR_NUMBER_LARGE);
    check_refused(MONEY, "1e13USD", ERR_CURRENCY_OTHER); /* the unit is looked at first */
}

static void energy_and_power_change_unit_at_one_thousand(void **state)
{
    (void)state;
    check_formatted(ENERGY, 0, "0Wh");
    check_formatted(ENERGY, 1, "1Wh");
    check_formatted(ENERGY, -1, "-1Wh");
    check_formatted(ENERGY, 350, "350Wh");
    check_formatted(ENERGY, 999, "999Wh");
    check_formatted(ENERGY, 1000, "1kWh");
    check_formatted(ENERGY, 1001, "1.001kWh");
    check_formatted(ENERGY, 2500, "2.5kWh");
    check_formatted(ENERGY, 2050, "2.05kWh");
    check_formatted(ENERGY, 100000, "100kWh");
    check_formatted(ENERGY, -999, "-999Wh");
    check_formatted(ENERGY, -1000, "-1kWh");
    check_formatted(ENERGY, -1001, "-1.001kWh");
    check_formatted(POWER, 0, "0W");
    check_formatted(POWER, 400, "400W");
    check_formatted(POWER, 2500, "2.5kW");
    check_formatted(POWER, -1000000, "-1000kW");
}

static void prices_and_money_have_two_to_six_decimals(void **state)
{
    (void)state;
    check_formatted(PRICE, 180000, "0.18/kWh");
    check_formatted(PRICE, 190001, "0.190001/kWh");
    check_formatted(PRICE, 200000, "0.20/kWh");
    check_formatted(PRICE, 0, "0.00/kWh");
    check_formatted(PRICE, -50000, "-0.05/kWh");
    check_formatted(MONEY, 5000000, "5.00EUR");
    check_formatted(MONEY, 5100000, "5.10EUR");
    check_formatted(MONEY, 5120000, "5.12EUR");
    check_formatted(MONEY, 5123000, "5.123EUR");
    check_formatted(MONEY, 5123400, "5.1234EUR");
    check_formatted(MONEY, 5123450, "5.12345EUR");
    check_formatted(MONEY, 5123456, "5.123456EUR");
    check_formatted(MONEY, 0, "0.00EUR");
    check_formatted(MONEY, -1, "-0.000001EUR");
    check_formatted(MONEY, 1, "0.000001EUR");
    check_formatted(MONEY, 10000, "0.01EUR");
}

static void both_ends_are_formatted_in_full(void **state)
{
    (void)state;
    check_formatted(ENERGY, INT64_MAX, "9223372036854775.807kWh");
    check_formatted(ENERGY, INT64_MIN, "-9223372036854775.808kWh");
    check_formatted(POWER, INT64_MAX, "9223372036854775.807kW");
    check_formatted(POWER, INT64_MIN, "-9223372036854775.808kW");
    check_formatted(PRICE, INT64_MAX, "9223372036854.775807/kWh");
    check_formatted(PRICE, INT64_MIN, "-9223372036854.775808/kWh");
    check_formatted(MONEY, INT64_MAX, "9223372036854.775807EUR");
    check_formatted(MONEY, INT64_MIN, "-9223372036854.775808EUR");
}

static void another_currency_is_another_code(void **state)
{
    (void)state;
    const struct currency chf = {"CHF"};
    char text[QUANTITY_CHARS_MAX];
    money_format(text, (struct money){1500000}, &chf);
    assert_string_equal(text, "1.50CHF");
    struct money value = {42};
    assert_int_equal(money_parse(&value, span_of_text(text), &eur), ERR_CURRENCY_OTHER);
    assert_int_equal(value.micro, 42);
    assert_int_equal(money_parse(&value, span_of_text(text), &chf), ERR_OK);
    assert_int_equal(value.micro, 1500000);
}

static void what_is_formatted_reads_back_to_the_same_value(void **state)
{
    (void)state;
    const uint64_t seed = 20230908;
    struct test_random r = {.state = seed};
    uint32_t negative = 0;
    uint32_t small = 0;
    for (uint32_t i = 0; i < 200000; i++) {
        const enum kind kind = (enum kind)(i % KIND_COUNT);
        const int64_t value = test_random_int64(&r);
        char text[QUANTITY_CHARS_MAX];
        memset(text, 'x', sizeof text);
        format(text, kind, value);
        assert_true(strnlen(text, sizeof text) < sizeof text);
        int64_t again = ~value;
        if (parse(&again, kind, span_of_text(text)) != ERR_OK || again != value)
            fail_msg("seed %llu case %u: %s", (unsigned long long)seed, i, text);
        assert_int_equal(text[0] == '-', value < 0);
        negative += value < 0;
        small += value > -1000 && value < 1000;
    }
    assert_true(negative > 1000);
    assert_true(small > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_is_read_in_three_units),
        cmocka_unit_test(power_is_read_in_three_units),
        cmocka_unit_test(a_price_is_read_per_kwh),
        cmocka_unit_test(money_is_read_in_the_own_currency),
        cmocka_unit_test(what_is_not_three_capitals_is_no_currency),
        cmocka_unit_test(one_space_before_the_unit_is_allowed),
        cmocka_unit_test(a_bare_number_is_refused),
        cmocka_unit_test(a_unit_of_another_kind_is_refused),
        cmocka_unit_test(units_are_case_sensitive),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(what_is_finer_than_the_smallest_unit_is_refused),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(energy_and_power_change_unit_at_one_thousand),
        cmocka_unit_test(prices_and_money_have_two_to_six_decimals),
        cmocka_unit_test(both_ends_are_formatted_in_full),
        cmocka_unit_test(another_currency_is_another_code),
        cmocka_unit_test(what_is_formatted_reads_back_to_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
