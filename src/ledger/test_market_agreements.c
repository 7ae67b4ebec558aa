/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.21, dos.1, gate.2: agreements on the ledger's rows. */
#include "crypto/hash.h"
#include "ledger/test_market.h"

enum { NEAR = 3 };

static uint8_t said[8]; /* stands for the signed bytes */

static struct agreement terms(uint64_t interval)
{
    said[0]++;
    return (struct agreement){.signed_bytes = {said, sizeof said},
                              .seller = 1,
                              .buyer = 2,
                              .interval = interval,
                              .energy_wh = 1500,
                              .price_micro_per_kwh = 150001,
                              .min_delivery_ppm = 1000000,
                              .tolerance_wh = 7,
                              .take = TAKE_FIRM,
                              .expires_height = 1000};
}

static enum err say(uint32_t slot, struct agreement a)
{
    const struct op_signer s = {.role = SIGNER_MEMBER, .slot = slot, .is_proven = true};
    return agreement_op(kit.l, &s, &a);
}

static void an_agreement_becomes_a_contract_with_its_own_terms(void **state)
{
    (void)state;
    struct genesis_fee fees[] = {{2, 3, 7000}, {3, 3, 9000}};
    kit_open();
    kit_params()->market.fees = fees;
    kit_params()->market.fee_count = 2;
    const struct agreement a = terms(NEAR);
    assert_int_equal(say(2, a), ERR_OK);
    const struct ledger_contract *row = kit_contract(0);
    const struct settlement_terms *t = &row->terms;
    const struct hash hash = hash_bytes(a.signed_bytes);
    assert_true(row->is_agreement && hash_equal(&row->agreement, &hash));
    assert_int_equal(row->interval, NEAR);
    assert_int_equal(row->round, ROUND_FORWARD);
    assert_int_equal(t->seller, 1);
    assert_int_equal(t->buyer, 2);
    assert_int_equal(t->energy.wh, 1500);
    assert_int_equal(t->price.micro_per_kwh, 150001);
    assert_int_equal(row->hold.reserved.micro, 225002); /* 225001.5, half to even */
    assert_int_equal(row->fee, 7000);                   /* from feeder 2 to feeder 3 */
    assert_int_equal(row->fee_micro, 10500);
    assert_int_equal(t->min_delivery_ppm, 1000000);
    assert_int_equal(t->tolerance.wh, 7);
    assert_int_equal(t->take, TAKE_FIRM);
    assert_int_equal(kit_interval(NEAR)->rounds[0].unscored_count, 1);
    kit_shut();
}

static void it_is_taken_once_from_either_party_and_nobody_else(void **state)
{
    (void)state;
    kit_open();
    const struct agreement a = terms(NEAR);
    assert_int_equal(say(3, a), ERR_OP_SIGNER);
    assert_int_equal(say(1, a), ERR_OK);
    assert_int_equal(say(2, a), ERR_AGREE_TWICE);
    kit_block_at(kit_start_ms(NEAR));
    assert_int_equal(say(2, a), ERR_AGREE_TWICE); /* not "late" */
    kit_shut();
}

static void each_refusal_has_its_reason_and_leaves_nothing(void **state)
{
    (void)state;
    kit_open();
    struct agreement a = terms(NEAR);
    a.seller = 4000000000;
    assert_int_equal(say(2, a), ERR_AGREE_NOT_ACTIVE);
    a = terms(NEAR);
    a.seller_min_score = 4; /* of the buyer, who stands at 0, level 3 */
    assert_int_equal(say(2, a), ERR_AGREE_SCORE_GATE);
    a = terms(NEAR);
    a.seller = 2;
    assert_int_equal(say(2, a), ERR_AGREE_OWN_HOUSEHOLD);
    a = terms(NEAR);
    a.expires_height = kit.l->now.height - 1;
    assert_int_equal(say(2, a), ERR_AGREE_LATE);
    assert_int_equal(say(2, terms(0)), ERR_AGREE_LATE);
    assert_int_equal(say(2, terms(13)), ERR_AGREE_EARLY);
    assert_int_equal(say(2, terms(UINT64_MAX)), ERR_AGREE_EARLY);
    a = terms(NEAR);
    a.energy_wh = 0;
    assert_int_equal(say(2, a), ERR_AGREE_ENERGY_RANGE);
    a = terms(NEAR);
    a.price_micro_per_kwh = 300001;
    assert_int_equal(say(2, a), ERR_AGREE_PRICE_RANGE);
    a = terms(NEAR);
    a.tolerance_wh = 1501;
    assert_int_equal(say(2, a), ERR_AGREE_TERMS);
    kit_params()->limits.contracts_open_max = 0;
    assert_int_equal(say(2, terms(NEAR)), ERR_CONTRACTS_FULL);
    kit_params()->limits.contracts_open_max = 1;
    kit_money(2, 225001);
    assert_int_equal(say(2, terms(NEAR)), ERR_AGREE_FUNDS);
    assert_int_equal(kit.l->index.orders.intervals.count, 0);
    assert_int_equal(kit_made(), 0);
    kit_money(2, 225002);
    assert_int_equal(say(2, terms(NEAR)), ERR_OK);
    kit_shut();
}

