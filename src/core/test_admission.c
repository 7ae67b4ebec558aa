/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.5, market.21, market.1, market.2: each refusal on both sides of its limit, in its
 * order. */
#include "core/admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct admission_party party = {.is_active = true,
                                             .score = 0,
                                             .trade_threshold = 0,
                                             .household = 1,
                                             .capacity_wh = 500,
                                             .open_count = 7,
                                             .open_max = 8,
                                             .exposure_left_micro = 100000};

static const struct book_params params = {
    .feed_in = 80000, .retail = 300000, .order_min_wh = 10, .order_max_wh = 1000};

static struct order_context good_context(void)
{
    return (struct order_context){.member = party,
                                  .params = params,
                                  .mechanism = MECHANISM_CALL,
                                  .timing = TIMING_FORWARD,
                                  .horizon_last = 192,
                                  .highest_bid = ADMISSION_NO_BID,
                                  .lowest_offer = ADMISSION_NO_OFFER,
                                  .book_count = 9,
                                  .book_max = 10};
}

static const struct order good = {.side = ORDER_BID,
                                  .round = ROUND_FORWARD,
                                  .interval = 192,
                                  .energy_wh = 500,
                                  .price_micro_per_kwh = 300000,
                                  .min_score = 7};

static void an_order_at_every_limit_is_taken(void **state)
{
    (void)state;
    const struct order_context context = good_context();
    struct order order = good;
    assert_int_equal(order_admit(&order, &context), ERR_OK);
    order.side = ORDER_OFFER;
    order.price_micro_per_kwh = 80000;
    order.energy_wh = 10;
    assert_int_equal(order_admit(&order, &context), ERR_OK);
}

/* Break one thing after the other, from the last reason to the first: each must win over those
 * that are broken already. */
static void an_order_is_refused_by_the_first_reason_that_applies(void **state)
{
    (void)state;
    struct order_context context = good_context();
    struct order order = good;
    context.book_count = 10;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_LIMIT_BOOK);
    context.member.open_count = 8;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_LIMIT_MEMBER);
    order.energy_wh = 501;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_CAPACITY);
    context.lowest_offer = 300000;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_CROSSES_OWN);
    order.min_score = 8;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_SCORE_LEVEL);
    order.price_micro_per_kwh = 300001;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_PRICE_RANGE);
    order.energy_wh = 1001;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_ENERGY_RANGE);
    order.interval = 193;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_EARLY);
    context.is_gate_reached = true;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_LATE);
    order.round = ROUND_MEASURED;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_NO_BOOK);
    context.member.score = -1;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_SCORE_GATE);
    context.member.is_active = false;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_NOT_ACTIVE);
}

static void mechanism_and_timing_say_which_books_there_are(void **state)
{
    (void)state;
    static const struct {
        enum market_mechanism mechanism;
        enum market_timing timing;
        bool forward, measured;
    } rows[] = {{MECHANISM_CALL, TIMING_MEASURED, false, true},
                {MECHANISM_CALL, TIMING_FORWARD, true, false},
                {MECHANISM_CALL, TIMING_BOTH, true, true},
                {MECHANISM_CONTINUOUS, TIMING_MEASURED, false, false},
                {MECHANISM_CONTINUOUS, TIMING_FORWARD, true, false},
                {MECHANISM_CONTINUOUS, TIMING_BOTH, false, false},
                {MECHANISM_BILATERAL, TIMING_MEASURED, false, false},
                {MECHANISM_BILATERAL, TIMING_FORWARD, false, false},
                {MECHANISM_BILATERAL, TIMING_BOTH, false, false}};
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct order_context context = good_context();
        struct order order = good;
        context.mechanism = rows[i].mechanism;
        context.timing = rows[i].timing;
        assert_int_equal(order_admit(&order, &context),
                         rows[i].forward ? ERR_OK : ERR_ORDER_NO_BOOK);
        order.round = ROUND_MEASURED;
        assert_int_equal(order_admit(&order, &context),
                         rows[i].measured ? ERR_OK : ERR_ORDER_NO_BOOK);
    }
}

static void energy_and_price_have_two_ends(void **state)
{
    (void)state;
    const struct order_context context = good_context();
    struct order order = good;
    order.energy_wh = 9;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_ENERGY_RANGE);
    order.energy_wh = 10;
    order.price_micro_per_kwh = 79999;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_PRICE_RANGE);
    struct order_context no_least = context;
    no_least.params.order_min_wh = 0;
    order.energy_wh = 0;
    assert_int_equal(order_admit(&order, &no_least), ERR_ORDER_ENERGY_RANGE);
}

static void a_household_never_crosses_itself(void **state)
{
    (void)state;
    struct order_context context = good_context();
    struct order order = good;
    order.price_micro_per_kwh = 150000;
    context.lowest_offer = 150001;
    assert_int_equal(order_admit(&order, &context), ERR_OK);
    context.lowest_offer = 150000;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_CROSSES_OWN);
    order.side = ORDER_OFFER;
    context.highest_bid = 149999;
    assert_int_equal(order_admit(&order, &context), ERR_OK);
    context.highest_bid = 150000;
    assert_int_equal(order_admit(&order, &context), ERR_ORDER_CROSSES_OWN);
}

