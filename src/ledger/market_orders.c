/* SPDX-License-Identifier: Apache-2.0 */
#include "core/order_machine.h"
#include "ledger/market_inner.h"

#include <assert.h>

/* RULE market.5: the household's live orders of the interval, of both rounds. */
static void household_limits(struct order_context *out, const struct ledger *l, uint32_t slot,
                             uint64_t interval)
{
    uint32_t at = slot;
    do {
        for (uint32_t place = order_first_of(l, at, interval); place != MARKET_NO_PLACE;
             place = order_next_of(l, place)) {
            const struct ledger_order *o = order_get(l, place);
            if (o->side == ORDER_BID && o->price > out->highest_bid)
                out->highest_bid = o->price;
            if (o->side == ORDER_OFFER && o->price < out->lowest_offer)
                out->lowest_offer = o->price;
        }
        at = l->index.members.next_at_home[at];
    } while (at != slot);
}

static void make_context(struct order_context *out, const struct ledger *l, uint32_t slot,
                         const struct order *op)
{
    const struct genesis_market *market = state_market(l, op->interval);
    *out = (struct order_context){
        .mechanism = market->mechanism,
        .timing = market->timing,
        .is_gate_reached = market_gate_reached(l, op->interval, op->round),
        .horizon_last = market_horizon_last(l, op->interval),
        .highest_bid = ADMISSION_NO_BID,
        .lowest_offer = ADMISSION_NO_OFFER,
        .book_count = l->index.orders.places.count,
        .book_max = (uint32_t)market->book_max_orders,
    };
    if (out->book_max > l->sizes.orders)
        out->book_max = l->sizes.orders;
    market_book_params(&out->params, market);
    market_party(&out->member, l, slot, op->interval, op->round, op->side);
    if (!out->member.is_active || !market_is_interval(l, op->interval))
        return;
    out->member.open_count = market_orders_sum(l, slot, op->interval).count;
    household_limits(out, l, slot, op->interval);
    if (!interval_has_room(l, op->interval))
        out->book_max = 0;
}

enum err order_op(struct ledger *l, const struct op_signer *s, const struct order *op)
{
    struct order_context context;
    make_context(&context, l, s->slot, op);
    const enum err refused = order_admit(op, &context);
    if (refused)
        return refused;
    if (!market_has_witness(l, s->slot, 0))
        return ERR_CLUSTER_TOO_SMALL;
    const uint32_t place = interval_take(l, op->interval);
    assert(place != MARKET_NO_PLACE);
    const struct ledger_order order = {
        .number = ++l->head->order_last,
        .interval = op->interval,
        .height = l->now.height,
        .member = s->slot,
        .side = op->side,
        .round = op->round,
        .state = ORDER_OPEN,
        .energy_wh = op->energy_wh,
        .price = op->price_micro_per_kwh,
        .min_score = op->min_score,
        .feeder_first = op->feeder_first,
    };
    order_add(l, &order);
    return ERR_OK;
}

enum err order_cancel_op(struct ledger *l, const struct op_signer *s, const struct order_cancel *op)
{
    uint32_t place;
    if (!id_map_find(&l->index.orders.by_number, op->order, &place))
        return op->order > 0 && op->order <= l->head->order_last ? ERR_CLOSED : ERR_NO_ORDER;
    const struct ledger_order *o = order_get(l, place);
    enum order_state state = o->state;
    const struct order_happening h = {.event = ORDER_EV_CANCEL,
                                      .round = o->round,
                                      .by_owner = o->member == s->slot,
                                      .is_quiet = market_is_quiet(l, o->interval, o->round)};
    const enum err refused = order_machine_step(&state, &h);
    if (refused)
        return refused;
    const uint32_t interval = interval_find(l, o->interval);
    order_free(l, place);
    interval_give_back(l, interval);
    return ERR_OK;
}

static void cancel_in(struct ledger *l, uint32_t slot, uint64_t interval)
{
    uint32_t place = order_first_of(l, slot, interval);
    while (place != MARKET_NO_PLACE) {
        const uint32_t next = order_next_of(l, place);
        enum order_state state = order_get(l, place)->state;
        const struct order_happening h = {.event = ORDER_EV_OWNER_OUT,
                                          .round = order_get(l, place)->round};
        const enum err refused = order_machine_step(&state, &h);
        assert(!refused && state == ORDER_CANCELLED);
        order_free(l, place);
        place = next;
    }
}

void market_cancel_of(struct ledger *l, uint32_t slot)
{
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        if (!places_is_occupied(&l->index.orders.intervals, place))
            continue;
        const uint64_t interval = interval_get(l, place)->number;
        if (order_first_of(l, slot, interval) == MARKET_NO_PLACE)
            continue;
        cancel_in(l, slot, interval);
        interval_give_back(l, place);
    }
}
