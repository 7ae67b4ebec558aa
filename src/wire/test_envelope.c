/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.4, RULE dos.3: what an envelope and a bundle may hold, and what of an op no single
 * field can say. */
#include "tests/cmocka_all.h"
#include "wire/block.h"
#include "wire/envelope.h"
#include "wire/genesis.h"

#include <stdlib.h>
#include <string.h>

static uint8_t body[WIRE_EVIDENCE_BYTES_MAX], whole[WIRE_EVIDENCE_BYTES_MAX + 100];
static uint8_t arena_memory[ENVELOPE_ARENA_BYTES];

static struct op order_op(uint64_t interval)
{
    return (struct op){.kind = OP_ORDER,
                       .order = {.side = ORDER_OFFER,
                                 .round = ROUND_MEASURED,
                                 .interval = interval,
                                 .energy_wh = 500,
                                 .price_micro_per_kwh = 190000}};
}

static struct envelope envelope_of(struct op *ops, uint32_t count)
{
    return (struct envelope){
        .slot = 7, .nonce = 1, .expires_height = 600, .ops = ops, .op_count = count};
}

static size_t encode(const struct envelope *e)
{
    const struct signature signature = {{1}};
    const size_t len = envelope_encode_body(body, e);
    return envelope_encode(whole, sizeof whole, (struct span){body, len}, &signature);
}

static struct wire_fault decode(struct envelope *out, size_t len)
{
    struct arena arena;
    arena_init(&arena, arena_memory, sizeof arena_memory);
    return envelope_decode(out, (struct span){whole, len}, &arena);
}

static void assert_fault(const struct wire_fault *fault, enum wire_verdict verdict,
                         const char *message, const char *field)
{
    assert_int_equal(fault->verdict, verdict);
    assert_string_equal(fault->message, message);
    assert_string_equal(fault->field, field);
}

static void what_is_encoded_is_decoded(void **state)
{
    (void)state;
    struct op ops[2] = {order_op(3), {.kind = OP_LEAVE}};
    const struct envelope e = envelope_of(ops, 2);
    struct envelope out;
    const size_t len = encode(&e);
    assert_int_equal(decode(&out, len).verdict, WIRE_OK);
    assert_int_equal(out.slot, 7);
    assert_int_equal(out.nonce, 1);
    assert_int_equal(out.expires_height, 600);
    assert_int_equal(out.op_count, 2);
    assert_int_equal(out.ops[0].kind, OP_ORDER);
    assert_int_equal(out.ops[0].order.side, ORDER_OFFER);
    assert_int_equal(out.ops[0].order.interval, 3);
    assert_int_equal(out.ops[0].order.energy_wh, 500);
    assert_int_equal(out.ops[0].order.price_micro_per_kwh, 190000);
    assert_int_equal(out.ops[1].kind, OP_LEAVE);
    assert_int_equal(out.signature.bytes[0], 1);
    assert_int_equal(out.body.len, envelope_encode_body(body, &e));
    assert_memory_equal(out.body.at, body, out.body.len);
}

static void an_envelope_has_one_to_sixty_four_ops(void **state)
{
    (void)state;
    struct op ops[WIRE_OPS_MAX];
    for (uint32_t i = 0; i < WIRE_OPS_MAX; i++)
        ops[i] = order_op(i);
    struct envelope e = envelope_of(ops, WIRE_OPS_MAX), out;
    size_t len = envelope_encode_body(body, &e);
    const struct signature signature = {{1}};
    size_t all = envelope_encode(whole, sizeof whole, (struct span){body, len}, &signature);
    assert_int_equal(decode(&out, all).verdict, WIRE_OK);
    assert_int_equal(out.op_count, WIRE_OPS_MAX);
    memcpy(body + len, "\x2a\x03\x92\x01\x00", 5); /* one more op: Leave */
    all = envelope_encode(whole, sizeof whole, (struct span){body, len + 5}, &signature);
    struct wire_fault fault = decode(&out, all);
    assert_fault(&fault, WIRE_COUNT, "Body", "ops");
    static const uint8_t none[] = {0x08, 0x07, 0x20, 0x01};
    all = envelope_encode(whole, sizeof whole, (struct span){none, sizeof none}, &signature);
    fault = decode(&out, all);
    assert_fault(&fault, WIRE_COUNT, "Body", "ops");
}

