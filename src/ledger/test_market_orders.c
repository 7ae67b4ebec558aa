/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.5, dos.1, dos.5, gate.2, boot.7: orders and cancels on the ledger's rows. */
#include "ledger/test_market.h"

enum { NEAR = 3 }; /* an interval with an open book */

static void an_order_becomes_a_row_that_is_found_and_ends_without_a_trace(void **state)
{
    (void)state;
    kit_open();
    struct order o = kit_bid(NEAR, 500, 200000);
    o.min_score = 3;
    o.feeder_first = true;
    assert_int_equal(kit_say(4, o), ERR_OK);
    const struct ledger_order *row = kit_order(1);
    assert_non_null(row);
    assert_int_equal(row->member, 4);
    assert_int_equal(row->state, ORDER_OPEN);
    assert_int_equal(row->energy_wh, 500);
    assert_int_equal(row->price, 200000);
    assert_int_equal(row->min_score, 3);
    assert_true(row->feeder_first);
    assert_int_equal(row->height, kit.l->now.height);
    assert_int_equal(kit_interval(NEAR)->rounds[0].order_count, 1);
    kit_check_rebuild();
    assert_int_equal(kit_cancel(4, 1), ERR_OK);
    assert_null(kit_order(1));
    assert_null(kit_interval(NEAR)); /* its row went with it */
    assert_int_equal(kit_cancel(4, 1), ERR_CLOSED);
    assert_int_equal(kit.l->index.orders.intervals.count, 0);
    kit_check_rebuild();
    kit_shut();
}

static void who_may_not_trade_is_refused(void **state)
{
    (void)state;
    kit_open();
    kit_member(2)->status = STATUS_LEAVING;
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 200000)), ERR_ORDER_NOT_ACTIVE);
    kit_member(2)->status = STATUS_ACTIVE;
    struct standing *s = kit_standing(2);
    const int32_t threshold = standing_threshold(s, KIT_MEMBERS);
    s->score = threshold;
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 200000)), ERR_OK);
    s->score = threshold - 1;
    s->below = true; /* since interval 0 */
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 200000)), ERR_ORDER_SCORE_GATE);
    kit_params()->qot.penance_intervals = 0; /* served */
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 200000)), ERR_OK);
    kit_shut();
}

static void a_forward_book_closes_with_its_gate_and_reaches_to_the_horizon(void **state)
{
    (void)state;
    kit_open();
    const uint64_t lead_ms = kit.l->params->market.gate_lead_ms;
    assert_int_equal(kit_say(1, kit_bid(12, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(1, kit_bid(13, 1, 200000)), ERR_ORDER_EARLY);
    assert_int_equal(kit_say(1, kit_bid(UINT64_MAX, 1, 200000)), ERR_ORDER_EARLY);
    assert_int_equal(kit_say(1, kit_bid(0, 1, 200000)), ERR_ORDER_LATE); /* block 1 lies in it */
    kit_block_at(kit_start_ms(NEAR) - lead_ms - 1);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_OK);
    kit_block_at(kit_start_ms(NEAR) - lead_ms);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_ORDER_LATE);
    kit_shut();
}

static void a_measured_book_closes_with_the_statements(void **state)
{
    (void)state;
    kit_open();
    struct order o = kit_bid(1, 1, 200000);
    o.round = ROUND_MEASURED;
    kit_block_at(kit_start_ms(1));
    assert_int_equal(kit_say(1, o), ERR_OK); /* delivery has begun: its forward gate is past */
    kit_block_at(kit_start_ms(2));
    assert_int_equal(kit_interval(1)->window, INTERVAL_OPEN);
    assert_int_equal(kit_say(2, o), ERR_OK);
    kit_enter(kit.l->params->windows.statement_ms - 1);
    assert_int_equal(kit_say(3, o), ERR_OK);
    kit_enter(1); /* the close is due, and waits for budget */
    assert_int_equal(kit_interval(1)->window, INTERVAL_OPEN);
    assert_int_equal(kit_say(4, o), ERR_ORDER_LATE);
    due_run(kit.l);
    assert_null(kit_interval(1)); /* nobody has stated */
    assert_int_equal(kit_say(4, o), ERR_ORDER_LATE);
    o.interval = 0;
    assert_int_equal(kit_say(4, o), ERR_ORDER_LATE);
    kit_shut();
}

