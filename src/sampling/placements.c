/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/placements.h"

#include <assert.h>

static uint32_t size_of(const struct placements *p, uint32_t feeder)
{
    return p->lots->of[p->lots->class_of[feeder]].size;
}

/* The least that @feeder may have: what the feeder of equal size before it has. */
static uint32_t least_at(const struct placements *p, uint32_t feeder)
{
    for (uint32_t before = feeder; before-- > 0;)
        if (p->lots->class_of[before] == p->lots->class_of[feeder])
            return p->at[before];
    return 0;
}

/* Put what the feeders before @from leave into the others, as late as possible, which is the first
 * placement in ascending order; false if there is none. */
static bool fill(struct placements *p, uint32_t from)
{
    uint32_t room = p->lots->members, left = p->bad;
    for (uint32_t f = 0; f < from; f++) {
        room -= size_of(p, f);
        if (p->at[f] > left)
            return false;
        left -= p->at[f];
    }
    for (uint32_t f = from; f < p->lots->feeder_count; f++) {
        const uint32_t least = least_at(p, f);
        room -= size_of(p, f);
        p->at[f] = left > room && left - room > least ? left - room : least;
        if (p->at[f] > size_of(p, f) || p->at[f] > left)
            return false;
        left -= p->at[f];
    }
    return left == 0;
}

void placements_first(struct placements *p, const struct lots *l, uint32_t bad)
{
    assert(bad <= l->members);
    p->lots = l;
    p->bad = bad;
    const bool is_filled = fill(p, 0);
    assert(is_filled);
}

bool placements_next(struct placements *p, uint32_t *changed)
{
    for (uint32_t f = p->lots->feeder_count; f-- > 0;) {
        if (p->at[f] >= size_of(p, f))
            continue;
        p->at[f]++;
        if (fill(p, f + 1)) {
            *changed = f;
            return true;
        }
        p->at[f]--; /* what stands behind is filled anew in any case */
    }
    return false;
}

bool placements_are_few(const struct lots *l, uint32_t bad, uint32_t max)
{
    struct placements p;
    uint32_t count = 1, changed = 0;
    placements_first(&p, l, bad);
    while (count <= max && placements_next(&p, &changed))
        count++;
    return count <= max;
}
