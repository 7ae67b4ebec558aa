/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/ledger.h - the whole protocol as one function: a decided block in; results, changes and an
 * app hash out (docs/protocol.md sections 3 and 12; RULE ledger.3, ledger.4, ledger.6).
 *
 * Pure: no I/O, clock, heap or randomness. All memory is given once, ledger_size bytes of it, and
 * the same blocks give the same bytes on every node. Applying a block cannot fail: what is refused
 * in it is refused with a code.
 *
 * A block is applied in place. Until the next ledger_apply ledger_undo takes it back, and proofs
 * may also be asked of the state before it. */
#ifndef PEERWATT_LEDGER_LEDGER_H
#define PEERWATT_LEDGER_LEDGER_H

#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "ledger/door.h"
#include "wire/block.h"
#include "wire/genesis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

/* Bytes that ledger_init needs for a community of this genesis, which is within its ranges. */
MUST_USE size_t ledger_size(const struct genesis *genesis);

/* @memory is ledger_size bytes, aligned to 64; it need not be zeroed. @genesis's lists are
 * copied; @genesis_hash is that of its canonical bytes. The founders are members from height 1. */
struct ledger *ledger_init(void *memory, size_t size, const struct genesis *genesis,
                           const struct hash *genesis_hash);

struct ledger_block {
    const struct block *block;           /* height is the next one; time does not go back */
    const struct door_verdict *verdicts; /* one an envelope, in the order of walk.h */
    uint32_t verdict_count;
};

struct ledger_results { /* the lists are the caller's */
    uint16_t *codes;    /* of envelopes in order: one an op, or one where it could not be decoded */
    uint32_t code_count, code_max;
    uint32_t *bundle_ends; /* by bundle: how many codes there are behind its last; room for all */
    struct hash app_hash;
};

/* Room for codes that any block needs: an envelope that cannot be read has one, and takes three
 * bytes of its bundle at least. */
enum { LEDGER_CODES_MAX = WIRE_BLOCK_BYTES_MAX / 3 };

/* Apply the next block. */
void ledger_apply(struct ledger *l, const struct ledger_block *b, struct ledger_results *out);

/* Take the last block back: every row, root and index is as before it. Once. */
void ledger_undo(struct ledger *l);

MUST_USE uint64_t ledger_height(const struct ledger *l);
MUST_USE struct hash ledger_app_hash(const struct ledger *l);

/* RULE ledger.5 by running sums, and by the rows that the last block touched: phase 7. */
MUST_USE bool ledger_sums_hold(const struct ledger *l);

/* The same by adding everything up. */
MUST_USE bool ledger_is_conserved(const struct ledger *l);

#endif
