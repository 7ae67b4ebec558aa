/* SPDX-License-Identifier: Apache-2.0 */
/* wire/test_golden.c - what stock encoders of other languages write is what we read and write
 * (RULE num.3). The vectors and how they were made: golden/README.md. */
#include "crypto/hash.h"
#include "wire/envelope.h"
#include "wire/genesis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { VECTOR_BYTES_MAX = 4096, LINE_CHARS_MAX = 256 };

struct vector {
    uint8_t bytes[VECTOR_BYTES_MAX];
    size_t len;
};

/* A line of hexadecimal digits; those that begin with # are for people. */
static void read_line(struct vector *out, const char *line)
{
    size_t digits = strcspn(line, "\n");
    if (line[0] == '#')
        return;
    assert_int_equal(digits % 2, 0);
    assert_true(out->len + digits / 2 <= VECTOR_BYTES_MAX);
    const enum err err =
        hex_parse(out->bytes + out->len, digits / 2, (struct span){(const uint8_t *)line, digits});
    assert_int_equal(err, ERR_OK);
    out->len += digits / 2;
}

static struct span read_vector(struct vector *out, const char *name)
{
    char path[1024], line[LINE_CHARS_MAX];
    const int len = snprintf(path, sizeof path, "%s/%s", WIRE_GOLDEN, name);
    assert_in_range(len, 1, sizeof path - 1);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened", path);
    out->len = 0;
    while (fgets(line, sizeof line, file))
        read_line(out, line);
    fclose(file);
    assert_true(out->len > 0);
    return (struct span){out->bytes, out->len};
}

/* ---- the values, which the encoders of other languages were given too ---------------------- */

#define HASH_OF(byte)                                                                              \
    {                                                                                              \
        {                                                                                          \
            REPEAT_32(byte)                                                                        \
        }                                                                                          \
    }
#define SIGNATURE_OF(byte)                                                                         \
    {                                                                                              \
        {                                                                                          \
            REPEAT_32(byte), REPEAT_32(byte)                                                       \
        }                                                                                          \
    }
#define REPEAT_8(byte) byte, byte, byte, byte, byte, byte, byte, byte
#define REPEAT_32(byte) REPEAT_8(byte), REPEAT_8(byte), REPEAT_8(byte), REPEAT_8(byte)

static const struct voucher voucher = {.sign_key = HASH_OF(0x11),
                                       .vrf_key = HASH_OF(0x12),
                                       .seal_key = HASH_OF(0x13),
                                       .feeder = 300,
                                       .household = HASH_OF(0x14),
                                       .nullifier = HASH_OF(0x15),
                                       .max_export_wh = 0,
                                       .max_import_wh = 25000,
                                       .payout = HASH_OF(0x16),
                                       .identity_commitment = HASH_OF(0x17),
                                       .expires_ms = 1800000000000};

static const struct agreement agreement = {.seller = 5,
                                           .buyer = 1048576,
                                           .interval = 2000000,
                                           .energy_wh = 1000000000000,
                                           .price_micro_per_kwh = 185000,
                                           .min_delivery_ppm = 950000,
                                           .tolerance_wh = 50,
                                           .take = TAKE_FIRM,
                                           .seller_nonce = INT64_MAX,
                                           .buyer_nonce = 1,
                                           .expires_height = 70000,
                                           .seller_min_score = 0,
                                           .buyer_min_score = 7,
                                           .seller_signature = SIGNATURE_OF(0x31),
                                           .buyer_signature = SIGNATURE_OF(0x32)};

static struct contract_ref refused[] = {{1}, {127}, {128}};
static struct result_item results[] = {{7, RESULT_PASS, 1500, 277500}, {9, RESULT_C4, 0, 0}};
static struct request_verdict verdicts[] = {{3, true}, {4, false}};
static struct signature_part parts[] = {{0, SIGNATURE_OF(0x70)}, {14, SIGNATURE_OF(0x7e)}};
static const uint8_t voted[] = {0xff, 0x00, 0x81}, agree[] = {0xf0, 0x00, 0x80};

