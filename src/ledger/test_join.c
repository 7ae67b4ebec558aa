/* SPDX-License-Identifier: Apache-2.0 */
/* Join requests beside the blocks about them: how they are admitted and lapse, what the authority
 * may do alone, who erases documents (RULE join.1, join.2, join.9, boot.3). */
#include "ledger/test_offer.h"

static void a_request_is_refused_by_its_first_fault(void **state)
{
    (void)state;
    struct kit *k = offer_start(0);
    struct voucher v = kit_voucher(k, 40);
    v.expires_ms = k->t_ms + KIT_BLOCK_MS; /* T of the block: expired */
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_VOUCHER_EXPIRED);
    v.expires_ms = k->t_ms + KIT_BLOCK_MS + 1;
    v.nullifier = kit_hash(1, 2);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_NULLIFIER_HELD);
    v = kit_voucher(k, 40);
    v.nullifier = (struct hash){{0}};
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_NULLIFIER_HELD);
    v = kit_voucher(k, 40);
    v.household = (struct hash){{0}};
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_NULLIFIER_HELD);
    v = kit_voucher(k, 40);
    v.seal_key = kit_key(1, 1); /* another's signing key */
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_KEY_SEEN);
    v.seal_key = v.vrf_key;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_KEY_SEEN);
    v = kit_voucher(k, 40);
    v.feeder = 3;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_FEEDER_UNKNOWN);
    v.feeder = 2;
    v.expires_ms = k->t_ms + KIT_BLOCK_MS + 1;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    assert_int_equal(k->l->head->request_last, 1);
    kit_stop(k);
}

static void the_maxima_of_requests_are_refusals(void **state)
{
    (void)state;
    struct kit *k = offer_start(0);
    k->l->params->identity.joins_pending_max = 2;
    join(k, 40);
    join(k, 41);
    struct voucher v = kit_voucher(k, 42);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_JOINS_FULL);
    k->l->params->identity.joins_pending_max = 16;
    k->l->sizes.members = 3; /* one is there, two may come */
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_MEMBERS_FULL);
    k->l->sizes.members = 64;
    k->l->sizes.keys = k->l->head->key_count + 2;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_KEYS_FULL);
    k->l->sizes.keys++;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    kit_stop(k);
}

static void a_feeder_grows_by_a_tenth_in_an_epoch(void **state)
{
    (void)state;
    for (uint32_t founders = 19; founders <= 20; founders++) {
        struct kit *k = malloc(sizeof *k);
        kit_init(k, founders);
        for (uint32_t i = 0; i < founders; i++)
            k->sound.founders[i].volunteer = false;
        kit_start(k);
        kit_blocks(k, 3, KIT_TAU_MS); /* epoch 1, without V */
        join(k, 40);
        const struct voucher same = kit_voucher(k, 42), other = kit_voucher(k, 43);
        assert_int_equal(kit_one(k, 0, kit_join(k, &same)),
                         founders < 20 ? ERR_OK : ERR_JOINS_FULL);
        assert_int_equal(kit_one(k, 0, kit_join(k, &other)), ERR_OK);
        if (founders == 20) { /* it ends, and counts in its epoch still */
            assert_int_equal(kit_one(k, 0, kit_admit(k, 1)), ERR_OK);
            assert_int_equal(kit_one(k, 0, kit_join(k, &same)), ERR_JOINS_FULL);
            assert_int_equal(kit_one(k, 0, kit_issue(k, 1, 40)), ERR_OK);
            assert_int_equal(kit_one(k, 0, kit_join(k, &same)), ERR_JOINS_FULL);
            kit_blocks(k, 3, KIT_TAU_MS); /* the next epoch */
            assert_int_equal(kit_one(k, 0, kit_join(k, &same)), ERR_OK);
        }
        kit_stop(k);
    }
}

static void a_request_lapses_after_its_attempts_or_with_its_voucher(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    k->l->params->identity.attempts_max = 1;
    const uint64_t request = join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    uint32_t peers[2];
    others(leader_of(k, slot), peers);
    assert_int_equal(vote(k, peers[0], slot, 1, 0), ERR_OK);
    assert_int_equal(state_of(k, request), JOIN_EXPIRED);
    struct voucher v = kit_voucher(k, 41);
    v.nullifier = kit_hash(40, 2);
    v.expires_ms = k->t_ms + 3 * KIT_BLOCK_MS;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    kit_block(k, 2 * KIT_BLOCK_MS - 1);
    assert_int_equal(state_of(k, 2), JOIN_PENDING);
    kit_block(k, 1); /* T is the voucher's end */
    assert_int_equal(state_of(k, 2), JOIN_EXPIRED);
    assert_false(nullifier_is_held(k->l, &v.nullifier));
    kit_stop(k);
}

