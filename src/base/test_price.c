/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.1: payment = energy * price / 1000, rounded half to even from a 128-bit product. */
#include "base/price.h"
#include "base/test_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check_payment(int64_t wh, int64_t micro_per_kwh, int64_t expected)
{
    struct money paid = {42};
    assert_true(price_payment(&paid, (struct price){micro_per_kwh}, (struct energy){wh}));
    assert_int_equal(paid.micro, expected);
}

static void check_too_large(int64_t wh, int64_t micro_per_kwh)
{
    struct money paid = {42};
    assert_false(price_payment(&paid, (struct price){micro_per_kwh}, (struct energy){wh}));
    assert_int_equal(paid.micro, 42); /* on false the payment is not written */
}

static void a_payment_is_energy_times_price(void **state)
{
    (void)state;
    check_payment(2500, 180000, 450000); /* 2.5 kWh at 0.18 are 0.45 */
    check_payment(0, 180000, 0);
    check_payment(2500, 0, 0);
    check_payment(1000, INT64_MAX, INT64_MAX);
    check_payment(INT64_MAX, 1000, INT64_MAX);
    check_payment(1000, INT64_MIN, INT64_MIN);
}

static void a_payment_is_rounded_half_to_even(void **state)
{
    (void)state;
    check_payment(1, 499, 0);
    check_payment(1, 500, 0); /* tie: 0 is even */
    check_payment(1, 501, 1);
    check_payment(1, 1499, 1);
    check_payment(1, 1500, 2); /* tie: 2 is even */
    check_payment(1, 1501, 2);
    check_payment(1, 2500, 2);
    check_payment(1, 3500, 4);
    check_payment(500, 190001, 95000); /* 95000.5 */
    check_payment(500, 190003, 95002); /* 95001.5 */
}

static void a_negative_payment_is_rounded_half_to_even_too(void **state)
{
    (void)state;
    check_payment(-1, 499, 0);
    check_payment(-1, 500, 0);
    check_payment(-1, 501, -1);
    check_payment(1, -1500, -2);
    check_payment(1, -2500, -2);
    check_payment(1, -2501, -3);
    check_payment(-500, 190001, -95000);
    check_payment(-500, -190001, 95000);
    check_payment(-1, -1500, 2);
}

static void the_product_needs_more_than_64_bits(void **state)
{
    (void)state;
    check_payment(INT64_C(4000000000), INT64_C(2000000000000), INT64_C(8000000000000000000));
    check_payment(INT64_MAX, 999, INT64_C(9214148664817921031)); /* and 0.193 */
    check_payment(INT64_MAX, 1, INT64_C(9223372036854776));
}

static void a_payment_beyond_64_bits_is_refused(void **state)
{
    (void)state;
    check_too_large(INT64_MAX, 1001);
    check_too_large(1001, INT64_MAX);
    check_too_large(INT64_MIN, 1001);
    check_too_large(INT64_MIN, -1000); /* one more than INT64_MAX */
    check_too_large(INT64_MAX, INT64_MAX);
    check_too_large(INT64_MIN, INT64_MAX);
    check_too_large(INT64_MIN, INT64_MIN);
}

/* Factors of 2^63 * 1000 -+ 500 and of the two numbers just outside: the ties at the limits. */
static void rounding_decides_at_the_very_limit(void **state)
{
    (void)state;
    check_payment(28139, INT64_C(327778955785734241), INT64_MAX); /* INT64_MAX + 0.499 */
    check_too_large(1500, INT64_C(6148914691236517205));          /* + 0.5, a tie to 2^63 */
    check_payment(-1500, INT64_C(6148914691236517205), INT64_MIN);
    check_payment(137088500, INT64_C(-67280421310721), INT64_MIN); /* INT64_MIN - 0.5, a tie */
    check_too_large(69497, INT64_C(-132716117772778333));          /* INT64_MIN - 0.501 */
}

/* The same by hand: limbs of base 1000, so that the lowest limb of a product is what rounding
 * looks at and no integer is wider than 64 bits. */
enum { LIMBS = 7, BASE = 1000 };

struct limbs {
    uint64_t limb[2 * LIMBS];
};

static struct limbs limbs_of(int64_t value)
{
    struct limbs l = {{0}};
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    for (size_t i = 0; i < LIMBS; i++, size /= BASE)
        l.limb[i] = size % BASE;
    assert_int_equal(size, 0);
    return l;
}

