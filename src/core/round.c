/* SPDX-License-Identifier: Apache-2.0 */
#include "core/round.h"

#include <assert.h>

/* Kinds of due work in the order of RULE ledger.6. */
enum due_kind { DUE_DRAW, DUE_STATEMENTS, DUE_RANK, DUE_STAGE, DUE_KINDS };

static void check_conservation(const struct round *r)
{
    assert(funds_is_conserved(r->funds)); /* RULE ledger.5 */
    assert(r->energy->held_wh == r->energy->delivered_wh);
}

static void move_money(struct round *r, uint32_t index, enum funds_kind kind, uint32_t member)
{
    const struct funds_event ev = {.kind = kind,
                                   .member = member,
                                   .amount = r->contracts[index].judged.payment,
                                   .hold = &r->holds[index]};
    const enum err code = funds_step(r->funds, &ev);
    assert(code == ERR_OK); /* the reservation covers the payment */
}

static void apply_effect(struct round *r, uint32_t index, enum contract_effect effect)
{
    const struct contract *c = &r->contracts[index];
    switch (effect) {
    case EFFECT_ESCROW:
        energy_book_escrow(r->energy, c->seller, c->judged.settled);
        move_money(r, index, FUNDS_HOLD_ESCROW, 0);
        return;
    case EFFECT_SETTLE:
        energy_book_settle(r->energy, c->seller, c->buyer, c->judged.settled);
        move_money(r, index, FUNDS_SETTLE, c->seller);
        return;
    case EFFECT_RETURN:
        energy_book_return(r->energy, c->seller, c->judged.settled);
        return;
    case EFFECT_REFUND:
        move_money(r, index, FUNDS_REFUND, 0);
        return;
    case EFFECT_EXEC_QUORUM:
    case EFFECT_FINAL_QUORUM:
    case EFFECT_EXEC_LAST:
    case EFFECT_FINAL_LAST:
    case EFFECT_CLOSED:
        break;
    }
    assert(r->log_count < ROUND_LOG_PER_CONTRACT * r->count);
    r->log[r->log_count++] =
        (struct round_log){.height = r->height, .index = index, .event = effect};
}

static enum err step(struct round *r, uint32_t index, const struct contract_event *ev,
                     uint64_t due_ms)
{
    const struct contract_world w = {
        .params = &r->params.contract, .members = r->standing, .now_ms = r->a_ms, .due_ms = due_ms};
    struct contract_effects effects;
    const enum err code = contract_step(&r->contracts[index], ev, &w, &effects);
    for (uint32_t i = 0; i < effects.count; i++)
        apply_effect(r, index, effects.at[i]);
    return code;
}

/* An event that the machine's own clockwork decided to be due. */
static void run(struct round *r, uint32_t index, const struct contract_event *ev, uint64_t due_ms)
{
    const enum err code = step(r, index, ev, due_ms);
    assert(code == ERR_OK);
}

void round_open(struct round *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        r->contracts[i] = (struct contract){.number = r->terms[i].number,
                                            .seller = r->terms[i].seller,
                                            .buyer = r->terms[i].buyer,
                                            .state = CONTRACT_PREPARED};
    }
}

/* RULE join.10: a revocation voids what is not measured yet, an ejection does not; what the member
 * has leaves its account. */
static void bind_expulsions(struct round *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct contract *c = &r->contracts[i];
        const bool is_hit = r->members[c->seller].becomes == MEMBER_REVOKED ||
                            r->members[c->buyer].becomes == MEMBER_REVOKED;
        const struct contract_event ev = {.kind = CONTRACT_EV_REVOKED};
        if (is_hit && c->state <= CONTRACT_DRAWN)
            run(r, i, &ev, r->a_ms);
    }
    for (uint32_t slot = 1; slot <= r->slot_max; slot++) {
        struct round_member *member = &r->members[slot];
        if (member->becomes == MEMBER_LIVE)
            continue;
        const struct funds_event ev = {.kind = FUNDS_CLOSE_MEMBER, .member = slot};
        const enum err code = funds_step(r->funds, &ev);
        assert(code == ERR_OK);
        if (member->becomes == MEMBER_EJECTED && r->window != WINDOW_CLOSED)
            member->has_stated = false; /* its statement is dropped: silent for the judge */
        member->becomes = MEMBER_LIVE;
    }
}

