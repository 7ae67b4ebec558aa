/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_book.h - random books for tests: small, full of ties, and admitted by RULE market.5.
 *
 * Only tests include this file. */
#ifndef PEERWATT_CORE_TEST_BOOK_H
#define PEERWATT_CORE_TEST_BOOK_H

#include "base/test_random.h"
#include "core/book.h"

#include <string.h>

enum { TEST_MEMBERS_MAX = 12, TEST_ORDERS_MAX = 24, TEST_FEEDERS = 3 };

struct test_book {
    struct book_member members[TEST_MEMBERS_MAX];
    struct book_order orders[TEST_ORDERS_MAX];
    struct genesis_fee fees[TEST_FEEDERS * TEST_FEEDERS];
    struct book book;
};

/* Bids and offers of one household must not meet. */
static inline bool test_book_crosses(const struct test_book *t, const struct book_order *order)
{
    const uint32_t household = t->members[order->member].household;
    for (uint32_t i = 0; i < t->book.order_count; i++) {
        const struct book_order *o = &t->orders[i];
        if (t->members[o->member].household != household || o->side == order->side)
            continue;
        if (o->side == ORDER_BID ? o->price >= order->price : o->price <= order->price)
            return true;
    }
    return false;
}

static inline void test_book_members(struct test_book *t, struct test_random *r)
{
    static const uint8_t levels[] = {0, 2, 3, 5, 7};
    const uint64_t scored = test_random_below(r, 2);
    uint32_t slot = 0, household = 0;
    t->book.member_count = 2 + (uint32_t)test_random_below(r, TEST_MEMBERS_MAX - 1);
    for (uint32_t i = 0; i < t->book.member_count; i++) {
        slot += 1 + (uint32_t)test_random_below(r, 3);
        household = test_random_below(r, 4) == 0 && i > 0 ? household : slot;
        t->members[i] = (struct book_member){
            .funds_micro = test_random_below(r, 5) == 0 ? (int64_t)test_random_below(r, 300000)
                                                        : BOOK_FUNDS_ENOUGH,
            .slot = slot,
            .household = household,
            .feeder = 1 + (uint32_t)test_random_below(r, TEST_FEEDERS),
            .level = scored ? levels[test_random_below(r, 5)] : 3};
    }
}

static inline void test_book_orders(struct test_book *t, struct test_random *r)
{
    const uint64_t wanted = test_random_below(r, TEST_ORDERS_MAX + 1);
    const uint64_t steps = 1 + test_random_below(r, 6), choosy = test_random_below(r, 3);
    for (uint64_t i = 0; i < wanted; i++) {
        const bool is_bid = test_random_below(r, 2);
        const int64_t step = (int64_t)test_random_below(r, steps) * 20001;
        const struct book_order o = {.number = 3 * i,
                                     .price = is_bid ? 300000 - 2 * step : 80000 + step,
                                     .energy_wh = test_random_below(r, 2)
                                                      ? 10 * (1 + (uint32_t)test_random_below(r, 6))
                                                      : 1 + (uint32_t)test_random_below(r, 1000),
                                     .member = (uint32_t)test_random_below(r, t->book.member_count),
                                     .side = is_bid ? ORDER_BID : ORDER_OFFER,
                                     .min_score = choosy && test_random_below(r, 4) < choosy
                                                      ? (uint8_t)test_random_below(r, BOOK_LEVELS)
                                                      : 0,
                                     .feeder_first = test_random_below(r, 3) == 0};
        if (!test_book_crosses(t, &o))
            t->orders[t->book.order_count++] = o;
    }
}

static inline void test_book_fill(struct test_book *t, struct test_random *r)
{
    static const int64_t dust[] = {0, 1, 10, 50, 200};
    memset(t, 0, sizeof *t);
    for (uint32_t i = 0; i < TEST_FEEDERS * TEST_FEEDERS; i++)
        t->fees[i] = (struct genesis_fee){
            1 + i / TEST_FEEDERS, 1 + i % TEST_FEEDERS,
            i % (TEST_FEEDERS + 1) == 0 ? 0 : (int64_t)test_random_below(r, 30) * 1000};
    struct book_params *p = &t->book.params;
    *p = (struct book_params){
        .feed_in = 80000,
        .retail = 300000,
        .price_rule = test_random_below(r, 4) ? BOOK_MIDPOINT : BOOK_POSTED,
        .posted = 100000 + (int64_t)test_random_below(r, 100000),
        .award_min_wh = dust[test_random_below(r, 5)],
        .order_min_wh = 1,
        .order_max_wh = 1000000,
        .fees = {t->fees, test_random_below(r, 2) ? TEST_FEEDERS * TEST_FEEDERS : 0}};
    p->fee_ref = charge_most(&p->fees);
    t->book.interval = test_random_next(r);
    for (uint32_t i = 0; i < HASH_BYTES; i++)
        t->book.seed.bytes[i] = (uint8_t)test_random_next(r);
    t->book.members = t->members;
    t->book.orders = t->orders;
    test_book_members(t, r);
    test_book_orders(t, r);
}

#endif
