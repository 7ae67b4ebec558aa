/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/codec.h"

#include <assert.h>
#include <string.h>

enum { KIND_VARINT = 0, KIND_BYTES = 2, VARINT_BYTES_MAX = 10, FIELD_MAX = 127, ITEM_ALIGN = 8 };

void codec_init_read(struct codec *c, const char *message, struct span input, struct arena *arena)
{
    *c = (struct codec){.mode = CODEC_READ,
                        .at = input.at,
                        .end = input.len > 0 ? input.at + input.len : input.at,
                        .arena = arena,
                        .message = message};
}

void codec_init_write(struct codec *c, const char *message, uint8_t *out, size_t size)
{
    *c = (struct codec){.mode = CODEC_WRITE, .out = out, .out_end = out + size, .message = message};
}

void codec_init_show(struct codec *c, const char *message, struct codec_visitor *visitor)
{
    *c = (struct codec){.mode = CODEC_SHOW, .visitor = visitor, .message = message};
}

void codec_refuse(struct codec *c, enum wire_verdict verdict, const char *field)
{
    if (c->mode != CODEC_READ || c->fault.verdict != WIRE_OK)
        return;
    c->fault = (struct wire_fault){verdict, c->message, field};
    c->at = c->end;
}

/* A varint in its shortest form at the cursor; 0 and a fault if there is none. */
static uint64_t take_varint(struct codec *c, const char *field)
{
    if (c->at < c->end && *c->at < 0x80)
        return *c->at++;
    const uint8_t *const first = c->at;
    uint64_t value = 0;
    for (unsigned shift = 0; c->at < c->end && shift < 7 * VARINT_BYTES_MAX; shift += 7) {
        const uint8_t byte = *c->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte >= 0x80)
            continue;
        if (byte == 0 || (shift == 63 && byte > 1))
            break;
        return value;
    }
    const bool is_cut = c->at == c->end && (c->at == first || c->at[-1] >= 0x80);
    codec_refuse(c, is_cut ? WIRE_CUT : WIRE_VARINT, field);
    return 0;
}

/* True if field @number of @kind stands at the cursor; then the cursor is behind its key. */
static bool take_key(struct codec *c, uint8_t number, uint8_t kind)
{
    const uint8_t low = (uint8_t)((unsigned)number << 3 | kind);
    if (number < 16) {
        if (c->at == c->end || *c->at != low)
            return false;
        c->at++;
        return true;
    }
    if (c->end - c->at < 2 || c->at[0] != (low | 0x80) || c->at[1] != number >> 4)
        return false;
    c->at += 2;
    return true;
}

/* Length and bytes behind a key of KIND_BYTES. */
static struct span take_bytes(struct codec *c, const char *field)
{
    const uint64_t len = take_varint(c, field);
    if (c->fault.verdict == WIRE_OK && len > (uint64_t)(c->end - c->at))
        codec_refuse(c, WIRE_CUT, field);
    if (c->fault.verdict != WIRE_OK)
        return (struct span){NULL, 0};
    const struct span bytes = {c->at, (size_t)len};
    c->at += len;
    return bytes;
}

static void put_byte(struct codec *c, uint8_t byte)
{
    assert(c->out < c->out_end); /* the caller's buffer holds the largest message */
    *c->out++ = byte;
}

static void put_varint(struct codec *c, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put_byte(c, (uint8_t)(value | 0x80));
    put_byte(c, (uint8_t)value);
}

static void put_key(struct codec *c, uint8_t number, uint8_t kind)
{
    assert(number >= 1 && number <= FIELD_MAX);
    put_varint(c, (uint64_t)number << 3 | kind);
}

static void put_bytes(struct codec *c, uint8_t number, struct span bytes)
{
    put_key(c, number, KIND_BYTES);
    put_varint(c, bytes.len);
    assert(bytes.len <= (size_t)(c->out_end - c->out));
    memcpy(c->out, bytes.at, bytes.len);
    c->out += bytes.len;
}

