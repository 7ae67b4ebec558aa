/* SPDX-License-Identifier: Apache-2.0 */
/* Verification blocks: offers, ballots, ends and steps (RULE join.4, join.5, join.6, join.7,
 * qot.10; table 1 of docs/state-machines.md). */
#include "ledger/test_offer.h"

enum { PLUS_LEADER = 4194304, PLUS_PEER = 1048576, FALSE_PEER = -2621440, FALSE_LEADER = -4096000 };

/* One in an epoch where a feeder has up to 19, from 20 active members on. */

static void a_quorum_verifies_and_the_certificate_makes_a_member(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t request = join(k, 40);
    assert_int_equal(kit_one(k, 0, kit_issue(k, request, 40)), ERR_EARLY);
    k->sequence--;
    to_due(k);
    const uint64_t slot = offered(k, 1);
    const uint32_t leader = leader_of(k, slot);
    uint32_t peers[2];
    others(leader, peers);
    const struct verification *b = block_at(k, 0);
    const struct hash link = b->hash;
    assert_int_equal(state_of(k, request), JOIN_VOTING);
    assert_int_equal(vote(k, peers[0], slot, 1, 1), ERR_OK);
    assert_int_equal(b->state, BLOCK_OFFERED);
    assert_int_equal(vote(k, peers[1], slot, 1, 1), ERR_OK);
    assert_int_equal(state_of(k, request), JOIN_VERIFIED);
    assert_int_equal(b->state, BLOCK_DECIDED);
    kit_assert_same(k->l->head->chain_head, link);
    assert_int_equal(k->l->head->ranges[RANGE_CHAIN].count, 1);
    assert_int_equal(score_of(k, leader), 0); /* steps come at the deadline */
    kit_blocks(k, 7, KIT_TAU_MS);
    assert_int_equal(b->number, 0);
    assert_int_equal(score_of(k, leader), PLUS_LEADER);
    assert_int_equal(score_of(k, peers[0]), PLUS_PEER);
    struct op issue = kit_issue(k, request, 41); /* another CSR */
    assert_int_equal(kit_one(k, 0, issue), ERR_CSR_OTHER);
    issue.cert_issued.sequence++;
    assert_int_equal(kit_one(k, 0, issue), ERR_AUTHORITY_SEQUENCE);
    k->sequence--;
    assert_int_equal(kit_one(k, 0, kit_issue(k, request, 40)), ERR_OK);
    assert_int_equal(member_count(k->l), 4);
    const struct pubkey key = kit_key(40, 1);
    assert_true(pubkey_equal(&member_get(k->l, 4)->keys.sign, &key));
    assert_true(k->l->head->epoch.is_drawing); /* an addition changes V */
    assert_int_equal(kit_one(k, 0, kit_issue(k, request, 40)), ERR_NO_REQUEST);
    kit_stop(k);
}

static void a_quorum_rejects_and_the_delivery_point_is_free(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t request = join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 0);
    for (uint32_t member = 1; member <= 3; member++)
        if (member != leader_of(k, slot))
            assert_int_equal(vote(k, member, slot, 1, 1), ERR_OK);
    assert_int_equal(state_of(k, request), JOIN_REJECTED);
    assert_int_equal(block_at(k, 0)->state, BLOCK_DECIDED);
    const struct hash nullifier = kit_hash(40, 2);
    assert_false(nullifier_is_held(k->l, &nullifier));
    struct voucher v = kit_voucher(k, 40);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_KEY_SEEN); /* with new keys only */
    v = kit_voucher(k, 41);
    v.nullifier = nullifier;
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    kit_stop(k);
}

