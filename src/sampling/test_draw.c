/* SPDX-License-Identifier: Apache-2.0 */
/* The rules one by one; tests/system/study_draw.test.ts compares whole draws with a second
 * implementation, test_draw_fair.c their frequencies. */
#include "sampling/draw.h"
#include "sampling/test_community.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>

enum { LARGE_BYTES = 100 << 20 };

static _Alignas(8) uint8_t memory[1 << 16];

static struct draw_order order_of(uint32_t k)
{
    return (struct draw_order){
        .purpose = STREAM_CLUSTER, .number = 41, .k = k, .cluster_floor = 3, .seed = {{7}}};
}

static void assert_distinct(const struct draw *d)
{
    const uint32_t all = d->member_count + d->dropped_count;
    for (uint32_t i = 0; i < all; i++)
        for (uint32_t j = 0; j < i; j++)
            assert_true(d->member[i] != d->member[j]);
}

/* RULE sample.6: the worked example of docs/study-json.md. */
static void the_worked_example_is_drawn(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 9, 3);
    const uint32_t feeders[] = {1, 1, 1, 1, 2, 2, 2, 3, 3};
    for (uint32_t i = 0; i < 9; i++)
        c.members[i].feeder = feeders[i];
    c.members[6].household = 2;
    c.members[8].in_v = true;
    test_community_build(&c, 4);
    struct draw_order order = order_of(4);
    order.seed = (struct hash){.bytes = {[31] = 1}};
    order.seller = 1;
    order.buyer = 2;
    struct draw d;
    test_community_draw(&d, &c, &order);
    const uint32_t members[] = {6, 3, 4, 8};
    assert_int_equal(d.eligible, 5);
    assert_int_equal(d.tier, 1);
    assert_false(d.verifiers_used);
    assert_int_equal(d.member_count, 3);
    assert_int_equal(d.dropped_count, 1);
    assert_memory_equal(d.member, members, sizeof members);
    assert_int_equal(d.seats[0].seats, 2);
}

/* RULE sample.3: odd by dropping the last drawn if there are more than two. */
static void an_even_number_above_two_loses_its_last_rank(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 20, 3);
    test_community_build(&c, 30);
    for (uint32_t k = 1; k <= 30; k++) {
        struct draw d;
        const struct draw_order order = order_of(k);
        test_community_draw(&d, &c, &order);
        const uint32_t drawn = k < 20 ? k : 20; /* k >= eligible: everybody */
        assert_int_equal(d.dropped_count, drawn > 2 && drawn % 2 == 0);
        assert_int_equal(d.member_count + d.dropped_count, drawn);
        assert_distinct(&d);
    }
}

/* RULE boot.6: the quorum of one is one, of two both. */
static void the_quorum_is_more_than_half(void **state)
{
    (void)state;
    assert_int_equal(draw_quorum(1), 1);
    assert_int_equal(draw_quorum(2), 2);
    assert_int_equal(draw_quorum(3), 2);
    assert_int_equal(draw_quorum(111), 56);
}

/* RULE sample.2 sample.6: seats are the proportion, or one more where it is no whole number. */
static void seats_are_the_proportion_rounded_down_or_up(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 60, 6);
    for (uint32_t i = 0; i < 60; i++)
        c.members[i].feeder = i < 30 ? 1 : i % 6 + 1;
    test_community_build(&c, 60);
    for (uint32_t k = 1; k < 60; k++) {
        struct draw d;
        const struct draw_order order = order_of(k);
        test_community_draw(&d, &c, &order);
        assert_int_equal(d.seats_count, 6);
        for (uint32_t i = 0; i < 6; i++) {
            const uint32_t size = i == 0 ? 35 : 5;
            const uint32_t least = k * size / 60, most = (k * size + 59) / 60;
            assert_true(d.seats[i].seats == least || d.seats[i].seats == most);
        }
    }
}

