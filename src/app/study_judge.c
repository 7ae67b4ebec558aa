/* SPDX-License-Identifier: Apache-2.0 */
/* study judge: allotment and verdicts of one interval (docs/study-json.md "judge"). */
#include "app/answer.h"
#include "app/input_node.h"
#include "app/study_accounts.h"
#include "app/study_terms.h"
#include "app/verb_rows.h"

#include <stdio.h>
#include <stdlib.h>

enum { SLOT_CHARS = 16 };

struct court {
    struct study_terms terms;
    struct settlement_party *parties; /* by slot */
    uint64_t **refused;               /* by slot, on the heap */
};

static bool read_statement(struct court *c, uint32_t slot, const struct call *call,
                           const struct input_node *from)
{
    struct settlement_party *party = &c->parties[slot];
    const uint64_t none = 0;
    uint64_t delivered, taken;
    if (!json_is_object(from->value)) {
        input_node_refuse(call, from, NULL, "each is an object under its member's slot");
        return false;
    }
    if (!input_node_number(&delivered, call, from, "delivered_wh", INT64_MAX, &none) ||
        !input_node_number(&taken, call, from, "taken_wh", INT64_MAX, &none) ||
        !study_refused_read(&c->refused[slot], &party->refused_count, call, from))
        return false;
    party->has_stated = true;
    party->delivered_left.wh = (int64_t)delivered;
    party->taken_left.wh = (int64_t)taken;
    party->refused = c->refused[slot];
    return true;
}

static bool read_statements(struct court *c, const struct call *call,
                            const struct input_node *input)
{
    const struct input_node statements = input_node_field(input, "statements");
    if (statements.value && !json_is_object(statements.value)) {
        input_node_refuse(call, &statements, NULL, "an object with slots as keys is needed");
        return false;
    }
    for (uint32_t slot = 1; slot <= c->terms.slot_max; slot++) {
        char key[SLOT_CHARS];
        snprintf(key, sizeof key, "%u", slot);
        const struct input_node from = input_node_field(&statements, key);
        if (from.value && !read_statement(c, slot, call, &from))
            return false;
    }
    return true;
}

static json_t *answer_contract(const struct settlement_terms *terms,
                               const struct settlement_result *r)
{
    return json_pack("{s:I, s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:I}", "number",
                     (json_int_t)terms->number, "verdict", settlement_verdict_name(r->verdict),
                     "alpha", (int)r->alpha, "s_wh", (json_int_t)r->s.wh, "b_wh",
                     (json_int_t)r->b.wh, "need_wh", (json_int_t)r->need.wh, "settled_wh",
                     (json_int_t)r->settled.wh, "payment_micro", (json_int_t)r->payment.micro, "x",
                     (json_int_t)r->x);
}

static json_t *judge(struct court *c)
{
    const uint32_t count = c->terms.count;
    struct settlement_result *results = study_take(count, sizeof *results);
    const bool mass = settlement_judge(results, c->terms.at, count, c->parties);
    json_t *answer = answer_new(), *list = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, answer_contract(&c->terms.at[i], &results[i]));
    json_object_set_new(answer, "mass", json_boolean(mass));
    json_object_set_new(answer, "contracts", list);
    free(results);
    return answer;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    struct court c;
    if (!study_terms_read(&c.terms, call, input))
        return EXIT_USAGE;
    const size_t slots = (size_t)c.terms.slot_max + 1;
    c.parties = study_take(slots, sizeof *c.parties);
    c.refused = study_take(slots, sizeof *c.refused);
    json_t *answer = read_statements(&c, call, input) ? judge(&c) : NULL;
    for (size_t slot = 0; slot < slots; slot++)
        free(c.refused[slot]);
    free(c.refused);
    free(c.parties);
    study_terms_free(&c.terms);
    return answer ? answer_give(call, answer) : EXIT_USAGE;
}

enum exit_code verb_study_judge(const struct call *call)
{
    return input_node_serve(call, run);
}
