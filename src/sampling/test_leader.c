/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/leader.h"
#include "tests/cmocka_all.h"

/* RULE join.3 (paper II-A, eq. 1) */
static void the_leader_is_the_slot_modulo_the_set(void **state)
{
    (void)state;
    struct leader_seats v;
    leader_seats_init(&v, (const uint32_t[]){7, 3, 9}, 3);
    const uint32_t leaders[] = {7, 3, 9, 7, 3, 9, 7};
    for (uint64_t slot = 0; slot < sizeof leaders / sizeof leaders[0]; slot++)
        assert_int_equal(leader_get(&v, slot), leaders[slot]);
    assert_int_equal(leader_get(&v, UINT64_MAX), 7); /* 2^64 - 1 is a multiple of 3 */
}

/* RULE join.3: its slots have no leader, the others keep theirs. */
static void a_vacant_seat_has_no_leader_but_still_counts(void **state)
{
    (void)state;
    struct leader_seats v;
    leader_seats_init(&v, (const uint32_t[]){7, 3, 9}, 3);
    leader_vacate(&v, 3);
    leader_vacate(&v, 1000); /* has no seat */
    assert_int_equal(leader_get(&v, 0), 7);
    assert_int_equal(leader_get(&v, 1), LEADER_NONE);
    assert_int_equal(leader_get(&v, 2), 9);
    assert_int_equal(leader_get(&v, 3), 7);
    assert_int_equal(leader_seat(&v, 3), 1);
    assert_int_equal(leader_seat(&v, 1000), LEADER_SEATS_MAX);
    leader_seats_init(&v, (const uint32_t[]){3}, 1); /* the next epoch */
    assert_int_equal(leader_get(&v, 5), 3);
}

static void an_empty_set_has_no_leader_and_the_largest_has_all(void **state)
{
    (void)state;
    struct leader_seats v;
    leader_seats_init(&v, NULL, 0);
    assert_int_equal(leader_get(&v, 0), LEADER_NONE);
    uint32_t members[LEADER_SEATS_MAX];
    for (uint32_t i = 0; i < LEADER_SEATS_MAX; i++)
        members[i] = i + 1;
    leader_seats_init(&v, members, LEADER_SEATS_MAX);
    assert_int_equal(leader_get(&v, LEADER_SEATS_MAX - 1), LEADER_SEATS_MAX);
    leader_vacate(&v, LEADER_SEATS_MAX);
    assert_int_equal(leader_get(&v, LEADER_SEATS_MAX - 1), LEADER_NONE);
    assert_int_equal(leader_get(&v, LEADER_SEATS_MAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_leader_is_the_slot_modulo_the_set),
        cmocka_unit_test(a_vacant_seat_has_no_leader_but_still_counts),
        cmocka_unit_test(an_empty_set_has_no_leader_and_the_largest_has_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
