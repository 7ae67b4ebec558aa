/* SPDX-License-Identifier: Apache-2.0 */
/* Clauses 4 and 5 of RULE market.17: flow cells, cut and contracts. */
#include "base/price.h"
#include "core/certificate_work.h"

struct class_sums {                                  /* Wh, by class */
    i128 sold[BOOK_CLASSES], bought[BOOK_CLASSES];   /* final quantities */
    i128 supply[BOOK_CLASSES], demand[BOOK_CLASSES]; /* all that accepts the price */
    i128 sent[BOOK_CLASSES], received[BOOK_CLASSES]; /* flow cells */
    i128 flow;
    bool is_moved; /* an order's final quantity is not its crossing quantity */
};

static void sum_orders(struct certificate_work *w, struct class_sums *s)
{
    const struct clearing *r = w->record;
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        const uint8_t class = book_class(w->book, o);
        const int64_t net = certificate_net(w->book, o);
        const uint32_t final_wh = r->quantities[i].final_wh;
        const bool is_bid = o->side == ORDER_BID;
        const bool accepts = w->funded[i] > 0 && r->price != CLEARING_NONE &&
                             (is_bid ? net >= r->price : net <= r->price);
        (is_bid ? s->bought : s->sold)[class] += final_wh;
        (is_bid ? s->demand : s->supply)[class] += accepts ? w->funded[i] : 0;
        s->is_moved |= final_wh != r->quantities[i].crossing_wh;
        certificate_complain(w, CERTIFICATE_CUT, r->has_cut && final_wh > 0 && !accepts);
    }
}

static void sum_cells(struct certificate_work *w, struct class_sums *s)
{
    for (uint32_t c = 0; c < BOOK_CLASSES; c++) {
        for (uint32_t d = 0; d < BOOK_CLASSES; d++) {
            const int64_t wh = w->record->flow[c][d];
            certificate_complain(w, CERTIFICATE_FLOW, wh < 0 || (wh > 0 && !book_may_meet(c, d)));
            s->sent[c] += wh;
            s->received[d] += wh;
            s->flow += wh;
        }
    }
}

static bool meets_cut(uint64_t cut, uint32_t buyer_class)
{
    for (uint32_t c = 0; c < BOOK_CLASSES; c++)
        if (cut >> c & 1 && book_may_meet(c, buyer_class))
            return true;
    return false;
}

void certificate_flow(struct certificate_work *w)
{
    const struct clearing *r = w->record;
    struct class_sums s = {.flow = 0};
    sum_orders(w, &s);
    sum_cells(w, &s);
    i128 bound = 0;
    for (uint32_t c = 0; c < BOOK_CLASSES; c++) {
        certificate_complain(w, CERTIFICATE_FLOW,
                             s.sent[c] != s.sold[c] || s.received[c] != s.bought[c]);
        bound += r->cut >> c & 1 ? 0 : s.supply[c];
        bound += meets_cut(r->cut, c) ? s.demand[c] : 0;
    }
    certificate_complain(w, CERTIFICATE_FLOW, s.flow != r->paired_wh);
    /* A cut says that scores bind: something moves. */
    certificate_complain(w, CERTIFICATE_CUT, r->has_cut != s.is_moved);
    certificate_complain(w, CERTIFICATE_CUT, r->paired_wh != (r->has_cut ? bound : r->crossing_wh));
}

static uint32_t count_lots(struct certificate_work *w)
{
    uint32_t lots = 0;
    for (uint32_t m = 0; m < w->book->member_count; m++)
        w->members[m] = (struct certificate_member){.lowest_bid = INT64_MAX, .highest_offer = -1};
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        struct certificate_member *m = &w->members[o->member];
        const uint32_t wh = w->record->quantities[i].final_wh;
        uint8_t *levels = o->side == ORDER_BID ? &m->bid_levels : &m->offer_levels;
        if (wh == 0)
            continue;
        lots += !(*levels >> o->min_score & 1);
        *levels = (uint8_t)(*levels | 1u << o->min_score);
        *(o->side == ORDER_BID ? &m->bought_wh : &m->sold_wh) += wh;
        if (o->side == ORDER_BID && o->price < m->lowest_bid)
            m->lowest_bid = o->price;
        if (o->side == ORDER_OFFER && o->price > m->highest_offer)
            m->highest_offer = o->price;
    }
    return lots;
}

static uint32_t lowest_level(uint8_t levels)
{
    uint32_t level = 0;
    while (level < BOOK_LEVELS && !(levels >> level & 1))
        level++;
    return level;
}

static void check_contract(struct certificate_work *w, const struct clearing_contract *k)
{
    const struct book_member *seller = &w->book->members[k->seller];
    const struct book_member *buyer = &w->book->members[k->buyer];
    struct certificate_member *s = &w->members[k->seller], *b = &w->members[k->buyer];
    const struct charge_list *fees = &w->book->params.fees;
    const int64_t price = w->record->price;
    const int64_t rate = charge_rate(fees, seller->feeder, buyer->feeder);
    certificate_complain(w, CERTIFICATE_PARTIES,
                         seller->household == buyer->household ||
                             seller->level < lowest_level(b->bid_levels) ||
                             buyer->level < lowest_level(s->offer_levels));
    certificate_complain(w, CERTIFICATE_LIMITS,
                         price < s->highest_offer || price > b->lowest_bid - rate);
    struct money payment;
    struct charge charge;
    certificate_complain(
        w, CERTIFICATE_PAYMENT,
        k->fee != rate ||
            !price_payment(&payment, (struct price){price}, (struct energy){k->energy_wh}) ||
            !charge_make(&charge, fees, seller->feeder, buyer->feeder,
                         (struct energy){k->energy_wh}) ||
            payment.micro != k->payment_micro || charge.in_full.micro != k->fee_micro);
    certificate_complain(
        w, CERTIFICATE_SUMS,
        k->energy_wh <= 0 ||
            __builtin_add_overflow(s->delivered_wh, k->energy_wh, &s->delivered_wh) ||
            __builtin_add_overflow(b->taken_wh, k->energy_wh, &b->taken_wh));
}

void certificate_contracts(struct certificate_work *w)
{
    const struct clearing *r = w->record;
    const uint32_t lots = count_lots(w);
    uint64_t cells = 0;
    for (uint32_t i = 0; i < r->contract_count; i++)
        check_contract(w, &r->contracts[i]);
    for (uint32_t m = 0; m < w->book->member_count; m++)
        certificate_complain(w, CERTIFICATE_SUMS,
                             w->members[m].sold_wh != w->members[m].delivered_wh ||
                                 w->members[m].bought_wh != w->members[m].taken_wh);
    for (uint32_t c = 0; c < BOOK_CLASSES; c++)
        for (uint32_t d = 0; d < BOOK_CLASSES; d++)
            cells += r->flow[c][d] > 0;
    /* RULE market.14: at most lots + cells - 2. */
    certificate_complain(w, CERTIFICATE_COUNT,
                         r->contract_count > 0 && r->contract_count + UINT64_C(2) > lots + cells);
}
