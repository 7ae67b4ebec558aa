/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_params_lists.c - fees, keys, feeders and founders of a genesis (RULE market.4, boot.1),
 * on both sides of each limit. */
#include "tests/cmocka_all.h"

#include "core/test_params_sound.h"

#include <stdlib.h>

static void expect_list_fault(const struct sound *s, uint32_t number, uint32_t item, enum err code)
{
    struct params_complaint out;
    assert_int_equal(judge(s, &out), code);
    assert_int_equal(out.param->number, number);
    assert_int_equal(out.item, item);
    assert_true(out.why[0] != '\0');
}

static void t_of_n_is_of_different_keys(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    check_edge(&s, PARAM_THRESHOLD, 1, 2);
    s.g.authority.key_count = 3;
    check_edge(&s, PARAM_THRESHOLD, 3, 4);
    s.g.authority.key_count = WIRE_PARTS_MAX;
    assert_int_equal(judge(&s, &out), ERR_OK);
    s.g.authority.key_count = WIRE_PARTS_MAX + 1;
    expect_list_fault(&s, PARAM_AUTHORITY_KEYS, 0, ERR_PARAM_RANGE);
    s.g.authority.key_count = 0;
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
    s.g.authority.key_count = 3;
    s.keys[2] = s.keys[0];
    expect_list_fault(&s, PARAM_AUTHORITY_KEYS, 2, ERR_PARAM_RELATION);
    memset(&s.keys[2], 0, sizeof s.keys[2]);
    expect_list_fault(&s, PARAM_AUTHORITY_KEYS, 2, ERR_PARAM_RANGE);
    s.keys[2].key.bytes[31] = 1;
    assert_int_equal(judge(&s, &out), ERR_OK);
    memset(&s.g.treasury, 0, sizeof s.g.treasury);
    expect_list_fault(&s, PARAM_TREASURY, 0, ERR_PARAM_RANGE);
}

/* RULE market.4: each at most R - F, between feeders that are there. */
static void a_fee_fits_between_the_tariffs(void **state)
{
    (void)state;
    static const struct {
        struct genesis_fee fee;
        bool fits;
    } cases[] = {{{1, 2, 1}, true},      {{1, 2, 0}, false},      {{1, 2, -1}, false},
                 {{1, 2, 220000}, true}, {{1, 2, 220001}, false}, {{2, 2, 5}, true},
                 {{3, 1, 5}, false},     {{1, 3, 5}, false},      {{0, 1, 5}, false},
                 {{1, 0, 5}, false},     {{1, 1, 5}, false},      {{1, 2, INT64_MAX}, false}};
    struct sound s;
    struct params_complaint out;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sound_init(&s);
        s.fees[0] = (struct genesis_fee){1, 1, 7};
        s.fees[1] = cases[i].fee;
        s.g.market.fee_count = 2;
        if (cases[i].fits)
            assert_int_equal(judge(&s, &out), ERR_OK);
        else
            expect_list_fault(&s, PARAM_FEES, 1, ERR_PARAM_RELATION);
    }
}

static void feeders_have_names(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    static const char name[] = "12345678901234567890123456789012345678901234567890123456789012345";
    s.feeders[0].name = (struct span){(const uint8_t *)name, 1};
    s.feeders[1].name = (struct span){(const uint8_t *)name, 64};
    assert_int_equal(judge(&s, &out), ERR_OK);
    s.feeders[1].name.len = 65;
    expect_list_fault(&s, PARAM_FEEDERS, 1, ERR_PARAM_RANGE);
    s.feeders[1].name.len = 0;
    expect_list_fault(&s, PARAM_FEEDERS, 1, ERR_PARAM_RANGE);
    s.feeders[1].name = span_of_text("\x7f");
    expect_list_fault(&s, PARAM_FEEDERS, 1, ERR_PARAM_RANGE);
    s.g.feeder_count = 0;
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
}

/* What passes can be encoded in WIRE_GENESIS_BYTES_MAX, however long its lists are. */
static void a_genesis_has_an_end(void **state)
{
    (void)state;
    static const char name[] = "1234567890123456789012345678901234567890123456789012345678901234";
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    struct genesis_feeder *many = calloc(WIRE_FEEDERS_MAX + 1, sizeof *many);
    struct genesis_fee *fees = calloc(WIRE_FEES_MAX, sizeof *fees);
    uint8_t *bytes = malloc(WIRE_GENESIS_BYTES_MAX);
    assert_true(many && bytes && fees);
    for (uint32_t i = 0; i < WIRE_FEES_MAX; i++)
        fees[i] = (struct genesis_fee){60000 + i / 4096, 60000 + i % 4096, 220000};
    s.g.market.fees = fees;
    s.g.market.fee_count = WIRE_FEES_MAX;
    s.g.feeders = many;
    s.g.feeder_count = WIRE_FEEDERS_MAX;
    const size_t names =
        WIRE_GENESIS_BYTES_MAX - 131072 - 16 * WIRE_FEES_MAX - 4 * WIRE_FEEDERS_MAX;
    for (uint32_t i = 0; i <= WIRE_FEEDERS_MAX; i++)
        many[i].name = (struct span){(const uint8_t *)name, names / WIRE_FEEDERS_MAX};
    for (uint32_t i = 0; i < names % WIRE_FEEDERS_MAX; i++)
        many[i].name.len++;
    assert_int_equal(judge(&s, &out), ERR_OK);
    assert_in_range(genesis_encode(bytes, WIRE_GENESIS_BYTES_MAX, &s.g), 1, WIRE_GENESIS_BYTES_MAX);
    many[WIRE_FEEDERS_MAX - 1].name.len++;
    expect_list_fault(&s, PARAM_FEEDERS, 0, ERR_PARAM_RELATION);
    s.g.feeder_count++;
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
    free(bytes);
    free(fees);
    free(many);
}

