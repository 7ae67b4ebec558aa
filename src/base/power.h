/* SPDX-License-Identifier: Apache-2.0 */
/* base/power.h - an amount of power in watts.
 *
 * Pure. Power is for meters and screens; the ledger counts energy only. Arithmetic
 * tells whether the result fits; on false @out is not written. */
#ifndef PEERWATT_BASE_POWER_H
#define PEERWATT_BASE_POWER_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct power {
    int64_t w;
};

static inline MUST_USE bool power_add(struct power *out, struct power a, struct power b)
{
    int64_t sum; /* the builtin writes its result even if it does not fit */
    if (__builtin_add_overflow(a.w, b.w, &sum))
        return false;
    out->w = sum;
    return true;
}

static inline MUST_USE bool power_sub(struct power *out, struct power a, struct power b)
{
    int64_t difference; /* the builtin writes its result even if it does not fit */
    if (__builtin_sub_overflow(a.w, b.w, &difference))
        return false;
    out->w = difference;
    return true;
}

#endif
