/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.19, market.20: orders wait for their seed, then meet the book that rests in rows. */
#include "core/tie.h"
#include "ledger/test_market.h"

enum { NEAR = 3 };

static void open_continuous(void)
{
    kit_open();
    kit_params()->market.timing = TIMING_FORWARD;
    kit_params()->market.mechanism = MECHANISM_CONTINUOUS;
    kit_params()->market.order_min_wh = 10;
}

/* The end of this block and the next one up to its operations. */
static void next(void)
{
    market_run_continuous(kit.l);
    kit_block(1000);
}

static void an_order_waits_for_the_seed_of_its_height_and_then_rests(void **state)
{
    (void)state;
    open_continuous();
    kit.seed_blocks = 3;
    assert_int_equal(kit_say(1, kit_offer(NEAR, 700, 100000)), ERR_OK);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 500, 200000)), ERR_OK);
    const uint64_t height = kit.l->now.height;
    next();
    assert_int_equal(kit_waiting(DRAW_CONTINUOUS, height), 1);
    assert_int_equal(kit_say(3, kit_bid(NEAR, 200, 200000)), ERR_OK);
    next();
    assert_int_equal(kit_waiting(DRAW_CONTINUOUS, height + 1), 1);
    assert_int_equal(kit.l->head->beacon.waiting_count, 2);
    next();
    assert_int_equal(kit.l->head->beacon.waiting_count, 1);
    assert_int_equal(kit_made(), 0); /* the seed is there: at the end of this block */
    next();
    assert_int_equal(kit_made(), 1);
    const struct ledger_contract *row = kit_contract(0);
    const struct settlement_terms *t = &row->terms;
    assert_int_equal(t->energy.wh, 500);
    assert_int_equal(t->seller, 1);
    assert_int_equal(t->buyer, 2);
    assert_true(t->price.micro_per_kwh == 100000 || t->price.micro_per_kwh == 200000);
    assert_int_equal(t->take, TAKE_FLEXIBLE);
    assert_int_equal(kit_order(1)->energy_wh, 200);
    assert_true(kit_order(1)->arrived > 0);
    assert_null(kit_order(2));
    assert_int_equal(kit_order(3)->arrived, 0); /* its own seed has just come */
    next();
    assert_int_equal(kit_made(), 2);
    assert_int_equal(kit_contract(1)->terms.price.micro_per_kwh, 100000);
    assert_null(kit_order(1));
    assert_null(kit_order(3));
    assert_int_equal(kit.l->head->beacon.waiting_count, 0);
    kit_shut();
}

/* Three offers come to rest one after the other; what a bid meets first says how they stand. */
static void who_rests_keeps_its_place_in_time_and_price(void **state)
{
    (void)state;
    static const int64_t prices[] = {120000, 110000, 110000};
    open_continuous();
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(kit_say(3 - i, kit_offer(NEAR, 100, prices[i])), ERR_OK);
        next();
    }
    next();
    for (uint64_t n = 1; n <= 3; n++)
        assert_true(kit_order(n)->arrived > 0);
    kit_check_rebuild(); /* it stands in the rows */
    assert_int_equal(kit_say(4, kit_bid(NEAR, 250, 200000)), ERR_OK);
    next();
    next();
    assert_int_equal(kit_made(), 3);
    assert_int_equal(kit_contract(0)->terms.seller, 2); /* cheaper, and earlier than 1 */
    assert_int_equal(kit_contract(1)->terms.seller, 1);
    assert_int_equal(kit_contract(2)->terms.seller, 3);
    assert_int_equal(kit_contract(2)->terms.energy.wh, 50);
    assert_int_equal(kit_order(1)->energy_wh, 50);
    assert_int_equal(kit.l->index.orders.places.count, 1);
    kit_shut();
}

/* Orders of one block rest in the order in which they were run: by rank, not by number. */
static void orders_of_one_height_rest_by_rank(void **state)
{
    (void)state;
    uint32_t turned = 0;
    for (uint32_t other = 2; other <= 9; other++) {
        open_continuous();
        const uint64_t height = kit.l->now.height;
        const struct hash seed = kit_seed(DRAW_CONTINUOUS, height);
        const struct siphash_key key = tie_key(&seed, height);
        assert_int_equal(kit_say(1, kit_offer(NEAR, 100, 110000)), ERR_OK);
        assert_int_equal(kit_say(other, kit_offer(NEAR, 100, 110000)), ERR_OK);
        next();
        next();
        assert_int_equal(kit_say(10, kit_bid(NEAR, 150, 200000)), ERR_OK);
        next();
        next();
        const bool is_turned = tie_rank(&key, TIE_PAIRING, other) < tie_rank(&key, TIE_PAIRING, 1);
        assert_int_equal(kit_made(), 2);
        assert_int_equal(kit_contract(0)->terms.seller, is_turned ? other : 1);
        turned += is_turned;
        kit_shut();
    }
    assert_true(turned > 0 && turned < 8);
}

