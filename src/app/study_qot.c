/* SPDX-License-Identifier: Apache-2.0 */
/* study qot: equation (2) of the paper to the letter, so that its defects can be drawn. */
#include "app/answer.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "core/eq2.h"

static bool read_start(struct eq2 *e, const struct call *call, const json_t *input)
{
    const struct {
        const char *name;
        int64_t *out;
    } fields[] = {{"v", &e->v}, {"L", &e->l}, {"S", &e->s}, {"B", &e->b}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!input_whole(fields[i].out, call, input, fields[i].name, INT64_MIN, INT64_MAX, NULL))
            return false;
        if (*fields[i].out < -EQ2_MAX || *fields[i].out > EQ2_MAX) {
            input_field_error(call, fields[i].name, "values end at 2^62");
            return false;
        }
    }
    return true;
}

static bool read_item(int64_t *out, const struct call *call, const json_t *list, size_t index,
                      const char *field)
{
    const json_t *value = json_array_get(list, index);
    *out = json_integer_value(value);
    if (json_is_integer(value) && *out >= -EQ2_MAX && *out <= EQ2_MAX)
        return true;
    input_field_error(call, field, "whole numbers up to 2^62 are needed");
    return false;
}

static json_t *row_json(const struct eq2 *e)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:b}", "v", (json_int_t)e->v, "L", (json_int_t)e->l, "f",
                     (json_int_t)e->f, "Q", (json_int_t)e->q, "saturated", e->saturated);
}

static bool run_transactions(json_t *rows, struct eq2 *e, const struct call *call,
                             const json_t *input)
{
    const json_t *xs, *alphas;
    if (!read_start(e, call, input) || !input_list(&xs, call, input, "x") ||
        !input_list(&alphas, call, input, "alpha"))
        return false;
    if (json_array_size(xs) != json_array_size(alphas)) {
        input_field_error(call, "alpha", "there is one for each x");
        return false;
    }
    for (size_t i = 0; i < json_array_size(xs); i++) {
        int64_t x, alpha;
        if (!read_item(&x, call, xs, i, "x") || !read_item(&alpha, call, alphas, i, "alpha"))
            return false;
        eq2_step(e, x, alpha);
        json_array_append_new(rows, row_json(e));
    }
    return true;
}

enum exit_code verb_study_qot(const struct call *call)
{
    struct eq2 e = {0};
    json_t *input = input_object_bare(call, call->operand[0]);
    if (!input)
        return EXIT_USAGE;
    json_t *answer = answer_new(), *rows = json_array();
    const bool done = run_transactions(rows, &e, call, input);
    json_decref(input);
    json_object_set_new(answer, "transactions", rows);
    if (done)
        return answer_give(call, answer);
    json_decref(answer);
    return EXIT_USAGE;
}
