/* SPDX-License-Identifier: Apache-2.0 */
/* base/money.h - an amount of money in micro, 1e-6 of the community's currency (RULE num.1).
 *
 * Pure. Arithmetic tells whether the result fits; on false @out is not written. */
#ifndef PEERWATT_BASE_MONEY_H
#define PEERWATT_BASE_MONEY_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct money {
    int64_t micro;
};

static inline MUST_USE bool money_add(struct money *out, struct money a, struct money b)
{
    int64_t sum; /* the builtin writes its result even if it does not fit */
    if (__builtin_add_overflow(a.micro, b.micro, &sum))
        return false;
    out->micro = sum;
    return true;
}

static inline MUST_USE bool money_sub(struct money *out, struct money a, struct money b)
{
    int64_t difference; /* the builtin writes its result even if it does not fit */
    if (__builtin_sub_overflow(a.micro, b.micro, &difference))
        return false;
    out->micro = difference;
    return true;
}

#endif