static void the_dearest_bid_rests_first(void **state)
{
    (void)state;
    open_continuous();
    static const int64_t prices[] = {150000, 250000, 200000};
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(kit_say(1 + i, kit_bid(NEAR, 100, prices[i])), ERR_OK);
    next();
    next();
    kit_check_rebuild();
    assert_int_equal(kit_say(9, kit_offer(NEAR, 300, 100000)), ERR_OK);
    next();
    next();
    assert_int_equal(kit_made(), 3);
    assert_int_equal(kit_contract(0)->terms.price.micro_per_kwh, 250000);
    assert_int_equal(kit_contract(1)->terms.price.micro_per_kwh, 200000);
    assert_int_equal(kit_contract(2)->terms.price.micro_per_kwh, 150000);
    kit_shut();
}

static void money_is_one_over_all_intervals(void **state)
{
    (void)state;
    open_continuous();
    kit_money(4, 20001);
    assert_int_equal(kit_say(1, kit_offer(NEAR, 100, 200000)), ERR_OK);
    assert_int_equal(kit_say(2, kit_offer(NEAR + 1, 100, 200000)), ERR_OK);
    next();
    next();
    assert_int_equal(kit_say(4, kit_bid(NEAR, 60, 200000)), ERR_OK);
    assert_int_equal(kit_say(4, kit_bid(NEAR + 1, 60, 200000)), ERR_OK);
    next();
    next();
    assert_int_equal(kit_made(), 2);
    assert_int_equal(kit_contract(0)->interval, NEAR);
    assert_int_equal(kit_contract(0)->terms.energy.wh, 60);
    assert_int_equal(kit_contract(1)->terms.energy.wh, 40);
    assert_int_equal(kit.l->index.orders.places.count, 2); /* the bid's rest was cut, 20 Wh */
    kit_shut();
}

static void a_bid_without_money_ends_when_it_is_run(void **state)
{
    (void)state;
    open_continuous();
    kit_money(4, 0);
    assert_int_equal(kit_say(4, kit_bid(NEAR, 60, 200000)), ERR_OK);
    next();
    next();
    assert_null(kit_order(1));
    assert_null(kit_interval(NEAR)); /* freed by the block behind it: nobody else calls for it */
    kit_shut();
}

static void what_rests_and_what_waits_ends_at_the_gate(void **state)
{
    (void)state;
    open_continuous();
    assert_int_equal(kit_say(1, kit_offer(NEAR, 100, 200000)), ERR_OK);
    next();
    next();
    kit.seed_blocks = KIT_SEEDS_NEVER;
    kit_block_at(kit_start_ms(NEAR) - kit.l->params->market.gate_lead_ms - 1);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 100, 200000)), ERR_OK);
    market_run_continuous(kit.l);
    kit_enter(1);
    kit.l->now.steps_left = 0; /* the gate has been reached and waits for budget */
    kit.seed_blocks = 0;
    kit_draw();
    market_run_continuous(kit.l);
    assert_int_equal(kit_made(), 0);
    assert_int_equal(kit_order(2)->arrived, 0);
    assert_int_equal(kit.l->head->beacon.waiting_count, 0); /* nothing is asked for them */
    kit_block(0);
    assert_int_equal(kit.l->index.orders.places.count, 0);
    assert_int_equal(kit.l->index.orders.intervals.count, 0);
    kit_shut();
}

