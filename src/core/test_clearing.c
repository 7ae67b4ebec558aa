/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.8, market.10, market.11, market.14, market.18 on small books, and brute force. */
#include "core/clearing.h"
#include "core/test_book.h"
#include "core/tie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static _Alignas(8) uint8_t memory[1 << 20];
static struct clearing out;

static void clear(const struct book *book)
{
    struct arena arena;
    arena_init(&arena, memory, clearing_bytes(book->order_count));
    assert_true(clearing_make(&out, &arena, book));
}

enum { SIDE_MAX = 3, CHOICES = 9, BOOKS_OF_SIDE = 1 + 9 + 81 + 729 };

struct small { /* a book of up to three bids and three offers, all of different households */
    struct book_member members[2 * SIDE_MAX];
    struct book_order orders[2 * SIDE_MAX];
    struct book book;
};

/* Add the orders of side book @code: choices are price (3) x quantity (3). */
static void add_side(struct small *s, uint32_t code, enum order_side side)
{
    uint32_t count = 0;
    for (uint32_t books = 1; code >= books; books *= CHOICES, count++)
        code -= books;
    for (uint32_t i = 0; i < count; i++, code /= CHOICES) {
        const uint32_t at = s->book.order_count++;
        s->orders[at] = (struct book_order){.number = at,
                                            .price = 1000 * (1 + code % 3),
                                            .energy_wh = 1 + code / 3 % 3,
                                            .member = at,
                                            .side = (uint8_t)side};
    }
}

/* The best value of each total by trying all quantities: most for bids, least for offers. */
static uint32_t try_all(int64_t best[10], const struct small *s, enum order_side side)
{
    uint32_t total_max = 0, tries = 1;
    for (uint32_t i = 0; i < s->book.order_count; i++)
        if (s->orders[i].side == side)
            tries *= s->orders[i].energy_wh + 1, total_max += s->orders[i].energy_wh;
    for (uint32_t q = 0; q < 10; q++)
        best[q] = INT64_MIN;
    for (uint32_t code = 0; code < tries; code++) {
        uint32_t rest = code, q = 0;
        int64_t value = 0;
        for (uint32_t i = 0; i < s->book.order_count; i++) {
            if (s->orders[i].side != side)
                continue;
            const uint32_t wh = rest % (s->orders[i].energy_wh + 1);
            rest /= s->orders[i].energy_wh + 1;
            q += wh;
            value += (side == ORDER_BID ? 1 : -1) * s->orders[i].price * wh;
        }
        best[q] = value > best[q] ? value : best[q];
    }
    return total_max;
}

static void check_against_all(const struct small *s, uint32_t *crossed)
{
    int64_t bids[10], offers[10], most = 0;
    const uint32_t demand = try_all(bids, s, ORDER_BID), supply = try_all(offers, s, ORDER_OFFER);
    uint32_t energy = 0;
    for (uint32_t q = 1; q <= demand && q <= supply; q++) {
        if (bids[q] + offers[q] >= most) {
            most = bids[q] + offers[q];
            energy = q;
        }
    }
    clear(&s->book);
    assert_true(out.surplus == most);
    assert_int_equal(out.crossing_wh, energy);
    assert_int_equal(out.paired_wh, energy);
    *crossed += energy > 0;
}

static void small_books_have_the_largest_surplus_and_then_energy(void **state)
{
    (void)state;
#ifdef TEST_MANY
    const uint32_t step = 1;
#else
    const uint32_t step = 23;
#endif
    static struct small s;
    uint32_t crossed = 0, books = 0;
    for (uint32_t code = 0; code < BOOKS_OF_SIDE * BOOKS_OF_SIDE; code += step, books++) {
        memset(&s, 0, sizeof s);
        s.book.members = s.members;
        s.book.orders = s.orders;
        s.book.params = (struct book_params){.retail = 10000, .award_min_wh = code % 4};
        s.book.member_count = 2 * SIDE_MAX;
        for (uint32_t i = 0; i < 2 * SIDE_MAX; i++)
            s.members[i] = (struct book_member){BOOK_FUNDS_ENOUGH, i, i, 1, 3};
        add_side(&s, code / BOOKS_OF_SIDE, ORDER_BID);
        add_side(&s, code % BOOKS_OF_SIDE, ORDER_OFFER);
        check_against_all(&s, &crossed);
    }
    assert_true(crossed > books / 2 && crossed < books);
}

