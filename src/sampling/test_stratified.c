/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "sampling/stratified.h"
#include "sampling/tail.h"
#include "tests/cmocka_all.h"

#include <math.h>
#include <stdio.h>

enum { MEMORY_BYTES = 1 << 20, FEEDERS_MAX = 6, SEATS_MAX = 40 };

static uint8_t memory[MEMORY_BYTES];
static struct lots lots;
static struct stratified stratified;

static void prepare(const uint32_t *size, uint32_t count, uint32_t seats, uint32_t threshold)
{
    struct arena a;
    assert_true(lots_init(&lots, size, count, seats));
    const size_t needed = stratified_size(&lots, threshold);
    assert_true(needed <= sizeof memory);
    arena_init(&a, memory, needed); /* not a byte more than it said */
    stratified_init(&stratified, &a, &lots, threshold);
}

static struct rounded tail(const uint32_t *size, const uint32_t *bad, uint32_t count,
                           uint32_t seats, uint32_t threshold)
{
    prepare(size, count, seats, threshold);
    return stratified_tail(&stratified, bad, 0);
}

static double real(struct rounded a)
{
    return ldexp((double)a.mantissa, a.exponent);
}

/* Never below, and above by no more than what the header says. */
static void assert_just_above(struct rounded a, double expected)
{
    const double error = real(a) - expected;
    if (error < -1e-15 || error > 1e-11)
        fail_msg("%.17g is not just above %.17g", real(a), expected);
}

/* RULE sample.3, the worked example of the formats */
static void the_worked_example_follows(void **state)
{
    (void)state;
    const uint32_t size[] = {9, 5, 2, 2, 3}, worst[] = {3, 2, 0, 1, 1};
    prepare(size, 5, 3, 2);
    struct placements found;
    const struct rounded p = stratified_worst(&found, &stratified, 7);
    assert_memory_equal(found.at, worst, sizeof worst);
    assert_just_above(p, 16901.0 / 66150.0);
    assert_int_equal(rounded_log2_milli(p), -1969);
}

static void one_feeder_is_a_simple_random_sample(void **state)
{
    (void)state;
    const uint32_t size = 60, bad = 17;
    const struct urn u = {URN_KEPT, bad, size - bad};
    for (uint32_t seats = 1; seats <= size; seats += 7) {
        const uint32_t threshold = tail_threshold(TAIL_MAJORITY, seats);
        const struct rounded expected = tail_probability(&u, seats, threshold);
        assert_just_above(tail(&size, &bad, 1, seats, threshold), real(expected));
    }
}

static void feeders_of_one_member_are_a_simple_random_sample(void **state)
{
    (void)state;
    uint32_t size[20], bad[20];
    for (uint32_t f = 0; f < 20; f++) {
        size[f] = 1;
        bad[f] = f < 7;
    }
    const struct urn u = {URN_KEPT, 7, 13};
    for (uint32_t seats = 1; seats <= 20; seats++) {
        const uint32_t threshold = tail_threshold(TAIL_THIRD, seats);
        const struct rounded expected = tail_probability(&u, seats, threshold);
        assert_just_above(tail(size, bad, 20, seats, threshold), real(expected));
    }
}

static void a_cluster_of_all_is_captured_or_not(void **state)
{
    (void)state;
    const uint32_t size[] = {4, 0, 3}, bad[] = {3, 0, 1};
    assert_int_equal(rounded_compare(tail(size, bad, 3, 7, 4), rounded_from(1)), 0);
    assert_int_equal(tail(size, bad, 3, 7, 5).mantissa, 0);
}

/* The same by the text of the rule, in floating point: every order, every lot. */
struct study {
    const uint32_t *size, *bad;
    uint32_t count, members, seats, threshold;
};

static double choose(uint32_t n, uint32_t k)
{
    double ways = k <= n ? 1 : 0;
    for (uint32_t i = 0; i < k && k <= n; i++)
        ways = ways * (n - i) / (i + 1);
    return ways;
}

static double captured(const struct study *s, const uint32_t *seats)
{
    double law[SEATS_MAX + 1] = {1};
    for (uint32_t f = 0; f < s->count; f++) {
        double next[SEATS_MAX + 1] = {0};
        for (uint32_t x = 0; x <= s->seats; x++)
            for (uint32_t y = 0; y <= seats[f] && x + y <= s->seats; y++)
                next[x + y] += law[x] * choose(s->bad[f], y) *
                               choose(s->size[f] - s->bad[f], seats[f] - y) /
                               choose(s->size[f], seats[f]);
        for (uint32_t x = 0; x <= s->seats; x++)
            law[x] = next[x];
    }
    double sum = 0;
    for (uint32_t x = s->threshold; x <= s->seats; x++)
        sum += law[x];
    return sum;
}

