/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t counting[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct bytes_reader reader_of(size_t len)
{
    struct bytes_reader r;
    bytes_reader_init(&r, (struct span){.at = counting, .len = len});
    return r;
}

static void the_span_of_a_text_leaves_out_its_ending_zero(void **state)
{
    (void)state;
    const char *text = "kWh";
    const struct span s = span_of_text(text);
    assert_ptr_equal(s.at, text);
    assert_int_equal(s.len, 3);
    assert_int_equal(span_of_text("").len, 0);
}

static void spans_are_equal_if_length_and_bytes_are(void **state)
{
    (void)state;
    const struct span nowhere = {.at = NULL, .len = 0};
    assert_true(span_equal(span_of_text("kWh"), span_of_text("kWh")));
    assert_false(span_equal(span_of_text("kWh"), span_of_text("kW")));
    assert_false(span_equal(span_of_text("kW"), span_of_text("kWh")));
    assert_false(span_equal(span_of_text("kWh"), span_of_text("MWh")));
    assert_false(span_equal(span_of_text("kWh"), span_of_text("kWH")));
    assert_true(span_equal(nowhere, nowhere));
    assert_true(span_equal(nowhere, span_of_text("")));
    assert_false(span_equal(nowhere, span_of_text("W")));
}

static void integers_are_read_little_endian(void **state)
{
    (void)state;
    struct bytes_reader r = reader_of(15);
    assert_int_equal(bytes_read_u8(&r), 0x01);
    assert_int_equal(bytes_read_u16(&r), 0x0302);
    assert_int_equal(bytes_read_u32(&r), 0x07060504);
    assert_false(bytes_reader_done(&r));
    assert_int_equal(bytes_read_u64(&r), 0x0f0e0d0c0b0a0908);
    assert_true(bytes_reader_done(&r));
}

static void one_byte_less_than_asked_for_is_short(void **state)
{
    (void)state;
    struct bytes_reader r = reader_of(0);
    assert_int_equal(bytes_read_u8(&r), 0);
    assert_true(r.short_of);
    r = reader_of(1);
    assert_int_equal(bytes_read_u16(&r), 0);
    assert_true(r.short_of);
    r = reader_of(3);
    assert_int_equal(bytes_read_u32(&r), 0);
    assert_true(r.short_of);
    r = reader_of(7);
    assert_int_equal(bytes_read_u64(&r), 0);
    assert_true(r.short_of);
}

static void after_a_shortage_a_reader_gives_zeros(void **state)
{
    (void)state;
    struct bytes_reader r = reader_of(3);
    assert_int_equal(bytes_read_u32(&r), 0);
    assert_int_equal(bytes_read_u8(&r), 0); /* three bytes are there, but the failure sticks */
    assert_int_equal(bytes_read_u16(&r), 0);
    assert_int_equal(bytes_read_u64(&r), 0);
    assert_int_equal(bytes_read_span(&r, 1).len, 0);
    assert_int_equal(bytes_read_span(&r, 0).len, 0);
    assert_true(r.short_of);
    assert_false(bytes_reader_done(&r));
}

static void a_shortage_at_the_end_is_not_done(void **state)
{
    (void)state;
    struct bytes_reader r = reader_of(1);
    assert_int_equal(bytes_read_u8(&r), 1);
    assert_true(bytes_reader_done(&r));
    assert_int_equal(bytes_read_u8(&r), 0);
    assert_false(bytes_reader_done(&r));
}

static void a_span_is_borrowed_from_the_input(void **state)
{
    (void)state;
    struct bytes_reader r = reader_of(5);
    const struct span two = bytes_read_span(&r, 2);
    assert_ptr_equal(two.at, counting);
    assert_int_equal(two.len, 2);
    const struct span none = bytes_read_span(&r, 0);
    assert_int_equal(none.len, 0);
    const struct span three = bytes_read_span(&r, 3);
    assert_ptr_equal(three.at, counting + 2);
    assert_int_equal(three.len, 3);
    assert_true(bytes_reader_done(&r));
}

static void a_span_longer_than_the_rest_is_empty(void **state)
{
    (void)state;
    const size_t too_long[] = {6, 7, SIZE_MAX / 2, SIZE_MAX};
    for (size_t i = 0; i < sizeof too_long / sizeof too_long[0]; i++) {
        struct bytes_reader r = reader_of(5);
        assert_int_equal(bytes_read_span(&r, too_long[i]).len, 0);
        assert_true(r.short_of);
    }
}

static void an_empty_input_may_point_nowhere(void **state)
{
    (void)state;
    struct bytes_reader r;
    bytes_reader_init(&r, (struct span){.at = NULL, .len = 0});
    assert_true(bytes_reader_done(&r));
    assert_int_equal(bytes_read_span(&r, 0).len, 0);
    assert_true(bytes_reader_done(&r));
    assert_int_equal(bytes_read_u8(&r), 0);
    assert_false(bytes_reader_done(&r));
}

static void integers_are_written_little_endian(void **state)
{
    (void)state;
    uint8_t memory[15];
    struct bytes_writer w;
    bytes_writer_init(&w, memory, sizeof memory);
    bytes_write_u8(&w, 0x01);
    bytes_write_u16(&w, 0x0302);
    bytes_write_u32(&w, 0x07060504);
    bytes_write_u64(&w, 0x0f0e0d0c0b0a0908);
    assert_false(w.full);
    assert_ptr_equal(w.at, w.end);
    assert_memory_equal(memory, counting, sizeof memory);
}

static void a_big_integer_begins_with_its_highest_byte(void **state)
{
    (void)state;
    uint8_t memory[8];
    struct bytes_writer w;
    bytes_writer_init(&w, memory, sizeof memory);
    bytes_write_big_u64(&w, 0x0102030405060708);
    assert_false(w.full);
    assert_memory_equal(memory, counting, sizeof memory);
}

static void a_full_writer_drops_bytes_from_then_on(void **state)
{
    (void)state;
    uint8_t memory[9];
    memset(memory, 0xa5, sizeof memory);
    struct bytes_writer w;
    bytes_writer_init(&w, memory, 8);
    bytes_write_u8(&w, 1);
    bytes_write_u64(&w, UINT64_MAX); /* one byte too many: nothing of it is written */
    assert_true(w.full);
    bytes_write_u8(&w, 2); /* seven bytes are free, but the failure sticks */
    bytes_write_u16(&w, 2);
    bytes_write_u32(&w, 2);
    bytes_write_big_u64(&w, 2);
    bytes_write_span(&w, span_of_text(""));
    assert_true(w.full);
    const uint8_t expected[9] = {1, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5};
    assert_memory_equal(memory, expected, sizeof memory);
}

static void a_span_fills_a_writer_exactly(void **state)
{
    (void)state;
    uint8_t memory[5];
    struct bytes_writer w;
    bytes_writer_init(&w, memory, sizeof memory);
    bytes_write_span(&w, (struct span){.at = counting, .len = 2});
    bytes_write_span(&w, (struct span){.at = NULL, .len = 0});
    bytes_write_span(&w, (struct span){.at = counting + 2, .len = 3});
    assert_false(w.full);
    assert_memory_equal(memory, counting, sizeof memory);
    bytes_write_span(&w, (struct span){.at = NULL, .len = 0});
    assert_false(w.full);
    bytes_write_u8(&w, 0);
    assert_true(w.full);
}

static void a_writer_without_memory_is_full_at_the_first_byte(void **state)
{
    (void)state;
    struct bytes_writer w;
    bytes_writer_init(&w, NULL, 0);
    bytes_write_span(&w, (struct span){.at = NULL, .len = 0});
    assert_false(w.full);
    bytes_write_u8(&w, 1);
    assert_true(w.full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_span_of_a_text_leaves_out_its_ending_zero),
        cmocka_unit_test(spans_are_equal_if_length_and_bytes_are),
        cmocka_unit_test(integers_are_read_little_endian),
        cmocka_unit_test(one_byte_less_than_asked_for_is_short),
        cmocka_unit_test(after_a_shortage_a_reader_gives_zeros),
        cmocka_unit_test(a_shortage_at_the_end_is_not_done),
        cmocka_unit_test(a_span_is_borrowed_from_the_input),
        cmocka_unit_test(a_span_longer_than_the_rest_is_empty),
        cmocka_unit_test(an_empty_input_may_point_nowhere),
        cmocka_unit_test(integers_are_written_little_endian),
        cmocka_unit_test(a_big_integer_begins_with_its_highest_byte),
        cmocka_unit_test(a_full_writer_drops_bytes_from_then_on),
        cmocka_unit_test(a_span_fills_a_writer_exactly),
        cmocka_unit_test(a_writer_without_memory_is_full_at_the_first_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
