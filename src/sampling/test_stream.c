/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/stream.h"
#include "tests/cmocka_all.h"

#include <string.h>

static const struct hash seed = {.bytes = {1, 2, 3}};

/* RULE sample.6: the text that is hashed, byte for byte, and its words. */
static void words_are_the_hashes_of_the_counter(void **state)
{
    (void)state;
    struct stream s;
    stream_init(&s, &seed, STREAM_VERIFIERS, 0x0102030405060708);
    for (uint8_t counter = 0; counter < 3; counter++) {
        uint8_t text[7 + HASH_BYTES + 1 + 8 + 8] = "pw-draw";
        memcpy(text + 7, seed.bytes, HASH_BYTES);
        memcpy(text + 39, "V\1\2\3\4\5\6\7\10", 9);
        text[sizeof text - 1] = counter;
        const struct hash block = hash_bytes((struct span){text, sizeof text});
        for (size_t i = 0; i < HASH_BYTES; i += 8) {
            uint64_t word = 0;
            for (size_t j = i; j < i + 8; j++)
                word = word << 8 | block.bytes[j];
            assert_true(stream_word(&s) == word);
        }
    }
    assert_int_equal(s.words, 12);
}

static void seed_purpose_and_number_each_change_the_words(void **state)
{
    (void)state;
    const struct hash other = {.bytes = {1, 2, 4}};
    struct stream s[4];
    stream_init(&s[0], &seed, STREAM_CLUSTER, 5);
    stream_init(&s[1], &other, STREAM_CLUSTER, 5);
    stream_init(&s[2], &seed, STREAM_VERIFIERS, 5);
    stream_init(&s[3], &seed, STREAM_CLUSTER, 6);
    uint64_t word[4];
    for (size_t i = 0; i < 4; i++) {
        word[i] = stream_word(&s[i]);
        for (size_t j = 0; j < i; j++)
            assert_true(word[i] != word[j]);
    }
}

/* RULE sample.6: uniform(1) = 0 and takes no word. */
static void a_choice_of_one_takes_no_word(void **state)
{
    (void)state;
    struct stream s;
    stream_init(&s, &seed, STREAM_CLUSTER, 5);
    assert_int_equal(stream_uniform(&s, 1), 0);
    assert_int_equal(s.words, 0);
    assert_true(stream_uniform(&s, 2) < 2);
    assert_int_equal(s.words, 1);
}

/* RULE sample.6: of 2^63 + 1 almost every second word is beyond the only multiple. */
static void words_beyond_the_last_multiple_are_rejected(void **state)
{
    (void)state;
    const uint64_t m = (UINT64_C(1) << 63) + 1;
    struct stream s, words;
    stream_init(&s, &seed, STREAM_CLUSTER, 9);
    stream_init(&words, &seed, STREAM_CLUSTER, 9);
    unsigned rejected = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t word = stream_word(&words);
        for (; word >= m; word = stream_word(&words))
            rejected++;
        assert_true(stream_uniform(&s, m) == word);
    }
    assert_true(rejected > 800 && rejected < 1200);
    assert_int_equal(s.words, 1000 + rejected);
}

/* A power of two divides 2^64, so no word is ever rejected: both ends of the range. */
static void a_power_of_two_rejects_nothing(void **state)
{
    (void)state;
    struct stream s, words;
    stream_init(&s, &seed, STREAM_CLUSTER, 9);
    stream_init(&words, &seed, STREAM_CLUSTER, 9);
    for (int i = 0; i < 1000; i++) {
        const uint64_t m = UINT64_C(1) << (1 + i % 63);
        assert_true(stream_uniform(&s, m) == stream_word(&words) % m);
    }
}

/* RULE sample.6 */
static void a_shuffle_changes_places_from_the_front(void **state)
{
    (void)state;
    uint32_t items[50], same[50];
    for (uint32_t i = 0; i < 50; i++)
        items[i] = same[i] = 100 + i;
    struct stream s, again;
    stream_init(&s, &seed, STREAM_CLUSTER, 1);
    stream_init(&again, &seed, STREAM_CLUSTER, 1);
    stream_shuffle(&s, items, 50);
    for (uint32_t i = 0; i <= 48; i++) {
        const uint32_t j = i + (uint32_t)stream_uniform(&again, 50 - i);
        const uint32_t item = same[i];
        same[i] = same[j];
        same[j] = item;
    }
    assert_memory_equal(items, same, sizeof items);
    const uint64_t words = s.words;
    stream_shuffle(&s, items, 1);
    stream_shuffle(&s, items, 0);
    assert_int_equal(s.words, words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_hashes_of_the_counter),
        cmocka_unit_test(seed_purpose_and_number_each_change_the_words),
        cmocka_unit_test(a_choice_of_one_takes_no_word),
        cmocka_unit_test(words_beyond_the_last_multiple_are_rejected),
        cmocka_unit_test(a_power_of_two_rejects_nothing),
        cmocka_unit_test(a_shuffle_changes_places_from_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
