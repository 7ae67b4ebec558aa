/* SPDX-License-Identifier: Apache-2.0 */
/* Money in and out through blocks (RULE funds.1, funds.2, join.10, ledger.5). */
#include "ledger/test_identity.h"

enum { DAY_MS = 86400000 };

static struct kit *start(void)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 3);
    k->sound.g.limits.deposit_day_max_micro = 1000;
    for (uint32_t i = 0; i < 3; i++)
        k->sound.founders[i].volunteer = false;
    kit_start(k);
    kit_blocks(k, 3, KIT_BLOCK_MS);
    return k;
}

static struct op deposit(uint32_t member, int64_t micro, uint32_t reference)
{
    struct op op = kit_op(OP_DEPOSIT);
    op.deposit = (struct deposit){
        .member = member, .amount_micro = micro, .reference = kit_hash(reference, 20)};
    return op;
}

static struct op withdraw(uint32_t member, int64_t micro)
{
    struct op op = kit_op(OP_WITHDRAW_REQUEST);
    op.withdraw_request = (struct withdraw_request){.member = member, .amount_micro = micro};
    return op;
}

static struct op paid(uint64_t request, uint32_t reference)
{
    struct op op = kit_op(OP_WITHDRAW_PAID);
    op.withdraw_paid = (struct withdraw_paid){request, kit_hash(reference, 20)};
    return op;
}

static struct op rejected(uint64_t request)
{
    struct op op = kit_op(OP_WITHDRAW_REJECTED);
    op.withdraw_rejected = (struct withdraw_rejected){request, PAYOUT_BANK};
    return op;
}

static struct op credit(uint32_t member, int64_t micro)
{
    struct op op = kit_op(OP_CREDIT_LIMIT);
    op.credit_limit = (struct credit_limit){member, micro};
    return op;
}

static int64_t available(const struct kit *k, uint32_t slot)
{
    return account_get(k->l, slot)->available.micro;
}

static int64_t withdrawing(const struct kit *k, uint32_t slot)
{
    return account_get(k->l, slot)->withdrawing.micro;
}

static void a_deposit_is_booked_once(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, deposit(4, 1, 1)), ERR_NO_MEMBER);
    assert_int_equal(kit_treasury(k, deposit(1, 100, 1)), ERR_OK);
    assert_int_equal(available(k, 1), 100);
    assert_int_equal(kit_treasury(k, deposit(1, 100, 1)), ERR_DUPLICATE);
    assert_int_equal(kit_treasury(k, deposit(2, 7, 1)), ERR_DUPLICATE);
    assert_int_equal(kit_treasury(k, deposit(2, 7, 2)), ERR_OK);
    assert_int_equal(available(k, 1), 100);
    struct op zeros = deposit(2, 7, 3);
    memset(zeros.deposit.reference.bytes, 0, HASH_BYTES);
    assert_int_equal(kit_treasury(k, zeros), ERR_DUPLICATE); /* it is nobody's reference */
    assert_int_equal(kit_one(k, 1, withdraw(0, 1)), ERR_OK);
    struct op out = paid(1, 3);
    memset(out.withdraw_paid.reference.bytes, 0, HASH_BYTES);
    assert_int_equal(kit_treasury(k, out), ERR_DUPLICATE);
    assert_int_equal(kit_treasury(k, rejected(1)), ERR_OK);
    assert_int_equal(k->l->head->reference_count, 2);
    assert_int_equal(k->l->head->funds.deposits.micro, 107);
    kit_stop(k);
}

static void beyond_the_limit_of_a_day_the_authority_signs_too(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, deposit(1, 999, 1)), ERR_OK);
    assert_int_equal(kit_treasury(k, deposit(2, 2, 2)), ERR_NEEDS_AUTHORITY);
    assert_int_equal(kit_treasury(k, deposit(2, 1, 2)), ERR_OK); /* all members together */
    assert_int_equal(kit_treasury(k, deposit(3, 1, 3)), ERR_NEEDS_AUTHORITY);
    struct op both = deposit(3, 5000, 3);
    both.deposit.seal = kit_seal(k);
    both.deposit.sequence = 2;
    assert_int_equal(kit_treasury(k, both), ERR_AUTHORITY_SEQUENCE);
    both.deposit.sequence = 1;
    assert_int_equal(kit_treasury(k, both), ERR_OK);
    assert_int_equal(k->l->head->authority_sequence, 1);
    both.deposit.sequence = 2;
    assert_int_equal(kit_treasury(k, both), ERR_DUPLICATE); /* and its number is not taken */
    assert_int_equal(k->l->head->authority_sequence, 1);
    kit_block(k, DAY_MS - k->t_ms % DAY_MS - 1);
    kit_say_by(k, &k->sound.g.treasury, deposit(1, 1, 9));
    kit_block(k, 0);
    assert_int_equal(k->codes[0], ERR_NEEDS_AUTHORITY);
    kit_say_by(k, &k->sound.g.treasury, deposit(1, 1000, 9));
    kit_block(k, 1); /* the next day, UTC */
    assert_int_equal(k->codes[0], ERR_OK);
    kit_stop(k);
}

