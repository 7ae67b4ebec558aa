/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bitmap.h"
#include "ledger/scores.h"
#include "ledger/trade_inner.h"

#include <assert.h>

enum { STEP_BYTES = 45, STEPS_LEAF = 16 };

struct scored { /* one contract on its way through its steps */
    uint32_t interval_place, page;
    const struct ledger_contract *row;
    struct qot_stage_log logs[QOT_STAGES];
    struct qot_contract contract;
    struct qot_book book;
};

static const struct ledger_round *round_of(const struct ledger *l, const struct scored *s)
{
    return &interval_get(l, s->interval_place)->rounds[s->row->round - 1];
}

static enum qot_end end_of(const struct contract *c)
{
    if (c->state == CONTRACT_SETTLED)
        return QOT_SETTLED;
    return c->state == CONTRACT_DECLINED ? QOT_DECLINED : QOT_VOID;
}

static enum qot_condition condition_of(enum settlement_verdict cond)
{
    switch (cond) {
    case VERDICT_C1:
        return QOT_C1;
    case VERDICT_C2:
        return QOT_C2;
    case VERDICT_C3:
        return QOT_C3;
    case VERDICT_C4:
        return QOT_C4;
    case VERDICT_VOID:
    case VERDICT_PASS:
    case VERDICT_COUNT:
        break;
    }
    return QOT_NONE;
}

static void fill_stage(struct qot_stage_log *out, const struct contract_office *office)
{
    static const enum qot_did did[] = {[DID_RIGHT] = QOT_RIGHT,
                                       [DID_WRONG] = QOT_WRONG,
                                       [DID_SILENT] = QOT_SILENT,
                                       [DID_VACANT] = QOT_VACANT};
    out->rank_count = office->rank_count;
    for (uint32_t i = 0; i < office->rank_count; i++)
        out->ranks[i] =
            (struct qot_rank){.rank = office->first_rank + i, .did = did[office->did[i]]};
    out->voted = office->has_votes ? office->voted : NULL;
    out->agree = office->has_votes ? office->agree : NULL;
}

/* Members are named by slot, which is their row. */
static void fill_contract(struct scored *s)
{
    const struct contract *c = &s->row->machine;
    s->contract = (struct qot_contract){.number = c->number,
                                        .interval = s->row->interval,
                                        .seller = c->seller,
                                        .buyer = c->buyer,
                                        .energy_wh = s->row->terms.energy.wh,
                                        .s_wh = c->judged.s.wh,
                                        .b_wh = c->judged.b.wh,
                                        .settled_wh = contract_settled(c).wh,
                                        .end = end_of(c),
                                        .condition = condition_of(c->cond),
                                        .unwitnessed = c->unwitnessed,
                                        .cluster_count = c->cluster_count,
                                        .cluster = c->cluster};
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        if (c->offices[stage].rank_count == 0)
            continue;
        fill_stage(&s->logs[stage], &c->offices[stage]);
        s->contract.stages[stage] = &s->logs[stage];
    }
}

static bool held_office(const struct contract_office *office, uint32_t rank)
{
    return rank >= office->first_rank && rank - office->first_rank < office->rank_count;
}

/* The seat may take a step. */
static bool is_concerned(const struct contract *c, uint32_t rank)
{
    bool is = false;
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++)
        is = is || c->offices[stage].has_votes || held_office(&c->offices[stage], rank);
    return is;
}

/* The seat may take a step that the limits of the interval count: a loss. */
static bool may_lose(const struct contract *c, uint32_t rank)
{
    bool may = c->state == CONTRACT_DECLINED;
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        const struct contract_office *office = &c->offices[stage];
        may = may || held_office(office, rank) ||
              (office->has_votes && !bitmap_get(office->agree, c->cluster_count, rank));
    }
    return may;
}

static void open_member(struct ledger *l, const struct scored *s, uint32_t slot, bool counts)
{
    (void)standing_edit(l, slot);
    if (counts)
        (void)page_counts_edit(l, s->page, slot, s->row->interval);
}

/* Every row that the scoring may change is saved before. A VOID that no rank was asked about
 * changes none, and may have closed before its interval had a page. */
static void open_rows(struct ledger *l, const struct scored *s)
{
    const struct contract *c = &s->row->machine;
    if (c->state != CONTRACT_VOID) {
        open_member(l, s, c->seller, true);
        open_member(l, s, c->buyer, true);
    }
    for (uint32_t rank = 0; rank < c->cluster_count; rank++)
        if (is_concerned(c, rank))
            open_member(l, s, c->cluster[rank], may_lose(c, rank));
}

