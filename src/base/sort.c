/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool stands_before(const struct sort_item *a, const struct sort_item *b)
{
    /* Without a branch: nobody can guess it. */
    return (a->key < b->key) | ((a->key == b->key) & (a->number < b->number));
}

/* Merge the sorted runs [0, @middle) and [@middle, @count) of @from into @to. */
static void merge(struct sort_item *to, const struct sort_item *from, size_t middle, size_t count)
{
    size_t left = 0;
    size_t right = middle;
    size_t at = 0;
    for (; left < middle && right < count; at++) {
        const bool takes_right = stands_before(&from[right], &from[left]);
        to[at] = from[takes_right ? right : left];
        right += takes_right;
        left += !takes_right;
    }
    memcpy(to + at, from + left, (middle - left) * sizeof *to);
    at += middle - left;
    memcpy(to + at, from + right, (count - right) * sizeof *to);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum { RUN = 8 };

/* Runs of RUN items, each in order: so short, moving them one by one is the faster. */
static void sort_runs(struct sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct sort_item item = items[i];
        size_t at = i;
        for (; at % RUN > 0 && stands_before(&item, &items[at - 1]); at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

void sort_items(struct sort_item *items, struct sort_item *scratch, size_t count)
{
    struct sort_item *from = items;
    struct sort_item *to = scratch;
    sort_runs(items, count);
    for (size_t run = RUN; run < count; run *= 2) { /* items fill memory: run cannot overflow */
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

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, PASSES = 6, FEW = 64 };

static size_t digit(const struct sort_item *item, unsigned pass)
{
    return item->key >> (pass * DIGIT_BITS) & (DIGITS - 1);
}

/* Lay @from out in @to by one digit; items of the same digit keep their order. */
static void scatter(struct sort_item *to, const struct sort_item *from, size_t count, unsigned pass)
{
    size_t start[DIGITS] = {0};
    for (size_t i = 0; i < count; i++)
        start[digit(&from[i], pass)]++;
    size_t before = 0;
    for (size_t d = 0; d < DIGITS; d++) {
        const size_t of_digit = start[d];
        start[d] = before;
        before += of_digit;
    }
    for (size_t i = 0; i < count; i++)
        to[start[digit(&from[i], pass)]++] = from[i];
}

void sort_keys(struct sort_item *items, struct sort_item *scratch, size_t count)
{
    if (count <= FEW) { /* counting 2048 digits costs more than merging */
        sort_items(items, scratch, count);
        return;
    }
    uint64_t differs = 0;
    for (size_t i = 1; i < count; i++)
        differs |= items[i].key ^ items[0].key;
    struct sort_item *from = items;
    struct sort_item *to = scratch;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        if ((differs >> (pass * DIGIT_BITS) & (DIGITS - 1)) == 0)
            continue;
        scatter(to, from, count, pass);
        struct sort_item *const laid_out = to;
        to = from;
        from = laid_out;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
}
