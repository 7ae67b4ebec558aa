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

/* Two hashes and two bits a node. */
static size_t level_bytes(uint32_t nodes)
{
    return 2 * (nodes * sizeof(struct hash) + words_for(nodes) * sizeof(uint64_t));
}

size_t merkle_tree_size(uint32_t capacity)
{
    assert(capacity >= 1 && capacity <= MERKLE_TREE_LEAVES_MAX);
    size_t size = 0;
    for (uint32_t l = 0; l < levels_for(capacity); l++)
        size += level_bytes(level_count(capacity, l));
    return size;
}

static void level_init(struct merkle_level *level, uint8_t *memory, uint32_t nodes)
{
    const uint32_t words = words_for(nodes);
    level->marked = (uint64_t *)(void *)memory;
    level->has_kept = level->marked + words;
    level->node = (struct hash *)(void *)(level->has_kept + words);
    level->kept = level->node + nodes;
    memset(level->marked, 0, 2 * words * sizeof(uint64_t));
}

void merkle_tree_init(struct merkle_tree *t, void *memory, uint32_t capacity)
{
    assert((uintptr_t)memory % sizeof(uint64_t) == 0);
    assert(capacity >= 1 && capacity <= MERKLE_TREE_LEAVES_MAX);
    *t = (struct merkle_tree){.capacity = capacity, .is_current = true};
    uint8_t *at = memory;
    for (uint32_t l = 0; l < levels_for(capacity); l++) {
        const uint32_t nodes = level_count(capacity, l);
        level_init(&t->level[l], at, nodes);
        at += level_bytes(nodes);
    }
}

static uint64_t bit_of(uint32_t index)
{
    return UINT64_C(1) << (index % WORD_BITS);
}

/* Write a node, mark it, and keep what it was if the tree from before has it. */
static void put(struct merkle_tree *t, uint32_t level, uint32_t index, const struct hash *node)
{
    struct merkle_level *l = &t->level[level];
    const uint32_t word = index / WORD_BITS;
    if (index < l->nodes_before && !(l->has_kept[word] & bit_of(index))) {
        l->has_kept[word] |= bit_of(index);
        l->kept[index] = l->node[index];
    }
    l->marked[word] |= bit_of(index);
    l->node[index] = *node;
}

void merkle_tree_set(struct merkle_tree *t, uint32_t index, const struct hash *leaf)
{
    assert(index <= t->count && index < t->capacity);
    if (index == t->count)
        t->count++;
    put(t, 0, index, leaf);
    t->is_current = false;
}

/* Compute the parent of nodes @left and @left + 1 of @level, whichever of them exist. */
static void update_parent(struct merkle_tree *t, uint32_t level, uint32_t left)
{
    const struct hash *below = t->level[level].node;
    const bool is_lone = left + 1 == level_count(t->count, level);
    const struct hash parent = is_lone ? below[left] : merkle_node(&below[left], &below[left + 1]);
    put(t, level + 1, left / 2, &parent);
}

static void update_level(struct merkle_tree *t, uint32_t level)
{
    const uint32_t words = words_for(level_count(t->count, level));
    for (uint32_t w = 0; w < words; w++) {
        uint64_t *word = &t->level[level].marked[w];
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
    t->level[top].marked[0] = 0;
    t->is_current = true;
    return t->level[top].node[0];
}

static void fill_from_levels(struct merkle_proof *out, const struct merkle_tree *t,
                             const struct merkle_plan *plan)
{
    assert(t->is_current);
    struct hash hashes[MERKLE_REFS_MAX];
    for (uint32_t i = 0; i < plan->count; i++)
        hashes[i] = t->level[plan->ref[i].level].node[plan->ref[i].index];
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

static void forget_kept(struct merkle_tree *t)
{
    for (uint32_t l = 0; l < MERKLE_TREE_LEVELS_MAX && t->level[l].nodes_before; l++)
        memset(t->level[l].has_kept, 0, words_for(t->level[l].nodes_before) * sizeof(uint64_t));
}

void merkle_tree_begin(struct merkle_tree *t)
{
    assert(t->is_current);
    forget_kept(t);
    t->count_before = t->count;
    for (uint32_t l = 0; t->count && l < levels_for(t->count); l++)
        t->level[l].nodes_before = level_count(t->count, l);
}

static void restore_level(struct merkle_level *level)
{
    for (uint32_t w = 0; w < words_for(level->nodes_before); w++)
        for (uint64_t left = level->has_kept[w]; left; left &= left - 1) {
            const uint32_t index = w * WORD_BITS + (uint32_t)__builtin_ctzll(left);
            level->node[index] = level->kept[index];
        }
}

void merkle_tree_undo(struct merkle_tree *t)
{
    if (!t->is_current) /* only leaves are marked between two roots */
        memset(t->level[0].marked, 0, words_for(t->count) * sizeof(uint64_t));
    for (uint32_t l = 0; l < MERKLE_TREE_LEVELS_MAX && t->level[l].nodes_before; l++)
        restore_level(&t->level[l]);
    forget_kept(t);
    t->count = t->count_before;
    t->is_current = true;
}

static const struct hash *node_before(const struct merkle_tree *t, uint32_t level, uint64_t index)
{
    const struct merkle_level *l = &t->level[level];
    const bool is_kept = l->has_kept[index / WORD_BITS] >> (index % WORD_BITS) & 1;
    return is_kept ? &l->kept[index] : &l->node[index];
}

struct hash merkle_tree_root_before(const struct merkle_tree *t)
{
    return t->count_before ? *node_before(t, levels_for(t->count_before) - 1, 0) : merkle_empty();
}

void merkle_tree_prove_inclusion_before(struct merkle_proof *out, const struct merkle_tree *t,
                                        uint32_t index)
{
    struct merkle_plan plan;
    merkle_plan_inclusion(&plan, index, t->count_before);
    struct hash hashes[MERKLE_REFS_MAX];
    for (uint32_t i = 0; i < plan.count; i++)
        hashes[i] = *node_before(t, plan.ref[i].level, plan.ref[i].index);
    merkle_plan_fill(out, &plan, hashes);
}