/* RULE boot.1 */
static void founders_are_as_many_as_there_is_room_for(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    s.g.founder_count = WIRE_FOUNDERS_MAX;
    assert_int_equal(judge(&s, &out), ERR_OK);
    check_edge(&s, PARAM_MEMBERS_MAX, 64, 63);
    s.g.founder_count++;
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
}

/* RULE boot.1 */
static void founders_are_all_different(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    s.g.founder_count = 3;
    struct genesis_founder *f = &s.founders[2];
    const struct genesis_founder sound = *f;
    f->voucher.nullifier = s.founders[0].voucher.nullifier;
    expect_list_fault(&s, PARAM_FOUNDERS, 2, ERR_PARAM_RELATION);
    *f = sound;
    f->voucher.vrf_key = s.founders[1].voucher.seal_key;
    expect_list_fault(&s, PARAM_FOUNDERS, 2, ERR_PARAM_RELATION);
    *f = sound;
    f->voucher.vrf_key = f->voucher.sign_key;
    expect_list_fault(&s, PARAM_FOUNDERS, 2, ERR_PARAM_RELATION);
    *f = sound;
    struct pubkey *const keys[] = {&f->voucher.sign_key, &f->voucher.vrf_key, &f->voucher.seal_key};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        *f = sound;
        memset(keys[i], 0, PUBKEY_BYTES);
        struct params_complaint out;
        assert_int_equal(judge(&s, &out), ERR_PARAM_RELATION);
        assert_string_equal(out.why, "a key is missing");
    }
    struct hash *const hashes[] = {&f->voucher.household, &f->voucher.nullifier};
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        *f = sound;
        memset(hashes[i], 0, sizeof *hashes[i]);
        struct params_complaint out;
        assert_int_equal(judge(&s, &out), ERR_PARAM_RELATION);
        assert_string_equal(out.why, "household or nullifier is missing");
    }
}

/* RULE boot.1 */
static void a_founder_lives_at_a_feeder_within_limits(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    s.g.founder_count = 1;
    struct voucher *v = &s.founders[0].voucher;
    v->feeder = 2;
    v->max_export_wh = v->max_import_wh = WIRE_ENERGY_WH_MAX;
    v->expires_ms = INT64_MAX;
    assert_int_equal(judge(&s, &out), ERR_OK);
    const struct voucher sound = *v;
    v->feeder = 3;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
    *v = sound;
    v->feeder = 0;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
    *v = sound;
    v->max_export_wh++;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
    *v = sound;
    v->max_import_wh = -1;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
    *v = sound;
    v->expires_ms = 0;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
    v->expires_ms = (uint64_t)INT64_MAX + 1;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
}

/* RULE boot.1: t signatures, of keys that are there, each once. */
static void a_founder_has_t_signatures(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    s.g.authority.key_count = 3;
    s.g.authority.threshold = 2;
    s.g.founder_count = 1;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION); /* one */
    s.founders[0].seal.part_count = 2;
    assert_int_equal(judge(&s, &out), ERR_OK);
    s.founders[0].seal.part_count = 3;
    assert_int_equal(judge(&s, &out), ERR_OK);
    s.founders[0].seal.part_count = 4;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION); /* key 3 is not there */
    s.founders[0].seal.part_count = 3;
    s.parts[1].key = 0;
    expect_list_fault(&s, PARAM_FOUNDERS, 0, ERR_PARAM_RELATION);
    s.parts[1].key = 1;
    s.g.authority.key_count = WIRE_PARTS_MAX;
    s.founders[0].seal.part_count = WIRE_PARTS_MAX;
    assert_int_equal(judge(&s, &out), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_of_n_is_of_different_keys),
        cmocka_unit_test(a_fee_fits_between_the_tariffs),
        cmocka_unit_test(feeders_have_names),
        cmocka_unit_test(a_genesis_has_an_end),
        cmocka_unit_test(founders_are_as_many_as_there_is_room_for),
        cmocka_unit_test(founders_are_all_different),
        cmocka_unit_test(a_founder_lives_at_a_feeder_within_limits),
        cmocka_unit_test(a_founder_has_t_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
