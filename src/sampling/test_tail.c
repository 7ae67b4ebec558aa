/* SPDX-License-Identifier: Apache-2.0 */
/* The tables are those of the committee study behind RULE sample.3, in full. */
#include "sampling/tail.h"
#include "tests/cmocka_all.h"

enum { SHARES = 4, TARGETS = 2, INFINITE_K_MAX = 1001 };

static const uint32_t share_ppm[SHARES] = {100000, 200000, 250000, 330000};
static const uint32_t target_bits[TARGETS] = {20, 40};

/* An urn of @members of whom floor(share) are bad; 0 members: the infinite one. */
static struct urn urn_of(uint32_t members, uint32_t ppm)
{
    if (members == 0)
        return urn_of_share(ppm);
    const uint32_t bad = (uint32_t)((uint64_t)members * ppm / TAIL_PPM);
    return (struct urn){URN_KEPT, bad, members - bad};
}

static struct rounded tail_of(const struct urn *u, enum tail_rule rule, uint32_t k)
{
    return tail_probability(u, k, tail_threshold(rule, k));
}

static int64_t log2_milli_of(const struct urn *u, enum tail_rule rule, uint32_t k)
{
    return rounded_log2_milli(tail_of(u, rule, k));
}

static int is_at_most(const struct urn *u, enum tail_rule rule, uint32_t k, uint32_t bits)
{
    return rounded_compare(tail_of(u, rule, k), rounded_power_of_two(-(int32_t)bits)) <= 0;
}

/* RULE sample.3 */
static void a_majority_is_more_than_half_and_a_third_is_a_third(void **state)
{
    (void)state;
    const uint32_t majority[] = {1, 1, 2, 2, 3, 3, 4}, third[] = {0, 1, 1, 1, 2, 2, 2};
    for (uint32_t k = 0; k < 7; k++) {
        assert_int_equal(tail_threshold(TAIL_MAJORITY, k), majority[k]);
        assert_int_equal(tail_threshold(TAIL_THIRD, k), third[k]);
    }
    assert_int_equal(tail_threshold(TAIL_THIRD, 7), 3);
}

/* RULE sample.3 */
static void small_tails_are_exact(void **state)
{
    (void)state;
    const struct urn quarter = urn_of_share(250000), three_of_eight = {URN_KEPT, 3, 5};
    /* 3 of 3: 1/64; 2 of 3: 9/64 */
    const struct rounded ten = rounded_mul_ratio(rounded_from(1), 10, 64, ROUNDED_DOWN);
    assert_int_equal(rounded_compare(tail_of(&quarter, TAIL_MAJORITY, 3), ten), 0);
    /* Two or three bad among four of eight: (3 * 10 + 1 * 5) / 70 = 1/2. */
    const struct rounded half = tail_probability(&three_of_eight, 4, 2);
    assert_int_equal(rounded_compare(half, rounded_power_of_two(-1)), 0);
    assert_int_equal(rounded_log2_milli(half), -1000);
}

static void none_bad_gives_zero_and_all_bad_give_one(void **state)
{
    (void)state;
    const struct urn none[] = {urn_of_share(0), {URN_KEPT, 0, 9}};
    const struct urn all[] = {urn_of_share(TAIL_PPM), {URN_KEPT, 9, 0}};
    for (uint32_t i = 0; i < 2; i++) {
        for (uint32_t k = 1; k <= 9; k++) {
            assert_int_equal(tail_of(&none[i], TAIL_THIRD, k).mantissa, 0);
            const struct rounded p = tail_of(&all[i], TAIL_MAJORITY, k);
            assert_int_equal(rounded_compare(p, rounded_from(1)), 0);
        }
    }
}

static void a_finite_tail_is_zero_or_one_where_the_numbers_leave_no_choice(void **state)
{
    (void)state;
    const struct urn u = {URN_KEPT, 3, 4};
    assert_true(tail_probability(&u, 6, 3).mantissa > 0);
    assert_int_equal(tail_probability(&u, 6, 4).mantissa, 0); /* there are only three */
    assert_int_equal(rounded_compare(tail_probability(&u, 6, 2), rounded_from(1)), 0);
    assert_true(rounded_compare(tail_probability(&u, 5, 2), rounded_from(1)) < 0);
    assert_int_equal(rounded_compare(tail_probability(&u, 7, 3), rounded_from(1)), 0);
}

