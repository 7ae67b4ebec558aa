/* SPDX-License-Identifier: Apache-2.0 */
#include "app/call.h"
#include "app/verbs.h"
#include "tests/cmocka_all.h"

#include <string.h>

struct parsed {
    struct call call;
    struct call_fault fault;
    enum err result;
};

static struct parsed parse(int count, const char *const *words)
{
    struct parsed p;
    memset(&p, 0, sizeof p);
    p.result = call_parse(&p.call, &p.fault, count, words);
    return p;
}

#define PARSE(...)                                                                                 \
    parse((int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)),                      \
          (const char *const[]){__VA_ARGS__})

static void the_longest_path_is_the_verb(void **state)
{
    (void)state;
    const struct parsed p = PARSE("study", "merkle", "proof", "file.json");
    assert_int_equal(p.result, ERR_OK);
    assert_string_equal(p.call.verb->path, "study merkle proof");
    assert_int_equal(p.call.operand_count, 1);
    assert_string_equal(p.call.operand[0], "file.json");
    assert_int_equal(p.call.format, ANSWER_TEXT);
}

static void options_stand_anywhere_and_in_both_forms(void **state)
{
    (void)state;
    const struct parsed p = PARSE("study", "hash", "--json", "file", "--tag=abc");
    assert_int_equal(p.result, ERR_OK);
    assert_string_equal(call_option(&p.call, "--tag"), "abc");
    assert_string_equal(p.call.operand[0], "file");
    assert_int_equal(p.call.format, ANSWER_JSON);
    const struct parsed q = PARSE("study", "hash", "--tag", "abc", "--", "--json");
    assert_int_equal(q.result, ERR_OK);
    assert_string_equal(q.call.operand[0], "--json");
    assert_int_equal(q.call.format, ANSWER_TEXT);
    const struct parsed r = PARSE("study", "hash", "--tag", "abc", "-");
    assert_string_equal(r.call.operand[0], "-");
}

static void wrong_words_are_blamed(void **state)
{
    (void)state;
    assert_int_equal(PARSE("study", "hash", "a", "b", "--tag", "x").result, ERR_USAGE);
    assert_int_equal(PARSE("study", "hash", "--tag", "x").result, ERR_USAGE);
    assert_int_equal(PARSE("study", "hash", "a", "--tag").result, ERR_USAGE);
    assert_int_equal(PARSE("study", "hash", "a", "--tag", "x", "--tag=y").result, ERR_USAGE);
    assert_int_equal(PARSE("explain", "--markdown=yes").result, ERR_USAGE);
    const struct parsed p = PARSE("study", "hash", "a", "--tagg", "x");
    assert_int_equal(p.result, ERR_OPTION_UNKNOWN);
    assert_string_equal(p.fault.word, "--tagg");
    assert_int_equal(call_parse(&(struct call){0}, &(struct call_fault){0}, 0, NULL),
                     ERR_VERB_UNKNOWN);
}

static void an_unknown_verb_names_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(verbs_nearest("versoin"), "version");
    assert_string_equal(verbs_nearest("explian UNIT_MISSING"), "explain");
    assert_string_equal(verbs_nearest("study merkel proof"), "study merkle proof");
    assert_string_equal(verbs_nearest("study vrf"), "study vrf prove");
    assert_null(verbs_nearest("xyzzyxyzzy"));
    assert_null(verbs_nearest(""));
    const struct parsed p = PARSE("versoin", "7", "--json");
    assert_int_equal(p.result, ERR_VERB_UNKNOWN);
    assert_string_equal(p.fault.typed, "versoin 7");
    assert_int_equal(p.call.format, ANSWER_JSON);
    char endless[5000];
    memset(endless, 'v', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(strlen(PARSE(endless).fault.typed), VERB_PATH_CHARS_MAX - 1);
    assert_null(verbs_nearest(PARSE(endless).fault.typed));
}

static void half_a_command_names_its_group(void **state)
{
    (void)state;
    assert_true(verbs_is_in_group("study vrf prove", "study"));
    assert_true(verbs_is_in_group("study vrf prove", "study vrf"));
    assert_false(verbs_is_in_group("study vrf prove", "study vrf prove"));
    assert_false(verbs_is_in_group("study vrf prove", "stud"));
}

static void help_wins_over_everything(void **state)
{
    (void)state;
    const struct parsed p = PARSE("study", "hash", "--nonsense", "-h");
    assert_int_equal(p.result, ERR_OK);
    assert_true(p.call.wants_help);
    assert_string_equal(p.call.verb->path, "study hash");
}

static void every_row_is_complete(void **state)
{
    (void)state;
    unsigned rows = 0;
    for (uint32_t i = 0; verbs_at(i); i++, rows++) {
        const struct verb *verb = verbs_at(i);
        assert_non_null(verb->run);
        assert_int_equal(verb->summary[strlen(verb->summary) - 1], '.');
        assert_true(verb->operands_max <= CALL_OPERANDS_MAX);
        for (int e = 0; e < VERB_EXAMPLES; e++)
            assert_memory_equal(verb->examples[e], verb->path, strlen(verb->path));
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(verb->path, verbs_at(j)->path);
    }
    assert_true(rows >= 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_path_is_the_verb),
        cmocka_unit_test(options_stand_anywhere_and_in_both_forms),
        cmocka_unit_test(wrong_words_are_blamed),
        cmocka_unit_test(an_unknown_verb_names_the_nearest),
        cmocka_unit_test(half_a_command_names_its_group),
        cmocka_unit_test(help_wins_over_everything),
        cmocka_unit_test(every_row_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
