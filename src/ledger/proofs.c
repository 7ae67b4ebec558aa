/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/proofs.h"

#include "ledger/state.h"
#include "ledger/values.h"

#include <assert.h>
#include <string.h>

static_assert(PROOFS_BYTES_MAX >= VALUES_BYTES_MAX + STORE_META_BYTES, "a value needs its room");

const struct state_store *proofs_store(struct span name)
{
    for (uint32_t i = 0; i < STATE_STORES; i++)
        if (span_equal(span_of_text(state_store_at(i)->name), name))
            return state_store_at(i);
    return NULL;
}

const char *proofs_store_name(const struct state_store *store)
{
    return store->name;
}

bool proofs_is_list(const struct state_store *store)
{
    return store->is_list;
}

uint64_t proofs_height(const struct ledger *l, enum store_view view)
{
    return state_head(l, view)->last.height;
}

struct hash proofs_app_hash(const struct ledger *l, enum store_view view)
{
    struct store_root roots[STATE_STORES];
    state_roots(roots, l, view);
    return stores_root(roots, STATE_STORES);
}

/* Rows of these have no number of their own. */
static uint64_t number_in_key(const struct state_store *store, uint64_t number)
{
    const bool is_by_place =
        store->id == STORE_HEAD || store->id == STORE_WINDOWS || store->id == STORE_ELIGIBLE;
    return is_by_place ? VALUES_FREE | number : number;
}

/* The state before the last block is there as soon as there is a block. */
static bool has_view(const struct ledger *l, enum store_view view)
{
    return view == STORE_NOW || l->has_before;
}

static bool is_at(const struct ledger *l, enum store_view view, enum store_id id, uint64_t leaf,
                  uint64_t number)
{
    if (leaf >= store_count(&l->stores[id], view))
        return false;
    const struct table *numbers = &l->numbers[id];
    const uint64_t *found = view == STORE_NOW ? table_get(numbers, (uint32_t)leaf)
                                              : table_before(numbers, (uint32_t)leaf);
    return *found == number;
}

/* One after the other, from @leaf in steps of @step: where numbers do not tell places. */
static bool search(const struct ledger *l, enum store_view view, enum store_id id, uint64_t number,
                   uint32_t *leaf, uint32_t step)
{
    const uint32_t count = store_count(&l->stores[id], view);
    for (uint64_t i = *leaf; i < count; i += step) {
        *leaf = (uint32_t)i;
        if (is_at(l, view, id, i, number))
            return true;
    }
    return false;
}

static bool find_leaf(const struct ledger *l, enum store_view view, enum store_id id,
                      uint64_t number, uint32_t *leaf)
{
    if (number == 0)
        return false; /* of leaves that were never put */
    *leaf = 0;
    switch (id) {
    case STORE_HEAD:
    case STORE_WINDOWS:
    case STORE_ELIGIBLE:
        *leaf = (uint32_t)(number & ~VALUES_FREE);
        return is_at(l, view, id, number & ~VALUES_FREE, number);
    case STORE_MEMBERS:
    case STORE_PARAMS:
        *leaf = (uint32_t)(number - 1);
        return is_at(l, view, id, number - 1, number);
    case STORE_STATEMENTS: /* index_key, once a page */
        *leaf = (uint32_t)((number >> 40) - 1);
        return *leaf < l->sizes.members && search(l, view, id, number, leaf, l->sizes.members);
    case STORE_CONTRACTS:
    case STORE_INTERVALS:
    case STORE_JOINS:
    case STORE_ORDERS:
    case STORE_PAYOUTS:
    case STORE_COUNT:
        break;
    }
    return search(l, view, id, number, leaf, 1);
}

static bool is_of_last_block(const struct ledger *l, enum store_id id, uint32_t leaf)
{
    return store_meta(&l->stores[id], STORE_NOW, leaf).height == l->head->last.height;
}

/* The value with its meta, as it stands in the tree. */
static struct span write_value(struct ledger *l, enum store_view view, enum store_id id,
                               uint32_t leaf, uint8_t *bytes)
{
    uint8_t key[VALUES_KEY_BYTES];
    const struct store_meta meta = store_meta(&l->stores[id], view, leaf);
    const bool is_past = view == STORE_BEFORE && is_of_last_block(l, id, leaf);
    if (is_past)
        state_exchange(l);
    const struct value_bytes v = value_write(l, id, leaf, key, l->value_bytes);
    if (is_past)
        state_exchange(l);
    return (struct span){bytes, store_value_bytes(bytes, &meta, v.value)};
}

