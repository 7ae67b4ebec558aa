/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/ops.h"
#include "ledger/state.h"
#include "ledger/walk.h"

#include <assert.h>

/* Everything that is saved at its first touch in a block. */
static uint32_t all_tables(struct ledger *l, struct table *out[STATE_TABLES_MAX])
{
    struct table *const tables[] = {
        &l->head_table,    &l->waiting_table, &l->params_table, &l->members, &l->standings,
        &l->accounts,      &l->windows,       &l->joins,        &l->blocks,  &l->changes,
        &l->orders,        &l->intervals,     &l->contracts,    &l->votes,   &l->page_members,
        &l->page_energies, &l->page_counts,   &l->eligible,     &l->payouts, &l->days,
        &l->fees,          &l->feeders,       &l->authority,    &l->texts,   &l->market_table,
        &l->fees_before};
    const uint32_t count = sizeof tables / sizeof tables[0];
    for (uint32_t i = 0; i < count; i++)
        out[i] = tables[i];
    for (uint32_t i = 0; i < STORE_COUNT; i++)
        out[count + i] = &l->numbers[i];
    return count + STORE_COUNT;
}

void state_settle(struct ledger *l)
{
    struct table *tables[STATE_TABLES_MAX];
    const uint32_t count = all_tables(l, tables);
    for (uint32_t i = 0; i < count; i++)
        table_begin(tables[i]);
    for (uint32_t i = 0; i < STORE_COUNT; i++)
        store_begin(&l->stores[i]);
}

void state_begin(struct ledger *l)
{
    state_settle(l);
    l->has_before = true;
    delta_begin(&l->delta);
    l->log_entry_count = 0;
    l->decide_count = 0;
    bytes_writer_init(&l->log_writer, l->log_bytes, l->log_size);
    l->head = table_edit(&l->head_table, 0);
    struct beacon_waiting *waiting = table_edit(&l->waiting_table, 0);
    assert(l->head->beacon.waiting == waiting);
    state_mark(l, STORE_HEAD, 0);
}

/* RULE ledger.6, phase 1: clock, slot, intervals that have ended. */
static void enter(struct ledger *l, const struct block *block)
{
    struct head *head = l->head;
    const bool is_next =
        block->height == head->last.height + 1 &&
        clock_step(&head->last, &l->times, block->time_ms); /* the engine keeps RULE num.2 */
    assert(is_next);
    l->now = (struct block_now){.height = head->last.height,
                                .t_ms = head->last.t_ms,
                                .a_ms = head->last.a_ms,
                                .due_ms = head->last.a_ms,
                                .slot = clock_slot(&l->times, head->last.t_ms),
                                .interval = clock_interval(&l->times, head->last.t_ms),
                                .hash = block->hash,
                                .previous = head->block_hash,
                                .steps_left = l->params->limits.deadline_work_max,
                                .draws_left = l->params->limits.draw_work_max,
                                .claims_left = l->params->limits.block_claims_max};
    if (l->now.height == 1)
        head->interval_first = head->interval_next = l->now.interval;
    head->block_hash = block->hash;
    presence_enter(l);
    market_enter(l);
}

/* Phase 2: what binds from this height on. */
static void bind(struct ledger *l)
{
    members_bind(l);
    changes_bind(l);
    epoch_bind(l);
}

static void add_code(struct ledger_results *out, enum err code)
{
    assert(out->code_count < out->code_max);
    out->codes[out->code_count++] = (uint16_t)code;
}

static void apply_envelope(struct ledger *l, const struct envelope *e,
                           const struct door_verdict *verdict, struct ledger_results *out)
{
    struct op_signer signer;
    const enum err admitted = door_admit(l, e, verdict, &signer);
    for (uint32_t i = 0; i < e->op_count; i++) {
        signer.is_proven = verdict->ops_proven >> i & 1;
        add_code(out, admitted == ERR_OK ? ops_apply(l, &signer, &e->ops[i]) : admitted);
    }
}

/* Phase 4: operations in block order. */
static void operate(struct ledger *l, const struct ledger_block *b, struct ledger_results *out)
{
    struct walk walk;
    uint32_t envelope = 0, bundle = 0;
    walk_init(&walk, b->block, l->walk_memory, l->walk_size);
    out->code_count = 0;
    while (walk_next(&walk)) {
        assert(envelope < b->verdict_count);
        const struct door_verdict *verdict = &b->verdicts[envelope++];
        for (; bundle < walk.bundle_next - 1; bundle++) /* empty ones before it */
            out->bundle_ends[bundle] = out->code_count;
        if (walk.is_readable)
            apply_envelope(l, &walk.envelope, verdict, out);
        else
            add_code(out, ERR_ENVELOPE_FORM);
    }
    for (; bundle < b->block->bundle_count; bundle++)
        out->bundle_ends[bundle] = out->code_count;
}

void state_apply(struct ledger *l, const struct ledger_block *b, struct ledger_results *out)
{
    state_begin(l);
    enter(l, b->block); /* 1 */
    bind(l);            /* 2 */
    presence_draw(l);   /* 3 */
    verification_note(l);
    due_run(l);
    operate(l, b, out);     /* 4 */
    verification_decide(l); /* 5 */
    changes_decide(l);
    trade_decide(l);
    epoch_look(l);
    market_run_continuous(l);
    presence_mix(l);             /* 6 */
    assert(ledger_sums_hold(l)); /* 7, RULE ledger.5 */
}

void ledger_apply(struct ledger *l, const struct ledger_block *b, struct ledger_results *out)
{
    state_apply(l, b, out);
    out->app_hash = state_seal(l); /* 8 */
}

void state_exchange(struct ledger *l)
{
    struct table *tables[STATE_TABLES_MAX];
    const uint32_t count = all_tables(l, tables);
    for (uint32_t i = 0; i < count; i++)
        table_exchange(tables[i]);
}

void ledger_undo(struct ledger *l)
{
    struct table *tables[STATE_TABLES_MAX];
    const uint32_t count = all_tables(l, tables);
    for (uint32_t i = 0; i < count; i++)
        table_undo(tables[i]);
    for (uint32_t i = 0; i < STORE_COUNT; i++) {
        store_undo(&l->stores[i]);
        l->roots[i] = store_root(&l->stores[i]);
    }
    l->log_entry_count = 0;
    l->has_before = false;
    state_rebuild(l);
}
