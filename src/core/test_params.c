/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_params.c - the table of parameters and what it refuses (RULE market.4, dos.5,
 * param.1), on both sides of each limit. */
#include "core/test_params_sound.h"

#include "base/arena.h"

#include "tests/cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>

/* How params_check judges; @out says what it complains of. */
static enum err judge(const struct sound *s, struct params_complaint *out)
{
    *out = (struct params_complaint){.code = ERR_OK};
    return params_check(&s->g, out);
}

static bool is_number(const struct param *p)
{
    return p->kind == PARAM_IS_NUMBER || p->kind == PARAM_IS_CHOICE;
}

static void numbers_are_dense_and_stand_once(void **state)
{
    (void)state;
    bool seen[128] = {false};
    uint32_t rows = 0;
    for (; params_at(rows); rows++) {
        const struct param *p = params_at(rows);
        assert_in_range(p->number, 1, 127);
        assert_false(seen[p->number]);
        seen[p->number] = true;
        assert_ptr_equal(params_find(p->number), p);
    }
    assert_int_equal(rows, PARAM_FOUNDERS); /* grows with the last number: none is left out */
    assert_null(params_find(0));
    assert_null(params_find(rows + 1));
    assert_null(params_at(rows));
}

/* RULE param.1: chain id, currency, t0, interval, tau and section 2; and who founded it. */
static void what_never_changes_is_what_the_rule_names(void **state)
{
    (void)state;
    static const uint32_t fixed[] = {PARAM_CHAIN_ID,       PARAM_CURRENCY, PARAM_T0,
                                     PARAM_INTERVAL,       PARAM_TAU,      PARAM_GAP,
                                     PARAM_JUMP_MAX,       PARAM_TTL_MAX,  PARAM_OPS_PER_ENVELOPE,
                                     PARAM_ENVELOPE_BYTES, PARAM_FOUNDERS};
    uint32_t count = 0;
    for (uint32_t i = 0; params_at(i); i++)
        count += params_at(i)->change == PARAM_FIXED;
    assert_int_equal(count, sizeof fixed / sizeof fixed[0]);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(params_find(fixed[i])->change, PARAM_FIXED);
}

/* Every word of a choice, and no other, is in the words of the wire. */
static void a_choice_has_all_words_of_the_wire(void **state)
{
    (void)state;
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        if (p->kind != PARAM_IS_CHOICE)
            continue;
        for (uint64_t word = p->least; word <= p->most; word++)
            assert_non_null(p->words[word]);
        assert_null(p->words[p->most + 1]);
        assert_string_equal(p->words[0], "");
    }
}

static void every_default_is_in_its_range_and_they_fit_together(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        if (!is_number(p) || p->origin == PARAM_REQUIRED)
            continue;
        assert_int_equal(params_get(&s.g, p), params_default(&s.g, p));
        assert_in_range(params_default(&s.g, p), p->least, p->most);
    }
    assert_int_equal(s.g.windows.beacon_wait_ms, 8 * 5000);
    assert_int_equal(s.g.market.posted_micro_per_kwh, 190000);
    assert_int_equal(judge(&s, &out), ERR_OK);
}

static void derived_defaults_follow_what_they_derive_from(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    const struct param *wait = params_find(PARAM_BEACON_WAIT), *posted = params_find(PARAM_POSTED);
    s.g.times.tau_ms = 3001;
    assert_int_equal(params_default(&s.g, wait), 24008);
    s.g.times.tau_ms = UINT64_MAX;
    assert_int_equal(params_default(&s.g, wait), 3600000); /* refused later, not wrapped */
    s.fees[0] = (struct genesis_fee){1, 1, 10000};
    s.fees[1] = (struct genesis_fee){1, 2, 30001};
    s.fees[2] = (struct genesis_fee){2, 1, 20000};
    s.g.market.fee_count = 3;
    assert_int_equal(params_fee_ref(&s.g), 30001);
    assert_int_equal(params_default(&s.g, posted), (380000 - 30001) / 2);
    s.fees[1].micro_per_kwh = 380000;
    assert_int_equal(params_default(&s.g, posted), 0);
    s.fees[1].micro_per_kwh = 380001;
    assert_int_equal(params_default(&s.g, posted), 0);
    s.g.market.retail_micro_per_kwh = UINT64_MAX;
    assert_int_equal(params_default(&s.g, posted), 0);
}