/* RULE ledger.6: what waits for the budget keeps its due time; its op is late meanwhile. */
static void lapses_wait_for_the_budget_in_order(void **state)
{
    (void)state;
    struct kit *k = offer_start(0);
    struct voucher v = kit_voucher(k, 40);
    const uint64_t ends_ms = k->t_ms + 20000;
    for (uint32_t i = 0; i < 3; i++) {
        v = kit_voucher(k, 40 + i);
        v.expires_ms = ends_ms;
        assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    }
    k->l->params->limits.deadline_work_max = 1;
    kit_block(k, ends_ms - k->t_ms);
    const uint64_t met_ms = k->l->now.a_ms;
    assert_int_equal(join_find_open(k->l, 1), JOIN_NO_PLACE);
    assert_int_equal(state_of(k, 2), JOIN_PENDING);
    assert_int_equal(kit_one(k, 0, kit_admit(k, 3)), ERR_LATE);
    assert_int_equal(join_find_open(k->l, 2), JOIN_NO_PLACE);
    assert_int_equal(state_of(k, 3), JOIN_PENDING);
    assert_int_equal(join_get(k->l, join_find(k->l, 3))->lapsed_ms, met_ms);
    struct due_item items[4];
    struct due_list list = {items, 0, 4};
    joins_due(k->l, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(items[0].due_ms, met_ms);
    assert_true(met_ms < k->l->now.a_ms);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(join_find_open(k->l, 3), JOIN_NO_PLACE);
    kit_stop(k);
}

static void the_authority_admits_where_there_is_no_v(void **state)
{
    (void)state;
    struct kit *k = offer_start(0);
    const uint64_t request = join(k, 40);
    struct op op = kit_admit(k, 9);
    assert_int_equal(kit_one(k, 0, op), ERR_NO_REQUEST);
    op.authority_admit.request = request;
    op.authority_admit.sequence = 2;
    assert_int_equal(kit_one(k, 0, op), ERR_AUTHORITY_SEQUENCE);
    op.authority_admit.sequence = 1;
    assert_int_equal(kit_one(k, 0, op), ERR_OK);
    assert_int_equal(state_of(k, request), JOIN_VERIFIED);
    const struct hash none = {{0}};
    assert_false(hash_equal(&k->l->head->chain_head, &none));
    assert_int_equal(k->l->head->ranges[RANGE_CHAIN].count, 1);
    op.authority_admit.sequence = 2;
    assert_int_equal(kit_one(k, 0, op), ERR_WRONG_STATE);
    kit_block(k, kit_voucher(k, 40).expires_ms - k->t_ms); /* no certificate */
    const struct hash nullifier = kit_hash(40, 2);
    assert_int_equal(join_find(k->l, request), JOIN_NO_PLACE);
    assert_false(nullifier_is_held(k->l, &nullifier));
    kit_stop(k);
}

static void the_authority_waits_for_a_small_v_and_leaves_a_whole_one_alone(void **state)
{
    (void)state;
    for (uint32_t seats = 1; seats <= 3; seats += 2) {
        struct kit *k = offer_start(seats);
        k->l->params->identity.boot_wait_ms = 5000;
        const uint64_t request = join(k, 40);
        kit_block(k, 4000);
        const struct op op = kit_admit(k, request);
        assert_int_equal(kit_one(k, 0, op), ERR_ADMIT_EARLY); /* exactly boot_wait_ms */
        kit_say(k, 0, op);
        kit_block(k, 1);
        assert_int_equal(k->codes[0], seats == 1 ? ERR_OK : ERR_ADMIT_EARLY);
        kit_stop(k);
    }
}

static void the_authority_waits_for_a_block_that_is_not_decided(void **state)
{
    (void)state;
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 2); /* both must agree */
    kit_start(k);
    kit_to_v(k);
    k->l->params->identity.boot_wait_ms = 0;
    join(k, 40);
    to_due(k);
    join(k, 41);
    kit_block(k, KIT_TAU_MS);
    const uint64_t slot = offered(k, 1);
    assert_int_equal(kit_one(k, 0, kit_admit(k, 1)), ERR_WRONG_STATE);
    k->sequence--;
    assert_int_equal(kit_one(k, 0, kit_admit(k, 2)), ERR_VERIFY_BUSY);
    k->sequence--;
    assert_int_equal(vote(k, 3 - leader_of(k, slot), slot, 1, 1), ERR_OK);
    assert_int_equal(kit_one(k, 0, kit_admit(k, 2)), ERR_OK);
    assert_int_equal(k->l->head->ranges[RANGE_CHAIN].count, 2);
    kit_stop(k);
}