static void references_have_a_maximum(void **state)
{
    (void)state;
    struct kit *k = start();
    k->l->sizes.references = 2;
    assert_int_equal(kit_treasury(k, deposit(1, 10, 1)), ERR_OK);
    assert_int_equal(kit_one(k, 1, withdraw(0, 3)), ERR_OK);
    assert_int_equal(kit_treasury(k, deposit(1, 10, 2)), ERR_OK);
    assert_int_equal(kit_treasury(k, deposit(1, 10, 3)), ERR_REFERENCES_FULL);
    assert_int_equal(kit_treasury(k, paid(1, 3)), ERR_REFERENCES_FULL);
    assert_int_equal(kit_treasury(k, rejected(1)), ERR_OK);
    assert_int_equal(available(k, 1), 20);
    kit_stop(k);
}

static void a_payout_is_paid_or_rejected_once(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, deposit(1, 100, 1)), ERR_OK);
    assert_int_equal(kit_treasury(k, credit(1, 50)), ERR_OK);
    assert_int_equal(kit_one(k, 1, withdraw(0, 101)), ERR_FUNDS); /* credit is not cash */
    assert_int_equal(kit_one(k, 1, withdraw(0, 60)), ERR_OK);
    assert_int_equal(kit_one(k, 1, withdraw(0, 41)), ERR_FUNDS);
    assert_int_equal(kit_one(k, 1, withdraw(0, 40)), ERR_OK);
    assert_int_equal(available(k, 1), 0);
    assert_int_equal(withdrawing(k, 1), 100);
    assert_int_equal(kit_treasury(k, paid(1, 1)), ERR_DUPLICATE); /* one list of references */
    assert_int_equal(kit_treasury(k, paid(3, 2)), ERR_NO_PAYOUT);
    assert_int_equal(kit_treasury(k, paid(1, 2)), ERR_OK);
    assert_int_equal(kit_treasury(k, paid(1, 3)), ERR_NO_PAYOUT);
    assert_int_equal(kit_treasury(k, rejected(1)), ERR_NO_PAYOUT);
    assert_int_equal(kit_treasury(k, rejected(2)), ERR_OK);
    assert_int_equal(available(k, 1), 40);
    assert_int_equal(withdrawing(k, 1), 0);
    assert_int_equal(k->l->head->funds.paid_out.micro, 60);
    assert_int_equal(kit_treasury(k, deposit(1, 1, 2)), ERR_DUPLICATE);
    kit_stop(k);
}

/* RULE funds.2 */
static void a_credit_limit_covers_the_debt(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, credit(9, 1)), ERR_NO_MEMBER);
    assert_int_equal(kit_treasury(k, credit(1, 500)), ERR_OK);
    assert_int_equal(money_of_buyer(k->l, 1), 500);
    struct funds *funds = &k->l->head->funds;
    ((struct funds_account *)table_edit(&k->l->accounts, 1))->available.micro = -300;
    ((struct funds_account *)table_edit(&k->l->accounts, 2))->available.micro = 300;
    assert_true(funds_is_conserved_in_full(funds));
    assert_int_equal(money_of_buyer(k->l, 1), 200);
    assert_int_equal(kit_treasury(k, credit(1, 299)), ERR_CREDIT_IN_USE);
    assert_int_equal(kit_treasury(k, credit(1, 300)), ERR_OK);
    assert_int_equal(log_get(k->l, log_count(k->l) - 1).bytes.at[0], RECORD_CREDIT);
    assert_int_equal(kit_treasury(k, credit(2, WIRE_MONEY_MICRO_MAX)), ERR_OK);
    assert_int_equal(kit_treasury(k, credit(3, WIRE_MONEY_MICRO_MAX - 300)), ERR_AMOUNT_RANGE);
    assert_int_equal(kit_treasury(k, credit(3, WIRE_MONEY_MICRO_MAX - 301)), ERR_OK); /* 2^62 - 1 */
    kit_stop(k);
}

