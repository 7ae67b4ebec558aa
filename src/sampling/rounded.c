/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/rounded.h"

#include "base/wide.h"

#include <assert.h>

enum { HIGHEST_BIT = ROUNDED_BITS - 1 };

static int bit_count(u128 value)
{
    const uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
    if (high)
        return 128 - __builtin_clzll(high);
    return low ? 64 - __builtin_clzll(low) : 0;
}

/* @value * 2^exponent with @value not zero; @more: the true number is above that, by less than one
 * unit of @value, which then has at least 64 bits. */
static struct rounded pack(u128 value, int64_t exponent, bool more, enum rounded_side side)
{
    const int shift = bit_count(value) - ROUNDED_BITS;
    assert(shift >= 0 || !more);
    struct rounded result = {0, 0};
    if (shift <= 0) {
        result.mantissa = (uint64_t)value << -shift;
    } else {
        result.mantissa = (uint64_t)(value >> shift);
        more = more || (u128)result.mantissa << shift != value;
    }
    exponent += shift;
    if (more && side == ROUNDED_UP && ++result.mantissa == 0) {
        result.mantissa = UINT64_C(1) << HIGHEST_BIT;
        exponent++;
    }
    assert(exponent >= INT32_MIN && exponent <= INT32_MAX);
    result.exponent = (int32_t)exponent;
    return result;
}

static bool is_zero(struct rounded a)
{
    return a.mantissa == 0;
}

struct rounded rounded_from(uint64_t value)
{
    if (value == 0)
        return (struct rounded){0, 0};
    return pack(value, 0, false, ROUNDED_DOWN);
}

struct rounded rounded_power_of_two(int32_t exponent)
{
    return pack(1, exponent, false, ROUNDED_DOWN);
}

struct rounded rounded_add(struct rounded a, struct rounded b, enum rounded_side side)
{
    if (is_zero(a) || is_zero(b))
        return is_zero(a) ? b : a;
    const bool a_is_larger = a.exponent >= b.exponent;
    const struct rounded large = a_is_larger ? a : b, small = a_is_larger ? b : a;
    const int64_t apart = (int64_t)large.exponent - small.exponent;
    u128 added = 0; /* the smaller one in units of the larger one's mantissa shifted by 63 */
    if (apart <= HIGHEST_BIT)
        added = (u128)small.mantissa << (HIGHEST_BIT - apart);
    else if (apart < HIGHEST_BIT + ROUNDED_BITS)
        added = small.mantissa >> (apart - HIGHEST_BIT);
    const bool more = apart > HIGHEST_BIT && (apart >= HIGHEST_BIT + ROUNDED_BITS ||
                                              added << (apart - HIGHEST_BIT) != small.mantissa);
    return pack(((u128)large.mantissa << HIGHEST_BIT) + added,
                (int64_t)large.exponent - HIGHEST_BIT, more, side);
}

struct rounded rounded_mul(struct rounded a, struct rounded b, enum rounded_side side)
{
    if (is_zero(a) || is_zero(b))
        return (struct rounded){0, 0};
    return pack((u128)a.mantissa * b.mantissa, (int64_t)a.exponent + b.exponent, false, side);
}

struct rounded rounded_div(struct rounded a, struct rounded b, enum rounded_side side)
{
    assert(!is_zero(b));
    if (is_zero(a))
        return a;
    const u128 dividend = (u128)a.mantissa << 64; /* so the quotient has 64 or 65 bits */
    const u128 quotient = dividend / b.mantissa;
    return pack(quotient, (int64_t)a.exponent - b.exponent - 64, quotient * b.mantissa != dividend,
                side);
}

struct rounded rounded_mul_ratio(struct rounded a, uint64_t numerator, uint64_t denominator,
                                 enum rounded_side side)
{
    assert(denominator > 0);
    assert(numerator >> ROUNDED_RATIO_BITS_MAX == 0 && denominator >> ROUNDED_RATIO_BITS_MAX == 0);
    if (is_zero(a) || numerator == 0)
        return (struct rounded){0, 0};
    /* All 128 bits are used, so that the quotient has at least 65. */
    const u128 product = (u128)a.mantissa * numerator;
    const int unused = 128 - bit_count(product);
    const u128 dividend = product << unused, quotient = dividend / denominator;
    return pack(quotient, (int64_t)a.exponent - unused, quotient * denominator != dividend, side);
}

struct rounded rounded_pow(struct rounded a, uint32_t exponent, enum rounded_side side)
{
    struct rounded power = rounded_from(1);
    for (uint32_t left = exponent; left > 0; left >>= 1) {
        if (left & 1)
            power = rounded_mul(power, a, side);
        if (left > 1)
            a = rounded_mul(a, a, side);
    }
    return power;
}

int rounded_compare(struct rounded a, struct rounded b)
{
    if (is_zero(a) || is_zero(b))
        return !is_zero(a) - !is_zero(b);
    if (a.exponent != b.exponent)
        return a.exponent < b.exponent ? -1 : 1;
    return (a.mantissa > b.mantissa) - (a.mantissa < b.mantissa);
}

struct rounded rounded_min(struct rounded a, struct rounded b)
{
    return rounded_compare(a, b) <= 0 ? a : b;
}

struct rounded rounded_max(struct rounded a, struct rounded b)
{
    return rounded_compare(a, b) >= 0 ? a : b;
}

int64_t rounded_log2_milli(struct rounded a)
{
    assert(!is_zero(a));
    /* a = y * 2^whole with 1 <= y < 2, and floor(1000 * log2(y)) = floor(log2(y^1000)). */
    const struct rounded y = {a.mantissa, -HIGHEST_BIT};
    const struct rounded power = rounded_pow(y, 1000, ROUNDED_UP);
    return 1000 * ((int64_t)a.exponent + HIGHEST_BIT) + power.exponent + HIGHEST_BIT;
}
