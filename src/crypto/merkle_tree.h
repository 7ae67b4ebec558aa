/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/merkle_tree.h - a dense tree by position (member slot), updated once per block.
 *
 * Pure; all memory is the caller's, given at init and owned by it. Leaves change in place or are
 * appended; a change only marks the leaf, and merkle_tree_root computes every node above marked
 * leaves once. Cost: two hashes' worth per marked leaf when all are marked, a path each when few
 * are, and one look at each 64 positions.
 *
 * A node is kept at its first change after merkle_tree_begin. So a block can be undone, and until
 * the next one begins the tree from before it answers proofs: its root is the one that a signed
 * header names, while that of the tree as it is now is still to be agreed on. Before the first
 * merkle_tree_begin the tree from before is the empty one, and nothing is kept. */
#ifndef PEERWATT_CRYPTO_MERKLE_TREE_H
#define PEERWATT_CRYPTO_MERKLE_TREE_H

#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/merkle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MERKLE_TREE_LEVELS_MAX = 25, MERKLE_TREE_LEAVES_MAX = 1 << 24 };

struct merkle_level {
    struct hash *node;
    struct hash *kept;  /* the node as it was before this block, if its bit is set */
    uint64_t *marked;   /* a bit per node: to be taken into its parent */
    uint64_t *has_kept; /* a bit per node */
    uint32_t nodes_before;
};

struct merkle_tree {
    struct merkle_level level[MERKLE_TREE_LEVELS_MAX]; /* level[0]: the leaves */
    uint32_t capacity, count;                          /* leaves */
    uint32_t count_before;                             /* before this block */
    bool is_current;                                   /* nothing was changed since the last root */
};

/* Bytes that a tree of up to @capacity leaves needs, 1 <= @capacity <= MERKLE_TREE_LEAVES_MAX. */
MUST_USE size_t merkle_tree_size(uint32_t capacity);

/* An empty tree in merkle_tree_size(@capacity) bytes at @memory, aligned to 8. They need not be
 * zeroed, and what holds nodes is not touched before there are any. */
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

/* A new block: the tree as it is now becomes the one from before. The root of all that was set
 * has been taken. */
void merkle_tree_begin(struct merkle_tree *t);

/* The tree as before this block, and as current as it was then. */
void merkle_tree_undo(struct merkle_tree *t);

/* Root and proofs of the tree from before, at any time; its size is t->count_before. */
MUST_USE struct hash merkle_tree_root_before(const struct merkle_tree *t);
void merkle_tree_prove_inclusion_before(struct merkle_proof *out, const struct merkle_tree *t,
                                        uint32_t index);

#endif
