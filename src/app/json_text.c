/* SPDX-License-Identifier: Apache-2.0 */
#include "app/json_text.h"

#include "base/decimal.h"

#include <stdbool.h>
#include <string.h>

/* The length of the string that begins at @text[0], which is a quote; with its quotes if it ends.
 */
static size_t string_len(const char *text, size_t len)
{
    size_t at = 1;
    while (at < len && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at < len ? at + 1 : len;
}

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static size_t number_len(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && in_number(text[at]))
        at++;
    return at;
}

/* A fraction, or a whole number beyond 64 bits, where jansson gives up. */
static bool is_kept(const char *text, size_t len)
{
    struct decimal number;
    int64_t value;
    bool is_whole = true;
    for (size_t i = 0; i < len; i++)
        is_whole &= text[i] != '.' && text[i] != 'e' && text[i] != 'E';
    if (is_whole && len < 19)
        return false;
    if (decimal_parse(&number, (struct span){(const uint8_t *)text, len}) != ERR_OK)
        return false;
    return !is_whole || decimal_scale(&value, &number, 1, DECIMAL_EXACT) != ERR_OK;
}

size_t json_text_keep(char *out, struct span text)
{
    const char *in = (const char *)text.at;
    size_t len = 0;
    for (size_t at = 0, step; at < text.len; at += step) {
        const size_t number = number_len(in + at, text.len - at);
        const bool is_marked = number > 0 && is_kept(in + at, number);
        step = number > 0 ? number : in[at] == '"' ? string_len(in + at, text.len - at) : 1;
        if (is_marked) {
            out[len++] = '"';
            out[len++] = JSON_TEXT_MARK;
        }
        memcpy(out + len, in + at, step);
        len += step;
        if (is_marked)
            out[len++] = '"';
    }
    return len;
}

size_t json_text_restore(char *text, size_t len)
{
    size_t kept = 0;
    for (size_t at = 0, step; at < len; at += step) {
        step = text[at] == '"' ? string_len(text + at, len - at) : 1;
        const bool is_marked = step > 2 && text[at + 1] == JSON_TEXT_MARK;
        const size_t cut = is_marked ? 2 : 0, end = is_marked ? 1 : 0;
        memmove(text + kept, text + at + cut, step - cut - end);
        kept += step - cut - end;
    }
    return kept;
}
