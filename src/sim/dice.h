/* SPDX-License-Identifier: Apache-2.0 */
/* sim/dice.h - numbers for simulated mischief: the same seed, the same numbers.
 *
 * Pure. SplitMix64 (Steele, Lea and Flood 2014): any seed is a good one. */
#ifndef PEERWATT_SIM_DICE_H
#define PEERWATT_SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state; /* the seed at first */
};

static inline uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 to @count - 1, close enough to evenly. */
static inline uint32_t dice_below(struct dice *d, uint64_t count)
{
    return (uint32_t)(dice_next(d) % count);
}

/* Once in @times. */
static inline bool dice_hits(struct dice *d, uint32_t times)
{
    return dice_below(d, times) == 0;
}

#endif
