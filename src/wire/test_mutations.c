/* SPDX-License-Identifier: Apache-2.0 */
/* wire/test_mutations.c - valid bytes, changed in one place: whatever is still accepted is the
 * canonical encoding of its own meaning (RULE num.3), says protobuf-c.
 *
 * RANDOM_DIVISOR divides the counts: 1 in the release build, more where sanitizers are slow. */
#include "tests/oracle/judge.h"
#include "tests/oracle/oracle.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    ENVELOPE_MUTANTS = 9000000 / RANDOM_DIVISOR,
    GENESIS_MUTANTS = 400000 / RANDOM_DIVISOR,
    BUNDLE_MUTANTS = 300000 / RANDOM_DIVISOR,
    BLOCK_MUTANTS = 300000 / RANDOM_DIVISOR,
    MUTANTS_EACH = 64, /* of the same valid bytes */
    VERDICT_COUNT = WIRE_RELATION + 1,
    SEED = 20261123,
};

struct tally {
    uint64_t tried, accepted;
    uint64_t of_verdict[VERDICT_COUNT];
    uint64_t tried_of[MUTATION_KIND_COUNT], accepted_of[MUTATION_KIND_COUNT];
    uint64_t accepted_kind[OP_KIND_COUNT]; /* ops in accepted envelopes */
};

static struct tally tally;
static struct mutate mutate;

/* The kinds of the ops of an accepted envelope are counted by @e. */
typedef struct judgement judge(struct envelope *e, struct span input);

static struct judgement judge_mutant_genesis(struct envelope *e, struct span input)
{
    e->op_count = 0;
    return judge_genesis(input);
}

static struct judgement judge_mutant_bundle(struct envelope *e, struct span input)
{
    e->op_count = 0;
    return judge_bundle(input);
}

static struct judgement judge_mutant_block(struct envelope *e, struct span input)
{
    e->op_count = 0;
    return judge_block(input);
}

static void count(enum mutation kind, struct wire_fault fault, const struct envelope *e)
{
    tally.tried++;
    tally.tried_of[kind]++;
    assert_true((unsigned)fault.verdict < VERDICT_COUNT);
    tally.of_verdict[fault.verdict]++;
    if (fault.verdict != WIRE_OK)
        return;
    tally.accepted++;
    tally.accepted_of[kind]++;
    for (uint32_t i = 0; i < e->op_count; i++)
        tally.accepted_kind[e->ops[i].kind]++;
}

static void report_finding(const char *message, uint64_t base, enum mutation kind,
                           const char *finding, struct span input)
{
    for (size_t i = 0; i < input.len; i++)
        print_message("%02x", input.at[i]);
    fail_msg("\nseed %d, %s %" PRIu64 ", %s: %s", SEED, message, base, mutation_name(kind),
             finding);
}

/* Changes that change nothing are not counted. Returns how many were. */
static uint64_t judge_mutants(const char *message, uint64_t base, struct test_random *r,
                              judge *judge_one)
{
    const uint64_t before = tally.tried;
    for (unsigned i = 0; i < MUTANTS_EACH; i++) {
        const enum mutation kind = (enum mutation)test_random_below(r, MUTATION_KIND_COUNT);
        const struct span mutant = mutate_change(&mutate, r, kind);
        struct envelope e;
        if (span_equal(mutant, mutate.bytes))
            continue;
        const struct judgement j = judge_one(&e, mutant);
        if (j.finding)
            report_finding(message, base, kind, j.finding, mutant);
        count(kind, j.fault, &e);
    }
    return tally.tried - before;
}

static void judge_all(const char *message, uint64_t wanted, judge *judge_one)
{
    struct test_random r = {.state = SEED};
    uint64_t base = 0;
    for (uint64_t done = 0; done < wanted; base++) {
        const struct span valid = oracle_random(message, &r, ORACLE_SMALL);
        if (mutate_open(&mutate, message, valid))
            done += judge_mutants(message, base, &r, judge_one);
    }
}

