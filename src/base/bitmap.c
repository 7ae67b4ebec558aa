/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bitmap.h"

#include <assert.h>
#include <string.h>

static uint8_t bit_of(uint32_t index)
{
    return (uint8_t)(1U << (index % 8));
}

/* The bits of the last byte that are within @count; only asked if @count ends inside a byte. */
static uint8_t last_mask(uint32_t count)
{
    return (uint8_t)(bit_of(count) - 1);
}

bool bitmap_get(const uint8_t *bits, uint32_t count, uint32_t index)
{
    assert(index < count);
    return bits[index / 8] & bit_of(index);
}

void bitmap_set(uint8_t *bits, uint32_t count, uint32_t index)
{
    assert(index < count);
    bits[index / 8] = (uint8_t)(bits[index / 8] | bit_of(index));
}

void bitmap_clear(uint8_t *bits, uint32_t count, uint32_t index)
{
    assert(index < count);
    bits[index / 8] = (uint8_t)(bits[index / 8] & ~bit_of(index));
}

uint32_t bitmap_sum(const uint8_t *bits, uint32_t count)
{
    const uint32_t whole = count / 8;
    uint32_t sum = 0;
    uint32_t i = 0;
    for (; i + sizeof(uint64_t) <= whole; i += (uint32_t)sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bits + i, sizeof word);
        sum += (uint32_t)__builtin_popcountll(word);
    }
    for (; i < whole; i++)
        sum += (uint32_t)__builtin_popcountll(bits[i]);
    if (count % 8)
        sum += (uint32_t)__builtin_popcountll(bits[whole] & last_mask(count));
    return sum;
}

bool bitmap_is_clean(const uint8_t *bits, uint32_t count)
{
    return count % 8 == 0 || bits[count / 8] <= last_mask(count);
}