/* RULE sample.2: the lists stand, so a draw costs by feeders and seats. */
static void a_draw_costs_the_same_from_a_thousand_and_a_million(void **state)
{
    (void)state;
    const uint32_t sizes[2] = {1000, 1000000}, k = 111, feeders = 100;
    void *large = malloc(LARGE_BYTES);
    assert_non_null(large);
    for (int i = 0; i < 2; i++) {
        struct test_community c;
        test_community_open(&c, large, LARGE_BYTES, sizes[i], feeders);
        test_community_build(&c, k);
        assert_true(c.draw_bytes < 16384);
        for (uint64_t number = 0; number < 20; number++) {
            struct draw d;
            struct draw_order order = order_of(k);
            order.number = number;
            order.seller = 1;
            order.buyer = 2;
            test_community_draw(&d, &c, &order);
            assert_int_equal(d.member_count, k);
            /* Two shuffles of feeders and seats, a word at most for each rest, one a member. */
            assert_true(d.words <= (feeders - 1) + (feeders - 1) + k + (k - 1));
            assert_true(d.looked_at <= 3 * k);
        }
    }
    free(large);
}

/* RULE sample.2: in two stages only so many feeders take part. */
static void two_stages_use_the_first_shuffled_feeders(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 50, 10);
    test_community_build(&c, 11);
    struct draw_order order = order_of(11);
    unsigned met[11] = {0};
    for (order.number = 0; order.number < 50; order.number++) {
        struct draw d;
        order.feeders_max = 2;
        test_community_draw(&d, &c, &order);
        assert_int_equal(d.seats_count, 2);
        assert_int_equal(d.seats[0].seats + d.seats[1].seats, 10); /* all there are */
        assert_int_equal(d.eligible, 50);
        met[d.seats[0].feeder]++;
        order.feeders_max = 10; /* as many as there are: stratified */
        test_community_draw(&d, &c, &order);
        const uint32_t leader = d.member[0];
        order.feeders_max = 0;
        test_community_draw(&d, &c, &order);
        assert_int_equal(d.member[0], leader);
    }
    assert_true(met[1] > 0 && met[2] > 0 && met[1] < 50);
}

/* RULE boot.3: three mature volunteers are enough, two are not. */
static void a_verifier_set_takes_unmature_ones_below_three(void **state)
{
    (void)state;
    for (uint32_t mature = 2; mature <= 3; mature++) {
        struct test_community c;
        test_community_open(&c, memory, sizeof memory, 8, 2);
        for (uint32_t i = mature; i < 8; i++)
            c.members[i].tier = 2;
        test_community_build(&c, 9);
        struct draw_order order = order_of(9);
        order.purpose = STREAM_VERIFIERS;
        order.cluster_floor = 100; /* not of a verifier set */
        struct draw d;
        test_community_draw(&d, &c, &order);
        assert_int_equal(d.tier, mature == 3 ? 1 : 2);
        assert_int_equal(d.eligible, mature == 3 ? 3 : 8);
        assert_int_equal(d.dropped_count, mature == 3 ? 0 : 1);
    }
}

/* RULE boot.4 boot.6: nobody is there. */
static void a_draw_of_nobody_is_empty(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 0, 1);
    test_community_build(&c, 9);
    struct draw d;
    struct draw_order order = order_of(9);
    order.purpose = STREAM_VERIFIERS;
    test_community_draw(&d, &c, &order);
    assert_int_equal(d.eligible, 0);
    assert_int_equal(d.tier, TIER_VERIFIERS_MAX);
    assert_int_equal(d.member_count + d.dropped_count + d.seats_count, 0);
    assert_int_equal(d.words, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_is_drawn),
        cmocka_unit_test(an_even_number_above_two_loses_its_last_rank),
        cmocka_unit_test(the_quorum_is_more_than_half),
        cmocka_unit_test(seats_are_the_proportion_rounded_down_or_up),
        cmocka_unit_test(a_draw_costs_the_same_from_a_thousand_and_a_million),
        cmocka_unit_test(two_stages_use_the_first_shuffled_feeders),
        cmocka_unit_test(a_verifier_set_takes_unmature_ones_below_three),
        cmocka_unit_test(a_draw_of_nobody_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
