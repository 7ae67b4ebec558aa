/* SPDX-License-Identifier: Apache-2.0 */
/* app/call.h - one command line, taken apart by the table of verbs.
 *
 * Words are borrowed from argv. An option is written `--name VALUE` or `--name=VALUE`, in any
 * place after the verb; `--` ends the options. */
#ifndef PEERWATT_APP_CALL_H
#define PEERWATT_APP_CALL_H

#include "app/exit.h"
#include "base/err.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CALL_OPERANDS_MAX = 8,
    VERB_OPTIONS_MAX = 6,
    VERB_EXAMPLES = 3,
    VERB_PATH_CHARS_MAX = 64,
};

enum answer_format { ANSWER_TEXT, ANSWER_JSON };

struct call;

struct verb_option {
    const char *name;    /* with its dashes; NULL ends the list */
    const char *value;   /* placeholder of its value; NULL: a switch without one */
    const char *meaning; /* half a sentence */
};

struct verb {
    const char *path;     /* words of the command, one space between them */
    const char *operands; /* as shown in the usage line; "" for none */
    const char *summary;  /* one sentence */
    uint32_t operands_min, operands_max;
    struct verb_option options[VERB_OPTIONS_MAX];
    const char *examples[VERB_EXAMPLES]; /* without the program's name */
    enum exit_code (*run)(const struct call *call);
};

struct call {
    const struct verb *verb; /* NULL while it is not known */
    const char *operand[CALL_OPERANDS_MAX];
    uint32_t operand_count;
    const char *value[VERB_OPTIONS_MAX]; /* by position in verb->options; NULL: not given */
    enum answer_format format;
    bool wants_help; /* -h or --help was among the words */
};

/* What went wrong, for the message: the error and the word that shows it. */
struct call_fault {
    enum err code;
    const char *word;                /* NULL if there is none */
    char typed[VERB_PATH_CHARS_MAX]; /* of an unknown verb: the command as it was typed */
};

/* Take the words behind the program's name apart. On anything but ERR_OK @fault is written;
 * call->format is right in any case, so that the error can be told in the form asked for. */
MUST_USE enum err call_parse(struct call *call, struct call_fault *fault, int count,
                             const char *const *words);

/* The value of option @name, which the verb must have; NULL if it was not given. A switch that
 * was given has the value "". */
const char *call_option(const struct call *call, const char *name);

#endif
