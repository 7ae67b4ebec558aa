/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/layout.h"
#include "ledger/trade_inner.h"

#include "base/bitmap.h"

#include <assert.h>
#include <string.h>

struct chain { /* a member's contracts in an interval, in one role */
    struct id_map *first;
    uint32_t *next, *previous;
};

static struct chain chain_of(struct ledger *l, bool as_seller)
{
    struct contract_index *x = &l->index.contracts;
    if (as_seller)
        return (struct chain){&x->first_as_seller, x->next_as_seller, x->previous_as_seller};
    return (struct chain){&x->first_as_buyer, x->next_as_buyer, x->previous_as_buyer};
}

static uint64_t chain_key(const struct ledger_contract *row, bool as_seller)
{
    return index_key(as_seller ? row->machine.seller : row->machine.buyer, row->interval);
}

/* The newest comes first: so the order follows from the numbers, whatever was removed since. */
static void chain_add(struct ledger *l, uint32_t place, bool as_seller)
{
    const struct chain chain = chain_of(l, as_seller);
    const uint64_t key = chain_key(contract_get(l, place), as_seller);
    uint32_t first = 0;
    if (id_map_find(chain.first, key, &first)) {
        id_map_remove(chain.first, key);
        chain.previous[first - 1] = place + 1;
    }
    id_map_insert(chain.first, key, place + 1);
    chain.next[place] = first;
    chain.previous[place] = 0;
}

static void chain_remove(struct ledger *l, uint32_t place, bool as_seller)
{
    const struct chain chain = chain_of(l, as_seller);
    const uint32_t next = chain.next[place], previous = chain.previous[place];
    if (next > 0)
        chain.previous[next - 1] = previous;
    if (previous > 0) {
        chain.next[previous - 1] = next;
        return;
    }
    const uint64_t key = chain_key(contract_get(l, place), as_seller);
    id_map_remove(chain.first, key);
    if (next > 0)
        id_map_insert(chain.first, key, next);
}

uint32_t trade_first_of(const struct ledger *l, uint32_t slot, uint64_t interval, bool as_seller)
{
    const struct contract_index *x = &l->index.contracts;
    const struct id_map *firsts = as_seller ? &x->first_as_seller : &x->first_as_buyer;
    uint32_t first;
    return id_map_find(firsts, index_key(slot, interval), &first) ? first - 1 : TRADE_NO_PLACE;
}

uint32_t trade_next_of(const struct ledger *l, uint32_t place, bool as_seller)
{
    const struct contract_index *x = &l->index.contracts;
    const uint32_t next = as_seller ? x->next_as_seller[place] : x->next_as_buyer[place];
    return next > 0 ? next - 1 : TRADE_NO_PLACE;
}

/* Where the list of the row's round begins and ends. */
static uint32_t round_of(const struct ledger *l, uint64_t interval, enum trade_round round)
{
    const uint32_t place = interval_find(l, interval);
    assert(place != MARKET_NO_PLACE && (round == ROUND_FORWARD || round == ROUND_MEASURED));
    return place * MARKET_ROUNDS + (uint32_t)round - ROUND_FORWARD;
}

static void round_add(struct ledger *l, uint32_t place)
{
    struct contract_index *x = &l->index.contracts;
    const struct ledger_contract *row = contract_get(l, place);
    const uint32_t at = round_of(l, row->interval, row->round);
    uint32_t *awaited = &x->awaited[at / MARKET_ROUNDS];
    const uint32_t last = x->last_of_round[at];
    x->next_of_round[place] = 0;
    x->previous_of_round[place] = last;
    x->last_of_round[at] = place + 1;
    if (last > 0)
        x->next_of_round[last - 1] = place + 1;
    else
        x->first_of_round[at] = place + 1;
    if (row->round == ROUND_FORWARD && *awaited == 0)
        *awaited = place + 1;
}

static void round_remove(struct ledger *l, uint32_t place)
{
    struct contract_index *x = &l->index.contracts;
    const struct ledger_contract *row = contract_get(l, place);
    const uint32_t at = round_of(l, row->interval, row->round);
    uint32_t *awaited = &x->awaited[at / MARKET_ROUNDS];
    const uint32_t next = x->next_of_round[place], previous = x->previous_of_round[place];
    if (*awaited == place + 1)
        *awaited = next;
    if (next > 0)
        x->previous_of_round[next - 1] = previous;
    else
        x->last_of_round[at] = previous;
    if (previous > 0)
        x->next_of_round[previous - 1] = next;
    else
        x->first_of_round[at] = next;
}

