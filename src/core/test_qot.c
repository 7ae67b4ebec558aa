/* SPDX-License-Identifier: Apache-2.0 */
#include "core/test_qot_bench.h"

#include "tests/cmocka_all.h"

/* RULE qot.1, RULE qot.5 */
static void a_success_raises_traders_leader_and_peers_in_this_order(void **state)
{
    (void)state;
    static const enum qot_role roles[] = {QOT_SELLER, QOT_BUYER, QOT_LEADER, QOT_PEER,
                                          QOT_PEER,   QOT_PEER,  QOT_PEER};
    static const int64_t expected[] = {16777216, 16777216, 4194304, 1048576,
                                       1048576,  1048576,  1048576};
    reset();
    t.cluster[1] = 6; /* ranks 1 and 4 change places: peers still come by slot */
    t.cluster[4] = 3;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(t.book.step_count, 7);
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(t.steps[i].member, i);
        assert_int_equal(t.steps[i].role, roles[i]);
        assert_int_equal(t.steps[i].step, expected[i]);
    }
    assert_int_equal(t.book.record.v, 4 * 1048576);
    assert_int_equal(t.book.record.l, 4194304);
    assert_int_equal(t.book.record.f, 2 * 16777216);
    assert_int_equal(t.book.record.alpha, 0);
    assert_int_equal(t.members[0].recent[0], 2);
    assert_int_equal(t.members[1].closed, 1);
    assert_int_equal(t.members[1].quarters, 4);
}

/* RULE qot.5, RULE trade.9: C1 and C4 name the seller, C2 and C3 the buyer. */
static void a_failure_lowers_only_the_party_named_by_alpha(void **state)
{
    (void)state;
    static const int8_t alphas[] = {0, 1, -1, -1, 1};
    for (enum qot_condition c = QOT_C1; c <= QOT_C4; c++) {
        reset();
        decline(c);
        t.contract.s_wh = t.contract.b_wh = 0;
        qot_score_contract(&t.book, &t.contract);
        const uint32_t named = alphas[c] == 1 ? 0 : 1;
        assert_int_equal(t.book.record.alpha, alphas[c]);
        assert_int_equal(t.members[named].score, -67108864);
        assert_int_equal(t.members[1 - named].score, 0);
        assert_int_equal(t.members[1 - named].closed, 1);
        assert_int_equal(t.members[named].quarters, 0);
    }
}

/* RULE qot.6: one eighth for who was right, the whole in paper mode. */
static void who_was_right_on_a_decline_pays_an_eighth(void **state)
{
    (void)state;
    reset();
    decline(QOT_C2);
    t.members[2].score = t.members[3].score = SCORE_MAX / 2;
    qot_score_contract(&t.book, &t.contract);
    const int64_t leader = score_loss(SCORE_MAX / 2, -SCORE_X_MOST, SCORE_LEADER, 8192);
    const int64_t peer = score_loss(SCORE_MAX / 2, -SCORE_X_MOST, SCORE_PEER, 8192);
    assert_int_equal(step_of(2, 0)->step, -leader);
    assert_int_equal(step_of(3, 0)->step, -peer);
    assert_int_equal(step_of(4, 0)->step, 0); /* RULE qot.8: never below zero */
    assert_true(step_of(4, 0)->capped);

    reset();
    decline(QOT_C2);
    t.book.rules.mode = QOT_PAPER;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(step_of(2, 0)->step, -16777216);
    assert_int_equal(step_of(3, 0)->step, -4194304);
    assert_false(step_of(3, 0)->capped);
}

/* RULE qot.8, both sides: eight honest failures an interval count, the ninth does not. */
static void eight_honest_failures_of_an_interval_count(void **state)
{
    (void)state;
    reset();
    decline(QOT_C2);
    t.members[3].score = SCORE_MAX;
    for (int i = 0; i < 9; i++) {
        qot_score_contract(&t.book, &t.contract);
        assert_int_equal(step_of(3, 0)->step < 0, i < 8);
        assert_int_equal(step_of(3, 0)->capped, i == 8);
    }
    memset(t.counts, 0, sizeof t.counts); /* the next interval */
    qot_score_contract(&t.book, &t.contract);
    assert_true(step_of(3, 0)->step < 0);
}

