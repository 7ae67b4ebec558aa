/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/layout.h"

#include "base/bitmap.h"
#include "core/clearing.h"
#include "ledger/values.h"
#include "ledger/walk.h"
#include "sampling/draw.h"
#include "sampling/roster.h"

#include <assert.h>

enum { ALIGN = 64, SCRATCH_LEAST = 8 << 20 };

static size_t round_up(size_t bytes)
{
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

void *layout_raw(struct layout *y, size_t count, size_t item_size)
{
    y->bytes += round_up(count * item_size) + ALIGN;
    if (!y->arena)
        return NULL;
    void *memory = arena_take_raw(y->arena, count, item_size, ALIGN);
    assert(memory);
    return memory;
}

void layout_table(struct layout *y, struct table *out, uint32_t capacity, size_t row_bytes)
{
    y->bytes += table_bytes(capacity, row_bytes) + ALIGN;
    if (y->arena)
        table_init(out, y->arena, capacity, row_bytes);
}

void layout_store(struct layout *y, struct store *out, uint32_t capacity)
{
    y->bytes += store_bytes(capacity) + ALIGN;
    if (y->arena)
        store_init(out, y->arena, capacity);
}

void layout_places(struct layout *y, struct places *out, uint32_t capacity)
{
    y->bytes += places_bytes(capacity) + ALIGN;
    if (y->arena)
        places_init(out, y->arena, capacity);
}

void layout_ids(struct layout *y, struct id_map *out, uint32_t ids_max)
{
    y->bytes += id_map_bytes(ids_max) + ALIGN;
    if (y->arena)
        id_map_init(out, y->arena, ids_max);
}

void layout_hashes(struct layout *y, struct hash_map *out, uint32_t hashes_max)
{
    y->bytes += hash_map_bytes(hashes_max) + ALIGN;
    if (y->arena)
        hash_map_init(out, y->arena, hashes_max);
}

static uint32_t row_of_votes(const struct sizes *s)
{
    return (uint32_t)(4 * bitmap_bytes(s->seats) + 7) / 8 * 8;
}

static void layout_tables(struct layout *y, struct ledger *l)
{
    const struct sizes *s = &l->sizes;
    const uint32_t slots = s->members + 1;
    layout_table(y, &l->head_table, 1, sizeof(struct head));
    layout_table(y, &l->waiting_table, 1, s->waiting * sizeof(struct beacon_waiting));
    layout_table(y, &l->params_table, 1, sizeof(struct genesis));
    layout_table(y, &l->members, slots, sizeof(struct member));
    layout_table(y, &l->standings, slots, sizeof(struct standing));
    layout_table(y, &l->accounts, slots, sizeof(struct funds_account));
    layout_table(y, &l->windows, s->signers + 1, sizeof(struct window));
    layout_table(y, &l->joins, s->joins, sizeof(struct join));
    layout_table(y, &l->blocks, SIZES_BLOCKS, sizeof(struct verification));
    layout_table(y, &l->changes, SIZES_CHANGES, sizeof(struct change));
    layout_table(y, &l->orders, s->orders, sizeof(struct ledger_order));
    layout_table(y, &l->intervals, s->intervals, sizeof(struct ledger_interval));
    layout_table(y, &l->contracts, s->contracts, sizeof(struct ledger_contract));
    layout_table(y, &l->votes, s->contracts, row_of_votes(s));
    layout_table(y, &l->page_members, s->pages * slots, sizeof(struct page_member));
    layout_table(y, &l->page_energies, s->pages * slots, sizeof(struct energy_account));
    layout_table(y, &l->page_counts, s->pages * slots, sizeof(struct qot_counts));
    layout_table(y, &l->eligible, s->pages * MARKET_ROUNDS * state_chunks(s), SIZES_ELIGIBLE_LEAF);
    layout_table(y, &l->payouts, s->payouts, sizeof(struct payout));
    layout_table(y, &l->days, 1, sizeof(struct funds_day));
    l->references = layout_raw(y, s->references, sizeof *l->references);
    l->keys = layout_raw(y, s->keys, sizeof *l->keys);
    l->ever_kinds =
        layout_raw(y, ((size_t)s->references + s->keys) / 64 + 1, sizeof *l->ever_kinds);
    layout_table(y, &l->fees, WIRE_FEES_MAX, sizeof(struct genesis_fee));
    layout_table(y, &l->market_table, 1, sizeof(struct market_version));
    layout_table(y, &l->fees_before, WIRE_FEES_MAX, sizeof(struct genesis_fee));
    layout_table(y, &l->feeders, s->feeders, sizeof(struct genesis_feeder));
    layout_table(y, &l->authority, WIRE_PARTS_MAX, sizeof(struct genesis_key));
    layout_table(y, &l->texts, STATE_TEXT_FEEDERS + s->feeders, WIRE_TEXT_BYTES_MAX);
}

uint32_t state_leaves(const struct sizes *s, enum store_id store)
{
    const uint32_t sizes[STORE_COUNT] = {[STORE_CONTRACTS] = s->contracts,
                                         [STORE_ELIGIBLE] =
                                             s->pages * MARKET_ROUNDS * state_chunks(s),
                                         [STORE_HEAD] = 1,
                                         [STORE_INTERVALS] = s->intervals,
                                         [STORE_JOINS] = s->joins + SIZES_BLOCKS + SIZES_CHANGES,
                                         [STORE_MEMBERS] = s->members,
                                         [STORE_ORDERS] = s->orders,
                                         [STORE_PARAMS] = STATE_PARAMS_LEAVES,
                                         [STORE_PAYOUTS] = s->payouts,
                                         [STORE_STATEMENTS] = s->pages * s->members,
                                         [STORE_WINDOWS] = s->signers / STATE_WINDOWS_LEAF + 1};
    return sizes[store];
}

static void layout_stores(struct layout *y, struct ledger *l)
{
    uint32_t leaves = 0;
    for (uint32_t i = 0; i < STORE_COUNT; i++) {
        layout_store(y, &l->stores[i], state_leaves(&l->sizes, (enum store_id)i));
        layout_table(y, &l->numbers[i], state_leaves(&l->sizes, (enum store_id)i),
                     sizeof(uint64_t));
        leaves += state_leaves(&l->sizes, (enum store_id)i);
    }
    y->bytes += delta_bytes(leaves) + ALIGN;
    if (y->arena)
        delta_init(&l->delta, y->arena, leaves);
}

static void layout_arena(struct layout *y, struct arena *out, size_t size)
{
    void *memory = layout_raw(y, size, 1);
    if (y->arena)
        arena_init(out, memory, size);
}

/* Records: those of a block's operations are bounded by its bytes, the others by what can end. */
static void layout_log(struct layout *y, struct ledger *l)
{
    const struct sizes *s = &l->sizes;
    const size_t votes = 4 * bitmap_bytes(s->seats);
    l->log_size = (size_t)16 * WIRE_BLOCK_BYTES_MAX + s->contracts * (votes + 512) +
                  (size_t)(s->members + s->joins + s->payouts) * 128 + LOG_RECORD_BYTES_MAX;
    l->log_entry_max = WIRE_BLOCK_BYTES_MAX / 4 + 2 * s->contracts + s->members + s->joins +
                       s->payouts + 4 * s->intervals;
    l->log_bytes = layout_raw(y, l->log_size, 1);
    l->log_entries = layout_raw(y, l->log_entry_max, sizeof *l->log_entries);
}

static void layout_work(struct layout *y, struct ledger *l)
{
    const struct sizes *s = &l->sizes;
    const size_t draw =
        roster_size(s->members, s->feeders) + (size_t)s->members * sizeof(struct roster_member);
    const size_t book = clearing_bytes(s->orders) + (size_t)s->orders * 160;
    layout_arena(y, &l->scratch,
                 SCRATCH_LEAST + book + 2 * draw + (size_t)s->contracts * 512 +
                     (size_t)s->members * 256);
    layout_arena(y, &l->roster, SCRATCH_LEAST + 2 * draw);
    l->walk_size = walk_bytes();
    l->walk_memory = layout_raw(y, l->walk_size, 1);
    l->due.count_max = 8 * s->intervals + s->contracts + 4 * (SIZES_BLOCKS + s->joins);
    l->due.items = layout_raw(y, l->due.count_max, sizeof *l->due.items);
    l->decide = layout_raw(y, s->contracts, sizeof *l->decide);
    l->value_bytes = layout_raw(y, VALUES_BYTES_MAX, 1);
}

void layout_ledger(struct layout *y, struct ledger *l)
{
    layout_tables(y, l);
    layout_stores(y, l);
    layout_log(y, l);
    layout_work(y, l);
    member_layout(y, l);
    verification_layout(y, l);
    market_layout(y, l);
    trade_layout(y, l);
    money_layout(y, l);
}
