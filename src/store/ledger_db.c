/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ledger_db_inner.h"

#include "wire/genesis.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_CHARS = 4096, LOCK_MODE = 0600, ABOUT_BYTES_MAX = 64, CHUNK_LEAST = 64 };

static const char magic[] = "peerwatt-ledger";

/* ---- records --------------------------------------------------------------------------------- */

size_t db_record_write(uint8_t out[DB_RECORD_BYTES_MAX], const struct db_record *r)
{
    struct bytes_writer w;
    bytes_writer_init(&w, out, DB_RECORD_BYTES_MAX);
    bytes_write_u64(&w, r->head.time_ms);
    bytes_write_span(&w, (struct span){r->head.hash.bytes, HASH_BYTES});
    bytes_write_span(&w, (struct span){r->head.app_hash.bytes, HASH_BYTES});
    bytes_write_u64(&w, r->head.log_count);
    bytes_write_u64(&w, r->head.rows_from);
    bytes_write_u64(&w, r->head.blocks_from);
    bytes_write_u64(&w, r->transaction);
    bytes_write_u64(&w, r->live_from);
    bytes_write_u64(&w, r->carry_since);
    bytes_write_u32(&w, r->carry);
    bytes_write_u64(&w, r->block_len);
    bytes_write_u64(&w, r->results_len);
    assert(!w.full);
    return (size_t)(w.at - out);
}

static void read_hash(struct bytes_reader *r, struct hash *out)
{
    const struct span bytes = bytes_read_span(r, HASH_BYTES);
    if (bytes.len > 0)
        memcpy(out->bytes, bytes.at, HASH_BYTES);
}

bool db_record_read(struct db_record *out, struct span bytes)
{
    struct bytes_reader r;
    memset(out, 0, sizeof *out);
    bytes_reader_init(&r, bytes);
    out->head.time_ms = bytes_read_u64(&r);
    read_hash(&r, &out->head.hash);
    read_hash(&r, &out->head.app_hash);
    out->head.log_count = bytes_read_u64(&r);
    out->head.rows_from = bytes_read_u64(&r);
    out->head.blocks_from = bytes_read_u64(&r);
    out->transaction = bytes_read_u64(&r);
    out->live_from = bytes_read_u64(&r);
    out->carry_since = bytes_read_u64(&r);
    out->carry = bytes_read_u32(&r);
    out->block_len = bytes_read_u64(&r);
    out->results_len = bytes_read_u64(&r);
    return bytes_reader_done(&r);
}

enum err db_record_at(const struct ledger_db *db, MDB_txn *txn, uint64_t height,
                      struct db_record *out, struct store_fault *f)
{
    struct span payload;
    const struct env_key key = env_key_number(height);
    const enum err code = env_get(&db->env, txn, TABLE_HEADS, &key, &payload, f);
    if (code != ERR_OK)
        return code;
    if (!payload.at)
        return ERR_HEIGHT_UNKNOWN;
    if (!db_record_read(out, payload))
        return store_fault_set(f, ERR_STORE_DAMAGED, 0, "the head of height %" PRIu64, height);
    out->head.height = height;
    return ERR_OK;
}

uint8_t *db_copy(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len + 1);
    assert(copy);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return copy;
}

void db_pack_init(struct db_pack *p, struct span payload)
{
    bytes_reader_init(&p->reader, payload);
}

bool db_pack_next(struct db_pack *p, uint32_t *number, struct span *bytes, bool *is_bad)
{
    *is_bad = false;
    if (bytes_reader_done(&p->reader))
        return false;
    *number = bytes_read_u32(&p->reader);
    const uint32_t len = bytes_read_u32(&p->reader);
    *bytes = bytes_read_span(&p->reader, len);
    *is_bad = p->reader.short_of || len == 0;
    return !*is_bad;
}

/* ---- open ------------------------------------------------------------------------------------ */

