/* SPDX-License-Identifier: Apache-2.0 */
/* base/price.h - a price in micro per kWh, and what an amount of energy costs (RULE num.1).
 *
 * Pure. Arithmetic tells whether the result fits; on false @out is not written. */
#ifndef PEERWATT_BASE_PRICE_H
#define PEERWATT_BASE_PRICE_H

#include "base/energy.h"
#include "base/money.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct price {
    int64_t micro_per_kwh;
};

static inline MUST_USE bool price_add(struct price *out, struct price a, struct price b)
{
    int64_t sum; /* the builtin writes its result even if it does not fit */
    if (__builtin_add_overflow(a.micro_per_kwh, b.micro_per_kwh, &sum))
        return false;
    out->micro_per_kwh = sum;
    return true;
}

static inline MUST_USE bool price_sub(struct price *out, struct price a, struct price b)
{
    int64_t difference; /* the builtin writes its result even if it does not fit */
    if (__builtin_sub_overflow(a.micro_per_kwh, b.micro_per_kwh, &difference))
        return false;
    out->micro_per_kwh = difference;
    return true;
}

/* What @energy costs at @price: energy * price / 1000, rounded half to even from the exact
 * 128-bit product, either sign. False if it does not fit; then @out is not written. */
MUST_USE bool price_payment(struct money *out, struct price price, struct energy energy);

#endif
