/* SPDX-License-Identifier: Apache-2.0 */
/* base/bitmap.h - bits in the caller's bytes; bit i is bit i % 8 (from the lowest) of byte i / 8.
 *
 * Pure. @count is the number of bits; an index at or beyond it is a bug (assert). */
#ifndef PEERWATT_BASE_BITMAP_H
#define PEERWATT_BASE_BITMAP_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline MUST_USE size_t bitmap_bytes(uint32_t count)
{
    return ((size_t)count + 7) / 8;
}

MUST_USE bool bitmap_get(const uint8_t *bits, uint32_t count, uint32_t index);
void bitmap_set(uint8_t *bits, uint32_t count, uint32_t index);
void bitmap_clear(uint8_t *bits, uint32_t count, uint32_t index);

/* How many bits are set. */
MUST_USE uint32_t bitmap_sum(const uint8_t *bits, uint32_t count);

/* True if no bit beyond @count is set in the last byte: bytes from outside are checked so. */
MUST_USE bool bitmap_is_clean(const uint8_t *bits, uint32_t count);

#endif
