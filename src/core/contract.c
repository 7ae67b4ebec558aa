/* SPDX-License-Identifier: Apache-2.0 */
#include "core/contract.h"

#include "base/bitmap.h"
#include "core/contract_move.h"

#include <assert.h>

static const char *const state_names[CONTRACT_STATE_COUNT] = {[CONTRACT_PREPARED] = "PREPARED",
                                                              [CONTRACT_DRAWN] = "DRAWN",
                                                              [CONTRACT_EXEC_WAIT] = "EXEC_WAIT",
                                                              [CONTRACT_EXEC_VOTE] = "EXEC_VOTE",
                                                              [CONTRACT_FINAL_WAIT] = "FINAL_WAIT",
                                                              [CONTRACT_FINAL_VOTE] = "FINAL_VOTE",
                                                              [CONTRACT_SETTLED] = "SETTLED",
                                                              [CONTRACT_DECLINED] = "DECLINED",
                                                              [CONTRACT_VOID] = "VOID"};

const char *contract_state_name(enum contract_state state)
{
    assert(state >= CONTRACT_PREPARED && state < CONTRACT_STATE_COUNT);
    return state_names[state];
}

bool contract_is_closed(const struct contract *c)
{
    return c->state >= CONTRACT_SETTLED;
}

uint32_t contract_quorum(const struct contract *c)
{
    return c->cluster_count / 2 + 1;
}

struct energy contract_settled(const struct contract *c)
{
    return c->state == CONTRACT_SETTLED ? c->judged.settled : (struct energy){0};
}

static bool is_waiting(const struct contract *c)
{
    return c->state == CONTRACT_EXEC_WAIT || c->state == CONTRACT_FINAL_WAIT;
}

static bool is_voting(const struct contract *c)
{
    return c->state == CONTRACT_EXEC_VOTE || c->state == CONTRACT_FINAL_VOTE;
}

static bool office_is_vacant(const struct contract *c, const struct contract_world *w)
{
    return contract_seat(c, w, c->rank) >= MEMBER_REVOKED;
}

bool contract_is_due(const struct contract *c, const struct contract_world *w, uint64_t *due_ms,
                     bool *ends_stage)
{
    *ends_stage = is_voting(c);
    if (!is_waiting(c) && !is_voting(c))
        return false;
    const bool is_over = c->deadline_ms <= w->now_ms;
    *due_ms = is_over ? c->deadline_ms : w->now_ms;
    return is_over || (is_waiting(c) && office_is_vacant(c, w));
}

bool contract_is_scorable(const struct contract *c, uint64_t now_ms, uint64_t *due_ms)
{
    if (!contract_is_closed(c) || c->is_scored)
        return false;
    *due_ms = c->closed_due_ms;
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        const struct contract_office *office = &c->offices[stage];
        if (office->has_votes && office->votes_end_ms > *due_ms)
            *due_ms = office->votes_end_ms;
    }
    return *due_ms <= now_ms;
}

static bool find_seat(const struct contract *c, uint32_t slot, uint32_t *rank)
{
    for (*rank = 0; *rank < c->cluster_count; ++*rank) {
        if (c->cluster[*rank] == slot)
            return true;
    }
    return false;
}

/* The seat of whoever votes. */
static bool find_voter(const struct contract *c, const struct contract_event *ev, uint32_t *rank)
{
    if (!ev->has_rank)
        return find_seat(c, ev->by, rank);
    assert(ev->rank < c->cluster_count); /* whose it is, the caller knows: ev->has_rank */
    *rank = ev->rank;
    return true;
}

/* Verdicts, in the order of docs/state-machines.md: CLOSED, EARLY, WRONG_STATE, NOT_RANK,
 * RESULT_WRONG. A rank whose time is over has been passed by in phase 3: NOT_RANK, not LATE. */
