/* SPDX-License-Identifier: Apache-2.0 */
/* wire/chain_file.h - a chain as one file: the genesis and the blocks in order, each with the app
 * hash that it came to (RULE ledger.3; `peerwatt chain verify`, tests, exports).
 *
 *   "peerwatt.chain.1" (16 bytes)
 *   u32 length, canonical Genesis
 *   per block: u32 length, Block; 32 bytes app hash after it
 *
 * Lengths are little endian. Pure: bytes in and out; whoever reads or writes files has them. */
#ifndef PEERWATT_WIRE_CHAIN_FILE_H
#define PEERWATT_WIRE_CHAIN_FILE_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHAIN_FILE_HEAD_BYTES = 20 };

enum chain_file_verdict {
    CHAIN_FILE_OK = 0,
    CHAIN_FILE_END = 1,  /* there is no further block */
    CHAIN_FILE_KIND = 2, /* not such a file */
    CHAIN_FILE_SHORT = 3 /* it ends in the middle of something */
};

struct chain_file { /* being read */
    struct bytes_reader reader;
    struct span genesis; /* canonical bytes, still to be decoded */
};

struct chain_block {
    struct span block; /* still to be decoded */
    struct hash app_hash;
};

/* Reads the head. Spans are borrowed from @bytes. */
MUST_USE enum chain_file_verdict chain_file_open(struct chain_file *f, struct span bytes);

MUST_USE enum chain_file_verdict chain_file_next(struct chain_file *f, struct chain_block *out);

/* What stands before the genesis, CHAIN_FILE_HEAD_BYTES; then the genesis itself. */
void chain_file_head(uint8_t out[CHAIN_FILE_HEAD_BYTES], size_t genesis_len);

/* What stands before a block, 4 bytes; then the block, then its app hash. */
void chain_file_frame(uint8_t out[4], size_t block_len);

#endif
