/* SPDX-License-Identifier: Apache-2.0 */
/* base/decimal.h - decimal text read exactly, never through a floating-point number.
 *
 * Pure. The text is kept as digits and a power of ten; it becomes an integer only once, when it
 * is multiplied by the unit asked for, and it is rounded at most once. So 0.30000000000000004
 * kWh is 300 Wh, and 0.1 of anything is what a person means by it. */
#ifndef PEERWATT_BASE_DECIMAL_H
#define PEERWATT_BASE_DECIMAL_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_CHARS_MAX = 128 };

/* (-1 if negative) * 0.DIGITS * 10^point; digits[0] != 0 unless count is 0, which is zero. */
struct decimal {
    uint8_t digits[DECIMAL_CHARS_MAX]; /* 0 to 9, most significant first */
    uint32_t count;                    /* digits in use, without zeros at either end */
    int32_t point;                     /* 0 if count is 0; beyond +-1000000 only its size is kept */
    bool negative;                     /* false for zero: there is no negative zero */
};

enum decimal_rounding {
    DECIMAL_EXACT,    /* refuse what is not a whole number of units */
    DECIMAL_HALF_EVEN /* nearest, a tie to the even one */
};

/* Read the longest decimal number at the start of @text: [-]digits[.digits][e[+-]digits], as in
 * JSON (no leading plus, no leading zero before another digit, no bare point: "01" and "1." are
 * refused, not read as far as they go). *@used is its length in bytes. An 'e' or 'E' that no
 * exponent follows is not part of it.
 * ERR_NUMBER_SYNTAX, ERR_NUMBER_LENGTH (over DECIMAL_CHARS_MAX bytes); then neither @out nor
 * @used is written. */
MUST_USE enum err decimal_read(struct decimal *out, size_t *used, struct span text);

/* As decimal_read, but the whole of @text must be the number. */
MUST_USE enum err decimal_parse(struct decimal *out, struct span text);

/* @out = @value * @multiplier. ERR_NUMBER_LARGE if it is beyond int64_t, ERR_NUMBER_FINE (only
 * with DECIMAL_EXACT); a number that is both is large. On an error @out is not written. */
MUST_USE enum err decimal_scale(int64_t *out, const struct decimal *value, uint64_t multiplier,
                                enum decimal_rounding rounding);

#endif
