/* SPDX-License-Identifier: Apache-2.0 */
/* core/request_machine.h - the states of a join request and of the member it becomes: table 1 of
 * docs/state-machines.md (RULE join.6, boot.3).
 *
 * Pure: what happened in, verdict out. Whether a verification block, an authority's admission or
 * an envelope is valid is decided before; here only what it does to one request. The votes of the
 * seats are counted here, which seat has voted is the caller's. */
#ifndef PEERWATT_CORE_REQUEST_MACHINE_H
#define PEERWATT_CORE_REQUEST_MACHINE_H

#include "base/err.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum request_state { /* on the ledger: append, never renumber */
                     JOIN_PENDING = 1,
                     JOIN_VOTING = 2,
                     JOIN_VERIFIED = 3,
                     JOIN_ACTIVE = 4, /* a member from here on */
                     JOIN_REJECTED = 5,
                     JOIN_EXPIRED = 6,
                     JOIN_REVOKED = 7,
                     JOIN_EJECTED = 8,
                     JOIN_DEPARTED = 9,
                     JOIN_STATE_COUNT = 10
};

struct request {
    enum request_state state;
    uint32_t attempt;               /* from 0 */
    uint64_t expires_ms;            /* T, of the voucher */
    uint64_t deadline_ms;           /* A, of the last block's ballots */
    bool accepts;                   /* the block's verdict */
    uint32_t seats;                 /* |V| of the block's epoch */
    uint32_t agree, disagree, lost; /* seats; lost: fell out without a bit */
};

enum request_event {
    JOIN_EV_BLOCK,     /* VerificationBlock: accepts, seats, deadline_ms */
    JOIN_EV_ADMIT,     /* AuthorityAdmit: may_admit, has_waited (boot.3) */
    JOIN_EV_VOTE,      /* Ballot: has_seat, is_new, agrees */
    JOIN_EV_SEAT_LOST, /* a live seat that has not voted fell out */
    JOIN_EV_DECIDE,    /* phase 5 */
    JOIN_EV_DEADLINE,  /* phase 3: A has reached the deadline of the block */
    JOIN_EV_STRUCK,    /* evidence against the block's leader */
    JOIN_EV_LAPSE,     /* phase 3: T has reached the voucher's expiry, or all attempts are used */
    JOIN_EV_CERT,      /* CertIssued: csr_matches */
    JOIN_EV_REVOKE,
    JOIN_EV_EJECT,
    JOIN_EV_DEPART, /* Leave, and the last contract has closed */
    JOIN_EV_COUNT
};

struct request_happening {
    enum request_event event;
    uint64_t t_ms, a_ms;
    uint32_t attempts_max;
    bool accepts, may_admit, has_waited, has_seat, is_new, agrees, csr_matches;
    uint32_t seats;
    uint64_t deadline_ms;
};

/* Move @r on, or leave it as it is: CLOSED, EARLY, LATE, NOT_MEMBER, VOTED, WRONG_STATE. */
MUST_USE enum err request_machine_step(struct request *r, const struct request_happening *h);

/* q(n) = floor(2n / 3) + 1 */
MUST_USE uint32_t request_machine_quorum(uint32_t seats);

#endif
