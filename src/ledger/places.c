/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/places.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64, LINE_BYTES = 64 };

static uint32_t words_for(uint32_t places)
{
    return (places + WORD_BITS - 1) / WORD_BITS;
}

static uint64_t bit_of(uint32_t place)
{
    return UINT64_C(1) << (place % WORD_BITS);
}

size_t places_bytes(uint32_t capacity)
{
    return words_for(capacity) * sizeof(uint64_t) + LINE_BYTES;
}

void places_init(struct places *p, struct arena *memory, uint32_t capacity)
{
    assert(capacity >= 1 && capacity <= PLACES_MAX);
    *p = (struct places){.capacity = capacity};
    p->occupied = arena_take(memory, words_for(capacity), sizeof(uint64_t), LINE_BYTES);
    assert(p->occupied);
}

uint32_t places_take(struct places *p)
{
    if (p->count == p->capacity)
        return PLACES_NONE;
    while (p->occupied[p->first_word] == UINT64_MAX)
        p->first_word++;
    const uint32_t bit = (uint32_t)__builtin_ctzll(~p->occupied[p->first_word]);
    const uint32_t place = p->first_word * WORD_BITS + bit;
    places_occupy(p, place);
    return place;
}

bool places_is_occupied(const struct places *p, uint32_t place)
{
    assert(place < p->capacity);
    return p->occupied[place / WORD_BITS] & bit_of(place);
}

void places_give(struct places *p, uint32_t place)
{
    assert(places_is_occupied(p, place));
    p->occupied[place / WORD_BITS] &= ~bit_of(place);
    p->count--;
    if (place / WORD_BITS < p->first_word)
        p->first_word = place / WORD_BITS;
}

void places_occupy(struct places *p, uint32_t place)
{
    assert(!places_is_occupied(p, place));
    p->occupied[place / WORD_BITS] |= bit_of(place);
    p->count++;
}

void places_clear(struct places *p)
{
    memset(p->occupied, 0, words_for(p->capacity) * sizeof(uint64_t));
    p->count = 0;
    p->first_word = 0;
}
