/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hash.h"
#include "tests/cmocka_all.h"

static void assert_hash_is(const struct hash *hash, const char *hex)
{
    char text[2 * HASH_BYTES + 1];
    hex_format(text, (struct span){hash->bytes, HASH_BYTES});
    assert_string_equal(text, hex);
}

static void sha256_of_the_standards_examples(void **state)
{
    (void)state;
    const struct hash empty = hash_bytes((struct span){NULL, 0});
    assert_hash_is(&empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const struct hash abc = hash_bytes(span_of_text("abc"));
    assert_hash_is(&abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const struct hash long_one =
        hash_bytes(span_of_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
    assert_hash_is(&long_one, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void pieces_give_the_hash_of_the_whole(void **state)
{
    (void)state;
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        const struct hash whole = hash_bytes((struct span){bytes, len});
        struct hash_ctx ctx;
        hash_init(&ctx);
        hash_update(&ctx, (struct span){bytes, len / 3});
        struct hash_ctx fork = ctx; /* a copy goes on by itself */
        hash_update(&ctx, (struct span){bytes + len / 3, len - len / 3});
        hash_update(&fork, (struct span){bytes, len / 3});
        const struct hash pieces = hash_final(&ctx);
        assert_true(hash_equal(&whole, &pieces));
        const struct hash forked = hash_final(&fork);
        assert_true(len < 3 || !hash_equal(&whole, &forked));
    }
}

/* RULE num.3: a tag is zero-padded to 16 bytes. */
static void a_tag_is_sixteen_bytes_before_the_message(void **state)
{
    (void)state;
    struct hash_tag tag;
    assert_false(hash_tag_from_text(&tag, span_of_text("")));
    assert_false(hash_tag_from_text(&tag, span_of_text("seventeen letters")));
    assert_true(hash_tag_from_text(&tag, span_of_text("sixteen letters.")));
    assert_true(hash_tag_from_text(&tag, span_of_text("pw-order")));
    const struct hash tagged = hash_tagged(&tag, span_of_text("abc"));
    static const uint8_t bytes[19] = "pw-order\0\0\0\0\0\0\0\0abc";
    const struct hash same = hash_bytes((struct span){bytes, sizeof bytes});
    assert_true(hash_equal(&tagged, &same));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_standards_examples),
        cmocka_unit_test(pieces_give_the_hash_of_the_whole),
        cmocka_unit_test(a_tag_is_sixteen_bytes_before_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
