/* SPDX-License-Identifier: Apache-2.0 */
/* wire/op_trade.h - operations of a trade: orders and agreements (market.md), statements, results
 * and ballots (protocol section 8), evidence (section 10).
 *
 * Pure. Lists and spans are borrowed from the arena and the input of the decoder. */
#ifndef PEERWATT_WIRE_OP_TRADE_H
#define PEERWATT_WIRE_OP_TRADE_H

#include "base/ids.h"
#include "wire/codec.h"

#include <stdbool.h>
#include <stdint.h>

enum order_side { ORDER_BID = 1, ORDER_OFFER = 2 };
enum trade_round { ROUND_FORWARD = 1, ROUND_MEASURED = 2 };
enum trade_take { TAKE_FLEXIBLE = 1, TAKE_FIRM = 2, TAKE_PAY = 3 };
enum trade_result { RESULT_PASS = 1, RESULT_C1 = 2, RESULT_C2 = 3, RESULT_C3 = 4, RESULT_C4 = 5 };
enum ballot_stage { STAGE_EXEC = 1, STAGE_FINAL = 2, STAGE_VERIFICATION = 3, STAGE_PARAMETER = 4 };

struct order {
    enum order_side side;
    enum trade_round round; /* which of an interval's books (market.22) */
    uint64_t interval;
    int64_t energy_wh;
    int64_t price_micro_per_kwh; /* limit */
    uint32_t min_score;          /* level of market.4, 0 asks nothing */
    bool feeder_first;
};

struct order_cancel {
    uint64_t order;
};

struct agreement {            /* market.21 */
    struct span signed_bytes; /* the terms' encoding, which both have signed */
    uint32_t seller, buyer;   /* slots */
    uint64_t interval;
    int64_t energy_wh;
    int64_t price_micro_per_kwh;
    uint32_t min_delivery_ppm;
    int64_t tolerance_wh;
    enum trade_take take;
    uint64_t seller_nonce, buyer_nonce;
    uint64_t expires_height;
    uint32_t seller_min_score, buyer_min_score; /* what each asks of the other */
    struct signature seller_signature, buyer_signature;
};

struct contract_ref {
    uint64_t contract;
};

struct interval_statement { /* trade.3, trade.13 */
    uint64_t interval;
    uint32_t seq;
    int64_t delivered_wh, taken_wh;
    struct contract_ref *refused; /* ascending */
    uint32_t refused_count;
    struct hash register_commitment;
    bool corrects_one; /* if and only if seq > 0 */
    struct hash corrects;
};

struct result_item { /* trade.4, trade.7 */
    uint64_t contract;
    enum trade_result result;
    int64_t settled_wh, payment_micro;
};

struct leader_result {         /* LeaderExec and LeaderFinal */
    struct result_item *items; /* ascending contracts */
    uint32_t item_count;
};

struct ballot { /* op.1 */
    enum ballot_stage stage;
    enum trade_round round; /* of a trade stage; 0 otherwise */
    uint64_t subject;       /* interval, verification slot or number of the parameter change */
    uint32_t first;         /* position in the duty list of the bitmaps' bit 0 */
    struct span voted;      /* bitmap; its last byte is not 0 */
    struct span agree;      /* of the same length; a bit here stands in voted too */
};

struct member_evidence { /* evid.1: two envelopes, encoded */
    struct span first, second;
};

void order_fields(struct codec *c, struct order *o);
void order_cancel_fields(struct codec *c, struct order_cancel *o);
void agreement_fields(struct codec *c, struct agreement *o);
void interval_statement_fields(struct codec *c, struct interval_statement *o);
void leader_result_fields(struct codec *c, struct leader_result *o);
void ballot_fields(struct codec *c, struct ballot *o);
void member_evidence_fields(struct codec *c, struct member_evidence *o);

#endif