/* A field that must be there is not. If a lower one stands at the cursor, that is the fault: it is
 * unknown, of the wrong kind, out of order or there twice. */
static void refuse_missing(struct codec *c, uint8_t number, enum wire_verdict verdict,
                           const char *name)
{
    const uint64_t next = codec_next_number(c);
    if (c->at != c->end && next <= number)
        codec_refuse(c, WIRE_FIELD, "");
    else
        codec_refuse(c, verdict, name);
}

/* The number of a field, 0 if it is missing. */
static uint64_t read_number(struct codec *c, uint8_t number, const char *name, uint64_t min,
                            uint64_t max)
{
    uint64_t value = 0;
    if (take_key(c, number, KIND_VARINT)) {
        value = take_varint(c, name);
        if (value == 0)
            codec_refuse(c, WIRE_DEFAULT, name); /* does nothing if the varint was at fault */
    } else if (min > 0) {
        refuse_missing(c, number, WIRE_RANGE, name);
    }
    if (value < min || value > max)
        codec_refuse(c, WIRE_RANGE, name);
    return c->fault.verdict == WIRE_OK ? value : 0;
}

static void write_number(struct codec *c, uint8_t number, uint64_t value)
{
    if (value == 0)
        return;
    put_key(c, number, KIND_VARINT);
    put_varint(c, value);
}

void codec_u64(struct codec *c, uint8_t number, const char *name, uint64_t *value, uint64_t min,
               uint64_t max)
{
    if (c->mode == CODEC_READ) {
        *value = read_number(c, number, name, min, max);
        return;
    }
    assert(*value >= min && *value <= max);
    if (c->mode == CODEC_WRITE)
        write_number(c, number, *value);
    else
        c->visitor->number(c->visitor, name, *value);
}

void codec_s64(struct codec *c, uint8_t number, const char *name, int64_t *value, int64_t min,
               int64_t max)
{
    assert(min >= 0 && *value >= 0);
    uint64_t wide = (uint64_t)*value;
    codec_u64(c, number, name, &wide, (uint64_t)min, (uint64_t)max);
    *value = (int64_t)wide;
}

void codec_u32(struct codec *c, uint8_t number, const char *name, uint32_t *value, uint32_t min,
               uint32_t max)
{
    uint64_t wide = *value;
    codec_u64(c, number, name, &wide, min, max);
    *value = (uint32_t)wide;
}

void codec_flag(struct codec *c, uint8_t number, const char *name, bool *value)
{
    if (c->mode == CODEC_READ)
        *value = read_number(c, number, name, 0, 1) == 1;
    else if (c->mode == CODEC_WRITE)
        write_number(c, number, *value);
    else
        c->visitor->flag(c->visitor, name, *value);
}

uint32_t codec_choice(struct codec *c, uint8_t number, const char *name, uint32_t value,
                      const char *const *names)
{
    uint32_t last = 0;
    while (names[last + 1])
        last++;
    if (c->mode == CODEC_READ)
        return (uint32_t)read_number(c, number, name, 1, last);
    assert(value >= 1 && value <= last);
    if (c->mode == CODEC_WRITE)
        write_number(c, number, value);
    else
        c->visitor->choice(c->visitor, name, names[value]);
    return value;
}

/* A field of bytes, empty if it is missing. */
static struct span read_bytes(struct codec *c, uint8_t number, const char *name, size_t min,
                              size_t max)
{
    struct span bytes = {NULL, 0};
    if (take_key(c, number, KIND_BYTES)) {
        bytes = take_bytes(c, name);
        if (bytes.len == 0)
            codec_refuse(c, WIRE_DEFAULT, name);
    } else if (min > 0) {
        refuse_missing(c, number, WIRE_LENGTH, name);
    }
    if (bytes.len < min || bytes.len > max)
        codec_refuse(c, WIRE_LENGTH, name);
    return c->fault.verdict == WIRE_OK ? bytes : (struct span){NULL, 0};
}

