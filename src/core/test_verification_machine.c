/* SPDX-License-Identifier: Apache-2.0 */
/* How a verification block ends, table 1 of docs/state-machines.md (RULE join.6). */
#include "core/verification_machine.h"

#include "tests/cmocka_all.h"

static void a_block_ends_as_its_requests_did(void **state)
{
    (void)state;
    uint32_t reached[BLOCK_STATE_COUNT] = {0};
    for (uint32_t bits = 0; bits < 16; bits++) {
        const struct block_tally t = {.has_voting = bits & 1,
                                      .has_decided = bits & 2,
                                      .has_timed_out = bits & 4,
                                      .is_struck = bits & 8};
        enum block_state expected = BLOCK_DECLINED;
        if (bits & 4)
            expected = BLOCK_TIMED_OUT;
        if (bits & 8)
            expected = BLOCK_STRUCK;
        if (bits & 2)
            expected = BLOCK_DECIDED;
        if (bits & 1)
            expected = BLOCK_OFFERED;
        assert_int_equal(verification_machine(&t), expected);
        reached[expected]++;
    }
    for (uint32_t i = BLOCK_OFFERED; i < BLOCK_STATE_COUNT; i++)
        assert_true(reached[i] > 0);
}

static void disagreeing_bits_alone_decline_and_vacated_seats_time_out(void **state)
{
    (void)state;
    /* q(9) = 7: two may disagree, the third takes q away. */
    const struct request vacated = {.seats = 9, .agree = 1, .disagree = 2, .lost = 1};
    const struct request disagreed = {.seats = 9, .agree = 1, .disagree = 3, .lost = 1};
    assert_true(verification_machine_lost_seats(&vacated));
    assert_false(verification_machine_lost_seats(&disagreed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_ends_as_its_requests_did),
        cmocka_unit_test(disagreeing_bits_alone_decline_and_vacated_seats_time_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
