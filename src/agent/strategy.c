/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/strategy.h"

#include "core/measured.h"
#include "wire/limits.h"

#include <assert.h>

#define HOUR_MS UINT32_C(3600000)
#define DAY_MS (24 * HOUR_MS)

struct quantities { /* Wh; what is below order_min_wh is no order */
    int64_t offer, bid;
};

struct errors { /* ascending */
    int64_t at[STRATEGY_ERRORS_MAX];
    uint32_t count;
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool home_is_valid(const struct strategy_home *h)
{
    return h->feed_in >= 0 && h->feed_in < h->retail && h->retail <= WIRE_PRICE_MAX &&
           h->own_feed_in >= 0 && h->own_retail >= 0 && h->slider_ppm <= STRATEGY_SLIDER_MAX &&
           h->cap_wh >= 0 && h->order_min_wh > 0;
}

/* What the slider adds to a limit that could move by @span. */
static int64_t slide(const struct strategy_home *home, int64_t span)
{
    return span * home->slider_ppm / STRATEGY_SLIDER_MAX;
}

/* RULE market.23, market.1: never below what the utility pays for it; false where that is more than
 * this market can pay. */
static bool offer_limit(int64_t *out, const struct strategy_home *home)
{
    const int64_t least_pay = home->own_feed_in > home->feed_in ? home->own_feed_in : home->feed_in;
    if (least_pay > home->retail)
        return false;
    *out = least_pay + slide(home, home->retail - least_pay);
    return true;
}

/* The same for a buyer: never above what the utility asks. */
static bool bid_limit(int64_t *out, const struct strategy_home *home)
{
    const int64_t most_pay = least(home->own_retail, home->retail);
    if (most_pay < home->feed_in)
        return false;
    *out = most_pay - slide(home, most_pay - home->feed_in);
    return true;
}

/* The offer if there is one, else the bid. */
static bool choose(struct strategy_order *out, const struct strategy_home *home,
                   struct quantities q)
{
    int64_t limit;
    if (q.offer >= home->order_min_wh && offer_limit(&limit, home)) {
        *out = (struct strategy_order){ORDER_OFFER, q.offer, limit};
        return true;
    }
    if (q.bid >= home->order_min_wh && bid_limit(&limit, home)) {
        *out = (struct strategy_order){ORDER_BID, q.bid, limit};
        return true;
    }
    return false;
}

/* NULL if nothing is known of @interval. */
static const int64_t *find_net(const struct strategy_history *h, uint64_t interval)
{
    if (interval < h->first || interval - h->first >= h->count)
        return NULL;
    const struct strategy_reading *reading = &h->readings[interval - h->first];
    assert(reading->net_wh >= -WIRE_ENERGY_WH_MAX && reading->net_wh <= WIRE_ENERGY_WH_MAX);
    return reading->is_known ? &reading->net_wh : NULL;
}

/* The last known interval before @interval; false if there is none. */
static bool find_base(uint64_t *out, const struct strategy_history *h, uint64_t interval)
{
    const uint64_t end = h->first + h->count < interval ? h->first + h->count : interval;
    for (uint64_t at = end; at > h->first; at--) {
        if (find_net(h, at - 1)) {
            *out = at - 1;
            return true;
        }
    }
    return false;
}

static void insert(struct errors *errors, int64_t error)
{
    uint32_t at = errors->count++;
    assert(at < STRATEGY_ERRORS_MAX);
    for (; at > 0 && errors->at[at - 1] > error; at--)
        errors->at[at] = errors->at[at - 1];
    errors->at[at] = error;
}

/* What the forecast "as it was @lag intervals before" missed at the same time of the last days. */
static void collect(struct errors *errors, const struct strategy_history *h, uint64_t interval,
                    uint64_t lag)
{
    const uint64_t day = DAY_MS / h->interval_ms, hour = HOUR_MS / h->interval_ms;
    for (uint64_t d = 1; d <= STRATEGY_DAYS; d++) {
        for (uint64_t back = d * day - hour; back <= d * day + hour; back++) {
            const int64_t *actual = back <= interval ? find_net(h, interval - back) : NULL;
            const int64_t *base =
                back + lag <= interval ? find_net(h, interval - back - lag) : NULL;
            if (actual && base)
                insert(errors, *actual - *base);
        }
    }
}

static int64_t forward_quantity(const struct strategy_home *home, int64_t expected, int64_t most)
{
    const int64_t capped = least(expected, least(most, home->cap_wh));
    return capped > 0 ? capped - capped % STRATEGY_STEP_WH : 0;
}

bool strategy_forward(struct strategy_order *out, const struct strategy_home *home,
                      const struct strategy_history *history, uint64_t interval)
{
    assert(home_is_valid(home));
    assert(history->interval_ms >= 60000 && history->interval_ms <= HOUR_MS &&
           DAY_MS % history->interval_ms == 0);
    struct errors errors = {.count = 0};
    uint64_t base_interval;
    if (!find_base(&base_interval, history, interval))
        return false;
    collect(&errors, history, interval, interval - base_interval);
    if (errors.count < STRATEGY_ERRORS_MIN)
        return false;
    const int64_t base = *find_net(history, base_interval);
    const int64_t low = base + errors.at[errors.count / 20];
    const int64_t middle = base + errors.at[errors.count / 2];
    const struct quantities q = {forward_quantity(home, low, home->offer_max_wh),
                                 forward_quantity(home, -middle, home->bid_max_wh)};
    return choose(out, home, q);
}

/* Market section 8: above the cap it stays with the utility, forward and measured together. */
static int64_t measured_quantity(const struct strategy_home *home, int64_t rest, int64_t used,
                                 int64_t most)
{
    const int64_t under_cap = home->cap_wh > used ? home->cap_wh - used : 0;
    return least(rest, least(under_cap, most));
}

bool strategy_measured(struct strategy_order *out, const struct strategy_home *home,
                       const struct strategy_statement *statement)
{
    assert(home_is_valid(home));
    assert(statement->sold_wh >= 0 && statement->bought_wh >= 0);
    const struct measured_left left =
        measured_left(true, statement->delivered_wh, statement->taken_wh, statement->sold_wh,
                      statement->bought_wh);
    const struct quantities q = {
        measured_quantity(home, left.sell_wh, statement->sold_wh, home->offer_max_wh),
        measured_quantity(home, left.buy_wh, statement->bought_wh, home->bid_max_wh)};
    return choose(out, home, q);
}
