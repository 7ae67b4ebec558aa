/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include "base/wide.h"

#include <assert.h>

enum {
    /* 128 digits times a 64-bit unit span fewer than 300 powers of ten: an exponent beyond this
     * gives "too large" or "nearly nothing" whatever its further digits say. */
    EXPONENT_ENOUGH = 1000000,
    U64_DIGITS_MAX = 20,
    PRODUCT_DIGITS_MAX = U64_DIGITS_MAX + DECIMAL_CHARS_MAX,
};

/* Where the parts of a number stand in its text, before any value is taken from them. */
struct layout {
    struct span whole, fraction, exponent; /* digits only */
    bool negative, exponent_negative;
    size_t used; /* bytes of the whole number */
};

/* Zero behind the end: neither the end nor a zero byte continues a number. */
static uint8_t char_at(struct span text, size_t index)
{
    return index < text.len ? text.at[index] : 0;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The digits at *@at, which is moved behind them. */
static struct span read_digits(struct span text, size_t *at)
{
    const size_t from = *at;
    while (is_digit(char_at(text, *at)))
        (*at)++;
    return (struct span){.at = text.at + from, .len = *at - from};
}

/* Leaves @l alone if what follows is no exponent: the 'e' may be the first letter of a unit. */
static void read_exponent(struct layout *l, struct span text)
{
    size_t at = l->used;
    if (char_at(text, at) != 'e' && char_at(text, at) != 'E')
        return;
    at++;
    const uint8_t sign = char_at(text, at);
    if (sign == '-' || sign == '+')
        at++;
    const struct span digits = read_digits(text, &at);
    if (digits.len == 0)
        return;
    l->exponent = digits;
    l->exponent_negative = sign == '-';
    l->used = at;
}

static enum err read_layout(struct layout *l, struct span text)
{
    *l = (struct layout){.negative = char_at(text, 0) == '-'};
    size_t at = l->negative ? 1 : 0;
    if (!is_digit(char_at(text, at)))
        return ERR_NUMBER_SYNTAX;
    l->whole = read_digits(text, &at);
    if (l->whole.len > 1 && l->whole.at[0] == '0')
        return ERR_NUMBER_SYNTAX;
    if (char_at(text, at) == '.') {
        at++;
        l->fraction = read_digits(text, &at);
        if (l->fraction.len == 0)
            return ERR_NUMBER_SYNTAX;
    }
    l->used = at;
    read_exponent(l, text);
    return l->used > DECIMAL_CHARS_MAX ? ERR_NUMBER_LENGTH : ERR_OK;
}

static int32_t exponent_value(const struct layout *l)
{
    int32_t value = 0;
    for (size_t i = 0; i < l->exponent.len && value < EXPONENT_ENOUGH; i++)
        value = value * 10 + (l->exponent.at[i] - '0');
    return l->exponent_negative ? -value : value;
}

/* Append @digits; a zero before the first other digit moves the point instead. */
static void keep_digits(struct decimal *d, struct span digits)
{
    for (size_t i = 0; i < digits.len; i++) {
        const uint8_t digit = (uint8_t)(digits.at[i] - '0');
        if (d->count == 0 && digit == 0)
            d->point--;
        else
            d->digits[d->count++] = digit;
    }
}

static struct decimal value_of(const struct layout *l)
{
    struct decimal d = {.point = (int32_t)l->whole.len + exponent_value(l)};
    keep_digits(&d, l->whole);
    keep_digits(&d, l->fraction);
    while (d.count > 0 && d.digits[d.count - 1] == 0)
        d.count--;
    if (d.count == 0)
        d.point = 0;
    d.negative = l->negative && d.count > 0;
    return d;
}

enum err decimal_read(struct decimal *out, size_t *used, struct span text)
{
    struct layout l;
    const enum err err = read_layout(&l, text);
    if (err != ERR_OK)
        return err;
    *out = value_of(&l);
    *used = l.used;
    return ERR_OK;
}

enum err decimal_parse(struct decimal *out, struct span text)
{
    struct decimal d;
    size_t used;
    const enum err err = decimal_read(&d, &used, text);
    if (err != ERR_OK)
        return err;
    if (used != text.len)
        return ERR_NUMBER_SYNTAX;
    *out = d;
    return ERR_OK;
}

/* 0.DIGITS * 10^point of a value times its unit; the digits may begin with zeros. */
struct product {
    uint8_t digits[PRODUCT_DIGITS_MAX];
    int32_t count, point;
};

/* Schoolbook, from the last digit; the carry never exceeds @multiplier. */
static void multiply(struct product *p, const struct decimal *value, uint64_t multiplier)
{
    u128 carry = 0;
    for (uint32_t i = value->count; i-- > 0;) {
        carry += (u128)multiplier * value->digits[i];
        p->digits[U64_DIGITS_MAX + i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    for (uint32_t i = U64_DIGITS_MAX; i-- > 0;) {
        p->digits[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    assert(carry == 0);
    p->count = U64_DIGITS_MAX + (int32_t)value->count;
    p->point = U64_DIGITS_MAX + value->point;
}

/* The digits before the point. False as soon as they exceed @max, so a huge exponent costs
 * nothing: the product is not zero and has few zeros in front. */
static bool whole_part(uint64_t *out, const struct product *p, uint64_t max)
{
    uint64_t whole = 0;
    for (int32_t i = 0; i < p->point; i++) {
        const uint8_t digit = i < p->count ? p->digits[i] : 0;
        if (whole > (max - digit) / 10)
            return false;
        whole = whole * 10 + digit;
    }
    *out = whole;
    return true;
}

enum rest { REST_NONE, REST_BELOW_HALF, REST_HALF, REST_ABOVE_HALF };

/* What stands behind the point, to its last digit: a tie may be broken only there. */
static enum rest rest_of(const struct product *p)
{
    if (p->point < 0)
        return REST_BELOW_HALF; /* below 0.1, and a product is never zero here */
    const uint8_t first = p->point < p->count ? p->digits[p->point] : 0;
    bool more = false;
    for (int32_t i = p->point + 1; i < p->count; i++)
        more = more || p->digits[i] != 0;
    if (first > 5 || (first == 5 && more))
        return REST_ABOVE_HALF;
    if (first == 5)
        return REST_HALF;
    return first > 0 || more ? REST_BELOW_HALF : REST_NONE;
}

enum err decimal_scale(int64_t *out, const struct decimal *value, uint64_t multiplier,
                       enum decimal_rounding rounding)
{
    assert(value->count <= DECIMAL_CHARS_MAX);
    if (value->count == 0 || multiplier == 0) {
        *out = 0;
        return ERR_OK;
    }
    struct product p;
    multiply(&p, value, multiplier);
    const uint64_t max = (uint64_t)INT64_MAX + (value->negative ? 1 : 0);
    uint64_t whole;
    if (!whole_part(&whole, &p, max))
        return ERR_NUMBER_LARGE;
    const enum rest rest = rest_of(&p);
    if (rest != REST_NONE && rounding == DECIMAL_EXACT)
        return ERR_NUMBER_FINE;
    if (rest == REST_ABOVE_HALF || (rest == REST_HALF && whole % 2 == 1))
        whole++;
    if (whole > max)
        return ERR_NUMBER_LARGE;
    *out = (int64_t)(value->negative ? -whole : whole);
    return ERR_OK;
}
