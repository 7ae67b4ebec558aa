/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint32_t row_count(void)
{
    uint32_t count = 0;
    while (err_at(count))
        count++;
    return count;
}

static void the_table_ends_once_and_for_all(void **state)
{
    (void)state;
    const uint32_t count = row_count();
    assert_true(count >= 20); /* rows are only ever appended */
    assert_null(err_at(count));
    assert_null(err_at(count + 1));
    assert_null(err_at(UINT32_MAX));
}

static void the_first_row_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, 0);
    assert_int_equal(err_at(0)->number, 0);
    assert_string_equal(err_at(0)->name, "OK");
}

static void numbers_are_unique(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < row_count(); i++) {
        for (uint32_t j = 0; j < i; j++)
            assert_int_not_equal(err_at(i)->number, err_at(j)->number);
    }
}

/* Rows are only appended, so each class ascends; the classes may be mixed. */
static void numbers_ascend_in_each_class(void **state)
{
    (void)state;
    uint32_t last_refusal = 0;
    uint32_t last_other = ERR_REFUSAL_MAX;
    for (uint32_t i = 1; i < row_count(); i++) {
        const uint32_t number = err_at(i)->number;
        uint32_t *last = number <= ERR_REFUSAL_MAX ? &last_refusal : &last_other;
        assert_true(number > *last);
        *last = number;
    }
    assert_true(last_other > ERR_REFUSAL_MAX);
}

static void what_never_reaches_the_ledger_is_numbered_above_the_refusals(void **state)
{
    (void)state;
    assert_int_equal(ERR_REFUSAL_MAX, INT16_MAX);
    assert_int_equal(ERR_NUMBER_SYNTAX, ERR_REFUSAL_MAX + 1);
    const enum err others[] = {ERR_HEX_LENGTH, ERR_USAGE, ERR_OUTPUT_WRITE, ERR_CRYPTO_START};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_true(err_get(others[i])->number > ERR_REFUSAL_MAX);
}

static void names_are_unique_capitals(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < row_count(); i++) {
        const char *name = err_at(i)->name;
        assert_true(strlen(name) > 0);
        for (const char *c = name; *c; c++)
            assert_true(isupper((unsigned char)*c) || *c == '_');
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(name, err_at(j)->name);
    }
}

static bool is_sentence(const char *text)
{
    const size_t len = strlen(text);
    return len > 5 && isupper((unsigned char)text[0]) && text[len - 1] == '.' &&
           !strstr(text, "  ");
}

static void sentences_and_hints_are_sentences(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < row_count(); i++) {
        assert_true(is_sentence(err_at(i)->sentence));
        assert_true(is_sentence(err_at(i)->hint));
    }
}

static void a_row_is_found_by_its_code_and_by_its_name(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < row_count(); i++) {
        const struct err_row *row = err_at(i);
        assert_ptr_equal(err_get((enum err)row->number), row);
        assert_ptr_equal(err_find(row->name), row);
    }
    assert_string_equal(err_get(ERR_NUMBER_FINE)->name, "NUMBER_FINE");
    assert_int_equal(err_find("NUMBER_FINE")->number, ERR_NUMBER_FINE);
}

static void an_unknown_name_is_not_found(void **state)
{
    (void)state;
    assert_null(err_find(""));
    assert_null(err_find("O"));
    assert_null(err_find("OKAY"));
    assert_null(err_find("ok"));
    assert_null(err_find("ERR_OK"));
    assert_null(err_find("NUMBER_FIN"));
    assert_null(err_find("NUMBER_FINER"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_ends_once_and_for_all),
        cmocka_unit_test(the_first_row_is_no_error),
        cmocka_unit_test(numbers_are_unique),
        cmocka_unit_test(numbers_ascend_in_each_class),
        cmocka_unit_test(what_never_reaches_the_ledger_is_numbered_above_the_refusals),
        cmocka_unit_test(names_are_unique_capitals),
        cmocka_unit_test(sentences_and_hints_are_sentences),
        cmocka_unit_test(a_row_is_found_by_its_code_and_by_its_name),
        cmocka_unit_test(an_unknown_name_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
