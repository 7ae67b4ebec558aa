/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contract_move.h"

#include "base/bitmap.h"

#include <assert.h>

static void enter_stage(struct move *m, enum contract_stage stage, uint32_t rank);

static void add_effect(struct move *m, enum contract_effect effect)
{
    assert(m->out->count < CONTRACT_EFFECTS_MAX);
    m->out->at[m->out->count++] = effect;
}

enum contract_member contract_seat(const struct contract *c, const struct contract_world *w,
                                   uint32_t rank)
{
    assert(rank < c->cluster_count);
    return (enum contract_member)w->members[c->cluster[rank]];
}

enum contract_stage contract_stage(const struct contract *c)
{
    const bool is_final = c->state == CONTRACT_FINAL_WAIT || c->state == CONTRACT_FINAL_VOTE;
    return is_final ? CONTRACT_FINAL : CONTRACT_EXEC;
}

static bool seller_is_ejected(const struct contract *c, const struct contract_world *w)
{
    return w->members[c->seller] == MEMBER_EJECTED;
}

bool contract_is_right(const struct contract *c, const struct contract_world *w,
                       enum settlement_verdict verdict)
{
    const bool c4_is_right = contract_stage(c) == CONTRACT_FINAL && verdict == VERDICT_C4 &&
                             c->judged.verdict == VERDICT_PASS && seller_is_ejected(c, w);
    return verdict == c->judged.verdict || c4_is_right;
}

/* The only writer of an end. RULE trade.9: reserved money returns in the same block. */
static void close(struct move *m, enum contract_state end, enum settlement_verdict cond,
                  int32_t alpha)
{
    m->c->state = end;
    m->c->cond = cond;
    m->c->alpha = alpha;
    m->c->closed_due_ms = m->w->due_ms;
    add_effect(m, end == CONTRACT_SETTLED ? EFFECT_SETTLE : EFFECT_REFUND);
    add_effect(m, EFFECT_CLOSED);
}

static void decline(struct move *m, enum settlement_verdict cond)
{
    const bool by_seller = cond == VERDICT_C1 || cond == VERDICT_C4;
    close(m, CONTRACT_DECLINED, cond, by_seller ? 1 : -1);
}

void contract_void(struct move *m, int32_t alpha)
{
    close(m, CONTRACT_VOID, VERDICT_VOID, alpha);
    m->c->unwitnessed = false; /* boot.6: the mark never stands on VOID */
}

/* RULE trade.7: C4 is read when FINAL is decided; it fails if the seller has been ejected. */
static void carry_out_final(struct move *m)
{
    const bool is_pass = m->c->judged.verdict == VERDICT_PASS;
    if (is_pass && !seller_is_ejected(m->c, m->w)) {
        close(m, CONTRACT_SETTLED, VERDICT_VOID, 0);
        return;
    }
    add_effect(m, EFFECT_RETURN);
    decline(m, is_pass ? VERDICT_C4 : VERDICT_C3);
}

/* RULE boot.6: without a witness the ledger carries the judge's verdict out at once. */
static void carry_out_alone(struct move *m)
{
    const enum settlement_verdict verdict = m->c->judged.verdict;
    m->c->unwitnessed = true;
    if (verdict == VERDICT_C1 || verdict == VERDICT_C2) {
        decline(m, verdict);
        return;
    }
    add_effect(m, EFFECT_ESCROW);
    carry_out_final(m);
}

void contract_measured(struct move *m)
{
    if (m->c->judged.verdict == VERDICT_VOID)
        contract_void(m, 0);
    else if (m->c->eligible == 0)
        carry_out_alone(m);
    else
        enter_stage(m, CONTRACT_EXEC, 0);
}

/* RULE trade.9: alpha +2 if no rank's right result stood and at least one was silent or wrong. */
static int32_t alpha_of_void(const struct contract_office *exec)
{
    bool has_failed = false;
    for (uint32_t i = 0; i < exec->rank_count; i++)
        has_failed = has_failed || exec->did[i] == DID_SILENT || exec->did[i] == DID_WRONG;
    return has_failed && !exec->has_votes ? 2 : 0;
}

