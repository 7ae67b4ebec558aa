/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.7, market.15, gate.1: the frozen book becomes contracts; the rows' bytes. */
#include "core/clearing.h"
#include "ledger/test_market.h"

enum { NEAR = 3, RECORD_BYTES = 10 + 1 + 8 + 1 + 1 + 3 * 8 + 4 * 4 + 2 * 32 };

static void to_the_gate(void)
{
    kit_block_at(kit_start_ms(NEAR) - kit.l->params->market.gate_lead_ms);
}

static uint32_t u32_at(struct span bytes, size_t at)
{
    uint32_t n;
    memcpy(&n, bytes.at + at, sizeof n);
    return n;
}

static struct span the_record(void)
{
    assert_int_equal(log_count(kit.l), 1);
    const struct span bytes = log_get(kit.l, 0).bytes;
    assert_int_equal(bytes.len, RECORD_BYTES);
    assert_int_equal(bytes.at[0], RECORD_CLEARING);
    assert_int_equal(bytes.at[10], MECHANISM_CALL);
    return bytes;
}

static void two_orders_that_cross_become_a_contract(void **state)
{
    (void)state;
    kit_open();
    kit_params()->trade.tolerance_wh = 11;
    assert_int_equal(kit_say(1, kit_offer(NEAR, 700, 100000)), ERR_OK);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 500, 200001)), ERR_OK);
    to_the_gate();
    assert_int_equal(kit_made(), 0);
    kit_block(1000);
    assert_int_equal(kit_made(), 1);
    const struct ledger_contract *row = kit_contract(0);
    const struct settlement_terms *t = &row->terms;
    assert_int_equal(row->interval, NEAR);
    assert_int_equal(row->round, ROUND_FORWARD);
    assert_int_equal(t->seller, 1);
    assert_int_equal(t->buyer, 2);
    assert_int_equal(t->energy.wh, 500);
    assert_int_equal(t->price.micro_per_kwh, 150000);
    assert_int_equal(row->hold.reserved.micro, 75000);
    assert_int_equal(t->take, TAKE_FLEXIBLE);
    assert_int_equal(t->min_delivery_ppm, 900000);
    assert_int_equal(t->tolerance.wh, 11);
    assert_false(row->is_agreement);
    assert_int_equal(kit.l->index.orders.places.count, 0); /* nothing is carried over */
    assert_int_equal(kit_interval(NEAR)->rounds[0].phase, PHASE_DRAWN);
    const struct span record = the_record();
    assert_int_equal(record.at[20], CLEARING_CLEARED);
    assert_int_equal(u32_at(record, 45), 2); /* orders */
    assert_int_equal(u32_at(record, 49), 1); /* contracts */
    assert_int_equal(u32_at(record, 53), 0);
    assert_int_equal(u32_at(record, 57), 0);
    kit_shut();
}

/* The digest of the record is that of the book, cleared elsewhere. */
static void the_record_is_that_of_the_clearing_with_the_rounds_seed(void **state)
{
    (void)state;
    kit_open();
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(kit_say(1 + i, kit_offer(NEAR, 100 + i, 100000)), ERR_OK);
        assert_int_equal(kit_say(11 + i, kit_bid(NEAR, 30, 200000)), ERR_OK);
    }
    to_the_gate();
    static uint8_t memory[1 << 16];
    uint32_t places[12];
    struct arena arena;
    struct clearing c;
    struct market_book b;
    const uint32_t count =
        orders_of_round(kit.l, interval_find(kit.l, NEAR), ROUND_FORWARD, places);
    market_book_make(&b, kit.l, &kit.l->params->market, places, count);
    b.book.interval = NEAR;
    b.book.seed = kit_seed(DRAW_FORWARD, NEAR);
    arena_init(&arena, memory, sizeof memory);
    assert_true(clearing_make(&c, &arena, &b.book));
    kit_block(1000);
    assert_int_equal(kit_made(), c.contract_count);
    for (uint32_t i = 0; i < c.contract_count; i++) {
        assert_int_equal(kit_contract(i)->terms.seller, b.book.members[c.contracts[i].seller].slot);
        assert_int_equal(kit_contract(i)->terms.energy.wh, c.contracts[i].energy_wh);
    }
    const struct span record = the_record();
    assert_memory_equal(record.at + 61, b.book.seed.bytes, HASH_BYTES);
    assert_memory_equal(record.at + 93, c.digest.bytes, HASH_BYTES);
    kit_shut();
}

