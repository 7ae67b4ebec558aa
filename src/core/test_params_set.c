/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_params_set.c - changes of parameters, all or none (RULE param.1). */
#include "tests/cmocka_all.h"

#include "core/test_params_sound.h"

#include <stdlib.h>

struct bench {
    struct sound s;
    struct arena room;
    void *memory;
    struct params_complaint out;
};

static void bench_open(struct bench *b)
{
    sound_init(&b->s);
    b->memory = malloc(PARAMS_ROOM_BYTES);
    assert_non_null(b->memory);
    arena_init(&b->room, b->memory, PARAMS_ROOM_BYTES);
}

static enum err apply(struct bench *b, const struct parameter_setting *settings, uint32_t count)
{
    return params_set(&b->s.g, settings, count, &b->room, &b->out);
}

/* A refused setting: nothing moved, no memory was kept. */
static void expect_refusal(struct bench *b, struct parameter_setting setting, enum err code)
{
    const struct genesis before = b->s.g;
    const size_t mark = arena_mark(&b->room);
    assert_int_equal(apply(b, &setting, 1), code);
    assert_int_equal(b->out.code, code);
    assert_memory_equal(&before, &b->s.g, sizeof before);
    assert_int_equal(arena_mark(&b->room), mark);
}

static void a_number_is_set_and_its_range_kept(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct parameter_setting up = {PARAM_RANKS_MAX, 0, 64, {NULL, 0}};
    assert_int_equal(apply(&b, &up, 1), ERR_OK);
    assert_int_equal(b.s.g.trade.ranks_max, 64);
    expect_refusal(&b, (struct parameter_setting){PARAM_RANKS_MAX, 0, 65, {NULL, 0}},
                   ERR_PARAM_RANGE);
    assert_int_equal(b.out.param->number, PARAM_RANKS_MAX);
    assert_int_equal(b.out.most, 64);
    expect_refusal(&b, (struct parameter_setting){PARAM_RANKS_MAX, 0, 0, {NULL, 0}},
                   ERR_PARAM_RANGE);
    expect_refusal(&b, (struct parameter_setting){PARAM_RANKS_MAX, 1, 3, {NULL, 0}},
                   ERR_PARAM_FORM);
    expect_refusal(&b, (struct parameter_setting){PARAM_RANKS_MAX, 0, 3, span_of_text("3")},
                   ERR_PARAM_FORM);
    expect_refusal(&b, (struct parameter_setting){PARAM_K, 0, 110, {NULL, 0}}, ERR_PARAM_RANGE);
    expect_refusal(
        &b, (struct parameter_setting){PARAM_THRESHOLD, 0, (UINT64_C(1) << 32) + 1, {NULL, 0}},
        ERR_PARAM_RANGE);
    free(b.memory);
}

static void every_fixed_parameter_is_refused_and_every_other_known(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    uint32_t fixed = 0;
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *p = params_at(i);
        if (p->change == PARAM_FIXED) {
            expect_refusal(&b, (struct parameter_setting){p->number, 0, 1, {NULL, 0}},
                           ERR_PARAM_FIXED);
            fixed++;
        } else if (p->kind == PARAM_IS_NUMBER || p->kind == PARAM_IS_CHOICE) {
            const struct parameter_setting same = {p->number, 0, params_get(&b.s.g, p), {NULL, 0}};
            assert_int_equal(apply(&b, &same, 1), ERR_OK);
        }
    }
    assert_int_equal(fixed, 12);
    expect_refusal(&b, (struct parameter_setting){0, 0, 1, {NULL, 0}}, ERR_PARAM_UNKNOWN);
    assert_null(b.out.param);
    expect_refusal(&b, (struct parameter_setting){PARAM_FOUNDERS + 1, 0, 1, {NULL, 0}},
                   ERR_PARAM_UNKNOWN);
    expect_refusal(&b, (struct parameter_setting){UINT32_MAX, 0, 1, {NULL, 0}}, ERR_PARAM_UNKNOWN);
    free(b.memory);
}

