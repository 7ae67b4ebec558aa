/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/due.h"

#include "ledger/state.h"

#include <assert.h>

enum { PASSES_MAX = 64 }; /* each does something; kinds follow one another, budgets end */

void due_add(struct due_list *list, const struct due_item *item)
{
    assert(list->count < list->count_max);
    assert(item->kind < DUE_KINDS);
    list->items[list->count++] = *item;
}

static bool comes_before(const struct due_item *a, const struct due_item *b)
{
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms;
    if (a->kind != b->kind)
        return a->kind < b->kind;
    return a->number < b->number;
}

/* Merge the two sorted halves of items[from .. to) at @middle by way of @room. */
static void merge(struct due_item *items, struct due_item *room, uint32_t from, uint32_t middle,
                  uint32_t to)
{
    uint32_t a = from, b = middle;
    for (uint32_t i = from; i < to; i++) {
        const bool takes_a = b == to || (a < middle && !comes_before(&items[b], &items[a]));
        room[i] = takes_a ? items[a++] : items[b++];
    }
    for (uint32_t i = from; i < to; i++)
        items[i] = room[i];
}

static void sort_due(struct due_item *items, struct due_item *room, uint32_t count)
{
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t from = 0; from + width < count; from += 2 * width) {
            const uint32_t to = from + 2 * width < count ? from + 2 * width : count;
            if (comes_before(&items[from + width], &items[from + width - 1]))
                merge(items, room, from, from + width, to);
        }
    }
}

static void collect(struct ledger *l)
{
    l->due.count = 0;
    market_due(l, &l->due);
    trade_due(l, &l->due);
    verification_due(l, &l->due);
    const size_t mark = arena_mark(&l->scratch);
    struct due_item *room =
        arena_take_raw(&l->scratch, l->due.count, sizeof *room, _Alignof(struct due_item));
    assert(room || l->due.count == 0);
    sort_due(l->due.items, room, l->due.count);
    arena_reset(&l->scratch, mark);
}

static uint64_t do_item(struct ledger *l, const struct due_item *item)
{
    l->now.due_ms = item->due_ms;
    switch (item->kind) {
    case DUE_GATE:
        return market_do(l, item);
    case DUE_DRAW:
    case DUE_STATEMENTS:
    case DUE_RANK:
    case DUE_STAGE:
    case DUE_SCORE:
        return trade_do(l, item);
    case DUE_BLOCK:
    case DUE_EXPIRY:
        return verification_do(l, item);
    case DUE_KINDS:
        break;
    }
    return 1;
}

/* RULE ledger.6: what falls due meanwhile is done in a further pass. */
void due_run(struct ledger *l)
{
    for (uint32_t pass = 0; pass < PASSES_MAX && l->now.steps_left > 0; pass++) {
        collect(l);
        if (l->due.count == 0)
            break;
        for (uint32_t i = 0; i < l->due.count && l->now.steps_left > 0; i++) {
            const struct due_item item = l->due.items[i];
            const uint64_t cost = do_item(l, &item);
            l->now.steps_left -= cost < l->now.steps_left ? cost : l->now.steps_left;
        }
    }
    l->now.due_ms = l->now.a_ms;
}
