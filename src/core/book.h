/* SPDX-License-Identifier: Apache-2.0 */
/* core/book.h - the frozen book of one interval and round, and the words of RULE market.4.
 *
 * Pure: a view on the caller's arrays; nothing here owns memory. Members stand in ascending order
 * of slots, orders in ascending order of numbers, and whoever fills a book sees to both, to the
 * ranges below and to RULE market.5 (admission.h): a book that breaks them is a bug, not input. */
#ifndef PEERWATT_CORE_BOOK_H
#define PEERWATT_CORE_BOOK_H

#include "base/ids.h"
#include "base/must_use.h"
#include "core/charge.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BOOK_ORDERS_MAX = 1 << 20,
    BOOK_PRICE_MAX = 1000000000,   /* micro per kWh */
    BOOK_ENERGY_MAX = 1000000000,  /* Wh in one order */
    BOOK_MEMBER_ORDERS_MAX = 4096, /* of one member: so that each payment is below 2^62 micro */
    BOOK_LEVELS = 8,               /* score levels, 0 to 7 */
    BOOK_CLASSES = 64,             /* 8 x own level + min_score (RULE market.13) */
};

#define BOOK_FUNDS_ENOUGH INT64_MAX /* of a buyer whose bids are not to be cut */

enum book_price_rule { BOOK_MIDPOINT, BOOK_POSTED };

struct book_params {
    int64_t feed_in, retail; /* F and R, micro per kWh */
    enum book_price_rule price_rule;
    int64_t posted;       /* P0, micro per kWh; only with BOOK_POSTED */
    int64_t award_min_wh; /* m of RULE market.11 */
    int64_t order_min_wh; /* of an order, and of what rests of one in `continuous` */
    int64_t order_max_wh; /* up to BOOK_ENERGY_MAX */
    struct charge_list fees;
    int64_t fee_ref; /* the largest rate of fees (charge_most) */
};

struct book_member {
    int64_t funds_micro; /* available + credit limit at clearing, or BOOK_FUNDS_ENOUGH */
    uint32_t slot;
    uint32_t household; /* the lowest slot of the household */
    uint32_t feeder;    /* from 1, up to WIRE_FEEDERS_MAX, as in genesis */
    uint8_t level;      /* score level, book_level */
};

struct book_order {
    uint64_t number;
    int64_t price;      /* limit, micro per kWh, 0 to BOOK_PRICE_MAX */
    uint32_t energy_wh; /* 1 to BOOK_ENERGY_MAX */
    uint32_t member;    /* index into members */
    uint8_t side;       /* enum order_side */
    uint8_t min_score;  /* level it asks of the other party */
    bool feeder_first;
};

struct book {
    struct book_params params;
    uint64_t interval;
    struct hash seed;
    const struct book_member *members;
    const struct book_order *orders;
    uint32_t member_count, order_count;
};

/* RULE market.4: how many of the eight steps a score in [-2^30, 2^30] reaches, 0 to 7. */
MUST_USE uint8_t book_level(int32_t score);

/* RULE market.13: the class of an order. */
MUST_USE uint8_t book_class(const struct book *book, const struct book_order *order);

/* RULE market.13: may a seller of @seller_class and a buyer of @buyer_class meet? */
MUST_USE bool book_may_meet(uint32_t seller_class, uint32_t buyer_class);

#endif
