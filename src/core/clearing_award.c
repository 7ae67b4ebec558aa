/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.11: who is served where not all can be. Equal caps among households: overstating
 * and splitting never help (Sprumont's uniform rule). Where a share would be dust, a lottery. */
#include "core/clearing_work.h"
#include "core/tie.h"

#include <assert.h>

struct claim { /* of a household at the last level served; in w->third, ascending households */
    uint64_t rank;
    int64_t wh;
};

struct level {
    enum award_kind kind;
    uint32_t first, end; /* of w->sorted; the same items, by household, in w->scratch after group */
    uint32_t households;
    int64_t amount;
    int64_t cap;
    bool is_lottery;
};

bool clearing_accepts(const struct clearing_work *w, uint32_t order)
{
    const int64_t net = clearing_net(w->book, order);
    return w->book->orders[order].side == ORDER_BID ? net >= w->out->price : net <= w->out->price;
}

static void give(struct clearing_work *w, enum award_kind kind, const struct sort_item *item,
                 int64_t wh)
{
    struct clearing_quantity *q = &w->out->quantities[clearing_order_of(item)];
    assert(wh >= 0 && wh <= clearing_wh_of(item));
    if (kind == AWARD_CROSSING)
        q->crossing_wh = (uint32_t)wh;
    else
        q->final_wh = (uint32_t)wh + (kind == AWARD_GROW ? q->crossing_wh : 0);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static uint32_t household_of(const struct clearing_work *w, uint32_t order)
{
    return w->book->members[w->book->orders[order].member].household;
}

/* Sum the level's claims by household. The orders are left in w->scratch by (household, number);
 * the level's own items in w->sorted are not needed again. */
static void group(struct clearing_work *w, struct level *l)
{
    struct sort_item *items = w->scratch;
    const uint32_t count = l->end - l->first;
    for (uint32_t i = 0; i < count; i++) {
        const struct sort_item *item = &w->sorted[l->first + i];
        items[i] = (struct sort_item){household_of(w, clearing_order_of(item)), item->number};
    }
    sort_keys(items, w->third, count);
    struct claim *claims = w->third;
    l->households = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || items[i].key != items[i - 1].key)
            claims[l->households++] =
                (struct claim){tie_rank(&w->tie, TIE_RATION, items[i].key), 0};
        claims[l->households - 1].wh += clearing_wh_of(&items[i]);
    }
}

static int64_t sum_capped(const struct clearing_work *w, const struct level *l, int64_t cap)
{
    const struct claim *claims = w->third;
    int64_t sum = 0;
    for (uint32_t i = 0; i < l->households; i++)
        sum += smaller(claims[i].wh, cap);
    return sum;
}

/* The largest cap whose awards do not exceed the amount; the claims together do. */
static int64_t find_cap(const struct clearing_work *w, const struct level *l)
{
    int64_t low = 0, high = l->amount + 1;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (sum_capped(w, l, middle) <= l->amount)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* What a household asks for when tie ranks decide: its dust, or one Wh above the cap. */
static int64_t stake(const struct level *l, const struct claim *c)
{
    return l->is_lottery ? smaller(c->wh, l->cap) : c->wh > l->cap;
}

/* The lowest rank up to which the stakes together reach @amount, which they do. Ranks are even
 * numbers of a keyed hash: halving their range needs no sort and no memory. */
static uint64_t last_rank(const struct clearing_work *w, const struct level *l, int64_t amount)
{
    const struct claim *claims = w->third;
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        int64_t sum = 0;
        for (uint32_t i = 0; i < l->households; i++)
            sum += claims[i].rank <= middle ? stake(l, &claims[i]) : 0;
        if (sum >= amount)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Turn claims into awards: the base, and by tie rank what remains of the amount. */
static void decide(struct clearing_work *w, const struct level *l, int64_t remaining)
{
    struct claim *claims = w->third;
    const uint64_t last = remaining > 0 ? last_rank(w, l, remaining) : 0;
    int64_t before = 0;
    for (uint32_t i = 0; i < l->households; i++)
        before += claims[i].rank < last ? stake(l, &claims[i]) : 0;
    int64_t at_last = remaining - before; /* for those of the last rank, ascending numbers */
    for (uint32_t i = 0; i < l->households; i++) {
        struct claim *c = &claims[i];
        int64_t extra = 0;
        if (remaining > 0 && c->rank <= last) {
            extra = c->rank < last ? stake(l, c) : smaller(stake(l, c), at_last);
            at_last -= c->rank == last ? extra : 0;
        }
        c->wh = extra + (l->is_lottery ? 0 : smaller(c->wh, l->cap));
    }
}

/* A household's award fills its orders by ascending number. */
static void hand_out(struct clearing_work *w, const struct level *l)
{
    struct claim *claim = w->third;
    const struct sort_item *items = w->scratch;
    for (uint32_t i = 0; i < l->end - l->first; i++) {
        if (i > 0 && items[i].key != items[i - 1].key)
            claim++;
        const int64_t wh = smaller(claim->wh, clearing_wh_of(&items[i]));
        give(w, l->kind, &items[i], wh);
        claim->wh -= wh;
    }
}

static void share_level(struct clearing_work *w, struct level *l, struct clearing_ration *ration)
{
    const uint32_t any = clearing_order_of(&w->sorted[l->first]);
    const int64_t dust = w->book->params.award_min_wh;
    group(w, l);
    l->is_lottery = sum_capped(w, l, dust) >= l->amount;
    l->cap = l->is_lottery ? dust : find_cap(w, l);
    const int64_t extra = l->is_lottery ? 0 : l->amount - sum_capped(w, l, l->cap);
    decide(w, l, l->is_lottery ? l->amount : extra);
    hand_out(w, l);
    if (ration)
        *ration = (struct clearing_ration){.is_rationed = true,
                                           .side = w->book->orders[any].side,
                                           .price = clearing_net(w->book, any),
                                           .amount_wh = l->amount,
                                           .cap_wh = l->cap,
                                           .extra = extra,
                                           .is_lottery = l->is_lottery};
}

void clearing_award(struct clearing_work *w, enum award_kind kind, uint32_t first, uint32_t end,
                    int64_t amount, struct clearing_ration *ration)
{
    struct level l = {.kind = kind, .first = first};
    for (; l.first < end && amount > 0; l.first = l.end) {
        int64_t claims = 0;
        for (l.end = l.first; l.end < end && w->sorted[l.end].key == w->sorted[l.first].key;)
            claims += clearing_wh_of(&w->sorted[l.end++]);
        l.amount = smaller(amount, claims);
        amount -= l.amount;
        if (l.amount < claims) {
            share_level(w, &l, ration);
            continue;
        }
        for (uint32_t i = l.first; i < l.end; i++)
            give(w, kind, &w->sorted[i], clearing_wh_of(&w->sorted[i]));
    }
    assert(amount == 0);
}
