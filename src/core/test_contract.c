/* SPDX-License-Identifier: Apache-2.0 */
/* Table 3 of docs/state-machines.md, row by row: RULE trade.4, trade.5, trade.6, trade.7, trade.9,
 * trade.10, trade.11, boot.6, qot.1. */
#include "core/contract.h"

#include "tests/cmocka_all.h"

enum { SELLER = 1, BUYER = 2, SEATS = 3, SLOTS = 9, WINDOW_MS = 10, VOTES_BYTES = 4 };

static const uint32_t cluster[SEATS] = {4, 5, 6};
static const struct contract_params params = {
    .exec_ms = WINDOW_MS, .final_ms = WINDOW_MS, .vote_ms = WINDOW_MS, .ranks_max = 2};
static const struct settlement_result pass = {
    .verdict = VERDICT_PASS, .s = {900}, .b = {800}, .settled = {800}, .payment = {7}};

struct stage { /* a contract and the world around it */
    struct contract c;
    struct contract_world w;
    uint8_t members[SLOTS];
    uint8_t votes[VOTES_BYTES];
    struct contract_effects out;
};

static enum err fire(struct stage *s, struct contract_event ev)
{
    s->w.due_ms = s->w.now_ms;
    return contract_step(&s->c, &ev, &s->w, &s->out);
}

static enum err draw(struct stage *s)
{
    return fire(s, (struct contract_event){.kind = CONTRACT_EV_DRAW,
                                           .cluster = cluster,
                                           .cluster_count = SEATS,
                                           .eligible = SEATS,
                                           .votes = s->votes});
}

static enum err judged(struct stage *s, const struct settlement_result *result)
{
    return fire(s, (struct contract_event){.kind = CONTRACT_EV_JUDGED, .judged = result});
}

static enum err plain(struct stage *s, enum contract_event_kind kind)
{
    return fire(s, (struct contract_event){.kind = kind});
}

static enum err result_by(struct stage *s, enum contract_event_kind kind, uint32_t by,
                          enum settlement_verdict verdict)
{
    return fire(s, (struct contract_event){.kind = kind,
                                           .by = by,
                                           .verdict = verdict,
                                           .settled = s->c.judged.settled,
                                           .payment = s->c.judged.payment});
}

static enum err vote(struct stage *s, enum contract_event_kind kind, uint32_t by, bool agrees)
{
    return fire(s, (struct contract_event){.kind = kind, .by = by, .agrees = agrees});
}

static uint32_t in_office(const struct stage *s)
{
    return s->c.cluster ? s->c.cluster[s->c.rank] : cluster[0];
}

/* A passing contract brought to @state on the straight road. */
static void bring(struct stage *s, enum contract_state state)
{
    *s = (struct stage){.c = {.number = 1, .seller = SELLER, .buyer = BUYER}};
    s->c.state = CONTRACT_PREPARED;
    s->w = (struct contract_world){.params = &params, .members = s->members, .now_ms = 100};
    if (state == CONTRACT_VOID)
        assert_int_equal(plain(s, CONTRACT_EV_REVOKED), ERR_OK);
    if (s->c.state == state)
        return;
    assert_int_equal(draw(s), ERR_OK);
    if (s->c.state == state)
        return;
    struct settlement_result how = pass;
    how.verdict = state == CONTRACT_DECLINED ? VERDICT_C2 : VERDICT_PASS;
    assert_int_equal(judged(s, &how), ERR_OK);
    if (s->c.state == state)
        return;
    assert_int_equal(result_by(s, CONTRACT_EV_EXEC, cluster[0], how.verdict), ERR_OK);
    if (s->c.state == state)
        return;
    assert_int_equal(vote(s, CONTRACT_EV_VOTE_EXEC, cluster[2], true), ERR_OK);
    assert_int_equal(plain(s, CONTRACT_EV_DECIDE), ERR_OK);
    if (s->c.state == state)
        return;
    assert_int_equal(result_by(s, CONTRACT_EV_FINAL, cluster[0], how.verdict), ERR_OK);
    if (s->c.state == state)
        return;
    assert_int_equal(vote(s, CONTRACT_EV_VOTE_FINAL, cluster[2], true), ERR_OK);
    assert_int_equal(plain(s, CONTRACT_EV_DECIDE), ERR_OK);
    assert_int_equal(s->c.state, state);
}

