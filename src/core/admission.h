/* SPDX-License-Identifier: Apache-2.0 */
/* core/admission.h - is an order or an agreement taken? (RULE market.5, market.21, market.1)
 *
 * Pure: the ledger looks up what the rules ask for and passes it in; a verdict is a refusal of
 * base/err.h, the first that applies in the rule's own order, or ERR_OK. Nothing is changed. */
#ifndef PEERWATT_CORE_ADMISSION_H
#define PEERWATT_CORE_ADMISSION_H

#include "base/err.h"
#include "base/must_use.h"
#include "core/book.h"
#include "wire/genesis.h"

#include <stdbool.h>
#include <stdint.h>

#define ADMISSION_NO_OFFER INT64_MAX /* no live offer of the household */
#define ADMISSION_NO_BID (-1)        /* no live bid of the household */

struct admission_party { /* what both kinds ask of a member */
    bool is_active;
    int32_t score, trade_threshold; /* R and R_trade of qot.9 */
    uint32_t household;
    int64_t capacity_wh; /* open forward energy that is left (gate.2); measured: INT64_MAX */
    uint32_t open_count; /* orders, or agreements, of the interval */
    uint32_t open_max;   /* dos.1 */
    int64_t exposure_left_micro; /* dos.1, agreements in probation; else INT64_MAX */
};

/* RULE market.2: does an interval have a book for orders of @round? Never under `bilateral`, which
 * knows agreements only; a forward one under `continuous`, which is legal with that timing only. */
MUST_USE bool admission_has_book(enum market_mechanism mechanism, enum market_timing timing,
                                 enum trade_round round);

struct order_context {
    struct admission_party member;
    struct book_params params;
    enum market_mechanism mechanism; /* both as the parameters stand for the interval */
    enum market_timing timing;
    bool is_gate_reached;
    uint64_t horizon_last; /* the last interval that may be named */
    int64_t highest_bid;   /* of the household for the interval, or ADMISSION_NO_BID */
    int64_t lowest_offer;  /* or ADMISSION_NO_OFFER */
    uint32_t book_count, book_max;
};

MUST_USE enum err order_admit(const struct order *order, const struct order_context *context);

struct agreement_context {
    struct admission_party seller, buyer;
    struct book_params params;
    int64_t fee;          /* of the pair, micro per kWh */
    bool is_taken;        /* its hash is known */
    bool is_gate_reached; /* of the interval, forward */
    uint64_t height;      /* of this block */
    uint64_t horizon_last;
    int64_t funds_micro; /* the buyer's available + credit limit */
};

MUST_USE enum err agreement_admit(const struct agreement *agreement,
                                  const struct agreement_context *context);

#endif
