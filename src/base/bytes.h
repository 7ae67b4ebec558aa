/* SPDX-License-Identifier: Apache-2.0 */
/* base/bytes.h - a borrowed run of bytes, and cursors that read and write integers in it.
 *
 * Pure. Nothing here owns memory: a span lives as long as what it points into. Integers are
 * little endian unless the name says big. The first failure of a cursor sticks: a reader then
 * gives zeros, a writer drops bytes, and one check at the end is enough. */
#ifndef PEERWATT_BASE_BYTES_H
#define PEERWATT_BASE_BYTES_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *at; /* may be NULL only if len is 0 */
    size_t len;
};

/* The bytes of @text without its ending zero. */
struct span span_of_text(const char *text);

/* Same length and same bytes. Not for secrets: it stops at the first difference. */
MUST_USE bool span_equal(struct span a, struct span b);

struct bytes_reader {
    const uint8_t *at, *end;
    bool short_of; /* more was asked for than was there */
};

void bytes_reader_init(struct bytes_reader *r, struct span input);
MUST_USE uint8_t bytes_read_u8(struct bytes_reader *r);
MUST_USE uint16_t bytes_read_u16(struct bytes_reader *r);
MUST_USE uint32_t bytes_read_u32(struct bytes_reader *r);
MUST_USE uint64_t bytes_read_u64(struct bytes_reader *r);
/* @len bytes, borrowed from the input; an empty span if there are fewer. */
MUST_USE struct span bytes_read_span(struct bytes_reader *r, size_t len);
/* True if nothing was short and nothing is left. */
MUST_USE bool bytes_reader_done(const struct bytes_reader *r);

struct bytes_writer {
    uint8_t *at, *end;
    bool full; /* more was written than fits */
};

/* Write into @size bytes at @memory, which the caller owns. */
void bytes_writer_init(struct bytes_writer *w, uint8_t *memory, size_t size);
void bytes_write_u8(struct bytes_writer *w, uint8_t value);
void bytes_write_u16(struct bytes_writer *w, uint16_t value);
void bytes_write_u32(struct bytes_writer *w, uint32_t value);
void bytes_write_u64(struct bytes_writer *w, uint64_t value);
void bytes_write_big_u64(struct bytes_writer *w, uint64_t value);
void bytes_write_span(struct bytes_writer *w, struct span bytes);

#endif
