/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/store.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64, LINE_BYTES = 64 };

static uint32_t words_for(uint32_t leaves)
{
    return (leaves + WORD_BITS - 1) / WORD_BITS;
}

size_t store_bytes(uint32_t capacity)
{
    return merkle_tree_size(capacity) + table_bytes(capacity, sizeof(struct store_meta)) +
           words_for(capacity) * sizeof(uint64_t) + capacity * sizeof(uint32_t) +
           (size_t)3 * LINE_BYTES;
}

void store_init(struct store *s, struct arena *memory, uint32_t capacity)
{
    memset(s, 0, sizeof *s);
    s->capacity = capacity;
    void *const nodes = arena_take_raw(memory, 1, merkle_tree_size(capacity), LINE_BYTES);
    s->dirty_bits = arena_take(memory, words_for(capacity), sizeof(uint64_t), LINE_BYTES);
    s->dirty = arena_take_raw(memory, capacity, sizeof(uint32_t), LINE_BYTES);
    assert(nodes && s->dirty_bits && s->dirty);
    merkle_tree_init(&s->tree, nodes, capacity);
    table_init(&s->meta, memory, capacity, sizeof(struct store_meta));
}

void store_begin(struct store *s)
{
    assert(s->dirty_count == 0);
    merkle_tree_begin(&s->tree);
    table_begin(&s->meta);
}

void store_undo(struct store *s)
{
    merkle_tree_undo(&s->tree);
    table_undo(&s->meta);
    memset(s->dirty_bits, 0, words_for(s->capacity) * sizeof(uint64_t));
    s->dirty_count = 0;
}

static uint64_t bit_of(uint32_t leaf)
{
    return UINT64_C(1) << (leaf % WORD_BITS);
}

static bool is_dirty(const struct store *s, uint32_t leaf)
{
    return s->dirty_bits[leaf / WORD_BITS] & bit_of(leaf);
}

void store_mark(struct store *s, uint32_t leaf)
{
    assert(leaf < s->capacity);
    s->dirty_count += !is_dirty(s, leaf);
    s->dirty_bits[leaf / WORD_BITS] |= bit_of(leaf);
}

void store_renew(struct store *s, uint32_t leaf)
{
    store_mark(s, leaf);
    struct store_meta *meta = table_edit(&s->meta, leaf);
    *meta = (struct store_meta){.version = 0};
}

uint32_t store_dirty(struct store *s, const uint32_t **leaves)
{
    uint32_t count = 0;
    for (uint32_t w = 0; count < s->dirty_count; w++)
        for (uint64_t left = s->dirty_bits[w]; left; left &= left - 1)
            s->dirty[count++] = w * WORD_BITS + (uint32_t)__builtin_ctzll(left);
    *leaves = s->dirty;
    return count;
}

static struct store_meta next_version(struct store *s, uint32_t leaf, uint64_t height)
{
    struct store_meta *meta = table_edit(&s->meta, leaf);
    assert(meta->version == 0 || height > meta->height);
    *meta = (struct store_meta){
        .version = meta->version + 1, .height = height, .prev_height = meta->height};
    return *meta;
}

static void append_empty_up_to(struct merkle_tree *tree, uint32_t leaf)
{
    if (tree->count >= leaf)
        return;
    const struct span none = {NULL, 0};
    const struct hash empty = merkle_leaf_of_pair(none, none);
    while (tree->count < leaf)
        merkle_tree_set(tree, tree->count, &empty);
}

struct hash store_put(struct store *s, uint32_t leaf, uint64_t height, struct span key,
                      struct span value)
{
    assert(leaf < s->capacity && is_dirty(s, leaf) && key.len > 0);
    s->dirty_bits[leaf / WORD_BITS] &= ~bit_of(leaf);
    s->dirty_count--;
    const struct store_meta meta = next_version(s, leaf, height);
    const struct hash hash = store_leaf(key, &meta, value);
    append_empty_up_to(&s->tree, leaf);
    merkle_tree_set(&s->tree, leaf, &hash);
    return hash;
}

void store_fill(struct store *s, uint32_t leaf, const struct store_meta *meta, struct span key,
                struct span value)
{
    struct store_meta *row = table_fill(&s->meta, leaf);
    assert(row->version == 0 && meta->version > 0);
    *row = *meta;
    const struct hash hash = store_leaf(key, meta, value);
    append_empty_up_to(&s->tree, leaf);
    merkle_tree_set(&s->tree, leaf, &hash);
}

struct hash store_leaf_now(const struct store *s, uint32_t leaf)
{
    assert(leaf < s->tree.count);
    return s->tree.level[0].node[leaf];
}

struct hash store_root(struct store *s)
{
    return merkle_tree_root(&s->tree);
}

struct hash store_root_before(const struct store *s)
{
    return merkle_tree_root_before(&s->tree);
}

struct store_meta store_meta(const struct store *s, enum store_view view, uint32_t leaf)
{
    const struct store_meta *const meta =
        view == STORE_NOW ? table_get(&s->meta, leaf) : table_before(&s->meta, leaf);
    return *meta;
}

uint32_t store_count(const struct store *s, enum store_view view)
{
    return view == STORE_NOW ? s->tree.count : s->tree.count_before;
}

void store_prove(struct stores_step *out, const struct store *s, enum store_view view,
                 uint32_t leaf)
{
    out->index = leaf;
    out->size = store_count(s, view);
    if (view == STORE_NOW)
        merkle_tree_prove_inclusion(&out->proof, &s->tree, leaf);
    else
        merkle_tree_prove_inclusion_before(&out->proof, &s->tree, leaf);
}

static void meta_encode(uint8_t out[STORE_META_BYTES], const struct store_meta *meta)
{
    struct bytes_writer w;
    bytes_writer_init(&w, out, STORE_META_BYTES);
    bytes_write_u64(&w, meta->version);
    bytes_write_u64(&w, meta->height);
    bytes_write_u64(&w, meta->prev_height);
    assert(!w.full);
}

size_t store_value_bytes(uint8_t *out, const struct store_meta *meta, struct span value)
{
    meta_encode(out, meta);
    if (value.len > 0)
        memcpy(out + STORE_META_BYTES, value.at, value.len);
    return STORE_META_BYTES + value.len;
}

struct hash store_leaf(struct span key, const struct store_meta *meta, struct span value)
{
    uint8_t head[STORE_META_BYTES];
    meta_encode(head, meta);
    return merkle_leaf_of_split(key, (struct span){head, sizeof head}, value);
}
