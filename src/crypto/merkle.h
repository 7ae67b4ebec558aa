/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/merkle.h - Merkle trees: hashes, the shape of proofs, and their checks.
 *
 * Pure. The tree is that of RFC 9162 section 2.1 and of CometBFT: n leaves are split at the
 * largest power of two below n, a leaf is hashed behind a byte 0, a node behind a byte 1, and the
 * empty tree is the hash of nothing (RULE ledger.4).
 *
 * How a proof is made: a *plan* names the complete subtrees it needs, whoever holds the nodes
 * (merkle_tree.h, mmr.h, a store) fetches their hashes in the plan's order, and merkle_plan_fill
 * makes the proof of them. A path runs from the leaf to the root. */
#ifndef PEERWATT_CRYPTO_MERKLE_H
#define PEERWATT_CRYPTO_MERKLE_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum { MERKLE_PATH_MAX = 64, MERKLE_REFS_MAX = 128 };

#define MERKLE_SIZE_MAX (UINT64_C(1) << 48) /* leaves; a larger tree is refused */

MUST_USE struct hash merkle_empty(void);
MUST_USE struct hash merkle_leaf(struct span entry);
MUST_USE struct hash merkle_node(const struct hash *left, const struct hash *right);

/* The leaf of a key and its value in CometBFT's form, SHA-256(0x00 || length of key || key ||
 * 0x20 || SHA-256(value)), lengths as varints: what a stock light client checks (ICS 23). */
MUST_USE struct hash merkle_leaf_of_pair(struct span key, struct span value);

/* The same for a value that stands in two pieces. */
MUST_USE struct hash merkle_leaf_of_split(struct span key, struct span head, struct span tail);

struct merkle_ref { /* one complete subtree: leaves index << level up to (index + 1) << level */
    uint64_t index;
    uint8_t level;   /* 0: a leaf */
    bool ends_entry; /* the last subtree of its path entry; most entries have only one */
};

struct merkle_plan {
    struct merkle_ref ref[MERKLE_REFS_MAX];
    uint32_t count;
};

struct merkle_proof {
    struct hash path[MERKLE_PATH_MAX];
    uint32_t count;
};

/* That leaf @index is in a tree of @size leaves: @index < @size <= MERKLE_SIZE_MAX. */
void merkle_plan_inclusion(struct merkle_plan *out, uint64_t index, uint64_t size);

/* That a tree of @size leaves begins with the tree of its first @old_size:
 * 0 < @old_size <= @size <= MERKLE_SIZE_MAX. */
void merkle_plan_consistency(struct merkle_plan *out, uint64_t old_size, uint64_t size);

/* @hashes[i] is the hash of @plan->ref[i]. */
void merkle_plan_fill(struct merkle_proof *out, const struct merkle_plan *plan,
                      const struct hash *hashes);

/* Checks take sizes and proofs from outside: anything impossible is false, never an assertion. */
MUST_USE bool merkle_check_inclusion(const struct hash *root, const struct hash *leaf,
                                     uint64_t index, uint64_t size,
                                     const struct merkle_proof *proof);

/* False also for @old_size 0: a proof about an empty tree says nothing, and the RFC's algorithm,
 * read plainly, would accept anything. */
MUST_USE bool merkle_check_consistency(const struct hash *old_root, uint64_t old_size,
                                       const struct hash *root, uint64_t size,
                                       const struct merkle_proof *proof);

#endif
