/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "sampling/picks.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 3000 };

static const struct hash seed = {.bytes = {42}};

static struct picks picks_of(uint32_t count)
{
    struct picks p = {.cells_max = picks_cells(count)};
    p.cells = calloc(p.cells_max, sizeof *p.cells);
    assert_non_null(p.cells);
    return p;
}

/* RULE sample.6: the first seats of the shuffled list, by shuffling the whole of it. */
static void picks_are_the_front_of_the_shuffled_list(void **state)
{
    (void)state;
    struct test_random random = {.state = 1};
    static uint32_t list[LIST_MAX], picked[LIST_MAX];
    struct picks p = picks_of(LIST_MAX);
    unsigned whole = 0;
    for (uint64_t number = 0; number < 2000; number++) {
        const uint32_t n = 1 + (uint32_t)test_random_below(&random, number % 10 ? 20 : LIST_MAX);
        const uint32_t count = (uint32_t)test_random_below(&random, n + 1);
        struct stream s, same;
        stream_init(&s, &seed, STREAM_CLUSTER, number);
        stream_init(&same, &seed, STREAM_CLUSTER, number);
        for (uint32_t i = 0; i < n; i++)
            list[i] = i;
        stream_shuffle(&same, list, n);
        picks_draw(&p, picked, &s, n, count);
        assert_memory_equal(picked, list, count * sizeof *list);
        whole += count == n;
    }
    assert_true(whole > 0);
    free(p.cells);
}

/* The cost: words and cells do not know how long the list is. */
static void picking_costs_by_seats_not_by_members(void **state)
{
    (void)state;
    const uint32_t seats = 111;
    uint32_t picked[111];
    uint64_t looked_at[2];
    const uint32_t sizes[2] = {1000, 1 << 20};
    for (int i = 0; i < 2; i++) {
        struct picks p = picks_of(seats);
        struct stream s;
        stream_init(&s, &seed, STREAM_CLUSTER, 7);
        picks_draw(&p, picked, &s, sizes[i], seats);
        assert_int_equal(s.words, seats);
        looked_at[i] = p.looked_at;
        free(p.cells);
    }
    assert_true(looked_at[0] < 6 * seats);
    assert_true(looked_at[1] < 6 * seats);
}

static void the_table_is_at_most_half_full(void **state)
{
    (void)state;
    assert_int_equal(picks_cells(0), 2);
    assert_int_equal(picks_cells(1), 2);
    assert_int_equal(picks_cells(2), 4);
    assert_int_equal(picks_cells(128), 256);
    assert_int_equal(picks_cells(129), 512);
    assert_int_equal(picks_cells(PICKS_MAX), 2 * PICKS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_are_the_front_of_the_shuffled_list),
        cmocka_unit_test(picking_costs_by_seats_not_by_members),
        cmocka_unit_test(the_table_is_at_most_half_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
