/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.14, market.15: who trades with whom. A lot is what one member buys (sells) in one
 * class; two lists are walked by their heads, inside feeders first. Every contract exhausts a lot
 * or a cell, so contracts are at most lots + cells - 1 here and one less in the rule. */
#include "base/price.h"
#include "core/clearing_work.h"
#include "core/tie.h"

#include <assert.h>

enum { LISTS = 2 * BOOK_CLASSES }; /* seller classes, then buyer classes */

struct lot {
    int64_t rest_wh;
    uint32_t member;
    uint16_t feeder; /* of the member: here, since members lie anywhere in memory */
    uint8_t list;
    bool feeder_first;
};

struct pairing {
    struct clearing_work *w;
    struct lot *lots;                  /* by (list, feeder_first, tie rank) */
    const struct sort_item *by_feeder; /* key (list, feeder), number the position in lots */
    uint32_t list_start[LISTS + 1];
    int64_t cell_rest;
};

struct run { /* lots of one list: positions @at to @end - 1, in lots or in by_feeder */
    uint32_t at, end;
};

static uint64_t lot_key(const struct book *book, uint32_t order)
{
    const struct book_order *o = &book->orders[order];
    const uint64_t list = book_class(book, o) + (o->side == ORDER_BID ? BOOK_CLASSES : 0u);
    return list << 32 | o->member;
}

static struct lot new_lot(const struct book *book, uint64_t key)
{
    const uint32_t feeder = book->members[(uint32_t)key].feeder;
    assert(feeder <= WIRE_FEEDERS_MAX);
    return (struct lot){
        .member = (uint32_t)key, .feeder = (uint16_t)feeder, .list = (uint8_t)(key >> 32)};
}

/* Sum filled orders by (list, member) into w->third; returns how many lots. */
static uint32_t gather(struct clearing_work *w)
{
    uint32_t count = 0, lot_count = 0;
    for (uint32_t i = 0; i < w->book->order_count; i++)
        if (w->out->quantities[i].final_wh > 0)
            w->sorted[count++] = (struct sort_item){lot_key(w->book, i), i};
    sort_keys(w->sorted, w->scratch, count);
    struct lot *lots = w->third;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t key = w->sorted[i].key, order = w->sorted[i].number;
        if (i == 0 || key != w->sorted[i - 1].key)
            lots[lot_count++] = new_lot(w->book, key);
        lots[lot_count - 1].rest_wh += w->out->quantities[order].final_wh;
        lots[lot_count - 1].feeder_first |= w->book->orders[order].feeder_first;
    }
    return lot_count;
}

/* Lay the lots of w->third out in w->scratch by (list, feeder_first first, tie rank, slot). */
static void order_lots(struct clearing_work *w, uint32_t count)
{
    struct lot *lots = w->third, *ordered = (void *)w->scratch;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t slot = w->book->members[lots[i].member].slot;
        w->sorted[i] = (struct sort_item){tie_rank(&w->tie, TIE_PAIRING, slot), i};
    }
    sort_keys(w->sorted, w->scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t at = w->sorted[i].number; /* lots rise by slot inside a list */
        const uint64_t list = lots[at].list;
        w->sorted[i] =
            (struct sort_item){list << 1 | !lots[at].feeder_first, (uint64_t)i << 32 | at};
    }
    sort_keys(w->sorted, w->scratch, count);
    for (uint32_t i = 0; i < count; i++)
        ordered[i] = lots[(uint32_t)w->sorted[i].number];
}

static void index_lots(struct pairing *p, uint32_t count)
{
    struct clearing_work *w = p->w;
    uint32_t list = 0;
    p->lots = (void *)w->scratch;
    for (uint32_t i = 0; i < count; i++) {
        const struct lot *lot = &p->lots[i];
        while (list <= lot->list)
            p->list_start[list++] = i;
        w->sorted[i] = (struct sort_item){(uint64_t)lot->list << 32 | lot->feeder, i};
    }
    while (list <= LISTS)
        p->list_start[list++] = count;
    sort_keys(w->sorted, w->third, count);
    p->by_feeder = w->sorted;
}

