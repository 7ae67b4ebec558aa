/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.3: what is committed is there after a restart at any height, whatever share of the
 * rows each block carries and however long values are; what is pruned is gone and nothing else. */
#include "sim/test_store_kit.h"

#include "ledger/log.h"
#include "ledger/state.h"
#include "store/env.h"
#include "store/scrub.h"

enum { BLOCKS = 150, RECORDS_MAX = 4096 };

static struct kit k;

struct told { /* what the store must answer */
    struct span blocks[BLOCKS + 1];
    struct hash app[BLOCKS + 1], hash[BLOCKS + 1];
    uint64_t time_ms[BLOCKS + 1];
    struct span records[RECORDS_MAX];
    uint64_t record_count, params_changes;
};

static struct told told;

static struct span copy_of(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len + 1);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return (struct span){copy, bytes.len};
}

static void drop(struct span bytes)
{
    free((void *)(uintptr_t)bytes.at);
}

static void remember(void)
{
    const uint64_t at = k.w.height;
    told.app[at] = k.w.app_hash;
    told.hash[at] = k.w.block_hash;
    told.time_ms[at] = k.w.t_ms;
    if (at > 0)
        told.blocks[at] = copy_of(k.w.last.bytes);
    for (uint32_t i = 0; i < log_count(k.w.ledger); i++) {
        assert_true(told.record_count < RECORDS_MAX);
        told.records[told.record_count++] = copy_of(log_get(k.w.ledger, i).bytes);
    }
}

static void forget(void)
{
    for (uint32_t i = 1; i <= BLOCKS; i++)
        drop(told.blocks[i]);
    for (uint64_t i = 0; i < told.record_count; i++)
        drop(told.records[i]);
    memset(&told, 0, sizeof told);
}

static void check_block(uint64_t height)
{
    struct ledger_db_head head;
    struct span bytes, results;
    assert_int_equal(ledger_db_head_at(k.db, height, &head, &k.fault), ERR_OK);
    assert_true(head.height == height && head.time_ms == told.time_ms[height]);
    assert_true(hash_equal(&head.app_hash, &told.app[height]));
    assert_true(hash_equal(&head.hash, &told.hash[height]));
    const enum err code = ledger_db_block_at(k.db, height, &bytes, &results, &k.fault);
    if (height == 0 || height < ledger_db_last(k.db)->blocks_from) {
        assert_int_equal(code, ERR_HEIGHT_UNKNOWN);
        return;
    }
    assert_int_equal(code, ERR_OK);
    assert_true(span_equal(bytes, told.blocks[height]));
    drop(bytes);
    drop(results);
}

static void check_answers(void)
{
    struct ledger_db_head head;
    struct span record;
    for (uint64_t height = 0; height <= k.w.height; height++)
        check_block(height);
    assert_int_equal(ledger_db_head_at(k.db, k.w.height + 1, &head, &k.fault), ERR_HEIGHT_UNKNOWN);
    assert_true(ledger_db_last(k.db)->log_count == told.record_count);
    for (uint64_t i = 0; i < told.record_count; i++) {
        assert_int_equal(ledger_db_log_at(k.db, i, &record, &k.fault), ERR_OK);
        assert_true(span_equal(record, told.records[i]));
        drop(record);
    }
    assert_int_equal(ledger_db_log_at(k.db, told.record_count, &record, &k.fault),
                     ERR_HEIGHT_UNKNOWN);
}

struct way { /* of running it */
    uint32_t restart_every, carry, chunk;
    bool changes_carry;
    uint64_t keep_rows, keep_blocks;
    uint32_t prune_values;
};

static void set_way(const struct way *way)
{
    k.options.carry_blocks = way->carry;
    k.options.chunk_bytes = way->chunk;
    k.options.keep_rows = way->keep_rows;
    k.options.keep_blocks = way->keep_blocks;
    k.options.prune_values = way->prune_values;
}

/* The digest of all app hashes. */
static struct hash run(const struct way *way)
{
    kit_world(&k, 3);
    kit_folder(k.folder);
    set_way(way);
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_false(ledger_db_has_genesis(k.db));
    assert_int_equal(kit_commit_genesis(&k), ERR_OK);
    remember();
    for (uint32_t i = 1; i <= BLOCKS; i++) {
        kit_block(&k);
        assert_int_equal(kit_commit(&k), ERR_OK);
        assert_int_equal(ledger_db_room(k.db, &k.fault), ERR_OK);
        remember();
        if (way->changes_carry)
            k.options.carry_blocks = 1 + (i * 7919) % 31;
        if (i % way->restart_every == 0)
            kit_restart(&k);
    }
    check_answers();
    return k.w.digest;
}