static struct book_member members[] = {{BOOK_FUNDS_ENOUGH, 1, 1, 1, 3},
                                       {BOOK_FUNDS_ENOUGH, 2, 2, 2, 3},
                                       {BOOK_FUNDS_ENOUGH, 3, 3, 1, 3},
                                       {BOOK_FUNDS_ENOUGH, 4, 4, 2, 3}};

static struct book book_of(const struct book_order *orders, uint32_t count)
{
    return (struct book){.params = {.retail = 300000, .award_min_wh = 50},
                         .members = members,
                         .member_count = 4,
                         .orders = orders,
                         .order_count = count};
}

static void the_price_is_the_floor_of_the_midpoint(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 200001, 100, 0, ORDER_BID, 0, false},
                                        {1, 100000, 100, 1, ORDER_OFFER, 0, false}};
    const struct book book = book_of(orders, 2);
    clear(&book);
    assert_int_equal(out.price, 150000);
    assert_int_equal(out.dual, 100000);
    assert_int_equal(out.contracts[0].payment_micro, 15000);
}

static void a_contract_has_the_charge_of_its_feeders_up_to_the_last(void **state)
{
    (void)state;
    const struct genesis_fee fees[] = {{1, 65535, 7000}, {65534, 1, 2500}, {65535, 1, 2000}};
    const struct book_order orders[] = {{0, 200000, 150, 0, ORDER_BID, 0, false},
                                        {1, 100000, 100, 1, ORDER_OFFER, 0, false},
                                        {2, 100000, 50, 2, ORDER_OFFER, 0, false}};
    const struct book_member near_last[] = {{BOOK_FUNDS_ENOUGH, 1, 1, 1, 3},
                                            {BOOK_FUNDS_ENOUGH, 2, 2, 65535, 3},
                                            {BOOK_FUNDS_ENOUGH, 3, 3, 65534, 3}};
    struct book book = book_of(orders, 3);
    book.members = near_last;
    book.member_count = 3;
    book.params.fees = (struct charge_list){fees, 3};
    book.params.fee_ref = charge_most(&book.params.fees);
    clear(&book);
    assert_int_equal(out.price, 146500); /* of 193,000 and 100,000 */
    assert_int_equal(out.contract_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const bool is_last = out.contracts[i].seller == 1;
        assert_int_equal(out.contracts[i].fee, is_last ? 2000 : 2500);
        assert_int_equal(out.contracts[i].fee_micro, is_last ? 200 : 125);
    }
}

static void one_micro_decides_whether_all_bids_of_a_buyer_are_funded(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 150000, 50, 0, ORDER_BID, 0, false},
                                        {1, 200001, 100, 0, ORDER_BID, 0, false},
                                        {2, 100000, 10, 1, ORDER_OFFER, 0, false},
                                        {3, 100000, 10, 2, ORDER_OFFER, 0, false}};
    /* 7,500 and 20,001 micro, and 1 for each of two bids and two offers */
    struct book_member buyer[5] = {{27505, 1, 1, 1, 3}};
    for (uint32_t i = 1; i < 5; i++)
        buyer[i] = (struct book_member){BOOK_FUNDS_ENOUGH, 1 + i, 1 + i, 1, 3};
    struct book book = book_of(orders, 4);
    book.members = buyer;
    for (book.member_count = 4; book.member_count <= 5; book.member_count++) {
        buyer[0].funds_micro = 27505;
        clear(&book);
        assert_false(out.quantities[0].is_cut || out.quantities[1].is_cut);
        buyer[0].funds_micro = 27504;
        clear(&book);
        assert_true(out.quantities[0].is_cut);
        assert_int_equal(out.quantities[0].funded_wh, 49);
        assert_int_equal(out.quantities[1].funded_wh, 100);
    }
}

static void energy_at_no_price_needs_no_money(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 0, 50, 0, ORDER_BID, 0, false},
                                        {1, 1, 50, 0, ORDER_BID, 0, false},
                                        {2, 0, 100, 1, ORDER_OFFER, 0, false}};
    struct book book = book_of(orders, 3);
    static const int64_t funds[] = {INT64_MIN, -1, 0};
    for (uint32_t i = 0; i < 3; i++) {
        const struct book_member poor[] = {{funds[i], 1, 1, 1, 3}, {BOOK_FUNDS_ENOUGH, 2, 2, 2, 3}};
        book.members = poor;
        book.member_count = 2;
        clear(&book);
        assert_int_equal(out.quantities[0].funded_wh, 50);
        assert_int_equal(out.quantities[1].funded_wh, 0);
        assert_int_equal(out.quantities[0].final_wh, 50);
        assert_int_equal(out.price, 0);
    }
}

