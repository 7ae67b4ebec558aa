/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.23, market.1 */
#include "agent/strategy.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum {
    QUARTER_MS = 900000,
    DAY = 96, /* quarters of an hour */
    WEEK = 7 * DAY,
    NOW = WEEK + 50, /* the interval to be traded */
    LAG = 16,        /* so old is today's forecast: bases are no places */
    COUNT = NOW - LAG + 1,
    PLACES = 63,
};

struct past {
    struct strategy_reading readings[COUNT];
    struct strategy_history history;
};

static struct strategy_home home(void)
{
    return (struct strategy_home){.feed_in = 80000,
                                  .retail = 300000,
                                  .own_feed_in = 80000,
                                  .own_retail = 300000,
                                  .cap_wh = STRATEGY_NO_CAP,
                                  .order_min_wh = 1,
                                  .offer_max_wh = 1000000,
                                  .bid_max_wh = 1000000};
}

static void past_init(struct past *p)
{
    memset(p, 0, sizeof *p);
    p->history = (struct strategy_history){
        .readings = p->readings, .count = COUNT, .interval_ms = QUARTER_MS};
}

static void know(struct past *p, uint32_t interval, int64_t net_wh)
{
    p->readings[interval] = (struct strategy_reading){.net_wh = net_wh, .is_known = true};
}

/* The interval of the place @place of 63: seven days, -1 h to +1 h. */
static uint32_t place_at(uint32_t place)
{
    return NOW - DAY * (1 + place / 9) - 4 + place % 9;
}

/* @count errors, @low and upwards in steps of @step, told from the last to the first. All bases are
 * 0 but that of today, which is @base. */
static void past_of_errors(struct past *p, uint32_t count, int64_t low, int64_t step, int64_t base)
{
    past_init(p);
    for (uint32_t i = 0; i < count; i++) {
        know(p, place_at(i) - LAG, 0);
        know(p, place_at(i), low + step * (count - 1 - i));
    }
    know(p, NOW - LAG, base);
}

static struct strategy_order order;

static bool trades(const struct past *p, struct strategy_home h)
{
    memset(&order, 0, sizeof order);
    return strategy_forward(&order, &h, &p->history, NOW);
}

static bool settles(struct strategy_home h, int64_t delivered, int64_t taken, int64_t sold,
                    int64_t bought)
{
    const struct strategy_statement s = {delivered, taken, sold, bought};
    memset(&order, 0, sizeof order);
    return strategy_measured(&order, &h, &s);
}

static void assert_order(enum order_side side, int64_t energy_wh, int64_t price)
{
    assert_int_equal(order.side, side);
    assert_int_equal(order.energy_wh, energy_wh);
    assert_int_equal(order.price, price);
}

static void of_sixty_three_errors_the_fourth_offers_and_the_middle_one_bids(void **state)
{
    (void)state;
    struct past p;
    past_of_errors(&p, PLACES, -1000, 10, 5000); /* errors -1000, -990, ..., -380 */
    assert_true(trades(&p, home()));
    assert_order(ORDER_OFFER, 5000 - 1000 + 30, 80000);
    past_of_errors(&p, PLACES, -1000, 10, 100);
    assert_true(trades(&p, home()));
    assert_order(ORDER_BID, 1000 - 310 - 100, 300000);
}

static void the_positions_follow_the_number_of_errors(void **state)
{
    (void)state;
    for (uint32_t count = STRATEGY_ERRORS_MIN; count <= PLACES; count++) {
        struct past p;
        past_of_errors(&p, count, 0, 10, 10000);
        assert_true(trades(&p, home()));
        assert_order(ORDER_OFFER, 10000 + 10 * (count / 20), 80000);
        past_of_errors(&p, count, 0, 10, -10000);
        assert_true(trades(&p, home()));
        assert_order(ORDER_BID, 10000 - 10 * (count / 2), 300000);
    }
}

static void nineteen_errors_are_too_few_and_twenty_are_enough(void **state)
{
    (void)state;
    struct past p;
    past_of_errors(&p, STRATEGY_ERRORS_MIN, 0, 0, 500);
    assert_true(trades(&p, home()));
    past_of_errors(&p, STRATEGY_ERRORS_MIN - 1, 0, 0, 500);
    assert_false(trades(&p, home()));
    past_init(&p);
    assert_false(trades(&p, home()));
}