static void what_is_accepted_of_changed_envelopes_is_canonical(void **state)
{
    (void)state;
    struct test_random r = {.state = SEED};
    uint64_t base = 0;
    for (uint64_t done = 0; done < ENVELOPE_MUTANTS; base++) {
        const uint32_t ops = 1 + (uint32_t)test_random_below(&r, 3);
        const enum oracle_size size = base % 16 ? ORACLE_SMALL : ORACLE_USUAL;
        const struct span valid = oracle_random_envelope(&r, 0, ops, size);
        assert_true(mutate_open(&mutate, "Envelope", valid));
        done += judge_mutants("Envelope", base, &r, judge_envelope);
    }
}

static void what_is_accepted_of_changed_geneses_is_canonical(void **state)
{
    (void)state;
    judge_all("Genesis", GENESIS_MUTANTS, judge_mutant_genesis);
}

static void what_is_accepted_of_changed_bundles_is_canonical(void **state)
{
    (void)state;
    judge_all("Bundle", BUNDLE_MUTANTS, judge_mutant_bundle);
}

static void what_is_accepted_of_changed_blocks_is_canonical(void **state)
{
    (void)state;
    judge_all("Block", BLOCK_MUTANTS, judge_mutant_block);
}

/* Comes last: the counts of the tests before. */
static void every_verdict_every_mutation_and_every_kind_of_op_occurred(void **state)
{
    (void)state;
    static const char *const verdicts[VERDICT_COUNT] = {
        "accepted", "cut",   "varint", "default", "range",    "length",
        "count",    "field", "arm",    "text",    "relation",
    };
    print_message("%10" PRIu64 " mutations, seed %d\n", tally.tried, SEED);
    for (unsigned v = 0; v < VERDICT_COUNT; v++)
        print_message("%10" PRIu64 " %s\n", tally.of_verdict[v], verdicts[v]);
    for (unsigned m = 0; m < MUTATION_KIND_COUNT; m++)
        print_message("%10" PRIu64 " of %" PRIu64 " accepted: %s\n", tally.accepted_of[m],
                      tally.tried_of[m], mutation_name((enum mutation)m));
    for (unsigned kind = OP_ORDER; kind < OP_KIND_COUNT; kind++)
        print_message("%10" PRIu64 " accepted: %s\n", tally.accepted_kind[kind],
                      op_name((enum op_kind)kind));
    assert_true(tally.tried >= ENVELOPE_MUTANTS + GENESIS_MUTANTS + BUNDLE_MUTANTS + BLOCK_MUTANTS);
    for (unsigned v = 0; v < VERDICT_COUNT; v++)
        assert_true(tally.of_verdict[v] > 0);
    for (unsigned m = 0; m < MUTATION_KIND_COUNT; m++)
        assert_true(tally.tried_of[m] > 0);
    for (unsigned kind = OP_ORDER; kind < OP_KIND_COUNT; kind++)
        assert_true(tally.accepted_kind[kind] > 0);
}

/* What no change of a number can excuse. */
static void long_varints_zeros_and_unknown_fields_are_never_accepted(void **state)
{
    (void)state;
    assert_int_equal(tally.accepted_of[MUTATION_LONG_VARINT], 0);
    assert_int_equal(tally.accepted_of[MUTATION_UNKNOWN_FIELD], 0);
    assert_int_equal(tally.accepted_of[MUTATION_SECOND_ARM], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_accepted_of_changed_envelopes_is_canonical),
        cmocka_unit_test(what_is_accepted_of_changed_geneses_is_canonical),
        cmocka_unit_test(what_is_accepted_of_changed_bundles_is_canonical),
        cmocka_unit_test(what_is_accepted_of_changed_blocks_is_canonical),
        cmocka_unit_test(every_verdict_every_mutation_and_every_kind_of_op_occurred),
        cmocka_unit_test(long_varints_zeros_and_unknown_fields_are_never_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
