/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "ledger/hash_map.h"
#include "ledger/id_map.h"
#include "tests/aborts.h"
#include "tests/exact_memory.h"

enum { KEYS = 48, IDS_MAX = 32, STEPS = 200000 }; /* more keys than fit */

struct model {
    bool has[KEYS];
    uint32_t value[KEYS], count;
    unsigned inserted, removed, full, emptied;
};

/* Small ids, ids far apart, and ids whose searches begin at the same place of 64. */
static uint64_t id_of(uint32_t key)
{
    if (key % 3 == 0)
        return key + 1;
    if (key % 3 == 1)
        return UINT64_MAX - key;
    return (uint64_t)key << 40;
}

static struct hash hash_of(uint32_t key)
{
    struct hash h = {{0}};
    h.bytes[key % 2 == 0 ? 31 : 0] = (uint8_t)(key + 1); /* half of them begin alike */
    return h;
}

static void assert_ids_are(const struct id_map *m, const struct model *model)
{
    for (uint32_t k = 0; k < KEYS; k++) {
        uint32_t value = 12345;
        assert_int_equal(id_map_find(m, id_of(k), &value), model->has[k]);
        assert_int_equal(value, model->has[k] ? model->value[k] : 12345);
    }
}

static void assert_hashes_are(const struct hash_map *m, const struct model *model)
{
    for (uint32_t k = 0; k < KEYS; k++) {
        const struct hash hash = hash_of(k);
        uint32_t value = 12345;
        assert_int_equal(hash_map_find(m, &hash, &value), model->has[k]);
        assert_int_equal(value, model->has[k] ? model->value[k] : 12345);
    }
}

/* One insertion, removal or clearing of both maps and the model. */
static void step(struct id_map *ids, struct hash_map *hashes, struct model *model,
                 struct test_random *random)
{
    const uint32_t key = (uint32_t)test_random_below(random, KEYS);
    const struct hash hash = hash_of(key);
    if (test_random_below(random, 5000) == 0) {
        id_map_clear(ids);
        hash_map_clear(hashes);
        memset(model->has, 0, sizeof model->has);
        model->count = 0;
        model->emptied++;
    } else if (model->has[key] && test_random_below(random, 3) != 0) {
        return; /* so that more is there than goes, and the maps are often full */
    } else if (model->has[key]) {
        id_map_remove(ids, id_of(key));
        hash_map_remove(hashes, &hash);
        model->has[key] = false;
        model->count--;
        model->removed++;
    } else if (model->count < IDS_MAX) {
        model->value[key] = (uint32_t)test_random_next(random);
        id_map_insert(ids, id_of(key), model->value[key]);
        hash_map_insert(hashes, &hash, model->value[key]);
        model->has[key] = true;
        model->count++;
        model->inserted++;
    } else {
        model->full++;
    }
}

static void maps_hold_what_was_inserted_and_not_removed(void **state)
{
    (void)state;
    struct arena id_memory = exact_memory(id_map_bytes(IDS_MAX));
    struct arena hash_memory = exact_memory(hash_map_bytes(IDS_MAX));
    struct id_map ids;
    struct hash_map hashes;
    id_map_init(&ids, &id_memory, IDS_MAX);
    hash_map_init(&hashes, &hash_memory, IDS_MAX);
    struct model model = {.count = 0};
    struct test_random random = {7};
    for (uint32_t i = 0; i < STEPS; i++) {
        step(&ids, &hashes, &model, &random);
        if (i % 16 == 0) {
            assert_ids_are(&ids, &model);
            assert_hashes_are(&hashes, &model);
        }
    }
    assert_true(model.inserted > 20000 && model.removed > 20000);
    assert_true(model.full > 1000 && model.emptied > 10);
    free(id_memory.memory);
    free(hash_memory.memory);
}

static void a_zero_key_is_never_there(void **state)
{
    (void)state;
    struct arena memory = exact_memory(id_map_bytes(1));
    struct id_map m;
    id_map_init(&m, &memory, 1);
    uint32_t value = 9;
    assert_false(id_map_find(&m, 0, &value));
    id_map_insert(&m, UINT64_MAX, 4);
    assert_false(id_map_find(&m, 0, &value));
    assert_int_equal(value, 9);
    free(memory.memory);
}

static void every_size_holds_as_many_keys_as_it_says(void **state)
{
    (void)state;
    for (uint32_t size = 1; size <= 130; size++) {
        struct arena memory = exact_memory(id_map_bytes(size));
        struct id_map m;
        id_map_init(&m, &memory, size);
        for (uint64_t id = 1; id <= size; id++)
            id_map_insert(&m, id, (uint32_t)id * 2);
        for (uint64_t id = 1; id <= size; id++) {
            uint32_t value = 0;
            assert_true(id_map_find(&m, id, &value));
            assert_int_equal(value, id * 2);
        }
        uint32_t value;
        assert_false(id_map_find(&m, size + 1, &value));
        free(memory.memory);
    }
}

static struct id_map small;
static _Alignas(64) uint8_t small_memory[512];

static void small_init(void)
{
    struct arena a;
    arena_init(&a, small_memory, sizeof small_memory);
    id_map_init(&small, &a, 2);
    id_map_insert(&small, 1, 1);
}

static void insert_zero(void)
{
    small_init();
    id_map_insert(&small, 0, 1);
}

static void insert_twice(void)
{
    small_init();
    id_map_insert(&small, 1, 1);
}

static void insert_too_many(void)
{
    small_init();
    id_map_insert(&small, 2, 1);
    id_map_insert(&small, 3, 1);
}

static void remove_a_stranger(void)
{
    small_init();
    id_map_remove(&small, 2);
}

static void a_map_for_nothing(void)
{
    (void)!id_map_bytes(0);
}

static void a_map_for_too_many(void)
{
    (void)!id_map_bytes(KEY_MAP_KEYS_MAX + 1U);
}

static void a_map_used_wrongly_aborts(void **state)
{
    (void)state;
    assert_true(id_map_bytes(KEY_MAP_KEYS_MAX) > (size_t)KEY_MAP_KEYS_MAX * 2 * 12);
    assert_true(aborts(insert_zero));
    assert_true(aborts(insert_twice));
    assert_true(aborts(insert_too_many));
    assert_true(aborts(remove_a_stranger));
    assert_true(aborts(a_map_for_nothing));
    assert_true(aborts(a_map_for_too_many));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_hold_what_was_inserted_and_not_removed),
        cmocka_unit_test(a_zero_key_is_never_there),
        cmocka_unit_test(every_size_holds_as_many_keys_as_it_says),
        cmocka_unit_test(a_map_used_wrongly_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