/* Two nodes never share a folder. The file stays: who removed it would let a third one in. */
static enum err take_lock(struct ledger_db *db, struct store_fault *f)
{
    char path[PATH_CHARS];
    if (snprintf(path, sizeof path, "%s/owner.lock", db->folder) >= (int)sizeof path)
        return store_fault_set(f, ERR_STORE_OPEN, ENAMETOOLONG, "the folder's name is too long");
    db->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, LOCK_MODE);
    if (db->lock < 0)
        return store_fault_of_read(f, errno, "the folder of the store");
    if (flock(db->lock, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    if (errno == EWOULDBLOCK)
        return store_fault_set(f, ERR_STORE_BUSY, errno, "%s is locked", path);
    return store_fault_of_read(f, errno, "the lock of the store");
}

static enum err read_about(struct ledger_db *db, MDB_txn *txn, struct store_fault *f)
{
    struct span about;
    struct bytes_reader r;
    const struct env_key key = env_key_part(0, 0);
    const enum err code = env_get(&db->env, txn, TABLE_ABOUT, &key, &about, f);
    if (code != ERR_OK || !about.at)
        return code;
    bytes_reader_init(&r, about);
    const struct span found = bytes_read_span(&r, sizeof magic);
    const uint32_t format = bytes_read_u32(&r);
    if (!span_equal(found, (struct span){(const uint8_t *)magic, sizeof magic}))
        return store_fault_set(f, ERR_STORE_FOREIGN, 0, "it is not a ledger");
    if (format > LEDGER_DB_FORMAT)
        return store_fault_set(f, ERR_STORE_NEWER, 0, "it has format %" PRIu32 ", here is %d",
                               format, LEDGER_DB_FORMAT);
    read_hash(&r, &db->genesis_hash);
    if (!bytes_reader_done(&r) || format == 0)
        return store_fault_set(f, ERR_STORE_DAMAGED, 0, "about: it has another form");
    db->has_genesis = true;
    return ERR_OK;
}

static enum err read_genesis(struct ledger_db *db, MDB_txn *txn, struct store_fault *f)
{
    const enum err code = env_get_parts(&db->env, txn, TABLE_ABOUT, 1, &db->genesis, f);
    if (code != ERR_OK)
        return code;
    const struct hash hash = genesis_hash(db->genesis);
    if (!hash_equal(&hash, &db->genesis_hash))
        return store_fault_set(f, ERR_STORE_DAMAGED, 0, "about: the genesis has changed");
    return ERR_OK;
}

enum err db_record_last(const struct ledger_db *db, MDB_txn *txn, struct db_record *out,
                        struct store_fault *f)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int cause = mdb_cursor_open(txn, db->env.tables[TABLE_HEADS], &cursor);
    if (cause)
        return store_fault_of_read(f, cause, "heads");
    cause = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    mdb_cursor_close(cursor);
    if (cause)
        return store_fault_set(f, ERR_STORE_DAMAGED, cause, "heads: %s", mdb_strerror(cause));
    return db_record_at(db, txn, env_key_first(&key), out, f);
}

/* The newest head knows the transaction that wrote it: LMDB has chosen the right one of its two
 * roots, or this is not what was acknowledged. */
static enum err read_last(struct ledger_db *db, MDB_txn *txn, struct store_fault *f)
{
    const enum err code = db_record_last(db, txn, &db->last, f);
    if (code != ERR_OK)
        return code;
    if (db->last.transaction != mdb_txn_id(txn))
        return store_fault_set(f, ERR_STORE_DAMAGED, 0,
                               "height %" PRIu64 " is not of the last transaction",
                               db->last.head.height);
    return ERR_OK;
}

static enum err read_all(struct ledger_db *db, struct store_fault *f)
{
    MDB_txn *txn;
    const int cause = mdb_txn_begin(db->env.lmdb, NULL, MDB_RDONLY, &txn);
    if (cause)
        return store_fault_of_read(f, cause, "the store");
    enum err code = read_about(db, txn, f);
    if (code == ERR_OK && db->has_genesis)
        code = read_genesis(db, txn, f);
    if (code == ERR_OK && db->has_genesis)
        code = read_last(db, txn, f);
    mdb_txn_abort(txn);
    return code;
}

static void set_defaults(struct ledger_db_options *o)
{
    if (o->map_bytes == 0)
        o->map_bytes = LEDGER_DB_MAP_BYTES;
    if (o->reserve_bytes == 0)
        o->reserve_bytes = LEDGER_DB_RESERVE_BYTES;
    if (o->carry_blocks == 0)
        o->carry_blocks = LEDGER_DB_CARRY_BLOCKS;
    if (o->carry_blocks > LEDGER_DB_CARRY_MAX)
        o->carry_blocks = LEDGER_DB_CARRY_MAX;
    if (o->chunk_bytes < CHUNK_LEAST || o->chunk_bytes > ENV_PAGE_BYTES - ENV_CHECK_BYTES)
        o->chunk_bytes = ENV_PAGE_BYTES - ENV_CHECK_BYTES;
    if (o->prune_values == 0)
        o->prune_values = LEDGER_DB_PRUNE_VALUES;
}

enum err ledger_db_open(struct ledger_db **out, const struct ledger_db_options *o,
                        struct store_fault *f)
{
    struct ledger_db *db = calloc(1, sizeof *db);
    *out = NULL;
    memset(f, 0, sizeof *f);
    assert(db);
    db->options = *o;
    db->folder = strdup(o->folder);
    db->lock = -1;
    set_defaults(&db->options);
    db->chunk = malloc(ENV_VALUE_BYTES_MAX);
    db->large = malloc(ROWS_PARAMS_BYTES_MAX);
    assert(db->folder && db->chunk && db->large);
    const struct env_options env = {.folder = db->folder, .map_bytes = db->options.map_bytes};
    enum err code = take_lock(db, f);
    if (code == ERR_OK)
        code = env_open(&db->env, &env, f);
    if (code == ERR_OK)
        code = read_all(db, f);
    if (code != ERR_OK) {
        ledger_db_close(db);
        return code;
    }
    *out = db;
    return ERR_OK;
}

void ledger_db_close(struct ledger_db *db)
{
    env_close(&db->env);
    if (db->lock >= 0)
        close(db->lock);
    free((void *)(uintptr_t)db->genesis.at);
    free(db->folder);
    free(db->chunk);
    free(db->large);
    free(db);
}

