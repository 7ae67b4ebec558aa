/* SPDX-License-Identifier: Apache-2.0 */
/* RULE op.1, trade.4, trade.9 to trade.11: results, ballots, deadlines and decisions on rows. */
#include "ledger/test_trade.h"

static const struct kit_plan plan = {.members = 40, .seats = 7, .feeders = 3, .is_mature = true};

static uint32_t seat(const struct kit *k, uint64_t number, uint32_t rank)
{
    return kit_machine(k, number)->cluster[rank];
}

/* Four contracts that wait for their first rank; block 2. */
static void open_trades(struct kit *k)
{
    kit_open(k, &plan);
    kit_trade(k, 4);
    kit_begin(k, 2000);
    due_run(k->l);
    assert_int_equal(kit_machine(k, 1)->state, CONTRACT_EXEC_WAIT);
}

static void close_trades(struct kit *k)
{
    kit_end(k);
    kit_close(k);
}

/* Ranks 1 to 3 and the leader make the quorum of seven; the fifth bit changes nothing. */
static void a_quorum_moves_the_contract_on_in_phase_5(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    assert_int_equal(kit_result(&k, seat(&k, 1, 0), CONTRACT_EXEC, 1), ERR_OK);
    for (uint32_t rank = 1; rank < 3; rank++)
        assert_int_equal(kit_vote(&k, seat(&k, 1, rank), STAGE_EXEC, 1, true), ERR_OK);
    kit_end(&k);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_EXEC_VOTE);
    kit_begin(&k, 3000);
    assert_int_equal(kit_vote(&k, seat(&k, 1, 3), STAGE_EXEC, 1, true), ERR_OK);
    assert_int_equal(kit_vote(&k, seat(&k, 1, 4), STAGE_EXEC, 1, true), ERR_OK);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_EXEC_VOTE);
    kit_end(&k);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_FINAL_WAIT);
    kit_begin(&k, 4000); /* ballots of the first stage are still taken */
    assert_int_equal(kit_vote(&k, seat(&k, 1, 5), STAGE_EXEC, 1, true), ERR_OK);
    assert_int_equal(kit_result(&k, seat(&k, 1, 0), CONTRACT_FINAL, 1), ERR_OK);
    for (uint32_t rank = 1; rank < 4; rank++)
        assert_int_equal(kit_vote(&k, seat(&k, 1, rank), STAGE_FINAL, 1, true), ERR_OK);
    kit_end(&k);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_SETTLED);
    kit_begin(&k, 5000);
    assert_int_equal(kit_vote(&k, seat(&k, 1, 6), STAGE_FINAL, 1, false), ERR_OK);
    close_trades(&k);
}

static void contracts_are_decided_by_number_whatever_the_order_of_ballots(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    for (uint64_t number = 4; number > 0; number--) {
        assert_int_equal(kit_result(&k, seat(&k, number, 0), CONTRACT_EXEC, number), ERR_OK);
        for (uint32_t rank = 1; rank < 6; rank++)
            assert_int_equal(kit_vote(&k, seat(&k, number, rank), STAGE_EXEC, number, true),
                             ERR_OK);
    }
    assert_int_equal(k.l->decide_count, 4); /* each once */
    kit_end(&k);
    for (uint64_t number = 1; number <= 4; number++)
        assert_int_equal(kit_machine(&k, number)->state, CONTRACT_FINAL_WAIT);
    kit_begin(&k, 3000);
    close_trades(&k);
}

/* Somebody with at least two duties whose first two contracts it does not lead. */
static uint32_t find_peer(const struct kit *k, uint64_t contracts[2])
{
    for (uint32_t slot = 1; slot <= plan.members; slot++) {
        struct trade_duty duty[2];
        if (trade_duty_count(k->l, 0, ROUND_FORWARD, slot) < 2)
            continue;
        for (uint32_t i = 0; i < 2; i++)
            assert_true(trade_duty_get(k->l, KIT_INTERVAL, ROUND_FORWARD, slot, i, &duty[i]));
        contracts[0] = duty[0].contract;
        contracts[1] = duty[1].contract;
        if (duty[0].rank > 0 && duty[1].rank > 0)
            return slot;
    }
    fail();
    return 0;
}

