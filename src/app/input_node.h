/* SPDX-License-Identifier: Apache-2.0 */
/* app/input_node.h - reads nested JSON input and says exactly where it is wrong.
 *
 * Like app/input.h every reader says what is wrong by itself and then returns false. */
#ifndef PEERWATT_APP_INPUT_NODE_H
#define PEERWATT_APP_INPUT_NODE_H

#include "app/call.h"
#include "base/must_use.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

void input_node_root(struct input_node *out, const json_t *object);

MUST_USE bool input_node_fields(const struct call *call, const struct input_node *node,
                                const struct input_field *fields, size_t count);
MUST_USE bool input_node_flag(bool *out, const struct call *call, const struct input_node *node,
                              const char *name, bool fallback);
/* One of @names (NULL ends them): its place is written; a missing field is the first one if
 * @has_default. */
MUST_USE bool input_node_choice(uint32_t *out, const struct call *call,
                                const struct input_node *node, const char *name,
                                const char *const *names, bool has_default);
/* A text, borrowed from @node. */
MUST_USE bool input_node_text(const char **out, const struct call *call,
                              const struct input_node *node, const char *name);
/* Exactly @len bytes as hexadecimal text. */
MUST_USE bool input_node_id(uint8_t *out, size_t len, const struct call *call,
                            const struct input_node *node, const char *name);

/* A list, empty if the field is missing, and its item @index, which must be an object. */
MUST_USE bool input_node_list(struct input_node *out, const struct call *call,
                              const struct input_node *node, const char *name);
MUST_USE bool input_node_item(struct input_node *out, const struct call *call,
                              const struct input_node *list, size_t index);
size_t input_node_count(const struct input_node *list);
/* The item @index of a list of whole numbers. */
MUST_USE bool input_node_number_at(int64_t *out, const struct call *call,
                                   const struct input_node *list, size_t index, int64_t min,
                                   int64_t max);

/* Say what is wrong with a field of @node, or with @node itself where @name is NULL. */
enum exit_code input_node_refuse(const struct call *call, const struct input_node *node,
                                 const char *name, const char *why);

#endif
