/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/picks.h"

#include <assert.h>
#include <string.h>

/* Fibonacci hashing (Knuth, 6.4): neighbouring places land far apart. */
static uint32_t first_cell(uint32_t place, uint32_t cells)
{
    return (uint32_t)((place * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (cells - 1);
}

uint32_t picks_cells(uint32_t count)
{
    assert(count <= PICKS_MAX);
    uint32_t cells = 2;
    while (cells < 2 * count) /* at most half of them are taken: each item drawn takes one */
        cells *= 2;
    return cells;
}

/* The cell of @place, or the empty one where it belongs. */
static struct picks_cell *find(struct picks *p, uint32_t cells, uint32_t place)
{
    uint32_t at = first_cell(place, cells);
    for (;; at = (at + 1) & (cells - 1)) {
        p->looked_at++;
        if (p->cells[at].place == 0 || p->cells[at].place == place)
            return &p->cells[at];
    }
}

static uint32_t item_at(const struct picks_cell *cell, uint32_t index)
{
    return cell->place ? cell->item : index;
}

void picks_draw(struct picks *p, uint32_t *out, struct stream *s, uint32_t n, uint32_t count)
{
    assert(count <= n);
    const uint32_t cells = picks_cells(count);
    assert(cells <= p->cells_max);
    memset(p->cells, 0, cells * sizeof *p->cells);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t other = i + (uint32_t)stream_uniform(s, n - i);
        const uint32_t here = item_at(find(p, cells, i + 1), i);
        struct picks_cell *cell = find(p, cells, other + 1);
        out[i] = item_at(cell, other);
        *cell = (struct picks_cell){.place = other + 1, .item = here};
    }
}