/* RULE num.7: an outage ends no window. */
void round_begin(struct round *r, uint64_t t_ms)
{
    const uint64_t since = r->height == 0 ? 0 : t_ms - r->t_ms;
    assert(r->height == 0 || t_ms >= r->t_ms);
    r->a_ms += since < r->params.gap_ms ? since : r->params.gap_ms;
    r->t_ms = t_ms;
    r->height++;
    if (r->window == WINDOW_BEFORE && t_ms >= r->params.interval_end_ms) {
        r->window = WINDOW_OPEN;
        r->window_opened_ms = r->a_ms;
    }
    for (uint32_t slot = 1; slot <= r->slot_max; slot++) {
        const struct round_member *member = &r->members[slot];
        uint8_t *standing = &r->standing[slot];
        if (member->becomes != MEMBER_LIVE)
            *standing = member->becomes;
        else if (*standing <= MEMBER_ABSENT)
            *standing = member->is_absent ? MEMBER_ABSENT : MEMBER_LIVE;
    }
    bind_expulsions(r);
    check_conservation(r);
}

/* RULE trade.3: only a silence that can still end keeps the window open. */
static bool everybody_has_stated(const struct round *r)
{
    bool has_open = false;
    for (uint32_t i = 0; i < r->count; i++) {
        if (contract_is_closed(&r->contracts[i]))
            continue;
        const uint32_t parties[] = {r->contracts[i].seller, r->contracts[i].buyer};
        has_open = true;
        for (uint32_t j = 0; j < 2; j++) {
            if (r->standing[parties[j]] <= MEMBER_ABSENT && !r->members[parties[j]].has_stated)
                return false;
        }
    }
    return has_open;
}

static bool statements_are_due(const struct round *r, uint64_t *due_ms)
{
    const uint64_t end_ms = r->window_opened_ms + r->params.statement_ms;
    if (r->window != WINDOW_OPEN)
        return false;
    *due_ms = end_ms < r->a_ms ? end_ms : r->a_ms;
    return end_ms <= r->a_ms || (r->params.closes_early && everybody_has_stated(r));
}

static void close_statements(struct round *r, uint64_t due_ms)
{
    const struct round_scratch *s = &r->scratch;
    uint32_t open = 0;
    for (uint32_t slot = 1; slot <= r->slot_max; slot++) {
        const struct round_member *member = &r->members[slot];
        s->parties[slot] =
            (struct settlement_party){.has_stated = member->has_stated,
                                      .delivered_left = member->counted.delivered,
                                      .taken_left = member->counted.taken,
                                      .refused = member->counted.refused,
                                      .refused_count = member->counted.refused_count};
        if (member->has_stated)
            energy_book_credit(r->energy, slot, member->counted.delivered);
    }
    for (uint32_t i = 0; i < r->count; i++) {
        if (contract_is_closed(&r->contracts[i]))
            continue;
        s->indexes[open] = i;
        s->terms[open++] = r->terms[i];
    }
    settlement_judge(s->results, s->terms, open, s->parties);
    r->window = WINDOW_CLOSED;
    for (uint32_t i = 0; i < open; i++) {
        const struct contract_event ev = {.kind = CONTRACT_EV_JUDGED, .judged = &s->results[i]};
        run(r, s->indexes[i], &ev, due_ms);
    }
}

static void draw(struct round *r, const struct round_draw *d)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_DRAW,
                                      .cluster = d->cluster,
                                      .cluster_count = d->cluster_count,
                                      .eligible = d->eligible,
                                      .votes = d->votes};
    if (r->contracts[d->index].state == CONTRACT_PREPARED)
        run(r, d->index, &ev, r->a_ms);
}

/* A piece of due work as a sortable item: the due time, then kind and place in one number. */
static void add_item(struct sort_item *items, uint32_t *count, uint64_t due_ms, enum due_kind kind,
                     uint32_t place)
{
    items[(*count)++] = (struct sort_item){.key = due_ms, .number = (uint64_t)kind << 32 | place};
}

