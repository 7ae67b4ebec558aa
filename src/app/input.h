/* SPDX-License-Identifier: Apache-2.0 */
/* app/input.h - reads what study verbs are given: files, JSON objects, hexadecimal text.
 *
 * Every reader says what is wrong by itself (answer_error) and then returns NULL or false; the
 * verb only has to return the exit code for unreadable input. "-" is standard input. */
#ifndef PEERWATT_APP_INPUT_H
#define PEERWATT_APP_INPUT_H

#include "app/call.h"
#include "base/bytes.h"
#include "base/must_use.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INPUT_BYTES_MAX = 256 << 20 };

struct input_bytes { /* heap; the reader owns it until input_free */
    uint8_t *at;
    size_t len;
};

MUST_USE bool input_file(struct input_bytes *out, const struct call *call, const char *path);
void input_free(struct input_bytes *bytes);

/* Any number of bytes from hexadecimal text; @name says where it stood. */
MUST_USE bool input_hex(struct input_bytes *out, const struct call *call, const char *text,
                        const char *name);

/* Exactly @len bytes. */
MUST_USE bool input_hex_exact(uint8_t *out, size_t len, const struct call *call, const char *text,
                              const char *name);

/* The one JSON object in a file, with "v" 1 or none; a new reference. Duplicate keys and numbers
 * that are not whole are refused. */
json_t *input_object(const struct call *call, const char *path);

/* A whole number from 0 to @max; @fallback if the field is missing and @fallback is not NULL. */
MUST_USE bool input_number(uint64_t *out, const struct call *call, const json_t *object,
                           const char *field, uint64_t max, const uint64_t *fallback);

/* A JSON value and where it stands, so that a message can name "blocks[3].reveals[0].slot". It
 * lives on the reader's stack; what it points to must outlive it. */
struct input_node {
    const json_t *value; /* NULL: a list that is not there, which is empty */
    const struct input_node *parent;
    const char *name; /* of the field; NULL: the object of the file */
    size_t index;     /* in the list @parent; INPUT_NO_INDEX: a field of it */
};

#define INPUT_NO_INDEX SIZE_MAX
#define INPUT_REQUIRED INT64_MIN /* as a fallback: the field must be there */

struct input_field { /* one whole number of an object */
    const char *name;
    int64_t min, max, fallback;
    int64_t *out;
};

void input_root(struct input_node *out, const json_t *object);

MUST_USE bool input_fields(const struct call *call, const struct input_node *node,
                           const struct input_field *fields, size_t count);
MUST_USE bool input_flag(bool *out, const struct call *call, const struct input_node *node,
                         const char *name, bool fallback);
/* A text, borrowed from @node. */
MUST_USE bool input_text(const char **out, const struct call *call, const struct input_node *node,
                         const char *name);
/* Exactly @len bytes as hexadecimal text. */
MUST_USE bool input_id(uint8_t *out, size_t len, const struct call *call,
                       const struct input_node *node, const char *name);

/* A list, empty if the field is missing, and its item @index, which must be an object. */
MUST_USE bool input_list(struct input_node *out, const struct call *call,
                         const struct input_node *node, const char *name);
MUST_USE bool input_item(struct input_node *out, const struct call *call,
                         const struct input_node *list, size_t index);
size_t input_count(const struct input_node *list);
/* The item @index of a list of whole numbers. */
MUST_USE bool input_number_at(int64_t *out, const struct call *call, const struct input_node *list,
                              size_t index, int64_t min, int64_t max);

/* Say what is wrong with a field of @node, or with @node itself where @name is NULL. */
enum exit_code input_refuse(const struct call *call, const struct input_node *node,
                            const char *name, const char *why);

/* Say that a field is missing or not possible, with @why. */
enum exit_code input_field_error(const struct call *call, const char *field, const char *why);

#endif
