/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "crypto/merkle_reference.h"
#include "ledger/delta.h"
#include "ledger/store.h"
#include "tests/aborts.h"
#include "tests/exact_memory.h"

enum { LEAVES = 70, BLOCKS = 500, VALUE_BYTES = 5 };

struct side { /* what the store should hold */
    struct store_meta meta[LEAVES];
    uint8_t value[LEAVES][VALUE_BYTES];
    uint32_t count;
};

struct fixture {
    struct store store;
    struct delta delta;
    struct side now, before;
    struct test_random random;
    void *memory, *delta_memory;
};

static int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct arena memory = exact_memory(store_bytes(LEAVES));
    struct arena delta_memory = exact_memory(delta_bytes(LEAVES));
    f->memory = memory.memory;
    f->delta_memory = delta_memory.memory;
    f->random.state = 5;
    store_init(&f->store, &memory, LEAVES);
    delta_init(&f->delta, &delta_memory, LEAVES);
    *state = f;
    return 0;
}

static int fixture_close(void **state)
{
    struct fixture *f = *state;
    free(f->memory);
    free(f->delta_memory);
    free(f);
    return 0;
}

static struct span key_of(const uint32_t *leaf)
{
    return (struct span){(const uint8_t *)leaf, sizeof *leaf};
}

/* The leaf from the words of protocol.md: version, height, height before, value. */
static struct hash leaf_by_hand(const struct side *side, uint32_t leaf)
{
    uint8_t bytes[24 + VALUE_BYTES] = {0};
    const struct store_meta *const meta = &side->meta[leaf];
    if (meta->version == 0)
        return merkle_leaf_of_pair((struct span){NULL, 0}, (struct span){NULL, 0});
    for (size_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(meta->version >> 8 * i);
        bytes[8 + i] = (uint8_t)(meta->height >> 8 * i);
        bytes[16 + i] = (uint8_t)(meta->prev_height >> 8 * i);
    }
    memcpy(bytes + 24, side->value[leaf], VALUE_BYTES);
    return merkle_leaf_of_pair(key_of(&leaf), (struct span){bytes, sizeof bytes});
}

static void assert_view_is(struct fixture *f, enum store_view view, const struct side *side)
{
    struct hash leaves[LEAVES];
    const struct hash root =
        view == STORE_NOW ? store_root(&f->store) : store_root_before(&f->store);
    assert_int_equal(store_count(&f->store, view), side->count);
    for (uint32_t i = 0; i < LEAVES; i++) {
        const struct store_meta meta = store_meta(&f->store, view, i);
        assert_memory_equal(&meta, &side->meta[i], sizeof meta);
        leaves[i] = leaf_by_hand(side, i);
    }
    const struct hash expected = reference_root(leaves, side->count);
    assert_true(hash_equal(&root, &expected));
    for (uint32_t i = 0; i < side->count; i++) {
        struct stores_step step;
        store_prove(&step, &f->store, view, i);
        assert_true(step.index == i && step.size == side->count);
        assert_true(merkle_check_inclusion(&root, &leaves[i], step.index, step.size, &step.proof));
    }
}

static void put_dirty(struct fixture *f, uint64_t height)
{
    const uint32_t *leaves;
    const uint32_t count = store_dirty(&f->store, &leaves);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(i == 0 || leaves[i] > leaves[i - 1]);
        const uint32_t leaf = leaves[i];
        struct store_meta *meta = &f->now.meta[leaf];
        *meta = (struct store_meta){meta->version + 1, height, meta->height};
        const struct hash hash = store_put(&f->store, leaf, height, key_of(&leaf),
                                           (struct span){f->now.value[leaf], VALUE_BYTES});
        const struct hash expected = leaf_by_hand(&f->now, leaf);
        assert_true(hash_equal(&hash, &expected));
        delta_add(&f->delta, &hash);
        if (leaf >= f->now.count)
            f->now.count = leaf + 1;
    }
    (void)store_root(&f->store).bytes[0];
}