static void a_tail_never_exceeds_one(void **state)
{
    (void)state;
    const struct urn u = urn_of_share(999999), finite = {URN_KEPT, 9990, 10};
    for (uint32_t k = 1; k < 1000; k += 37) {
        assert_true(rounded_compare(tail_of(&u, TAIL_THIRD, k), rounded_from(1)) <= 0);
        assert_true(rounded_compare(tail_of(&finite, TAIL_THIRD, k), rounded_from(1)) <= 0);
    }
}

static void equally_many_bad_and_good_give_one_half_at_any_size(void **state)
{
    (void)state;
    const struct urn even = urn_of_share(500000), finite = {URN_KEPT, 5000, 5000};
    for (uint32_t k = 1; k < 10000; k += 998) {
        const struct rounded half = rounded_power_of_two(-1);
        assert_int_equal(rounded_compare(tail_of(&even, TAIL_MAJORITY, k), half), 0);
        assert_int_equal(rounded_compare(tail_of(&finite, TAIL_MAJORITY, k), half), 0);
    }
    assert_int_equal(tail_smallest_k(&even, TAIL_MAJORITY, 1, 1001), 1);
    assert_int_equal(tail_smallest_k(&even, TAIL_MAJORITY, 2, 1001), 0);
}

/* RULE sample.3: the tail of each row sums up what tail_each says of it. */
static void the_single_probabilities_add_up_to_the_tail(void **state)
{
    (void)state;
    const struct urn u = {URN_KEPT, 30, 50};
    struct rounded each[80 + 1];
    for (uint32_t k = 1; k <= 80; k++) {
        struct rounded sum = {0, 0};
        tail_each(each, &u, k);
        for (uint32_t x = k + 1; x-- > 0;) {
            sum = rounded_add(sum, each[x], ROUNDED_UP);
            const struct rounded tail = tail_probability(&u, k, x);
            const struct rounded larger = rounded_max(sum, tail);
            const struct rounded smaller = rounded_min(sum, tail);
            /* equal but for the rounding of some hundred operations */
            const struct rounded above =
                rounded_mul_ratio(smaller, (UINT64_C(1) << 50) + 1, UINT64_C(1) << 50, ROUNDED_UP);
            assert_true(rounded_compare(larger, above) <= 0);
        }
    }
}

/* RULE sample.3: smallest odd k such that it and every larger odd k holds, X > k / 2. */
static void the_majority_table_is_as_studied(void **state)
{
    (void)state;
    static const uint32_t members[] = {50, 100, 200, 500, 1000, 2000, 5000, 10000, 0};
    static const uint32_t smallest[][SHARES * TARGETS] = {
        {11, 11, 21, 21, 25, 25, 33, 33},     {17, 21, 31, 41, 41, 51, 61, 67},
        {19, 33, 39, 65, 55, 85, 93, 125},    {21, 41, 45, 87, 67, 123, 133, 217},
        {21, 45, 49, 99, 73, 145, 155, 283},  {23, 47, 49, 105, 75, 157, 169, 333},
        {23, 49, 51, 109, 77, 167, 179, 373}, {23, 49, 51, 111, 79, 169, 181, 389},
        {23, 49, 51, 111, 79, 173, 185, 405}};
    for (uint32_t row = 0; row < sizeof members / sizeof members[0]; row++) {
        for (uint32_t i = 0; i < SHARES * TARGETS; i++) {
            const struct urn u = urn_of(members[row], share_ppm[i / TARGETS]);
            const uint32_t k_max = members[row] ? members[row] : INFINITE_K_MAX;
            const uint32_t bits = target_bits[i % TARGETS];
            assert_int_equal(tail_smallest_k(&u, TAIL_MAJORITY, bits, k_max), smallest[row][i]);
        }
    }
}

/* RULE sample.3, X >= k / 3: the k of the table holds and k - 3 does not. */
static void the_table_of_thirds_is_as_studied(void **state)
{
    (void)state;
    static const uint32_t members[] = {50, 100, 200, 500, 1000, 2000, 5000, 10000, 0};
    static const uint32_t smallest[][SHARES * TARGETS] = {
        {16, 16, 31, 31, 37, 37, 49, 49},
        {28, 31, 61, 61, 76, 76, 100, 100},
        {40, 61, 100, 121, 142, 151, 199, 199},
        {49, 88, 151, 232, 271, 346, 496, 496},
        {52, 103, 184, 319, 382, 562, 991, 991},
        {52, 112, 205, 394, 481, 808, 1981, 1981},
        {55, 118, 220, 454, 571, 1093, 4933, 4951},
        {55, 121, 226, 481, 607, 1237, 9763, 9874},
        {55, 124, 232, 508, 649, 1426, 452068, 989932}};
    for (uint32_t row = 0; row < sizeof members / sizeof members[0]; row++) {
        for (uint32_t i = 0; i < SHARES * TARGETS; i++) {
            const uint32_t k = smallest[row][i], bits = target_bits[i % TARGETS];
            const struct urn u = urn_of(members[row], share_ppm[i / TARGETS]);
            assert_true(is_at_most(&u, TAIL_THIRD, k, bits));
            assert_false(is_at_most(&u, TAIL_THIRD, k - 3, bits));
        }
    }
}