/* From the store to the app hash; returns the store's root. */
static struct hash prove_store(struct stores_step *out, const struct ledger *l,
                               enum store_view view, const struct state_store *store)
{
    struct store_root roots[STATE_STORES];
    uint32_t place = 0;
    state_roots(roots, l, view);
    while (state_store_at(place) != store)
        place++;
    out->index = place;
    out->size = STATE_STORES;
    stores_prove(&out->proof, roots, STATE_STORES, place);
    return roots[place].root;
}

bool proofs_has_row(const struct ledger *l, enum store_view view, const struct state_store *store,
                    uint64_t number)
{
    uint32_t leaf;
    return !store->is_list && has_view(l, view) &&
           find_leaf(l, view, (enum store_id)store->id, number_in_key(store, number), &leaf);
}

bool proofs_row(struct proofs_row *out, struct ledger *l, enum store_view view,
                const struct state_store *store, uint64_t number, uint8_t *bytes)
{
    uint32_t leaf;
    const enum store_id id = (enum store_id)store->id;
    if (store->is_list || !has_view(l, view) ||
        !find_leaf(l, view, id, number_in_key(store, number), &leaf))
        return false;
    out->store = store;
    out->number = number;
    out->value = write_value(l, view, id, leaf, bytes);
    store_prove(&out->in_store, &l->stores[id], view, leaf);
    out->root = prove_store(&out->in_app_hash, l, view, store);
    return true;
}

bool proofs_row_holds(const struct proofs_row *p, const struct hash *app_hash)
{
    uint8_t key[VALUES_KEY_BYTES];
    if (p->store->is_list || p->value.len <= STORE_META_BYTES)
        return false;
    const struct store_root root = {.name = p->store->name, .root = p->root};
    return stores_check_value(
        app_hash, &root, &p->in_app_hash,
        value_key(key, (enum store_id)p->store->id, number_in_key(p->store, p->number)), p->value,
        &p->in_store);
}

bool proofs_row_read(const struct proofs_row *p, struct store_meta *meta, struct span *row)
{
    struct bytes_reader r;
    bytes_reader_init(&r, p->value);
    meta->version = bytes_read_u64(&r);
    meta->height = bytes_read_u64(&r);
    meta->prev_height = bytes_read_u64(&r);
    *row = (struct span){r.at, (size_t)(r.end - r.at)};
    return !r.short_of && row->len > 0;
}

uint64_t proofs_list_size(const struct ledger *l, enum store_view view,
                          const struct state_store *store)
{
    assert(store->is_list);
    return state_head(l, view)->ranges[store->id].count;
}

static const struct state_store *head_store(void)
{
    return proofs_store(span_of_text("head"));
}

void proofs_in_list(struct stores_step *out, const struct proofs_list *list, uint64_t index,
                    uint64_t size)
{
    struct merkle_plan plan;
    out->index = index;
    out->size = size;
    merkle_plan_inclusion(&plan, index, size);
    mmr_fill(&out->proof, &plan, list->nodes);
}

bool proofs_entry(struct proofs_entry *out, struct ledger *l, enum store_view view,
                  const struct proofs_list *list, uint64_t index, uint8_t *bytes)
{
    if (!has_view(l, view))
        return false;
    const uint64_t size = proofs_list_size(l, view, list->store);
    if (index >= size || !proofs_row(&out->head, l, view, head_store(), 0, bytes))
        return false;
    out->store = list->store;
    proofs_in_list(&out->in_list, list, index, size);
    out->root = prove_store(&out->in_app_hash, l, view, list->store);
    return true;
}

/* What the head's row tells first (lists_io, clock_io in head.c). */
struct head_start {
    uint64_t height;
    uint64_t sizes[RANGE_COUNT];
};

static bool read_head(struct head_start *out, const struct proofs_row *head,
                      const struct hash *app_hash)
{
    struct store_meta meta;
    struct span row;
    struct bytes_reader r;
    if (head->store != head_store() || head->number != 0 || !proofs_row_holds(head, app_hash) ||
        !proofs_row_read(head, &meta, &row))
        return false;
    bytes_reader_init(&r, row);
    const bool is_head = bytes_read_u8(&r) == ROW_HEAD;
    out->sizes[RANGE_CHAIN] = bytes_read_u64(&r);
    out->sizes[RANGE_KEYS] = bytes_read_u64(&r);
    out->sizes[RANGE_LOG] = bytes_read_u64(&r);
    out->height = bytes_read_u64(&r);
    out->sizes[RANGE_HISTORY] = out->height + 1;
    return is_head && !r.short_of;
}

