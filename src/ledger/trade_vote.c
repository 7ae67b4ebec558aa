/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"
#include "ledger/trade_inner.h"

#include <assert.h>

enum { BITS = 8, LINE_BYTES = 64 };

/* RULE ledger.6: its due time is <= A, but the work waits for budget. */
static bool work_waits(const struct ledger *l, uint32_t place)
{
    return l->index.contracts.due_ms[place] <= l->now.a_ms;
}

/* What docs/state-machines.md puts before a LATE of waiting work: CLOSED and EARLY. */
static enum err late_of(const struct contract *c, bool is_early)
{
    if (contract_is_closed(c))
        return ERR_CLOSED;
    return is_early ? ERR_EARLY : ERR_LATE;
}

/* RULE sample.5: the member is there. */
static void has_served(struct ledger *l, uint32_t interval_place, enum trade_round round,
                       uint32_t slot)
{
    const struct ledger_interval *interval = interval_get(l, interval_place);
    const uint32_t page = interval->page - 1;
    if (!page_get(l, page, slot, interval->number)->did_duty[round - 1])
        page_edit(l, page, slot, interval->number)->did_duty[round - 1] = true;
}

static enum contract_stage voting_stage(const struct contract *c)
{
    return c->state == CONTRACT_FINAL_VOTE ? CONTRACT_FINAL : CONTRACT_EXEC;
}

/* The bit just given may have made the quorum: phase 5 looks at it. A stage reaches it once. */
static void note_quorum(struct ledger *l, const struct contract *c, enum contract_stage stage)
{
    const bool votes = c->state == CONTRACT_EXEC_VOTE || c->state == CONTRACT_FINAL_VOTE;
    if (!votes || voting_stage(c) != stage || c->offices[stage].agree_count != contract_quorum(c))
        return;
    assert(l->decide_count < l->sizes.contracts);
    l->decide[l->decide_count++] = c->number;
}

/* One bit. The seat is known from the duty list, so nothing is searched. A ballot has no effects
 * on money, energy or due times. */
static enum err cast(struct ledger *l, const struct duty *duty, struct contract_event *ev,
                     enum contract_stage stage)
{
    const struct ledger_contract *row = contract_get(l, duty->place);
    const struct contract_world w = trade_world(l, row, l->now.a_ms);
    ev->rank = duty->rank;
    if (work_waits(l, duty->place))
        return late_of(&row->machine, !row->machine.offices[stage].has_votes);
    const enum err code = contract_check(&row->machine, ev, &w);
    if (code != ERR_OK)
        return code;
    struct ledger_contract *edited = contract_edit(l, duty->place);
    (void)trade_votes_edit(l, duty->place);
    contract_vote(&edited->machine, ev);
    if (ev->agrees)
        note_quorum(l, &edited->machine, stage);
    return ERR_OK;
}

struct ballot_list { /* whom a ballot concerns */
    uint32_t interval_place, list, count;
};

/* RULE op.1: a bit beyond the list refuses the ballot. */
static bool find_list(struct ballot_list *out, const struct ledger *l, uint32_t slot,
                      const struct ballot *op)
{
    assert(op->voted.len > 0); /* of the form, wire/op_trade.c */
    out->interval_place = interval_find(l, op->subject);
    if (out->interval_place == MARKET_NO_PLACE)
        return false;
    const uint32_t page = interval_get(l, out->interval_place)->page;
    if (page == 0)
        return false;
    out->list = trade_duty_list(l, page - 1, op->round, slot);
    out->count = trade_duty_count(l, page - 1, op->round, slot);
    uint64_t end = (uint64_t)op->first + (op->voted.len - 1) * BITS;
    for (uint32_t last = op->voted.at[op->voted.len - 1]; last > 0; last >>= 1)
        end++;
    return end <= out->count;
}

struct ballot_sum {
    enum err code; /* of the first refused bit */
    bool has_taken;
};

