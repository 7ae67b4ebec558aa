/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.3: a block that is undone leaves nothing behind, whatever was in it; applied again it
 * is the same block. What memory held before a ledger was put into it matters as little. */
#include "sim/honest.h"

#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <stdio.h>

enum { BLOCK_MS = 1000, HOMES = 14, FOUNDERS = 8, BLOCKS = 420, LEAVER = 9, LOST = 10 };

static struct world w;
static struct honest h;

static void open_world(uint64_t seed, uint32_t checks, bool is_dirty)
{
    const struct world_options options = {.seed = seed,
                                          .homes = HOMES,
                                          .founders = FOUNDERS,
                                          .feeders = 3,
                                          .k = 3,
                                          .timing = TIMING_BOTH,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED,
                                          .checks = checks,
                                          .is_dirty = is_dirty};
    world_init(&w, &options);
    world_start(&w);
    honest_init(&h, &w);
    h.trades = HONEST_AGREES | HONEST_FORWARD | HONEST_MEASURED;
    h.faults[1] = HONEST_SHORT;
    h.faults[4] = HONEST_REFUSES;
    h.faults[5] = HONEST_WRONG_EXEC | HONEST_NO_FINAL;
    h.faults[6] = HONEST_WRONG_BALLOT;
    for (uint32_t home = FOUNDERS + 1; home <= HOMES; home++)
        h.wants[home] = true;
}

/* Members that go, of their own and by the authority; a key that changes. */
static void say_more(uint32_t block)
{
    struct op op = {.kind = OP_LEAVE};
    if (block == 200 && w.homes[LEAVER].slot > 0)
        world_say(&w, LEAVER, &op);
    if (block == 230 && w.homes[LOST].slot > 0) {
        op = (struct op){.kind = OP_CERT_REVOKED,
                         .cert_revoked = {.sequence = honest_sequence(&h),
                                          .member = w.homes[LOST].slot,
                                          .key_is_lost = true}};
        world_seal(&w, &op);
        world_say(&w, WORLD_AUTHORITY, &op);
    }
    if (block % 100 == 50) {
        world_sign_rotate(&w, &op, 2);
        world_say(&w, 2, &op);
    }
}

static struct hash run(uint64_t seed, uint32_t checks, bool is_dirty)
{
    open_world(seed, checks, is_dirty);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        honest_act(&h, BLOCK_MS);
        say_more(i);
        world_block(&w, BLOCK_MS);
    }
    return w.digest;
}

/* The world itself compares: WORLD_CHECK_UNDO. */
static void an_undone_block_leaves_nothing_behind(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        const struct hash checked = run(seed, WORLD_CHECK_UNDO | WORLD_CHECK_SUMS, false);
        const struct seen seen = w.seen;
        world_close(&w);
        const struct hash plain = run(seed, 0, false);
        world_close(&w);
        assert_true(hash_equal(&checked, &plain));
        assert_true(seen.contracts[CONTRACT_SETTLED][VERDICT_VOID] > 0);
        assert_true(seen.contracts[CONTRACT_DECLINED][VERDICT_C1] > 0);
        assert_true(seen.contracts[CONTRACT_DECLINED][VERDICT_C2] > 0);
        assert_true(seen.members[STATUS_REVOKED] > 0 && seen.members[STATUS_DEPARTED] > 0);
        assert_true(seen.records[RECORD_KEYS] > 0 && seen.records[RECORD_WRONG] > 0);
    }
}

static void memory_need_not_be_zero(void **state)
{
    (void)state;
    const struct hash clean = run(4, 0, false);
    world_close(&w);
    const struct hash dirty = run(4, WORLD_CHECK_SUMS, true);
    world_close(&w);
    assert_true(hash_equal(&clean, &dirty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_undone_block_leaves_nothing_behind),
        cmocka_unit_test(memory_need_not_be_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
