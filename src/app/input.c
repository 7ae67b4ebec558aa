/* SPDX-License-Identifier: Apache-2.0 */
#include "app/input.h"

#include "app/answer.h"
#include "base/ids.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_CHARS_MAX = 512, WHY_CHARS_MAX = 256, CHUNK_BYTES = 1 << 16 };

static bool read_stream(struct input_bytes *out, const struct call *call, FILE *stream,
                        const char *path)
{
    size_t room = 0;
    *out = (struct input_bytes){NULL, 0};
    for (;;) {
        if (room - out->len < CHUNK_BYTES) {
            room = room ? 2 * room : CHUNK_BYTES;
            out->at = realloc(out->at, room);
            assert(out->at);
        }
        const size_t got = fread(out->at + out->len, 1, CHUNK_BYTES, stream);
        out->len += got;
        if (out->len > INPUT_BYTES_MAX) {
            answer_error(call, ERR_FILE_LARGE, path);
            return false;
        }
        if (got < CHUNK_BYTES)
            break;
    }
    if (ferror(stream)) { /* a folder can be opened but not read */
        char detail[DETAIL_CHARS_MAX];
        snprintf(detail, sizeof detail, "%s (%s)", path, strerror(errno));
        answer_error(call, ERR_FILE_READ, detail);
        return false;
    }
    return true;
}

bool input_file(struct input_bytes *out, const struct call *call, const char *path)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    if (!stream) {
        char detail[DETAIL_CHARS_MAX];
        snprintf(detail, sizeof detail, "%s (%s)", path, strerror(errno));
        answer_error(call, ERR_FILE_READ, detail);
        return false;
    }
    const bool done = read_stream(out, call, stream, path);
    if (!is_stdin)
        fclose(stream);
    if (!done)
        input_free(out);
    return done;
}

void input_free(struct input_bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct input_bytes){NULL, 0};
}

bool input_hex_exact(uint8_t *out, size_t len, const struct call *call, const char *text,
                     const char *name)
{
    const enum err bad = hex_parse(out, len, span_of_text(text));
    if (bad) {
        char detail[DETAIL_CHARS_MAX];
        snprintf(detail, sizeof detail, "%s (%zu bytes, %zu digits)", name, len, 2 * len);
        answer_error(call, bad, detail);
    }
    return !bad;
}

bool input_hex(struct input_bytes *out, const struct call *call, const char *text, const char *name)
{
    const size_t len = strlen(text) / 2;
    out->at = malloc(len + 1);
    out->len = len;
    assert(out->at);
    const enum err bad = hex_parse(out->at, len, span_of_text(text));
    if (bad) {
        answer_error(call, bad, name);
        input_free(out);
    }
    return !bad;
}

json_t *input_object(const struct call *call, const char *path)
{
    struct input_bytes bytes;
    if (!input_file(&bytes, call, path))
        return NULL;
    json_error_t error;
    json_t *object = json_loadb((const char *)bytes.at, bytes.len, JSON_REJECT_DUPLICATES, &error);
    input_free(&bytes);
    char detail[DETAIL_CHARS_MAX];
    if (!object) {
        snprintf(detail, sizeof detail, "%s, line %d, column %d: %s", path, error.line,
                 error.column, error.text);
        answer_error(call, ERR_JSON_SYNTAX, detail);
        return NULL;
    }
    const uint64_t first = 1;
    uint64_t version = 0;
    if (!json_is_object(object))
        answer_error(call, ERR_JSON_SYNTAX, path);
    else if (input_number(&version, call, object, "v", INT64_MAX, &first) && version != 1)
        input_field_error(call, "v", "this program reads version 1");
    if (version == 1)
        return object;
    json_decref(object);
    return NULL;
}

enum exit_code input_field_error(const struct call *call, const char *field, const char *why)
{
    char detail[DETAIL_CHARS_MAX];
    snprintf(detail, sizeof detail, "field \"%s\": %s", field, why);
    return answer_error(call, ERR_JSON_FIELD, detail);
}

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

bool input_number(uint64_t *out, const struct call *call, const json_t *object, const char *field,
                  uint64_t max, const uint64_t *fallback)
{
    const json_t *value = json_object_get(object, field);
    if (!value && fallback) {
        *out = *fallback;
        return true;
    }
    int64_t number;
    char why[WHY_CHARS_MAX];
    if (!read_whole(&number, value, 0, max > INT64_MAX ? INT64_MAX : (int64_t)max, why)) {
        input_field_error(call, field, why);
        return false;
    }
    *out = (uint64_t)number;
    return true;
}

void input_root(struct input_node *out, const json_t *object)
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

enum exit_code input_refuse(const struct call *call, const struct input_node *node,
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
    input_refuse(call, node, field->name, why);
    return false;
}

bool input_fields(const struct call *call, const struct input_node *node,
                  const struct input_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!read_field(call, node, &fields[i]))
            return false;
    return true;
}

bool input_flag(bool *out, const struct call *call, const struct input_node *node, const char *name,
                bool fallback)
{
    const json_t *value = json_object_get(node->value, name);
    *out = value ? json_is_true(value) : fallback;
    if (!value || json_is_boolean(value))
        return true;
    input_refuse(call, node, name, "true or false is needed");
    return false;
}

bool input_text(const char **out, const struct call *call, const struct input_node *node,
                const char *name)
{
    *out = json_string_value(json_object_get(node->value, name));
    if (!*out)
        input_refuse(call, node, name, "a text is needed");
    return *out != NULL;
}

bool input_id(uint8_t *out, size_t len, const struct call *call, const struct input_node *node,
              const char *name)
{
    const char *text = json_string_value(json_object_get(node->value, name));
    if (text && hex_parse(out, len, span_of_text(text)) == ERR_OK)
        return true;
    char why[WHY_CHARS_MAX];
    snprintf(why, sizeof why, "%zu bytes as lower-case hexadecimal text are needed", len);
    input_refuse(call, node, name, why);
    return false;
}

bool input_list(struct input_node *out, const struct call *call, const struct input_node *node,
                const char *name)
{
    *out = field_of(node, name);
    if (!out->value || json_is_array(out->value))
        return true;
    input_refuse(call, node, name, "a list is needed");
    return false;
}

static struct input_node item_of(const struct input_node *list, size_t index)
{
    return (struct input_node){
        .value = json_array_get(list->value, index), .parent = list, .index = index};
}

bool input_item(struct input_node *out, const struct call *call, const struct input_node *list,
                size_t index)
{
    *out = item_of(list, index);
    if (json_is_object(out->value))
        return true;
    input_refuse(call, out, NULL, "an object is needed");
    return false;
}

size_t input_count(const struct input_node *list)
{
    return json_array_size(list->value);
}

bool input_number_at(int64_t *out, const struct call *call, const struct input_node *list,
                     size_t index, int64_t min, int64_t max)
{
    const struct input_node item = item_of(list, index);
    char why[WHY_CHARS_MAX];
    if (read_whole(out, item.value, min, max, why))
        return true;
    input_refuse(call, &item, NULL, why);
    return false;
}
