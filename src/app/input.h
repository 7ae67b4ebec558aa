/* SPDX-License-Identifier: Apache-2.0 */
/* app/input.h - reads what study verbs are given: files, the JSON object in one, hexadecimal text;
 * what stands in the object is read by app/input_node.h.
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

/* Zeroed heap for @count items, never NULL; the caller frees it. */
void *input_room(size_t count, size_t item_size);

/* Any number of bytes from hexadecimal text; @name says where it stood. */
MUST_USE bool input_hex(struct input_bytes *out, const struct call *call, const char *text,
                        const char *name);

/* Exactly @len bytes. */
MUST_USE bool input_hex_exact(uint8_t *out, size_t len, const struct call *call, const char *text,
                              const char *name);

/* The one JSON object in a file, with "v" 1 or none; a new reference. Duplicate keys and numbers
 * that are not whole are refused. */
json_t *input_object(const struct call *call, const char *path);

/* Like input_object without a version: where "v" means something else. */
json_t *input_object_bare(const struct call *call, const char *path);

/* Like input_object, but numbers that are not whole are kept as their text (json_text.h). */
json_t *input_object_exact(const struct call *call, const char *path);

#endif
