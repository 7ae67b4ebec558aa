/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/placements.h"
#include "tests/cmocka_all.h"

static struct lots lots;

static void make_lots(const uint32_t *size, uint32_t count)
{
    assert_true(lots_init(&lots, size, count, 1));
}

static void they_come_in_ascending_order(void **state)
{
    (void)state;
    const uint32_t size[3] = {2, 1, 3};
    const uint32_t expected[][3] = {{0, 0, 3}, {0, 1, 2}, {1, 0, 2},
                                    {1, 1, 1}, {2, 0, 1}, {2, 1, 0}};
    const uint32_t changed_feeder[] = {0, 1, 0, 1, 0, 1};
    struct placements p;
    uint32_t changed = 0;
    make_lots(size, 3);
    placements_first(&p, &lots, 3);
    for (uint32_t i = 0; i < 6; i++) {
        assert_memory_equal(p.at, expected[i], sizeof expected[i]);
        assert_int_equal(changed, changed_feeder[i]);
        assert_int_equal(placements_next(&p, &changed), i < 5);
    }
}

static void feeders_of_equal_size_get_no_fewer_than_the_one_before(void **state)
{
    (void)state;
    const uint32_t size[4] = {2, 3, 2, 2};
    const uint32_t expected[][4] = {{0, 0, 0, 2}, {0, 0, 1, 1}, {0, 1, 0, 1}, {0, 2, 0, 0}};
    struct placements p;
    uint32_t changed;
    make_lots(size, 4);
    placements_first(&p, &lots, 2);
    for (uint32_t i = 0; i < 4; i++) {
        assert_memory_equal(p.at, expected[i], sizeof expected[i]);
        assert_int_equal(placements_next(&p, &changed), i < 3);
    }
}

/* Against all vectors, tried one by one like the digits of a number. */
static void none_is_missing(void **state)
{
    (void)state;
    const uint32_t size[5] = {2, 3, 2, 0, 1};
    make_lots(size, 5);
    for (uint32_t bad = 0; bad <= 8; bad++) {
        struct placements p;
        uint32_t changed = 0, count = 0;
        bool is_one = true;
        placements_first(&p, &lots, bad);
        for (uint32_t number = 0; number < 3 * 4 * 3 * 1 * 2; number++) {
            const uint32_t at[5] = {number / 24, number / 6 % 4, number / 2 % 3, 0, number % 2};
            if (at[0] + at[1] + at[2] + at[4] != bad || at[0] > at[2])
                continue;
            assert_true(is_one);
            assert_memory_equal(p.at, at, sizeof at);
            is_one = placements_next(&p, &changed);
            count++;
        }
        assert_false(is_one);
        assert_true(placements_are_few(&lots, bad, count));
        assert_false(placements_are_few(&lots, bad, count - 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_come_in_ascending_order),
        cmocka_unit_test(feeders_of_equal_size_get_no_fewer_than_the_one_before),
        cmocka_unit_test(none_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
