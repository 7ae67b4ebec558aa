/* SPDX-License-Identifier: Apache-2.0 */
/* base/fuzz_decimal.c - any bytes as a decimal number. What is read must keep inside the input,
 * survive being written out again, and, if it is short, scale as plain 128-bit integers do. */
#include "base/decimal.h"
#include "base/wide.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const uint64_t multipliers[] = {0, 1, 2, 7, 1000, 1000000, INT64_MAX, UINT64_MAX};

static void check_shape(const struct decimal *d)
{
    assert(d->count <= DECIMAL_CHARS_MAX);
    for (uint32_t i = 0; i < d->count; i++)
        assert(d->digits[i] <= 9);
    if (d->count == 0)
        assert(d->point == 0 && !d->negative);
    else
        assert(d->digits[0] != 0 && d->digits[d->count - 1] != 0);
}

static bool same(const struct decimal *a, const struct decimal *b)
{
    return a->count == b->count && a->point == b->point && a->negative == b->negative &&
           memcmp(a->digits, b->digits, a->count) == 0;
}

/* The number as an integer and a power of ten, read again: the same if that is short enough. */
static void check_written_again(const struct decimal *d)
{
    char text[DECIMAL_CHARS_MAX + 32];
    size_t len = 0;
    if (d->negative)
        text[len++] = '-';
    for (uint32_t i = 0; i < d->count; i++)
        text[len++] = (char)('0' + d->digits[i]);
    if (d->count == 0)
        text[len++] = '0';
    const int exponent = (int)d->point - (int)d->count;
    if (exponent < -900000 || exponent > 900000) /* beyond it only the size is kept */
        return;
    len += (size_t)snprintf(text + len, sizeof text - len, "e%d", exponent);
    struct decimal again;
    const enum err err = decimal_parse(&again, span_of_text(text));
    if (len > DECIMAL_CHARS_MAX)
        assert(err == ERR_NUMBER_LENGTH);
    else
        assert(err == ERR_OK && same(&again, d));
}

/* A number of few characters, read a second time in the plainest way. */
struct plain {
    i128 mantissa;
    int exponent; /* of ten */
};

enum { PLAIN_CHARS_MAX = 20, PLAIN_EXPONENT_MAX = 12 };

static int plain_exponent(struct span text)
{
    const bool negative = text.len > 0 && text.at[0] == '-';
    int value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] >= '0' && text.at[i] <= '9' && value <= PLAIN_EXPONENT_MAX)
            value = value * 10 + (text.at[i] - '0');
    }
    return negative ? -value : value;
}

/* False if the number is too long for 128-bit integers to judge. */
static bool plain_read(struct plain *out, struct span text)
{
    if (text.len > PLAIN_CHARS_MAX)
        return false;
    *out = (struct plain){0, 0};
    bool behind_point = false;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.at[i];
        if (c == 'e' || c == 'E') {
            const int e = plain_exponent((struct span){text.at + i + 1, text.len - i - 1});
            out->exponent += e;
            return e >= -PLAIN_EXPONENT_MAX && e <= PLAIN_EXPONENT_MAX;
        }
        if (c == '.')
            behind_point = true;
        if (c < '0' || c > '9')
            continue;
        out->mantissa = out->mantissa * 10 + (c - '0');
        out->exponent -= behind_point ? 1 : 0;
    }
    return true;
}

static i128 power_of_ten(int exponent)
{
    i128 power = 1;
    for (; exponent > 0; exponent--)
        power *= 10;
    return power;
}

/* What decimal_scale must say, for a plain number and a multiplier up to a million: everything
 * stays below 10^20 * 10^6 * 10^12. */
static enum err plain_scale(int64_t *out, const struct plain *p, bool negative, uint64_t multiplier,
                            enum decimal_rounding rounding)
{
    const i128 up = power_of_ten(p->exponent);
    const i128 down = power_of_ten(-p->exponent);
    const i128 product = p->mantissa * (i128)multiplier * up;
    const i128 twice_rest = product % down * 2;
    i128 whole = product / down;
    const i128 max = (i128)INT64_MAX + (negative ? 1 : 0);
    if (whole > max)
        return ERR_NUMBER_LARGE;
    if (twice_rest != 0 && rounding == DECIMAL_EXACT)
        return ERR_NUMBER_FINE;
    if (twice_rest > down || (twice_rest == down && whole % 2 == 1))
        whole++;
    if (whole > max)
        return ERR_NUMBER_LARGE;
    *out = (int64_t)(negative ? -whole : whole);
    return ERR_OK;
}

static void check_plain(const struct decimal *d, struct span text, uint64_t multiplier)
{
    struct plain p;
    if (multiplier > 1000000 || !plain_read(&p, text))
        return;
    const enum decimal_rounding roundings[] = {DECIMAL_EXACT, DECIMAL_HALF_EVEN};
    for (size_t i = 0; i < 2; i++) {
        int64_t value = 42;
        int64_t expected = 42;
        const enum err err = decimal_scale(&value, d, multiplier, roundings[i]);
        assert(err == plain_scale(&expected, &p, text.at[0] == '-', multiplier, roundings[i]));
        assert(value == expected);
    }
}

/* Exactness is a question of its own: where EXACT gives a value HALF_EVEN gives the same, and
 * the other sign gives the other value. */
static void check_scale(const struct decimal *d, uint64_t multiplier)
{
    int64_t exact = 42;
    int64_t rounded = 42;
    const enum err exact_err = decimal_scale(&exact, d, multiplier, DECIMAL_EXACT);
    const enum err rounded_err = decimal_scale(&rounded, d, multiplier, DECIMAL_HALF_EVEN);
    assert(rounded_err == ERR_OK || rounded_err == ERR_NUMBER_LARGE);
    if (exact_err == ERR_OK)
        assert(rounded_err == ERR_OK && exact == rounded);
    else
        assert(exact == 42 && (exact_err == ERR_NUMBER_LARGE || exact_err == ERR_NUMBER_FINE));
    if (exact_err == ERR_NUMBER_LARGE)
        assert(rounded_err == ERR_NUMBER_LARGE);
    if (rounded_err != ERR_OK) {
        assert(rounded == 42);
        return;
    }
    assert(d->count > 0 || rounded == 0);
    assert(d->negative ? rounded <= 0 : rounded >= 0);
    struct decimal turned = *d;
    turned.negative = !d->negative && d->count > 0;
    int64_t other;
    if (decimal_scale(&other, &turned, multiplier, DECIMAL_HALF_EVEN) == ERR_OK)
        assert(other == -rounded);
    else
        assert(rounded == INT64_MIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct span text = {.at = bytes, .len = len};
    struct decimal d;
    struct decimal whole;
    size_t used = SIZE_MAX;
    const enum err err = decimal_read(&d, &used, text);
    const enum err whole_err = decimal_parse(&whole, text);
    if (err != ERR_OK) {
        assert(err == ERR_NUMBER_SYNTAX || err == ERR_NUMBER_LENGTH);
        assert(whole_err == err && used == SIZE_MAX);
        return 0;
    }
    assert(used >= 1 && used <= len && used <= DECIMAL_CHARS_MAX);
    assert(whole_err == (used == len ? ERR_OK : ERR_NUMBER_SYNTAX));
    const struct span number = {.at = bytes, .len = used};
    assert(decimal_parse(&whole, number) == ERR_OK && same(&whole, &d));
    check_shape(&d);
    check_written_again(&d);
    for (size_t i = 0; i < sizeof multipliers / sizeof multipliers[0]; i++) {
        check_scale(&d, multipliers[i]);
        check_plain(&d, number, multipliers[i]);
    }
    return 0;
}
