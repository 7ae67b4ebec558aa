/* SPDX-License-Identifier: Apache-2.0 */
/* study score: the steps of closed contracts and verification blocks on their members' scores
 * (docs/study-json.md "score"). */
#include "app/study_score.h"

#include "app/answer.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "core/score.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* In the order of the enums of core/qot.h. */
static const char *const modes[] = {"repaired", "paper", NULL};
static const char *const kinds[] = {"contract", "verification", "slot", "ejection", NULL};
static const char *const roles[] = {"seller", "buyer", "leader", "peer", "member"};
static const char *const whys[] = {"outcome", "silent", "wrong", "false", "ejected"};
static const char *const stage_names[] = {"exec", "final", NULL};

struct interval_counts {
    uint64_t interval;
    struct qot_counts *counts;
};

struct ledger_of_scores {
    json_t *input;
    struct qot_book book;
    struct study_slots slots;
    json_t **partners; /* by row: all of them, of which the core needs five */
    struct interval_counts *intervals;
    uint32_t interval_count;
    json_t *steps, *records; /* of the answer */
};

static void *room_for(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert(memory);
    return memory;
}

static void ledger_close(struct ledger_of_scores *l)
{
    for (uint32_t i = 0; i < l->book.member_count; i++)
        json_decref(l->partners[i]);
    for (uint32_t i = 0; i < l->interval_count; i++)
        free(l->intervals[i].counts);
    free(l->partners);
    free(l->intervals);
    free(l->slots.items);
    free(l->book.members);
    free(l->book.scratch);
    free(l->book.steps);
    json_decref(l->steps);
    json_decref(l->records);
    json_decref(l->input);
}

/* The counts of @interval, made at its first item. */
static struct qot_counts *counts_of(struct ledger_of_scores *l, uint64_t interval)
{
    for (uint32_t i = l->interval_count; i > 0; i--)
        if (l->intervals[i - 1].interval == interval)
            return l->intervals[i - 1].counts;
    struct qot_counts *counts = room_for(l->book.member_count, sizeof *counts);
    l->intervals = realloc(l->intervals, (l->interval_count + 1) * sizeof *l->intervals);
    assert(l->intervals);
    l->intervals[l->interval_count++] = (struct interval_counts){interval, counts};
    return counts;
}

static bool read_recent(struct standing *m, const struct call *call, const json_t *from)
{
    const json_t *recent;
    if (!input_list(&recent, call, from, "recent"))
        return false;
    if (json_array_size(recent) > STANDING_RECENT_MAX) {
        input_field_error(call, "recent", "the ring holds 32");
        return false;
    }
    for (size_t i = 0; i < json_array_size(recent); i++) {
        uint64_t slot;
        if (!input_item(&slot, call, recent, i, "recent", UINT32_MAX))
            return false;
        m->recent[i] = (uint32_t)slot;
    }
    m->recent_count = (uint8_t)json_array_size(recent);
    m->recent_next = (uint8_t)(m->recent_count % STANDING_RECENT_MAX);
    return true;
}

static bool read_partners(struct standing *m, json_t *all, const struct call *call,
                          const json_t *from)
{
    const json_t *partners;
    if (!input_list(&partners, call, from, "partners"))
        return false;
    for (size_t i = 0; i < json_array_size(partners); i++) {
        uint64_t slot;
        if (!input_item(&slot, call, partners, i, "partners", UINT32_MAX))
            return false;
        standing_add_partner(m, (uint32_t)slot);
        json_array_append(all, json_array_get(partners, i));
    }
    return true;
}

static bool read_member(struct ledger_of_scores *l, uint32_t row, const struct call *call)
{
    struct standing *m = &l->book.members[row];
    const json_t *from = json_array_get(json_object_get(l->input, "members"), row);
    const uint64_t none = 0;
    const int64_t start = 0;
    uint64_t slot, closed, quarters;
    int64_t score;
    if (!input_number(&slot, call, from, "slot", UINT32_MAX, NULL) ||
        !input_signed(&score, call, from, "score", &start) ||
        !input_number(&closed, call, from, "closed", INT32_MAX, &none) ||
        !input_number(&quarters, call, from, "quarters", INT32_MAX, &none) ||
        !input_flag(&m->mature, call, from, "mature", false) ||
        !input_flag(&m->live, call, from, "live", true))
        return false;
    if (slot == 0 || score < -SCORE_MAX || score > SCORE_MAX) {
        input_field_error(call, slot ? "score" : "slot", "slots begin at 1, scores end at 2^30");
        return false;
    }
    m->slot = (uint32_t)slot;
    m->score = (int32_t)score;
    m->closed = (uint32_t)closed;
    m->quarters = (uint32_t)quarters;
    l->slots.items[row] = (struct sort_item){slot, row};
    return read_recent(m, call, from) && read_partners(m, l->partners[row], call, from);
}