static void it_closes_with_the_forward_gate_under_every_timing(void **state)
{
    (void)state;
    for (int timing = TIMING_MEASURED; timing <= TIMING_BOTH; timing++) {
        kit_open();
        kit_params()->market.timing = (enum market_timing)timing;
        const uint64_t lead_ms = kit.l->params->market.gate_lead_ms;
        kit_block_at(kit_start_ms(NEAR) - lead_ms - 1);
        assert_int_equal(say(1, terms(NEAR)), ERR_OK);
        kit_block(1);
        assert_int_equal(say(1, terms(NEAR)), ERR_AGREE_LATE);
        assert_int_equal(kit_interval(NEAR)->rounds[0].phase, PHASE_GATED);
        kit_shut();
    }
}

/* RULE gate.2, dos.1 */
static void capacity_and_exposure_count_what_is_open(void **state)
{
    (void)state;
    kit_open();
    kit_member(1)->max_export_wh = 2000;
    assert_int_equal(kit_say(1, kit_offer(NEAR, 501, 200000)), ERR_OK);
    assert_int_equal(say(1, terms(NEAR)), ERR_AGREE_CAPACITY);
    assert_int_equal(kit_cancel(1, 1), ERR_OK);
    assert_int_equal(kit_say(1, kit_offer(NEAR, 500, 200000)), ERR_OK);
    assert_int_equal(say(1, terms(NEAR)), ERR_OK);
    kit_standing(2)->mature = false;
    kit_params()->limits.probation_micro = 2 * 225002 - 1;
    assert_int_equal(say(1, terms(NEAR + 1)), ERR_AGREE_LIMIT_MEMBER);
    kit_params()->limits.probation_micro++;
    assert_int_equal(say(1, terms(NEAR + 1)), ERR_OK);
    assert_int_equal(say(1, terms(NEAR + 2)), ERR_AGREE_LIMIT_MEMBER);
    kit_standing(2)->mature = true;
    assert_int_equal(say(1, terms(NEAR + 2)), ERR_OK);
    kit_shut();
}

static void agreements_of_an_interval_are_limited(void **state)
{
    (void)state;
    kit_open();
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(say(1, terms(NEAR)), ERR_OK);
    assert_int_equal(say(1, terms(NEAR)), ERR_AGREE_LIMIT_MEMBER);
    assert_int_equal(say(1, terms(NEAR + 1)), ERR_OK);
    kit_params()->market.horizon_intervals = 1000;
    for (uint32_t i = 2; i < kit.l->sizes.intervals; i++)
        assert_int_not_equal(interval_take(kit.l, NEAR + i), MARKET_NO_PLACE);
    assert_int_equal(say(1, terms(NEAR + 500)), ERR_AGREE_LIMIT_MEMBER); /* no row is left */
    kit_shut();
}

/* RULE boot.7 */
static void where_everybody_is_a_party_or_lives_with_one_it_is_refused(void **state)
{
    (void)state;
    kit_open();
    kit_params()->trade.unwitnessed = UNWITNESSED_REFUSE;
    kit_move_in(3, 2);
    kit.l->head->active_count = 3;
    assert_int_equal(say(1, terms(NEAR)), ERR_CLUSTER_TOO_SMALL);
    kit_member(3)->status = STATUS_LEAVING; /* and is not counted */
    assert_int_equal(say(1, terms(NEAR)), ERR_OK);
    kit.l->head->active_count = 2;
    assert_int_equal(say(1, terms(NEAR)), ERR_CLUSTER_TOO_SMALL);
    kit_shut();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agreement_becomes_a_contract_with_its_own_terms),
        cmocka_unit_test(it_is_taken_once_from_either_party_and_nobody_else),
        cmocka_unit_test(each_refusal_has_its_reason_and_leaves_nothing),
        cmocka_unit_test(it_closes_with_the_forward_gate_under_every_timing),
        cmocka_unit_test(capacity_and_exposure_count_what_is_open),
        cmocka_unit_test(agreements_of_an_interval_are_limited),
        cmocka_unit_test(where_everybody_is_a_party_or_lives_with_one_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
