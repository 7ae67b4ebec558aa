/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct err_row rows[] = {
#define ERR_ROW(name, number, sentence, hint) {(number), #name, (sentence), (hint)},
    ERR_TABLE(ERR_ROW)
#undef ERR_ROW
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const struct err_row *err_get(enum err code)
{
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].number == code)
            return &rows[i];
    }
    assert(false); /* a code that is not in the table: rows and enum come from the same list */
    return NULL;
}

const struct err_row *err_at(uint32_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

static bool text_equal(const char *a, const char *b)
{
    const size_t len = strlen(a);
    return len == strlen(b) && memcmp(a, b, len) == 0;
}

const struct err_row *err_find(const char *name)
{
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        if (text_equal(rows[i].name, name))
            return &rows[i];
    }
    return NULL;
}
