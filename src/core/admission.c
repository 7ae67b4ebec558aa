/* SPDX-License-Identifier: Apache-2.0 */
#include "core/admission.h"

#include "base/price.h"

#include <assert.h>

static bool trades(const struct admission_party *party)
{
    return party->score >= party->trade_threshold;
}

/* RULE market.5: a household's bids stand strictly below its offers, so no clearing can pair it
 * with itself and no pair need be inspected. */
static bool crosses_own(const struct order *order, const struct order_context *context)
{
    const int64_t price = order->price_micro_per_kwh;
    return order->side == ORDER_BID ? price >= context->lowest_offer
                                    : price <= context->highest_bid;
}

static enum err order_values(const struct order *order, const struct order_context *context)
{
    const struct book_params *params = &context->params;
    if (order->energy_wh < params->order_min_wh || order->energy_wh > params->order_max_wh ||
        order->energy_wh <= 0)
        return ERR_ORDER_ENERGY_RANGE;
    /* RULE market.1: nobody does worse than with the utility. */
    if (order->price_micro_per_kwh < params->feed_in || order->price_micro_per_kwh > params->retail)
        return ERR_ORDER_PRICE_RANGE;
    if (order->min_score >= BOOK_LEVELS)
        return ERR_ORDER_SCORE_LEVEL;
    return crosses_own(order, context) ? ERR_ORDER_CROSSES_OWN : ERR_OK;
}

bool admission_has_book(enum market_mechanism mechanism, enum market_timing timing,
                        enum trade_round round)
{
    switch (mechanism) {
    case MECHANISM_CALL:
        return timing == TIMING_BOTH || (timing == TIMING_FORWARD) == (round == ROUND_FORWARD);
    case MECHANISM_CONTINUOUS:
        return timing == TIMING_FORWARD && round == ROUND_FORWARD;
    case MECHANISM_BILATERAL:
        return false;
    }
    assert(false);
    return false;
}

enum err order_admit(const struct order *order, const struct order_context *context)
{
    if (!context->member.is_active)
        return ERR_ORDER_NOT_ACTIVE;
    if (!trades(&context->member))
        return ERR_ORDER_SCORE_GATE;
    if (!admission_has_book(context->mechanism, context->timing, order->round))
        return ERR_ORDER_NO_BOOK;
    if (context->is_gate_reached)
        return ERR_ORDER_LATE;
    if (order->interval > context->horizon_last)
        return ERR_ORDER_EARLY;
    const enum err bad = order_values(order, context);
    if (bad)
        return bad;
    if (order->energy_wh > context->member.capacity_wh)
        return ERR_ORDER_CAPACITY;
    if (context->member.open_count >= context->member.open_max)
        return ERR_ORDER_LIMIT_MEMBER;
    return context->book_count >= context->book_max ? ERR_ORDER_LIMIT_BOOK : ERR_OK;
}

static enum err agreement_parties(const struct agreement *a,
                                  const struct agreement_context *context)
{
    const struct admission_party *seller = &context->seller, *buyer = &context->buyer;
    if (!seller->is_active || !buyer->is_active)
        return ERR_AGREE_NOT_ACTIVE;
    if (!trades(seller) || !trades(buyer) || book_level(seller->score) < a->buyer_min_score ||
        book_level(buyer->score) < a->seller_min_score)
        return ERR_AGREE_SCORE_GATE;
    return seller->household == buyer->household ? ERR_AGREE_OWN_HOUSEHOLD : ERR_OK;
}

static enum err agreement_values(const struct agreement *a, const struct agreement_context *context)
{
    const struct book_params *params = &context->params;
    if (a->energy_wh < params->order_min_wh || a->energy_wh > params->order_max_wh ||
        a->energy_wh <= 0)
        return ERR_AGREE_ENERGY_RANGE;
    /* RULE market.1: without overflow whatever the price says. */
    if (a->price_micro_per_kwh < params->feed_in ||
        a->price_micro_per_kwh > params->retail - context->fee)
        return ERR_AGREE_PRICE_RANGE;
    if (a->min_delivery_ppm > 1000000 || a->tolerance_wh < 0 || a->tolerance_wh > a->energy_wh)
        return ERR_AGREE_TERMS;
    return ERR_OK;
}

static bool is_within_limits(const struct admission_party *party, struct money payment)
{
    return party->open_count < party->open_max && payment.micro <= party->exposure_left_micro;
}

/* RULE market.21: the first match of the rule's list; "taken once" comes before all, since a
 * second copy says nothing about the first. */
enum err agreement_admit(const struct agreement *agreement, const struct agreement_context *context)
{
    if (context->is_taken)
        return ERR_AGREE_TWICE;
    enum err bad = agreement_parties(agreement, context);
    if (bad)
        return bad;
    if (context->is_gate_reached || agreement->expires_height < context->height)
        return ERR_AGREE_LATE;
    if (agreement->interval > context->horizon_last)
        return ERR_AGREE_EARLY;
    bad = agreement_values(agreement, context);
    if (bad)
        return bad;
    if (agreement->energy_wh > context->seller.capacity_wh ||
        agreement->energy_wh > context->buyer.capacity_wh)
        return ERR_AGREE_CAPACITY;
    struct money payment;
    if (!price_payment(&payment, (struct price){agreement->price_micro_per_kwh},
                       (struct energy){agreement->energy_wh}) ||
        !is_within_limits(&context->seller, payment) || !is_within_limits(&context->buyer, payment))
        return ERR_AGREE_LIMIT_MEMBER;
    return payment.micro > context->funds_micro ? ERR_AGREE_FUNDS : ERR_OK;
}
