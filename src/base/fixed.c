/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fixed.h"

#include "base/wide.h"

#include <assert.h>

int64_t fixed_mul(int64_t a, int64_t b)
{
    assert(a >= 0 && b >= 0);
    const u128 product = ((u128)a * (u128)b) >> FIXED_SHIFT;
    assert(product <= INT64_MAX);
    return (int64_t)product;
}

int64_t fixed_ratio(int64_t numerator, int64_t denominator)
{
    assert(numerator >= 0 && denominator > 0);
    const u128 ratio = ((u128)numerator << FIXED_SHIFT) / (u128)denominator;
    assert(ratio <= INT64_MAX);
    return (int64_t)ratio;
}

int64_t fixed_pow(int64_t base, uint32_t exponent)
{
    assert(base >= 0);
    assert(exponent == 1 || exponent == 3 || exponent == 5);
    if (exponent == 1)
        return base;
    /* RULE qot.3: each product is rounded down on its way, so their order is part of the rule. */
    const int64_t square = fixed_mul(base, base);
    const int64_t cube = fixed_mul(square, base);
    return exponent == 3 ? cube : fixed_mul(cube, square);
}
