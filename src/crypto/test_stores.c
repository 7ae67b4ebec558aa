/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hash.h"
#include "crypto/mmr.h"
#include "crypto/stores.h"
#include "tests/cmocka_all.h"
#include "tests/vectors/vectors.h"

#include <string.h>

enum { ROWS = 11, STORES = 4, MEMBERS_STORE = 3 };

struct app { /* a members store of eleven rows among four stores */
    struct store_root stores[STORES];
    struct hash app_hash;
    struct hash leaves[ROWS];
    uint8_t value[ROWS][5];
};

static struct span key_of(const uint32_t *row)
{
    return (struct span){(const uint8_t *)row, sizeof *row};
}

static void app_make(struct app *app)
{
    for (uint32_t row = 0; row < ROWS; row++) {
        memcpy(app->value[row], "value", 5);
        app->value[row][0] = (uint8_t)row;
        app->leaves[row] = merkle_leaf_of_pair(key_of(&row), (struct span){app->value[row], 5});
    }
    static const char *const names[STORES] = {"chain", "contracts", "log", "members"};
    for (uint32_t i = 0; i < STORES; i++)
        app->stores[i] = (struct store_root){names[i], hash_bytes(span_of_text(names[i]))};
    app->stores[MEMBERS_STORE].root = mmr_root_of_list(app->leaves, ROWS);
    app->app_hash = stores_root(app->stores, STORES);
}

static void steps_make(struct stores_step *store, struct stores_step *value, const struct app *app,
                       uint32_t row)
{
    *store = (struct stores_step){.index = MEMBERS_STORE, .size = STORES};
    stores_prove(&store->proof, app->stores, STORES, MEMBERS_STORE);
    *value = (struct stores_step){.index = row, .size = ROWS};
    struct mmr range;
    struct hash nodes[2 * ROWS], made[MMR_MADE_MAX];
    uint32_t used = 0;
    mmr_init(&range);
    for (uint32_t i = 0; i < ROWS; i++) {
        const uint32_t count = mmr_append(&range, made, &app->leaves[i]);
        memcpy(nodes + used, made, count * sizeof made[0]);
        used += count;
    }
    struct merkle_plan plan;
    merkle_plan_inclusion(&plan, row, ROWS);
    mmr_fill(&value->proof, &plan, nodes);
}

/* RULE ledger.4: with a trusted app hash alone, any row can be checked. */
static void a_row_is_proved_in_two_steps(void **state)
{
    (void)state;
    struct app app;
    app_make(&app);
    for (uint32_t row = 0; row < ROWS; row++) {
        struct stores_step store, value;
        steps_make(&store, &value, &app, row);
        const struct span bytes = {app.value[row], 5};
        const struct store_root *members = &app.stores[MEMBERS_STORE];
        assert_true(
            stores_check_value(&app.app_hash, members, &store, key_of(&row), bytes, &value));
        const uint32_t other = row + 1;
        assert_false(
            stores_check_value(&app.app_hash, members, &store, key_of(&other), bytes, &value));
        assert_false(stores_check_value(&app.app_hash, members, &store, key_of(&row),
                                        span_of_text("other"), &value));
        const struct store_root renamed = {"log", members->root};
        assert_false(
            stores_check_value(&app.app_hash, &renamed, &store, key_of(&row), bytes, &value));
        const struct store_root forged = {"members", app.stores[0].root};
        assert_false(
            stores_check_value(&app.app_hash, &forged, &store, key_of(&row), bytes, &value));
    }
}

static void the_app_hash_moves_with_any_store(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < STORES; i++) {
        struct app app;
        app_make(&app);
        app.stores[i].root.bytes[31] ^= 1;
        const struct hash moved = stores_root(app.stores, STORES);
        assert_false(hash_equal(&moved, &app.app_hash));
    }
}

/* The protobuf of an ICS 23 proof, as far as the stored ones go: fields in any order, all of
 * wire type 2 but the enums of the leaf. */