static void a_signer_is_a_slot_or_a_key(void **state)
{
    (void)state;
    struct op op = order_op(1);
    struct envelope e = envelope_of(&op, 1), out;
    e.slot = 0;
    memset(e.key.bytes, 9, sizeof e.key.bytes);
    assert_int_equal(decode(&out, encode(&e)).verdict, WIRE_OK);
    assert_int_equal(out.slot, 0);
    assert_memory_equal(out.key.bytes, e.key.bytes, sizeof e.key.bytes);
    const size_t len = envelope_encode_body(body, &e);
    const struct signature signature = {{1}};
    /* Both: the slot before the key. Neither: the body without its first field. */
    memmove(body + 2, body, len);
    memcpy(body, "\x08\x07", 2);
    size_t all = envelope_encode(whole, sizeof whole, (struct span){body, len + 2}, &signature);
    struct wire_fault fault = decode(&out, all);
    assert_fault(&fault, WIRE_RELATION, "Body", "key");
    all = envelope_encode(whole, sizeof whole, (struct span){body + 36, len - 34}, &signature);
    fault = decode(&out, all);
    assert_fault(&fault, WIRE_RELATION, "Body", "key");
}

static struct wire_fault fault_of_op(const uint8_t *op, size_t op_len)
{
    struct envelope out;
    const struct signature signature = {{1}};
    uint8_t frame[200] = {0x08, 0x07, 0x20, 0x01, 0x2a, (uint8_t)op_len};
    assert_true(op_len < 128);
    memcpy(frame + 6, op, op_len);
    const size_t len =
        envelope_encode(whole, sizeof whole, (struct span){frame, 6 + op_len}, &signature);
    return decode(&out, len);
}

static void an_op_has_exactly_one_known_arm(void **state)
{
    (void)state;
    static const uint8_t cancel[] = {0x12, 0x02, 0x08, 0x01};
    static const uint8_t two[] = {0x12, 0x02, 0x08, 0x01, 0x12, 0x02, 0x08, 0x01};
    static const uint8_t reserved[] = {0xd2, 0x01, 0x00};
    static const uint8_t zero[] = {0x02, 0x00};
    assert_int_equal(fault_of_op(cancel, sizeof cancel).verdict, WIRE_OK);
    struct wire_fault fault = fault_of_op(zero, 0);
    assert_fault(&fault, WIRE_ARM, "Op", "");
    fault = fault_of_op(two, sizeof two);
    assert_fault(&fault, WIRE_ARM, "Op", "");
    fault = fault_of_op(reserved, sizeof reserved);
    assert_fault(&fault, WIRE_ARM, "Op", "");
    fault = fault_of_op(zero, sizeof zero);
    assert_fault(&fault, WIRE_ARM, "Op", "");
}

/* RULE evid.1: evidence holds two envelopes and so may be longer than one, but nothing else may. */
static void only_evidence_may_be_long(void **state)
{
    (void)state;
    static uint8_t half[WIRE_ENVELOPE_BYTES_MAX];
    struct op ops[2] = {
        {.kind = OP_MEMBER_EVIDENCE, .member_evidence = {{half, sizeof half}, {half, sizeof half}}},
        order_op(1)};
    struct envelope e = envelope_of(ops, 1), out;
    size_t len = encode(&e);
    assert_true(len > 2 * WIRE_ENVELOPE_BYTES_MAX && len <= WIRE_EVIDENCE_BYTES_MAX);
    assert_int_equal(decode(&out, len).verdict, WIRE_OK);
    e.op_count = 2;
    len = encode(&e);
    struct wire_fault fault = decode(&out, len);
    assert_fault(&fault, WIRE_LENGTH, "Envelope", "");
    /* On both sides of the limit of an ordinary envelope: four full ballots are too much. */
    static uint8_t bits[WIRE_BITMAP_BYTES_MAX];
    memset(bits, 0xff, sizeof bits);
    struct op ballots[2] = {{.kind = OP_BALLOT, .ballot = {.stage = STAGE_PARAMETER, .first = 0}},
                            order_op(1)};
    ballots[0].ballot.voted = ballots[0].ballot.agree = (struct span){bits, sizeof bits};
    ballots[1] = ballots[0];
    e = envelope_of(ballots, 2);
    len = encode(&e);
    assert_true(len > WIRE_ENVELOPE_BYTES_MAX);
    fault = decode(&out, len);
    assert_fault(&fault, WIRE_LENGTH, "Envelope", "");
    ballots[1].ballot.voted.len = ballots[1].ballot.agree.len = sizeof bits - 100;
    len = encode(&e);
    assert_true(len <= WIRE_ENVELOPE_BYTES_MAX);
    assert_int_equal(decode(&out, len).verdict, WIRE_OK);
}

