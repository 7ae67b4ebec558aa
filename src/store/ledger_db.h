/* SPDX-License-Identifier: Apache-2.0 */
/* store/ledger_db.h - the ledger on disk: one block, one transaction, one sync (RULE ledger.3).
 *
 * Everything of a block - rows, log, header, parameters, its bytes and results - becomes durable
 * together or not at all. Rows go out in append order, packed to pages by store and leaf. Each
 * block writes again, changed or not, its share of all rows, so that every row stands in the last
 * `carry_blocks` blocks: a restart reads only these, and pruning deletes whole heights and never
 * searches.
 *
 * A failure to write is final: whoever owns the store stops without acknowledging anything and
 * starts again; nothing is tried twice. One thread opens, commits and closes; the read functions
 * may be called from any thread between. Heap: one store owns its buffers until ledger_db_close. */
#ifndef PEERWATT_STORE_LEDGER_DB_H
#define PEERWATT_STORE_LEDGER_DB_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "ledger/ledger.h"
#include "store/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_DB_MAP_BYTES (UINT64_C(1) << 40)     /* address space; the file grows as used */
#define LEDGER_DB_RESERVE_BYTES (UINT64_C(1) << 28) /* ten blocks of the largest kind */

enum {
    LEDGER_DB_FORMAT = 1,
    LEDGER_DB_CARRY_BLOCKS = 1000,
    LEDGER_DB_CARRY_MAX = 100000,
    LEDGER_DB_PRUNE_VALUES = 256
};

struct ledger_db;

struct ledger_db_options { /* 0 stands for what is named */
    const char *folder;    /* is there and is ours alone */
    uint64_t map_bytes;    /* LEDGER_DB_MAP_BYTES */
    uint64_t reserve_bytes;
    uint32_t carry_blocks; /* LEDGER_DB_CARRY_BLOCKS; may change from start to start */
    uint32_t chunk_bytes;  /* one page */
    uint64_t keep_rows;    /* heights whose row versions are kept; all of them */
    uint64_t keep_blocks;  /* heights whose bytes and results are kept; all of them */
    uint32_t prune_values; /* about how many are deleted in a block; LEDGER_DB_PRUNE_VALUES */
};

struct ledger_db_head { /* of a height */
    uint64_t height;
    uint64_t time_ms;
    struct hash hash; /* of the block; of height 0 that of the genesis */
    struct hash app_hash;
    uint64_t log_count;              /* records up to here */
    uint64_t rows_from, blocks_from; /* the lowest heights of which row versions, bytes are kept */
};

struct ledger_db_block {   /* what is to become durable */
    struct ledger *ledger; /* has applied it, or is new (height 0) */
    uint64_t time_ms;
    struct hash hash, app_hash;
    struct span bytes, results; /* of height 0: the genesis, nothing */
};

/* Opens the store in the folder, or begins one. On an error @out is NULL and @f says why:
 * STORE_FOREIGN, STORE_NEWER, STORE_BUSY, STORE_OPEN, STORE_READ_ONLY, STORE_DAMAGED, STORE_MAP,
 * STORE_FULL, STORE_READ, STORE_WRITE. */
MUST_USE enum err ledger_db_open(struct ledger_db **out, const struct ledger_db_options *o,
                                 struct store_fault *f);
void ledger_db_close(struct ledger_db *db);

/* False as long as height 0 has not been committed. */
MUST_USE bool ledger_db_has_genesis(const struct ledger_db *db);

/* Its canonical bytes, of the store's until it is closed. */
struct span ledger_db_genesis(const struct ledger_db *db);

/* The last height. */
const struct ledger_db_head *ledger_db_last(const struct ledger_db *db);

/* What went wrong last; ERR_OK if nothing has. */
const struct store_fault *ledger_db_fault(const struct ledger_db *db);

/* Before operations are taken: ERR_STORE_FULL if disk or map have less left than the reserve. The
 * store goes on; whoever asks takes nothing until there is room again. */
MUST_USE enum err ledger_db_room(struct ledger_db *db, struct store_fault *f);

/* Durable on ERR_OK. After any other answer every further commit gives the same one. */
MUST_USE enum err ledger_db_commit(struct ledger_db *db, const struct ledger_db_block *b);

/* A copy of the whole store as of the last height into an empty folder: a store like this one, to
 * be looked at (scrub.h) and opened when it is needed. From any thread, while blocks go on.
 * ERR_FILE_EXISTS if there is a store. */
MUST_USE enum err ledger_db_backup(const struct ledger_db *db, const char *folder,
                                   struct store_fault *f);

/* The ledger at the last height into @memory, ledger_size bytes for the store's genesis: read, put
 * together, compared with the app hash. @genesis is the decoded one. */
MUST_USE enum err ledger_db_load(struct ledger_db *db, struct ledger **out, void *memory,
                                 size_t size, const struct genesis *genesis, struct store_fault *f);

/* ERR_HEIGHT_UNKNOWN if there is no such height or, of bytes, not any more. Bytes come in memory of
 * malloc, the caller's. */
MUST_USE enum err ledger_db_head_at(const struct ledger_db *db, uint64_t height,
                                    struct ledger_db_head *out, struct store_fault *f);
MUST_USE enum err ledger_db_block_at(const struct ledger_db *db, uint64_t height,
                                     struct span *bytes, struct span *results,
                                     struct store_fault *f);

/* A record of the log, from 0, in memory of malloc; ERR_HEIGHT_UNKNOWN if there are not so many. */
MUST_USE enum err ledger_db_log_at(const struct ledger_db *db, uint64_t index, struct span *out,
                                   struct store_fault *f);

#endif