/* Is @value refused for @p's own range? */
static bool is_out_of_range(struct sound *s, const struct param *p, uint64_t value)
{
    struct params_complaint out;
    const uint64_t before = params_get(&s->g, p);
    params_put(&s->g, p, value);
    const enum err bad = judge(s, &out);
    params_put(&s->g, p, before);
    if (bad != ERR_PARAM_RANGE)
        return false;
    assert_ptr_equal(out.param, p);
    assert_int_equal(out.value, value);
    assert_int_equal(out.least, p->least);
    assert_int_equal(out.most, p->most);
    return true;
}

static void every_number_has_two_ends(void **state)
{
    (void)state;
    struct sound s;
    uint32_t numbers = 0;
    sound_init(&s);
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        if (!is_number(p))
            continue;
        numbers++;
        assert_true(p->least <= p->most);
        if (is_out_of_range(&s, p, p->least) || is_out_of_range(&s, p, p->most))
            fail_msg("%s.%s: an end of its range is refused", p->group, p->key);
        if (p->least > 0 && !is_out_of_range(&s, p, p->least - 1))
            fail_msg("%s.%s: below its range", p->group, p->key);
        if (!is_out_of_range(&s, p, p->most + 1))
            fail_msg("%s.%s: above its range", p->group, p->key);
    }
    assert_int_equal(numbers, 73 - 3 - 1 - 4); /* texts, treasury, lists */
}

static void ranges_without_a_relation_are_open_to_both_ends(void **state)
{
    (void)state;
    static const uint32_t free_ones[] = {PARAM_T0,
                                         PARAM_JUMP_MAX,
                                         PARAM_QUIET,
                                         PARAM_DELAY,
                                         PARAM_HORIZON,
                                         PARAM_AWARD_MIN,
                                         PARAM_BOOK_MAX,
                                         PARAM_MIN_DELIVERY,
                                         PARAM_TOLERANCE,
                                         PARAM_F,
                                         PARAM_CLUSTER_FLOOR,
                                         PARAM_ABSENT_AFTER,
                                         PARAM_ATTEMPTS_MAX,
                                         PARAM_JOINS_PENDING_MAX,
                                         PARAM_BOOT_WAIT,
                                         PARAM_REFERENCE,
                                         PARAM_PENANCE,
                                         PARAM_CONTRACTS_OPEN_MAX,
                                         PARAM_PROBATION,
                                         PARAM_DEPOSIT_DAY_MAX,
                                         PARAM_MAILBOX_BYTES};
    struct params_complaint out;
    struct sound s;
    for (uint32_t i = 0; i < sizeof free_ones / sizeof free_ones[0]; i++) {
        const struct param *p = params_find(free_ones[i]);
        sound_init(&s);
        params_put(&s.g, p, p->least);
        assert_int_equal(judge(&s, &out), ERR_OK);
        params_put(&s.g, p, p->most);
        assert_int_equal(judge(&s, &out), ERR_OK);
    }
}

/* @value fits and @beyond, one further, does not, for a reason beside @p's own range. */
static void check_edge(struct sound *s, uint32_t number, uint64_t value, uint64_t beyond)
{
    const struct param *p = params_find(number);
    struct params_complaint out;
    const uint64_t before = params_get(&s->g, p);
    params_put(&s->g, p, value);
    if (judge(s, &out))
        fail_msg("%s.%s %llu: %s.%s, %s", p->group, p->key, (unsigned long long)value,
                 out.param->group, out.param->key, out.why);
    params_put(&s->g, p, beyond);
    assert_int_equal(judge(s, &out), ERR_PARAM_RELATION);
    assert_ptr_equal(out.param, p);
    assert_int_equal(out.value, beyond);
    assert_int_equal(value, beyond < value ? out.least : out.most);
    assert_true(out.why[0] != '\0');
    params_put(&s->g, p, before);
}

