/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.5, funds.1, funds.2, join.10, trade.1, trade.8: both sides of each limit. */
#include "core/funds.h"

#include "crypto/hash.h"

#include "tests/cmocka_all.h"

enum { SLOTS = 3, REQUESTS = 64, DAYS = 2, PLACES = 64 };

struct bank {
    struct funds funds;
    struct funds_account accounts[SLOTS + 1];
    struct funds_request requests[REQUESTS];
    struct funds_day days[DAYS];
    struct hash references[PLACES];
    uint8_t next_reference;
};

static void bank_init(struct bank *b)
{
    *b = (struct bank){.funds = {.slot_max = SLOTS, .request_max = REQUESTS, .day_max = DAYS}};
    b->funds.accounts = b->accounts;
    b->funds.requests = b->requests;
    b->funds.days = b->days;
    for (uint32_t slot = 1; slot <= SLOTS; slot++)
        b->accounts[slot].known = true;
    reference_set_init(&b->funds.references, b->references, PLACES);
}

static enum err step(struct bank *b, struct funds_event ev)
{
    const enum err expected = funds_check(&b->funds, &ev);
    const enum err code = funds_step(&b->funds, &ev);
    assert_int_equal(code, expected);
    assert_true(funds_is_conserved_in_full(&b->funds));
    return code;
}

static struct hash new_reference(struct bank *b)
{
    const uint8_t text[] = {b->next_reference++};
    return hash_bytes((struct span){text, sizeof text});
}

static enum err deposit_on(struct bank *b, uint64_t day, uint32_t member, int64_t micro,
                           bool t_of_n)
{
    return step(b, (struct funds_event){.kind = FUNDS_DEPOSIT,
                                        .member = member,
                                        .amount = {micro},
                                        .reference = new_reference(b),
                                        .t_of_n = t_of_n,
                                        .day = day});
}

static enum err deposit(struct bank *b, uint32_t member, int64_t micro)
{
    return deposit_on(b, 0, member, micro, true);
}

static enum err member_op(struct bank *b, enum funds_kind kind, uint32_t member, int64_t micro)
{
    return step(b, (struct funds_event){.kind = kind, .member = member, .amount = {micro}});
}

static enum err hold_op(struct bank *b, enum funds_kind kind, struct funds_hold *hold,
                        uint32_t member, int64_t micro)
{
    return step(
        b, (struct funds_event){.kind = kind, .member = member, .amount = {micro}, .hold = hold});
}

static void deposits_have_a_range_that_ends_below_two_to_the_62(void **state)
{
    (void)state;
    struct bank b;
    bank_init(&b);
    assert_int_equal(deposit(&b, 1, 0), ERR_AMOUNT_RANGE);
    assert_int_equal(deposit(&b, 1, -1), ERR_AMOUNT_RANGE);
    assert_int_equal(deposit(&b, 1, INT64_MAX), ERR_AMOUNT_RANGE);
    assert_int_equal(deposit(&b, 1, FUNDS_TOTAL_MAX - 1), ERR_OK);
    assert_int_equal(deposit(&b, 2, 2), ERR_AMOUNT_RANGE);
    assert_int_equal(deposit(&b, 2, 1), ERR_OK);
    assert_int_equal(deposit(&b, 2, 1), ERR_AMOUNT_RANGE);
    assert_int_equal(deposit(&b, 4, 1), ERR_NO_MEMBER);
    assert_int_equal(deposit(&b, 0, 1), ERR_NO_MEMBER);
}

static void above_two_to_the_61_the_authority_signs_too(void **state)
{
    (void)state;
    struct bank b;
    bank_init(&b);
    assert_int_equal(deposit_on(&b, 0, 1, FUNDS_TREASURY_MAX + 1, false), ERR_NEEDS_AUTHORITY);
    assert_int_equal(deposit_on(&b, 0, 1, FUNDS_TREASURY_MAX, false), ERR_OK);
    assert_int_equal(deposit_on(&b, 1, 1, 1, false), ERR_NEEDS_AUTHORITY);
    assert_int_equal(deposit_on(&b, 1, 1, 1, true), ERR_OK);
}

