/* SPDX-License-Identifier: Apache-2.0 */
#include "node/genesis_fields.h"

#include "base/ids.h"

#include <assert.h>
#include <string.h>

const char *genesis_shown(char out[GENESIS_SHOWN_CHARS + 4], struct span text)
{
    const size_t len = text.len < GENESIS_SHOWN_CHARS ? text.len : GENESIS_SHOWN_CHARS;
    for (size_t i = 0; i < len; i++)
        out[i] = text.at[i] >= 0x20 && text.at[i] < 0x7f ? (char)text.at[i] : '?';
    memcpy(out + len, text.len > len ? "..." : "", text.len > len ? 4 : 1);
    return out;
}

bool genesis_scalar_is(const struct yaml_tree_node *node, const char *text)
{
    return node->kind == YAML_TREE_SCALAR && span_equal(node->text, span_of_text(text));
}

/* Digits without a leading zero, up to 2^63 - 1. */
static bool parse_digits(uint64_t *out, struct span text)
{
    *out = 0;
    if (text.len == 0 || (text.len > 1 && text.at[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const uint64_t digit = (uint64_t)text.at[i] - '0';
        if (digit > 9 || *out > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        *out = 10 * *out + digit;
    }
    return true;
}

enum err genesis_read_number(uint64_t *out, const struct yaml_tree_node *node, const char *key,
                             uint64_t most, struct yaml_fault *fault)
{
    if (node->kind == YAML_TREE_SCALAR && node->is_plain && parse_digits(out, node->text) &&
        *out <= most)
        return ERR_OK;
    *out = 0;
    return yaml_fault_at(fault, ERR_GENESIS_VALUE, node,
                         "%s needs a whole number: digits only, no unit, no quotes, up to %llu",
                         key, (unsigned long long)most);
}

enum err genesis_read_hex(uint8_t *out, size_t len, const struct yaml_tree_node *node,
                          const char *key, struct yaml_fault *fault)
{
    if (node->kind == YAML_TREE_SCALAR && hex_parse(out, len, node->text) == ERR_OK)
        return ERR_OK;
    memset(out, 0, len);
    return yaml_fault_at(fault, ERR_GENESIS_VALUE, node,
                         "%s needs %zu bytes as %zu lower-case hexadecimal digits", key, len,
                         2 * len);
}

enum err genesis_read_text(struct span *out, const struct yaml_tree_node *node, const char *key,
                           struct yaml_fault *fault)
{
    if (node->kind != YAML_TREE_SCALAR)
        return yaml_fault_at(fault, ERR_GENESIS_VALUE, node, "%s needs a text", key);
    *out = node->text;
    return ERR_OK;
}

static enum err read_flag(bool *out, const struct yaml_tree_node *node, const char *key,
                          struct yaml_fault *fault)
{
    *out = node->is_plain && genesis_scalar_is(node, "true");
    if (*out || (node->is_plain && genesis_scalar_is(node, "false")))
        return ERR_OK;
    return yaml_fault_at(fault, ERR_GENESIS_VALUE, node, "%s needs true or false", key);
}

static enum err read_field(void *item, const struct genesis_field *field,
                           const struct yaml_tree_node *node, struct yaml_fault *fault)
{
    uint8_t *const at = (uint8_t *)item + field->offset;
    uint64_t number = 0;
    uint32_t narrow;
    bool flag = false;
    struct span text = {NULL, 0};
    enum err bad = ERR_OK;
    switch (field->kind) {
    case FIELD_U32:
        assert(field->size == sizeof narrow);
        bad = genesis_read_number(&number, node, field->key, UINT32_MAX, fault);
        narrow = (uint32_t)number;
        memcpy(at, &narrow, sizeof narrow);
        return bad;
    case FIELD_U64:
        assert(field->size == sizeof number);
        bad = genesis_read_number(&number, node, field->key, INT64_MAX, fault);
        memcpy(at, &number, sizeof number);
        return bad;
    case FIELD_HEX:
        return genesis_read_hex(at, field->size, node, field->key, fault);
    case FIELD_FLAG:
        assert(field->size == sizeof flag);
        bad = read_flag(&flag, node, field->key, fault);
        memcpy(at, &flag, sizeof flag);
        return bad;
    case FIELD_TEXT:
        assert(field->size == sizeof text);
        bad = genesis_read_text(&text, node, field->key, fault);
        memcpy(at, &text, sizeof text);
        return bad;
    case FIELD_NODE:
        assert(field->size == sizeof node);
        memcpy(at, &node, sizeof node);
        return ERR_OK;
    }
    assert(false);
    return ERR_OK;
}

static enum err read_pair(void *item, uint32_t *seen, const struct genesis_field *fields,
                          uint32_t count, const struct yaml_tree_node *key,
                          const struct yaml_tree_node *value, const char *name,
                          struct yaml_fault *fault)
{
    char shown[GENESIS_SHOWN_CHARS + 4];
    for (uint32_t i = 0; i < count; i++) {
        if (!genesis_scalar_is(key, fields[i].key))
            continue;
        if (*seen >> i & 1)
            return yaml_fault_at(fault, ERR_GENESIS_TWICE, key, "%s", fields[i].key);
        *seen |= UINT32_C(1) << i;
        return read_field(item, &fields[i], value, fault);
    }
    return yaml_fault_at(fault, ERR_GENESIS_KEY, key, "a %s has no %s", name,
                         genesis_shown(shown, key->text));
}

enum err genesis_read_item(void *item, const struct genesis_field *fields, uint32_t count,
                           const struct yaml_tree *tree, const struct yaml_tree_node *node,
                           const char *name, struct yaml_fault *fault)
{
    uint32_t seen = 0;
    assert(count <= GENESIS_FIELDS_MAX);
    if (node->kind != YAML_TREE_MAP)
        return yaml_fault_at(fault, ERR_GENESIS_VALUE, node, "a %s has keys and values", name);
    for (const struct yaml_tree_node *key = yaml_tree_first(tree, node); key;) {
        const struct yaml_tree_node *value = yaml_tree_next(tree, key);
        const enum err bad = read_pair(item, &seen, fields, count, key, value, name, fault);
        if (bad)
            return bad;
        key = yaml_tree_next(tree, value);
    }
    for (uint32_t i = 0; i < count; i++)
        if (!(seen >> i & 1) && !fields[i].is_optional)
            return yaml_fault_at(fault, ERR_GENESIS_MISSING, node, "a %s needs %s", name,
                                 fields[i].key);
    return ERR_OK;
}
