/* SPDX-License-Identifier: Apache-2.0 */
/* base/arena.h - hands out pieces of memory that the caller gave; never grows, never frees one.
 *
 * Pure. Pieces live until the arena is reset to a mark taken before them, or the caller's memory
 * ends. A full arena gives NULL: at the door that is a refusal, inside a block its size follows
 * from the genesis limits and NULL is a bug. */
#ifndef PEERWATT_BASE_ARENA_H
#define PEERWATT_BASE_ARENA_H

#include "base/must_use.h"

#include <stddef.h>
#include <stdint.h>

struct arena {
    uint8_t *memory;
    size_t size, used; /* bytes */
};

void arena_init(struct arena *a, void *memory, size_t size);

/* @count items of @item_size bytes, zeroed, at a multiple of @align (a power of two up to 64), or
 * NULL if they do not fit; then nothing is taken. */
MUST_USE void *arena_take(struct arena *a, size_t count, size_t item_size, size_t align);

/* The same, not zeroed: for what is written before it is read. */
MUST_USE void *arena_take_unset(struct arena *a, size_t count, size_t item_size, size_t align);

/* Where the arena stands; arena_reset gives everything taken since back. */
MUST_USE size_t arena_mark(const struct arena *a);
void arena_reset(struct arena *a, size_t mark);

#endif
