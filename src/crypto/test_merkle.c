/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle.h"
#include "crypto/merkle_reference.h"
#include "crypto/mmr.h"
#include "tests/cmocka_all.h"
#include "tests/vectors/vectors.h"

#include <string.h>

enum { LEAVES_MAX = 70 };

static struct hash leaves[LEAVES_MAX];

static int make_leaves(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LEAVES_MAX; i++)
        leaves[i] = reference_leaf(1, i);
    return 0;
}

static void fill_by_recursion(struct merkle_proof *out, const struct merkle_plan *plan)
{
    struct hash hashes[MERKLE_REFS_MAX];
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct merkle_ref *ref = &plan->ref[i];
        hashes[i] = reference_root(leaves + (ref->index << ref->level), UINT64_C(1) << ref->level);
    }
    merkle_plan_fill(out, plan, hashes);
}

static struct merkle_proof inclusion(uint64_t index, uint64_t size)
{
    struct merkle_plan plan;
    struct merkle_proof proof;
    merkle_plan_inclusion(&plan, index, size);
    fill_by_recursion(&proof, &plan);
    return proof;
}

static struct merkle_proof consistency(uint64_t old_size, uint64_t size)
{
    struct merkle_plan plan;
    struct merkle_proof proof;
    merkle_plan_consistency(&plan, old_size, size);
    fill_by_recursion(&proof, &plan);
    return proof;
}

/* RULE ledger.4 */
static void leaves_and_nodes_have_their_own_prefix(void **state)
{
    (void)state;
    const struct hash leaf = merkle_leaf(span_of_text("x"));
    const struct hash same_leaf = hash_bytes((struct span){(const uint8_t *)"\0x", 2});
    assert_true(hash_equal(&leaf, &same_leaf));
    const struct hash node = merkle_node(&leaves[0], &leaves[1]);
    uint8_t joined[64];
    memcpy(joined, leaves[0].bytes, 32);
    memcpy(joined + 32, leaves[1].bytes, 32);
    const struct hash as_leaf = merkle_leaf((struct span){joined, sizeof joined});
    assert_false(hash_equal(&node, &as_leaf));
    const struct hash empty = merkle_empty(), nothing = hash_bytes((struct span){NULL, 0});
    assert_true(hash_equal(&empty, &nothing));
}

static void a_pair_leaf_is_length_key_length_value_hash(void **state)
{
    (void)state;
    for (size_t key_len = 0; key_len <= 300; key_len += 50) {
        uint8_t key[300], text[400] = {0};
        memset(key, 0x6b, sizeof key);
        const struct hash value = hash_bytes(span_of_text("value"));
        size_t used = 1;
        if (key_len >= 128)
            text[used++] = (uint8_t)(0x80 | (key_len & 0x7f));
        text[used++] = (uint8_t)(key_len >= 128 ? key_len >> 7 : key_len);
        memcpy(text + used, key, key_len);
        used += key_len;
        text[used++] = 32;
        memcpy(text + used, value.bytes, 32);
        const struct hash expected = hash_bytes((struct span){text, used + 32});
        const struct hash leaf =
            merkle_leaf_of_pair((struct span){key, key_len}, span_of_text("value"));
        assert_true(hash_equal(&leaf, &expected));
    }
}

static void a_value_in_two_pieces_has_the_leaf_of_the_whole(void **state)
{
    (void)state;
    const struct span key = span_of_text("key"), value = span_of_text("head and tail");
    const struct hash whole = merkle_leaf_of_pair(key, value);
    for (size_t cut = 0; cut <= value.len; cut++) {
        const struct hash split = merkle_leaf_of_split(
            key, (struct span){value.at, cut}, (struct span){value.at + cut, value.len - cut});
        assert_true(hash_equal(&split, &whole));
    }
}

static void every_leaf_of_every_size_can_be_proved(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++) {
        const struct hash root = reference_root(leaves, size);
        for (uint64_t index = 0; index < size; index++) {
            const struct merkle_proof proof = inclusion(index, size);
            assert_true(merkle_check_inclusion(&root, &leaves[index], index, size, &proof));
        }
    }
}