static void disagreeing_seats_decline_a_block(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t request = join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    const uint32_t leader = leader_of(k, slot);
    uint32_t peers[2];
    others(leader, peers);
    assert_int_equal(vote(k, peers[0], slot, 1, 0), ERR_OK);
    assert_int_equal(block_at(k, 0)->state, BLOCK_DECLINED);
    assert_int_equal(state_of(k, request), JOIN_PENDING);
    assert_true(k->l->head->epoch.is_drawing);
    assert_int_equal(k->l->head->ranges[RANGE_CHAIN].count, 0);
    assert_int_equal(vote(k, peers[1], slot, 1, 1), ERR_OK); /* for its steps only */
    assert_int_equal(vote(k, peers[1], slot, 1, 0), ERR_VOTED);
    kit_blocks(k, 7, KIT_TAU_MS);
    assert_int_equal(score_of(k, leader), FALSE_LEADER);
    assert_int_equal(score_of(k, peers[0]), 0); /* honest: never below min(R, 0) */
    assert_int_equal(score_of(k, peers[1]), FALSE_PEER);
    kit_stop(k);
}

static void silence_runs_into_the_deadline_and_is_scored_once_an_interval(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t request = join(k, 40);
    to_due(k);
    const uint64_t first = offered(k, 1);
    const uint32_t leader = leader_of(k, first);
    uint32_t peers[2];
    others(leader, peers);
    const uint64_t deadline = block_at(k, 0)->deadline_ms;
    while (k->l->now.a_ms + KIT_BLOCK_MS < deadline)
        kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(state_of(k, request), JOIN_VOTING);
    const uint8_t bit = 1;
    kit_say(k, peers[0], kit_ballot(first, &bit, &bit));
    kit_block(k, KIT_BLOCK_MS); /* the deadline's own block is too late: it is scored in phase 3 */
    assert_int_equal(k->codes[0], ERR_NO_DUTY);
    assert_int_equal(state_of(k, request), JOIN_PENDING);
    assert_int_equal(block_at(k, 0)->number, 0);
    assert_int_equal(score_of(k, leader), 0);
    assert_int_equal(score_of(k, peers[0]), FALSE_PEER);
    assert_int_equal(score_of(k, peers[1]), FALSE_PEER);
    assert_int_equal(member_get(k->l, peers[0])->scored_silent, 4);
    assert_int_equal(k->l->head->epoch.v.vacant,
                     7 & ~(1u << leader_seat(&k->l->head->epoch.v, leader))); /* R < 0 */
    kit_stop(k);
}

