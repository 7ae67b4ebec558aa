/* SPDX-License-Identifier: Apache-2.0 */
/* core/certificate_work.h - what the clauses of one judgement share; for certificate*.c only. */
#ifndef PEERWATT_CORE_CERTIFICATE_WORK_H
#define PEERWATT_CORE_CERTIFICATE_WORK_H

#include "base/sort.h"
#include "core/certificate.h"

struct certificate_member {
    int64_t sold_wh, bought_wh;        /* final quantities */
    int64_t delivered_wh, taken_wh;    /* in contracts */
    int64_t highest_offer, lowest_bid; /* filled limits */
    uint8_t offer_levels, bid_levels;  /* bit m: a filled order asks for level m */
};

struct certificate_home { /* one place of a table by household, twice as many as members */
    uint32_t household;
    bool is_used;
    bool is_closed; /* an order of it at the level was not filled whole */
    int64_t claim_wh, award_wh;
};

struct certificate_work {
    const struct book *book;
    const struct clearing *record;
    struct certificate *out;
    uint32_t *funded; /* by order: what the judge finds; 0 if it is not in the book */
    struct certificate_member *members;
    struct certificate_home *homes;
    uint32_t home_mask; /* places - 1, a power of two less one */
    struct sort_item *items, *scratch;
};

static inline void certificate_complain(struct certificate_work *w,
                                        enum certificate_complaint complaint, bool is_wrong)
{
    if (is_wrong && !w->out->has[complaint]) {
        w->out->has[complaint] = true;
        w->out->count++;
    }
}

/* Net limit (RULE market.8, market.9), once more and by itself. */
static inline int64_t certificate_net(const struct book *book, const struct book_order *o)
{
    if (book->params.price_rule == BOOK_POSTED)
        return book->params.posted;
    return o->price - (o->side == ORDER_BID ? book->params.fee_ref : 0);
}

void certificate_ration(struct certificate_work *w);    /* clause 3 */
void certificate_flow(struct certificate_work *w);      /* clause 4 */
void certificate_contracts(struct certificate_work *w); /* clause 5 */

#endif
