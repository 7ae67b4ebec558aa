/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { ARENA_ALIGN_MAX = 64 };

void arena_init(struct arena *a, void *memory, size_t size)
{
    assert(memory || size == 0);
    *a = (struct arena){.memory = memory, .size = size, .used = 0};
}

static bool align_is_valid(size_t align)
{
    return align > 0 && align <= ARENA_ALIGN_MAX && (align & (align - 1)) == 0;
}

/* Bytes to leave out so that the next piece stands at a multiple of @align. It is the address
 * that counts: the caller's memory itself may stand anywhere. */
static size_t padding(const struct arena *a, size_t align)
{
    const uintptr_t next = (uintptr_t)a->memory + a->used;
    return (size_t)(-next & (align - 1));
}

void *arena_take_unset(struct arena *a, size_t count, size_t item_size, size_t align)
{
    assert(align_is_valid(align));
    assert(a->used <= a->size);
    size_t len;
    if (__builtin_mul_overflow(count, item_size, &len))
        return NULL;
    const size_t skipped = padding(a, align);
    const size_t left = a->size - a->used;
    if (!a->memory || skipped > left || len > left - skipped)
        return NULL;
    uint8_t *piece = a->memory + a->used + skipped;
    a->used += skipped + len;
    return piece;
}

void *arena_take(struct arena *a, size_t count, size_t item_size, size_t align)
{
    void *piece = arena_take_unset(a, count, item_size, align);
    if (piece)
        memset(piece, 0, count * item_size);
    return piece;
}

size_t arena_mark(const struct arena *a)
{
    return a->used;
}

void arena_reset(struct arena *a, size_t mark)
{
    assert(mark <= a->used);
    a->used = mark;
}