uint32_t trade_of_round(const struct ledger *l, uint64_t interval, enum trade_round round,
                        uint64_t from, uint32_t *out, uint32_t max)
{
    const struct contract_index *x = &l->index.contracts;
    const uint32_t at = round_of(l, interval, round);
    const uint32_t known = contract_find(l, from);
    uint32_t count = 0, next = x->first_of_round[at];
    if (known != TRADE_NO_PLACE) {
        const struct ledger_contract *row = contract_get(l, known);
        if (row->interval == interval && row->round == round)
            next = known + 1;
    }
    for (; next > 0 && count < max; next = x->next_of_round[next - 1]) {
        if (contract_get(l, next - 1)->machine.number >= from)
            out[count++] = next - 1;
    }
    return count;
}

void trade_exposure_add(struct ledger *l, uint32_t place, int64_t sign)
{
    const struct ledger_contract *row = contract_get(l, place);
    struct money payment;
    if (!row->is_agreement)
        return;
    const bool fits = price_payment(&payment, row->terms.price, row->terms.energy);
    assert(fits);
    l->index.contracts.exposure_micro[row->machine.seller] += sign * payment.micro;
    l->index.contracts.exposure_micro[row->machine.buyer] += sign * payment.micro;
}

/* RULE ledger.6: when the machine has work by itself, or its rank in office fell out. */
void trade_set_due(struct ledger *l, uint32_t place)
{
    const struct ledger_contract *row = contract_get(l, place);
    const struct contract *c = &row->machine;
    uint64_t *due_ms = &l->index.contracts.due_ms[place];
    *due_ms = UINT64_MAX;
    if (c->number == 0 || c->state <= CONTRACT_DRAWN)
        return;
    if (!contract_is_closed(c))
        *due_ms =
            row->vacant_ms > 0 && row->vacant_ms < c->deadline_ms ? row->vacant_ms : c->deadline_ms;
    else if (!contract_is_scorable(c, UINT64_MAX, due_ms))
        *due_ms = UINT64_MAX;
}

void trade_index_add(struct ledger *l, uint32_t place)
{
    struct contract_index *x = &l->index.contracts;
    const struct ledger_contract *row = contract_get(l, place);
    id_map_insert(&x->by_number, row->machine.number, place);
    if (row->is_agreement)
        hash_map_insert(&x->agreements, &row->agreement, place);
    chain_add(l, place, true);
    chain_add(l, place, false);
    round_add(l, place);
    if (!contract_is_closed(&row->machine))
        trade_exposure_add(l, place, 1);
    trade_set_due(l, place);
    if (x->end <= place)
        x->end = place + 1;
}

void trade_index_remove(struct ledger *l, uint32_t place)
{
    struct contract_index *x = &l->index.contracts;
    const struct ledger_contract *row = contract_get(l, place);
    assert(contract_is_closed(&row->machine));
    id_map_remove(&x->by_number, row->machine.number);
    if (row->is_agreement)
        hash_map_remove(&x->agreements, &row->agreement);
    chain_remove(l, place, true);
    chain_remove(l, place, false);
    round_remove(l, place);
    x->due_ms[place] = UINT64_MAX;
    places_give(&x->places, place);
    while (x->end > 0 && !places_is_occupied(&x->places, x->end - 1))
        x->end--;
}

static void clear(struct ledger *l)
{
    struct contract_index *x = &l->index.contracts;
    const size_t rounds = (size_t)l->sizes.intervals * MARKET_ROUNDS;
    places_clear(&x->places);
    id_map_clear(&x->by_number);
    hash_map_clear(&x->agreements);
    id_map_clear(&x->first_as_seller);
    id_map_clear(&x->first_as_buyer);
    memset(x->first_of_round, 0, rounds * sizeof *x->first_of_round);
    memset(x->last_of_round, 0, rounds * sizeof *x->last_of_round);
    memset(x->awaited, 0, l->sizes.intervals * sizeof *x->awaited);
    memset(x->exposure_micro, 0, (l->sizes.members + (size_t)1) * sizeof *x->exposure_micro);
    memset(x->party, 0, (l->sizes.members + (size_t)1) * sizeof *x->party);
    memset(x->due_ms, UINT8_MAX, l->sizes.contracts * sizeof *x->due_ms);
    x->end = 0;
}

