/* SPDX-License-Identifier: Apache-2.0 */
/* core/eq2.h - equation (2) of the paper to the letter, for study only: v(i) = v(i-1) x,
 * L(i) = L(i-1) x^3, f = (S + B) x^5 or one of the two, Q(i) = v + L + f. It flips its sign, grows
 * without bound and stays at zero; qot.h has what the ledger does instead (paper II-C).
 *
 * Pure. Values are Q16.16, magnitudes rounded down with the products of RULE qot.3, and cut at
 * 2^62 of their last place; from the first cut on `saturated` is true. */
#ifndef PEERWATT_CORE_EQ2_H
#define PEERWATT_CORE_EQ2_H

#include <stdbool.h>
#include <stdint.h>

#define EQ2_MAX (INT64_C(1) << 62)

struct eq2 {
    int64_t v, l; /* of the last transaction; at first the start values */
    int64_t s, b; /* Q-scores of seller and buyer */
    int64_t f, q; /* of the last transaction; f is 0 where the paper defines none */
    bool saturated;
};

/* One transaction. All values in @e and @x lie in [-EQ2_MAX, EQ2_MAX]. */
void eq2_step(struct eq2 *e, int64_t x, int64_t alpha);

#endif
