/* SPDX-License-Identifier: Apache-2.0 */
/* node/test_yaml_tree.c - what of YAML is read, where everything stands, and where it ends. */
#include "node/yaml_tree.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_node_knows_line_and_column(void **state)
{
    (void)state;
    struct yaml_tree t;
    struct yaml_fault fault;
    static const char text[] = "# a remark\na: 1\nlist:\n  - 'x y'\n  - {b: \"\\x41\", c: }\n";
    assert_int_equal(yaml_tree_read(&t, span_of_text(text), &fault), ERR_OK);
    const struct yaml_tree_node *root = &t.nodes[0];
    assert_int_equal(root->kind, YAML_TREE_MAP);
    assert_int_equal(root->child_count, 4);
    const struct yaml_tree_node *a = yaml_tree_first(&t, root), *one = yaml_tree_next(&t, a);
    assert_int_equal(a->line, 2);
    assert_int_equal(a->column, 1);
    assert_int_equal(one->column, 4);
    assert_true(one->is_plain && span_equal(one->text, span_of_text("1")));
    const struct yaml_tree_node *list = yaml_tree_next(&t, yaml_tree_next(&t, one));
    assert_int_equal(list->kind, YAML_TREE_LIST);
    assert_null(yaml_tree_next(&t, list));
    const struct yaml_tree_node *quoted = yaml_tree_first(&t, list);
    assert_false(quoted->is_plain);
    assert_int_equal(quoted->line, 4);
    assert_int_equal(quoted->column, 5);
    const struct yaml_tree_node *map = yaml_tree_next(&t, quoted);
    const struct yaml_tree_node *b = yaml_tree_first(&t, map), *escaped = yaml_tree_next(&t, b);
    assert_true(span_equal(escaped->text, span_of_text("A")));
    const struct yaml_tree_node *c = yaml_tree_next(&t, escaped);
    assert_true(yaml_tree_is_nothing(yaml_tree_next(&t, c)));
    assert_false(yaml_tree_is_nothing(c));
    assert_null(yaml_tree_first(&t, c));
    yaml_tree_free(&t);
}

static void what_is_closed_gets_no_more_children(void **state)
{
    (void)state;
    struct yaml_tree t;
    struct yaml_fault fault;
    assert_int_equal(yaml_tree_read(&t, span_of_text("a: {b: [1]}\nc: [2, 3]\nd: 4"), &fault),
                     ERR_OK);
    assert_int_equal(t.nodes[0].child_count, 6);
    const struct yaml_tree_node *map = &t.nodes[2];
    assert_int_equal(map->child_count, 2);
    assert_true(span_equal(yaml_tree_next(&t, map)->text, span_of_text("c")));
    yaml_tree_free(&t);
}

static void expect_refusal(const char *text, enum err code, uint32_t line, uint32_t column)
{
    struct yaml_tree t;
    struct yaml_fault fault;
    const enum err bad = yaml_tree_read(&t, span_of_text(text), &fault);
    if (bad != code || fault.code != code || fault.line != line || fault.column != column)
        fail_msg("%s: %d at %u:%u, %s", text, (int)bad, fault.line, fault.column, fault.what);
    assert_true(fault.what[0] != '\0');
    assert_null(t.nodes);
    assert_null(t.texts);
}

