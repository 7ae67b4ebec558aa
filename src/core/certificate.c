/* SPDX-License-Identifier: Apache-2.0 */
#include "core/certificate.h"

#include "core/certificate_work.h"

#include <assert.h>
#include <string.h>

static const struct certificate_row rows[] = {
#define CERTIFICATE_ROW(name, clause, sentence) {#name, (clause), (sentence)},
    CERTIFICATE_TABLE(CERTIFICATE_ROW)
#undef CERTIFICATE_ROW
};

const struct certificate_row *certificate_get(enum certificate_complaint complaint)
{
    assert(complaint < CERTIFICATE_COMPLAINTS);
    return &rows[complaint];
}

/* RULE market.6 for the bids items[0] to items[count - 1] of one buyer, dearest first. */
static void fund(struct certificate_work *w, const struct sort_item *items, uint32_t count,
                 i128 offers)
{
    const struct book_order *orders = w->book->orders;
    i128 left = w->book->members[orders[items[0].number].member].funds_micro - offers * count;
    for (uint32_t i = 0; i < count; i++) {
        const struct book_order *o = &orders[items[i].number];
        i128 wh = o->energy_wh;
        if (o->price > 0 && left * 1000 < wh * o->price)
            wh = left > 0 ? left * 1000 / o->price : 0;
        w->funded[items[i].number] = (uint32_t)wh;
        left -= (wh * o->price + 999) / 1000;
    }
}

static void fund_all(struct certificate_work *w)
{
    const struct book *book = w->book;
    uint32_t count = 0, offers = 0;
    for (uint32_t i = 0; i < book->order_count; i++) {
        const struct book_order *o = &book->orders[i];
        const bool is_limited = book->members[o->member].funds_micro != BOOK_FUNDS_ENOUGH;
        offers += o->side == ORDER_OFFER;
        w->funded[i] = o->energy_wh;
        if (o->side == ORDER_BID && is_limited)
            w->items[count++] =
                (struct sort_item){(uint64_t)o->member << 32 | (uint32_t)~o->price, i};
    }
    sort_items(w->items, w->scratch, count);
    for (uint32_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && w->items[i + n].key >> 32 == w->items[i].key >> 32;)
            n++;
        fund(w, w->items + i, n, offers);
    }
}

/* What is recorded of funding, and who leaves under a posted price. */
static void settle_book(struct certificate_work *w)
{
    const struct book_params *p = &w->book->params;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        const struct clearing_quantity *q = &w->record->quantities[i];
        certificate_complain(w, CERTIFICATE_FUNDING, q->funded_wh != w->funded[i]);
        certificate_complain(w, CERTIFICATE_FUNDING, q->is_cut != (w->funded[i] < o->energy_wh));
        if (p->price_rule == BOOK_POSTED &&
            (o->side == ORDER_BID ? o->price - p->fee_ref < p->posted : o->price > p->posted))
            w->funded[i] = 0;
    }
}

struct look {                  /* what one pass over the orders sees */
    int64_t best[3], worst[3]; /* by side: the best live, the worst served */
    int64_t best_unfilled[3];  /* by side: the best with energy left */
    int64_t crossing[3];       /* by side: sum */
    bool is_there[3];
    i128 surplus;
};

/* Is net limit @a better than @b for @side? @b may be CLEARING_NONE: anything is. */
static bool is_better(uint8_t side, int64_t a, int64_t b)
{
    return b == CLEARING_NONE || (side == ORDER_BID ? a > b : a < b);
}

static void look_at(struct look *l, uint8_t side, int64_t net, uint32_t funded, uint32_t crossing)
{
    l->is_there[side] = true;
    l->crossing[side] += crossing;
    l->surplus += (side == ORDER_BID ? (i128)net : -(i128)net) * crossing;
    if (is_better(side, net, l->best[side]))
        l->best[side] = net;
    if (crossing < funded && is_better(side, net, l->best_unfilled[side]))
        l->best_unfilled[side] = net;
    if (crossing > 0 && (l->worst[side] == CLEARING_NONE || is_better(side, l->worst[side], net)))
        l->worst[side] = net;
}

static void look(struct certificate_work *w, struct look *l)
{
    for (int side = ORDER_BID; side <= ORDER_OFFER; side++)
        l->best[side] = l->worst[side] = l->best_unfilled[side] = CLEARING_NONE;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct clearing_quantity *q = &w->record->quantities[i];
        const struct book_order *o = &w->book->orders[i];
        const bool fits = q->crossing_wh <= w->funded[i] && q->final_wh <= w->funded[i];
        certificate_complain(w, CERTIFICATE_RANGE, !fits);
        if (w->funded[i] > 0 && fits)
            look_at(l, o->side, certificate_net(w->book, o), w->funded[i], q->crossing_wh);
    }
}

