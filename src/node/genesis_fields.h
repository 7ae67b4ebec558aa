/* SPDX-License-Identifier: Apache-2.0 */
/* node/genesis_fields.h - scalars and small maps of a genesis file, into C values.
 *
 * Each reader says what is wrong in @fault, with line and column, and returns its code. Texts are
 * borrowed from the tree. */
#ifndef PEERWATT_NODE_GENESIS_FIELDS_H
#define PEERWATT_NODE_GENESIS_FIELDS_H

#include "base/must_use.h"
#include "node/yaml_tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GENESIS_FIELDS_MAX = 32 }; /* of one map */

enum genesis_field_kind {
    FIELD_U32,
    FIELD_U64, /* up to 2^63 - 1, so it also fits int64_t */
    FIELD_HEX, /* size bytes */
    FIELD_FLAG,
    FIELD_TEXT, /* struct span */
    FIELD_NODE  /* const struct yaml_tree_node *: read later */
};

struct genesis_field {
    const char *key;
    enum genesis_field_kind kind;
    size_t offset, size; /* in the item */
    bool is_optional;    /* then its default is zero */
};

bool genesis_scalar_is(const struct yaml_tree_node *node, const char *text);

MUST_USE enum err genesis_read_number(uint64_t *out, const struct yaml_tree_node *node,
                                      const char *key, uint64_t most, struct yaml_fault *fault);
MUST_USE enum err genesis_read_hex(uint8_t *out, size_t len, const struct yaml_tree_node *node,
                                   const char *key, struct yaml_fault *fault);
MUST_USE enum err genesis_read_text(struct span *out, const struct yaml_tree_node *node,
                                    const char *key, struct yaml_fault *fault);

/* The map at @node into @item, which is zeroed; @name says what it is: "fee". */
MUST_USE enum err genesis_read_item(void *item, const struct genesis_field *fields, uint32_t count,
                                    const struct yaml_tree *tree, const struct yaml_tree_node *node,
                                    const char *name, struct yaml_fault *fault);

/* The start of @text for a message, cut and made printable. */
enum { GENESIS_SHOWN_CHARS = 48 };
const char *genesis_shown(char out[GENESIS_SHOWN_CHARS + 4], struct span text);

#endif