static enum err fire_usual(struct stage *s, enum contract_event_kind kind)
{
    switch (kind) {
    case CONTRACT_EV_DRAW:
        return draw(s);
    case CONTRACT_EV_JUDGED:
        return judged(s, &pass);
    case CONTRACT_EV_EXEC:
    case CONTRACT_EV_FINAL:
        return result_by(s, kind, in_office(s), s->c.judged.verdict);
    case CONTRACT_EV_VOTE_EXEC:
    case CONTRACT_EV_VOTE_FINAL:
        return vote(s, kind, cluster[1], true);
    case CONTRACT_EV_REVOKED:
    case CONTRACT_EV_TIME:
    case CONTRACT_EV_DECIDE:
    case CONTRACT_EV_SCORED:
    case CONTRACT_EV_COUNT:
        break;
    }
    return plain(s, kind);
}

/* The windows are open. Columns: draw, judged, revoked, time, exec, final, vote in exec, vote in
 * final, decide without a quorum, scored. */
#define WRONG ERR_WRONG_STATE
static const enum err expected[CONTRACT_STATE_COUNT][CONTRACT_EV_COUNT] = {
    [CONTRACT_PREPARED] = {ERR_OK, ERR_OK, ERR_OK, WRONG, ERR_EARLY, ERR_EARLY, ERR_EARLY,
                           ERR_EARLY, WRONG, WRONG},
    [CONTRACT_DRAWN] = {WRONG, ERR_OK, ERR_OK, WRONG, ERR_EARLY, ERR_EARLY, ERR_EARLY, ERR_EARLY,
                        WRONG, WRONG},
    [CONTRACT_EXEC_WAIT] = {WRONG, WRONG, WRONG, WRONG, ERR_OK, ERR_EARLY, ERR_EARLY, ERR_EARLY,
                            WRONG, WRONG},
    [CONTRACT_EXEC_VOTE] = {WRONG, WRONG, WRONG, WRONG, WRONG, ERR_EARLY, ERR_OK, ERR_EARLY, WRONG,
                            WRONG},
    [CONTRACT_FINAL_WAIT] = {WRONG, WRONG, WRONG, WRONG, WRONG, ERR_OK, ERR_OK, ERR_EARLY, WRONG,
                             WRONG},
    [CONTRACT_FINAL_VOTE] = {WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, ERR_OK, ERR_OK, WRONG,
                             WRONG},
    [CONTRACT_SETTLED] = {ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED,
                          ERR_OK, ERR_OK, ERR_CLOSED, WRONG},
    [CONTRACT_DECLINED] = {ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED,
                           ERR_OK, ERR_CLOSED, ERR_CLOSED, WRONG},
    [CONTRACT_VOID] = {ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_CLOSED,
                       ERR_CLOSED, ERR_CLOSED, ERR_CLOSED, ERR_OK},
};

static void every_event_in_every_state_is_allowed_or_has_its_code(void **state)
{
    (void)state;
    for (uint32_t at = CONTRACT_PREPARED; at < CONTRACT_STATE_COUNT; at++) {
        for (uint32_t kind = 0; kind < CONTRACT_EV_COUNT; kind++) {
            struct stage s;
            bring(&s, (enum contract_state)at);
            const struct contract before = s.c;
            const enum err code = fire_usual(&s, (enum contract_event_kind)kind);
            if (code != expected[at][kind])
                print_error("%s, event %u\n", contract_state_name(before.state), kind);
            assert_int_equal(code, expected[at][kind]);
            if (code != ERR_OK)
                assert_memory_equal(&before, &s.c, sizeof before);
        }
    }
}

