/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "ledger/row_io.h"
#include "tests/aborts.h"

#include <string.h>

enum { ROW_KIND = 0x21, STATES = 5, ROW_BYTES = 1 + 1 + 2 + 4 + 8 + 1 + 4 + 8 + 1 + 1 + 3 + 32 };

struct row {
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    int8_t i8;
    int32_t i32;
    int64_t i64;
    bool flag;
    uint32_t state;
    uint8_t bytes[3];
    struct hash hash;
};

static void row_fields(struct row_io *io, struct row *r)
{
    row_kind(io, ROW_KIND);
    row_u8(io, &r->u8);
    row_u16(io, &r->u16);
    row_u32(io, &r->u32);
    row_u64(io, &r->u64);
    row_i8(io, &r->i8);
    row_i32(io, &r->i32);
    row_i64(io, &r->i64);
    row_bool(io, &r->flag);
    r->state = row_choice(io, r->state, STATES);
    row_bytes(io, r->bytes, sizeof r->bytes);
    row_hash(io, &r->hash);
}

enum { FLAG_AT = 29, STATE_AT = 30 };

static size_t write_row(uint8_t out[ROW_BYTES], struct row *r)
{
    struct row_io io;
    row_init_write(&io, out, ROW_BYTES);
    row_fields(&io, r);
    return row_end_write(&io);
}

static bool read_row(struct row *r, const uint8_t *bytes, size_t len)
{
    struct row_io io;
    memset(r, 0xa5, sizeof *r); /* also where a bool stands */
    row_init_read(&io, (struct span){bytes, len});
    row_fields(&io, r);
    return row_end_read(&io);
}

static const struct row example = {.u8 = 1,
                                   .u16 = 0x0203,
                                   .u32 = 0x04050607,
                                   .u64 = 0x08090a0b0c0d0e0f,
                                   .i8 = -1,
                                   .i32 = -2,
                                   .i64 = INT64_MIN,
                                   .flag = true,
                                   .state = STATES - 1,
                                   .bytes = {7, 8, 9},
                                   .hash = {{0xee}}};

static void the_bytes_are_little_endian_behind_the_kind(void **state)
{
    (void)state;
    static const uint8_t expected[ROW_BYTES] = {
        0x21, 1,    3,    2, 7, 6, 5, 4, 15, 14, 13,   12, 11, 10, 9, 8, 0xff, 0xfe,
        0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0,  0,  0x80, 1,  4,  7,  8, 9, 0xee};
    uint8_t out[ROW_BYTES];
    struct row row = example;
    assert_int_equal(write_row(out, &row), ROW_BYTES);
    assert_memory_equal(out, expected, ROW_BYTES);
}

static void random_rows_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct test_random random = {11};
    for (unsigned i = 0; i < 2000; i++) {
        struct row row = example;
        row.i8 = (int8_t)(test_random_below(&random, 256) - 128);
        row.i32 = (int32_t)(uint32_t)test_random_next(&random);
        row.i64 = test_random_int64(&random);
        row.u64 = test_random_next(&random);
        row.flag = test_random_below(&random, 2);
        row.state = (uint32_t)test_random_below(&random, STATES);
        uint8_t out[ROW_BYTES], again[ROW_BYTES];
        struct row back;
        assert_int_equal(write_row(out, &row), ROW_BYTES);
        assert_true(read_row(&back, out, ROW_BYTES));
        assert_true(back.i8 == row.i8 && back.i32 == row.i32 && back.i64 == row.i64);
        assert_true(back.u64 == row.u64 && back.flag == row.flag && back.state == row.state);
        assert_int_equal(write_row(again, &back), ROW_BYTES);
        assert_memory_equal(out, again, ROW_BYTES);
    }
}

/* What is accepted has one encoding: of all single bytes changed, either the row is refused or it
 * is written again as it was read. */
static void every_other_row_is_refused_or_itself(void **state)
{
    (void)state;
    uint8_t good[ROW_BYTES], out[ROW_BYTES];
    struct row row = example;
    unsigned refused = 0;
    assert_int_equal(write_row(good, &row), ROW_BYTES);
    for (size_t at = 0; at < ROW_BYTES; at++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t bytes[ROW_BYTES];
            memcpy(bytes, good, sizeof bytes);
            bytes[at] = (uint8_t)value;
            const bool is_legal = (at != 0 || value == ROW_KIND) && (at != FLAG_AT || value < 2) &&
                                  (at != STATE_AT || value < STATES);
            assert_int_equal(read_row(&row, bytes, ROW_BYTES), is_legal);
            refused += !is_legal;
            if (!is_legal)
                continue;
            assert_int_equal(write_row(out, &row), ROW_BYTES);
            assert_memory_equal(out, bytes, ROW_BYTES);
        }
    }
    assert_int_equal(refused, 255 + 254 + 256 - STATES);
}

static void a_row_cut_short_is_bad_and_reads_as_zeros(void **state)
{
    (void)state;
    uint8_t good[ROW_BYTES + 1] = {0};
    struct row row = example;
    assert_int_equal(write_row(good, &row), ROW_BYTES);
    for (size_t len = 0; len < ROW_BYTES; len++) {
        assert_false(read_row(&row, good, len));
        static const struct hash zero;
        assert_true(hash_equal(&row.hash, &zero));
    }
    assert_true(read_row(&row, good, ROW_BYTES));
    assert_false(read_row(&row, good, ROW_BYTES + 1));
}

static void after_a_fault_everything_is_zero(void **state)
{
    (void)state;
    uint8_t bytes[ROW_BYTES];
    struct row row = example;
    assert_int_equal(write_row(bytes, &row), ROW_BYTES);
    bytes[0]++;
    assert_false(read_row(&row, bytes, ROW_BYTES));
    assert_true(row.u8 == 0 && row.u16 == 0 && row.u32 == 0 && row.u64 == 0 && row.i8 == 0);
    assert_true(row.i32 == 0 && row.i64 == 0 && !row.flag && row.state == 0 && row.bytes[2] == 0);
}

static void write_too_much(void)
{
    uint8_t out[ROW_BYTES];
    struct row row = example;
    struct row_io io;
    row_init_write(&io, out, ROW_BYTES - 1);
    row_fields(&io, &row);
    (void)!row_end_write(&io);
}

static void write_an_unknown_choice(void)
{
    uint8_t out[ROW_BYTES];
    struct row row = example;
    row.state = STATES;
    (void)!write_row(out, &row);
}

static void a_row_written_wrongly_aborts(void **state)
{
    (void)state;
    assert_true(aborts(write_too_much));
    assert_true(aborts(write_an_unknown_choice));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_little_endian_behind_the_kind),
        cmocka_unit_test(random_rows_are_read_as_they_were_written),
        cmocka_unit_test(every_other_row_is_refused_or_itself),
        cmocka_unit_test(a_row_cut_short_is_bad_and_reads_as_zeros),
        cmocka_unit_test(after_a_fault_everything_is_zero),
        cmocka_unit_test(a_row_written_wrongly_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
