/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trade_duty.h"

#include <assert.h>
#include <string.h>

uint32_t duty_chunks(uint64_t duties_max, uint32_t lists_max)
{
    const uint64_t lists = duties_max < lists_max ? duties_max : lists_max;
    const uint64_t chunks = duties_max / DUTY_CHUNK_ITEMS + lists + 1;
    assert(chunks < UINT32_MAX);
    return (uint32_t)chunks;
}

void duty_clear(struct duty_lists *d)
{
    d->chunk_used = d->chunk_free = 0;
    memset(d->lists, 0, d->list_count * sizeof *d->lists);
}

static struct duty_list *list_at(const struct duty_lists *d, uint32_t list)
{
    assert(list < d->list_count);
    return &d->lists[list];
}

uint32_t duty_count(const struct duty_lists *d, uint32_t list)
{
    return list_at(d, list)->count;
}

/* From chunk @at + 1, which is number @from of its list, back to number @to. A jump clears the
 * lowest bit of the number, so there are at most as many steps as pairs of its bits. */
static uint32_t go_back(const struct duty_lists *d, uint32_t at, uint32_t from, uint32_t to)
{
    while (from > to) {
        const struct duty_chunk *chunk = &d->chunks[at - 1];
        const uint32_t target = from & (from - 1);
        at = target >= to ? chunk->jump : chunk->previous;
        from = target >= to ? target : from - 1;
    }
    return at;
}

static uint32_t take_chunk(struct duty_lists *d)
{
    if (d->chunk_free) {
        const uint32_t taken = d->chunk_free;
        d->chunk_free = d->chunks[taken - 1].next;
        return taken;
    }
    assert(d->chunk_used < d->chunk_max);
    return ++d->chunk_used;
}

static void append_chunk(struct duty_lists *d, struct duty_list *list)
{
    const uint32_t number = list->count / DUTY_CHUNK_ITEMS;
    const uint32_t taken = take_chunk(d);
    struct duty_chunk *chunk = &d->chunks[taken - 1];
    chunk->next = 0;
    chunk->previous = list->last;
    chunk->jump = number > 0 ? go_back(d, list->last, number - 1, number & (number - 1)) : 0;
    if (list->last)
        d->chunks[list->last - 1].next = taken;
    else
        list->first = taken;
    list->last = taken;
}

void duty_add(struct duty_lists *d, uint32_t list, struct duty duty)
{
    struct duty_list *const to = list_at(d, list);
    const uint32_t at = to->count % DUTY_CHUNK_ITEMS;
    assert(duty.place < DUTY_PLACES_MAX && duty.rank < 1U << DUTY_RANK_BITS);
    if (at == 0)
        append_chunk(d, to);
    d->chunks[to->last - 1].items[at] = duty.place << DUTY_RANK_BITS | duty.rank;
    to->count++;
}

void duty_drop(struct duty_lists *d, uint32_t list)
{
    struct duty_list *const gone = list_at(d, list);
    if (gone->count == 0)
        return;
    d->chunks[gone->last - 1].next = d->chunk_free;
    d->chunk_free = gone->first;
    *gone = (struct duty_list){.count = 0};
}

void duty_reader_init(struct duty_reader *r, const struct duty_lists *d, uint32_t list,
                      uint32_t position)
{
    const struct duty_list *const from = list_at(d, list);
    assert(position < from->count);
    const uint32_t last = (from->count - 1) / DUTY_CHUNK_ITEMS;
    r->index = position / DUTY_CHUNK_ITEMS;
    r->chunks = d->chunks;
    r->chunk = &d->chunks[go_back(d, from->last, last, r->index) - 1];
}

struct duty duty_read(struct duty_reader *r, uint32_t position)
{
    for (; r->index < position / DUTY_CHUNK_ITEMS; r->index++) {
        assert(r->chunk->next);
        r->chunk = &r->chunks[r->chunk->next - 1];
    }
    const uint32_t item = r->chunk->items[position % DUTY_CHUNK_ITEMS];
    return (struct duty){.place = item >> DUTY_RANK_BITS,
                         .rank = item & ((1U << DUTY_RANK_BITS) - 1)};
}