/* Marks leaves, some of them twice; returns how many different ones. */
static uint32_t change(struct fixture *f)
{
    bool is_marked[LEAVES] = {false};
    uint32_t marked = 0;
    const uint64_t reach = f->now.count + 8 < LEAVES ? f->now.count + 8 : LEAVES;
    const uint64_t changes = test_random_below(&f->random, 12);
    for (uint64_t i = 0; i < changes; i++) {
        const uint32_t leaf = (uint32_t)test_random_below(&f->random, reach);
        f->now.value[leaf][test_random_below(&f->random, VALUE_BYTES)]++;
        store_mark(&f->store, leaf);
        if (test_random_below(&f->random, 16) == 0) {
            store_renew(&f->store, leaf);
            f->now.meta[leaf] = (struct store_meta){0};
        }
        marked += !is_marked[leaf];
        is_marked[leaf] = true;
    }
    return marked;
}

/* RULE ledger.2: versions grow by one and name the height before; RULE ledger.4: all under the
 * root, also under that from before while the store has moved on; RULE ledger.3: a block that the
 * engine left never was. */
static void a_store_is_versioned_proved_and_undone(void **state)
{
    struct fixture *f = *state;
    unsigned undone = 0, undone_dirty = 0, unchanged = 0;
    uint64_t height = 0;
    for (unsigned i = 0; i < BLOCKS; i++) {
        height += 1 + test_random_below(&f->random, 3);
        store_begin(&f->store);
        delta_begin(&f->delta);
        f->before = f->now;
        const uint32_t marked = change(f);
        unchanged += marked == 0;
        const uint32_t *leaves;
        assert_int_equal(store_dirty(&f->store, &leaves), marked);
        const uint64_t fate = test_random_below(&f->random, 8);
        if (fate == 0) { /* the engine left in the middle of the block */
            store_undo(&f->store);
            assert_int_equal(store_dirty(&f->store, &leaves), 0);
            undone_dirty += marked > 0;
            f->now = f->before;
        } else {
            put_dirty(f, height);
            assert_int_equal(f->delta.count, marked);
            assert_view_is(f, STORE_NOW, &f->now);
            assert_view_is(f, STORE_BEFORE, &f->before);
        }
        if (fate == 1 || fate == 2) {
            store_undo(&f->store);
            undone++;
            f->now = f->before;
        }
        assert_view_is(f, STORE_NOW, &f->now);
        assert_view_is(f, STORE_BEFORE, fate < 3 ? &f->now : &f->before);
    }
    assert_true(undone > 50 && undone_dirty > 20 && unchanged > 10 && f->now.count == LEAVES);
}

static void leaves_that_were_passed_over_are_empty_pairs(void **state)
{
    struct fixture *f = *state;
    store_mark(&f->store, 4);
    put_dirty(f, 9);
    assert_int_equal(store_count(&f->store, STORE_NOW), 5);
    assert_view_is(f, STORE_NOW, &f->now);
    store_begin(&f->store);
    store_mark(&f->store, 2); /* its own first version */
    put_dirty(f, 10);
    assert_int_equal(store_meta(&f->store, STORE_NOW, 2).version, 1);
    assert_int_equal(store_meta(&f->store, STORE_NOW, 2).prev_height, 0);
    assert_view_is(f, STORE_NOW, &f->now);
}

static void a_new_key_at_an_old_place_begins_with_version_one(void **state)
{
    struct fixture *f = *state;
    for (uint64_t height = 1; height <= 3; height++) {
        store_begin(&f->store);
        store_mark(&f->store, 0);
        put_dirty(f, height);
    }
    store_begin(&f->store);
    store_renew(&f->store, 0);
    f->now.meta[0] = (struct store_meta){0};
    put_dirty(f, 4);
    const struct store_meta meta = store_meta(&f->store, STORE_NOW, 0);
    assert_true(meta.version == 1 && meta.height == 4 && meta.prev_height == 0);
    assert_int_equal(store_meta(&f->store, STORE_BEFORE, 0).version, 3);
}

