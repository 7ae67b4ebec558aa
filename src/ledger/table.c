/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/table.h"

#include <assert.h>
#include <string.h>

enum { LINE_BYTES = 64, ROW_ALIGN = 8 };

/* A piece that begins and ends with a cache line. */
static size_t piece_bytes(uint32_t count, size_t item_bytes)
{
    return (count * item_bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

size_t table_bytes(uint32_t capacity, size_t row_bytes)
{
    return LINE_BYTES + 2 * piece_bytes(capacity, row_bytes) +
           2 * piece_bytes(capacity, sizeof(uint32_t));
}

void table_init(struct table *t, struct arena *memory, uint32_t capacity, size_t row_bytes)
{
    assert(capacity >= 1);
    assert(row_bytes > 0 && row_bytes % ROW_ALIGN == 0 && row_bytes <= TABLE_ROW_BYTES_MAX);
    *t = (struct table){.capacity = capacity, .row_bytes = row_bytes};
    t->rows = arena_take(memory, capacity, row_bytes, LINE_BYTES);
    t->saved = arena_take_raw(memory, capacity, row_bytes, LINE_BYTES);
    t->saved_at = arena_take(memory, capacity, sizeof(uint32_t), LINE_BYTES);
    t->touched = arena_take_raw(memory, capacity, sizeof(uint32_t), LINE_BYTES);
    assert(t->rows && t->saved && t->saved_at && t->touched);
}

static uint8_t *row_at(const struct table *t, uint32_t index)
{
    assert(index < t->capacity);
    return t->rows + index * t->row_bytes;
}

static uint8_t *saved_row(const struct table *t, uint32_t place)
{
    return t->saved + place * t->row_bytes;
}

void *table_edit(struct table *t, uint32_t index)
{
    uint8_t *const row = row_at(t, index);
    if (t->saved_at[index] == 0) {
        memcpy(saved_row(t, t->touched_count), row, t->row_bytes);
        t->touched[t->touched_count++] = index;
        t->saved_at[index] = t->touched_count;
    }
    return row;
}

void *table_fill(struct table *t, uint32_t index)
{
    assert(t->touched_count == 0);
    return row_at(t, index);
}

void table_keep(struct table *t, const void *items, uint32_t count)
{
    const uint8_t *from = items;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *item = from + i * t->row_bytes;
        if (memcmp(row_at(t, i), item, t->row_bytes) != 0)
            memcpy(table_edit(t, i), item, t->row_bytes);
    }
}

const void *table_get(const struct table *t, uint32_t index)
{
    return row_at(t, index);
}

const void *table_before(const struct table *t, uint32_t index)
{
    const uint8_t *const row = row_at(t, index);
    return t->saved_at[index] ? saved_row(t, t->saved_at[index] - 1) : row;
}

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
    uint64_t one, other;
    for (size_t at = 0; at < len; at += sizeof one) {
        memcpy(&one, a + at, sizeof one);
        memcpy(&other, b + at, sizeof other);
        memcpy(a + at, &other, sizeof other);
        memcpy(b + at, &one, sizeof one);
    }
}

void table_exchange(struct table *t)
{
    for (uint32_t i = 0; i < t->touched_count; i++)
        swap(row_at(t, t->touched[i]), saved_row(t, i), t->row_bytes);
}

void table_begin(struct table *t)
{
    for (uint32_t i = 0; i < t->touched_count; i++)
        t->saved_at[t->touched[i]] = 0;
    t->touched_count = 0;
}

void table_undo(struct table *t)
{
    for (uint32_t i = 0; i < t->touched_count; i++)
        memcpy(row_at(t, t->touched[i]), saved_row(t, i), t->row_bytes);
    table_begin(t);
}