struct walker { /* RULE sample.6 */
    uint32_t order[FEEDERS_MAX], seats[FEEDERS_MAX];
    uint32_t at, carried, weight; /* nobody is carried where the weight is 0 */
};

static double walked(const struct study *s, struct walker w);

/* @winner and @loser meet; the winner stays or takes a seat, as the weights are. */
static double met(const struct study *s, struct walker w, uint32_t winner, uint32_t loser,
                  uint32_t sum)
{
    w.at++;
    if (sum >= s->members)
        w.seats[winner]++;
    w.carried = sum > s->members ? loser : winner;
    w.weight = sum >= s->members ? sum - s->members : sum;
    return walked(s, w);
}

static double walked(const struct study *s, struct walker w)
{
    if (w.at == s->count)
        return captured(s, w.seats);
    const uint32_t b = w.order[w.at], n = s->members, x = w.weight;
    const uint32_t y = s->seats * s->size[b] % n;
    if (y == 0 || x == 0) {
        w.carried = y == 0 ? w.carried : b;
        w.weight = y == 0 ? x : y;
        w.at++;
        return walked(s, w);
    }
    const uint32_t a = w.carried;
    const double a_wins = x + y <= n ? (double)x / (x + y) : (double)(n - y) / (2 * n - x - y);
    return a_wins * met(s, w, a, b, x + y) + (1 - a_wins) * met(s, w, b, a, x + y);
}

static double averaged(const struct study *s, struct walker *w, uint32_t from)
{
    if (from == s->count)
        return walked(s, *w);
    double sum = 0;
    for (uint32_t i = from; i < s->count; i++) {
        const uint32_t chosen = w->order[i], other = w->order[from];
        w->order[from] = chosen;
        w->order[i] = other;
        sum += averaged(s, w, from + 1);
        w->order[from] = other;
        w->order[i] = chosen;
    }
    return sum / (s->count - from);
}

static double by_the_text(const struct study *s)
{
    struct walker w = {.at = 0};
    for (uint32_t f = 0; f < s->count; f++) {
        w.order[f] = f;
        w.seats[f] = s->seats * s->size[f] / s->members;
    }
    return averaged(s, &w, 0);
}

/* Random feeders with @bad members placed at random. */
static void draw_feeders(struct test_random *random, uint32_t *size, uint32_t *bad, uint32_t count,
                         struct study *s)
{
    *s = (struct study){size, bad, count, 0, 0, 0};
    for (uint32_t f = 0; f < count; f++) {
        size[f] = (uint32_t)test_random_below(random, 9) + (f == 0);
        bad[f] = (uint32_t)test_random_below(random, size[f] + 1);
        s->members += size[f];
    }
    const uint32_t seats = 1 + (uint32_t)test_random_below(random, s->members);
    s->seats = seats < SEATS_MAX ? seats : SEATS_MAX;
    s->threshold = 1 + (uint32_t)test_random_below(random, s->seats);
}

/* RULE sample.3, RULE sample.6 */
static void random_feeders_agree_with_the_text_of_the_rule(void **state)
{
    (void)state;
    const uint64_t seed = 4;
    struct test_random random = {seed};
    uint32_t with_lots = 0, classes = 0;
    for (uint32_t i = 0; i < 600; i++) {
        uint32_t size[FEEDERS_MAX], bad[FEEDERS_MAX];
        struct study s;
        draw_feeders(&random, size, bad, 1 + i % (i % 20 ? 5 : 6), &s);
        const double expected = by_the_text(&s);
        const double found = real(tail(size, bad, s.count, s.seats, s.threshold));
        if (fabs(found - expected) > 1e-12)
            fail_msg("seed %llu, case %u: %.17g, the text says %.17g", (unsigned long long)seed, i,
                     found, expected);
        with_lots += lots.result_count > 2;
        classes += lots.class_count < s.count;
    }
    assert_true(with_lots > 300 && classes > 200);
}

/* RULE sample.2: every member has the same probability, so the mean of X does not see the
 * placement: the tails P[X >= 1], P[X >= 2], ... add up to K b / n. */
