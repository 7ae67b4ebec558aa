/* SPDX-License-Identifier: Apache-2.0 */
/* base/sort.h - a merge sort on given memory.
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

#endif
