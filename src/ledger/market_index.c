/* SPDX-License-Identifier: Apache-2.0 */
/* How orders and intervals are found. Lists are made of places + 1; a list of a round and that of a
 * member begin with the newest order, that of what waits with the oldest. */
#include "base/sort.h"
#include "ledger/layout.h"
#include "ledger/market_inner.h"

#include <assert.h>
#include <string.h>

void market_layout(struct layout *y, struct ledger *l)
{
    struct order_index *x = &l->index.orders;
    const struct sizes *s = &l->sizes;
    uint32_t *lists[6];
    layout_places(y, &x->places, s->orders);
    layout_ids(y, &x->by_number, s->orders);
    layout_places(y, &x->intervals, s->intervals);
    layout_ids(y, &x->by_interval, s->intervals);
    layout_places(y, &x->pages, s->pages);
    layout_ids(y, &x->first_of_member, s->orders);
    uint32_t *rounds = layout_raw(y, (size_t)s->intervals * MARKET_ROUNDS, sizeof *rounds);
    for (uint32_t i = 0; i < 6; i++)
        lists[i] = layout_raw(y, s->orders, sizeof *lists[i]);
    struct market_seed *seeds = layout_raw(y, s->waiting, sizeof *seeds);
    if (!y->arena)
        return;
    x->first_of_round = rounds;
    x->next_of_round = lists[0];
    x->previous_of_round = lists[1];
    x->next_of_member = lists[2];
    x->previous_of_member = lists[3];
    x->next_waiting = lists[4];
    x->previous_waiting = lists[5];
    x->seeds = seeds;
    x->seed_max = s->waiting;
}

const struct ledger_order *order_get(const struct ledger *l, uint32_t place)
{
    return table_get(&l->orders, place);
}

struct ledger_order *order_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_ORDERS, place);
    return table_edit(&l->orders, place);
}

uint32_t interval_find(const struct ledger *l, uint64_t number)
{
    uint32_t place = MARKET_NO_PLACE;
    if (number == UINT64_MAX || !id_map_find(&l->index.orders.by_interval, number + 1, &place))
        return MARKET_NO_PLACE;
    return place;
}

static uint32_t *head_of_round(const struct ledger *l, const struct ledger_order *o)
{
    const uint32_t interval = interval_find(l, o->interval);
    assert(interval != MARKET_NO_PLACE);
    return &l->index.orders.first_of_round[interval * MARKET_ROUNDS + round_place(o->round)];
}

static void link_round(struct ledger *l, uint32_t place, const struct ledger_order *o)
{
    struct order_index *x = &l->index.orders;
    uint32_t *head = head_of_round(l, o);
    x->next_of_round[place] = *head;
    x->previous_of_round[place] = 0;
    if (*head)
        x->previous_of_round[*head - 1] = place + 1;
    *head = place + 1;
}

static void unlink_round(struct ledger *l, uint32_t place, const struct ledger_order *o)
{
    struct order_index *x = &l->index.orders;
    const uint32_t next = x->next_of_round[place], previous = x->previous_of_round[place];
    if (next)
        x->previous_of_round[next - 1] = previous;
    if (previous)
        x->next_of_round[previous - 1] = next;
    else
        *head_of_round(l, o) = next;
}

static void set_first_of_member(struct ledger *l, uint64_t key, uint32_t first)
{
    struct id_map *map = &l->index.orders.first_of_member;
    uint32_t old;
    if (id_map_find(map, key, &old))
        id_map_remove(map, key);
    if (first)
        id_map_insert(map, key, first);
}

static void link_member(struct ledger *l, uint32_t place, const struct ledger_order *o)
{
    struct order_index *x = &l->index.orders;
    const uint64_t key = index_key(o->member, o->interval);
    uint32_t first = 0;
    if (id_map_find(&x->first_of_member, key, &first))
        x->previous_of_member[first - 1] = place + 1;
    x->next_of_member[place] = first;
    x->previous_of_member[place] = 0;
    set_first_of_member(l, key, place + 1);
}

static void unlink_member(struct ledger *l, uint32_t place, const struct ledger_order *o)
{
    struct order_index *x = &l->index.orders;
    const uint32_t next = x->next_of_member[place], previous = x->previous_of_member[place];
    if (next)
        x->previous_of_member[next - 1] = previous;
    if (previous)
        x->next_of_member[previous - 1] = next;
    else
        set_first_of_member(l, index_key(o->member, o->interval), next);
}

static bool waits(const struct ledger_order *o)
{
    return o->round == ROUND_FORWARD && o->arrived == 0;
}

static void link_waiting(struct ledger *l, uint32_t place)
{
    struct order_index *x = &l->index.orders;
    x->next_waiting[place] = 0;
    x->previous_waiting[place] = x->last_waiting;
    if (x->last_waiting)
        x->next_waiting[x->last_waiting - 1] = place + 1;
    else
        x->first_waiting = place + 1;
    x->last_waiting = place + 1;
}

