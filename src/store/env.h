/* SPDX-License-Identifier: Apache-2.0 */
/* store/env.h - one LMDB environment: its tables, its keys, and a checksum on every value.
 *
 * Keys are numbers, big endian, so that ascending keys are ascending numbers. The first 8 bytes of
 * a value are a checksum of the rest under table and key: a value that stands under another key
 * than its own, or in another table, is as wrong as one of which a bit has changed.
 *
 * The map is reserved once, as address space, and never resized: what it would cut off, other
 * threads may be reading. */
#ifndef PEERWATT_STORE_ENV_H
#define PEERWATT_STORE_ENV_H

#include "base/bytes.h"
#include "base/must_use.h"
#include "store/fault.h"

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum env_table {
    TABLE_ABOUT,   /* 0: format, community; 1: genesis, in parts */
    TABLE_HEADS,   /* height */
    TABLE_ROWS,    /* height, store, first leaf: packed rows */
    TABLE_LOG,     /* index of the first: packed records */
    TABLE_EVER,    /* index of the first: packed entries */
    TABLE_PARAMS,  /* height, part: parameters that were changed in it */
    TABLE_BLOCKS,  /* height, part: the block's bytes */
    TABLE_RESULTS, /* height, part: the codes of its operations */
    TABLE_COUNT
};

enum {
    ENV_KEY_BYTES_MAX = 13,
    ENV_CHECK_BYTES = 8,
    ENV_PAGE_BYTES = 4080, /* of values that fill one page of LMDB's; checksum included */
    ENV_PART_BYTES = 16 * 4096 - 16 - ENV_CHECK_BYTES /* of what is longer, a part */
};

struct env_key {
    uint8_t bytes[ENV_KEY_BYTES_MAX];
    uint8_t len;
};

struct env_key env_key_number(uint64_t number);
struct env_key env_key_part(uint64_t number, uint32_t part);
struct env_key env_key_row(uint64_t height, uint8_t store, uint32_t leaf);
/* The number that a key begins with. */
uint64_t env_key_first(const MDB_val *key);

struct env {
    MDB_env *lmdb;
    MDB_dbi tables[TABLE_COUNT];
    uint8_t *value; /* room for a value that is being written */
};

struct env_options {
    const char *folder;
    uint64_t map_bytes;
    bool is_read_only; /* by a child that looks: no lock either */
};

enum { ENV_VALUE_BYTES_MAX = ENV_PAGE_BYTES + (1 << 17) + 4096 };

/* On an error nothing is open. */
MUST_USE enum err env_open(struct env *e, const struct env_options *o, struct store_fault *f);
void env_close(struct env *e);

/* Everything as of the last transaction into an empty folder, durable. Others may write meanwhile;
 * what they free is not used again until it is done. */
MUST_USE enum err env_copy(const struct env *e, const char *folder, struct store_fault *f);

/* Behind every key in the table: each key is higher than the last one. */
MUST_USE int env_append(const struct env *e, MDB_txn *txn, enum env_table table,
                        const struct env_key *key, struct span payload);
/* Also where it stands already. */
MUST_USE int env_put(const struct env *e, MDB_txn *txn, enum env_table table,
                     const struct env_key *key, struct span payload);
/* Long bytes in parts; no bytes are one empty part. */
MUST_USE int env_append_parts(const struct env *e, MDB_txn *txn, enum env_table table,
                              uint64_t number, struct span bytes);

/* False if the checksum does not fit. The payload lies in the map: it is good until the transaction
 * ends. */
MUST_USE bool env_check(enum env_table table, const MDB_val *key, const MDB_val *value,
                        struct span *payload);

/* Where the map begins, for env_can_free. NULL if @key, a short value of a transaction before, is
 * not there. */
const uint8_t *env_map(const struct env *e, MDB_txn *txn, enum env_table table,
                       const struct env_key *key);

/* Before a value of an earlier transaction is deleted: LMDB gives back as many pages as the first
 * of them says, and does not ask. False if that one does not say what it should. */
MUST_USE bool env_can_free(const uint8_t *map, const MDB_val *value);

/* ERR_OK with an empty payload, at NULL, if there is no such key. */
MUST_USE enum err env_get(const struct env *e, MDB_txn *txn, enum env_table table,
                          const struct env_key *key, struct span *payload, struct store_fault *f);

/* Parts put together again in memory of malloc; at NULL if there are none. */
MUST_USE enum err env_get_parts(const struct env *e, MDB_txn *txn, enum env_table table,
                                uint64_t number, struct span *out, struct store_fault *f);

/* For faults. */
const char *env_table_name(enum env_table table);

#endif
