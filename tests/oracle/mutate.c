/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/mutate.c - valid bytes, changed in one place. Where the change stands inside
 * messages their lengths are mended, so that it is the change that must be noticed. */
#include "tests/oracle/oracle.h"

#include "tests/oracle/oracle_plan.h"

#include <assert.h>
#include <string.h>

enum { KIND_VARINT = 0, KIND_BYTES = 2, VARINT_MAX = 10, ARM_COUNT = 25, UNKNOWN_NUMBER = 60 };

static uint64_t read_varint(const uint8_t *bytes, uint32_t *at)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint8_t byte = bytes[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

static size_t write_varint(uint8_t *out, uint64_t value)
{
    size_t len = 0;
    for (; value >= 0x80; value >>= 7)
        out[len++] = (uint8_t)(value | 0x80);
    out[len++] = (uint8_t)value;
    return len;
}

static const struct plan_field *field_of(const struct plan *plan, uint64_t number)
{
    for (unsigned i = 0; i < plan->message->n_fields; i++)
        if (plan->fields[i].field->id == number)
            return &plan->fields[i];
    assert(false && "the bytes are valid");
    return NULL;
}

/* The fields of the message in [@at, @end), and of those inside. False if there are too many. */
static bool take_apart(struct mutate *m, const struct plan *plan, uint32_t at, uint32_t end,
                       int32_t parent)
{
    while (at < end) {
        if (m->count == MUTATE_FIELDS_MAX)
            return false;
        const int32_t self = (int32_t)m->count++;
        struct mutate_field *f = &m->fields[self];
        *f = (struct mutate_field){.key_at = at, .parent = parent};
        const uint64_t key = read_varint(m->bytes.at, &at);
        const struct plan_field *p = field_of(plan, key >> 3);
        f->length_at = f->value_at = at;
        uint64_t len = read_varint(m->bytes.at, &at);
        if ((key & 7) == KIND_BYTES)
            f->value_at = at;
        else
            len = 0;
        at = f->end = at + (uint32_t)len;
        f->is_arm = plan_is_arm(p);
        f->has_fields = p->inside && p->note != PLAN_LOOSE;
        if (f->has_fields && !take_apart(m, p->inside, f->value_at, f->end, self))
            return false;
    }
    return true;
}

bool mutate_open(struct mutate *m, const char *message, struct span bytes)
{
    m->bytes = bytes;
    m->count = 0;
    return bytes.len <= MUTATE_BYTES_MAX &&
           take_apart(m, plan_get(message), 0, (uint32_t)bytes.len, -1);
}

/* Replace @remove bytes at @at of the output by others. */
static void splice(struct mutate *m, size_t at, size_t remove, const uint8_t *insert, size_t len)
{
    assert(at + remove <= m->len && m->len - remove + len <= sizeof m->out);
    memmove(m->out + at + len, m->out + at + remove, m->len - at - remove);
    memcpy(m->out + at, insert, len);
    m->len = m->len - remove + len;
}

/* The same, and mend the lengths of @parent and of what is around it. */
static void splice_inside(struct mutate *m, int32_t parent, size_t at, size_t remove,
                          const uint8_t *insert, size_t len)
{
    splice(m, at, remove, insert, len);
    for (int64_t grown = (int64_t)len - (int64_t)remove; parent >= 0;
         parent = m->fields[parent].parent) {
        const struct mutate_field *f = &m->fields[parent];
        uint8_t length[VARINT_MAX];
        const size_t old = f->value_at - f->length_at;
        const size_t now =
            write_varint(length, (uint64_t)((int64_t)(f->end - f->value_at) + grown));
        splice(m, f->length_at, old, length, now);
        grown += (int64_t)now - (int64_t)old;
    }
}

static const struct mutate_field *any_field(const struct mutate *m, struct test_random *r)
{
    return &m->fields[test_random_below(r, m->count)];
}

/* A place: anywhere and raw, or in the bytes of a field with lengths mended. */
static size_t any_place(const struct mutate *m, struct test_random *r, int32_t *parent)
{
    *parent = -1;
    if (test_random_next(r) & 1)
        return (size_t)test_random_below(r, m->bytes.len);
    const struct mutate_field *f = any_field(m, r);
    *parent = f->value_at > f->length_at ? (int32_t)(f - m->fields) : f->parent;
    const size_t len = f->end - f->value_at;
    return f->value_at + (len > 0 ? (size_t)test_random_below(r, len) : 0);
}

static void change_byte(struct mutate *m, struct test_random *r, enum mutation kind)
{
    int32_t parent;
    const size_t at = any_place(m, r, &parent);
    const uint8_t any = (uint8_t)test_random_next(r);
    if (at >= m->len) /* behind the last field, which is empty */
        splice_inside(m, parent, at, 0, &any, 1);
    else if (kind == MUTATION_BIT)
        m->out[at] ^= (uint8_t)(1U << (any & 7));
    else if (kind == MUTATION_INSERT)
        splice_inside(m, parent, at, 0, &any, 1);
    else if (kind == MUTATION_DOUBLE)
        splice_inside(m, parent, at, 0, &m->bytes.at[at], 1);
    else if (parent < 0 || m->fields[parent].end > m->fields[parent].value_at)
        splice_inside(m, parent, at, 1, &any, 0);
}

/* The end of the whole, or of one field with lengths mended, is missing. */
static void cut(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    const size_t len = f->end - f->value_at;
    if (len == 0 || (test_random_next(r) & 1)) {
        m->len = (size_t)test_random_below(r, m->len);
        return;
    }
    const size_t keep = (size_t)test_random_below(r, len);
    splice_inside(m, (int32_t)(f - m->fields), f->value_at + keep, len - keep, m->out, 0);
}

static void swap_fields(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    const struct mutate_field *next = f + 1;
    while (next < m->fields + m->count && next->key_at < f->end)
        next++;
    if (next == m->fields + m->count || next->parent != f->parent || next->key_at != f->end)
        return;
    memcpy(m->out + f->key_at, m->bytes.at + next->key_at, next->end - next->key_at);
    memcpy(m->out + f->key_at + (next->end - next->key_at), m->bytes.at + f->key_at,
           f->end - f->key_at);
}

/* Its key, its length, or its number with one byte more. */
static void lengthen_varint(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    uint32_t at = test_random_next(r) & 1 ? f->key_at : f->length_at;
    (void)read_varint(m->bytes.at, &at);
    const uint8_t longer[] = {(uint8_t)(m->bytes.at[at - 1] | 0x80), 0};
    splice_inside(m, f->parent, at - 1, 1, longer, sizeof longer);
}

/* A field that is not there comes before @f with the value 0, or @f itself becomes 0 or empty. */
static void write_zero(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    const bool is_number = f->value_at == f->length_at;
    uint32_t at = f->key_at;
    const uint64_t key = read_varint(m->bytes.at, &at);
    uint8_t zero[VARINT_MAX + 1];
    if (test_random_next(r) & 1) {
        zero[0] = 0;
        splice_inside(m, f->parent, f->length_at, f->end - f->length_at, zero, 1);
        return;
    }
    const uint64_t lower = test_random_below(r, key >> 3 ? key >> 3 : 1);
    const uint64_t kind = is_number || (test_random_next(r) & 1) ? KIND_VARINT : KIND_BYTES;
    size_t len = write_varint(zero, (lower > 0 ? lower : key >> 3) << 3 | kind);
    zero[len++] = 0;
    splice_inside(m, f->parent, f->key_at, 0, zero, len);
}

/* Another arm, or the same again, before or behind the one that is there. */
static void append_arm(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = NULL;
    for (uint32_t tries = 0; tries < 64 && !(f && f->is_arm); tries++)
        f = any_field(m, r);
    if (!f->is_arm)
        return;
    uint8_t arm[VARINT_MAX + 1];
    size_t len = write_varint(arm, (1 + test_random_below(r, ARM_COUNT)) << 3 | KIND_BYTES);
    arm[len++] = 0;
    splice_inside(m, f->parent, test_random_next(r) & 1 ? f->key_at : f->end, 0, arm, len);
}

static void repeat_field(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    if (m->len + (f->end - f->key_at) + VARINT_MAX > sizeof m->out)
        return;
    splice_inside(m, f->parent, f->end, 0, m->bytes.at + f->key_at, f->end - f->key_at);
}

static void add_unknown(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    uint8_t unknown[VARINT_MAX + 1];
    const uint64_t kind = test_random_next(r) & 1 ? KIND_VARINT : KIND_BYTES;
    size_t len = write_varint(unknown, (26 + test_random_below(r, UNKNOWN_NUMBER)) << 3 | kind);
    unknown[len++] = (uint8_t)(kind == KIND_VARINT ? 1 : 0);
    splice_inside(m, f->parent, f->end, 0, unknown, len);
}

static void change_number(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    if (f->value_at != f->length_at)
        return;
    uint32_t at = f->value_at;
    const uint64_t old = read_varint(m->bytes.at, &at);
    uint8_t number[VARINT_MAX];
    const uint64_t shift = test_random_below(r, 64);
    const uint64_t any = test_random_next(r) >> shift;
    const uint64_t choices[] = {old + 1, old - 1, old ^ 1, old << 1, any, UINT32_MAX + any, ~old};
    const size_t len = write_varint(number, choices[test_random_below(r, 7)]);
    splice_inside(m, f->parent, f->value_at, f->end - f->value_at, number, len);
}

static void drop_field(struct mutate *m, struct test_random *r)
{
    const struct mutate_field *f = any_field(m, r);
    splice_inside(m, f->parent, f->key_at, f->end - f->key_at, m->out, 0);
}

struct span mutate_change(struct mutate *m, struct test_random *r, enum mutation kind)
{
    memcpy(m->out, m->bytes.at, m->bytes.len);
    m->len = m->bytes.len;
    /* clang-format off */
    switch (kind) {
    case MUTATION_BIT:
    case MUTATION_INSERT:
    case MUTATION_REMOVE:
    case MUTATION_DOUBLE: change_byte(m, r, kind); break;
    case MUTATION_CUT: cut(m, r); break;
    case MUTATION_SWAP_FIELDS: swap_fields(m, r); break;
    case MUTATION_LONG_VARINT: lengthen_varint(m, r); break;
    case MUTATION_ZERO_WRITTEN: write_zero(m, r); break;
    case MUTATION_SECOND_ARM: append_arm(m, r); break;
    case MUTATION_REPEAT_FIELD: repeat_field(m, r); break;
    case MUTATION_UNKNOWN_FIELD: add_unknown(m, r); break;
    case MUTATION_OTHER_NUMBER: change_number(m, r); break;
    case MUTATION_DROP_FIELD: drop_field(m, r); break;
    case MUTATION_KIND_COUNT: assert(false && "a mutation");
    }
    /* clang-format on */
    return (struct span){m->out, m->len};
}

const char *mutation_name(enum mutation kind)
{
    static const char *const names[MUTATION_KIND_COUNT] = {
        [MUTATION_BIT] = "bit",
        [MUTATION_INSERT] = "insert",
        [MUTATION_REMOVE] = "remove",
        [MUTATION_DOUBLE] = "double",
        [MUTATION_CUT] = "cut",
        [MUTATION_SWAP_FIELDS] = "swap fields",
        [MUTATION_LONG_VARINT] = "long varint",
        [MUTATION_ZERO_WRITTEN] = "zero written",
        [MUTATION_SECOND_ARM] = "second arm",
        [MUTATION_REPEAT_FIELD] = "repeat field",
        [MUTATION_UNKNOWN_FIELD] = "unknown field",
        [MUTATION_OTHER_NUMBER] = "other number",
        [MUTATION_DROP_FIELD] = "drop field",
    };
    assert(kind < MUTATION_KIND_COUNT);
    return names[kind];
}
