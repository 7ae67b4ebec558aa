/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"

#include "base/decimal.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { UNIT_CHARS_MAX = 4, MICRO_PLACES = 6, PLACES_MAX = 6, U64_DIGITS_MAX = 20 };

struct unit {
    char name[UNIT_CHARS_MAX + 1];
    uint64_t multiplier; /* smallest units in one of these */
};

static const struct unit energy_units[] = {{"Wh", 1}, {"kWh", 1000}, {"MWh", 1000000}};
static const struct unit power_units[] = {{"W", 1}, {"kW", 1000}, {"MW", 1000000}};
static const struct unit price_units[] = {{"/kWh", 1000000}};

/* Split @text into its number and its unit, which is not empty. */
static enum err read_number(struct decimal *number, struct span *unit, struct span text)
{
    size_t used;
    const enum err err = decimal_read(number, &used, text);
    if (err != ERR_OK)
        return err;
    if (used < text.len && text.at[used] == ' ')
        used++;
    *unit = (struct span){.at = text.at + used, .len = text.len - used};
    return unit->len == 0 ? ERR_UNIT_MISSING : ERR_OK;
}

static enum err read_quantity(int64_t *out, struct span text, const struct unit *units,
                              size_t count)
{
    struct decimal number;
    struct span name;
    const enum err err = read_number(&number, &name, text);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of_text(units[i].name)))
            return decimal_scale(out, &number, units[i].multiplier, DECIMAL_EXACT);
    }
    return ERR_UNIT_UNKNOWN;
}

enum err energy_parse(struct energy *out, struct span text)
{
    return read_quantity(&out->wh, text, energy_units,
                         sizeof energy_units / sizeof energy_units[0]);
}

enum err power_parse(struct power *out, struct span text)
{
    return read_quantity(&out->w, text, power_units, sizeof power_units / sizeof power_units[0]);
}

enum err price_parse(struct price *out, struct span text)
{
    return read_quantity(&out->micro_per_kwh, text, price_units,
                         sizeof price_units / sizeof price_units[0]);
}

static bool is_currency_code(struct span text)
{
    if (text.len != CURRENCY_CHARS)
        return false;
    for (size_t i = 0; i < CURRENCY_CHARS; i++) {
        if (text.at[i] < 'A' || text.at[i] > 'Z')
            return false;
    }
    return true;
}

static struct span code_of(const struct currency *currency)
{
    const struct span code = {.at = (const uint8_t *)currency->code, .len = CURRENCY_CHARS};
    assert(is_currency_code(code) && currency->code[CURRENCY_CHARS] == '\0');
    return code;
}

enum err money_parse(struct money *out, struct span text, const struct currency *currency)
{
    const struct span own = code_of(currency);
    struct decimal number;
    struct span code;
    const enum err err = read_number(&number, &code, text);
    if (err != ERR_OK)
        return err;
    if (!is_currency_code(code))
        return ERR_UNIT_UNKNOWN;
    if (!span_equal(code, own))
        return ERR_CURRENCY_OTHER;
    return decimal_scale(&out->micro, &number, 1000000, DECIMAL_EXACT);
}

/* A text being written. The longest is INT64_MIN in micro: 21 characters and the unit. */
struct line {
    char *text;
    size_t len;
};

static void put_char(struct line *l, char c)
{
    assert(l->len < QUANTITY_CHARS_MAX);
    l->text[l->len++] = c;
}

static void put_span(struct line *l, struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        put_char(l, (char)s.at[i]);
}

/* @value in decimal with at least @digits_min digits. */
static void put_count(struct line *l, uint64_t value, uint32_t digits_min)
{
    char digits[U64_DIGITS_MAX];
    uint32_t count = 0;
    for (; value > 0 || count < digits_min; value /= 10)
        digits[count++] = (char)('0' + value % 10);
    while (count > 0)
        put_char(l, digits[--count]);
}

/* @value / 10^@places exactly, with as few digits behind the point as it needs but at least
 * @places_min; without any there is no point. */
static void put_scaled(struct line *l, int64_t value, uint32_t places, uint32_t places_min)
{
    static const uint64_t power_of_ten[PLACES_MAX + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    assert(places <= PLACES_MAX && places_min <= places);
    if (value < 0)
        put_char(l, '-');
    const uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value; /* fits INT64_MIN too */
    uint64_t fraction = size % power_of_ten[places];
    put_count(l, size / power_of_ten[places], 1);
    for (; places > places_min && fraction % 10 == 0; places--)
        fraction /= 10;
    if (places > 0) {
        put_char(l, '.');
        put_count(l, fraction, places);
    }
}

/* @value in units below a thousand of them, in thousands from there on. */
static void format_in_thousands(char *text, int64_t value, struct span unit)
{
    struct line l = {.text = text, .len = 0};
    const bool large = value <= -1000 || value >= 1000;
    put_scaled(&l, value, large ? 3 : 0, 0);
    if (large)
        put_char(&l, 'k');
    put_span(&l, unit);
    put_char(&l, '\0');
}

static void format_micro(char *text, int64_t micro, struct span unit)
{
    struct line l = {.text = text, .len = 0};
    put_scaled(&l, micro, MICRO_PLACES, 2);
    put_span(&l, unit);
    put_char(&l, '\0');
}

void energy_format(char text[QUANTITY_CHARS_MAX], struct energy value)
{
    format_in_thousands(text, value.wh, span_of_text("Wh"));
}

void power_format(char text[QUANTITY_CHARS_MAX], struct power value)
{
    format_in_thousands(text, value.w, span_of_text("W"));
}

void price_format(char text[QUANTITY_CHARS_MAX], struct price value)
{
    format_micro(text, value.micro_per_kwh, span_of_text("/kWh"));
}

void money_format(char text[QUANTITY_CHARS_MAX], struct money value,
                  const struct currency *currency)
{
    format_micro(text, value.micro, code_of(currency));
}
