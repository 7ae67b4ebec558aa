/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/chain_file.h"

#include "tests/cmocka_all.h"

static size_t write_file(uint8_t *out, size_t size)
{
    const struct hash first = {{1}}, second = {{2}};
    uint8_t head[CHAIN_FILE_HEAD_BYTES], frame[4];
    struct bytes_writer w;
    bytes_writer_init(&w, out, size);
    chain_file_head(head, 3);
    bytes_write_span(&w, (struct span){head, sizeof head});
    bytes_write_span(&w, span_of_text("gen"));
    chain_file_frame(frame, 5);
    bytes_write_span(&w, (struct span){frame, sizeof frame});
    bytes_write_span(&w, span_of_text("block"));
    bytes_write_span(&w, (struct span){first.bytes, HASH_BYTES});
    chain_file_frame(frame, 0);
    bytes_write_span(&w, (struct span){frame, sizeof frame});
    bytes_write_span(&w, (struct span){second.bytes, HASH_BYTES});
    assert_false(w.full);
    return (size_t)(w.at - out);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    uint8_t bytes[256];
    struct chain_file f;
    struct chain_block b;
    const size_t len = write_file(bytes, sizeof bytes);
    assert_int_equal(chain_file_open(&f, (struct span){bytes, len}), CHAIN_FILE_OK);
    assert_true(span_equal(f.genesis, span_of_text("gen")));
    assert_int_equal(chain_file_next(&f, &b), CHAIN_FILE_OK);
    assert_true(span_equal(b.block, span_of_text("block")));
    assert_int_equal(b.app_hash.bytes[0], 1);
    assert_int_equal(chain_file_next(&f, &b), CHAIN_FILE_OK);
    assert_int_equal(b.block.len, 0);
    assert_int_equal(b.app_hash.bytes[0], 2);
    assert_int_equal(chain_file_next(&f, &b), CHAIN_FILE_END);
    assert_int_equal(chain_file_next(&f, &b), CHAIN_FILE_END);
}

static void a_file_that_ends_anywhere_else_is_short(void **state)
{
    (void)state;
    uint8_t bytes[256];
    const size_t len = write_file(bytes, sizeof bytes);
    const size_t first_end = CHAIN_FILE_HEAD_BYTES + 3, second_end = first_end + 4 + 5 + HASH_BYTES;
    uint32_t ends = 0;
    for (size_t cut = 0; cut < len; cut++) {
        struct chain_file f;
        struct chain_block b;
        enum chain_file_verdict v = chain_file_open(&f, (struct span){bytes, cut});
        assert_int_equal(v == CHAIN_FILE_KIND, cut < 16);
        while (v == CHAIN_FILE_OK)
            v = chain_file_next(&f, &b);
        ends += v == CHAIN_FILE_END;
        assert_int_equal(v == CHAIN_FILE_END, cut == first_end || cut == second_end);
    }
    assert_int_equal(ends, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_that_ends_anywhere_else_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