/* RULE dos.5, num.7, gate.1 */
static void times_leave_everybody_a_turn(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    check_edge(&s, PARAM_TAU, 3000, 2999);
    check_edge(&s, PARAM_GAP, 3000, 2999);
    for (uint32_t number = PARAM_STATEMENT; number <= PARAM_BEACON_WAIT; number++)
        check_edge(&s, number, 3000, 2999);
    check_edge(&s, PARAM_GATE_LEAD, 42000, 41999);
    s.g.market.gate_lead_ms = 86400000;
    check_edge(&s, PARAM_BEACON_WAIT, 900000, 900001);
}

/* RULE dos.5: with more validators, whatever the engine says they are. */
static void more_validators_need_longer_windows(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    assert_int_equal(params_check_turns(&s.g, 1, &out), ERR_OK);
    assert_int_equal(params_check_turns(&s.g, 13, &out), ERR_OK); /* 15 blocks of a second */
    assert_int_equal(params_check_turns(&s.g, 14, &out), ERR_PARAM_RELATION);
    assert_int_equal(out.param->number, PARAM_EXEC);
    assert_int_equal(out.least, 16000);
    assert_int_equal(out.value, 15000);
    assert_int_equal(params_check_turns(&s.g, UINT32_MAX, &out), ERR_PARAM_RELATION);
    assert_int_equal(out.param->number, PARAM_STATEMENT);
}

static void statements_and_epochs_last_as_long_as_they_are_needed(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    s.g.windows.statement_ms = 3600000;
    s.g.trade.ranks_max = 2;
    const uint64_t life = 40000 + 3600000 + 2 * 30000 + 2 * 15000;
    check_edge(&s, PARAM_EVIDENCE, life, life - 1);
    s.g.times.grace_slots = 7;
    const uint64_t join = 30000 + 30000 + 9 * 5000;
    check_edge(&s, PARAM_EPOCH, join, join - 1);
}

static void an_interval_divides_a_day_and_k_is_odd(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    const struct param *interval = params_find(PARAM_INTERVAL), *k = params_find(PARAM_K);
    assert_false(is_out_of_range(&s, interval, 1800000));
    assert_true(is_out_of_range(&s, interval, 1800001));
    assert_true(is_out_of_range(&s, interval, 3500000));
    assert_false(is_out_of_range(&s, k, 1));
    assert_true(is_out_of_range(&s, k, 2));
    assert_true(is_out_of_range(&s, k, 1022));
}

/* RULE market.4 */
static void the_market_keeps_between_the_tariffs(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    check_edge(&s, PARAM_FEED_IN, 299999, 300000);
    s.g.market.order_min_wh = 1000;
    check_edge(&s, PARAM_ORDER_MAX, 1000, 999);
    s.fees[0] = (struct genesis_fee){1, 2, 40000};
    s.g.market.fee_count = 1;
    s.g.market.posted_micro_per_kwh = 0; /* says nothing under the midpoint rule */
    struct params_complaint out;
    assert_int_equal(judge(&s, &out), ERR_OK);
    s.g.market.price_rule = PRICE_POSTED;
    check_edge(&s, PARAM_POSTED, 80000, 79999);
    check_edge(&s, PARAM_POSTED, 260000, 260001);
}

/* RULE market.4 */
static void a_continuous_market_is_forward(void **state)
{
    (void)state;
    struct sound s;
    struct params_complaint out;
    uint32_t legal = 0;
    for (uint32_t timing = TIMING_MEASURED; timing <= TIMING_BOTH; timing++) {
        for (uint32_t mechanism = MECHANISM_CALL; mechanism <= MECHANISM_BILATERAL; mechanism++) {
            sound_init(&s);
            s.g.market.timing = (enum market_timing)timing;
            s.g.market.mechanism = (enum market_mechanism)mechanism;
            const bool fits = mechanism != MECHANISM_CONTINUOUS || timing == TIMING_FORWARD;
            assert_int_equal(judge(&s, &out), fits ? ERR_OK : ERR_PARAM_RELATION);
            if (!fits)
                assert_int_equal(out.param->number, PARAM_MECHANISM);
            legal += fits;
        }
    }
    assert_int_equal(legal, 7);
}

