/* SPDX-License-Identifier: Apache-2.0 */
/* study contract: what closed contracts and expulsions do to the scores. */
#include "app/study_round.h"

#include <assert.h>

static uint32_t row_of(const struct study_round *s, uint32_t slot)
{
    uint32_t row;
    const bool found = study_find_row(&row, &s->book.slots, slot);
    assert(found); /* all members of the round are in the book */
    return row;
}

static enum qot_did did_of(uint8_t did)
{
    switch ((enum contract_did)did) {
    case DID_RIGHT:
        return QOT_RIGHT;
    case DID_WRONG:
        return QOT_WRONG;
    case DID_SILENT:
        return QOT_SILENT;
    case DID_VACANT:
        break;
    }
    return QOT_VACANT;
}

static void log_stage(struct qot_stage_log *log, const struct contract_office *office)
{
    *log = (struct qot_stage_log){.rank_count = office->rank_count};
    for (uint32_t i = 0; i < office->rank_count; i++) {
        log->ranks[i].rank = office->first_rank + i;
        log->ranks[i].did = did_of(office->did[i]);
    }
    if (office->has_votes) {
        log->voted = office->voted;
        log->agree = office->agree;
    }
}

static enum qot_end end_of(const struct contract *c)
{
    if (c->state == CONTRACT_SETTLED)
        return QOT_SETTLED;
    return c->state == CONTRACT_DECLINED ? QOT_DECLINED : QOT_VOID;
}

static enum qot_condition condition_of(const struct contract *c)
{
    return c->state == CONTRACT_DECLINED ? (enum qot_condition)(QOT_C1 + (c->cond - VERDICT_C1))
                                         : QOT_NONE;
}

static void score_contract(struct study_round *s, const struct contract *c)
{
    uint32_t rows[QOT_CLUSTER_MAX];
    struct qot_stage_log logs[QOT_STAGES];
    const struct settlement_terms *terms = &s->round.terms[c - s->round.contracts];
    struct qot_contract closed = {.number = c->number,
                                  .interval = s->interval,
                                  .seller = row_of(s, c->seller),
                                  .buyer = row_of(s, c->buyer),
                                  .energy_wh = terms->energy.wh,
                                  .s_wh = c->judged.s.wh,
                                  .b_wh = c->judged.b.wh,
                                  .settled_wh = contract_settled(c).wh,
                                  .end = end_of(c),
                                  .condition = condition_of(c),
                                  .unwitnessed = c->unwitnessed,
                                  .cluster_count = c->cluster_count,
                                  .cluster = rows};
    for (uint32_t rank = 0; rank < c->cluster_count; rank++)
        rows[rank] = row_of(s, c->cluster[rank]);
    for (uint32_t stage = 0; stage < QOT_STAGES; stage++) {
        log_stage(&logs[stage], &c->offices[stage]);
        closed.stages[stage] = c->offices[stage].rank_count > 0 ? &logs[stage] : NULL;
    }
    study_book_contract(&s->book, &closed);
    assert(s->book.book.record.alpha == c->alpha);
    json_t *number = json_integer((json_int_t)c->number);
    study_book_note(&s->book, QOT_OF_CONTRACT, number);
    json_decref(number);
}

void study_round_score(struct study_round *s)
{
    const struct contract *c;
    while ((c = round_next_to_score(&s->round)))
        score_contract(s, c);
}

void study_round_score_expelled(struct study_round *s)
{
    for (uint32_t slot = 1; slot <= s->round.slot_max; slot++) {
        if (s->round.standing[slot] <= MEMBER_ABSENT)
            continue;
        const uint32_t row = row_of(s, slot);
        struct standing *member = &s->book.book.members[row];
        if (member->live && s->round.standing[slot] == MEMBER_EJECTED) {
            study_book_turn(&s->book, s->interval);
            qot_score_ejection(&s->book.book, row);
            study_book_note(&s->book, QOT_OF_EJECTION, json_null());
        }
        member->live = false;
    }
}

void study_round_answer_scores(const struct study_round *s, json_t *answer)
{
    json_t *scores = json_array();
    for (uint32_t slot = 1; slot <= s->round.slot_max; slot++) {
        uint32_t row;
        if (study_find_row(&row, &s->book.slots, slot))
            json_array_append_new(scores, json_pack("[I, I]", (json_int_t)slot,
                                                    (json_int_t)s->book.book.members[row].score));
    }
    json_object_set(answer, "steps", s->book.steps);
    json_object_set(answer, "records", s->book.records);
    json_object_set_new(answer, "scores", scores);
}
