/* SPDX-License-Identifier: Apache-2.0 */
/* RULE qot.1, ledger.1, sample.5: steps of a closed contract, its record, the end of its round. */
#include "ledger/test_trade.h"

#include "crypto/merkle.h"

enum { CONTRACTS = 4, VOTE_MS = 15000 };

static const struct kit_plan plan = {.members = 40, .seats = 7, .feeders = 3, .is_mature = true};

/* Everybody but @silent says what is right about @number, in both stages; two blocks from @a_ms. */
static void carry_out(struct kit *k, uint64_t number, uint32_t silent, uint64_t a_ms)
{
    uint32_t cluster[CONTRACT_CLUSTER_MAX];
    const uint32_t count = kit_machine(k, number)->cluster_count;
    memcpy(cluster, kit_machine(k, number)->cluster, count * sizeof *cluster);
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        kit_begin(k, a_ms + stage);
        assert_int_equal(kit_result(k, cluster[0], (enum contract_stage)stage, number), ERR_OK);
        for (uint32_t rank = 1; rank < count; rank++)
            if (cluster[rank] != silent)
                assert_int_equal(kit_vote(k, cluster[rank],
                                          stage == CONTRACT_EXEC ? STAGE_EXEC : STAGE_FINAL, number,
                                          true),
                                 ERR_OK);
        kit_end(k);
    }
    assert_int_equal(kit_machine(k, number)->state, CONTRACT_SETTLED);
}

/* A member with a duty that leads nothing. */
static uint32_t find_peer(const struct kit *k)
{
    for (uint32_t slot = 1; slot <= plan.members; slot++) {
        bool leads = false;
        for (uint64_t number = 1; number <= CONTRACTS; number++)
            leads = leads || kit_machine(k, number)->cluster[0] == slot;
        if (!leads && trade_duty_count(k->l, 0, ROUND_FORWARD, slot) > 0)
            return slot;
    }
    fail();
    return 0;
}

/* What core/qot.h does to the rows as they are, for a settled contract in which @silent was. */
static void expect_steps(struct standing *rows, struct qot_counts *counts, struct qot_book *book,
                         const struct contract *c)
{
    static struct qot_stage_log logs[2];
    static struct sort_item scratch[QOT_SCRATCH_ITEMS];
    static struct qot_step steps[QOT_STEPS_MAX];
    for (uint32_t stage = 0; stage < 2; stage++)
        logs[stage] = (struct qot_stage_log){.rank_count = 1,
                                             .ranks = {{0, QOT_RIGHT}},
                                             .voted = c->offices[stage].voted,
                                             .agree = c->offices[stage].agree};
    const struct qot_contract q = {.number = c->number,
                                   .interval = KIT_INTERVAL,
                                   .seller = c->seller,
                                   .buyer = c->buyer,
                                   .energy_wh = KIT_WH,
                                   .s_wh = KIT_WH,
                                   .b_wh = KIT_WH,
                                   .settled_wh = KIT_WH,
                                   .end = QOT_SETTLED,
                                   .cluster_count = c->cluster_count,
                                   .cluster = c->cluster,
                                   .stages = {&logs[0], &logs[1]}};
    *book = (struct qot_book){.rules = {QOT_REPAIRED, 1000},
                              .active = plan.members,
                              .now_interval = KIT_INTERVAL + 1,
                              .member_count = plan.members + 1,
                              .members = rows,
                              .counts = counts,
                              .scratch = scratch,
                              .steps = steps};
    qot_score_contract(book, &q);
}

