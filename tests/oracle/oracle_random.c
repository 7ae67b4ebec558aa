/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle_random.c - valid messages by protobuf-c's descriptions and oracle_plan.c. */
#include "tests/oracle/oracle.h"

#include "tests/oracle/oracle_plan.h"

#include "peerwatt.pb-c.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    DEPTH_MAX = 2,              /* of envelopes inside an encoded message that may be anything */
    JUNK_BYTES_MAX = 300,       /* what stands there instead of it */
    OPS_BYTES_MAX = 8192 - 160, /* leaves room for the frame and the fields before the ops */
    SMALL_OP_BYTES = 48,
    OP_ARMS = 25,
};

static struct pool pool;
static unsigned depth; /* of envelopes at work */

/* The state of one call. */
struct source {
    struct test_random *random;
    enum oracle_size size;
};

static uint64_t below(const struct source *s, uint64_t count)
{
    return test_random_below(s->random, count);
}

static uint64_t clamp(uint64_t value, uint64_t min, uint64_t max)
{
    return value < min ? min : value > max ? max : value;
}

/* Both ends often, the places where a varint grows, and numbers of any size. */
static uint64_t pick_number(const struct source *s, uint64_t min, uint64_t max)
{
    static const uint64_t edges[] = {1,
                                     127,
                                     128,
                                     16383,
                                     16384,
                                     2097151,
                                     2097152,
                                     UINT32_MAX,
                                     UINT64_C(1) << 32,
                                     UINT64_C(1) << 56};
    switch (below(s, 8)) {
    case 0:
        return min;
    case 1:
        return max;
    case 2:
        return clamp(edges[below(s, sizeof edges / sizeof edges[0])], min, max);
    case 3:
        return clamp(below(s, 2) ? min + 1 : max - 1, min, max);
    default:
        break;
    }
    const uint64_t shift = below(s, 64);
    const uint64_t any = test_random_next(s->random) >> shift;
    return any >= min && any <= max ? any : min + any % (max - min + 1);
}

/* Both ends, 127 and 128, but mostly short. */
static uint64_t pick_length(const struct source *s, uint64_t min, uint64_t max)
{
    const uint64_t short_max = clamp(min + (s->size == ORACLE_USUAL ? 16 : 3), min, max);
    if (s->size == ORACLE_LARGEST)
        return min + below(s, short_max - min + 1);
    switch (below(s, 32)) {
    case 0:
        return s->size == ORACLE_USUAL ? max : short_max;
    case 1:
    case 2:
        return s->size == ORACLE_USUAL ? clamp(127 + below(s, 2), min, max) : short_max;
    case 3:
    case 4:
    case 5:
    case 6:
        return min;
    default:
        return min + below(s, short_max - min + 1);
    }
}

static uint64_t pick_count(const struct source *s, const struct plan_field *f)
{
    if (s->size == ORACLE_LARGEST)
        return f->max;
    if (s->size == ORACLE_SMALL)
        return f->min + below(s, clamp(3, 0, f->max - f->min) + 1);
    return pick_length(s, f->min, f->usual);
}

static void fill_bytes(const struct source *s, uint8_t *bytes, size_t len)
{
    const uint64_t style = below(s, 16);
    for (size_t i = 0; i < len; i += 8) {
        const uint64_t word = style == 0   ? 0
                              : style == 1 ? UINT64_MAX
                                           : test_random_next(s->random);
        memcpy(bytes + i, &word, len - i < 8 ? len - i : 8);
    }
}

static ProtobufCBinaryData make_bytes(const struct source *s, uint64_t len)
{
    ProtobufCBinaryData bytes = {(size_t)len, pool_take(&pool, (size_t)len)};
    fill_bytes(s, bytes.data, bytes.len);
    return bytes;
}

/* A character of @len bytes, from the first and to the last of its length. */
static void put_character(const struct source *s, uint8_t *at, size_t len)
{
    static const uint32_t first[] = {0, 0x20, 0xa0, 0x800, 0x10000};
    static const uint32_t last[] = {0, 0x7e, 0x7ff, 0xffff, 0x10ffff};
    uint32_t code = (uint32_t)pick_number(s, first[len], last[len]);
    if (code >= 0xd800 && code <= 0xdfff)
        code = below(s, 2) ? 0xd7ff : 0xe000; /* what is between is no character */
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        at[i] = (uint8_t)(0x80 | (code & 0x3f));
    at[0] = (uint8_t)(leads[len] | code);
}

