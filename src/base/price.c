/* SPDX-License-Identifier: Apache-2.0 */
#include "base/price.h"

#include "base/wide.h"

enum { WH_PER_KWH = 1000 };

bool price_payment(struct money *out, struct price price, struct energy energy)
{
    /* RULE num.1: the product is exact and is rounded once, half to even. Rounding is done on the
     * size, because C's division rounds towards zero and half to even treats both signs alike. */
    const i128 product = (i128)energy.wh * price.micro_per_kwh;
    const bool negative = product < 0;
    const u128 size = (u128)(negative ? -product : product);
    const u128 rest = size % WH_PER_KWH;
    u128 micro = size / WH_PER_KWH;
    if (rest > WH_PER_KWH / 2 || (rest == WH_PER_KWH / 2 && micro % 2 == 1))
        micro++;
    const i128 payment = negative ? -(i128)micro : (i128)micro;
    if (payment < INT64_MIN || payment > INT64_MAX)
        return false;
    out->micro = (int64_t)payment;
    return true;
}
