/* SPDX-License-Identifier: Apache-2.0 */
#include "app/input_node.h"

#include "app/answer.h"
#include "app/input.h"
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

static struct input_node field_of(const struct input_node *node, const char *name)
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
    const struct input_node field = name ? field_of(node, name) : *node;
    format_place(place, &field);
    return input_field_error(call, place, why);
}

static bool read_field(const struct call *call, const struct input_node *node,
                       const struct input_field *field)
{
    const json_t *value = json_object_get(node->value, field->name);
    char why[WHY_CHARS_MAX];
    if (!value && field->fallback != INPUT_REQUIRED) {
        *field->out = field->fallback;
        return true;
    }
    if (read_whole(field->out, value, field->min, field->max, why))
        return true;
    input_node_refuse(call, node, field->name, why);
    return false;
}

bool input_node_fields(const struct call *call, const struct input_node *node,
                       const struct input_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!read_field(call, node, &fields[i]))
            return false;
    return true;
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
    *out = field_of(node, name);
    if (!out->value || json_is_array(out->value))
        return true;
    input_node_refuse(call, node, name, "a list is needed");
    return false;
}

static struct input_node item_of(const struct input_node *list, size_t index)
{
    return (struct input_node){
        .value = json_array_get(list->value, index), .parent = list, .index = index};
}

bool input_node_item(struct input_node *out, const struct call *call, const struct input_node *list,
                     size_t index)
{
    *out = item_of(list, index);
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
    const struct input_node item = item_of(list, index);
    char why[WHY_CHARS_MAX];
    if (read_whole(out, item.value, min, max, why))
        return true;
    input_node_refuse(call, &item, NULL, why);
    return false;
}
