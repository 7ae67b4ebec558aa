/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle_reference.h"
#include "crypto/merkle_tree.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

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

struct blocks { /* what the walk below met */
    unsigned undone, undone_unrooted, grown, from_nothing, stood_still;
};

static void assert_before_is(const struct fixture *f, const struct hash *leaves, uint32_t count)
{
    const struct hash root = merkle_tree_root_before(&f->tree);
    const struct hash expected = reference_root(leaves, count);
    assert_true(hash_equal(&root, &expected));
    assert_int_equal(f->tree.count_before, count);
    for (uint32_t i = 0; i < count; i++) {
        struct merkle_proof proof;
        merkle_tree_prove_inclusion_before(&proof, &f->tree, i);
        assert_true(merkle_check_inclusion(&root, &leaves[i], i, count, &proof));
    }
}

/* One block, asked about the tree from before at each of its stages, and perhaps undone. */
static void one_block(struct fixture *f, struct blocks *met, uint32_t round)
{
    static struct hash before[CAPACITY];
    const uint32_t count = f->tree.count;
    memcpy(before, f->leaves, sizeof before);
    merkle_tree_begin(&f->tree);
    assert_before_is(f, before, count);
    const uint32_t sets = draw(f, 4) == 0 ? 0 : draw(f, draw(f, 8) == 0 ? 60 : 6);
    for (uint32_t i = 0; i < sets; i++) {
        const uint32_t bound = f->tree.count < CAPACITY ? f->tree.count + 1 : CAPACITY;
        set(f, draw(f, 3) == 0 ? bound - 1 : draw(f, bound), round * 64 + i);
        if (draw(f, 8) == 0)
            assert_root_is_right(f);
    }
    assert_before_is(f, before, count);
    const bool is_unrooted = sets > 0 && !f->tree.is_current;
    if (draw(f, 2) == 0)
        assert_root_is_right(f);
    assert_before_is(f, before, count);
    met->grown += f->tree.count > count;
    met->from_nothing += count == 0 && sets > 0;
    met->stood_still += sets == 0;
    if (draw(f, 2) == 0) {
        met->undone++;
        met->undone_unrooted += is_unrooted && !f->tree.is_current;
        merkle_tree_undo(&f->tree);
        memcpy(f->leaves, before, sizeof before);
        assert_int_equal(f->tree.count, count);
        assert_before_is(f, before, count);
    }
    assert_root_is_right(f);
}

static void a_block_is_undone_and_the_tree_before_it_proves(void **state)
{
    struct fixture *f = *state;
    struct blocks met = {0};
    for (uint32_t round = 0; round < 600; round++) {
        if (round % 100 == 0) /* small trees grow in height most often */
            merkle_tree_init(&f->tree, f->memory, CAPACITY);
        one_block(f, &met, round);
    }
    assert_true(met.undone > 100 && met.undone_unrooted > 30 && met.grown > 100);
    assert_true(met.from_nothing > 5 && met.stood_still > 50);
}

static void an_undone_tree_holds_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < CAPACITY - 1; i++)
        set(f, i, 1);
    assert_root_is_right(f);
    merkle_tree_begin(&f->tree);
    const struct merkle_tree was = f->tree;
    struct hash nodes[CAPACITY];
    for (uint32_t l = 0; l < 9; l++) {
        memcpy(nodes, f->tree.level[l].node, f->tree.level[l].nodes_before * sizeof nodes[0]);
        for (uint32_t i = 0; i < CAPACITY; i += 3)
            merkle_tree_set(&f->tree, i, &nodes[0]);
        const struct hash root = merkle_tree_root(&f->tree);
        assert_false(hash_equal(&root, &nodes[0]));
        merkle_tree_undo(&f->tree);
        assert_memory_equal(&f->tree, &was, sizeof was);
        assert_memory_equal(nodes, f->tree.level[l].node,
                            f->tree.level[l].nodes_before * sizeof nodes[0]);
    }
}

static void nothing_is_marked_after_an_undo(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 100; i++)
        set(f, i, 1);
    assert_root_is_right(f);
    merkle_tree_begin(&f->tree);
    for (uint32_t i = 50; i < CAPACITY; i++)
        set(f, i, 2); /* no root is taken */
    merkle_tree_undo(&f->tree);
    for (uint32_t w = 0; w < CAPACITY / 64 + 1; w++)
        assert_true(f->tree.level[0].marked[w] == 0);
}

static void before_the_first_block_there_was_nothing(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 10; i++)
        set(f, i, 1);
    assert_before_is(f, f->leaves, 0);
    merkle_tree_undo(&f->tree);
    assert_int_equal(f->tree.count, 0);
    assert_root_is_right(f);
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
        struct hash root = merkle_tree_root(&tree);
        const struct hash expected = reference_root(leaves, capacity);
        assert_true(hash_equal(&root, &expected));
        merkle_tree_begin(&tree);
        for (uint32_t i = 0; i < capacity; i++)
            merkle_tree_set(&tree, i, &expected); /* every node is kept */
        root = merkle_tree_root(&tree);
        merkle_tree_undo(&tree);
        root = merkle_tree_root(&tree);
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
        cmocka_unit_test_setup_teardown(a_block_is_undone_and_the_tree_before_it_proves,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(an_undone_tree_holds_the_same_bytes, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(nothing_is_marked_after_an_undo, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(before_the_first_block_there_was_nothing, fixture_open,
                                        fixture_close),
        cmocka_unit_test(capacities_need_no_more_than_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
