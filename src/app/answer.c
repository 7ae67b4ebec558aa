/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"

#include "app/json_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { REAL_DIGITS = 6 }; /* of what is measured; whatever else is said is whole */

json_t *answer_new(void)
{
    return json_pack("{s:i}", "v", 1);
}

static void print_scalar(const json_t *value)
{
    const char *text = json_string_value(value);
    if (text)
        printf("%s", text + (text[0] == JSON_TEXT_MARK));
    else if (json_is_integer(value))
        printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        printf("%s", json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "-");
}

static void print_value(const json_t *value);

/* The values of an object side by side. */
static void print_pairs(const json_t *object)
{
    const char *key, *gap = "";
    json_t *value;
    if (json_object_size(object) == 0)
        printf("-");
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        printf("%s%s ", gap, key);
        print_value(value);
        gap = ", ";
    }
}

/* A list inside an item stands in brackets. */
static void print_value(const json_t *value)
{
    if (json_is_array(value)) {
        printf("[");
        for (size_t i = 0; i < json_array_size(value); i++) {
            printf("%s", i > 0 ? " " : "");
            print_value(json_array_get(value, i));
        }
        printf("]");
    } else if (json_is_object(value)) {
        print_pairs(value);
    } else {
        print_scalar(value);
    }
}

/* The same answer for a person: a line a field, an indented line an item of a list. */
static void print_text(json_t *answer)
{
    const char *key;
    json_t *value;
    json_object_foreach(answer, key, value)
    {
        if (strcmp(key, "v") == 0)
            continue;
        printf("%s: ", key);
        if (!json_is_array(value)) {
            print_value(value);
            printf("\n");
            continue;
        }
        printf("%zu\n", json_array_size(value));
        for (size_t i = 0; i < json_array_size(value); i++) {
            printf("  ");
            print_value(json_array_get(value, i));
            printf("\n");
        }
    }
}

static void print_json(const json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
    assert(text);
    fwrite(text, 1, json_text_restore(text, strlen(text)), stdout);
    free(text);
    printf("\n");
}

enum exit_code answer_give(const struct call *call, json_t *answer)
{
    assert(answer);
    if (call->format == ANSWER_JSON)
        print_json(answer);
    else
        print_text(answer);
    json_decref(answer);
    return answer_end(call, EXIT_DONE);
}

static enum exit_code exit_code_of(enum err code)
{
    if (code == ERR_OUTPUT_WRITE || code == ERR_CRYPTO_START)
        return EXIT_REFUSED;
    const bool is_missing =
        code == ERR_NAME_UNKNOWN || code == ERR_ROW_UNKNOWN || code == ERR_HEIGHT_UNKNOWN;
    return is_missing ? EXIT_NOT_FOUND : EXIT_USAGE;
}

enum exit_code answer_error(const struct call *call, enum err code, const char *detail)
{
    const struct err_row *row = err_get(code);
    fprintf(stderr, "peerwatt: %s%s%s [%s]\n  %s\n", detail ? detail : "", detail ? ": " : "",
            row->sentence, row->name, row->hint);
    if (call->format == ANSWER_JSON) {
        json_t *error = json_pack("{s:i, s:{s:s, s:i, s:s, s:s?, s:s}}", "v", 1, "error", "code",
                                  row->name, "number", (int)row->number, "sentence", row->sentence,
                                  "detail", detail, "hint", row->hint);
        if (error) /* a detail that is not UTF-8 cannot be told in JSON */
            print_json(error);
        json_decref(error);
    }
    return exit_code_of(code);
}

enum exit_code answer_end(const struct call *call, enum exit_code code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        const struct call as_text = {.verb = call->verb, .format = ANSWER_TEXT};
        return answer_error(&as_text, ERR_OUTPUT_WRITE, NULL);
    }
    return code;
}
