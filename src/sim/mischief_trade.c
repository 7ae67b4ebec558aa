/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/state.h"
#include "sim/mischief.h"

#include <string.h>

static uint32_t below(struct mischief *m, uint64_t count)
{
    return dice_below(&m->dice, count);
}

static bool hits(struct mischief *m, uint32_t times)
{
    return dice_hits(&m->dice, times);
}

static const struct ledger *state(const struct mischief *m)
{
    return m->w->ledger;
}

/* One that is at hand, or one that nobody has heard of. */
static uint64_t any_interval(struct mischief *m)
{
    const struct ledger *l = state(m);
    if (hits(m, 12))
        return m->h->interval + l->params->market.horizon_intervals + below(m, 3);
    if (hits(m, 3))
        return honest_next_gate(m->h) + below(m, 3);
    const uint32_t back = below(m, 4);
    return m->h->interval >= back ? m->h->interval - back : 0;
}

static int64_t any_energy(struct mischief *m)
{
    static const int64_t odd[] = {0, 1, 19999, 20001, 1000000, 1000001, 100000000};
    return hits(m, 5) ? odd[below(m, sizeof odd / sizeof odd[0])] : 1 + below(m, 1500);
}

static int64_t any_price(struct mischief *m)
{
    const struct genesis_market *market = &state(m)->params->market;
    const int64_t least = (int64_t)market->feed_in_micro_per_kwh;
    const int64_t most = (int64_t)market->retail_micro_per_kwh;
    if (hits(m, 12))
        return hits(m, 2) ? least - 1 : most + 1;
    return least + below(m, (uint64_t)(most - least) + 1);
}

static enum trade_round any_round(struct mischief *m)
{
    return hits(m, 2) ? ROUND_FORWARD : ROUND_MEASURED;
}

static uint32_t any_member_of(const struct mischief *m, uint32_t slot)
{
    return slot > 0 && slot <= m->w->member_count ? m->w->home_of[slot] : 1;
}

/* ---- orders and agreements ------------------------------------------------------------------- */

static struct op any_order(struct mischief *m)
{
    struct op op = {.kind = OP_ORDER,
                    .order = {.side = hits(m, 2) ? ORDER_BID : ORDER_OFFER,
                              .round = any_round(m),
                              .interval = any_interval(m)}};
    op.order.energy_wh = any_energy(m);
    op.order.price_micro_per_kwh = any_price(m);
    op.order.min_score = hits(m, 4) ? below(m, 8) : 0;
    op.order.feeder_first = hits(m, 2);
    return op;
}

static void say_order(struct mischief *m)
{
    const uint32_t home = mischief_home(m);
    struct op op = any_order(m);
    if (!hits(m, 12)) {
        world_say(m->w, home, &op);
        return;
    }
    op.order.side = ORDER_BID; /* more than one may have */
    op.order.energy_wh = 1;
    for (uint32_t i = 0; i < 14; i++)
        world_say(m->w, home, &op);
}

static void say_cancel(struct mischief *m)
{
    const struct ledger *l = state(m);
    const uint64_t last = l->head->order_last;
    struct op op = {.kind = OP_ORDER_CANCEL, .order_cancel = {.order = 1 + below(m, last + 2)}};
    uint32_t home = mischief_home(m);
    for (uint32_t i = 0; i < 64; i++) { /* one that is open */
        const struct ledger_order *order =
            table_get(&l->orders, below(m, l->sizes.orders < 64 ? l->sizes.orders : 64));
        if (order->number == 0)
            continue;
        op.order_cancel.order = order->number;
        if (!hits(m, 4))
            home = any_member_of(m, order->member);
        break;
    }
    world_say(m->w, home, &op);
}

static void fill_agreement(struct mischief *m, struct agreement *a, uint32_t seller, uint32_t buyer)
{
    const struct ledger *l = state(m);
    *a = (struct agreement){.seller = m->w->homes[seller].slot,
                            .buyer = m->w->homes[buyer].slot,
                            .interval = hits(m, 4) ? any_interval(m) : honest_next_gate(m->h),
                            .take = (enum trade_take)(1 + below(m, 3)),
                            .seller_nonce = ++m->h->nonces,
                            .buyer_nonce = m->h->nonces};
    a->energy_wh = any_energy(m);
    a->price_micro_per_kwh = any_price(m);
    a->min_delivery_ppm = 800000 + below(m, 200001);
    a->tolerance_wh = hits(m, 8) ? a->energy_wh + 1 : below(m, 3);
    a->expires_height = hits(m, 12) && l->now.height > 0 ? l->now.height : l->now.height + 50;
    a->seller_min_score = hits(m, 8) ? below(m, 8) : 0;
    a->buyer_min_score = hits(m, 8) ? below(m, 8) : 0;
}

static void say_agreement(struct mischief *m)
{
    const uint32_t seller = mischief_live(m), buyer = mischief_live(m);
    struct op op = {.kind = OP_AGREEMENT};
    if (seller == 0 || buyer == 0)
        return;
    if (m->has_agreed && hits(m, 6)) {
        op.agreement = m->agreed;
        world_say(m->w, any_member_of(m, m->agreed.seller), &op);
        return;
    }
    fill_agreement(m, &op.agreement, seller, buyer);
    world_sign_agreement(m->w, &op, seller, hits(m, 12) ? seller : buyer);
    m->agreed = op.agreement;
    m->has_agreed = true;
    world_say(m->w, hits(m, 2) ? seller : buyer, &op);
}

