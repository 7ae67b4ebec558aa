/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bitmap.h"
#include "base/test_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BITS_MAX = 200, BYTES_MAX = 25 };

static void a_bitmap_has_a_byte_for_each_eight_bits_begun(void **state)
{
    (void)state;
    assert_int_equal(bitmap_bytes(0), 0);
    assert_int_equal(bitmap_bytes(1), 1);
    assert_int_equal(bitmap_bytes(8), 1);
    assert_int_equal(bitmap_bytes(9), 2);
    assert_int_equal(bitmap_bytes(UINT32_MAX), 536870912);
}

static void bit_i_is_bit_i_modulo_8_of_byte_i_over_8(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BITS_MAX; i++) {
        uint8_t bits[BYTES_MAX] = {0};
        bitmap_set(bits, BITS_MAX, i);
        for (uint32_t byte = 0; byte < BYTES_MAX; byte++)
            assert_int_equal(bits[byte], byte == i / 8 ? 1U << (i % 8) : 0);
        assert_true(bitmap_get(bits, BITS_MAX, i));
        assert_int_equal(bitmap_sum(bits, BITS_MAX), 1);
    }
}

static void clearing_a_bit_leaves_the_others(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BITS_MAX; i++) {
        uint8_t bits[BYTES_MAX];
        memset(bits, 0xff, sizeof bits);
        bitmap_clear(bits, BITS_MAX, i);
        for (uint32_t j = 0; j < BITS_MAX; j++)
            assert_int_equal(bitmap_get(bits, BITS_MAX, j), j != i);
        assert_int_equal(bitmap_sum(bits, BITS_MAX), BITS_MAX - 1);
    }
}

static void setting_and_clearing_twice_is_once(void **state)
{
    (void)state;
    uint8_t bits[2] = {0};
    bitmap_set(bits, 12, 11);
    bitmap_set(bits, 12, 11);
    assert_int_equal(bitmap_sum(bits, 12), 1);
    bitmap_clear(bits, 12, 11);
    bitmap_clear(bits, 12, 11);
    assert_int_equal(bitmap_sum(bits, 12), 0);
}

static void the_sum_agrees_with_counting_bit_by_bit(void **state)
{
    (void)state;
    struct test_random r = {.state = 20230901};
    for (uint32_t count = 0; count <= BITS_MAX; count++) {
        uint8_t bits[BYTES_MAX]; /* bits beyond @count are random too and are not counted */
        for (size_t i = 0; i < sizeof bits; i++)
            bits[i] = (uint8_t)test_random_next(&r);
        uint32_t sum = 0;
        for (uint32_t i = 0; i < count; i++)
            sum += bitmap_get(bits, count, i);
        assert_int_equal(bitmap_sum(bits, count), sum);
    }
}

static void an_empty_bitmap_needs_no_bytes(void **state)
{
    (void)state;
    assert_int_equal(bitmap_sum(NULL, 0), 0);
    assert_true(bitmap_is_clean(NULL, 0));
}

static void a_bit_beyond_the_count_is_not_clean(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 16; count++) {
        uint8_t bits[2] = {0};
        for (uint32_t i = 0; i < count; i++)
            bitmap_set(bits, count, i);
        assert_true(bitmap_is_clean(bits, count));
        for (uint32_t i = count; i % 8 != 0; i++) {
            uint8_t dirty[2] = {0};
            bitmap_set(dirty, 16, i);
            assert_false(bitmap_is_clean(dirty, count));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bitmap_has_a_byte_for_each_eight_bits_begun),
        cmocka_unit_test(bit_i_is_bit_i_modulo_8_of_byte_i_over_8),
        cmocka_unit_test(clearing_a_bit_leaves_the_others),
        cmocka_unit_test(setting_and_clearing_twice_is_once),
        cmocka_unit_test(the_sum_agrees_with_counting_bit_by_bit),
        cmocka_unit_test(an_empty_bitmap_needs_no_bytes),
        cmocka_unit_test(a_bit_beyond_the_count_is_not_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