static void the_day_has_one_limit_for_all_members(void **state)
{
    (void)state;
    struct bank b;
    bank_init(&b);
    b.funds.has_day_limit = true;
    b.funds.deposit_day_max.micro = 10;
    assert_int_equal(deposit_on(&b, 5, 1, 11, false), ERR_NEEDS_AUTHORITY);
    assert_int_equal(deposit_on(&b, 5, 1, 6, true), ERR_OK);
    assert_int_equal(deposit_on(&b, 5, 2, 5, false), ERR_NEEDS_AUTHORITY);
    assert_int_equal(deposit_on(&b, 5, 2, 4, false), ERR_OK);
    assert_int_equal(deposit_on(&b, 6, 2, 10, false), ERR_OK);
    assert_int_equal(deposit_on(&b, 7, 2, 10, false), ERR_OK); /* takes the oldest day's place */
    assert_int_equal(b.funds.day_count, DAYS);
    assert_int_equal(deposit_on(&b, 6, 3, 1, false), ERR_NEEDS_AUTHORITY);
    assert_int_equal(deposit_on(&b, 7, 3, 1, false), ERR_NEEDS_AUTHORITY);
}

static void a_reference_is_taken_once_by_deposits_and_payouts_together(void **state)
{
    (void)state;
    struct bank b;
    bank_init(&b);
    struct funds_event first = {.kind = FUNDS_DEPOSIT, .member = 1, .amount = {100}};
    first.reference = new_reference(&b);
    assert_int_equal(step(&b, first), ERR_OK);
    assert_int_equal(step(&b, first), ERR_DUPLICATE);
    assert_int_equal(member_op(&b, FUNDS_WITHDRAW_REQUEST, 1, 40), ERR_OK);
    struct funds_event paid = {.kind = FUNDS_WITHDRAW_PAID, .request = 1};
    paid.reference = first.reference;
    assert_int_equal(step(&b, paid), ERR_DUPLICATE);
    paid.reference = new_reference(&b);
    paid.request = 2;
    assert_int_equal(step(&b, paid), ERR_WRONG_STATE);
    paid.request = 0;
    assert_int_equal(step(&b, paid), ERR_WRONG_STATE);
    paid.request = 1;
    assert_int_equal(step(&b, paid), ERR_OK);
    assert_int_equal(step(&b, paid), ERR_WRONG_STATE);
    assert_int_equal(b.funds.paid_out.micro, 40);
}

static void credit_buys_but_is_never_paid_out(void **state)
{
    (void)state;
    struct bank b;
    struct funds_hold hold = {0};
    bank_init(&b);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, -1), ERR_AMOUNT_RANGE);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, 10), ERR_OK);
    assert_int_equal(member_op(&b, FUNDS_WITHDRAW_REQUEST, 1, 1), ERR_FUNDS);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 1, 11), ERR_FUNDS);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 1, 10), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 1, 0), ERR_WRONG_STATE);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, 9), ERR_CREDIT_IN_USE);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, FUNDS_TOTAL_MAX), ERR_OK);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 2, 1), ERR_AMOUNT_RANGE);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, 10), ERR_OK);
}

static void nobody_overflows_though_all_debts_meet_in_one_account(void **state)
{
    (void)state;
    struct bank b;
    struct funds_hold holds[2] = {{0}, {0}};
    bank_init(&b);
    assert_int_equal(deposit(&b, 1, FUNDS_TOTAL_MAX), ERR_OK);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, FUNDS_TOTAL_MAX), ERR_OK);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(hold_op(&b, FUNDS_RESERVE, &holds[i], 1, FUNDS_TOTAL_MAX), ERR_OK);
        assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &holds[i], 0, FUNDS_TOTAL_MAX), ERR_OK);
        assert_int_equal(hold_op(&b, FUNDS_SETTLE, &holds[i], 2, 0), ERR_OK);
    }
    assert_true(b.accounts[2].available.micro == 2 * FUNDS_TOTAL_MAX);
    assert_true(b.accounts[1].available.micro == -FUNDS_TOTAL_MAX);
}

