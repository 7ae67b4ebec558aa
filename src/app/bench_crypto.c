/* SPDX-License-Identifier: Apache-2.0 */
/* Measures what everything else stands on. */
#include "app/answer.h"
#include "app/bench.h"
#include "app/verb_rows.h"
#include "base/decimal.h"
#include "crypto/hash.h"
#include "crypto/merkle_tree.h"
#include "crypto/sign.h"
#include "crypto/vrf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEAVES_MIN = 1000,
    LEAVES_MAX = 1000000,
    SIGNATURES = 1000,
    PROOFS = 100,
    HASHES = 100000,
};

struct work {
    struct sign_key key;
    struct pubkey vrf_key;
    struct seed seed;
    struct signature signature;
    struct vrf_proof proof;
    uint8_t message[BENCH_MESSAGE_BYTES];
    struct merkle_tree tree;
    struct hash sink; /* results flow here, so no work can be left out */
};

static struct span message_of(const struct work *w)
{
    return (struct span){w->message, sizeof w->message};
}

static void add_signature(struct bench_table *t, struct work *w)
{
    struct bench_rounds r = {0};
    while (bench_round(&r))
        for (uint32_t i = 0; i < SIGNATURES; i++)
            sign_make(&w->signature, &w->key, message_of(w));
    bench_add(t, "signature", 0, bench_ps(&r, SIGNATURES));
}

static void add_vrf(struct bench_table *t, struct work *w)
{
    struct bench_rounds proving = {0}, checking = {0};
    while (bench_round(&proving))
        for (uint32_t i = 0; i < PROOFS; i++)
            vrf_prove(&w->proof, &w->seed, message_of(w));
    while (bench_round(&checking))
        for (uint32_t i = 0; i < PROOFS; i++) {
            struct vrf_output output;
            const enum vrf_verdict verdict =
                vrf_check(&output, &w->vrf_key, message_of(w), &w->proof);
            assert(verdict == VRF_OK);
        }
    bench_add(t, "VRF proof", 0, bench_ps(&proving, PROOFS));
    bench_add(t, "VRF check", 0, bench_ps(&checking, PROOFS));
}

static void add_hash(struct bench_table *t, struct work *w)
{
    uint8_t text[65] = {0};
    struct bench_rounds r = {0};
    while (bench_round(&r))
        for (uint32_t i = 0; i < HASHES; i++) {
            memcpy(text, w->sink.bytes, HASH_BYTES);
            w->sink = hash_bytes((struct span){text, sizeof text});
        }
    bench_add(t, "SHA-256 of 65 bytes", 0, bench_ps(&r, HASHES));
}

/* A block that changes one leaf in @every and takes them in; @count is how many that are. */
static void change_leaves(struct work *w, uint32_t count, uint32_t every)
{
    struct hash leaf = w->sink;
    merkle_tree_begin(&w->tree);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(leaf.bytes, &i, sizeof i);
        merkle_tree_set(&w->tree, i * every, &leaf);
    }
    w->sink = merkle_tree_root(&w->tree);
}

static void add_tree(struct bench_table *t, struct work *w, const char *name, uint32_t size,
                     uint32_t every)
{
    struct bench_rounds r = {0};
    while (bench_round(&r))
        change_leaves(w, size / every, every);
    bench_add(t, name, size, bench_ps(&r, size / every));
}

static void add_trees(struct bench_table *t, struct work *w, uint32_t leaves)
{
    for (uint32_t size = LEAVES_MIN; size <= leaves; size *= 10) {
        void *memory = malloc(merkle_tree_size(size));
        assert(memory);
        merkle_tree_init(&w->tree, memory, size);
        change_leaves(w, size, 1);
        add_tree(t, w, "tree leaf, all changed", size, 1);
        add_tree(t, w, "tree leaf, 1 in 100 changed", size, 100);
        free(memory);
    }
}

static void work_open(struct work *w)
{
    struct pubkey public_key;
    memset(w, 0, sizeof *w);
    memset(w->seed.bytes, 42, sizeof w->seed.bytes);
    sign_key_from_seed(&w->key, &public_key, &w->seed);
    vrf_public(&w->vrf_key, &w->seed);
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
    struct bench_table t;
    static struct work w;
    work_open(&w);
    bench_open(&t, "leaves");
    add_signature(&t, &w);
    add_vrf(&t, &w);
    add_hash(&t, &w);
    add_trees(&t, &w, leaves);
    return bench_give(call, &t);
}
