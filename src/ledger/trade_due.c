/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trade_inner.h"

#include <assert.h>

enum { WORK_BESIDE_PEERS = 3 }; /* RULE ledger.6: a contract with k peers costs k + 3 */

static void add_rounds(const struct ledger *l, uint32_t place, struct due_list *list)
{
    const struct ledger_interval *interval = interval_get(l, place);
    for (uint32_t r = 0; r < MARKET_ROUNDS; r++) {
        const struct ledger_round *round = &interval->rounds[r];
        const bool is_ready = round->phase == PHASE_GATED && round->has_seed;
        const bool is_drawing = round->phase == PHASE_SEEDED && l->now.draws_left > 0;
        const struct due_item item = {.due_ms = l->now.a_ms,
                                      .kind = DUE_DRAW,
                                      .number = interval->number * MARKET_ROUNDS + r,
                                      .place = place};
        if (is_ready || is_drawing)
            due_add(list, &item);
    }
}

static void add_statements(const struct ledger *l, uint32_t place, struct due_list *list)
{
    struct due_item item = {
        .kind = DUE_STATEMENTS, .number = interval_get(l, place)->number, .place = place};
    if (trade_statements_are_due(l, place, &item.due_ms))
        due_add(list, &item);
}

static enum due_kind kind_of(const struct contract *c)
{
    if (contract_is_closed(c))
        return DUE_SCORE;
    const bool votes = c->state == CONTRACT_EXEC_VOTE || c->state == CONTRACT_FINAL_VOTE;
    return votes ? DUE_STAGE : DUE_RANK;
}

static void add_contracts(const struct ledger *l, struct due_list *list)
{
    const struct contract_index *x = &l->index.contracts;
    for (uint32_t place = 0; place < x->end; place++) {
        if (x->due_ms[place] > l->now.a_ms)
            continue;
        const struct contract *c = &contract_get(l, place)->machine;
        const struct due_item item = {
            .due_ms = x->due_ms[place], .kind = kind_of(c), .number = c->number, .place = place};
        due_add(list, &item);
    }
}

void trade_due(const struct ledger *l, struct due_list *list)
{
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        if (!interval_get(l, place)->is_used)
            continue;
        add_rounds(l, place, list);
        add_statements(l, place, list);
    }
    add_contracts(l, list);
}

static bool is_of_interval(const struct ledger *l, uint32_t place, uint64_t number)
{
    const struct ledger_interval *interval = interval_get(l, place);
    return interval->is_used && interval->number == number;
}

/* A statement costs 1, a contract that is judged has no peers yet. */
static uint64_t do_statements(struct ledger *l, const struct due_item *item)
{
    const struct ledger_interval *interval = interval_get(l, item->place);
    uint64_t due_ms;
    if (!is_of_interval(l, item->place, item->number) ||
        !trade_statements_are_due(l, item->place, &due_ms))
        return 1;
    const uint64_t cost = 1 + l->index.contracts.stated_count[interval->page - 1] +
                          (uint64_t)interval->rounds[0].open_count * WORK_BESIDE_PEERS;
    trade_close_statements(l, item->place, item->due_ms);
    return cost;
}

static uint64_t do_contract(struct ledger *l, const struct due_item *item)
{
    const struct contract *c = &contract_get(l, item->place)->machine;
    const bool is_due = c->number == item->number && kind_of(c) == item->kind &&
                        l->index.contracts.due_ms[item->place] <= l->now.a_ms;
    if (!is_due)
        return 1;
    const uint64_t cost = c->cluster_count + (uint64_t)WORK_BESIDE_PEERS;
    if (item->kind == DUE_SCORE)
        trade_score(l, item->place, item->due_ms);
    else
        trade_time(l, item->place, item->due_ms);
    return cost;
}

uint64_t trade_do(struct ledger *l, const struct due_item *item)
{
    const enum trade_round round =
        item->number % MARKET_ROUNDS == 0 ? ROUND_FORWARD : ROUND_MEASURED;
    switch (item->kind) {
    case DUE_DRAW:
        return is_of_interval(l, item->place, item->number / MARKET_ROUNDS)
                   ? trade_do_draw(l, item->place, round)
                   : 1;
    case DUE_STATEMENTS:
        return do_statements(l, item);
    case DUE_RANK:
    case DUE_STAGE:
    case DUE_SCORE:
        return do_contract(l, item);
    case DUE_GATE:
    case DUE_BLOCK:
    case DUE_EXPIRY:
    case DUE_KINDS:
        break;
    }
    assert(false); /* due_run sends others elsewhere */
    return 1;
}
