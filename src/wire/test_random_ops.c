/* SPDX-License-Identifier: Apache-2.0 */
/* wire/test_random_ops.c - random valid messages from an independent encoder (tests/oracle): all
 * are accepted, and what was decoded is encoded as the same bytes (RULE num.3).
 *
 * RANDOM_DIVISOR divides the counts: 1 in the release build, more where sanitizers are slow. */
#include "tests/oracle/judge.h"
#include "tests/oracle/oracle.h"
#include "wire/block.h"
#include "wire/genesis.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    OPS_WANTED = 1000000 / RANDOM_DIVISOR,
    GENESES_WANTED = 4000 / RANDOM_DIVISOR,
    BLOCKS_WANTED = 20000 / RANDOM_DIVISOR,
    SEED = 20261122,
};

static void must_hold(struct judgement j, const char *what, uint64_t number)
{
    if (j.fault.verdict != WIRE_OK)
        fail_msg("seed %d, %s %" PRIu64 ": refused, verdict %d in %s.%s", SEED, what, number,
                 j.fault.verdict, j.fault.message, j.fault.field);
    if (j.finding)
        fail_msg("seed %d, %s %" PRIu64 ": %s", SEED, what, number, j.finding);
}

static void all_must_have_been_written(const char *message)
{
    const char *missing = oracle_never_written(message);
    if (missing)
        fail_msg("seed %d: no random %s had %s", SEED, message, missing);
}

struct seen { /* in decoded envelopes */
    uint64_t of_kind[OP_KIND_COUNT];
    uint64_t of_count[WIRE_OPS_MAX + 1];
    uint64_t of_member, of_key, long_evidence;
    uint64_t ops;
};

static void look(struct seen *seen, const struct envelope *e, size_t len)
{
    seen->of_count[e->op_count]++;
    seen->of_member += e->slot > 0;
    seen->of_key += e->slot == 0;
    seen->long_evidence += len > WIRE_ENVELOPE_BYTES_MAX;
    seen->ops += e->op_count;
    for (uint32_t i = 0; i < e->op_count; i++)
        seen->of_kind[e->ops[i].kind]++;
}

static void must_have_seen_all(const struct seen *seen)
{
    for (unsigned kind = OP_ORDER; kind < OP_KIND_COUNT; kind++) {
        print_message("%10" PRIu64 " %s\n", seen->of_kind[kind], op_name((enum op_kind)kind));
        assert_true(seen->of_kind[kind] > 0);
    }
    for (unsigned count = 1; count <= 8; count++)
        assert_true(seen->of_count[count] > 0);
    assert_true(seen->of_count[WIRE_OPS_MAX] > 0);
    assert_true(seen->of_member > 0);
    assert_true(seen->of_key > 0);
    print_message("%10" PRIu64 " ops, seed %d\n", seen->ops, SEED);
}

static void random_ops_are_decoded_and_encoded_as_they_were(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    struct seen seen = {.ops = 0};
    for (uint64_t i = 0; seen.ops < OPS_WANTED; i++) {
        const struct span input =
            oracle_random("Envelope", &r, i % 2 ? ORACLE_USUAL : ORACLE_SMALL);
        struct envelope e;
        must_hold(judge_envelope(&e, input), "envelope", i);
        look(&seen, &e, input.len);
    }
    must_have_seen_all(&seen);
    all_must_have_been_written("Envelope");
}

static void random_geneses_are_decoded_and_encoded_as_they_were(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    for (uint64_t i = 0; i < GENESES_WANTED; i++)
        must_hold(judge_genesis(oracle_random("Genesis", &r, i % 4 ? ORACLE_SMALL : ORACLE_USUAL)),
                  "genesis", i);
    all_must_have_been_written("Genesis");
}

static void random_blocks_and_bundles_are_decoded_and_encoded_as_they_were(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    for (uint64_t i = 0; i < BLOCKS_WANTED; i++) {
        const enum oracle_size size = i % 4 ? ORACLE_SMALL : ORACLE_USUAL;
        must_hold(judge_bundle(oracle_random("Bundle", &r, size)), "bundle", i);
        must_hold(judge_block(oracle_random("Block", &r, size)), "block", i);
    }
    all_must_have_been_written("Bundle");
    all_must_have_been_written("Block");
}

/* RULE num.4, RULE dos.3: what is allowed has room, in arenas of exactly the stated size. */
static void an_envelope_full_of_the_longest_lists_is_accepted(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    for (uint32_t kind = OP_ORDER; kind < OP_KIND_COUNT; kind++) {
        const struct span input = oracle_random_envelope(&r, kind, WIRE_OPS_MAX, ORACLE_LARGEST);
        struct envelope e;
        must_hold(judge_envelope(&e, input), op_name((enum op_kind)kind), kind);
        assert_true(input.len > WIRE_ENVELOPE_BYTES_MAX / 2 || e.op_count == WIRE_OPS_MAX);
    }
}

static void an_envelope_of_64_ops_of_any_kind_is_accepted(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    for (uint32_t i = 0; i < 1000; i++) {
        struct envelope e;
        const struct span input = oracle_random_envelope(&r, 0, WIRE_OPS_MAX, ORACLE_USUAL);
        must_hold(judge_envelope(&e, input), "envelope", i);
        assert_int_equal(e.op_count, WIRE_OPS_MAX);
    }
}

/* Every list at its limit: 65,536 fees, 65,535 feeders, 64 founders with 15 signatures each. */
static void a_genesis_with_the_longest_lists_is_accepted(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    const struct span input = oracle_random("Genesis", &r, ORACLE_LARGEST);
    must_hold(judge_genesis(input), "genesis", 0);
    struct genesis g;
    struct arena arena;
    const size_t size = WIRE_DECODED_TIMES * input.len;
    void *memory = malloc(size);
    assert_non_null(memory);
    arena_init(&arena, memory, size);
    assert_int_equal(genesis_decode(&g, input, &arena).verdict, WIRE_OK);
    assert_int_equal(g.market.fee_count, WIRE_FEES_MAX);
    assert_int_equal(g.feeder_count, WIRE_FEEDERS_MAX);
    assert_int_equal(g.founder_count, WIRE_FOUNDERS_MAX);
    assert_int_equal(g.authority.key_count, WIRE_PARTS_MAX);
    for (uint32_t i = 0; i < g.founder_count; i++)
        assert_int_equal(g.founders[i].seal.part_count, WIRE_PARTS_MAX);
    free(memory);
}

static void a_block_and_a_bundle_with_the_longest_lists_are_accepted(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    must_hold(judge_bundle(oracle_random("Bundle", &r, ORACLE_LARGEST)), "bundle", 0);
    must_hold(judge_block(oracle_random("Block", &r, ORACLE_LARGEST)), "block", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_ops_are_decoded_and_encoded_as_they_were),
        cmocka_unit_test(random_geneses_are_decoded_and_encoded_as_they_were),
        cmocka_unit_test(random_blocks_and_bundles_are_decoded_and_encoded_as_they_were),
        cmocka_unit_test(an_envelope_full_of_the_longest_lists_is_accepted),
        cmocka_unit_test(an_envelope_of_64_ops_of_any_kind_is_accepted),
        cmocka_unit_test(a_genesis_with_the_longest_lists_is_accepted),
        cmocka_unit_test(a_block_and_a_bundle_with_the_longest_lists_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
