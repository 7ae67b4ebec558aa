/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_memory.h - an arena of exactly the bytes that a structure says it needs, filled with
 * what nobody may rely on. Only tests include this file. */
#ifndef PEERWATT_LEDGER_TEST_MEMORY_H
#define PEERWATT_LEDGER_TEST_MEMORY_H

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

/* The caller frees arena.memory. */
static inline struct arena test_memory(size_t bytes)
{
    struct arena a;
    void *const memory = malloc(bytes);
    memset(memory, 0xa5, bytes);
    arena_init(&a, memory, bytes);
    return a;
}

#endif
