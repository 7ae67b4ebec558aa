/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sign.h"
#include "tests/cmocka_all.h"
#include "tests/vectors/vectors.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES_MAX = 2048 };

struct row { /* of RFC 8032 section 7.1, as hexadecimal text */
    const char *seed, *key, *message, *signature;
};

static void hex(uint8_t *out, size_t len, const char *text)
{
    assert_int_equal(hex_parse(out, len, span_of_text(text)), ERR_OK);
}

static void check_row(const struct row *row)
{
    struct seed seed;
    struct pubkey expected_key, key;
    struct signature expected, made;
    uint8_t message[MESSAGE_BYTES_MAX];
    const size_t len = strlen(row->message) / 2;
    assert_true(len <= sizeof message);
    hex(seed.bytes, sizeof seed.bytes, row->seed);
    hex(expected_key.bytes, sizeof expected_key.bytes, row->key);
    hex(message, len, row->message);
    hex(expected.bytes, sizeof expected.bytes, row->signature);
    struct sign_key secret;
    sign_key_from_seed(&secret, &key, &seed);
    assert_true(pubkey_equal(&key, &expected_key));
    sign_make(&made, &secret, (struct span){message, len});
    assert_memory_equal(made.bytes, expected.bytes, sizeof made.bytes);
    assert_true(sign_check(&key, (struct span){message, len}, &made));
    made.bytes[len % SIGNATURE_BYTES] ^= 1;
    assert_false(sign_check(&key, (struct span){message, len}, &made));
}

static void rfc8032_examples_one_to_three(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "84dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i]);
}

static void all_stored_rfc8032_vectors(void **state)
{
    (void)state;
    json_t *doc = vectors_open("ed25519-rfc8032/rfc8032-vectors.json");
    unsigned taken = 0, of_other_schemes = 0;
    for (size_t i = 0; i < json_array_size(doc); i++) {
        const json_t *entry = json_array_get(doc, i);
        const char *scheme = json_string_value(json_object_get(entry, "algorithm"));
        assert_non_null(scheme);
        if (strcmp(scheme, "Ed25519") != 0) {
            of_other_schemes++;
            continue;
        }
        check_row(&(struct row){json_string_value(json_object_get(entry, "priv")),
                                json_string_value(json_object_get(entry, "pub")),
                                json_string_value(json_object_get(entry, "msg")),
                                json_string_value(json_object_get(entry, "sig"))});
        taken++;
    }
    json_decref(doc);
    print_message("%u vectors, %u of other schemes passed over\n", taken, of_other_schemes);
    assert_int_equal(taken, 5);
}

static void messages_of_growing_length(void **state)
{
    (void)state;
    json_t *doc = vectors_open("ed25519-rfc8032/sign-input-every-8th.json");
    assert_int_equal(json_array_size(doc), 128);
    for (size_t i = 0; i < json_array_size(doc); i++) {
        const json_t *entry = json_array_get(doc, i);
        check_row(&(struct row){json_string_value(json_array_get(entry, 0)),
                                json_string_value(json_array_get(entry, 1)),
                                json_string_value(json_array_get(entry, 2)),
                                json_string_value(json_array_get(entry, 3))});
    }
    json_decref(doc);
}

/* RULE num.5: of the twelve edge cases on which implementations disagree exactly number 3 is
 * valid here (mixed-order key and R, canonical); that is libsodium's answer and must stay it. */
static void edge_cases_are_decided_as_pinned(void **state)
{
    (void)state;
    json_t *doc = vectors_open("ed25519-speccheck/cases.json");
    assert_int_equal(json_array_size(doc), 12);
    for (size_t i = 0; i < json_array_size(doc); i++) {
        const json_t *entry = json_array_get(doc, i);
        struct pubkey key;
        struct signature signature;
        uint8_t message[64];
        assert_int_equal(vectors_hex(key.bytes, sizeof key.bytes, entry, "pub_key"), 32);
        assert_int_equal(vectors_hex(signature.bytes, sizeof signature.bytes, entry, "signature"),
                         64);
        const size_t len = vectors_hex(message, sizeof message, entry, "message");
        assert_int_equal(sign_check(&key, (struct span){message, len}, &signature), i == 3);
    }
    json_decref(doc);
}

struct tally {
    unsigned valid, invalid;
};

static void check_attack_shaped(const json_t *group, struct tally *tally)
{
    struct pubkey key;
    const json_t *public_key = json_object_get(group, "publicKey");
    assert_int_equal(vectors_hex(key.bytes, sizeof key.bytes, public_key, "pk"), 32);
    const json_t *tests = json_object_get(group, "tests");
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);
        uint8_t message[MESSAGE_BYTES_MAX], bytes[256];
        const size_t len = vectors_hex(message, sizeof message, test, "msg");
        const size_t signature_len = vectors_hex(bytes, sizeof bytes, test, "sig");
        const bool valid = strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0;
        struct signature signature;
        memcpy(signature.bytes, bytes, sizeof signature.bytes);
        /* A signature of another length cannot even be written down as a struct signature. */
        const bool accepted = signature_len == SIGNATURE_BYTES &&
                              sign_check(&key, (struct span){message, len}, &signature);
        if (accepted != valid)
            fail_msg("tcId %d", (int)json_integer_value(json_object_get(test, "tcId")));
        tally->valid += valid;
        tally->invalid += !valid;
    }
}

static void attack_shaped_vectors(void **state)
{
    (void)state;
    json_t *doc = vectors_open("wycheproof/ed25519_test.json");
    const json_t *groups = json_object_get(doc, "testGroups");
    struct tally tally = {0, 0};
    for (size_t i = 0; i < json_array_size(groups); i++)
        check_attack_shaped(json_array_get(groups, i), &tally);
    json_decref(doc);
    assert_int_equal(tally.valid, 88);
    assert_int_equal(tally.invalid, 63);
}

/* RULE num.3: the prefix is the tag's 16 bytes and the chain's hash, nothing else. */
static void a_prefix_binds_purpose_and_chain(void **state)
{
    (void)state;
    struct hash_tag tag;
    assert_true(hash_tag_from_text(&tag, span_of_text("pw-envelope")));
    const struct hash chain = hash_bytes(span_of_text("pw-test"));
    uint8_t prefix[SIGN_PREFIX_BYTES];
    sign_prefix(prefix, &tag, &chain);
    assert_memory_equal(prefix, "pw-envelope\0\0\0\0\0", HASH_TAG_BYTES);
    assert_memory_equal(prefix + HASH_TAG_BYTES, chain.bytes, HASH_BYTES);
    assert_int_equal(sizeof prefix, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc8032_examples_one_to_three),
        cmocka_unit_test(all_stored_rfc8032_vectors),
        cmocka_unit_test(messages_of_growing_length),
        cmocka_unit_test(edge_cases_are_decided_as_pinned),
        cmocka_unit_test(attack_shaped_vectors),
        cmocka_unit_test(a_prefix_binds_purpose_and_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