static bool read_members(struct ledger_of_scores *l, const struct call *call)
{
    const json_t *members;
    if (!input_list(&members, call, l->input, "members"))
        return false;
    const uint32_t count = (uint32_t)json_array_size(members);
    l->book.members = room_for(count, sizeof *l->book.members);
    l->slots.items = room_for(2 * (size_t)count, sizeof *l->slots.items);
    l->partners = room_for(count, sizeof *l->partners);
    l->slots.members = l->book.members;
    l->slots.count = l->book.member_count = count;
    for (uint32_t row = 0; row < count; row++)
        l->partners[row] = json_array();
    for (uint32_t row = 0; row < count; row++)
        if (!read_member(l, row, call))
            return false;
    sort_items(l->slots.items, l->slots.items + count, count);
    for (uint32_t i = 1; i < count; i++) {
        if (l->slots.items[i].key == l->slots.items[i - 1].key) {
            input_field_error(call, "members", "a slot stands there twice");
            return false;
        }
    }
    return true;
}

static bool read_rules(struct ledger_of_scores *l, const struct call *call)
{
    const json_t *params = json_object_get(l->input, "params");
    const uint64_t reference_default = 1000;
    const uint64_t all = l->book.member_count;
    uint64_t active, reference;
    uint32_t mode;
    if (!input_number(&active, call, l->input, "active", UINT32_MAX, &all) ||
        !input_number(&reference, call, params, "reference_wh", INT64_MAX, &reference_default) ||
        !input_choice(&mode, call, params, "mode", modes, true))
        return false;
    if (reference == 0) {
        input_field_error(call, "reference_wh", "weights are measured by it: 1 at least");
        return false;
    }
    l->book.active = (uint32_t)active;
    l->book.rules = (struct qot_rules){(enum qot_mode)mode, (int64_t)reference};
    return true;
}

static void note_partner(json_t *partners, uint32_t slot)
{
    for (size_t i = 0; i < json_array_size(partners); i++)
        if (json_integer_value(json_array_get(partners, i)) == slot)
            return;
    json_array_append_new(partners, json_integer(slot));
}

static bool score_contract(struct ledger_of_scores *l, const struct call *call, const json_t *item)
{
    static struct study_contract read; /* 3 KB of bitmaps and offices: not for the stack */
    const struct qot_contract *c = &read.contract;
    if (!study_contract_read(&read, call, &l->slots, item))
        return false;
    l->book.counts = counts_of(l, c->interval);
    l->book.now_interval = c->interval;
    qot_score_contract(&l->book, c);
    if (c->end == QOT_SETTLED) {
        note_partner(l->partners[c->seller], l->book.members[c->buyer].slot);
        note_partner(l->partners[c->buyer], l->book.members[c->seller].slot);
    }
    return true;
}

static bool score_verification(struct ledger_of_scores *l, const struct call *call,
                               const json_t *item)
{
    struct study_verification read;
    if (!study_verification_read(&read, call, &l->slots, item))
        return false;
    l->book.counts = counts_of(l, read.block.interval);
    l->book.now_interval = read.block.interval;
    qot_score_verification(&l->book, &read.block);
    return true;
}

static bool score_slot(struct ledger_of_scores *l, const struct call *call, const json_t *item)
{
    uint32_t leader;
    uint64_t number;
    if (!input_number(&number, call, item, "number", INT64_MAX, NULL) ||
        !input_number(&l->book.now_interval, call, item, "interval", INT64_MAX, NULL) ||
        !study_row(&leader, call, &l->slots, item, "leader"))
        return false;
    l->book.counts = counts_of(l, l->book.now_interval);
    qot_score_slot(&l->book, leader);
    return true;
}

static bool score_ejection(struct ledger_of_scores *l, const struct call *call, const json_t *item)
{
    uint32_t member;
    if (!study_row(&member, call, &l->slots, item, "slot"))
        return false;
    qot_score_ejection(&l->book, member);
    return true;
}

static json_t *number_or_null(bool is_there, int64_t number)
{
    return is_there ? json_integer(number) : json_null();
}

