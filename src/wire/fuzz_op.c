/* SPDX-License-Identifier: Apache-2.0 */
/* wire/fuzz_op.c - any bytes as the one operation of an envelope. The frame around them is made
 * here, so that all of the input reaches the operation's fields. What is accepted is written
 * again, by us and by protobuf-c, as the same bytes (RULE num.3), and can be shown. */
#include "tests/fuzz/fuzz.h"
#include "tests/oracle/judge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_BYTES_MAX = 128, OP_BYTES_MAX = 1 << 20, KEY_BODY = 0x0a, KEY_SIGNATURE = 0x12 };

static size_t put_length(uint8_t *out, size_t value)
{
    size_t len = 0;
    for (; value >= 0x80; value >>= 7)
        out[len++] = (uint8_t)(value | 0x80);
    out[len++] = (uint8_t)value;
    return len;
}

/* slot 1, expires_height 1, and the key and length of an op of @len bytes. */
static size_t put_before_op(uint8_t *out, size_t len)
{
    static const uint8_t fields[] = {0x08, 1, 0x20, 1, 0x2a};
    memcpy(out, fields, sizeof fields);
    return sizeof fields + put_length(out + sizeof fields, len);
}

/* Key and length of a body of @len bytes. */
static size_t put_before_body(uint8_t *out, size_t len)
{
    out[0] = KEY_BODY;
    return 1 + put_length(out + 1, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0 || len > OP_BYTES_MAX)
        return 0;
    uint8_t in_body[FRAME_BYTES_MAX], in_envelope[FRAME_BYTES_MAX];
    const size_t before_op = put_before_op(in_body, len);
    const size_t before_body = put_before_body(in_envelope, before_op + len);
    const size_t whole = before_body + before_op + len + 2 + SIGNATURE_BYTES;
    uint8_t *envelope = malloc(whole);
    assert(envelope);
    memset(envelope, 0x55, whole);
    memcpy(envelope, in_envelope, before_body);
    memcpy(envelope + before_body, in_body, before_op);
    memcpy(envelope + before_body + before_op, bytes, len);
    envelope[whole - SIGNATURE_BYTES - 2] = KEY_SIGNATURE;
    envelope[whole - SIGNATURE_BYTES - 1] = SIGNATURE_BYTES;
    struct envelope e;
    const struct judgement j = judge_envelope(&e, (struct span){envelope, whole});
    free(envelope);
    judge_insist(j);
    return 0;
}