/* Where a row's cluster and votes lie follows from its place: nothing of the row that is hashed or
 * undone changes here. */
static void point_again(struct ledger *l, uint32_t place)
{
    struct ledger_contract *rows = (struct ledger_contract *)(void *)l->contracts.rows;
    struct contract *c = &rows[place].machine;
    uint8_t *votes = l->votes.rows + place * l->votes.row_bytes;
    const size_t bytes = bitmap_bytes(c->cluster_count);
    c->cluster = c->cluster_count > 0 ? trade_cluster(l, place) : NULL;
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        c->offices[stage].voted = votes + 2 * stage * bytes;
        c->offices[stage].agree = votes + (2 * stage + 1) * bytes;
    }
}

void trade_index_rebuild(struct ledger *l)
{
    const size_t mark = arena_mark(&l->scratch);
    const uint32_t capacity = l->sizes.contracts;
    struct sort_item *items = arena_take_raw(&l->scratch, (size_t)2 * capacity, sizeof *items,
                                             _Alignof(struct sort_item));
    uint32_t count = 0;
    assert(items);
    clear(l);
    for (uint32_t place = 0; place < capacity; place++) {
        const uint64_t number = contract_get(l, place)->machine.number;
        if (number > 0)
            items[count++] = (struct sort_item){.key = number, .number = place};
    }
    sort_items(items, items + capacity, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)items[i].number;
        places_occupy(&l->index.contracts.places, place);
        point_again(l, place);
        trade_index_add(l, place);
    }
    arena_reset(&l->scratch, mark);
    page_list_rebuild(l);
}

static void layout_chains(struct layout *y, struct contract_index *x, const struct sizes *s)
{
    const size_t rounds = (size_t)s->intervals * MARKET_ROUNDS;
    layout_ids(y, &x->first_as_seller, s->contracts);
    layout_ids(y, &x->first_as_buyer, s->contracts);
    x->next_as_seller = layout_raw(y, s->contracts, sizeof *x->next_as_seller);
    x->previous_as_seller = layout_raw(y, s->contracts, sizeof *x->previous_as_seller);
    x->next_as_buyer = layout_raw(y, s->contracts, sizeof *x->next_as_buyer);
    x->previous_as_buyer = layout_raw(y, s->contracts, sizeof *x->previous_as_buyer);
    x->first_of_round = layout_raw(y, rounds, sizeof *x->first_of_round);
    x->last_of_round = layout_raw(y, rounds, sizeof *x->last_of_round);
    x->next_of_round = layout_raw(y, s->contracts, sizeof *x->next_of_round);
    x->previous_of_round = layout_raw(y, s->contracts, sizeof *x->previous_of_round);
    x->awaited = layout_raw(y, s->intervals, sizeof *x->awaited);
}

void trade_layout(struct layout *y, struct ledger *l)
{
    const struct sizes *s = &l->sizes;
    struct contract_index *x = &l->index.contracts;
    const size_t slots = s->members + (size_t)1;
    layout_places(y, &x->places, s->contracts);
    layout_ids(y, &x->by_number, s->contracts);
    layout_hashes(y, &x->agreements, s->contracts);
    x->due_ms = layout_raw(y, s->contracts, sizeof *x->due_ms);
    layout_chains(y, x, s);
    x->exposure_micro = layout_raw(y, slots, sizeof *x->exposure_micro);
    x->stated = layout_raw(y, (size_t)s->pages * s->members, sizeof *x->stated);
    x->stated_count = layout_raw(y, s->pages, sizeof *x->stated_count);
    x->party = layout_raw(y, slots, sizeof *x->party);
    x->clusters = layout_raw(y, (size_t)s->contracts * s->seats, sizeof *x->clusters);
    trade_duty_layout(y, l);
}
