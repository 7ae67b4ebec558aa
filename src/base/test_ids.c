/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void hashes_and_keys_are_equal_if_every_byte_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        struct hash a = {{0}};
        struct hash b = a;
        assert_true(hash_equal(&a, &b));
        b.bytes[i] = 0x80;
        assert_false(hash_equal(&a, &b));
    }
    for (size_t i = 0; i < PUBKEY_BYTES; i++) {
        struct pubkey a = {{0}};
        struct pubkey b = a;
        assert_true(pubkey_equal(&a, &b));
        b.bytes[i] = 1;
        assert_false(pubkey_equal(&a, &b));
    }
}

static void ids_are_nothing_but_their_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct hash), 32);
    assert_int_equal(sizeof(struct pubkey), 32);
    assert_int_equal(sizeof(struct seed), 32);
    assert_int_equal(sizeof(struct signature), 64);
    assert_int_equal(sizeof(struct vrf_proof), 80);
    assert_int_equal(sizeof(struct vrf_output), 64);
}

static void bytes_are_written_as_two_lower_case_digits_each(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0x00, 0x09, 0x0a, 0x90, 0xaf, 0xff};
    char text[sizeof bytes * 2 + 2];
    memset(text, 'x', sizeof text);
    hex_format(text, (struct span){.at = bytes, .len = sizeof bytes});
    assert_string_equal(text, "00090a90afff");
    assert_int_equal(text[sizeof text - 1], 'x');
}

static void no_bytes_are_an_empty_text(void **state)
{
    (void)state;
    char text[1] = {'x'};
    hex_format(text, (struct span){.at = NULL, .len = 0});
    assert_string_equal(text, "");
    assert_int_equal(hex_parse(NULL, 0, span_of_text("")), ERR_OK);
    assert_int_equal(hex_parse(NULL, 0, (struct span){.at = NULL, .len = 0}), ERR_OK);
    assert_int_equal(hex_parse(NULL, 0, span_of_text("00")), ERR_HEX_LENGTH);
}

static void every_byte_survives_its_text(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        const uint8_t byte = (uint8_t)value;
        char text[3];
        hex_format(text, (struct span){.at = &byte, .len = 1});
        uint8_t again = (uint8_t)~byte;
        assert_int_equal(hex_parse(&again, 1, span_of_text(text)), ERR_OK);
        assert_int_equal(again, byte);
    }
}

static void only_the_sixteen_digits_are_read(void **state)
{
    (void)state;
    unsigned digits = 0;
    for (unsigned c = 0; c < 256; c++) {
        const uint8_t low[] = {'0', (uint8_t)c};
        const uint8_t high[] = {(uint8_t)c, '0'};
        uint8_t byte;
        const enum err err = hex_parse(&byte, 1, (struct span){.at = low, .len = 2});
        assert_int_equal(hex_parse(&byte, 1, (struct span){.at = high, .len = 2}), err);
        assert_true(err == ERR_OK || err == ERR_HEX_SYNTAX);
        digits += err == ERR_OK;
    }
    assert_int_equal(digits, 16);
    uint8_t byte;
    assert_int_equal(hex_parse(&byte, 1, span_of_text("0A")), ERR_HEX_SYNTAX);
    assert_int_equal(hex_parse(&byte, 1, span_of_text("0x")), ERR_HEX_SYNTAX);
    assert_int_equal(hex_parse(&byte, 1, span_of_text(" 0")), ERR_HEX_SYNTAX);
}

static void the_length_must_be_exact(void **state)
{
    (void)state;
    uint8_t bytes[3];
    assert_int_equal(hex_parse(bytes, 2, span_of_text("")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, 2, span_of_text("00ff0")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, 2, span_of_text("00f")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, 2, span_of_text("00ff00")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, 2, span_of_text("zzz")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, SIZE_MAX, span_of_text("00f")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, SIZE_MAX / 2 + 2, span_of_text("00")), ERR_HEX_LENGTH);
    assert_int_equal(hex_parse(bytes, 2, span_of_text("00ff")), ERR_OK);
    assert_int_equal(bytes[0], 0x00);
    assert_int_equal(bytes[1], 0xff);
}

static void the_short_form_is_the_first_eight_digits(void **state)
{
    (void)state;
    const struct hash id = {{0xde, 0xad, 0xbe, 0xef, 0x01}};
    char text[ID_SHORT_CHARS + 1];
    id_format_short(text, (struct span){.at = id.bytes, .len = sizeof id.bytes});
    assert_string_equal(text, "deadbeef");
    id_format_short(text, (struct span){.at = id.bytes, .len = 4});
    assert_string_equal(text, "deadbeef");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_and_keys_are_equal_if_every_byte_is),
        cmocka_unit_test(ids_are_nothing_but_their_bytes),
        cmocka_unit_test(bytes_are_written_as_two_lower_case_digits_each),
        cmocka_unit_test(no_bytes_are_an_empty_text),
        cmocka_unit_test(every_byte_survives_its_text),
        cmocka_unit_test(only_the_sixteen_digits_are_read),
        cmocka_unit_test(the_length_must_be_exact),
        cmocka_unit_test(the_short_form_is_the_first_eight_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