/* What does not fit alone fits together, and one wrong setting undoes all. */
static void a_list_of_settings_is_judged_as_a_whole(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct parameter_setting tariffs[] = {{PARAM_FEED_IN, 0, 400000, {NULL, 0}},
                                                {PARAM_RETAIL, 0, 500000, {NULL, 0}}};
    expect_refusal(&b, tariffs[0], ERR_PARAM_RELATION);
    assert_int_equal(b.out.param->number, PARAM_FEED_IN);
    assert_int_equal(b.out.most, 299999);
    assert_int_equal(apply(&b, tariffs, 2), ERR_OK);
    assert_int_equal(b.s.g.market.feed_in_micro_per_kwh, 400000);

    const struct parameter_setting spoiled[] = {{PARAM_FEED_IN, 0, 1, {NULL, 0}},
                                                {PARAM_FEES, 1U << 16 | 1, 5, {NULL, 0}},
                                                {PARAM_RANKS_MAX, 0, 65, {NULL, 0}}};
    const size_t mark = arena_mark(&b.room);
    assert_int_equal(apply(&b, spoiled, 3), ERR_PARAM_RANGE);
    assert_int_equal(b.s.g.market.feed_in_micro_per_kwh, 400000);
    assert_int_equal(b.s.g.market.fee_count, 0);
    assert_int_equal(arena_mark(&b.room), mark);
    free(b.memory);
}

/* Results are hashed: everybody must name the same reason. */
static void the_first_setting_that_cannot_be_decides(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct parameter_setting range = {PARAM_RANKS_MAX, 0, 65, {NULL, 0}},
                                   below = {PARAM_RANKS_MAX, 0, 0, {NULL, 0}},
                                   fixed = {PARAM_FOUNDERS, 0, 1, {NULL, 0}},
                                   relation = {PARAM_FEED_IN, 0, 400000, {NULL, 0}};
    assert_int_equal(apply(&b, (struct parameter_setting[]){range, fixed}, 2), ERR_PARAM_RANGE);
    assert_int_equal(apply(&b, (struct parameter_setting[]){below, fixed}, 2), ERR_PARAM_RANGE);
    assert_int_equal(apply(&b, (struct parameter_setting[]){fixed, range}, 2), ERR_PARAM_FIXED);
    assert_int_equal(apply(&b, (struct parameter_setting[]){relation, fixed}, 2), ERR_PARAM_FIXED);
    free(b.memory);
}

static struct parameter_setting fee(uint32_t seller, uint32_t buyer, uint64_t micro)
{
    return (struct parameter_setting){PARAM_FEES, seller << 16 | buyer, micro, {NULL, 0}};
}

static void expect_fee(const struct bench *b, uint32_t i, uint32_t seller, uint32_t buyer,
                       int64_t micro)
{
    const struct genesis_fee *f = &b->s.g.market.fees[i];
    assert_int_equal(f->seller_feeder, seller);
    assert_int_equal(f->buyer_feeder, buyer);
    assert_int_equal(f->micro_per_kwh, micro);
}

static void fees_are_named_by_their_feeders(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.s.fees[0] = (struct genesis_fee){1, 2, 7};
    b.s.fees[1] = (struct genesis_fee){2, 2, 9};
    b.s.g.market.fee_count = 2;
    const struct parameter_setting settings[] = {fee(1, 1, 5), fee(1, 2, 0), fee(2, 1, 220000),
                                                 fee(2, 2, 10)};
    assert_int_equal(apply(&b, settings, 4), ERR_OK);
    assert_int_equal(b.s.g.market.fee_count, 3);
    expect_fee(&b, 0, 1, 1, 5);
    expect_fee(&b, 1, 2, 1, 220000);
    expect_fee(&b, 2, 2, 2, 10);
    assert_int_equal(b.s.fees[0].micro_per_kwh, 7); /* the old list is untouched */
    b.s.g.market.fees = memcpy(b.s.fees, b.s.g.market.fees, 3 * sizeof b.s.fees[0]);
    arena_reset(&b.room, 0);
    expect_refusal(&b, fee(1, 2, 220001), ERR_PARAM_RELATION);
    expect_refusal(&b, fee(1, 3, 5), ERR_PARAM_RELATION);
    expect_refusal(&b, fee(0, 1, 5), ERR_PARAM_INDEX);
    expect_refusal(&b, fee(1, 0, 5), ERR_PARAM_INDEX);
    expect_refusal(&b, fee(1, 1, WIRE_PRICE_MAX), ERR_PARAM_RELATION);
    expect_refusal(&b, fee(1, 1, WIRE_PRICE_MAX + 1), ERR_PARAM_RANGE);
    assert_int_equal(b.out.item, 1U << 16 | 1);
    struct parameter_setting text = fee(1, 1, 5);
    text.bytes = span_of_text("5");
    expect_refusal(&b, text, ERR_PARAM_FORM);
    const struct parameter_setting nothing = fee(1, 2, 0); /* was free already */
    assert_int_equal(apply(&b, &nothing, 1), ERR_OK);
    assert_int_equal(b.s.g.market.fee_count, 3);
    free(b.memory);
}