/* The forecast is as old for the errors as it is today. */
static void errors_are_those_of_a_forecast_of_the_same_age(void **state)
{
    (void)state;
    struct past p;
    past_init(&p);
    for (uint32_t i = 0; i < NOW - LAG; i++)
        know(&p, i, 100 * (int64_t)i);
    p.readings[NOW - LAG - 1].net_wh = 0; /* 17 intervals ago: each error is 1,700 */
    assert_true(trades(&p, home()));
    assert_order(ORDER_OFFER, 1700, 80000);
    know(&p, NOW - LAG, 5000); /* 16 ago: each is 1,600 */
    assert_true(trades(&p, home()));
    assert_order(ORDER_OFFER, 6600, 80000);
}

static void what_is_known_only_later_does_not_count(void **state)
{
    (void)state;
    struct past p;
    past_of_errors(&p, PLACES, 0, 0, 500);
    struct strategy_home h = home();
    assert_false(strategy_forward(&order, &h, &p.history, place_at(0) - LAG));
    struct strategy_reading all[NOW + 1];
    memset(all, 0, sizeof all);
    memcpy(all, p.readings, sizeof p.readings);
    all[NOW] = (struct strategy_reading){.net_wh = 90000, .is_known = true};
    p.history.readings = all;
    p.history.count = NOW + 1;
    assert_true(trades(&p, home()));
    assert_order(ORDER_OFFER, 500, 80000);
}

enum { MINUTES_DAY = 1440, GRID_COUNT_MAX = 9 * MINUTES_DAY };

struct grid {
    uint32_t ms, day, hour, now, lag;
    struct strategy_reading readings[GRID_COUNT_MAX];
};

static void know_error(struct grid *g, uint32_t days, int32_t offset)
{
    const uint32_t at = g->now - days * g->day + (uint32_t)offset;
    g->readings[at].is_known = g->readings[at - g->lag].is_known = true;
}

/* 19 errors, none of them at both an end of the hours and of the week, and perhaps one more. */
static bool trades_with(struct grid *g, uint32_t days, int32_t offset)
{
    static const int32_t near[] = {0, 1, -1};
    const struct strategy_home h = home();
    memset(g->readings, 0, sizeof g->readings);
    g->readings[g->now - g->lag] = (struct strategy_reading){.net_wh = 500, .is_known = true};
    for (uint32_t i = 0; i < 19; i++)
        know_error(g, 1 + i / 3, near[i % 3]);
    know_error(g, days, offset);
    const struct strategy_history history = {g->readings, 0, g->now - g->lag + 1, g->ms};
    return strategy_forward(&order, &h, &history, g->now);
}

static void errors_are_those_of_seven_days_and_one_hour_around(void **state)
{
    (void)state;
    const uint32_t lengths_ms[] = {60000, 300000, 900000, 1800000, 2700000, 3600000};
    static struct grid g;
    for (uint32_t i = 0; i < sizeof lengths_ms / sizeof lengths_ms[0]; i++) {
        g.ms = lengths_ms[i];
        g.day = MINUTES_DAY * 60000 / g.ms;
        g.hour = 3600000 / g.ms;
        g.now = 8 * g.day + 6 * g.hour;
        g.lag = 4 * g.hour;
        const int32_t hour = (int32_t)g.hour;
        assert_false(trades_with(&g, 1, 0)); /* it is among the 19 */
        for (uint32_t days = 7; days <= 8; days++) {
            assert_int_equal(trades_with(&g, days, -hour), days == 7);
            assert_int_equal(trades_with(&g, days, hour), days == 7);
            assert_false(trades_with(&g, days, -hour - 1));
            assert_false(trades_with(&g, days, hour + 1));
        }
    }
}

static void intervals_of_a_minute_have_the_most_errors(void **state)
{
    (void)state;
    static struct strategy_reading readings[GRID_COUNT_MAX];
    const struct strategy_history history = {readings, 7, GRID_COUNT_MAX, 60000};
    struct strategy_home h = home();
    for (uint32_t i = 0; i < GRID_COUNT_MAX; i++)
        readings[i] = (struct strategy_reading){.net_wh = 10 * (int64_t)i, .is_known = true};
    assert_true(strategy_forward(&order, &h, &history, 7 + GRID_COUNT_MAX + 4));
    assert_order(ORDER_OFFER, 10 * (GRID_COUNT_MAX + 4), 80000);
}