static void steps_are_those_of_the_rules_and_stand_in_the_record(void **state)
{
    (void)state;
    static struct standing rows[41];
    static struct qot_counts counts[41];
    struct qot_book book;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, CONTRACTS);
    const uint32_t silent = find_peer(&k);
    for (uint64_t number = 1; number <= CONTRACTS; number++)
        carry_out(&k, number, silent, 2000 + 10 * number);
    kit_begin(&k, 2011 + VOTE_MS); /* the first one's last window is over */
    for (uint32_t slot = 1; slot <= plan.members; slot++)
        rows[slot] = *standing_get(k.l, slot);
    expect_steps(rows, counts, &book, kit_machine(&k, 1));
    due_run(k.l);
    assert_int_equal(kit_round(&k)->unscored_count, CONTRACTS - 1);
    assert_true(book.step_count > 7);
    for (uint32_t slot = 1; slot <= plan.members; slot++)
        assert_memory_equal(&rows[slot], standing_get(k.l, slot), sizeof rows[slot]);
    assert_int_equal(log_count(k.l), 1);
    const struct span record = log_get(k.l, 0).bytes;
    struct bytes_reader r;
    bytes_reader_init(&r, record);
    assert_int_equal(bytes_read_u8(&r), RECORD_CONTRACT);
    assert_int_equal(bytes_read_u8(&r), 1); /* format */
    assert_int_equal(bytes_read_u64(&r), k.l->now.height);
    assert_int_equal(bytes_read_u64(&r), 1);
    assert_int_equal(bytes_read_u64(&r), KIT_INTERVAL);
    bytes_reader_init(&r, (struct span){record.at + record.len - 32 - 4 - 8, 12});
    assert_int_equal((int64_t)bytes_read_u64(&r), book.record.q);
    assert_int_equal(bytes_read_u32(&r), book.step_count);
    kit_end(&k);
    kit_close(&k);
}

/* RULE op.1: positions stay while any contract of the round is unscored, also over a rebuild. */
static void rows_and_lists_stay_until_the_rounds_last_score(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, CONTRACTS);
    const uint32_t leader = kit_machine(&k, 1)->cluster[0];
    const uint32_t last = kit_machine(&k, CONTRACTS)->cluster[1];
    const uint32_t position = kit_position(&k, last, CONTRACTS);
    for (uint64_t number = 1; number <= CONTRACTS; number++)
        carry_out(&k, number, 0, 2000 + 10 * number);
    kit_begin(&k, 2011 + VOTE_MS);
    due_run(k.l);
    assert_true(kit_machine(&k, 1)->is_scored);
    state_rebuild(k.l);
    assert_int_equal(kit_position(&k, leader, 1), 0);
    assert_int_equal(kit_position(&k, last, CONTRACTS), position);
    assert_int_equal(kit_vote(&k, kit_machine(&k, 1)->cluster[1], STAGE_EXEC, 1, true), ERR_CLOSED);
    assert_int_equal(kit_result(&k, leader, CONTRACT_EXEC, 1), ERR_CLOSED);
    kit_end(&k);
    kit_pass(&k, 3000 + VOTE_MS);
    for (uint64_t number = 1; number <= CONTRACTS; number++)
        assert_int_equal(contract_find(k.l, number), TRADE_NO_PLACE);
    for (uint32_t slot = 1; slot <= plan.members; slot++)
        assert_int_equal(trade_duty_count(k.l, 0, ROUND_FORWARD, slot), 0);
    assert_int_equal(k.l->index.contracts.places.count, 0);
    kit_close(&k);
}

/* RULE sample.5: who had duties and did none of them; not whoever was never asked. */
static void presence_is_told_when_the_round_is_over(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, CONTRACTS);
    const uint32_t silent = find_peer(&k);
    kit_begin(&k, 1500);
    for (uint32_t slot = 1; slot <= plan.members; slot++)
        member_edit(k.l, slot)->rounds_missed = 1;
    member_edit(k.l, silent)->rounds_missed = 0;
    kit_end(&k);
    bool duty[41] = {false};
    for (uint32_t slot = 1; slot <= plan.members; slot++)
        duty[slot] = trade_duty_count(k.l, 0, ROUND_FORWARD, slot) > 0;
    for (uint64_t number = 1; number <= CONTRACTS; number++)
        carry_out(&k, number, silent, 2000 + 10 * number);
    kit_pass(&k, 3000 + VOTE_MS);
    uint32_t idle = 0;
    for (uint32_t slot = 1; slot <= plan.members; slot++) {
        const uint32_t expected = slot == silent ? 1 : !duty[slot];
        assert_int_equal(member_get(k.l, slot)->rounds_missed, expected);
        idle += !duty[slot];
    }
    assert_true(idle > 0);
    kit_close(&k);
}

/* Nobody says anything: the ranks were due and silent, their peers never had anything to vote on.
 */
