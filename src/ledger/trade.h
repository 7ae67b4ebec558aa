/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/trade.h - stage two: contracts with their clusters, statements, results, ballots, ends and
 * scores (paper II-B, II-C; RULE trade.*, op.1, qot.1, boot.6; table 3 of docs/state-machines.md).
 *
 * Pure. What a contract does is core/contract.h's; here its rows, what its effects do to money and
 * energy, who votes on what, and when its steps are taken.
 *
 * A contract's cluster is not stored: it follows from the round's seed and the eligible members
 * that are frozen with the round, and is drawn again by trade_rebuild. Votes are stored. */
#ifndef PEERWATT_LEDGER_TRADE_H
#define PEERWATT_LEDGER_TRADE_H

#include "base/energy.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "base/price.h"
#include "core/contract.h"
#include "core/energy_book.h"
#include "core/funds.h"
#include "core/qot.h"
#include "core/settlement.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct op_signer;

#define TRADE_NO_PLACE UINT32_MAX

struct ledger_contract {     /* a row; machine.number 0: free */
    struct contract machine; /* its cluster and votes point into pools of the ledger, by place */
    struct settlement_terms terms; /* parties are slots */
    struct funds_hold hold;
    struct contract_params params; /* a contract keeps those it was made under (param.1) */
    struct qot_rules rules;
    uint32_t seats_wanted;               /* sampling.k then */
    uint32_t cluster_floor, feeders_max; /* of its draw, then too: it is drawn again (rebuild) */
    uint64_t interval;
    enum trade_round round;
    bool is_agreement;
    struct hash agreement;  /* its hash (AGREE_TWICE) */
    int64_t fee, fee_micro; /* recorded for the bill (funds.3) */
    bool is_refused;        /* the buyer's counted statement refuses to pay */
    uint64_t vacant_ms;     /* A at which the rank in office fell out; 0: it has not */
    uint64_t made_height;
};

/* What a member said and took in an interval: rows by (page, slot). Rows of an interval past are
 * taken as empty: page_edit clears them when they are first touched. */
struct page_member {
    uint64_t interval;            /* of which the rest of the row speaks */
    bool has_stated, was_dropped; /* counted; dropped by an ejection before the close */
    uint32_t next_seq;
    struct energy delivered, taken;
    struct energy used_sold, used_bought; /* by the forward round (gate.2); from the close on */
    struct hash statement;                /* of the last one, for corrections */
    bool had_duty[2], did_duty[2];        /* per round: presence (sample.5) */
};

struct trade_terms { /* what a clearing or an agreement makes a contract of */
    uint64_t interval;
    enum trade_round round;
    uint32_t seller, buyer; /* slots */
    struct energy energy;
    struct price price;
    struct money payment;
    enum trade_take take;
    uint32_t min_delivery_ppm;
    struct energy tolerance;
    int64_t fee, fee_micro;
    bool is_agreement;
    struct hash agreement;
};

/* Make a contract: number, row, reservation, indexes, counters of its round and parties. The caller
 * has checked funds and room (and took the interval's row). Returns its number. */
uint64_t contract_make(struct ledger *l, const struct trade_terms *terms);
/* True if @count more contracts fit. */
MUST_USE bool contract_has_room(const struct ledger *l, uint32_t count);
/* The place of an open or unscored contract, or TRADE_NO_PLACE. */
MUST_USE uint32_t contract_find(const struct ledger *l, uint64_t number);
MUST_USE bool agreement_is_known(const struct ledger *l, const struct hash *agreement);
const struct ledger_contract *contract_get(const struct ledger *l, uint32_t place);
struct ledger_contract *contract_edit(struct ledger *l, uint32_t place);

/* Sums over a member's contracts that are not closed. */
struct trade_sums {
    int64_t sold_wh, bought_wh; /* of the interval */
    uint32_t agreements;        /* of the interval */
    int64_t exposure_micro;     /* payments of its open agreements, of all intervals (dos.1) */
};
void trade_sums(const struct ledger *l, uint32_t slot, uint64_t interval, struct trade_sums *out);

/* What the forward round has used of a member's energy (gate.2): settled_wh of contracts judged
 * pass or C3. After the statement close; 0 before. It outlives those contracts. */
struct trade_used {
    int64_t sold_wh, bought_wh;
};
void trade_used(const struct ledger *l, uint32_t slot, uint64_t interval, struct trade_used *out);

/* The row of a member in a page, empty rows included. */
const struct page_member *page_get(const struct ledger *l, uint32_t page, uint32_t slot,
                                   uint64_t interval);
struct page_member *page_edit(struct ledger *l, uint32_t page, uint32_t slot, uint64_t interval);

/* What a correction names (trade.13): SHA-256 of the tag 'pw-statement', SHA-256(chain id), the
 * slot (u32, little endian) and the canonical bytes of the IntervalStatement. */
MUST_USE struct hash statement_hash(const struct hash *chain, uint32_t slot,
                                    const struct interval_statement *op);

/* Phase 2: a party was revoked. */
void trade_void_of(struct ledger *l, uint32_t slot);
/* Phase 2: an ejection drops the member's statements that are not closed. */
void trade_drop_statements(struct ledger *l, uint32_t slot);
/* Phase 2: a member fell out; an office it holds is to be passed on (trade.10). Its seat in
 * member_seats has changed before. */
void trade_seat_vacant(struct ledger *l, uint32_t slot);

/* Phase 3, see ledger/due.h. */
void trade_freeze(struct ledger *l, uint32_t place, enum trade_round round); /* who is eligible */
/* Draw clusters in contract order while the block's budget lasts; true if the round is DRAWN. */
bool trade_draw(struct ledger *l, uint32_t place, enum trade_round round);
void trade_open_window(struct ledger *l, uint32_t place);
void trade_close_statements(struct ledger *l, uint32_t place, uint64_t due_ms);
void trade_time(struct ledger *l, uint32_t contract_place, uint64_t due_ms);
/* Take the steps of a closed contract, write its record, free its row. */
void trade_score(struct ledger *l, uint32_t contract_place, uint64_t due_ms);

/* Phase 4. */
MUST_USE enum err statement_op(struct ledger *l, const struct op_signer *s,
                               const struct interval_statement *op);
MUST_USE enum err result_op(struct ledger *l, const struct op_signer *s, enum contract_stage stage,
                            const struct leader_result *op);
MUST_USE enum err trade_ballot_op(struct ledger *l, const struct op_signer *s,
                                  const struct ballot *op);

/* Phase 5: contracts by number. */
void trade_decide(struct ledger *l);

/* The duty list of a member in a round (op.1): number and rank of the contract at @position. False
 * beyond its end. For agents and the API. */
struct trade_duty {
    uint64_t contract;
    uint32_t place, rank;
};
MUST_USE bool trade_duty_get(const struct ledger *l, uint64_t interval, enum trade_round round,
                             uint32_t slot, uint32_t position, struct trade_duty *out);

void trade_rebuild(struct ledger *l);

#endif
