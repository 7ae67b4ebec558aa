/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_params.c - the table of parameters and what it refuses (RULE market.4, dos.5,
 * param.1), on both sides of each limit. */
#include "tests/cmocka_all.h"

#include "core/test_params_sound.h"

#include <stdbool.h>

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
    static const uint32_t fixed[] = {PARAM_CHAIN_ID,
                                     PARAM_CURRENCY,
                                     PARAM_T0,
                                     PARAM_INTERVAL,
                                     PARAM_TAU,
                                     PARAM_GRACE,
                                     PARAM_GAP,
                                     PARAM_JUMP_MAX,
                                     PARAM_TTL_MAX,
                                     PARAM_OPS_PER_ENVELOPE,
                                     PARAM_ENVELOPE_BYTES,
                                     PARAM_FOUNDERS};
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
    s.g.market.retail_micro_per_kwh = WIRE_PRICE_MAX;
    assert_int_equal(params_default(&s.g, posted), (80000 + WIRE_PRICE_MAX - 380001) / 2);
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

/* RULE dos.5, num.7, gate.1 */
static void times_leave_everybody_a_turn(void **state)
{
    (void)state;
    struct sound s;
    sound_init(&s);
    check_edge(&s, PARAM_TAU, 3000, 2999);
    check_edge(&s, PARAM_GAP, 3000, 2999);
    for (uint32_t number = PARAM_STATEMENT; number <= PARAM_BEACON_WAIT; number++)
        if (number != PARAM_DOC)
            check_edge(&s, number, 12000, 11999); /* the gap and two blocks */
    check_edge(&s, PARAM_DOC, 3000, 2999);
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
    s.g.community.currency = span_of_text("AMZ");
    assert_int_equal(judge(&s, &out), ERR_OK);
    static const char *const not_currencies[] = {"EU", "EURO", "eur", "E1R", "", "A@A", "A[A"};
    for (size_t i = 0; i < sizeof not_currencies / sizeof not_currencies[0]; i++) {
        s.g.community.currency = span_of_text(not_currencies[i]);
        assert_int_equal(judge(&s, &out), ERR_PARAM_RANGE);
        assert_int_equal(out.param->number, PARAM_CURRENCY);
    }
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
        cmocka_unit_test(times_never_add_up_to_an_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
