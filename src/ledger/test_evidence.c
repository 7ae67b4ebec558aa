/* SPDX-License-Identifier: Apache-2.0 */
/* RULE evid.1: what contradicts what, and what follows. Signatures are taken as checked. */
#include "core/score.h"
#include "ledger/test_offer.h"

static struct request_verdict lines[2][2];
static struct contract_ref refs[2][2];
static struct result_item items[2][2];

/* Both ops in envelopes of member 2 that expire at @expires. */
static struct op evidence(struct kit *k, struct op *first, struct op *second, uint64_t expires)
{
    static uint8_t room[2][WIRE_ENVELOPE_BYTES_MAX];
    struct op *const both[] = {first, second};
    struct span two[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct envelope e = kit_envelope(k, 2, both[i]);
        e.expires_height = expires;
        const struct span kept = kit_keep(k, &e);
        memcpy(room[i], kept.at, kept.len);
        two[i] = (struct span){room[i], kept.len};
    }
    struct op op = kit_op(OP_MEMBER_EVIDENCE);
    op.member_evidence = (struct member_evidence){two[0], two[1]};
    return op;
}

/* Said by member 1, and then taken back so that the next one finds member 2 as it was. */
static enum err verdict(struct kit *k, struct op first, struct op second)
{
    kit_say(k, 1, evidence(k, &first, &second, ledger_height(k->l)));
    kit_block(k, KIT_BLOCK_MS);
    const enum err code = (enum err)k->codes[0];
    const bool is_out = member_get(k->l, 2)->becomes == STATUS_EJECTED;
    assert_int_equal(is_out, code == ERR_OK);
    assert_int_equal(standing_get(k->l, 2)->score == -SCORE_MAX, code == ERR_OK);
    ledger_undo(k->l);
    k->t_ms -= KIT_BLOCK_MS;
    k->nonces[1]--;
    return code;
}

static struct op block(uint32_t side)
{
    struct op op = kit_op(OP_VERIFICATION_BLOCK);
    lines[side][0] = (struct request_verdict){1, true};
    lines[side][1] = (struct request_verdict){2, false};
    op.verification_block = (struct verification_block){
        .slot = 9, .epoch = 3, .time_ms = 50, .verdicts = lines[side], .verdict_count = 2};
    return op;
}

static void two_blocks_of_one_slot_and_epoch_contradict(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    struct op a = block(0), b = block(1);
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE); /* said twice */
    b.verification_block.slot = 10;
    b.verification_block.verdict_count = 1;
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b.verification_block.slot = 9;
    b.verification_block.epoch = 4; /* it began anew under another V */
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b.verification_block.epoch = 3;
    assert_int_equal(verdict(k, a, b), ERR_OK); /* one verdict less */
    b = block(1);
    b.verification_block.time_ms++;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = block(1);
    b.verification_block.previous.bytes[31] = 1;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = block(1);
    lines[1][1].accept = true;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = block(1);
    lines[1][1].request = 3;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    kit_stop(k);
}

static struct op statement(uint32_t side)
{
    struct op op = kit_op(OP_INTERVAL_STATEMENT);
    refs[side][0].contract = 4;
    refs[side][1].contract = 6;
    op.interval_statement = (struct interval_statement){.interval = 7,
                                                        .seq = 1,
                                                        .delivered_wh = 10,
                                                        .taken_wh = 20,
                                                        .refused = refs[side],
                                                        .refused_count = 2,
                                                        .corrects_one = true};
    return op;
}

static void two_statements_of_one_interval_and_number_contradict(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const struct op a = statement(0);
    struct op b = statement(1);
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b.interval_statement.seq = 2; /* a correction */
    b.interval_statement.delivered_wh++;
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b.interval_statement.seq = 1;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b.interval_statement.interval = 8;
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b = statement(1);
    b.interval_statement.taken_wh++;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = statement(1);
    b.interval_statement.register_commitment.bytes[0] = 1;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = statement(1);
    b.interval_statement.corrects.bytes[0] = 1;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = statement(1);
    b.interval_statement.refused_count = 1;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    b = statement(1);
    refs[1][1].contract = 7;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    kit_stop(k);
}

static struct op result(uint32_t side, enum op_kind kind)
{
    struct op op = kit_op(kind);
    items[side][0] = (struct result_item){3, RESULT_PASS, 10, 20};
    items[side][1] = (struct result_item){5, RESULT_PASS, 30, 40};
    op.leader_result = (struct leader_result){items[side], 2};
    return op;
}

static void two_results_of_one_contract_and_stage_contradict(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const struct op a = result(0, OP_LEADER_EXEC);
    struct op b = result(1, OP_LEADER_EXEC);
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    items[1][1].settled_wh++;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    assert_int_equal(verdict(k, b, a), ERR_OK);
    b.kind = OP_LEADER_FINAL; /* another stage */
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b = result(1, OP_LEADER_EXEC);
    items[1][1].payment_micro++;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    items[1][1].contract = 6; /* another contract */
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    b = result(1, OP_LEADER_EXEC);
    b.leader_result.item_count = 1; /* what it leaves out it does not deny */
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    items[1][0] = (struct result_item){5, RESULT_C2, 0, 0};
    assert_int_equal(verdict(k, a, b), ERR_OK);
    kit_stop(k);
}

