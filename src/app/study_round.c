/* SPDX-License-Identifier: Apache-2.0 */
#include "app/study_round.h"

#include "app/input_node.h"
#include "app/study_accounts.h"
#include "base/bitmap.h"
#include "crypto/hash.h"

#include <assert.h>
#include <stdlib.h>

/* Sums of an interval's energy then fit 64 bits with 65,536 contracts. */
#define STUDY_ENERGY_MAX (INT64_C(1) << 46)
#define STUDY_TIME_MAX (INT64_C(1) << 53)

void study_round_keep(struct study_round *s, void *memory)
{
    struct study_memory *m = &s->memory;
    if (m->count == m->room) {
        m->room = 2 * m->room + 16;
        m->pieces = realloc(m->pieces, m->room * sizeof *m->pieces);
        assert(m->pieces);
    }
    m->pieces[m->count++] = memory;
}

void *study_round_take(struct study_round *s, size_t count, size_t size)
{
    void *memory = study_take(count, size);
    study_round_keep(s, memory);
    return memory;
}

void study_round_close(struct study_round *s)
{
    for (uint32_t i = 0; i < s->memory.count; i++)
        free(s->memory.pieces[i]);
    free(s->memory.pieces);
    study_terms_free(&s->terms);
    study_accounts_close(&s->funds);
    study_book_close(&s->book);
}

static bool read_window(uint64_t *out, const struct call *call, const struct input_node *params,
                        const char *field, uint64_t usual)
{
    if (!input_node_number(out, call, params, field, STUDY_TIME_MAX, &usual))
        return false;
    if (*out == 0)
        input_node_refuse(call, params, field, "a window of 0 ms would be over before it began");
    return *out > 0;
}

static bool read_params(struct round_params *p, const struct call *call,
                        const struct input_node *input)
{
    static const char *const timings[] = {"forward", "measured", "both", NULL};
    const uint64_t usual_ranks = 3;
    uint64_t ranks;
    uint32_t timing;
    const struct input_node params = input_node_field(input, "params");
    if (!input_node_number(&p->interval_end_ms, call, input, "interval_end_ms", STUDY_TIME_MAX,
                           NULL) ||
        !read_window(&p->statement_ms, call, &params, "statement_ms", 300000) ||
        !read_window(&p->contract.exec_ms, call, &params, "exec_ms", 60000) ||
        !read_window(&p->contract.final_ms, call, &params, "final_ms", 60000) ||
        !read_window(&p->contract.vote_ms, call, &params, "vote_ms", 60000) ||
        !read_window(&p->gap_ms, call, &params, "gap_ms", 10000) ||
        !input_node_number(&ranks, call, &params, "ranks_max", CONTRACT_RANKS_MAX, &usual_ranks) ||
        !input_node_choice(&timing, call, &params, "timing", timings, true))
        return false;
    p->contract.ranks_max = (uint32_t)ranks;
    p->closes_early = timing == 0;
    if (ranks == 0)
        input_node_refuse(call, &params, "ranks_max", "at least one rank leads");
    return ranks > 0;
}

/* What a member has at the start is a deposit and a credit limit. */
static bool read_member(struct study_round *s, const struct call *call,
                        const struct input_node *from)
{
    const uint64_t none = 0;
    uint64_t available, credit;
    const uint32_t slot = (uint32_t)json_integer_value(json_object_get(from->value, "slot"));
    if (!input_node_number(&available, call, from, "available_micro", INT64_MAX, &none) ||
        !input_node_number(&credit, call, from, "credit_micro", INT64_MAX, &none))
        return false;
    s->round.members[slot].is_known = true;
    const struct funds_event deposit = {
        .kind = FUNDS_DEPOSIT,
        .member = slot,
        .amount = {(int64_t)available},
        .reference = hash_bytes((struct span){(const uint8_t *)&slot, sizeof slot}),
        .t_of_n = true};
    const struct funds_event limit = {
        .kind = FUNDS_CREDIT_LIMIT, .member = slot, .amount = {(int64_t)credit}};
    const bool fits =
        (available == 0 || !funds_step(&s->funds, &deposit)) && !funds_step(&s->funds, &limit);
    if (!fits)
        input_node_refuse(call, from, "available_micro", "all members together have too much");
    return fits;
}

static bool read_members(struct study_round *s, const struct call *call,
                         const struct input_node *input)
{
    const struct input_node members = input_node_field(input, "members");
    for (size_t i = 0; i < input_node_count(&members); i++) {
        const struct input_node member = input_node_at(&members, i);
        if (!read_member(s, call, &member))
            return false;
    }
    return true;
}

static bool party_is_known(const struct study_round *s, uint32_t slot)
{
    return slot <= s->funds.slot_max && s->funds.accounts[slot].known;
}

/* RULE trade.1: what cannot be funded is refused, and never becomes a contract. */
static bool reserve_all(struct study_round *s, const struct call *call,
                        const struct input_node *input)
{
    struct round *r = &s->round;
    for (uint32_t i = 0; i < s->terms.count; i++) {
        const struct settlement_terms terms = s->terms.at[i];
        struct funds_event ev = {
            .kind = FUNDS_RESERVE, .member = terms.buyer, .hold = &r->holds[r->count]};
        const bool fits = price_payment(&ev.amount, terms.price, terms.energy);
        assert(fits); /* checked where the terms were read */
        if (!party_is_known(s, terms.seller) || !party_is_known(s, terms.buyer) ||
            terms.energy.wh > STUDY_ENERGY_MAX) {
            input_node_refuse(call, input, "contracts", "members as parties, and at most 2^46 Wh");
            return false;
        }
        if (funds_step(&s->funds, &ev))
            s->refused_funding[s->refused_count++] = terms.number;
        else
            s->terms.at[r->count++] = terms;
    }
    return true;
}