static void escrow_has_two_exits_and_each_once(void **state)
{
    (void)state;
    struct bank b;
    struct funds_hold hold = {0};
    bank_init(&b);
    assert_int_equal(deposit(&b, 1, 100), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &hold, 0, 1), ERR_WRONG_STATE);
    assert_int_equal(hold_op(&b, FUNDS_REFUND, &hold, 0, 0), ERR_WRONG_STATE);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 9, 80), ERR_NO_MEMBER);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 1, -1), ERR_AMOUNT_RANGE);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 1, 80), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_SETTLE, &hold, 2, 0), ERR_WRONG_STATE);
    assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &hold, 0, -1), ERR_AMOUNT_RANGE);
    assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &hold, 0, 81), ERR_FUNDS);
    assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &hold, 0, 70), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &hold, 0, 0), ERR_WRONG_STATE);
    assert_int_equal(hold_op(&b, FUNDS_SETTLE, &hold, 9, 0), ERR_NO_MEMBER);
    assert_int_equal(hold_op(&b, FUNDS_SETTLE, &hold, 2, 0), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_REFUND, &hold, 0, 0), ERR_WRONG_STATE);
    assert_int_equal(b.accounts[2].available.micro, 70);
    assert_int_equal(b.accounts[1].available.micro, 30);
}

static void a_closed_members_money_leaves_beyond_its_debt(void **state)
{
    (void)state;
    struct bank b;
    struct funds_hold hold = {0}, sale = {0};
    bank_init(&b);
    assert_int_equal(member_op(&b, FUNDS_CREDIT_LIMIT, 1, 50), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, 1, 50), ERR_OK);
    assert_int_equal(member_op(&b, FUNDS_CLOSE_MEMBER, 1, 0), ERR_OK);
    assert_int_equal(member_op(&b, FUNDS_CLOSE_MEMBER, 1, 0), ERR_MEMBER_CLOSED);
    assert_int_equal(b.funds.request_count, 0);
    assert_int_equal(deposit(&b, 1, 5), ERR_MEMBER_CLOSED);
    assert_int_equal(deposit(&b, 2, 60), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &sale, 1, 0), ERR_MEMBER_CLOSED);
    assert_int_equal(hold_op(&b, FUNDS_RESERVE, &sale, 2, 60), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_HOLD_ESCROW, &sale, 0, 60), ERR_OK);
    assert_int_equal(hold_op(&b, FUNDS_SETTLE, &sale, 1, 0), ERR_OK);
    assert_int_equal(b.accounts[1].withdrawing.micro, 10);
    assert_int_equal(hold_op(&b, FUNDS_REFUND, &hold, 0, 0), ERR_OK);
    assert_int_equal(b.accounts[1].withdrawing.micro, 60);
    struct funds_event reject = {.kind = FUNDS_WITHDRAW_REJECTED, .request = 1};
    assert_int_equal(step(&b, reject), ERR_OK);
    assert_int_equal(step(&b, reject), ERR_WRONG_STATE);
    assert_int_equal(b.accounts[1].available.micro, 10); /* stays, and is asked for again */
    assert_int_equal(member_op(&b, FUNDS_WITHDRAW_REQUEST, 1, 11), ERR_FUNDS);
    assert_int_equal(member_op(&b, FUNDS_WITHDRAW_REQUEST, 1, 0), ERR_AMOUNT_RANGE);
    assert_int_equal(member_op(&b, FUNDS_WITHDRAW_REQUEST, 1, 10), ERR_OK);
}

