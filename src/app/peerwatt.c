/* SPDX-License-Identifier: Apache-2.0 */
/* app/peerwatt.c - the one program: finds the verb in the table and runs it. */
#include "app/answer.h"
#include "app/call.h"
#include "app/help.h"
#include "app/verbs.h"

#include <sodium.h>
#include <stdio.h>

/* "study" alone is half a command: its group is the answer. Else the nearest may be meant. */
static enum exit_code refuse_unknown(const struct call *call, const struct call_fault *fault)
{
    char detail[256];
    const char *nearest = verbs_nearest(fault->typed);
    const bool is_group = nearest && verbs_is_in_group(nearest, fault->typed);
    const char *shown = *fault->typed ? fault->typed : fault->word;
    snprintf(detail, sizeof detail, "%s%s%s%s", shown,
             is_group  ? " (one of its commands is needed"
             : nearest ? " (did you mean `peerwatt "
                       : "",
             nearest && !is_group ? nearest : "",
             is_group  ? ")"
             : nearest ? "`?)"
                       : "");
    const enum exit_code code = answer_error(call, is_group ? ERR_USAGE : fault->code, detail);
    if (is_group && call->format == ANSWER_TEXT)
        help_print_group(stderr, fault->typed);
    return code;
}

static enum exit_code refuse(const struct call *call, const struct call_fault *fault)
{
    if (fault->code == ERR_VERB_UNKNOWN)
        return refuse_unknown(call, fault);
    const enum exit_code code = answer_error(call, fault->code, fault->word);
    if (call->format == ANSWER_TEXT)
        help_print_usage(stderr, call->verb);
    return code;
}

int main(int argc, char **argv)
{
    struct call call;
    struct call_fault fault = {.code = ERR_OK};
    const int words = argc > 0 ? argc - 1 : 0;
    const enum err bad = call_parse(&call, &fault, words, (const char *const *)argv + 1);
    if (call.wants_help || words == 0) {
        help_print(stdout, call.verb);
        return (int)answer_end(&call, EXIT_DONE);
    }
    if (bad)
        return (int)refuse(&call, &fault);
    if (sodium_init() < 0)
        return (int)answer_error(&call, ERR_CRYPTO_START, NULL);
    return (int)call.verb->run(&call);
}