/* RULE qot.8: a second failure takes what is missing to the larger loss, by role. */
static void a_trader_fails_once_an_interval_and_role(void **state)
{
    (void)state;
    reset();
    decline(QOT_C1);
    t.contract.s_wh = 999; /* h small */
    qot_score_contract(&t.book, &t.contract);
    const int64_t first = -step_of(0, 0)->step;
    assert_false(step_of(0, 0)->capped);
    t.contract.s_wh = 0; /* a larger loss, though the pair weighs half by now */
    t.contract.buyer = 7;
    qot_score_contract(&t.book, &t.contract);
    const int32_t before = (int32_t)-first;
    const int64_t larger = score_loss(before, -SCORE_X_MOST, SCORE_TRADER, FIXED_ONE);
    assert_int_equal(step_of(0, 0)->step, -(larger - first));
    assert_true(step_of(0, 0)->capped);
    assert_int_equal(t.counts[0].taken[0], larger);
    t.contract.buyer = 8;
    qot_score_contract(&t.book, &t.contract); /* nothing is larger than that */
    assert_int_equal(step_of(0, 0)->step, 0);
    decline(QOT_C2); /* as buyer the same member fails anew */
    t.contract.seller = 9;
    t.contract.buyer = 0;
    qot_score_contract(&t.book, &t.contract);
    assert_true(step_of(0, 0)->step < 0 && !step_of(0, 0)->capped);
}

/* RULE sample.5: a rank that slept and a seat that said nothing are one silence. */
static void silence_is_scored_once_an_interval_and_stage(void **state)
{
    (void)state;
    reset();
    t.stages[QOT_EXEC].rank_count = 2;
    t.stages[QOT_EXEC].ranks[0] = (struct qot_rank){1, QOT_SILENT};
    t.stages[QOT_EXEC].ranks[1] = (struct qot_rank){0, QOT_RIGHT};
    t.voted[QOT_EXEC] &= (uint8_t)~2; /* rank 1 gave no bit in EXEC and FINAL */
    t.voted[QOT_FINAL] &= (uint8_t)~2;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(step_of(3, 0)->role, QOT_LEADER);
    assert_int_equal(step_of(3, 0)->step, -4096000);
    assert_int_equal(step_of(3, 1)->stage, QOT_EXEC);
    assert_int_equal(step_of(3, 1)->step, 0);
    assert_true(step_of(3, 1)->capped);
    assert_int_equal(step_of(3, 2)->stage, QOT_FINAL);
    assert_true(step_of(3, 2)->step < 0);
    assert_null(step_of(3, 3)); /* and no outcome */
    qot_score_contract(&t.book, &t.contract);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(step_of(3, i)->step, 0);
}

/* RULE qot.5 */
static void the_leader_is_the_rank_whose_right_result_stood_last(void **state)
{
    (void)state;
    reset();
    t.stages[QOT_FINAL].rank_count = 2;
    t.stages[QOT_FINAL].ranks[0] = (struct qot_rank){0, QOT_WRONG};
    t.stages[QOT_FINAL].ranks[1] = (struct qot_rank){1, QOT_RIGHT};
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(step_of(2, 0)->why, QOT_WAS_WRONG);
    assert_int_equal(step_of(2, 0)->step, -6400000); /* e = 5 */
    assert_int_equal(step_of(2, 1)->role, QOT_PEER); /* the seat did its duty all the same */
    assert_int_equal(step_of(2, 1)->why, QOT_OUTCOME);
    assert_int_equal(step_of(3, 0)->role, QOT_LEADER);
    assert_int_equal(step_of(3, 0)->step, 4194304);

    reset();
    t.stages[QOT_FINAL].ranks[0].did = QOT_SILENT; /* nobody led FINAL */
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(step_of(2, 0)->why, QOT_WAS_SILENT);
    assert_null(step_of(2, 1));
}

/* RULE trade.9, RULE qot.2 */
static void a_void_moves_no_trader_and_names_leaders_at_fault(void **state)
{
    (void)state;
    reset();
    t.contract.end = QOT_VOID;
    t.contract.stages[QOT_FINAL] = NULL;
    t.stages[QOT_EXEC].ranks[0].did = QOT_WRONG;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(t.book.record.alpha, 2);
    assert_int_equal(t.book.record.x, 0);
    assert_int_equal(t.book.record.f, 0);
    assert_int_equal(t.book.step_count, 1);
    assert_int_equal(t.members[0].closed, 0);
    t.stages[QOT_EXEC].ranks[0].did = QOT_VACANT;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(t.book.record.alpha, 0);
    assert_int_equal(t.book.step_count, 0);
    t.contract.stages[QOT_EXEC] = NULL;
    assert_int_equal(qot_alpha(&t.contract), 0);
}

