/* SPDX-License-Identifier: Apache-2.0 */
/* core/clearing.h - the call auction: who trades, with whom, at which price (RULE market.3,
 * market.6 to market.16), and the record of it that certificate.h judges.
 *
 * Pure: a function of book and seed. Memory comes from the caller's arena, at most 64 bytes an
 * order and 40 a contract (RULE market.18); the record's lists live there. */
#ifndef PEERWATT_CORE_CLEARING_H
#define PEERWATT_CORE_CLEARING_H

#include "base/arena.h"
#include "base/must_use.h"
#include "base/wide.h"
#include "core/book.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLEARING_NONE INT64_MIN /* "no price": null in JSON, -2^63 in the digest */

enum clearing_result {
    CLEARING_CLEARED,
    CLEARING_NO_ORDERS,
    CLEARING_NO_BIDS,
    CLEARING_NO_OFFERS,
    CLEARING_NO_CROSS,
};

struct clearing_quantity { /* of one order; each at most BOOK_ENERGY_MAX */
    uint32_t funded_wh;    /* an offer's energy; a bid's after RULE market.6 */
    uint32_t crossing_wh;
    uint32_t final_wh; /* in contracts */
    bool is_cut;       /* a bid that its buyer could not pay in full */
    bool is_out;       /* under a posted price: its limit said no (RULE market.9) */
};

struct clearing_ration { /* of the crossing (RULE market.11) */
    bool is_rationed;
    enum order_side side;
    int64_t price;     /* the level G, a net limit */
    int64_t amount_wh; /* A */
    int64_t cap_wh;    /* L; award_min_wh in a lottery */
    int64_t extra;     /* Wh given one each; 0 in a lottery */
    bool is_lottery;
};

struct clearing_contract {
    uint32_t seller, buyer; /* indexes of members */
    int64_t energy_wh, payment_micro;
    int64_t fee, fee_micro; /* per kWh, and in all */
};

struct clearing {
    enum clearing_result result;
    int64_t price, dual; /* micro per kWh, like all prices here */
    int64_t marginal_bid, marginal_offer, best_bid, best_offer; /* net limits */
    int64_t crossing_wh, paired_wh;
    i128 surplus; /* micro per kWh x Wh */
    struct clearing_ration ration;
    int64_t flow[BOOK_CLASSES][BOOK_CLASSES]; /* Wh, [class of sellers][class of buyers] */
    bool has_cut;                             /* scores bind */
    uint64_t cut;                             /* bit c: seller class c is in the minimum cut */
    struct clearing_quantity *quantities;     /* one for each order of the book */
    struct clearing_contract *contracts;
    uint32_t contract_count;
    struct hash digest;
};

/* Bytes that an arena needs, aligned to 8, to clear any book of @order_count orders. */
MUST_USE size_t clearing_bytes(uint32_t order_count);

/* Clear @book. False if @arena is full; then @out is not to be used. */
MUST_USE bool clearing_make(struct clearing *out, struct arena *arena, const struct book *book);

/* The part before contracts: funding, crossing and price, no ration (for measuring). */
MUST_USE bool clearing_cross(struct clearing *out, struct arena *arena, const struct book *book);

/* RULE market.16 */
MUST_USE struct hash clearing_digest(const struct clearing *clearing, const struct book *book);

#endif