static json_t *step_json(const struct ledger_of_scores *l, const struct qot_step *s,
                         enum qot_kind kind, json_t *number)
{
    const bool sized = s->why != QOT_EJECTED;
    const bool staged = s->stage != QOT_NO_STAGE;
    return json_pack("{s:s, s:O, s:I, s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:b, s:I, s:I}", "kind",
                     kinds[kind], "number", number, "slot",
                     (json_int_t)l->book.members[s->member].slot, "role", roles[s->role], "why",
                     whys[s->why], "stage", staged ? stage_names[s->stage] : NULL, "e",
                     number_or_null(sized, s->exponent), "x", number_or_null(sized, s->x), "kappa",
                     number_or_null(sized, s->kappa), "w", number_or_null(sized, s->w), "capped",
                     s->capped, "step", (json_int_t)s->step, "score", (json_int_t)s->score);
}

static json_t *record_json(const struct qot_record *r, enum qot_kind kind, json_t *number)
{
    const bool is_contract = kind == QOT_OF_CONTRACT;
    return json_pack("{s:s, s:O, s:o, s:o, s:I, s:I, s:I, s:I}", "kind", kinds[kind], "number",
                     number, "x", number_or_null(is_contract, r->x), "alpha",
                     number_or_null(is_contract, r->alpha), "v", (json_int_t)r->v, "L",
                     (json_int_t)r->l, "f", (json_int_t)r->f, "Q", (json_int_t)r->q);
}

static bool score_item(struct ledger_of_scores *l, const struct call *call, const json_t *item)
{
    uint32_t kind;
    bool done = false;
    if (!input_choice(&kind, call, item, "kind", kinds, true))
        return false;
    if (kind == QOT_OF_CONTRACT)
        done = score_contract(l, call, item);
    else if (kind == QOT_OF_VERIFICATION)
        done = score_verification(l, call, item);
    else
        done = kind == QOT_OF_SLOT ? score_slot(l, call, item) : score_ejection(l, call, item);
    if (!done)
        return false;
    json_t *given = json_object_get(item, "number");
    json_t *number = json_is_integer(given) ? json_incref(given) : json_null();
    for (uint32_t i = 0; i < l->book.step_count; i++)
        json_array_append_new(l->steps,
                              step_json(l, &l->book.steps[i], (enum qot_kind)kind, number));
    if (l->book.recorded)
        json_array_append_new(l->records,
                              record_json(&l->book.record, (enum qot_kind)kind, number));
    json_decref(number);
    return true;
}

static json_t *member_json(const struct ledger_of_scores *l, uint32_t row)
{
    const struct standing *m = &l->book.members[row];
    json_t *recent = json_array();
    for (uint32_t i = 0; i < m->recent_count; i++)
        json_array_append_new(recent, json_integer(standing_recent(m, i)));
    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:O, s:b, s:b, s:I}", "slot", (json_int_t)m->slot,
                     "score", (json_int_t)m->score, "closed", (json_int_t)m->closed, "quarters",
                     (json_int_t)m->quarters, "recent", recent, "partners", l->partners[row],
                     "mature", m->mature, "live", m->live, "trade_threshold",
                     (json_int_t)standing_threshold(m, l->book.active));
}

static bool score_all(struct ledger_of_scores *l, const struct call *call)
{
    const json_t *closed;
    if (!read_members(l, call) || !read_rules(l, call) ||
        !input_list(&closed, call, l->input, "closed"))
        return false;
    for (size_t i = 0; i < json_array_size(closed); i++)
        if (!score_item(l, call, json_array_get(closed, i)))
            return false;
    return true;
}

static json_t *answer_of(struct ledger_of_scores *l)
{
    json_t *answer = answer_new(), *members = json_array();
    for (uint32_t row = 0; row < l->book.member_count; row++)
        json_array_append_new(members, member_json(l, row));
    json_object_set(answer, "steps", l->steps);
    json_object_set(answer, "records", l->records);
    json_object_set_new(answer, "members", members);
    return answer;
}

enum exit_code verb_study_score(const struct call *call)
{
    struct ledger_of_scores l;
    memset(&l, 0, sizeof l);
    l.input = input_object(call, call->operand[0]);
    if (!l.input)
        return EXIT_USAGE;
    l.book.scratch = room_for(QOT_SCRATCH_ITEMS, sizeof *l.book.scratch);
    l.book.steps = room_for(QOT_STEPS_MAX, sizeof *l.book.steps);
    l.steps = json_array();
    l.records = json_array();
    json_t *answer = score_all(&l, call) ? answer_of(&l) : NULL;
    ledger_close(&l);
    return answer ? answer_give(call, answer) : EXIT_USAGE;
}
