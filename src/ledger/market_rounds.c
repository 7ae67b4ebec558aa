/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an interval's row: made by the first order or agreement or when the interval has
 * ended, a page at its forward gate, its window when it is over and has a page, freed when nothing
 * of it is left (RULE gate.1, gate.2, num.8). */
#include "core/measured.h"
#include "core/order_machine.h"
#include "ledger/market_inner.h"

#include <assert.h>
#include <string.h>

enum step { STEP_NONE, STEP_GATE, STEP_WINDOW };

const struct ledger_interval *interval_get(const struct ledger *l, uint32_t place)
{
    return table_get(&l->intervals, place);
}

struct ledger_interval *interval_edit(struct ledger *l, uint32_t place)
{
    state_mark(l, STORE_INTERVALS, place);
    return table_edit(&l->intervals, place);
}

bool interval_has_room(const struct ledger *l, uint64_t number)
{
    const struct places *p = &l->index.orders.intervals;
    return interval_find(l, number) != MARKET_NO_PLACE || p->count < p->capacity;
}

uint32_t interval_take(struct ledger *l, uint64_t number)
{
    struct order_index *x = &l->index.orders;
    uint32_t place = interval_find(l, number);
    if (place != MARKET_NO_PLACE)
        return place;
    place = places_take(&x->intervals);
    if (place == PLACES_NONE)
        return MARKET_NO_PLACE;
    *interval_edit(l, place) =
        (struct ledger_interval){.is_used = true, .number = number, .due_ms = MARKET_NOT_DUE};
    id_map_insert(&x->by_interval, number + 1, place);
    memset(&x->first_of_round[place * MARKET_ROUNDS], 0, MARKET_ROUNDS * sizeof *x->first_of_round);
    return place;
}

bool market_has_started(const struct ledger *l, uint64_t interval)
{
    return interval <= l->now.interval;
}

static bool has_ended(const struct ledger *l, uint64_t interval)
{
    return interval < l->now.interval;
}

uint64_t market_horizon_last(const struct ledger *l, uint64_t interval)
{
    return l->now.interval + state_market(l, interval)->horizon_intervals;
}

/* RULE num.8 */
bool market_is_interval(const struct ledger *l, uint64_t interval)
{
    return interval > l->head->interval_first && interval <= market_horizon_last(l, interval);
}

/* T has reached the start less @lead_ms; written without a sum that @interval could overflow. */
static bool is_near(const struct ledger *l, uint64_t interval, uint64_t lead_ms)
{
    const uint64_t since_ms = l->now.t_ms - l->times.t0_ms;
    return interval <= (since_ms + lead_ms) / l->times.interval_ms;
}

static bool forward_gate_reached(const struct ledger *l, uint64_t interval)
{
    return is_near(l, interval, state_market(l, interval)->gate_lead_ms);
}

/* What is left of an open window is at most @ms; a window that is over counts, also where its close
 * waits for budget (RULE ledger.6). */
static bool window_ends_within(const struct ledger *l, const struct ledger_interval *i, uint64_t ms)
{
    if (i->window != INTERVAL_OPEN)
        return i->window == INTERVAL_CLOSED;
    return l->now.a_ms + ms >= i->window_opened_ms + l->params->windows.statement_ms;
}

/* An interval that is over and has no row has had its close, or will never have one. */
static bool measured_gate_within(const struct ledger *l, uint64_t interval, uint64_t ms)
{
    const uint32_t place = interval_find(l, interval);
    return place == MARKET_NO_PLACE ? has_ended(l, interval)
                                    : window_ends_within(l, interval_get(l, place), ms);
}

/* It stays so when the gate lead becomes shorter. */
static bool gate_is_past(const struct ledger *l, uint64_t interval)
{
    const uint32_t place = interval_find(l, interval);
    return place != MARKET_NO_PLACE && interval_get(l, place)->rounds[0].phase != PHASE_OPEN;
}

bool market_gate_reached(const struct ledger *l, uint64_t interval, enum trade_round round)
{
    if (interval <= l->head->interval_first)
        return true;
    return round == ROUND_FORWARD ? forward_gate_reached(l, interval) || gate_is_past(l, interval)
                                  : measured_gate_within(l, interval, 0);
}

bool market_is_quiet(const struct ledger *l, uint64_t interval, enum trade_round round)
{
    const uint64_t quiet_ms = l->params->windows.quiet_ms;
    const uint64_t lead_ms = state_market(l, interval)->gate_lead_ms;
    return round == ROUND_FORWARD ? is_near(l, interval, lead_ms + quiet_ms)
                                  : measured_gate_within(l, interval, quiet_ms);
}

/* Under timing forward nobody states where nothing is to be judged. */
static bool wants_window(const struct ledger *l, const struct ledger_interval *i)
{
    const struct ledger_round *r = i->rounds;
    return state_market(l, i->number)->timing != TIMING_FORWARD || r[0].unscored_count > 0 ||
           r[1].unscored_count > 0 || r[1].order_count > 0;
}

