/* SPDX-License-Identifier: Apache-2.0 */
#include "core/qot_take.h"

#include "core/score.h"

#include <assert.h>

enum { SILENCE_VERIFICATION = 4 }; /* bit of qot_counts.silent behind those of the two stages */

static void take(struct qot_book *b, uint32_t member, enum qot_role role, enum qot_why why,
                 int64_t x)
{
    const struct qot_cause cause = qot_cause_of(member, role, why, x);
    if (why == QOT_WAS_SILENT)
        qot_take_silence(b, &cause, SILENCE_VERIFICATION);
    else
        qot_take_duty(b, &cause);
}

/* Decided: right on every decided request that it had a bit for. */
static void score_decided(struct qot_book *b, const struct qot_verification *v, uint32_t member,
                          enum qot_role role, uint64_t voted, uint64_t said)
{
    if ((said ^ v->verified) & voted & v->decided)
        take(b, member, role, QOT_WAS_FALSE, QOT_X_OWN_FAULT);
    else
        take(b, member, role, QOT_OUTCOME, SCORE_X_MOST);
}

static void score_leader(struct qot_book *b, const struct qot_verification *v)
{
    if (v->end == QOT_DECIDED)
        score_decided(b, v, v->leader, QOT_LEADER, UINT64_MAX, v->verdicts);
    else if (v->end == QOT_BLOCK_DECLINED)
        take(b, v->leader, QOT_LEADER, QOT_OUTCOME, QOT_X_OWN_FAULT);
}

static void score_seat(struct qot_book *b, const struct qot_verification *v,
                       const struct qot_seat *seat)
{
    if (seat->voted == 0) {
        take(b, seat->member, QOT_PEER, QOT_WAS_SILENT, QOT_X_OWN_FAULT);
        return;
    }
    if (v->end == QOT_DECIDED) {
        score_decided(b, v, seat->member, QOT_PEER, seat->voted, seat->verified);
        return;
    }
    if (v->end != QOT_BLOCK_DECLINED)
        return;
    const bool agreed = ~(seat->verified ^ v->verdicts) & seat->voted;
    struct qot_cause cause = qot_cause_of(seat->member, QOT_PEER, QOT_OUTCOME, QOT_X_OWN_FAULT);
    if (!agreed && b->rules.mode == QOT_REPAIRED) /* RULE qot.6 */
        cause.kappa = SCORE_KAPPA_RIGHT;
    qot_take_duty(b, &cause);
}

/* RULE qot.10: leader, then seats by slot; a block struck by evidence gives no steps. */
void qot_score_verification(struct qot_book *b, const struct qot_verification *v)
{
    struct sort_item *by_slot = b->scratch;
    assert(v->seat_count <= QOT_SEATS_MAX);
    qot_take_begin(b);
    b->recorded = true;
    if (v->end == QOT_STRUCK)
        return;
    score_leader(b, v);
    for (uint32_t i = 0; i < v->seat_count; i++)
        by_slot[i] = (struct sort_item){b->members[v->seats[i].member].slot, i};
    sort_items(by_slot, by_slot + QOT_CLUSTER_MAX, v->seat_count);
    for (uint32_t i = 0; i < v->seat_count; i++)
        score_seat(b, v, &v->seats[by_slot[i].number]);
}
