/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"
#include "base/test_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS_MAX = 1025 };

static bool before(struct sort_item a, struct sort_item b)
{
    return a.key < b.key || (a.key == b.key && a.number < b.number);
}

static void insertion_sort(struct sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct sort_item item = items[i];
        size_t at = i;
        for (; at > 0 && before(item, items[at - 1]); at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* Sort a copy with each algorithm; a guard behind both arrays must survive. */
static bool agrees_with_insertion_sort(const struct sort_item *items, size_t count)
{
    static struct sort_item expected[ITEMS_MAX];
    static struct sort_item sorted[ITEMS_MAX + 1];
    static struct sort_item scratch[ITEMS_MAX + 1];
    const struct sort_item guard = {.key = 0xfeed, .number = 0xbeef};
    assert_true(count <= ITEMS_MAX);
    memcpy(expected, items, count * sizeof *items);
    memcpy(sorted, items, count * sizeof *items);
    sorted[count] = guard;
    scratch[count] = guard;
    insertion_sort(expected, count);
    sort_items(sorted, scratch, count);
    assert_memory_equal(&sorted[count], &guard, sizeof guard);
    assert_memory_equal(&scratch[count], &guard, sizeof guard);
    return memcmp(sorted, expected, count * sizeof *items) == 0;
}

/* The same for sort_keys, which asks for ascending numbers. */
static bool keys_agree_with_insertion_sort(const struct sort_item *items, size_t count)
{
    static struct sort_item expected[ITEMS_MAX];
    static struct sort_item sorted[ITEMS_MAX + 1];
    static struct sort_item scratch[ITEMS_MAX + 1];
    const struct sort_item guard = {.key = 0xfeed, .number = 0xbeef};
    for (size_t i = 0; i < count; i++)
        expected[i] = sorted[i] = (struct sort_item){items[i].key, i * i};
    sorted[count] = scratch[count] = guard;
    insertion_sort(expected, count);
    sort_keys(sorted, scratch, count);
    assert_memory_equal(&sorted[count], &guard, sizeof guard);
    assert_memory_equal(&scratch[count], &guard, sizeof guard);
    return memcmp(sorted, expected, count * sizeof *items) == 0;
}

enum shape { ASCENDING, DESCENDING, EQUAL_KEYS, FEW_KEYS, ANY_KEYS, SHAPE_COUNT };

static uint64_t key_of(enum shape shape, size_t index, struct test_random *r)
{
    switch (shape) {
    case ASCENDING:
        return index;
    case DESCENDING:
        return UINT64_MAX - index;
    case EQUAL_KEYS:
        return 7;
    case FEW_KEYS:
        return test_random_below(r, 3);
    case ANY_KEYS:
        return test_random_next(r);
    case SHAPE_COUNT:
        break;
    }
    fail();
    return 0;
}

static void fill(struct sort_item *items, size_t count, enum shape shape, struct test_random *r)
{
    /* An odd factor makes numbers unique; in sorted shapes they only decide where keys tie. */
    const uint64_t factor = test_random_next(r) | 1;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct sort_item){.key = key_of(shape, i, r), .number = factor * i};
}

static void every_size_around_a_power_of_two_is_sorted(void **state)
{
    (void)state;
    static struct sort_item items[ITEMS_MAX];
    struct test_random r = {.state = 20230903};
    for (size_t power = 1; power <= 1024; power *= 2) {
        for (size_t count = power - 1; count <= power + 1; count++) {
            for (unsigned shape = 0; shape < SHAPE_COUNT; shape++) {
                fill(items, count, (enum shape)shape, &r);
                assert_true(agrees_with_insertion_sort(items, count));
                assert_true(keys_agree_with_insertion_sort(items, count));
            }
        }
    }
}

static void random_arrays_are_sorted(void **state)
{
    (void)state;
    const uint64_t seed = 20230904;
    struct test_random r = {.state = seed};
    struct sort_item items[24];
    uint32_t of_size[24] = {0};
    uint32_t of_shape[SHAPE_COUNT] = {0};
    for (uint32_t i = 0; i < 100000; i++) {
        const size_t count = test_random_below(&r, 24);
        const enum shape shape = (enum shape)test_random_below(&r, SHAPE_COUNT);
        fill(items, count, shape, &r);
        if (!agrees_with_insertion_sort(items, count))
            fail_msg("seed %llu case %u", (unsigned long long)seed, i);
        of_size[count]++;
        of_shape[shape]++;
    }
    for (size_t i = 0; i < 24; i++)
        assert_true(of_size[i] > 1000);
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        assert_true(of_shape[i] > 1000);
}

static void no_item_needs_no_memory(void **state)
{
    (void)state;
    sort_items(NULL, NULL, 0);
}

static void the_number_decides_among_equal_keys(void **state)
{
    (void)state;
    struct sort_item items[] = {{5, 3}, {5, 1}, {4, 9}, {5, 2}, {UINT64_MAX, 0}, {0, UINT64_MAX}};
    const struct sort_item expected[] = {{0, UINT64_MAX}, {4, 9}, {5, 1},
                                         {5, 2},          {5, 3}, {UINT64_MAX, 0}};
    struct sort_item scratch[6];
    sort_items(items, scratch, 6);
    assert_memory_equal(items, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_around_a_power_of_two_is_sorted),
        cmocka_unit_test(random_arrays_are_sorted),
        cmocka_unit_test(no_item_needs_no_memory),
        cmocka_unit_test(the_number_decides_among_equal_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
