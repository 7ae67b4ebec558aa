/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ledger_db_inner.h"

#include "store/zeros.h"
#include "wire/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DECODE_LEAST = 65536 };

struct in { /* a ledger on its way back */
    const struct ledger_db *db;
    MDB_txn *txn;
    struct rows_load load;
    struct store_fault *f;
};

/* A value under the cursor. */
struct seen {
    enum env_table table;
    MDB_val key, value;
    struct span payload;
};

static enum err damaged(const struct in *in, const struct seen *s)
{
    return store_fault_set(in->f, ERR_STORE_DAMAGED, 0, "%s: the value of %" PRIu64 " has changed",
                           env_table_name(s->table), env_key_first(&s->key));
}

/* ERR_OK and @is_there, or nothing is left there. */
static enum err find(const struct in *in, MDB_cursor *cursor, MDB_cursor_op op, struct seen *s,
                     bool *is_there)
{
    const int cause = mdb_cursor_get(cursor, &s->key, &s->value, op);
    *is_there = cause == 0;
    if (cause == 0 || cause == MDB_NOTFOUND)
        return ERR_OK;
    return store_fault_of_read(in->f, cause, env_table_name(s->table));
}

static enum err check(const struct in *in, struct seen *s)
{
    return env_check(s->table, &s->key, &s->value, &s->payload) ? ERR_OK : damaged(in, s);
}

static enum err look(const struct in *in, MDB_cursor *cursor, MDB_cursor_op op, struct seen *s,
                     bool *is_there)
{
    const enum err code = find(in, cursor, op, s, is_there);
    return code == ERR_OK && *is_there ? check(in, s) : code;
}

/* ---- what only grows ------------------------------------------------------------------------- */

static enum err read_entries(struct in *in, const struct seen *s)
{
    struct db_pack pack;
    struct span entry;
    uint32_t number;
    bool is_bad;
    db_pack_init(&pack, s->payload);
    while (db_pack_next(&pack, &number, &entry, &is_bad)) {
        if (entry.len != EVER_BYTES || rows_load_ever(&in->load, entry.at) != ERR_OK)
            return damaged(in, s);
    }
    return is_bad ? damaged(in, s) : ERR_OK;
}

static enum err read_ever(struct in *in)
{
    MDB_cursor *cursor;
    struct seen s = {.table = TABLE_EVER};
    bool is_there;
    const int cause = mdb_cursor_open(in->txn, in->db->env.tables[TABLE_EVER], &cursor);
    if (cause)
        return store_fault_of_read(in->f, cause, "ever");
    enum err code = look(in, cursor, MDB_FIRST, &s, &is_there);
    while (code == ERR_OK && is_there) {
        code = read_entries(in, &s);
        if (code == ERR_OK)
            code = look(in, cursor, MDB_NEXT, &s, &is_there);
    }
    mdb_cursor_close(cursor);
    return code;
}

/* Those of the last change; a community that never changed any has those of its genesis. */
static enum err find_params(struct in *in, struct span *out)
{
    MDB_cursor *cursor;
    struct seen s = {.table = TABLE_PARAMS};
    bool is_there;
    *out = (struct span){NULL, 0};
    const int cause = mdb_cursor_open(in->txn, in->db->env.tables[TABLE_PARAMS], &cursor);
    if (cause)
        return store_fault_of_read(in->f, cause, "params");
    enum err code = look(in, cursor, MDB_LAST, &s, &is_there);
    mdb_cursor_close(cursor);
    if (code == ERR_OK && is_there)
        code =
            env_get_parts(&in->db->env, in->txn, TABLE_PARAMS, env_key_first(&s.key), out, in->f);
    return code;
}

