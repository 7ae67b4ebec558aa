/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/picks.h - the first items of a shuffled list, without holding or walking the list.
 *
 * Pure. The partial shuffle of RULE sample.6 on the list 0 .. n - 1: only the places that an
 * exchange has touched are kept, in a small table of the caller's memory, so that drawing 111 of a
 * million costs as much as drawing 111 of two hundred. */
#ifndef PEERWATT_SAMPLING_PICKS_H
#define PEERWATT_SAMPLING_PICKS_H

#include "base/must_use.h"
#include "sampling/stream.h"

#include <stdint.h>

enum { PICKS_MAX = 1 << 20 };

struct picks_cell {
    uint32_t place; /* index in the list + 1; 0: empty */
    uint32_t item;  /* what stands there now */
};

struct picks { /* working memory of one draw after the other */
    struct picks_cell *cells;
    uint32_t cells_max;
    uint64_t looked_at; /* cells so far: the cost, beside the words of the stream */
};

/* Cells needed to pick @count items, at most PICKS_MAX: a power of two. */
MUST_USE uint32_t picks_cells(uint32_t count);

/* The first @count of the shuffled 0 .. @n - 1 to @out; @count <= @n, and p->cells_max is at least
 * picks_cells(@count). */
void picks_draw(struct picks *p, uint32_t *out, struct stream *s, uint32_t n, uint32_t count);

#endif
