/* SPDX-License-Identifier: Apache-2.0 */
#include "core/measured.h"
#include "ledger/trade_inner.h"

#include <assert.h>

struct bench { /* one sitting of the judge: the contracts of a round and their parties */
    uint64_t interval;
    uint32_t page, count, party_count;
    uint32_t *places;                  /* of contracts, by number */
    struct settlement_terms *terms;    /* the same order; parties by their place in the list */
    struct settlement_result *results; /* the same order */
    struct settlement_party *parties;
    uint32_t *slots;   /* of parties */
    uint64_t *refused; /* numbers, by buyer */
};

static void *take(struct ledger *l, size_t count, size_t item_size)
{
    void *memory = arena_take_raw(&l->scratch, count, item_size, _Alignof(max_align_t));
    assert(memory); /* contracts are bounded, see layout.c */
    return memory;
}

/* Parties have small numbers, so that the work follows the contracts and not the members. What the
 * forward round has used is 0 until it is judged. */
static uint32_t party_of(struct ledger *l, struct bench *b, uint32_t slot)
{
    uint32_t *at = &l->index.contracts.party[slot];
    if (*at > 0)
        return *at - 1;
    const struct page_member *row = page_get(l, b->page, slot, b->interval);
    const struct measured_left left = measured_left(
        row->has_stated, row->delivered.wh, row->taken.wh, row->used_sold.wh, row->used_bought.wh);
    b->slots[b->party_count] = slot;
    b->parties[b->party_count] = (struct settlement_party){.has_stated = row->has_stated,
                                                           .delivered_left = {left.sell_wh},
                                                           .taken_left = {left.buy_wh}};
    *at = ++b->party_count;
    return *at - 1;
}

static void add_contract(struct ledger *l, struct bench *b, uint32_t place)
{
    const struct ledger_contract *row = contract_get(l, place);
    if (contract_is_closed(&row->machine) || row->machine.is_judged)
        return;
    struct settlement_terms *terms = &b->terms[b->count];
    *terms = row->terms;
    terms->seller = party_of(l, b, row->terms.seller);
    terms->buyer = party_of(l, b, row->terms.buyer);
    b->places[b->count++] = place; /* not before it was read from there: the list shrinks */
}

/* Each buyer's refusals stand together: first how many, then where, then which. */
static void add_refusals(struct ledger *l, struct bench *b)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < b->count; i++)
        b->parties[b->terms[i].buyer].refused_count += contract_get(l, b->places[i])->is_refused;
    for (uint32_t p = 0; p < b->party_count; p++) {
        b->parties[p].refused = b->refused + at;
        at += b->parties[p].refused_count;
        b->parties[p].refused_count = 0;
    }
    for (uint32_t i = 0; i < b->count; i++) {
        struct settlement_party *buyer = &b->parties[b->terms[i].buyer];
        if (contract_get(l, b->places[i])->is_refused)
            b->refused[(buyer->refused - b->refused) + buyer->refused_count++] = b->terms[i].number;
    }
}

static void convene(struct ledger *l, struct bench *b, uint32_t interval_place,
                    enum trade_round round)
{
    const struct ledger_interval *interval = interval_get(l, interval_place);
    const uint32_t most = interval->rounds[round - ROUND_FORWARD].contract_count;
    *b = (struct bench){.interval = interval->number, .page = interval->page - 1};
    b->places = take(l, most, sizeof *b->places);
    b->terms = take(l, most, sizeof *b->terms);
    b->results = take(l, most, sizeof *b->results);
    b->parties = take(l, (size_t)2 * most, sizeof *b->parties);
    b->slots = take(l, (size_t)2 * most, sizeof *b->slots);
    b->refused = take(l, most, sizeof *b->refused);
    const uint32_t found = trade_of_round(l, b->interval, round, 0, b->places, most);
    for (uint32_t i = 0; i < found; i++)
        add_contract(l, b, b->places[i]);
    add_refusals(l, b);
    for (uint32_t p = 0; p < b->party_count; p++)
        l->index.contracts.party[b->slots[p]] = 0;
    settlement_judge(b->results, b->terms, b->count, b->parties);
}

static void pronounce(struct ledger *l, const struct bench *b, uint64_t due_ms)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const struct contract_event ev = {.kind = CONTRACT_EV_JUDGED, .judged = &b->results[i]};
        trade_run(l, b->places[i], &ev, due_ms);
    }
}

/* RULE gate.2: what the measured round may not sell again, whatever becomes of these contracts. */
static void keep_used(struct ledger *l, const struct bench *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const struct energy settled = b->results[i].settled;
        if (settled.wh == 0) /* under pass and C3 alone it is not */
            continue;
        struct energy *sold =
            &page_edit(l, b->page, b->slots[b->terms[i].seller], b->interval)->used_sold;
        struct energy *bought =
            &page_edit(l, b->page, b->slots[b->terms[i].buyer], b->interval)->used_bought;
        const bool fits = energy_add(sold, *sold, settled) && energy_add(bought, *bought, settled);
        assert(fits); /* pay contracts are in it: bought may exceed what was taken */
    }
}

/* RULE trade.3: a counted statement gives its energy to who delivered it. */
static void credit_titles(struct ledger *l, uint32_t place)
{
    const struct ledger_interval *interval = interval_get(l, place);
    const uint32_t page = interval->page - 1;
    const uint32_t *slots = l->index.contracts.stated + (size_t)page * l->sizes.members;
    struct energy_book book = page_book(l, place);
    for (uint32_t i = 0; i < l->index.contracts.stated_count[page]; i++) {
        page_energy_edit(l, page, slots[i], interval->number);
        energy_book_credit(&book, slots[i],
                           page_get(l, page, slots[i], interval->number)->delivered);
    }
    page_book_keep(l, place, &book);
}

void trade_close_statements(struct ledger *l, uint32_t place, uint64_t due_ms)
{
    const size_t mark = arena_mark(&l->scratch);
    struct bench bench;
    assert(interval_get(l, place)->window == INTERVAL_OPEN);
    credit_titles(l, place);
    convene(l, &bench, place, ROUND_FORWARD);
    keep_used(l, &bench);
    interval_edit(l, place)->window = INTERVAL_CLOSED;
    page_list_clear(l, bench.page);
    pronounce(l, &bench, due_ms);
    arena_reset(&l->scratch, mark);
    market_gate_measured(l, place);
    if (interval_get(l, place)->is_used)
        interval_give_back(l, place);
}

void trade_judge_measured(struct ledger *l, uint32_t place)
{
    const size_t mark = arena_mark(&l->scratch);
    struct bench bench;
    assert(interval_get(l, place)->window == INTERVAL_CLOSED);
    convene(l, &bench, place, ROUND_MEASURED);
    pronounce(l, &bench, l->now.due_ms);
    arena_reset(&l->scratch, mark);
}
