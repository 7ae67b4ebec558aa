/* SPDX-License-Identifier: Apache-2.0 */
/* node/test_genesis_yaml.c - genesis files: what is read, what is refused and where (protocol
 * section 15; RULE market.4, dos.5, boot.1). */
#include "node/genesis_yaml.h"

#include "base/ids.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_CHARS_MAX = 16384 };

#define KEY_A "1111111111111111111111111111111111111111111111111111111111111111"
#define KEY_B "2222222222222222222222222222222222222222222222222222222222222222"
#define KEY_C "3333333333333333333333333333333333333333333333333333333333333333"
#define KEY_D "4444444444444444444444444444444444444444444444444444444444444444"

/* Ten lines with all that has no default. */
#define LEAST                                                                                      \
    "community:\n  name: Nord\n  chain_id: pw-nord\n  currency: EUR\n"                             \
    "authority:\n  keys: [" KEY_A "]\n  threshold: 1\n"                                            \
    "treasury:\n  key: " KEY_B "\n"                                                                \
    "time: {t0_ms: 1767225600000}\n"

#define FOUNDER(keys, nullifier)                                                                   \
    "  - voucher:\n      sign_key: " KEY_A "\n      vrf_key: " KEY_B "\n      seal_key: " keys     \
    "\n      feeder: 1\n      household: " KEY_A "\n      nullifier: " nullifier                   \
    "\n      max_export_wh: 5000\n      max_import_wh: 7000\n      payout: " KEY_A                 \
    "\n      identity_commitment: " KEY_B "\n      expires_ms: 1800000000000\n"                    \
    "    parts: [{key: 0, signature: " KEY_C KEY_D "}]\n    certificate: " KEY_D "\n"

struct parsed {
    struct genesis_file file;
    struct yaml_fault fault;
};

static enum err parse(struct parsed *p, const char *text)
{
    return genesis_yaml_read(&p->file, span_of_text(text), &p->fault);
}

static void expect_refusal(const char *text, enum err code, uint32_t line, uint32_t column,
                           const char *what)
{
    struct parsed p;
    const enum err bad = parse(&p, text);
    if (bad != code || p.fault.code != code || p.fault.line != line || p.fault.column != column ||
        !strstr(p.fault.what, what))
        fail_msg("...%.60s: %s at %u:%u: %s", text, bad ? err_get(bad)->name : "OK", p.fault.line,
                 p.fault.column, p.fault.what);
    assert_null(p.file.bytes);
}

static void the_least_file_is_all_defaults(void **state)
{
    (void)state;
    struct parsed p;
    assert_int_equal(parse(&p, LEAST), ERR_OK);
    const struct genesis *g = &p.file.genesis;
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *param = params_at(i);
        const bool is_number = param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE;
        if (is_number && param->origin != PARAM_REQUIRED)
            assert_int_equal(params_get(g, param), params_default(g, param));
    }
    assert_int_equal(g->feeder_count, 1);
    assert_true(span_equal(g->feeders[0].name, span_of_text("main")));
    assert_int_equal(g->founder_count, 0);
    assert_int_equal(g->market.fee_count, 0);
    assert_int_equal(g->authority.keys[0].key.bytes[31], 0x11);
    assert_int_equal(g->treasury.bytes[0], 0x22);
    genesis_file_free(&p.file);
}