static void what_could_surprise_is_refused_where_it_stands(void **state)
{
    (void)state;
    expect_refusal("a: &x 1\n", ERR_YAML_FEATURE, 1, 4);
    expect_refusal("a: 1\nb: *x\n", ERR_YAML_FEATURE, 2, 4);
    expect_refusal("a: !!str 1\n", ERR_YAML_FEATURE, 1, 4);
    expect_refusal("a: ! 1\n", ERR_YAML_FEATURE, 1, 4);
    expect_refusal("a: &x [1]\n", ERR_YAML_FEATURE, 1, 4);
    expect_refusal("a: !t {b: 1}\n", ERR_YAML_FEATURE, 1, 4);
    expect_refusal("%YAML 1.1\n---\na: 1\n", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("%TAG !e! tag:e.org,2000:\n---\na: 1\n", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("\xef\xbb\xbf%TAG", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("# x\n%TAG", ERR_YAML_FEATURE, 2, 1);
    expect_refusal("# x\r%TAG", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("# x\xc2\x85%TAG", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("# x\xe2\x80\xa8%TAG", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("# x\xe2\x80\xa9%TAG", ERR_YAML_FEATURE, 1, 1);
    expect_refusal("a: 1\n---\nb: 1\n", ERR_YAML_FEATURE, 2, 1);
    expect_refusal("? [a]\n: 1\n", ERR_YAML_FEATURE, 1, 3);
    expect_refusal("{a: 1}: 1\n", ERR_YAML_FEATURE, 1, 1);
}

static void a_percent_sign_inside_a_line_is_text(void **state)
{
    (void)state;
    struct yaml_tree t;
    struct yaml_fault fault;
    assert_int_equal(yaml_tree_read(&t, span_of_text("a: 5%\nb: '%'\nc: \xc3\xa9%"), &fault),
                     ERR_OK);
    yaml_tree_free(&t);
}

static void what_is_no_yaml_is_refused_where_it_stands(void **state)
{
    (void)state;
    expect_refusal("", ERR_YAML_SYNTAX, 1, 1);
    expect_refusal("# nothing\n", ERR_YAML_SYNTAX, 1, 1);
    expect_refusal("a: 1\n b: 2\n", ERR_YAML_SYNTAX, 2, 3);
    expect_refusal("a: [1\n", ERR_YAML_SYNTAX, 2, 1);
    expect_refusal("a:\n\t- 1\n", ERR_YAML_SYNTAX, 2, 1);
    expect_refusal("a: 1\nb: '\n", ERR_YAML_SYNTAX, 3, 1);
    expect_refusal("a: 1\nb: \xff\n", ERR_YAML_SYNTAX, 2, 4);
    expect_refusal("a: \x01\n", ERR_YAML_SYNTAX, 1, 4);
}

static void six_levels_are_read_and_no_seventh(void **state)
{
    (void)state;
    struct yaml_tree t;
    struct yaml_fault fault;
    assert_int_equal(yaml_tree_read(&t, span_of_text("[[[[[[1]]]]]]"), &fault), ERR_OK);
    assert_int_equal(t.count, 7);
    yaml_tree_free(&t);
    expect_refusal("[[[[[[[1]]]]]]]", ERR_YAML_LARGE, 1, 7);
    expect_refusal("a: {b: {c: {d: {e: {f: {}}}}}}", ERR_YAML_LARGE, 1, 24);
}

/* A list of @items lines of one digit. */
static enum err read_items(struct yaml_fault *fault, uint32_t items)
{
    struct yaml_tree t;
    const size_t len = 4 * (size_t)items;
    char *text = malloc(len);
    assert_non_null(text);
    for (size_t i = 0; i < len; i += 4)
        memcpy(text + i, "- 0\n", 4);
    const enum err bad = yaml_tree_read(&t, (struct span){(const uint8_t *)text, len}, fault);
    if (!bad)
        yaml_tree_free(&t);
    free(text);
    return bad;
}

static void a_million_items_are_read_and_no_more(void **state)
{
    (void)state;
    struct yaml_fault fault;
    assert_int_equal(read_items(&fault, YAML_TREE_NODES_MAX - 1), ERR_OK);
    assert_int_equal(read_items(&fault, YAML_TREE_NODES_MAX), ERR_YAML_LARGE);
    assert_int_equal(fault.line, YAML_TREE_NODES_MAX);
    assert_int_equal(fault.column, 3);
}

static void eight_mebibytes_are_read_and_no_more(void **state)
{
    (void)state;
    struct yaml_tree t;
    struct yaml_fault fault;
    uint8_t *text = malloc(YAML_TREE_BYTES_MAX + 1);
    assert_non_null(text);
    memset(text, ' ', YAML_TREE_BYTES_MAX + 1);
    text[0] = 'a';
    text[YAML_TREE_BYTES_MAX / 2] = '\n';
    assert_int_equal(yaml_tree_read(&t, (struct span){text, YAML_TREE_BYTES_MAX}, &fault), ERR_OK);
    assert_int_equal(t.nodes[0].text.len, 1);
    yaml_tree_free(&t);
    assert_int_equal(yaml_tree_read(&t, (struct span){text, YAML_TREE_BYTES_MAX + 1}, &fault),
                     ERR_YAML_LARGE);
    assert_int_equal(fault.line, 0);
    free(text);
}

/* Escapes are the only texts that grow: two bytes for up to three. */
static void texts_of_escapes_fit(void **state)
{
    (void)state;
    struct yaml_tree t;
    struct yaml_fault fault;
    char text[1 + 2 * 500 + 2] = "\"";
    for (int i = 0; i < 500; i++)
        memcpy(text + 1 + 2 * i, "\\L", 2);
    memcpy(text + 1001, "\"", 2);
    assert_int_equal(yaml_tree_read(&t, span_of_text(text), &fault), ERR_OK);
    assert_int_equal(t.nodes[0].text.len, 1500);
    yaml_tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_line_and_column),
        cmocka_unit_test(what_is_closed_gets_no_more_children),
        cmocka_unit_test(what_could_surprise_is_refused_where_it_stands),
        cmocka_unit_test(a_percent_sign_inside_a_line_is_text),
        cmocka_unit_test(what_is_no_yaml_is_refused_where_it_stands),
        cmocka_unit_test(six_levels_are_read_and_no_seventh),
        cmocka_unit_test(a_million_items_are_read_and_no_more),
        cmocka_unit_test(eight_mebibytes_are_read_and_no_more),
        cmocka_unit_test(texts_of_escapes_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
