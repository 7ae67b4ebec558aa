/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/delta.h - what one block changed, as a list under one root (RULE ledger.2).
 *
 * Pure; memory from the caller's arena. The list holds the leaves that store_put returned, store
 * by store in ascending order of names, each store's in ascending order of leaves. Its root is
 * itself under the app hash, so every version of a row is provable at the height it names, also
 * when the state has moved on (history.h). The list does not say which store a leaf is from:
 * the key does, so keys must differ between stores. */
#ifndef PEERWATT_LEDGER_DELTA_H
#define PEERWATT_LEDGER_DELTA_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/stores.h"

#include <stddef.h>
#include <stdint.h>

struct delta {
    struct hash *leaves;
    uint32_t capacity, count;
};

MUST_USE size_t delta_bytes(uint32_t capacity);

/* @capacity: the leaves of all stores together, so that no block has more. */
void delta_init(struct delta *d, struct arena *memory, uint32_t capacity);

/* A new block. */
void delta_begin(struct delta *d);

void delta_add(struct delta *d, const struct hash *leaf);

/* The root so far; of a block without changes that of the empty tree. */
MUST_USE struct hash delta_root(const struct delta *d);

/* That the leaf added as number @index, from 0, is in the list; costs as much as the root. */
void delta_prove(struct stores_step *out, const struct delta *d, uint32_t index);

#endif
