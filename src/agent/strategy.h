/* SPDX-License-Identifier: Apache-2.0 */
/* agent/strategy.h - the automatic strategy of a home: the one order that it sends for an interval
 * and round, if any (RULE market.23, market.1).
 *
 * Pure: no clock of its own. The caller says which interval is to be traded, what its meters have
 * told so far and what its member has chosen; memory is the caller's and is only read. Values
 * beyond the ranges below are a bug: whoever reads them from outside has refused them. */
#ifndef PEERWATT_AGENT_STRATEGY_H
#define PEERWATT_AGENT_STRATEGY_H

#include "base/must_use.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STRATEGY_DAYS = 7,
    STRATEGY_ERRORS_MIN = 20,  /* fewer: no forward order */
    STRATEGY_ERRORS_MAX = 847, /* 7 days, +-1 h of intervals of a minute */
    STRATEGY_STEP_WH = 10,     /* of forward orders */
    STRATEGY_SLIDER_MAX = 1000000,
};

#define STRATEGY_NO_CAP INT64_MAX

struct strategy_home {               /* what its member has chosen, and the community's frame */
    int64_t feed_in, retail;         /* F and R, micro per kWh, 0 <= F < R */
    int64_t own_feed_in, own_retail; /* of its own tariff; F and R where it has none */
    uint32_t slider_ppm;             /* 0: trade at the own tariff, most volume; 1,000,000: least */
    int64_t cap_wh;                  /* of each side and interval; STRATEGY_NO_CAP */
    int64_t order_min_wh;            /* at least 1 */
    int64_t offer_max_wh;            /* order_max_wh, or what is left of the capacity (gate.2) */
    int64_t bid_max_wh;
};

struct strategy_reading { /* of the meter, for one interval */
    int64_t net_wh;       /* export - import, magnitude up to WIRE_ENERGY_WH_MAX */
    bool is_known;
};

struct strategy_history {
    const struct strategy_reading *readings; /* of the intervals from @first on */
    uint64_t first;
    uint32_t count;
    uint32_t interval_ms; /* 60,000 to 3,600,000, divides a day */
};

struct strategy_statement {         /* for the measured round, Wh */
    int64_t delivered_wh, taken_wh; /* as stated */
    int64_t sold_wh, bought_wh;     /* used up by the forward round (gate.2) */
};

struct strategy_order {
    enum order_side side;
    int64_t energy_wh;
    int64_t price; /* limit, micro per kWh */
};

/* The forward order for @interval. The base is the last known reading before it; what no gate could
 * know yet, readings of @interval and later, is not looked at. False: no order. */
MUST_USE bool strategy_forward(struct strategy_order *out, const struct strategy_home *home,
                               const struct strategy_history *history, uint64_t interval);

/* The measured order for what is left of @statement. False: no order. */
MUST_USE bool strategy_measured(struct strategy_order *out, const struct strategy_home *home,
                                const struct strategy_statement *statement);

#endif