static bool has_voted(const struct kit *k, uint64_t number, uint32_t slot)
{
    const struct contract *c = kit_machine(k, number);
    for (uint32_t rank = 0; rank < c->cluster_count; rank++)
        if (c->cluster[rank] == slot)
            return c->offices[CONTRACT_EXEC].voted[rank / 8] >> rank % 8 & 1;
    return false;
}

static void a_bit_beyond_the_list_refuses_the_ballot(void **state)
{
    (void)state;
    struct kit k;
    uint64_t of[2];
    open_trades(&k);
    const uint32_t slot = find_peer(&k, of);
    const uint32_t count = trade_duty_count(k.l, 0, ROUND_FORWARD, slot);
    const uint8_t all = (uint8_t)((1U << count) - 1), more = (uint8_t)(all << 1 | 1), one = 1;
    for (uint64_t number = 1; number <= 4; number++)
        assert_int_equal(kit_result(&k, seat(&k, number, 0), CONTRACT_EXEC, number), ERR_OK);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, 0, &more, &more, 1), ERR_NO_DUTY);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, 1, &all, &all, 1), ERR_NO_DUTY);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, count, &one, &one, 1), ERR_NO_DUTY);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, UINT32_MAX, &one, &one, 1), ERR_NO_DUTY);
    assert_false(has_voted(&k, of[0], slot));
    assert_false(page_get(k.l, 0, slot, KIT_INTERVAL)->did_duty[0]);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, 0, &all, &all, 1), ERR_OK);
    assert_true(has_voted(&k, of[0], slot));
    assert_true(has_voted(&k, of[1], slot));
    assert_true(page_get(k.l, 0, slot, KIT_INTERVAL)->did_duty[0]);
    assert_int_equal(kit_ballot(&k, 1, STAGE_EXEC, count, &one, &one, 1), ERR_NO_DUTY);
    close_trades(&k);
}

/* The first contract of the peer has no result yet, the second has. */
static void bits_stand_alone_and_the_first_refused_one_gives_the_code(void **state)
{
    (void)state;
    struct kit k;
    uint64_t of[2];
    open_trades(&k);
    const uint32_t slot = find_peer(&k, of);
    const uint8_t both = 3, second = 2;
    assert_int_equal(kit_result(&k, seat(&k, of[1], 0), CONTRACT_EXEC, of[1]), ERR_OK);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, 0, &both, &second, 1), ERR_EARLY);
    assert_false(has_voted(&k, of[0], slot));
    assert_true(has_voted(&k, of[1], slot));
    assert_int_equal(kit_result(&k, seat(&k, of[0], 0), CONTRACT_EXEC, of[0]), ERR_OK);
    assert_int_equal(kit_ballot(&k, slot, STAGE_EXEC, 0, &both, &both, 1), ERR_VOTED);
    assert_true(has_voted(&k, of[0], slot));
    assert_int_equal(kit_machine(&k, of[0])->offices[CONTRACT_EXEC].agree_count, 2);
    assert_int_equal(kit_machine(&k, of[1])->offices[CONTRACT_EXEC].agree_count, 2);
    assert_int_equal(kit_vote(&k, slot, STAGE_FINAL, of[0], true), ERR_EARLY);
    close_trades(&k);
}

static enum err offer(struct kit *k, uint32_t slot, uint64_t number, int64_t settled_wh)
{
    struct result_item item = {.contract = number,
                               .result = RESULT_PASS,
                               .settled_wh = settled_wh,
                               .payment_micro = settled_wh * KIT_PRICE / 1000};
    const struct leader_result op = {.items = &item, .item_count = 1};
    const struct op_signer s = kit_signer(slot);
    return result_op(k->l, &s, CONTRACT_EXEC, &op);
}

