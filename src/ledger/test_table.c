/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "ledger/table.h"
#include "tests/aborts.h"
#include "tests/exact_memory.h"

enum { ROWS = 37, ROW_BYTES = 24, BLOCKS = 2000 };

static void assert_starts_well(uint32_t capacity, size_t row_bytes, size_t start)
{
    struct arena memory = exact_memory(start + table_bytes(capacity, row_bytes));
    (void)!arena_take_raw(&memory, start, 1, 1);
    struct table t;
    table_init(&t, &memory, capacity, row_bytes);
    assert_int_equal((uintptr_t)t.rows % 64, 0);
    const uint8_t *last = table_get(&t, capacity - 1);
    for (size_t i = 0; i < row_bytes; i++)
        assert_int_equal(last[i], 0);
    for (uint32_t i = 0; i < capacity; i++) /* all of the memory is used */
        memset(table_edit(&t, i), 1, row_bytes);
    free(memory.memory);
}

static void rows_are_zero_and_aligned(void **state)
{
    (void)state;
    static const size_t sizes[] = {8, 24, 64, 120, TABLE_ROW_BYTES_MAX};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (uint32_t capacity = 1; capacity <= 17; capacity += 8)
            for (size_t start = 0; start < 64; start += 21)
                assert_starts_well(capacity, sizes[s], start);
        assert_int_equal(table_bytes(3, sizes[s]) % 64, 0);
    }
}

struct model {
    struct table t;
    uint8_t now[ROWS][ROW_BYTES], before[ROWS][ROW_BYTES];
    struct test_random random;
};

static void assert_is_as_modelled(const struct model *m)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        assert_memory_equal(table_get(&m->t, i), m->now[i], ROW_BYTES);
        assert_memory_equal(table_before(&m->t, i), m->before[i], ROW_BYTES);
    }
}

static void edit(struct model *m, uint32_t row)
{
    const uint8_t value = (uint8_t)test_random_next(&m->random);
    const size_t at = test_random_below(&m->random, ROW_BYTES);
    uint8_t *bytes = table_edit(&m->t, row);
    bytes[at] = m->now[row][at] = value;
}

/* For a moment the rows are those from before, and what is touched stays known. */
static void assert_exchanges(struct model *m)
{
    table_exchange(&m->t);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_memory_equal(table_get(&m->t, i), m->before[i], ROW_BYTES);
    table_exchange(&m->t);
    assert_is_as_modelled(m);
}

static void random_edits_are_undone_to_the_last_byte(void **state)
{
    (void)state;
    static struct model m;
    m.random.state = 20261122;
    struct arena memory = exact_memory(table_bytes(ROWS, ROW_BYTES));
    table_init(&m.t, &memory, ROWS, ROW_BYTES);
    unsigned undone = 0, all = 0, none = 0;
    for (unsigned block = 0; block < BLOCKS; block++) {
        table_begin(&m.t);
        memcpy(m.before, m.now, sizeof m.now);
        assert_is_as_modelled(&m);
        const uint64_t edits = test_random_below(&m.random, block % 8 == 0 ? 4 * ROWS : 6);
        for (uint64_t i = 0; i < edits; i++)
            edit(&m, (uint32_t)test_random_below(&m.random, ROWS));
        assert_exchanges(&m);
        all += m.t.touched_count == ROWS;
        none += m.t.touched_count == 0;
        assert_is_as_modelled(&m);
        if (test_random_below(&m.random, 2) == 0)
            continue;
        undone++;
        table_undo(&m.t);
        memcpy(m.now, m.before, sizeof m.now);
        assert_is_as_modelled(&m);
    }
    assert_true(undone > 500 && all > 10 && none > 100);
    free(memory.memory);
}

static void touched_rows_stand_in_order_of_first_touch(void **state)
{
    (void)state;
    struct arena memory = exact_memory(table_bytes(ROWS, ROW_BYTES));
    struct table t;
    table_init(&t, &memory, ROWS, ROW_BYTES);
    static const uint32_t edits[] = {5, 36, 5, 0, 36, 0};
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++)
        (void)!table_edit(&t, edits[i]);
    assert_int_equal(t.touched_count, 3);
    static const uint32_t expected[] = {5, 36, 0};
    assert_memory_equal(t.touched, expected, sizeof expected);
    table_begin(&t);
    assert_int_equal(t.touched_count, 0);
    free(memory.memory);
}

static struct table small;
static _Alignas(64) uint8_t small_memory[1024];

static void small_init(uint32_t capacity, size_t row_bytes, size_t size)
{
    struct arena a;
    arena_init(&a, small_memory, size);
    table_init(&small, &a, capacity, row_bytes);
}

static void get_beyond_capacity(void)
{
    small_init(2, 8, sizeof small_memory);
    (void)!table_get(&small, 2);
}

static void edit_beyond_capacity(void)
{
    small_init(2, 8, sizeof small_memory);
    (void)!table_edit(&small, 2);
}

static void ask_before_beyond_capacity(void)
{
    small_init(2, 8, sizeof small_memory);
    (void)!table_before(&small, 2);
}

static void rows_of_nine_bytes(void)
{
    small_init(2, 9, sizeof small_memory);
}

static void rows_of_no_bytes(void)
{
    small_init(2, 0, sizeof small_memory);
}

static void no_rows(void)
{
    small_init(0, 8, sizeof small_memory);
}

static void rows_too_long(void)
{
    small_init(1, TABLE_ROW_BYTES_MAX + 8, sizeof small_memory);
}

static void memory_too_small(void)
{
    small_init(2, 8, 64);
}

static void a_table_used_wrongly_aborts(void **state)
{
    (void)state;
    small_init(2, 8, sizeof small_memory);
    assert_non_null(table_edit(&small, 1));
    assert_true(aborts(get_beyond_capacity));
    assert_true(aborts(edit_beyond_capacity));
    assert_true(aborts(ask_before_beyond_capacity));
    assert_true(aborts(rows_of_nine_bytes));
    assert_true(aborts(rows_of_no_bytes));
    assert_true(aborts(no_rows));
    assert_true(aborts(rows_too_long));
    assert_true(aborts(memory_too_small));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_zero_and_aligned),
        cmocka_unit_test(random_edits_are_undone_to_the_last_byte),
        cmocka_unit_test(touched_rows_stand_in_order_of_first_touch),
        cmocka_unit_test(a_table_used_wrongly_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
