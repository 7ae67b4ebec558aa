/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/traffic.h"

#include "ledger/state.h"

enum {
    BLOCK_MS = 1000,
    QUIET_MS = 3000, /* between blocks in which nobody has to say anything */
    WINDOW_LEAST_MS = 20000,
    TICKS_IN_WINDOW = 4, /* a window has room for so many ticks of all members */
    INTERVAL_WINDOWS = 3,
    HOUR_MS = 3600000,
    TRADE_WH = 500,
    DEPOSIT_MICRO = 5000000,
    DEPOSITS_MAX = 16384, /* in a block */
    BLOCKS_MAX = 20000    /* after so many something is wrong */
};

#define DAY_DEPOSITS_MICRO (INT64_C(1) << 50)

/* ---- the community --------------------------------------------------------------------------- */

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* It divides a day (core/params.h). */
static uint64_t interval_of(uint64_t least_ms)
{
    static const uint64_t divisors_ms[] = {60000, 120000, 300000, 600000, 900000, 1800000};
    for (uint32_t i = 0; i < sizeof divisors_ms / sizeof divisors_ms[0]; i++)
        if (divisors_ms[i] >= least_ms)
            return divisors_ms[i];
    return HOUR_MS;
}

static void fill_genesis(struct genesis *g, const struct traffic_options *o)
{
    const uint64_t blocks_a_tick = 1 + o->members / o->envelopes_max;
    const uint64_t window_ms = WINDOW_LEAST_MS + TICKS_IN_WINDOW * blocks_a_tick * BLOCK_MS;
    const uint64_t contracts = (uint64_t)o->members * o->trades_per_member;
    g->times.interval_ms = interval_of(INTERVAL_WINDOWS * window_ms);
    g->windows.statement_ms = g->windows.exec_ms = window_ms;
    g->windows.final_ms = g->windows.vote_ms = window_ms;
    g->market.book_max_orders = most(contracts, g->market.book_max_orders);
    g->limits.contracts_open_max = most(contracts, g->limits.contracts_open_max);
    g->limits.block_claims_max = most(g->limits.block_claims_max, (uint64_t)2 * o->envelopes_max);
    g->limits.deposit_day_max_micro = DAY_DEPOSITS_MICRO;
}

static void make_loads(struct traffic *t)
{
    struct world *w = &t->w;
    const int64_t wh = (int64_t)TRADE_WH * t->options.trades_per_member;
    struct honest_load *loads = arena_take(&w->memory, w->options.homes, sizeof *loads, 64);
    world_insist(w, loads, "no room for loads");
    for (uint32_t i = 0; i < w->options.homes; i++)
        loads[i] =
            i % 2 == 0 ? (struct honest_load){.made_wh = wh} : (struct honest_load){.used_wh = wh};
    t->h.table = loads;
    t->h.table_intervals = 1;
}

static void open(struct traffic *t)
{
    const struct traffic_options *o = &t->options;
    const struct world_options options = {.seed = o->seed,
                                          .homes = o->members,
                                          .founders = o->members,
                                          .feeders = o->feeders,
                                          .k = o->k,
                                          .timing = TIMING_MEASURED,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_MADE,
                                          .records = true};
    world_init(&t->w, &options);
    fill_genesis(&t->w.genesis, o);
    world_start(&t->w);
    honest_init(&t->h, &t->w);
    make_loads(t);
}

/* ---- what is said ---------------------------------------------------------------------------- */

/* One order for each trade, in a class of its own: what a member sells in one class is one lot of
 * the pairing, and lots of one size meet one by one (RULE market.13, market.14). */
static void order_all(struct traffic *t, uint32_t home)
{
    const struct genesis_market *m = &t->w.ledger->params->market;
    const int64_t quarter =
        ((int64_t)m->retail_micro_per_kwh - (int64_t)m->feed_in_micro_per_kwh) / 4;
    const bool sells = home % 2 == 1;
    for (uint32_t i = 0; i < t->options.trades_per_member; i++) {
        const int64_t limit = sells ? (int64_t)m->feed_in_micro_per_kwh + quarter
                                    : (int64_t)m->retail_micro_per_kwh - quarter;
        const struct op op = {.kind = OP_ORDER,
                              .order = {.side = sells ? ORDER_OFFER : ORDER_BID,
                                        .round = ROUND_MEASURED,
                                        .interval = t->interval,
                                        .energy_wh = TRADE_WH,
                                        .price_micro_per_kwh = limit,
                                        .min_score = i}};
        world_say(&t->w, home, &op);
    }
}

static void tick_to(struct traffic *t, enum traffic_tick tick)
{
    t->tick = tick;
    t->next = 1;
}