static void a_wrong_result_is_recorded_and_the_next_rank_leads(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    assert_int_equal(offer(&k, seat(&k, 2, 1), 2, KIT_WH), ERR_NOT_RANK);
    assert_int_equal(offer(&k, seat(&k, 2, 0), 9, KIT_WH), ERR_NO_CONTRACT);
    assert_int_equal(log_count(k.l), 0);
    assert_int_equal(offer(&k, seat(&k, 2, 0), 2, KIT_WH - 1), ERR_RESULT_WRONG);
    assert_int_equal(log_count(k.l), 1);
    assert_int_equal(log_get(k.l, 0).bytes.at[0], RECORD_WRONG);
    assert_int_equal(kit_machine(&k, 2)->rank, 1);
    assert_int_equal(offer(&k, seat(&k, 2, 0), 2, KIT_WH), ERR_NOT_RANK);
    assert_int_equal(offer(&k, seat(&k, 2, 1), 2, KIT_WH), ERR_OK);
    assert_int_equal(offer(&k, seat(&k, 2, 1), 2, KIT_WH), ERR_WRONG_STATE);
    assert_int_equal(kit_result(&k, seat(&k, 3, 0), CONTRACT_FINAL, 3), ERR_EARLY);
    close_trades(&k);
}

/* Items stand alone: the second is refused, the first and the third are taken. */
static void items_stand_alone(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    const uint32_t slot = seat(&k, 1, 0);
    struct result_item items[3];
    for (uint64_t i = 0; i < 3; i++)
        items[i] = (struct result_item){i + 1, RESULT_PASS, KIT_WH, KIT_WH * KIT_PRICE / 1000};
    for (uint64_t number = 2; number <= 3; number++) {
        uint32_t *cluster = trade_cluster(k.l, contract_find(k.l, number));
        cluster[0] = number == 3 ? slot : (slot == 40 ? 39 : 40);
    }
    const struct leader_result op = {.items = items, .item_count = 3};
    const struct op_signer s = kit_signer(slot);
    assert_int_equal(result_op(k.l, &s, CONTRACT_EXEC, &op), ERR_NOT_RANK);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_EXEC_VOTE);
    assert_int_equal(kit_machine(&k, 2)->state, CONTRACT_EXEC_WAIT);
    assert_int_equal(kit_machine(&k, 3)->state, CONTRACT_EXEC_VOTE);
    close_trades(&k);
}

static void a_silent_rank_ends_at_its_deadline(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    kit_end(&k);
    const uint64_t deadline_ms = kit_machine(&k, 1)->deadline_ms;
    kit_pass(&k, deadline_ms - 1);
    assert_int_equal(kit_machine(&k, 1)->rank, 0);
    kit_pass(&k, deadline_ms);
    assert_int_equal(kit_machine(&k, 1)->rank, 1);
    assert_int_equal(kit_machine(&k, 1)->offices[CONTRACT_EXEC].did[0], DID_SILENT);
    kit_close(&k);
}

/* RULE ledger.6: no budget in this block, so that the first rank's end waits. */
static void what_waits_for_budget_is_late(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    assert_int_equal(kit_result(&k, seat(&k, 2, 0), CONTRACT_EXEC, 2), ERR_OK);
    kit_end(&k);
    const uint64_t deadline_ms = kit_machine(&k, 1)->deadline_ms;
    kit_begin(&k, deadline_ms);
    k.l->now.steps_left = 0;
    due_run(k.l);
    assert_int_equal(kit_result(&k, seat(&k, 1, 0), CONTRACT_EXEC, 1), ERR_LATE);
    assert_int_equal(kit_result(&k, seat(&k, 1, 1), CONTRACT_EXEC, 1), ERR_LATE);
    assert_int_equal(kit_result(&k, seat(&k, 1, 0), CONTRACT_FINAL, 1), ERR_EARLY);
    assert_int_equal(kit_vote(&k, seat(&k, 1, 1), STAGE_EXEC, 1, true), ERR_EARLY);
    assert_int_equal(kit_vote(&k, seat(&k, 2, 1), STAGE_EXEC, 2, true), ERR_OK);
    kit_end(&k);
    kit_begin(&k, kit_machine(&k, 2)->deadline_ms);
    k.l->now.steps_left = 0;
    assert_int_equal(kit_vote(&k, seat(&k, 2, 2), STAGE_EXEC, 2, true), ERR_LATE);
    close_trades(&k);
}