static void check_result(struct certificate_work *w, const struct look *l)
{
    const struct clearing *r = w->record;
    enum clearing_result result = l->crossing[ORDER_BID] > 0 ? CLEARING_CLEARED : CLEARING_NO_CROSS;
    if (!l->is_there[ORDER_OFFER])
        result = CLEARING_NO_OFFERS;
    if (!l->is_there[ORDER_BID])
        result = l->is_there[ORDER_OFFER] ? CLEARING_NO_BIDS : CLEARING_NO_ORDERS;
    certificate_complain(w, CERTIFICATE_RESULT,
                         r->result != result || r->best_bid != l->best[ORDER_BID] ||
                             r->best_offer != l->best[ORDER_OFFER]);
    certificate_complain(w, CERTIFICATE_SURPLUS, r->surplus != l->surplus);
    certificate_complain(w, CERTIFICATE_BALANCE,
                         l->crossing[ORDER_BID] != r->crossing_wh ||
                             l->crossing[ORDER_OFFER] != r->crossing_wh);
}

/* Nothing crosses: the best bid must be below the best offer, and there is no price. */
static void check_no_cross(struct certificate_work *w, const struct look *l)
{
    const int64_t bid = l->best_unfilled[ORDER_BID], offer = l->best_unfilled[ORDER_OFFER];
    certificate_complain(w, CERTIFICATE_DUAL, w->record->dual != CLEARING_NONE);
    certificate_complain(w, CERTIFICATE_DUAL,
                         bid != CLEARING_NONE && offer != CLEARING_NONE && bid >= offer);
    certificate_complain(w, CERTIFICATE_PRICE, w->record->price != CLEARING_NONE);
}

/* Clause 1 in its own words: filled beyond pi, nothing short of it, at pi not both unfilled. With
 * the worst served and the best unfilled of each side, that is five comparisons. */
static void check_dual(struct certificate_work *w, const struct look *l)
{
    const int64_t pi = w->record->dual, served = l->worst[ORDER_OFFER];
    const int64_t bid = l->best_unfilled[ORDER_BID], offer = l->best_unfilled[ORDER_OFFER];
    const bool has_bid = bid != CLEARING_NONE, has_offer = offer != CLEARING_NONE;
    certificate_complain(w, CERTIFICATE_DUAL,
                         (has_bid && bid > pi) || (has_offer && offer < pi) ||
                             l->worst[ORDER_BID] < pi || served > pi);
    certificate_complain(w, CERTIFICATE_DUAL, has_bid && has_offer && bid == pi && offer == pi);
    certificate_complain(w, CERTIFICATE_DUAL, pi != (has_bid && bid > served ? bid : served));
}

static void check_price(struct certificate_work *w, const struct look *l)
{
    const struct clearing *r = w->record;
    const int64_t bid = l->worst[ORDER_BID], offer = l->worst[ORDER_OFFER];
    certificate_complain(w, CERTIFICATE_PRICE,
                         r->marginal_bid != bid || r->marginal_offer != offer);
    if (bid == CLEARING_NONE || offer == CLEARING_NONE)
        return;
    /* Twice the price is the sum or one below it; the sum of a pair that crosses is not below 0. */
    certificate_complain(w, CERTIFICATE_PRICE,
                         bid + offer < 0 || r->price < 0 || r->price > BOOK_PRICE_MAX ||
                             (bid + offer - 2 * r->price) >> 1 != 0);
}

static uint32_t places(uint32_t members)
{
    uint32_t count = 2;
    while (count < 2 * members)
        count *= 2;
    return count;
}

size_t certificate_bytes(const struct book *book)
{
    return (size_t)book->order_count * (sizeof(uint32_t) + 2 * sizeof(struct sort_item)) +
           book->member_count * sizeof(struct certificate_member) +
           places(book->member_count) * sizeof(struct certificate_home) + 64;
}

bool certificate_check(struct certificate *out, struct arena *arena, const struct book *book,
                       const struct clearing *record)
{
    const uint32_t orders = book->order_count, homes = places(book->member_count);
    struct certificate_work w = {
        .book = book, .record = record, .out = out, .home_mask = homes - 1};
    memset(out, 0, sizeof *out);
    w.funded = arena_take(arena, orders, sizeof *w.funded, 8);
    w.items = arena_take(arena, orders, sizeof *w.items, 8);
    w.scratch = arena_take(arena, orders, sizeof *w.scratch, 8);
    w.members = arena_take(arena, book->member_count, sizeof *w.members, 8);
    w.homes = arena_take(arena, homes, sizeof *w.homes, 8);
    if (!w.funded || !w.items || !w.scratch || !w.members || !w.homes)
        return false;
    struct look l = {0};
    fund_all(&w);
    settle_book(&w);
    look(&w, &l);
    check_result(&w, &l);
    if (l.crossing[ORDER_BID] == 0 || l.crossing[ORDER_OFFER] == 0)
        check_no_cross(&w, &l);
    else
        check_dual(&w, &l);
    check_price(&w, &l);
    certificate_ration(&w);
    certificate_flow(&w);
    certificate_contracts(&w);
    const struct hash digest = clearing_digest(record, book);
    certificate_complain(&w, CERTIFICATE_DIGEST, !hash_equal(&digest, &record->digest));
    return true;
}