static void feeders_are_renamed_or_appended_never_removed(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct parameter_setting settings[] = {{PARAM_FEEDERS, 2, 0, span_of_text("north")},
                                                 {PARAM_FEEDERS, 3, 0, span_of_text("south")},
                                                 {PARAM_FEEDERS, 4, 0, span_of_text("east")}};
    expect_refusal(&b, settings[2], ERR_PARAM_INDEX);
    assert_int_equal(apply(&b, settings, 3), ERR_OK);
    assert_int_equal(b.s.g.feeder_count, 4);
    assert_true(span_equal(b.s.g.feeders[0].name, span_of_text("main")));
    assert_true(span_equal(b.s.g.feeders[1].name, span_of_text("north")));
    assert_true(span_equal(b.s.g.feeders[3].name, span_of_text("east")));
    arena_reset(&b.room, 0);
    b.s.g.feeders = b.s.feeders;
    const struct span none = {NULL, 0};
    expect_refusal(&b, (struct parameter_setting){PARAM_FEEDERS, 4, 0, none}, ERR_PARAM_FORM);
    expect_refusal(&b, (struct parameter_setting){PARAM_FEEDERS, 0, 0, span_of_text("x")},
                   ERR_PARAM_INDEX);
    expect_refusal(&b, (struct parameter_setting){PARAM_FEEDERS, 1, 1, span_of_text("x")},
                   ERR_PARAM_FORM);
    expect_refusal(&b, (struct parameter_setting){PARAM_FEEDERS, 1, 0, span_of_text("\n")},
                   ERR_PARAM_RANGE);
    free(b.memory);
}

static void the_authority_rotates_its_keys_and_threshold_together(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct span key[3] = {
        {b.s.keys[5].key.bytes, 32}, {b.s.keys[6].key.bytes, 32}, {b.s.keys[7].key.bytes, 32}};
    const struct span none = {NULL, 0};
    const struct parameter_setting more[] = {{PARAM_AUTHORITY_KEYS, 0, 0, key[0]},
                                             {PARAM_AUTHORITY_KEYS, 1, 0, key[1]},
                                             {PARAM_AUTHORITY_KEYS, 2, 0, key[2]},
                                             {PARAM_THRESHOLD, 0, 2, none}};
    expect_refusal(&b, more[3], ERR_PARAM_RELATION);
    expect_refusal(&b, more[2], ERR_PARAM_INDEX);
    assert_int_equal(apply(&b, more, 4), ERR_OK);
    assert_int_equal(b.s.g.authority.key_count, 3);
    assert_memory_equal(b.s.g.authority.keys[2].key.bytes, key[2].at, 32);
    b.s.g.authority.keys = memcpy(b.s.keys, b.s.g.authority.keys, 3 * sizeof b.s.keys[0]);
    arena_reset(&b.room, 0);
    expect_refusal(&b, (struct parameter_setting){PARAM_AUTHORITY_KEYS, 1, 0, none},
                   ERR_PARAM_RELATION); /* one key, threshold 2 */
    expect_refusal(&b, (struct parameter_setting){PARAM_AUTHORITY_KEYS, 3, 0, none},
                   ERR_PARAM_INDEX);
    expect_refusal(&b, (struct parameter_setting){PARAM_AUTHORITY_KEYS, 0, 0, key[1]},
                   ERR_PARAM_RELATION); /* twice */
    expect_refusal(
        &b, (struct parameter_setting){PARAM_AUTHORITY_KEYS, 0, 0, {b.s.keys[9].key.bytes, 31}},
        ERR_PARAM_FORM);
    const struct parameter_setting fewer = {PARAM_AUTHORITY_KEYS, 2, 0, none};
    assert_int_equal(apply(&b, &fewer, 1), ERR_OK);
    assert_int_equal(b.s.g.authority.key_count, 2);
    free(b.memory);
}

