/* SPDX-License-Identifier: Apache-2.0 */
/* core/contract.h - a trade contract from reservation to its end: table 3 of
 * docs/state-machines.md (paper II-B; RULE trade.4 to trade.11, boot.6).
 *
 * Pure: event in, verdict and effects out. What an event does to money and energy leaves in the
 * effects, in order; the caller applies them (core/round.h). The cluster and the bitmaps of votes
 * are the caller's and must live as long as the contract. Time is the active clock A. Seats are
 * looked up in the world as it is when the event comes.
 *
 * MEASURED, "EXEC last" and "FINAL last" of the table pass within one call. */
#ifndef PEERWATT_CORE_CONTRACT_H
#define PEERWATT_CORE_CONTRACT_H

#include "base/energy.h"
#include "base/err.h"
#include "base/money.h"
#include "base/must_use.h"
#include "core/settlement.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CONTRACT_CLUSTER_MAX = 1023, /* sampling.k */
    CONTRACT_RANKS_MAX = 64,     /* trade.ranks_max */
    CONTRACT_EFFECTS_MAX = 8,    /* of one event */
    CONTRACT_NORMAL_ELIGIBLE = 3 /* boot.6: fewer cannot void what nobody witnessed */
};

enum contract_state { /* on the ledger: append, never renumber */
                      CONTRACT_PREPARED = 1,
                      CONTRACT_DRAWN = 2,
                      CONTRACT_EXEC_WAIT = 3,
                      CONTRACT_EXEC_VOTE = 4,
                      CONTRACT_FINAL_WAIT = 5, /* = ESCROWED */
                      CONTRACT_FINAL_VOTE = 6,
                      CONTRACT_SETTLED = 7,
                      CONTRACT_DECLINED = 8,
                      CONTRACT_VOID = 9,
                      CONTRACT_STATE_COUNT = 10
};

enum contract_stage { CONTRACT_EXEC = 0, CONTRACT_FINAL = 1, CONTRACT_STAGES = 2 };

/* What a rank in office did. Vacant or absent: skipped at once, no step. */
enum contract_did { DID_RIGHT = 0, DID_WRONG = 1, DID_SILENT = 2, DID_VACANT = 3 };

/* How a member stands, by slot. Absence counts only when a rank comes into office. */
enum contract_member { MEMBER_LIVE = 0, MEMBER_ABSENT = 1, MEMBER_REVOKED = 2, MEMBER_EJECTED = 3 };

struct contract_office { /* one stage: ranks first_rank, first_rank + 1, ... held it in turn */
    uint32_t first_rank, rank_count;
    uint8_t did[CONTRACT_RANKS_MAX]; /* enum contract_did; the last may still be in office */
    bool has_votes;                  /* a right result stood: there was a vote window */
    uint64_t votes_end_ms;           /* A, end of that window */
    uint8_t *voted, *agree;          /* bitmaps by rank; the caller's, zeroed at the draw */
    uint32_t agree_count;
};

struct contract {
    uint64_t number;
    uint32_t seller, buyer; /* slots */
    enum contract_state state;
    bool is_judged; /* the statement window has closed */
    struct settlement_result judged;
    const uint32_t *cluster; /* slots in rank order; NULL before the draw */
    uint32_t cluster_count;
    uint32_t eligible; /* e of boot.6 */
    uint32_t rank;     /* in office, or whose result stands */
    uint64_t deadline_ms;
    struct contract_office offices[CONTRACT_STAGES];
    enum settlement_verdict cond; /* C1 to C4 of a DECLINED, else VERDICT_VOID */
    int32_t alpha;                /* +1 seller, -1 buyer, +2 the cluster, 0 nobody */
    bool unwitnessed;
    bool is_scored;
    uint64_t closed_due_ms; /* due time of the work that closed it (ledger.6) */
};

struct contract_params {
    uint64_t exec_ms, final_ms, vote_ms; /* > 0 */
    uint32_t ranks_max;                  /* 1 to CONTRACT_RANKS_MAX */
};

struct contract_world {
    const struct contract_params *params;
    const uint8_t *members; /* enum contract_member, by slot */
    uint64_t now_ms;        /* A of the block */
    uint64_t due_ms;        /* due time of the work in hand; now_ms outside phase 3 */
};

