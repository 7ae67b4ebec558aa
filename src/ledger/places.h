/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/places.h - which places of a dense table are free: the lowest one is taken first.
 *
 * Pure; memory from the caller's arena. What is taken next depends on the set of occupied places
 * and nothing else, so a node that rebuilt it from its rows goes on like one that never stopped.
 * It is not undone: after an undo its owner clears it and occupies the places of its rows. */
#ifndef PEERWATT_LEDGER_PLACES_H
#define PEERWATT_LEDGER_PLACES_H

#include "base/arena.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLACES_MAX = 1 << 30 };

#define PLACES_NONE UINT32_MAX

struct places {
    uint64_t *occupied; /* a bit per place */
    uint32_t capacity, count;
    uint32_t first_word; /* no word before it has a free place */
};

MUST_USE size_t places_bytes(uint32_t capacity);

/* All of them free; @capacity from 1 to PLACES_MAX. */
void places_init(struct places *p, struct arena *memory, uint32_t capacity);

/* The lowest free place, occupied from now on; PLACES_NONE if there is none. */
MUST_USE uint32_t places_take(struct places *p);

/* An occupied place becomes free. */
void places_give(struct places *p, uint32_t place);

/* A free place becomes occupied: to rebuild. */
void places_occupy(struct places *p, uint32_t place);

MUST_USE bool places_is_occupied(const struct places *p, uint32_t place);

/* All are free again. */
void places_clear(struct places *p);

#endif