/* The tables' rows are the book's arrays, by slot; a contract keeps its rules (param.1). */
static void open_book(struct ledger *l, struct scored *s)
{
    struct qot_counts *rows = (struct qot_counts *)(void *)l->page_counts.rows;
    scores_open(l, &s->book, rows + (size_t)s->page * (l->sizes.members + 1));
    s->book.rules = s->row->rules;
}

/* member; role, why, stage, exponent, a byte each; x, kappa, w, capped, step, R after it */
static void write_step(struct bytes_writer *w, const struct qot_step *step)
{
    bytes_write_u32(w, step->member);
    bytes_write_u32(w, (uint32_t)step->role | (uint32_t)step->why << 8 |
                           (uint32_t)step->stage << 16 | (uint32_t)step->exponent << 24);
    bytes_write_u64(w, (uint64_t)step->x);
    bytes_write_u64(w, (uint64_t)step->kappa);
    bytes_write_u64(w, (uint64_t)step->w);
    bytes_write_u8(w, step->capped);
    bytes_write_u64(w, (uint64_t)step->step);
    bytes_write_u32(w, (uint32_t)step->score);
}

/* Steps @first to @end - 1, one behind the other. */
static struct hash steps_leaf(const struct qot_book *book, uint32_t first, uint32_t end)
{
    uint8_t bytes[STEPS_LEAF * STEP_BYTES];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    for (uint32_t i = first; i < end; i++)
        write_step(&w, &book->steps[i]);
    assert(!w.full);
    return merkle_leaf((struct span){bytes, (size_t)(w.at - bytes)});
}

/* A leaf for each STEPS_LEAF of them: a leaf a step would cost as much as all the rest. */
static struct hash steps_root(const struct qot_book *book)
{
    struct hash leaves[QOT_STEPS_MAX / STEPS_LEAF + 1];
    uint32_t count = 0;
    for (uint32_t first = 0; first < book->step_count; first += STEPS_LEAF) {
        const uint32_t left = book->step_count - first;
        leaves[count++] =
            steps_leaf(book, first, first + (left < STEPS_LEAF ? left : (uint32_t)STEPS_LEAF));
    }
    return mmr_root_of_list(leaves, count);
}

static void write_i64(struct bytes_writer *w, int64_t value)
{
    bytes_write_u64(w, (uint64_t)value);
}

static void write_hash(struct bytes_writer *w, const struct hash *hash)
{
    bytes_write_span(w, (struct span){hash->bytes, sizeof hash->bytes});
}

/* number, interval, round, seller, buyer, energy, price, take, min_delivery, tolerance, fee per
 * kWh, fee, agreement? and its hash */
static void write_terms(struct bytes_writer *w, const struct ledger_contract *row)
{
    const struct settlement_terms *t = &row->terms;
    bytes_write_u64(w, row->machine.number);
    bytes_write_u64(w, row->interval);
    bytes_write_u8(w, (uint8_t)row->round);
    bytes_write_u32(w, t->seller);
    bytes_write_u32(w, t->buyer);
    write_i64(w, t->energy.wh);
    write_i64(w, t->price.micro_per_kwh);
    bytes_write_u8(w, (uint8_t)t->take);
    bytes_write_u32(w, t->min_delivery_ppm);
    write_i64(w, t->tolerance.wh);
    write_i64(w, row->fee);
    write_i64(w, row->fee_micro);
    bytes_write_u8(w, row->is_agreement);
    if (row->is_agreement)
        write_hash(w, &row->agreement);
}

/* Per stage: how many ranks held it, the first, what each did; whether there was a vote window, and
 * then both bitmaps. */
static void write_stage(struct bytes_writer *w, const struct contract *c,
                        const struct contract_office *office)
{
    const size_t bytes = bitmap_bytes(c->cluster_count);
    bytes_write_u8(w, (uint8_t)office->rank_count);
    bytes_write_u32(w, office->first_rank);
    bytes_write_span(w, (struct span){office->did, office->rank_count});
    bytes_write_u8(w, office->has_votes);
    if (!office->has_votes)
        return;
    bytes_write_span(w, (struct span){office->voted, bytes});
    bytes_write_span(w, (struct span){office->agree, bytes});
}

/* RULE ledger.1. Terms; state, condition, alpha, unwitnessed, settled, payment, s, b; the draw:
 * seed, height of the frozen members, k, e; both stages; x, alpha, v, L, f, Q; the number of
 * steps and the root of their list, sixteen steps a leaf. */