enum contract_event_kind {
    CONTRACT_EV_DRAW,      /* phase 3: cluster, eligible, votes */
    CONTRACT_EV_JUDGED,    /* phase 3: the statement close */
    CONTRACT_EV_REVOKED,   /* phase 2: a party was revoked */
    CONTRACT_EV_TIME,      /* phase 3: a deadline passed, or the rank in office fell out */
    CONTRACT_EV_EXEC,      /* LeaderExec: by, verdict, amounts */
    CONTRACT_EV_FINAL,     /* LeaderFinal: the same */
    CONTRACT_EV_VOTE_EXEC, /* Ballot: by, agrees */
    CONTRACT_EV_VOTE_FINAL,
    CONTRACT_EV_DECIDE, /* phase 5 */
    CONTRACT_EV_SCORED, /* its steps have been taken */
    CONTRACT_EV_COUNT
};

struct contract_event {
    enum contract_event_kind kind;
    const uint32_t *cluster;
    uint32_t cluster_count, eligible;
    uint8_t *votes; /* 4 * bitmap_bytes(cluster_count), zeroed; the contract's from then on */
    const struct settlement_result *judged;
    uint32_t by;   /* slot of the signer */
    bool has_rank; /* of a ballot: the caller knows where in the cluster @by has its seat, */
    uint32_t rank; /* namely here, so that it is not searched */
    enum settlement_verdict verdict;
    struct energy settled;
    struct money payment;
    bool agrees;
};

/* What the caller does then, in this order; amounts are those of contract.judged. */
enum contract_effect {
    EFFECT_ESCROW,      /* title -> escrow, contract_reserved -> escrow */
    EFFECT_SETTLE,      /* escrow -> buyer's received, seller's available; the rest is freed */
    EFFECT_REFUND,      /* all money back to the buyer */
    EFFECT_RETURN,      /* escrowed energy back to the seller's title; comes before a refund */
    EFFECT_EXEC_QUORUM, /* for the log only, as the following */
    EFFECT_FINAL_QUORUM,
    EFFECT_EXEC_LAST,
    EFFECT_FINAL_LAST,
    EFFECT_CLOSED /* the contract has ended: see state, cond, unwitnessed */
};

struct contract_effects {
    uint32_t count;
    enum contract_effect at[CONTRACT_EFFECTS_MAX];
};

/* Apply a bit of a ballot that contract_check has just allowed: it has no effects. */
void contract_vote(struct contract *c, const struct contract_event *ev);

/* Apply one event; @out is overwritten. ERR_OK moves the contract on. RESULT_WRONG does so too: it
 * is recorded and the next rank leads (trade.11). Any other code changes nothing: CLOSED, EARLY,
 * LATE, NOT_MEMBER, VOTED, WRONG_STATE, NOT_RANK, in the precedence of docs/state-machines.md. */
MUST_USE enum err contract_step(struct contract *c, const struct contract_event *ev,
                                const struct contract_world *w, struct contract_effects *out);

/* What contract_step would give; changes nothing. */
MUST_USE enum err contract_check(const struct contract *c, const struct contract_event *ev,
                                 const struct contract_world *w);

/* True if there is work for phase 3: then *@due_ms is when it fell due and *@ends_stage tells the
 * end of a vote window from the end of a rank. */
MUST_USE bool contract_is_due(const struct contract *c, const struct contract_world *w,
                              uint64_t *due_ms, bool *ends_stage);

/* True if the contract is closed, not yet scored, and its vote windows are over; *@due_ms is when
 * that came about (RULE qot.1). */
MUST_USE bool contract_is_scorable(const struct contract *c, uint64_t now_ms, uint64_t *due_ms);

MUST_USE bool contract_is_closed(const struct contract *c);
MUST_USE uint32_t contract_quorum(const struct contract *c); /* floor(k / 2) + 1 */

/* What was or will be settled; 0 unless SETTLED. */
MUST_USE struct energy contract_settled(const struct contract *c);

/* "PREPARED", ..., "VOID" as docs/study-json.md has them. */
const char *contract_state_name(enum contract_state state);

/* What @viewer sees of @about's accounts beyond the permanent ones while the contract is escrowed
 * (RULE trade.6): leader and cluster of the contract see it carried out, everybody else nothing. */
struct contract_view {
    struct energy received;
    struct money available;
};
MUST_USE struct contract_view contract_view(const struct contract *c, uint32_t viewer,
                                            uint32_t about);

#endif
