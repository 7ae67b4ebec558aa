/* SPDX-License-Identifier: Apache-2.0 */
/* RULE gate.1, gate.2, num.8, market.7, market.22: gates, pages, windows and the rows of intervals.
 */
#include "ledger/test_market.h"

static uint64_t lead_ms(void)
{
    return kit.l->params->market.gate_lead_ms;
}

static uint64_t contract_for(uint64_t interval)
{
    const struct trade_terms terms = kit_terms(interval, 1, 2, 1);
    assert_int_not_equal(interval_take(kit.l, interval), MARKET_NO_PLACE);
    return contract_make(kit.l, &terms);
}

static void the_gate_freezes_the_forward_book_and_asks_for_the_draw(void **state)
{
    (void)state;
    kit_open();
    kit.seed_blocks = 3;
    struct order measured = kit_bid(3, 1, 200000);
    measured.round = ROUND_MEASURED;
    assert_int_equal(kit_say(1, kit_bid(3, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(2, measured), ERR_OK);
    kit_block_at(kit_start_ms(3) - lead_ms() - 1);
    assert_int_equal(kit_order(1)->state, ORDER_OPEN);
    assert_int_equal(kit_interval(3)->page, 0);
    kit_block(1);
    assert_int_equal(kit_order(1)->state, ORDER_FROZEN);
    assert_int_equal(kit_order(2)->state, ORDER_OPEN);
    assert_int_not_equal(kit_interval(3)->page, 0);
    assert_int_equal(kit_interval(3)->rounds[0].phase, PHASE_GATED);
    assert_false(kit_interval(3)->rounds[0].is_missed);
    assert_int_equal(kit_interval(3)->rounds[1].phase, PHASE_OPEN);
    assert_int_equal(kit_waiting(DRAW_FORWARD, 3), 1);
    kit_block(1000);
    kit_block(1000);
    assert_int_equal(kit_waiting(DRAW_FORWARD, 3), 1);
    kit_block(1000);
    assert_int_equal(kit.clears, 1);
    assert_null(kit_order(1));
    assert_int_equal(kit_interval(3)->rounds[0].phase, PHASE_OVER);
    kit_shut();
}

static void a_missed_gate_ends_the_orders_and_draws_for_the_contracts(void **state)
{
    (void)state;
    for (uint32_t missed = 0; missed < 2; missed++) {
        kit_open();
        kit_params()->market.timing = TIMING_FORWARD;
        kit.seed_blocks = KIT_SEEDS_NEVER;
        assert_int_equal(kit_say(1, kit_bid(3, 1, 200000)), ERR_OK);
        assert_int_equal(kit_say(1, kit_bid(4, 1, 200000)), ERR_OK);
        assert_true(contract_for(4) > 0);
        kit_block_at(kit_start_ms(4) - 1 + missed); /* an outage until here */
        assert_int_equal(kit_interval(4)->rounds[0].is_missed, missed);
        assert_int_equal(kit_order(2) == NULL, missed);
        assert_int_equal(kit_interval(4)->rounds[0].phase, PHASE_GATED); /* it has a contract */
        assert_int_equal(kit_waiting(DRAW_FORWARD, 4), 1);
        assert_null(kit_order(1));
        assert_null(kit_interval(3)); /* nothing to draw for */
        assert_int_equal(kit_waiting(DRAW_FORWARD, 3), 0);
        kit_shut();
    }
}

static void a_row_stays_while_a_draw_of_it_waits(void **state)
{
    (void)state;
    kit_open();
    kit_params()->market.timing = TIMING_FORWARD;
    kit.seed_blocks = 3;
    assert_int_equal(kit_say(1, kit_bid(3, 1, 200000)), ERR_OK);
    kit_block_at(kit_start_ms(3) - lead_ms());
    market_cancel_of(kit.l, 1); /* nothing is left of it but the draw */
    kit_block(1000);
    kit_block(1000);
    assert_non_null(kit_interval(3));
    assert_int_equal(kit_waiting(DRAW_FORWARD, 3), 1);
    kit_block(1000);
    assert_int_equal(kit_waiting(DRAW_FORWARD, 3), 0);
    assert_null(kit_interval(3));
    kit_shut();
}

static void an_interval_without_anything_has_a_gate_and_no_draw(void **state)
{
    (void)state;
    kit_open();
    struct order measured = kit_bid(3, 1, 200000);
    measured.round = ROUND_MEASURED;
    assert_int_equal(kit_say(2, measured), ERR_OK);
    kit_block_at(kit_start_ms(3) - lead_ms());
    assert_int_equal(kit_interval(3)->rounds[0].phase, PHASE_OVER);
    assert_int_equal(kit.l->head->beacon.waiting_count, 0);
    kit_shut();
}

static void the_interval_of_block_1_is_none(void **state)
{
    (void)state;
    struct genesis g;
    kit_fill(&g);
    kit_open_with(&g);
    kit_block_at(kit_start_ms(1));
    assert_null(kit_interval(0)); /* RULE num.8 */
    assert_int_equal(kit_windows_open(), 0);
    kit_block_at(kit_start_ms(2));
    assert_non_null(kit_interval(1));
    assert_int_equal(kit_windows_open(), 1);
    assert_true(market_gate_reached(kit.l, 0, ROUND_FORWARD));
    assert_true(market_gate_reached(kit.l, 0, ROUND_MEASURED));
    kit_shut();
}

static void a_window_opens_with_the_first_block_past_the_end(void **state)
{
    (void)state;
    kit_open();
    struct order measured = kit_bid(3, 1, 200000);
    measured.round = ROUND_MEASURED;
    assert_int_equal(kit_say(2, measured), ERR_OK);
    kit_block_at(kit_start_ms(4) - 1);
    assert_int_equal(kit_interval(3)->window, INTERVAL_BEFORE);
    kit_block(7);
    assert_int_equal(kit_interval(3)->window, INTERVAL_OPEN);
    assert_int_equal(kit_interval(3)->window_opened_ms, kit.l->now.a_ms);
    kit_shut();
}

/* Under timing forward nobody states where nothing is to be judged. */
static void a_forward_interval_opens_its_window_only_for_contracts(void **state)
{
    (void)state;
    kit_open();
    kit_params()->market.timing = TIMING_FORWARD;
    assert_int_equal(kit_say(1, kit_bid(2, 1, 200000)), ERR_OK);
    assert_true(contract_for(3) > 0);
    kit_block_at(kit_start_ms(2) - lead_ms());
    kit_block(1000);
    assert_null(kit_interval(2)); /* cleared, nothing made */
    assert_int_equal(kit.l->index.orders.pages.count, 0);
    kit_block_at(kit_start_ms(3) - lead_ms());
    kit_block_at(kit_start_ms(4));
    assert_int_equal(kit_windows_open(), 1);
    assert_int_equal(kit_interval(3)->window, INTERVAL_OPEN);
    assert_null(kit_interval(2));
    kit_shut();
}

static void intervals_wait_for_a_page_and_get_it_in_their_order(void **state)
{
    (void)state;
    kit_open();
    kit.seed_blocks = KIT_SEEDS_NEVER; /* so that pages are held */
    kit_params()->market.timing = TIMING_FORWARD;
    const uint32_t pages = kit.l->sizes.pages;
    assert_in_range(pages, 2, 8);
    for (uint64_t i = pages + 2; i >= 1; i--)
        assert_true(contract_for(i) > 0);
    kit_block_at(kit_start_ms(pages + 4)); /* all of them are over */
    for (uint64_t i = 1; i <= pages + 2; i++) {
        assert_int_equal(kit_interval(i)->page > 0, i <= pages);
        assert_int_equal(kit_interval(i)->window, i <= pages ? INTERVAL_OPEN : INTERVAL_BEFORE);
    }
    /* The third one ends, drawn and its contract VOID; its page goes to the lowest that waits,
     * whose window opens only now. */
    const uint32_t freed = kit_interval(3)->page;
    kit_round_edit(kit.l, 3, ROUND_FORWARD)->has_seed = true;
    kit_state(1, 3, 1, 0);
    kit_state(2, 3, 0, 0);
    kit_block(0);
    assert_null(kit_interval(3));
    assert_int_equal(kit_interval(pages + 1)->page, freed);
    assert_int_equal(kit_interval(pages + 1)->window, INTERVAL_OPEN);
    assert_int_equal(kit_interval(pages + 2)->page, 0);
    kit_check_rebuild();
    kit_shut();
}

static void after_an_outage_the_latest_intervals_get_rows(void **state)
{
    (void)state;
    kit_open();
    const uint32_t pages = kit.l->sizes.pages;
    kit_block_at(kit_start_ms(100));
    for (uint64_t i = 90; i <= 100; i++)
        assert_int_equal(kit_interval(i) != NULL, i < 100 && i >= 100 - pages);
    assert_int_equal(kit_windows_open(), pages);
    assert_int_equal(kit.l->head->interval_next, 100);
    assert_true(market_gate_reached(kit.l, 50, ROUND_MEASURED)); /* over without ever opening */
    kit_block(kit.l->params->windows.statement_ms);
    assert_int_equal(kit.l->index.orders.intervals.count, 0);
    kit_shut();
}

static void ended_intervals_find_no_room_where_orders_take_it(void **state)
{
    (void)state;
    kit_open();
    kit_params()->market.horizon_intervals = 1000;
    const uint32_t rows = kit.l->sizes.intervals;
    for (uint32_t i = 0; i < rows - 1; i++)
        assert_int_equal(kit_say(1 + i % KIT_MEMBERS, kit_bid(20 + i, 1, 200000)), ERR_OK);
    kit_block_at(kit_start_ms(4));
    assert_non_null(kit_interval(3)); /* the latest one */
    assert_null(kit_interval(2));
    kit_shut();
}

/* As if contracts of the forward round had been judged pass. */
static void kit_used(uint32_t slot, uint64_t interval, int64_t sold_wh, int64_t bought_wh)
{
    struct page_member *row = page_edit(kit.l, kit_interval(interval)->page - 1, slot, interval);
    row->used_sold.wh = sold_wh;
    row->used_bought.wh = bought_wh;
}

static void measured_orders_are_cut_to_the_statement(void **state)
{
    (void)state;
    kit_open();
    kit.seed_blocks = KIT_SEEDS_NEVER;
    struct order bid = kit_bid(1, 600, 200000), offer = kit_offer(1, 500, 250000);
    bid.round = offer.round = ROUND_MEASURED;
    assert_int_equal(kit_say(1, bid), ERR_OK);   /* 1: filled */
    assert_int_equal(kit_say(1, bid), ERR_OK);   /* 2: cut to 200 */
    assert_int_equal(kit_say(1, bid), ERR_OK);   /* 3: nothing is left */
    assert_int_equal(kit_say(1, offer), ERR_OK); /* 4: cut to 70 */
    assert_int_equal(kit_say(2, offer), ERR_OK); /* 5: no statement */
    kit_block_at(kit_start_ms(2));
    kit_state(1, 1, 100, 1000);
    kit_used(1, 1, 30, 200);
    kit_block(kit.l->params->windows.statement_ms);
    assert_int_equal(kit_order(1)->energy_wh, 600);
    assert_int_equal(kit_order(2)->energy_wh, 200);
    assert_null(kit_order(3));
    assert_int_equal(kit_order(4)->energy_wh, 70);
    assert_null(kit_order(5));
    assert_int_equal(kit_order(1)->state, ORDER_FROZEN);
    assert_int_equal(kit_interval(1)->rounds[1].phase, PHASE_GATED);
    assert_int_equal(kit_interval(1)->rounds[1].order_count, 3);
    assert_int_equal(kit_waiting(DRAW_MEASURED, 1), 1);
    kit.seed_blocks = 1;
    kit_block(1000);
    assert_int_equal(kit.clears, 1);
    assert_null(kit_interval(1));
    kit_shut();
}

static void an_interval_where_nobody_traded_is_over_with_its_window(void **state)
{
    (void)state;
    kit_open();
    kit_block_at(kit_start_ms(2));
    assert_int_equal(kit_interval(1)->window, INTERVAL_OPEN);
    kit_block(kit.l->params->windows.statement_ms);
    assert_null(kit_interval(1));
    assert_int_equal(kit.l->head->beacon.waiting_count, 0);
    assert_int_equal(kit.l->index.orders.pages.count, 0);
    kit_shut();
}

/* RULE ledger.6: what the budget leaves stays due, at its time. */
static void a_gate_without_budget_waits_and_is_the_first_then(void **state)
{
    (void)state;
    kit_open();
    kit_params()->market.timing = TIMING_FORWARD; /* no rows of other intervals */
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(kit_say(1, kit_bid(3 + i, 1, 200000)), ERR_OK);
    kit_enter(kit_start_ms(3) - lead_ms() - kit.l->now.t_ms);
    const uint64_t due_ms = kit_interval(3)->due_ms;
    assert_int_equal(due_ms, kit.l->now.a_ms);
    kit.l->now.steps_left = 0;
    due_run(kit.l);
    assert_int_equal(kit_order(1)->state, ORDER_OPEN);
    assert_int_equal(kit_say(1, kit_bid(3, 1, 200000)), ERR_ORDER_LATE);
    kit_enter(kit_start_ms(4) - lead_ms() - kit.l->now.t_ms);
    assert_int_equal(kit_interval(3)->due_ms, due_ms);
    kit.l->now.steps_left = 1;
    due_run(kit.l);
    assert_null(kit_interval(3)); /* by now it was missed */
    assert_int_equal(kit_interval(4)->rounds[0].phase, PHASE_OPEN);
    kit_shut();
}

/* A history: orders, contracts, statements, expulsions, outages and changes of timing by chance. No
 * rank says a result, so contracts end by time. */
struct history {
    struct test_random r;
    uint32_t taken, made, stated, cleared, outages, expelled, missed;
    uint32_t awaited, declined, voided; /* contracts, in each block that saw them so */
    bool is_ending;
};

static void say_something(struct history *h)
{
    struct test_random *r = &h->r;
    const uint32_t slot = 1 + (uint32_t)test_random_below(r, KIT_MEMBERS);
    const uint64_t interval = kit.l->now.interval + test_random_below(r, 5);
    const int64_t price = 80000 + (int64_t)test_random_below(r, 12) * 20000;
    struct order o =
        test_random_below(r, 2) ? kit_bid(interval, 100, price) : kit_offer(interval, 100, price);
    o.round = test_random_below(r, 2) ? ROUND_FORWARD : ROUND_MEASURED;
    if (interval > 0 && test_random_below(r, 3) == 0)
        o.interval--;
    h->taken += kit_say(slot, o) == ERR_OK;
    if (test_random_below(r, 6) == 0)
        (void)kit_cancel(slot, 1 + test_random_below(r, kit.l->head->order_last + 1));
    if (test_random_below(r, 4) == 0 && market_is_interval(kit.l, interval) &&
        !market_gate_reached(kit.l, interval, ROUND_FORWARD) &&
        interval_has_room(kit.l, interval) && contract_has_room(kit.l, 1))
        h->made += contract_for(interval) > 0;
}

static void state_something(struct history *h)
{
    for (uint32_t p = 0; p < kit.l->sizes.intervals; p++) {
        const struct ledger_interval *i = interval_get(kit.l, p);
        if (!i->is_used || i->window != INTERVAL_OPEN)
            continue;
        for (uint32_t n = 0; n < 6; n++) {
            const uint32_t slot = 1 + (uint32_t)test_random_below(&h->r, KIT_MEMBERS);
            kit_state(slot, i->number, (int64_t)test_random_below(&h->r, 300),
                      (int64_t)test_random_below(&h->r, 300));
            h->stated++;
        }
    }
}

static void expel_something(struct history *h)
{
    const uint32_t slot = 1 + (uint32_t)test_random_below(&h->r, KIT_MEMBERS);
    if (test_random_below(&h->r, 20) > 0)
        return;
    market_cancel_of(kit.l, slot);
    trade_void_of(kit.l, slot);
    h->expelled++;
}

static void look_at(const struct ledger_interval *i, struct history *h)
{
    h->missed += i->rounds[0].is_missed;
    if (!i->is_used || i->window == INTERVAL_BEFORE)
        return;
    assert_true(i->page > 0 && i->number < kit.l->now.interval);
}

static void look_at_contract(const struct contract *c, struct history *h)
{
    h->awaited += c->is_judged && !contract_is_closed(c);
    h->declined += c->state == CONTRACT_DECLINED;
    h->voided += c->state == CONTRACT_VOID;
}

static void live(struct history *h, uint64_t step_ms)
{
    kit_enter(step_ms);
    if (!h->is_ending && test_random_below(&h->r, 4) == 0)
        kit.l->now.steps_left = test_random_below(&h->r, 4);
    kit_run();
    for (uint32_t p = 0; p < kit.l->sizes.intervals; p++)
        look_at(interval_get(kit.l, p), h);
    for (uint32_t p = 0; p < kit.l->sizes.contracts; p++)
        look_at_contract(&contract_get(kit.l, p)->machine, h);
    if (!h->is_ending)
        for (uint64_t n = test_random_below(&h->r, 4); n > 0; n--)
            say_something(h);
    state_something(h);
    expel_something(h);
}

static void run_history(uint64_t seed, struct history *h)
{
    *h = (struct history){.r = {seed}};
    kit_open();
    static const enum market_timing timings[] = {TIMING_BOTH, TIMING_MEASURED, TIMING_FORWARD};
    kit_params()->market.timing = timings[seed % 3];
    for (uint32_t block = 0; block < 400; block++) {
        kit.seed_blocks = 1 + (uint32_t)test_random_below(&h->r, 4);
        const bool is_outage = test_random_below(&h->r, 60) == 0;
        h->outages += is_outage;
        if (test_random_below(&h->r, 50) == 0)
            kit_params()->market.timing = timings[test_random_below(&h->r, 3)];
        live(h, is_outage ? test_random_below(&h->r, 9000000) : test_random_below(&h->r, 40000));
        if (block % 10 == 0)
            kit_check_rebuild();
    }
    h->is_ending = true;
    kit.seed_blocks = 1;
    kit_params()->market.timing = TIMING_FORWARD; /* else each interval to come has a row */
    for (uint32_t block = 0; block < 400; block++)
        live(h, 60000);
    h->cleared = kit.clears;
}

static void after_everything_has_ended_no_row_and_no_page_is_left(void **state)
{
    (void)state;
    struct history sum = {0};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct history h;
        run_history(seed, &h);
        const struct order_index *x = &kit.l->index.orders;
        const uint32_t contracts = kit.l->index.contracts.places.count;
        if (x->places.count || x->intervals.count || x->pages.count || contracts ||
            x->first_waiting || kit.l->head->beacon.waiting_count)
            fail_msg("seed %d: %u orders, %u intervals, %u pages, %u contracts", (int)seed,
                     x->places.count, x->intervals.count, x->pages.count, contracts);
        assert_int_equal(kit.l->head->funds.reserved.micro, 0);
        sum.taken += h.taken;
        sum.made += kit_made() > h.made;
        sum.stated += h.stated;
        sum.cleared += h.cleared;
        sum.outages += h.outages;
        sum.expelled += h.expelled;
        sum.missed += h.missed;
        sum.awaited += h.awaited;
        sum.declined += h.declined;
        sum.voided += h.voided;
        kit_shut();
    }
    assert_true(sum.taken > 500 && sum.stated > 300 && sum.cleared > 50);
    assert_true(sum.outages > 10 && sum.expelled > 20 && sum.missed > 10);
    assert_true(sum.awaited > 500 && sum.declined > 20 && sum.voided > 100);
    assert_true(sum.made > 6); /* histories in which a clearing made contracts */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gate_freezes_the_forward_book_and_asks_for_the_draw),
        cmocka_unit_test(a_missed_gate_ends_the_orders_and_draws_for_the_contracts),
        cmocka_unit_test(a_row_stays_while_a_draw_of_it_waits),
        cmocka_unit_test(an_interval_without_anything_has_a_gate_and_no_draw),
        cmocka_unit_test(the_interval_of_block_1_is_none),
        cmocka_unit_test(a_window_opens_with_the_first_block_past_the_end),
        cmocka_unit_test(a_forward_interval_opens_its_window_only_for_contracts),
        cmocka_unit_test(intervals_wait_for_a_page_and_get_it_in_their_order),
        cmocka_unit_test(after_an_outage_the_latest_intervals_get_rows),
        cmocka_unit_test(ended_intervals_find_no_room_where_orders_take_it),
        cmocka_unit_test(measured_orders_are_cut_to_the_statement),
        cmocka_unit_test(an_interval_where_nobody_traded_is_over_with_its_window),
        cmocka_unit_test(a_gate_without_budget_waits_and_is_the_first_then),
        cmocka_unit_test(after_everything_has_ended_no_row_and_no_page_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
