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

/* The same without a version: where "v" means something else. */
json_t *input_object_bare(const struct call *call, const char *path);

/* Answer by @run for the object in the call's first operand; the input lives until it returns. */
enum exit_code input_serve(const struct call *call,
                           enum exit_code (*run)(const struct call *call, json_t *input));

/* The same, and numbers that are not whole are kept as their text (json_text.h). */
json_t *input_object_exact(const struct call *call, const char *path);

/* A whole number from @min to @max, either sign; @fallback as below. */
MUST_USE bool input_whole(int64_t *out, const struct call *call, const json_t *object,
                          const char *field, int64_t min, int64_t max, const int64_t *fallback);

/* A number of input_object_exact, times @multiplier, exact and then rounded half to even once. */
MUST_USE bool input_scaled(int64_t *out, const struct call *call, const json_t *object,
                           const char *field, uint64_t multiplier);

/* A whole number from 0 to @max; @fallback if the field is missing and @fallback is not NULL. */
MUST_USE bool input_number(uint64_t *out, const struct call *call, const json_t *object,
                           const char *field, uint64_t max, const uint64_t *fallback);

/* true or false; @fallback if the field is missing. */
MUST_USE bool input_flag(bool *out, const struct call *call, const json_t *object,
                         const char *field, bool fallback);

/* Text, borrowed from @object; @fallback if the field is missing and @fallback is not NULL. */
MUST_USE bool input_text(const char **out, const struct call *call, const json_t *object,
                         const char *field, const char *fallback);

/* One of @names (NULL ends them): its place is written; a missing field is the first one if
 * @has_default. */
MUST_USE bool input_choice(uint32_t *out, const struct call *call, const json_t *object,
                           const char *field, const char *const *names, bool has_default);

/* A list of objects or numbers, borrowed from @object; a missing field is an empty list: then
 * *@out is NULL, which jansson counts as empty. */
MUST_USE bool input_list(const json_t **out, const struct call *call, const json_t *object,
                         const char *field);

/* The whole number at @index of a list, from 1 to @max; @field says where it stood. */
MUST_USE bool input_item(uint64_t *out, const struct call *call, const json_t *list, size_t index,
                         const char *field, uint64_t max);

/* Say that a field is missing or not possible, with @why. */
enum exit_code input_field_error(const struct call *call, const char *field, const char *why);

#endif