/* RULE join.10 */
static void the_treasury_asks_for_closed_members_only(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, deposit(1, 100, 1)), ERR_OK);
    assert_int_equal(kit_treasury(k, deposit(2, 50, 2)), ERR_OK);
    assert_int_equal(kit_one(k, 1, withdraw(1, 5)), ERR_OP_SIGNER); /* a member names nobody */
    assert_int_equal(kit_one(k, 1, withdraw(2, 5)), ERR_OP_SIGNER);
    assert_int_equal(kit_treasury(k, withdraw(0, 5)), ERR_OP_SIGNER);
    assert_int_equal(kit_treasury(k, withdraw(2, 5)), ERR_OP_SIGNER);
    assert_int_equal(kit_treasury(k, withdraw(9, 5)), ERR_NO_MEMBER);
    assert_int_equal(kit_one(k, 2, kit_op(OP_LEAVE)), ERR_OK);
    assert_int_equal(withdrawing(k, 2), 50); /* a request of its own */
    assert_int_equal(k->l->head->payout_last, 1);
    assert_int_equal(kit_treasury(k, deposit(2, 1, 3)), ERR_MEMBER_CLOSED);
    assert_int_equal(kit_treasury(k, withdraw(2, 1)), ERR_FUNDS);
    assert_int_equal(kit_treasury(k, rejected(1)), ERR_OK);
    assert_int_equal(available(k, 2), 50); /* it stays */
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(available(k, 2), 50);
    assert_int_equal(kit_treasury(k, withdraw(2, 20)), ERR_OK);
    assert_int_equal(kit_treasury(k, paid(2, 4)), ERR_OK);
    assert_int_equal(available(k, 2), 30);
    kit_stop(k);
}

static void what_members_ask_for_leaves_room(void **state)
{
    (void)state;
    struct kit *k = start();
    const uint32_t most = k->l->sizes.payouts - k->l->sizes.contracts - k->l->sizes.members;
    assert_int_equal(kit_treasury(k, deposit(1, 1000, 1)), ERR_OK);
    for (uint32_t asked = 0; asked < most; asked++) {
        kit_say(k, 1, withdraw(0, 1));
        if (k->said_count == KIT_SAID_MAX || asked == most - 1)
            kit_block(k, KIT_BLOCK_MS);
    }
    assert_int_equal(k->l->index.money.places.count, most);
    assert_int_equal(kit_one(k, 1, withdraw(0, 1)), ERR_PAYOUTS_FULL);
    assert_int_equal(kit_treasury(k, rejected(7)), ERR_OK);
    assert_int_equal(kit_one(k, 1, withdraw(0, 1)), ERR_OK);
    assert_int_equal(kit_one(k, 1, withdraw(0, 1)), ERR_PAYOUTS_FULL);
    kit_stop(k);
}

/* Every row is an open payout of member 1. */
static void take_every_row(struct kit *k)
{
    struct ledger *l = k->l;
    struct funds_account *a = table_edit(&l->accounts, 1);
    for (uint32_t i = 0; i < l->sizes.payouts; i++)
        *(struct payout *)table_edit(&l->payouts, i) =
            (struct payout){.number = i + 1, .member = 1, .micro = 1};
    a->available.micro -= l->sizes.payouts;
    a->withdrawing.micro += l->sizes.payouts;
    l->head->funds.available.micro -= l->sizes.payouts;
    l->head->funds.withdrawing.micro += l->sizes.payouts;
    l->head->payout_last = l->sizes.payouts;
    state_rebuild(l);
    assert_true(ledger_is_conserved(l));
}

/* RULE dos.3, join.10: a treasury that pays nothing cannot stop the ledger. */
static void where_no_row_is_free_a_closed_members_money_waits(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, deposit(1, 500, 1)), ERR_OK);
    assert_int_equal(kit_treasury(k, deposit(2, 50, 2)), ERR_OK);
    take_every_row(k);
    assert_int_equal(kit_one(k, 2, kit_op(OP_LEAVE)), ERR_OK);
    assert_true(account_get(k->l, 2)->closed);
    assert_int_equal(available(k, 2), 50);
    assert_int_equal(kit_treasury(k, withdraw(2, 50)), ERR_PAYOUTS_FULL);
    assert_int_equal(kit_treasury(k, paid(3, 3)), ERR_OK);
    assert_int_equal(kit_treasury(k, withdraw(2, 50)), ERR_OK);
    assert_int_equal(withdrawing(k, 2), 50);
    kit_stop(k);
}