static struct limbs limbs_product(const struct limbs *a, const struct limbs *b)
{
    struct limbs p = {{0}};
    for (size_t i = 0; i < LIMBS; i++) {
        for (size_t j = 0; j < LIMBS; j++)
            p.limb[i + j] += a->limb[i] * b->limb[j];
    }
    for (size_t i = 0; i + 1 < 2 * LIMBS; i++) {
        p.limb[i + 1] += p.limb[i] / BASE;
        p.limb[i] %= BASE;
    }
    return p;
}

/* The limbs above the lowest as one number, rounded up if asked. False beyond @max. */
static bool limbs_quotient(uint64_t *out, const struct limbs *p, bool up, uint64_t max)
{
    uint64_t value = 0;
    for (size_t i = 2 * LIMBS - 1; i > 0; i--) {
        if (value > (max - p->limb[i]) / BASE)
            return false;
        value = value * BASE + p->limb[i];
    }
    if (up && value == max)
        return false;
    *out = value + (up ? 1 : 0);
    return true;
}

enum outcome { EXACT, DOWN, UP, TIE_DOWN, TIE_UP, TOO_LARGE, OUTCOME_COUNT };

static enum outcome slow_payment(int64_t *out, int64_t wh, int64_t price)
{
    const struct limbs a = limbs_of(wh);
    const struct limbs b = limbs_of(price);
    const struct limbs p = limbs_product(&a, &b);
    const bool negative = (wh < 0) != (price < 0);
    const bool odd = p.limb[1] % 2 == 1; /* the base is even */
    const bool tie = p.limb[0] == 500;
    const bool up = p.limb[0] > 500 || (tie && odd);
    const uint64_t max = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    uint64_t size;
    if (!limbs_quotient(&size, &p, up, max))
        return TOO_LARGE;
    *out = (int64_t)(negative ? -size : size);
    if (tie)
        return up ? TIE_UP : TIE_DOWN;
    if (p.limb[0] == 0)
        return EXACT;
    return up ? UP : DOWN;
}

struct payment_case {
    int64_t wh, price;
};

/* Random operands of any size; one case in four is likely a tie, one in four near the limit. */
static struct payment_case random_case(struct test_random *r)
{
    const int64_t wh = test_random_int64(r);
    switch (test_random_below(r, 4)) {
    case 0: {
        const int64_t odd = (test_random_int64(r) >> 12) | 1;
        return (struct payment_case){wh, 500 * odd};
    }
    case 1: {
        const int64_t size = 1000 + (int64_t)test_random_below(r, 1000000);
        const int64_t limit = INT64_MAX / size * 1000;
        const int64_t near = limit + (int64_t)test_random_below(r, 2000) - 500;
        return (struct payment_case){test_random_next(r) & 1 ? size : -size, near};
    }
    default:
        return (struct payment_case){wh, test_random_int64(r)};
    }
}

static void a_million_payments_agree_with_a_slow_check(void **state)
{
    (void)state;
    const uint64_t seed = 20230906;
    struct test_random r = {.state = seed};
    uint32_t reached[2][OUTCOME_COUNT] = {{0}};
    for (uint32_t i = 0; i < 1000000; i++) {
        const struct payment_case c = random_case(&r);
        int64_t expected = 42;
        const enum outcome outcome = slow_payment(&expected, c.wh, c.price);
        struct money paid = {42};
        const bool fits = price_payment(&paid, (struct price){c.price}, (struct energy){c.wh});
        if (fits != (outcome != TOO_LARGE) || paid.micro != expected)
            fail_msg("seed %llu case %u: %lld Wh at %lld", (unsigned long long)seed, i,
                     (long long)c.wh, (long long)c.price);
        reached[(c.wh < 0) != (c.price < 0)][outcome]++;
    }
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        assert_true(reached[0][i] > 1000);
        assert_true(reached[1][i] > 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_is_energy_times_price),
        cmocka_unit_test(a_payment_is_rounded_half_to_even),
        cmocka_unit_test(a_negative_payment_is_rounded_half_to_even_too),
        cmocka_unit_test(the_product_needs_more_than_64_bits),
        cmocka_unit_test(a_payment_beyond_64_bits_is_refused),
        cmocka_unit_test(rounding_decides_at_the_very_limit),
        cmocka_unit_test(a_million_payments_agree_with_a_slow_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
