/* SPDX-License-Identifier: Apache-2.0 */
#include "core/qot_take.h"

#include "base/fixed.h"
#include "core/score.h"

#include <assert.h>

enum { HONEST_STEPS_MAX = 8 };

struct qot_cause qot_cause_of(uint32_t member, enum qot_role role, enum qot_why why, int64_t x)
{
    return (struct qot_cause){.member = member,
                              .role = role,
                              .why = why,
                              .stage = QOT_NO_STAGE,
                              .x = x,
                              .kappa = FIXED_ONE,
                              .w = FIXED_ONE};
}

void qot_take_begin(struct qot_book *b)
{
    assert(b->rules.reference_wh > 0);
    b->step_count = 0;
    b->recorded = false;
    b->record = (struct qot_record){0};
}

/* Q = v + L + f: each step counts with the role in which it was taken. */
static void add_to_record(struct qot_record *r, enum qot_role role, int64_t step)
{
    if (role == QOT_PEER)
        r->v += step;
    else if (role == QOT_LEADER)
        r->l += step;
    else
        r->f += step;
    r->q += step;
}

/* @full is the change of R without the limits, @step the one with them. */
static void take(struct qot_book *b, const struct qot_cause *cause, enum score_exponent e,
                 int64_t full, int64_t step)
{
    struct standing *m = &b->members[cause->member];
    assert(b->step_count < QOT_STEPS_MAX);
    m->score = (int32_t)(m->score + step);
    assert(m->score >= -SCORE_MAX && m->score <= SCORE_MAX);
    b->steps[b->step_count++] = (struct qot_step){.member = cause->member,
                                                  .role = cause->role,
                                                  .why = cause->why,
                                                  .stage = cause->stage,
                                                  .exponent = e,
                                                  .x = cause->x,
                                                  .kappa = cause->kappa,
                                                  .w = cause->w,
                                                  .capped = step != full,
                                                  .step = step,
                                                  .score = m->score};
    add_to_record(&b->record, cause->role, step);
    const bool failing = cause->role == QOT_SELLER || cause->role == QOT_BUYER;
    standing_look(m, b->active, b->now_interval, failing && cause->x < 0);
}

/* RULE qot.8: one failing step a role and interval; a larger loss takes what is missing to it. */
void qot_take_trader(struct qot_book *b, const struct qot_cause *cause)
{
    const struct standing *m = &b->members[cause->member];
    if (!m->live)
        return;
    if (cause->x > 0) {
        const int64_t gain = score_gain(m->score, cause->x, SCORE_TRADER, cause->w);
        take(b, cause, SCORE_TRADER, gain, gain);
        return;
    }
    assert(cause->role == QOT_SELLER || cause->role == QOT_BUYER);
    int64_t *taken = &b->counts[cause->member].taken[cause->role == QOT_BUYER];
    const int64_t whole = score_loss(m->score, cause->x, SCORE_TRADER, cause->kappa);
    const int64_t loss = score_loss_weighed(whole, cause->w);
    const int64_t rest = loss > *taken ? loss - *taken : 0;
    *taken = loss > *taken ? loss : *taken;
    take(b, cause, SCORE_TRADER, -loss, -rest);
}

/* RULE qot.8: honest duty is bounded by eight steps an interval and never leads below zero. */
static int64_t limit_honest(struct qot_book *b, uint32_t member, int64_t loss)
{
    const int32_t score = b->members[member].score;
    struct qot_counts *counts = &b->counts[member];
    if (counts->honest == HONEST_STEPS_MAX)
        return 0;
    counts->honest++;
    const int64_t room = score > 0 ? score : 0;
    return loss < room ? loss : room;
}

void qot_take_duty(struct qot_book *b, const struct qot_cause *cause)
{
    const struct standing *m = &b->members[cause->member];
    if (!m->live)
        return;
    const enum score_exponent e = cause->why == QOT_WAS_WRONG
                                      ? SCORE_TRADER
                                      : (cause->role == QOT_LEADER ? SCORE_LEADER : SCORE_PEER);
    if (cause->x > 0) {
        const int64_t gain = score_gain(m->score, cause->x, e, cause->w);
        take(b, cause, e, gain, gain);
        return;
    }
    const int64_t loss = score_loss(m->score, cause->x, e, cause->kappa);
    const bool honest = cause->kappa < FIXED_ONE;
    take(b, cause, e, -loss, -(honest ? limit_honest(b, cause->member, loss) : loss));
}

/* RULE sample.5: the first in scoring order counts, the others are recorded as 0. */
void qot_take_silence(struct qot_book *b, const struct qot_cause *cause, uint8_t silence)
{
    const struct standing *m = &b->members[cause->member];
    if (!m->live)
        return;
    struct qot_counts *counts = &b->counts[cause->member];
    const enum score_exponent e = cause->role == QOT_LEADER ? SCORE_LEADER : SCORE_PEER;
    const int64_t loss = score_loss(m->score, cause->x, e, cause->kappa);
    const bool again = counts->silent & silence;
    counts->silent = (uint8_t)(counts->silent | silence);
    take(b, cause, e, -loss, again ? 0 : -loss);
}

/* RULE sample.5: once per spell of absence, which the caller knows. */
void qot_score_slot(struct qot_book *b, uint32_t leader)
{
    const struct qot_cause silent =
        qot_cause_of(leader, QOT_LEADER, QOT_WAS_SILENT, QOT_X_OWN_FAULT);
    qot_take_begin(b);
    qot_take_duty(b, &silent);
}

/* RULE qot.10, RULE evid.1 */
void qot_score_ejection(struct qot_book *b, uint32_t member)
{
    struct standing *m = &b->members[member];
    qot_take_begin(b);
    if (!m->live)
        return;
    const struct qot_cause ejected = {
        .member = member, .role = QOT_MEMBER, .why = QOT_EJECTED, .stage = QOT_NO_STAGE};
    const int64_t fall = -(int64_t)SCORE_MAX - m->score;
    take(b, &ejected, 0, fall, fall);
    m->live = false;
}
