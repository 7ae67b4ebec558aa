/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/honest.h"

#include "base/bitmap.h"
#include "ledger/state.h"

#include <stdlib.h>
#include <string.h>

enum { AGREED_WH = 300 };

static bool does(const struct honest *h, uint32_t home, enum honest_fault fault)
{
    return !(h->faults[home] & (uint32_t)fault);
}

static bool is_live(const struct honest *h, uint32_t home)
{
    const struct member *m = member_find(h->w->ledger, h->w->homes[home].slot);
    return m && member_is_live(m);
}

/* ---- money ----------------------------------------------------------------------------------- */

static void deposit(struct honest *h, uint32_t home)
{
    const uint32_t slot = h->w->homes[home].slot;
    if (h->deposit_micro == 0 ||
        account_get(h->w->ledger, slot)->available.micro >= h->deposit_micro / 4)
        return;
    const struct op op = {.kind = OP_DEPOSIT,
                          .deposit = {.member = slot,
                                      .amount_micro = h->deposit_micro,
                                      .reference = honest_hash("bank", ++h->references)}};
    world_say(h->w, WORLD_TREASURY, &op);
}

static bool is_funded(const struct honest *h, uint32_t home)
{
    const uint32_t slot = h->w->homes[home].slot;
    return money_of_buyer(h->w->ledger, slot) > h->deposit_micro / 8;
}

/* ---- orders and agreements ------------------------------------------------------------------- */

static uint64_t start_of(const struct honest *h, uint64_t interval)
{
    const struct clock_times *times = &h->w->ledger->times;
    return times->t0_ms + interval * times->interval_ms;
}

uint64_t honest_next_gate(const struct honest *h)
{
    uint64_t interval = h->interval + 1;
    while (start_of(h, interval) <= h->t_ms + h->w->ledger->params->market.gate_lead_ms)
        interval++;
    return interval;
}

static void order(struct honest *h, uint32_t home, uint64_t interval, enum trade_round round)
{
    const struct genesis_market *m = &h->w->ledger->params->market;
    const struct honest_load load = honest_load_of(h, home, interval);
    const int64_t agreed = round == ROUND_FORWARD && h->trades & HONEST_AGREES ? AGREED_WH : 0;
    const int64_t all = load.made_wh - load.used_wh;
    const int64_t net = all > 0 ? all - agreed : all + agreed;
    const int64_t least = (int64_t)m->feed_in_micro_per_kwh;
    const int64_t most = (int64_t)m->retail_micro_per_kwh;
    const int64_t quarter = (most - least) / 4;
    if (net == 0 || !does(h, home, HONEST_IDLE))
        return;
    const struct op op = {
        .kind = OP_ORDER,
        .order = {.side = net > 0 ? ORDER_OFFER : ORDER_BID,
                  .round = round,
                  .interval = interval,
                  .energy_wh = net > 0 ? net : -net,
                  .price_micro_per_kwh = net > 0 ? least + quarter + home : most - quarter - home}};
    world_say(h->w, home, &op);
}

uint32_t honest_agree(struct honest *h, uint32_t seller, uint32_t buyer, uint64_t interval,
                      int64_t energy_wh)
{
    struct world *w = h->w;
    const struct genesis *g = w->ledger->params;
    const uint64_t nonce = ++h->nonces;
    struct op op = {.kind = OP_AGREEMENT,
                    .agreement = {.seller = w->homes[seller].slot,
                                  .buyer = w->homes[buyer].slot,
                                  .interval = interval,
                                  .energy_wh = energy_wh,
                                  .price_micro_per_kwh = (int64_t)(g->market.feed_in_micro_per_kwh +
                                                                   g->market.retail_micro_per_kwh) /
                                                         2,
                                  .min_delivery_ppm = (uint32_t)g->trade.min_delivery_ppm,
                                  .tolerance_wh = (int64_t)g->trade.tolerance_wh,
                                  .take = h->take,
                                  .seller_nonce = nonce,
                                  .buyer_nonce = nonce,
                                  .expires_height = w->height + g->windows.ttl_max_blocks}};
    world_sign_agreement(w, &op, seller, buyer);
    return world_say(w, seller, &op);
}

static void agree(struct honest *h, uint32_t seller, uint64_t interval)
{
    const uint32_t buyer = seller + 1;
    if (buyer > h->w->options.homes || !is_live(h, buyer) || h->agreed[seller] == interval + 1 ||
        !does(h, seller, HONEST_IDLE) || !does(h, buyer, HONEST_IDLE) || !is_funded(h, buyer))
        return;
    h->agreed[seller] = interval + 1;
    honest_agree(h, seller, buyer, interval, AGREED_WH);
}

