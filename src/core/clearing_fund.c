/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.6: bids are cut to what their buyer can pay, at the clearing and not before, so that
 * bids for many intervals lock no money. */
#include "core/clearing_work.h"

/* floor(max(0, @left) * 1000 / @price), at most @energy_wh. */
static uint32_t affordable(int64_t left, int64_t price, uint32_t energy_wh)
{
    if (price == 0)
        return energy_wh;
    const i128 wh = left > 0 ? (i128)left * 1000 / price : 0;
    return wh < energy_wh ? (uint32_t)wh : energy_wh;
}

/* The bids of one buyer, w->sorted[first] to [end - 1], dearest first. */
static void fund_buyer(struct clearing_work *w, uint32_t first, uint32_t end, uint32_t offers)
{
    const struct book_order *orders = w->book->orders;
    const uint32_t member = orders[w->sorted[first].number].member;
    /* The margin covers the rounding of every possible contract. */
    const int64_t margin = (int64_t)offers * (end - first);
    int64_t left = 0;
    if (__builtin_sub_overflow(w->book->members[member].funds_micro, margin, &left))
        left = 0;
    for (uint32_t i = first; i < end; i++) {
        const uint32_t order = (uint32_t)w->sorted[i].number;
        const int64_t price = orders[order].price;
        const uint32_t funded = affordable(left, price, orders[order].energy_wh);
        w->out->quantities[order].funded_wh = funded;
        w->out->quantities[order].is_cut = funded < orders[order].energy_wh;
        left -= (funded * price + 999) / 1000;
    }
}

void clearing_fund(struct clearing_work *w)
{
    const struct book *book = w->book;
    uint32_t offers = 0, count = 0;
    for (uint32_t i = 0; i < book->order_count; i++) {
        const struct book_order *o = &book->orders[i];
        w->out->quantities[i] = (struct clearing_quantity){.funded_wh = o->energy_wh};
        offers += o->side == ORDER_OFFER;
        if (o->side != ORDER_BID || book->members[o->member].funds_micro == BOOK_FUNDS_ENOUGH)
            continue;
        const uint64_t dearest_first = UINT32_MAX - (uint64_t)o->price;
        w->sorted[count++] = (struct sort_item){(uint64_t)o->member << 32 | dearest_first, i};
    }
    sort_keys(w->sorted, w->scratch, count);
    for (uint32_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && w->sorted[end].key >> 32 == w->sorted[first].key >> 32;)
            end++;
        fund_buyer(w, first, end, offers);
    }
}
