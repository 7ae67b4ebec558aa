/* SPDX-License-Identifier: Apache-2.0 */
#include "app/study_book.h"

#include "app/input_node.h"
#include "app/study_accounts.h"
#include "core/score.h"

#include <assert.h>
#include <stdlib.h>

const char *const study_kinds[] = {"contract", "verification", "slot", "ejection", NULL};

/* In the order of the enums of core/qot.h. */
static const char *const modes[] = {"repaired", "paper", NULL};
static const char *const roles[] = {"seller", "buyer", "leader", "peer", "member"};
static const char *const whys[] = {"outcome", "silent", "wrong", "false", "ejected"};
static const char *const stage_names[] = {"exec", "final", NULL};

void study_book_close(struct study_book *l)
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
}

/* The counts of @interval, made at its first item. */
static struct qot_counts *counts_of(struct study_book *l, uint64_t interval)
{
    for (uint32_t i = l->interval_count; i > 0; i--)
        if (l->intervals[i - 1].interval == interval)
            return l->intervals[i - 1].counts;
    struct qot_counts *counts = study_take(l->book.member_count, sizeof *counts);
    l->intervals = realloc(l->intervals, (l->interval_count + 1) * sizeof *l->intervals);
    assert(l->intervals);
    l->intervals[l->interval_count++] = (struct interval_counts){interval, counts};
    return counts;
}

static bool read_recent(struct standing *m, const struct call *call, const struct input_node *from)
{
    struct input_node recent;
    if (!input_node_list(&recent, call, from, "recent"))
        return false;
    if (input_node_count(&recent) > STANDING_RECENT_MAX) {
        input_node_refuse(call, &recent, NULL, "the ring holds 32");
        return false;
    }
    for (size_t i = 0; i < input_node_count(&recent); i++) {
        int64_t slot;
        if (!input_node_number_at(&slot, call, &recent, i, 1, UINT32_MAX))
            return false;
        m->recent[i] = (uint32_t)slot;
    }
    m->recent_count = (uint8_t)input_node_count(&recent);
    m->recent_next = (uint8_t)(m->recent_count % STANDING_RECENT_MAX);
    return true;
}

static bool read_partners(struct standing *m, json_t *all, const struct call *call,
                          const struct input_node *from)
{
    struct input_node partners;
    if (!input_node_list(&partners, call, from, "partners"))
        return false;
    for (size_t i = 0; i < input_node_count(&partners); i++) {
        int64_t slot;
        if (!input_node_number_at(&slot, call, &partners, i, 1, UINT32_MAX))
            return false;
        standing_add_partner(m, (uint32_t)slot);
        json_array_append_new(all, json_integer(slot));
    }
    return true;
}

static bool read_member(struct study_book *l, uint32_t row, const struct call *call,
                        const struct input_node *from)
{
    struct standing *m = &l->book.members[row];
    const uint64_t none = 0;
    const int64_t start = 0;
    uint64_t slot, closed, quarters;
    int64_t score;
    if (!input_node_number(&slot, call, from, "slot", UINT32_MAX, NULL) ||
        !input_node_whole(&score, call, from, "score", INT64_MIN, INT64_MAX, &start) ||
        !input_node_number(&closed, call, from, "closed", INT32_MAX, &none) ||
        !input_node_number(&quarters, call, from, "quarters", INT32_MAX, &none) ||
        !input_node_flag(&m->mature, call, from, "mature", false) ||
        !input_node_flag(&m->live, call, from, "live", true))
        return false;
    if (slot == 0 || score < -SCORE_MAX || score > SCORE_MAX) {
        input_node_refuse(call, from, slot ? "score" : "slot",
                          "slots begin at 1, scores end at 2^30");
        return false;
    }
    m->slot = (uint32_t)slot;
    m->score = (int32_t)score;
    m->closed = (uint32_t)closed;
    m->quarters = (uint32_t)quarters;
    l->slots.items[row] = (struct sort_item){slot, row};
    return read_recent(m, call, from) && read_partners(m, l->partners[row], call, from);
}

static bool read_members(struct study_book *l, const struct call *call,
                         const struct input_node *input)
{
    struct input_node members;
    if (!input_node_list(&members, call, input, "members"))
        return false;
    const uint32_t count = (uint32_t)input_node_count(&members);
    l->book.members = study_take(count, sizeof *l->book.members);
    l->slots.items = study_take(2 * (size_t)count, sizeof *l->slots.items);
    l->partners = study_take(count, sizeof *l->partners);
    l->slots.members = l->book.members;
    l->slots.count = l->book.member_count = count;
    for (uint32_t row = 0; row < count; row++)
        l->partners[row] = json_array();
    for (uint32_t row = 0; row < count; row++) {
        const struct input_node member = input_node_at(&members, row);
        if (!read_member(l, row, call, &member))
            return false;
    }
    sort_items(l->slots.items, l->slots.items + count, count);
    for (uint32_t i = 1; i < count; i++) {
        if (l->slots.items[i].key == l->slots.items[i - 1].key) {
            input_node_refuse(call, &members, NULL, "a slot stands there twice");
            return false;
        }
    }
    return true;
}

