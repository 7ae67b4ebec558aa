/* SPDX-License-Identifier: Apache-2.0 */
/* tests/vectors/vectors.h - third-party test vectors, read where they lie: ../shared/vectors
 * beside the checkout, or the folder named by PEERWATT_VECTORS.
 *
 * For tests only. When the folder is not there the test says so and skips; when it is there, a
 * missing or unreadable file fails the test. */
#ifndef PEERWATT_TESTS_VECTORS_VECTORS_H
#define PEERWATT_TESTS_VECTORS_VECTORS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* The document at @path below the vectors' folder; the caller decrefs it. Skips the running
 * cmocka test, and does not return, if there is no such folder. */
json_t *vectors_open(const char *path);

/* Calls @visit for each .json file below @folder, in no fixed order; returns how many. Skips like
 * vectors_open. */
unsigned vectors_walk(const char *folder, void (*visit)(const char *path, const json_t *doc));

/* The bytes of a text field; fail the test if it is missing, unreadable or longer than @max. */
size_t vectors_hex(uint8_t *out, size_t max, const json_t *doc, const char *field);
size_t vectors_base64(uint8_t *out, size_t max, const json_t *text);

#endif