static void a_block_is_refused_by_its_first_fault(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    join(k, 40);
    kit_blocks(k, 2, KIT_TAU_MS);
    verdicts[0] = (struct request_verdict){1, true};
    struct op early = offer(k, 1);
    assert_int_equal(early.verification_block.verdict_count, 0);
    early.verification_block.verdict_count = 1;
    verdicts[0] = (struct request_verdict){1, true};
    const uint64_t at = early.verification_block.slot;
    assert_int_equal(kit_one(k, leader_of(k, at), early), ERR_VERDICTS_OTHER); /* not due yet */
    to_due(k);
    join(k, 41);
    kit_blocks(k, 1, KIT_TAU_MS);
    const struct op good = offer(k, 1);
    const uint64_t slot = good.verification_block.slot;
    const uint32_t leader = leader_of(k, slot);
    assert_int_equal(good.verification_block.verdict_count, 1);
    struct op op = good;
    op.verification_block.epoch++;
    kit_say(k, leader, op); /* EPOCH_OTHER */
    op = good;
    kit_say(k, leader % 3 + 1, op); /* NOT_LEADER */
    op.verification_block.slot = slot + 3;
    op.verification_block.time_ms += 1;
    kit_say(k, leader, op); /* EARLY, before its time is looked at */
    op.verification_block.slot = slot - 3;
    kit_say(k, leader, op); /* LATE */
    op.verification_block.slot = slot;
    op.verification_block.previous.bytes[0] ^= 1;
    kit_say(k, leader, op); /* TIME_OTHER */
    op.verification_block.time_ms = good.verification_block.time_ms;
    kit_say(k, leader, op); /* PREVIOUS_OTHER */
    op = good;
    op.verification_block.verdict_count = 2;
    verdicts[1] = (struct request_verdict){2, true};
    kit_say(k, leader, op); /* VERDICTS_OTHER: 2 is not due */
    op.verification_block.verdict_count = 1;
    verdicts[0].request = 2;
    kit_say(k, leader, op);
    verdicts[0].request = 1;
    kit_say(k, leader, good); /* OK */
    kit_say(k, leader, good); /* DUPLICATE */
    kit_block(k, KIT_BLOCK_MS);
    const enum err codes[] = {
        ERR_EPOCH_OTHER,    ERR_NOT_LEADER,     ERR_EARLY,          ERR_LATE, ERR_TIME_OTHER,
        ERR_PREVIOUS_OTHER, ERR_VERDICTS_OTHER, ERR_VERDICTS_OTHER, ERR_OK,   ERR_DUPLICATE};
    for (uint32_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        assert_int_equal(k->codes[i], codes[i]);
    kit_block(k, KIT_TAU_MS); /* the next slot, and the first block is undecided */
    op = offer(k, 1);
    op.verification_block.verdict_count = 1;
    verdicts[0] = (struct request_verdict){2, true};
    op.verification_block.time_ms++;
    assert_int_equal(kit_one(k, leader_of(k, op.verification_block.slot), op), ERR_VERIFY_BUSY);
    kit_stop(k);
}

static void a_block_may_come_until_the_grace_is_over(void **state)
{
    (void)state;
    for (uint32_t late = 2; late <= 3; late++) { /* slots; grace is 2 */
        struct kit *k = offer_start(3);
        join(k, 40);
        to_due(k);
        const struct op op = offer(k, 1);
        const uint32_t leader = leader_of(k, op.verification_block.slot);
        kit_say(k, leader, op);
        kit_block(k, late * KIT_TAU_MS);
        assert_int_equal(k->codes[0], late == 2 ? ERR_OK : ERR_LATE);
        kit_stop(k);
    }
}

static void the_lowest_requests_of_a_block_come_first(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    k->l->params->identity.joins_per_block = 2;
    for (uint32_t i = 0; i < 3; i++)
        join(k, 40 + i);
    to_due(k);
    struct op op = offer(k, 3);
    const uint32_t leader = leader_of(k, op.verification_block.slot);
    kit_say(k, leader, op); /* three */
    op.verification_block.verdict_count = 1;
    kit_say(k, leader, op);
    op.verification_block.verdict_count = 2;
    verdicts[1].request = 3; /* 1 and 3 */
    kit_say(k, leader, op);
    verdicts[1].request = 2;
    kit_say(k, leader, op);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_VERDICTS_OTHER);
    assert_int_equal(k->codes[1], ERR_VERDICTS_OTHER);
    assert_int_equal(k->codes[2], ERR_VERDICTS_OTHER);
    assert_int_equal(k->codes[3], ERR_OK);
    assert_int_equal(state_of(k, 3), JOIN_PENDING);
    kit_stop(k);
}

static void a_ballot_has_its_code(void **state)
{
    (void)state;
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    kit_start(k); /* V has three of the four: an even number drops the last */
    kit_to_v(k);
    join(k, 40);
    join(k, 41);
    to_due(k);
    const uint64_t slot = offered(k, 3);
    const struct leader_seats *v = &k->l->head->epoch.v;
    const uint32_t leader = leader_of(k, slot);
    uint32_t peer = 0, outside = 0;
    for (uint32_t member = 1; member <= 4; member++) {
        if (leader_seat(v, member) == LEADER_SEATS_MAX)
            outside = member;
        else if (member != leader)
            peer = member;
    }
    assert_int_equal(vote(k, peer, slot, 4, 4), ERR_NO_DUTY);
    assert_int_equal(vote(k, outside, slot, 4, 4), ERR_NO_DUTY); /* before all else */
    assert_int_equal(vote(k, peer, slot + 1, 1, 1), ERR_NO_DUTY);
    assert_int_equal(vote(k, outside, slot, 1, 1), ERR_NOT_MEMBER);
    assert_int_equal(vote(k, leader, slot, 1, 1), ERR_VOTED); /* its block is its ballot */
    assert_int_equal(vote(k, peer, slot, 2, 2), ERR_OK);
    assert_int_equal(vote(k, peer, slot, 3, 1), ERR_VOTED); /* the new bit is taken */
    const uint32_t seat = leader_seat(v, peer);
    assert_int_equal(block_at(k, 0)->seats[seat].voted, 3);
    assert_int_equal(block_at(k, 0)->seats[seat].agreed, 3);
    kit_stop(k);
}