static uint32_t collect_due(const struct round *r, uint32_t draw_count)
{
    const struct contract_world w = {
        .params = &r->params.contract, .members = r->standing, .now_ms = r->a_ms};
    uint32_t count = 0;
    uint64_t due_ms;
    bool ends_stage;
    for (uint32_t i = 0; i < draw_count; i++)
        add_item(r->scratch.items, &count, r->a_ms, DUE_DRAW, i);
    if (statements_are_due(r, &due_ms))
        add_item(r->scratch.items, &count, due_ms, DUE_STATEMENTS, 0);
    for (uint32_t i = 0; i < r->count; i++) {
        if (contract_is_due(&r->contracts[i], &w, &due_ms, &ends_stage))
            add_item(r->scratch.items, &count, due_ms, ends_stage ? DUE_STAGE : DUE_RANK, i);
    }
    return count;
}

void round_due(struct round *r, const struct round_draw *draws, uint32_t draw_count)
{
    assert(draw_count <= r->count);
    struct sort_item *items = r->scratch.items;
    const uint32_t count = collect_due(r, draw_count);
    sort_items(items, items + count, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)items[i].number;
        const struct contract_event ev = {.kind = CONTRACT_EV_TIME};
        switch ((enum due_kind)(items[i].number >> 32)) {
        case DUE_DRAW:
            draw(r, &draws[place]);
            break;
        case DUE_STATEMENTS:
            close_statements(r, items[i].key);
            break;
        case DUE_RANK:
        case DUE_STAGE:
            run(r, place, &ev, items[i].key);
            break;
        case DUE_KINDS:
            break;
        }
    }
    check_conservation(r);
}

/* RULE trade.13: the highest seq counts before the close; after it the next one is a record. */
enum err round_state(struct round *r, uint32_t by, uint64_t seq,
                     const struct round_statement *statement)
{
    struct round_member *member = &r->members[by];
    assert(round_may_sign(r, by));
    if (r->window == WINDOW_BEFORE)
        return ERR_EARLY;
    if (seq != member->next_seq)
        return ERR_SEQUENCE;
    member->next_seq++;
    if (r->window == WINDOW_CLOSED)
        return ERR_RECORD_ONLY;
    member->has_stated = true;
    member->counted = *statement;
    return ERR_OK;
}

const struct contract *round_find(const struct round *r, uint64_t number)
{
    uint32_t low = 0, high = r->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (r->contracts[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count && r->contracts[low].number == number ? &r->contracts[low] : NULL;
}

enum err round_take(struct round *r, uint64_t number, const struct contract_event *ev)
{
    const struct contract *c = round_find(r, number);
    assert(round_may_sign(r, ev->by));
    if (!c)
        return ERR_NO_CONTRACT;
    const enum err code = step(r, (uint32_t)(c - r->contracts), ev, r->a_ms);
    check_conservation(r);
    return code;
}

enum err round_expel(struct round *r, uint32_t slot, enum contract_member as)
{
    if (!round_may_sign(r, slot) || r->members[slot].becomes != MEMBER_LIVE)
        return ERR_WRONG_STATE;
    r->members[slot].becomes = (uint8_t)as;
    return ERR_OK;
}

bool round_may_sign(const struct round *r, uint32_t slot)
{
    return slot >= 1 && slot <= r->slot_max && r->members[slot].is_known &&
           r->standing[slot] <= MEMBER_ABSENT;
}

void round_decide(struct round *r)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_DECIDE};
    for (uint32_t i = 0; i < r->count; i++) {
        const struct contract *c = &r->contracts[i];
        const bool votes = c->state == CONTRACT_EXEC_VOTE || c->state == CONTRACT_FINAL_VOTE;
        const uint32_t stage = c->state == CONTRACT_FINAL_VOTE ? CONTRACT_FINAL : CONTRACT_EXEC;
        if (votes && c->offices[stage].agree_count >= contract_quorum(c))
            run(r, i, &ev, r->a_ms);
    }
    check_conservation(r);
}

const struct contract *round_next_to_score(struct round *r)
{
    uint32_t next = r->count;
    uint64_t next_due_ms = 0, due_ms;
    for (uint32_t i = 0; i < r->count; i++) {
        if (!contract_is_scorable(&r->contracts[i], r->a_ms, &due_ms))
            continue;
        if (next == r->count || due_ms < next_due_ms) {
            next = i;
            next_due_ms = due_ms;
        }
    }
    if (next == r->count)
        return NULL;
    const struct contract_event ev = {.kind = CONTRACT_EV_SCORED};
    run(r, next, &ev, next_due_ms);
    return &r->contracts[next];
}
