/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "ledger/places.h"
#include "tests/aborts.h"
#include "tests/exact_memory.h"

enum { PLACES = 150, STEPS = 20000 };

static uint32_t lowest_free(const bool *occupied, uint32_t capacity)
{
    for (uint32_t i = 0; i < capacity; i++)
        if (!occupied[i])
            return i;
    return PLACES_NONE;
}

/* As after an undo or a restart: nobody can tell. */
static void rebuild(struct places *p, const bool *occupied)
{
    places_clear(p);
    for (uint32_t i = PLACES; i-- > 0;)
        if (occupied[i])
            places_occupy(p, i);
}

static void the_lowest_free_place_is_taken(void **state)
{
    (void)state;
    struct arena memory = exact_memory(places_bytes(PLACES));
    struct places p;
    places_init(&p, &memory, PLACES);
    bool occupied[PLACES] = {false};
    struct test_random random = {3};
    unsigned taken = 0, given = 0, full = 0, rebuilt = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        const uint32_t at = (uint32_t)test_random_below(&random, PLACES);
        const bool is_growing = i / 1000 % 2 == 0;
        if (occupied[at] && test_random_below(&random, is_growing ? 4 : 1) == 0) {
            places_give(&p, at);
            occupied[at] = false;
            given++;
        } else {
            const uint32_t expected = lowest_free(occupied, PLACES);
            assert_int_equal(places_take(&p), expected);
            taken += expected != PLACES_NONE;
            full += expected == PLACES_NONE;
            if (expected != PLACES_NONE)
                occupied[expected] = true;
        }
        if (i % 500 == 0) {
            rebuild(&p, occupied);
            rebuilt++;
        }
        assert_int_equal(places_is_occupied(&p, at), occupied[at]);
    }
    assert_true(taken > 5000 && given > 5000 && full > 100 && rebuilt > 10);
    free(memory.memory);
}

static void every_capacity_has_as_many_places_as_it_says(void **state)
{
    (void)state;
    for (uint32_t capacity = 1; capacity <= 130; capacity++) {
        struct arena memory = exact_memory(places_bytes(capacity));
        struct places p;
        places_init(&p, &memory, capacity);
        for (uint32_t i = 0; i < capacity; i++)
            assert_int_equal(places_take(&p), i);
        assert_int_equal(places_take(&p), PLACES_NONE);
        assert_int_equal(p.count, capacity);
        places_give(&p, capacity - 1);
        assert_int_equal(places_take(&p), capacity - 1);
        assert_int_equal(places_take(&p), PLACES_NONE);
        free(memory.memory);
    }
}

static void places_that_were_cleared_begin_again(void **state)
{
    (void)state;
    struct arena memory = exact_memory(places_bytes(PLACES));
    struct places p;
    places_init(&p, &memory, PLACES);
    for (uint32_t i = 0; i < PLACES; i++)
        assert_int_equal(places_take(&p), i);
    places_clear(&p);
    assert_int_equal(p.count, 0);
    for (uint32_t i = 0; i < PLACES; i++)
        assert_int_equal(places_take(&p), i);
    free(memory.memory);
}

static struct places small;
static _Alignas(64) uint8_t small_memory[64];

static void small_init(void)
{
    struct arena a;
    arena_init(&a, small_memory, sizeof small_memory);
    places_init(&small, &a, 2);
    (void)!places_take(&small);
}

static void give_a_free_place(void)
{
    small_init();
    places_give(&small, 1);
}

static void give_beyond_capacity(void)
{
    small_init();
    places_give(&small, 2);
}

static void occupy_an_occupied_place(void)
{
    small_init();
    places_occupy(&small, 0);
}

static void ask_beyond_capacity(void)
{
    small_init();
    (void)!places_is_occupied(&small, 2);
}

static void no_places(void)
{
    struct arena a;
    arena_init(&a, small_memory, sizeof small_memory);
    places_init(&small, &a, 0);
}

static void places_used_wrongly_abort(void **state)
{
    (void)state;
    assert_true(aborts(give_a_free_place));
    assert_true(aborts(give_beyond_capacity));
    assert_true(aborts(occupy_an_occupied_place));
    assert_true(aborts(ask_beyond_capacity));
    assert_true(aborts(no_places));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_free_place_is_taken),
        cmocka_unit_test(every_capacity_has_as_many_places_as_it_says),
        cmocka_unit_test(places_that_were_cleared_begin_again),
        cmocka_unit_test(places_used_wrongly_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