static struct agreement_context good_agreement_context(void)
{
    struct agreement_context context = {.seller = party,
                                        .buyer = party,
                                        .params = params,
                                        .fee = 20000,
                                        .height = 600,
                                        .horizon_last = 192,
                                        .funds_micro = 100000};
    context.buyer.household = 2;
    return context;
}

static const struct agreement good_agreement = {.interval = 192,
                                                .energy_wh = 500,
                                                .price_micro_per_kwh = 200000,
                                                .min_delivery_ppm = 1000000,
                                                .tolerance_wh = 500,
                                                .take = TAKE_FIRM,
                                                .expires_height = 600,
                                                .seller_min_score = 3,
                                                .buyer_min_score = 3};

static void an_agreement_at_every_limit_is_taken(void **state)
{
    (void)state;
    struct agreement_context context = good_agreement_context();
    struct agreement agreement = good_agreement;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_OK);
    context.seller.exposure_left_micro = context.buyer.exposure_left_micro = INT64_MAX;
    context.funds_micro = 140000;
    agreement.price_micro_per_kwh = 280000; /* with the fee: the retail price */
    assert_int_equal(agreement_admit(&agreement, &context), ERR_OK);
    agreement.price_micro_per_kwh = 80000;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_OK);
}

static void an_agreement_is_refused_by_the_first_reason_that_applies(void **state)
{
    (void)state;
    struct agreement_context context = good_agreement_context();
    struct agreement agreement = good_agreement;
    context.funds_micro = 99999;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_FUNDS);
    context.buyer.exposure_left_micro = 99999;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_LIMIT_MEMBER);
    context.seller.capacity_wh = 499;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_CAPACITY);
    agreement.tolerance_wh = 501;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_TERMS);
    agreement.price_micro_per_kwh = 280001;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_PRICE_RANGE);
    agreement.energy_wh = 9;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_ENERGY_RANGE);
    agreement.interval = 193;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_EARLY);
    agreement.expires_height = 599;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_LATE);
    context.buyer.household = 1;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_OWN_HOUSEHOLD);
    agreement.buyer_min_score = 4;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_SCORE_GATE);
    context.seller.is_active = false;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_NOT_ACTIVE);
    context.is_taken = true;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_TWICE);
}

/* RULE market.21 */
static void energy_price_and_terms_of_an_agreement_have_two_ends(void **state)
{
    (void)state;
    struct agreement_context context = good_agreement_context();
    context.seller.capacity_wh = context.buyer.capacity_wh = 2000;
    context.seller.exposure_left_micro = context.buyer.exposure_left_micro = INT64_MAX;
    context.funds_micro = INT64_MAX;
    struct agreement agreement = good_agreement;
    agreement.energy_wh = 1001;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_ENERGY_RANGE);
    agreement.energy_wh = 1000;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_OK);
    agreement.price_micro_per_kwh = 79999;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_PRICE_RANGE);
    agreement = good_agreement;
    agreement.min_delivery_ppm = 1000001;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_TERMS);
    agreement = good_agreement;
    agreement.tolerance_wh = -1;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_AGREE_TERMS);
    agreement.tolerance_wh = 0;
    assert_int_equal(agreement_admit(&agreement, &context), ERR_OK);
}

static void either_party_can_be_the_reason(void **state)
{
    (void)state;
    struct agreement_context context = good_agreement_context();
    context.buyer.is_active = false;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_NOT_ACTIVE);
    context = good_agreement_context();
    context.seller.trade_threshold = 1;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_SCORE_GATE);
    context = good_agreement_context();
    context.buyer.trade_threshold = 1;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_SCORE_GATE);
    context = good_agreement_context();
    context.buyer.capacity_wh = 499;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_CAPACITY);
    context = good_agreement_context();
    context.buyer.score = context.buyer.trade_threshold = -1;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_SCORE_GATE);
    context = good_agreement_context();
    context.is_gate_reached = true;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_LATE);
    context = good_agreement_context();
    context.seller.open_count = 8;
    assert_int_equal(agreement_admit(&good_agreement, &context), ERR_AGREE_LIMIT_MEMBER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_at_every_limit_is_taken),
        cmocka_unit_test(an_order_is_refused_by_the_first_reason_that_applies),
        cmocka_unit_test(mechanism_and_timing_say_which_books_there_are),
        cmocka_unit_test(energy_and_price_have_two_ends),
        cmocka_unit_test(a_household_never_crosses_itself),
        cmocka_unit_test(an_agreement_at_every_limit_is_taken),
        cmocka_unit_test(an_agreement_is_refused_by_the_first_reason_that_applies),
        cmocka_unit_test(energy_price_and_terms_of_an_agreement_have_two_ends),
        cmocka_unit_test(either_party_can_be_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