static char *make_text(const struct source *s, uint64_t len)
{
    uint8_t *text = pool_take(&pool, (size_t)len + 1);
    for (size_t at = 0; at < len;) {
        const uint64_t room = clamp(len - at, 1, 4);
        const size_t width = below(s, 2) ? 1 : 1 + (size_t)below(s, room);
        put_character(s, text + at, width);
        at += width;
    }
    return (char *)text;
}

static ProtobufCMessage *make_message(const struct source *s, const struct plan *plan);
static struct span pack(struct plan *plan, const ProtobufCMessage *message);

static ProtobufCBinaryData as_binary(struct span bytes)
{
    ProtobufCBinaryData copy = {bytes.len, pool_take(&pool, bytes.len)};
    memcpy(copy.data, bytes.at, bytes.len);
    return copy;
}

/* An encoded message; or, where nothing looks inside, at times anything else. */
static ProtobufCBinaryData make_encoded(const struct source *s, const struct plan_field *f)
{
    if (f->note == PLAN_LOOSE &&
        (depth >= DEPTH_MAX || s->size == ORACLE_LARGEST || below(s, 3) == 0))
        return make_bytes(s, pick_length(s, 1, s->size == ORACLE_USUAL ? JUNK_BYTES_MAX : 8));
    const struct source inside = {s->random, f->note == PLAN_LOOSE ? ORACLE_SMALL : s->size};
    depth += f->note == PLAN_LOOSE ? 1 : 0;
    const struct span bytes = pack(f->inside, make_message(&inside, f->inside));
    depth -= f->note == PLAN_LOOSE ? 1 : 0;
    return as_binary(bytes);
}

static void put(ProtobufCMessage *m, unsigned offset, const void *value, size_t size)
{
    memcpy((uint8_t *)m + offset, value, size);
}

static void put_number(ProtobufCMessage *m, const struct plan_field *f, uint64_t value)
{
    const uint32_t narrow = (uint32_t)value;
    if (f->field->type == PROTOBUF_C_TYPE_UINT64)
        put(m, f->field->offset, &value, sizeof value);
    else /* uint32_t, an enum and protobuf_c_boolean are of one size */
        put(m, f->field->offset, &narrow, sizeof narrow);
}

static void make_list(const struct source *s, const struct plan_field *f, ProtobufCMessage *m)
{
    const size_t count = (size_t)pick_count(s, f);
    const bool of_bytes = f->field->type == PROTOBUF_C_TYPE_BYTES;
    const size_t size = of_bytes ? sizeof(ProtobufCBinaryData) : sizeof(void *);
    uint8_t *items = pool_take(&pool, count * size);
    for (size_t i = 0; i < count; i++) {
        if (of_bytes) {
            const ProtobufCBinaryData item = make_encoded(s, f);
            memcpy(items + i * size, &item, size);
        } else {
            ProtobufCMessage *const item = make_message(s, f->inside);
            memcpy(items + i * size, &item, size);
        }
    }
    put(m, f->field->offset, &items, sizeof items);
    put(m, f->field->quantifier_offset, &count, sizeof count);
}

static void make_field(const struct source *s, const struct plan_field *f, ProtobufCMessage *m)
{
    if (plan_is_list(f)) {
        make_list(s, f, m);
    } else if (plan_is_message(f)) {
        ProtobufCMessage *const inside = make_message(s, f->inside);
        put(m, f->field->offset, &inside, sizeof(void *));
    } else if (f->field->type == PROTOBUF_C_TYPE_BYTES) {
        const ProtobufCBinaryData bytes =
            f->inside ? make_encoded(s, f) : make_bytes(s, pick_length(s, f->min, f->max));
        put(m, f->field->offset, &bytes, sizeof bytes);
    } else if (f->field->type == PROTOBUF_C_TYPE_STRING) {
        char *const text = make_text(s, pick_length(s, f->min, f->max));
        put(m, f->field->offset, &text, sizeof(char *));
    } else {
        put_number(m, f, pick_number(s, f->min, f->max));
    }
}

