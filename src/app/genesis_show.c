/* SPDX-License-Identifier: Apache-2.0 */
/* genesis show, genesis parameters: the table of parameters, of one file or of all. */
#include "app/answer.h"
#include "app/genesis_param.h"
#include "app/verb_rows.h"

#include <stdio.h>
#include <string.h>

static const char *changes(const struct param *param)
{
    return param->change == PARAM_CHANGES ? "yes" : "no";
}

static json_t *row_json(const struct genesis *g, const struct param *param)
{
    char name[GENESIS_PARAM_CHARS], range[GENESIS_RANGE_CHARS];
    return json_pack("{s:i, s:s, s:o, s:s, s:b, s:s}", "number", (int)param->number, "parameter",
                     genesis_param_name(name, param), "default", genesis_param_default(g, param),
                     "range", genesis_param_range(range, param, false), "changes",
                     param->change == PARAM_CHANGES, "note", param->note);
}

static json_t *shown_json(const struct genesis *g, const struct param *param)
{
    char name[GENESIS_PARAM_CHARS], range[GENESIS_RANGE_CHARS];
    return json_pack("{s:s, s:o, s:o, s:s}", "parameter", genesis_param_name(name, param), "value",
                     genesis_param_value(g, param), "default", genesis_param_default(g, param),
                     "range", genesis_param_range(range, param, false));
}

enum exit_code verb_genesis_show(const struct call *call)
{
    struct genesis_file file;
    if (!genesis_param_file(&file, call))
        return EXIT_USAGE;
    json_t *answer = answer_new(), *list = json_array();
    for (uint32_t i = 0; params_at(i); i++)
        json_array_append_new(list, shown_json(&file.genesis, params_at(i)));
    json_object_set_new(answer, "parameters", list);
    genesis_file_free(&file);
    return answer_give(call, answer);
}

/* The default as the documents show it. */
static const char *default_text(char out[32], const struct param *param)
{
    if (param->origin == PARAM_REQUIRED)
        return "required";
    if (param->origin == PARAM_DERIVED)
        return "derived";
    if (param->kind == PARAM_IS_CHOICE)
        return param->words[param->fallback];
    if (param->kind == PARAM_IS_LIST)
        return param->least == 0 ? "none" : "one";
    return genesis_param_digits(out, param->fallback, true);
}

static void print_markdown(void)
{
    char range[GENESIS_RANGE_CHARS], digits[32];
    const char *group = "";
    printf("| number | group | key | default | range | may change |\n|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        const bool is_new = strcmp(group, p->group) != 0;
        group = p->group;
        printf("| %d | %s%s%s | %s%s%s | %s | %s%s%s | %s |\n", (int)p->number, is_new ? "`" : "",
               is_new ? group : "", is_new ? "`" : "", *p->key ? "`" : "", p->key,
               *p->key ? "`" : "", default_text(digits, p), genesis_param_range(range, p, true),
               *p->note ? "; " : "", p->note, changes(p));
    }
}

enum exit_code verb_genesis_parameters(const struct call *call)
{
    struct genesis g;
    if (call_option(call, "--markdown")) {
        print_markdown();
        return answer_end(call, EXIT_DONE);
    }
    params_fill(&g);
    json_t *answer = answer_new(), *list = json_array();
    for (uint32_t i = 0; params_at(i); i++)
        json_array_append_new(list, row_json(&g, params_at(i)));
    json_object_set_new(answer, "parameters", list);
    return answer_give(call, answer);
}
