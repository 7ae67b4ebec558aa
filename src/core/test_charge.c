/* SPDX-License-Identifier: Apache-2.0 */
/* RULE funds.3 */
#include "base/test_random.h"
#include "core/charge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct genesis_fee fees[] = {
    {1, 2, 30000}, {2, 1, 20000}, {2, 2, 1}, {2, 65535, 70000}, {65535, 65535, 50000}};
static const struct charge_list list = {fees, sizeof fees / sizeof fees[0]};

static void a_pair_has_its_own_rate_in_each_direction_and_others_are_free(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < list.count; i++)
        assert_int_equal(charge_rate(&list, fees[i].seller_feeder, fees[i].buyer_feeder),
                         fees[i].micro_per_kwh);
    assert_int_equal(charge_rate(&list, 1, 1), 0);     /* before the first */
    assert_int_equal(charge_rate(&list, 2, 3), 0);     /* between two */
    assert_int_equal(charge_rate(&list, 65535, 2), 0); /* the last seller, another buyer */
    assert_int_equal(charge_rate(&list, 65535, 65536), 0);
    const struct charge_list none = {NULL, 0};
    assert_int_equal(charge_rate(&none, 1, 1), 0);
}

static void the_dearest_rate_is_the_one_that_bids_are_compared_with(void **state)
{
    (void)state;
    const struct charge_list none = {NULL, 0};
    assert_int_equal(charge_most(&list), 70000);
    assert_int_equal(charge_most(&none), 0);
}

static void a_charge_is_rounded_half_to_even_once(void **state)
{
    (void)state;
    struct charge charge;
    assert_true(charge_make(&charge, &list, 2, 2, (struct energy){500}));
    assert_int_equal(charge.rate, 1);
    assert_int_equal(charge.in_full.micro, 0); /* 0.5 */
    assert_true(charge_make(&charge, &list, 2, 2, (struct energy){1500}));
    assert_int_equal(charge.in_full.micro, 2); /* 1.5 */
    assert_true(charge_make(&charge, &list, 2, 2, (struct energy){501}));
    assert_int_equal(charge.in_full.micro, 1);
    assert_true(charge_make(&charge, &list, 1, 2, (struct energy){50}));
    assert_int_equal(charge.rate, 30000);
    assert_int_equal(charge.in_full.micro, 1500);
    assert_true(charge_make(&charge, &list, 1, 1, (struct energy){50}));
    assert_int_equal(charge.in_full.micro, 0);
}

static void a_charge_beyond_64_bits_is_none(void **state)
{
    (void)state;
    struct charge charge = {7, {7}};
    assert_false(charge_make(&charge, &list, 2, 65535, (struct energy){INT64_MAX}));
    assert_int_equal(charge.rate, 7);
    assert_true(charge_make(&charge, &list, 2, 65535, (struct energy){INT64_MAX / 70}));
}

enum { RANDOM_FEES = 1000, RANDOM_FEEDERS = 40 };

static struct genesis_fee many[RANDOM_FEES];

/* By looking at all. */
static int64_t looked_up(uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < RANDOM_FEES; i++)
        if (many[i].seller_feeder == from && many[i].buyer_feeder == to)
            return many[i].micro_per_kwh;
    return 0;
}

static void the_list_is_searched_to_its_ends(void **state)
{
    (void)state;
    const uint64_t seed = 20261122;
    struct test_random r = {.state = seed};
    const struct charge_list all = {many, RANDOM_FEES};
    uint32_t found = 0;
    for (uint32_t i = 0; i < RANDOM_FEES; i++) { /* ascending; five pairs of eight are listed */
        const uint32_t pair = i * 8 / 5;
        many[i] = (struct genesis_fee){1 + pair / RANDOM_FEEDERS, 1 + pair % RANDOM_FEEDERS,
                                       1 + (int64_t)test_random_below(&r, 100000)};
    }
    for (uint32_t pair = 0; pair < 42 * 42; pair++) {
        const uint32_t from = pair / 42, to = pair % 42;
        if (charge_rate(&all, from, to) != looked_up(from, to))
            fail_msg("seed %llu: %u to %u", (unsigned long long)seed, from, to);
        found += charge_rate(&all, from, to) > 0;
    }
    assert_int_equal(found, RANDOM_FEES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_has_its_own_rate_in_each_direction_and_others_are_free),
        cmocka_unit_test(the_dearest_rate_is_the_one_that_bids_are_compared_with),
        cmocka_unit_test(a_charge_is_rounded_half_to_even_once),
        cmocka_unit_test(a_charge_beyond_64_bits_is_none),
        cmocka_unit_test(the_list_is_searched_to_its_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