static bool read_rules(struct study_book *l, const struct call *call,
                       const struct input_node *input)
{
    const struct input_node params = input_node_field(input, "params");
    const uint64_t reference_default = 1000;
    const uint64_t all = l->book.member_count;
    uint64_t active, reference;
    uint32_t mode;
    if (!input_node_number(&active, call, input, "active", UINT32_MAX, &all) ||
        !input_node_number(&reference, call, &params, "reference_wh", INT64_MAX,
                           &reference_default) ||
        !input_node_choice(&mode, call, &params, "mode", modes, true))
        return false;
    if (reference == 0) {
        input_node_refuse(call, &params, "reference_wh", "weights are measured by it: 1 at least");
        return false;
    }
    l->book.active = (uint32_t)active;
    l->book.rules = (struct qot_rules){(enum qot_mode)(mode + QOT_REPAIRED), (int64_t)reference};
    return true;
}

static void note_partner(json_t *partners, uint32_t slot)
{
    for (size_t i = 0; i < json_array_size(partners); i++)
        if (json_integer_value(json_array_get(partners, i)) == slot)
            return;
    json_array_append_new(partners, json_integer(slot));
}

static json_t *number_or_null(bool is_there, int64_t number)
{
    return is_there ? json_integer(number) : json_null();
}

static json_t *step_json(const struct study_book *l, const struct qot_step *s, enum qot_kind kind,
                         json_t *number)
{
    const bool sized = s->why != QOT_EJECTED;
    const bool staged = s->stage != QOT_NO_STAGE;
    return json_pack("{s:s, s:O, s:I, s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:b, s:I, s:I}", "kind",
                     study_kinds[kind], "number", number, "slot",
                     (json_int_t)l->book.members[s->member].slot, "role", roles[s->role], "why",
                     whys[s->why], "stage", staged ? stage_names[s->stage] : NULL, "e",
                     number_or_null(sized, s->exponent), "x", number_or_null(sized, s->x), "kappa",
                     number_or_null(sized, s->kappa), "w", number_or_null(sized, s->w), "capped",
                     s->capped, "step", (json_int_t)s->step, "score", (json_int_t)s->score);
}

static json_t *record_json(const struct qot_record *r, enum qot_kind kind, json_t *number)
{
    const bool is_contract = kind == QOT_OF_CONTRACT;
    return json_pack("{s:s, s:O, s:o, s:o, s:I, s:I, s:I, s:I}", "kind", study_kinds[kind],
                     "number", number, "x", number_or_null(is_contract, r->x), "alpha",
                     number_or_null(is_contract, r->alpha), "v", (json_int_t)r->v, "L",
                     (json_int_t)r->l, "f", (json_int_t)r->f, "Q", (json_int_t)r->q);
}

bool study_book_open(struct study_book *l, const struct call *call, const struct input_node *input)
{
    *l = (struct study_book){.interval_count = 0};
    l->book.scratch = study_take(QOT_SCRATCH_ITEMS, sizeof *l->book.scratch);
    l->book.steps = study_take(QOT_STEPS_MAX, sizeof *l->book.steps);
    l->steps = json_array();
    l->records = json_array();
    return read_members(l, call, input) && read_rules(l, call, input);
}

void study_book_turn(struct study_book *l, uint64_t interval)
{
    l->book.counts = counts_of(l, interval);
    l->book.now_interval = interval;
}

void study_book_contract(struct study_book *l, const struct qot_contract *c)
{
    study_book_turn(l, c->interval);
    qot_score_contract(&l->book, c);
    if (c->end == QOT_SETTLED) {
        note_partner(l->partners[c->seller], l->book.members[c->buyer].slot);
        note_partner(l->partners[c->buyer], l->book.members[c->seller].slot);
    }
}

void study_book_note(struct study_book *l, enum qot_kind kind, json_t *number)
{
    for (uint32_t i = 0; i < l->book.step_count; i++)
        json_array_append_new(l->steps, step_json(l, &l->book.steps[i], kind, number));
    if (l->book.recorded)
        json_array_append_new(l->records, record_json(&l->book.record, kind, number));
}