/* RULE qot.10, RULE evid.1 */
static void ejection_ends_at_the_bottom_and_takes_no_more_steps(void **state)
{
    (void)state;
    reset();
    t.members[0].score = 77;
    qot_score_ejection(&t.book, 0);
    assert_int_equal(t.members[0].score, -SCORE_MAX);
    assert_false(t.members[0].live);
    assert_int_equal(t.steps[0].step, -SCORE_MAX - INT64_C(77));
    assert_false(t.book.recorded);
    qot_score_ejection(&t.book, 0);
    assert_int_equal(t.book.step_count, 0);
    qot_score_slot(&t.book, 0);
    assert_int_equal(t.book.step_count, 0);
    qot_score_contract(&t.book, &t.contract);
    assert_null(step_of(0, 0));
    assert_int_equal(t.members[0].closed, 1); /* but the trade is closed for both */
}

/* RULE sample.5 */
static void a_silent_slot_takes_the_leaders_step_each_time(void **state)
{
    (void)state;
    reset();
    qot_score_slot(&t.book, 4);
    assert_int_equal(t.members[4].score, -4096000);
    qot_score_slot(&t.book, 4);
    assert_true(t.members[4].score < -4096000);
    assert_false(t.book.recorded);
}

static void score_block(enum qot_block_end end, uint64_t decided, uint64_t verified)
{
    static const struct qot_seat seats[] = {{5, 3, 3}, {4, 3, 1}, {3, 1, 1}, {6, 0, 0}};
    const struct qot_verification v = {.end = end,
                                       .leader = 2,
                                       .verdicts = 3,
                                       .decided = decided,
                                       .verified = verified,
                                       .seat_count = 4,
                                       .seats = seats};
    reset();
    for (uint32_t i = 0; i < MEMBERS; i++)
        t.members[i].score = SCORE_MAX / 4;
    qot_score_verification(&t.book, &v);
    assert_true(t.book.recorded);
}

/* RULE qot.10: two requests; seats 4 (bit on the first), 5 (second refused), 6, and 7 silent. */
static void each_end_of_a_verification_block_has_its_steps(void **state)
{
    (void)state;
    score_block(QOT_DECIDED, 3, 3);
    assert_int_equal(t.book.step_count, 5);
    assert_int_equal(t.steps[0].exponent, 3);
    assert_int_equal(t.steps[0].x, 131072);
    assert_int_equal(t.steps[1].member, 3); /* by slot */
    assert_int_equal(t.steps[1].x, 131072); /* a missing bit does not count */
    assert_int_equal(t.steps[2].why, QOT_WAS_FALSE);
    assert_int_equal(t.steps[2].kappa, FIXED_ONE);
    assert_int_equal(t.steps[4].why, QOT_WAS_SILENT);

    score_block(QOT_DECIDED, 1, 0); /* the first rejected, the second open */
    assert_int_equal(t.steps[0].why, QOT_WAS_FALSE);
    assert_int_equal(t.steps[0].exponent, 3);
    assert_int_equal(t.steps[1].why, QOT_WAS_FALSE);

    score_block(QOT_BLOCK_DECLINED, 0, 0);
    assert_int_equal(t.steps[0].kappa, FIXED_ONE);
    assert_int_equal(t.steps[0].x, -81920);
    for (uint32_t i = 1; i < 4; i++)
        assert_int_equal(t.steps[i].kappa, FIXED_ONE); /* each agreed with a verdict */

    score_block(QOT_TIMED_OUT, 0, 0);
    assert_int_equal(t.book.step_count, 1);
    assert_int_equal(t.steps[0].member, 6);
    score_block(QOT_STRUCK, 0, 0);
    assert_int_equal(t.book.step_count, 0);
}

/* RULE qot.6: of a block that was declined, who had refused all that it says pays an eighth; the
 * paper to the letter knows no such thing. */
static void who_disagreed_with_a_declined_block_was_right(void **state)
{
    (void)state;
    static const struct qot_seat seats[] = {{3, 3, 0}, {4, 3, 2}, {5, 1, 0}};
    const struct qot_verification v = {
        .end = QOT_BLOCK_DECLINED, .leader = 2, .verdicts = 3, .seat_count = 3, .seats = seats};
    static const enum qot_mode modes[] = {QOT_REPAIRED, QOT_PAPER};
    for (uint32_t i = 0; i < 2; i++) {
        const int64_t right = modes[i] == QOT_REPAIRED ? SCORE_KAPPA_RIGHT : FIXED_ONE;
        reset();
        t.book.rules.mode = modes[i];
        qot_score_verification(&t.book, &v);
        assert_int_equal(t.book.step_count, 4);
        assert_int_equal(t.steps[1].kappa, right);
        assert_int_equal(t.steps[2].kappa, FIXED_ONE); /* agreed with one verdict */
        assert_int_equal(t.steps[3].kappa, right);
    }
}

