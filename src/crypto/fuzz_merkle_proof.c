/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and path from outside. The first byte chooses a small true tree or raw input; for a true
 * tree, only the true index and size may be proved by the true path. */
#include "crypto/merkle.h"
#include "crypto/mmr.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

enum { LEAVES_MAX = 64 };

static void read_proof(struct merkle_proof *out, struct bytes_reader *r)
{
    out->count = 0;
    while (out->count < MERKLE_PATH_MAX) {
        const struct span entry = bytes_read_span(r, HASH_BYTES);
        if (r->short_of)
            return;
        memcpy(out->path[out->count++].bytes, entry.at, HASH_BYTES);
    }
}

static void raw(struct bytes_reader *r)
{
    struct hash a = {{0}}, b = {{0}};
    const uint64_t first = bytes_read_u64(r), size = bytes_read_u64(r);
    struct merkle_proof proof;
    read_proof(&proof, r);
    /* The roots are not the input's to choose, so acceptance would be a collision. */
    assert(!merkle_check_inclusion(&a, &b, first, size, &proof) || size == 1);
    const bool consistent = merkle_check_consistency(&a, first, &b, size, &proof);
    assert(!consistent || (first == size && first > 0 && proof.count == 0));
}

static void true_tree(struct bytes_reader *r)
{
    const uint64_t size = 1 + bytes_read_u8(r) % LEAVES_MAX;
    const uint64_t index = bytes_read_u8(r) % size;
    const uint64_t claimed_index = bytes_read_u8(r), claimed_size = bytes_read_u8(r);
    struct hash leaves[LEAVES_MAX], nodes[2 * LEAVES_MAX], made[MMR_MADE_MAX];
    struct mmr range;
    uint32_t used = 0;
    mmr_init(&range);
    for (uint64_t i = 0; i < size; i++) {
        const uint8_t entry[1] = {(uint8_t)i};
        leaves[i] = merkle_leaf((struct span){entry, 1});
        const uint32_t count = mmr_append(&range, made, &leaves[i]);
        memcpy(nodes + used, made, count * sizeof made[0]);
        used += count;
    }
    const struct hash root = mmr_root(&range);
    struct merkle_plan plan;
    struct merkle_proof proof;
    merkle_plan_inclusion(&plan, index, size);
    mmr_fill(&proof, &plan, nodes);
    assert(merkle_check_inclusion(&root, &leaves[index], index, size, &proof));
    assert(!merkle_check_inclusion(&root, &leaves[index], claimed_index, size, &proof) ||
           claimed_index == index);
    const uint8_t bend = bytes_read_u8(r);
    if (bend && proof.count > 0) {
        proof.path[bend % proof.count].bytes[bend % HASH_BYTES] ^= bend;
        assert(!merkle_check_inclusion(&root, &leaves[index], index, size, &proof));
        assert(!merkle_check_inclusion(&root, &leaves[index], claimed_index, claimed_size, &proof));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct bytes_reader r;
    bytes_reader_init(&r, (struct span){bytes, len});
    if (bytes_read_u8(&r) & 1)
        true_tree(&r);
    else
        raw(&r);
    return 0;
}
