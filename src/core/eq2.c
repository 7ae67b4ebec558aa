/* SPDX-License-Identifier: Apache-2.0 */
#include "core/eq2.h"

#include "base/fixed.h"
#include "base/wide.h"

#include <assert.h>

static int64_t cut(struct eq2 *e, i128 value)
{
    if (value >= -(i128)EQ2_MAX && value <= EQ2_MAX)
        return (int64_t)value;
    e->saturated = true;
    return value < 0 ? -EQ2_MAX : EQ2_MAX;
}

static int64_t times(struct eq2 *e, int64_t a, int64_t b)
{
    const u128 product = (u128)(a < 0 ? -a : a) * (u128)(b < 0 ? -b : b);
    const i128 size = (i128)(product >> FIXED_SHIFT);
    return cut(e, (a < 0) == (b < 0) ? size : -size);
}

/* Whose score takes x^5: both on success, else only the one named by alpha. */
static int64_t at_stake(struct eq2 *e, int64_t x, int64_t alpha)
{
    if (x > 0)
        return cut(e, (i128)e->s + e->b);
    if (x < 0 && alpha == 1)
        return e->s;
    return x < 0 && alpha == -1 ? e->b : 0;
}

void eq2_step(struct eq2 *e, int64_t x, int64_t alpha)
{
    assert(x >= -EQ2_MAX && x <= EQ2_MAX);
    const int64_t square = times(e, x, x);
    const int64_t cube = times(e, square, x);
    const int64_t fifth = times(e, cube, square);
    e->v = times(e, e->v, x);
    e->l = times(e, e->l, cube);
    e->f = times(e, at_stake(e, x, alpha), fifth);
    e->q = cut(e, (i128)e->v + e->l + e->f);
}
