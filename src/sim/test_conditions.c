/* SPDX-License-Identifier: Apache-2.0 */
/* The paper's conditions, each broken alone, through signed envelopes and blocks: Condition 1 and 2
 * of verification (II-A; RULE join.5, evid.1), Conditions 1 to 4 of a trade (II-B; RULE trade.5,
 * trade.7, trade.9, trade.12), and the ends that are nobody's or the cluster's fault. */
#include "sim/honest.h"

#include "ledger/state.h"
#include "sampling/tier.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum {
    BLOCK_MS = 1000,
    HOMES = 7,
    FOUNDERS = 6,
    SELLER = 1,
    BUYER = 2,
    JOINER = 7,
    BLOCKS_MAX = 400
};

static struct world w;
static struct honest h;

static void open_world(void)
{
    const struct world_options options = {.seed = 11,
                                          .homes = HOMES,
                                          .founders = FOUNDERS,
                                          .feeders = 2,
                                          .k = 3,
                                          .timing = TIMING_MEASURED,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_SIGNED,
                                          .checks = WORLD_CHECK_SUMS | WORLD_CHECK_UNDO};
    world_init(&w, &options);
    world_start(&w);
    honest_init(&h, &w);
    for (uint32_t home = BUYER + 1; home <= HOMES; home++)
        h.faults[home] = HONEST_IDLE;
}

static void step(void)
{
    honest_run(&h, BLOCK_MS, 1);
}

/* ---- verification ---------------------------------------------------------------------------- */

/* From here on the verifiers decide, and no longer the authority (RULE boot.3). */
static void wait_for_verifiers(void)
{
    for (uint32_t i = 0; i < BLOCKS_MAX && w.ledger->head->epoch.v.count == 0; i++)
        step();
    assert_int_equal(w.ledger->head->epoch.v.count, 5);
    h.wants[JOINER] = true;
}

/* Nobody leads by itself. Returns the slot of the next block, in which the request is due. */
static uint64_t wait_for_request(struct leader_seats *v, uint64_t *epoch)
{
    const struct pubkey *vrf;
    wait_for_verifiers();
    for (uint32_t home = 1; home <= FOUNDERS; home++)
        h.faults[home] |= HONEST_NO_BLOCK | HONEST_IDLE;
    for (uint32_t i = 0; i < BLOCKS_MAX; i++) {
        honest_act(&h, BLOCK_MS);
        const struct leader_seats *next = epoch_next_v(w.ledger, &vrf, epoch);
        const bool has_slot_begun = h.slot == w.ledger->now.slot;
        if (next->count > 2 && verification_is_due(w.ledger) && !has_slot_begun) {
            *v = *next;
            return h.slot;
        }
        world_block(&w, BLOCK_MS);
    }
    fail();
    return 0;
}

static struct op block_of(uint64_t slot, uint64_t epoch, struct request_verdict *verdict)
{
    const struct ledger *l = w.ledger;
    verdict->request = l->head->request_last;
    return (struct op){.kind = OP_VERIFICATION_BLOCK,
                       .verification_block = {.slot = slot,
                                              .epoch = epoch,
                                              .time_ms = l->times.t0_ms + slot * l->times.tau_ms,
                                              .previous = l->head->chain_head,
                                              .verdicts = verdict,
                                              .verdict_count = 1}};
}

static void only_the_leader_of_the_slot_makes_its_block(void **state)
{
    struct leader_seats v;
    uint64_t epoch;
    struct request_verdict verdict = {.accept = true};
    (void)state;
    open_world();
    const uint64_t slot = wait_for_request(&v, &epoch);
    const struct op op = block_of(slot, epoch, &verdict);
    const uint32_t leader = leader_get(&v, slot);
    const uint32_t other = leader_get(&v, slot + 1);
    const uint32_t wrong = world_say(&w, w.home_of[other], &op);
    const uint32_t right = world_say(&w, w.home_of[leader], &op);
    world_block(&w, BLOCK_MS);
    assert_int_equal(world_code(&w, wrong), ERR_NOT_LEADER);
    assert_int_equal(world_code(&w, right), ERR_OK);
    for (uint32_t i = 0; i < 30; i++)
        step();
    assert_int_equal(w.seen.blocks[BLOCK_DECIDED], 1);
    assert_int_equal(w.ledger->head->active_count, FOUNDERS + 1);
    world_close(&w);
}