static void a_vacated_seat_counts_in_n_and_takes_the_quorum_away(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t request = join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    const uint32_t leader = leader_of(k, slot);
    uint32_t peers[2];
    others(leader, peers);
    kit_say(k, peers[0], kit_op(OP_LEAVE));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(block_at(k, 0)->state, BLOCK_TIMED_OUT);
    assert_int_equal(state_of(k, request), JOIN_PENDING);
    assert_int_equal(score_of(k, peers[0]), 0);
    assert_true(k->l->head->epoch.is_drawing);
    kit_stop(k);
}

static void two_blocks_of_a_leader_strike_the_first(void **state)
{
    (void)state;
    for (uint32_t decided = 0; decided < 2; decided++) {
        struct kit *k = offer_start(3);
        join(k, 40);
        join(k, 41);
        to_due(k);
        const struct op op = offer(k, 3);
        const uint64_t slot = op.verification_block.slot;
        const uint32_t leader = leader_of(k, slot);
        assert_int_equal(kit_one(k, leader, op), ERR_OK);
        uint32_t peers[2];
        others(leader, peers);
        if (decided)
            assert_int_equal(vote(k, peers[0], slot, 1, 1), ERR_OK);
        if (decided)
            assert_int_equal(vote(k, peers[1], slot, 1, 1), ERR_OK);
        assert_int_equal(kit_one(k, peers[0], offer_evidence(k, leader, op)), ERR_OK);
        assert_int_equal(state_of(k, 1), decided ? JOIN_VERIFIED : JOIN_PENDING);
        assert_int_equal(state_of(k, 2), JOIN_PENDING);
        assert_int_equal(block_at(k, 0)->number, decided ? 1 : 0); /* scored at once if struck */
        assert_int_equal(block_at(k, 0)->state, decided ? BLOCK_DECIDED : 0);
        assert_int_equal(k->l->head->ranges[RANGE_CHAIN].count, decided);
        assert_int_equal(score_of(k, leader), -(1 << 30));
        assert_true(k->l->head->epoch.is_drawing);
        kit_stop(k);
    }
}

/* |V| = 1: only a request that has been pending for longer than boot_wait_ms; |V| = 3: never. */

/* RULE join.4: what was being voted on at the first block of a slot was not due in it. */
static void a_request_that_comes_back_is_due_in_the_next_slot(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    const uint32_t leader = leader_of(k, slot);
    kit_block(k, KIT_TAU_MS); /* the next slot's first block */
    const uint64_t next = k->l->now.slot;
    uint32_t peers[2];
    others(leader, peers);
    assert_int_equal(next, slot + 1);
    assert_int_equal(vote(k, peers[0], slot, 1, 0), ERR_OK);
    assert_int_equal(state_of(k, 1), JOIN_PENDING);
    struct op op = offer(k, 1);
    assert_int_equal(op.verification_block.verdict_count, 0);
    op.verification_block.verdict_count = 1;
    verdicts[0] = (struct request_verdict){1, true};
    assert_int_equal(kit_one(k, leader_of(k, next), op), ERR_VERDICTS_OTHER);
    kit_block(k, KIT_TAU_MS);
    assert_int_equal(state_of(k, 1), JOIN_PENDING);
    offered(k, 1);
    kit_stop(k);
}

