/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/row_io.h - one description of each row, by which it is written and read: values under
 * the app hash, and rows on disk.
 *
 * A row is described by one function that names its fields in order:
 *
 *     static void seat_io(struct row_io *io, struct seat *s)
 *     {
 *         row_kind(io, ROW_SEAT);
 *         row_u32(io, &s->slot);
 *         s->state = row_choice(io, s->state, SEAT_STATES);
 *         row_bool(io, &s->is_vacant);
 *     }
 *
 * Widths are fixed, numbers are little endian, the first byte is the row's kind and format. Every
 * row has one encoding and reading accepts no other: another kind, a bool beyond 1, a choice
 * beyond its last, bytes missing or left over make it bad. The first fault sticks and later reads
 * give zeros. Pure. Nothing is ever written to the row while writing, so to write a const row
 * give it a copy. */
#ifndef PEERWATT_LEDGER_ROW_IO_H
#define PEERWATT_LEDGER_ROW_IO_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum row_mode { ROW_READ, ROW_WRITE };

struct row_io {
    enum row_mode mode;
    struct bytes_reader reader;
    struct bytes_writer writer;
    uint8_t *begin; /* write: the row's first byte */
    bool is_bad;    /* read: this is not such a row */
};

void row_init_read(struct row_io *io, struct span bytes);

/* True if it was such a row, to its last byte. */
MUST_USE bool row_end_read(const struct row_io *io);

void row_init_write(struct row_io *io, uint8_t *out, size_t size);

/* How many bytes were written. More than @size is a bug: a row's size is known to its writer. */
MUST_USE size_t row_end_write(const struct row_io *io);

/* Kind and format of the row. */
void row_kind(struct row_io *io, uint8_t kind);

void row_u8(struct row_io *io, uint8_t *value);
void row_u16(struct row_io *io, uint16_t *value);
void row_u32(struct row_io *io, uint32_t *value);
void row_u64(struct row_io *io, uint64_t *value);
void row_i8(struct row_io *io, int8_t *value);
void row_i32(struct row_io *io, int32_t *value);
void row_i64(struct row_io *io, int64_t *value);
void row_bool(struct row_io *io, bool *value);

/* A number below @count, in one byte: an enum's value. Writing another one is a bug. */
MUST_USE uint32_t row_choice(struct row_io *io, uint32_t value, uint32_t count);

/* Exactly @len bytes. */
void row_bytes(struct row_io *io, void *bytes, size_t len);
void row_hash(struct row_io *io, struct hash *hash);

#endif
