/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/mmr.h - a Merkle mountain range: an append-only list kept as the roots of its complete
 * subtrees, the peaks (the transaction log and the chain of headers).
 *
 * Pure. The state has a fixed size; the nodes that an append makes are handed out once, in the
 * order of their positions, for the caller to store. The root is that of the RFC 9162 tree over
 * the same leaves, so proofs are made by merkle.h's plans and checked by its checks. Without
 * keeping nodes it is also the root of a short list: the per-block delta root. */
#ifndef PEERWATT_CRYPTO_MMR_H
#define PEERWATT_CRYPTO_MMR_H

#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/merkle.h"

#include <stdint.h>

enum { MMR_PEAKS_MAX = 49, MMR_MADE_MAX = MMR_PEAKS_MAX };

struct mmr {
    struct hash
        peak[MMR_PEAKS_MAX]; /* peak[l]: the subtree of 2^l leaves, if bit l of count is 1 */
    uint64_t count;          /* leaves, below MERKLE_SIZE_MAX */
};

void mmr_init(struct mmr *m);

/* Append @leaf. @made gets the leaf and the parents it completes; returns how many. Their
 * positions follow one another, from mmr_node_count(count before). */
uint32_t mmr_append(struct mmr *m, struct hash made[MMR_MADE_MAX], const struct hash *leaf);

MUST_USE struct hash mmr_root(const struct mmr *m);

/* How many nodes a range of @count leaves has. */
MUST_USE uint64_t mmr_node_count(uint64_t count);

/* Where the root of a complete subtree stands among the nodes, from 0. */
MUST_USE uint64_t mmr_position(const struct merkle_ref *ref);

/* Fill a proof from all nodes by position, where these lie in one array. */
void mmr_fill(struct merkle_proof *out, const struct merkle_plan *plan, const struct hash *nodes);

/* The root over @count leaves. */
MUST_USE struct hash mmr_root_of_list(const struct hash *leaves, uint64_t count);

/* That leaf @index < @count is in that list; costs as much as the root. */
void mmr_prove_in_list(struct merkle_proof *out, const struct hash *leaves, uint64_t count,
                       uint64_t index);

#endif
