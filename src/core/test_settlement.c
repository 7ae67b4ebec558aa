/* SPDX-License-Identifier: Apache-2.0 */
/* RULE trade.3, trade.12, trade.13, qot.2: the judge at both sides of each limit. */
#include "core/settlement.h"

#include "tests/cmocka_all.h"

static const struct settlement_terms usual = {.number = 1,
                                              .seller = 0,
                                              .buyer = 1,
                                              .energy = {1000},
                                              .price = {190000},
                                              .take = TAKE_FLEXIBLE,
                                              .min_delivery_ppm = 900000};

static struct settlement_party stated(int64_t delivered_wh, int64_t taken_wh)
{
    return (struct settlement_party){
        .has_stated = true, .delivered_left = {delivered_wh}, .taken_left = {taken_wh}};
}

/* One contract and its two parties. */
static struct settlement_result judge(const struct settlement_terms *terms,
                                      struct settlement_party seller, struct settlement_party buyer)
{
    struct settlement_party parties[] = {seller, buyer};
    struct settlement_result result;
    settlement_judge(&result, terms, 1, parties);
    return result;
}

static const struct settlement_party silent;

static void the_need_is_what_share_and_tolerance_leave(void **state)
{
    (void)state;
    const struct {
        int64_t energy, tolerance;
        uint32_t ppm;
        int64_t need;
    } cases[] = {{1000, 0, 900000, 900},   {1001, 0, 900000, 901},
                 {1000, 100, 900000, 900}, {1000, 101, 900000, 899},
                 {1000, 5000, 900000, 1},  {1, 0, 0, 1},
                 {1000, 0, 1000000, 1000}, {INT64_MAX, 0, 1000000, INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settlement_terms terms = usual;
        terms.energy.wh = cases[i].energy;
        terms.tolerance.wh = cases[i].tolerance;
        terms.min_delivery_ppm = cases[i].ppm;
        assert_true(settlement_need(&terms).wh == cases[i].need);
    }
}

static void seller_short_declines_with_alpha_plus_one(void **state)
{
    (void)state;
    const struct settlement_result enough = judge(&usual, stated(900, 0), stated(0, 1000));
    assert_int_equal(enough.verdict, VERDICT_PASS);
    assert_int_equal(enough.settled.wh, 900);
    assert_int_equal(enough.payment.micro, 171000);
    const struct settlement_result shorter = judge(&usual, stated(899, 0), stated(0, 1000));
    assert_int_equal(shorter.verdict, VERDICT_C1);
    assert_int_equal(shorter.alpha, 1);
    assert_int_equal(shorter.payment.micro, 0);
    assert_int_equal(shorter.x, -(81920 + (49152 * (101 * 65536 / 1000) / 65536)));
    assert_int_equal(judge(&usual, silent, stated(0, 9)).verdict, VERDICT_C1);
}

static void buyer_unpaid_declines_with_alpha_minus_one(void **state)
{
    (void)state;
    struct settlement_party buyer = stated(0, 1000);
    const uint64_t other = 2, refused = 1;
    buyer.refused = &other;
    buyer.refused_count = 1;
    assert_int_equal(judge(&usual, stated(1000, 0), buyer).verdict, VERDICT_PASS);
    buyer.refused = &refused;
    const struct settlement_result unpaid = judge(&usual, stated(1000, 0), buyer);
    assert_int_equal(unpaid.verdict, VERDICT_C2);
    assert_int_equal(unpaid.alpha, -1);
    assert_int_equal(unpaid.x, -131072);
    assert_int_equal(judge(&usual, stated(1000, 0), silent).verdict, VERDICT_C2);
    struct settlement_terms pay = usual;
    pay.take = TAKE_PAY;
    assert_int_equal(judge(&pay, stated(1000, 0), buyer).verdict, VERDICT_PASS);
    assert_int_equal(judge(&pay, stated(1000, 0), silent).settled.wh, 1000);
}

static void a_firm_buyer_that_takes_too_little_fails_c3(void **state)
{
    (void)state;
    struct settlement_terms firm = usual;
    firm.take = TAKE_FIRM;
    assert_int_equal(judge(&firm, stated(1000, 0), stated(0, 900)).verdict, VERDICT_PASS);
    const struct settlement_result little = judge(&firm, stated(1000, 0), stated(0, 899));
    assert_int_equal(little.verdict, VERDICT_C3);
    assert_int_equal(little.alpha, -1);
    assert_int_equal(little.settled.wh, 899);
    assert_int_equal(judge(&usual, stated(1000, 0), stated(0, 1)).verdict, VERDICT_PASS);
    const struct settlement_result nothing = judge(&usual, stated(1000, 0), stated(0, 0));
    assert_int_equal(nothing.verdict, VERDICT_VOID);
    assert_int_equal(nothing.s.wh, 1000);
    assert_int_equal(nothing.x, 0);
}

static void both_silent_is_void_and_the_mass_rule_blames_nobody(void **state)
{
    (void)state;
    assert_int_equal(judge(&usual, silent, silent).verdict, VERDICT_VOID);
    struct settlement_terms terms[2] = {usual, usual};
    terms[1].number = 2;
    terms[1].buyer = 2;
    struct settlement_result results[2];
    struct settlement_party most[] = {stated(2000, 0), silent, stated(0, 1000)};
    assert_false(settlement_judge(results, terms, 2, most));
    assert_int_equal(results[0].verdict, VERDICT_C2);
    assert_int_equal(results[1].verdict, VERDICT_PASS);
    struct settlement_party few[] = {stated(2000, 0), silent, silent};
    assert_true(settlement_judge(results, terms, 2, few));
    assert_int_equal(results[0].verdict, VERDICT_VOID);
    assert_int_equal(results[0].s.wh, 0);
    assert_int_equal(few[0].delivered_left.wh, 2000);
}

static void verdicts_have_names(void **state)
{
    (void)state;
    assert_string_equal(settlement_verdict_name(VERDICT_VOID), "VOID");
    assert_string_equal(settlement_verdict_name(VERDICT_C4), "C4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_need_is_what_share_and_tolerance_leave),
        cmocka_unit_test(seller_short_declines_with_alpha_plus_one),
        cmocka_unit_test(buyer_unpaid_declines_with_alpha_minus_one),
        cmocka_unit_test(a_firm_buyer_that_takes_too_little_fails_c3),
        cmocka_unit_test(both_silent_is_void_and_the_mass_rule_blames_nobody),
        cmocka_unit_test(verdicts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