/* Each block is applied, undone and applied again by the kit. */
static void random_money_is_conserved_and_undone(void **state)
{
    (void)state;
    struct kit *k = start();
    uint64_t draw = 11;
    uint32_t reached[ERR_FUNDS + 8] = {0};
    for (uint32_t i = 0; i < 300; i++) {
        for (uint32_t n = 0; n < 4; n++) {
            draw = draw * UINT64_C(6364136223846793005) + 1442695040888963407U;
            const uint32_t member = (uint32_t)(1 + (draw >> 33) % 4);
            const uint32_t reference = (uint32_t)((draw >> 40) % 64);
            const int64_t micro = 1 + (int64_t)((draw >> 48) % 60);
            const uint64_t request = 1 + (draw >> 41) % (k->l->head->payout_last + 1);
            const uint32_t what = (uint32_t)((draw >> 60) % 6);
            if (what < 2)
                kit_say_by(k, &k->sound.g.treasury, deposit(member, micro, reference + i));
            else if (what == 2)
                kit_say(k, 1 + member % 3, withdraw(0, micro));
            else if (what == 3)
                kit_say_by(k, &k->sound.g.treasury, paid(request, reference + i));
            else if (what == 4)
                kit_say_by(k, &k->sound.g.treasury, rejected(request));
            else
                kit_say_by(k, &k->sound.g.treasury, credit(member, micro));
        }
        const uint32_t said = k->said_count;
        kit_block(k, i % 50 == 49 ? DAY_MS : KIT_BLOCK_MS);
        for (uint32_t n = 0; n < said; n++)
            reached[k->codes[n] < ERR_FUNDS + 8 ? k->codes[n] : 0]++;
    }
    static const enum err wanted[] = {ERR_OK,    ERR_NO_MEMBER, ERR_DUPLICATE, ERR_NEEDS_AUTHORITY,
                                      ERR_FUNDS, ERR_NO_PAYOUT};
    for (uint32_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_true(reached[wanted[i]] > 0);
    kit_stop(k);
}

/* RULE ledger.5: what phase 7 looks at. */
static void a_spoiled_sum_is_seen(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(kit_treasury(k, deposit(1, 500, 1)), ERR_OK);
    struct funds *funds = &k->l->head->funds;
    struct funds_account *a = table_edit(&k->l->accounts, 1);
    assert_true(ledger_sums_hold(k->l));
    funds->deposits.micro++;
    assert_false(ledger_sums_hold(k->l));
    funds->deposits.micro--;
    a->available.micro = -1;
    assert_false(ledger_sums_hold(k->l)); /* beyond its credit */
    a->credit_limit.micro = 1;
    assert_true(ledger_sums_hold(k->l));
    assert_false(ledger_is_conserved(k->l)); /* the sums are not of this account */
    a->available.micro = 500;
    a->credit_limit.micro = 0;
    a->escrow.micro = -1;
    assert_false(ledger_sums_hold(k->l));
    a->escrow.micro = 0;
    struct ledger_interval *i = table_edit(&k->l->intervals, 0);
    i->is_used = true;
    i->page = 1;
    i->delivered_wh = 5;
    assert_false(ledger_sums_hold(k->l));
    i->held_wh = 5;
    assert_true(ledger_sums_hold(k->l));
    struct ledger_contract *c = table_edit(&k->l->contracts, 0);
    c->machine = (struct contract){.number = 1, .state = CONTRACT_PREPARED};
    c->terms.energy.wh = 1000;
    c->terms.price.micro_per_kwh = 70;
    c->hold = (struct funds_hold){.state = HOLD_ESCROWED, .reserved = {30}, .escrow = {40}};
    assert_true(ledger_sums_hold(k->l));
    c->hold.escrow.micro--;
    assert_false(ledger_sums_hold(k->l));
    c->hold.escrow.micro++;
    c->hold.state = HOLD_CLOSED;
    assert_false(ledger_sums_hold(k->l));
    memset(c, 0, sizeof *c);
    memset(i, 0, sizeof *i);
    assert_true(ledger_sums_hold(k->l) && ledger_is_conserved(k->l));
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deposit_is_booked_once),
        cmocka_unit_test(beyond_the_limit_of_a_day_the_authority_signs_too),
        cmocka_unit_test(references_have_a_maximum),
        cmocka_unit_test(a_payout_is_paid_or_rejected_once),
        cmocka_unit_test(a_credit_limit_covers_the_debt),
        cmocka_unit_test(the_treasury_asks_for_closed_members_only),
        cmocka_unit_test(what_members_ask_for_leaves_room),
        cmocka_unit_test(where_no_row_is_free_a_closed_members_money_waits),
        cmocka_unit_test(random_money_is_conserved_and_undone),
        cmocka_unit_test(a_spoiled_sum_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
