/* SPDX-License-Identifier: Apache-2.0 */
/* Measures what everything else stands on. One run, thread CPU time, best of several rounds; what
 * counts is the ratio to one signature check, since the clocks of shared machines swing. */
#include "app/answer.h"
#include "app/verb_rows.h"
#include "base/decimal.h"
#include "crypto/hash.h"
#include "crypto/merkle_tree.h"
#include "crypto/sign.h"
#include "crypto/vrf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7, LEAVES_MIN = 1000, LEAVES_MAX = 1000000, MESSAGE_BYTES = 250 };

struct bench {
    struct sign_key key;
    struct pubkey public_key, vrf_key;
    struct seed seed;
    struct signature signature;
    struct vrf_proof proof;
    uint8_t message[MESSAGE_BYTES];
    struct merkle_tree tree;
    struct hash sink; /* results flow here, so no work can be left out */
    uint32_t leaves, every;
};

static uint64_t cpu_ns(void)
{
    struct timespec now;
    const int done = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    assert(done == 0);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Picoseconds for one of @count repetitions that @work does, the best of ROUNDS. */
static uint64_t best_ps(struct bench *b, void (*work)(struct bench *b, uint32_t count),
                        uint32_t count)
{
    uint64_t best = UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t start = cpu_ns();
        work(b, count);
        const uint64_t took = cpu_ns() - start;
        if (took < best)
            best = took;
    }
    return best * 1000 / count;
}

static void work_check(struct bench *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const bool ok =
            sign_check(&b->public_key, (struct span){b->message, MESSAGE_BYTES}, &b->signature);
        assert(ok);
    }
}

static void work_sign(struct bench *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sign_make(&b->signature, &b->key, (struct span){b->message, MESSAGE_BYTES});
}

static void work_vrf_prove(struct bench *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        vrf_prove(&b->proof, &b->seed, (struct span){b->message, MESSAGE_BYTES});
}

static void work_vrf_check(struct bench *b, uint32_t count)
{
    struct vrf_output output;
    for (uint32_t i = 0; i < count; i++) {
        const enum vrf_verdict verdict =
            vrf_check(&output, &b->vrf_key, (struct span){b->message, MESSAGE_BYTES}, &b->proof);
        assert(verdict == VRF_OK);
    }
}

static void work_hash(struct bench *b, uint32_t count)
{
    uint8_t text[65] = {0};
    for (uint32_t i = 0; i < count; i++) {
        memcpy(text, b->sink.bytes, HASH_BYTES);
        b->sink = hash_bytes((struct span){text, sizeof text});
    }
}

/* Marks one leaf in b->every and takes them in; @count is how many that are. */
static void work_tree(struct bench *b, uint32_t count)
{
    struct hash leaf = b->sink;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(leaf.bytes, &i, sizeof i);
        merkle_tree_set(&b->tree, i * b->every, &leaf);
    }
    b->sink = merkle_tree_root(&b->tree);
}

static void add_row(json_t *rows, const char *name, uint64_t leaves, uint64_t ps, uint64_t check_ps)
{
    json_array_append_new(rows, json_pack("{s:s, s:o, s:I, s:I}", "name", name, "leaves",
                                          leaves ? json_integer((json_int_t)leaves) : json_null(),
                                          "ps", (json_int_t)ps, "of_check_ppm",
                                          (json_int_t)(ps * 1000000 / check_ps)));
}

static json_int_t figure(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static void print_table(const json_t *rows)
{
    printf("%-28s %9s %12s %14s\n", "", "leaves", "time", "of one check");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_int_t ps = figure(row, "ps"), ppm = figure(row, "of_check_ppm");
        char leaves[24] = "";
        if (figure(row, "leaves"))
            snprintf(leaves, sizeof leaves, "%lld", (long long)figure(row, "leaves"));
        printf("%-28s %9s %6lld.%03lld us %8lld.%04lld %%\n",
               json_string_value(json_object_get(row, "name")), leaves, (long long)(ps / 1000000),
               (long long)(ps / 1000 % 1000), (long long)(ppm / 10000), (long long)(ppm % 10000));
    }
}

static void bench_trees(struct bench *b, json_t *rows, uint64_t check_ps)
{
    for (uint32_t size = LEAVES_MIN; size <= b->leaves; size *= 10) {
        void *memory = malloc(merkle_tree_size(size));
        assert(memory);
        merkle_tree_init(&b->tree, memory, size);
        b->every = 1;
        work_tree(b, size);
        add_row(rows, "tree leaf, all changed", size, best_ps(b, work_tree, size), check_ps);
        b->every = 100;
        add_row(rows, "tree leaf, 1 in 100 changed", size, best_ps(b, work_tree, size / 100),
                check_ps);
        free(memory);
    }
}

static void bench_open(struct bench *b, uint32_t leaves)
{
    memset(b, 0, sizeof *b);
    b->leaves = leaves;
    memset(b->seed.bytes, 42, sizeof b->seed.bytes);
    sign_key_from_seed(&b->key, &b->public_key, &b->seed);
    vrf_public(&b->vrf_key, &b->seed);
    work_sign(b, 1);
    work_vrf_prove(b, 1);
}

static bool read_leaves(uint32_t *out, const struct call *call)
{
    const char *text = call_option(call, "--leaves");
    struct decimal number;
    int64_t leaves = LEAVES_MAX;
    *out = LEAVES_MAX;
    if (!text)
        return true;
    if (decimal_parse(&number, span_of_text(text)) ||
        decimal_scale(&leaves, &number, 1, DECIMAL_EXACT) || leaves < LEAVES_MIN ||
        leaves > LEAVES_MAX) {
        answer_error(call, ERR_USAGE, "--leaves takes a whole number from 1000 to 1000000");
        return false;
    }
    *out = (uint32_t)leaves;
    return true;
}

enum exit_code verb_bench_crypto(const struct call *call)
{
    uint32_t leaves;
    if (!read_leaves(&leaves, call))
        return EXIT_USAGE;
    static struct bench b;
    bench_open(&b, leaves);
    json_t *rows = json_array();
    const uint64_t check_ps = best_ps(&b, work_check, 500);
    add_row(rows, "signature check", 0, check_ps, check_ps);
    add_row(rows, "signature", 0, best_ps(&b, work_sign, 1000), check_ps);
    add_row(rows, "VRF proof", 0, best_ps(&b, work_vrf_prove, 100), check_ps);
    add_row(rows, "VRF check", 0, best_ps(&b, work_vrf_check, 100), check_ps);
    add_row(rows, "SHA-256 of 65 bytes", 0, best_ps(&b, work_hash, 100000), check_ps);
    bench_trees(&b, rows, check_ps);
    if (call->format == ANSWER_TEXT) {
        print_table(rows);
        json_decref(rows);
        return answer_end(call, EXIT_DONE);
    }
    json_t *answer = answer_new();
    json_object_set_new(answer, "rows", rows);
    return answer_give(call, answer);
}
