/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ids.h"

#include <assert.h>
#include <string.h>

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool pubkey_equal(const struct pubkey *a, const struct pubkey *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void hex_format(char *text, struct span bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[bytes.at[i] >> 4];
        text[2 * i + 1] = digits[bytes.at[i] & 15];
    }
    text[2 * bytes.len] = '\0';
}

/* 0 to 15, or -1: capitals are refused so that each value has one text. */
static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

enum err hex_parse(uint8_t *bytes, size_t len, struct span text)
{
    if (text.len % 2 != 0 || text.len / 2 != len)
        return ERR_HEX_LENGTH;
    for (size_t i = 0; i < len; i++) {
        const int high = digit_value(text.at[2 * i]);
        const int low = digit_value(text.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_HEX_SYNTAX;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return ERR_OK;
}

void id_format_short(char text[ID_SHORT_CHARS + 1], struct span id)
{
    assert(id.len >= ID_SHORT_CHARS / 2);
    hex_format(text, (struct span){.at = id.at, .len = ID_SHORT_CHARS / 2});
}