static void the_mean_does_not_depend_on_the_placement(void **state)
{
    (void)state;
    struct test_random random = {5};
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t size[FEEDERS_MAX], bad[FEEDERS_MAX], all_bad = 0;
        struct study s;
        draw_feeders(&random, size, bad, FEEDERS_MAX, &s);
        double mean = 0;
        for (uint32_t x = 1; x <= s.seats; x++)
            mean += real(tail(size, bad, s.count, s.seats, x));
        for (uint32_t f = 0; f < FEEDERS_MAX; f++)
            all_bad += bad[f];
        assert_true(fabs(mean - (double)s.seats * all_bad / s.members) < 1e-10);
    }
}

/* RULE sample.2, RULE sample.3: the binomial tail bounds that of every placement (Hoeffding). */
static void no_placement_exceeds_the_binomial_bound(void **state)
{
    (void)state;
    const uint32_t size[] = {10, 7, 5, 8};
    const struct urn bound = urn_of_share(200000);
    for (uint32_t seats = 3; seats <= 30; seats += 2) { /* threshold >= f k + 1 from 3 on */
        const uint32_t threshold = tail_threshold(TAIL_MAJORITY, seats);
        struct placements worst;
        prepare(size, 4, seats, threshold);
        const struct rounded p = stratified_worst(&worst, &stratified, 6);
        assert_true(rounded_compare(p, tail_probability(&bound, seats, threshold)) <= 0);
    }
}

static void the_worst_of_equals_is_the_first(void **state)
{
    (void)state;
    const uint32_t size[] = {9, 5, 2, 2, 3};
    struct placements first, worst;
    uint32_t seats = 1; /* one seat: each member gets it with the same probability */
    prepare(size, 5, seats, 1);
    placements_first(&first, &lots, 7);
    assert_just_above(stratified_worst(&worst, &stratified, 7), 7.0 / 21);
    assert_memory_equal(worst.at, first.at, sizeof size);
    seats = 21; /* all seats */
    prepare(size, 5, seats, 7);
    assert_int_equal(rounded_compare(stratified_worst(&worst, &stratified, 7), rounded_from(1)), 0);
    assert_memory_equal(worst.at, first.at, sizeof size);
    prepare(size, 5, seats, 8);
    assert_int_equal(stratified_worst(&worst, &stratified, 7).mantissa, 0);
    assert_memory_equal(worst.at, first.at, sizeof size);
}

/* What is kept from the placement before must give the same as computing all anew. */
static void the_worst_is_the_largest_of_all(void **state)
{
    (void)state;
    const uint32_t size[] = {6, 4, 6, 3};
    for (uint32_t seats = 3; seats <= 19; seats += 4) {
        struct placements worst, p;
        uint32_t changed;
        prepare(size, 4, seats, tail_threshold(TAIL_MAJORITY, seats));
        const struct rounded found = stratified_worst(&worst, &stratified, 8);
        struct rounded largest = {0, 0};
        placements_first(&p, &lots, 8);
        do {
            largest = rounded_max(largest, stratified_tail(&stratified, p.at, 0));
        } while (placements_next(&p, &changed));
        assert_int_equal(rounded_compare(found, largest), 0);
        assert_int_equal(rounded_compare(stratified_tail(&stratified, worst.at, 0), largest), 0);
    }
}

/* Ten feeders of 100 members, as in the committee study: k = 40, f = 0.2, evenly spread. */
static void ten_equal_feeders_are_as_studied(void **state)
{
    (void)state;
    uint32_t size[10], bad[10];
    for (uint32_t f = 0; f < 10; f++) {
        size[f] = 100;
        bad[f] = 20;
    }
    const int64_t log2_milli = rounded_log2_milli(tail(size, bad, 10, 40, 21));
    assert_in_range(-log2_milli, 18150, 18250); /* -18.2 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_follows),
        cmocka_unit_test(one_feeder_is_a_simple_random_sample),
        cmocka_unit_test(feeders_of_one_member_are_a_simple_random_sample),
        cmocka_unit_test(a_cluster_of_all_is_captured_or_not),
        cmocka_unit_test(random_feeders_agree_with_the_text_of_the_rule),
        cmocka_unit_test(the_mean_does_not_depend_on_the_placement),
        cmocka_unit_test(no_placement_exceeds_the_binomial_bound),
        cmocka_unit_test(the_worst_of_equals_is_the_first),
        cmocka_unit_test(the_worst_is_the_largest_of_all),
        cmocka_unit_test(ten_equal_feeders_are_as_studied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
