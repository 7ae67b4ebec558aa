/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/store.h - one named store under the app hash: values by leaf, each with its version, in
 * a Merkle tree (RULE ledger.2, RULE ledger.4).
 *
 * Pure; memory from the caller's arena. The rows themselves belong to the caller. While a block
 * is applied it marks the leaves under which something changed; in phase 8 it goes through
 * store_dirty and gives each one's key and value to store_put. A mark is enough for a new version:
 * a row that was written with what it held before gets one as well, because the store does not
 * keep values to compare with.
 *
 * A leaf's value in the tree is `version || height || prev_height || value`, three little-endian
 * numbers of 64 bits first. Version 1 has prev_height 0. Leaves below the highest one ever put
 * that were never put themselves have the empty key and the empty value; every real key has at
 * least one byte. */
#ifndef PEERWATT_LEDGER_STORE_H
#define PEERWATT_LEDGER_STORE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/merkle_tree.h"
#include "crypto/stores.h"
#include "ledger/table.h"

#include <stddef.h>
#include <stdint.h>

enum { STORE_META_BYTES = 24 };

struct store_meta {
    uint64_t version;     /* from 1; 0 = never written */
    uint64_t height;      /* of this version */
    uint64_t prev_height; /* of the version before; 0 if there is none */
};

enum store_view {
    STORE_NOW,   /* with this block */
    STORE_BEFORE /* without it */
};

struct store {
    struct merkle_tree tree;
    struct table meta;    /* of struct store_meta */
    uint64_t *dirty_bits; /* a bit per leaf: marked and not put yet */
    uint32_t *dirty;      /* what store_dirty gives */
    uint32_t capacity, dirty_count;
};

/* What store_init takes from an arena at most, for up to @capacity leaves: at least 1 and at most
 * MERKLE_TREE_LEAVES_MAX. */
MUST_USE size_t store_bytes(uint32_t capacity);
void store_init(struct store *s, struct arena *memory, uint32_t capacity);

/* A new block: this one becomes the view from before. All that was marked has been put, and the
 * root of all that was put has been taken. */
void store_begin(struct store *s);

/* Everything as before this block, which is over. */
void store_undo(struct store *s);

/* Something under @leaf changed in this block. Marking twice is marking once. */
void store_mark(struct store *s, uint32_t leaf);

/* From now on @leaf belongs to another key, whose first version the next store_put makes: where
 * places are used again. Marks it too. */
void store_renew(struct store *s, uint32_t leaf);

/* The marked leaves in ascending order; returns how many. Good until the next store_dirty. */
MUST_USE uint32_t store_dirty(struct store *s, const uint32_t **leaves);

/* The next version of marked @leaf, which is clean then; returns the leaf's hash, for the block's
 * delta. @height is above that of the version before, except for version 1. */
MUST_USE struct hash store_put(struct store *s, uint32_t leaf, uint64_t height, struct span key,
                               struct span value);

/* A leaf as it was put once: when a store is read back, before its first block, each leaf at most
 * once. @meta->version is not 0. */
void store_fill(struct store *s, uint32_t leaf, const struct store_meta *meta, struct span key,
                struct span value);

/* The hash of a leaf below store_count. */
MUST_USE struct hash store_leaf_now(const struct store *s, uint32_t leaf);

/* The root of all that was put. */
MUST_USE struct hash store_root(struct store *s);
MUST_USE struct hash store_root_before(const struct store *s);

MUST_USE struct store_meta store_meta(const struct store *s, enum store_view view, uint32_t leaf);

/* How many leaves the tree has; those from there on have no proof. */
MUST_USE uint32_t store_count(const struct store *s, enum store_view view);

/* That the leaf stands under store_root (taken since the last store_put) or store_root_before. */
void store_prove(struct stores_step *out, const struct store *s, enum store_view view,
                 uint32_t leaf);

/* Writes the value as it stands in the tree, for stores_check_value: STORE_META_BYTES and
 * @value.len bytes. Returns how many. */
size_t store_value_bytes(uint8_t *out, const struct store_meta *meta, struct span value);

/* The leaf in the tree. */
MUST_USE struct hash store_leaf(struct span key, const struct store_meta *meta, struct span value);

#endif