/* RULE gate.1: the seed comes too late. */
static void a_forward_book_is_not_cleared_once_delivery_has_begun(void **state)
{
    (void)state;
    for (uint32_t late = 0; late < 2; late++) {
        kit_open();
        assert_int_equal(kit_say(1, kit_offer(NEAR, 700, 100000)), ERR_OK);
        assert_int_equal(kit_say(2, kit_bid(NEAR, 500, 200001)), ERR_OK);
        to_the_gate();
        kit_block_at(kit_start_ms(NEAR) - 1 + late);
        assert_int_equal(kit.clears, 1);
        assert_int_equal(kit_made(), late ? 0 : 1);
        assert_int_equal(kit.l->index.orders.places.count, 0);
        assert_int_equal(kit_interval(NEAR)->rounds[0].is_missed, late);
        assert_int_equal(the_record().at[20], late ? 5 : CLEARING_CLEARED);
        kit_shut();
    }
}

static void a_measured_book_is_cleared_whenever_its_seed_comes(void **state)
{
    (void)state;
    kit_open();
    struct order offer = kit_offer(NEAR, 700, 100000), bid = kit_bid(NEAR, 500, 200000);
    offer.round = bid.round = ROUND_MEASURED;
    assert_int_equal(kit_say(1, offer), ERR_OK);
    assert_int_equal(kit_say(2, bid), ERR_OK);
    kit_block_at(kit_start_ms(NEAR + 1));
    kit_state(1, NEAR, 300, 0);
    kit_state(2, NEAR, 0, 400);
    kit_block(kit.l->params->windows.statement_ms);
    kit_block(1000);
    assert_int_equal(kit_made(), 1);
    assert_int_equal(kit_contract(0)->round, ROUND_MEASURED);
    assert_int_equal(kit_contract(0)->terms.energy.wh, 300);
    kit_shut();
}

/* RULE dos.3: where the ledger can hold no more contracts the record says how many were not made.
 */
static void contracts_without_room_are_not_made_and_counted(void **state)
{
    (void)state;
    kit_open();
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(kit_say(1 + i, kit_offer(NEAR, 100, 100000)), ERR_OK);
        assert_int_equal(kit_say(11 + i, kit_bid(NEAR, 100, 200000)), ERR_OK);
    }
    kit_params()->limits.contracts_open_max = 3;
    to_the_gate();
    kit_block(1000);
    assert_int_equal(kit_made(), 3);
    assert_int_equal(kit.l->index.orders.places.count, 0);
    const struct span record = the_record();
    assert_int_equal(u32_at(record, 49), 3);
    assert_true(u32_at(record, 53) >= 2);
    kit_shut();
}

/* RULE market.6 */
static void bids_are_cut_to_the_money_of_that_moment(void **state)
{
    (void)state;
    kit_open();
    assert_int_equal(kit_say(1, kit_offer(NEAR, 700, 200000)), ERR_OK);
    assert_int_equal(kit_say(2, kit_bid(NEAR, 500, 200000)), ERR_OK);
    kit_money(2, 20001); /* 1 is the margin */
    to_the_gate();
    kit_block(1000);
    assert_int_equal(kit_contract(0)->terms.energy.wh, 100);
    assert_int_equal(u32_at(the_record(), 57), 1);
    kit_shut();
}

static void a_book_names_each_member_once_and_orders_by_number(void **state)
{
    (void)state;
    struct genesis_fee fees[] = {{1, 2, 5}, {2, 1, 9000}};
    kit_open();
    kit_params()->market.fees = fees;
    kit_params()->market.fee_count = 2;
    kit_params()->market.price_rule = PRICE_POSTED;
    kit_standing(9)->score = SCORE_MAX;
    kit_move_in(9, 4);
    static const uint32_t slots[] = {9, 4, 17, 4, 9, 2};
    uint32_t places[6];
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(kit_say(slots[i], kit_bid(NEAR, 10 + i, 200000)), ERR_OK);
    const uint32_t count =
        orders_of_round(kit.l, interval_find(kit.l, NEAR), ROUND_FORWARD, places);
    assert_int_equal(count, 6);
    struct market_book b;
    market_book_make(&b, kit.l, &kit.l->params->market, places, count);
    assert_int_equal(b.book.member_count, 4);
    static const uint32_t ascending[] = {2, 4, 9, 17};
    for (uint32_t m = 0; m < 4; m++)
        assert_int_equal(b.book.members[m].slot, ascending[m]);
    assert_int_equal(b.book.members[2].household, 4);
    assert_int_equal(b.book.members[2].level, 7);
    assert_int_equal(b.book.members[2].feeder, 1);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(b.book.orders[i].number, i + 1);
        assert_int_equal(b.book.orders[i].energy_wh, 10 + i);
        assert_int_equal(b.book.members[b.book.orders[i].member].slot, slots[i]);
    }
    assert_int_equal(b.book.params.fee_ref, 9000);
    assert_int_equal(b.book.params.price_rule, BOOK_POSTED);
    assert_int_equal(charge_rate(&b.book.params.fees, 2, 1), 9000);
    assert_int_equal(charge_rate(&b.book.params.fees, 1, 2), 5);
    assert_int_equal(charge_rate(&b.book.params.fees, 1, 1), 0);
    assert_int_equal(charge_rate(&b.book.params.fees, 3, 1), 0);
    kit_shut();
}