/* RULE ledger.4: what a client composes is what the tree holds. */
static void a_value_composed_by_a_client_is_checked_from_the_app_hash(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 6; i++)
        store_mark(&f->store, i);
    put_dirty(f, 3);
    const struct store_root stores[] = {{"delta", delta_root(&f->delta)},
                                        {"members", store_root(&f->store)}};
    const struct hash app_hash = stores_root(stores, 2);
    struct stores_step store_step = {.index = 1, .size = 2}, value_step;
    stores_prove(&store_step.proof, stores, 2, 1);
    const uint32_t leaf = 5;
    store_prove(&value_step, &f->store, STORE_NOW, leaf);
    const struct store_meta meta = store_meta(&f->store, STORE_NOW, leaf);
    uint8_t bytes[STORE_META_BYTES + VALUE_BYTES];
    const size_t len =
        store_value_bytes(bytes, &meta, (struct span){f->now.value[leaf], VALUE_BYTES});
    assert_int_equal(len, sizeof bytes);
    assert_true(stores_check_value(&app_hash, &stores[1], &store_step, key_of(&leaf),
                                   (struct span){bytes, len}, &value_step));
    bytes[0]++; /* another version */
    assert_false(stores_check_value(&app_hash, &stores[1], &store_step, key_of(&leaf),
                                    (struct span){bytes, len}, &value_step));
}

static void a_delta_is_the_list_of_what_was_put(void **state)
{
    struct fixture *f = *state;
    struct hash leaves[LEAVES];
    delta_begin(&f->delta);
    for (uint32_t count = 0; count < LEAVES; count++) {
        const struct hash root = delta_root(&f->delta);
        const struct hash expected = reference_root(leaves, count);
        assert_true(hash_equal(&root, &expected));
        for (uint32_t i = 0; i < count; i++) {
            struct stores_step step;
            delta_prove(&step, &f->delta, i);
            assert_true(
                merkle_check_inclusion(&root, &leaves[i], step.index, step.size, &step.proof));
        }
        leaves[count] = reference_leaf(1, count);
        delta_add(&f->delta, &leaves[count]);
    }
    delta_begin(&f->delta);
    assert_int_equal(f->delta.count, 0);
}

static struct store small;
static struct delta small_delta;
static _Alignas(64) uint8_t small_memory[4096];

static void small_init(void)
{
    struct arena a;
    arena_init(&a, small_memory, sizeof small_memory);
    store_init(&small, &a, 3);
    delta_init(&small_delta, &a, 1);
}

static void put(uint32_t leaf, uint64_t height, const char *key)
{
    (void)store_put(&small, leaf, height, span_of_text(key), span_of_text("value")).bytes[0];
}

static void mark_beyond_capacity(void)
{
    small_init();
    store_mark(&small, 3);
}

static void put_a_clean_leaf(void)
{
    small_init();
    put(1, 1, "key");
}

static void put_twice(void)
{
    small_init();
    store_mark(&small, 1);
    put(1, 1, "key");
    put(1, 2, "key");
}

static void put_at_the_same_height(void)
{
    small_init();
    for (int i = 0; i < 2; i++) {
        store_mark(&small, 1);
        put(1, 7, "key");
    }
}

static void put_without_a_key(void)
{
    small_init();
    store_mark(&small, 1);
    put(1, 1, "");
}

static void begin_with_dirty_leaves(void)
{
    small_init();
    store_mark(&small, 1);
    store_begin(&small);
}

static void begin_without_a_root(void)
{
    small_init();
    store_mark(&small, 1);
    put(1, 1, "key");
    store_begin(&small);
}

static void add_too_much_to_a_delta(void)
{
    small_init();
    const struct hash leaf = {{1}};
    delta_add(&small_delta, &leaf);
    delta_add(&small_delta, &leaf);
}

static void a_store_used_wrongly_aborts(void **state)
{
    (void)state;
    assert_true(aborts(mark_beyond_capacity));
    assert_true(aborts(put_a_clean_leaf));
    assert_true(aborts(put_twice));
    assert_true(aborts(put_at_the_same_height));
    assert_true(aborts(put_without_a_key));
    assert_true(aborts(begin_with_dirty_leaves));
    assert_true(aborts(begin_without_a_root));
    assert_true(aborts(add_too_much_to_a_delta));
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_store_is_versioned_proved_and_undone),
        WITH_STORE(leaves_that_were_passed_over_are_empty_pairs),
        WITH_STORE(a_new_key_at_an_old_place_begins_with_version_one),
        WITH_STORE(a_value_composed_by_a_client_is_checked_from_the_app_hash),
        WITH_STORE(a_delta_is_the_list_of_what_was_put),
        cmocka_unit_test(a_store_used_wrongly_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