static bool round_is_idle(const struct ledger_round *r)
{
    return r->order_count == 0 && r->open_count == 0 && r->unscored_count == 0 &&
           (r->phase == PHASE_OPEN || r->phase == PHASE_OVER);
}

static bool is_left_alone(const struct ledger *l, const struct ledger_interval *i)
{
    if (!round_is_idle(&i->rounds[0]) || !round_is_idle(&i->rounds[1]))
        return false;
    if (i->window != INTERVAL_BEFORE)
        return i->window == INTERVAL_CLOSED;
    const bool is_before_gate =
        i->rounds[0].phase == PHASE_OPEN && !forward_gate_reached(l, i->number);
    return is_before_gate || !wants_window(l, i);
}

void interval_give_back(struct ledger *l, uint32_t place)
{
    struct order_index *x = &l->index.orders;
    if (!is_left_alone(l, interval_get(l, place)))
        return;
    struct ledger_interval *i = interval_edit(l, place);
    if (i->page)
        places_give(&x->pages, i->page - 1);
    id_map_remove(&x->by_interval, i->number + 1);
    places_give(&x->intervals, place);
    memset(i, 0, sizeof *i);
}

/* What comes next for the interval, whether or not its time has come. */
static enum step next_step(const struct ledger_interval *i)
{
    if (i->rounds[0].phase == PHASE_OPEN)
        return STEP_GATE;
    return i->window == INTERVAL_BEFORE ? STEP_WINDOW : STEP_NONE;
}

/* RULE ledger.6: work that is due by T is due at A of the first block that meets it. */
static void note_due(struct ledger *l, uint32_t place)
{
    const struct ledger_interval *i = interval_get(l, place);
    if (i->due_ms != MARKET_NOT_DUE)
        return;
    const enum step step = next_step(i);
    if ((step == STEP_GATE && forward_gate_reached(l, i->number)) ||
        (step == STEP_WINDOW && has_ended(l, i->number) && wants_window(l, i)))
        interval_edit(l, place)->due_ms = l->now.a_ms;
}

static void enter_ended(struct ledger *l)
{
    struct head *head = l->head;
    const uint64_t end = l->now.interval;
    uint64_t first = head->interval_next;
    if (first <= head->interval_first)
        first = head->interval_first + 1; /* RULE num.8: it has no gate */
    if (end > l->sizes.pages && first < end - l->sizes.pages)
        first = end - l->sizes.pages;
    for (uint64_t i = end; i > first; i--)
        if (state_market(l, i - 1)->timing != TIMING_FORWARD &&
            interval_take(l, i - 1) == MARKET_NO_PLACE)
            break;
    if (head->interval_next < end)
        head->interval_next = end;
}

void market_enter(struct ledger *l)
{
    struct order_index *x = &l->index.orders;
    x->seed_count = 0;
    for (uint32_t place = 0; place < l->sizes.intervals; place++)
        if (places_is_occupied(&x->intervals, place))
            interval_give_back(l, place);
    enter_ended(l);
    for (uint32_t place = 0; place < l->sizes.intervals; place++)
        if (places_is_occupied(&x->intervals, place))
            note_due(l, place);
}

static void add_due(const struct ledger *l, struct due_list *list, uint32_t place)
{
    const struct ledger_interval *i = interval_get(l, place);
    due_add(list, &(struct due_item){i->due_ms, DUE_GATE, i->number, place});
}

/* The lowest interval from @from on whose gate is due and that has no page. */
static uint32_t next_without_page(const struct ledger *l, uint64_t from)
{
    uint32_t found = MARKET_NO_PLACE;
    uint64_t lowest = UINT64_MAX;
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *i = interval_get(l, place);
        if (!i->is_used || i->due_ms == MARKET_NOT_DUE || i->page > 0)
            continue;
        if (i->number >= from && i->number < lowest) {
            lowest = i->number;
            found = place;
        }
    }
    return found;
}

void market_due(const struct ledger *l, struct due_list *list)
{
    const struct places *pages = &l->index.orders.pages;
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *i = interval_get(l, place);
        if (i->is_used && i->due_ms != MARKET_NOT_DUE && i->page > 0)
            add_due(l, list, place);
    }
    uint64_t from = 0;
    for (uint32_t room = pages->capacity - pages->count; room > 0; room--) {
        const uint32_t place = next_without_page(l, from);
        if (place == MARKET_NO_PLACE)
            break;
        add_due(l, list, place);
        from = interval_get(l, place)->number + 1;
    }
}

/* What is left of the round goes on to the draw, or it is over. */
static void end_of_gate(struct ledger *l, uint32_t place, enum trade_round round)
{
    struct ledger_round *r = &interval_edit(l, place)->rounds[round_place(round)];
    const bool goes_on = r->order_count > 0 || r->unscored_count > 0;
    r->phase = goes_on ? PHASE_GATED : PHASE_OVER;
    if (goes_on)
        presence_ask(l, round == ROUND_FORWARD ? DRAW_FORWARD : DRAW_MEASURED,
                     interval_get(l, place)->number);
}