/* RULE market.2, market.19 */
static void only_the_books_that_the_community_holds_take_orders(void **state)
{
    (void)state;
    static const struct {
        enum market_timing timing;
        enum market_mechanism mechanism;
        enum err forward, measured;
    } rows[] = {
        {TIMING_BOTH, MECHANISM_CALL, ERR_OK, ERR_OK},
        {TIMING_FORWARD, MECHANISM_CALL, ERR_OK, ERR_ORDER_NO_BOOK},
        {TIMING_MEASURED, MECHANISM_CALL, ERR_ORDER_NO_BOOK, ERR_OK},
        {TIMING_FORWARD, MECHANISM_CONTINUOUS, ERR_OK, ERR_ORDER_NO_BOOK},
        {TIMING_BOTH, MECHANISM_BILATERAL, ERR_ORDER_NO_BOOK, ERR_ORDER_NO_BOOK},
    };
    kit_open();
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct order o = kit_bid(NEAR, 1, 200000);
        kit_params()->market.timing = rows[i].timing;
        kit_params()->market.mechanism = rows[i].mechanism;
        assert_int_equal(kit_say(1, o), rows[i].forward);
        o.round = ROUND_MEASURED;
        assert_int_equal(kit_say(1, o), rows[i].measured);
    }
    kit_shut();
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    kit_open();
    struct order level = kit_bid(NEAR, 1, 200000);
    level.min_score = 8;
    assert_int_equal(kit_say(1, kit_bid(NEAR, 0, 200000)), ERR_ORDER_ENERGY_RANGE);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 79999)), ERR_ORDER_PRICE_RANGE);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 300001)), ERR_ORDER_PRICE_RANGE);
    assert_int_equal(kit_say(1, level), ERR_ORDER_SCORE_LEVEL);
    assert_int_equal(kit.l->index.orders.intervals.count, 0); /* a refusal leaves nothing */
    assert_int_equal(kit.l->head->order_last, 0);
    kit_shut();
}

static void a_household_stays_apart_from_itself_in_both_rounds(void **state)
{
    (void)state;
    kit_open();
    kit_move_in(5, 2);
    kit_move_in(9, 2);
    struct order measured = kit_offer(NEAR, 1, 150000);
    measured.round = ROUND_MEASURED;
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 140000)), ERR_OK);
    assert_int_equal(kit_say(5, kit_bid(NEAR, 1, 120000)), ERR_OK);
    assert_int_equal(kit_say(9, kit_offer(NEAR, 1, 140000)), ERR_ORDER_CROSSES_OWN);
    assert_int_equal(kit_say(9, kit_offer(NEAR, 1, 160000)), ERR_OK);
    assert_int_equal(kit_say(9, measured), ERR_OK);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 150000)), ERR_ORDER_CROSSES_OWN);
    assert_int_equal(kit_say(3, kit_bid(NEAR, 1, 150000)), ERR_OK); /* another home */
    assert_int_equal(kit_say(2, kit_bid(NEAR + 1, 1, 150000)), ERR_OK);
    kit_shut();
}

/* RULE gate.2: contracts and own orders of the forward round share the connection. */
static void open_forward_energy_stays_within_the_connection(void **state)
{
    (void)state;
    kit_open();
    kit_member(1)->max_import_wh = 1000;
    kit_member(1)->max_export_wh = 50;
    const struct trade_terms made = kit_terms(NEAR, 2, 1, 300);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 400, 200000)), ERR_OK);
    assert_true(contract_make(kit.l, &made) > 0);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 301, 200000)), ERR_ORDER_CAPACITY);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 300, 200000)), ERR_OK);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_ORDER_CAPACITY);
    assert_int_equal(kit_say(1, kit_offer(NEAR, 51, 250000)), ERR_ORDER_CAPACITY);
    assert_int_equal(kit_say(1, kit_offer(NEAR, 50, 250000)), ERR_OK);
    assert_int_equal(kit_say(1, kit_bid(NEAR + 1, 1000, 200000)), ERR_OK);
    struct order measured = kit_bid(NEAR, 5000, 200000);
    measured.round = ROUND_MEASURED; /* the statement limits it */
    assert_int_equal(kit_say(1, measured), ERR_OK);
    kit_shut();
}

static uint32_t orders_taken(uint32_t slot, uint64_t interval)
{
    for (uint32_t count = 0;; count++) {
        const enum err code = kit_say(slot, kit_bid(interval, 1, 200000));
        if (code == ERR_OK)
            continue;
        assert_int_equal(code, ERR_ORDER_LIMIT_MEMBER);
        return count;
    }
}

