/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/row_io.h"

#include <assert.h>
#include <string.h>

void row_init_read(struct row_io *io, struct span bytes)
{
    memset(io, 0, sizeof *io);
    io->mode = ROW_READ;
    bytes_reader_init(&io->reader, bytes);
}

bool row_end_read(const struct row_io *io)
{
    assert(io->mode == ROW_READ);
    return !io->is_bad && bytes_reader_done(&io->reader);
}

void row_init_write(struct row_io *io, uint8_t *out, size_t size)
{
    memset(io, 0, sizeof *io);
    io->mode = ROW_WRITE;
    io->begin = out;
    bytes_writer_init(&io->writer, out, size);
}

size_t row_end_write(const struct row_io *io)
{
    assert(io->mode == ROW_WRITE && !io->writer.full);
    return (size_t)(io->writer.at - io->begin);
}

/* Refuse the row: from here on reads are short. */
static void refuse(struct row_io *io)
{
    io->is_bad = true;
    io->reader.short_of = true;
}

void row_u8(struct row_io *io, uint8_t *value)
{
    if (io->mode == ROW_WRITE)
        bytes_write_u8(&io->writer, *value);
    else
        *value = bytes_read_u8(&io->reader);
    io->is_bad = io->is_bad || io->reader.short_of;
}

void row_u16(struct row_io *io, uint16_t *value)
{
    if (io->mode == ROW_WRITE)
        bytes_write_u16(&io->writer, *value);
    else
        *value = bytes_read_u16(&io->reader);
    io->is_bad = io->is_bad || io->reader.short_of;
}

void row_u32(struct row_io *io, uint32_t *value)
{
    if (io->mode == ROW_WRITE)
        bytes_write_u32(&io->writer, *value);
    else
        *value = bytes_read_u32(&io->reader);
    io->is_bad = io->is_bad || io->reader.short_of;
}

void row_u64(struct row_io *io, uint64_t *value)
{
    if (io->mode == ROW_WRITE)
        bytes_write_u64(&io->writer, *value);
    else
        *value = bytes_read_u64(&io->reader);
    io->is_bad = io->is_bad || io->reader.short_of;
}

/* Two's complement, by the bytes: a conversion would be the compiler's choice. */
void row_i8(struct row_io *io, int8_t *value)
{
    uint8_t bits;
    memcpy(&bits, value, sizeof bits);
    row_u8(io, &bits);
    memcpy(value, &bits, sizeof bits);
}

void row_i32(struct row_io *io, int32_t *value)
{
    uint32_t bits;
    memcpy(&bits, value, sizeof bits);
    row_u32(io, &bits);
    memcpy(value, &bits, sizeof bits);
}

void row_i64(struct row_io *io, int64_t *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    row_u64(io, &bits);
    memcpy(value, &bits, sizeof bits);
}

uint32_t row_choice(struct row_io *io, uint32_t value, uint32_t count)
{
    assert(count >= 1 && count <= UINT8_MAX + 1U);
    assert(io->mode == ROW_READ || value < count);
    uint8_t byte = (uint8_t)value;
    row_u8(io, &byte);
    if (byte < count)
        return byte;
    refuse(io);
    return 0;
}

void row_bool(struct row_io *io, bool *value)
{
    /* A row that is being read may hold anything yet, and not every byte is a bool. */
    *value = row_choice(io, io->mode == ROW_WRITE && *value, 2);
}

void row_kind(struct row_io *io, uint8_t kind)
{
    uint8_t found = kind;
    row_u8(io, &found);
    if (found != kind)
        refuse(io);
}

void row_bytes(struct row_io *io, void *bytes, size_t len)
{
    if (io->mode == ROW_WRITE) {
        bytes_write_span(&io->writer, (struct span){bytes, len});
        return;
    }
    const struct span read = bytes_read_span(&io->reader, len);
    io->is_bad = io->is_bad || io->reader.short_of;
    if (read.len > 0)
        memcpy(bytes, read.at, len);
    else if (len > 0)
        memset(bytes, 0, len);
}

void row_hash(struct row_io *io, struct hash *hash)
{
    row_bytes(io, hash->bytes, sizeof hash->bytes);
}
