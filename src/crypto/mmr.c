/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/mmr.h"

#include <assert.h>

void mmr_init(struct mmr *m)
{
    m->count = 0;
}

uint32_t mmr_append(struct mmr *m, struct hash made[MMR_MADE_MAX], const struct hash *leaf)
{
    assert(m->count < MERKLE_SIZE_MAX);
    uint32_t level = 0;
    made[0] = *leaf;
    for (; (m->count >> level) & 1; level++)
        made[level + 1] = merkle_node(&m->peak[level], &made[level]);
    m->peak[level] = made[level];
    m->count++;
    return level + 1;
}

struct hash mmr_root(const struct mmr *m)
{
    if (m->count == 0)
        return merkle_empty();
    uint32_t level = (uint32_t)__builtin_ctzll(m->count);
    struct hash root = m->peak[level];
    for (level++; m->count >> level; level++)
        if ((m->count >> level) & 1)
            root = merkle_node(&m->peak[level], &root);
    return root;
}

uint64_t mmr_node_count(uint64_t count)
{
    return 2 * count - (uint64_t)__builtin_popcountll(count);
}

uint64_t mmr_position(const struct merkle_ref *ref)
{
    /* A subtree's root is made with its last leaf, `level` nodes after it. */
    const uint64_t last_leaf = ((ref->index + 1) << ref->level) - 1;
    return mmr_node_count(last_leaf) + ref->level;
}

void mmr_fill(struct merkle_proof *out, const struct merkle_plan *plan, const struct hash *nodes)
{
    struct hash hashes[MERKLE_REFS_MAX];
    for (uint32_t i = 0; i < plan->count; i++)
        hashes[i] = nodes[mmr_position(&plan->ref[i])];
    merkle_plan_fill(out, plan, hashes);
}

struct hash mmr_root_of_list(const struct hash *leaves, uint64_t count)
{
    struct mmr m;
    struct hash made[MMR_MADE_MAX];
    mmr_init(&m);
    for (uint64_t i = 0; i < count; i++)
        mmr_append(&m, made, &leaves[i]);
    return mmr_root(&m);
}

void mmr_prove_in_list(struct merkle_proof *out, const struct hash *leaves, uint64_t count,
                       uint64_t index)
{
    struct merkle_plan plan;
    merkle_plan_inclusion(&plan, index, count);
    struct hash hashes[MERKLE_REFS_MAX];
    for (uint32_t i = 0; i < plan.count; i++) {
        const struct merkle_ref *ref = &plan.ref[i];
        hashes[i] =
            mmr_root_of_list(leaves + (ref->index << ref->level), UINT64_C(1) << ref->level);
    }
    merkle_plan_fill(out, &plan, hashes);
}
