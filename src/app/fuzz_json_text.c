/* SPDX-License-Identifier: Apache-2.0 */
/* app/fuzz_json_text.c - any bytes: marking fits the room it asks for, and whatever JSON reads
 * with its numbers marked is written back without a mark. */
#include "app/json_text.h"

#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (memchr(bytes, JSON_TEXT_MARK, len)) /* a mark of the input's own comes off as well */
        return 0;
    char *kept = malloc(json_text_room(len));
    assert(kept);
    const size_t kept_len = json_text_keep(kept, (struct span){bytes, len});
    assert(kept_len >= len && kept_len <= json_text_room(len));
    json_t *value = json_loadb(kept, kept_len, JSON_DECODE_ANY, NULL);
    char *written = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (written)
        assert(!memchr(written, JSON_TEXT_MARK, json_text_restore(written, strlen(written))));
    assert(json_text_restore(kept, kept_len) == len);
    assert(memcmp(kept, bytes, len) == 0);
    free(written);
    json_decref(value);
    free(kept);
    return 0;
}
