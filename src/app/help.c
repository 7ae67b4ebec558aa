/* SPDX-License-Identifier: Apache-2.0 */
#include "app/help.h"

#include "app/answer.h"
#include "app/verb_rows.h"
#include "app/verbs.h"

#include <string.h>

enum { COLUMN = 26 };

void help_print_usage(FILE *out, const struct verb *verb)
{
    fprintf(out, "usage: peerwatt %s%s%s%s\n", verb->path, *verb->operands ? " " : "",
            verb->operands, verb->options[0].name ? " [options]" : "");
}

static void print_option(FILE *out, const char *name, const char *value, const char *meaning)
{
    char left[64];
    snprintf(left, sizeof left, "%s%s%s", name, value ? " " : "", value ? value : "");
    fprintf(out, "  %-*s%s\n", COLUMN, left, meaning);
}

static void print_verb(FILE *out, const struct verb *verb)
{
    fprintf(out, "Examples:\n");
    for (int i = 0; i < VERB_EXAMPLES; i++)
        fprintf(out, "  peerwatt %s\n", verb->examples[i]);
    fprintf(out, "\n%s\n\n", verb->summary);
    help_print_usage(out, verb);
    for (int i = 0; i < VERB_OPTIONS_MAX && verb->options[i].name; i++)
        print_option(out, verb->options[i].name, verb->options[i].value, verb->options[i].meaning);
    print_option(out, "--json", NULL, "the answer, or the error, as one line of JSON");
}

static void print_all(FILE *out)
{
    fprintf(out, "Examples:\n"
                 "  peerwatt version\n"
                 "  peerwatt explain UNIT_MISSING\n"
                 "  peerwatt help study vrf prove\n\n"
                 "Peerwatt lets the households of a neighbourhood trade their own electricity.\n\n"
                 "Commands (`peerwatt COMMAND -h` shows one):\n");
    for (uint32_t i = 0; verbs_at(i); i++)
        fprintf(out, "  %-*s%s\n", COLUMN, verbs_at(i)->path, verbs_at(i)->summary);
    fprintf(out, "\nEvery command takes --json. Exit codes: 0 done, 1 refused or failed,\n"
                 "2 wrong words or unreadable input, 4 not found.\n");
}

void help_print_group(FILE *out, const char *typed)
{
    for (uint32_t i = 0; verbs_at(i); i++)
        if (verbs_is_in_group(verbs_at(i)->path, typed))
            fprintf(out, "  %-*s%s\n", COLUMN, verbs_at(i)->path, verbs_at(i)->summary);
}

void help_print(FILE *out, const struct verb *verb)
{
    if (verb)
        print_verb(out, verb);
    else
        print_all(out);
}

/* roff takes a dash for a hyphen unless it is escaped. */
static void print_roff(const char *text)
{
    for (; *text; text++)
        printf(*text == '-' ? "\\-" : *text == '\\' ? "\\e" : "%c", *text);
}

static void print_roff_verb(const struct verb *verb)
{
    printf(".TP\n.B peerwatt ");
    print_roff(verb->path);
    printf(" ");
    print_roff(verb->operands);
    printf("\n");
    print_roff(verb->summary);
    printf("\n");
    for (int i = 0; i < VERB_OPTIONS_MAX && verb->options[i].name; i++) {
        printf(".br\n");
        print_roff(verb->options[i].name);
        printf("%s%s: ", verb->options[i].value ? " " : "",
               verb->options[i].value ? verb->options[i].value : "");
        print_roff(verb->options[i].meaning);
        printf("\n");
    }
}

static void print_man(void)
{
    printf(".\\\" SPDX-License-Identifier: Apache-2.0\n"
           ".\\\" Made by `peerwatt help --man` from the table of commands; do not edit.\n"
           ".TH PEERWATT 1\n.SH NAME\npeerwatt \\- trade electricity between neighbours\n"
           ".SH SYNOPSIS\n.B peerwatt\nCOMMAND [OPERANDS] [OPTIONS]\n.SH COMMANDS\n");
    for (uint32_t i = 0; verbs_at(i); i++)
        print_roff_verb(verbs_at(i));
    printf(".SH OPTIONS\n.TP\n.B \\-\\-json\nThe answer, or the error, as one line of JSON.\n"
           ".TP\n.B \\-h\nThree examples and the options of a command.\n"
           ".SH EXIT STATUS\n0 done, 1 refused or failed, 2 wrong words or unreadable input, "
           "4 not found.\n");
}

static enum exit_code give_list(const struct call *call)
{
    json_t *answer = answer_new(), *commands = json_array();
    for (uint32_t i = 0; verbs_at(i); i++)
        json_array_append_new(commands,
                              json_pack("{s:s, s:s, s:s}", "command", verbs_at(i)->path, "operands",
                                        verbs_at(i)->operands, "summary", verbs_at(i)->summary));
    json_object_set_new(answer, "commands", commands);
    return answer_give(call, answer);
}

enum exit_code verb_help(const struct call *call)
{
    int used = 0;
    const int count = (int)call->operand_count;
    const struct verb *verb = verbs_find(&used, count, call->operand);
    if (count > 0 && used != count) {
        char typed[VERB_PATH_CHARS_MAX];
        verbs_typed(typed, count, call->operand);
        return answer_error(call, ERR_VERB_UNKNOWN, typed);
    }
    if (call_option(call, "--man"))
        print_man();
    else if (call->format == ANSWER_JSON)
        return give_list(call);
    else
        help_print(stdout, verb);
    return answer_end(call, EXIT_DONE);
}
