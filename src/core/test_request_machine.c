/* SPDX-License-Identifier: Apache-2.0 */
/* Table 1 of docs/state-machines.md, every state and event: RULE join.6, boot.3. */
#include "core/request_machine.h"

#include "tests/cmocka_all.h"

enum { SEATS = 4, DEADLINE_MS = 50, EXPIRES_MS = 900, ATTEMPTS = 2 };

/* Usual: before every deadline, and all that a guard asks for is there. */
static struct request_happening happening(enum request_event event)
{
    return (struct request_happening){.event = event,
                                      .t_ms = 10,
                                      .a_ms = 10,
                                      .attempts_max = ATTEMPTS,
                                      .accepts = true,
                                      .may_admit = true,
                                      .has_waited = true,
                                      .has_seat = true,
                                      .is_new = true,
                                      .agrees = true,
                                      .csr_matches = true,
                                      .seats = SEATS,
                                      .deadline_ms = DEADLINE_MS};
}

static struct request request_in(enum request_state state)
{
    return (struct request){.state = state,
                            .expires_ms = EXPIRES_MS,
                            .deadline_ms = DEADLINE_MS,
                            .accepts = true,
                            .seats = SEATS,
                            .agree = 1};
}

static enum err step(struct request *r, struct request_happening h)
{
    return request_machine_step(r, &h);
}

/* Columns: block, admit, vote, seat lost, decide (nothing to decide yet), deadline and lapse (not
 * reached), struck in between, certificate, revoke, eject, depart. */
#define NO ERR_WRONG_STATE
#define END ERR_CLOSED
static const enum err expected[JOIN_STATE_COUNT][JOIN_EV_COUNT] = {
    [JOIN_PENDING] = {ERR_OK, ERR_OK, ERR_EARLY, NO, NO, NO, NO, NO, ERR_EARLY, NO, NO, NO},
    [JOIN_VOTING] = {NO, NO, ERR_OK, ERR_OK, NO, NO, ERR_OK, NO, ERR_EARLY, NO, NO, NO},
    [JOIN_VERIFIED] = {NO, NO, ERR_OK, NO, NO, NO, NO, NO, ERR_OK, NO, NO, NO},
    [JOIN_ACTIVE] = {NO, NO, ERR_OK, NO, NO, NO, NO, NO, NO, ERR_OK, ERR_OK, ERR_OK},
    [JOIN_REJECTED] = {END, END, ERR_OK, END, END, END, END, END, END, END, END, END},
    [JOIN_EXPIRED] = {END, END, ERR_OK, END, END, END, END, END, END, END, END, END},
    [JOIN_REVOKED] = {END, END, ERR_OK, END, END, END, END, END, END, END, END, END},
    [JOIN_EJECTED] = {END, END, ERR_OK, END, END, END, END, END, END, END, END, END},
    [JOIN_DEPARTED] = {END, END, ERR_OK, END, END, END, END, END, END, END, END, END},
};

static void every_event_in_every_state_of_a_request_is_allowed_or_has_its_code(void **state)
{
    (void)state;
    for (uint32_t at = JOIN_PENDING; at < JOIN_STATE_COUNT; at++) {
        for (uint32_t event = 0; event < JOIN_EV_COUNT; event++) {
            struct request r = request_in((enum request_state)at);
            const struct request before = r;
            const enum err code = step(&r, happening((enum request_event)event));
            assert_int_equal(code, expected[at][event]);
            if (code != ERR_OK)
                assert_memory_equal(&before, &r, sizeof r);
        }
    }
}

static void a_request_is_decided_by_two_thirds_and_one(void **state)
{
    (void)state;
    for (uint32_t accepts = 0; accepts < 2; accepts++) {
        struct request r = request_in(JOIN_PENDING);
        struct request_happening block = happening(JOIN_EV_BLOCK);
        block.accepts = accepts;
        assert_int_equal(step(&r, block), ERR_OK);
        assert_int_equal(step(&r, happening(JOIN_EV_VOTE)), ERR_OK);
        assert_int_equal(step(&r, happening(JOIN_EV_DECIDE)), ERR_WRONG_STATE);
        assert_int_equal(step(&r, happening(JOIN_EV_VOTE)), ERR_OK);
        assert_int_equal(step(&r, happening(JOIN_EV_DECIDE)), ERR_OK);
        assert_int_equal(r.state, accepts ? JOIN_VERIFIED : JOIN_REJECTED);
    }
}

