/* SPDX-License-Identifier: Apache-2.0 */
/* sim/test_store_kit.h - a world whose ledger goes to disk, for tests of the store: a folder of its
 * own, blocks that are committed, a restart that goes on with what was read. */
#ifndef PEERWATT_SIM_TEST_STORE_KIT_H
#define PEERWATT_SIM_TEST_STORE_KIT_H

#include "sim/honest.h"
#include "sim/world_inner.h"

#include "store/ledger_db.h"

#include "tests/cmocka_all.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KIT_BLOCK_MS = 1000, KIT_HOMES = 10, KIT_FOUNDERS = 8, KIT_PATH = 512 };

#define KIT_MEMORY "/dev/shm"
#define KIT_MAP_BYTES (UINT64_C(1) << 30)

struct kit {
    struct world w;
    struct honest h;
    struct ledger_db *db;
    struct ledger_db_options options;
    struct store_fault fault;
    char folder[KIT_PATH];
    void *spare; /* memory for the next ledger */
};

/* In memory if the system has such a place: a process that is killed loses nothing there either. */
static inline void kit_folder(char folder[KIT_PATH])
{
    const char *where = getenv("PEERWATT_STORE_TMP");
    if (!where)
        where = access(KIT_MEMORY, W_OK) == 0 ? KIT_MEMORY : P_tmpdir;
    snprintf(folder, KIT_PATH, "%s/pw-store-XXXXXX", where);
    assert_non_null(mkdtemp(folder));
}

static inline void kit_remove(const char *folder)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "owner.lock", "begin/data.mdb",
                                        "begin/lock.mdb"};
    char path[2 * KIT_PATH];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_true(snprintf(path, sizeof path, "%s/%s", folder, files[i]) < (int)sizeof path);
        unlink(path);
    }
    assert_true(snprintf(path, sizeof path, "%s/begin", folder) < (int)sizeof path);
    rmdir(path);
    assert_int_equal(rmdir(folder), 0);
}

static inline void kit_world(struct kit *k, uint64_t seed)
{
    const struct world_options options = {.seed = seed,
                                          .homes = KIT_HOMES,
                                          .founders = KIT_FOUNDERS,
                                          .feeders = 2,
                                          .k = 3,
                                          .timing = TIMING_BOTH,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED};
    memset(k, 0, sizeof *k);
    world_init(&k->w, &options);
    world_start(&k->w);
    honest_init(&k->h, &k->w);
    k->h.trades = HONEST_AGREES | HONEST_FORWARD | HONEST_MEASURED;
    k->h.deposit_micro = 50000000;
    for (uint32_t home = KIT_FOUNDERS + 1; home <= KIT_HOMES; home++)
        k->h.wants[home] = true;
    k->spare = world_map(k->w.ledger_size);
    k->options = (struct ledger_db_options){
        .folder = k->folder, .map_bytes = KIT_MAP_BYTES, .carry_blocks = 20};
}

static inline void kit_close_world(struct kit *k)
{
    world_unmap(k->spare, k->w.ledger_size);
    world_close(&k->w);
}

static inline enum err kit_open(struct kit *k)
{
    return ledger_db_open(&k->db, &k->options, &k->fault);
}

static inline enum err kit_commit(struct kit *k)
{
    struct world *w = &k->w;
    const void *codes = w->codes;
    const struct ledger_db_block b = {
        .ledger = w->ledger,
        .time_ms = w->t_ms,
        .hash = w->block_hash,
        .app_hash = w->app_hash,
        .bytes = w->last.bytes,
        .results = {codes, w->last.code_count * sizeof *w->codes},
    };
    return ledger_db_commit(k->db, &b);
}

/* Height 0. */
static inline enum err kit_commit_genesis(struct kit *k)
{
    uint8_t *bytes = malloc(WIRE_GENESIS_BYTES_MAX);
    const size_t len = genesis_encode(bytes, WIRE_GENESIS_BYTES_MAX, &k->w.genesis);
    const struct ledger_db_block b = {.ledger = k->w.ledger,
                                      .time_ms = k->w.t_ms,
                                      .hash = k->w.genesis_hash,
                                      .app_hash = k->w.app_hash,
                                      .bytes = {bytes, len}};
    const enum err code = ledger_db_commit(k->db, &b);
    free(bytes);
    return code;
}

static inline void kit_block(struct kit *k)
{
    honest_act(&k->h, KIT_BLOCK_MS);
    world_block(&k->w, KIT_BLOCK_MS);
}

static inline enum err kit_load(struct kit *k, struct ledger **out)
{
    return ledger_db_load(k->db, out, k->spare, k->w.ledger_size, &k->w.genesis, &k->fault);
}

/* Closed, opened, read: the world goes on with it. */
static inline void kit_restart(struct kit *k)
{
    struct ledger *l;
    const struct hash answers = world_answers(&k->w);
    ledger_db_close(k->db);
    assert_int_equal(kit_open(k), ERR_OK);
    assert_int_equal(kit_load(k, &l), ERR_OK);
    void *old = k->w.ledger_memory;
    k->w.ledger = l;
    k->w.ledger_memory = k->spare;
    k->spare = old;
    const struct hash app = ledger_app_hash(l), again = world_answers(&k->w);
    assert_true(hash_equal(&app, &k->w.app_hash));
    assert_true(hash_equal(&again, &answers));
}

#endif
