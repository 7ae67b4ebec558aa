/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_random.h - numbers for tests that try many cases: the same seed, the same numbers.
 *
 * Only tests include this file. A test prints its seed when it fails. */
#ifndef PEERWATT_BASE_TEST_RANDOM_H
#define PEERWATT_BASE_TEST_RANDOM_H

#include <stdint.h>

struct test_random {
    uint64_t state; /* the seed at first */
};

/* SplitMix64 (Steele, Lea and Flood 2014): any seed is a good one. */
static inline uint64_t test_random_next(struct test_random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 to @count - 1, close enough to evenly for a test. */
static inline uint64_t test_random_below(struct test_random *r, uint64_t count)
{
    return test_random_next(r) % count;
}

/* Either sign and any size: as many numbers of 3 bits as of 60, and INT64_MIN and 0 among them. */
static inline int64_t test_random_int64(struct test_random *r)
{
    /* One draw a statement: the order of draws inside an expression is the compiler's choice. */
    const uint64_t bits = test_random_next(r) >> 1;
    const uint64_t size = bits >> test_random_below(r, 64);
    return test_random_next(r) & 1 ? (int64_t)size : -1 - (int64_t)size;
}

#endif
