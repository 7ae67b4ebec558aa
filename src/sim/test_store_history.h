/* SPDX-License-Identifier: Apache-2.0 */
/* sim/test_store_history.h - a history that was run once, and is committed to a store again and
 * again: by processes that are killed, over disks that fail. Everything that the store answers can
 * be compared with it. */
#ifndef PEERWATT_SIM_TEST_STORE_HISTORY_H
#define PEERWATT_SIM_TEST_STORE_HISTORY_H

#include "sim/test_store_kit.h"

#include "ledger/log.h"

enum { HISTORY_MAX = 400 };

struct history_block {
    struct span bytes;
    struct hash hash, app_hash;
    uint64_t time_ms, log_count;
};

struct history_run {
    struct kit *k;
    uint32_t count; /* blocks beside height 0 */
    struct history_block at[HISTORY_MAX + 1];
};

static inline uint64_t log_count_now(const struct world *w)
{
    return log_count(w->ledger);
}

static inline void history_note(struct history_run *r, uint64_t log_count)
{
    const struct world *w = &r->k->w;
    struct history_block *b = &r->at[w->height];
    b->hash = w->block_hash;
    b->app_hash = w->app_hash;
    b->time_ms = w->t_ms;
    b->log_count = log_count + log_count_now(w);
}

static inline void history_make(struct history_run *r, struct kit *k, uint64_t seed, uint32_t count)
{
    r->k = k;
    r->count = count;
    kit_world(k, seed);
    history_note(r, 0);
    for (uint32_t i = 1; i <= count; i++) {
        kit_block(k);
        history_note(r, r->at[i - 1].log_count);
        uint8_t *copy = malloc(k->w.last.bytes.len);
        memcpy(copy, k->w.last.bytes.at, k->w.last.bytes.len);
        r->at[i].bytes = (struct span){copy, k->w.last.bytes.len};
    }
}

static inline void history_drop(struct history_run *r)
{
    for (uint32_t i = 1; i <= r->count; i++)
        free((void *)(uintptr_t)r->at[i].bytes.at);
    kit_close_world(r->k);
}

/* The ledger of height 0, in the spare memory. */
static inline struct ledger *history_begin(struct history_run *r)
{
    struct genesis genesis = r->k->w.genesis;
    return ledger_init(r->k->spare, r->k->w.ledger_size, &genesis, &r->k->w.genesis_hash);
}

/* Apply the next block of the history; false if it comes to anything else. */
static inline bool history_apply(struct history_run *r, struct ledger *l)
{
    const struct history_block *b = &r->at[ledger_height(l) + 1];
    const struct hash app = world_apply(&r->k->w, l, b->bytes);
    return hash_equal(&app, &b->app_hash);
}

static inline enum err history_commit(struct history_run *r, struct ledger *l)
{
    struct world *w = &r->k->w;
    const uint64_t height = ledger_height(l);
    const struct history_block *b = &r->at[height];
    const void *codes = w->codes;
    struct ledger_db_block block = {.ledger = l,
                                    .time_ms = b->time_ms,
                                    .hash = b->hash,
                                    .app_hash = b->app_hash,
                                    .bytes = b->bytes,
                                    .results = {codes, w->last.code_count * sizeof *w->codes}};
    if (height > 0)
        return ledger_db_commit(r->k->db, &block);
    uint8_t *bytes = malloc(WIRE_GENESIS_BYTES_MAX);
    block.results.len = 0;
    block.bytes = (struct span){bytes, genesis_encode(bytes, WIRE_GENESIS_BYTES_MAX, &w->genesis)};
    const enum err code = ledger_db_commit(r->k->db, &block);
    free(bytes);
    return code;
}

/* The open store holds the history up to its last height, and the ledger comes back. NULL, or what
 * is wrong. */
static inline const char *history_differs(struct history_run *r)
{
    struct kit *k = r->k;
    struct ledger *l;
    if (!ledger_db_has_genesis(k->db))
        return NULL;
    const struct ledger_db_head *last = ledger_db_last(k->db);
    if (last->height > r->count)
        return "the height";
    const struct history_block *b = &r->at[last->height];
    if (!hash_equal(&last->app_hash, &b->app_hash) || !hash_equal(&last->hash, &b->hash) ||
        last->time_ms != b->time_ms || last->log_count != b->log_count)
        return "the last head";
    if (kit_load(k, &l) != ERR_OK)
        return k->fault.text;
    const struct hash app = ledger_app_hash(l);
    return hash_equal(&app, &b->app_hash) ? NULL : "the app hash";
}

#endif