void codec_bytes(struct codec *c, uint8_t number, const char *name, struct span *value, size_t min,
                 size_t max)
{
    if (c->mode == CODEC_READ) {
        *value = read_bytes(c, number, name, min, max);
        return;
    }
    assert(value->len >= min && value->len <= max);
    if (c->mode == CODEC_SHOW)
        c->visitor->bytes(c->visitor, name, *value);
    else if (value->len > 0)
        put_bytes(c, number, *value);
}

void codec_fixed(struct codec *c, uint8_t number, const char *name, uint8_t *bytes, size_t len)
{
    struct span value = {bytes, len};
    codec_bytes(c, number, name, &value, len, len);
    if (c->mode == CODEC_READ && value.len == len)
        memcpy(bytes, value.at, len);
}

void codec_fixed_or_none(struct codec *c, uint8_t number, const char *name, uint8_t *bytes,
                         size_t len, bool *is_there)
{
    struct span value = {bytes, *is_there ? len : 0};
    codec_bytes(c, number, name, &value, 0, len);
    if (c->mode != CODEC_READ)
        return;
    if (value.len != 0 && value.len != len)
        codec_refuse(c, WIRE_LENGTH, name);
    *is_there = value.len == len;
    if (*is_there)
        memcpy(bytes, value.at, len);
}

