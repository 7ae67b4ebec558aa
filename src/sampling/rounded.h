/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/rounded.h - non-negative numbers of any size with a stated direction of rounding.
 *
 * Pure. A probability that decides a cluster's size must be the same on every node and never too
 * small, so it is not a floating-point number: 64 bits of mantissa, a 32-bit exponent, and each
 * operation is exact where 64 bits are enough, else rounded to the side it is told.
 *
 * One operation is wrong by a relative 2^-63 at most. Errors of factors add up, those of positive
 * terms do not: a value that went through n operations one after the other is wrong by n * 2^-63.
 * An exponent beyond 32 bits is a bug of the caller (assert). */
#ifndef PEERWATT_SAMPLING_ROUNDED_H
#define PEERWATT_SAMPLING_ROUNDED_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum { ROUNDED_BITS = 64, ROUNDED_RATIO_BITS_MAX = 63 };

enum rounded_side { ROUNDED_DOWN, ROUNDED_UP };

struct rounded {       /* mantissa * 2^exponent */
    uint64_t mantissa; /* the highest bit is set; 0 only for zero, then the exponent is 0 too */
    int32_t exponent;
};

/* Zero is {0, 0}: cleared memory. */
MUST_USE struct rounded rounded_from(uint64_t value);
MUST_USE struct rounded rounded_power_of_two(int32_t exponent);

MUST_USE struct rounded rounded_add(struct rounded a, struct rounded b, enum rounded_side side);
MUST_USE struct rounded rounded_mul(struct rounded a, struct rounded b, enum rounded_side side);
/* @b is not zero. */
MUST_USE struct rounded rounded_div(struct rounded a, struct rounded b, enum rounded_side side);
/* a * numerator / denominator, rounded once; both below 2^63, the denominator not zero. */
MUST_USE struct rounded rounded_mul_ratio(struct rounded a, uint64_t numerator,
                                          uint64_t denominator, enum rounded_side side);
MUST_USE struct rounded rounded_pow(struct rounded a, uint32_t exponent, enum rounded_side side);

/* Negative, zero or positive as @a is less than, equal to or greater than @b. */
MUST_USE int rounded_compare(struct rounded a, struct rounded b);
MUST_USE struct rounded rounded_min(struct rounded a, struct rounded b);
MUST_USE struct rounded rounded_max(struct rounded a, struct rounded b);

/* floor(1000 * log2(a)), a not zero. Never too small; too large by 1 only where 1000 * log2(a) is
 * within 2^-52 below a whole number. */
MUST_USE int64_t rounded_log2_milli(struct rounded a);

#endif