static void a_second_block_of_a_leader_strikes_the_first_and_ejects_it(void **state)
{
    struct leader_seats v;
    uint64_t epoch;
    struct request_verdict yes = {.accept = true}, no = {.accept = false};
    (void)state;
    open_world();
    const uint64_t slot = wait_for_request(&v, &epoch);
    const struct op first = block_of(slot, epoch, &yes), second = block_of(slot, epoch, &no);
    const uint32_t leader = leader_get(&v, slot), home = w.home_of[leader];
    for (uint32_t i = 1; i <= FOUNDERS; i++)
        h.faults[i] |= HONEST_NO_APPROVAL;
    /* What was said lives until the next block: the evidence is put together before. */
    const struct span a = world_envelope(&w, home, &first, 1);
    const struct span b = world_envelope(&w, home, &second, 1);
    const struct op evidence = {.kind = OP_MEMBER_EVIDENCE, .member_evidence = {a, b}};
    const uint32_t taken = world_say_bytes(&w, a);
    const uint32_t shown = world_say(&w, home % FOUNDERS + 1, &evidence);
    world_block(&w, BLOCK_MS);
    assert_int_equal(world_code(&w, taken), ERR_OK);
    assert_int_equal(world_code(&w, shown), ERR_OK);
    step();
    assert_int_equal(member_get(w.ledger, leader)->status, STATUS_EJECTED);
    assert_int_equal(standing_get(w.ledger, leader)->score, -TIER_SCORE_MAX);
    for (uint32_t i = 1; i <= FOUNDERS; i++)
        h.faults[i] = HONEST_IDLE;
    for (uint32_t i = 0; i < 60; i++)
        step();
    assert_int_equal(w.seen.blocks[BLOCK_STRUCK], 1);
    assert_int_equal(w.seen.members[STATUS_EJECTED], 1);
    assert_int_equal(w.seen.blocks[BLOCK_DECIDED], 1); /* by another leader, later */
    assert_int_equal(w.ledger->head->active_count, FOUNDERS);
    world_close(&w);
}

static void a_block_that_none_approve_is_timed_out(void **state)
{
    (void)state;
    open_world();
    wait_for_verifiers();
    for (uint32_t i = 1; i <= FOUNDERS; i++)
        h.faults[i] = HONEST_NO_APPROVAL | HONEST_IDLE;
    for (uint32_t i = 0; i < 60; i++)
        step();
    assert_true(w.seen.blocks[BLOCK_TIMED_OUT] > 0);
    assert_int_equal(w.seen.blocks[BLOCK_DECIDED], 0);
    world_close(&w);
}

static void a_block_that_most_disagree_with_is_declined(void **state)
{
    (void)state;
    open_world();
    wait_for_verifiers();
    for (uint32_t i = 1; i <= FOUNDERS; i++)
        h.faults[i] = HONEST_WRONG_APPROVAL | HONEST_IDLE;
    for (uint32_t i = 0; i < 60; i++)
        step();
    assert_true(w.seen.blocks[BLOCK_DECLINED] > 0);
    assert_int_equal(w.seen.blocks[BLOCK_DECIDED], 0);
    world_close(&w);
}

/* ---- a trade --------------------------------------------------------------------------------- */

struct scores {
    int32_t at[FOUNDERS + 1];
};

static struct scores scores_now(void)
{
    struct scores s = {{0}};
    for (uint32_t slot = 1; slot <= FOUNDERS; slot++)
        s.at[slot] = standing_get(w.ledger, slot)->score;
    return s;
}

/* One agreement between the two; returns its number. */
static uint64_t agree_once(void)
{
    h.trades = 0;
    step();
    step();
    honest_act(&h, BLOCK_MS);
    const uint32_t ticket = honest_agree(&h, SELLER, BUYER, honest_next_gate(&h), 600);
    world_block(&w, BLOCK_MS);
    assert_int_equal(world_code(&w, ticket), ERR_OK);
    return w.ledger->head->contract_last;
}

