/* SPDX-License-Identifier: Apache-2.0 */
/* app/genesis_param.h - what the genesis verbs share: reading the file, and parameters as text.
 *
 * Heap: json_t are new references. */
#ifndef PEERWATT_APP_GENESIS_PARAM_H
#define PEERWATT_APP_GENESIS_PARAM_H

#include "app/call.h"
#include "core/params.h"
#include "node/genesis_yaml.h"

#include <jansson.h>
#include <stdbool.h>

enum { GENESIS_PARAM_CHARS = 64, GENESIS_RANGE_CHARS = 128 };

/* Public keys whose secret halves are published (RFC 8032, 7.1): what the example is filled with.
 */
#define GENESIS_TEST_AUTHORITY "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define GENESIS_TEST_TREASURY "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"

/* The first operand as a genesis file; on false the reason has been said. */
MUST_USE bool genesis_param_file(struct genesis_file *out, const struct call *call);

/* "market.timing", "feeders". */
const char *genesis_param_name(char out[GENESIS_PARAM_CHARS], const struct param *param);

bool genesis_param_is_number(const struct param *param); /* or a choice */

/* A number with its unit in the name, a word, a text, a key, the length of a list. */
json_t *genesis_param_value(const struct genesis *g, const struct param *param);
/* The same of its default, where @g says all else; null if there is none. */
json_t *genesis_param_default(const struct genesis *g, const struct param *param);

/* "1 to 1023; odd", with commas between thousands where @commas. */
const char *genesis_param_range(char out[GENESIS_RANGE_CHARS], const struct param *param,
                                bool commas);

/* Digits, with commas between thousands where @commas. */
const char *genesis_param_digits(char out[32], uint64_t value, bool commas);

#endif