static void assert_op_refused(const struct op *op, const char *message, const char *field)
{
    struct op copy = *op;
    const struct envelope e = envelope_of(&copy, 1);
    struct envelope out;
    const struct wire_fault fault = decode(&out, encode(&e));
    assert_fault(&fault, WIRE_RELATION, message, field);
}

/* RULE op.1: one ballot, one form. */
static void a_ballot_agrees_only_where_it_votes(void **state)
{
    (void)state;
    static const uint8_t voted[] = {0x05, 0x01}, within[] = {0x04, 0x00}, beyond[] = {0x02, 0x00};
    static const uint8_t loose[] = {0x05, 0x00};
    struct op op = {.kind = OP_BALLOT,
                    .ballot = {STAGE_EXEC, ROUND_MEASURED, 9, 0, {voted, 2}, {within, 2}}};
    const struct envelope e = envelope_of(&op, 1);
    struct envelope out;
    assert_int_equal(decode(&out, encode(&e)).verdict, WIRE_OK);
    op.ballot.agree.at = beyond;
    assert_op_refused(&op, "Ballot", "agree");
    op.ballot.agree = (struct span){within, 1};
    assert_op_refused(&op, "Ballot", "agree");
    op.ballot.agree = (struct span){within, 2};
    op.ballot.voted.at = loose;
    assert_op_refused(&op, "Ballot", "voted");
}

static void lists_rise_strictly(void **state)
{
    (void)state;
    struct contract_ref refused[2] = {{5}, {5}};
    struct op op = {.kind = OP_INTERVAL_STATEMENT,
                    .interval_statement = {.refused = refused, .refused_count = 2}};
    assert_op_refused(&op, "IntervalStatement", "refused");
    struct result_item items[2] = {{2, RESULT_PASS, 1, 1}, {1, RESULT_C1, 0, 0}};
    op = (struct op){.kind = OP_LEADER_FINAL, .leader_result = {items, 2}};
    assert_op_refused(&op, "LeaderFinal", "items");
    struct request_verdict verdicts[2] = {{3, true}, {3, false}};
    op = (struct op){.kind = OP_VERIFICATION_BLOCK,
                     .verification_block = {.verdicts = verdicts, .verdict_count = 2}};
    assert_op_refused(&op, "VerificationBlock", "verdicts");
    struct signature_part parts[2] = {{.key = 4}, {.key = 4}};
    op = (struct op){.kind = OP_AUTHORITY_ADMIT,
                     .authority_admit = {1, 1, {.parts = parts, .part_count = 2}}};
    assert_op_refused(&op, "AuthorityAdmit", "parts");
    struct parameter_setting settings[2] = {{2, 1, 5, {NULL, 0}}, {2, 1, 6, {NULL, 0}}};
    op = (struct op){.kind = OP_PARAMETER_CHANGE,
                     .parameter_change = {1, 1, settings, 2, {.parts = parts, .part_count = 1}}};
    assert_op_refused(&op, "ParameterChangeStatement", "settings");
}

static void fields_that_need_each_other_come_together(void **state)
{
    (void)state;
    struct op op = {.kind = OP_INTERVAL_STATEMENT, .interval_statement = {.seq = 1}};
    assert_op_refused(&op, "IntervalStatement", "corrects");
    op.interval_statement.seq = 0;
    op.interval_statement.corrects_one = true;
    assert_op_refused(&op, "IntervalStatement", "corrects");
    op = (struct op){.kind = OP_DEPOSIT, .deposit = {.sequence = 1, .member = 1}};
    assert_op_refused(&op, "Deposit", "parts");
}

