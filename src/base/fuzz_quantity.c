/* SPDX-License-Identifier: Apache-2.0 */
/* base/fuzz_quantity.c - any bytes as a quantity of each kind, and the same bytes as the number
 * that is written out as one. What is formatted must read back to the same value. */
#include "base/test_quantity_kinds.h"

#include "base/decimal.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static void check_round_trip(enum kind kind, int64_t value)
{
    char text[QUANTITY_CHARS_MAX];
    memset(text, 'x', sizeof text);
    format(text, kind, value);
    assert(strnlen(text, sizeof text) < sizeof text);
    assert((text[0] == '-') == (value < 0));
    int64_t again = ~value;
    assert(parse(&again, kind, span_of_text(text)) == ERR_OK);
    assert(again == value);
}

/* What each kind may say about @text when the others have been heard. */
static void check_refusal(enum kind kind, enum err err, enum err number_err)
{
    const enum err expected[] = {ERR_UNIT_MISSING, ERR_UNIT_UNKNOWN, ERR_NUMBER_FINE,
                                 ERR_NUMBER_LARGE};
    bool found = kind == MONEY && err == ERR_CURRENCY_OTHER;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        found = found || err == expected[i];
    assert(number_err == ERR_OK ? found : err == number_err);
}

static void check_text(struct span text)
{
    struct decimal number;
    size_t used = 0;
    const enum err number_err = decimal_read(&number, &used, text);
    uint32_t understood = 0;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        int64_t value = 42;
        const enum err err = parse(&value, (enum kind)kind, text);
        if (err == ERR_OK) {
            assert(used < text.len); /* a bare number is never a quantity */
            check_round_trip((enum kind)kind, value);
            understood++;
        } else {
            assert(value == 42);
            check_refusal((enum kind)kind, err, number_err);
            assert((err == ERR_UNIT_MISSING) <= (text.len <= used + 1));
        }
    }
    assert(understood <= 1); /* no unit belongs to two kinds */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    check_text((struct span){.at = bytes, .len = len});
    int64_t value = 0;
    memcpy(&value, bytes, len < sizeof value ? len : sizeof value);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        check_round_trip((enum kind)kind, value);
        check_round_trip((enum kind)kind, value % 2000); /* around the change of the unit */
    }
    return 0;
}
