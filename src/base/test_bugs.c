/* SPDX-License-Identifier: Apache-2.0 */
/* What base/ calls a bug of the caller stops the program, in every build: one case for each
 * assertion that a caller can reach. */
#include "base/arena.h"
#include "base/bitmap.h"
#include "base/bytes.h"
#include "base/decimal.h"
#include "base/err.h"
#include "base/fixed.h"
#include "base/ids.h"
#include "base/quantity.h"
#include "tests/aborts.h"

static uint8_t memory[64];

static void take(size_t align)
{
    struct arena a;
    arena_init(&a, memory, sizeof memory);
    (void)!arena_take(&a, 1, 1, align);
}

static void take_at_no_alignment(void)
{
    take(0);
}

static void take_at_an_alignment_of_three(void)
{
    take(3);
}

static void take_at_an_alignment_of_128(void)
{
    take(128);
}

static void reset_forwards(void)
{
    struct arena a;
    arena_init(&a, memory, sizeof memory);
    arena_reset(&a, 1);
}

static void start_an_arena_nowhere(void)
{
    struct arena a;
    arena_init(&a, NULL, 1);
}

static void an_arena_used_wrongly_aborts(void **state)
{
    (void)state;
    assert_true(aborts(take_at_no_alignment));
    assert_true(aborts(take_at_an_alignment_of_three));
    assert_true(aborts(take_at_an_alignment_of_128));
    assert_true(aborts(reset_forwards));
    assert_true(aborts(start_an_arena_nowhere));
}

static void get_beyond_the_count(void)
{
    (void)!bitmap_get(memory, 9, 9);
}

static void set_beyond_the_count(void)
{
    bitmap_set(memory, 9, 9);
}

static void clear_beyond_the_count(void)
{
    bitmap_clear(memory, 0, 0);
}

static void a_bit_beyond_the_count_aborts(void **state)
{
    (void)state;
    assert_true(aborts(get_beyond_the_count));
    assert_true(aborts(set_beyond_the_count));
    assert_true(aborts(clear_beyond_the_count));
}

static void read_nowhere(void)
{
    struct bytes_reader r;
    bytes_reader_init(&r, (struct span){.at = NULL, .len = 1});
}

static void write_nowhere(void)
{
    struct bytes_writer w;
    bytes_writer_init(&w, NULL, 1);
}

static void bytes_that_are_nowhere_abort(void **state)
{
    (void)state;
    assert_true(aborts(read_nowhere));
    assert_true(aborts(write_nowhere));
}

static void multiply_a_negative(void)
{
    (void)!fixed_mul(-1, FIXED_ONE);
}

static void multiply_by_a_negative(void)
{
    (void)!fixed_mul(FIXED_ONE, -1);
}

static void multiply_too_much(void)
{
    (void)!fixed_mul(INT64_C(1) << 40, INT64_C(1) << 39); /* 2^63 after the shift */
}

static void divide_a_negative(void)
{
    (void)!fixed_ratio(-1, 1);
}

static void divide_by_zero(void)
{
    (void)!fixed_ratio(1, 0);
}

static void divide_too_much(void)
{
    (void)!fixed_ratio(INT64_C(1) << 47, 1);
}

static void square(void)
{
    (void)!fixed_pow(FIXED_ONE, 2);
}

static void raise_a_negative(void)
{
    (void)!fixed_pow(-1, 1);
}

static void fixed_point_out_of_range_aborts(void **state)
{
    (void)state;
    assert_true(aborts(multiply_a_negative));
    assert_true(aborts(multiply_by_a_negative));
    assert_true(aborts(multiply_too_much));
    assert_true(aborts(divide_a_negative));
    assert_true(aborts(divide_by_zero));
    assert_true(aborts(divide_too_much));
    assert_true(aborts(square));
    assert_true(aborts(raise_a_negative));
}

static void shorten_three_bytes(void)
{
    char text[ID_SHORT_CHARS + 1];
    id_format_short(text, (struct span){.at = memory, .len = 3});
}

static void look_up_no_code(void)
{
    (void)err_get((enum err)ERR_REFUSAL_MAX);
}

static void scale_too_many_digits(void)
{
    const struct decimal d = {.count = DECIMAL_CHARS_MAX + 1};
    int64_t value;
    (void)!decimal_scale(&value, &d, 1, DECIMAL_EXACT);
}

static void parse_in_no_currency(void)
{
    const struct currency none = {"eur"};
    struct money value;
    (void)!money_parse(&value, span_of_text("5EUR"), &none);
}

static void format_in_no_currency(void)
{
    const struct currency none = {""};
    char text[QUANTITY_CHARS_MAX];
    money_format(text, (struct money){1}, &none);
}

static void a_value_that_no_reader_gives_aborts(void **state)
{
    (void)state;
    assert_true(aborts(shorten_three_bytes));
    assert_true(aborts(look_up_no_code));
    assert_true(aborts(scale_too_many_digits));
    assert_true(aborts(parse_in_no_currency));
    assert_true(aborts(format_in_no_currency));
}

static void nothing(void)
{
}

static void the_check_itself_can_tell_the_difference(void **state)
{
    (void)state;
    assert_false(aborts(nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_itself_can_tell_the_difference),
        cmocka_unit_test(an_arena_used_wrongly_aborts),
        cmocka_unit_test(a_bit_beyond_the_count_aborts),
        cmocka_unit_test(bytes_that_are_nowhere_abort),
        cmocka_unit_test(fixed_point_out_of_range_aborts),
        cmocka_unit_test(a_value_that_no_reader_gives_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