static void who_was_never_asked_has_missed_nothing(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, 1);
    uint32_t cluster[7];
    memcpy(cluster, kit_machine(&k, 1)->cluster, sizeof cluster);
    const uint64_t exec_ms = k.l->params->windows.exec_ms;
    for (uint32_t rank = 0; rank < 3; rank++) {
        kit_pass(&k, kit_machine(&k, 1)->deadline_ms);
        assert_int_equal(member_get(k.l, cluster[rank])->rounds_missed, rank == 2);
    }
    assert_int_equal(k.a_ms, 1000 + 3 * exec_ms);
    for (uint32_t rank = 0; rank < 7; rank++)
        assert_int_equal(member_get(k.l, cluster[rank])->rounds_missed, rank < 3);
    assert_true(standing_get(k.l, cluster[2])->score < 0);
    assert_int_equal(standing_get(k.l, cluster[3])->score, 0);
    assert_int_equal(standing_get(k.l, 1)->closed, 0); /* VOID */
    kit_close(&k);
}

/* A party was revoked before there was a page: no steps, and the row is free at once. */
static void a_void_contract_without_a_page_is_scored_at_once(void **state)
{
    (void)state;
    const struct contract_event revoked = {.kind = CONTRACT_EV_REVOKED};
    struct kit k;
    kit_open(&k, &plan);
    struct ledger_interval *interval = interval_edit(k.l, 0);
    interval->page = 0;
    interval->rounds[0].phase = PHASE_OPEN;
    (void)kit_contract(&k, 1, 2);
    const uint64_t other = kit_contract(&k, 3, 4);
    trade_run(k.l, contract_find(k.l, 1), &revoked, k.a_ms);
    due_run(k.l);
    assert_int_equal(contract_find(k.l, 1), TRADE_NO_PLACE);
    assert_int_not_equal(contract_find(k.l, other), TRADE_NO_PLACE);
    assert_int_equal(kit_round(&k)->unscored_count, 1);
    assert_int_equal(log_count(k.l), 1);
    kit_end(&k);
    kit_close(&k);
}

static void a_scored_block_can_be_undone(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, CONTRACTS);
    const uint32_t silent = find_peer(&k);
    for (uint64_t number = 1; number <= CONTRACTS; number++)
        carry_out(&k, number, silent, 2000 + 10 * number);
    for (uint32_t turn = 0; turn < 2; turn++) { /* one contract, then the rest with the round */
        const uint64_t a_ms = (turn == 0 ? 2011 : 3000) + VOTE_MS;
        const struct hash before = ledger_app_hash(k.l);
        kit_pass(&k, a_ms);
        const struct hash once = ledger_app_hash(k.l);
        ledger_undo(k.l);
        const struct hash undone = ledger_app_hash(k.l);
        assert_true(hash_equal(&before, &undone));
        assert_int_equal(kit_position(&k, silent, 99), UINT32_MAX);
        assert_true(trade_duty_count(k.l, 0, ROUND_FORWARD, silent) > 0);
        kit_pass(&k, a_ms);
        const struct hash again = ledger_app_hash(k.l);
        assert_true(hash_equal(&once, &again));
    }
    kit_close(&k);
}

/* RULE ledger.6: a contract with k peers costs k + 3. */
static void scoring_costs_its_cluster_and_three(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, CONTRACTS);
    for (uint64_t number = 1; number <= CONTRACTS; number++)
        carry_out(&k, number, 0, 2000 + 10 * number);
    kit_begin(&k, 3000 + VOTE_MS);
    k.l->now.steps_left = 2 * (7 + 3);
    due_run(k.l);
    assert_int_equal(kit_round(&k)->unscored_count, CONTRACTS - 2);
    assert_true(kit_machine(&k, 2)->is_scored);
    assert_false(kit_machine(&k, 3)->is_scored);
    kit_end(&k);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_those_of_the_rules_and_stand_in_the_record),
        cmocka_unit_test(rows_and_lists_stay_until_the_rounds_last_score),
        cmocka_unit_test(presence_is_told_when_the_round_is_over),
        cmocka_unit_test(who_was_never_asked_has_missed_nothing),
        cmocka_unit_test(a_void_contract_without_a_page_is_scored_at_once),
        cmocka_unit_test(a_scored_block_can_be_undone),
        cmocka_unit_test(scoring_costs_its_cluster_and_three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
