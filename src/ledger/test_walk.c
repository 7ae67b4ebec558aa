/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.4: envelopes in block order, one bad envelope alone, one code for what is unreadable. */
#include "ledger/test_identity.h"
#include "ledger/walk.h"

static uint8_t room[8][65536];
static const uint8_t junk[] = {0xff, 0xff};

/* Envelope of @count times Volunteer by @slot. */
static struct span said(struct kit *k, uint32_t slot, uint32_t count)
{
    static struct op ops[WIRE_OPS_MAX];
    for (uint32_t i = 0; i < count; i++)
        ops[i] = kit_op(OP_VOLUNTEER);
    struct envelope e = kit_envelope(k, slot, ops);
    e.op_count = count;
    return kit_keep(k, &e);
}

static struct span bundled(uint32_t at, struct span *envelopes, uint32_t count)
{
    return (struct span){room[at], bundle_encode(room[at], &(struct bundle){envelopes, count})};
}

static struct kit *start(void)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    kit_start(k);
    kit_block(k, KIT_BLOCK_MS);
    return k;
}

static void codes_and_ends_of_bundles_are_in_order(void **state)
{
    (void)state;
    static struct door_verdict verdicts[16];
    static const uint16_t expected[] = {ERR_OK,
                                        ERR_OK,
                                        ERR_ENVELOPE_FORM,
                                        ERR_OK,
                                        ERR_ENVELOPE_FORM,
                                        ERR_ENVELOPE_FORM,
                                        ERR_SIGNATURE,
                                        ERR_SIGNATURE,
                                        ERR_OK,
                                        ERR_ENVELOPE_FORM};
    struct kit *k = start();
    struct span first[] = {said(k, 1, 2), {junk, 2}, said(k, 2, 1)};
    struct span second[] = {said(k, 3, 2), said(k, 4, 1)};
    struct span bundles[] = {bundled(0, first, 3),
                             {junk, sizeof junk}, /* unreadable */
                             {junk, 0},           /* of nothing: a bundle has an envelope */
                             bundled(1, second, 2),
                             {junk, sizeof junk}};
    uint32_t ends[5];
    uint16_t codes[16];
    for (uint32_t i = 0; i < 16; i++)
        verdicts[i] = (struct door_verdict){.is_signed = i != 5, .ops_proven = UINT64_MAX};
    const struct block block = {
        .height = 2, .time_ms = k->t_ms + 1, .bundles = bundles, .bundle_count = 5};
    struct ledger_results results = {.codes = codes, .code_max = 16, .bundle_ends = ends};
    ledger_apply(k->l, &(struct ledger_block){&block, verdicts, 8}, &results);
    assert_int_equal(results.code_count, sizeof expected / sizeof expected[0]);
    assert_memory_equal(codes, expected, sizeof expected);
    const uint32_t expected_ends[] = {4, 5, 6, 9, 10};
    assert_memory_equal(ends, expected_ends, sizeof ends);
    kit_stop(k);
}

static void a_walk_tells_where_bundles_end(void **state)
{
    (void)state;
    struct kit *k = start();
    struct span two[] = {said(k, 1, 1), {junk, 1}};
    struct span bundles[] = {{junk, 2}, bundled(0, two, 2), bundled(1, two, 1)};
    const struct block block = {.bundles = bundles, .bundle_count = 3};
    static const struct {
        uint32_t bundle;
        bool is_readable, ends_bundle;
    } expected[] = {{1, false, true}, {2, true, false}, {2, false, true}, {3, true, true}};
    struct walk w;
    void *memory = malloc(walk_bytes());
    for (uint32_t pass = 0; pass < 2; pass++) {
        walk_init(&w, &block, memory, walk_bytes());
        for (uint32_t i = 0; i < 4; i++) {
            assert_true(walk_next(&w));
            assert_int_equal(w.bundle_next, expected[i].bundle);
            assert_int_equal(w.is_readable, expected[i].is_readable);
            assert_int_equal(w.ends_bundle, expected[i].ends_bundle);
        }
        assert_int_equal(w.envelope.slot, 1);
        assert_false(walk_next(&w));
        assert_false(walk_next(&w));
    }
    free(memory);
    kit_stop(k);
}