/* The contracts of a ballot lie anywhere: the memory of those of one byte is asked for at once. */
static void fetch(const struct ledger *l, const struct duty *duty)
{
    const uint8_t *machine = (const uint8_t *)&contract_get(l, duty->place)->machine;
    for (size_t at = 0; at < sizeof(struct contract); at += LINE_BYTES)
        __builtin_prefetch(machine + at, 1);
    __builtin_prefetch(table_get(&l->votes, duty->place), 1);
    __builtin_prefetch(&l->index.contracts.due_ms[duty->place]);
}

static void cast_byte(struct ledger *l, struct ballot_sum *sum, struct duty_reader *reader,
                      const struct ballot *op, uint32_t at, struct contract_event *ev)
{
    const enum contract_stage stage = op->stage == STAGE_EXEC ? CONTRACT_EXEC : CONTRACT_FINAL;
    struct duty duties[BITS];
    for (uint32_t bit = 0; bit < BITS; bit++) {
        if (!(op->voted.at[at] >> bit & 1))
            continue;
        duties[bit] = duty_read(reader, op->first + at * BITS + bit);
        fetch(l, &duties[bit]);
    }
    for (uint32_t bit = 0; bit < BITS; bit++) {
        if (!(op->voted.at[at] >> bit & 1))
            continue;
        ev->agrees = op->agree.at[at] >> bit & 1;
        const enum err code = cast(l, &duties[bit], ev, stage);
        sum->has_taken = sum->has_taken || code == ERR_OK;
        if (sum->code == ERR_OK)
            sum->code = code;
    }
}

enum err trade_ballot_op(struct ledger *l, const struct op_signer *s, const struct ballot *op)
{
    struct ballot_list list;
    if (!find_list(&list, l, s->slot, op))
        return ERR_NO_DUTY;
    struct duty_reader reader;
    duty_reader_init(&reader, &l->index.contracts.duties, list.list, op->first);
    struct ballot_sum sum = {.code = ERR_OK};
    struct contract_event ev = {.kind = op->stage == STAGE_EXEC ? CONTRACT_EV_VOTE_EXEC
                                                                : CONTRACT_EV_VOTE_FINAL,
                                .by = s->slot,
                                .has_rank = true};
    for (uint32_t at = 0; at < op->voted.len; at++)
        cast_byte(l, &sum, &reader, op, at, &ev);
    if (sum.has_taken)
        has_served(l, list.interval_place, op->round, s->slot);
    return sum.code;
}

/* RULE trade.11: contract, stage, rank, by whom, and what was offered. */
static void log_wrong(struct ledger *l, const struct contract *c, enum contract_stage stage,
                      const struct result_item *item)
{
    struct bytes_writer *w = log_begin(l, RECORD_WRONG);
    bytes_write_u64(w, c->number);
    bytes_write_u8(w, (uint8_t)stage);
    bytes_write_u32(w, c->rank);
    bytes_write_u32(w, c->cluster[c->rank]);
    bytes_write_u8(w, (uint8_t)item->result);
    bytes_write_u64(w, (uint64_t)item->settled_wh);
    bytes_write_u64(w, (uint64_t)item->payment_micro);
    log_end(l);
}

static enum err check_item(const struct ledger *l, uint32_t place, const struct contract_event *ev)
{
    const struct ledger_contract *row = contract_get(l, place);
    const struct contract_world w = trade_world(l, row, l->now.a_ms);
    const enum contract_state wanted =
        ev->kind == CONTRACT_EV_EXEC ? CONTRACT_EXEC_WAIT : CONTRACT_FINAL_WAIT;
    if (work_waits(l, place))
        return late_of(&row->machine, row->machine.state < wanted);
    return contract_check(&row->machine, ev, &w);
}

