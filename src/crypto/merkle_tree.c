/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle_tree.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64 };

/* Nodes of level @level over @leaves leaves; an odd last node is carried up unchanged. */
static uint32_t level_count(uint32_t leaves, uint32_t level)
{
    return (uint32_t)(((uint64_t)leaves + (UINT64_C(1) << level) - 1) >> level);
}

static uint32_t words_for(uint32_t bits)
{
    return (bits + WORD_BITS - 1) / WORD_BITS;
}

static uint32_t levels_for(uint32_t leaves)
{
    uint32_t levels = 1;
    while (level_count(leaves, levels - 1) > 1)
        levels++;
    return levels;
}

size_t merkle_tree_size(uint32_t capacity)
{
    assert(capacity >= 1 && capacity <= MERKLE_TREE_LEAVES_MAX);
    size_t size = 0;
    for (uint32_t l = 0; l < levels_for(capacity); l++) {
        const uint32_t nodes = level_count(capacity, l);
        size += nodes * sizeof(struct hash) + words_for(nodes) * sizeof(uint64_t);
    }
    return size;
}

void merkle_tree_init(struct merkle_tree *t, void *memory, uint32_t capacity)
{
    assert((uintptr_t)memory % sizeof(uint64_t) == 0);
    memset(memory, 0, merkle_tree_size(capacity));
    *t = (struct merkle_tree){.capacity = capacity};
    uint8_t *at = memory;
    for (uint32_t l = 0; l < levels_for(capacity); l++) {
        const uint32_t nodes = level_count(capacity, l);
        t->marked[l] = (uint64_t *)(void *)at;
        at += words_for(nodes) * sizeof(uint64_t);
        t->level[l] = (struct hash *)(void *)at;
        at += nodes * sizeof(struct hash);
    }
}

static void mark(struct merkle_tree *t, uint32_t level, uint32_t index)
{
    t->marked[level][index / WORD_BITS] |= UINT64_C(1) << (index % WORD_BITS);
}

void merkle_tree_set(struct merkle_tree *t, uint32_t index, const struct hash *leaf)
{
    assert(index <= t->count && index < t->capacity);
    if (index == t->count)
        t->count++;
    t->level[0][index] = *leaf;
    mark(t, 0, index);
    t->is_current = false;
}

/* Compute the parent of nodes @left and @left + 1 of @level, whichever of them exist. */
static void update_parent(struct merkle_tree *t, uint32_t level, uint32_t left)
{
    const struct hash *below = t->level[level];
    const bool is_lone = left + 1 == level_count(t->count, level);
    t->level[level + 1][left / 2] =
        is_lone ? below[left] : merkle_node(&below[left], &below[left + 1]);
    mark(t, level + 1, left / 2);
}

static void update_level(struct merkle_tree *t, uint32_t level)
{
    const uint32_t words = words_for(level_count(t->count, level));
    for (uint32_t w = 0; w < words; w++) {
        uint64_t *word = &t->marked[level][w];
        while (*word) {
            const uint32_t pair = (uint32_t)__builtin_ctzll(*word) & ~1U;
            *word &= ~(UINT64_C(3) << pair); /* both children are taken in at once */
            update_parent(t, level, w * WORD_BITS + pair);
        }
    }
}

struct hash merkle_tree_root(struct merkle_tree *t)
{
    if (t->count == 0)
        return merkle_empty();
    const uint32_t top = levels_for(t->count) - 1;
    for (uint32_t l = 0; l < top && !t->is_current; l++)
        update_level(t, l);
    t->marked[top][0] = 0;
    t->is_current = true;
    return t->level[top][0];
}

static void fill_from_levels(struct merkle_proof *out, const struct merkle_tree *t,
                             const struct merkle_plan *plan)
{
    assert(t->is_current);
    struct hash hashes[MERKLE_REFS_MAX];
    for (uint32_t i = 0; i < plan->count; i++)
        hashes[i] = t->level[plan->ref[i].level][plan->ref[i].index];
    merkle_plan_fill(out, plan, hashes);
}

void merkle_tree_prove_inclusion(struct merkle_proof *out, const struct merkle_tree *t,
                                 uint32_t index)
{
    struct merkle_plan plan;
    merkle_plan_inclusion(&plan, index, t->count);
    fill_from_levels(out, t, &plan);
}

void merkle_tree_prove_consistency(struct merkle_proof *out, const struct merkle_tree *t,
                                   uint32_t old_count)
{
    struct merkle_plan plan;
    merkle_plan_consistency(&plan, old_count, t->count);
    fill_from_levels(out, t, &plan);
}