/* A file in which every number and choice has another value than its default. */
static size_t write_other_values(char *out, struct genesis *g)
{
    const char *group = "";
    size_t len = 0;
    params_fill(g);
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        if (p->kind != PARAM_IS_NUMBER && p->kind != PARAM_IS_CHOICE)
            continue;
        if (p->number == PARAM_T0 || p->number == PARAM_THRESHOLD)
            continue;
        uint64_t value = params_default(g, p) + 2; /* so that k stays odd */
        if (value > p->most)
            value = p->kind == PARAM_IS_CHOICE ? value - 1 : p->least;
        if (p->number == PARAM_INTERVAL)
            value = 1800000;
        if (p->number == PARAM_TIMING)
            value = TIMING_FORWARD;
        params_put(g, p, value);
        if (strcmp(group, p->group) != 0)
            len += (size_t)snprintf(out + len, TEXT_CHARS_MAX - len, "%s:\n", p->group);
        if (strcmp(group, p->group) != 0 && p->number < PARAM_STATEMENT)
            len += (size_t)snprintf(out + len, TEXT_CHARS_MAX - len, "  t0_ms: 0\n");
        group = p->group;
        if (p->kind == PARAM_IS_CHOICE)
            len += (size_t)snprintf(out + len, TEXT_CHARS_MAX - len, "  %s: %s\n", p->key,
                                    p->words[value]);
        else
            len += (size_t)snprintf(out + len, TEXT_CHARS_MAX - len, "  %s: %llu\n", p->key,
                                    (unsigned long long)value);
    }
    return len;
}

/* From the file to canonical bytes and back: what was written is what comes out. */
static void every_parameter_goes_through_the_bytes(void **state)
{
    (void)state;
    static char text[TEXT_CHARS_MAX];
    struct genesis wanted;
    struct parsed p;
    const size_t len = write_other_values(text, &wanted);
    snprintf(text + len, sizeof text - len, "%s",
             "community: {name: Nord, chain_id: pw-nord, currency: EUR}\n"
             "authority: {keys: [" KEY_A "], threshold: 1}\ntreasury: {key: " KEY_B "}\n");
    const enum err bad = parse(&p, text);
    if (bad)
        fail_msg("%u:%u %s", p.fault.line, p.fault.column, p.fault.what);
    uint32_t changed = 0;
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *param = params_at(i);
        if (param->kind != PARAM_IS_NUMBER && param->kind != PARAM_IS_CHOICE)
            continue;
        if (param->number == PARAM_THRESHOLD)
            continue;
        assert_int_equal(params_get(&p.file.genesis, param), params_get(&wanted, param));
        changed += params_get(&wanted, param) != param->fallback;
    }
    assert_int_equal(changed, 73 - 3 - 1 - 4 - 2); /* all but t0, which is 0, and the threshold */
    genesis_file_free(&p.file);
}

static void lists_are_read(void **state)
{
    (void)state;
    struct parsed p;
    const enum err bad = parse(
        &p, LEAST "feeders: [{name: a}, {name: \"b \\u00e4\"}]\n"
                  "market:\n  fees:\n    - {seller_feeder: 1, buyer_feeder: 2, micro_per_kwh: 7}\n"
                  "    - {micro_per_kwh: 8, buyer_feeder: 1, seller_feeder: 2}\n"
                  "founders:\n" FOUNDER(KEY_C, KEY_D) "    volunteer: true\n");
    if (bad)
        fail_msg("%u:%u %s", p.fault.line, p.fault.column, p.fault.what);
    const struct genesis *g = &p.file.genesis;
    assert_int_equal(g->feeder_count, 2);
    assert_true(span_equal(g->feeders[1].name, span_of_text("b \xc3\xa4")));
    assert_int_equal(g->market.fee_count, 2);
    assert_int_equal(g->market.fees[1].seller_feeder, 2);
    assert_int_equal(g->market.fees[1].micro_per_kwh, 8);
    assert_int_equal(g->market.posted_micro_per_kwh, (380000 - 8) / 2);
    const struct genesis_founder *f = g->founders;
    assert_int_equal(g->founder_count, 1);
    assert_true(f->volunteer);
    assert_int_equal(f->voucher.seal_key.bytes[7], 0x33);
    assert_int_equal(f->voucher.max_export_wh, 5000);
    assert_int_equal(f->voucher.max_import_wh, 7000);
    assert_int_equal(f->voucher.expires_ms, 1800000000000);
    assert_int_equal(f->seal.part_count, 1);
    assert_int_equal(f->seal.parts[0].signature.bytes[63], 0x44);
    assert_true(f->seal.signed_bytes.len > 0); /* what the signatures cover */
    assert_int_equal(f->certificate.bytes[0], 0x44);
    genesis_file_free(&p.file);
}

