/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/tail.h"

#include <assert.h>
#include <stdbool.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    while (b > 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct urn urn_of_share(uint32_t bad_ppm)
{
    assert(bad_ppm <= TAIL_PPM);
    /* In lowest terms small weights stay exact longer. */
    const uint32_t divisor = greatest_divisor(bad_ppm, TAIL_PPM);
    return (struct urn){URN_RETURNED, bad_ppm / divisor, (TAIL_PPM - bad_ppm) / divisor};
}

uint32_t tail_threshold(enum tail_rule rule, uint32_t k)
{
    return rule == TAIL_MAJORITY ? k / 2 + 1 : k / 3 + (k % 3 != 0);
}

static void check(const struct urn *u, uint32_t k)
{
    assert(u->bad <= TAIL_MEMBERS_MAX && u->good <= TAIL_MEMBERS_MAX - u->bad);
    assert(u->bad + u->good > 0);
    assert(k <= (u->kind == URN_KEPT ? u->bad + u->good : TAIL_MEMBERS_MAX));
}

/* The fewest and the most bad ones that can be among @k. */
static uint32_t bad_least(const struct urn *u, uint32_t k)
{
    if (u->kind == URN_RETURNED)
        return u->good > 0 ? 0 : k;
    return k > u->good ? k - u->good : 0;
}

static uint32_t bad_most(const struct urn *u, uint32_t k)
{
    if (u->kind == URN_RETURNED)
        return u->bad > 0 ? k : 0;
    return least(u->bad, k);
}

struct rounded tail_choose(uint32_t n, uint32_t k, enum rounded_side side)
{
    assert(k <= n && n <= TAIL_MEMBERS_MAX);
    struct rounded ways = rounded_from(1);
    const uint32_t steps = least(k, n - k);
    for (uint32_t i = 1; i <= steps; i++)
        ways = rounded_mul_ratio(ways, n - steps + i, i, side); /* C(n - steps + i, i) */
    return ways;
}

/* In how many ways @k can be drawn, as a lower bound: what is divided by it is rounded up. */
static struct rounded ways_at_least(const struct urn *u, uint32_t k)
{
    if (u->kind == URN_KEPT)
        return tail_choose(u->bad + u->good, k, ROUNDED_DOWN);
    return rounded_pow(rounded_from(u->bad + u->good), k, ROUNDED_DOWN);
}

/* In how many of them @x are bad. */
static struct rounded ways_with(const struct urn *u, uint32_t k, uint32_t x)
{
    struct rounded of_bad, of_good;
    if (u->kind == URN_KEPT) {
        of_bad = tail_choose(u->bad, x, ROUNDED_UP);
        of_good = tail_choose(u->good, k - x, ROUNDED_UP);
    } else {
        of_bad = rounded_mul(tail_choose(k, x, ROUNDED_UP),
                             rounded_pow(rounded_from(u->bad), x, ROUNDED_UP), ROUNDED_UP);
        of_good = rounded_pow(rounded_from(u->good), k - x, ROUNDED_UP);
    }
    return rounded_mul(of_bad, of_good, ROUNDED_UP);
}

struct ratio {
    uint64_t numerator, denominator;
};

/* What the number of ways with x bad ones is multiplied by to get that with x + 1. */
static struct ratio ways_ratio(const struct urn *u, uint32_t k, uint32_t x)
{
    const uint64_t drawn_good = k - x;
    if (u->kind == URN_KEPT)
        return (struct ratio){drawn_good * (u->bad - x),
                              (uint64_t)(x + 1) * (u->good - drawn_good + 1)};
    return (struct ratio){drawn_good * u->bad, (uint64_t)(x + 1) * u->good};
}

/* True if what follows the term @ways with the ratio @next, all of it, is less than @sum's last
 * bit: ratios only fall, so from one half on the rest is at most the term itself. */
static bool rest_is_nothing(struct rounded sum, struct rounded ways, struct ratio next)
{
    return next.numerator <= next.denominator / 2 &&
           (int64_t)sum.exponent - ways.exponent >= ROUNDED_BITS;
}

