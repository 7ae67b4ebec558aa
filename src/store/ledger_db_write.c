/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ledger_db_inner.h"

#include "ledger/log.h"
#include "store/zeros.h"
#include "wire/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char magic[] = "peerwatt-ledger";

static_assert(ENV_VALUE_BYTES_MAX >=
                  ENV_PAGE_BYTES + DB_PACK_HEAD_BYTES + ZEROS_BYTES_MAX(ROWS_BYTES_MAX),
              "behind a page of rows there is room for the longest");
static_assert((int)ROWS_PARAMS_BYTES_MAX >= ROWS_BYTES_MAX, "one row before it is packed");

/* One block on its way out. After the first cause nothing more is written. */
struct out {
    struct ledger_db *db;
    const struct ledger_db_block *block;
    MDB_txn *txn;
    struct db_record record;
    int cause;
    const char *what; /* of the cause */
};

static void note(struct out *o, int cause, const char *what)
{
    if (o->cause || !cause)
        return;
    o->cause = cause;
    o->what = what;
}

/* ---- packed values --------------------------------------------------------------------------- */

/* Rows or records of one block into values of about one page, each under the first one's key. */
struct pack {
    struct out *out;
    enum env_table table;
    struct env_key key; /* of the first */
    size_t len;         /* bytes in db->chunk; 0: no first yet */
};

static void pack_flush(struct pack *p)
{
    struct out *o = p->out;
    if (p->len > 0 && !o->cause)
        note(
            o,
            env_append(&o->db->env, o->txn, p->table, &p->key, (struct span){o->db->chunk, p->len}),
            env_table_name(p->table));
    p->len = 0;
}

/* Where the next item's bytes go. */
static uint8_t *pack_room(const struct pack *p)
{
    return p->out->db->chunk + p->len + DB_PACK_HEAD_BYTES;
}