/* Tenths of log2 P at 1,000 members, as the table rounds them: to the nearest. */
static void assert_tenths(const struct urn *u, enum tail_rule rule, uint32_t k, int64_t tenths)
{
    const int64_t error = log2_milli_of(u, rule, k) - 100 * tenths;
    if (error < -51 || error > 50) /* -51: the floor of a number between -50.x and -51 */
        fail_msg("k %u, %u bad, rule %d: %lld tenths, off by %lld thousandths", k, u->bad,
                 (int)rule, (long long)tenths, (long long)error);
}

/* RULE sample.3 */
static void the_table_of_logarithms_is_as_studied(void **state)
{
    (void)state;
    static const struct {
        uint32_t k;
        int64_t tenths[SHARES][2]; /* majority, third */
    } table[] = {
        {3, {{-52, -19}, {-33, -10}, {-27, -8}, {-20, -5}}},
        {5, {{-69, -36}, {-41, -19}, {-33, -14}, {-23, -9}}},
        {7, {{-86, -53}, {-49, -28}, {-38, -20}, {-26, -12}}},
        {11, {{-119, -58}, {-65, -26}, {-49, -18}, {-31, -9}}},
        {21, {{-201, -84}, {-102, -32}, {-74, -20}, {-43, -8}}},
        {31, {{-285, -134}, {-139, -50}, {-98, -30}, {-55, -12}}},
        {51, {{-460, -187}, {-214, -60}, {-147, -32}, {-77, -9}}},
        {101, {{-967, -387}, {-417, -111}, {-277, -53}, {-134, -11}}},
        {151, {{-1633, -626}, {-650, -166}, {-424, -75}, {-196, -12}}},
    };
    for (uint32_t row = 0; row < sizeof table / sizeof table[0]; row++) {
        for (uint32_t share = 0; share < SHARES; share++) {
            const struct urn u = urn_of(1000, share_ppm[share]);
            for (int rule = TAIL_MAJORITY; rule <= TAIL_THIRD; rule++)
                assert_tenths(&u, (enum tail_rule)rule, table[row].k,
                              table[row].tenths[share][rule]);
        }
    }
}

/* RULE sample.3 */
static void a_cluster_of_99_of_1000_is_captured_as_studied(void **state)
{
    (void)state;
    const struct urn kept = urn_of(1000, 200000), bound = urn_of_share(200000);
    assert_int_equal(kept.bad, 200);
    assert_tenths(&kept, TAIL_MAJORITY, 99, -408);
    assert_tenths(&bound, TAIL_MAJORITY, 99, -361);
}

/* RULE sample.3: "f = 0.2: k = 111" */
static void a_fifth_bad_needs_111_seats(void **state)
{
    (void)state;
    const struct urn bound = urn_of_share(200000);
    assert_true(is_at_most(&bound, TAIL_MAJORITY, 111, 40));
    assert_false(is_at_most(&bound, TAIL_MAJORITY, 109, 40));
    assert_int_equal(tail_smallest_k(&bound, TAIL_MAJORITY, 40, 1001), 111);
    assert_int_equal(tail_smallest_k(&bound, TAIL_MAJORITY, 40, 111), 111);
    assert_int_equal(tail_smallest_k(&bound, TAIL_MAJORITY, 40, 110), 0);
    assert_int_equal(tail_smallest_k(&bound, TAIL_MAJORITY, 40, TAIL_MEMBERS_MAX), 111);
}

static void an_even_size_or_one_of_the_wrong_residue_is_worse(void **state)
{
    (void)state;
    const struct urn u = urn_of(1000, 100000);
    assert_tenths(&u, TAIL_THIRD, 9, -43);
    assert_tenths(&u, TAIL_THIRD, 7, -53);
    /* A true statement is blocked from X = 2 on of k = 4, a false one accepted from 3 on. */
    assert_true(rounded_compare(tail_probability(&u, 4, 2), tail_of(&u, TAIL_MAJORITY, 4)) > 0);
}