/* Members from t->next on, as many as a block holds; after the last one the tick is over. */
static void speak(struct traffic *t, const struct ledger_interval *row)
{
    const enum contract_stage stage = t->tick == TRAFFIC_EXEC_VOTE ? CONTRACT_EXEC : CONTRACT_FINAL;
    uint32_t said = 0;
    for (; t->next <= t->options.members && said < t->options.envelopes_max; t->next++) {
        if (t->tick == TRAFFIC_STATES) {
            order_all(t, t->next);
            honest_state(&t->h, t->next, t->interval);
            said++;
        } else {
            said += honest_vote(&t->h, t->next, row, ROUND_MEASURED, stage);
        }
    }
    if (t->next > t->options.members)
        tick_to(t, t->tick + 1);
}

static bool find_window(struct traffic *t)
{
    const struct ledger *l = t->w.ledger;
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *row = interval_get(l, i);
        const bool is_new = row->window_opened_ms + BLOCK_MS + QUIET_MS >= t->h.a_ms;
        if (!row->is_used || row->window != INTERVAL_OPEN || !is_new)
            continue;
        t->interval = row->number;
        tick_to(t, TRAFFIC_STATES);
        return true;
    }
    return false;
}

/* True if somebody has something to say in this tick. */
static bool act_in(struct traffic *t, const struct ledger_interval *row)
{
    switch (t->tick) {
    case TRAFFIC_WAITS:
        return false;
    case TRAFFIC_EXEC:
    case TRAFFIC_FINAL:
        if (row->rounds[ROUND_MEASURED - 1].phase != PHASE_DRAWN)
            return false;
        if (honest_lead(&t->h, t->options.envelopes_max) == 0)
            tick_to(t, t->tick + 1);
        return true;
    case TRAFFIC_STATES:
    case TRAFFIC_EXEC_VOTE:
    case TRAFFIC_FINAL_VOTE:
        speak(t, row);
        return true;
    case TRAFFIC_SCORES:
        break;
    }
    return false;
}

static void end_interval(struct traffic *t)
{
    world_insist(&t->w, t->tick == TRAFFIC_SCORES, "a traded interval has ended early");
    t->last_height = t->w.height;
    t->done++;
    tick_to(t, TRAFFIC_WAITS);
}

/* Returns how long after the last the block comes. */
static uint64_t act(struct traffic *t)
{
    const struct ledger *l = t->w.ledger;
    honest_look_ahead(&t->h, BLOCK_MS);
    const bool began = t->tick == TRAFFIC_WAITS && find_window(t);
    if (began && t->first_height == 0)
        t->first_height = t->w.height + 1;
    const uint32_t place = interval_find(l, t->interval);
    if (t->tick == TRAFFIC_WAITS)
        return QUIET_MS;
    if (place == MARKET_NO_PLACE) {
        end_interval(t);
        return QUIET_MS;
    }
    return act_in(t, interval_get(l, place)) ? BLOCK_MS : QUIET_MS;
}

static void block(struct traffic *t, uint64_t dt_ms)
{
    honest_look_ahead(&t->h, dt_ms);
    honest_act_identity(&t->h);
    world_block(&t->w, dt_ms);
}

static void deposit_all(struct traffic *t)
{
    for (uint32_t home = 1; home <= t->options.members; home++) {
        const struct op op = {.kind = OP_DEPOSIT,
                              .deposit = {.member = t->w.homes[home].slot,
                                          .amount_micro = DEPOSIT_MICRO,
                                          .reference = honest_hash("bank", home)}};
        world_say(&t->w, WORLD_TREASURY, &op);
        if (home % DEPOSITS_MAX == 0 || home == t->options.members)
            block(t, BLOCK_MS);
    }
}

static uint64_t settled(const struct world *w)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < VERDICT_COUNT; i++)
        count += w->seen.contracts[CONTRACT_SETTLED][i];
    return count;
}

/* Nobody is refused: what is measured is what was meant. */
static void check_codes(const struct world *w)
{
    for (uint32_t code = 1; code < WORLD_CODES; code++)
        if (w->code_counts[code] > 0)
            world_insist(w, false, err_get((enum err)code)->name);
}

void traffic_make(struct traffic *t, const struct traffic_options *options)
{
    *t = (struct traffic){.options = *options};
    open(t);
    deposit_all(t);
    for (uint32_t i = 0; t->done < options->intervals; i++) {
        world_insist(&t->w, i < BLOCKS_MAX, "the traffic does not come to an end");
        block(t, act(t));
    }
    check_codes(&t->w);
    t->trades = settled(&t->w);
}

void traffic_close(struct traffic *t)
{
    world_close(&t->w);
}
