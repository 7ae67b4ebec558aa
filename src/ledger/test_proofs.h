/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_proofs.h - a small ledger whose blocks are rows edited by hand between state_begin
 * and state_seal, with the nodes that a maker of proofs keeps.
 *
 * Only tests include this file. */
#ifndef PEERWATT_LEDGER_TEST_PROOFS_H
#define PEERWATT_LEDGER_TEST_PROOFS_H

#include "ledger/proofs.h"

#include "core/params.h"
#include "ledger/state.h"
#include "ledger/values.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 1024, ENTRIES_MAX = 64, ENTRY_BYTES = 64, VERSIONS_MAX = 16 };

static struct genesis_key keys[1];
static struct genesis_feeder feeders[1];
static struct genesis_founder founders[3];

static inline void fill(struct genesis *g)
{
    params_fill(g);
    g->community.name = span_of_text("Elm Street");
    g->community.chain_id = span_of_text("elm-1");
    g->community.currency = span_of_text("EUR");
    g->times.t0_ms = 1700000000000;
    g->limits.members_max = 64;
    g->limits.contracts_open_max = 256;
    g->market.book_max_orders = 256;
    keys[0].key.bytes[0] = 1;
    g->authority = (struct genesis_authority){.keys = keys, .key_count = 1, .threshold = 1};
    g->treasury.bytes[0] = 2;
    feeders[0].name = span_of_text("main");
    g->feeders = feeders;
    g->feeder_count = 1;
    for (uint8_t i = 0; i < 3; i++) {
        struct voucher *v = &founders[i].voucher;
        v->feeder = 1;
        v->household.bytes[0] = v->nullifier.bytes[0] = (uint8_t)(i + 1);
        v->sign_key.bytes[0] = (uint8_t)(10 + i);
        v->vrf_key.bytes[0] = (uint8_t)(20 + i);
        v->seal_key.bytes[0] = (uint8_t)(30 + i);
    }
    g->founders = founders;
    g->founder_count = 3;
}

struct nodes { /* of a list */
    struct mmr range;
    struct hash at[NODES_MAX];
    uint64_t count;
};

struct fixture {
    struct ledger *l;
    void *memory;
    struct nodes log, history;
    uint8_t entries[ENTRIES_MAX][ENTRY_BYTES]; /* of the log */
    size_t entry_lens[ENTRIES_MAX];
    struct hash deltas[ENTRIES_MAX]; /* by height */
    struct hash app_hash, before;
};

static uint8_t value_bytes[PROOFS_BYTES_MAX], other_bytes[PROOFS_BYTES_MAX];

static inline void add_node(struct nodes *n, struct span entry)
{
    struct hash made[MMR_MADE_MAX];
    const struct hash leaf = merkle_leaf(entry);
    const uint32_t count = mmr_append(&n->range, made, &leaf);
    assert_true(n->count + count <= NODES_MAX);
    memcpy(&n->at[n->count], made, count * sizeof made[0]);
    n->count += count;
}

static inline void keep_lists(struct fixture *f)
{
    const uint64_t height = ledger_height(f->l);
    f->deltas[height] = proofs_delta(f->l);
    add_node(&f->history, (struct span){f->deltas[height].bytes, HASH_BYTES});
    for (uint32_t i = 0; i < log_count(f->l); i++) {
        const struct log_entry e = log_get(f->l, i);
        assert_true(e.index < ENTRIES_MAX && e.bytes.len <= ENTRY_BYTES);
        memcpy(f->entries[e.index], e.bytes.at, e.bytes.len);
        f->entry_lens[e.index] = e.bytes.len;
        add_node(&f->log, e.bytes);
    }
}

static inline struct fixture *open_ledger(void)
{
    struct genesis g;
    const struct hash hash = {{7}};
    struct fixture *f = calloc(1, sizeof *f);
    memset(&g, 0, sizeof g);
    fill(&g);
    const size_t size = ledger_size(&g);
    assert_int_equal(posix_memalign(&f->memory, 64, size), 0);
    f->l = ledger_init(f->memory, size, &g, &hash);
    mmr_init(&f->log.range);
    mmr_init(&f->history.range);
    keep_lists(f);
    f->app_hash = ledger_app_hash(f->l);
    return f;
}

static inline void close_ledger(struct fixture *f)
{
    free(f->memory);
    free(f);
}

static inline void begin(struct fixture *f)
{
    state_begin(f->l);
    f->l->now.height = ++f->l->head->last.height;
}

static inline void seal(struct fixture *f)
{
    f->before = f->app_hash;
    f->app_hash = state_seal(f->l);
    keep_lists(f);
}

static inline void set_payout(struct fixture *f, uint32_t place, uint64_t number, int64_t micro)
{
    struct payout *p = table_edit(&f->l->payouts, place);
    *p = (struct payout){.number = number, .member = 1, .micro = micro};
    state_mark(f->l, STORE_PAYOUTS, place);
}

static inline const struct state_store *store(const char *name)
{
    const struct state_store *s = proofs_store(span_of_text(name));
    assert_non_null(s);
    return s;
}

static inline bool exists(struct fixture *f, enum store_view view, const char *name,
                          uint64_t number)
{
    struct proofs_row p;
    const bool is_there = proofs_row(&p, f->l, view, store(name), number, other_bytes);
    assert_int_equal(proofs_has_row(f->l, view, store(name), number), is_there);
    return is_there;
}

#endif
