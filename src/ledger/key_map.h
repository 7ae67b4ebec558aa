/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/key_map.h - finds a place by a key: open addressing with a fixed number of places, at
 * most half of them taken.
 *
 * Pure; memory from the caller's arena. Keys have one size, 8 or 32 bytes, and are never all
 * zero: that is a free place. id_map.h and hash_map.h give it types. A map is looked up and never
 * gone through: what stands where depends on the order of insertions, which a restart does not
 * repeat. It is not undone either: after an undo its owner clears it and inserts its rows again.
 *
 * Keys are numbers that the ledger gives or hashes that the authority signed; somebody who could
 * choose many keys at will could make lookups long. core/reference_set.h is the older and smaller
 * kin of this: a set for ever, without values and removal, in a room below. */
#ifndef PEERWATT_LEDGER_KEY_MAP_H
#define PEERWATT_LEDGER_KEY_MAP_H

#include "base/arena.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_MAP_KEYS_MAX = 1 << 30 };

struct key_map {
    uint8_t *keys;
    uint32_t *values;
    uint32_t place_count, used; /* place_count: a power of two */
    uint32_t key_bytes;
};

MUST_USE size_t key_map_bytes(uint32_t keys_max, uint32_t key_bytes);

/* For up to @keys_max keys, 1 to KEY_MAP_KEYS_MAX; the next power of two may be had. */
void key_map_init(struct key_map *m, struct arena *memory, uint32_t keys_max, uint32_t key_bytes);

/* The key must not be there, and there must be room: both are bugs of the caller. */
void key_map_insert(struct key_map *m, const void *key, uint32_t value);

/* False, and *@value untouched, if the key is not there; the zero key never is. */
MUST_USE bool key_map_find(const struct key_map *m, const void *key, uint32_t *value);

/* The key must be there. */
void key_map_remove(struct key_map *m, const void *key);

void key_map_clear(struct key_map *m);

#endif