static void a_vacated_office_is_passed_on_in_the_same_block(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    kit_end(&k);
    kit_begin(&k, 2500);
    assert_int_equal(member_expel(k.l, seat(&k, 1, 0), STATUS_REVOKED), ERR_OK);
    kit_end(&k);
    kit_begin(&k, 3000);
    members_bind(k.l);
    due_run(k.l);
    assert_int_equal(kit_machine(&k, 1)->rank, 1);
    assert_int_equal(kit_machine(&k, 1)->offices[CONTRACT_EXEC].did[0], DID_VACANT);
    assert_int_equal(kit_machine(&k, 1)->deadline_ms, 3000 + k.l->params->windows.exec_ms);
    close_trades(&k);
}

/* Three members: who is neither seller nor buyer is its contract's cluster. */
static void a_cluster_of_one_agrees_with_itself(void **state)
{
    (void)state;
    static const struct kit_plan three = {
        .members = 3, .seats = 7, .feeders = 1, .is_mature = true};
    struct kit k;
    kit_open(&k, &three);
    kit_trade(&k, 1);
    kit_begin(&k, 2000);
    assert_int_equal(kit_machine(&k, 1)->cluster_count, 1);
    assert_int_equal(kit_result(&k, 3, CONTRACT_EXEC, 1), ERR_OK);
    kit_end(&k);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_FINAL_WAIT);
    kit_begin(&k, 3000);
    assert_int_equal(kit_result(&k, 3, CONTRACT_FINAL, 1), ERR_OK);
    kit_end(&k);
    assert_int_equal(kit_machine(&k, 1)->state, CONTRACT_SETTLED);
    kit_close(&k);
}

/* RULE op.2: refused ballots and results change nothing that is hashed. */
static void a_refusal_changes_nothing(void **state)
{
    (void)state;
    struct kit k;
    open_trades(&k);
    const uint8_t one = 1;
    kit_end(&k);
    struct hash roots[STORE_COUNT];
    memcpy(roots, k.l->roots, sizeof roots);
    kit_begin(&k, 3000);
    assert_int_equal(kit_vote(&k, seat(&k, 1, 1), STAGE_EXEC, 1, true), ERR_EARLY);
    assert_int_equal(offer(&k, seat(&k, 2, 1), 2, KIT_WH), ERR_NOT_RANK);
    assert_int_equal(kit_ballot(&k, 1, STAGE_EXEC, 99, &one, &one, 1), ERR_NO_DUTY);
    kit_end(&k);
    for (uint32_t id = 0; id < STORE_COUNT; id++)
        assert_true(id == STORE_HEAD || hash_equal(&roots[id], &k.l->roots[id]));
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quorum_moves_the_contract_on_in_phase_5),
        cmocka_unit_test(contracts_are_decided_by_number_whatever_the_order_of_ballots),
        cmocka_unit_test(a_bit_beyond_the_list_refuses_the_ballot),
        cmocka_unit_test(bits_stand_alone_and_the_first_refused_one_gives_the_code),
        cmocka_unit_test(a_wrong_result_is_recorded_and_the_next_rank_leads),
        cmocka_unit_test(items_stand_alone),
        cmocka_unit_test(a_silent_rank_ends_at_its_deadline),
        cmocka_unit_test(what_waits_for_budget_is_late),
        cmocka_unit_test(a_vacated_office_is_passed_on_in_the_same_block),
        cmocka_unit_test(a_cluster_of_one_agrees_with_itself),
        cmocka_unit_test(a_refusal_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
