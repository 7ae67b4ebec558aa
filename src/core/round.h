/* SPDX-License-Identifier: Apache-2.0 */
/* core/round.h - all contracts of one delivery interval through the phases of a block: clock, what
 * binds now, due work by (due time, kind, number), operations, decisions (RULE ledger.6).
 *
 * Pure. The caller calls the phases in their order and has decided who may sign; all arrays are
 * the caller's. Effects of contracts are applied here to funds and energy, and conservation is
 * checked after each phase that moves something. */
#ifndef PEERWATT_CORE_ROUND_H
#define PEERWATT_CORE_ROUND_H

#include "base/sort.h"
#include "core/contract.h"
#include "core/energy_book.h"
#include "core/funds.h"

enum { ROUND_LOG_PER_CONTRACT = 5 }; /* quorum or last of both stages, and the end */

struct round_params {
    uint64_t interval_end_ms;      /* T */
    uint64_t statement_ms, gap_ms; /* A */
    bool closes_early;             /* timing forward: when every party has stated (trade.3) */
    struct contract_params contract;
};

struct round_statement { /* of one member; refused is borrowed */
    struct energy delivered, taken;
    const uint64_t *refused;
    uint32_t refused_count;
};

struct round_member { /* by slot */
    bool is_known, is_absent;
    uint8_t becomes; /* enum contract_member from the next block on, MEMBER_LIVE: no change */
    uint64_t next_seq;
    bool has_stated;
    struct round_statement counted;
};

struct round_draw {
    uint32_t index; /* of the contract */
    const uint32_t *cluster;
    uint32_t cluster_count, eligible;
    uint8_t *votes; /* as in struct contract_event */
};

struct round_log { /* what a contract's effect was, when */
    uint64_t height;
    uint32_t index;
    enum contract_effect event; /* from EFFECT_EXEC_QUORUM on */
};

enum round_window { WINDOW_BEFORE, WINDOW_OPEN, WINDOW_CLOSED };

struct round_scratch {                 /* room for what one phase works with */
    struct sort_item *items;           /* 2 * (2 * contracts + 1) */
    struct settlement_terms *terms;    /* as many as contracts */
    struct settlement_result *results; /* the same */
    uint32_t *indexes;                 /* the same */
    struct settlement_party *parties;  /* by slot */
};

struct round {
    struct round_params params;
    uint32_t count, slot_max;
    const struct settlement_terms *terms; /* ascending numbers; parties are slots */
    struct contract *contracts;           /* the same order */
    struct funds_hold *holds;             /* the same order, reserved */
    struct round_member *members;         /* by slot */
    uint8_t *standing;                    /* enum contract_member, by slot */
    struct funds *funds;
    struct energy_book *energy;
    struct round_log *log; /* ROUND_LOG_PER_CONTRACT a contract */
    uint32_t log_count;
    struct round_scratch scratch;
    uint64_t height, t_ms, a_ms;
    enum round_window window;
    uint64_t window_opened_ms; /* A */
};

/* The contracts are new: terms and holds are there, everything else is zero. */
void round_open(struct round *r);

/* Phase 1 and 2 of the next block at time @t_ms, which does not go back. */
void round_begin(struct round *r, uint64_t t_ms);

/* Phase 3: draws (by ascending index) and everything that is due. Draws of contracts that are not
 * PREPARED are passed by. */
void round_due(struct round *r, const struct round_draw *draws, uint32_t draw_count);

/* Phase 4. A statement: EARLY, SEQUENCE, RECORD_ONLY. */
MUST_USE enum err round_state(struct round *r, uint32_t by, uint64_t seq,
                              const struct round_statement *statement);

/* The contract with this number, NULL if there is none. */
const struct contract *round_find(const struct round *r, uint64_t number);

/* A result or ballot for contract @number: NO_CONTRACT, or what contract_step says. */
MUST_USE enum err round_take(struct round *r, uint64_t number, const struct contract_event *ev);

/* A revocation or an ejection; it binds in the next block. WRONG_STATE if the member is unknown,
 * out already or about to be. */
MUST_USE enum err round_expel(struct round *r, uint32_t slot, enum contract_member as);

/* True if the member may sign in this block: revocations bind from the next. */
MUST_USE bool round_may_sign(const struct round *r, uint32_t slot);

/* Phase 5. */
void round_decide(struct round *r);

/* After phases 2 to 5: the next contract whose steps are to be taken, by (due time, number), marked
 * as scored; NULL if there is none. */
const struct contract *round_next_to_score(struct round *r);

#endif
