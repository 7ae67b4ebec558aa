/* SPDX-License-Identifier: Apache-2.0 */
/* Private negotiation's end (paper II-B; RULE market.21): both have signed, either submits. */
#include "base/price.h"
#include "crypto/hash.h"
#include "ledger/market_inner.h"

#include <assert.h>

static uint32_t feeder_of(const struct ledger *l, uint32_t slot)
{
    const struct member *m = member_find(l, slot);
    return m ? m->feeder : 0;
}

static void make_context(struct agreement_context *out, const struct ledger *l,
                         const struct agreement *op)
{
    *out = (struct agreement_context){
        .is_gate_reached = market_gate_reached(l, op->interval, ROUND_FORWARD),
        .height = l->now.height,
        .horizon_last = market_horizon_last(l, op->interval),
    };
    market_book_params(&out->params, state_market(l, op->interval));
    out->fee = charge_rate(&out->params.fees, feeder_of(l, op->seller), feeder_of(l, op->buyer));
    market_party(&out->seller, l, op->seller, op->interval, ROUND_FORWARD, ORDER_OFFER);
    market_party(&out->buyer, l, op->buyer, op->interval, ROUND_FORWARD, ORDER_BID);
    if (out->buyer.is_active)
        out->funds_micro = money_of_buyer(l, op->buyer);
    if (market_is_interval(l, op->interval) && !interval_has_room(l, op->interval))
        out->seller.open_max = 0;
}

static void make(struct ledger *l, const struct agreement *op, const struct hash *hash, int64_t fee)
{
    const struct energy energy = {op->energy_wh};
    const struct price price = {op->price_micro_per_kwh};
    struct money payment, fee_money;
    const bool fits = price_payment(&payment, price, energy) &&
                      price_payment(&fee_money, (struct price){fee}, energy);
    assert(fits); /* both are at most retail */
    const struct trade_terms terms = {
        .interval = op->interval,
        .round = ROUND_FORWARD,
        .seller = op->seller,
        .buyer = op->buyer,
        .energy = energy,
        .price = price,
        .payment = payment,
        .take = op->take,
        .min_delivery_ppm = op->min_delivery_ppm,
        .tolerance = {op->tolerance_wh},
        .fee = fee,
        .fee_micro = fee_money.micro,
        .is_agreement = true,
        .agreement = *hash,
    };
    const uint32_t place = interval_take(l, op->interval);
    assert(place != MARKET_NO_PLACE);
    const uint64_t number = contract_make(l, &terms);
    assert(number > 0);
}

enum err agreement_op(struct ledger *l, const struct op_signer *s, const struct agreement *op)
{
    const struct hash hash = hash_bytes(op->signed_bytes);
    struct agreement_context context;
    if (agreement_is_known(l, &hash))
        return ERR_AGREE_TWICE;
    if (s->slot != op->seller && s->slot != op->buyer)
        return ERR_OP_SIGNER;
    make_context(&context, l, op);
    const enum err refused = agreement_admit(op, &context);
    if (refused)
        return refused;
    if (!contract_has_room(l, 1))
        return ERR_CONTRACTS_FULL;
    if (!market_has_witness(l, op->seller, op->buyer))
        return ERR_CLUSTER_TOO_SMALL;
    make(l, op, &hash, context.fee);
    return ERR_OK;
}
