/* SPDX-License-Identifier: Apache-2.0 */
#include "core/measured.h"

static int64_t rest_of(int64_t stated_wh, int64_t used_wh)
{
    return stated_wh > used_wh ? stated_wh - used_wh : 0;
}

struct measured_left measured_left(bool has_statement, int64_t delivered_wh, int64_t taken_wh,
                                   int64_t sold_wh, int64_t bought_wh)
{
    if (!has_statement)
        return (struct measured_left){0, 0};
    return (struct measured_left){rest_of(delivered_wh, sold_wh), rest_of(taken_wh, bought_wh)};
}

uint32_t measured_cut(struct book_order *orders, uint32_t count, struct measured_left *left)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct book_order order = orders[i];
        int64_t *covers =
            order.side == ORDER_BID ? &left[order.member].buy_wh : &left[order.member].sell_wh;
        if (order.energy_wh > *covers)
            order.energy_wh = (uint32_t)*covers;
        *covers -= order.energy_wh;
        if (order.energy_wh > 0)
            orders[kept++] = order;
    }
    return kept;
}
