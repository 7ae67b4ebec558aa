/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/merkle_tree.h - a dense tree by position (member slot), updated once per block.
 *
 * Pure; all memory is the caller's, given at init and owned by it. Leaves change in place or are
 * appended; a change only marks the leaf, and merkle_tree_root computes every node above marked
 * leaves once. Cost: two hashes' worth per marked leaf when all are marked, a path each when few
 * are, and one look at each 64 positions. */
#ifndef PEERWATT_CRYPTO_MERKLE_TREE_H
#define PEERWATT_CRYPTO_MERKLE_TREE_H

#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/merkle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MERKLE_TREE_LEVELS_MAX = 25, MERKLE_TREE_LEAVES_MAX = 1 << 24 };

struct merkle_tree {
    struct hash *level[MERKLE_TREE_LEVELS_MAX]; /* level[0]: the leaves */
    uint64_t *marked[MERKLE_TREE_LEVELS_MAX];   /* a bit per node: to be taken into its parent */
    uint32_t capacity, count;                   /* leaves */
    bool is_current;                            /* nothing was changed since the last root */
};

/* Bytes that a tree of up to @capacity leaves needs, 1 <= @capacity <= MERKLE_TREE_LEAVES_MAX. */
MUST_USE size_t merkle_tree_size(uint32_t capacity);

/* An empty tree in merkle_tree_size(@capacity) bytes at @memory, aligned to 8. */
void merkle_tree_init(struct merkle_tree *t, void *memory, uint32_t capacity);

/* Change leaf @index; @index == count appends, while there is capacity. */
void merkle_tree_set(struct merkle_tree *t, uint32_t index, const struct hash *leaf);

/* Take all marked leaves in and return the root. */
MUST_USE struct hash merkle_tree_root(struct merkle_tree *t);

/* Proofs of the tree whose root was returned last: nothing may have been set since. Arguments as
 * in merkle_plan_inclusion and merkle_plan_consistency with the tree's count as size. */
void merkle_tree_prove_inclusion(struct merkle_proof *out, const struct merkle_tree *t,
                                 uint32_t index);
void merkle_tree_prove_consistency(struct merkle_proof *out, const struct merkle_tree *t,
                                   uint32_t old_count);

#endif