static void a_silent_member_that_has_left_takes_no_step(void **state)
{
    (void)state;
    reset();
    t.members[4].live = false;
    qot_score_slot(&t.book, 4);
    assert_int_equal(t.members[4].score, 0);
    assert_int_equal(t.book.step_count, 0);
}

static void an_unwitnessed_trade_counts_a_quarter(void **state)
{
    (void)state;
    reset();
    t.contract.unwitnessed = true;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(t.members[0].quarters, 1);
    assert_int_equal(t.members[1].quarters, 1);
}

/* Metamorphic: C1 of a contract is C2 or C3 of its mirror image, member by member. */
static void a_mirrored_failure_has_mirrored_steps(void **state)
{
    (void)state;
    for (int64_t delivered = 0; delivered < 1000; delivered += 111) {
        reset();
        decline(QOT_C1);
        t.contract.s_wh = delivered;
        qot_score_contract(&t.book, &t.contract);
        const int64_t seller = step_of(0, 0)->step;
        reset();
        decline(QOT_C3);
        t.contract.b_wh = delivered;
        qot_score_contract(&t.book, &t.contract);
        assert_int_equal(step_of(1, 0)->step, seller);
        assert_int_equal(t.book.record.alpha, -1);
    }
}

/* The largest cluster and every office held: steps stay within the stated room. */
static void the_largest_contract_fits_its_room(void **state)
{
    (void)state;
    enum { ALL = QOT_CLUSTER_MAX + 2 };
    static struct standing members[ALL];
    static struct qot_counts counts[ALL];
    static uint32_t cluster[QOT_CLUSTER_MAX];
    static const uint8_t none[(QOT_CLUSTER_MAX + 7) / 8];
    static struct qot_stage_log log;
    reset();
    for (uint32_t i = 0; i < ALL; i++)
        members[i] = (struct standing){.slot = ALL - i, .live = true};
    for (uint32_t i = 0; i < QOT_CLUSTER_MAX; i++)
        cluster[i] = 2 + i;
    log.rank_count = QOT_RANKS_MAX;
    for (uint32_t i = 0; i < QOT_RANKS_MAX; i++)
        log.ranks[i] = (struct qot_rank){i, i + 1 < QOT_RANKS_MAX ? QOT_WRONG : QOT_RIGHT};
    log.voted = log.agree = none;
    t.book.members = members;
    t.book.counts = counts;
    t.book.member_count = ALL;
    t.contract.cluster = cluster;
    t.contract.cluster_count = QOT_CLUSTER_MAX;
    t.contract.stages[0] = t.contract.stages[1] = &log;
    qot_score_contract(&t.book, &t.contract);
    assert_int_equal(t.book.step_count,
                     2 + 2 * (QOT_RANKS_MAX - 1) + 1 + 2 * (QOT_CLUSTER_MAX - 1));
    assert_true(t.book.step_count <= QOT_STEPS_MAX);
    assert_int_equal(t.steps[t.book.step_count - 1].member, 2); /* the highest slot is last */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_success_raises_traders_leader_and_peers_in_this_order),
        cmocka_unit_test(a_failure_lowers_only_the_party_named_by_alpha),
        cmocka_unit_test(who_was_right_on_a_decline_pays_an_eighth),
        cmocka_unit_test(eight_honest_failures_of_an_interval_count),
        cmocka_unit_test(a_trader_fails_once_an_interval_and_role),
        cmocka_unit_test(silence_is_scored_once_an_interval_and_stage),
        cmocka_unit_test(the_leader_is_the_rank_whose_right_result_stood_last),
        cmocka_unit_test(a_void_moves_no_trader_and_names_leaders_at_fault),
        cmocka_unit_test(ejection_ends_at_the_bottom_and_takes_no_more_steps),
        cmocka_unit_test(a_silent_slot_takes_the_leaders_step_each_time),
        cmocka_unit_test(each_end_of_a_verification_block_has_its_steps),
        cmocka_unit_test(who_disagreed_with_a_declined_block_was_right),
        cmocka_unit_test(a_silent_member_that_has_left_takes_no_step),
        cmocka_unit_test(an_unwitnessed_trade_counts_a_quarter),
        cmocka_unit_test(a_mirrored_failure_has_mirrored_steps),
        cmocka_unit_test(the_largest_contract_fits_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