static const struct seen_end *run_to_end(void)
{
    for (uint32_t i = 0; i < BLOCKS_MAX && w.seen.end_count == 0; i++)
        step();
    assert_int_equal(w.seen.end_count, 1);
    return &w.seen.ends[0];
}

static void check_end(const struct seen_end *end, enum contract_state state,
                      enum settlement_verdict cond, int32_t alpha)
{
    assert_int_equal(end->state, state);
    assert_int_equal(end->cond, cond);
    assert_int_equal(end->alpha, alpha);
    assert_false(end->unwitnessed);
    assert_int_equal(account_get(w.ledger, BUYER)->reserved.micro, 0);
    assert_int_equal(account_get(w.ledger, BUYER)->escrow.micro, 0);
}

/* Only @loser (0: nobody) has less than before; witnesses have gained or are where they were. */
static void check_scores(const struct scores *before, uint32_t loser)
{
    const struct scores now = scores_now();
    for (uint32_t slot = 1; slot <= FOUNDERS; slot++) {
        if (slot == loser)
            assert_true(now.at[slot] < before->at[slot]);
        else if (slot <= BUYER)
            assert_int_equal(now.at[slot], before->at[slot]);
    }
}

static void trade(uint32_t seller_fault, uint32_t buyer_fault, enum contract_state state,
                  enum settlement_verdict cond, int32_t alpha)
{
    const struct scores before = scores_now();
    const int64_t paid = h.deposit_micro;
    agree_once();
    h.faults[SELLER] |= seller_fault;
    h.faults[BUYER] |= buyer_fault;
    check_end(run_to_end(), state, cond, alpha);
    check_scores(&before, alpha == 1 ? SELLER : alpha == -1 ? BUYER : 0);
    assert_int_equal(account_get(w.ledger, SELLER)->available.micro, paid); /* money is back */
    assert_int_equal(account_get(w.ledger, BUYER)->available.micro, paid);
    world_close(&w);
}

static void what_both_keep_is_settled(void **state)
{
    (void)state;
    open_world();
    const struct scores before = scores_now();
    agree_once();
    check_end(run_to_end(), CONTRACT_SETTLED, VERDICT_VOID, 0);
    const struct scores now = scores_now();
    assert_true(now.at[SELLER] > before.at[SELLER] && now.at[BUYER] > before.at[BUYER]);
    assert_true(account_get(w.ledger, SELLER)->available.micro > h.deposit_micro);
    assert_true(account_get(w.ledger, BUYER)->available.micro < h.deposit_micro);
    world_close(&w);
}

static void a_seller_that_delivers_too_little_fails_condition_1(void **state)
{
    (void)state;
    open_world();
    trade(HONEST_SHORT, 0, CONTRACT_DECLINED, VERDICT_C1, 1);
}

static void a_seller_that_says_nothing_fails_condition_1(void **state)
{
    (void)state;
    open_world();
    trade(HONEST_NO_STATEMENT, 0, CONTRACT_DECLINED, VERDICT_C1, 1);
}

static void a_buyer_that_refuses_to_pay_fails_condition_2(void **state)
{
    (void)state;
    open_world();
    trade(0, HONEST_REFUSES, CONTRACT_DECLINED, VERDICT_C2, -1);
}

static void a_buyer_that_says_nothing_fails_condition_2(void **state)
{
    (void)state;
    open_world();
    trade(0, HONEST_NO_STATEMENT, CONTRACT_DECLINED, VERDICT_C2, -1);
}

static void a_firm_buyer_that_takes_too_little_fails_condition_3(void **state)
{
    (void)state;
    open_world();
    h.take = TAKE_FIRM;
    trade(0, HONEST_GREEDY, CONTRACT_DECLINED, VERDICT_C3, -1);
}

static void two_silent_parties_are_nobodys_fault(void **state)
{
    (void)state;
    open_world();
    trade(HONEST_NO_STATEMENT, HONEST_NO_STATEMENT, CONTRACT_VOID, VERDICT_VOID, 0);
}

static void a_cluster_without_a_right_result_ends_in_alpha_2(void **state)
{
    (void)state;
    for (uint32_t wrong = 0; wrong < 2; wrong++) {
        open_world();
        for (uint32_t home = BUYER + 1; home <= FOUNDERS; home++)
            h.faults[home] |= wrong ? HONEST_WRONG_EXEC : HONEST_NO_EXEC;
        trade(0, 0, CONTRACT_VOID, VERDICT_VOID, 2);
    }
}

