/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/key_map.h"

#include <assert.h>
#include <string.h>

enum { LINE_BYTES = 64, SHORT_KEY_BYTES = 8, LONG_KEY_BYTES = 32 };

static const uint8_t zero_key[LONG_KEY_BYTES];

static uint32_t places_for(uint32_t keys_max)
{
    assert(keys_max >= 1 && keys_max <= KEY_MAP_KEYS_MAX);
    uint32_t places = 2;
    while (places / 2 < keys_max)
        places *= 2;
    return places;
}

size_t key_map_bytes(uint32_t keys_max, uint32_t key_bytes)
{
    return places_for(keys_max) * (key_bytes + sizeof(uint32_t)) + (size_t)2 * LINE_BYTES;
}

void key_map_init(struct key_map *m, struct arena *memory, uint32_t keys_max, uint32_t key_bytes)
{
    assert(key_bytes == SHORT_KEY_BYTES || key_bytes == LONG_KEY_BYTES);
    const uint32_t places = places_for(keys_max);
    m->keys = arena_take(memory, places, key_bytes, LINE_BYTES);
    m->values = arena_take_raw(memory, places, sizeof(uint32_t), LINE_BYTES);
    assert(m->keys && m->values);
    m->place_count = places;
    m->used = 0;
    m->key_bytes = key_bytes;
}

static uint8_t *key_at(const struct key_map *m, uint32_t place)
{
    return m->keys + (size_t)place * m->key_bytes;
}

/* Two sizes that the compiler knows are faster than one that it does not. */
static bool same_key(const struct key_map *m, const void *a, const void *b)
{
    return m->key_bytes == SHORT_KEY_BYTES ? memcmp(a, b, SHORT_KEY_BYTES) == 0
                                           : memcmp(a, b, LONG_KEY_BYTES) == 0;
}

static bool is_free(const struct key_map *m, uint32_t place)
{
    return same_key(m, key_at(m, place), zero_key);
}

/* Where the search for @key begins: the upper bits of a product with 2^64 over the golden ratio,
 * so that numbers in sequence lie far apart. Byte order changes places, never an answer. */
static uint32_t home_of(const struct key_map *m, const void *key)
{
    uint64_t word;
    memcpy(&word, key, sizeof word);
    return (uint32_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (m->place_count - 1);
}

static uint32_t next_place(const struct key_map *m, uint32_t place)
{
    return (place + 1) & (m->place_count - 1);
}

/* Where @key stands, or the free place where it belongs. */
static uint32_t place_of(const struct key_map *m, const void *key)
{
    uint32_t at = home_of(m, key);
    while (!is_free(m, at) && !same_key(m, key_at(m, at), key))
        at = next_place(m, at);
    return at;
}

void key_map_insert(struct key_map *m, const void *key, uint32_t value)
{
    assert(!same_key(m, key, zero_key) && m->used < m->place_count / 2);
    const uint32_t at = place_of(m, key);
    assert(is_free(m, at));
    memcpy(key_at(m, at), key, m->key_bytes);
    m->values[at] = value;
    m->used++;
}

bool key_map_find(const struct key_map *m, const void *key, uint32_t *value)
{
    const uint32_t at = place_of(m, key);
    if (is_free(m, at))
        return false;
    *value = m->values[at];
    return true;
}

/* Whether a key at @at, whose search begins at @home, would not be found past a hole at @hole. */
static bool is_cut_off(const struct key_map *m, uint32_t home, uint32_t hole, uint32_t at)
{
    const uint32_t mask = m->place_count - 1;
    return ((at - home) & mask) >= ((at - hole) & mask);
}

/* The keys behind a hole move up, so that no search ends before its key. */
void key_map_remove(struct key_map *m, const void *key)
{
    uint32_t hole = place_of(m, key);
    assert(!is_free(m, hole));
    for (uint32_t at = next_place(m, hole); !is_free(m, at); at = next_place(m, at)) {
        if (!is_cut_off(m, home_of(m, key_at(m, at)), hole, at))
            continue;
        memcpy(key_at(m, hole), key_at(m, at), m->key_bytes);
        m->values[hole] = m->values[at];
        hole = at;
    }
    memset(key_at(m, hole), 0, m->key_bytes);
    m->used--;
}

void key_map_clear(struct key_map *m)
{
    memset(m->keys, 0, (size_t)m->place_count * m->key_bytes);
    m->used = 0;
}