static void unlink_waiting(struct ledger *l, uint32_t place)
{
    struct order_index *x = &l->index.orders;
    const uint32_t next = x->next_waiting[place], previous = x->previous_waiting[place];
    if (next)
        x->previous_waiting[next - 1] = previous;
    else
        x->last_waiting = previous;
    if (previous)
        x->next_waiting[previous - 1] = next;
    else
        x->first_waiting = next;
}

static void link_order(struct ledger *l, uint32_t place)
{
    const struct ledger_order *o = order_get(l, place);
    id_map_insert(&l->index.orders.by_number, o->number, place);
    link_round(l, place, o);
    link_member(l, place, o);
    if (waits(o))
        link_waiting(l, place);
}

void order_add(struct ledger *l, const struct ledger_order *order)
{
    const uint32_t place = places_take(&l->index.orders.places);
    const uint32_t interval = interval_find(l, order->interval);
    assert(place != PLACES_NONE && interval != MARKET_NO_PLACE);
    *order_edit(l, place) = *order;
    interval_edit(l, interval)->rounds[round_place(order->round)].order_count++;
    link_order(l, place);
}

void order_free(struct ledger *l, uint32_t place)
{
    struct order_index *x = &l->index.orders;
    struct ledger_order *o = order_edit(l, place);
    struct ledger_interval *i = interval_edit(l, interval_find(l, o->interval));
    unlink_round(l, place, o);
    unlink_member(l, place, o);
    if (waits(o))
        unlink_waiting(l, place);
    id_map_remove(&x->by_number, o->number);
    assert(i->rounds[round_place(o->round)].order_count > 0);
    i->rounds[round_place(o->round)].order_count--;
    memset(o, 0, sizeof *o);
    places_give(&x->places, place);
}

void order_arrive(struct ledger *l, uint32_t place, uint64_t arrived, int64_t rest_wh)
{
    struct ledger_order *o = order_edit(l, place);
    assert(waits(o) && arrived > 0);
    unlink_waiting(l, place);
    o->arrived = arrived;
    o->energy_wh = rest_wh;
}

uint32_t orders_of_round(const struct ledger *l, uint32_t interval_place, enum trade_round round,
                         uint32_t *out)
{
    const struct order_index *x = &l->index.orders;
    const uint32_t list = interval_place * MARKET_ROUNDS + round_place(round);
    const uint32_t count = interval_get(l, interval_place)->rounds[round_place(round)].order_count;
    uint32_t at = count;
    for (uint32_t p = x->first_of_round[list]; p; p = x->next_of_round[p - 1]) {
        assert(at > 0);
        out[--at] = p - 1;
    }
    assert(at == 0);
    return count;
}

uint32_t order_first_of(const struct ledger *l, uint32_t slot, uint64_t interval)
{
    uint32_t first = 0;
    if (!id_map_find(&l->index.orders.first_of_member, index_key(slot, interval), &first))
        return MARKET_NO_PLACE;
    return first - 1;
}

uint32_t order_next_of(const struct ledger *l, uint32_t place)
{
    const uint32_t next = l->index.orders.next_of_member[place];
    return next ? next - 1 : MARKET_NO_PLACE;
}

static void clear_index(struct ledger *l)
{
    struct order_index *x = &l->index.orders;
    places_clear(&x->places);
    places_clear(&x->intervals);
    places_clear(&x->pages);
    id_map_clear(&x->by_number);
    id_map_clear(&x->by_interval);
    id_map_clear(&x->first_of_member);
    memset(x->first_of_round, 0,
           (size_t)l->sizes.intervals * MARKET_ROUNDS * sizeof *x->first_of_round);
    x->first_waiting = x->last_waiting = 0;
    x->seed_count = 0;
}

static void rebuild_intervals(struct ledger *l)
{
    struct order_index *x = &l->index.orders;
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *i = interval_get(l, place);
        if (!i->is_used)
            continue;
        places_occupy(&x->intervals, place);
        id_map_insert(&x->by_interval, i->number + 1, place);
        if (i->page)
            places_occupy(&x->pages, i->page - 1);
    }
}

void market_rebuild(struct ledger *l)
{
    struct order_index *x = &l->index.orders;
    uint32_t count = 0;
    clear_index(l);
    rebuild_intervals(l);
    for (uint32_t place = 0; place < l->sizes.orders; place++) {
        if (order_get(l, place)->number == 0)
            continue;
        places_occupy(&x->places, place);
        count++;
    }
    const size_t mark = arena_mark(&l->scratch);
    struct sort_item *items = market_take(l, count, sizeof *items);
    struct sort_item *room = market_take(l, count, sizeof *room);
    for (uint32_t place = 0, at = 0; at < count; place++)
        if (places_is_occupied(&x->places, place))
            items[at++] = (struct sort_item){order_get(l, place)->number, place};
    sort_items(items, room, count);
    for (uint32_t i = 0; i < count; i++)
        link_order(l, (uint32_t)items[i].number);
    arena_reset(&l->scratch, mark);
}
