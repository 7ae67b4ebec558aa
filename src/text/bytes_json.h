/* SPDX-License-Identifier: Apache-2.0 */
/* text/bytes_json.h - bytes as they stand in JSON everywhere. */
#ifndef PEERWATT_TEXT_BYTES_JSON_H
#define PEERWATT_TEXT_BYTES_JSON_H

#include "base/bytes.h"

#include <jansson.h>

/* Lower-case hexadecimal text, null where there are no bytes; a new reference. */
json_t *bytes_to_json(struct span bytes);

#endif