static void orders_of_an_interval_are_limited_by_score(void **state)
{
    (void)state;
    kit_open();
    assert_int_equal(orders_taken(1, NEAR), 8);
    assert_int_equal(orders_taken(1, NEAR + 1), 8); /* each interval by itself */
    kit_standing(2)->score = SCORE_MAX / 2;
    assert_int_equal(orders_taken(2, NEAR), 8 + 28);
    kit_standing(3)->score = SCORE_MAX;
    kit_standing(3)->mature = false; /* on probation, whatever the score */
    assert_int_equal(orders_taken(3, NEAR), 8);
    assert_int_equal(kit_cancel(1, 1), ERR_OK);
    assert_int_equal(orders_taken(1, NEAR), 1);
    kit_shut();
}

static void the_books_together_are_limited(void **state)
{
    (void)state;
    kit_open();
    kit_params()->market.book_max_orders = 3;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(kit_say(1 + i, kit_bid(NEAR + i, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(4, kit_bid(NEAR, 1, 200000)), ERR_ORDER_LIMIT_BOOK);
    kit_params()->market.book_max_orders = 1 << 20; /* beyond what there is room for */
    for (uint32_t i = 3; i < KIT_ORDERS; i++)
        assert_int_equal(kit_say(1 + i % KIT_MEMBERS, kit_bid(NEAR + i / 100, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(24, kit_bid(NEAR + 4, 1, 200000)), ERR_ORDER_LIMIT_BOOK);
    kit_check_rebuild();
    kit_shut();
}

static void an_order_for_an_interval_without_room_is_refused(void **state)
{
    (void)state;
    kit_open();
    kit_params()->market.horizon_intervals = 1000;
    const uint32_t rows = kit.l->sizes.intervals;
    for (uint32_t i = 0; i < rows; i++)
        assert_int_equal(kit_say(1 + i % KIT_MEMBERS, kit_bid(NEAR + i, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(1, kit_bid(NEAR + rows, 1, 200000)), ERR_ORDER_LIMIT_BOOK);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 200000)), ERR_OK); /* has a row */
    kit_shut();
}

/* RULE boot.7 */
static void where_nobody_could_witness_it_an_order_is_refused(void **state)
{
    (void)state;
    kit_open();
    kit_move_in(2, 1);
    kit.l->head->active_count = 3; /* two of them live together */
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_OK);
    kit_params()->trade.unwitnessed = UNWITNESSED_REFUSE;
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_CLUSTER_TOO_SMALL);
    assert_int_equal(kit_say(3, kit_bid(NEAR, 1, 200000)), ERR_OK);
    kit.l->head->active_count = 4;
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_OK);
    kit_shut();
}

/* RULE dos.5 */
static void a_cancel_comes_in_time_and_from_the_owner(void **state)
{
    (void)state;
    kit_open();
    const uint64_t lead_ms = kit.l->params->market.gate_lead_ms;
    const uint64_t quiet_ms = kit.l->params->windows.quiet_ms;
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_OK);
    assert_int_equal(kit_cancel(1, 0), ERR_NO_ORDER);
    assert_int_equal(kit_cancel(1, 3), ERR_NO_ORDER);
    assert_int_equal(kit_cancel(2, 1), ERR_NOT_MEMBER);
    kit_block_at(kit_start_ms(NEAR) - lead_ms - quiet_ms - 1);
    assert_int_equal(kit_cancel(1, 1), ERR_OK);
    kit_block_at(kit_start_ms(NEAR) - lead_ms - quiet_ms);
    assert_int_equal(kit_cancel(1, 2), ERR_LATE);
    kit_block_at(kit_start_ms(NEAR) - lead_ms);
    assert_int_equal(kit_order(2)->state, ORDER_FROZEN);
    assert_int_equal(kit_cancel(1, 2), ERR_LATE);
    kit_shut();
}

static void a_measured_order_is_cancelled_before_the_last_part_of_the_window(void **state)
{
    (void)state;
    kit_open();
    kit_params()->windows.quiet_ms = 20000;
    struct order o = kit_bid(1, 1, 200000);
    o.round = ROUND_MEASURED;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(kit_say(1, o), ERR_OK);
    kit_block_at(kit_start_ms(1) + 1);
    assert_int_equal(kit_cancel(1, 1), ERR_OK);
    kit_block_at(kit_start_ms(2));
    kit_block(kit.l->params->windows.statement_ms - 20001);
    assert_int_equal(kit_cancel(1, 2), ERR_OK);
    kit_block(1);
    assert_int_equal(kit_cancel(1, 3), ERR_LATE);
    kit_shut();
}