static void fill_trade_ops(struct op ops[5])
{
    ops[0] = (struct op){.kind = OP_ORDER,
                         .order = {.side = ORDER_OFFER,
                                   .round = ROUND_FORWARD,
                                   .interval = 20000,
                                   .energy_wh = 128,
                                   .price_micro_per_kwh = 1000000000,
                                   .min_score = 3,
                                   .feeder_first = true}};
    ops[1] = (struct op){.kind = OP_INTERVAL_STATEMENT,
                         .interval_statement = {.interval = 19999,
                                                .seq = 2,
                                                .delivered_wh = 16384,
                                                .taken_wh = 0,
                                                .refused = refused,
                                                .refused_count = 3,
                                                .register_commitment = HASH_OF(0x21),
                                                .corrects_one = true,
                                                .corrects = HASH_OF(0x22)}};
    ops[2] = (struct op){.kind = OP_BALLOT,
                         .ballot = {.stage = STAGE_EXEC,
                                    .round = ROUND_MEASURED,
                                    .subject = 19998,
                                    .first = 64,
                                    .voted = {voted, sizeof voted},
                                    .agree = {agree, sizeof agree}}};
    ops[3] = (struct op){.kind = OP_AGREEMENT, .agreement = agreement};
    ops[4] = (struct op){.kind = OP_LEADER_EXEC, .leader_result = {results, 2}};
}

static void fill_identity_ops(struct op ops[3])
{
    ops[0] = (struct op){.kind = OP_VERIFICATION_BLOCK,
                         .verification_block = {.slot = 40,
                                                .epoch = 0,
                                                .time_ms = 4294967296,
                                                .previous = HASH_OF(0x41),
                                                .verdicts = verdicts,
                                                .verdict_count = 2}};
    ops[1] = (struct op){.kind = OP_JOIN_REQUEST,
                         .join_request = {.voucher = voucher,
                                          .seal = {.parts = parts, .part_count = 2},
                                          .csr = HASH_OF(0x51),
                                          .volunteer = true}};
    ops[2] = (struct op){.kind = OP_LEAVE};
}

/* Genesis fields whose meaning does not matter here count upwards from these. */
enum { WINDOWS_FROM = 100001, MARKET_FROM = 200004, IDENTITY_FROM = 300003, LIMITS_FROM = 400001 };

static struct genesis_fee fees[] = {{1, 2, 5000}, {65535, 1, 1000000000}};
static struct genesis_key keys[] = {{HASH_OF(0x81)}, {HASH_OF(0x82)}, {HASH_OF(0x83)}};
static struct signature_part founder_parts[] = {{1, SIGNATURE_OF(0x71)}, {2, SIGNATURE_OF(0x72)}};

static struct genesis_market golden_market(void)
{
    return (struct genesis_market){.timing = TIMING_BOTH,
                                   .mechanism = MECHANISM_CALL,
                                   .price_rule = PRICE_POSTED,
                                   .posted_micro_per_kwh = MARKET_FROM,
                                   .feed_in_micro_per_kwh = MARKET_FROM + 1,
                                   .retail_micro_per_kwh = MARKET_FROM + 2,
                                   .gate_lead_ms = MARKET_FROM + 3,
                                   .horizon_intervals = MARKET_FROM + 4,
                                   .order_min_wh = MARKET_FROM + 5,
                                   .order_max_wh = MARKET_FROM + 6,
                                   .award_min_wh = MARKET_FROM + 7,
                                   .book_max_orders = MARKET_FROM + 8,
                                   .fees = fees,
                                   .fee_count = 2};
}

static struct genesis_windows golden_windows(void)
{
    return (struct genesis_windows){.statement_ms = WINDOWS_FROM,
                                    .exec_ms = WINDOWS_FROM + 1,
                                    .final_ms = WINDOWS_FROM + 2,
                                    .vote_ms = WINDOWS_FROM + 3,
                                    .verify_ms = WINDOWS_FROM + 4,
                                    .doc_ms = WINDOWS_FROM + 5,
                                    .erase_ms = WINDOWS_FROM + 6,
                                    .beacon_wait_ms = WINDOWS_FROM + 7,
                                    .evidence_ms = WINDOWS_FROM + 8,
                                    .quiet_ms = WINDOWS_FROM + 9,
                                    .ttl_max_blocks = WINDOWS_FROM + 10,
                                    .param_delay_ms = WINDOWS_FROM + 11};
}