static void after_the_windows_the_codes_are_late_and_closed(void **state)
{
    (void)state;
    struct stage s;
    bring(&s, CONTRACT_FINAL_WAIT);
    s.w.now_ms += WINDOW_MS - 1;
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_EXEC, cluster[1], true), ERR_OK);
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_EXEC, cluster[1], true), ERR_VOTED);
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_EXEC, cluster[0], true), ERR_VOTED);
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_EXEC, 8, true), ERR_NOT_MEMBER);
    s.w.now_ms += 1;
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_EXEC, 8, true), ERR_LATE);
    bring(&s, CONTRACT_SETTLED);
    assert_int_equal(plain(&s, CONTRACT_EV_SCORED), ERR_WRONG_STATE);
    s.w.now_ms += WINDOW_MS;
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_FINAL, cluster[1], true), ERR_CLOSED);
    assert_int_equal(plain(&s, CONTRACT_EV_SCORED), ERR_OK);
    assert_int_equal(plain(&s, CONTRACT_EV_SCORED), ERR_WRONG_STATE);
}

static void only_the_rank_in_office_gives_a_result_and_only_the_judges(void **state)
{
    (void)state;
    struct stage s;
    bring(&s, CONTRACT_EXEC_WAIT);
    assert_int_equal(result_by(&s, CONTRACT_EV_EXEC, cluster[1], VERDICT_C1), ERR_NOT_RANK);
    assert_int_equal(result_by(&s, CONTRACT_EV_EXEC, cluster[0], VERDICT_C1), ERR_RESULT_WRONG);
    assert_int_equal(s.c.rank, 1);
    struct contract_event ev = {.kind = CONTRACT_EV_EXEC, .by = cluster[1]};
    ev.verdict = VERDICT_PASS;
    ev.settled.wh = pass.settled.wh + 1;
    ev.payment = pass.payment;
    assert_int_equal(fire(&s, ev), ERR_RESULT_WRONG);
    assert_int_equal(s.c.state, CONTRACT_VOID);
    assert_int_equal(s.c.alpha, 2);
    assert_int_equal(s.c.unwitnessed, false);
}

static void a_rank_ends_at_its_deadline_and_a_stage_at_its_own(void **state)
{
    (void)state;
    const enum contract_state open[] = {CONTRACT_EXEC_WAIT, CONTRACT_EXEC_VOTE, CONTRACT_FINAL_WAIT,
                                        CONTRACT_FINAL_VOTE};
    const enum contract_state then[] = {CONTRACT_EXEC_WAIT, CONTRACT_VOID, CONTRACT_FINAL_WAIT,
                                        CONTRACT_SETTLED};
    for (uint32_t i = 0; i < 4; i++) {
        struct stage s;
        bring(&s, open[i]);
        s.w.now_ms = s.c.deadline_ms - 1;
        assert_int_equal(plain(&s, CONTRACT_EV_TIME), ERR_WRONG_STATE);
        s.w.now_ms++;
        assert_int_equal(plain(&s, CONTRACT_EV_TIME), ERR_OK);
        assert_int_equal(s.c.state, then[i]);
        assert_int_equal(s.c.unwitnessed, then[i] == CONTRACT_SETTLED);
        assert_int_equal(s.c.alpha, 0); /* the leader of a vote has done its duty */
    }
}

static void vacancy_passes_the_office_on_at_once_and_absence_only_on_coming_in(void **state)
{
    (void)state;
    struct stage s;
    bring(&s, CONTRACT_EXEC_WAIT);
    s.members[cluster[0]] = MEMBER_ABSENT;
    assert_int_equal(plain(&s, CONTRACT_EV_TIME), ERR_WRONG_STATE);
    s.members[cluster[0]] = MEMBER_REVOKED;
    assert_int_equal(plain(&s, CONTRACT_EV_TIME), ERR_OK);
    assert_int_equal(s.c.rank, 1);
    assert_int_equal(s.c.offices[CONTRACT_EXEC].did[0], DID_VACANT);
    bring(&s, CONTRACT_DRAWN);
    s.members[cluster[0]] = MEMBER_ABSENT;
    s.members[cluster[1]] = MEMBER_ABSENT;
    assert_int_equal(judged(&s, &pass), ERR_OK);
    assert_int_equal(s.c.state, CONTRACT_VOID);
    assert_int_equal(s.c.alpha, 0); /* nobody was silent */
}

