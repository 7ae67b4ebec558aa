/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/chain_file.h"

#include <assert.h>
#include <string.h>

enum { LENGTH_BYTES = 4 };

static const char kind[] = "peerwatt.chain.1";

static bool read_part(struct bytes_reader *r, struct span *out)
{
    const uint32_t len = bytes_read_u32(r);
    *out = bytes_read_span(r, len);
    return !r->short_of;
}

enum chain_file_verdict chain_file_open(struct chain_file *f, struct span bytes)
{
    bytes_reader_init(&f->reader, bytes);
    const struct span head = bytes_read_span(&f->reader, sizeof kind - 1);
    if (!span_equal(head, span_of_text(kind)))
        return CHAIN_FILE_KIND;
    return read_part(&f->reader, &f->genesis) ? CHAIN_FILE_OK : CHAIN_FILE_SHORT;
}

enum chain_file_verdict chain_file_next(struct chain_file *f, struct chain_block *out)
{
    if (bytes_reader_done(&f->reader))
        return CHAIN_FILE_END;
    if (!read_part(&f->reader, &out->block))
        return CHAIN_FILE_SHORT;
    const struct span hash = bytes_read_span(&f->reader, HASH_BYTES);
    if (f->reader.short_of)
        return CHAIN_FILE_SHORT;
    memcpy(out->app_hash.bytes, hash.at, HASH_BYTES);
    return CHAIN_FILE_OK;
}

void chain_file_head(uint8_t out[CHAIN_FILE_HEAD_BYTES], size_t genesis_len)
{
    struct bytes_writer w;
    bytes_writer_init(&w, out, CHAIN_FILE_HEAD_BYTES);
    bytes_write_span(&w, span_of_text(kind));
    bytes_write_u32(&w, (uint32_t)genesis_len);
    assert(!w.full && w.at == w.end);
}

void chain_file_frame(uint8_t out[LENGTH_BYTES], size_t block_len)
{
    struct bytes_writer w;
    bytes_writer_init(&w, out, LENGTH_BYTES);
    bytes_write_u32(&w, (uint32_t)block_len);
    assert(!w.full && w.at == w.end);
}