static void nothing_moves_for_a_slot_without_an_account(void **state)
{
    (void)state;
    static const enum funds_kind kinds[] = {FUNDS_DEPOSIT, FUNDS_CREDIT_LIMIT,
                                            FUNDS_WITHDRAW_REQUEST, FUNDS_CLOSE_MEMBER};
    struct bank b;
    struct funds_hold hold = {0}, escrowed = {.state = HOLD_ESCROWED};
    bank_init(&b);
    b.accounts[2].known = false;
    for (uint32_t slot = 0; slot <= SLOTS + 1; slot += 2) { /* none, unknown, beyond */
        for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
            assert_int_equal(member_op(&b, kinds[i], slot, 1), ERR_NO_MEMBER);
        assert_int_equal(hold_op(&b, FUNDS_RESERVE, &hold, slot, 1), ERR_NO_MEMBER);
        assert_int_equal(hold_op(&b, FUNDS_SETTLE, &escrowed, slot, 1), ERR_NO_MEMBER);
    }
}

static void a_micro_more_or_less_in_any_place_is_seen(void **state)
{
    (void)state;
    struct bank b;
    for (uint32_t what = 0; what < 10; what++) {
        bank_init(&b);
        assert_int_equal(deposit(&b, 1, 100), ERR_OK);
        assert_int_equal(deposit(&b, 2, 100), ERR_OK);
        struct money *const places[] = {&b.accounts[1].available, &b.accounts[1].withdrawing,
                                        &b.accounts[1].reserved,  &b.accounts[1].escrow,
                                        &b.funds.available,       &b.funds.withdrawing,
                                        &b.funds.reserved,        &b.funds.escrow,
                                        &b.funds.deposits,        &b.funds.paid_out};
        places[what]->micro++;
        assert_false(funds_is_conserved_in_full(&b.funds));
        assert_int_equal(funds_is_conserved(&b.funds), what < 4); /* it trusts the sums */
        places[what]->micro--;
        assert_true(funds_is_conserved_in_full(&b.funds));
    }
}

static void no_place_of_an_account_may_be_below_its_bound(void **state)
{
    (void)state;
    struct bank b;
    for (uint32_t what = 0; what < 4; what++) {
        bank_init(&b);
        assert_int_equal(deposit(&b, 2, 100), ERR_OK);
        b.accounts[1].credit_limit.micro = 7;
        struct money *const places[] = {&b.accounts[1].available, &b.accounts[1].withdrawing,
                                        &b.accounts[1].reserved, &b.accounts[1].escrow};
        struct money *const others[] = {&b.accounts[2].available, &b.accounts[2].withdrawing,
                                        &b.accounts[2].reserved, &b.accounts[2].escrow};
        const int64_t least = what == 0 ? -7 : 0;
        places[what]->micro = least; /* the sums stay right */
        others[what]->micro -= least;
        assert_true(funds_is_conserved_in_full(&b.funds));
        places[what]->micro--;
        others[what]->micro++;
        assert_false(funds_is_conserved_in_full(&b.funds));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deposits_have_a_range_that_ends_below_two_to_the_62),
        cmocka_unit_test(above_two_to_the_61_the_authority_signs_too),
        cmocka_unit_test(the_day_has_one_limit_for_all_members),
        cmocka_unit_test(a_reference_is_taken_once_by_deposits_and_payouts_together),
        cmocka_unit_test(credit_buys_but_is_never_paid_out),
        cmocka_unit_test(nobody_overflows_though_all_debts_meet_in_one_account),
        cmocka_unit_test(escrow_has_two_exits_and_each_once),
        cmocka_unit_test(a_closed_members_money_leaves_beyond_its_debt),
        cmocka_unit_test(nothing_moves_for_a_slot_without_an_account),
        cmocka_unit_test(a_micro_more_or_less_in_any_place_is_seen),
        cmocka_unit_test(no_place_of_an_account_may_be_below_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