struct proto {
    const uint8_t *at, *end;
};

static uint64_t proto_varint(struct proto *p)
{
    uint64_t value = 0;
    for (unsigned shift = 0; p->at < p->end; shift += 7) {
        const uint8_t byte = *p->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    fail_msg("varint is cut off");
    return 0;
}

/* The next field with bytes; varint fields are passed over. 0 at the end. */
static unsigned proto_next(struct proto *p, struct proto *inner)
{
    while (p->at < p->end) {
        const uint64_t key = proto_varint(p);
        const uint64_t number = proto_varint(p);
        if ((key & 7) == 0)
            continue;
        assert_int_equal(key & 7, 2);
        assert_true(number <= (size_t)(p->end - p->at));
        *inner = (struct proto){p->at, p->at + number};
        p->at += number;
        return (unsigned)(key >> 3);
    }
    return 0;
}

static struct span proto_span(const struct proto *p)
{
    return (struct span){p->at, (size_t)(p->end - p->at)};
}

/* One inner operation is a node: prefix 01 and the left sibling, or 01 and the right as suffix. */
static struct hash climb(struct hash child, struct proto op)
{
    struct proto field;
    struct span prefix = {NULL, 0}, suffix = {NULL, 0};
    for (unsigned number; (number = proto_next(&op, &field)) != 0;) {
        if (number == 2)
            prefix = proto_span(&field);
        if (number == 3)
            suffix = proto_span(&field);
    }
    struct hash sibling;
    assert_int_equal(prefix.len + suffix.len, 1 + HASH_BYTES);
    assert_int_equal(prefix.at[0], 1);
    const bool is_left_child = suffix.len == HASH_BYTES;
    memcpy(sibling.bytes, is_left_child ? suffix.at : prefix.at + 1, HASH_BYTES);
    return is_left_child ? merkle_node(&child, &sibling) : merkle_node(&sibling, &child);
}

static struct hash root_of_existence(struct proto existence, struct span *key, struct span *value)
{
    struct proto field, rest = existence;
    for (unsigned number; (number = proto_next(&rest, &field)) != 0;) {
        if (number == 1)
            *key = proto_span(&field);
        if (number == 2)
            *value = proto_span(&field);
    }
    struct hash at = merkle_leaf_of_pair(*key, *value);
    for (unsigned number; (number = proto_next(&existence, &field)) != 0;)
        if (number == 4)
            at = climb(at, field);
    return at;
}

static unsigned existence_count;

static void check_existence(struct proto existence, const struct hash *root)
{
    struct span key = {NULL, 0}, value = {NULL, 0};
    const struct hash found = root_of_existence(existence, &key, &value);
    assert_true(hash_equal(&found, root));
    existence_count++;
}

static void check_commitment(const char *path, const json_t *doc)
{
    (void)path;
    static uint8_t bytes[8192];
    struct hash root;
    assert_int_equal(vectors_hex(root.bytes, sizeof root.bytes, doc, "root"), HASH_BYTES);
    const size_t len = vectors_hex(bytes, sizeof bytes, doc, "proof");
    struct proto whole = {bytes, bytes + len}, proof, neighbour;
    const unsigned kind = proto_next(&whole, &proof);
    if (kind == 1) { /* the key is there */
        check_existence(proof, &root);
        return;
    }
    assert_int_equal(kind, 2); /* it is not: its neighbours are */
    for (unsigned number; (number = proto_next(&proof, &neighbour)) != 0;)
        if (number != 1)
            check_existence(neighbour, &root);
}

/* The leaf and node bytes are those that stock light clients know as the tendermint shape. */
static void stored_light_client_proofs_hold(void **state)
{
    (void)state;
    existence_count = 0;
    assert_int_equal(vectors_walk("ics23/tendermint", check_commitment), 6);
    assert_int_equal(existence_count, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_proved_in_two_steps),
        cmocka_unit_test(the_app_hash_moves_with_any_store),
        cmocka_unit_test(stored_light_client_proofs_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