static void write_record(struct ledger *l, const struct scored *s)
{
    const struct contract *c = &s->row->machine;
    const struct ledger_round *round = round_of(l, s);
    const struct qot_record *q = &s->book.record;
    const struct hash root = steps_root(&s->book);
    const bool is_settled = c->state == CONTRACT_SETTLED;
    struct bytes_writer *w = log_begin(l, RECORD_CONTRACT);
    write_terms(w, s->row);
    bytes_write_u8(w, (uint8_t)c->state);
    bytes_write_u8(w, (uint8_t)c->cond);
    bytes_write_u32(w, (uint32_t)c->alpha);
    bytes_write_u8(w, c->unwitnessed);
    write_i64(w, contract_settled(c).wh);
    write_i64(w, is_settled ? c->judged.payment.micro : 0);
    write_i64(w, c->judged.s.wh);
    write_i64(w, c->judged.b.wh);
    write_hash(w, &round->seed);
    bytes_write_u64(w, round->frozen_height);
    bytes_write_u32(w, c->cluster_count);
    bytes_write_u32(w, c->eligible);
    write_stage(w, c, &c->offices[CONTRACT_EXEC]);
    write_stage(w, c, &c->offices[CONTRACT_FINAL]);
    write_i64(w, q->x);
    bytes_write_u32(w, (uint32_t)(int32_t)q->alpha);
    write_i64(w, q->v);
    write_i64(w, q->l);
    write_i64(w, q->f);
    write_i64(w, q->q);
    bytes_write_u32(w, s->book.step_count);
    write_hash(w, &root);
    log_end(l);
}

/* RULE sample.5: a duty of this round was due and nothing came. */
static void note_silence(struct ledger *l, const struct scored *s)
{
    const uint32_t round = (uint32_t)s->row->round - 1;
    for (uint32_t i = 0; i < s->book.step_count; i++) {
        const struct qot_step *step = &s->book.steps[i];
        const bool is_silent = step->why == QOT_WAS_SILENT;
        if (is_silent && !page_get(l, s->page, step->member, s->row->interval)->had_duty[round])
            page_edit(l, s->page, step->member, s->row->interval)->had_duty[round] = true;
    }
}

static void score(struct ledger *l, struct scored *s)
{
    fill_contract(s);
    open_rows(l, s);
    open_book(l, s);
    qot_score_contract(&s->book, &s->contract);
    write_record(l, s);
    note_silence(l, s);
    scores_close(l, &s->book);
}

/* RULE qot.1: the steps of a closed contract, together. A row that stands in duty lists stays until
 * they go, so that these can be found again (RULE op.1). */
void trade_score(struct ledger *l, uint32_t place, uint64_t due_ms)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_SCORED};
    const struct ledger_contract *row = contract_get(l, place);
    const uint32_t interval_place = interval_find(l, row->interval);
    const uint32_t page = interval_get(l, interval_place)->page;
    const enum trade_round round = row->round;
    struct scored s = {.interval_place = interval_place, .row = row};
    s.page = page > 0 ? page - 1 : 0; /* without a page nothing is counted, see open_rows */
    trade_run(l, place, &ev, due_ms);
    score(l, &s);
    interval_edit(l, interval_place)->rounds[round - 1].unscored_count--;
    if (row->machine.cluster_count == 0)
        trade_free(l, place);
    if (!trade_end_round(l, interval_place, round))
        interval_give_back(l, interval_place);
}

/* RULE sample.5: who was due and did nothing at all, and who did something. */
static void tell_presence(struct ledger *l, const struct ledger_interval *interval,
                          enum trade_round round)
{
    const uint32_t page = interval->page - 1, count = member_count(l);
    for (uint32_t slot = 1; slot <= count; slot++) {
        if (trade_duty_count(l, page, round, slot) == 0 || !member_is_live(member_get(l, slot)))
            continue;
        const struct page_member *m = page_get(l, page, slot, interval->number);
        if (m->had_duty[round - 1] || m->did_duty[round - 1])
            presence_round(l, slot, m->did_duty[round - 1]);
    }
}

static void free_contracts(struct ledger *l, uint32_t interval_place, enum trade_round round)
{
    const size_t mark = arena_mark(&l->scratch);
    uint32_t count;
    const uint32_t *places = trade_list_round(l, interval_place, round, 0, &count);
    for (uint32_t i = 0; i < count; i++)
        trade_free(l, places[i]);
    arena_reset(&l->scratch, mark);
}

bool trade_end_round(struct ledger *l, uint32_t interval_place, enum trade_round round)
{
    const struct ledger_interval *interval = interval_get(l, interval_place);
    const struct ledger_round *r = &interval->rounds[round - 1];
    if (r->phase != PHASE_DRAWN || r->unscored_count > 0)
        return false;
    tell_presence(l, interval, round);
    for (uint32_t slot = 1; slot <= member_count(l); slot++)
        duty_drop(&l->index.contracts.duties, trade_duty_list(l, interval->page - 1, round, slot));
    free_contracts(l, interval_place, round);
    interval_edit(l, interval_place)->rounds[round - 1].phase = PHASE_OVER;
    interval_give_back(l, interval_place);
    return true;
}
