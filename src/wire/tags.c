/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/tags.h"

#include <assert.h>

static const struct hash_tag tags[TAG_COUNT] = {
#define TAGS_ROW(name, text) {.bytes = text},
    TAGS_TABLE(TAGS_ROW)
#undef TAGS_ROW
};

const struct hash_tag *tag_get(enum tag tag)
{
    assert(tag < TAG_COUNT);
    return &tags[tag];
}