static ProtobufCMessage *make_op(const struct source *s, uint32_t arm)
{
    const struct plan *plan = plan_get("Op");
    ProtobufCMessage *op = pool_take(&pool, plan->message->sizeof_message);
    protobuf_c_message_init(plan->message, op);
    const struct plan_field *f = &plan->fields[(arm ? arm : 1 + (uint32_t)below(s, OP_ARMS)) - 1];
    make_field(s, f, op);
    put(op, f->field->quantifier_offset, &f->field->id, sizeof f->field->id);
    return op;
}

static ProtobufCMessage *make_small_op(const struct source *s)
{
    static const uint32_t arms[] = {1, 2, 11, 14, 18, 19, 21, 22};
    return make_op(s, arms[below(s, sizeof arms / sizeof arms[0])]);
}

/* Ops that fit into an envelope. */
static void make_ops(const struct source *s, Peerwatt__Body *body, uint32_t arm, uint32_t count)
{
    size_t left = OPS_BYTES_MAX;
    body->ops = pool_take(&pool, count * sizeof(void *));
    body->n_ops = 0;
    for (uint32_t i = 0; i < count; i++) {
        const size_t for_others = arm ? 0 : (count - 1 - i) * SMALL_OP_BYTES;
        ProtobufCMessage *op = make_op(s, arm);
        size_t len = protobuf_c_message_get_packed_size(op) + 3;
        const bool is_long_evidence = count == 1 && ((Peerwatt__Op *)(void *)op)->op_case == 15;
        if (len + for_others > left && !is_long_evidence) {
            if (arm)
                return;
            op = make_small_op(s);
            len = protobuf_c_message_get_packed_size(op) + 3;
        }
        left -= is_long_evidence ? 0 : len;
        body->ops[body->n_ops++] = (Peerwatt__Op *)(void *)op;
    }
}

static uint32_t wanted_arm, wanted_count; /* of the outermost envelope */

static uint32_t pick_op_count(const struct source *s)
{
    if (depth > 0)
        return 1 + (uint32_t)below(s, 2);
    if (wanted_count > 0)
        return wanted_count;
    return below(s, 64) == 0 ? 64 : 1 + (uint32_t)below(s, 8);
}

static ProtobufCMessage *make_message(const struct source *s, const struct plan *plan)
{
    ProtobufCMessage *m = pool_take(&pool, plan->message->sizeof_message);
    protobuf_c_message_init(plan->message, m);
    for (unsigned i = 0; i < plan->message->n_fields; i++) {
        const struct plan_field *f = &plan->fields[i];
        if (plan->message == &peerwatt__body__descriptor && f->inside)
            make_ops(s, (Peerwatt__Body *)(void *)m, depth > 0 ? 0 : wanted_arm, pick_op_count(s));
        else
            make_field(s, f, m);
    }
    oracle_relate(plan, m, &pool);
    return m;
}

static struct span pack(struct plan *plan, const ProtobufCMessage *message)
{
    const size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = pool_take(&pool, len + 1);
    const size_t written = protobuf_c_message_pack(message, bytes);
    assert(written == len);
    if (depth == 0)
        oracle_count_written(plan, message);
    return (struct span){bytes, len};
}

static struct span random_message(const char *message, const struct source *s)
{
    pool_reset(&pool);
    depth = 0;
    struct plan *plan = plan_get(message);
    return pack(plan, make_message(s, plan));
}

struct span oracle_random(const char *message, struct test_random *r, enum oracle_size size)
{
    const struct source s = {r, size};
    wanted_arm = wanted_count = 0;
    return random_message(message, &s);
}

struct span oracle_random_envelope(struct test_random *r, uint32_t arm, uint32_t count,
                                   enum oracle_size size)
{
    assert(arm <= OP_ARMS && count >= 1 && count <= 64);
    const struct source s = {r, size};
    wanted_arm = arm;
    wanted_count = count;
    return random_message("Envelope", &s);
}