static bool list_holds(const struct state_store *store, const struct hash *root,
                       const struct stores_step *step, const struct hash *app_hash)
{
    const struct span name = span_of_text(store->name);
    const struct hash leaf = merkle_leaf_of_pair(name, (struct span){root->bytes, HASH_BYTES});
    return merkle_check_inclusion(app_hash, &leaf, step->index, step->size, &step->proof);
}

static bool stands_at(const struct hash *root, const struct stores_step *step, uint64_t size,
                      struct span entry)
{
    const struct hash leaf = merkle_leaf(entry);
    return step->size == size &&
           merkle_check_inclusion(root, &leaf, step->index, step->size, &step->proof);
}

bool proofs_entry_holds(const struct proofs_entry *p, const struct hash *app_hash,
                        struct span entry)
{
    struct head_start head;
    return p->store->is_list && read_head(&head, &p->head, app_hash) &&
           list_holds(p->store, &p->root, &p->in_app_hash, app_hash) &&
           stands_at(&p->root, &p->in_list, head.sizes[p->store->id], entry);
}

void proofs_growth(struct merkle_proof *out, const struct proofs_list *list, uint64_t old_size,
                   uint64_t size)
{
    struct merkle_plan plan;
    merkle_plan_consistency(&plan, old_size, size);
    mmr_fill(out, &plan, list->nodes);
}

/* Leaves of a delta differ, because keys do. */
static bool find_in_delta(struct stores_step *out, const struct delta *d, const struct hash *leaf)
{
    for (uint32_t i = 0; i < d->count; i++) {
        if (!hash_equal(&d->leaves[i], leaf))
            continue;
        delta_prove(out, d, i);
        return true;
    }
    return false;
}

bool proofs_version(struct history_version *out, struct ledger *l, const struct state_store *store,
                    uint64_t number, uint8_t *bytes)
{
    uint8_t key[VALUES_KEY_BYTES];
    uint32_t leaf;
    const enum store_id id = (enum store_id)store->id;
    const uint64_t of_key = number_in_key(store, number);
    if (store->is_list || !find_leaf(l, STORE_NOW, id, of_key, &leaf) ||
        !is_of_last_block(l, id, leaf))
        return false;
    const struct span value = write_value(l, STORE_NOW, id, leaf, bytes);
    out->meta = store_meta(&l->stores[id], STORE_NOW, leaf);
    out->value = (struct span){value.at + STORE_META_BYTES, value.len - STORE_META_BYTES};
    const struct hash hash = store_leaf(value_key(key, id, of_key), &out->meta, out->value);
    return find_in_delta(&out->in_delta, &l->delta, &hash);
}

struct hash proofs_delta(const struct ledger *l)
{
    return delta_root(&l->delta);
}

static bool deltas_hold(const struct proofs_history *h, const struct head_start *head)
{
    for (uint32_t i = 0; i < h->count; i++) {
        const struct history_delta *d = &h->deltas[i];
        if (h->in_history[i].index != d->height ||
            !stands_at(&h->history_root, &h->in_history[i], head->sizes[RANGE_HISTORY],
                       (struct span){d->root.bytes, HASH_BYTES}))
            return false;
    }
    return true;
}

enum history_verdict proofs_history_check(const struct proofs_history *h,
                                          const struct hash *app_hash)
{
    uint8_t key[VALUES_KEY_BYTES];
    struct head_start head;
    const struct state_store *history = proofs_store(span_of_text("history"));
    if (!read_head(&head, &h->head, app_hash) || !proofs_row_holds(&h->last, app_hash))
        return HISTORY_STATE;
    if (!list_holds(history, &h->history_root, &h->in_app_hash, app_hash) || !deltas_hold(h, &head))
        return HISTORY_DELTA;
    const struct history all = {.key = value_key(key, (enum store_id)h->last.store->id,
                                                 number_in_key(h->last.store, h->last.number)),
                                .versions = h->versions,
                                .deltas = h->deltas,
                                .count = h->count,
                                .in_state = h->last.in_store,
                                .state_root = h->last.root,
                                .first_height = h->first_height,
                                .last_height = head.height};
    return history_check(&all);
}
