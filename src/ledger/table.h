/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/table.h - an array of rows of one size that remembers how they were before this block.
 *
 * Pure; its memory comes from the caller's arena. A row is saved when it is first edited in a
 * block. So a whole block can be undone (the engine left before it was durable), and until the
 * next one begins the rows from before answer questions about the height that is agreed on. One
 * op cannot be undone: it is decided completely before its first edit. A pointer to a row stays
 * good for the table's life, what table_before gives only until table_begin or table_undo. */
#ifndef PEERWATT_LEDGER_TABLE_H
#define PEERWATT_LEDGER_TABLE_H

#include "base/arena.h"
#include "base/must_use.h"

#include <stddef.h>
#include <stdint.h>

enum { TABLE_ROW_BYTES_MAX = 1 << 16 };

struct table {
    uint8_t *rows, *saved;
    uint32_t *saved_at; /* per row: 0 = untouched in this block, else its place in saved + 1 */
    uint32_t *touched;  /* the rows in order of first touch */
    uint32_t capacity, touched_count; /* rows */
    size_t row_bytes;
};

/* What table_init takes from an arena at most; a multiple of 64. */
MUST_USE size_t table_bytes(uint32_t capacity, size_t row_bytes);

/* @capacity >= 1 zeroed rows; @row_bytes is a multiple of 8, from 8 to TABLE_ROW_BYTES_MAX. The
 * first row stands at a multiple of 64. Memory for saved rows is not touched before it is used. */
void table_init(struct table *t, struct arena *memory, uint32_t capacity, size_t row_bytes);

/* The first rows become @count @items; those that are the same already are not touched. */
void table_keep(struct table *t, const void *items, uint32_t count);

/* The row, to be changed. */
MUST_USE void *table_edit(struct table *t, uint32_t index);

MUST_USE const void *table_get(const struct table *t, uint32_t index);

/* The row, to be filled while a ledger is read back: nothing is saved. */
MUST_USE void *table_fill(struct table *t, uint32_t index);

/* The row as it was before this block. */
MUST_USE const void *table_before(const struct table *t, uint32_t index);

/* The touched rows and what they were before this block change places; once more, and they are
 * back. Nothing is edited between the two. */
void table_exchange(struct table *t);

/* A new block: what was saved is forgotten. */
void table_begin(struct table *t);

/* The rows as before this block, which is over. */
void table_undo(struct table *t);

#endif
