/* SPDX-License-Identifier: Apache-2.0 */
/* app/input_node.h - reads JSON input and says exactly where it is wrong.
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

/* Answer by @run for the object in the call's first operand; it lives until @run returns. */
enum exit_code input_node_serve(const struct call *call,
                                enum exit_code (*run)(const struct call *call,
                                                      const struct input_node *input));

/* A field, whatever it holds; its value is NULL if it is missing. A field of no object is missing.
 */
struct input_node input_node_field(const struct input_node *node, const char *name);

/* Several whole numbers. */
MUST_USE bool input_node_fields(const struct call *call, const struct input_node *node,
                                const struct input_field *fields, size_t count);

/* A whole number from 0 to @max; @fallback if the field is missing and @fallback is not NULL. */
MUST_USE bool input_node_number(uint64_t *out, const struct call *call,
                                const struct input_node *node, const char *name, uint64_t max,
                                const uint64_t *fallback);

/* A whole number from @min to @max, either sign; @fallback likewise. */
MUST_USE bool input_node_whole(int64_t *out, const struct call *call, const struct input_node *node,
                               const char *name, int64_t min, int64_t max, const int64_t *fallback);

/* A number of input_object_exact, times @multiplier, exact and then rounded half to even once. */
MUST_USE bool input_node_scaled(int64_t *out, const struct call *call,
                                const struct input_node *node, const char *name,
                                uint64_t multiplier);

/* true or false; @fallback if the field is missing. */
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

/* A list, empty if the field is missing; then its value is NULL. */
MUST_USE bool input_node_list(struct input_node *out, const struct call *call,
                              const struct input_node *node, const char *name);
size_t input_node_count(const struct input_node *list);

/* The item @index of a list, whatever it is. */
struct input_node input_node_at(const struct input_node *list, size_t index);

/* The same, which must be an object, */
MUST_USE bool input_node_item(struct input_node *out, const struct call *call,
                              const struct input_node *list, size_t index);

/* or a whole number. */
MUST_USE bool input_node_number_at(int64_t *out, const struct call *call,
                                   const struct input_node *list, size_t index, int64_t min,
                                   int64_t max);

/* Say what is wrong with a field of @node, or with @node itself where @name is NULL. */
enum exit_code input_node_refuse(const struct call *call, const struct input_node *node,
                                 const char *name, const char *why);

#endif