static void trade_ahead(struct honest *h, uint32_t home)
{
    const uint64_t interval = honest_next_gate(h);
    if (h->trades & HONEST_FORWARD && h->traded[home] != interval + 1) {
        h->traded[home] = interval + 1;
        order(h, home, interval, ROUND_FORWARD);
    }
    if (h->trades & HONEST_AGREES && home % 2 == 1)
        agree(h, home, interval);
}

/* ---- statements ------------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
    const struct contract_ref *x = a, *y = b;
    return (x->contract > y->contract) - (x->contract < y->contract);
}

/* The contracts of the interval in which @slot buys. */
static uint32_t bought(const struct honest *h, uint32_t slot, uint64_t interval,
                       struct contract_ref *out)
{
    const struct ledger *l = h->w->ledger;
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->sizes.contracts && count < WIRE_LINES_MAX; i++) {
        const struct ledger_contract *c = contract_get(l, i);
        if (c->machine.number > 0 && c->machine.buyer == slot && c->interval == interval)
            out[count++].contract = c->machine.number;
    }
    qsort(out, count, sizeof *out, by_number);
    return count;
}

void honest_state(struct honest *h, uint32_t home, uint64_t interval)
{
    struct contract_ref refused[WIRE_LINES_MAX];
    const struct honest_load load = honest_metered(h, home, interval);
    struct op op = {.kind = OP_INTERVAL_STATEMENT,
                    .interval_statement = {.interval = interval,
                                           .delivered_wh = load.made_wh,
                                           .taken_wh = load.used_wh,
                                           .refused = refused,
                                           .register_commitment = honest_hash("register", home)}};
    if (!does(h, home, HONEST_REFUSES))
        op.interval_statement.refused_count = bought(h, h->w->homes[home].slot, interval, refused);
    world_say(h->w, home, &op);
}

static void state_all(struct honest *h, const struct ledger_interval *row)
{
    const struct ledger *l = h->w->ledger;
    const bool is_over = row->window_opened_ms + l->params->windows.statement_ms <= h->a_ms;
    if (row->window != INTERVAL_OPEN || is_over || row->page == 0)
        return;
    for (uint32_t home = 1; home <= h->w->options.homes; home++) {
        const uint32_t slot = h->w->homes[home].slot;
        if (!is_live(h, home) || !does(h, home, HONEST_NO_STATEMENT) ||
            page_get(l, row->page - 1, slot, row->number)->next_seq > 0)
            continue;
        if (h->trades & HONEST_MEASURED)
            order(h, home, row->number, ROUND_MEASURED);
        honest_state(h, home, row->number);
    }
}

/* ---- results --------------------------------------------------------------------------------- */

struct led { /* a contract that waits for the result of its rank in office */
    uint32_t home;
    bool is_final;
    struct result_item item;
};

static int by_leader(const void *a, const void *b)
{
    const struct led *x = a, *y = b;
    if (x->home != y->home)
        return x->home < y->home ? -1 : 1;
    if (x->is_final != y->is_final)
        return x->is_final ? 1 : -1;
    return (x->item.contract > y->item.contract) - (x->item.contract < y->item.contract);
}

/* Something else than the judge says. */
static void spoil(struct result_item *item)
{
    const bool was_pass = item->result == RESULT_PASS;
    *item = (struct result_item){.contract = item->contract,
                                 .result = was_pass ? RESULT_C1 : RESULT_PASS,
                                 .settled_wh = was_pass ? 0 : 1,
                                 .payment_micro = was_pass ? 0 : 1};
}

static bool find_led(const struct honest *h, const struct ledger_contract *c, struct led *out)
{
    const struct contract *m = &c->machine;
    const bool is_final = m->state == CONTRACT_FINAL_WAIT;
    if (m->number == 0 || (m->state != CONTRACT_EXEC_WAIT && !is_final) ||
        m->deadline_ms <= h->a_ms)
        return false;
    const uint32_t home = h->w->home_of[m->cluster[m->rank]];
    const bool is_c4 = is_final && m->judged.verdict == VERDICT_PASS &&
                       member_seats(h->w->ledger)[m->seller] == MEMBER_EJECTED;
    *out = (struct led){.home = home,
                        .is_final = is_final,
                        .item = {.contract = m->number,
                                 .result = is_c4 ? RESULT_C4 : (enum trade_result)m->judged.verdict,
                                 .settled_wh = m->judged.settled.wh,
                                 .payment_micro = m->judged.payment.micro}};
    if (!does(h, home, is_final ? HONEST_WRONG_FINAL : HONEST_WRONG_EXEC))
        spoil(&out->item);
    return is_live(h, home) && does(h, home, is_final ? HONEST_NO_FINAL : HONEST_NO_EXEC);
}

