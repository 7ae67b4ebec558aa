/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/rows.h"

#include "core/params.h"
#include "ledger/state.h"
#include "ledger/values.h"

#include <assert.h>
#include <string.h>

static_assert(ROWS_BYTES_MAX >= VALUES_BYTES_MAX + STORE_META_BYTES, "a row needs its room");

/* The lists whose entries are not in the ledger's memory. */
enum { PARAMS_HEAD_BYTES = 16 };

static const enum range_id lists[ROWS_LISTS_MAX] = {RANGE_CHAIN, RANGE_HISTORY, RANGE_LOG};

/* ---- out ------------------------------------------------------------------------------------- */

uint32_t rows_stores(void)
{
    return STORE_COUNT;
}

uint32_t rows_capacity(const struct ledger *l, uint32_t store)
{
    assert(store < STORE_COUNT);
    return l->stores[store].capacity;
}

uint32_t rows_changed(const struct ledger *l, uint32_t store, const uint32_t **leaves)
{
    assert(store < STORE_COUNT);
    *leaves = l->stores[store].meta.touched;
    return l->stores[store].meta.touched_count;
}

static struct store_meta meta_of(const struct ledger *l, uint32_t store, uint32_t leaf)
{
    assert(store < STORE_COUNT);
    return store_meta(&l->stores[store], STORE_NOW, leaf);
}

bool rows_has(const struct ledger *l, uint32_t store, uint32_t leaf)
{
    return meta_of(l, store, leaf).version > 0;
}

uint64_t rows_height(const struct ledger *l, uint32_t store, uint32_t leaf)
{
    return meta_of(l, store, leaf).height;
}

size_t rows_write(const struct ledger *l, uint32_t store, uint32_t leaf, uint8_t *out)
{
    uint8_t key[VALUES_KEY_BYTES];
    const struct store_meta meta = meta_of(l, store, leaf);
    assert(meta.version > 0);
    const struct value_bytes v =
        value_write(l, (enum store_id)store, leaf, key, out + STORE_META_BYTES);
    const struct span none = {NULL, 0};
    return store_value_bytes(out, &meta, none) + v.value.len;
}

bool rows_params_changed(const struct ledger *l)
{
    return l->stores[STORE_PARAMS].meta.touched_count > 0;
}

/* From which interval the market in force holds, the length of the first genesis, both. The second
 * one is that in force but for its market, and is there only if the market was ever changed. */
size_t rows_params_write(const struct ledger *l, uint8_t *out)
{
    const struct market_version *version = table_get(&l->market_table, 0);
    struct genesis before = *l->params;
    struct bytes_writer w;
    uint8_t *at = out + PARAMS_HEAD_BYTES;
    const size_t len = genesis_encode(at, WIRE_GENESIS_BYTES_MAX, l->params);
    bytes_writer_init(&w, out, PARAMS_HEAD_BYTES);
    bytes_write_u64(&w, version->from);
    bytes_write_u64(&w, len);
    at += len;
    before.market = version->before;
    if (version->from > 0)
        at += genesis_encode(at, WIRE_GENESIS_BYTES_MAX, &before);
    return (size_t)(at - out);
}

static void write_peaks(struct bytes_writer *w, const struct mmr *m)
{
    bytes_write_u64(w, m->count);
    for (uint32_t i = 0; i < MMR_PEAKS_MAX; i++) {
        if (m->count >> i & 1)
            bytes_write_span(w, (struct span){m->peak[i].bytes, HASH_BYTES});
    }
}

size_t rows_lists_write(const struct ledger *l, uint8_t *out)
{
    struct bytes_writer w;
    bytes_writer_init(&w, out, ROWS_LISTS_BYTES_MAX);
    for (uint32_t i = 0; i < ROWS_LISTS_MAX; i++)
        write_peaks(&w, &l->head->ranges[lists[i]]);
    assert(!w.full);
    return (size_t)(w.at - out);
}

/* ---- back ------------------------------------------------------------------------------------ */

