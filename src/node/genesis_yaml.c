/* SPDX-License-Identifier: Apache-2.0 */
#include "node/genesis_yaml.h"

#include "node/genesis_fields.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 128, /* parameters */
    LISTS_BYTES = 4 << 20,
    MEMORY_BYTES_MIN = 65536,
    KEY_CHARS_MAX = 64,
};

struct reader {
    struct yaml_tree tree;
    struct yaml_fault *fault;
    struct genesis g;
    struct arena lists;
    const struct yaml_tree_node *value[ROWS_MAX]; /* by row of the table; NULL: not in the file */
    const struct yaml_tree_node *group[ROWS_MAX]; /* by the group's first row: its key */
};

#define FIELD(key, kind, type, field)                                                              \
    {                                                                                              \
        key, kind, offsetof(type, field), sizeof(((type *)NULL)->field), false                     \
    }
#define OPTIONAL(key, kind, type, field)                                                           \
    {                                                                                              \
        key, kind, offsetof(type, field), sizeof(((type *)NULL)->field), true                      \
    }
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

struct founder_nodes {
    const struct yaml_tree_node *voucher, *parts;
    struct hash certificate;
    bool volunteer;
};

static const struct genesis_field fee_fields[] = {
    FIELD("seller_feeder", FIELD_U32, struct genesis_fee, seller_feeder),
    FIELD("buyer_feeder", FIELD_U32, struct genesis_fee, buyer_feeder),
    FIELD("micro_per_kwh", FIELD_U64, struct genesis_fee, micro_per_kwh)};
static const struct genesis_field feeder_fields[] = {
    FIELD("name", FIELD_TEXT, struct genesis_feeder, name)};
static const struct genesis_field part_fields[] = {
    FIELD("key", FIELD_U32, struct signature_part, key),
    FIELD("signature", FIELD_HEX, struct signature_part, signature)};
static const struct genesis_field founder_fields[] = {
    FIELD("voucher", FIELD_NODE, struct founder_nodes, voucher),
    FIELD("parts", FIELD_NODE, struct founder_nodes, parts),
    FIELD("certificate", FIELD_HEX, struct founder_nodes, certificate),
    OPTIONAL("volunteer", FIELD_FLAG, struct founder_nodes, volunteer)};
static const struct genesis_field voucher_keys[] = {
    FIELD("sign_key", FIELD_HEX, struct voucher, sign_key),
    FIELD("vrf_key", FIELD_HEX, struct voucher, vrf_key),
    FIELD("seal_key", FIELD_HEX, struct voucher, seal_key),
    FIELD("feeder", FIELD_U32, struct voucher, feeder),
    FIELD("household", FIELD_HEX, struct voucher, household),
    FIELD("nullifier", FIELD_HEX, struct voucher, nullifier),
    FIELD("max_export_wh", FIELD_U64, struct voucher, max_export_wh),
    FIELD("max_import_wh", FIELD_U64, struct voucher, max_import_wh),
    FIELD("payout", FIELD_HEX, struct voucher, payout),
    FIELD("identity_commitment", FIELD_HEX, struct voucher, identity_commitment),
    FIELD("expires_ms", FIELD_U64, struct voucher, expires_ms)};

static uint32_t row_of(const struct param *param)
{
    uint32_t row = 0;
    while (params_at(row) != param)
        row++;
    assert(row < ROWS_MAX);
    return row;
}

