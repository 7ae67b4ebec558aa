/* SPDX-License-Identifier: Apache-2.0 */
/* study qot: equation (2) of the paper to the letter, so that its defects can be drawn. */
#include "app/answer.h"
#include "app/input.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "core/eq2.h"

static bool read_start(struct eq2 *e, const struct call *call, const struct input_node *input)
{
    const struct {
        const char *name;
        int64_t *out;
    } fields[] = {{"v", &e->v}, {"L", &e->l}, {"S", &e->s}, {"B", &e->b}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!input_node_whole(fields[i].out, call, input, fields[i].name, INT64_MIN, INT64_MAX,
                              NULL))
            return false;
        if (*fields[i].out < -EQ2_MAX || *fields[i].out > EQ2_MAX) {
            input_node_refuse(call, input, fields[i].name, "values end at 2^62");
            return false;
        }
    }
    return true;
}

static json_t *row_json(const struct eq2 *e)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:b}", "v", (json_int_t)e->v, "L", (json_int_t)e->l, "f",
                     (json_int_t)e->f, "Q", (json_int_t)e->q, "saturated", e->saturated);
}

static bool run_transactions(json_t *rows, struct eq2 *e, const struct call *call,
                             const struct input_node *input)
{
    struct input_node xs, alphas;
    if (!read_start(e, call, input) || !input_node_list(&xs, call, input, "x") ||
        !input_node_list(&alphas, call, input, "alpha"))
        return false;
    if (input_node_count(&xs) != input_node_count(&alphas)) {
        input_node_refuse(call, input, "alpha", "there is one for each x");
        return false;
    }
    for (size_t i = 0; i < input_node_count(&xs); i++) {
        int64_t x, alpha;
        if (!input_node_number_at(&x, call, &xs, i, -EQ2_MAX, EQ2_MAX) ||
            !input_node_number_at(&alpha, call, &alphas, i, -EQ2_MAX, EQ2_MAX))
            return false;
        eq2_step(e, x, alpha);
        json_array_append_new(rows, row_json(e));
    }
    return true;
}

enum exit_code verb_study_qot(const struct call *call)
{
    struct eq2 e = {0};
    struct input_node root;
    json_t *input = input_object_bare(call, call->operand[0]);
    if (!input)
        return EXIT_USAGE;
    input_node_root(&root, input);
    json_t *answer = answer_new(), *rows = json_array();
    const bool done = run_transactions(rows, &e, call, &root);
    json_decref(input);
    json_object_set_new(answer, "transactions", rows);
    if (done)
        return answer_give(call, answer);
    json_decref(answer);
    return EXIT_USAGE;
}