/* RULE sample.5: a leader is to blame only where it could have given a verdict. */
static void nothing_is_due_while_a_block_is_undecided(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    assert_false(verification_is_due(k->l));
    join(k, 40);
    join(k, 41);
    assert_false(verification_is_due(k->l));
    k->l->params->identity.joins_per_block = 1;
    to_due(k);
    assert_true(verification_is_due(k->l));
    struct op op = offer(k, 0);
    const uint64_t slot = op.verification_block.slot;
    op.verification_block.verdict_count = 1;
    assert_int_equal(kit_one(k, leader_of(k, slot), op), ERR_OK);
    assert_false(verification_is_due(k->l));
    uint32_t peers[2];
    others(leader_of(k, slot), peers);
    assert_int_equal(vote(k, peers[0], slot, 1, 1), ERR_OK);
    assert_int_equal(vote(k, peers[1], slot, 1, 1), ERR_OK);
    assert_true(verification_is_due(k->l)); /* the second request */
    kit_stop(k);
}

static void the_bit_of_a_seat_that_falls_out_stays(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t request = join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    uint32_t peers[2];
    others(leader_of(k, slot), peers);
    assert_int_equal(vote(k, peers[0], slot, 1, 1), ERR_OK);
    assert_int_equal(kit_one(k, peers[0], kit_op(OP_LEAVE)), ERR_OK);
    assert_int_equal(vote(k, peers[1], slot, 1, 1), ERR_OK);
    assert_int_equal(state_of(k, request), JOIN_VERIFIED);
    kit_stop(k);
}

static void who_could_not_vote_any_more_was_not_silent(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    uint32_t peers[2];
    others(leader_of(k, slot), peers);
    ((struct standing *)table_edit(&k->l->standings, peers[0]))->score = -1;
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(vote(k, peers[0], slot, 1, 1), ERR_NOT_MEMBER);
    kit_blocks(k, 7, KIT_TAU_MS);
    assert_int_equal(score_of(k, peers[0]), -1);
    assert_int_equal(score_of(k, peers[1]), FALSE_PEER);
    kit_stop(k);
}

/* RULE sample.5: the second silence of an interval is recorded and costs nothing. */
static void a_second_silence_of_an_interval_costs_nothing(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    for (uint32_t slot = 1; slot <= 3; slot++)
        ((struct standing *)table_edit(&k->l->standings, slot))->score = 1 << 29;
    join(k, 40);
    int32_t once = 1 << 29;
    for (uint32_t round = 0; round < 2; round++) {
        kit_blocks(k, 20, KIT_TAU_MS); /* the next V, whose documents have had their time */
        offered(k, 1);
        kit_blocks(k, 7, KIT_TAU_MS);
        for (uint32_t member = 1; round == 0 && member <= 3; member++)
            once = score_of(k, member) < once ? score_of(k, member) : once;
    }
    assert_int_equal(k->l->now.interval, 0);
    assert_true(once < 1 << 29);
    for (uint32_t member = 1; member <= 3; member++)
        assert_true(score_of(k, member) == 1 << 29 || score_of(k, member) == once);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quorum_verifies_and_the_certificate_makes_a_member),
        cmocka_unit_test(a_quorum_rejects_and_the_delivery_point_is_free),
        cmocka_unit_test(disagreeing_seats_decline_a_block),
        cmocka_unit_test(silence_runs_into_the_deadline_and_is_scored_once_an_interval),
        cmocka_unit_test(a_block_is_refused_by_its_first_fault),
        cmocka_unit_test(a_block_may_come_until_the_grace_is_over),
        cmocka_unit_test(the_lowest_requests_of_a_block_come_first),
        cmocka_unit_test(a_ballot_has_its_code),
        cmocka_unit_test(a_vacated_seat_counts_in_n_and_takes_the_quorum_away),
        cmocka_unit_test(two_blocks_of_a_leader_strike_the_first),
        cmocka_unit_test(a_request_that_comes_back_is_due_in_the_next_slot),
        cmocka_unit_test(nothing_is_due_while_a_block_is_undecided),
        cmocka_unit_test(the_bit_of_a_seat_that_falls_out_stays),
        cmocka_unit_test(who_could_not_vote_any_more_was_not_silent),
        cmocka_unit_test(a_second_silence_of_an_interval_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