/* One result. RULE trade.4, RULE trade.11: a wrong one is refused, and moves the contract on. */
static enum err take_item(struct ledger *l, uint32_t slot, enum contract_stage stage,
                          const struct result_item *item)
{
    const struct contract_event ev = {.kind = stage == CONTRACT_EXEC ? CONTRACT_EV_EXEC
                                                                     : CONTRACT_EV_FINAL,
                                      .by = slot,
                                      .verdict = (enum settlement_verdict)item->result,
                                      .settled = {item->settled_wh},
                                      .payment = {item->payment_micro}};
    const uint32_t place = contract_find(l, item->contract);
    if (place == TRADE_NO_PLACE)
        return ERR_NO_CONTRACT;
    const enum err code = check_item(l, place, &ev);
    if (code != ERR_OK && code != ERR_RESULT_WRONG)
        return code;
    const struct ledger_contract *row = contract_get(l, place);
    const uint32_t interval_place = interval_find(l, row->interval);
    if (code == ERR_RESULT_WRONG)
        log_wrong(l, &row->machine, stage, item);
    else
        (void)trade_votes_edit(l, place); /* the result is its leader's ballot */
    const enum err done = trade_step(l, place, &ev, l->now.a_ms);
    assert(done == code);
    note_quorum(l, &row->machine, stage); /* a cluster of one is agreed with itself */
    has_served(l, interval_place, row->round, slot);
    return code;
}

/* Items stand alone; the op's code is that of the first refused one. */
enum err result_op(struct ledger *l, const struct op_signer *s, enum contract_stage stage,
                   const struct leader_result *op)
{
    enum err first = ERR_OK;
    for (uint32_t i = 0; i < op->item_count; i++) {
        const enum err code = take_item(l, s->slot, stage, &op->items[i]);
        if (first == ERR_OK)
            first = code;
    }
    return first;
}

/* RULE ledger.6: contracts by number. */
void trade_decide(struct ledger *l)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_DECIDE};
    const size_t mark = arena_mark(&l->scratch);
    const uint32_t count = l->decide_count;
    struct sort_item *items =
        arena_take_raw(&l->scratch, 2 * (size_t)count, sizeof *items, _Alignof(struct sort_item));
    assert(items || count == 0);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){.key = l->decide[i], .number = i};
    sort_items(items, items + count, count);
    for (uint32_t i = 0; i < count; i++)
        trade_run(l, contract_find(l, items[i].key), &ev, l->now.a_ms);
    arena_reset(&l->scratch, mark);
    l->decide_count = 0;
}

/* A deadline has passed, or the rank in office fell out; unless it was settled meanwhile. */
void trade_time(struct ledger *l, uint32_t place, uint64_t due_ms)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_TIME};
    const struct ledger_contract *row = contract_get(l, place);
    const struct contract_world w = trade_world(l, row, due_ms);
    if (contract_check(&row->machine, &ev, &w) == ERR_OK)
        trade_run(l, place, &ev, due_ms);
    else
        trade_set_due(l, place);
}

/* The contracts of a list in whose office the member is. */
static void vacate_list(struct ledger *l, uint32_t list, uint32_t slot)
{
    const struct duty_lists *d = &l->index.contracts.duties;
    const uint32_t count = duty_count(d, list);
    struct duty_reader reader;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0)
            duty_reader_init(&reader, d, list, 0);
        const struct duty duty = duty_read(&reader, i);
        const struct contract *c = &contract_get(l, duty.place)->machine;
        const bool waits = c->state == CONTRACT_EXEC_WAIT || c->state == CONTRACT_FINAL_WAIT;
        if (!waits || c->cluster[c->rank] != slot)
            continue;
        contract_edit(l, duty.place)->vacant_ms = l->now.a_ms;
        trade_set_due(l, duty.place);
    }
}

/* RULE trade.10: vacancy of the rank in office is seen in phase 3 of the same block. */
void trade_seat_vacant(struct ledger *l, uint32_t slot)
{
    for (uint32_t page = 0; page < l->sizes.pages; page++)
        for (uint32_t round = ROUND_FORWARD; round <= ROUND_MEASURED; round++)
            vacate_list(l, trade_duty_list(l, page, (enum trade_round)round, slot), slot);
}
