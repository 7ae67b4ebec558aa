/* SPDX-License-Identifier: Apache-2.0 */
#include "core/qot_take.h"

#include "base/bitmap.h"
#include "base/fixed.h"
#include "core/score.h"

#include <assert.h>

/* Nobody: a stage without a right result, a contract without a leader. */
enum { NO_RANK = QOT_CLUSTER_MAX };

static int8_t alpha_of_condition(enum qot_condition condition)
{
    switch (condition) {
    case QOT_C1:
    case QOT_C4:
        return 1;
    case QOT_C2:
    case QOT_C3:
        return -1;
    case QOT_NONE:
        return 0;
    }
    assert(false);
    return 0;
}

static uint32_t right_rank(const struct qot_stage_log *log)
{
    for (uint32_t i = 0; log && i < log->rank_count; i++)
        if (log->ranks[i].did == QOT_RIGHT)
            return log->ranks[i].rank;
    return NO_RANK;
}

static bool has_fault(const struct qot_stage_log *log)
{
    for (uint32_t i = 0; log && i < log->rank_count; i++)
        if (log->ranks[i].did == QOT_SILENT || log->ranks[i].did == QOT_WRONG)
            return true;
    return false;
}

/* RULE trade.9 */
int8_t qot_alpha(const struct qot_contract *c)
{
    if (c->end == QOT_DECLINED)
        return alpha_of_condition(c->condition);
    const struct qot_stage_log *exec = c->stages[QOT_EXEC];
    return c->end == QOT_VOID && right_rank(exec) == NO_RANK && has_fault(exec) ? 2 : 0;
}

/* RULE qot.2: C2 and C4 measure nothing, there the whole is missing. */
static int64_t failure_x(const struct qot_contract *c)
{
    if (c->condition == QOT_C1)
        return score_x_failure(c->energy_wh - c->s_wh, c->energy_wh);
    if (c->condition == QOT_C3)
        return score_x_failure(c->energy_wh - c->b_wh, c->energy_wh);
    return score_x_failure(c->energy_wh, c->energy_wh);
}

static int64_t outcome_x(const struct qot_contract *c)
{
    const int64_t promised = c->energy_wh < c->b_wh ? c->energy_wh : c->b_wh;
    if (c->end == QOT_SETTLED)
        return score_x_success(c->settled_wh, promised);
    return c->end == QOT_DECLINED ? failure_x(c) : 0;
}

struct scoring { /* one contract on its way through the steps */
    struct qot_book *book;
    const struct qot_contract *contract;
    int64_t x, volume;          /* volume: w_vol */
    uint32_t leads[QOT_STAGES]; /* rank whose window it was, or NO_RANK */
    uint32_t leader;            /* rank whose right result stood last, or NO_RANK */
};

/* RULE qot.5, RULE qot.7 */
static void score_traders(struct scoring *s)
{
    const struct qot_contract *c = s->contract;
    const int8_t alpha = qot_alpha(c);
    const uint32_t times =
        standing_times(&s->book->members[c->seller], &s->book->members[c->buyer]);
    struct qot_cause cause = qot_cause_of(c->seller, QOT_SELLER, QOT_OUTCOME, s->x);
    cause.w = fixed_mul(score_weight_pair(times), s->volume);
    if (s->x > 0 || (s->x < 0 && alpha == 1))
        qot_take_trader(s->book, &cause);
    cause.member = c->buyer;
    cause.role = QOT_BUYER;
    if (s->x > 0 || (s->x < 0 && alpha == -1))
        qot_take_trader(s->book, &cause);
}

/* RULE qot.5, RULE qot.6: the outcome of a leader or peer that did its duty. */
static void take_outcome(struct scoring *s, uint32_t rank, enum qot_role role)
{
    struct qot_cause cause = qot_cause_of(s->contract->cluster[rank], role, QOT_OUTCOME, s->x);
    if (s->x > 0)
        cause.w = s->volume;
    else if (s->book->rules.mode == QOT_REPAIRED)
        cause.kappa = SCORE_KAPPA_RIGHT;
    if (s->x != 0)
        qot_take_duty(s->book, &cause);
}

/* RULE qot.5: e = 3 or 5 of an office, e = 1 of a bit, always in full. */
static void take_fault(struct scoring *s, uint32_t rank, enum qot_role role, enum qot_why why,
                       enum qot_stage stage)
{
    struct qot_cause cause = qot_cause_of(s->contract->cluster[rank], role, why, QOT_X_OWN_FAULT);
    cause.stage = stage;
    if (why == QOT_WAS_SILENT)
        qot_take_silence(s->book, &cause, (uint8_t)(1U << stage));
    else
        qot_take_duty(s->book, &cause);
}

enum bit { BIT_NOT_OWED, BIT_RIGHT, BIT_SILENT, BIT_FALSE };

/* What the seat at @rank said in a stage's vote window. The result offered is the judge's
 * (trade.11), so that to disagree is false. */
static enum bit bit_of(const struct scoring *s, enum qot_stage stage, uint32_t rank)
{
    const struct qot_contract *c = s->contract;
    if (s->leads[stage] == NO_RANK || s->leads[stage] == rank)
        return BIT_NOT_OWED;
    if (!bitmap_get(c->stages[stage]->voted, c->cluster_count, rank))
        return BIT_SILENT;
    return bitmap_get(c->stages[stage]->agree, c->cluster_count, rank) ? BIT_RIGHT : BIT_FALSE;
}

