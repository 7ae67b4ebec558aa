/* SPDX-License-Identifier: Apache-2.0 */
/* The expected values were computed outside this program: the first ones stand in the reference
 * implementation's vectors.h, all of them agree with libsodium's crypto_shorthash. */
#include "base/siphash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct siphash_key counting_key = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};

/* SipHash of the bytes 0, 1, 2, ... modulo 256. */
static uint64_t hash_counting(size_t len)
{
    uint8_t message[300];
    assert_true(len <= sizeof message);
    for (size_t i = 0; i < len; i++)
        message[i] = (uint8_t)i;
    return siphash(&counting_key, (struct span){.at = message, .len = len});
}

static void reference_vectors_agree(void **state)
{
    (void)state;
    static const uint64_t first[] = {
        0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
        0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
        0x93f5f5799a932462, 0x9e0082df0ba9e4b0,
    };
    for (size_t len = 0; len < sizeof first / sizeof first[0]; len++)
        assert_int_equal(hash_counting(len), first[len]);
    assert_int_equal(hash_counting(15), 0xa129ca6149be45e5);
    assert_int_equal(hash_counting(16), 0x3f2acc7f57c29bdb);
    assert_int_equal(hash_counting(63), 0x958a324ceb064572);
}

static void all_64_reference_vectors_hash_to_their_digest(void **state)
{
    (void)state;
    uint8_t results[64 * 8];
    struct bytes_writer w;
    bytes_writer_init(&w, results, sizeof results);
    for (size_t len = 0; len < 64; len++)
        bytes_write_u64(&w, hash_counting(len));
    assert_false(w.full);
    const struct span all = {.at = results, .len = sizeof results};
    assert_int_equal(siphash(&counting_key, all), 0x505c706bd37f0119);
}

static void the_length_counts_modulo_256(void **state)
{
    (void)state;
    assert_int_equal(hash_counting(256), 0x999d0526d2a7bfd7);
    assert_int_equal(hash_counting(300), 0x4b0b710db6117839);
}

static void an_empty_message_may_point_nowhere(void **state)
{
    (void)state;
    const struct span nowhere = {.at = NULL, .len = 0};
    assert_int_equal(siphash(&counting_key, nowhere), 0x726fdb47dd0e0e31);
}

static void both_halves_of_the_key_count(void **state)
{
    (void)state;
    struct siphash_key key;
    for (size_t i = 0; i < SIPHASH_KEY_BYTES; i++)
        key.bytes[i] = 0xff;
    assert_int_equal(siphash(&key, span_of_text("")), 0x35dd279ee86ce565);
    for (size_t i = 0; i < SIPHASH_KEY_BYTES; i++) {
        struct siphash_key other = key;
        other.bytes[i] = 0xfe;
        assert_int_not_equal(siphash(&other, span_of_text("")), 0x35dd279ee86ce565);
    }
}

/* RULE market.4 uses it on a domain letter and a number: 9 bytes, an odd length. */
static void a_message_at_an_odd_address_has_the_same_hash(void **state)
{
    (void)state;
    uint8_t memory[16 + 9];
    for (size_t shift = 0; shift < 16; shift++) {
        for (size_t i = 0; i < 9; i++)
            memory[shift + i] = (uint8_t)i;
        const struct span message = {.at = memory + shift, .len = 9};
        assert_int_equal(siphash(&counting_key, message), 0x9e0082df0ba9e4b0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_vectors_agree),
        cmocka_unit_test(all_64_reference_vectors_hash_to_their_digest),
        cmocka_unit_test(the_length_counts_modulo_256),
        cmocka_unit_test(an_empty_message_may_point_nowhere),
        cmocka_unit_test(both_halves_of_the_key_count),
        cmocka_unit_test(a_message_at_an_odd_address_has_the_same_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
