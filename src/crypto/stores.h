/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/stores.h - the app hash: one Merkle layer over named stores, and the two-step proof
 * (RULE ledger.4).
 *
 * Pure. A store's root is the value of a leaf whose key is its name; leaves stand in ascending
 * order of names. So a client that has only a trusted header checks any row in two steps, row to
 * store root and store root to app hash, and a stock light client can do so too. */
#ifndef PEERWATT_CRYPTO_STORES_H
#define PEERWATT_CRYPTO_STORES_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/merkle.h"

#include <stdbool.h>
#include <stdint.h>

enum { STORES_MAX = 16 };

struct store_root {
    const char *name; /* constant text */
    struct hash root;
};

/* @stores in strictly ascending order of names, 1 to STORES_MAX of them. */
MUST_USE struct hash stores_root(const struct store_root *stores, uint32_t count);

void stores_prove(struct merkle_proof *out, const struct store_root *stores, uint32_t count,
                  uint32_t index);

struct stores_step { /* one step of a two-step proof: where the leaf stands, and its path */
    uint64_t index, size;
    struct merkle_proof proof;
};

/* That store @name holds @value under @key, given the app hash only. @store_root comes with the
 * proof and is checked by it. */
MUST_USE bool stores_check_value(const struct hash *app_hash, const struct store_root *store,
                                 const struct stores_step *store_step, struct span key,
                                 struct span value, const struct stores_step *value_step);

#endif