static uint32_t smallest_by_trying_all(const struct urn *u, enum tail_rule rule, uint32_t bits,
                                       uint32_t k_max)
{
    uint32_t smallest = 0;
    for (uint32_t k = k_max - (k_max % 2 == 0); is_at_most(u, rule, k, bits); k -= 2) {
        smallest = k;
        if (k == 1)
            break;
    }
    return smallest;
}

/* RULE sample.3 */
static void the_smallest_size_is_the_one_that_trying_all_finds(void **state)
{
    (void)state;
    uint32_t found = 0, none = 0, inner = 0;
    for (uint32_t members = 1; members <= 40; members++) {
        for (uint32_t i = 0; i < (members + 1) * 2 * 7; i++) {
            const struct urn u = {URN_KEPT, i / 14, members - i / 14};
            const enum tail_rule rule = i % 2 ? TAIL_THIRD : TAIL_MAJORITY;
            const uint32_t bits = i / 2 % 7, k_max = 1 + (i * 7 + members) % members;
            const uint32_t k = tail_smallest_k(&u, rule, bits, k_max);
            assert_int_equal(k, smallest_by_trying_all(&u, rule, bits, k_max));
            found += k > 0;
            none += k == 0;
            inner += k > 1;
        }
    }
    assert_true(found > 1000 && none > 1000 && inner > 1000);
    for (uint32_t ppm = 0; ppm <= TAIL_PPM; ppm += 7919) {
        const struct urn u = urn_of_share(ppm);
        for (uint32_t bits = 0; bits < 8; bits++) {
            assert_int_equal(tail_smallest_k(&u, TAIL_MAJORITY, bits, 120),
                             smallest_by_trying_all(&u, TAIL_MAJORITY, bits, 120));
            assert_int_equal(tail_smallest_k(&u, TAIL_THIRD, bits, 120),
                             smallest_by_trying_all(&u, TAIL_THIRD, bits, 120));
        }
    }
}

static void more_than_all_members_are_never_looked_for(void **state)
{
    (void)state;
    const struct urn u = {URN_KEPT, 10, 40};
    assert_int_equal(tail_smallest_k(&u, TAIL_MAJORITY, 20, 50), 21);
    assert_int_equal(tail_smallest_k(&u, TAIL_MAJORITY, 20, 1001), 21);
    assert_int_equal(tail_smallest_k(&u, TAIL_MAJORITY, 20, 19), 0);
    const struct urn single = {URN_KEPT, 1, 0};
    assert_int_equal(tail_smallest_k(&single, TAIL_MAJORITY, 1, 1001), 0);
}

static void a_million_members_are_quick(void **state)
{
    (void)state;
    const struct urn u = urn_of(1000000, 200000);
    assert_int_equal(tail_smallest_k(&u, TAIL_MAJORITY, 40, 1000000), 111);
    const struct urn smaller = urn_of(210, 200000), larger = urn_of(700, 200000);
    assert_int_equal(tail_smallest_k(&smaller, TAIL_MAJORITY, 40, 210), 65);
    assert_int_equal(tail_smallest_k(&larger, TAIL_MAJORITY, 40, 700), 93);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_majority_is_more_than_half_and_a_third_is_a_third),
        cmocka_unit_test(small_tails_are_exact),
        cmocka_unit_test(none_bad_gives_zero_and_all_bad_give_one),
        cmocka_unit_test(a_finite_tail_is_zero_or_one_where_the_numbers_leave_no_choice),
        cmocka_unit_test(a_tail_never_exceeds_one),
        cmocka_unit_test(equally_many_bad_and_good_give_one_half_at_any_size),
        cmocka_unit_test(the_single_probabilities_add_up_to_the_tail),
        cmocka_unit_test(the_majority_table_is_as_studied),
        cmocka_unit_test(the_table_of_thirds_is_as_studied),
        cmocka_unit_test(the_table_of_logarithms_is_as_studied),
        cmocka_unit_test(a_cluster_of_99_of_1000_is_captured_as_studied),
        cmocka_unit_test(a_fifth_bad_needs_111_seats),
        cmocka_unit_test(an_even_size_or_one_of_the_wrong_residue_is_worse),
        cmocka_unit_test(the_smallest_size_is_the_one_that_trying_all_finds),
        cmocka_unit_test(more_than_all_members_are_never_looked_for),
        cmocka_unit_test(a_million_members_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