static void a_bundle_holds_envelopes_still_to_be_judged(void **state)
{
    (void)state;
    struct span envelopes[3] = {{(const uint8_t *)"not one", 7}, {(const uint8_t *)"\x0a", 1}, {0}};
    const struct bundle bundle = {envelopes, 2};
    static uint8_t out[WIRE_BUNDLE_BYTES_MAX];
    struct bundle decoded;
    struct arena arena;
    const size_t len = bundle_encode(out, &bundle);
    arena_init(&arena, arena_memory, sizeof arena_memory);
    assert_int_equal(bundle_decode(&decoded, (struct span){out, len}, &arena).verdict, WIRE_OK);
    assert_int_equal(decoded.envelope_count, 2);
    assert_true(span_equal(decoded.envelopes[0], envelopes[0]));
    assert_true(span_equal(decoded.envelopes[1], envelopes[1]));
    out[len] = 0x0a; /* an empty envelope is none */
    out[len + 1] = 0;
    struct wire_fault fault = bundle_decode(&decoded, (struct span){out, len + 2}, &arena);
    assert_fault(&fault, WIRE_DEFAULT, "Bundle", "envelopes");
    fault = bundle_decode(&decoded, (struct span){out, 0}, &arena);
    assert_fault(&fault, WIRE_COUNT, "Bundle", "envelopes");
}

enum { DECODERS = 4 };

static struct wire_fault decode_as(uint32_t decoder, struct span input)
{
    static union {
        struct envelope envelope;
        struct bundle bundle;
        struct block block;
        struct genesis genesis;
    } out;
    struct arena arena;
    arena_init(&arena, arena_memory, sizeof arena_memory);
    if (decoder == 0)
        return envelope_decode(&out.envelope, input, &arena);
    if (decoder == 1)
        return bundle_decode(&out.bundle, input, &arena);
    if (decoder == 2)
        return block_decode(&out.block, input, &arena);
    return genesis_decode(&out.genesis, input, &arena);
}

static void what_is_longer_than_its_kind_may_be_is_refused_unread(void **state)
{
    (void)state;
    static const size_t len_max[DECODERS] = {WIRE_EVIDENCE_BYTES_MAX, WIRE_BUNDLE_BYTES_MAX,
                                             WIRE_BLOCK_BYTES_MAX, WIRE_GENESIS_BYTES_MAX};
    static const char *const messages[DECODERS] = {"Envelope", "Bundle", "Block", "Genesis"};
    static const uint8_t zeros[WIRE_BLOCK_BYTES_MAX + 1];
    for (uint32_t i = 0; i < DECODERS; i++) {
        struct wire_fault fault = decode_as(i, (struct span){zeros, len_max[i]});
        assert_true(fault.verdict != WIRE_OK);
        assert_false(fault.verdict == WIRE_LENGTH && strcmp(fault.field, "") == 0);
        fault = decode_as(i, (struct span){zeros, len_max[i] + 1});
        assert_fault(&fault, WIRE_LENGTH, messages[i], "");
    }
}

static void the_fullest_envelope_fits_its_arena(void **state)
{
    (void)state;
    /* As many of the smallest lines as an envelope can carry: a line takes 4 bytes of wire.
     */
    struct contract_ref refused[WIRE_LINES_MAX];
    struct op ops[WIRE_OPS_MAX];
    for (uint32_t i = 0; i < WIRE_LINES_MAX; i++)
        refused[i].contract = i + 1;
    for (uint32_t i = 0; i < WIRE_OPS_MAX; i++)
        ops[i] = (struct op){.kind = OP_INTERVAL_STATEMENT,
                             .interval_statement = {.refused = refused, .refused_count = 20}};
    ops[0].interval_statement.refused_count = WIRE_LINES_MAX;
    const struct envelope e = envelope_of(ops, WIRE_OPS_MAX);
    struct envelope out;
    const size_t len = encode(&e);
    assert_true(len <= WIRE_ENVELOPE_BYTES_MAX && len > WIRE_ENVELOPE_BYTES_MAX - 1024);
    assert_int_equal(decode(&out, len).verdict, WIRE_OK);
    assert_int_equal(out.ops[WIRE_OPS_MAX - 1].interval_statement.refused[19].contract, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(an_envelope_has_one_to_sixty_four_ops),
        cmocka_unit_test(a_signer_is_a_slot_or_a_key),
        cmocka_unit_test(an_op_has_exactly_one_known_arm),
        cmocka_unit_test(only_evidence_may_be_long),
        cmocka_unit_test(a_ballot_agrees_only_where_it_votes),
        cmocka_unit_test(lists_rise_strictly),
        cmocka_unit_test(fields_that_need_each_other_come_together),
        cmocka_unit_test(a_bundle_holds_envelopes_still_to_be_judged),
        cmocka_unit_test(what_is_longer_than_its_kind_may_be_is_refused_unread),
        cmocka_unit_test(the_fullest_envelope_fits_its_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
