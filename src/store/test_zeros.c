/* SPDX-License-Identifier: Apache-2.0 */
#include "store/zeros.h"

#include "tests/cmocka_all.h"

#include "base/test_random.h"

#include <string.h>

enum { ROW_MAX = 700, ROWS = 20000 };

/* Pieces of zeros and of others, lengths around the limits of both marks. */
static size_t make_row(uint8_t row[ROW_MAX], struct test_random *r)
{
    static const uint16_t lengths[] = {0, 1, 2, 3, 127, 128, 129, 130, 131, 257};
    size_t len = 0;
    for (uint32_t piece = (uint32_t)test_random_below(r, 5); piece > 0; piece--) {
        const bool is_zero = (uint32_t)test_random_below(r, 2);
        size_t count = lengths[(uint32_t)test_random_below(r, sizeof lengths / sizeof lengths[0])];
        for (; count > 0 && len < ROW_MAX; count--)
            row[len++] = is_zero ? 0 : (uint8_t)test_random_below(r, 256);
    }
    return len;
}

static void what_is_packed_comes_back(void **state)
{
    struct test_random r = {7};
    uint8_t row[ROW_MAX], packed[ZEROS_BYTES_MAX(ROW_MAX)], back[ROW_MAX];
    size_t len, shorter = 0;
    (void)state;
    for (uint32_t i = 0; i < ROWS; i++) {
        const size_t row_len = make_row(row, &r);
        const size_t packed_len = zeros_pack(packed, (struct span){row, row_len});
        assert_true(packed_len <= ZEROS_BYTES_MAX(row_len));
        assert_true(zeros_unpack(back, row_len, &len, (struct span){packed, packed_len}));
        assert_true(len == row_len && memcmp(back, row, len) == 0);
        if (row_len > 0)
            assert_false(zeros_unpack(back, row_len - 1, &len, (struct span){packed, packed_len}));
        shorter += packed_len < row_len;
    }
    assert_true(shorter > ROWS / 4);
}

static void a_run_of_the_longest_kind_is_one_byte(void **state)
{
    const uint8_t row[130] = {0};
    uint8_t packed[ZEROS_BYTES_MAX(sizeof row)];
    (void)state;
    assert_int_equal(zeros_pack(packed, (struct span){row, 129}), 1);
    assert_int_equal(packed[0], 255);
    assert_int_equal(zeros_pack(packed, (struct span){row, 2}), 1);
    assert_int_equal(packed[0], 128);
    assert_int_equal(zeros_pack(packed, (struct span){row, 1}), 2);
    assert_int_equal(zeros_pack(packed, (struct span){row, 130}), 3);
}

static void bytes_that_end_too_early_are_refused(void **state)
{
    const uint8_t packed[] = {2, 'a', 'b', 'c'};
    uint8_t back[8];
    size_t len;
    (void)state;
    assert_true(zeros_unpack(back, sizeof back, &len, (struct span){packed, 4}));
    assert_int_equal(len, 3);
    assert_false(zeros_unpack(back, sizeof back, &len, (struct span){packed, 3}));
    assert_false(zeros_unpack(back, sizeof back, &len, (struct span){packed, 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(a_run_of_the_longest_kind_is_one_byte),
        cmocka_unit_test(bytes_that_end_too_early_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
