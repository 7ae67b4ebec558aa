/* SPDX-License-Identifier: Apache-2.0 */
/* app/exact_tail.h - the tails of RULE sample.3 as fractions, for people who check the integers
 * that the nodes use (sampling/tail.h).
 *
 * On the heap, by GMP, whose numbers the caller initialises and clears. Not for nodes. */
#ifndef PEERWATT_APP_EXACT_TAIL_H
#define PEERWATT_APP_EXACT_TAIL_H

#include "base/must_use.h"
#include "sampling/tail.h"

#include <gmp.h>
#include <stdint.h>

enum { EXACT_TAIL_K_MAX = 10000 }; /* a fraction of up to 60,000 digits */

/* @ways = in how many ways @x of @k drawn ones are bad. */
void exact_ways(mpz_t ways, const struct urn *u, uint32_t k, uint32_t x);

/* @out = P[X >= threshold] of @k drawn, in lowest terms. */
void exact_tail(mpq_t out, const struct urn *u, uint32_t k, uint32_t threshold);

/* floor(1000 * log2(p)), p > 0. */
MUST_USE int64_t exact_log2_milli(const mpq_t p);

#endif