static void forward_orders_are_rounded_down_to_ten(void **state)
{
    (void)state;
    struct past p;
    const struct {
        int64_t base, energy;
    } cases[] = {{10, 10}, {19, 10}, {20, 20}, {-10, 10}, {-19, 10}, {-20, 20}};
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        past_of_errors(&p, PLACES, 0, 0, cases[i].base);
        assert_true(trades(&p, home()));
        assert_int_equal(order.energy_wh, cases[i].energy);
        assert_int_equal(order.side, cases[i].base > 0 ? ORDER_OFFER : ORDER_BID);
    }
    for (int64_t base = -9; base <= 9; base++) {
        past_of_errors(&p, PLACES, 0, 0, base);
        assert_false(trades(&p, home()));
    }
}

static void below_the_least_order_there_is_none(void **state)
{
    (void)state;
    struct past p;
    struct strategy_home h = home();
    past_of_errors(&p, PLACES, 0, 0, 59);
    h.order_min_wh = 50;
    assert_true(trades(&p, h));
    h.order_min_wh = 51; /* 59 is rounded to 50 first */
    assert_false(trades(&p, h));
    assert_true(settles(h, 51, 0, 0, 0));
    assert_false(settles(h, 50, 0, 0, 0));
    assert_true(settles(h, 0, 51, 0, 0));
    assert_false(settles(h, 0, 50, 0, 0));
}

static void measured_is_the_rest_of_the_statement_to_the_watt_hour(void **state)
{
    (void)state;
    assert_true(settles(home(), 1237, 0, 1000, 0));
    assert_order(ORDER_OFFER, 237, 80000);
    assert_true(settles(home(), 0, 53, 0, 0));
    assert_order(ORDER_BID, 53, 300000);
    assert_true(settles(home(), 0, 53, 0, 52));
    assert_order(ORDER_BID, 1, 300000);
    assert_false(settles(home(), 0, 53, 0, 53));
    assert_false(settles(home(), 0, 53, 7, 60));
    assert_false(settles(home(), 0, 0, 0, 0));
}

static void a_home_with_both_sends_the_offer_only(void **state)
{
    (void)state;
    struct strategy_home h = home();
    assert_true(settles(h, 5, 900, 0, 0));
    assert_order(ORDER_OFFER, 5, 80000);
    assert_true(settles(h, 5, 900, 5, 0)); /* its offer is sold already */
    assert_order(ORDER_BID, 900, 300000);
    h.order_min_wh = 6;
    assert_true(settles(h, 5, 900, 0, 0)); /* what is too little for an order is none */
    assert_order(ORDER_BID, 900, 300000);
}

static void orders_are_cut_to_the_largest_that_is_taken(void **state)
{
    (void)state;
    struct past p;
    struct strategy_home h = home();
    h.offer_max_wh = 205;
    h.bid_max_wh = 104;
    past_of_errors(&p, PLACES, 0, 0, 3000);
    assert_true(trades(&p, h));
    assert_order(ORDER_OFFER, 200, 80000);
    past_of_errors(&p, PLACES, 0, 0, -3000);
    assert_true(trades(&p, h));
    assert_order(ORDER_BID, 100, 300000);
    assert_true(settles(h, 206, 0, 0, 0));
    assert_order(ORDER_OFFER, 205, 80000);
    assert_true(settles(h, 0, 105, 0, 0));
    assert_order(ORDER_BID, 104, 300000);
    h.bid_max_wh = -5; /* nothing is left of the capacity */
    assert_false(settles(h, 0, 105, 0, 0));
}

