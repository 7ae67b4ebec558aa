/* SPDX-License-Identifier: Apache-2.0 */
#include "text/bytes_json.h"

#include "base/ids.h"

#include <assert.h>
#include <stdlib.h>

json_t *bytes_to_json(struct span bytes)
{
    if (bytes.len == 0)
        return json_null();
    char *text = malloc(2 * bytes.len + 1);
    assert(text);
    hex_format(text, bytes);
    json_t *value = json_string(text);
    free(text);
    return value;
}