static void order_and_layout_do_not_matter(void **state)
{
    (void)state;
    struct parsed a, b;
    assert_int_equal(parse(&a, LEAST), ERR_OK);
    assert_int_equal(parse(&b, "---\ntreasury: {key: '" KEY_B "'}\ntime: {tau_ms: 5000, t0_ms: "
                               "1767225600000}\nwindows:\nfeeders:\nfounders: []\n"
                               "authority:\n  threshold: 1\n  keys:\n    - " KEY_A
                               "\ncommunity: {currency: \"EUR\", chain_id: pw-nord, name: 'Nord'}"),
                     ERR_OK);
    assert_true(span_equal(a.file.canonical, b.file.canonical));
    genesis_file_free(&a.file);
    genesis_file_free(&b.file);
}

static void an_unknown_key_is_refused_where_it_stands(void **state)
{
    (void)state;
    expect_refusal(LEAST "markets: {}\n", ERR_GENESIS_KEY, 11, 1, "markets");
    expect_refusal(LEAST "market:\n  feedin: 1\n", ERR_GENESIS_KEY, 12, 3, "market has no feedin");
    expect_refusal(LEAST "market: {k: 1}\n", ERR_GENESIS_KEY, 11, 10, "market has no k");
    expect_refusal(LEAST "feeders: [{nam: 1}]\n", ERR_GENESIS_KEY, 11, 12, "feeder has no nam");
    expect_refusal("?", ERR_GENESIS_KEY, 1, 2, "a genesis has no ");
    expect_refusal(LEAST "<<: {}\n", ERR_GENESIS_KEY, 11, 1, "<<");
    expect_refusal(LEAST "? \"\\e[2J\"\n: 1\n", ERR_GENESIS_KEY, 11, 3, "?[2J"); /* no escapes */
}

static void a_foreign_key_is_shown_cut_and_printable(void **state)
{
    (void)state;
    static const char name[] = "123456789012345678901234567890123456789012345678";
    struct parsed p;
    char text[128];
    snprintf(text, sizeof text, "%s: 1\n", name);
    assert_int_equal(parse(&p, text), ERR_GENESIS_KEY);
    assert_string_equal(p.fault.what,
                        "a genesis has no 123456789012345678901234567890123456789012345678");
    snprintf(text, sizeof text, "%s9: 1\n", name);
    assert_int_equal(parse(&p, text), ERR_GENESIS_KEY);
    assert_string_equal(p.fault.what,
                        "a genesis has no 123456789012345678901234567890123456789012345678...");
    assert_int_equal(parse(&p, "\"a b\\x7f~\": 1\n"), ERR_GENESIS_KEY);
    assert_string_equal(p.fault.what, "a genesis has no a b?~");
}

static void a_key_that_stands_twice_is_refused_at_the_second(void **state)
{
    (void)state;
    expect_refusal(LEAST "treasury: {}\n", ERR_GENESIS_TWICE, 11, 1, "treasury");
    expect_refusal(LEAST "sampling:\n  k: 3\n  k: 3\n", ERR_GENESIS_TWICE, 13, 3, "sampling.k");
    expect_refusal(LEAST "feeders: [{name: a, name: b}]\n", ERR_GENESIS_TWICE, 11, 21, "name");
}