static void final_last(struct move *m)
{
    add_effect(m, EFFECT_FINAL_LAST);
    m->c->unwitnessed = true;
    carry_out_final(m);
}

/* RULE trade.10: silence never launders a failure, and a passing contract is void unless there
 * were too few to witness it (boot.6). */
static void exec_last(struct move *m)
{
    add_effect(m, EFFECT_EXEC_LAST);
    m->c->unwitnessed = true;
    if (m->c->judged.verdict != VERDICT_PASS) {
        decline(m, m->c->judged.verdict);
    } else if (m->c->eligible >= CONTRACT_NORMAL_ELIGIBLE) {
        contract_void(m, alpha_of_void(&m->c->offices[CONTRACT_EXEC]));
    } else {
        add_effect(m, EFFECT_ESCROW);
        final_last(m);
    }
}

static void stage_last(struct move *m, enum contract_stage stage)
{
    if (stage == CONTRACT_EXEC)
        exec_last(m);
    else
        final_last(m);
}

void contract_stage_last(struct move *m)
{
    stage_last(m, contract_stage(m->c));
}

static uint32_t ranks_in_turn(const struct contract *c, const struct contract_world *w)
{
    const uint32_t most = w->params->ranks_max;
    return c->cluster_count < most ? c->cluster_count : most;
}

/* RULE trade.10: a rank that is vacant or absent when it comes into office is skipped at once. */
static void take_office(struct move *m, enum contract_stage stage, uint32_t rank)
{
    struct contract_office *office = &m->c->offices[stage];
    const uint32_t end = ranks_in_turn(m->c, m->w);
    for (; rank < end && contract_seat(m->c, m->w, rank) != MEMBER_LIVE; rank++)
        office->did[office->rank_count++] = DID_VACANT;
    if (rank == end) {
        stage_last(m, stage);
        return;
    }
    const bool is_exec = stage == CONTRACT_EXEC;
    m->c->rank = rank;
    m->c->state = is_exec ? CONTRACT_EXEC_WAIT : CONTRACT_FINAL_WAIT;
    m->c->deadline_ms = m->w->now_ms + (is_exec ? m->w->params->exec_ms : m->w->params->final_ms);
}

static void enter_stage(struct move *m, enum contract_stage stage, uint32_t rank)
{
    m->c->offices[stage].first_rank = rank;
    take_office(m, stage, rank);
}

void contract_pass_office(struct move *m, enum contract_did did)
{
    const enum contract_stage stage = contract_stage(m->c);
    struct contract_office *office = &m->c->offices[stage];
    office->did[office->rank_count++] = (uint8_t)did;
    take_office(m, stage, m->c->rank + 1);
}

void contract_open_vote(struct move *m)
{
    struct contract *c = m->c;
    struct contract_office *office = &c->offices[contract_stage(c)];
    office->did[office->rank_count++] = DID_RIGHT;
    office->has_votes = true;
    office->votes_end_ms = c->deadline_ms = m->w->now_ms + m->w->params->vote_ms;
    bitmap_set(office->voted, c->cluster_count, c->rank);
    bitmap_set(office->agree, c->cluster_count, c->rank);
    office->agree_count = 1;
    c->state = c->state == CONTRACT_EXEC_WAIT ? CONTRACT_EXEC_VOTE : CONTRACT_FINAL_VOTE;
}

void contract_quorum_agrees(struct move *m)
{
    const enum settlement_verdict verdict = m->c->judged.verdict;
    if (contract_stage(m->c) == CONTRACT_FINAL) {
        add_effect(m, EFFECT_FINAL_QUORUM);
        carry_out_final(m);
        return;
    }
    add_effect(m, EFFECT_EXEC_QUORUM);
    if (verdict == VERDICT_C1 || verdict == VERDICT_C2) {
        decline(m, verdict);
        return;
    }
    add_effect(m, EFFECT_ESCROW); /* RULE trade.5 */
    enter_stage(m, CONTRACT_FINAL, m->c->rank);
}
