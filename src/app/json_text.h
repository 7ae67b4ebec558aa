/* SPDX-License-Identifier: Apache-2.0 */
/* app/json_text.h - keeps the decimal text of JSON numbers that are not whole.
 *
 * jansson turns 0.35 into a binary fraction; market-json.md promises that decimal text is read
 * exactly. So before jansson reads, each number with a point, an exponent or more than 64
 * bits becomes a string that begins with a mark (the character DEL), and after jansson
 * writes, such strings become numbers again. Other numbers, strings and layout stay as they are;
 * what is not valid JSON stays so. */
#ifndef PEERWATT_APP_JSON_TEXT_H
#define PEERWATT_APP_JSON_TEXT_H

#include "base/bytes.h"
#include "base/must_use.h"

#include <stddef.h>

enum { JSON_TEXT_MARK = 0x7f };

/* Room for the result of json_text_keep on @len bytes. */
static inline MUST_USE size_t json_text_room(size_t len)
{
    return 2 * len + 3;
}

/* Mark the numbers of @text in @out, which has json_text_room(text.len); returns the length. */
MUST_USE size_t json_text_keep(char *out, struct span text);

/* The other way, in place; returns the new length, not above @len. */
MUST_USE size_t json_text_restore(char *text, size_t len);

#endif