static const char *name_of(char out[KEY_CHARS_MAX], const struct param *param)
{
    snprintf(out, KEY_CHARS_MAX, "%s%s%s", param->group, *param->key ? "." : "", param->key);
    return out;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* Room for @most items at most; *@items is NULL if the list is empty. */
static enum err open_list(void **items, uint32_t *count, struct reader *r,
                          const struct yaml_tree_node *node, const char *name, uint32_t most,
                          size_t size)
{
    *items = NULL;
    *count = 0;
    if (yaml_tree_is_nothing(node))
        return ERR_OK;
    if (node->kind != YAML_TREE_LIST)
        return yaml_fault_at(r->fault, ERR_GENESIS_VALUE, node, "%s is a list", name);
    if (node->child_count > most)
        return yaml_fault_at(r->fault, ERR_PARAM_RANGE, node, "%s has %u items, %u are possible",
                             name, node->child_count, most);
    *count = node->child_count;
    if (*count > 0)
        *items = arena_take(&r->lists, *count, size, 8);
    assert(*items || *count == 0); /* LISTS_BYTES hold the longest lists */
    return ERR_OK;
}

static enum err read_items(void **items, uint32_t *count, struct reader *r,
                           const struct yaml_tree_node *node, const char *name, uint32_t most,
                           size_t size, const struct genesis_field *fields, uint32_t field_count)
{
    enum err bad = open_list(items, count, r, node, name, most, size);
    const struct yaml_tree_node *item = bad ? NULL : yaml_tree_first(&r->tree, node);
    for (uint8_t *at = *items; item && !bad; at += size) {
        bad = genesis_read_item(at, fields, field_count, &r->tree, item, name, r->fault);
        item = yaml_tree_next(&r->tree, item);
    }
    return bad;
}

static enum err read_fees(struct reader *r, const struct yaml_tree_node *node)
{
    void *items;
    const enum err bad = read_items(&items, &r->g.market.fee_count, r, node, "fee", WIRE_FEES_MAX,
                                    sizeof(struct genesis_fee), fee_fields, COUNT(fee_fields));
    r->g.market.fees = items;
    return bad;
}

static enum err read_feeders(struct reader *r, const struct yaml_tree_node *node)
{
    void *items;
    const enum err bad =
        read_items(&items, &r->g.feeder_count, r, node, "feeder", WIRE_FEEDERS_MAX,
                   sizeof(struct genesis_feeder), feeder_fields, COUNT(feeder_fields));
    r->g.feeders = items;
    return bad;
}

static enum err read_keys(struct reader *r, const struct yaml_tree_node *node)
{
    void *items;
    struct genesis_authority *a = &r->g.authority;
    enum err bad = open_list(&items, &a->key_count, r, node, "authority.keys", WIRE_PARTS_MAX,
                             sizeof *a->keys);
    const struct yaml_tree_node *item = bad ? NULL : yaml_tree_first(&r->tree, node);
    a->keys = items;
    for (uint32_t i = 0; item && !bad; i++) {
        bad = genesis_read_hex(a->keys[i].key.bytes, PUBKEY_BYTES, item, "a key", r->fault);
        item = yaml_tree_next(&r->tree, item);
    }
    return bad;
}

static enum err read_founder(struct genesis_founder *f, struct reader *r,
                             const struct yaml_tree_node *node)
{
    struct founder_nodes nodes = {0};
    void *parts;
    enum err bad = genesis_read_item(&nodes, founder_fields, COUNT(founder_fields), &r->tree, node,
                                     "founder", r->fault);
    if (!bad)
        bad = genesis_read_item(&f->voucher, voucher_keys, COUNT(voucher_keys), &r->tree,
                                nodes.voucher, "voucher", r->fault);
    if (!bad) {
        bad = read_items(&parts, &f->seal.part_count, r, nodes.parts, "part", WIRE_PARTS_MAX,
                         sizeof *f->seal.parts, part_fields, COUNT(part_fields));
        f->seal.parts = parts;
    }
    f->certificate = nodes.certificate;
    f->volunteer = nodes.volunteer;
    return bad;
}

static enum err read_founders(struct reader *r, const struct yaml_tree_node *node)
{
    void *items;
    enum err bad = open_list(&items, &r->g.founder_count, r, node, "founders", WIRE_FOUNDERS_MAX,
                             sizeof *r->g.founders);
    const struct yaml_tree_node *item = bad ? NULL : yaml_tree_first(&r->tree, node);
    r->g.founders = items;
    for (uint32_t i = 0; item && !bad; i++) {
        bad = read_founder(&r->g.founders[i], r, item);
        item = yaml_tree_next(&r->tree, item);
    }
    return bad;
}

static enum err read_list(struct reader *r, const struct param *param,
                          const struct yaml_tree_node *node)
{
    if (param->number == PARAM_FEES)
        return read_fees(r, node);
    if (param->number == PARAM_AUTHORITY_KEYS)
        return read_keys(r, node);
    assert(param->number == PARAM_FEEDERS || param->number == PARAM_FOUNDERS);
    return param->number == PARAM_FEEDERS ? read_feeders(r, node) : read_founders(r, node);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static enum err read_choice(struct reader *r, const struct param *param, const char *name,
                            const struct yaml_tree_node *node)
{
    char words[KEY_CHARS_MAX] = "";
    for (uint32_t word = 1; param->words[word]; word++) {
        const size_t len = strlen(words);
        if (genesis_scalar_is(node, param->words[word])) {
            params_put(&r->g, param, word);
            return ERR_OK;
        }
        snprintf(words + len, sizeof words - len, "%s%s", word > 1 ? ", " : "", param->words[word]);
    }
    return yaml_fault_at(r->fault, ERR_GENESIS_VALUE, node, "%s is one of: %s", name, words);
}

static enum err read_value(struct reader *r, const struct param *param,
                           const struct yaml_tree_node *node)
{
    char name[KEY_CHARS_MAX];
    uint64_t number = 0;
    struct span text = {NULL, 0};
    enum err bad = ERR_OK;
    name_of(name, param);
    switch (param->kind) {
    case PARAM_IS_NUMBER:
        bad = genesis_read_number(&number, node, name, INT64_MAX, r->fault);
        params_put(&r->g, param, number);
        return bad;
    case PARAM_IS_CHOICE:
        return read_choice(r, param, name, node);
    case PARAM_IS_TEXT:
        bad = genesis_read_text(&text, node, name, r->fault);
        memcpy((uint8_t *)&r->g + param->offset, &text, sizeof text);
        return bad;
    case PARAM_IS_KEY:
        return genesis_read_hex(r->g.treasury.bytes, PUBKEY_BYTES, node, name, r->fault);
    case PARAM_IS_LIST:
        break;
    }
    return read_list(r, param, node);
}

/* One pair of a group that begins at row @first. */
static enum err read_pair(struct reader *r, uint32_t first, const struct yaml_tree_node *key,
                          const struct yaml_tree_node *value)
{
    char shown[GENESIS_SHOWN_CHARS + 4];
    const char *group = params_at(first)->group;
    for (uint32_t row = 0; params_at(row); row++) {
        const struct param *param = params_at(row);
        if (strcmp(param->group, group) != 0 || !genesis_scalar_is(key, param->key))
            continue;
        if (r->value[row])
            return yaml_fault_at(r->fault, ERR_GENESIS_TWICE, key, "%s.%s", group, param->key);
        r->value[row] = value;
        return read_value(r, param, value);
    }
    return yaml_fault_at(r->fault, ERR_GENESIS_KEY, key, "%s has no %s", group,
                         genesis_shown(shown, key->text));
}

static enum err read_group(struct reader *r, uint32_t first, const struct yaml_tree_node *node)
{
    const struct param *param = params_at(first);
    if (*param->key == '\0') { /* the group is one list */
        r->value[first] = yaml_tree_is_nothing(node) ? NULL : node;
        return read_list(r, param, node);
    }
    if (yaml_tree_is_nothing(node))
        return ERR_OK;
    if (node->kind != YAML_TREE_MAP)
        return yaml_fault_at(r->fault, ERR_GENESIS_VALUE, node, "%s has keys and values",
                             param->group);
    for (const struct yaml_tree_node *key = yaml_tree_first(&r->tree, node); key;) {
        const struct yaml_tree_node *value = yaml_tree_next(&r->tree, key);
        const enum err bad = read_pair(r, first, key, value);
        if (bad)
            return bad;
        key = yaml_tree_next(&r->tree, value);
    }
    return ERR_OK;
}

static enum err read_top(struct reader *r, const struct yaml_tree_node *key,
                         const struct yaml_tree_node *value)
{
    char shown[GENESIS_SHOWN_CHARS + 4];
    for (uint32_t row = 0; params_at(row); row++) {
        if (!genesis_scalar_is(key, params_at(row)->group))
            continue;
        if (r->group[row])
            return yaml_fault_at(r->fault, ERR_GENESIS_TWICE, key, "%s", params_at(row)->group);
        r->group[row] = key;
        return read_group(r, row, value);
    }
    return yaml_fault_at(r->fault, ERR_GENESIS_KEY, key, "a genesis has no %s",
                         genesis_shown(shown, key->text));
}

static enum err read_root(struct reader *r)
{
    const struct yaml_tree_node *root = &r->tree.nodes[0];
    if (root->kind != YAML_TREE_MAP)
        return yaml_fault_at(r->fault, ERR_GENESIS_VALUE, root, "a genesis has keys and values");
    for (const struct yaml_tree_node *key = yaml_tree_first(&r->tree, root); key;) {
        const struct yaml_tree_node *value = yaml_tree_next(&r->tree, key);
        const enum err bad = read_top(r, key, value);
        if (bad)
            return bad;
        key = yaml_tree_next(&r->tree, value);
    }
    return ERR_OK;
}

/* ---- what is not said, and what does not fit ------------------------------------------------- */

static void take_default_feeder(struct reader *r)
{
    r->g.feeders = arena_take(&r->lists, 1, sizeof *r->g.feeders, 8);
    assert(r->g.feeders);
    r->g.feeders[0].name = span_of_text(PARAMS_FEEDER_DEFAULT);
    r->g.feeder_count = 1;
}

static enum err take_defaults(struct reader *r)
{
    char name[KEY_CHARS_MAX];
    for (uint32_t row = 0; params_at(row); row++) {
        const struct param *param = params_at(row);
        if (r->value[row])
            continue;
        if (param->origin == PARAM_REQUIRED)
            return yaml_fault_at(r->fault, ERR_GENESIS_MISSING, NULL, "%s", name_of(name, param));
        if (param->origin == PARAM_DERIVED)
            params_put(&r->g, param, params_default(&r->g, param));
        if (param->number == PARAM_FEEDERS)
            take_default_feeder(r);
    }
    return ERR_OK;
}

static const struct yaml_tree_node *place_of(const struct reader *r,
                                             const struct params_complaint *c)
{
    const struct yaml_tree_node *node = r->value[row_of(c->param)];
    if (!node || node->kind != YAML_TREE_LIST)
        return node;
    const struct yaml_tree_node *item = yaml_tree_first(&r->tree, node);
    for (uint32_t i = 0; item && i < c->item; i++)
        item = yaml_tree_next(&r->tree, item);
    return item ? item : node;
}

static const char *verb_of(enum param_kind kind)
{
    if (kind == PARAM_IS_NUMBER)
        return "is";
    return kind == PARAM_IS_TEXT ? "has a length of" : "has a number of";
}

static enum err tell(struct reader *r, const struct params_complaint *c)
{
    char name[KEY_CHARS_MAX];
    const struct yaml_tree_node *place = place_of(r, c);
    const struct param *param = c->param;
    name_of(name, param);
    if (param->kind == PARAM_IS_CHOICE)
        return yaml_fault_at(r->fault, c->code, place, "%s is %s: %s", name, param->words[c->value],
                             c->why);
    if (!c->has_value)
        return yaml_fault_at(r->fault, c->code, place, "%s: %s", name, c->why);
    return yaml_fault_at(r->fault, c->code, place, "%s %s %llu%s: %llu to %llu is possible%s%s",
                         name, verb_of(param->kind), (unsigned long long)c->value,
                         place ? "" : ", its default", (unsigned long long)c->least,
                         (unsigned long long)c->most, *c->why ? "; " : "", c->why);
}

static enum err read_all(struct reader *r)
{
    struct params_complaint complaint;
    enum err bad = read_root(r);
    if (!bad)
        bad = take_defaults(r);
    if (!bad && params_check(&r->g, &complaint))
        bad = tell(r, &complaint);
    return bad;
}

/* ---- canonical bytes ------------------------------------------------------------------------- */

static void make_file(struct genesis_file *out, const struct genesis *g)
{
    out->bytes = malloc(WIRE_GENESIS_BYTES_MAX);
    assert(out->bytes);
    const size_t len = genesis_encode(out->bytes, WIRE_GENESIS_BYTES_MAX, g);
    out->canonical = (struct span){out->bytes, len};
    size_t room = WIRE_DECODED_TIMES * len;
    if (room < MEMORY_BYTES_MIN)
        room = MEMORY_BYTES_MIN;
    out->memory = malloc(room);
    assert(out->memory);
    struct arena arena;
    arena_init(&arena, out->memory, room);
    const struct wire_fault fault = genesis_decode(&out->genesis, out->canonical, &arena);
    assert(fault.verdict == WIRE_OK); /* params_check has refused what wire would */
}

enum err genesis_yaml_read(struct genesis_file *out, struct span yaml, struct yaml_fault *fault)
{
    struct reader r = {.fault = fault};
    memset(fault, 0, sizeof *fault);
    memset(out, 0, sizeof *out);
    enum err bad = yaml_tree_read(&r.tree, yaml, fault);
    if (bad)
        return bad;
    uint8_t *lists = malloc(LISTS_BYTES);
    assert(lists);
    arena_init(&r.lists, lists, LISTS_BYTES);
    params_fill(&r.g);
    bad = read_all(&r);
    if (!bad)
        make_file(out, &r.g);
    free(lists);
    yaml_tree_free(&r.tree);
    return bad;
}

void genesis_file_free(struct genesis_file *file)
{
    free(file->bytes);
    free(file->memory);
    memset(file, 0, sizeof *file);
}
