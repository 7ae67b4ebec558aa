/* SPDX-License-Identifier: Apache-2.0 */
/* base/fixed.h - Q16.16 fixed point: 65536 is one. Non-negative operands only, results rounded
 * down, so no shift ever meets a sign (RULE qot.3).
 *
 * Pure. Operands out of range are a bug of the caller (assert), never a value from outside. */
#ifndef PEERWATT_BASE_FIXED_H
#define PEERWATT_BASE_FIXED_H

#include "base/must_use.h"

#include <stdint.h>

enum { FIXED_SHIFT = 16, FIXED_ONE = 1 << FIXED_SHIFT };

/* floor(a * b / ONE), a and b >= 0; the product is 128 bits wide, the result must fit. */
MUST_USE int64_t fixed_mul(int64_t a, int64_t b);

/* floor(numerator * ONE / denominator), numerator >= 0, denominator > 0; the result must fit. */
MUST_USE int64_t fixed_ratio(int64_t numerator, int64_t denominator);

/* @base to the power @exponent (1, 3 or 5) with the roundings of RULE qot.3. */
MUST_USE int64_t fixed_pow(int64_t base, uint32_t exponent);

#endif
