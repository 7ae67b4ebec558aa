/* SPDX-License-Identifier: Apache-2.0 */
/* text/message_json.h - the JSON form of messages, for the API, logs and people.
 *
 * Fields have the names of schema/peerwatt.proto and stand in its order, all of them: whole
 * numbers, true and false, the names of choices ("bid"), bytes as lower-case hexadecimal, null
 * where there are none. An op is an object with its one arm: {"order": {...}}. It is for reading
 * only: what is signed is bytes, and JSON never becomes bytes again.
 *
 * Heap: each function returns a new reference, which the caller decrefs. */
#ifndef PEERWATT_TEXT_MESSAGE_JSON_H
#define PEERWATT_TEXT_MESSAGE_JSON_H

#include "wire/envelope.h"
#include "wire/genesis.h"

#include <jansson.h>

/* {"slot", "key", "nonce", "expires_height", "ops"} and "signature". */
json_t *envelope_to_json(const struct envelope *envelope);

json_t *genesis_to_json(const struct genesis *genesis);

/* {"verdict": "RANGE", "message": "Order", "field": "energy_wh"}; field is "" where no known one
 * is concerned. */
json_t *wire_fault_to_json(const struct wire_fault *fault);

/* "CUT", "RANGE", ... Constant text. */
const char *wire_verdict_name(enum wire_verdict verdict);

#endif
