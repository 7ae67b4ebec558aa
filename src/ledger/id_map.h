/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/id_map.h - from a number that the ledger gave (never 0) to a place in a table: a key_map
 * with a type. */
#ifndef PEERWATT_LEDGER_ID_MAP_H
#define PEERWATT_LEDGER_ID_MAP_H

#include "ledger/key_map.h"

struct id_map {
    struct key_map map;
};

static inline MUST_USE size_t id_map_bytes(uint32_t ids_max)
{
    return key_map_bytes(ids_max, sizeof(uint64_t));
}

static inline void id_map_init(struct id_map *m, struct arena *memory, uint32_t ids_max)
{
    key_map_init(&m->map, memory, ids_max, sizeof(uint64_t));
}

static inline void id_map_insert(struct id_map *m, uint64_t id, uint32_t value)
{
    key_map_insert(&m->map, &id, value);
}

static inline MUST_USE bool id_map_find(const struct id_map *m, uint64_t id, uint32_t *value)
{
    return key_map_find(&m->map, &id, value);
}

static inline void id_map_remove(struct id_map *m, uint64_t id)
{
    key_map_remove(&m->map, &id);
}

static inline void id_map_clear(struct id_map *m)
{
    key_map_clear(&m->map);
}

#endif
