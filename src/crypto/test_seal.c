/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"
#include "tests/cmocka_all.h"

#include <sodium.h>
#include <string.h>

enum { MESSAGE_BYTES = 100 };

static struct seed seed_of(uint8_t fill)
{
    struct seed seed;
    memset(seed.bytes, fill, sizeof seed.bytes);
    return seed;
}

struct box {
    struct seed recipient;
    uint8_t message[MESSAGE_BYTES];
    uint8_t sealed[MESSAGE_BYTES + SEAL_EXTRA_BYTES];
};

static void box_make(struct box *box)
{
    box->recipient = seed_of(1);
    memset(box->message, 0x5a, sizeof box->message);
    const struct seed ephemeral = seed_of(2);
    struct pubkey key;
    seal_public(&key, &box->recipient);
    assert_true(
        seal_make(box->sealed, &key, &ephemeral, (struct span){box->message, sizeof box->message}));
}

static void what_is_sealed_can_be_opened(void **state)
{
    (void)state;
    struct box box;
    box_make(&box);
    uint8_t opened[MESSAGE_BYTES];
    assert_true(seal_open(opened, &box.recipient, (struct span){box.sealed, sizeof box.sealed}));
    assert_memory_equal(opened, box.message, sizeof opened);
}

static void an_empty_message_can_be_sealed(void **state)
{
    (void)state;
    const struct seed recipient = seed_of(1), ephemeral = seed_of(2);
    struct pubkey key;
    seal_public(&key, &recipient);
    uint8_t sealed[SEAL_EXTRA_BYTES], opened[1];
    assert_true(seal_make(sealed, &key, &ephemeral, (struct span){opened, 0}));
    assert_true(seal_open(opened, &recipient, (struct span){sealed, sizeof sealed}));
}

static void the_same_ephemeral_seed_gives_the_same_box(void **state)
{
    (void)state;
    struct box one, two;
    box_make(&one);
    box_make(&two);
    assert_memory_equal(one.sealed, two.sealed, sizeof one.sealed);
}

static void the_librarys_own_opener_opens_it(void **state)
{
    (void)state;
    struct box box;
    box_make(&box);
    uint8_t public_key[32], secret_key[32], opened[MESSAGE_BYTES];
    assert_int_equal(crypto_box_seed_keypair(public_key, secret_key, box.recipient.bytes), 0);
    assert_int_equal(
        crypto_box_seal_open(opened, box.sealed, sizeof box.sealed, public_key, secret_key), 0);
    assert_memory_equal(opened, box.message, sizeof opened);
}

static void any_flipped_bit_closes_the_box(void **state)
{
    (void)state;
    struct box box;
    box_make(&box);
    uint8_t opened[MESSAGE_BYTES];
    unsigned refused = 0;
    for (size_t bit = 0; bit < 8 * sizeof box.sealed; bit++) {
        /* X25519 ignores the top bit of a public key, but the nonce is made of all of it. */
        box.sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        refused += !seal_open(opened, &box.recipient, (struct span){box.sealed, sizeof box.sealed});
        box.sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(refused, 8 * sizeof box.sealed);
}

static void a_short_box_and_another_key_are_refused(void **state)
{
    (void)state;
    struct box box;
    box_make(&box);
    uint8_t opened[MESSAGE_BYTES];
    for (size_t len = 0; len < sizeof box.sealed; len++)
        assert_false(seal_open(opened, &box.recipient, (struct span){box.sealed, len}));
    const struct seed other = seed_of(3);
    assert_false(seal_open(opened, &other, (struct span){box.sealed, sizeof box.sealed}));
}

static void a_key_of_low_order_is_refused(void **state)
{
    (void)state;
    const struct pubkey zero = {{0}};
    const struct seed ephemeral = seed_of(2);
    const uint8_t message[4] = {1, 2, 3, 4};
    uint8_t sealed[sizeof message + SEAL_EXTRA_BYTES];
    assert_false(seal_make(sealed, &zero, &ephemeral, (struct span){message, sizeof message}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_can_be_opened),
        cmocka_unit_test(an_empty_message_can_be_sealed),
        cmocka_unit_test(the_same_ephemeral_seed_gives_the_same_box),
        cmocka_unit_test(the_librarys_own_opener_opens_it),
        cmocka_unit_test(any_flipped_bit_closes_the_box),
        cmocka_unit_test(a_short_box_and_another_key_are_refused),
        cmocka_unit_test(a_key_of_low_order_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
