/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/multisig.h"
#include "crypto/sign.h"
#include "tests/cmocka_all.h"

#include <string.h>

enum { KEYS = 5 };

struct authority { /* five keys, three of them needed */
    struct multisig_keys keys;
    struct sign_key secret[KEYS];
};

static void authority_make(struct authority *a)
{
    a->keys = (struct multisig_keys){.count = KEYS, .threshold = 3};
    for (uint32_t i = 0; i < KEYS; i++) {
        struct seed seed;
        memset(seed.bytes, (int)(i + 1), sizeof seed.bytes);
        sign_key_from_seed(&a->secret[i], &a->keys.key[i], &seed);
    }
}

static struct multisig_part part_by(const struct authority *a, uint32_t key_index)
{
    struct multisig_part part = {.key_index = key_index};
    sign_make(&part.signature, &a->secret[key_index % KEYS], span_of_text("certify member 7"));
    return part;
}

static enum multisig_verdict verdict_of(const struct authority *a, const uint32_t *signers,
                                        uint32_t count)
{
    struct multisig_part parts[8];
    for (uint32_t i = 0; i < count; i++)
        parts[i] = part_by(a, signers[i]);
    return multisig_check(&a->keys, span_of_text("certify member 7"), parts, count);
}

static void any_three_of_five_suffice(void **state)
{
    (void)state;
    struct authority a;
    authority_make(&a);
    unsigned tried = 0;
    for (uint32_t i = 0; i < KEYS; i++)
        for (uint32_t j = i + 1; j < KEYS; j++)
            for (uint32_t k = j + 1; k < KEYS; k++, tried++)
                assert_int_equal(verdict_of(&a, (const uint32_t[]){i, j, k}, 3), MULTISIG_OK);
    assert_int_equal(tried, 10);
    assert_int_equal(verdict_of(&a, (const uint32_t[]){0, 1, 2, 3, 4}, 5), MULTISIG_OK);
}

static void two_are_too_few(void **state)
{
    (void)state;
    struct authority a;
    authority_make(&a);
    assert_int_equal(verdict_of(&a, (const uint32_t[]){0, 1}, 2), MULTISIG_TOO_FEW);
    assert_int_equal(verdict_of(&a, NULL, 0), MULTISIG_TOO_FEW);
}

static void one_key_does_not_count_twice(void **state)
{
    (void)state;
    struct authority a;
    authority_make(&a);
    assert_int_equal(verdict_of(&a, (const uint32_t[]){0, 1, 1}, 3), MULTISIG_ORDER);
    assert_int_equal(verdict_of(&a, (const uint32_t[]){1, 0, 2}, 3), MULTISIG_ORDER);
}

static void a_key_that_is_not_listed_is_refused(void **state)
{
    (void)state;
    struct authority a;
    authority_make(&a);
    assert_int_equal(verdict_of(&a, (const uint32_t[]){0, 1, KEYS}, 3), MULTISIG_KEY_INDEX);
    assert_int_equal(verdict_of(&a, (const uint32_t[]){0, 1, UINT32_MAX}, 3), MULTISIG_KEY_INDEX);
}

static void every_signature_given_must_be_right(void **state)
{
    (void)state;
    struct authority a;
    authority_make(&a);
    for (uint32_t wrong = 0; wrong < 4; wrong++) {
        struct multisig_part parts[4];
        for (uint32_t i = 0; i < 4; i++)
            parts[i] = part_by(&a, i);
        parts[wrong].signature.bytes[0] ^= 1;
        assert_int_equal(multisig_check_form(&a.keys, parts, 4), MULTISIG_OK);
        assert_int_equal(multisig_check(&a.keys, span_of_text("certify member 7"), parts, 4),
                         MULTISIG_SIGNATURE);
    }
    struct multisig_part swapped[3] = {part_by(&a, 0), part_by(&a, 1), part_by(&a, 2)};
    swapped[1].signature = swapped[0].signature;
    assert_int_equal(multisig_check(&a.keys, span_of_text("certify member 7"), swapped, 3),
                     MULTISIG_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_three_of_five_suffice),
        cmocka_unit_test(two_are_too_few),
        cmocka_unit_test(one_key_does_not_count_twice),
        cmocka_unit_test(a_key_that_is_not_listed_is_refused),
        cmocka_unit_test(every_signature_given_must_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