static struct genesis_limits golden_limits(void)
{
    return (struct genesis_limits){.members_max = LIMITS_FROM,
                                   .contracts_open_max = LIMITS_FROM + 1,
                                   .ops_per_envelope = LIMITS_FROM + 2,
                                   .envelope_bytes = LIMITS_FROM + 3,
                                   .block_bytes = LIMITS_FROM + 4,
                                   .block_claims_max = LIMITS_FROM + 5,
                                   .deadline_work_max = LIMITS_FROM + 6,
                                   .draw_work_max = LIMITS_FROM + 7,
                                   .orders_per_interval_max = LIMITS_FROM + 8,
                                   .probation_micro = LIMITS_FROM + 9,
                                   .deposit_day_max_micro = LIMITS_FROM + 10,
                                   .mailbox_bytes = LIMITS_FROM + 11};
}

static struct genesis_identity golden_identity(void)
{
    return (struct genesis_identity){.mode = IDENTITY_ATTESTATION,
                                     .handover = HANDOVER_ERASE,
                                     .attempts_max = IDENTITY_FROM,
                                     .joins_per_block = IDENTITY_FROM + 1,
                                     .joins_pending_max = IDENTITY_FROM + 2,
                                     .epoch_ms = IDENTITY_FROM + 3,
                                     .boot_wait_ms = IDENTITY_FROM + 4,
                                     .rotate_min_ms = IDENTITY_FROM + 5};
}

static struct genesis golden_genesis(void)
{
    static struct genesis_feeder feeders[2];
    static struct genesis_founder founders[1];
    feeders[0].name = span_of_text("north");
    feeders[1].name = span_of_text("süd");
    founders[0] = (struct genesis_founder){.voucher = voucher,
                                           .seal = {.parts = founder_parts, .part_count = 2},
                                           .certificate = HASH_OF(0x91)};
    return (struct genesis){
        .community = {span_of_text("Ulmenstraße 7 ☀"), span_of_text("elm-1"), span_of_text("EUR")},
        .times = {.t0_ms = 1800000000000,
                  .interval_ms = 900000,
                  .tau_ms = 60000,
                  .grace_slots = 2,
                  .block_ms = 1000,
                  .gap_ms = 10000},
        .windows = golden_windows(),
        .market = golden_market(),
        .trade = {.min_delivery_ppm = 900000,
                  .tolerance_wh = 50,
                  .ranks_max = 5,
                  .unwitnessed = UNWITNESSED_REFUSE},
        .sampling = {.k = 111,
                     .f_ppm = 200000,
                     .mode = SAMPLING_STRATIFIED,
                     .cluster_floor = 21,
                     .absent_after_rounds = 6,
                     .verifier_count = 15},
        .identity = golden_identity(),
        .qot = {.mode = QOT_REPAIRED, .reference_wh = 1000},
        .limits = golden_limits(),
        .authority = {.keys = keys, .key_count = 3, .threshold = 2},
        .treasury = HASH_OF(0x84),
        .feeders = feeders,
        .feeder_count = 2,
        .founders = founders,
        .founder_count = 1};
}

/* ---- tests --------------------------------------------------------------------------------- */

static void an_envelope_is_the_same_bytes_from_javascript_python_and_here(void **state)
{
    (void)state;
    static struct vector js, python;
    static uint8_t body[WIRE_EVIDENCE_BYTES_MAX], ours[WIRE_EVIDENCE_BYTES_MAX];
    struct op ops[8];
    fill_trade_ops(ops);
    fill_identity_ops(ops + 5);
    const struct signature signature = SIGNATURE_OF(0x62);
    const struct envelope envelope = {
        .key = HASH_OF(0x61), .nonce = 1, .expires_height = 600, .ops = ops, .op_count = 8};
    const size_t body_len = envelope_encode_body(body, &envelope);
    const size_t len =
        envelope_encode(ours, sizeof ours, (struct span){body, body_len}, &signature);
    const struct span from_js = read_vector(&js, "envelope_js.hex");
    const struct span from_python = read_vector(&python, "envelope_python.hex");
    assert_true(span_equal(from_js, from_python));
    assert_true(span_equal(from_js, (struct span){ours, len}));
}