static void a_seller_that_is_ejected_after_the_judge_fails_c4(void **state)
{
    (void)state;
    struct stage s;
    bring(&s, CONTRACT_FINAL_WAIT);
    const struct stage before = s;
    assert_int_equal(result_by(&s, CONTRACT_EV_FINAL, cluster[0], VERDICT_C4), ERR_RESULT_WRONG);
    s = before;
    s.w.members = s.members;
    s.members[SELLER] = MEMBER_EJECTED;
    assert_int_equal(result_by(&s, CONTRACT_EV_FINAL, cluster[0], VERDICT_C4), ERR_OK);
    assert_int_equal(vote(&s, CONTRACT_EV_VOTE_FINAL, cluster[1], true), ERR_OK);
    assert_int_equal(plain(&s, CONTRACT_EV_DECIDE), ERR_OK);
    assert_int_equal(s.c.state, CONTRACT_DECLINED);
    assert_int_equal(s.c.cond, VERDICT_C4);
    assert_int_equal(s.c.alpha, 1);
    assert_int_equal(s.out.at[1], EFFECT_RETURN);
}

static void the_temporary_view_is_for_the_cluster_alone(void **state)
{
    (void)state;
    struct stage s;
    bring(&s, CONTRACT_FINAL_VOTE);
    assert_int_equal(contract_view(&s.c, cluster[2], BUYER).received.wh, 800);
    assert_int_equal(contract_view(&s.c, cluster[2], SELLER).available.micro, 7);
    assert_int_equal(contract_view(&s.c, cluster[2], cluster[0]).available.micro, 0);
    assert_int_equal(contract_view(&s.c, BUYER, BUYER).received.wh, 0);
    bring(&s, CONTRACT_SETTLED);
    assert_int_equal(contract_view(&s.c, cluster[2], BUYER).received.wh, 0);
}

static void a_voter_whose_seat_is_known_is_not_searched(void **state)
{
    (void)state;
    struct stage s;
    bring(&s, CONTRACT_EXEC_VOTE);
    struct contract_event ev = {.kind = CONTRACT_EV_VOTE_EXEC,
                                .by = cluster[2],
                                .has_rank = true,
                                .rank = 2,
                                .agrees = true};
    assert_int_equal(fire(&s, ev), ERR_OK);
    assert_int_equal(fire(&s, ev), ERR_VOTED);
    ev.has_rank = false;
    assert_int_equal(fire(&s, ev), ERR_VOTED); /* the same seat */
    assert_int_equal(s.c.offices[CONTRACT_EXEC].agree_count, 2);
}

static void each_state_has_the_name_of_the_tables(void **state)
{
    (void)state;
    static const char *const names[] = {"PREPARED",  "DRAWN",      "EXEC_WAIT",
                                        "EXEC_VOTE", "FINAL_WAIT", "FINAL_VOTE",
                                        "SETTLED",   "DECLINED",   "VOID"};
    for (uint32_t at = CONTRACT_PREPARED; at < CONTRACT_STATE_COUNT; at++)
        assert_string_equal(contract_state_name((enum contract_state)at),
                            names[at - CONTRACT_PREPARED]);
}

static void only_a_settled_contract_has_settled_energy(void **state)
{
    (void)state;
    struct stage s;
    for (uint32_t at = CONTRACT_PREPARED; at < CONTRACT_STATE_COUNT; at++) {
        bring(&s, (enum contract_state)at);
        assert_int_equal(contract_settled(&s.c).wh, at == CONTRACT_SETTLED ? pass.settled.wh : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state_is_allowed_or_has_its_code),
        cmocka_unit_test(after_the_windows_the_codes_are_late_and_closed),
        cmocka_unit_test(only_the_rank_in_office_gives_a_result_and_only_the_judges),
        cmocka_unit_test(a_rank_ends_at_its_deadline_and_a_stage_at_its_own),
        cmocka_unit_test(vacancy_passes_the_office_on_at_once_and_absence_only_on_coming_in),
        cmocka_unit_test(a_seller_that_is_ejected_after_the_judge_fails_c4),
        cmocka_unit_test(the_temporary_view_is_for_the_cluster_alone),
        cmocka_unit_test(a_voter_whose_seat_is_known_is_not_searched),
        cmocka_unit_test(each_state_has_the_name_of_the_tables),
        cmocka_unit_test(only_a_settled_contract_has_settled_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
