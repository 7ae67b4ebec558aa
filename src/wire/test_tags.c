/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.3: what is signed or hashed for one purpose is never taken for another. */
#include "wire/tags.h"

#include "tests/cmocka_all.h"

#include <string.h>

static void every_tag_is_another_and_ends_with_zeros(void **state)
{
    (void)state;
    for (int a = 0; a < TAG_COUNT; a++) {
        const struct hash_tag *tag = tag_get((enum tag)a);
        const size_t len = strnlen((const char *)tag->bytes, sizeof tag->bytes);
        assert_true(len > 3 && len < sizeof tag->bytes);
        assert_memory_equal(tag->bytes, "pw.", 3);
        for (int b = 0; b < a; b++)
            assert_memory_not_equal(tag->bytes, tag_get((enum tag)b)->bytes, sizeof tag->bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tag_is_another_and_ends_with_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
