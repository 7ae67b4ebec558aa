/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/hash_map.h - from a hash (never all zero) to a place in a table: a key_map with a type. */
#ifndef PEERWATT_LEDGER_HASH_MAP_H
#define PEERWATT_LEDGER_HASH_MAP_H

#include "base/ids.h"
#include "ledger/key_map.h"

struct hash_map {
    struct key_map map;
};

static inline MUST_USE size_t hash_map_bytes(uint32_t hashes_max)
{
    return key_map_bytes(hashes_max, HASH_BYTES);
}

static inline void hash_map_init(struct hash_map *m, struct arena *memory, uint32_t hashes_max)
{
    key_map_init(&m->map, memory, hashes_max, HASH_BYTES);
}

static inline void hash_map_insert(struct hash_map *m, const struct hash *hash, uint32_t value)
{
    key_map_insert(&m->map, hash->bytes, value);
}

static inline MUST_USE bool hash_map_find(const struct hash_map *m, const struct hash *hash,
                                          uint32_t *value)
{
    return key_map_find(&m->map, hash->bytes, value);
}

static inline void hash_map_remove(struct hash_map *m, const struct hash *hash)
{
    key_map_remove(&m->map, hash->bytes);
}

static inline void hash_map_clear(struct hash_map *m)
{
    key_map_clear(&m->map);
}

#endif