static struct op receipt(uint64_t request)
{
    struct op op = kit_op(OP_ERASE_RECEIPT);
    op.erase_receipt.request = request;
    return op;
}

static void documents_are_erased_or_owed(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    k->l->params->windows.erase_ms = 20000;
    const uint64_t request = join(k, 40);
    assert_int_equal(kit_one(k, 1, receipt(request)), ERR_EARLY); /* V needs it still */
    to_due(k);
    const uint64_t slot = offered(k, 0);
    for (uint32_t member = 1; member <= 3; member++)
        if (member != leader_of(k, slot))
            assert_int_equal(vote(k, member, slot, 1, 1), ERR_OK);
    assert_int_equal(state_of(k, request), JOIN_REJECTED);
    assert_int_equal(kit_one(k, 1, receipt(request)), ERR_OK);
    assert_int_equal(kit_one(k, 1, receipt(request)), ERR_NO_RECEIPT);
    kit_blocks(k, 3, KIT_TAU_MS);
    assert_false(member_owes(member_get(k->l, 2)));
    kit_blocks(k, 1, KIT_TAU_MS);
    assert_true(member_owes(member_get(k->l, 2)));
    assert_false(member_owes(member_get(k->l, 1)));
    assert_int_equal(kit_one(k, 2, receipt(request + 1)), ERR_NO_RECEIPT);
    assert_int_equal(kit_one(k, 2, receipt(request)), ERR_OK);
    assert_false(member_owes(member_get(k->l, 2)));
    assert_true(member_owes(member_get(k->l, 3)));
    kit_stop(k);
}

static void an_attested_identity_has_no_document(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    k->l->params->identity.mode = IDENTITY_ATTESTATION;
    const uint64_t request = join(k, 40);
    assert_int_equal(join_get(k->l, join_find(k->l, request))->owes_erasure, 0);
    assert_int_equal(kit_one(k, 1, receipt(request)), ERR_NO_RECEIPT);
    kit_stop(k);
}

static void the_time_to_erase_begins_with_the_decision(void **state)
{
    (void)state;
    struct kit *k = offer_start(1);
    struct voucher v = kit_voucher(k, 40);
    v.expires_ms = k->t_ms + 60000;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    to_due(k);
    offered(k, 1); /* V is one member: decided in this block */
    const struct join *j = join_get(k->l, 0);
    const uint64_t until = j->erase_by_ms;
    assert_int_equal(j->machine.state, JOIN_VERIFIED);
    assert_int_equal(until, k->l->now.a_ms + k->l->params->windows.erase_ms);
    kit_blocks(k, 6, KIT_TAU_MS);
    assert_int_equal(j->machine.state, JOIN_EXPIRED); /* no certificate came */
    assert_int_equal(j->erase_by_ms, until);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_refused_by_its_first_fault),
        cmocka_unit_test(the_maxima_of_requests_are_refusals),
        cmocka_unit_test(a_feeder_grows_by_a_tenth_in_an_epoch),
        cmocka_unit_test(a_request_lapses_after_its_attempts_or_with_its_voucher),
        cmocka_unit_test(lapses_wait_for_the_budget_in_order),
        cmocka_unit_test(the_authority_admits_where_there_is_no_v),
        cmocka_unit_test(the_authority_waits_for_a_small_v_and_leaves_a_whole_one_alone),
        cmocka_unit_test(the_authority_waits_for_a_block_that_is_not_decided),
        cmocka_unit_test(documents_are_erased_or_owed),
        cmocka_unit_test(an_attested_identity_has_no_document),
        cmocka_unit_test(the_time_to_erase_begins_with_the_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
