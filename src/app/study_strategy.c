/* SPDX-License-Identifier: Apache-2.0 */
/* study strategy: what the automatic strategy orders for each case of a file (docs/study-json.md
 * "strategy"). */
#include "agent/strategy.h"
#include "app/answer.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "wire/limits.h"

#include <assert.h>
#include <stdlib.h>

enum { READINGS_MAX = 1 << 20, DAY_MS = 86400000 };

static bool read_home(struct strategy_home *h, const struct call *call,
                      const struct input_node *node)
{
    int64_t slider;
    const struct input_field prices[] = {
        {"feed_in", 0, WIRE_PRICE_MAX, 80000, &h->feed_in},
        {"retail", 0, WIRE_PRICE_MAX, 300000, &h->retail},
    };
    if (!input_node_fields(call, node, prices, sizeof prices / sizeof prices[0]))
        return false;
    if (h->feed_in >= h->retail) {
        input_node_refuse(call, node, "feed_in", "it lies below the retail price");
        return false;
    }
    const struct input_field fields[] = {
        {"own_feed_in", 0, INT64_MAX, h->feed_in, &h->own_feed_in},
        {"own_retail", 0, INT64_MAX, h->retail, &h->own_retail},
        {"slider_ppm", 0, STRATEGY_SLIDER_MAX, 0, &slider},
        {"cap_wh", 0, INT64_MAX, STRATEGY_NO_CAP, &h->cap_wh},
        {"order_min_wh", 1, INT64_MAX, 1, &h->order_min_wh},
        {"offer_max_wh", 0, INT64_MAX, 1000000, &h->offer_max_wh},
        {"bid_max_wh", 0, INT64_MAX, 1000000, &h->bid_max_wh},
    };
    if (!input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]))
        return false;
    h->slider_ppm = (uint32_t)slider;
    return true;
}

static bool read_statement(struct strategy_statement *s, const struct call *call,
                           const struct input_node *node)
{
    const struct input_field fields[] = {
        {"delivered_wh", 0, WIRE_ENERGY_WH_MAX, 0, &s->delivered_wh},
        {"taken_wh", 0, WIRE_ENERGY_WH_MAX, 0, &s->taken_wh},
        {"sold_wh", 0, WIRE_ENERGY_WH_MAX, 0, &s->sold_wh},
        {"bought_wh", 0, WIRE_ENERGY_WH_MAX, 0, &s->bought_wh},
    };
    return input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]);
}

/* Where a run of consecutive intervals begins. */
static bool read_from(uint64_t *out, const struct call *call, const struct input_node *run)
{
    int64_t from;
    const struct input_field field = {"from", 0, INT64_MAX / 2, INPUT_REQUIRED, &from};
    if (!input_node_fields(call, run, &field, 1))
        return false;
    *out = (uint64_t)from;
    return true;
}

/* One run, from @next on at the earliest, which becomes the interval behind it. */
static bool read_run(struct strategy_reading *readings, uint64_t *next, uint64_t first,
                     const struct call *call, const struct input_node *run)
{
    struct input_node list;
    uint64_t from;
    if (!read_from(&from, call, run) || !input_node_list(&list, call, run, "net_wh"))
        return false;
    const uint64_t count = input_node_count(&list);
    if (from < *next || from - first > READINGS_MAX || from - first + count > READINGS_MAX) {
        input_node_refuse(call, run, "from", "runs rise, and reach over 1,048,576 intervals");
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct strategy_reading *reading = &readings[from - first + i];
        reading->is_known = true;
        if (!input_node_number_at(&reading->net_wh, call, &list, i, -WIRE_ENERGY_WH_MAX,
                                  WIRE_ENERGY_WH_MAX))
            return false;
    }
    *next = from + count;
    return true;
}

static bool read_history(struct strategy_history *h, struct strategy_reading *readings,
                         const struct call *call, const struct input_node *node)
{
    struct input_node runs, run;
    uint64_t next = 0;
    if (!input_node_list(&runs, call, node, "history"))
        return false;
    for (size_t i = 0; i < input_node_count(&runs); i++) {
        if (!input_node_item(&run, call, &runs, i) ||
            (i == 0 && !read_from(&h->first, call, &run)) ||
            !read_run(readings, &next, h->first, call, &run))
            return false;
        h->count = (uint32_t)(next - h->first);
    }
    return true;
}

static bool read_forward(struct strategy_history *h, uint64_t *interval, const struct call *call,
                         const struct input_node *node)
{
    int64_t number, length_ms;
    const struct input_field fields[] = {
        {"interval", 0, INT64_MAX, INPUT_REQUIRED, &number},
        {"interval_ms", 60000, 3600000, 900000, &length_ms},
    };
    if (!input_node_fields(call, node, fields, sizeof fields / sizeof fields[0]))
        return false;
    if (DAY_MS % length_ms != 0) {
        input_node_refuse(call, node, "interval_ms", "a day is a whole number of intervals");
        return false;
    }
    h->interval_ms = (uint32_t)length_ms;
    *interval = (uint64_t)number;
    return true;
}

static json_t *order_json(bool is_there, const struct strategy_order *order)
{
    if (!is_there)
        return json_null();
    return json_pack("{s:s, s:I, s:I}", "side", order->side == ORDER_BID ? "bid" : "offer",
                     "energy_wh", (json_int_t)order->energy_wh, "price_micro_per_kwh",
                     (json_int_t)order->price);
}

static bool answer_forward(json_t **out, const struct strategy_home *home, const struct call *call,
                           const struct input_node *node)
{
    struct strategy_history history = {.count = 0};
    struct strategy_order order;
    uint64_t interval;
    struct strategy_reading *readings = calloc(READINGS_MAX, sizeof *readings);
    assert(readings);
    history.readings = readings;
    const bool readable = read_forward(&history, &interval, call, node) &&
                          read_history(&history, readings, call, node);
    if (readable)
        *out = order_json(strategy_forward(&order, home, &history, interval), &order);
    free(readings);
    return readable;
}

static bool answer_measured(json_t **out, const struct strategy_home *home, const struct call *call,
                            const struct input_node *node)
{
    struct strategy_statement statement;
    struct strategy_order order;
    if (!read_statement(&statement, call, node))
        return false;
    *out = order_json(strategy_measured(&order, home, &statement), &order);
    return true;
}

static bool answer_case(json_t *orders, const struct call *call, const struct input_node *node)
{
    static const char *const rounds[] = {"forward", "measured", NULL};
    struct strategy_home home;
    uint32_t round;
    json_t *order;
    if (!input_node_choice(&round, call, node, "round", rounds, false) ||
        !read_home(&home, call, node) ||
        !(round == 0 ? answer_forward : answer_measured)(&order, &home, call, node))
        return false;
    json_array_append_new(orders, order);
    return true;
}

static bool answer_all(json_t *orders, const struct call *call, const struct input_node *input)
{
    struct input_node cases, item;
    if (!input_node_list(&cases, call, input, "cases"))
        return false;
    for (size_t i = 0; i < input_node_count(&cases); i++)
        if (!input_node_item(&item, call, &cases, i) || !answer_case(orders, call, &item))
            return false;
    return true;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    json_t *answer = answer_new(), *orders = json_array();
    json_object_set_new(answer, "orders", orders);
    if (answer_all(orders, call, input))
        return answer_give(call, answer);
    json_decref(answer);
    return EXIT_USAGE;
}

enum exit_code verb_study_strategy(const struct call *call)
{
    return input_node_serve(call, run);
}
