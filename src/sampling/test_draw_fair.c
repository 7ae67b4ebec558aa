/* SPDX-License-Identifier: Apache-2.0 */
/* RULE sample.2 sample.6: every member with the same probability exactly. A million draws of fixed
 * seed, counted per member and per feeder; chi-square, p > 0.001 where a test stands alone. */
#include "sampling/draw.h"
#include "sampling/test_community.h"
#include "tests/cmocka_all.h"

static _Alignas(8) uint8_t memory[1 << 16];

enum { DRAWS = 1000000, MEMBERS = 40, FEEDERS = 5, SEATS = 6, RANKS = 6 };

/* Unequal feeders: with 6 seats of 40 their shares are 0.3, 0.45, 0.75, 1.5 and 3. */
static const uint32_t size_of[FEEDERS] = {2, 3, 5, 10, 20};

static uint32_t at_rank[RANKS][MEMBERS];      /* how often this member had this rank */
static uint32_t seats_of[FEEDERS][SEATS + 1]; /* how often this feeder had so many seats */
static uint32_t pair_of[FEEDERS][FEEDERS];    /* both got the seat of their rests */

static uint32_t feeder_of(uint32_t member)
{
    uint32_t feeder = 0, end = size_of[0];
    while (member >= end)
        end += size_of[++feeder];
    return feeder;
}

static void count_draw(const struct draw *d)
{
    for (uint32_t rank = 0; rank < RANKS; rank++) /* the last is the dropped one */
        at_rank[rank][d->member[rank] - 1]++;
    for (uint32_t f = 0; f < FEEDERS; f++) {
        seats_of[f][d->seats[f].seats]++;
        for (uint32_t g = 0; g < f; g++)
            pair_of[f][g] += d->seats[f].seats > SEATS * size_of[f] / MEMBERS &&
                             d->seats[g].seats > SEATS * size_of[g] / MEMBERS;
    }
}

static int draw_a_million(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, MEMBERS, FEEDERS);
    for (uint32_t i = 0; i < MEMBERS; i++)
        c.members[i].feeder = feeder_of(i) + 1;
    test_community_build(&c, SEATS);
    struct draw_order order = {
        .purpose = STREAM_CLUSTER, .k = SEATS, .cluster_floor = 3, .seed = {{1, 9, 8, 4}}};
    for (order.number = 0; order.number < DRAWS; order.number++) {
        struct draw d;
        test_community_draw(&d, &c, &order);
        count_draw(&d);
    }
    return 0;
}

/* What chi-square of so many degrees of freedom exceeds once in a thousand, and falls below. */
static const double MOST_OF_1 = 10.828, MOST_OF_4 = 18.467, MOST_OF_39 = 72.055,
                    LEAST_OF_39 = 17.262;

static double chi_square(const uint32_t *seen, const double *expected, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
    return sum;
}

/* One rank is one member a draw, independent of all other draws: a plain multinomial. */
static void every_rank_falls_on_every_member_alike(void **state)
{
    (void)state;
    double expected[MEMBERS];
    for (uint32_t i = 0; i < MEMBERS; i++)
        expected[i] = (double)DRAWS / MEMBERS;
    for (uint32_t rank = 0; rank < RANKS; rank++) {
        const double sum = chi_square(at_rank[rank], expected, MEMBERS);
        print_message("rank %u: chi-square %.1f of 39\n", rank, sum);
        assert_true(sum < MOST_OF_39);
        assert_true(sum > LEAST_OF_39); /* too even is no chance */
    }
}

static void every_rank_falls_on_feeders_by_their_size(void **state)
{
    (void)state;
    for (uint32_t rank = 0; rank < RANKS; rank++) {
        uint32_t seen[FEEDERS] = {0};
        double expected[FEEDERS];
        for (uint32_t i = 0; i < MEMBERS; i++)
            seen[feeder_of(i)] += at_rank[rank][i];
        for (uint32_t f = 0; f < FEEDERS; f++)
            expected[f] = (double)DRAWS * size_of[f] / MEMBERS;
        assert_true(chi_square(seen, expected, FEEDERS) < MOST_OF_4);
    }
}

/* A feeder has its share rounded down, and one more with the probability of the rest exactly. */
static void rests_are_dealt_with_their_exact_probability(void **state)
{
    (void)state;
    for (uint32_t f = 0; f < FEEDERS; f++) {
        const uint32_t least = SEATS * size_of[f] / MEMBERS;
        const double rest = (double)(SEATS * size_of[f] % MEMBERS) / MEMBERS;
        const double expected[2] = {DRAWS * (1 - rest), DRAWS * rest};
        assert_int_equal(seats_of[f][least] + seats_of[f][least + 1], DRAWS);
        if (rest > 0)
            assert_true(chi_square(&seats_of[f][least], expected, 2) < MOST_OF_1);
    }
}

/* Fixed rests would let two feeders never sit together; shuffled ones leave every pair a chance.
 * (Four rests of 0.3, 0.45, 0.75 and 0.5 share two seats.) */
static void every_pair_of_rests_can_sit_together(void **state)
{
    (void)state;
    for (uint32_t f = 1; f + 1 < FEEDERS; f++)
        for (uint32_t g = 0; g < f; g++)
            assert_true(pair_of[f][g] > DRAWS / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rank_falls_on_every_member_alike),
        cmocka_unit_test(every_rank_falls_on_feeders_by_their_size),
        cmocka_unit_test(rests_are_dealt_with_their_exact_probability),
        cmocka_unit_test(every_pair_of_rests_can_sit_together),
    };
    return cmocka_run_group_tests(tests, draw_a_million, NULL);
}
