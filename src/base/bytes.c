/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include <assert.h>
#include <string.h>

/* C leaves NULL + 0 undefined, and an empty span may point nowhere. */
static const uint8_t *span_end(struct span s)
{
    return s.len ? s.at + s.len : s.at;
}

struct span span_of_text(const char *text)
{
    return (struct span){.at = (const uint8_t *)text, .len = strlen(text)};
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

void bytes_reader_init(struct bytes_reader *r, struct span input)
{
    assert(input.at || input.len == 0);
    *r = (struct bytes_reader){.at = input.at, .end = span_end(input), .short_of = false};
}

struct span bytes_read_span(struct bytes_reader *r, size_t len)
{
    if (r->short_of || (size_t)(r->end - r->at) < len) {
        r->short_of = true;
        return (struct span){.at = NULL, .len = 0};
    }
    const struct span taken = {.at = r->at, .len = len};
    r->at = span_end(taken);
    return taken;
}

/* Zero if there are fewer than @len bytes, because the span is empty then. */
static uint64_t read_little(struct bytes_reader *r, size_t len)
{
    const struct span s = bytes_read_span(r, len);
    uint64_t value = 0;
    for (size_t i = s.len; i-- > 0;)
        value = value << 8 | s.at[i];
    return value;
}

uint8_t bytes_read_u8(struct bytes_reader *r)
{
    return (uint8_t)read_little(r, sizeof(uint8_t));
}

uint16_t bytes_read_u16(struct bytes_reader *r)
{
    return (uint16_t)read_little(r, sizeof(uint16_t));
}

uint32_t bytes_read_u32(struct bytes_reader *r)
{
    return (uint32_t)read_little(r, sizeof(uint32_t));
}

uint64_t bytes_read_u64(struct bytes_reader *r)
{
    return read_little(r, sizeof(uint64_t));
}

bool bytes_reader_done(const struct bytes_reader *r)
{
    return !r->short_of && r->at == r->end;
}

void bytes_writer_init(struct bytes_writer *w, uint8_t *memory, size_t size)
{
    assert(memory || size == 0);
    uint8_t *const end = size ? memory + size : memory;
    *w = (struct bytes_writer){.at = memory, .end = end, .full = false};
}

void bytes_write_span(struct bytes_writer *w, struct span bytes)
{
    if (w->full || (size_t)(w->end - w->at) < bytes.len) {
        w->full = true;
        return;
    }
    if (bytes.len == 0)
        return;
    memcpy(w->at, bytes.at, bytes.len);
    w->at += bytes.len;
}

/* NULL and full if @len bytes do not fit. */
static inline uint8_t *room_for(struct bytes_writer *w, size_t len)
{
    if (w->full || (size_t)(w->end - w->at) < len) {
        w->full = true;
        return NULL;
    }
    uint8_t *const at = w->at;
    w->at += len;
    return at;
}

/* Not a loop: so it becomes one store. */
static inline void put_u32(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
    out[2] = (uint8_t)(value >> 16);
    out[3] = (uint8_t)(value >> 24);
}

void bytes_write_u8(struct bytes_writer *w, uint8_t value)
{
    uint8_t *const out = room_for(w, sizeof value);
    if (out)
        *out = value;
}

void bytes_write_u16(struct bytes_writer *w, uint16_t value)
{
    uint8_t *const out = room_for(w, sizeof value);
    if (!out)
        return;
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
}

void bytes_write_u32(struct bytes_writer *w, uint32_t value)
{
    uint8_t *const out = room_for(w, sizeof value);
    if (out)
        put_u32(out, value);
}

void bytes_write_u64(struct bytes_writer *w, uint64_t value)
{
    uint8_t *const out = room_for(w, sizeof value);
    if (!out)
        return;
    put_u32(out, (uint32_t)value);
    put_u32(out + sizeof(uint32_t), (uint32_t)(value >> 32));
}

static inline void put_big_u32(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
}

void bytes_write_big_u64(struct bytes_writer *w, uint64_t value)
{
    uint8_t *const out = room_for(w, sizeof value);
    if (!out)
        return;
    put_big_u32(out, (uint32_t)(value >> 32));
    put_big_u32(out + sizeof(uint32_t), (uint32_t)value);
}
