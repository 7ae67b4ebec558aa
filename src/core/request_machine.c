/* SPDX-License-Identifier: Apache-2.0 */
#include "core/request_machine.h"

#include <assert.h>

uint32_t request_machine_quorum(uint32_t seats)
{
    return 2 * seats / 3 + 1;
}

static bool is_quorate(const struct request *r)
{
    return r->agree >= request_machine_quorum(r->seats);
}

/* Even if every seat that can still vote agreed. */
static bool is_hopeless(const struct request *r)
{
    return r->seats - r->disagree - r->lost < request_machine_quorum(r->seats);
}

/* RULE boot.3: with a verifier set of three or more the authority admits nobody. */
static enum err check_admit(const struct request *r, const struct request_happening *h)
{
    if (r->state != JOIN_PENDING || !h->may_admit)
        return ERR_WRONG_STATE;
    return h->has_waited ? ERR_OK : ERR_EARLY;
}

/* Ballots on a decided request are taken until the deadline of its block, for scoring; one that the
 * authority admitted, or that expired undecided, has none. */
static enum err check_vote(const struct request *r, const struct request_happening *h)
{
    const bool is_open = r->seats > 0 && h->a_ms < r->deadline_ms;
    if (r->state > JOIN_VERIFIED && !is_open)
        return ERR_CLOSED;
    if (r->state == JOIN_PENDING)
        return ERR_EARLY;
    if (!is_open)
        return ERR_LATE;
    if (!h->has_seat)
        return ERR_NOT_MEMBER;
    return h->is_new ? ERR_OK : ERR_VOTED;
}

static bool has_lapsed(const struct request *r, const struct request_happening *h)
{
    if (r->state == JOIN_VERIFIED)
        return h->t_ms >= r->expires_ms;
    return r->state == JOIN_PENDING && (h->t_ms >= r->expires_ms || r->attempt >= h->attempts_max);
}

static bool is_allowed(const struct request *r, const struct request_happening *h)
{
    switch (h->event) {
    case JOIN_EV_BLOCK:
        return r->state == JOIN_PENDING;
    case JOIN_EV_SEAT_LOST:
    case JOIN_EV_STRUCK:
        return r->state == JOIN_VOTING;
    case JOIN_EV_DECIDE:
        return r->state == JOIN_VOTING && (is_quorate(r) || is_hopeless(r));
    case JOIN_EV_DEADLINE:
        return r->state == JOIN_VOTING && h->a_ms >= r->deadline_ms;
    case JOIN_EV_LAPSE:
        return has_lapsed(r, h);
    case JOIN_EV_CERT:
        return r->state == JOIN_VERIFIED && h->csr_matches;
    case JOIN_EV_REVOKE:
    case JOIN_EV_EJECT:
    case JOIN_EV_DEPART:
        return r->state == JOIN_ACTIVE;
    case JOIN_EV_ADMIT:
    case JOIN_EV_VOTE:
    case JOIN_EV_COUNT:
        break;
    }
    return false;
}

static enum err check(const struct request *r, const struct request_happening *h)
{
    if (h->event == JOIN_EV_VOTE)
        return check_vote(r, h);
    if (r->state > JOIN_ACTIVE)
        return ERR_CLOSED;
    if (h->event == JOIN_EV_ADMIT)
        return check_admit(r, h);
    if (h->event == JOIN_EV_CERT && r->state < JOIN_VERIFIED)
        return ERR_EARLY;
    return is_allowed(r, h) ? ERR_OK : ERR_WRONG_STATE;
}

/* Nothing was decided, so no ballot on it is taken any more. */
static void try_again(struct request *r)
{
    r->state = JOIN_PENDING;
    r->attempt++;
    r->seats = r->agree = r->disagree = r->lost = 0;
}

/* RULE join.6: the leader's block is its ballot. */
static void open_vote(struct request *r, const struct request_happening *h)
{
    r->state = JOIN_VOTING;
    r->accepts = h->accepts;
    r->seats = h->seats;
    r->deadline_ms = h->deadline_ms;
    r->agree = 1;
    r->disagree = r->lost = 0;
}

static void count_vote(struct request *r, const struct request_happening *h)
{
    if (r->state != JOIN_VOTING)
        return; /* decided: kept for scoring by the caller */
    r->agree += h->agrees;
    r->disagree += !h->agrees;
}

static void apply(struct request *r, const struct request_happening *h)
{
    switch (h->event) {
    case JOIN_EV_BLOCK:
        open_vote(r, h);
        break;
    case JOIN_EV_ADMIT:
        r->state = JOIN_VERIFIED;
        break;
    case JOIN_EV_VOTE:
        count_vote(r, h);
        break;
    case JOIN_EV_SEAT_LOST:
        r->lost++;
        break;
    case JOIN_EV_DECIDE:
        if (is_quorate(r))
            r->state = r->accepts ? JOIN_VERIFIED : JOIN_REJECTED;
        else
            try_again(r);
        break;
    case JOIN_EV_DEADLINE:
    case JOIN_EV_STRUCK:
        try_again(r);
        break;
    case JOIN_EV_LAPSE:
        r->state = JOIN_EXPIRED;
        break;
    case JOIN_EV_CERT:
        r->state = JOIN_ACTIVE;
        break;
    case JOIN_EV_REVOKE:
        r->state = JOIN_REVOKED;
        break;
    case JOIN_EV_EJECT:
        r->state = JOIN_EJECTED;
        break;
    case JOIN_EV_DEPART:
        r->state = JOIN_DEPARTED;
        break;
    case JOIN_EV_COUNT:
        break;
    }
}

enum err request_machine_step(struct request *r, const struct request_happening *h)
{
    assert(r->state >= JOIN_PENDING && r->state < JOIN_STATE_COUNT && h->event < JOIN_EV_COUNT);
    const enum err code = check(r, h);
    if (code == ERR_OK)
        apply(r, h);
    return code;
}
