/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/clock.h - block time, the active clock A, slots and intervals (RULE num.7, num.8).
 *
 * Pure. Times are ms; T comes with the block. A block time before t0 counts as t0 in every rule:
 * the paper's T_0 is the time of the first block, so there is no slot or interval below 0. */
#ifndef PEERWATT_SAMPLING_CLOCK_H
#define PEERWATT_SAMPLING_CLOCK_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

/* A later block time is refused: so the shortest intervals are fewer than 2^40. */
#define CLOCK_MS_MAX ((UINT64_C(1) << 55) - 1)

struct clock_times { /* genesis, never changes */
    uint64_t t0_ms;
    uint64_t tau_ms;      /* length of a slot, > 0 */
    uint64_t interval_ms; /* length of a delivery interval, > 0 */
    uint64_t gap_ms;      /* the most by which A grows in one block */
};

struct clock_state {
    uint64_t height; /* of the last block, 0 before the first */
    uint64_t t_ms;   /* its time, at least t0 */
    uint64_t a_ms;   /* active clock, 0 in block 1 */
};

void clock_init(struct clock_state *c);

/* The next block, with time @t_ms. False if it lies before the last block's (RULE num.2) or beyond
 * CLOCK_MS_MAX; then nothing changes. */
MUST_USE bool clock_step(struct clock_state *c, const struct clock_times *times, uint64_t t_ms);

/* Slot s = floor((T - T_0) / tau) of eq. 1. */
MUST_USE uint64_t clock_slot(const struct clock_times *times, uint64_t t_ms);

/* Delivery interval i = floor((T - t0) / interval_ms). */
MUST_USE uint64_t clock_interval(const struct clock_times *times, uint64_t t_ms);

#endif