static enum err read_params(struct in *in)
{
    struct span bytes;
    struct arena arena;
    enum err code = find_params(in, &bytes);
    if (code != ERR_OK || !bytes.at)
        return code;
    const size_t room = WIRE_DECODED_TIMES * bytes.len + DECODE_LEAST;
    void *memory = malloc(room);
    assert(memory);
    arena_init(&arena, memory, room);
    code = rows_load_params(&in->load, bytes, &arena);
    free(memory);
    free((void *)(uintptr_t)bytes.at);
    return code == ERR_OK ? ERR_OK
                          : store_fault_set(in->f, code, 0, "params: they cannot be in force");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static enum err read_packed(struct in *in, const struct seen *s, uint8_t store)
{
    struct db_pack pack;
    struct span row;
    uint32_t leaf;
    bool is_bad;
    db_pack_init(&pack, s->payload);
    while (db_pack_next(&pack, &leaf, &row, &is_bad)) {
        size_t len;
        if (rows_load_has(&in->load, store, leaf))
            continue;
        if (!zeros_unpack(in->db->large, ROWS_BYTES_MAX, &len, row) ||
            rows_load_row(&in->load, store, leaf, (struct span){in->db->large, len}) != ERR_OK)
            return store_fault_set(in->f, ERR_STORE_ROW, 0,
                                   "height %" PRIu64 ", store %u, row %" PRIu32,
                                   env_key_first(&s->key), store, leaf);
    }
    return is_bad ? damaged(in, s) : ERR_OK;
}

/* Most values hold but versions that newer ones stand for; those need not be whole. */
static bool is_wanted(const struct in *in, const struct seen *s, uint8_t store)
{
    struct db_pack pack;
    struct span row;
    uint32_t leaf;
    bool is_bad;
    if (s->value.mv_size < ENV_CHECK_BYTES)
        return true;
    const uint8_t *payload = (const uint8_t *)s->value.mv_data + ENV_CHECK_BYTES;
    db_pack_init(&pack, (struct span){payload, s->value.mv_size - ENV_CHECK_BYTES});
    while (db_pack_next(&pack, &leaf, &row, &is_bad)) {
        if (!rows_load_has(&in->load, store, leaf))
            return true;
    }
    return is_bad;
}

static enum err read_value(struct in *in, struct seen *s)
{
    const uint8_t *key = s->key.mv_data;
    if (s->key.mv_size != ENV_KEY_BYTES_MAX)
        return damaged(in, s);
    const bool is_lists = key[8] == DB_LISTS_STORE;
    if (is_lists ? env_key_first(&s->key) < in->db->last.head.height : !is_wanted(in, s, key[8]))
        return ERR_OK;
    const enum err code = check(in, s);
    if (code != ERR_OK || !is_lists)
        return code == ERR_OK ? read_packed(in, s, key[8]) : code;
    return rows_load_lists(&in->load, s->payload) == ERR_OK ? ERR_OK : damaged(in, s);
}

/* From the newest back to where all live rows have been met: the first version met counts. */
static enum err read_rows(struct in *in)
{
    MDB_cursor *cursor;
    struct seen s = {.table = TABLE_ROWS};
    bool is_there;
    const int cause = mdb_cursor_open(in->txn, in->db->env.tables[TABLE_ROWS], &cursor);
    if (cause)
        return store_fault_of_read(in->f, cause, "rows");
    enum err code = find(in, cursor, MDB_LAST, &s, &is_there);
    while (code == ERR_OK && is_there && env_key_first(&s.key) >= in->db->last.live_from) {
        code = read_value(in, &s);
        if (code == ERR_OK)
            code = find(in, cursor, MDB_PREV, &s, &is_there);
    }
    mdb_cursor_close(cursor);
    return code;
}

enum err ledger_db_load(struct ledger_db *db, struct ledger **out, void *memory, size_t size,
                        const struct genesis *genesis, struct store_fault *f)
{
    struct in in = {.db = db, .f = f};
    memset(f, 0, sizeof *f);
    *out = NULL;
    assert(db->has_genesis);
    const int cause = mdb_txn_begin(db->env.lmdb, NULL, MDB_RDONLY, &in.txn);
    if (cause)
        return store_fault_of_read(f, cause, "the state");
    rows_load_begin(&in.load, memory, size, genesis, &db->genesis_hash);
    enum err code = read_params(&in);
    if (code == ERR_OK)
        code = read_ever(&in);
    if (code == ERR_OK)
        code = read_rows(&in);
    mdb_txn_abort(in.txn);
    if (code != ERR_OK)
        return code;
    code = rows_load_end(&in.load, &db->last.head.app_hash);
    if (code != ERR_OK)
        return store_fault_set(f, code, 0, "the state of height %" PRIu64, db->last.head.height);
    *out = in.load.ledger;
    return ERR_OK;
}

/* ---- log ------------------------------------------------------------------------------------- */

static enum err find_record(const struct in *in, const struct seen *s, uint64_t index,
                            struct span *out)
{
    struct db_pack pack;
    struct span bytes;
    uint32_t number;
    bool is_bad;
    db_pack_init(&pack, s->payload);
    while (db_pack_next(&pack, &number, &bytes, &is_bad)) {
        if (number != (uint32_t)index)
            continue;
        *out = (struct span){db_copy(bytes), bytes.len};
        return ERR_OK;
    }
    return damaged(in, s);
}

/* The value under the key, or the one before it: where the record lies. */
static enum err seek(const struct in *in, MDB_cursor *cursor, uint64_t index, struct seen *s,
                     bool *is_there)
{
    struct env_key key = env_key_number(index);
    s->key = (MDB_val){.mv_size = key.len, .mv_data = key.bytes};
    enum err code = look(in, cursor, MDB_SET_RANGE, s, is_there);
    if (code != ERR_OK || (*is_there && env_key_first(&s->key) == index))
        return code;
    return look(in, cursor, *is_there ? MDB_PREV : MDB_LAST, s, is_there);
}

static enum err read_record(const struct in *in, uint64_t index, struct span *out)
{
    struct seen s = {.table = TABLE_LOG};
    MDB_cursor *cursor;
    bool is_there = false;
    const int cause = mdb_cursor_open(in->txn, in->db->env.tables[TABLE_LOG], &cursor);
    if (cause)
        return store_fault_of_read(in->f, cause, "log");
    enum err code = seek(in, cursor, index, &s, &is_there);
    if (code == ERR_OK)
        code = is_there ? find_record(in, &s, index, out) : damaged(in, &s);
    mdb_cursor_close(cursor);
    return code;
}

enum err ledger_db_log_at(const struct ledger_db *db, uint64_t index, struct span *out,
                          struct store_fault *f)
{
    struct in in = {.db = db, .f = f};
    struct db_record last;
    memset(f, 0, sizeof *f);
    *out = (struct span){NULL, 0};
    const int cause = mdb_txn_begin(db->env.lmdb, NULL, MDB_RDONLY, &in.txn);
    if (cause)
        return store_fault_of_read(f, cause, "log");
    enum err code = db_record_last(db, in.txn, &last, f);
    if (code == ERR_OK)
        code = index < last.head.log_count ? read_record(&in, index, out) : ERR_HEIGHT_UNKNOWN;
    mdb_txn_abort(in.txn);
    return code;
}
