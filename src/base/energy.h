/* SPDX-License-Identifier: Apache-2.0 */
/* base/energy.h - an amount of energy in watt-hours (RULE num.1).
 *
 * Pure. Arithmetic tells whether the result fits; on false @out is not written. */
#ifndef PEERWATT_BASE_ENERGY_H
#define PEERWATT_BASE_ENERGY_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct energy {
    int64_t wh;
};

static inline MUST_USE bool energy_add(struct energy *out, struct energy a, struct energy b)
{
    int64_t sum; /* the builtin writes its result even if it does not fit */
    if (__builtin_add_overflow(a.wh, b.wh, &sum))
        return false;
    out->wh = sum;
    return true;
}

static inline MUST_USE bool energy_sub(struct energy *out, struct energy a, struct energy b)
{
    int64_t difference; /* the builtin writes its result even if it does not fit */
    if (__builtin_sub_overflow(a.wh, b.wh, &difference))
        return false;
    out->wh = difference;
    return true;
}

static inline MUST_USE struct energy energy_min(struct energy a, struct energy b)
{
    return a.wh < b.wh ? a : b;
}

#endif