void rows_load_begin(struct rows_load *r, void *memory, size_t size, const struct genesis *genesis,
                     const struct hash *genesis_hash)
{
    *r = (struct rows_load){.ledger = state_blank(memory, size, genesis, genesis_hash)};
    mmr_init(&r->keys);
}

/* The market before its last change. What else the genesis says is in force. */
static enum err load_market(struct ledger *l, uint64_t from, struct span bytes, struct arena *arena)
{
    struct genesis g;
    if (genesis_decode(&g, bytes, arena).verdict != WIRE_OK)
        return ERR_STORE_ROW;
    state_keep_market(l, from, &g.market);
    return ERR_OK;
}

enum err rows_load_params(struct rows_load *r, struct span bytes, struct arena *arena)
{
    struct genesis g;
    struct params_complaint complaint;
    struct sizes sizes;
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes);
    const uint64_t from = bytes_read_u64(&reader), len = bytes_read_u64(&reader);
    const struct span first = bytes_read_span(&reader, len);
    const struct span second = {reader.at, (size_t)(reader.end - reader.at)};
    if (reader.short_of || (from > 0) != (second.len > 0) ||
        genesis_decode(&g, first, arena).verdict != WIRE_OK ||
        params_check(&g, &complaint) != ERR_OK)
        return ERR_STORE_ROW;
    sizes_of(&sizes, &g);
    if (g.founder_count > 0 || g.feeder_count > r->ledger->sizes.feeders ||
        sizes.members > r->ledger->sizes.members)
        return ERR_STORE_ROW;
    state_keep_params(r->ledger, &g);
    return from > 0 ? load_market(r->ledger, from, second, arena) : ERR_OK;
}

static void read_peaks(struct bytes_reader *reader, struct mmr *m)
{
    mmr_init(m);
    m->count = bytes_read_u64(reader);
    if (m->count >= MERKLE_SIZE_MAX)
        reader->short_of = true;
    for (uint32_t i = 0; i < MMR_PEAKS_MAX; i++) {
        if (!(m->count >> i & 1))
            continue;
        const struct span peak = bytes_read_span(reader, HASH_BYTES);
        if (peak.len > 0)
            memcpy(m->peak[i].bytes, peak.at, HASH_BYTES);
    }
}

enum err rows_load_lists(struct rows_load *r, struct span bytes)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes);
    for (uint32_t i = 0; i < ROWS_LISTS_MAX; i++)
        read_peaks(&reader, &r->lists[i]);
    r->has_lists = bytes_reader_done(&reader);
    return r->has_lists ? ERR_OK : ERR_STORE_ROW;
}

enum err rows_load_ever(struct rows_load *r, const uint8_t entry[EVER_BYTES])
{
    struct hash made[MMR_MADE_MAX];
    const bool is_key = entry[0] == EVER_KEY;
    if (!is_key && entry[0] != EVER_REFERENCE)
        return ERR_STORE_ROW;
    if (is_key ? r->key_count >= r->ledger->sizes.keys
               : r->reference_count >= r->ledger->sizes.references)
        return ERR_STORE_ROW;
    ever_fill(r->ledger, r->keys.count, entry, is_key ? r->key_count++ : r->reference_count++);
    const struct hash leaf = ever_leaf(entry);
    const uint32_t count = mmr_append(&r->keys, made, &leaf);
    return count > 0 ? ERR_OK : ERR_STORE_ROW;
}

bool rows_load_has(const struct rows_load *r, uint32_t store, uint32_t leaf)
{
    return store < STORE_COUNT && leaf < r->ledger->stores[store].capacity &&
           rows_has(r->ledger, store, leaf);
}

static void read_row(struct ledger *l, enum store_id store, uint32_t leaf, struct row_io *io)
{
    switch (store) {
    case STORE_CONTRACTS:
        contract_read(l, leaf, io);
        break;
    case STORE_ELIGIBLE:
        eligible_read(l, leaf, io);
        break;
    case STORE_HEAD:
        head_read(l, io);
        break;
    case STORE_INTERVALS:
        interval_read(l, leaf, io);
        break;
    case STORE_JOINS:
        joins_read(l, leaf, io);
        break;
    case STORE_MEMBERS:
        member_read(l, leaf, io);
        break;
    case STORE_ORDERS:
        order_read(l, leaf, io);
        break;
    case STORE_PAYOUTS:
        payout_read(l, leaf, io);
        break;
    case STORE_STATEMENTS:
        statement_read(l, leaf, io);
        break;
    case STORE_WINDOWS:
        windows_read(l, leaf, io);
        break;
    case STORE_PARAMS: /* they are there already */
    case STORE_COUNT:
        break;
    }
}

