/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/tail.h - how likely a drawn cluster is captured (RULE sample.3).
 *
 * Pure, without memory of its own. k members are drawn from an urn with bad and good ones; the
 * tail is the probability that at least a threshold of them is bad. With RETURNED members the tail
 * is that of the binomial distribution, which bounds every placement of the bad members among
 * the feeders; without it is that of a simple random sample.
 *
 * Every tail is rounded up, by a relative (4 k + 8) * 2^-63 at most, and is exact where all
 * counts fit 64 bits. It is at most 1. */
#ifndef PEERWATT_SAMPLING_TAIL_H
#define PEERWATT_SAMPLING_TAIL_H

#include "base/must_use.h"
#include "sampling/rounded.h"

#include <stdint.h>

enum { TAIL_MEMBERS_MAX = 1 << 24, TAIL_TARGET_BITS_MAX = 1 << 20, TAIL_PPM = 1000000 };

enum tail_rule {
    TAIL_MAJORITY, /* X > k / 2 */
    TAIL_THIRD,    /* X >= k / 3 */
};

enum urn_kind {
    URN_RETURNED, /* each draw is from all members: the binomial distribution */
    URN_KEPT,     /* a member is drawn once: the hypergeometric distribution */
};

struct urn {
    enum urn_kind kind;
    uint32_t bad, good; /* not both 0; together up to TAIL_MEMBERS_MAX */
};

/* The infinite urn in which @bad_ppm (up to TAIL_PPM) of a million are bad. */
MUST_USE struct urn urn_of_share(uint32_t bad_ppm);

/* The smallest number of bad ones among @k that captures a cluster. */
MUST_USE uint32_t tail_threshold(enum tail_rule rule, uint32_t k);

/* P[X >= threshold] of @k drawn, up to TAIL_MEMBERS_MAX and, if they are kept, up to what there
 * is. */
MUST_USE struct rounded tail_probability(const struct urn *u, uint32_t k, uint32_t threshold);

/* The probability that exactly x of @k drawn and kept are bad, rounded up, to pmf[x] for x = 0 to
 * @k: one number each for all of them. */
void tail_each(struct rounded *pmf, const struct urn *u, uint32_t k);

/* C(n, k), n up to TAIL_MEMBERS_MAX. */
MUST_USE struct rounded tail_choose(uint32_t n, uint32_t k, enum rounded_side side);

/* The smallest odd k such that it and every larger odd one up to @k_max (1 to TAIL_MEMBERS_MAX) has
 * a tail of at most 2^-target_bits; 0 if there is none. Where members are kept a cluster has no
 * more than all of them, so what is beyond is not looked at. */
MUST_USE uint32_t tail_smallest_k(const struct urn *u, enum tail_rule rule, uint32_t target_bits,
                                  uint32_t k_max);

#endif
