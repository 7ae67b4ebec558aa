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

static int64_t cost_of(uint32_t wh, int64_t price)
{
    return (wh * price + 999) / 1000;
}

/* What a buyer begins with. The margin covers the rounding of every possible contract. */
static int64_t purse(const struct clearing_work *w, uint32_t member, uint32_t bids, uint32_t offers)
{
    int64_t left = 0;
    const int64_t margin = (int64_t)offers * bids;
    if (__builtin_sub_overflow(w->book->members[member].funds_micro, margin, &left))
        left = 0;
    return left;
}

/* The bids of one buyer, w->sorted[first] to [end - 1], dearest first. */
static void fund_buyer(struct clearing_work *w, uint32_t first, uint32_t end, uint32_t offers)
{
    int64_t left = purse(w, (uint32_t)(w->sorted[first].key >> 32), end - first, offers);
    for (uint32_t i = first; i < end; i++) {
        const int64_t price = UINT32_MAX - (int64_t)(w->sorted[i].key & UINT32_MAX);
        const uint32_t asked = clearing_wh_of(&w->sorted[i]);
        const uint32_t funded = affordable(left, price, asked);
        struct clearing_quantity *q = &w->out->quantities[clearing_order_of(&w->sorted[i])];
        q->funded_wh = funded;
        q->is_cut = funded < asked;
        left -= cost_of(funded, price);
    }
}

static bool has_limited_funds(const struct clearing_work *w, const struct book_order *o)
{
    return o->side == ORDER_BID && w->book->members[o->member].funds_micro != BOOK_FUNDS_ENOUGH;
}

/* With more members than orders there is no room to sum, and little to put in order. */
static bool is_summed(const struct clearing_work *w)
{
    return w->book->member_count <= w->book->order_count;
}

/* Begin with all that is asked for, and sum in w->third what each member's bids may cost at most,
 * with a margin for all orders instead of all offers, which are not counted yet. w->third is as
 * the arena gave it: zeroed. Returns the number of offers. */
static uint32_t ask(struct clearing_work *w)
{
    const bool sums = is_summed(w);
    int64_t *needs = w->third;
    uint32_t offers = 0;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        w->out->quantities[i] = (struct clearing_quantity){.funded_wh = o->energy_wh};
        offers += o->side == ORDER_OFFER;
        if (sums && o->side == ORDER_BID) /* BOOK_MEMBER_ORDERS_MAX: it fits */
            needs[o->member] += cost_of(o->energy_wh, o->price) + w->book->order_count;
    }
    return offers;
}

/* Who can pay all of its bids need not have them put in order: that is most buyers. */
static bool may_be_short(const struct clearing_work *w, uint32_t member)
{
    const int64_t need = ((const int64_t *)w->third)[member];
    const int64_t funds = w->book->members[member].funds_micro;
    return need > 0 && need > funds;
}

static bool is_anyone_short(const struct clearing_work *w)
{
    if (!is_summed(w))
        return true;
    for (uint32_t m = 0; m < w->book->member_count; m++)
        if (may_be_short(w, m))
            return true;
    return false;
}

static uint32_t list_short(struct clearing_work *w)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        if (!has_limited_funds(w, o) || (is_summed(w) && !may_be_short(w, o->member)))
            continue;
        const uint64_t dearest_first = UINT32_MAX - (uint64_t)o->price;
        w->sorted[count++] = (struct sort_item){(uint64_t)o->member << 32 | dearest_first,
                                                clearing_number(i, o->energy_wh)};
    }
    return count;
}

uint32_t clearing_fund(struct clearing_work *w)
{
    const uint32_t offers = ask(w), bids = w->book->order_count - offers;
    if (!is_anyone_short(w))
        return bids;
    const uint32_t count = list_short(w);
    sort_keys(w->sorted, w->scratch, count);
    for (uint32_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && w->sorted[end].key >> 32 == w->sorted[first].key >> 32;)
            end++;
        fund_buyer(w, first, end, offers);
    }
    return bids;
}