/* RULE trade.7: after the seller's ejection C4 is as right as pass was before it. */
static void pass_and_c4_with_one_amount_do_not_contradict(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const struct op a = result(0, OP_LEADER_FINAL);
    const struct op b = result(1, OP_LEADER_FINAL);
    items[1][0].result = RESULT_C4;
    assert_int_equal(verdict(k, a, b), ERR_EVIDENCE_NONE);
    assert_int_equal(verdict(k, b, a), ERR_EVIDENCE_NONE);
    items[1][0].settled_wh--;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    items[1][0].settled_wh++;
    items[1][0].result = RESULT_C3;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    items[0][0].result = RESULT_C4;
    assert_int_equal(verdict(k, a, b), ERR_OK);
    kit_stop(k);
}

static void operations_of_two_kinds_never_contradict(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const struct op three[] = {block(0), statement(0), result(0, OP_LEADER_EXEC)};
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j < 3; j++)
            assert_int_equal(verdict(k, three[i], three[j]), ERR_EVIDENCE_NONE);
    kit_stop(k);
}

/* A contradiction may stand anywhere in the two envelopes. */
static void every_operation_is_compared_with_every_other(void **state)
{
    (void)state;
    static uint8_t room[2][WIRE_ENVELOPE_BYTES_MAX];
    struct kit *k = offer_start(3);
    struct op mine[2][3] = {{kit_op(OP_VOLUNTEER), block(0), statement(0)},
                            {statement(1), kit_op(OP_VOLUNTEER), result(1, OP_LEADER_EXEC)}};
    struct op op = kit_op(OP_MEMBER_EVIDENCE);
    struct span two[2];
    mine[1][0].interval_statement.delivered_wh++;
    for (uint32_t i = 0; i < 2; i++) {
        struct envelope e = kit_envelope(k, 2, mine[i]);
        e.op_count = 3;
        const struct span kept = kit_keep(k, &e);
        memcpy(room[i], kept.at, kept.len);
        two[i] = (struct span){room[i], kept.len};
    }
    op.member_evidence = (struct member_evidence){two[0], two[1]};
    assert_int_equal(kit_one(k, 1, op), ERR_OK);
    assert_int_equal(log_count(k->l), 1);
    const struct log_entry entry = log_get(k->l, 0);
    assert_int_equal(entry.bytes.at[0], RECORD_EVIDENCE);
    assert_int_equal(entry.bytes.at[10], 2);
    assert_int_equal(entry.bytes.at[14], OP_INTERVAL_STATEMENT);
    kit_stop(k);
}

static void it_counts_for_evidence_ms_once_an_offence(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t block_ms = k->l->params->times.block_ms;
    struct op a = statement(0), b = statement(1);
    b.interval_statement.taken_wh++;
    kit_blocks(k, 20, KIT_BLOCK_MS);
    k->l->params->windows.evidence_ms = 10 * block_ms;
    kit_say(k, 1, evidence(k, &a, &b, ledger_height(k->l) + 1 - 11));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_EVIDENCE_OLD);
    kit_say(k, 1, evidence(k, &a, &b, ledger_height(k->l) + 1 - 10));
    kit_say(k, 3, evidence(k, &a, &b, ledger_height(k->l) + 1));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_OK);
    assert_int_equal(k->codes[1], ERR_WRONG_STATE);
    assert_int_equal(member_get(k->l, 2)->status, STATUS_ACTIVE);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(member_get(k->l, 2)->status, STATUS_EJECTED); /* from the next block on */
    kit_say(k, 1, evidence(k, &a, &b, ledger_height(k->l)));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_WRONG_STATE);
    kit_stop(k);
}

static void a_key_that_was_lost_proves_nothing(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    struct op a = statement(0), b = statement(1), revoke = kit_revoke(k, 2);
    revoke.cert_revoked.key_is_lost = true;
    b.interval_statement.taken_wh++;
    kit_say(k, 0, revoke);
    kit_say(k, 1, evidence(k, &a, &b, ledger_height(k->l)));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_OK);
    assert_int_equal(k->codes[1], ERR_EVIDENCE_KEY);
    assert_int_equal(standing_get(k->l, 2)->score, 0);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_blocks_of_one_slot_and_epoch_contradict),
        cmocka_unit_test(two_statements_of_one_interval_and_number_contradict),
        cmocka_unit_test(two_results_of_one_contract_and_stage_contradict),
        cmocka_unit_test(pass_and_c4_with_one_amount_do_not_contradict),
        cmocka_unit_test(operations_of_two_kinds_never_contradict),
        cmocka_unit_test(every_operation_is_compared_with_every_other),
        cmocka_unit_test(it_counts_for_evidence_ms_once_an_offence),
        cmocka_unit_test(a_key_that_was_lost_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