static void every_older_size_can_be_proved(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++) {
        const struct hash root = reference_root(leaves, size);
        for (uint64_t old_size = 1; old_size <= size; old_size++) {
            const struct hash old_root = reference_root(leaves, old_size);
            const struct merkle_proof proof = consistency(old_size, size);
            assert_true(merkle_check_consistency(&old_root, old_size, &root, size, &proof));
        }
    }
}

/* A proof holds for its own index and size only: another place, another size, a longer or
 * shorter path and any changed entry are refused. */
static void an_inclusion_proof_holds_for_nothing_else(void **state)
{
    (void)state;
    unsigned refused = 0, tried = 0;
    for (uint64_t size = 1; size <= 20; size++) {
        const struct hash root = reference_root(leaves, size);
        for (uint64_t index = 0; index < size; index++) {
            struct merkle_proof proof = inclusion(index, size);
            for (uint64_t other = 0; other < 40; other++, tried++)
                refused += other == index ||
                           !merkle_check_inclusion(&root, &leaves[index], other, size, &proof);
            for (uint32_t i = 0; i < proof.count; i++, tried++) {
                proof.path[i].bytes[i] ^= 1;
                refused += !merkle_check_inclusion(&root, &leaves[index], index, size, &proof);
                proof.path[i].bytes[i] ^= 1;
            }
            proof.path[proof.count++] = leaves[0];
            refused += !merkle_check_inclusion(&root, &leaves[index], index, size, &proof);
            tried++;
            if (proof.count < 2)
                continue;
            proof.count -= 2;
            refused += !merkle_check_inclusion(&root, &leaves[index], index, size, &proof);
            tried++;
        }
    }
    assert_int_equal(refused, tried);
    assert_true(tried > 8000);
}

static void a_consistency_proof_of_other_roots_is_refused(void **state)
{
    (void)state;
    for (uint64_t size = 2; size <= 20; size++) {
        const struct hash root = reference_root(leaves, size);
        for (uint64_t old_size = 1; old_size < size; old_size++) {
            const struct hash old_root = reference_root(leaves, old_size);
            struct merkle_proof proof = consistency(old_size, size);
            assert_false(merkle_check_consistency(&root, old_size, &root, size, &proof));
            assert_false(merkle_check_consistency(&old_root, old_size, &old_root, size, &proof));
            proof.path[proof.count++] = leaves[0];
            assert_false(merkle_check_consistency(&old_root, old_size, &root, size, &proof));
            proof.count = 0;
            assert_false(merkle_check_consistency(&old_root, old_size, &root, size, &proof));
        }
    }
}

static void proofs_about_an_empty_tree_are_refused(void **state)
{
    (void)state;
    const struct hash empty = merkle_empty(), root = reference_root(leaves, 3);
    const struct merkle_proof none = {.count = 0};
    const struct merkle_proof one = consistency(1, 3);
    assert_false(merkle_check_consistency(&empty, 0, &root, 3, &none));
    assert_false(merkle_check_consistency(&empty, 0, &root, 3, &one));
    assert_false(merkle_check_consistency(&empty, 0, &empty, 0, &none));
    assert_false(merkle_check_inclusion(&empty, &leaves[0], 0, 0, &none));
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    const struct merkle_proof none = {.count = 0};
    struct merkle_proof too_long = {.count = MERKLE_PATH_MAX + 1};
    const struct hash *root = &leaves[0];
    assert_false(merkle_check_inclusion(root, root, 0, UINT64_MAX, &none));
    assert_false(merkle_check_inclusion(root, root, UINT64_MAX, UINT64_MAX, &none));
    assert_false(merkle_check_inclusion(root, root, 0, 1, &too_long));
    assert_false(merkle_check_consistency(root, 2, root, 1, &none));
    assert_false(merkle_check_consistency(root, UINT64_MAX, root, UINT64_MAX, &none));
    assert_false(merkle_check_consistency(root, 1, root, 1, &too_long));
}