void market_gate(struct ledger *l, uint32_t place)
{
    struct ledger_interval *i = interval_edit(l, place);
    struct ledger_round *r = &i->rounds[round_place(ROUND_FORWARD)];
    const size_t mark = arena_mark(&l->scratch);
    uint32_t *places = market_take(l, r->order_count, sizeof *places);
    const uint32_t count = orders_of_round(l, place, ROUND_FORWARD, places);
    r->is_missed = market_has_started(l, i->number);
    /* RULE market.20: what rests in a continuous book ends at the gate. */
    const bool ends_here =
        r->is_missed || state_market(l, i->number)->mechanism == MECHANISM_CONTINUOUS;
    for (uint32_t n = 0; n < count; n++) {
        struct ledger_order *o = order_edit(l, places[n]);
        const struct order_happening h = {
            .event = ORDER_EV_GATE, .round = ROUND_FORWARD, .is_missed = ends_here};
        const enum err refused = order_machine_step(&o->state, &h);
        assert(!refused);
        if (o->state != ORDER_FROZEN)
            order_free(l, places[n]);
    }
    arena_reset(&l->scratch, mark);
    end_of_gate(l, place, ROUND_FORWARD);
}

/* @members' rest by what they stated and what the forward round has used (RULE gate.2). */
static void find_left(struct ledger *l, const struct ledger_interval *i, const struct book *book,
                      struct measured_left *left, bool *has_stated)
{
    for (uint32_t m = 0; m < book->member_count; m++) {
        const uint32_t slot = book->members[m].slot;
        const struct page_member *row = page_get(l, i->page - 1, slot, i->number);
        struct trade_used used;
        trade_used(l, slot, i->number, &used);
        has_stated[m] = row->has_stated;
        left[m] = measured_left(row->has_stated, row->delivered.wh, row->taken.wh, used.sold_wh,
                                used.bought_wh);
    }
}

/* The order as the statement leaves it; one that is left nothing has expired. */
static void close_measured(struct ledger *l, uint32_t place, bool has_stated, int64_t left_wh)
{
    struct ledger_order *o = order_edit(l, place);
    const struct order_happening h = {.event = ORDER_EV_STATEMENTS,
                                      .round = ROUND_MEASURED,
                                      .has_stated = has_stated && left_wh > 0};
    const enum err refused = order_machine_step(&o->state, &h);
    assert(!refused);
    o->energy_wh = left_wh;
    if (o->state != ORDER_FROZEN)
        order_free(l, place);
}

void market_gate_measured(struct ledger *l, uint32_t place)
{
    const struct ledger_interval *i = interval_get(l, place);
    const size_t mark = arena_mark(&l->scratch);
    const uint32_t wanted = i->rounds[round_place(ROUND_MEASURED)].order_count;
    uint32_t *places = market_take(l, wanted, sizeof *places);
    const uint32_t count = orders_of_round(l, place, ROUND_MEASURED, places);
    struct market_book b;
    market_book_make(&b, l, state_market(l, i->number), places, count);
    struct measured_left *left = market_take(l, b.book.member_count, sizeof *left);
    bool *has_stated = market_take(l, b.book.member_count, sizeof *has_stated);
    struct book_order *cut = market_take(l, count, sizeof *cut);
    find_left(l, i, &b.book, left, has_stated);
    if (count > 0)
        memcpy(cut, b.book.orders, count * sizeof *cut);
    const uint32_t kept = measured_cut(cut, count, left);
    for (uint32_t n = 0, k = 0; n < count; n++) {
        const bool is_kept = k < kept && cut[k].number == b.book.orders[n].number;
        close_measured(l, places[n], has_stated[b.book.orders[n].member],
                       is_kept ? cut[k].energy_wh : 0);
        k += is_kept;
    }
    arena_reset(&l->scratch, mark);
    end_of_gate(l, place, ROUND_MEASURED);
}

/* The lowest free page; false if all are taken. */
static bool take_page(struct ledger *l, uint32_t place)
{
    if (interval_get(l, place)->page > 0)
        return true;
    const uint32_t page = places_take(&l->index.orders.pages);
    if (page == PLACES_NONE)
        return false;
    interval_edit(l, place)->page = page + 1;
    return true;
}

uint64_t market_do(struct ledger *l, const struct due_item *item)
{
    const struct ledger_interval *i = interval_get(l, item->place);
    if (!i->is_used || i->number != item->number || i->due_ms == MARKET_NOT_DUE ||
        !take_page(l, item->place))
        return 1;
    const enum step step = next_step(i);
    uint64_t cost = 1;
    if (step == STEP_GATE) {
        cost += i->rounds[round_place(ROUND_FORWARD)].order_count;
        market_gate(l, item->place);
    } else if (step == STEP_WINDOW && wants_window(l, i)) { /* still: contracts may have closed */
        trade_open_window(l, item->place);
    }
    interval_edit(l, item->place)->due_ms = MARKET_NOT_DUE;
    note_due(l, item->place);
    interval_give_back(l, item->place);
    return cost;
}