static void end(void)
{
    ledger_db_close(k.db);
    kit_remove(k.folder);
    kit_close_world(&k);
    forget();
}

static void a_restart_at_every_height_goes_on(void **state)
{
    static const struct way ways[] = {
        {.restart_every = 1, .carry = 20},
        {.restart_every = 1, .carry = 1, .chunk = 64},
        {.restart_every = 3, .carry = 10, .changes_carry = true, .chunk = 500},
        {.restart_every = 7, .carry = 1000},
        {.restart_every = 1, .carry = 10, .changes_carry = true, .keep_rows = 1, .keep_blocks = 2},
        {.restart_every = 10, .carry = 16, .keep_rows = 40, .keep_blocks = 5, .prune_values = 1},
    };
    (void)state;
    struct hash digest;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const struct hash found = run(&ways[i]);
        if (i == 0)
            digest = found;
        assert_true(hash_equal(&digest, &found));
        const struct ledger_db_head *last = ledger_db_last(k.db);
        const uint64_t height = last->height;
        assert_true(height == BLOCKS);
        assert_true(ways[i].keep_rows > 0 ? last->rows_from > height / 2 : last->rows_from == 0);
        assert_true(ways[i].keep_blocks > 0 ? last->blocks_from + 10 > height
                                            : last->blocks_from == 0);
        end();
    }
}

/* ---- copies ---------------------------------------------------------------------------------- */

/* Opened instead of the store: it is at the height at which it was made. */
static void check_backup(char folder[KIT_PATH], uint64_t height)
{
    struct ledger *l;
    struct scrub_counts counts;
    char store[KIT_PATH];
    struct ledger_db *db = k.db;
    memcpy(store, k.folder, KIT_PATH);
    memcpy(k.folder, folder, KIT_PATH);
    assert_int_equal(scrub(folder, KIT_MAP_BYTES, SCRUB_ALL, &counts, &k.fault), ERR_OK);
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_true(ledger_db_last(k.db)->height == height);
    assert_int_equal(kit_load(&k, &l), ERR_OK);
    const struct hash app = ledger_app_hash(l);
    assert_true(hash_equal(&app, &told.app[height]));
    ledger_db_close(k.db);
    kit_remove(folder);
    memcpy(k.folder, store, KIT_PATH);
    k.db = db;
}

static void a_copy_is_a_store_of_its_height(void **state)
{
    enum { COPIES = 4, EVERY = 8 };
    char folders[COPIES][KIT_PATH];
    (void)state;
    kit_world(&k, 4);
    kit_folder(k.folder);
    k.options.keep_rows = 5;
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_int_equal(kit_commit_genesis(&k), ERR_OK);
    remember();
    for (uint32_t i = 1; i <= COPIES * EVERY; i++) {
        kit_block(&k);
        assert_int_equal(kit_commit(&k), ERR_OK);
        remember();
        if (i % EVERY != 0)
            continue;
        char *folder = folders[i / EVERY - 1];
        kit_folder(folder);
        assert_int_equal(ledger_db_backup(k.db, folder, &k.fault), ERR_OK);
        assert_int_equal(ledger_db_backup(k.db, folder, &k.fault), ERR_FILE_EXISTS);
    }
    for (uint32_t i = 0; i < COPIES; i++)
        check_backup(folders[i], (i + 1) * (uint64_t)EVERY);
    check_answers();
    end();
}

/* ---- whose store it is ----------------------------------------------------------------------- */

static void two_nodes_never_share_a_folder(void **state)
{
    struct ledger_db *second;
    struct store_fault fault;
    (void)state;
    kit_world(&k, 1);
    kit_folder(k.folder);
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_int_equal(ledger_db_open(&second, &k.options, &fault), ERR_STORE_BUSY);
    assert_null(second);
    ledger_db_close(k.db);
    assert_int_equal(kit_open(&k), ERR_OK);
    end();
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    const struct ledger_db_options options = {.folder = "no/such/folder",
                                              .map_bytes = KIT_MAP_BYTES};
    struct ledger_db *db;
    struct store_fault fault;
    (void)state;
    assert_int_equal(ledger_db_open(&db, &options, &fault), ERR_STORE_OPEN);
    assert_null(db);
    assert_true(strlen(fault.text) > 0);
}

static void check_opens(enum err expected)
{
    assert_int_equal(kit_open(&k), expected);
    assert_null(k.db);
    assert_true(strlen(k.fault.text) > 0);
    kit_remove(k.folder);
    kit_close_world(&k);
}