/* Market section 8, privacy. */
static void above_its_cap_a_home_stays_with_the_utility(void **state)
{
    (void)state;
    struct past p;
    struct strategy_home h = home();
    h.cap_wh = 109;
    past_of_errors(&p, PLACES, 0, 0, -3000);
    assert_true(trades(&p, h));
    assert_order(ORDER_BID, 100, 300000);
    past_of_errors(&p, PLACES, 0, 0, 3000);
    assert_true(trades(&p, h));
    assert_order(ORDER_OFFER, 100, 80000);
    assert_true(settles(h, 0, 500, 0, 100));
    assert_order(ORDER_BID, 9, 300000);
    assert_true(settles(h, 500, 0, 108, 0));
    assert_order(ORDER_OFFER, 1, 80000);
    assert_false(settles(h, 0, 500, 0, 109));
    assert_false(settles(h, 0, 500, 0, 200));
    h.cap_wh = 0;
    assert_false(settles(h, 500, 500, 0, 0));
}

static void the_slider_moves_limits_within_the_alternatives(void **state)
{
    (void)state;
    struct strategy_home h = home();
    const struct {
        uint32_t ppm;
        int64_t offer, bid;
    } cases[] = {{0, 80000, 300000},       {1, 80000, 300000},      {5, 80001, 299999},
                 {500000, 190000, 190000}, {999999, 299999, 80001}, {1000000, 300000, 80000}};
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        h.slider_ppm = cases[i].ppm;
        assert_true(settles(h, 10, 0, 0, 0));
        assert_order(ORDER_OFFER, 10, cases[i].offer);
        assert_true(settles(h, 0, 10, 0, 0));
        assert_order(ORDER_BID, 10, cases[i].bid);
    }
}

static void nobody_sells_below_or_buys_above_its_own_tariff(void **state)
{
    (void)state;
    struct strategy_home h = home();
    h.own_feed_in = 100000;
    h.own_retail = 250000;
    assert_true(settles(h, 10, 0, 0, 0));
    assert_order(ORDER_OFFER, 10, 100000);
    assert_true(settles(h, 0, 10, 0, 0));
    assert_order(ORDER_BID, 10, 250000);
    h.slider_ppm = 500000;
    assert_true(settles(h, 10, 0, 0, 0));
    assert_order(ORDER_OFFER, 10, 200000);
    assert_true(settles(h, 0, 10, 0, 0));
    assert_order(ORDER_BID, 10, 165000);
    h.own_feed_in = 300001; /* the utility pays more than this market can */
    h.own_retail = 79999;   /* and asks less */
    assert_false(settles(h, 10, 0, 0, 0));
    assert_false(settles(h, 0, 10, 0, 0));
    h.own_feed_in = 300000;
    h.own_retail = 80000;
    assert_true(settles(h, 10, 0, 0, 0));
    assert_order(ORDER_OFFER, 10, 300000);
    assert_true(settles(h, 0, 10, 0, 0));
    assert_order(ORDER_BID, 10, 80000);
    h.own_feed_in = 10; /* a tariff outside the community's prices: F and R hold */
    h.own_retail = 999999;
    h.slider_ppm = 0;
    assert_true(settles(h, 10, 0, 0, 0));
    assert_order(ORDER_OFFER, 10, 80000);
    assert_true(settles(h, 0, 10, 0, 0));
    assert_order(ORDER_BID, 10, 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_sixty_three_errors_the_fourth_offers_and_the_middle_one_bids),
        cmocka_unit_test(the_positions_follow_the_number_of_errors),
        cmocka_unit_test(nineteen_errors_are_too_few_and_twenty_are_enough),
        cmocka_unit_test(errors_are_those_of_seven_days_and_one_hour_around),
        cmocka_unit_test(errors_are_those_of_a_forecast_of_the_same_age),
        cmocka_unit_test(what_is_known_only_later_does_not_count),
        cmocka_unit_test(intervals_of_a_minute_have_the_most_errors),
        cmocka_unit_test(forward_orders_are_rounded_down_to_ten),
        cmocka_unit_test(below_the_least_order_there_is_none),
        cmocka_unit_test(measured_is_the_rest_of_the_statement_to_the_watt_hour),
        cmocka_unit_test(a_home_with_both_sends_the_offer_only),
        cmocka_unit_test(orders_are_cut_to_the_largest_that_is_taken),
        cmocka_unit_test(above_its_cap_a_home_stays_with_the_utility),
        cmocka_unit_test(the_slider_moves_limits_within_the_alternatives),
        cmocka_unit_test(nobody_sells_below_or_buys_above_its_own_tariff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