static void the_treasury_and_the_name_change_by_bytes(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct span key = {b.s.keys[5].key.bytes, 32};
    const struct parameter_setting settings[] = {{PARAM_NAME, 0, 0,
                                                  span_of_text("S\xc3\xbc"
                                                               "d")},
                                                 {PARAM_TREASURY, 0, 0, key}};
    assert_int_equal(apply(&b, settings, 2), ERR_OK);
    assert_memory_equal(b.s.g.treasury.bytes, key.at, 32);
    assert_int_equal(b.s.g.community.name.len, 4);
    static const uint8_t zero[32] = {0};
    expect_refusal(&b, (struct parameter_setting){PARAM_TREASURY, 0, 0, {zero, 32}},
                   ERR_PARAM_RANGE);
    expect_refusal(&b, (struct parameter_setting){PARAM_TREASURY, 0, 0, {key.at, 31}},
                   ERR_PARAM_FORM);
    expect_refusal(&b, (struct parameter_setting){PARAM_TREASURY, 1, 0, key}, ERR_PARAM_FORM);
    expect_refusal(&b, (struct parameter_setting){PARAM_NAME, 0, 0, {NULL, 0}}, ERR_PARAM_RANGE);
    expect_refusal(&b, (struct parameter_setting){PARAM_NAME, 0, 1, key}, ERR_PARAM_FORM);
    free(b.memory);
}

/* The fullest lists and the longest op fit the room that is promised. */
static void the_largest_change_fits_its_room(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct genesis_feeder *feeders = calloc(WIRE_FEEDERS_MAX, sizeof *feeders);
    struct genesis_fee *fees = calloc(WIRE_FEES_MAX, sizeof *fees);
    assert_true(feeders && fees);
    for (uint32_t i = 0; i < WIRE_FEEDERS_MAX; i++)
        feeders[i].name = span_of_text("n");
    for (uint32_t i = 0; i < WIRE_FEES_MAX; i++)
        fees[i] = (struct genesis_fee){i / 300 + 1, i % 300 + 1, 1};
    b.s.g.feeders = feeders;
    b.s.g.feeder_count = WIRE_FEEDERS_MAX;
    b.s.g.market.fees = fees;
    b.s.g.market.fee_count = WIRE_FEES_MAX;
    b.s.g.authority.key_count = WIRE_PARTS_MAX;
    struct parameter_setting settings[WIRE_LINES_MAX];
    settings[0] = fee(1, 1, 2);
    for (uint32_t i = 1; i < WIRE_LINES_MAX - 2; i++)
        settings[i] = fee(300, i, 1);
    settings[WIRE_LINES_MAX - 2] = (struct parameter_setting){
        PARAM_AUTHORITY_KEYS, 0, 0, {b.s.keys[WIRE_PARTS_MAX].key.bytes, 32}};
    settings[WIRE_LINES_MAX - 1] =
        (struct parameter_setting){PARAM_FEEDERS, WIRE_FEEDERS_MAX + 1, 0, span_of_text("n")};
    assert_int_equal(apply(&b, settings, WIRE_LINES_MAX), ERR_PARAM_RANGE); /* fees: 61 too many */
    assert_int_equal(b.out.param->number, PARAM_FEES);
    assert_int_equal(b.out.value, WIRE_FEES_MAX + WIRE_LINES_MAX - 3);
    assert_int_equal(b.room.used, 0);
    free(fees);
    free(feeders);
    free(b.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_set_and_its_range_kept),
        cmocka_unit_test(every_fixed_parameter_is_refused_and_every_other_known),
        cmocka_unit_test(a_list_of_settings_is_judged_as_a_whole),
        cmocka_unit_test(the_first_setting_that_cannot_be_decides),
        cmocka_unit_test(fees_are_named_by_their_feeders),
        cmocka_unit_test(feeders_are_renamed_or_appended_never_removed),
        cmocka_unit_test(the_authority_rotates_its_keys_and_threshold_together),
        cmocka_unit_test(the_treasury_and_the_name_change_by_bytes),
        cmocka_unit_test(the_largest_change_fits_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