static void texts_have_a_length_and_no_control_characters(void **state)
{
    (void)state;
    static const char long_name[] =
        "12345678901234567890123456789012345678901234567890123456789012345";
    struct sound s;
    struct params_complaint out;
    sound_init(&s);
    s.g.community.name = (struct span){(const uint8_t *)long_name, 64};
    assert_int_equal(judge(&s, &out), ERR_OK);
    s.g.community.name.len = 65;
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
    assert_int_equal(out.value, 65);
    s.g.community.name.len = 0;
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
    s.g.community.name = span_of_text("a\nb");
    assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
    assert_int_equal(out.param->number, PARAM_NAME);
    s.g.community.name = span_of_text("N\xc3\xb6rd");
    assert_int_equal(judge(&s, &out), ERR_OK);
    static const char *const not_currencies[] = {"EU", "EURO", "eur", "E1R", ""};
    for (size_t i = 0; i < sizeof not_currencies / sizeof not_currencies[0]; i++) {
        s.g.community.currency = span_of_text(not_currencies[i]);
        assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
        assert_int_equal(out.param->number, PARAM_CURRENCY);
    }
}

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
    memset(&f->voucher.seal_key, 0, PUBKEY_BYTES);
    expect_list_fault(&s, PARAM_FOUNDERS, 2, ERR_PARAM_RELATION);
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
}

/* No sum of times, however they are chosen, comes near the end of 64 bits. */
static void times_never_add_up_to_an_overflow(void **state)
{
    (void)state;
    uint64_t sum = 0;
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        const size_t len = strlen(p->key);
        if (len > 3 && strcmp(p->key + len - 3, "_ms") == 0) {
            assert_true(p->most < UINT64_C(1) << 48);
            sum += p->most;
        }
    }
    assert_true(sum > 0);
    assert_true(sum < UINT64_C(1) << 52); /* a thousand times as much is below 2^62 */
    assert_true(params_find(PARAM_PENANCE)->most * params_find(PARAM_INTERVAL)->most < UINT64_C(1)
                                                                                           << 52);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_dense_and_stand_once),
        cmocka_unit_test(what_never_changes_is_what_the_rule_names),
        cmocka_unit_test(a_choice_has_all_words_of_the_wire),
        cmocka_unit_test(every_default_is_in_its_range_and_they_fit_together),
        cmocka_unit_test(derived_defaults_follow_what_they_derive_from),
        cmocka_unit_test(every_number_has_two_ends),
        cmocka_unit_test(ranges_without_a_relation_are_open_to_both_ends),
        cmocka_unit_test(times_leave_everybody_a_turn),
        cmocka_unit_test(more_validators_need_longer_windows),
        cmocka_unit_test(statements_and_epochs_last_as_long_as_they_are_needed),
        cmocka_unit_test(an_interval_divides_a_day_and_k_is_odd),
        cmocka_unit_test(the_market_keeps_between_the_tariffs),
        cmocka_unit_test(a_continuous_market_is_forward),
        cmocka_unit_test(texts_have_a_length_and_no_control_characters),
        cmocka_unit_test(t_of_n_is_of_different_keys),
        cmocka_unit_test(a_fee_fits_between_the_tariffs),
        cmocka_unit_test(feeders_have_names),
        cmocka_unit_test(a_genesis_has_an_end),
        cmocka_unit_test(founders_are_as_many_as_there_is_room_for),
        cmocka_unit_test(founders_are_all_different),
        cmocka_unit_test(a_founder_lives_at_a_feeder_within_limits),
        cmocka_unit_test(a_founder_has_t_signatures),
        cmocka_unit_test(times_never_add_up_to_an_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
