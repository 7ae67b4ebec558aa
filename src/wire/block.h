/* SPDX-License-Identifier: Apache-2.0 */
/* wire/block.h - a decided block as it is kept in files and handed to the ledger (protocol
 * section 12): what the engine decided, and the bundles it ordered.
 *
 * Pure. Lists and spans are borrowed from the arena and the input. */
#ifndef PEERWATT_WIRE_BLOCK_H
#define PEERWATT_WIRE_BLOCK_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "wire/codec.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum { VALIDATOR_ADDRESS_BYTES = 20 };

struct validator_address {
    uint8_t bytes[VALIDATOR_ADDRESS_BYTES];
};

struct commit_vote { /* of the block before, by one validator of the engine */
    struct validator_address validator;
    bool has_signed;
};

struct misbehavior { /* of a validator, proven to the engine */
    struct validator_address validator;
    uint64_t height;
    uint64_t time_ms;
};

struct block {
    uint64_t height;  /* from 1 */
    uint64_t time_ms; /* T */
    struct hash hash;
    struct commit_vote *last_commit;
    uint32_t vote_count;
    struct misbehavior *misbehaviors;
    uint32_t misbehavior_count;
    struct span *bundles; /* each still to be decoded */
    uint32_t bundle_count;
};

/* An arena of WIRE_DECODED_TIMES times the input's size, and at least 16 KiB, holds it. On a
 * fault @out is not to be used. */
MUST_USE struct wire_fault block_decode(struct block *out, struct span input, struct arena *arena);

/* Returns the length; @out has @size bytes, which hold it: WIRE_BLOCK_BYTES_MAX always do. */
MUST_USE size_t block_encode(uint8_t *out, size_t size, const struct block *block);

#endif
