/* SPDX-License-Identifier: Apache-2.0 */
/* sim/world_inner.h - what the files world_*.c share, and nobody else.
 *
 *   world.c        keys, vouchers, genesis, beginning and end
 *   world_say.c    operations, signatures, envelopes
 *   world_block.c  blocks, verdicts, undo, replay
 *
 * Not pure. */
#ifndef PEERWATT_SIM_WORLD_INNER_H
#define PEERWATT_SIM_WORLD_INNER_H

#include "sim/world.h"

/* Map @size bytes of zeros that are there once they are touched. */
MUST_USE void *world_map(size_t size);

void world_unmap(void *memory, size_t size);

/* A signature over tag || chain || message, real or stood for by a hash. */
void world_sign(const struct world *w, struct signature *out, const struct world_key *key,
                enum tag tag, struct span message);
/* Check a claim in the world's way. */
MUST_USE bool world_claim_holds(const struct world *w, const struct claim *claim);

/* The envelopes of everything said, in memory of w->block. Returns how many. */
MUST_USE uint32_t world_pack(struct world *w, struct span *out, uint32_t max);

/* A digest with one app hash more. */
MUST_USE struct hash world_extend(const struct hash *digest, const struct hash *app);

/* SHA-256 of the seed, a word and two numbers. */
MUST_USE struct hash world_hash(const struct world *w, const char *word, uint64_t a, uint64_t b);

#endif