static void make_contract(struct pairing *p, struct lot *seller, struct lot *buyer)
{
    struct clearing *out = p->w->out;
    int64_t wh = seller->rest_wh < buyer->rest_wh ? seller->rest_wh : buyer->rest_wh;
    wh = wh < p->cell_rest ? wh : p->cell_rest;
    struct money payment;
    struct charge charge;
    /* BOOK_MEMBER_ORDERS_MAX orders at the largest price: they fit. */
    const bool fits = price_payment(&payment, (struct price){out->price}, (struct energy){wh}) &&
                      charge_make(&charge, &p->w->book->params.fees, seller->feeder, buyer->feeder,
                                  (struct energy){wh});
    assert(fits);
    out->contracts[out->contract_count++] = (struct clearing_contract){
        seller->member, buyer->member, wh, payment.micro, charge.rate, charge.in_full.micro};
    seller->rest_wh -= wh;
    buyer->rest_wh -= wh;
    p->cell_rest -= wh;
}

/* The two heads make a contract until a list or the cell is empty. */
static void pass(struct pairing *p, struct run sellers, struct run buyers, bool is_by_feeder)
{
    while (p->cell_rest > 0 && sellers.at < sellers.end && buyers.at < buyers.end) {
        struct lot *s = &p->lots[is_by_feeder ? p->by_feeder[sellers.at].number : sellers.at];
        struct lot *b = &p->lots[is_by_feeder ? p->by_feeder[buyers.at].number : buyers.at];
        if (s->rest_wh > 0 && b->rest_wh > 0)
            make_contract(p, s, b);
        sellers.at += s->rest_wh == 0;
        buyers.at += b->rest_wh == 0;
    }
}

static struct run feeder_run(const struct pairing *p, uint32_t at, uint32_t end)
{
    struct run run = {at, at};
    while (run.end < end && p->by_feeder[run.end].key == p->by_feeder[at].key)
        run.end++;
    return run;
}

static void pair_cell(struct pairing *p, uint32_t c, uint32_t d)
{
    const uint32_t list = BOOK_CLASSES + d;
    const struct run all_s = {p->list_start[c], p->list_start[c + 1]};
    const struct run all_b = {p->list_start[list], p->list_start[list + 1]};
    struct run s = feeder_run(p, all_s.at, all_s.end), b = feeder_run(p, all_b.at, all_b.end);
    while (p->cell_rest > 0 && s.at < all_s.end && b.at < all_b.end) {
        const uint32_t from = (uint32_t)p->by_feeder[s.at].key;
        const uint32_t to = (uint32_t)p->by_feeder[b.at].key;
        if (from == to)
            pass(p, s, b, true);
        if (from <= to)
            s = feeder_run(p, s.end, all_s.end);
        if (to <= from)
            b = feeder_run(p, b.end, all_b.end);
    }
    pass(p, all_s, all_b, false);
    assert(p->cell_rest == 0);
}

bool clearing_pair(struct clearing_work *w, struct arena *arena)
{
    struct pairing p = {.w = w};
    uint32_t cells = 0;
    for (uint32_t c = 0; c < BOOK_CLASSES; c++)
        for (uint32_t d = 0; d < BOOK_CLASSES; d++)
            cells += w->out->flow[c][d] > 0;
    const uint32_t lot_count = gather(w);
    w->out->contracts = arena_take_raw(arena, lot_count + cells, sizeof *w->out->contracts, 8);
    if (!w->out->contracts)
        return false;
    order_lots(w, lot_count);
    index_lots(&p, lot_count);
    for (uint32_t c = 0; c < BOOK_CLASSES; c++) {
        for (uint32_t d = 0; d < BOOK_CLASSES; d++) {
            p.cell_rest = w->out->flow[c][d];
            if (p.cell_rest > 0)
                pair_cell(&p, c, d);
        }
    }
    return true;
}