/* A file of LMDB's, closed again. @format 0: with another table than ours only. */
static void make_other(const char *word, uint32_t format)
{
    struct env env;
    MDB_txn *txn;
    uint8_t about[64];
    struct bytes_writer w;
    const struct env_options options = {.folder = k.folder, .map_bytes = KIT_MAP_BYTES};
    const struct env_key key = env_key_part(0, 0);
    assert_int_equal(env_open(&env, &options, &k.fault), ERR_OK);
    bytes_writer_init(&w, about, sizeof about);
    bytes_write_span(&w, (struct span){(const uint8_t *)word, strlen(word) + 1});
    bytes_write_u32(&w, format);
    assert_int_equal(mdb_txn_begin(env.lmdb, NULL, 0, &txn), 0);
    assert_int_equal(
        env_put(&env, txn, TABLE_ABOUT, &key, (struct span){about, (size_t)(w.at - about)}), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    env_close(&env);
}

static void a_newer_store_is_refused(void **state)
{
    (void)state;
    kit_world(&k, 1);
    kit_folder(k.folder);
    make_other("peerwatt-ledger", LEDGER_DB_FORMAT + 1);
    check_opens(ERR_STORE_NEWER);
}

static void another_programs_store_is_refused(void **state)
{
    (void)state;
    kit_world(&k, 1);
    kit_folder(k.folder);
    make_other("peerwatt-lodgers", LEDGER_DB_FORMAT);
    check_opens(ERR_STORE_FOREIGN);
}

static void a_file_of_lmdbs_without_our_tables_is_refused(void **state)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi table;
    (void)state;
    kit_world(&k, 1);
    kit_folder(k.folder);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
    assert_int_equal(mdb_env_open(env, k.folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "cats", MDB_CREATE, &table), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    check_opens(ERR_STORE_FOREIGN);
}

static void any_other_file_is_refused(void **state)
{
    char path[2 * KIT_PATH];
    (void)state;
    kit_world(&k, 1);
    kit_folder(k.folder);
    snprintf(path, sizeof path, "%s/data.mdb", k.folder);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 10000; i++)
        fputs("no store", file);
    assert_int_equal(fclose(file), 0);
    check_opens(ERR_STORE_FOREIGN);
}

static void a_full_disk_is_seen_before_a_block(void **state)
{
    (void)state;
    kit_world(&k, 1);
    kit_folder(k.folder);
    k.options.reserve_bytes = UINT64_MAX / 4;
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_int_equal(ledger_db_room(k.db, &k.fault), ERR_STORE_FULL);
    ledger_db_close(k.db);
    k.options.reserve_bytes = KIT_MAP_BYTES;
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_int_equal(ledger_db_room(k.db, &k.fault), ERR_STORE_FULL);
    end();
}

/* The map has no room for a block: the answer is final, and the store is what it was. */
static void a_full_map_ends_cleanly(void **state)
{
    struct ledger *l;
    (void)state;
    kit_world(&k, 2);
    kit_folder(k.folder);
    k.options.map_bytes = 1 << 19;
    k.options.reserve_bytes = 1;
    assert_int_equal(kit_open(&k), ERR_OK);
    enum err code = kit_commit_genesis(&k);
    uint64_t committed = 0;
    struct hash app = k.w.app_hash;
    while (code == ERR_OK) {
        kit_block(&k);
        code = kit_commit(&k);
        if (code == ERR_OK) {
            committed = k.w.height;
            app = k.w.app_hash;
        }
    }
    assert_int_equal(code, ERR_STORE_FULL);
    assert_int_equal(kit_commit(&k), ERR_STORE_FULL);
    assert_int_equal(ledger_db_fault(k.db)->code, ERR_STORE_FULL);
    ledger_db_close(k.db);
    k.options.map_bytes = KIT_MAP_BYTES;
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_true(committed > 0 && ledger_db_last(k.db)->height == committed);
    assert_int_equal(kit_load(&k, &l), ERR_OK);
    const struct hash found = ledger_app_hash(l);
    assert_true(hash_equal(&found, &app));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_at_every_height_goes_on),
        cmocka_unit_test(a_copy_is_a_store_of_its_height),
        cmocka_unit_test(two_nodes_never_share_a_folder),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
        cmocka_unit_test(a_newer_store_is_refused),
        cmocka_unit_test(another_programs_store_is_refused),
        cmocka_unit_test(a_file_of_lmdbs_without_our_tables_is_refused),
        cmocka_unit_test(any_other_file_is_refused),
        cmocka_unit_test(a_full_disk_is_seen_before_a_block),
        cmocka_unit_test(a_full_map_ends_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
