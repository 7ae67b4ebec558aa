/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/merkle_reference.h - for tests: the tree straight from RFC 9162's recursive definition,
 * slow and sharing nothing with the code it judges but the node hash. */
#ifndef PEERWATT_CRYPTO_MERKLE_REFERENCE_H
#define PEERWATT_CRYPTO_MERKLE_REFERENCE_H

#include "crypto/hash.h"
#include "crypto/merkle.h"

#include <string.h>

/* MTH(D_n) of section 2.1.1 over leaf hashes. */
static inline struct hash reference_root(const struct hash *leaves, uint64_t n)
{
    if (n == 0)
        return hash_bytes((struct span){NULL, 0});
    if (n == 1)
        return leaves[0];
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    uint8_t text[65] = {1};
    const struct hash left = reference_root(leaves, k), right = reference_root(leaves + k, n - k);
    memcpy(text + 1, left.bytes, 32);
    memcpy(text + 33, right.bytes, 32);
    return hash_bytes((struct span){text, sizeof text});
}

/* Different leaves for different @seed and @i. */
static inline struct hash reference_leaf(uint32_t seed, uint64_t i)
{
    uint8_t entry[12];
    memcpy(entry, &seed, 4);
    memcpy(entry + 4, &i, 8);
    return merkle_leaf((struct span){entry, sizeof entry});
}

#endif