/* ---- questions ------------------------------------------------------------------------------- */

bool ledger_db_has_genesis(const struct ledger_db *db)
{
    return db->has_genesis;
}

struct span ledger_db_genesis(const struct ledger_db *db)
{
    return db->genesis;
}

const struct ledger_db_head *ledger_db_last(const struct ledger_db *db)
{
    return &db->last.head;
}

const struct store_fault *ledger_db_fault(const struct ledger_db *db)
{
    return &db->fault;
}

enum err ledger_db_room(struct ledger_db *db, struct store_fault *f)
{
    struct statvfs disk;
    MDB_envinfo info;
    MDB_stat stat;
    memset(f, 0, sizeof *f);
    if (statvfs(db->folder, &disk) != 0)
        return store_fault_of_read(f, errno, "the disk of the store");
    const uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (left < db->options.reserve_bytes)
        return store_fault_set(f, ERR_STORE_FULL, ENOSPC,
                               "%" PRIu64 " bytes are free, %" PRIu64 " are kept in reserve", left,
                               db->options.reserve_bytes);
    mdb_env_info(db->env.lmdb, &info);
    mdb_env_stat(db->env.lmdb, &stat);
    const uint64_t used = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    if (info.me_mapsize - used < db->options.reserve_bytes)
        return store_fault_set(f, ERR_STORE_FULL, MDB_MAP_FULL,
                               "the map of %" PRIu64 " bytes is nearly full",
                               (uint64_t)info.me_mapsize);
    return ERR_OK;
}

enum err ledger_db_backup(const struct ledger_db *db, const char *folder, struct store_fault *f)
{
    memset(f, 0, sizeof *f);
    return env_copy(&db->env, folder, f);
}

/* Heights up to the last one are there, or somebody has changed a key. */
static enum err find_record(const struct ledger_db *db, MDB_txn *txn, uint64_t height,
                            struct db_record *out, struct db_record *last, struct store_fault *f)
{
    enum err code = db_record_last(db, txn, last, f);
    if (code != ERR_OK)
        return code;
    if (height > last->head.height)
        return ERR_HEIGHT_UNKNOWN;
    code = db_record_at(db, txn, height, out, f);
    if (code == ERR_HEIGHT_UNKNOWN)
        return store_fault_set(f, ERR_STORE_DAMAGED, 0, "the head of height %" PRIu64 " is missing",
                               height);
    return code;
}

enum err ledger_db_head_at(const struct ledger_db *db, uint64_t height, struct ledger_db_head *out,
                           struct store_fault *f)
{
    MDB_txn *txn;
    struct db_record record, last;
    memset(f, 0, sizeof *f);
    const int cause = mdb_txn_begin(db->env.lmdb, NULL, MDB_RDONLY, &txn);
    if (cause)
        return store_fault_of_read(f, cause, "heads");
    const enum err code = find_record(db, txn, height, &record, &last, f);
    mdb_txn_abort(txn);
    if (code == ERR_OK)
        *out = record.head;
    return code;
}

/* @len: how long it was when it was written. */
static enum err read_bytes(const struct ledger_db *db, MDB_txn *txn, enum env_table table,
                           uint64_t height, uint64_t len, struct span *out, struct store_fault *f)
{
    const enum err code = env_get_parts(&db->env, txn, table, height, out, f);
    if (code != ERR_OK || (out->at && out->len == len))
        return code;
    free((void *)(uintptr_t)out->at);
    *out = (struct span){NULL, 0};
    return store_fault_set(f, ERR_STORE_DAMAGED, 0, "%s of height %" PRIu64 " are not all there",
                           env_table_name(table), height);
}

static enum err read_block(const struct ledger_db *db, MDB_txn *txn, uint64_t height,
                           struct span *bytes, struct span *results, struct store_fault *f)
{
    struct db_record record, last;
    enum err code = find_record(db, txn, height, &record, &last, f);
    if (code == ERR_OK && (height == 0 || height < last.head.blocks_from))
        code = ERR_HEIGHT_UNKNOWN; /* it has none, or not any more */
    if (code == ERR_OK)
        code = read_bytes(db, txn, TABLE_BLOCKS, height, record.block_len, bytes, f);
    if (code == ERR_OK)
        code = read_bytes(db, txn, TABLE_RESULTS, height, record.results_len, results, f);
    return code;
}

enum err ledger_db_block_at(const struct ledger_db *db, uint64_t height, struct span *bytes,
                            struct span *results, struct store_fault *f)
{
    MDB_txn *txn;
    memset(f, 0, sizeof *f);
    *bytes = *results = (struct span){NULL, 0};
    const int cause = mdb_txn_begin(db->env.lmdb, NULL, MDB_RDONLY, &txn);
    if (cause)
        return store_fault_of_read(f, cause, "blocks");
    const enum err code = read_block(db, txn, height, bytes, results, f);
    mdb_txn_abort(txn);
    if (code != ERR_OK) {
        free((void *)(uintptr_t)bytes->at);
        *bytes = (struct span){NULL, 0};
    }
    return code;
}
