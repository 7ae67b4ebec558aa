/* SPDX-License-Identifier: Apache-2.0 */
#include "app/input_node.h"

#include "app/answer.h"
#include "app/input.h"
#include "app/json_text.h"
#include "base/decimal.h"
#include "base/ids.h"

#include <stdio.h>
#include <string.h>

enum { DETAIL_CHARS_MAX = 512, WHY_CHARS_MAX = 256 };

/* False if @value is no whole number from @min to @max; then @why says so. */
static bool read_whole(int64_t *out, const json_t *value, int64_t min, int64_t max,
                       char why[WHY_CHARS_MAX])
{
    const json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= min && number <= max) {
        *out = number;
        return true;
    }
    snprintf(why, WHY_CHARS_MAX, "a whole number from %lld to %lld is needed", (long long)min,
             (long long)max);
    return false;
}

void input_node_root(struct input_node *out, const json_t *object)
{
    *out = (struct input_node){.value = object, .index = INPUT_NO_INDEX};
}

/* "blocks[3].reveals[0]", cut to what fits. */
static void format_place(char text[WHY_CHARS_MAX], const struct input_node *node)
{
    text[0] = '\0';
    if (!node->parent)
        return;
    char before[WHY_CHARS_MAX];
    format_place(before, node->parent);
    if (node->index != INPUT_NO_INDEX)
        snprintf(text, WHY_CHARS_MAX, "%.200s[%zu]", before, node->index);
    else
        snprintf(text, WHY_CHARS_MAX, "%.200s%s%s", before, before[0] ? "." : "", node->name);
}

struct input_node input_node_field(const struct input_node *node, const char *name)
{
    return (struct input_node){.value = json_object_get(node->value, name),
                               .parent = node,
                               .name = name,
                               .index = INPUT_NO_INDEX};
}

enum exit_code input_node_refuse(const struct call *call, const struct input_node *node,
                                 const char *name, const char *why)
{
    char place[WHY_CHARS_MAX];
    const struct input_node field = name ? input_node_field(node, name) : *node;
    char detail[DETAIL_CHARS_MAX];
    format_place(place, &field);
    snprintf(detail, sizeof detail, "field \"%s\": %s", place, why);
    return answer_error(call, ERR_JSON_FIELD, detail);
}

bool input_node_whole(int64_t *out, const struct call *call, const struct input_node *node,
                      const char *name, int64_t min, int64_t max, const int64_t *fallback)
{
    const json_t *value = json_object_get(node->value, name);
    char why[WHY_CHARS_MAX];
    if (!value && fallback) {
        *out = *fallback;
        return true;
    }
    if (read_whole(out, value, min, max, why))
        return true;
    input_node_refuse(call, node, name, why);
    return false;
}

bool input_node_number(uint64_t *out, const struct call *call, const struct input_node *node,
                       const char *name, uint64_t max, const uint64_t *fallback)
{
    const int64_t usual = fallback ? (int64_t)*fallback : 0;
    int64_t number;
    if (!input_node_whole(&number, call, node, name, 0, (int64_t)max, fallback ? &usual : NULL))
        return false;
    *out = (uint64_t)number;
    return true;
}

bool input_node_fields(const struct call *call, const struct input_node *node,
                       const struct input_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct input_field *f = &fields[i];
        const int64_t *fallback = f->fallback == INPUT_REQUIRED ? NULL : &f->fallback;
        if (!input_node_whole(f->out, call, node, f->name, f->min, f->max, fallback))
            return false;
    }
    return true;
}

bool input_node_scaled(int64_t *out, const struct call *call, const struct input_node *node,
                       const char *name, uint64_t multiplier)
{
    const json_t *value = json_object_get(node->value, name);
    const char *text = json_string_value(value);
    char whole[24] = "";
    if (json_is_integer(value)) {
        snprintf(whole, sizeof whole, "%lld", (long long)json_integer_value(value));
        text = whole;
    } else {
        text = text && text[0] == JSON_TEXT_MARK ? text + 1 : "";
    }
    struct decimal number;
    enum err bad = decimal_parse(&number, span_of_text(text));
    if (!bad)
        bad = decimal_scale(out, &number, multiplier, DECIMAL_HALF_EVEN);
    if (bad)
        input_node_refuse(call, node, name, "a number that fits is needed");
    return !bad;
}

bool input_node_flag(bool *out, const struct call *call, const struct input_node *node,
                     const char *name, bool fallback)
{
    const json_t *value = json_object_get(node->value, name);
    *out = value ? json_is_true(value) : fallback;
    if (!value || json_is_boolean(value))
        return true;
    input_node_refuse(call, node, name, "true or false is needed");
    return false;
}

bool input_node_text(const char **out, const struct call *call, const struct input_node *node,
                     const char *name)
{
    *out = json_string_value(json_object_get(node->value, name));
    if (!*out)
        input_node_refuse(call, node, name, "a text is needed");
    return *out != NULL;
}

bool input_node_choice(uint32_t *out, const struct call *call, const struct input_node *node,
                       const char *name, const char *const *names, bool has_default)
{
    const bool is_there = json_object_get(node->value, name) != NULL;
    const char *text = names[0];
    if ((is_there || !has_default) && !input_node_text(&text, call, node, name))
        return false;
    for (uint32_t i = 0; names[i]; i++) {
        if (strcmp(names[i], text) == 0) {
            *out = i;
            return true;
        }
    }
    char why[WHY_CHARS_MAX];
    snprintf(why, sizeof why, "\"%.64s\" is none of the words that may stand here", text);
    input_node_refuse(call, node, name, why);
    return false;
}

bool input_node_id(uint8_t *out, size_t len, const struct call *call, const struct input_node *node,
                   const char *name)
{
    const char *text = json_string_value(json_object_get(node->value, name));
    if (text && hex_parse(out, len, span_of_text(text)) == ERR_OK)
        return true;
    char why[WHY_CHARS_MAX];
    snprintf(why, sizeof why, "%zu bytes as lower-case hexadecimal text are needed", len);
    input_node_refuse(call, node, name, why);
    return false;
}

bool input_node_list(struct input_node *out, const struct call *call, const struct input_node *node,
                     const char *name)
{
    *out = input_node_field(node, name);
    if (!out->value || json_is_array(out->value))
        return true;
    input_node_refuse(call, node, name, "a list is needed");
    return false;
}

struct input_node input_node_at(const struct input_node *list, size_t index)
{
    return (struct input_node){
        .value = json_array_get(list->value, index), .parent = list, .index = index};
}

bool input_node_item(struct input_node *out, const struct call *call, const struct input_node *list,
                     size_t index)
{
    *out = input_node_at(list, index);
    if (json_is_object(out->value))
        return true;
    input_node_refuse(call, out, NULL, "an object is needed");
    return false;
}

size_t input_node_count(const struct input_node *list)
{
    return json_array_size(list->value);
}

bool input_node_number_at(int64_t *out, const struct call *call, const struct input_node *list,
                          size_t index, int64_t min, int64_t max)
{
    const struct input_node item = input_node_at(list, index);
    char why[WHY_CHARS_MAX];
    if (read_whole(out, item.value, min, max, why))
        return true;
    input_node_refuse(call, &item, NULL, why);
    return false;
}

enum exit_code input_node_serve(const struct call *call,
                                enum exit_code (*run)(const struct call *call,
                                                      const struct input_node *input))
{
    struct input_node root;
    json_t *input = input_object(call, call->operand[0]);
    if (!input)
        return EXIT_USAGE;
    input_node_root(&root, input);
    const enum exit_code code = run(call, &root);
    json_decref(input);
    return code;
}
