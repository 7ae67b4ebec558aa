/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trade_inner.h"

#include <assert.h>
#include <string.h>

const struct ledger_contract *contract_get(const struct ledger *l, uint32_t place)
{
    return table_get(&l->contracts, place);
}

struct ledger_contract *contract_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_CONTRACTS, place);
    return table_edit(&l->contracts, place);
}

uint32_t *trade_cluster(const struct ledger *l, uint32_t place)
{
    assert(place < l->sizes.contracts);
    return l->index.contracts.clusters + (size_t)place * l->sizes.seats;
}

uint8_t *trade_votes_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_CONTRACTS, place);
    return table_edit(&l->votes, place);
}

bool contract_has_room(const struct ledger *l, uint32_t count)
{
    const struct places *places = &l->index.contracts.places;
    const uint64_t limit = l->params->limits.contracts_open_max; /* may have fallen since */
    const uint32_t most = limit < places->capacity ? (uint32_t)limit : places->capacity;
    return places->count <= most && count <= most - places->count;
}

uint32_t contract_find(const struct ledger *l, uint64_t number)
{
    uint32_t place;
    return id_map_find(&l->index.contracts.by_number, number, &place) ? place : TRADE_NO_PLACE;
}

bool agreement_is_known(const struct ledger *l, const struct hash *agreement)
{
    uint32_t place;
    return hash_map_find(&l->index.contracts.agreements, agreement, &place);
}

static struct ledger_round *round_edit(struct ledger *l, const struct ledger_contract *row)
{
    const uint32_t place = interval_find(l, row->interval);
    assert(place != MARKET_NO_PLACE);
    return &interval_edit(l, place)->rounds[row->round - ROUND_FORWARD];
}

/* RULE param.1: a contract keeps the parameters under which it was made. */
static void keep_parameters(const struct ledger *l, struct ledger_contract *row)
{
    const struct genesis *p = l->params;
    row->params = (struct contract_params){.exec_ms = p->windows.exec_ms,
                                           .final_ms = p->windows.final_ms,
                                           .vote_ms = p->windows.vote_ms,
                                           .ranks_max = (uint32_t)p->trade.ranks_max};
    row->rules =
        (struct qot_rules){.mode = p->qot.mode, .reference_wh = (int64_t)p->qot.reference_wh};
    row->seats_wanted = p->sampling.k < l->sizes.seats ? (uint32_t)p->sampling.k : l->sizes.seats;
    row->cluster_floor = (uint32_t)p->sampling.cluster_floor;
    if (p->sampling.mode == SAMPLING_TWO_STAGE) /* half of the feeders (RULE sample.2) */
        row->feeders_max = (p->feeder_count + 1) / 2;
}

static void keep_terms(struct ledger_contract *row, const struct trade_terms *terms)
{
    row->machine.seller = row->terms.seller = terms->seller;
    row->machine.buyer = row->terms.buyer = terms->buyer;
    row->machine.state = CONTRACT_PREPARED;
    row->terms.number = row->machine.number;
    row->terms.energy = terms->energy;
    row->terms.price = terms->price;
    row->terms.take = terms->take;
    row->terms.min_delivery_ppm = terms->min_delivery_ppm;
    row->terms.tolerance = terms->tolerance;
    row->interval = terms->interval;
    row->round = terms->round;
    row->is_agreement = terms->is_agreement;
    row->agreement = terms->agreement;
    row->fee = terms->fee;
    row->fee_micro = terms->fee_micro;
}

static void count_made(struct ledger *l, const struct ledger_contract *row)
{
    struct ledger_round *round = round_edit(l, row);
    round->contract_count++;
    round->open_count++;
    round->unscored_count++;
    member_edit(l, row->machine.seller)->open_contracts++;
    member_edit(l, row->machine.buyer)->open_contracts++;
}

uint64_t contract_make(struct ledger *l, const struct trade_terms *terms)
{
    const uint32_t place = places_take(&l->index.contracts.places);
    assert(place != PLACES_NONE); /* contract_has_room */
    struct ledger_contract *row = contract_edit(l, place);
    memset(row, 0, sizeof *row);
    row->machine.number = ++l->head->contract_last;
    row->made_height = l->now.height;
    keep_terms(row, terms);
    keep_parameters(l, row);
    const struct funds_event reserve = {.kind = FUNDS_RESERVE, /* RULE trade.1 */
                                        .member = terms->buyer,
                                        .amount = terms->payment,
                                        .hold = &row->hold};
    money_do(l, &reserve);
    count_made(l, row);
    trade_index_add(l, place);
    return row->machine.number;
}

static void move_money(struct ledger *l, struct ledger_contract *row, enum funds_kind kind,
                       uint32_t member)
{
    const struct funds_event ev = {
        .kind = kind, .member = member, .amount = row->machine.judged.payment, .hold = &row->hold};
    money_do(l, &ev);
}