static struct rounded ways_from(const struct urn *u, uint32_t k, uint32_t threshold)
{
    const uint32_t most = bad_most(u, k);
    struct rounded ways = ways_with(u, k, threshold), sum = ways;
    for (uint32_t x = threshold; x < most; x++) {
        const struct ratio next = ways_ratio(u, k, x);
        if (rest_is_nothing(sum, ways, next))
            return rounded_add(sum, ways, ROUNDED_UP);
        ways = rounded_mul_ratio(ways, next.numerator, next.denominator, ROUNDED_UP);
        sum = rounded_add(sum, ways, ROUNDED_UP);
    }
    return sum;
}

struct rounded tail_probability(const struct urn *u, uint32_t k, uint32_t threshold)
{
    check(u, k);
    const struct rounded one = rounded_from(1);
    if (threshold > bad_most(u, k))
        return (struct rounded){0, 0};
    if (threshold <= bad_least(u, k))
        return one;
    /* As many bad as good and the larger half of an odd number: one half, whatever the rounding. */
    if (u->bad == u->good && 2 * (uint64_t)threshold == (uint64_t)k + 1)
        return rounded_power_of_two(-1);
    const struct rounded captured = ways_from(u, k, threshold);
    return rounded_min(one, rounded_div(captured, ways_at_least(u, k), ROUNDED_UP));
}

void tail_each(struct rounded *pmf, const struct urn *u, uint32_t k)
{
    check(u, k);
    assert(u->kind == URN_KEPT);
    const uint32_t first = bad_least(u, k), last = bad_most(u, k);
    const struct rounded all = ways_at_least(u, k);
    for (uint32_t x = 0; x <= k; x++)
        pmf[x] = (struct rounded){0, 0};
    struct rounded ways = ways_with(u, k, first);
    for (uint32_t x = first; x <= last; x++) {
        const struct ratio next = ways_ratio(u, k, x);
        pmf[x] = rounded_div(ways, all, ROUNDED_UP);
        if (x < last)
            ways = rounded_mul_ratio(ways, next.numerator, next.denominator, ROUNDED_UP);
    }
}

static bool holds(const struct urn *u, enum tail_rule rule, uint32_t target_bits, uint32_t k)
{
    const struct rounded p = tail_probability(u, k, tail_threshold(rule, k));
    return rounded_compare(p, rounded_power_of_two(-(int32_t)target_bits)) <= 0;
}

/* Among first, first + step, ... up to @k_max: the last k that does not hold, or 0.
 *
 * What does not hold stands before what holds, so halving finds it. For the majority, going from k
 * to k + 2 turns a cluster over only at the threshold, and P falls exactly if there are fewer bad
 * than good members; else it never falls and the last one decides for all. For the third and less
 * than a third bad, the same reckoning for k to k + 3 shows that P falls where k mod 3 is 0 or 2,
 * and first rises, then falls where it is 1, there with P < 1/2 all along and P above 1/4 only
 * if it began there. With a third or more bad, P >= 1/2 wherever k mod 3 is 0, so the largest such
 * k decides and what is found for smaller ones does not matter. A test compares with trying all. */
static uint32_t last_failing(const struct urn *u, enum tail_rule rule, uint32_t target_bits,
                             uint32_t first, uint32_t step, uint32_t k_max)
{
    if (first > k_max)
        return 0;
    uint32_t good = (k_max - first) / step, bad = 0; /* in steps from the first */
    if (!holds(u, rule, target_bits, first + good * step))
        return first + good * step;
    if (holds(u, rule, target_bits, first))
        return 0;
    while (good - bad > 1) {
        const uint32_t middle = bad + (good - bad) / 2;
        if (holds(u, rule, target_bits, first + middle * step))
            good = middle;
        else
            bad = middle;
    }
    return first + bad * step;
}

uint32_t tail_smallest_k(const struct urn *u, enum tail_rule rule, uint32_t target_bits,
                         uint32_t k_max)
{
    assert(k_max > 0 && k_max <= TAIL_MEMBERS_MAX && target_bits <= TAIL_TARGET_BITS_MAX);
    const uint32_t members = u->bad + u->good;
    const uint32_t limit = u->kind == URN_KEPT ? least(k_max, members) : k_max;
    const uint32_t classes = rule == TAIL_MAJORITY ? 1 : 3; /* of equal k mod 3 */
    uint32_t failing = 0;
    for (uint32_t c = 0; c < classes; c++) {
        const uint32_t last = last_failing(u, rule, target_bits, 1 + 2 * c, 2 * classes, limit);
        failing = last > failing ? last : failing;
    }
    if (failing == 0)
        return 1;
    return failing + 2 <= limit ? failing + 2 : 0;
}