static void a_row_of_an_order_is_read_as_it_was_written(void **state)
{
    (void)state;
    uint8_t bytes[256];
    struct ledger_order o, copy, read;
    memset(&o, 0, sizeof o);
    o.number = 7;
    o.interval = 8;
    o.height = 9;
    o.arrived = 10;
    o.member = 11;
    o.side = ORDER_OFFER;
    o.round = ROUND_MEASURED;
    o.state = ORDER_FROZEN;
    o.energy_wh = -12;
    o.price = 13;
    o.min_score = 7;
    o.feeder_first = true;
    copy = o;
    struct row_io io;
    row_init_write(&io, bytes, sizeof bytes);
    market_order_io(&io, &copy);
    const size_t len = row_end_write(&io);
    memset(&read, 0, sizeof read);
    row_init_read(&io, (struct span){bytes, len});
    market_order_io(&io, &read);
    assert_true(row_end_read(&io));
    assert_memory_equal(&read, &o, sizeof o);
    row_init_read(&io, (struct span){bytes, len - 1});
    market_order_io(&io, &read);
    assert_false(row_end_read(&io));
}

static void a_row_of_an_interval_is_read_as_it_was_written(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct ledger_interval i, read, copy;
    memset(&i, 0, sizeof i);
    memset(&read, 0, sizeof read);
    i.is_used = true;
    i.number = 5;
    i.page = 6;
    i.due_ms = MARKET_NOT_DUE;
    i.window = INTERVAL_CLOSED;
    i.window_opened_ms = 77;
    i.delivered_wh = -((i128)5 << 70);
    i.held_wh = (i128)1 << 90 | 3;
    for (uint32_t r = 0; r < MARKET_ROUNDS; r++) {
        struct ledger_round *round = &i.rounds[r];
        round->phase = PHASE_OVER;
        round->is_missed = round->is_fallback = r == 1;
        round->has_seed = true;
        round->seed.bytes[31] = (uint8_t)(3 + r);
        round->frozen_height = 21 + r;
        round->next_contract = 31 + r;
        round->contract_count = 41 + r;
        round->open_count = 51 + r;
        round->unscored_count = 61 + r;
        round->order_count = 71 + r;
    }
    copy = i;
    struct row_io io;
    row_init_write(&io, bytes, sizeof bytes);
    market_interval_io(&io, &copy);
    const size_t len = row_end_write(&io);
    row_init_read(&io, (struct span){bytes, len});
    market_interval_io(&io, &read);
    assert_true(row_end_read(&io));
    assert_true(read.delivered_wh == i.delivered_wh && read.held_wh == i.held_wh);
    assert_memory_equal(&read.rounds, &i.rounds, sizeof i.rounds);
    assert_int_equal(read.number, 5);
    assert_int_equal(read.page, 6);
    assert_true(read.due_ms == MARKET_NOT_DUE);
    assert_int_equal(read.window, INTERVAL_CLOSED);
    assert_int_equal(read.window_opened_ms, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_orders_that_cross_become_a_contract),
        cmocka_unit_test(the_record_is_that_of_the_clearing_with_the_rounds_seed),
        cmocka_unit_test(a_forward_book_is_not_cleared_once_delivery_has_begun),
        cmocka_unit_test(a_measured_book_is_cleared_whenever_its_seed_comes),
        cmocka_unit_test(contracts_without_room_are_not_made_and_counted),
        cmocka_unit_test(bids_are_cut_to_the_money_of_that_moment),
        cmocka_unit_test(a_book_names_each_member_once_and_orders_by_number),
        cmocka_unit_test(a_row_of_an_order_is_read_as_it_was_written),
        cmocka_unit_test(a_row_of_an_interval_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