static void say_results(struct honest *h, const struct led *led, uint32_t count)
{
    struct result_item items[WIRE_LINES_MAX];
    for (uint32_t i = 0; i < count; i++)
        items[i] = led[i].item;
    const struct op op = {.kind = led[0].is_final ? OP_LEADER_FINAL : OP_LEADER_EXEC,
                          .leader_result = {.items = items, .item_count = count}};
    world_say(h->w, led[0].home, &op);
}

uint32_t honest_lead(struct honest *h, uint32_t homes_max)
{
    const struct ledger *l = h->w->ledger;
    struct arena *arena = &h->w->ops;
    struct led *led = arena_take_raw(arena, l->sizes.contracts, sizeof *led, 64);
    uint32_t count = 0, homes = 0;
    world_insist(h->w, led, "no room for results");
    for (uint32_t i = 0; i < l->sizes.contracts; i++)
        if (find_led(h, contract_get(l, i), &led[count]))
            count++;
    qsort(led, count, sizeof *led, by_leader);
    for (uint32_t i = 0, n = 1; i < count; i += n) {
        const bool is_next = i == 0 || led[i].home != led[i - 1].home;
        if (is_next && homes == homes_max)
            break;
        homes += is_next;
        for (n = 1; i + n < count && n < WIRE_LINES_MAX; n++)
            if (led[i + n].home != led[i].home || led[i + n].is_final != led[i].is_final)
                break;
        say_results(h, led + i, n);
    }
    return homes;
}

/* ---- ballots --------------------------------------------------------------------------------- */

/* Does a seat still owe a bit in this stage, and can it give it? */
static bool owes(const struct honest *h, const struct trade_duty *duty, enum contract_stage stage)
{
    const struct contract *m = &contract_get(h->w->ledger, duty->place)->machine;
    const struct contract_office *office = &m->offices[stage];
    return m->number == duty->contract && office->has_votes && office->votes_end_ms > h->a_ms &&
           !bitmap_get(office->voted, m->cluster_count, duty->rank);
}

bool honest_vote(struct honest *h, uint32_t home, const struct ledger_interval *row,
                 enum trade_round round, enum contract_stage stage)
{
    uint8_t voted[WIRE_BITMAP_BYTES_MAX], agree[WIRE_BITMAP_BYTES_MAX];
    const struct ledger *l = h->w->ledger;
    const uint32_t slot = h->w->homes[home].slot;
    struct trade_duty duty;
    size_t len = 0;
    memset(voted, 0, sizeof voted);
    for (uint32_t i = 0; i < 8 * WIRE_BITMAP_BYTES_MAX; i++) {
        if (!trade_duty_get(l, row->number, round, slot, i, &duty))
            break;
        if (!owes(h, &duty, stage))
            continue;
        voted[i / 8] |= (uint8_t)(1 << i % 8);
        len = i / 8 + 1;
    }
    if (len == 0)
        return false;
    memcpy(agree, voted, len);
    if (!does(h, home, HONEST_WRONG_BALLOT))
        memset(agree, 0, len);
    const struct op op = {.kind = OP_BALLOT,
                          .ballot = {.stage = stage == CONTRACT_EXEC ? STAGE_EXEC : STAGE_FINAL,
                                     .round = round,
                                     .subject = row->number,
                                     .voted = {voted, len},
                                     .agree = {agree, len}}};
    world_say(h->w, home, &op);
    return true;
}

static void vote_all(struct honest *h, const struct ledger_interval *row)
{
    for (uint32_t home = 1; home <= h->w->options.homes; home++) {
        if (!is_live(h, home) || !does(h, home, HONEST_NO_BALLOT))
            continue;
        for (uint32_t round = 0; round < MARKET_ROUNDS; round++) {
            if (row->rounds[round].unscored_count == 0)
                continue;
            honest_vote(h, home, row, (enum trade_round)(round + 1), CONTRACT_EXEC);
            honest_vote(h, home, row, (enum trade_round)(round + 1), CONTRACT_FINAL);
        }
    }
}

void honest_act_trade(struct honest *h)
{
    const struct ledger *l = h->w->ledger;
    for (uint32_t home = 1; home <= h->w->options.homes; home++) {
        if (!is_live(h, home))
            continue;
        deposit(h, home);
        if (is_funded(h, home))
            trade_ahead(h, home);
    }
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *row = interval_get(l, i);
        if (!row->is_used)
            continue;
        state_all(h, row);
        vote_all(h, row);
    }
    honest_lead(h, UINT32_MAX);
}