static void what_has_no_default_must_be_there(void **state)
{
    (void)state;
    expect_refusal("time: {t0_ms: 0}\n", ERR_GENESIS_MISSING, 0, 0, "community.name");
    expect_refusal("community: {name: a, chain_id: b, currency: EUR}\n", ERR_GENESIS_MISSING, 0, 0,
                   "time.t0_ms");
    expect_refusal("community: {name: a, chain_id: b, currency: EUR}\ntime: {t0_ms: 1}\n"
                   "authority: {threshold: 1, keys: [" KEY_A "]}\n",
                   ERR_GENESIS_MISSING, 0, 0, "treasury.key");
    expect_refusal(LEAST "market: {fees: [{seller_feeder: 1, buyer_feeder: 1}]}\n",
                   ERR_GENESIS_MISSING, 11, 17, "micro_per_kwh");
}

static void a_value_has_its_form(void **state)
{
    (void)state;
    static const char *const not_numbers[] = {
        "9_0", "0x10", "010", "+1", "-1", "1e3", "1.0", "'5'", "five", "[5]", "9223372036854775808",
        "5 Wh"};
    char text[2048];
    for (size_t i = 0; i < sizeof not_numbers / sizeof not_numbers[0]; i++) {
        snprintf(text, sizeof text, LEAST "sampling:\n  k: %s\n", not_numbers[i]);
        expect_refusal(text, ERR_GENESIS_VALUE, 12, 6, "sampling.k needs a whole number");
    }
    expect_refusal(LEAST "qot: {reference_wh: 9223372036854775807}\n", ERR_PARAM_RANGE, 11, 21,
                   "qot.reference_wh is 9223372036854775807");
    expect_refusal(LEAST "market: {timing: Measured}\n", ERR_GENESIS_VALUE, 11, 18,
                   "market.timing is one of: measured, forward, both");
    expect_refusal(LEAST "market: 5\n", ERR_GENESIS_VALUE, 11, 9, "market");
    expect_refusal(LEAST "market: []\n", ERR_GENESIS_VALUE, 11, 9, "market");
    expect_refusal(LEAST "feeders: {name: a}\n", ERR_GENESIS_VALUE, 11, 10, "list");
    expect_refusal(LEAST "feeders: [a]\n", ERR_GENESIS_VALUE, 11, 11, "feeder");
    expect_refusal("treasury: {key: 22}\n", ERR_GENESIS_VALUE, 1, 17, "64 lower-case");
    expect_refusal("treasury: {key: " KEY_B "22}\n", ERR_GENESIS_VALUE, 1, 17, "treasury.key");
    expect_refusal("authority: {keys: [" KEY_A ", A]}\n", ERR_GENESIS_VALUE, 1, 86, "a key");
    expect_refusal("community: {name: [a]}\n", ERR_GENESIS_VALUE, 1, 19, "community.name");
    expect_refusal("[]\n", ERR_GENESIS_VALUE, 1, 1, "keys and values");
    expect_refusal(LEAST "founders:\n" FOUNDER(KEY_C, KEY_D) "    volunteer: yes\n",
                   ERR_GENESIS_VALUE, 26, 16, "true or false");
    expect_refusal(LEAST "feeders: [{name: a}]\nmarket: {fees: [{seller_feeder: 4294967296}]}\n",
                   ERR_GENESIS_VALUE, 12, 33, "4294967295");
}

static void ranges_and_relations_name_the_place_and_the_range(void **state)
{
    (void)state;
    expect_refusal(LEAST "sampling:\n  k: 1025\n", ERR_PARAM_RANGE, 12, 6,
                   "sampling.k is 1025: 1 to 1023 is possible; odd");
    expect_refusal(LEAST "market:\n  feed_in_micro_per_kwh: 300000\n", ERR_PARAM_RELATION, 12, 26,
                   "market.feed_in_micro_per_kwh is 300000: 0 to 299999 is possible");
    /* RULE dos.5: the culprit is in the file, what it spoils is not. */
    expect_refusal(LEAST "windows:\nsampling:\nidentity:\nqot:\nlimits: {members_max: 0}\n",
                   ERR_PARAM_RANGE, 15, 23, "limits.members_max is 0: 1 to 1048576");
    expect_refusal("community: {name: '', chain_id: b, currency: EUR}\ntime: {t0_ms: 1}\n"
                   "authority: {threshold: 1, keys: [" KEY_A "]}\ntreasury: {key: " KEY_B "}\n",
                   ERR_PARAM_RANGE, 1, 19, "community.name has a length of 0: 1 to 64");
    expect_refusal(LEAST "market: {mechanism: continuous}\n", ERR_PARAM_RELATION, 11, 21,
                   "market.mechanism is continuous: continuous needs timing forward");
    expect_refusal(LEAST "feeders: []\n", ERR_PARAM_RANGE, 11, 10,
                   "feeders has a number of 0: 1 to 65535");
}