static bool has_bad_bit(const struct scoring *s, uint32_t rank)
{
    for (enum qot_stage stage = QOT_EXEC; stage < QOT_NO_STAGE; stage++) {
        const enum bit bit = bit_of(s, stage, rank);
        if (bit == BIT_SILENT || bit == BIT_FALSE)
            return true;
    }
    return false;
}

/* The offices that @rank held: their faults. True if there was one. */
static bool score_offices(struct scoring *s, uint32_t rank)
{
    bool fault = false;
    for (enum qot_stage stage = QOT_EXEC; stage < QOT_NO_STAGE; stage++) {
        const struct qot_stage_log *log = s->contract->stages[stage];
        for (uint32_t i = 0; log && i < log->rank_count; i++) {
            const enum qot_did did = log->ranks[i].did;
            if (log->ranks[i].rank != rank || did == QOT_RIGHT || did == QOT_VACANT)
                continue;
            take_fault(s, rank, QOT_LEADER, did == QOT_SILENT ? QOT_WAS_SILENT : QOT_WAS_WRONG,
                       stage);
            fault = true;
        }
    }
    return fault;
}

/* One more than the highest rank that held an office. */
static uint32_t ranks_end(const struct qot_contract *c)
{
    uint32_t end = 0;
    for (enum qot_stage stage = QOT_EXEC; stage < QOT_NO_STAGE; stage++) {
        const struct qot_stage_log *log = c->stages[stage];
        for (uint32_t i = 0; log && i < log->rank_count; i++) {
            assert(log->ranks[i].rank < c->cluster_count);
            end = log->ranks[i].rank >= end ? log->ranks[i].rank + 1 : end;
        }
    }
    return end;
}

static void score_leaders(struct scoring *s)
{
    const uint32_t end = ranks_end(s->contract);
    for (uint32_t rank = 0; rank < end; rank++) {
        const bool fault = score_offices(s, rank);
        if (rank == s->leader && !fault && !has_bad_bit(s, rank))
            take_outcome(s, rank, QOT_LEADER);
    }
}

static void score_seat(struct scoring *s, uint32_t rank)
{
    bool gave = false, bad = false;
    for (enum qot_stage stage = QOT_EXEC; stage < QOT_NO_STAGE; stage++) {
        const enum bit bit = bit_of(s, stage, rank);
        gave |= bit == BIT_RIGHT;
        if (bit != BIT_SILENT && bit != BIT_FALSE)
            continue;
        bad = true;
        take_fault(s, rank, QOT_PEER, bit == BIT_SILENT ? QOT_WAS_SILENT : QOT_WAS_FALSE, stage);
    }
    if (gave && !bad && rank != s->leader)
        take_outcome(s, rank, QOT_PEER);
}

static void score_peers(struct scoring *s)
{
    const struct qot_contract *c = s->contract;
    struct sort_item *by_slot = s->book->scratch;
    if (s->leads[QOT_EXEC] == NO_RANK && s->leads[QOT_FINAL] == NO_RANK)
        return;
    for (uint32_t rank = 0; rank < c->cluster_count; rank++)
        by_slot[rank] = (struct sort_item){s->book->members[c->cluster[rank]].slot, rank};
    sort_items(by_slot, by_slot + QOT_CLUSTER_MAX, c->cluster_count);
    for (uint32_t i = 0; i < c->cluster_count; i++)
        score_seat(s, (uint32_t)by_slot[i].number);
}

/* RULE qot.1: rings, closed trades, quarters, partners; not of a void. */
static void close_trade(struct scoring *s)
{
    const struct qot_contract *c = s->contract;
    struct qot_book *b = s->book;
    struct standing *seller = &b->members[c->seller], *buyer = &b->members[c->buyer];
    if (c->end == QOT_VOID)
        return;
    const uint32_t settled = c->unwitnessed ? 1 : STANDING_QUARTERS;
    const uint32_t quarters = c->end == QOT_SETTLED ? settled : 0;
    standing_close(seller, buyer->slot, quarters, b->active);
    standing_close(buyer, seller->slot, quarters, b->active);
    standing_look(seller, b->active, b->now_interval, false);
    standing_look(buyer, b->active, b->now_interval, false);
}

void qot_score_contract(struct qot_book *b, const struct qot_contract *c)
{
    assert(c->cluster_count <= QOT_CLUSTER_MAX && c->seller != c->buyer);
    const int64_t energy = c->end == QOT_SETTLED ? c->settled_wh : c->energy_wh;
    struct scoring s = {
        .book = b,
        .contract = c,
        .x = outcome_x(c),
        .volume = score_weight_volume(energy, b->rules.reference_wh),
        .leads = {right_rank(c->stages[QOT_EXEC]), right_rank(c->stages[QOT_FINAL])}};
    s.leader = s.leads[s.leads[QOT_FINAL] == NO_RANK ? QOT_EXEC : QOT_FINAL];
    qot_take_begin(b);
    b->recorded = true;
    b->record.x = s.x;
    b->record.alpha = qot_alpha(c);
    /* RULE qot.1: seller, buyer, leaders by rank, peers by slot. */
    score_traders(&s);
    score_leaders(&s);
    score_peers(&s);
    close_trade(&s);
}