static void take_arrays(struct study_round *s)
{
    struct round *r = &s->round;
    const size_t contracts = s->terms.count, slots = (size_t)s->funds.slot_max + 1;
    r->slot_max = s->energy.slot_max = s->funds.slot_max;
    r->terms = s->terms.at;
    r->funds = &s->funds;
    r->energy = &s->energy;
    s->energy.accounts = study_round_take(s, slots, sizeof *s->energy.accounts);
    s->refused_funding = study_round_take(s, contracts, sizeof *s->refused_funding);
    r->contracts = study_round_take(s, contracts, sizeof *r->contracts);
    r->holds = study_round_take(s, contracts, sizeof *r->holds);
    r->members = study_round_take(s, slots, sizeof *r->members);
    r->standing = study_round_take(s, slots, sizeof *r->standing);
    r->log = study_round_take(s, ROUND_LOG_PER_CONTRACT * contracts, sizeof *r->log);
    r->scratch.items = study_round_take(s, 2 * (2 * contracts + 1), sizeof *r->scratch.items);
    r->scratch.terms = study_round_take(s, contracts, sizeof *r->scratch.terms);
    r->scratch.results = study_round_take(s, contracts, sizeof *r->scratch.results);
    r->scratch.indexes = study_round_take(s, contracts, sizeof *r->scratch.indexes);
    r->scratch.parties = study_round_take(s, slots, sizeof *r->scratch.parties);
}

bool study_round_open(struct study_round *s, const struct call *call,
                      const struct input_node *input)
{
    *s = (struct study_round){.refused_count = 0};
    const uint64_t first = 0;
    if (!study_book_open(&s->book, call, input) ||
        !input_node_number(&s->interval, call, input, "interval", INT64_MAX, &first) ||
        !read_params(&s->round.params, call, input) || !study_terms_read(&s->terms, call, input))
        return false;
    const size_t members = json_array_size(json_object_get(input->value, "members"));
    const size_t events = members + 2 * (size_t)s->terms.count;
    if (members > STUDY_SLOT_MAX) {
        input_node_refuse(call, input, "members", "at most 1,048,576 can be read");
        return false;
    }
    if (!study_accounts_open(&s->funds, call, input, (uint32_t)events)) {
        s->funds = (struct funds){0};
        return false;
    }
    take_arrays(s);
    if (!read_members(s, call, input) || !reserve_all(s, call, input))
        return false;
    round_open(&s->round);
    return true;
}

/* A seat is a member's, and a member has one. */
static bool take_seat(uint32_t *cluster, size_t rank, const struct study_round *s,
                      const struct call *call, const struct input_node *list, uint32_t slot)
{
    bool is_free = party_is_known(s, slot);
    for (size_t i = 0; is_free && i < rank; i++)
        is_free = cluster[i] != slot;
    cluster[rank] = slot;
    if (!is_free)
        input_node_refuse(call, list, NULL, "a slot is not in \"members\", or stands there twice");
    return is_free;
}

static bool read_cluster(struct round_draw *draw, struct study_round *s, const struct call *call,
                         const struct input_node *from)
{
    struct input_node list;
    if (!input_node_list(&list, call, from, "cluster"))
        return false;
    const uint64_t size = input_node_count(&list);
    uint64_t eligible;
    if (!input_node_number(&eligible, call, from, "eligible", STUDY_SLOT_MAX, &size))
        return false;
    if (size > CONTRACT_CLUSTER_MAX || (size == 0) != (eligible == 0) || eligible < size) {
        input_node_refuse(call, from, "cluster", "up to 1,023 seats, none if nobody was eligible");
        return false;
    }
    uint32_t *cluster = study_round_take(s, (size_t)size, sizeof *cluster);
    for (size_t i = 0; i < size; i++) {
        int64_t slot;
        if (!input_node_number_at(&slot, call, &list, i, 1, s->funds.slot_max) ||
            !take_seat(cluster, i, s, call, &list, (uint32_t)slot))
            return false;
    }
    draw->cluster = cluster;
    draw->cluster_count = (uint32_t)size;
    draw->eligible = (uint32_t)eligible;
    draw->votes = study_round_take(s, 4 * bitmap_bytes((uint32_t)size), 1);
    return true;
}

/* Insert by ascending index: lists are short, or in order already. */
static void insert(struct round_draw *draws, uint32_t *count, struct round_draw draw)
{
    uint32_t at = (*count)++;
    for (; at > 0 && draws[at - 1].index > draw.index; at--)
        draws[at] = draws[at - 1];
    draws[at] = draw;
}

bool study_round_draws(struct round_draw **out, uint32_t *count, struct study_round *s,
                       const struct call *call, const struct input_node *block)
{
    struct input_node list;
    *count = 0;
    if (!input_node_list(&list, call, block, "draws"))
        return false;
    *out = study_round_take(s, s->round.count, sizeof **out);
    for (size_t i = 0; i < input_node_count(&list); i++) {
        const struct input_node from = input_node_at(&list, i);
        struct round_draw draw;
        uint64_t number;
        if (!input_node_number(&number, call, &from, "number", INT64_MAX, NULL) ||
            !read_cluster(&draw, s, call, &from))
            return false;
        const struct contract *c = round_find(&s->round, number);
        if (!c || *count == s->round.count)
            continue; /* left out for want of funds */
        draw.index = (uint32_t)(c - s->round.contracts);
        insert(*out, count, draw);
    }
    return true;
}
