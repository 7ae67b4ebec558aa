/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/lots.h"
#include "tests/cmocka_all.h"

enum { FEEDERS = 5 };

static struct lots lots;

static void feeders_of_equal_size_are_one_class(void **state)
{
    (void)state;
    const uint32_t size[FEEDERS] = {9, 5, 2, 2, 3};
    assert_true(lots_init(&lots, size, FEEDERS, 3));
    assert_int_equal(lots.members, 21);
    assert_int_equal(lots.class_count, 4);
    const uint32_t class_of[FEEDERS] = {0, 1, 2, 2, 3}, seats[4] = {1, 0, 0, 0};
    const uint32_t rest[4] = {6, 15, 6, 9}; /* 3 * size mod 21 */
    for (uint32_t f = 0; f < FEEDERS; f++)
        assert_int_equal(lots.class_of[f], class_of[f]);
    for (uint32_t c = 0; c < lots.class_count; c++) {
        assert_int_equal(lots.of[c].seats, seats[c]);
        assert_int_equal(lots.of[c].rest, rest[c]);
    }
    assert_int_equal(lots.result_count, 2 * 2 * 3 * 2);
    assert_int_equal(lots.state_count, 3 * 3 * 6 * 3 * 5);
}

static void where_nothing_remains_no_lot_is_drawn(void **state)
{
    (void)state;
    const uint32_t size[3] = {4, 2, 6};
    assert_true(lots_init(&lots, size, 3, 6));
    assert_int_equal(lots.result_count, 1);
    struct lots_moves moves;
    uint32_t result = 7;
    lots_moves(&moves, &lots, 0);
    assert_int_equal(moves.count, 0);
    assert_true(lots_is_over(&result, &lots, 0));
    assert_int_equal(result, 0);
    for (uint32_t c = 0; c < 3; c++)
        assert_int_equal(lots_wins(&lots, 0, c), 0);
}

/* RULE sample.6: the walk over two feeders with 1 and 2 of 3 members, one seat. */
static void two_feeders_draw_one_seat_in_proportion(void **state)
{
    (void)state;
    const uint32_t size[2] = {1, 2};
    assert_true(lots_init(&lots, size, 2, 1));
    struct lots_moves first, second;
    lots_moves(&first, &lots, 0);
    assert_int_equal(first.count, 2); /* either one comes first */
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(first.at[i].numerator * 2, first.at[i].denominator);
        lots_moves(&second, &lots, first.at[i].to);
        assert_int_equal(second.count, 2);
        for (uint32_t j = 0; j < 2; j++) {
            uint32_t result = 0;
            assert_true(lots_is_over(&result, &lots, second.at[j].to));
            const uint32_t winner = lots_wins(&lots, result, 1);
            assert_int_equal(lots_wins(&lots, result, 0) + winner, 1);
            assert_int_equal(second.at[j].denominator, 3);
            assert_int_equal(second.at[j].numerator, 1 + winner);
        }
    }
}

/* Every move leads upward, from each state that can be reached, and its probabilities add up to 1.
 */
static void moves_lead_upward_and_miss_nothing(void **state)
{
    (void)state;
    static bool is_reached[1 << 16];
    const uint32_t size[7] = {11, 7, 7, 3, 0, 7, 2};
    for (uint32_t seats = 1; seats <= 37; seats++) {
        uint32_t over = 0;
        assert_true(lots_init(&lots, size, 7, seats));
        assert_true(lots.state_count <= sizeof is_reached);
        for (uint32_t s = 0; s < lots.state_count; s++)
            is_reached[s] = s == 0;
        for (uint32_t s = 0; s < lots.state_count; s++) {
            struct lots_moves moves;
            uint32_t result = 0;
            if (!is_reached[s])
                continue;
            lots_moves(&moves, &lots, s);
            assert_int_equal(moves.count == 0, lots_is_over(&result, &lots, s));
            over += moves.count == 0;
            uint64_t common = 1, sum = 0;
            for (uint32_t i = 0; i < moves.count; i++)
                common *= moves.at[i].denominator;
            for (uint32_t i = 0; i < moves.count; i++) {
                assert_true(moves.at[i].to > s && moves.at[i].to < lots.state_count);
                is_reached[moves.at[i].to] = true;
                sum += common / moves.at[i].denominator * moves.at[i].numerator;
            }
            assert_true(moves.count == 0 || sum == common);
        }
        assert_true(over > 0);
    }
}

static void too_many_feeders_or_states_are_refused(void **state)
{
    (void)state;
    uint32_t size[LOTS_FEEDERS_MAX + 1];
    for (uint32_t f = 0; f <= LOTS_FEEDERS_MAX; f++)
        size[f] = 10;
    assert_true(lots_init(&lots, size, LOTS_FEEDERS_MAX, 100));
    assert_false(lots_init(&lots, size, LOTS_FEEDERS_MAX + 1, 100));
    for (uint32_t f = 0; f < 12; f++)
        size[f] = 101 + f;
    assert_true(lots_init(&lots, size, 11, 99));
    assert_false(lots_init(&lots, size, 12, 99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeders_of_equal_size_are_one_class),
        cmocka_unit_test(where_nothing_remains_no_lot_is_drawn),
        cmocka_unit_test(two_feeders_draw_one_seat_in_proportion),
        cmocka_unit_test(moves_lead_upward_and_miss_nothing),
        cmocka_unit_test(too_many_feeders_or_states_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