/* @len bytes stand at pack_room. What does not fit any more begins the next value. */
static void pack_add(struct pack *p, const struct env_key *key, uint32_t number, size_t len)
{
    const struct ledger_db *db = p->out->db;
    const uint8_t *item = pack_room(p);
    struct bytes_writer w;
    if (p->len > 0 && p->len + DB_PACK_HEAD_BYTES + len > db->options.chunk_bytes) {
        pack_flush(p);
        memmove(pack_room(p), item, len);
    }
    if (p->len == 0)
        p->key = *key;
    bytes_writer_init(&w, db->chunk + p->len, DB_PACK_HEAD_BYTES);
    bytes_write_u32(&w, number);
    bytes_write_u32(&w, (uint32_t)len);
    p->len += DB_PACK_HEAD_BYTES + len;
    if (p->len >= db->options.chunk_bytes)
        pack_flush(p); /* also one that is longer by itself: there is no room for another */
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void write_row(struct pack *p, uint32_t store, uint32_t leaf)
{
    const struct out *o = p->out;
    const struct env_key key = env_key_row(o->record.head.height, (uint8_t)store, leaf);
    const size_t len = rows_write(o->block->ledger, store, leaf, o->db->large);
    pack_add(p, &key, leaf, zeros_pack(pack_room(p), (struct span){o->db->large, len}));
}

/* This block's share of a store: [*from, *to). It follows from the leaves that there can ever be,
 * so each one comes once in `carry` blocks however many there are by now. */
static void share_of(const struct out *o, uint32_t store, uint32_t *from, uint32_t *to)
{
    const uint64_t capacity = rows_capacity(o->block->ledger, store);
    const uint64_t share = (capacity + o->record.carry - 1) / o->record.carry;
    const uint64_t first = o->record.head.height % o->record.carry * share;
    *from = (uint32_t)(first < capacity ? first : capacity);
    *to = (uint32_t)(first + share < capacity ? first + share : capacity);
}

/* What has changed and what is carried, both ascending, each leaf once. */
static void write_store(struct out *o, uint32_t store)
{
    struct pack pack = {.out = o, .table = TABLE_ROWS};
    const struct ledger *l = o->block->ledger;
    const uint32_t *changed;
    const uint32_t count = rows_changed(l, store, &changed);
    uint32_t next, to, at = 0;
    share_of(o, store, &next, &to);
    while (!o->cause && (at < count || next < to)) {
        const bool is_changed = at < count && (next >= to || changed[at] <= next);
        const uint32_t leaf = is_changed ? changed[at++] : next;
        next += leaf == next && next < to;
        if (is_changed || rows_has(l, store, leaf))
            write_row(&pack, store, leaf);
    }
    pack_flush(&pack);
}

static void write_lists(struct out *o)
{
    const struct env_key key = env_key_row(o->record.head.height, DB_LISTS_STORE, 0);
    const size_t len = rows_lists_write(o->block->ledger, o->db->chunk);
    note(o, env_append(&o->db->env, o->txn, TABLE_ROWS, &key, (struct span){o->db->chunk, len}),
         "lists");
}

/* ---- what only grows ------------------------------------------------------------------------- */

static void write_log(struct out *o)
{
    struct pack pack = {.out = o, .table = TABLE_LOG};
    const struct ledger *l = o->block->ledger;
    const uint32_t count = log_count(l);
    for (uint32_t i = 0; i < count && !o->cause; i++) {
        const struct log_entry entry = log_get(l, i);
        const struct env_key key = env_key_number(entry.index);
        memcpy(pack_room(&pack), entry.bytes.at, entry.bytes.len);
        pack_add(&pack, &key, (uint32_t)entry.index, entry.bytes.len);
        o->record.head.log_count = entry.index + 1;
    }
    pack_flush(&pack);
}

static void write_ever(struct out *o)
{
    struct pack pack = {.out = o, .table = TABLE_EVER};
    struct ever_walk walk;
    ever_walk_init(&walk, o->block->ledger);
    for (uint64_t index = walk.index;
         !o->cause && ever_next(&walk, pack_room(&pack), o->block->ledger); index++) {
        const struct env_key key = env_key_number(index);
        pack_add(&pack, &key, (uint32_t)index, EVER_BYTES);
    }
    pack_flush(&pack);
}

static void write_params(struct out *o)
{
    if (o->record.head.height == 0 || !rows_params_changed(o->block->ledger))
        return;
    const size_t len = rows_params_write(o->block->ledger, o->db->large);
    note(o,
         env_append_parts(&o->db->env, o->txn, TABLE_PARAMS, o->record.head.height,
                          (struct span){o->db->large, len}),
         "params");
}

/* The first thing in a store: whose it is. */
static void write_about(struct out *o)
{
    struct bytes_writer w;
    const struct env_key key = env_key_part(0, 0);
    bytes_writer_init(&w, o->db->chunk, ENV_PAGE_BYTES);
    bytes_write_span(&w, (struct span){(const uint8_t *)magic, sizeof magic});
    bytes_write_u32(&w, LEDGER_DB_FORMAT);
    bytes_write_span(&w, (struct span){o->block->hash.bytes, HASH_BYTES});
    const struct span about = {o->db->chunk, (size_t)(w.at - o->db->chunk)};
    note(o, env_append(&o->db->env, o->txn, TABLE_ABOUT, &key, about), "about");
    note(o, env_append_parts(&o->db->env, o->txn, TABLE_ABOUT, 1, o->block->bytes), "about");
}

static void write_bytes(struct out *o)
{
    const uint64_t height = o->record.head.height;
    o->record.block_len = o->block->bytes.len;
    o->record.results_len = o->block->results.len;
    note(o, env_append_parts(&o->db->env, o->txn, TABLE_BLOCKS, height, o->block->bytes), "blocks");
    note(o, env_append_parts(&o->db->env, o->txn, TABLE_RESULTS, height, o->block->results),
         "results");
}

/* ---- pruning --------------------------------------------------------------------------------- */

struct pruning {
    MDB_cursor *cursor;
    const uint8_t *map;
    uint64_t until;
    uint32_t left; /* values that may be deleted before the next height begins */
};

static int delete_value(const struct pruning *p, const MDB_val *value)
{
    return env_can_free(p->map, value) ? mdb_cursor_del(p->cursor, 0) : MDB_CORRUPTED;
}

/* Returns the lowest height that is whole. */
static uint64_t delete_heights(struct out *o, struct pruning *p, uint64_t from)
{
    MDB_val key, value;
    int cause;
    while ((cause = mdb_cursor_get(p->cursor, &key, &value, MDB_FIRST)) == 0) {
        const uint64_t height = env_key_first(&key);
        if (height >= p->until)
            return p->until;
        if (height > from && p->left == 0)
            return height;
        from = height;
        p->left -= p->left > 0;
        if ((cause = delete_value(p, &value)) != 0)
            break;
    }
    note(o, cause == MDB_NOTFOUND ? 0 : cause, "pruning");
    return from;
}

/* Delete whole heights below @until from the front of a table, until about as many values are gone
 * as a block may delete. */
static uint64_t prune(struct out *o, enum env_table table, uint64_t from, uint64_t until)
{
    const struct ledger_db *db = o->db;
    const struct env_key about = env_key_part(0, 0);
    struct pruning p = {.until = until, .left = db->options.prune_values};
    if (from >= until || o->cause)
        return from;
    p.map = env_map(&db->env, o->txn, TABLE_ABOUT, &about);
    note(o, p.map ? 0 : MDB_CORRUPTED, "pruning");
    note(o, mdb_cursor_open(o->txn, db->env.tables[table], &p.cursor), "pruning");
    if (o->cause)
        return from;
    from = delete_heights(o, &p, from);
    mdb_cursor_close(p.cursor);
    return from;
}

static uint64_t keep_from(uint64_t height, uint64_t keep)
{
    return keep > 0 && height > keep ? height - keep : 0;
}

static void prune_all(struct out *o)
{
    const struct ledger_db_options *options = &o->db->options;
    struct ledger_db_head *head = &o->record.head;
    uint64_t rows = keep_from(head->height, options->keep_rows);
    if (rows > o->record.live_from)
        rows = o->record.live_from;
    head->rows_from = prune(o, TABLE_ROWS, head->rows_from, rows);
    const uint64_t blocks = keep_from(head->height, options->keep_blocks);
    const uint64_t results_from = prune(o, TABLE_RESULTS, head->blocks_from, blocks);
    head->blocks_from = prune(o, TABLE_BLOCKS, head->blocks_from, blocks);
    if (head->blocks_from < results_from)
        head->blocks_from = results_from;
}

/* ---- the block ------------------------------------------------------------------------------- */

/* No row's newest version stands below live_from: a share of 1 / carry since carry_since. With
 * another share than before, what held then holds until all rows have come once. */
static void set_carry(struct out *o)
{
    struct db_record *r = &o->record;
    const uint32_t carry = o->db->options.carry_blocks;
    if (r->carry != carry) {
        r->carry = carry;
        r->carry_since = r->head.height;
    }
    if (r->head.height + 1 - r->carry_since >= carry)
        r->live_from = r->head.height + 1 - carry;
}

static void write_record(struct out *o)
{
    uint8_t bytes[DB_RECORD_BYTES_MAX];
    const struct env_key key = env_key_number(o->record.head.height);
    const size_t len = db_record_write(bytes, &o->record);
    note(o, env_append(&o->db->env, o->txn, TABLE_HEADS, &key, (struct span){bytes, len}), "heads");
}

static void write_all(struct out *o)
{
    set_carry(o);
    if (o->record.head.height == 0)
        write_about(o);
    for (uint32_t store = 0; store < rows_stores(); store++)
        write_store(o, store);
    write_lists(o);
    write_log(o);
    write_ever(o);
    write_params(o);
    if (o->record.head.height > 0)
        write_bytes(o);
    prune_all(o);
    write_record(o);
}

static void begin(struct out *o, struct ledger_db *db, const struct ledger_db_block *b)
{
    memset(o, 0, sizeof *o);
    o->db = db;
    o->block = b;
    o->record = db->last;
    o->record.head.height = ledger_height(b->ledger);
    o->record.head.time_ms = b->time_ms;
    o->record.head.hash = b->hash;
    o->record.head.app_hash = b->app_hash;
    assert(db->has_genesis ? o->record.head.height == db->last.head.height + 1
                           : o->record.head.height == 0);
    note(o, mdb_txn_begin(db->env.lmdb, NULL, 0, &o->txn), "the block begins");
}

static void take_genesis(struct ledger_db *db, const struct ledger_db_block *b)
{
    uint8_t *copy = db_copy(b->bytes);
    db->genesis = (struct span){copy, b->bytes.len};
    db->genesis_hash = b->hash;
    db->has_genesis = true;
}

enum err ledger_db_commit(struct ledger_db *db, const struct ledger_db_block *b)
{
    struct out o;
    if (db->fault.code != ERR_OK)
        return db->fault.code;
    begin(&o, db, b);
    if (!o.cause) {
        o.record.transaction = mdb_txn_id(o.txn);
        write_all(&o);
        if (o.cause)
            mdb_txn_abort(o.txn);
        else
            note(&o, mdb_txn_commit(o.txn), "the block is made durable");
    }
    if (o.cause)
        return store_fault_of_write(&db->fault, o.cause, o.what);
    db->last = o.record;
    if (!db->has_genesis)
        take_genesis(db, b);
    return ERR_OK;
}