static void a_default_that_does_not_fit_is_called_one(void **state)
{
    (void)state;
    expect_refusal("community: {name: a, chain_id: b, currency: EUR}\n"
                   "time: {t0_ms: 1, block_ms: 2000}\n"
                   "authority: {threshold: 1, keys: [" KEY_A "]}\ntreasury: {key: " KEY_B "}\n",
                   ERR_PARAM_RELATION, 0, 0,
                   "time.tau_ms is 5000, its default: 6000 to 600000 is possible");
}

/* RULE boot.1 */
static void an_item_of_a_list_is_named_by_its_place(void **state)
{
    (void)state;
    expect_refusal(LEAST "feeders: [{name: a}, {name: ''}]\n", ERR_PARAM_RANGE, 11, 22, "feeders");
    expect_refusal(LEAST "market:\n  fees:\n"
                         "    - {seller_feeder: 1, buyer_feeder: 1, micro_per_kwh: 7}\n"
                         "    - {seller_feeder: 1, buyer_feeder: 2, micro_per_kwh: 7}\n",
                   ERR_PARAM_RELATION, 14, 7, "no feeder");
    expect_refusal(LEAST "founders:\n" FOUNDER(KEY_C, KEY_C) FOUNDER(KEY_D, KEY_D),
                   ERR_PARAM_RELATION, 26, 5, "keys stands twice");
    expect_refusal(LEAST "founders:\n" FOUNDER(KEY_B, KEY_C), ERR_PARAM_RELATION, 12, 5,
                   "keys stands twice");
}

/* One authority key, sixteen parts: the list is longer than any can be. */
static void lists_that_are_too_long_are_refused_unread(void **state)
{
    (void)state;
    char text[4096] = "authority:\n  keys:\n";
    size_t len = strlen(text);
    for (int i = 0; i < 16; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "    - " KEY_A "\n");
    expect_refusal(text, ERR_PARAM_RANGE, 3, 5, "authority.keys has 16 items, 15 are possible");
    *strrchr(text, '-') = '#'; /* fifteen equal ones: core's to refuse */
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s",
             "  threshold: 1\ncommunity: {name: a, chain_id: b, currency: EUR}\n"
             "time: {t0_ms: 1}\ntreasury: {key: " KEY_B "}\n");
    expect_refusal(text, ERR_PARAM_RELATION, 4, 7, "authority.keys: the key stands twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_file_is_all_defaults),
        cmocka_unit_test(every_parameter_goes_through_the_bytes),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(order_and_layout_do_not_matter),
        cmocka_unit_test(an_unknown_key_is_refused_where_it_stands),
        cmocka_unit_test(a_foreign_key_is_shown_cut_and_printable),
        cmocka_unit_test(a_key_that_stands_twice_is_refused_at_the_second),
        cmocka_unit_test(what_has_no_default_must_be_there),
        cmocka_unit_test(a_value_has_its_form),
        cmocka_unit_test(ranges_and_relations_name_the_place_and_the_range),
        cmocka_unit_test(a_default_that_does_not_fit_is_called_one),
        cmocka_unit_test(an_item_of_a_list_is_named_by_its_place),
        cmocka_unit_test(lists_that_are_too_long_are_refused_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