static enum err check_result(const struct contract *c, const struct contract_event *ev,
                             const struct contract_world *w)
{
    const bool is_exec = ev->kind == CONTRACT_EV_EXEC;
    const enum contract_state wanted = is_exec ? CONTRACT_EXEC_WAIT : CONTRACT_FINAL_WAIT;
    if (contract_is_closed(c))
        return ERR_CLOSED;
    if (c->state < wanted)
        return ERR_EARLY;
    if (c->state > wanted)
        return ERR_WRONG_STATE;
    if (c->cluster[c->rank] != ev->by)
        return ERR_NOT_RANK;
    const bool is_right = contract_is_right(c, w, ev->verdict) &&
                          ev->settled.wh == c->judged.settled.wh &&
                          ev->payment.micro == c->judged.payment.micro;
    return is_right ? ERR_OK : ERR_RESULT_WRONG; /* RULE trade.11 */
}

/* RULE qot.1: ballots are taken until the window ends, also after the decision and the close. */
static enum err check_vote(const struct contract *c, const struct contract_event *ev,
                           const struct contract_world *w)
{
    const bool is_exec = ev->kind == CONTRACT_EV_VOTE_EXEC;
    const struct contract_office *office = &c->offices[is_exec ? CONTRACT_EXEC : CONTRACT_FINAL];
    const bool is_open = office->has_votes && w->now_ms < office->votes_end_ms;
    uint32_t rank;
    if (contract_is_closed(c) && !is_open)
        return ERR_CLOSED;
    if (!office->has_votes)
        return ERR_EARLY;
    if (!is_open)
        return ERR_LATE;
    if (!find_voter(c, ev, &rank))
        return ERR_NOT_MEMBER;
    return bitmap_get(office->voted, c->cluster_count, rank) ? ERR_VOTED : ERR_OK;
}

static enum err check_clockwork(const struct contract *c, const struct contract_event *ev,
                                const struct contract_world *w)
{
    uint64_t due_ms;
    bool ends_stage, allowed = false;
    if (contract_is_closed(c) && ev->kind != CONTRACT_EV_SCORED)
        return ERR_CLOSED;
    switch (ev->kind) {
    case CONTRACT_EV_DRAW:
        allowed = c->state == CONTRACT_PREPARED;
        break;
    case CONTRACT_EV_JUDGED:
        allowed = c->state <= CONTRACT_DRAWN && !c->is_judged;
        break;
    case CONTRACT_EV_REVOKED:
        allowed = c->state <= CONTRACT_DRAWN;
        break;
    case CONTRACT_EV_TIME:
        allowed = contract_is_due(c, w, &due_ms, &ends_stage);
        break;
    case CONTRACT_EV_DECIDE:
        allowed = is_voting(c) && c->offices[contract_stage(c)].agree_count >= contract_quorum(c);
        break;
    case CONTRACT_EV_SCORED:
        allowed = contract_is_scorable(c, w->now_ms, &due_ms);
        break;
    case CONTRACT_EV_EXEC:
    case CONTRACT_EV_FINAL:
    case CONTRACT_EV_VOTE_EXEC:
    case CONTRACT_EV_VOTE_FINAL:
    case CONTRACT_EV_COUNT:
        break;
    }
    return allowed ? ERR_OK : ERR_WRONG_STATE;
}

static void apply_draw(struct move *m, const struct contract_event *ev)
{
    struct contract *c = m->c;
    const size_t bytes = bitmap_bytes(ev->cluster_count);
    assert((ev->eligible == 0) == (ev->cluster_count == 0));
    assert(ev->cluster_count <= CONTRACT_CLUSTER_MAX);
    c->cluster = ev->cluster;
    c->cluster_count = ev->cluster_count;
    c->eligible = ev->eligible;
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++) {
        c->offices[stage].voted = ev->votes + 2 * stage * bytes;
        c->offices[stage].agree = ev->votes + (2 * stage + 1) * bytes;
    }
    c->state = CONTRACT_DRAWN;
    if (c->is_judged)
        contract_measured(m);
}

