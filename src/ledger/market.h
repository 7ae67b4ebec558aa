/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/market.h - orders and agreements, the gates of an interval's two rounds, and the clearing
 * that makes contracts of them (paper II-B "agree to trade"; RULE market.*, gate.1, gate.2,
 * trade.1; table 2 of docs/state-machines.md).
 *
 * Pure. An interval has a row from its first order or agreement, or from its end, until all its
 * contracts are scored; between its first gate and that moment it has a *page*: room for what each
 * member says and takes in it. Pages are given in ascending intervals; an interval that has to wait
 * for one opens no window meanwhile, so nobody is punished (docs/protocol.md, Changes). */
#ifndef PEERWATT_LEDGER_MARKET_H
#define PEERWATT_LEDGER_MARKET_H

#include "base/energy.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "base/wide.h"
#include "core/order_machine.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct op_signer;

enum { MARKET_ROUNDS = 2 }; /* place of a round: enum trade_round - 1 */
#define MARKET_NO_PLACE UINT32_MAX
#define MARKET_NOT_DUE UINT64_MAX

struct ledger_order { /* a row; number 0: free. An order that has ended has none */
    uint64_t number;
    uint64_t interval, height; /* height of its admission */
    uint64_t arrived; /* continuous: its place in time in the book; 0: it waits to be run */
    uint32_t member;
    enum order_side side;
    enum trade_round round;
    enum order_state state; /* OPEN or FROZEN */
    int64_t energy_wh;      /* what is left of it (continuous), what the statement left (gate.2) */
    int64_t price;          /* micro per kWh */
    uint32_t min_score;
    bool feeder_first;
};

enum round_phase {                   /* on the ledger: append, never renumber */
                   PHASE_OPEN = 0,   /* orders and agreements are taken */
                   PHASE_GATED = 1,  /* the book is frozen, the draw is asked for */
                   PHASE_SEEDED = 2, /* cleared; its clusters are being drawn */
                   PHASE_DRAWN = 3,  /* each of its contracts has its cluster */
                   PHASE_OVER = 4    /* missed without contracts, or all are scored */
};

struct ledger_round { /* of an interval */
    enum round_phase phase;
    bool is_missed; /* the gate came too late: the book is not cleared (gate.1) */
    bool has_seed, is_fallback;
    struct hash seed;
    uint64_t frozen_height;  /* of the state whose members can be drawn (trade.2) */
    uint64_t next_contract;  /* the number from which clusters are still to be drawn */
    uint32_t contract_count; /* made */
    uint32_t open_count;     /* not closed */
    uint32_t unscored_count;
    uint32_t order_count; /* alive */
};

enum interval_window { INTERVAL_BEFORE = 0, INTERVAL_OPEN = 1, INTERVAL_CLOSED = 2 };

struct ledger_interval { /* a row */
    bool is_used;
    uint64_t number;
    uint32_t page;   /* place of its page + 1; 0: none yet */
    uint64_t due_ms; /* A: its gate or the opening of its window fell due; MARKET_NOT_DUE */
    struct ledger_round rounds[MARKET_ROUNDS];
    enum interval_window window; /* of statements */
    uint64_t window_opened_ms;   /* A */
    i128 delivered_wh, held_wh;  /* running sums of ledger.5 */
};

/* The place of the interval's row, or MARKET_NO_PLACE. */
MUST_USE uint32_t interval_find(const struct ledger *l, uint64_t number);
const struct ledger_interval *interval_get(const struct ledger *l, uint32_t place);
struct ledger_interval *interval_edit(struct ledger *l, uint32_t place);
/* Find or make the row; MARKET_NO_PLACE if there is no room. */
MUST_USE uint32_t interval_take(struct ledger *l, uint64_t number);
/* Free the row and its page if nothing of it is left, else do nothing. Called by whoever closes
 * something and does not use the row any more; what nobody calls for is freed by market_enter. */
void interval_give_back(struct ledger *l, uint32_t place);

/* True if the gate of the round has been reached: forward T >= start - gate lead; measured: the
 * statement window is closed. */
MUST_USE bool market_gate_reached(const struct ledger *l, uint64_t interval,
                                  enum trade_round round);

/* Phase 4. */
MUST_USE enum err order_op(struct ledger *l, const struct op_signer *s, const struct order *op);
MUST_USE enum err order_cancel_op(struct ledger *l, const struct op_signer *s,
                                  const struct order_cancel *op);
MUST_USE enum err agreement_op(struct ledger *l, const struct op_signer *s,
                               const struct agreement *op);

/* Phase 2: the owner is out; its orders are cancelled (join.10). */
void market_cancel_of(struct ledger *l, uint32_t slot);

/* Phase 3, see ledger/due.h: the forward gate of an interval, which freezes or expires its book and
 * asks for the draw. */
void market_gate(struct ledger *l, uint32_t place);
/* The statement window has just closed: the measured round's orders are cut to what the statements
 * leave (gate.2) and frozen, or expire; the draw is asked for. */
void market_gate_measured(struct ledger *l, uint32_t place);
/* The seed of a round is there: funding cut, clearing, contracts by number with their payments
 * reserved (contract_make), the record in the log. The round is SEEDED then, also without
 * contracts, and trade.h draws the clusters. The row stays. */
void market_clear(struct ledger *l, uint32_t place, enum trade_round round);
/* Mechanism continuous. Phase 3: the seed of what was admitted up to @height. It is kept until the
 * end of the block. */
void market_seed_continuous(struct ledger *l, uint64_t height, const struct hash *seed);
/* What waits for the seed is run through the book at the end of a block, and a draw is asked for
 * what waits for none. */
void market_run_continuous(struct ledger *l);

/* Phase 1: intervals that have ended since the last block get their rows, at most as many as there
 * are pages, the latest ones first (under timing forward: only those that have one anyway); rows of
 * which nothing is left are freed; what falls due by T from this block on gets its time. */
void market_enter(struct ledger *l);

void market_rebuild(struct ledger *l);

#endif
