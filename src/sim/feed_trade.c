/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/feed.h"

#include "ledger/state.h"

#include <string.h>

enum { ENERGY_WH = 100, BALLOT_BYTES = 3, ITEMS_MAX = 4 };

#define HEIGHT_MORE 100

static const struct ledger *ledger_of(const struct feed *f)
{
    return f->h->w->ledger;
}

static uint32_t some_home(struct feed *f)
{
    return 1 + feed_byte(f) % f->h->w->options.homes;
}

static uint32_t slot_of(const struct feed *f, uint32_t home)
{
    const uint32_t slot = f->h->w->homes[home].slot;
    return slot > 0 ? slot : 1;
}

/* One of the intervals with a row, or the next that has a forward gate. */
static uint64_t some_interval(struct feed *f)
{
    const struct ledger *l = ledger_of(f);
    const uint8_t byte = feed_byte(f);
    const uint64_t next = honest_next_gate(f->h);
    if (byte % 2 == 0)
        return feed_near(f, next, 0, WIRE_NUMBER_MAX);
    const struct ledger_interval *row = interval_get(l, (byte >> 1) % l->sizes.intervals);
    return row->is_used ? row->number : next;
}

static int64_t some_price(struct feed *f)
{
    const struct genesis_market *m = &ledger_of(f)->params->market;
    return (int64_t)feed_near(f, (m->feed_in_micro_per_kwh + m->retail_micro_per_kwh) / 2, 0,
                              WIRE_PRICE_MAX);
}

static int64_t some_energy(struct feed *f)
{
    return (int64_t)feed_near(f, ENERGY_WH, 0, WIRE_ENERGY_WH_MAX);
}

static bool fill_order(struct feed *f, struct order *o)
{
    const uint8_t byte = feed_byte(f);
    f->who = some_home(f);
    *o = (struct order){0};
    o->side = byte & 1 ? ORDER_BID : ORDER_OFFER;
    o->round = byte & 2 ? ROUND_MEASURED : ROUND_FORWARD;
    o->feeder_first = byte & 4;
    o->min_score = byte >> 3 & 7;
    o->interval = some_interval(f);
    o->energy_wh = some_energy(f);
    o->price_micro_per_kwh = some_price(f);
    return true;
}

static bool fill_cancel(struct feed *f, struct order_cancel *o)
{
    const struct ledger *l = ledger_of(f);
    const uint32_t first = feed_byte(f);
    const struct ledger_order *order = NULL;
    for (uint32_t i = 0; i < l->sizes.orders && !order; i++) {
        const struct ledger_order *row = table_get(&l->orders, (first + i) % l->sizes.orders);
        order = row->number > 0 ? row : NULL;
    }
    f->who = order ? f->h->w->home_of[order->member] : 1;
    o->order = feed_near(f, order ? order->number : 1, 1, WIRE_NUMBER_MAX);
    return true;
}

static bool fill_agreement(struct feed *f, struct agreement *o)
{
    const struct ledger *l = ledger_of(f);
    const uint32_t seller = some_home(f), buyer = seller % f->h->w->options.homes + 1;
    const uint8_t byte = feed_byte(f);
    static const enum trade_take takes[] = {TAKE_FLEXIBLE, TAKE_FIRM, TAKE_PAY, TAKE_FLEXIBLE};
    f->who = byte & 4 ? buyer : seller;
    *o = (struct agreement){0};
    o->seller = slot_of(f, seller);
    o->buyer = slot_of(f, byte & 8 ? 1 + feed_byte(f) % f->h->w->options.homes : buyer);
    o->take = takes[byte & 3];
    o->interval = some_interval(f);
    o->energy_wh = some_energy(f);
    o->price_micro_per_kwh = some_price(f);
    o->min_delivery_ppm = (uint32_t)feed_near(f, l->params->trade.min_delivery_ppm, 0, WIRE_PPM);
    o->tolerance_wh = (int64_t)feed_near(f, l->params->trade.tolerance_wh, 0, WIRE_ENERGY_WH_MAX);
    o->seller_nonce = byte >> 4;
    o->buyer_nonce = f->h->w->said_count;
    o->expires_height = feed_near(f, ledger_height(l) + HEIGHT_MORE, 1, WIRE_NUMBER_MAX);
    return true;
}

static bool fill_statement(struct feed *f, struct interval_statement *o)
{
    const struct ledger *l = ledger_of(f);
    struct contract_ref *refused = arena_take(&f->h->w->ops, 2, sizeof *refused, 8);
    f->who = some_home(f);
    const uint32_t slot = slot_of(f, f->who);
    const uint64_t interval = some_interval(f);
    const uint32_t place = interval_find(l, interval);
    const uint32_t page = place == MARKET_NO_PLACE ? 0 : interval_get(l, place)->page;
    *o = (struct interval_statement){0};
    o->interval = interval;
    o->delivered_wh = some_energy(f);
    o->taken_wh = some_energy(f);
    o->refused = refused;
    o->refused_count = feed_byte(f) % 3;
    for (uint32_t i = 0; i < o->refused_count; i++)
        refused[i].contract = feed_near(f, 1 + l->head->contract_last / 2 + i, 1, WIRE_NUMBER_MAX);
    if (page > 0 && member_find(l, slot)) {
        const struct page_member *row = page_get(l, page - 1, slot, interval);
        o->seq = (uint32_t)feed_near(f, row->next_seq, 0, UINT32_MAX);
        o->corrects = row->statement;
    }
    o->corrects_one = o->seq > 0;
    memset(o->register_commitment.bytes, 1, HASH_BYTES);
    return true;
}