static void limits_that_touch_do_trade_and_one_micro_apart_do_not(void **state)
{
    (void)state;
    struct book_order orders[] = {{0, 150000, 100, 0, ORDER_BID, 0, false},
                                  {1, 150000, 60, 1, ORDER_OFFER, 0, false}};
    const struct book book = book_of(orders, 2);
    clear(&book);
    assert_int_equal(out.crossing_wh, 60);
    assert_int_equal(out.price, 150000);
    orders[0].price--;
    clear(&book);
    assert_int_equal(out.result, CLEARING_NO_CROSS);
    assert_int_equal(out.crossing_wh, 0);
    assert_true(out.price == CLEARING_NONE && out.dual == CLEARING_NONE);
    assert_int_equal(out.best_bid, 149999);
    assert_int_equal(out.best_offer, 150000);
}

static void the_crossing_alone_is_that_of_the_clearing(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 200001, 100, 0, ORDER_BID, 0, false},
                                        {1, 100000, 60, 1, ORDER_OFFER, 0, false}};
    const struct book book = book_of(orders, 2);
    struct arena arena;
    clear(&book);
    const struct clearing whole = out;
    arena_init(&arena, memory, clearing_bytes(2));
    assert_true(clearing_cross(&out, &arena, &book));
    assert_int_equal(out.crossing_wh, 60);
    assert_int_equal(out.crossing_wh, whole.crossing_wh);
    assert_true(out.price == whole.price && out.dual == whole.dual);
    assert_int_equal(out.contract_count, 0);
}

static void an_arena_that_is_too_small_is_a_refusal(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 200001, 100, 0, ORDER_BID, 0, false},
                                        {1, 100000, 60, 1, ORDER_OFFER, 0, false}};
    const struct book book = book_of(orders, 2);
    uint32_t refused[2] = {0};
    for (size_t size = 0; size <= clearing_bytes(2); size++) {
        struct arena arena;
        arena_init(&arena, memory, size);
        refused[0] += !clearing_cross(&out, &arena, &book);
        arena_init(&arena, memory, size);
        refused[1] += !clearing_make(&out, &arena, &book);
    }
    assert_true(refused[0] > 0 && refused[0] <= refused[1] && refused[1] <= clearing_bytes(2));
}

static void empty_sides_have_results_of_their_own(void **state)
{
    (void)state;
    const struct book_order bid = {0, 150000, 100, 0, ORDER_BID, 0, false};
    const struct book_order offer = {0, 150000, 100, 1, ORDER_OFFER, 0, false};
    struct book book = book_of(&bid, 0);
    clear(&book);
    assert_int_equal(out.result, CLEARING_NO_ORDERS);
    book.order_count = 1;
    clear(&book);
    assert_int_equal(out.result, CLEARING_NO_OFFERS);
    book.orders = &offer;
    clear(&book);
    assert_int_equal(out.result, CLEARING_NO_BIDS);
}

static void equal_caps_serve_small_homes_first(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 300000, 400, 0, ORDER_BID, 0, false},
                                        {1, 80000, 60, 1, ORDER_OFFER, 0, false},
                                        {2, 80000, 300, 2, ORDER_OFFER, 0, false},
                                        {3, 80000, 1000, 3, ORDER_OFFER, 0, false}};
    const struct book book = book_of(orders, 4);
    clear(&book);
    assert_int_equal(out.ration.cap_wh, 170);
    assert_int_equal(out.ration.extra, 0);
    assert_false(out.ration.is_lottery);
    assert_int_equal(out.quantities[1].crossing_wh, 60);
    assert_int_equal(out.quantities[2].crossing_wh, 170);
    assert_int_equal(out.quantities[3].crossing_wh, 170);
}

static void splitting_an_order_gains_nothing(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 300000, 400, 0, ORDER_BID, 0, false},
                                        {1, 80000, 600, 1, ORDER_OFFER, 0, false},
                                        {2, 80000, 300, 2, ORDER_OFFER, 0, false},
                                        {3, 80000, 300, 2, ORDER_OFFER, 0, false}};
    const struct book book = book_of(orders, 4);
    clear(&book);
    assert_int_equal(out.quantities[1].crossing_wh, 200);
    assert_int_equal(out.quantities[2].crossing_wh, 200);
    assert_int_equal(out.quantities[3].crossing_wh, 0);
}

