/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "sampling/leader.h"
#include "sampling/slots.h"
#include "tests/cmocka_all.h"

/* A block in slot @now; true if it closes a slot. */
static bool block(struct slots *s, struct slot_record *closed, uint64_t now, uint32_t leader,
                  bool due)
{
    const bool closes = slots_close(s, closed, now);
    slots_enter(s, now, leader, due);
    return closes;
}

/* RULE sample.5: slot(T) > s + grace, both sides. */
static void a_slot_is_closed_when_its_grace_is_over(void **state)
{
    (void)state;
    struct slots s;
    struct slot_record closed;
    slots_init(&s, 2);
    assert_false(block(&s, &closed, 5, 7, true));
    assert_false(block(&s, &closed, 7, 7, true));
    assert_true(block(&s, &closed, 8, 7, true));
    assert_int_equal(closed.slot, 5);
    assert_false(block(&s, &closed, 9, 7, true)); /* slot 6 was jumped over: nobody's fault */
    assert_true(block(&s, &closed, 10, 7, true));
    assert_int_equal(closed.slot, 7);
}

/* RULE sample.5: one a block, the lowest; others wait. */
static void a_block_closes_one_slot_and_the_others_wait(void **state)
{
    (void)state;
    struct slots s;
    struct slot_record closed;
    slots_init(&s, 1);
    assert_false(block(&s, &closed, 0, 7, true));
    assert_false(block(&s, &closed, 1, 8, true));
    assert_true(block(&s, &closed, 100, 7, true));
    assert_int_equal(closed.slot, 0);
    assert_true(block(&s, &closed, 100, 7, true));
    assert_int_equal(closed.slot, 1);
    assert_false(block(&s, &closed, 101, 8, true));
}

/* RULE sample.5: due is read in the state before the slot's first block. */
static void the_first_block_of_a_slot_says_what_was_due(void **state)
{
    (void)state;
    struct slots s;
    struct slot_record closed;
    slots_init(&s, 0);
    assert_false(block(&s, &closed, 3, 7, false));
    assert_false(block(&s, &closed, 3, 8, true));
    assert_true(block(&s, &closed, 4, 9, true));
    assert_int_equal(closed.leader, 7);
    assert_false(closed.due);
    assert_int_equal(closed.blocks, 2);
}

/* RULE join.4: slot <= now <= slot + grace. */
static void a_slot_is_served_in_its_time_only(void **state)
{
    (void)state;
    struct slots s;
    struct slot_record closed;
    slots_init(&s, 1);
    assert_false(block(&s, &closed, 3, 7, true));
    assert_false(slots_serve(&s, 4, 3)); /* has not begun */
    assert_true(slots_serve(&s, 3, 3));
    assert_true(slots_serve(&s, 2, 3)); /* jumped over: served, but nobody judges it */
    assert_false(block(&s, &closed, 4, 7, true));
    assert_true(slots_serve(&s, 3, 4));
    assert_true(block(&s, &closed, 90, 7, true));
    assert_true(closed.served);
    assert_false(slots_serve(&s, 4, 90)); /* too late, though it is still open */
    assert_true(block(&s, &closed, 90, 7, true));
    assert_int_equal(closed.slot, 4);
    assert_false(closed.served);
}

/* RULE join.3: slots of a vacant seat have no leader. */
static void a_leader_that_falls_out_is_not_blamed(void **state)
{
    (void)state;
    struct slots s;
    struct slot_record closed;
    slots_init(&s, 0);
    assert_false(block(&s, &closed, 3, 7, true));
    slots_vacate(&s, 7);
    assert_true(block(&s, &closed, 4, 8, true));
    assert_int_equal(slot_judge(&closed, false), SLOT_NO_LEADER);
    slots_vacate(&s, 7); /* slot 4 is another's */
    assert_true(block(&s, &closed, 5, 7, true));
    assert_int_equal(closed.leader, 8);
}

/* RULE sample.5: the tests in their order, each by the record that just passes those before. */
static void a_verdict_is_the_first_that_holds(void **state)
{
    (void)state;
    struct slot_record r = {.leader = LEADER_NONE, .served = true};
    assert_int_equal(slot_judge(&r, true), SLOT_NO_LEADER);
    r.leader = 7;
    assert_int_equal(slot_judge(&r, true), SLOT_SERVED);
    r.served = false;
    assert_int_equal(slot_judge(&r, true), SLOT_NOTHING_DUE);
    r.due = true;
    r.blocks = 1;
    assert_int_equal(slot_judge(&r, true), SLOT_TOO_SHORT);
    r.blocks = 2;
    assert_int_equal(slot_judge(&r, true), SLOT_SILENT_AGAIN);
    assert_int_equal(slot_judge(&r, false), SLOT_SILENT);
}

/* Whatever the times do, no more slots are open than there is room for. */
static void open_slots_never_exceed_their_maximum(void **state)
{
    (void)state;
    struct test_random random = {.state = 5};
    uint32_t most = 0;
    for (uint32_t grace = 0; grace <= SLOTS_GRACE_MAX; grace++) {
        struct slots s;
        struct slot_record closed;
        slots_init(&s, grace);
        uint64_t now = 0;
        for (int i = 0; i < 20000; i++) {
            now += test_random_below(&random, 10) == 0 ? test_random_below(&random, 50)
                                                       : test_random_below(&random, 2);
            (void)!block(&s, &closed, now, 7, true);
            assert_true(s.count <= grace + 1);
            most = s.count > most ? s.count : most;
        }
    }
    assert_int_equal(most, SLOTS_OPEN_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_is_closed_when_its_grace_is_over),
        cmocka_unit_test(a_block_closes_one_slot_and_the_others_wait),
        cmocka_unit_test(the_first_block_of_a_slot_says_what_was_due),
        cmocka_unit_test(a_slot_is_served_in_its_time_only),
        cmocka_unit_test(a_leader_that_falls_out_is_not_blamed),
        cmocka_unit_test(a_verdict_is_the_first_that_holds),
        cmocka_unit_test(open_slots_never_exceed_their_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