static void a_block_of_nothing_has_no_envelopes(void **state)
{
    (void)state;
    const struct block block = {.bundle_count = 0};
    struct walk w;
    void *memory = malloc(walk_bytes());
    walk_init(&w, &block, memory, walk_bytes());
    assert_false(walk_next(&w));
    free(memory);
}

/* RULE dos.3: a full bundle of the shortest envelopes has as many codes as there is room for. */
static void the_most_codes_have_room(void **state)
{
    (void)state;
    static uint8_t bytes[WIRE_BUNDLE_BYTES_MAX];
    static struct span all[WIRE_BUNDLE_ENVELOPES_MAX];
    for (uint32_t i = 0; i < WIRE_BUNDLE_ENVELOPES_MAX; i++)
        all[i] = (struct span){junk, 1};
    const size_t len = bundle_encode(bytes, &(struct bundle){all, WIRE_BUNDLE_ENVELOPES_MAX});
    assert_true((uint64_t)WIRE_BLOCK_BYTES_MAX / len * WIRE_BUNDLE_ENVELOPES_MAX <=
                LEDGER_CODES_MAX);
    struct kit *k = start();
    uint16_t *codes = malloc(WIRE_BUNDLE_ENVELOPES_MAX * sizeof *codes);
    struct door_verdict *verdicts = calloc(WIRE_BUNDLE_ENVELOPES_MAX, sizeof *verdicts);
    uint32_t ends[1];
    struct span bundle = {bytes, len};
    const struct block block = {
        .height = 2, .time_ms = k->t_ms, .bundles = &bundle, .bundle_count = 1};
    struct ledger_results results = {
        .codes = codes, .code_max = WIRE_BUNDLE_ENVELOPES_MAX, .bundle_ends = ends};
    const struct ledger_block b = {&block, verdicts, WIRE_BUNDLE_ENVELOPES_MAX};
    ledger_apply(k->l, &b, &results);
    assert_int_equal(ends[0], WIRE_BUNDLE_ENVELOPES_MAX);
    assert_int_equal(codes[WIRE_BUNDLE_ENVELOPES_MAX - 1], ERR_ENVELOPE_FORM);
    free(verdicts);
    free(codes);
    kit_stop(k);
}

/* A bundle and its longest envelope lie in the walk's memory together. */
static void the_longest_bundle_and_envelope_fit(void **state)
{
    (void)state;
    static uint8_t bytes[WIRE_BUNDLE_BYTES_MAX];
    static struct span all[WIRE_BUNDLE_ENVELOPES_MAX];
    struct kit *k = start();
    const struct span full = said(k, 1, WIRE_OPS_MAX);
    uint32_t count = (uint32_t)((WIRE_BUNDLE_BYTES_MAX - 64) / (full.len + 4));
    for (uint32_t i = 0; i < count; i++)
        all[i] = full;
    struct span bundle = {bytes, bundle_encode(bytes, &(struct bundle){all, count})};
    const struct block block = {.bundles = &bundle, .bundle_count = 1};
    struct walk w;
    void *memory = malloc(walk_bytes());
    walk_init(&w, &block, memory, walk_bytes());
    for (uint32_t i = 0; i < count; i++) {
        assert_true(walk_next(&w));
        assert_true(w.is_readable);
        assert_int_equal(w.envelope.op_count, WIRE_OPS_MAX);
        assert_int_equal(w.ends_bundle, i == count - 1);
    }
    assert_false(walk_next(&w));
    free(memory);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_and_ends_of_bundles_are_in_order),
        cmocka_unit_test(a_walk_tells_where_bundles_end),
        cmocka_unit_test(a_block_of_nothing_has_no_envelopes),
        cmocka_unit_test(the_most_codes_have_room),
        cmocka_unit_test(the_longest_bundle_and_envelope_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
