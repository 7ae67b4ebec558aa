/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/placements.h - all ways to spread bad members over the feeders, in ascending order.
 *
 * Pure. Feeders of equal size are alike, so of the placements that differ only among those the
 * first one in ascending order stands for all. */
#ifndef PEERWATT_SAMPLING_PLACEMENTS_H
#define PEERWATT_SAMPLING_PLACEMENTS_H

#include "base/must_use.h"
#include "sampling/lots.h"

#include <stdbool.h>
#include <stdint.h>

struct placements {
    const struct lots *lots;       /* borrowed */
    uint32_t bad;                  /* in all feeders together */
    uint32_t at[LOTS_FEEDERS_MAX]; /* bad members of each feeder: the placement that it stands at */
};

/* Stand at the first placement of @bad members, at most as many as there are. */
void placements_first(struct placements *p, const struct lots *l, uint32_t bad);

/* Go on to the next one; false behind the last, then @p is no placement any more. Feeders before
 * *@changed have kept theirs. */
MUST_USE bool placements_next(struct placements *p, uint32_t *changed);

/* True if there are at most @max. */
MUST_USE bool placements_are_few(const struct lots *l, uint32_t bad, uint32_t max);

#endif
