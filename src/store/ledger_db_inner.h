/* SPDX-License-Identifier: Apache-2.0 */
/* store/ledger_db_inner.h - what the files ledger_db*.c share, and nobody else.
 *
 *   ledger_db.c        open, close, heads, questions
 *   ledger_db_write.c  a block goes out
 *   ledger_db_read.c   a ledger comes back */
#ifndef PEERWATT_STORE_LEDGER_DB_INNER_H
#define PEERWATT_STORE_LEDGER_DB_INNER_H

#include "ledger/rows.h"
#include "store/env.h"
#include "store/ledger_db.h"

enum { DB_LISTS_STORE = 0xff, DB_RECORD_BYTES_MAX = 256 };

struct db_record { /* value of a head */
    struct ledger_db_head head;
    uint64_t transaction; /* LMDB's number of the one that wrote it */
    uint64_t live_from;   /* no row's newest version stands below this height */
    uint64_t carry_since; /* from this height on the share was 1 / carry */
    uint32_t carry;
    uint64_t block_len, results_len;
};

struct ledger_db {
    struct env env;
    struct ledger_db_options options;
    char *folder;
    int lock; /* file descriptor */
    struct span genesis;
    struct hash genesis_hash;
    bool has_genesis;
    struct db_record last;
    struct store_fault fault;
    uint8_t *chunk;
    uint8_t *large; /* ROWS_PARAMS_BYTES_MAX: parameters, or one row */
};

size_t db_record_write(uint8_t out[DB_RECORD_BYTES_MAX], const struct db_record *r);
MUST_USE bool db_record_read(struct db_record *r, struct span bytes);

/* The same bytes in memory of malloc. */
uint8_t *db_copy(struct span bytes);

/* The record of a height; ERR_HEIGHT_UNKNOWN. */
MUST_USE enum err db_record_at(const struct ledger_db *db, MDB_txn *txn, uint64_t height,
                               struct db_record *out, struct store_fault *f);

/* The newest one that the transaction sees. */
MUST_USE enum err db_record_last(const struct ledger_db *db, MDB_txn *txn, struct db_record *out,
                                 struct store_fault *f);

/* A packed row or record: its number, its length, its bytes. */
enum { DB_PACK_HEAD_BYTES = 8 };
struct db_pack {
    struct bytes_reader reader;
};
void db_pack_init(struct db_pack *p, struct span payload);
/* False behind the last one, and if @is_bad: it is not such a payload. */
MUST_USE bool db_pack_next(struct db_pack *p, uint32_t *number, struct span *bytes, bool *is_bad);

#endif
