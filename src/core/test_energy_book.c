/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.5 (energy), trade.5 */
#include "core/energy_book.h"

#include "tests/cmocka_all.h"

enum { SELLER = 1, BUYER = 2, SLOTS = 2 };

struct bench {
    struct energy_book book;
    struct energy_account accounts[SLOTS + 1];
};

static void credit_100_and_escrow_60(struct bench *b)
{
    *b = (struct bench){.book = {.accounts = b->accounts, .slot_max = SLOTS}};
    energy_book_credit(&b->book, SELLER, (struct energy){100});
    energy_book_escrow(&b->book, SELLER, (struct energy){60});
}

static void assert_holds(const struct bench *b, uint32_t slot, int64_t title, int64_t escrow,
                         int64_t received)
{
    assert_int_equal(b->accounts[slot].title.wh, title);
    assert_int_equal(b->accounts[slot].escrow.wh, escrow);
    assert_int_equal(b->accounts[slot].received.wh, received);
    assert_true(energy_book_is_conserved(&b->book));
}

static void energy_goes_from_the_title_through_the_escrow_to_the_buyer(void **state)
{
    (void)state;
    struct bench b;
    credit_100_and_escrow_60(&b);
    assert_holds(&b, SELLER, 40, 60, 0);
    energy_book_settle(&b.book, SELLER, BUYER, (struct energy){60});
    assert_holds(&b, SELLER, 40, 0, 0);
    assert_holds(&b, BUYER, 0, 0, 60);
}

static void energy_in_escrow_can_return_to_the_title(void **state)
{
    (void)state;
    struct bench b;
    credit_100_and_escrow_60(&b);
    energy_book_return(&b.book, SELLER, (struct energy){60});
    assert_holds(&b, SELLER, 100, 0, 0);
}

static void a_watt_hour_more_or_less_in_any_place_is_seen(void **state)
{
    (void)state;
    struct bench b;
    for (int64_t change = -1; change <= 1; change += 2) {
        for (uint32_t place = 0; place < 3; place++) {
            credit_100_and_escrow_60(&b);
            energy_book_settle(&b.book, SELLER, BUYER, (struct energy){30});
            struct energy *places[] = {&b.accounts[SELLER].title, &b.accounts[SELLER].escrow,
                                       &b.accounts[BUYER].received};
            places[place]->wh += change;
            assert_false(energy_book_is_conserved(&b.book));
        }
    }
    credit_100_and_escrow_60(&b);
    b.book.held_wh++;
    assert_false(energy_book_is_conserved(&b.book));
    b.book.held_wh--;
    b.book.delivered_wh++;
    assert_false(energy_book_is_conserved(&b.book));
}

static void no_place_may_be_negative_even_if_the_sum_is_right(void **state)
{
    (void)state;
    struct bench b;
    for (uint32_t place = 0; place < 3; place++) {
        credit_100_and_escrow_60(&b);
        struct energy *places[] = {&b.accounts[BUYER].title, &b.accounts[BUYER].escrow,
                                   &b.accounts[BUYER].received};
        b.accounts[SELLER].title.wh += 1;
        places[place]->wh = -1;
        assert_false(energy_book_is_conserved(&b.book));
        places[place]->wh = 0;
        b.accounts[SELLER].title.wh -= 1;
        assert_true(energy_book_is_conserved(&b.book));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_goes_from_the_title_through_the_escrow_to_the_buyer),
        cmocka_unit_test(energy_in_escrow_can_return_to_the_title),
        cmocka_unit_test(a_watt_hour_more_or_less_in_any_place_is_seen),
        cmocka_unit_test(no_place_may_be_negative_even_if_the_sum_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