static bool read_value(struct ledger *l, enum store_id store, uint32_t leaf, struct span value)
{
    struct row_io io;
    if (store == STORE_PARAMS || (value.len == 1 && value.at[0] == ROW_FREE))
        return true;
    row_init_read(&io, value);
    read_row(l, store, leaf, &io);
    return row_end_read(&io);
}

static bool read_meta(struct store_meta *meta, struct span *value, struct span bytes)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes);
    meta->version = bytes_read_u64(&reader);
    meta->height = bytes_read_u64(&reader);
    meta->prev_height = bytes_read_u64(&reader);
    *value = (struct span){reader.at, (size_t)(reader.end - reader.at)};
    return !reader.short_of && meta->version > 0 && value->len > 0;
}

/* A row has one encoding: what was read is what is written, or it is not believed. */
enum err rows_load_row(struct rows_load *r, uint32_t store, uint32_t leaf, struct span bytes)
{
    struct ledger *l = r->ledger;
    struct store_meta meta;
    struct span value;
    uint8_t key[VALUES_KEY_BYTES];
    if (store >= STORE_COUNT || leaf >= l->stores[store].capacity || rows_has(l, store, leaf) ||
        !read_meta(&meta, &value, bytes) || !read_value(l, (enum store_id)store, leaf, value))
        return ERR_STORE_ROW;
    const struct value_bytes v = value_write(l, (enum store_id)store, leaf, key, l->value_bytes);
    if (!span_equal(v.value, value))
        return ERR_STORE_ROW;
    *(uint64_t *)table_fill(&l->numbers[store], leaf) = v.number;
    store_fill(&l->stores[store], leaf, &meta, v.key, value);
    return ERR_OK;
}

/* The head's row has counted the entries, the lists have their peaks. */
static bool join_lists(struct rows_load *r)
{
    struct head *h = r->ledger->head;
    if (!r->has_lists || r->key_count != h->key_count || r->reference_count != h->reference_count ||
        r->keys.count != h->ranges[RANGE_KEYS].count)
        return false;
    h->ranges[RANGE_HISTORY].count = h->last.height + 1;
    for (uint32_t i = 0; i < ROWS_LISTS_MAX; i++) {
        if (h->ranges[lists[i]].count != r->lists[i].count)
            return false;
        h->ranges[lists[i]] = r->lists[i];
    }
    h->ranges[RANGE_KEYS] = r->keys;
    return true;
}

/* What the last block wrote is what has its height. */
static void find_delta(struct ledger *l)
{
    delta_begin(&l->delta);
    for (uint32_t id = 0; id < STORE_COUNT; id++) {
        const struct store *s = &l->stores[id];
        const uint32_t count = store_count(s, STORE_NOW);
        for (uint32_t leaf = 0; leaf < count; leaf++) {
            const struct store_meta meta = store_meta(s, STORE_NOW, leaf);
            if (meta.version == 0 || meta.height != l->head->last.height)
                continue;
            const struct hash hash = store_leaf_now(s, leaf);
            delta_add(&l->delta, &hash);
        }
    }
}

enum err rows_load_end(struct rows_load *r, const struct hash *app_hash)
{
    struct ledger *l = r->ledger;
    if (!rows_has(l, STORE_HEAD, 0) || !join_lists(r))
        return ERR_STORE_STATE;
    for (uint32_t id = 0; id < STORE_COUNT; id++)
        l->roots[id] = store_root(&l->stores[id]);
    const struct hash found = ledger_app_hash(l);
    if (!hash_equal(&found, app_hash))
        return ERR_STORE_STATE;
    find_delta(l);
    state_settle(l);
    state_rebuild(l);
    return ERR_OK;
}
