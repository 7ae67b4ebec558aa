/* SPDX-License-Identifier: Apache-2.0 */
#include "store/zeros.h"

#include <string.h>

enum { RUN_LEAST = 2, RUN_MAX = 129, PLAIN_MAX = 128, RUN_MARK = 126, IS_RUN = 128 };

static size_t zeros_at(struct span row, size_t at)
{
    size_t count = 0;
    while (count < RUN_MAX && at + count < row.len && row.at[at + count] == 0)
        count++;
    return count;
}

/* Up to the next run. */
static size_t plain_at(struct span row, size_t at)
{
    size_t count = 0;
    while (count < PLAIN_MAX && at + count < row.len && zeros_at(row, at + count) < RUN_LEAST)
        count++;
    return count;
}

size_t zeros_pack(uint8_t *out, struct span row)
{
    uint8_t *to = out;
    for (size_t at = 0; at < row.len;) {
        const size_t run = zeros_at(row, at);
        if (run >= RUN_LEAST) {
            *to++ = (uint8_t)(run + RUN_MARK);
            at += run;
            continue;
        }
        const size_t plain = plain_at(row, at);
        *to++ = (uint8_t)(plain - 1);
        memcpy(to, row.at + at, plain);
        to += plain;
        at += plain;
    }
    return (size_t)(to - out);
}

bool zeros_unpack(uint8_t *out, size_t size, size_t *len, struct span packed)
{
    size_t done = 0;
    for (size_t at = 0; at < packed.len;) {
        const uint8_t mark = packed.at[at++];
        const bool is_run = mark >= IS_RUN;
        const size_t count = is_run ? mark - (size_t)RUN_MARK : mark + (size_t)1;
        if (count > size - done || (!is_run && count > packed.len - at))
            return false;
        if (is_run)
            memset(out + done, 0, count);
        else
            memcpy(out + done, packed.at + at, count);
        at += is_run ? 0 : count;
        done += count;
    }
    *len = done;
    return true;
}
