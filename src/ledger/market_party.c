/* SPDX-License-Identifier: Apache-2.0 */
/* What admission asks of a member (RULE dos.1, gate.2, qot.9, boot.7), by the state as it is. */
#include "ledger/market_inner.h"

#include "core/score.h"

enum { OPEN_MORE = 56 }; /* RULE dos.1: so many more at the highest score */

struct market_orders_sum market_orders_sum(const struct ledger *l, uint32_t slot, uint64_t interval)
{
    struct market_orders_sum sum = {0};
    for (uint32_t place = order_first_of(l, slot, interval); place != MARKET_NO_PLACE;
         place = order_next_of(l, place)) {
        const struct ledger_order *o = order_get(l, place);
        sum.count++;
        if (o->round != ROUND_FORWARD)
            continue;
        if (o->side == ORDER_BID)
            sum.bids_wh += o->energy_wh;
        else
            sum.offers_wh += o->energy_wh;
    }
    return sum;
}

/* RULE dos.1 */
static uint32_t open_max(const struct ledger *l, const struct standing *s,
                         enum standing_trade trade)
{
    const uint32_t least = (uint32_t)l->params->limits.orders_per_interval_max;
    if (trade != STANDING_FULL || s->score <= 0)
        return least;
    return least + (uint32_t)((int64_t)OPEN_MORE * s->score / SCORE_MAX);
}

/* RULE gate.2: what the connection can still deliver or take, beside open forward energy. */
static int64_t capacity_left(const struct member *m, const struct trade_sums *sums,
                             const struct market_orders_sum *orders, enum order_side side)
{
    return side == ORDER_BID ? m->max_import_wh - sums->bought_wh - orders->bids_wh
                             : m->max_export_wh - sums->sold_wh - orders->offers_wh;
}

void market_party(struct admission_party *out, const struct ledger *l, uint32_t slot,
                  uint64_t interval, enum trade_round round, enum order_side side)
{
    const struct member *m = member_find(l, slot);
    *out = (struct admission_party){.is_active = m && m->status == STATUS_ACTIVE};
    if (!out->is_active)
        return;
    const struct standing *s = standing_get(l, slot);
    const uint32_t active = l->head->active_count;
    const enum standing_trade trade =
        standing_trade(s, active, l->now.interval, l->params->qot.penance_intervals);
    out->score = s->score;
    /* Whoever has served its penance trades whatever its score is. */
    out->trade_threshold = trade == STANDING_LOW ? standing_threshold(s, active) : -SCORE_MAX;
    out->household = m->household;
    out->open_max = open_max(l, s, trade);
    out->exposure_left_micro = out->capacity_wh = INT64_MAX;
    if (!market_is_interval(l, interval))
        return; /* refused for the interval */
    struct trade_sums sums;
    const struct market_orders_sum orders = market_orders_sum(l, slot, interval);
    trade_sums(l, slot, interval, &sums);
    out->open_count = sums.agreements;
    if (round == ROUND_FORWARD)
        out->capacity_wh = capacity_left(m, &sums, &orders, side);
    if (trade != STANDING_FULL) {
        const int64_t most = (int64_t)l->params->limits.probation_micro;
        out->exposure_left_micro = sums.exposure_micro < most ? most - sums.exposure_micro : 0;
    }
}

void market_book_params(struct book_params *out, const struct genesis_market *m)
{
    *out = (struct book_params){
        .feed_in = (int64_t)m->feed_in_micro_per_kwh,
        .retail = (int64_t)m->retail_micro_per_kwh,
        .price_rule = m->price_rule == PRICE_POSTED ? BOOK_POSTED : BOOK_MIDPOINT,
        .posted = (int64_t)m->posted_micro_per_kwh,
        .award_min_wh = (int64_t)m->award_min_wh,
        .order_min_wh = (int64_t)m->order_min_wh,
        .order_max_wh = (int64_t)m->order_max_wh,
        .fees = {m->fees, m->fee_count},
    };
}

/* Active members under one roof with @slot. */
static uint32_t active_at_home(const struct ledger *l, uint32_t slot)
{
    uint32_t count = 0, at = slot;
    do {
        count += member_get(l, at)->status == STATUS_ACTIVE;
        at = l->index.members.next_at_home[at];
    } while (at != slot);
    return count;
}

/* Score and presence change until the draw; a member more or less at home does so rarely. So e is
 * taken to be 0 where everybody active lives with a party. */
bool market_has_witness(const struct ledger *l, uint32_t seller, uint32_t buyer)
{
    if (l->params->trade.unwitnessed != UNWITNESSED_REFUSE)
        return true;
    const uint32_t left_out =
        active_at_home(l, seller) + (buyer ? active_at_home(l, buyer) : 1); /* at least one */
    return l->head->active_count > left_out;
}
