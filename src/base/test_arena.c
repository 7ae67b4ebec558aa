/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY_BYTES = 256, ALIGN_MAX = 64 };

/* Aligned so that a test knows how much padding a piece needs. */
static _Alignas(ALIGN_MAX) uint8_t memory[MEMORY_BYTES];

static struct arena fresh(size_t size)
{
    memset(memory, 0xa5, sizeof memory);
    struct arena a;
    arena_init(&a, memory, size);
    return a;
}

static void a_piece_is_zeroed_and_nothing_behind_it(void **state)
{
    (void)state;
    struct arena a = fresh(MEMORY_BYTES);
    const uint8_t *piece = arena_take(&a, 3, 5, 1);
    assert_ptr_equal(piece, memory);
    for (size_t i = 0; i < 15; i++)
        assert_int_equal(piece[i], 0);
    assert_int_equal(memory[15], 0xa5);
    assert_int_equal(arena_mark(&a), 15);
}

static void a_raw_piece_is_the_same_one_untouched(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 80; size++) {
        struct arena zeroing = fresh(size), raw = fresh(size);
        (void)!arena_take(&zeroing, 1, 1, 1);
        (void)!arena_take(&raw, 1, 1, 1);
        const uint8_t *zeroed = arena_take(&zeroing, 2, 8, 64);
        memset(memory, 0xa5, sizeof memory);
        const uint8_t *piece = arena_take_raw(&raw, 2, 8, 64);
        assert_ptr_equal(piece, zeroed);
        assert_int_equal(arena_mark(&raw), arena_mark(&zeroing));
        for (size_t i = 0; i < sizeof memory; i++)
            assert_int_equal(memory[i], 0xa5);
    }
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    struct arena a = fresh(MEMORY_BYTES);
    uint8_t *first = arena_take(&a, 10, 1, 1);
    uint8_t *second = arena_take(&a, 10, 1, 1);
    memset(first, 1, 10);
    memset(second, 2, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(first[i], 1);
}

static void a_piece_stands_at_a_multiple_of_its_alignment(void **state)
{
    (void)state;
    for (size_t align = 1; align <= ALIGN_MAX; align *= 2) {
        for (size_t start = 0; start < ALIGN_MAX; start++) {
            struct arena a;
            arena_init(&a, memory + start, MEMORY_BYTES - start);
            const uint8_t *piece = arena_take(&a, 1, 1, align);
            assert_non_null(piece);
            assert_int_equal((uintptr_t)piece % align, 0);
            assert_true(piece < memory + start + align);
        }
    }
}

static void an_arena_can_be_filled_to_its_last_byte(void **state)
{
    (void)state;
    struct arena a = fresh(100);
    assert_non_null(arena_take(&a, 100, 1, 1));
    assert_int_equal(arena_mark(&a), 100);
    assert_null(arena_take(&a, 1, 1, 1));
    assert_int_equal(memory[100], 0xa5);
}

static void a_piece_that_does_not_fit_takes_nothing(void **state)
{
    (void)state;
    struct arena a = fresh(100);
    assert_non_null(arena_take(&a, 1, 1, 1));
    assert_null(arena_take(&a, 100, 1, 1));
    assert_int_equal(arena_mark(&a), 1);
    assert_int_equal(memory[1], 0xa5);
    assert_non_null(arena_take(&a, 99, 1, 1));
}

static void padding_counts_towards_what_fits(void **state)
{
    (void)state;
    struct arena a = fresh(64 + 8);
    assert_non_null(arena_take(&a, 1, 1, 1));
    assert_null(arena_take(&a, 9, 1, 64));
    assert_int_equal(arena_mark(&a), 1);
    assert_ptr_equal(arena_take(&a, 8, 1, 64), memory + 64);

    a = fresh(64);
    assert_non_null(arena_take(&a, 1, 1, 1));
    assert_null(arena_take(&a, 128, 1, 64));
    struct arena short_of_padding = fresh(32);
    assert_non_null(arena_take(&short_of_padding, 1, 1, 1));
    assert_null(arena_take(&short_of_padding, 1, 1, 64));
    assert_int_equal(arena_mark(&short_of_padding), 1);
}

static void a_size_beyond_size_t_does_not_fit(void **state)
{
    (void)state;
    struct arena a = fresh(MEMORY_BYTES);
    assert_null(arena_take(&a, SIZE_MAX, 1, 1));
    assert_null(arena_take(&a, SIZE_MAX / 2 + 1, 2, 1)); /* the product is 0 modulo 2^64 */
    assert_null(arena_take(&a, SIZE_MAX, SIZE_MAX, 64));
    assert_int_equal(arena_mark(&a), 0);
}

static void no_items_take_no_bytes(void **state)
{
    (void)state;
    struct arena a = fresh(8);
    assert_ptr_equal(arena_take(&a, 0, 16, 8), memory);
    assert_int_equal(arena_mark(&a), 0);
    assert_non_null(arena_take(&a, 8, 1, 1));
    assert_non_null(arena_take(&a, 0, 16, 8));
}

static void an_arena_without_memory_gives_nothing(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NULL, 0);
    assert_null(arena_take(&a, 1, 1, 1));
    assert_null(arena_take(&a, 0, 1, 1));
    arena_reset(&a, arena_mark(&a));
}

static void a_reset_gives_back_what_was_taken_since_the_mark(void **state)
{
    (void)state;
    struct arena a = fresh(100);
    uint8_t *kept = arena_take(&a, 10, 1, 1);
    memset(kept, 7, 10);
    const size_t mark = arena_mark(&a);
    uint8_t *lost = arena_take(&a, 90, 1, 1);
    memset(lost, 9, 90);
    arena_reset(&a, mark);
    const uint8_t *again = arena_take(&a, 90, 1, 1);
    assert_ptr_equal(again, lost);
    for (size_t i = 0; i < 90; i++)
        assert_int_equal(again[i], 0);
    assert_int_equal(kept[9], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_piece_is_zeroed_and_nothing_behind_it),
        cmocka_unit_test(a_raw_piece_is_the_same_one_untouched),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(a_piece_stands_at_a_multiple_of_its_alignment),
        cmocka_unit_test(an_arena_can_be_filled_to_its_last_byte),
        cmocka_unit_test(a_piece_that_does_not_fit_takes_nothing),
        cmocka_unit_test(padding_counts_towards_what_fits),
        cmocka_unit_test(a_size_beyond_size_t_does_not_fit),
        cmocka_unit_test(no_items_take_no_bytes),
        cmocka_unit_test(an_arena_without_memory_gives_nothing),
        cmocka_unit_test(a_reset_gives_back_what_was_taken_since_the_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
