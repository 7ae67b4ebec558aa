/* SPDX-License-Identifier: Apache-2.0 */
#include "app/call.h"

#include "app/verbs.h"

#include <assert.h>
#include <string.h>

static enum err blame(struct call_fault *fault, enum err code, const char *word)
{
    *fault = (struct call_fault){.code = code, .word = word};
    return code;
}

/* The length of @name if @word is it or begins with "name=", else 0. */
static size_t option_matches(const char *word, const char *name)
{
    const size_t len = strlen(name);
    if (strncmp(word, name, len) != 0 || (word[len] != '\0' && word[len] != '='))
        return 0;
    return len;
}

static enum err take_option(struct call *call, struct call_fault *fault, int *at, int count,
                            const char *const *words)
{
    const char *word = words[*at];
    if (strcmp(word, "--json") == 0)
        return ERR_OK; /* read before, wherever it stands */
    for (uint32_t i = 0; i < VERB_OPTIONS_MAX && call->verb->options[i].name; i++) {
        const struct verb_option *option = &call->verb->options[i];
        const size_t len = option_matches(word, option->name);
        if (len == 0)
            continue;
        const bool is_joined = word[len] == '=';
        if (call->value[i] || (is_joined && !option->value))
            return blame(fault, ERR_USAGE, word);
        if (!option->value || is_joined) {
            call->value[i] = option->value ? word + len + 1 : "";
            return ERR_OK;
        }
        if (*at + 1 == count)
            return blame(fault, ERR_USAGE, word);
        call->value[i] = words[++*at];
        return ERR_OK;
    }
    return blame(fault, ERR_OPTION_UNKNOWN, word);
}

static enum err take_words(struct call *call, struct call_fault *fault, int count,
                           const char *const *words)
{
    bool options_ended = false;
    for (int at = 0; at < count; at++) {
        const char *word = words[at];
        if (!options_ended && strcmp(word, "--") == 0) {
            options_ended = true;
        } else if (!options_ended && word[0] == '-' && word[1] != '\0') {
            const enum err bad = take_option(call, fault, &at, count, words);
            if (bad)
                return bad;
        } else {
            if (call->operand_count == call->verb->operands_max)
                return blame(fault, ERR_USAGE, word);
            call->operand[call->operand_count++] = word;
        }
    }
    if (call->operand_count < call->verb->operands_min)
        return blame(fault, ERR_USAGE, NULL);
    return ERR_OK;
}

/* Help and the answer's form are wanted wherever they are said, also beside an error. */
static void look_for_globals(struct call *call, int count, const char *const *words)
{
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
        if (strcmp(words[i], "--json") == 0)
            call->format = ANSWER_JSON;
        if (strcmp(words[i], "-h") == 0 || strcmp(words[i], "--help") == 0)
            call->wants_help = true;
    }
}

enum err call_parse(struct call *call, struct call_fault *fault, int count,
                    const char *const *words)
{
    *call = (struct call){.format = ANSWER_TEXT};
    look_for_globals(call, count, words);
    int used = 0;
    call->verb = verbs_find(&used, count, words);
    if (call->wants_help)
        return ERR_OK;
    if (!call->verb) {
        blame(fault, ERR_VERB_UNKNOWN, count > 0 ? words[0] : NULL);
        verbs_typed(fault->typed, count, words);
        return fault->code;
    }
    return take_words(call, fault, count - used, words + used);
}

const char *call_option(const struct call *call, const char *name)
{
    for (uint32_t i = 0; i < VERB_OPTIONS_MAX && call->verb->options[i].name; i++)
        if (strcmp(call->verb->options[i].name, name) == 0)
            return call->value[i];
    assert(false); /* the verb has no such option */
    return NULL;
}
