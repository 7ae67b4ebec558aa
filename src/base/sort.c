/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

static bool stands_before(const struct sort_item *a, const struct sort_item *b)
{
    return a->key != b->key ? a->key < b->key : a->number < b->number;
}

/* Merge the sorted runs [0, @middle) and [@middle, @count) of @from into @to. */
static void merge(struct sort_item *to, const struct sort_item *from, size_t middle, size_t count)
{
    size_t left = 0;
    size_t right = middle;
    for (size_t i = 0; i < count; i++) {
        const bool take_right =
            left == middle || (right < count && stands_before(&from[right], &from[left]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void sort_items(struct sort_item *items, struct sort_item *scratch, size_t count)
{
    struct sort_item *from = items;
    struct sort_item *to = scratch;
    for (size_t run = 1; run < count; run *= 2) { /* items fill memory: run cannot overflow */
        for (size_t at = 0; at < count; at += smaller(2 * run, count - at)) {
            const size_t left = count - at;
            merge(to + at, from + at, smaller(run, left), smaller(2 * run, left));
        }
        struct sort_item *const merged = to;
        to = from;
        from = merged;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}