/* More than fits: each of little energy (dos.1, contracts_open_max). */
static void say_many_agreements(struct mischief *m)
{
    const uint32_t seller = mischief_live(m), buyer = mischief_live(m);
    for (uint32_t i = 0; i < 24 && seller > 0 && buyer > 0; i++)
        honest_agree(m->h, seller, buyer, honest_next_gate(m->h), 1 + below(m, 30));
}

/* ---- statements ------------------------------------------------------------------------------ */

static void fill_correction(struct mischief *m, struct interval_statement *s, uint32_t slot)
{
    const struct ledger *l = state(m);
    const uint32_t place = interval_find(l, s->interval);
    s->seq = 1 + below(m, 2);
    s->corrects_one = true;
    if (place == MARKET_NO_PLACE || interval_get(l, place)->page == 0)
        return;
    const struct page_member *row =
        page_get(l, interval_get(l, place)->page - 1, slot, s->interval);
    s->seq = row->next_seq > 0 && !hits(m, 8) ? row->next_seq : s->seq;
    if (!hits(m, 4))
        s->corrects = row->statement;
}

static void say_statement(struct mischief *m)
{
    const uint32_t home = mischief_live(m);
    struct contract_ref refused[1];
    struct op op = {.kind = OP_INTERVAL_STATEMENT};
    if (home == 0)
        return;
    op.interval_statement.interval = any_interval(m);
    op.interval_statement.delivered_wh = hits(m, 4) ? WIRE_ENERGY_WH_MAX : below(m, 2500);
    op.interval_statement.taken_wh = below(m, 2500);
    if (hits(m, 4)) {
        refused[0].contract = 1 + below(m, state(m)->head->contract_last + 1);
        op.interval_statement.refused = refused;
        op.interval_statement.refused_count = 1;
    }
    if (hits(m, 2))
        fill_correction(m, &op.interval_statement, m->w->homes[home].slot);
    world_say(m->w, home, &op);
}

/* ---- results and ballots --------------------------------------------------------------------- */

static const struct ledger_contract *any_contract(struct mischief *m)
{
    const struct ledger *l = state(m);
    for (uint32_t i = 0; i < 40; i++) {
        const struct ledger_contract *c =
            contract_get(l, below(m, l->sizes.contracts < 40 ? l->sizes.contracts : 40));
        if (c->machine.number > 0)
            return c;
    }
    return NULL;
}

static void say_result(struct mischief *m, enum op_kind kind)
{
    const struct ledger_contract *c = any_contract(m);
    uint32_t home = mischief_live(m);
    struct result_item item = {.contract = 1 + below(m, state(m)->head->contract_last + 3),
                               .result = (enum trade_result)(1 + below(m, 5)),
                               .settled_wh = below(m, 1000),
                               .payment_micro = below(m, 100000)};
    if (c) {
        item.contract = c->machine.number;
        if (c->machine.judged.verdict != VERDICT_VOID && hits(m, 2))
            item = (struct result_item){
                c->machine.number, (enum trade_result)c->machine.judged.verdict,
                c->machine.judged.settled.wh, c->machine.judged.payment.micro};
        if (c->machine.cluster_count > 0 && !hits(m, 4))
            home = any_member_of(m, c->machine.cluster[below(m, c->machine.cluster_count)]);
    }
    const struct op op = {.kind = kind, .leader_result = {.items = &item, .item_count = 1}};
    if (home > 0)
        world_say(m->w, home, &op);
}

static uint64_t any_subject(struct mischief *m, enum ballot_stage stage)
{
    const struct ledger *l = state(m);
    if (stage == STAGE_EXEC || stage == STAGE_FINAL)
        return any_interval(m);
    if (stage == STAGE_PARAMETER)
        return l->head->change_last + below(m, 2);
    for (uint32_t i = 0; i < SIZES_BLOCKS; i++) {
        const struct verification *b = table_get(&l->blocks, i);
        if (b->number > 0 && !hits(m, 4))
            return b->slot;
    }
    return m->h->slot > 0 ? m->h->slot - below(m, 2) : 0;
}

static void say_ballot(struct mischief *m)
{
    const enum ballot_stage stage = (enum ballot_stage)(1 + below(m, 4));
    const uint32_t home = mischief_live(m);
    const uint8_t voted = (uint8_t)(hits(m, 3) ? 1 + below(m, 255) : 1);
    const uint8_t agree = (uint8_t)(hits(m, 4) ? 0 : voted);
    struct op op = {.kind = OP_BALLOT,
                    .ballot = {.stage = stage, .voted = {&voted, 1}, .agree = {&agree, 1}}};
    if (home == 0)
        return;
    op.ballot.subject = any_subject(m, stage);
    op.ballot.first = hits(m, 8) ? 100 + below(m, 100) : 0;
    if (stage == STAGE_EXEC || stage == STAGE_FINAL)
        op.ballot.round = any_round(m);
    world_say(m->w, home, &op);
}

void mischief_say_trade(struct mischief *m, uint32_t kind)
{
    switch (kind) {
    case 0:
        say_order(m);
        break;
    case 1:
        say_cancel(m);
        break;
    case 2:
        say_agreement(m);
        break;
    case 3:
        say_statement(m);
        break;
    case 4:
        say_result(m, hits(m, 2) ? OP_LEADER_EXEC : OP_LEADER_FINAL);
        break;
    case 5:
        say_ballot(m);
        break;
    default:
        if (hits(m, 8))
            say_many_agreements(m);
    }
}
