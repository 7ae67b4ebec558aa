/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/verb_rows.h"

#include <stdio.h>
#include <string.h>

static const struct err_row *find_by_name_or_number(const char *text)
{
    const struct err_row *row = err_find(text);
    for (uint32_t i = 0; !row && err_at(i); i++) {
        char number[8];
        snprintf(number, sizeof number, "%u", (unsigned)err_at(i)->number);
        if (strcmp(number, text) == 0)
            row = err_at(i);
    }
    return row;
}

static json_t *row_as_json(const struct err_row *row)
{
    return json_pack("{s:s, s:i, s:s, s:s}", "code", row->name, "number", (int)row->number,
                     "sentence", row->sentence, "hint", row->hint);
}

static enum exit_code give_all(const struct call *call)
{
    json_t *answer = answer_new(), *errors = json_array();
    for (uint32_t i = 0; err_at(i); i++)
        json_array_append_new(errors, row_as_json(err_at(i)));
    json_object_set_new(answer, "errors", errors);
    return answer_give(call, answer);
}

static void print_markdown(void)
{
    printf("# Errors\n\n"
           "Made by `peerwatt explain --markdown` from the table in `src/base/err.h`; do not edit. "
           "Numbers up to %d are refusals by a rule and stand in a block's results; the others "
           "never reach the ledger.\n\n"
           "| number | code | what is wrong | what to do now |\n|---|---|---|---|\n",
           (int)ERR_REFUSAL_MAX);
    for (uint32_t i = 0; err_at(i); i++)
        printf("| %u | `%s` | %s | %s |\n", (unsigned)err_at(i)->number, err_at(i)->name,
               err_at(i)->sentence, err_at(i)->hint);
}

enum exit_code verb_explain(const struct call *call)
{
    if (call_option(call, "--markdown")) {
        print_markdown();
        return answer_end(call, EXIT_DONE);
    }
    if (call->operand_count == 0)
        return give_all(call);
    const struct err_row *row = find_by_name_or_number(call->operand[0]);
    if (!row)
        return answer_error(call, ERR_NAME_UNKNOWN, call->operand[0]);
    json_t *answer = answer_new();
    json_t *fields = row_as_json(row);
    json_object_update(answer, fields);
    json_decref(fields);
    return answer_give(call, answer);
}