/* The state of the only contract. */
static enum contract_state state_of(uint64_t number)
{
    const uint32_t place = contract_find(w.ledger, number);
    return place == TRADE_NO_PLACE ? CONTRACT_VOID : contract_get(w.ledger, place)->machine.state;
}

/* Two statements of the seller for one interval: the first is taken, both are kept as evidence. */
static bool contradict(uint64_t interval, uint8_t *kept, size_t *lens)
{
    struct op op = {.kind = OP_INTERVAL_STATEMENT,
                    .interval_statement = {.interval = interval, .delivered_wh = 900}};
    op.interval_statement.register_commitment = honest_hash("register", SELLER);
    const struct span a = world_envelope(&w, SELLER, &op, 1);
    op.interval_statement.delivered_wh = 901;
    const struct span b = world_envelope(&w, SELLER, &op, 1);
    lens[0] = a.len;
    lens[1] = b.len;
    memcpy(kept, a.at, a.len);
    memcpy(kept + a.len, b.at, b.len);
    world_say_bytes(&w, a);
    return true;
}

static void a_seller_that_is_ejected_before_the_end_fails_condition_4(void **state)
{
    uint8_t kept[4096];
    size_t lens[2] = {0, 0};
    (void)state;
    open_world();
    const struct scores before = scores_now();
    const uint64_t number = agree_once();
    const uint64_t interval = contract_get(w.ledger, contract_find(w.ledger, number))->interval;
    bool has_said = false;
    h.faults[SELLER] |= HONEST_NO_STATEMENT;
    for (uint32_t i = 0; i < BLOCKS_MAX && state_of(number) != CONTRACT_FINAL_WAIT; i++) {
        const uint32_t place = interval_find(w.ledger, interval);
        honest_act(&h, BLOCK_MS);
        if (!has_said && place != MARKET_NO_PLACE &&
            interval_get(w.ledger, place)->window == INTERVAL_OPEN)
            has_said = contradict(interval, kept, lens);
        world_block(&w, BLOCK_MS);
    }
    assert_int_equal(state_of(number), CONTRACT_FINAL_WAIT);
    const struct op evidence = {.kind = OP_MEMBER_EVIDENCE,
                                .member_evidence = {{kept, lens[0]}, {kept + lens[0], lens[1]}}};
    honest_act(&h, BLOCK_MS);
    const uint32_t shown = world_say(&w, FOUNDERS, &evidence);
    world_block(&w, BLOCK_MS);
    assert_int_equal(world_code(&w, shown), ERR_OK);
    check_end(run_to_end(), CONTRACT_DECLINED, VERDICT_C4, 1);
    assert_int_equal(standing_get(w.ledger, SELLER)->score, -TIER_SCORE_MAX);
    assert_int_equal(standing_get(w.ledger, BUYER)->score, before.at[BUYER]);
    assert_int_equal(account_get(w.ledger, BUYER)->available.micro, h.deposit_micro);
    assert_int_equal(account_get(w.ledger, SELLER)->withdrawing.micro, h.deposit_micro);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_leader_of_the_slot_makes_its_block),
        cmocka_unit_test(a_second_block_of_a_leader_strikes_the_first_and_ejects_it),
        cmocka_unit_test(a_block_that_none_approve_is_timed_out),
        cmocka_unit_test(a_block_that_most_disagree_with_is_declined),
        cmocka_unit_test(what_both_keep_is_settled),
        cmocka_unit_test(a_seller_that_delivers_too_little_fails_condition_1),
        cmocka_unit_test(a_seller_that_says_nothing_fails_condition_1),
        cmocka_unit_test(a_buyer_that_refuses_to_pay_fails_condition_2),
        cmocka_unit_test(a_buyer_that_says_nothing_fails_condition_2),
        cmocka_unit_test(a_firm_buyer_that_takes_too_little_fails_condition_3),
        cmocka_unit_test(two_silent_parties_are_nobodys_fault),
        cmocka_unit_test(a_cluster_without_a_right_result_ends_in_alpha_2),
        cmocka_unit_test(a_seller_that_is_ejected_before_the_end_fails_condition_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