static void a_genesis_is_the_same_bytes_from_javascript_python_and_here(void **state)
{
    (void)state;
    static struct vector js, python;
    static uint8_t ours[VECTOR_BYTES_MAX];
    const struct genesis genesis = golden_genesis();
    const size_t len = genesis_encode(ours, sizeof ours, &genesis);
    const struct span from_js = read_vector(&js, "genesis_js.hex");
    const struct span from_python = read_vector(&python, "genesis_python.hex");
    assert_true(span_equal(from_js, from_python));
    assert_true(span_equal(from_js, (struct span){ours, len}));
}

static void the_chain_is_named_by_the_hash_of_every_byte_of_its_genesis(void **state)
{
    (void)state;
    static uint8_t ours[VECTOR_BYTES_MAX];
    const struct genesis genesis = golden_genesis();
    const struct span bytes = {ours, genesis_encode(ours, sizeof ours, &genesis)};
    const struct hash name = genesis_hash(bytes), expected = hash_bytes(bytes);
    assert_true(hash_equal(&name, &expected));
    ours[bytes.len - 1] ^= 1;
    const struct hash other = genesis_hash(bytes);
    assert_false(hash_equal(&name, &other));
}

static void a_foreign_envelope_decodes_to_what_was_meant(void **state)
{
    (void)state;
    static struct vector js;
    static uint8_t memory[ENVELOPE_ARENA_BYTES], again[WIRE_EVIDENCE_BYTES_MAX];
    struct arena arena;
    struct envelope e;
    arena_init(&arena, memory, sizeof memory);
    const struct span input = read_vector(&js, "envelope_js.hex");
    assert_int_equal(envelope_decode(&e, input, &arena).verdict, WIRE_OK);
    assert_int_equal(e.slot, 0);
    assert_int_equal(e.op_count, 8);
    assert_int_equal(e.ops[0].kind, OP_ORDER);
    assert_int_equal(e.ops[0].order.side, ORDER_OFFER);
    assert_true(e.ops[0].order.feeder_first);
    assert_int_equal(e.ops[1].interval_statement.refused[2].contract, 128);
    assert_memory_equal(e.ops[2].ballot.agree.at, agree, sizeof agree);
    assert_true(e.ops[3].agreement.seller_nonce == INT64_MAX);
    assert_int_equal(e.ops[4].leader_result.items[1].result, RESULT_C4);
    assert_int_equal(e.ops[5].verification_block.time_ms, 4294967296);
    assert_memory_equal(&e.ops[6].join_request.voucher, &voucher, sizeof voucher);
    assert_int_equal(e.ops[7].kind, OP_LEAVE);
    const size_t len = envelope_encode_body(again, &e);
    assert_true(span_equal(e.body, (struct span){again, len}));
}

static void a_foreign_genesis_decodes_to_what_was_meant(void **state)
{
    (void)state;
    static struct vector python;
    static uint8_t memory[1 << 16];
    struct arena arena;
    struct genesis g;
    arena_init(&arena, memory, sizeof memory);
    const struct span input = read_vector(&python, "genesis_python.hex");
    assert_int_equal(genesis_decode(&g, input, &arena).verdict, WIRE_OK);
    const struct genesis meant = golden_genesis();
    assert_true(span_equal(g.community.name, meant.community.name));
    assert_memory_equal(&g.times, &meant.times, sizeof g.times);
    assert_memory_equal(&g.windows, &meant.windows, sizeof g.windows);
    assert_memory_equal(&g.limits, &meant.limits, sizeof g.limits);
    assert_int_equal(g.market.fees[1].seller_feeder, 65535);
    assert_int_equal(g.sampling.verifier_count, 15);
    assert_int_equal(g.identity.mode, IDENTITY_ATTESTATION);
    assert_true(span_equal(g.feeders[1].name, span_of_text("süd")));
    assert_memory_equal(g.founders[0].voucher.nullifier.bytes, voucher.nullifier.bytes, HASH_BYTES);
    assert_int_equal(g.founders[0].seal.parts[1].key, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_envelope_is_the_same_bytes_from_javascript_python_and_here),
        cmocka_unit_test(a_genesis_is_the_same_bytes_from_javascript_python_and_here),
        cmocka_unit_test(the_chain_is_named_by_the_hash_of_every_byte_of_its_genesis),
        cmocka_unit_test(a_foreign_envelope_decodes_to_what_was_meant),
        cmocka_unit_test(a_foreign_genesis_decodes_to_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