static const struct ledger_contract *some_contract(struct feed *f)
{
    const struct ledger *l = ledger_of(f);
    const uint32_t first = feed_byte(f);
    for (uint32_t i = 0; i < l->sizes.contracts; i++) {
        const struct ledger_contract *row = contract_get(l, (first + i) % l->sizes.contracts);
        if (row->machine.number > 0)
            return row;
    }
    return NULL;
}

static bool fill_results(struct feed *f, struct leader_result *o)
{
    struct result_item *items = arena_take(&f->h->w->ops, ITEMS_MAX, sizeof *items, 8);
    const uint32_t count = 1 + feed_byte(f) % ITEMS_MAX;
    *o = (struct leader_result){.items = items, .item_count = count};
    for (uint32_t i = 0; i < count; i++) {
        const struct ledger_contract *row = some_contract(f);
        if (!row)
            return false;
        const struct contract *c = &row->machine;
        const uint32_t judged = c->is_judged && c->judged.verdict > 0 ? c->judged.verdict : 1;
        if (f->who == 0 && c->cluster_count > 0)
            f->who = f->h->w->home_of[c->cluster[c->rank]];
        items[i] = (struct result_item){0};
        items[i].contract = feed_near(f, c->number, 1, WIRE_NUMBER_MAX);
        items[i].result = (enum trade_result)feed_near(f, judged, RESULT_PASS, RESULT_C4);
        items[i].settled_wh =
            (int64_t)feed_near(f, (uint64_t)c->judged.settled.wh, 0, WIRE_ENERGY_WH_MAX);
        items[i].payment_micro =
            (int64_t)feed_near(f, (uint64_t)c->judged.payment.micro, 0, WIRE_MONEY_MICRO_MAX);
    }
    return true;
}

static uint64_t some_subject(struct feed *f, enum ballot_stage stage)
{
    const struct ledger *l = ledger_of(f);
    if (stage == STAGE_PARAMETER)
        return feed_near(f, l->head->change_last, 0, WIRE_NUMBER_MAX);
    if (stage != STAGE_VERIFICATION)
        return some_interval(f);
    for (uint32_t i = 0; i < SIZES_BLOCKS; i++) {
        const struct verification *b = table_get(&l->blocks, i);
        if (b->number > 0)
            return feed_near(f, b->slot, 0, WIRE_NUMBER_MAX);
    }
    return feed_near(f, l->head->beacon.block.slot, 0, WIRE_NUMBER_MAX);
}

static bool fill_ballot(struct feed *f, struct ballot *o)
{
    uint8_t *voted = arena_take(&f->h->w->ops, BALLOT_BYTES, 1, 1);
    uint8_t *agree = arena_take(&f->h->w->ops, BALLOT_BYTES, 1, 1);
    const uint8_t byte = feed_byte(f);
    f->who = some_home(f);
    *o = (struct ballot){.stage = (enum ballot_stage)(STAGE_PARAMETER - (byte & 3)),
                         .round = byte & 4 ? ROUND_MEASURED : ROUND_FORWARD,
                         .first = (uint32_t)feed_near(f, 0, 0, UINT32_MAX)};
    o->subject = some_subject(f, o->stage);
    const size_t len = 1 + byte / 8 % BALLOT_BYTES;
    for (size_t i = 0; i < len; i++) {
        const uint8_t bits = feed_byte(f);
        voted[i] = (uint8_t)(bits | 1);
        agree[i] = bits & 2 ? 0 : voted[i];
    }
    o->voted = (struct span){voted, len};
    o->agree = (struct span){agree, len};
    return true;
}

/* Two envelopes of one member that contradict each other, or nearly. */
static bool fill_evidence(struct feed *f, struct member_evidence *o)
{
    struct world *w = f->h->w;
    const uint32_t accused = some_home(f);
    const uint8_t byte = feed_byte(f);
    struct op ops[2] = {{.kind = OP_INTERVAL_STATEMENT}, {.kind = OP_INTERVAL_STATEMENT}};
    static const enum op_kind kinds[] = {OP_INTERVAL_STATEMENT, OP_LEADER_EXEC, OP_LEADER_FINAL,
                                         OP_VERIFICATION_BLOCK};
    ops[0].kind = ops[1].kind = kinds[byte & 3];
    if (!feed_fill(f, &ops[0]))
        return false;
    ops[1] = ops[0];
    if (ops[1].kind == OP_INTERVAL_STATEMENT)
        ops[1].interval_statement.delivered_wh =
            ops[0].interval_statement.delivered_wh > 0 ? byte >> 2 & 1 : 1;
    else if (!feed_fill(f, &ops[1]))
        return false;
    if (ops[1].kind == OP_VERIFICATION_BLOCK && ops[1].verification_block.verdict_count > 0)
        ops[1].verification_block.verdicts[0].accept ^= 1;
    o->first = world_envelope(w, accused, &ops[0], 1);
    o->second = world_envelope(w, byte & 8 ? some_home(f) : accused, &ops[1], 1);
    f->who = some_home(f);
    return o->first.len <= WIRE_ENVELOPE_BYTES_MAX && o->second.len <= WIRE_ENVELOPE_BYTES_MAX;
}

bool feed_fill_trade(struct feed *f, struct op *op)
{
    switch ((int)op->kind) {
    case OP_ORDER:
        return fill_order(f, &op->order);
    case OP_ORDER_CANCEL:
        return fill_cancel(f, &op->order_cancel);
    case OP_AGREEMENT:
        return fill_agreement(f, &op->agreement);
    case OP_INTERVAL_STATEMENT:
        return fill_statement(f, &op->interval_statement);
    case OP_LEADER_EXEC:
    case OP_LEADER_FINAL:
        return fill_results(f, &op->leader_result);
    case OP_BALLOT:
        return fill_ballot(f, &op->ballot);
    default:
        return fill_evidence(f, &op->member_evidence);
    }
}
