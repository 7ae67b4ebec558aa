/* SPDX-License-Identifier: Apache-2.0 */
/* tests/exact_memory.h - an arena of exactly the bytes that a structure says it needs, filled with
 * what nobody may rely on. */
#ifndef PEERWATT_TESTS_EXACT_MEMORY_H
#define PEERWATT_TESTS_EXACT_MEMORY_H

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

/* The caller frees arena.memory. */
static inline struct arena exact_memory(size_t bytes)
{
    struct arena a;
    void *const memory = malloc(bytes);
    memset(memory, 0xa5, bytes);
    arena_init(&a, memory, bytes);
    return a;
}

#endif
