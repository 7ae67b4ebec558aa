/* SPDX-License-Identifier: Apache-2.0 */
/* base/sort.h - two sorts on given memory: by merging, and by the keys' digits.
 *
 * Pure. The C library's qsort takes heap memory and changes its order of ties when that is short
 * (measured), so the ledger never uses it. Keys here are total: the number, unique among the
 * items, decides last. */
#ifndef PEERWATT_BASE_SORT_H
#define PEERWATT_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_item {
    uint64_t key;    /* ascending; the caller turns it round for descending orders */
    uint64_t number; /* ascending among equal keys; unique */
};

/* Sort @items; @scratch has room for as many and is overwritten. */
void sort_items(struct sort_item *items, struct sort_item *scratch, size_t count);

/* The same order, for items that already stand in ascending order of numbers: a radix sort, which
 * costs a pass for each of the six groups of 11 bits in which keys differ (RULE market.18). */
void sort_keys(struct sort_item *items, struct sort_item *scratch, size_t count);

#endif
