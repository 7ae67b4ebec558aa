/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/presence.h"

#include "crypto/vrf.h"
#include "ledger/scores.h"
#include "ledger/state.h"

#include <assert.h>

enum { KIND_SHIFT = 56 };

uint64_t draw_number(enum draw_kind kind, uint64_t of)
{
    assert(of >> KIND_SHIFT == 0);
    return (uint64_t)kind << KIND_SHIFT | of;
}

enum draw_kind draw_kind(uint64_t number)
{
    return (enum draw_kind)(number >> KIND_SHIFT);
}

uint64_t draw_of(uint64_t number)
{
    return number & ((UINT64_C(1) << KIND_SHIFT) - 1);
}

void presence_ask(struct ledger *l, enum draw_kind kind, uint64_t of)
{
    const bool has_room = beacon_admit(&l->head->beacon, draw_number(kind, of));
    assert(has_room); /* see sizes.c: only rounds with a page ask */
}

/* RULE sample.5: a slot in which something was due, and its leader gave nothing. */
static void judge_slot(struct ledger *l, const struct slot_record *record)
{
    const struct member *m = record->leader == LEADER_NONE ? NULL : member_find(l, record->leader);
    const bool in_spell = m && m->slot_was_silent;
    if (slot_judge(record, in_spell) != SLOT_SILENT)
        return;
    struct qot_book book;
    scores_open(l, &book, NULL);
    standing_edit(l, record->leader);
    member_edit(l, record->leader)->slot_was_silent = true;
    qot_score_slot(&book, record->leader);
    scores_close(l, &book);
}

/* RULE sample.5, join.2: who may have been in V for less than doc_ms is not blamed for a request;
 * it may not have the document. */
static bool verification_was_due(const struct ledger *l)
{
    const struct epoch *epoch = &l->head->epoch;
    const uint64_t since_ms = epoch->has_next ? 0 : l->now.a_ms - epoch->began_ms;
    return since_ms >= l->params->windows.doc_ms && verification_is_due(l);
}

void presence_enter(struct ledger *l)
{
    struct head *head = l->head;
    struct slot_record record;
    uint64_t epoch;
    const struct pubkey *vrf;
    const struct leader_seats *v = epoch_next_v(l, &vrf, &epoch);
    if (slots_close(&head->slots, &record, l->now.slot))
        judge_slot(l, &record);
    const bool due = head->beacon.waiting_count > 0 || verification_was_due(l);
    slots_enter(&head->slots, l->now.slot, leader_get(v, l->now.slot), due);
    const struct beacon_block block = {.height = l->now.height,
                                       .slot = l->now.slot,
                                       .a_ms = l->now.a_ms,
                                       .previous = l->now.previous};
    beacon_enter(&head->beacon, &block);
}

static void give_seed(struct ledger *l, const struct beacon_drawn *d)
{
    const enum draw_kind kind = draw_kind(d->number);
    const uint64_t of = draw_of(d->number);
    if (kind == DRAW_EPOCH) {
        epoch_draw(l, &d->seed);
        return;
    }
    if (kind == DRAW_CONTINUOUS) {
        market_seed_continuous(l, of, &d->seed);
        return;
    }
    const uint32_t place = interval_find(l, of);
    assert(place != MARKET_NO_PLACE); /* a row stays while a draw of it waits */
    struct ledger_round *round = &interval_edit(l, place)->rounds[kind == DRAW_MEASURED];
    round->has_seed = true;
    round->is_fallback = d->is_fallback;
    round->seed = d->seed;
}

void presence_draw(struct ledger *l)
{
    struct beacon *beacon = &l->head->beacon;
    beacon->times.wait_ms = l->params->windows.beacon_wait_ms;
    const size_t mark = arena_mark(&l->scratch);
    struct beacon_drawn *drawn =
        arena_take_raw(&l->scratch, l->sizes.waiting, sizeof *drawn, _Alignof(struct beacon_drawn));
    assert(drawn);
    const uint32_t count = beacon_draw(beacon, drawn, &l->head->epoch.v);
    for (uint32_t i = 0; i < count; i++)
        give_seed(l, &drawn[i]);
    if (count > 0 && drawn[count - 1].is_fallback) { /* RULE boot.4: RECORD_SEED: the new seed */
        struct bytes_writer *w = log_begin(l, RECORD_SEED);
        bytes_write_span(w, (struct span){beacon->seed.bytes, HASH_BYTES});
        log_end(l);
    }
    arena_reset(&l->scratch, mark);
}

static enum err code_of(enum beacon_verdict verdict)
{
    switch (verdict) {
    case BEACON_OK:
        return ERR_OK;
    case BEACON_NOT_LEADER:
        return ERR_NOT_LEADER;
    case BEACON_EARLY:
        return ERR_EARLY;
    case BEACON_LATE:
        return ERR_LATE;
    case BEACON_DUPLICATE:
        return ERR_DUPLICATE;
    case BEACON_NOT_DUE:
        break;
    }
    return ERR_NOT_DUE;
}

/* RULE beacon.1. What was not asked to prove anything (claims.c) is refused by its place in V. */
enum err beacon_reveal_op(struct ledger *l, const struct op_signer *s,
                          const struct beacon_reveal *op)
{
    const struct epoch *epoch = &l->head->epoch;
    struct beacon_share share = {.slot = op->slot, .member = s->slot};
    if (op->epoch != epoch->number)
        return ERR_EPOCH_OTHER;
    const enum beacon_verdict verdict = beacon_check(&l->head->beacon, &share, &epoch->v);
    if (verdict != BEACON_OK)
        return code_of(verdict);
    if (!vrf_proof_to_hash(&share.output, &op->proof))
        return ERR_OP_PROOF;
    const enum beacon_verdict taken = beacon_reveal(&l->head->beacon, &share, &epoch->v);
    assert(taken == BEACON_OK);
    presence_serve(l, op->slot);
    return ERR_OK;
}

void presence_serve(struct ledger *l, uint64_t slot)
{
    const bool in_time = slots_serve(&l->head->slots, slot, l->now.slot);
    assert(in_time);
}

void presence_seen(struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    if (m->is_absent)
        member_set_absent(l, slot, false);
    if (m->slot_was_silent)
        member_edit(l, slot)->slot_was_silent = false;
}

void presence_round(struct ledger *l, uint32_t slot, bool did_something)
{
    const struct member *m = member_get(l, slot);
    const uint32_t missed = did_something ? 0 : m->rounds_missed + 1;
    if (missed != m->rounds_missed)
        member_edit(l, slot)->rounds_missed = missed;
    if (missed >= l->params->sampling.absent_after_rounds && !m->is_absent)
        member_set_absent(l, slot, true);
}

void presence_mix(struct ledger *l)
{
    beacon_mix(&l->head->beacon, &l->head->epoch.v);
}
