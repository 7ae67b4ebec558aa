/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle_reference.h"
#include "crypto/merkle_tree.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>

enum { CAPACITY = 200, ROUNDS = 400 };

struct fixture {
    struct merkle_tree tree;
    struct hash leaves[CAPACITY]; /* what the tree should hold */
    void *memory;
    uint64_t random;
};

static uint32_t draw(struct fixture *f, uint32_t below)
{
    f->random = f->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(f->random >> 33) % below;
}

static int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->memory = malloc(merkle_tree_size(CAPACITY));
    f->random = 20261122;
    merkle_tree_init(&f->tree, f->memory, CAPACITY);
    *state = f;
    return 0;
}

static int fixture_close(void **state)
{
    struct fixture *f = *state;
    free(f->memory);
    free(f);
    return 0;
}

static void set(struct fixture *f, uint32_t index, uint32_t version)
{
    f->leaves[index] = reference_leaf(version, index);
    merkle_tree_set(&f->tree, index, &f->leaves[index]);
}

static void assert_root_is_right(struct fixture *f)
{
    const struct hash root = merkle_tree_root(&f->tree);
    const struct hash expected = reference_root(f->leaves, f->tree.count);
    assert_true(hash_equal(&root, &expected));
}

static void an_empty_tree_has_the_hash_of_nothing(void **state)
{
    assert_root_is_right(*state);
}

static void roots_are_right_while_the_tree_grows(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < CAPACITY; i++) {
        set(f, i, 1);
        assert_root_is_right(f);
        assert_root_is_right(f); /* asking again changes nothing */
    }
}

static void any_batch_of_changes_gives_the_root_of_the_whole(void **state)
{
    struct fixture *f = *state;
    unsigned grown = 0, all_marked = 0, untouched = 0;
    for (uint32_t round = 2; round < ROUNDS; round++) {
        const uint32_t appended = draw(f, 4) == 0 ? draw(f, 3) : 0;
        for (uint32_t i = 0; i < appended && f->tree.count < CAPACITY; i++, grown++)
            set(f, f->tree.count, round);
        const uint32_t changed = draw(f, 10) == 0 ? f->tree.count : draw(f, 4);
        all_marked += changed > 0 && changed == f->tree.count;
        untouched += changed == 0 && appended == 0;
        for (uint32_t i = 0; i < changed && f->tree.count > 0; i++)
            set(f, changed == f->tree.count ? i : draw(f, f->tree.count), round);
        assert_root_is_right(f);
    }
    assert_true(grown > 50 && all_marked > 10 && untouched > 10);
}

static void proofs_come_from_the_levels(void **state)
{
    struct fixture *f = *state;
    for (uint32_t count = 1; count <= 65; count++) {
        set(f, count - 1, 3);
        const struct hash root = merkle_tree_root(&f->tree);
        for (uint32_t i = 0; i < count; i++) {
            struct merkle_proof proof;
            merkle_tree_prove_inclusion(&proof, &f->tree, i);
            assert_true(merkle_check_inclusion(&root, &f->leaves[i], i, count, &proof));
            const struct hash old_root = reference_root(f->leaves, i + 1);
            merkle_tree_prove_consistency(&proof, &f->tree, i + 1);
            assert_true(merkle_check_consistency(&old_root, i + 1, &root, count, &proof));
        }
    }
}

static void capacities_need_no_more_than_they_say(void **state)
{
    (void)state;
    for (uint32_t capacity = 1; capacity <= 130; capacity++) {
        void *memory = malloc(merkle_tree_size(capacity)); /* exact: sanitizers see a byte more */
        struct merkle_tree tree;
        merkle_tree_init(&tree, memory, capacity);
        struct hash leaves[130];
        for (uint32_t i = 0; i < capacity; i++) {
            leaves[i] = reference_leaf(9, i);
            merkle_tree_set(&tree, i, &leaves[i]);
        }
        const struct hash root = merkle_tree_root(&tree);
        const struct hash expected = reference_root(leaves, capacity);
        assert_true(hash_equal(&root, &expected));
        free(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_tree_has_the_hash_of_nothing, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(roots_are_right_while_the_tree_grows, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(any_batch_of_changes_gives_the_root_of_the_whole,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(proofs_come_from_the_levels, fixture_open, fixture_close),
        cmocka_unit_test(capacities_need_no_more_than_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