/* The length of the UTF-8 character at @at (RFC 3629), 0 if it is none or a control character. */
static size_t character_length(const uint8_t *at, size_t left)
{
    static const struct {
        uint8_t first_min, first_max, second_min, second_max, length;
    } forms[] = {{0x20, 0x7e, 0x80, 0xbf, 1}, {0xc2, 0xc2, 0xa0, 0xbf, 2},
                 {0xc3, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                 {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
                 {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
                 {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        if (at[0] < forms[f].first_min || at[0] > forms[f].first_max)
            continue;
        const size_t length = forms[f].length;
        if (length > left ||
            (length > 1 && (at[1] < forms[f].second_min || at[1] > forms[f].second_max)))
            return 0;
        for (size_t i = 2; i < length; i++)
            if ((at[i] & 0xc0) != 0x80)
                return 0;
        return length;
    }
    return 0;
}

bool codec_is_text(struct span value)
{
    for (size_t i = 0; i < value.len;) {
        const size_t length = character_length(value.at + i, value.len - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

void codec_text(struct codec *c, uint8_t number, const char *name, struct span *value, size_t min,
                size_t max)
{
    if (c->mode == CODEC_SHOW) {
        c->visitor->text(c->visitor, name, *value);
        return;
    }
    assert(c->mode == CODEC_READ || codec_is_text(*value));
    codec_bytes(c, number, name, value, min, max);
    if (c->mode == CODEC_READ && !codec_is_text(*value))
        codec_refuse(c, WIRE_TEXT, name);
}

/* Reading: make @inner the message at hand. */
static void enter(struct codec *c, struct span inner, const char *message,
                  struct codec_frame *frame)
{
    *frame = (struct codec_frame){.end = c->end, .message = c->message, .inner = inner.at};
    c->message = message;
    if (c->fault.verdict != WIRE_OK)
        return;
    c->at = inner.at;
    c->end = inner.at + inner.len;
}

/* Writing: leave one byte for the length; codec_close makes room where that is not enough. */
static void begin(struct codec *c, uint8_t number, const char *message, struct codec_frame *frame)
{
    put_key(c, number, KIND_BYTES);
    put_byte(c, 0);
    *frame = (struct codec_frame){.message = c->message, .begin = c->out};
    c->message = message;
}

void codec_open(struct codec *c, uint8_t number, const char *name, const char *message,
                struct codec_frame *frame)
{
    if (c->mode == CODEC_WRITE) {
        begin(c, number, message, frame);
        return;
    }
    if (c->mode == CODEC_SHOW) {
        c->visitor->open(c->visitor, name);
        *frame = (struct codec_frame){.message = c->message};
        c->message = message;
        return;
    }
    struct span inner = {NULL, 0};
    if (take_key(c, number, KIND_BYTES))
        inner = take_bytes(c, name);
    else
        refuse_missing(c, number, WIRE_LENGTH, name);
    enter(c, inner, message, frame);
}

/* The length before the message just written. */
static void put_length(struct codec *c, uint8_t *first)
{
    const size_t len = (size_t)(c->out - first);
    size_t extra = 0;
    for (size_t rest = len >> 7; rest > 0; rest >>= 7)
        extra++;
    assert(extra <= (size_t)(c->out_end - c->out));
    memmove(first + extra, first, len);
    uint8_t *const end = c->out + extra;
    c->out = first - 1;
    put_varint(c, len);
    c->out = end;
}

void codec_close(struct codec *c, const struct codec_frame *frame, struct span *bytes)
{
    if (c->mode == CODEC_READ) {
        if (c->at != c->end)
            codec_refuse(c, WIRE_FIELD, "");
        if (c->fault.verdict == WIRE_OK) {
            if (bytes)
                *bytes = (struct span){frame->inner, (size_t)(c->end - frame->inner)};
            c->end = frame->end;
        }
    } else if (c->mode == CODEC_WRITE) {
        put_length(c, frame->begin);
    } else {
        c->visitor->close(c->visitor);
    }
    c->message = frame->message;
}

/* Reading: how many fields @number follow one another at the cursor, which does not move. */
static uint32_t count_items(struct codec *c, uint8_t number, const char *name, uint32_t max)
{
    const uint8_t *const first = c->at;
    uint32_t count = 0;
    while (take_key(c, number, KIND_BYTES)) {
        (void)take_bytes(c, name);
        if (c->fault.verdict == WIRE_OK && count++ == max)
            codec_refuse(c, WIRE_COUNT, name);
    }
    if (c->fault.verdict == WIRE_OK)
        c->at = first;
    return count;
}

void *codec_items(struct codec *c, uint8_t number, const char *name, void *items, uint32_t *count,
                  size_t item_size, uint32_t min, uint32_t max)
{
    if (c->mode == CODEC_SHOW)
        c->visitor->open_list(c->visitor, name);
    if (c->mode != CODEC_READ) {
        assert(*count >= min && *count <= max);
        return items;
    }
    *count = count_items(c, number, name, max);
    if (*count < min)
        codec_refuse(c, WIRE_COUNT, name);
    if (c->fault.verdict != WIRE_OK)
        *count = 0;
    if (*count == 0)
        return NULL;
    void *taken = arena_take(c->arena, *count, item_size, ITEM_ALIGN);
    if (!taken) { /* never with an arena of the size that limits.h gives */
        codec_refuse(c, WIRE_COUNT, name);
        *count = 0;
    }
    return taken;
}

void codec_open_item(struct codec *c, uint8_t number, const char *message,
                     struct codec_frame *frame)
{
    if (c->mode == CODEC_READ) {
        struct span inner = {NULL, 0};
        if (take_key(c, number, KIND_BYTES))
            inner = take_bytes(c, "");
        enter(c, inner, message, frame);
    } else {
        codec_open(c, number, "", message, frame);
    }
}

void codec_end_items(struct codec *c)
{
    if (c->mode == CODEC_SHOW)
        c->visitor->close(c->visitor);
}

uint64_t codec_next_number(struct codec *c)
{
    if (c->at == c->end)
        return 0;
    const uint8_t *const first = c->at;
    const uint64_t key = take_varint(c, "");
    if (c->fault.verdict != WIRE_OK)
        return 0;
    c->at = first;
    return key >> 3;
}

struct wire_fault codec_end_read(struct codec *c)
{
    if (c->at != c->end)
        codec_refuse(c, WIRE_FIELD, "");
    return c->fault;
}
