/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.22, gate.2 */
#include "core/measured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void orders_are_filled_by_number_up_to_the_statement(void **state)
{
    (void)state;
    struct book_order orders[] = {{1, 80000, 300, 0, ORDER_OFFER, 0, false},
                                  {2, 90000, 300, 0, ORDER_OFFER, 0, false},
                                  {3, 90000, 300, 0, ORDER_OFFER, 0, false},
                                  {4, 70000, 100, 0, ORDER_BID, 0, false},
                                  {5, 90000, 100, 1, ORDER_BID, 0, false}};
    struct measured_left left[2] = {measured_left(true, 700, 99, 200, 0),
                                    measured_left(true, 0, 150, 0, 0)};
    assert_int_equal(measured_cut(orders, 5, left), 4);
    const uint32_t expected[] = {300, 200, 99, 100};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(orders[i].energy_wh, expected[i]);
    assert_int_equal(orders[2].number, 4);
    assert_int_equal(left[0].sell_wh, 0);
    assert_int_equal(left[0].buy_wh, 0);
    assert_int_equal(left[1].buy_wh, 50);
}

static void without_a_statement_all_orders_expire(void **state)
{
    (void)state;
    struct book_order orders[] = {{1, 80000, 300, 0, ORDER_OFFER, 0, false},
                                  {2, 90000, 300, 0, ORDER_BID, 0, false}};
    struct measured_left left = measured_left(false, 700, 700, 0, 0);
    assert_int_equal(measured_cut(orders, 2, &left), 0);
}

static void what_the_forward_round_used_is_not_sold_again(void **state)
{
    (void)state;
    const struct measured_left all = measured_left(true, 500, 400, 500, 400);
    assert_int_equal(all.sell_wh, 0);
    assert_int_equal(all.buy_wh, 0);
    const struct measured_left more = measured_left(true, 500, 400, 501, 399);
    assert_int_equal(more.sell_wh, 0);
    assert_int_equal(more.buy_wh, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_filled_by_number_up_to_the_statement),
        cmocka_unit_test(without_a_statement_all_orders_expire),
        cmocka_unit_test(what_the_forward_round_used_is_not_sold_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