/* RULE join.10 */
static void whoever_is_out_has_no_orders_left(void **state)
{
    (void)state;
    kit_open();
    struct order measured = kit_bid(NEAR + 1, 1, 200000);
    measured.round = ROUND_MEASURED;
    assert_int_equal(kit_say(1, kit_bid(NEAR, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(1, kit_offer(NEAR, 1, 250000)), ERR_OK);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 1, 200000)), ERR_OK);
    assert_int_equal(kit_say(1, measured), ERR_OK);
    assert_int_equal(kit_say(1, kit_bid(1, 1, 200000)), ERR_OK);
    kit_block_at(kit_start_ms(1) - kit.l->params->market.gate_lead_ms);
    assert_int_equal(kit_order(5)->state, ORDER_FROZEN);
    market_cancel_of(kit.l, 1);
    for (uint32_t number = 1; number <= 5; number++)
        assert_int_equal(kit_order(number) != NULL, number == 3);
    assert_null(kit_interval(NEAR + 1));
    assert_int_equal(kit_interval(1)->rounds[0].phase, PHASE_GATED); /* its draw is on the way */
    kit_check_rebuild();
    kit_block(1000);
    assert_int_equal(kit_waiting(DRAW_FORWARD, 1), 0);
    assert_int_equal(kit_interval(1)->rounds[0].phase, PHASE_OVER);
    kit_shut();
}

static void begin_block(void)
{
    struct ledger *l = kit.l;
    table_begin(&l->head_table);
    table_begin(&l->orders);
    table_begin(&l->intervals);
    table_begin(&l->waiting_table);
    l->head = table_edit(&l->head_table, 0);
    struct beacon_waiting *waiting = table_edit(&l->waiting_table, 0);
    assert_ptr_equal(waiting, l->head->beacon.waiting);
}

static void edit_at_random(struct test_random *r, uint32_t *reached)
{
    const uint32_t slot = 1 + (uint32_t)test_random_below(r, KIT_MEMBERS);
    struct order o =
        kit_bid(1 + test_random_below(r, 6), 1 + (int64_t)test_random_below(r, 100), 200000);
    o.round = test_random_below(r, 2) ? ROUND_FORWARD : ROUND_MEASURED;
    switch (test_random_below(r, 8)) {
    case 0:
        market_cancel_of(kit.l, slot);
        break;
    case 1:
    case 2:
        (void)kit_cancel(slot, 1 + test_random_below(r, kit.l->head->order_last + 1));
        break;
    case 3:
        for (uint32_t p = 0; p < kit.l->sizes.orders; p++)
            if (order_get(kit.l, p)->number > 0 && test_random_below(r, 3) == 0) {
                reached[0] +=
                    kit_cancel(order_get(kit.l, p)->member, order_get(kit.l, p)->number) == ERR_OK;
                break;
            }
        break;
    default:
        reached[1] += kit_say(slot, o) == ERR_OK;
    }
}

static void a_rebuild_answers_alike_and_an_undo_restores(void **state)
{
    (void)state;
    static struct kit_answers before, after;
    uint32_t reached[2] = {0};
    struct test_random r = {41};
    kit_open();
    for (uint32_t block = 0; block < 150; block++) {
        begin_block();
        kit_ask(&before);
        const uint64_t edits = test_random_below(&r, 12);
        for (uint64_t i = 0; i < edits; i++)
            edit_at_random(&r, reached);
        if (block % 3 == 0) {
            table_undo(&kit.l->head_table);
            table_undo(&kit.l->orders);
            table_undo(&kit.l->intervals);
            table_undo(&kit.l->waiting_table);
            market_rebuild(kit.l);
            kit_ask(&after);
            assert_memory_equal(&before, &after, sizeof before);
        } else {
            kit_check_rebuild();
        }
    }
    assert_true(reached[0] > 50 && reached[1] > 300);
    kit_shut();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_becomes_a_row_that_is_found_and_ends_without_a_trace),
        cmocka_unit_test(who_may_not_trade_is_refused),
        cmocka_unit_test(a_forward_book_closes_with_its_gate_and_reaches_to_the_horizon),
        cmocka_unit_test(a_measured_book_closes_with_the_statements),
        cmocka_unit_test(only_the_books_that_the_community_holds_take_orders),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(a_household_stays_apart_from_itself_in_both_rounds),
        cmocka_unit_test(open_forward_energy_stays_within_the_connection),
        cmocka_unit_test(orders_of_an_interval_are_limited_by_score),
        cmocka_unit_test(the_books_together_are_limited),
        cmocka_unit_test(an_order_for_an_interval_without_room_is_refused),
        cmocka_unit_test(where_nobody_could_witness_it_an_order_is_refused),
        cmocka_unit_test(a_cancel_comes_in_time_and_from_the_owner),
        cmocka_unit_test(a_measured_order_is_cancelled_before_the_last_part_of_the_window),
        cmocka_unit_test(whoever_is_out_has_no_orders_left),
        cmocka_unit_test(a_rebuild_answers_alike_and_an_undo_restores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