/* Where the beacon has no room orders wait for a later draw, which runs all heights. */
static void beyond_the_draws_there_is_room_for_orders_wait_together(void **state)
{
    (void)state;
    open_continuous();
    kit.seed_blocks = KIT_SEEDS_NEVER;
    const uint32_t most = SIZES_CONTINUOUS;
    for (uint32_t i = 0; i < most + 3; i++) {
        struct order o =
            i % 2 ? kit_bid(NEAR + i % 3, 100, 200000) : kit_offer(NEAR + i % 3, 100, 100000);
        assert_int_equal(kit_say(1 + i % KIT_MEMBERS, o), ERR_OK);
        next();
    }
    assert_int_equal(kit.l->head->beacon.waiting_count, most);
    kit.seed_blocks = 1;
    next(); /* all seeds come */
    market_run_continuous(kit.l);
    for (uint64_t n = 1; n <= most + 3; n++)
        assert_true(!kit_order(n) || (kit_order(n)->arrived > 0) == (n <= most));
    assert_int_equal(kit_waiting(DRAW_CONTINUOUS, kit.l->now.height), 1);
    kit_block(1000);
    next();
    for (uint64_t n = 1; n <= most + 3; n++)
        assert_true(!kit_order(n) || kit_order(n)->arrived > 0);
    assert_int_equal(kit.l->head->beacon.waiting_count, 0);
    kit_shut();
}

static void without_room_for_contracts_an_order_goes_on_waiting(void **state)
{
    (void)state;
    open_continuous();
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(kit_say(1 + i, kit_offer(NEAR, 100, 100000)), ERR_OK);
    next();
    next();
    kit_params()->limits.contracts_open_max = 2; /* the bid could make 3 */
    assert_int_equal(kit_say(9, kit_bid(NEAR, 300, 200000)), ERR_OK);
    next();
    next();
    assert_int_equal(kit_made(), 0);
    assert_int_equal(kit_order(4)->arrived, 0);
    kit_params()->limits.contracts_open_max = 3;
    next();
    next();
    assert_int_equal(kit_made(), 3);
    assert_int_equal(kit.l->index.orders.places.count, 0);
    kit_shut();
}

/* Random flow: energy is traded or left, and nothing else; money suffices, as contract_make
 * asserts. */
static void random_flow_keeps_its_energy(void **state)
{
    (void)state;
    struct test_random r = {9};
    uint32_t matched = 0, rested = 0;
    for (uint32_t history = 0; history < 10; history++) {
        open_continuous();
        kit_params()->market.order_min_wh = 1; /* no remainder is cancelled */
        for (uint32_t i = 1; i <= KIT_MEMBERS; i++)
            kit_money(i, INT64_C(1000000000));
        int64_t said_wh = 0, left_wh = 0, traded_wh = 0;
        for (uint32_t n = 0; n < 120; n++) {
            kit.seed_blocks = 1 + (uint32_t)test_random_below(&r, 4);
            const int64_t wh = 1 + (int64_t)test_random_below(&r, 300);
            const int64_t price = 80000 + (int64_t)test_random_below(&r, 8) * 30000;
            const uint64_t interval = NEAR + test_random_below(&r, 3);
            const uint32_t slot = 1 + (uint32_t)test_random_below(&r, KIT_MEMBERS);
            if (kit_say(slot, test_random_below(&r, 2) ? kit_bid(interval, wh, price)
                                                       : kit_offer(interval, wh, price)) == ERR_OK)
                said_wh += wh;
            if (test_random_below(&r, 3) == 0)
                next();
            kit_check_rebuild();
        }
        kit.seed_blocks = 1;
        next();
        next();
        next();
        for (uint32_t i = 0; i < kit_made(); i++)
            traded_wh += 2 * kit_contract(i)->terms.energy.wh;
        for (uint32_t p = 0; p < kit.l->sizes.orders; p++) {
            left_wh += order_get(kit.l, p)->energy_wh;
            rested += order_get(kit.l, p)->arrived > 0;
        }
        assert_int_equal(said_wh, left_wh + traded_wh);
        matched += kit_made();
        kit_shut();
    }
    assert_true(matched > 200 && rested > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_waits_for_the_seed_of_its_height_and_then_rests),
        cmocka_unit_test(who_rests_keeps_its_place_in_time_and_price),
        cmocka_unit_test(orders_of_one_height_rest_by_rank),
        cmocka_unit_test(the_dearest_bid_rests_first),
        cmocka_unit_test(money_is_one_over_all_intervals),
        cmocka_unit_test(a_bid_without_money_ends_when_it_is_run),
        cmocka_unit_test(what_rests_and_what_waits_ends_at_the_gate),
        cmocka_unit_test(beyond_the_draws_there_is_room_for_orders_wait_together),
        cmocka_unit_test(without_room_for_contracts_an_order_goes_on_waiting),
        cmocka_unit_test(random_flow_keeps_its_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
