/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/ever.h - what is remembered for ever: keys that members had, bank references (the store
 * `keys`; RULE join.2, RULE funds.1).
 *
 * Pure. An entry of the store is a kind and 32 bytes. In memory each kind has a list of its own,
 * and a bit per entry tells which comes next, so the entries can be gone through in their order. */
#ifndef PEERWATT_LEDGER_EVER_H
#define PEERWATT_LEDGER_EVER_H

#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum ever_kind { /* first byte of an entry: append, never renumber */
                 EVER_KEY = 1,
                 EVER_REFERENCE = 2
};

enum { EVER_BYTES = 1 + HASH_BYTES };

/* There is room for it (sizes.keys, sizes.references): whoever admits an op has looked. */
void ever_add(struct ledger *l, enum ever_kind kind, const struct hash *what);

/* When it is read back: entry @index of the store, number @of_kind of its kind, both from 0 and
 * with room; the head is not touched. */
void ever_fill(struct ledger *l, uint64_t index, const uint8_t entry[EVER_BYTES], uint32_t of_kind);

/* Its leaf in the store. */
MUST_USE struct hash ever_leaf(const uint8_t entry[EVER_BYTES]);

struct ever_walk { /* where one is */
    uint64_t index;
    uint32_t keys, references; /* below index */
};

/* From the first entry that the last block has added. */
void ever_walk_init(struct ever_walk *w, const struct ledger *l);

/* False behind the last one. */
MUST_USE bool ever_next(struct ever_walk *w, uint8_t out[EVER_BYTES], const struct ledger *l);

#endif
