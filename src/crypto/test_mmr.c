/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle_reference.h"
#include "crypto/mmr.h"
#include "tests/cmocka_all.h"

enum { LEAVES = 130, NODES = 2 * LEAVES };

struct log {
    struct hash leaves[LEAVES];
    struct hash nodes[NODES];
    struct mmr range;
    uint64_t node_count;
};

static struct log logged;

static void append(struct log *log)
{
    struct hash made[MMR_MADE_MAX];
    const uint64_t i = log->range.count;
    log->leaves[i] = reference_leaf(5, i);
    const uint32_t count = mmr_append(&log->range, made, &log->leaves[i]);
    for (uint32_t k = 0; k < count; k++)
        log->nodes[log->node_count++] = made[k];
}

static int log_open(void **state)
{
    mmr_init(&logged.range);
    logged.node_count = 0;
    *state = &logged;
    return 0;
}

static void the_root_is_that_of_the_tree(void **state)
{
    struct log *log = *state;
    for (uint64_t size = 0; size < LEAVES; size++) {
        const struct hash root = mmr_root(&log->range);
        const struct hash expected = reference_root(log->leaves, size);
        const struct hash of_list = mmr_root_of_list(log->leaves, size);
        assert_true(hash_equal(&root, &expected));
        assert_true(hash_equal(&of_list, &expected));
        append(log);
    }
}

static void nodes_stand_where_their_position_says(void **state)
{
    struct log *log = *state;
    for (uint64_t size = 0; size < LEAVES; size++) {
        assert_int_equal(log->node_count, mmr_node_count(size));
        append(log);
    }
    unsigned found = 0;
    for (uint8_t level = 0; (1U << level) <= LEAVES; level++)
        for (uint64_t index = 0; (index + 1) << level <= LEAVES; index++, found++) {
            const struct merkle_ref ref = {.index = index, .level = level};
            const struct hash expected =
                reference_root(log->leaves + (index << level), UINT64_C(1) << level);
            assert_true(hash_equal(&log->nodes[mmr_position(&ref)], &expected));
        }
    assert_int_equal(found, mmr_node_count(LEAVES));
}

static void proofs_come_from_the_stored_nodes(void **state)
{
    struct log *log = *state;
    for (uint64_t size = 1; size <= LEAVES; size++) {
        append(log);
        const struct hash root = mmr_root(&log->range);
        for (uint64_t i = 0; i < size; i++) {
            struct merkle_plan plan;
            struct merkle_proof proof;
            merkle_plan_inclusion(&plan, i, size);
            mmr_fill(&proof, &plan, log->nodes);
            assert_true(merkle_check_inclusion(&root, &log->leaves[i], i, size, &proof));
            const struct hash old_root = reference_root(log->leaves, i + 1);
            merkle_plan_consistency(&plan, i + 1, size);
            mmr_fill(&proof, &plan, log->nodes);
            assert_true(merkle_check_consistency(&old_root, i + 1, &root, size, &proof));
        }
    }
}

static void every_entry_of_a_short_list_can_be_proved(void **state)
{
    (void)state;
    struct hash leaves[33];
    for (uint32_t i = 0; i < 33; i++)
        leaves[i] = reference_leaf(5, i);
    for (uint32_t count = 1; count <= 33; count++) {
        const struct hash root = mmr_root_of_list(leaves, count);
        for (uint32_t i = 0; i < count; i++) {
            struct merkle_proof proof;
            mmr_prove_in_list(&proof, leaves, count, i);
            assert_true(merkle_check_inclusion(&root, &leaves[i], i, count, &proof));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_root_is_that_of_the_tree, log_open),
        cmocka_unit_test_setup(nodes_stand_where_their_position_says, log_open),
        cmocka_unit_test_setup(proofs_come_from_the_stored_nodes, log_open),
        cmocka_unit_test(every_entry_of_a_short_list_can_be_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