static void what_cannot_reach_a_quorum_is_tried_again_until_its_attempts_end(void **state)
{
    (void)state;
    struct request r = request_in(JOIN_PENDING);
    struct request_happening against = happening(JOIN_EV_VOTE);
    against.agrees = false;
    assert_int_equal(step(&r, happening(JOIN_EV_BLOCK)), ERR_OK);
    assert_int_equal(step(&r, against), ERR_OK);
    assert_int_equal(step(&r, happening(JOIN_EV_DECIDE)), ERR_WRONG_STATE);
    assert_int_equal(step(&r, happening(JOIN_EV_SEAT_LOST)), ERR_OK);
    assert_int_equal(step(&r, happening(JOIN_EV_DECIDE)), ERR_OK);
    assert_int_equal(r.state, JOIN_PENDING);
    assert_int_equal(r.attempt, 1);
    assert_int_equal(step(&r, happening(JOIN_EV_LAPSE)), ERR_WRONG_STATE);
    assert_int_equal(step(&r, happening(JOIN_EV_BLOCK)), ERR_OK);
    struct request_happening deadline = happening(JOIN_EV_DEADLINE);
    deadline.a_ms = DEADLINE_MS;
    assert_int_equal(step(&r, deadline), ERR_OK);
    assert_int_equal(r.attempt, ATTEMPTS);
    assert_int_equal(step(&r, happening(JOIN_EV_LAPSE)), ERR_OK);
    assert_int_equal(r.state, JOIN_EXPIRED);
}

static void a_ballot_on_what_its_block_did_not_decide_is_not_taken(void **state)
{
    (void)state;
    struct request r = request_in(JOIN_VOTING);
    assert_int_equal(step(&r, happening(JOIN_EV_STRUCK)), ERR_OK);
    assert_int_equal(step(&r, happening(JOIN_EV_VOTE)), ERR_EARLY);
    struct request admitted = r;
    assert_int_equal(step(&admitted, happening(JOIN_EV_ADMIT)), ERR_OK);
    assert_int_equal(step(&admitted, happening(JOIN_EV_VOTE)), ERR_LATE);
    struct request_happening lapse = happening(JOIN_EV_LAPSE);
    lapse.t_ms = EXPIRES_MS;
    assert_int_equal(step(&r, lapse), ERR_OK);
    assert_int_equal(step(&r, happening(JOIN_EV_VOTE)), ERR_CLOSED);
}

static void the_guards_have_two_sides(void **state)
{
    (void)state;
    struct request r = request_in(JOIN_PENDING);
    struct request_happening h = happening(JOIN_EV_ADMIT);
    h.has_waited = false;
    assert_int_equal(step(&r, h), ERR_EARLY);
    h.may_admit = false;
    assert_int_equal(step(&r, h), ERR_WRONG_STATE);
    r = request_in(JOIN_VERIFIED);
    h = happening(JOIN_EV_CERT);
    h.csr_matches = false;
    assert_int_equal(step(&r, h), ERR_WRONG_STATE);
    h = happening(JOIN_EV_LAPSE);
    h.t_ms = EXPIRES_MS - 1;
    assert_int_equal(step(&r, h), ERR_WRONG_STATE);
    h.t_ms++;
    assert_int_equal(step(&r, h), ERR_OK);
    r = request_in(JOIN_VOTING);
    h = happening(JOIN_EV_VOTE);
    h.is_new = false;
    assert_int_equal(step(&r, h), ERR_VOTED);
    h.has_seat = false;
    assert_int_equal(step(&r, h), ERR_NOT_MEMBER);
    h.a_ms = DEADLINE_MS;
    assert_int_equal(step(&r, h), ERR_LATE);
    r = request_in(JOIN_REJECTED);
    assert_int_equal(step(&r, h), ERR_CLOSED);
    h.a_ms = DEADLINE_MS - 1;
    r.seats = 0; /* it never came to a vote */
    assert_int_equal(step(&r, h), ERR_CLOSED);
    r = request_in(JOIN_PENDING);
    h = happening(JOIN_EV_LAPSE);
    r.attempt = ATTEMPTS - 1;
    assert_int_equal(step(&r, h), ERR_WRONG_STATE);
    r.attempt++;
    assert_int_equal(step(&r, h), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state_of_a_request_is_allowed_or_has_its_code),
        cmocka_unit_test(a_request_is_decided_by_two_thirds_and_one),
        cmocka_unit_test(what_cannot_reach_a_quorum_is_tried_again_until_its_attempts_end),
        cmocka_unit_test(a_ballot_on_what_its_block_did_not_decide_is_not_taken),
        cmocka_unit_test(the_guards_have_two_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
