/* SPDX-License-Identifier: Apache-2.0 */
/* Clause 3 of RULE market.17: one level of one side is shared, by the rule that is recorded. */
#include "core/certificate_work.h"
#include "core/tie.h"

#include <string.h>

static struct certificate_home *home_of(struct certificate_work *w, uint32_t household)
{
    uint32_t at = household * 2654435761u & w->home_mask;
    while (w->homes[at].is_used && w->homes[at].household != household)
        at = (at + 1) & w->home_mask;
    w->homes[at].is_used = true;
    w->homes[at].household = household;
    return &w->homes[at];
}

/* Claims and awards of the level by household. A household's award fills its orders in ascending
 * order of numbers: behind one that is not whole nothing follows. */
static void gather(struct certificate_work *w, uint8_t side, int64_t level)
{
    memset(w->homes, 0, (w->home_mask + (size_t)1) * sizeof *w->homes);
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        if (o->side != side || w->funded[i] == 0 || certificate_net(w->book, o) != level)
            continue;
        const uint32_t crossing = w->record->quantities[i].crossing_wh;
        struct certificate_home *h = home_of(w, w->book->members[o->member].household);
        certificate_complain(w, CERTIFICATE_RATION, h->is_closed && crossing > 0);
        h->is_closed |= crossing < w->funded[i];
        h->claim_wh += w->funded[i];
        h->award_wh += crossing;
    }
}

struct ranks { /* of those who were served, and those who were not */
    uint64_t highest_rank, lowest_rank;
    uint32_t highest, lowest; /* households */
    bool has_highest, has_lowest;
    int64_t lowest_award; /* beyond its base, of the lowest that was not served whole */
    int64_t partial_count;
};

static bool is_before(uint64_t rank, uint32_t household, uint64_t other_rank, uint32_t other)
{
    return rank != other_rank ? rank < other_rank : household < other;
}

/* @h got @extra of the @stake for which tie ranks decide. */
static void rank_home(struct ranks *r, const struct certificate_home *h, uint64_t rank,
                      int64_t stake, int64_t extra)
{
    if (extra == stake) {
        if (!r->has_highest || is_before(r->highest_rank, r->highest, rank, h->household)) {
            r->highest_rank = rank;
            r->highest = h->household;
        }
        r->has_highest = true;
        return;
    }
    r->partial_count += extra > 0;
    if (!r->has_lowest || is_before(rank, h->household, r->lowest_rank, r->lowest)) {
        r->lowest_rank = rank;
        r->lowest = h->household;
        r->lowest_award = extra;
    }
    r->has_lowest = true;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void check_homes(struct certificate_work *w, const struct clearing_ration *ration)
{
    const struct siphash_key key = tie_key(&w->book->seed, w->book->interval);
    const int64_t dust = w->book->params.award_min_wh,
                  cap = ration->cap_wh > 0 ? ration->cap_wh : 0;
    int64_t dusts = 0, capped = 0;
    struct ranks r = {0};
    for (uint32_t i = 0; i <= w->home_mask; i++) {
        const struct certificate_home *h = &w->homes[i];
        if (!h->is_used)
            continue;
        dusts += smaller(h->claim_wh, dust);
        capped += smaller(h->claim_wh, cap);
        const int64_t base = ration->is_lottery ? 0 : smaller(h->claim_wh, cap);
        const int64_t stake = ration->is_lottery ? smaller(h->claim_wh, dust) : h->claim_wh > cap;
        const int64_t extra = h->award_wh - base;
        certificate_complain(w, CERTIFICATE_RATION, extra < 0 || extra > stake);
        if (stake > 0)
            rank_home(&r, h, tie_rank(&key, TIE_RATION, h->household), stake, extra);
    }
    certificate_complain(w, CERTIFICATE_RATION, ration->is_lottery != (dusts >= ration->amount_wh));
    certificate_complain(w, CERTIFICATE_RATION,
                         ration->is_lottery
                             ? cap != dust || ration->extra != 0
                             : (i128)ration->extra != (i128)ration->amount_wh - capped);
    certificate_complain(w, CERTIFICATE_RANKS,
                         r.has_highest && r.has_lowest &&
                             !is_before(r.highest_rank, r.highest, r.lowest_rank, r.lowest));
    certificate_complain(w, CERTIFICATE_RANKS,
                         r.partial_count > 1 || (r.partial_count == 1 && r.lowest_award == 0));
}

/* Below the level nothing is served, above it all is; sums of the level itself. */
static void check_levels(struct certificate_work *w, uint8_t side, int64_t level, int64_t *claims,
                         int64_t *awards)
{
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct book_order *o = &w->book->orders[i];
        if (o->side != side || w->funded[i] == 0)
            continue;
        const uint32_t crossing = w->record->quantities[i].crossing_wh;
        const int64_t net = certificate_net(w->book, o);
        if (net == level) {
            *claims += w->funded[i];
            *awards += crossing;
        } else if (side == ORDER_BID ? net > level : net < level) {
            certificate_complain(w, CERTIFICATE_LEVELS, crossing != w->funded[i]);
        } else {
            certificate_complain(w, CERTIFICATE_LEVELS, crossing != 0);
        }
    }
}

void certificate_ration(struct certificate_work *w)
{
    const struct clearing_ration *ration = &w->record->ration;
    uint32_t shared = 0;
    for (uint8_t side = ORDER_BID; side <= ORDER_OFFER; side++) {
        const int64_t level =
            side == ORDER_BID ? w->record->marginal_bid : w->record->marginal_offer;
        int64_t claims = 0, awards = 0;
        if (level == CLEARING_NONE) /* nothing is served: clause 1 sees to that */
            continue;
        check_levels(w, side, level, &claims, &awards);
        if (awards == claims)
            continue;
        shared++;
        certificate_complain(w, CERTIFICATE_RATION,
                             !ration->is_rationed || ration->side != side ||
                                 ration->price != level || ration->amount_wh != awards ||
                                 ration->cap_wh < 0);
        gather(w, side, level);
        check_homes(w, ration);
    }
    certificate_complain(w, CERTIFICATE_LEVELS, shared > 1);
    certificate_complain(w, CERTIFICATE_RATION, ration->is_rationed != (shared > 0));
}