static void move_energy(struct ledger *l, const struct ledger_contract *row,
                        enum contract_effect effect)
{
    const struct contract *c = &row->machine;
    const uint32_t place = interval_find(l, row->interval);
    struct energy_book book = page_book(l, place);
    const uint32_t page = interval_get(l, place)->page - 1;
    page_energy_edit(l, page, c->seller, row->interval);
    page_energy_edit(l, page, c->buyer, row->interval);
    if (effect == EFFECT_ESCROW)
        energy_book_escrow(&book, c->seller, c->judged.settled);
    else if (effect == EFFECT_SETTLE)
        energy_book_settle(&book, c->seller, c->buyer, c->judged.settled);
    else
        energy_book_return(&book, c->seller, c->judged.settled);
    page_book_keep(l, place, &book);
}

static void count_closed_for(struct ledger *l, uint32_t slot)
{
    struct member *member = member_edit(l, slot);
    assert(member->open_contracts > 0);
    if (--member->open_contracts == 0)
        member_has_closed(l, slot);
}

static void count_closed(struct ledger *l, uint32_t place, const struct ledger_contract *row)
{
    struct ledger_round *round = round_edit(l, row);
    assert(round->open_count > 0);
    round->open_count--;
    trade_exposure_add(l, place, -1);
    count_closed_for(l, row->machine.seller);
    count_closed_for(l, row->machine.buyer);
}

static void apply_effect(struct ledger *l, uint32_t place, struct ledger_contract *row,
                         enum contract_effect effect)
{
    switch (effect) {
    case EFFECT_ESCROW:
        move_energy(l, row, effect);
        move_money(l, row, FUNDS_HOLD_ESCROW, 0);
        return;
    case EFFECT_SETTLE:
        move_energy(l, row, effect);
        move_money(l, row, FUNDS_SETTLE, row->machine.seller);
        return;
    case EFFECT_RETURN:
        move_energy(l, row, effect);
        return;
    case EFFECT_REFUND:
        move_money(l, row, FUNDS_REFUND, 0);
        return;
    case EFFECT_CLOSED:
        count_closed(l, place, row);
        return;
    case EFFECT_EXEC_QUORUM:
    case EFFECT_FINAL_QUORUM:
    case EFFECT_EXEC_LAST:
    case EFFECT_FINAL_LAST:
        break; /* the record of the contract's end tells them */
    }
}

enum err trade_step(struct ledger *l, uint32_t place, const struct contract_event *ev,
                    uint64_t due_ms)
{
    const struct ledger_contract *before = contract_get(l, place);
    const struct contract_world w = trade_world(l, before, due_ms);
    struct contract machine = before->machine;
    struct contract_effects effects;
    const void *votes = table_edit(&l->votes, place); /* saved: the machine sets bits in it */
    (void)votes;
    const enum err code = contract_step(&machine, ev, &w, &effects);
    if (code != ERR_OK && code != ERR_RESULT_WRONG)
        return code;
    struct ledger_contract *row = contract_edit(l, place);
    if (machine.state != row->machine.state || machine.rank != row->machine.rank)
        row->vacant_ms = 0; /* that office is over */
    row->machine = machine;
    trade_set_due(l, place);
    for (uint32_t i = 0; i < effects.count; i++)
        apply_effect(l, place, row, effects.at[i]);
    return code;
}

void trade_run(struct ledger *l, uint32_t place, const struct contract_event *ev, uint64_t due_ms)
{
    const enum err code = trade_step(l, place, ev, due_ms);
    assert(code == ERR_OK);
}

void trade_free(struct ledger *l, uint32_t place)
{
    struct ledger_contract *row = contract_edit(l, place);
    assert(row->machine.is_scored);
    trade_index_remove(l, place);
    memset(row, 0, sizeof *row);
}

static void add_to_sums(struct trade_sums *out, const struct ledger_contract *row, int64_t *energy)
{
    if (contract_is_closed(&row->machine))
        return;
    *energy += row->terms.energy.wh;
    out->agreements += row->is_agreement;
}

void trade_sums(const struct ledger *l, uint32_t slot, uint64_t interval, struct trade_sums *out)
{
    *out = (struct trade_sums){.exposure_micro = l->index.contracts.exposure_micro[slot]};
    for (uint32_t at = trade_first_of(l, slot, interval, true); at != TRADE_NO_PLACE;
         at = trade_next_of(l, at, true))
        add_to_sums(out, contract_get(l, at), &out->sold_wh);
    for (uint32_t at = trade_first_of(l, slot, interval, false); at != TRADE_NO_PLACE;
         at = trade_next_of(l, at, false))
        add_to_sums(out, contract_get(l, at), &out->bought_wh);
}

void trade_used(const struct ledger *l, uint32_t slot, uint64_t interval, struct trade_used *out)
{
    const uint32_t place = interval_find(l, interval);
    const uint32_t page = place == MARKET_NO_PLACE ? 0 : interval_get(l, place)->page;
    *out = (struct trade_used){0, 0};
    if (page == 0)
        return;
    const struct page_member *row = page_get(l, page - 1, slot, interval);
    *out = (struct trade_used){row->used_sold.wh, row->used_bought.wh};
}
