/* SPDX-License-Identifier: Apache-2.0 */
/* study score: the steps of closed contracts and verification blocks on their members' scores
 * (docs/study-json.md "score"). */
#include "app/study_book.h"

#include "app/answer.h"
#include "app/input_node.h"
#include "app/verb_rows.h"

static bool score_contract(struct study_book *l, const struct call *call,
                           const struct input_node *item)
{
    static struct study_contract read; /* 3 KB of bitmaps and offices: not for the stack */
    const struct qot_contract *c = &read.contract;
    if (!study_contract_read(&read, call, &l->slots, item))
        return false;
    study_book_contract(l, c);
    return true;
}

static bool score_verification(struct study_book *l, const struct call *call,
                               const struct input_node *item)
{
    struct study_verification read;
    if (!study_verification_read(&read, call, &l->slots, item))
        return false;
    study_book_turn(l, read.block.interval);
    qot_score_verification(&l->book, &read.block);
    return true;
}

static bool score_slot(struct study_book *l, const struct call *call, const struct input_node *item)
{
    uint32_t leader;
    uint64_t number;
    if (!input_node_number(&number, call, item, "number", INT64_MAX, NULL) ||
        !input_node_number(&l->book.now_interval, call, item, "interval", INT64_MAX, NULL) ||
        !study_row(&leader, call, &l->slots, item, "leader"))
        return false;
    study_book_turn(l, l->book.now_interval);
    qot_score_slot(&l->book, leader);
    return true;
}

static bool score_ejection(struct study_book *l, const struct call *call,
                           const struct input_node *item)
{
    uint32_t member;
    if (!study_row(&member, call, &l->slots, item, "slot"))
        return false;
    qot_score_ejection(&l->book, member);
    return true;
}

static bool score_item(struct study_book *l, const struct call *call, const struct input_node *item)
{
    uint32_t kind;
    bool done = false;
    if (!input_node_choice(&kind, call, item, "kind", study_kinds, true))
        return false;
    if (kind == QOT_OF_CONTRACT)
        done = score_contract(l, call, item);
    else if (kind == QOT_OF_VERIFICATION)
        done = score_verification(l, call, item);
    else
        done = kind == QOT_OF_SLOT ? score_slot(l, call, item) : score_ejection(l, call, item);
    if (!done)
        return false;
    json_t *given = json_object_get(item->value, "number");
    json_t *number = json_is_integer(given) ? json_incref(given) : json_null();
    study_book_note(l, (enum qot_kind)kind, number);
    json_decref(number);
    return true;
}

static json_t *member_json(const struct study_book *l, uint32_t row)
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

static bool score_all(struct study_book *l, const struct call *call, const struct input_node *input)
{
    struct input_node closed;
    if (!input_node_list(&closed, call, input, "closed"))
        return false;
    for (size_t i = 0; i < input_node_count(&closed); i++) {
        const struct input_node item = input_node_at(&closed, i);
        if (!score_item(l, call, &item))
            return false;
    }
    return true;
}

static json_t *answer_of(struct study_book *l)
{
    json_t *answer = answer_new(), *members = json_array();
    for (uint32_t row = 0; row < l->book.member_count; row++)
        json_array_append_new(members, member_json(l, row));
    json_object_set(answer, "steps", l->steps);
    json_object_set(answer, "records", l->records);
    json_object_set_new(answer, "members", members);
    return answer;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    struct study_book l;
    const bool is_done = study_book_open(&l, call, input) && score_all(&l, call, input);
    json_t *answer = is_done ? answer_of(&l) : NULL;
    study_book_close(&l);
    return answer ? answer_give(call, answer) : EXIT_USAGE;
}

enum exit_code verb_study_score(const struct call *call)
{
    return input_node_serve(call, run);
}