static void plans_of_the_largest_trees_fit(void **state)
{
    (void)state;
    const uint64_t sizes[] = {MERKLE_SIZE_MAX, MERKLE_SIZE_MAX - 1};
    struct merkle_plan plan;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        merkle_plan_inclusion(&plan, 0, sizes[i]);
        merkle_plan_inclusion(&plan, sizes[i] - 1, sizes[i]);
        merkle_plan_consistency(&plan, 1, sizes[i]);
        merkle_plan_consistency(&plan, sizes[i] / 2 - 1, sizes[i]);
        merkle_plan_consistency(&plan, sizes[i] - 1, sizes[i]);
        assert_true(plan.count <= MERKLE_REFS_MAX);
    }
}

static struct merkle_proof stored_proof(const json_t *doc, bool *fits)
{
    const json_t *entries = json_object_get(doc, "proof");
    struct merkle_proof proof = {.count = 0};
    *fits = json_array_size(entries) <= MERKLE_PATH_MAX;
    for (size_t i = 0; *fits && i < json_array_size(entries); i++) {
        uint8_t entry[256];
        *fits = vectors_base64(entry, sizeof entry, json_array_get(entries, i)) == HASH_BYTES;
        memcpy(proof.path[i].bytes, entry, HASH_BYTES);
        proof.count++;
    }
    return proof;
}

static bool stored_hash(struct hash *out, const json_t *doc, const char *field)
{
    uint8_t bytes[256] = {0};
    const size_t len = vectors_base64(bytes, sizeof bytes, json_object_get(doc, field));
    memcpy(out->bytes, bytes, HASH_BYTES);
    return len == HASH_BYTES;
}

static uint64_t stored_number(const json_t *doc, const char *field)
{
    const json_t *number = json_object_get(doc, field);
    assert_true(json_is_number(number));
    if (json_is_real(number) && json_real_value(number) > 1e18)
        return UINT64_MAX; /* an index below zero, as an unsigned number */
    return (uint64_t)json_number_value(number);
}

static unsigned accepted, rejected;

static void check_stored(const char *path, const json_t *doc)
{
    bool fits;
    struct hash a, b;
    const struct merkle_proof proof = stored_proof(doc, &fits);
    bool holds;
    if (json_object_get(doc, "leafHash")) {
        const bool is_read = stored_hash(&a, doc, "leafHash");
        holds = is_read && stored_hash(&b, doc, "root") && fits;
        holds = holds && merkle_check_inclusion(&b, &a, stored_number(doc, "leafIdx"),
                                                stored_number(doc, "treeSize"), &proof);
    } else {
        const bool is_read = stored_hash(&a, doc, "root1");
        holds = is_read && stored_hash(&b, doc, "root2") && fits;
        holds = holds && merkle_check_consistency(&a, stored_number(doc, "size1"), &b,
                                                  stored_number(doc, "size2"), &proof);
    }
    if (holds == json_is_true(json_object_get(doc, "wantErr")))
        fail_msg("%s", path);
    accepted += holds;
    rejected += !holds;
}

static void all_stored_proofs_are_decided_right(void **state)
{
    (void)state;
    accepted = rejected = 0;
    assert_int_equal(vectors_walk("merkle-rfc6962", check_stored), 121);
    print_message("%u accepted, %u rejected\n", accepted, rejected);
    assert_int_equal(accepted, 5);
    assert_int_equal(rejected, 116);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_and_nodes_have_their_own_prefix),
        cmocka_unit_test(a_pair_leaf_is_length_key_length_value_hash),
        cmocka_unit_test(a_value_in_two_pieces_has_the_leaf_of_the_whole),
        cmocka_unit_test(every_leaf_of_every_size_can_be_proved),
        cmocka_unit_test(every_older_size_can_be_proved),
        cmocka_unit_test(an_inclusion_proof_holds_for_nothing_else),
        cmocka_unit_test(a_consistency_proof_of_other_roots_is_refused),
        cmocka_unit_test(proofs_about_an_empty_tree_are_refused),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(plans_of_the_largest_trees_fit),
        cmocka_unit_test(all_stored_proofs_are_decided_right),
    };
    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