static void apply_judged(struct move *m, const struct contract_event *ev)
{
    m->c->judged = *ev->judged;
    m->c->is_judged = true;
    if (m->c->state == CONTRACT_DRAWN)
        contract_measured(m);
}

static void apply_vote(struct move *m, const struct contract_event *ev)
{
    struct contract *c = m->c;
    const bool is_exec = ev->kind == CONTRACT_EV_VOTE_EXEC;
    struct contract_office *office = &c->offices[is_exec ? CONTRACT_EXEC : CONTRACT_FINAL];
    uint32_t rank;
    const bool found = find_voter(c, ev, &rank);
    assert(found);
    bitmap_set(office->voted, c->cluster_count, rank);
    if (!ev->agrees)
        return;
    bitmap_set(office->agree, c->cluster_count, rank);
    office->agree_count++;
}

static void apply_time(struct move *m)
{
    const bool is_over = m->c->deadline_ms <= m->w->now_ms;
    if (is_voting(m->c))
        contract_stage_last(m);
    else
        contract_pass_office(m, is_over ? DID_SILENT : DID_VACANT);
}

enum err contract_check(const struct contract *c, const struct contract_event *ev,
                        const struct contract_world *w)
{
    assert(ev->kind < CONTRACT_EV_COUNT);
    if (ev->kind == CONTRACT_EV_EXEC || ev->kind == CONTRACT_EV_FINAL)
        return check_result(c, ev, w);
    if (ev->kind == CONTRACT_EV_VOTE_EXEC || ev->kind == CONTRACT_EV_VOTE_FINAL)
        return check_vote(c, ev, w);
    return check_clockwork(c, ev, w);
}

static void apply(struct move *m, const struct contract_event *ev)
{
    switch (ev->kind) {
    case CONTRACT_EV_DRAW:
        apply_draw(m, ev);
        break;
    case CONTRACT_EV_JUDGED:
        apply_judged(m, ev);
        break;
    case CONTRACT_EV_REVOKED:
        contract_void(m, 0);
        break;
    case CONTRACT_EV_TIME:
        apply_time(m);
        break;
    case CONTRACT_EV_EXEC:
    case CONTRACT_EV_FINAL:
        contract_open_vote(m);
        break;
    case CONTRACT_EV_VOTE_EXEC:
    case CONTRACT_EV_VOTE_FINAL:
        apply_vote(m, ev);
        break;
    case CONTRACT_EV_DECIDE:
        contract_quorum_agrees(m);
        break;
    case CONTRACT_EV_SCORED:
        m->c->is_scored = true;
        break;
    case CONTRACT_EV_COUNT:
        break;
    }
}

void contract_vote(struct contract *c, const struct contract_event *ev)
{
    struct move m = {.c = c};
    assert(ev->kind == CONTRACT_EV_VOTE_EXEC || ev->kind == CONTRACT_EV_VOTE_FINAL);
    apply_vote(&m, ev);
}

enum err contract_step(struct contract *c, const struct contract_event *ev,
                       const struct contract_world *w, struct contract_effects *out)
{
    struct move m = {.c = c, .w = w, .out = out};
    out->count = 0;
    const enum err code = contract_check(c, ev, w);
    if (code == ERR_OK)
        apply(&m, ev);
    else if (code == ERR_RESULT_WRONG)
        contract_pass_office(&m, DID_WRONG);
    return code;
}

struct contract_view contract_view(const struct contract *c, uint32_t viewer, uint32_t about)
{
    struct contract_view view = {{0}, {0}};
    uint32_t rank;
    const bool is_escrowed = c->state == CONTRACT_FINAL_WAIT || c->state == CONTRACT_FINAL_VOTE;
    if (!is_escrowed || !find_seat(c, viewer, &rank)) /* RULE trade.6 */
        return view;
    if (about == c->buyer)
        view.received = c->judged.settled;
    if (about == c->seller)
        view.available = c->judged.payment;
    return view;
}