static void where_shares_would_be_dust_there_is_a_lottery(void **state)
{
    (void)state;
    const struct book_order orders[] = {{0, 300000, 100, 0, ORDER_BID, 0, false},
                                        {1, 80000, 600, 1, ORDER_OFFER, 0, false},
                                        {2, 80000, 600, 2, ORDER_OFFER, 0, false},
                                        {3, 80000, 600, 3, ORDER_OFFER, 0, false}};
    struct book book = book_of(orders, 4);
    clear(&book); /* three times 50 Wh are not below 100 Wh */
    assert_true(out.ration.is_lottery);
    assert_int_equal(out.ration.cap_wh, 50);
    const struct siphash_key key = tie_key(&book.seed, 0);
    uint32_t last = 1;
    for (uint32_t i = 2; i <= 3; i++)
        if (tie_rank(&key, TIE_RATION, i + 1) > tie_rank(&key, TIE_RATION, last + 1))
            last = i;
    for (uint32_t i = 1; i <= 3; i++)
        assert_int_equal(out.quantities[i].crossing_wh, i == last ? 0 : 50);
    book.params.award_min_wh = 33; /* 99 Wh are */
    clear(&book);
    assert_false(out.ration.is_lottery);
    assert_int_equal(out.ration.cap_wh, 33);
    assert_int_equal(out.ration.extra, 1);
}

static void clearing_fits_64_bytes_an_order_and_40_a_contract(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct clearing_contract), 40);
    const uint64_t seed = 11;
    struct test_random r = {.state = seed};
    static struct test_book t;
    for (uint32_t i = 0; i < 1000; i++) {
        test_book_fill(&t, &r);
        struct arena arena;
        arena_init(&arena, memory, sizeof memory);
        assert_true(clearing_make(&out, &arena, &t.book));
        uint32_t cells = 0;
        for (uint32_t c = 0; c < BOOK_CLASSES; c++)
            for (uint32_t d = 0; d < BOOK_CLASSES; d++)
                cells += out.flow[c][d] > 0;
        const size_t contracts = t.book.order_count + cells;
        assert_true(arena.used <= 64 * (size_t)t.book.order_count + 40 * contracts);
        arena_init(&arena, memory, arena.used > 0 ? arena.used - 1 : 0);
        assert_int_equal(clearing_make(&out, &arena, &t.book), t.book.order_count == 0);
    }
}

static void a_level_begins_at_its_step(void **state)
{
    (void)state;
    static const int32_t steps[] = {-536870912, -268435456, 0,        134217728,
                                    268435456,  536870912,  805306368};
    for (uint8_t i = 0; i < 7; i++) {
        assert_int_equal(book_level(steps[i] - 1), i);
        assert_int_equal(book_level(steps[i]), i + 1);
    }
}

static void parties_meet_if_each_reaches_what_the_other_asks(void **state)
{
    (void)state;
    uint32_t allowed = 0;
    for (uint32_t c = 0; c < BOOK_CLASSES; c++) {
        for (uint32_t d = 0; d < BOOK_CLASSES; d++) {
            const bool may = c / 8 >= d % 8 && d / 8 >= c % 8;
            assert_int_equal(book_may_meet(c, d), may);
            allowed += may;
        }
    }
    assert_int_equal(allowed, 36 * 36);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_books_have_the_largest_surplus_and_then_energy),
        cmocka_unit_test(the_price_is_the_floor_of_the_midpoint),
        cmocka_unit_test(a_contract_has_the_charge_of_its_feeders_up_to_the_last),
        cmocka_unit_test(one_micro_decides_whether_all_bids_of_a_buyer_are_funded),
        cmocka_unit_test(energy_at_no_price_needs_no_money),
        cmocka_unit_test(limits_that_touch_do_trade_and_one_micro_apart_do_not),
        cmocka_unit_test(the_crossing_alone_is_that_of_the_clearing),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_refusal),
        cmocka_unit_test(empty_sides_have_results_of_their_own),
        cmocka_unit_test(equal_caps_serve_small_homes_first),
        cmocka_unit_test(splitting_an_order_gains_nothing),
        cmocka_unit_test(where_shares_would_be_dust_there_is_a_lottery),
        cmocka_unit_test(clearing_fits_64_bytes_an_order_and_40_a_contract),
        cmocka_unit_test(a_level_begins_at_its_step),
        cmocka_unit_test(parties_meet_if_each_reaches_what_the_other_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
