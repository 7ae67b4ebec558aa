/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.5, ledger.6, trade.3, trade.7, trade.10, qot.1: the contracts of one interval through
 * the phases of blocks. What one contract does by itself is test_contract.c's. */
#include "core/round.h"

#include "tests/cmocka_all.h"

enum {
    SELLER = 1,
    BUYER = 2,
    FIRST_SEAT = 3, /* slots 3, 4, 5 are the cluster of every contract */
    SEATS = 3,
    OTHER_SELLER = 6,
    SLOTS = 6,
    STRANGER = SLOTS + 1,
    CONTRACTS = 3,
    END_MS = 1000, /* of the interval */
    STATEMENT_MS = 100,
    GAP_MS = 50,
    WINDOW_MS = 20,
    ENERGY_WH = 1000,
    PAYMENT = 100000,
    DEPOSIT = 1000000,
};

struct bench {
    struct round r;
    struct funds funds;
    struct energy_book energy;
    struct settlement_terms terms[CONTRACTS], open_terms[CONTRACTS];
    struct contract contracts[CONTRACTS];
    struct funds_hold holds[CONTRACTS];
    struct round_member members[SLOTS + 1];
    uint8_t standing[SLOTS + 1], votes[CONTRACTS][4];
    struct funds_account accounts[SLOTS + 1];
    struct funds_request requests[SLOTS];
    struct funds_day days[1];
    struct hash references[8];
    struct energy_account energies[SLOTS + 1];
    struct round_log log[ROUND_LOG_PER_CONTRACT * CONTRACTS];
    struct sort_item items[2 * (2 * CONTRACTS + 1)];
    struct settlement_result results[CONTRACTS];
    uint32_t indexes[CONTRACTS];
    struct settlement_party parties[SLOTS + 1];
};

static const uint32_t cluster[SEATS] = {3, 4, 5};

static void funds_ok(struct bench *b, struct funds_event ev)
{
    assert_int_equal(funds_step(&b->funds, &ev), ERR_OK);
}

static void give_memory(struct bench *b)
{
    b->funds = (struct funds){.accounts = b->accounts,
                              .requests = b->requests,
                              .days = b->days,
                              .slot_max = SLOTS,
                              .request_max = SLOTS,
                              .day_max = 1};
    reference_set_init(&b->funds.references, b->references, 8);
    b->energy = (struct energy_book){.accounts = b->energies, .slot_max = SLOTS};
    b->r = (struct round){
        .params = {END_MS, STATEMENT_MS, GAP_MS, false, {WINDOW_MS, WINDOW_MS, WINDOW_MS, 2}},
        .slot_max = SLOTS,
        .terms = b->terms,
        .contracts = b->contracts,
        .holds = b->holds,
        .members = b->members,
        .standing = b->standing,
        .funds = &b->funds,
        .energy = &b->energy,
        .log = b->log,
        .scratch = {b->items, b->open_terms, b->results, b->indexes, b->parties}};
}

/* Contracts 10, 20, ... of one buyer; the first is with SELLER, the others with OTHER_SELLER. */
static void interval_open(struct bench *b, uint32_t count)
{
    *b = (struct bench){0};
    give_memory(b);
    for (uint32_t slot = 1; slot <= SLOTS; slot++)
        b->accounts[slot].known = b->members[slot].is_known = true;
    funds_ok(b, (struct funds_event){.kind = FUNDS_DEPOSIT,
                                     .member = BUYER,
                                     .amount = {DEPOSIT},
                                     .reference = {{1}},
                                     .t_of_n = true});
    b->r.count = count;
    for (uint32_t i = 0; i < count; i++) {
        b->terms[i] = (struct settlement_terms){.number = 10 * (i + 1),
                                                .seller = i == 0 ? SELLER : OTHER_SELLER,
                                                .buyer = BUYER,
                                                .energy = {ENERGY_WH},
                                                .price = {PAYMENT},
                                                .take = TAKE_FIRM,
                                                .min_delivery_ppm = SETTLEMENT_PPM};
        funds_ok(b, (struct funds_event){.kind = FUNDS_RESERVE,
                                         .member = BUYER,
                                         .amount = {PAYMENT},
                                         .hold = &b->holds[i]});
    }
    round_open(&b->r);
}

static void block(struct bench *b, uint64_t t_ms)
{
    round_begin(&b->r, t_ms);
    round_due(&b->r, NULL, 0);
}

static void block_with_draws(struct bench *b, uint64_t t_ms)
{
    struct round_draw draws[CONTRACTS];
    for (uint32_t i = 0; i < b->r.count; i++)
        draws[i] = (struct round_draw){i, cluster, SEATS, SEATS, b->votes[i]};
    round_begin(&b->r, t_ms);
    round_due(&b->r, draws, b->r.count);
}

static enum err state(struct bench *b, uint32_t by, uint64_t seq, int64_t delivered, int64_t taken)
{
    const struct round_statement statement = {.delivered = {delivered}, .taken = {taken}};
    return round_state(&b->r, by, seq, &statement);
}

static enum err lead(struct bench *b, uint32_t i, enum contract_event_kind kind,
                     enum settlement_verdict verdict)
{
    const struct contract *c = &b->contracts[i];
    const struct contract_event ev = {.kind = kind,
                                      .by = cluster[c->rank],
                                      .verdict = verdict,
                                      .settled = c->judged.settled,
                                      .payment = c->judged.payment};
    return round_take(&b->r, c->number, &ev);
}

static enum err vote(struct bench *b, uint32_t i, enum contract_event_kind kind, uint32_t by)
{
    const struct contract_event ev = {.kind = kind, .by = by, .agrees = true};
    return round_take(&b->r, b->contracts[i].number, &ev);
}

/* The leader's result and one ballot more: two of three agree. */
static void decide(struct bench *b, uint32_t i, enum contract_event_kind result,
                   enum settlement_verdict verdict)
{
    const bool is_exec = result == CONTRACT_EV_EXEC;
    assert_int_equal(lead(b, i, result, verdict), ERR_OK);
    assert_int_equal(
        vote(b, i, is_exec ? CONTRACT_EV_VOTE_EXEC : CONTRACT_EV_VOTE_FINAL, FIRST_SEAT + 1),
        ERR_OK);
    round_decide(&b->r);
}

/* All contracts drawn, the window of statements open, everybody has delivered and taken. */
static void measure(struct bench *b, uint32_t count)
{
    interval_open(b, count);
    b->r.params.closes_early = true;
    block_with_draws(b, 0);
    block(b, END_MS);
    assert_int_equal(state(b, SELLER, 0, ENERGY_WH, 0), ERR_OK);
    assert_int_equal(state(b, OTHER_SELLER, 0, 2 * ENERGY_WH, 0), ERR_OK);
    assert_int_equal(state(b, BUYER, 0, 0, (int64_t)count * ENERGY_WH), ERR_OK);
}

static void time_that_a_block_is_late_beyond_the_gap_does_not_count(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    block(&b, 500); /* the first block begins the clock */
    assert_int_equal(b.r.a_ms, 0);
    block(&b, 500 + GAP_MS - 1);
    assert_int_equal(b.r.a_ms, GAP_MS - 1);
    block(&b, 500 + 10 * GAP_MS);
    assert_int_equal(b.r.a_ms, 2 * GAP_MS - 1);
    assert_int_equal(b.r.height, 3);
}

static void statements_are_counted_in_their_window_and_recorded_after_it(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    block(&b, END_MS - 1);
    assert_int_equal(state(&b, SELLER, 0, ENERGY_WH, 0), ERR_EARLY);
    block(&b, END_MS);
    assert_int_equal(state(&b, SELLER, 1, ENERGY_WH, 0), ERR_SEQUENCE);
    assert_int_equal(state(&b, SELLER, 0, ENERGY_WH - 1, 0), ERR_OK);
    assert_int_equal(state(&b, SELLER, 0, ENERGY_WH, 0), ERR_SEQUENCE);
    assert_int_equal(state(&b, SELLER, 1, ENERGY_WH, 0), ERR_OK); /* the last one counts */
    block(&b, END_MS + STATEMENT_MS / 2 - 1);
    block(&b, END_MS + STATEMENT_MS - 1);
    assert_int_equal(b.r.window, WINDOW_OPEN);
    assert_int_equal(b.energies[SELLER].title.wh, 0);
    block(&b, END_MS + STATEMENT_MS);
    assert_int_equal(b.r.window, WINDOW_CLOSED);
    assert_int_equal(b.energies[SELLER].title.wh, ENERGY_WH);
    assert_int_equal(state(&b, SELLER, 2, 0, 0), ERR_RECORD_ONLY);
    assert_int_equal(state(&b, SELLER, 2, 0, 0), ERR_SEQUENCE);
}

static void forward_timing_closes_when_every_party_of_an_open_contract_has_stated(void **unused)
{
    (void)unused;
    struct bench b;
    for (uint32_t early = 0; early <= 1; early++) {
        interval_open(&b, 1);
        b.r.params.closes_early = early;
        block(&b, END_MS);
        assert_int_equal(state(&b, SELLER, 0, ENERGY_WH, 0), ERR_OK);
        b.members[BUYER].is_absent = true; /* absent is not excused */
        block(&b, END_MS + 1);
        assert_int_equal(b.r.window, WINDOW_OPEN);
        assert_int_equal(state(&b, BUYER, 0, 0, ENERGY_WH), ERR_OK);
        block(&b, END_MS + 2);
        assert_int_equal(b.r.window, early ? WINDOW_CLOSED : WINDOW_OPEN);
    }
    interval_open(&b, 0);
    b.r.params.closes_early = true;
    block(&b, END_MS); /* without contracts nobody could be the last */
    assert_int_equal(b.r.window, WINDOW_OPEN);
}

static void an_ejected_party_is_not_waited_for(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    b.r.params.closes_early = true;
    block(&b, END_MS);
    assert_int_equal(state(&b, BUYER, 0, 0, ENERGY_WH), ERR_OK);
    assert_int_equal(round_expel(&b.r, SELLER, MEMBER_EJECTED), ERR_OK);
    block(&b, END_MS + 1);
    assert_int_equal(b.r.window, WINDOW_CLOSED);
}

static void a_contract_is_carried_out_by_its_cluster(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    block(&b, END_MS + 1);
    decide(&b, 0, CONTRACT_EV_EXEC, VERDICT_PASS);
    assert_int_equal(b.accounts[BUYER].escrow.micro, PAYMENT);
    assert_int_equal(b.energies[SELLER].escrow.wh, ENERGY_WH);
    block(&b, END_MS + 2);
    decide(&b, 0, CONTRACT_EV_FINAL, VERDICT_PASS);
    assert_int_equal(b.contracts[0].state, CONTRACT_SETTLED);
    assert_int_equal(contract_settled(&b.contracts[0]).wh, ENERGY_WH);
    assert_int_equal(b.accounts[SELLER].available.micro, PAYMENT);
    assert_int_equal(b.accounts[BUYER].available.micro, DEPOSIT - PAYMENT);
    assert_int_equal(b.accounts[BUYER].escrow.micro, 0);
    assert_int_equal(b.energies[BUYER].received.wh, ENERGY_WH);
    static const struct round_log expected[] = {
        {3, 0, EFFECT_EXEC_QUORUM}, {4, 0, EFFECT_FINAL_QUORUM}, {4, 0, EFFECT_CLOSED}};
    assert_int_equal(b.r.log_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(b.log[i].height, expected[i].height);
        assert_int_equal(b.log[i].event, expected[i].event);
    }
    assert_true(funds_is_conserved_in_full(&b.funds));
    assert_true(energy_book_is_conserved(&b.energy));
}

static void without_a_majority_nothing_is_decided(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    block(&b, END_MS + 1);
    assert_int_equal(lead(&b, 0, CONTRACT_EV_EXEC, VERDICT_PASS), ERR_OK);
    round_decide(&b.r);
    assert_int_equal(b.contracts[0].state, CONTRACT_EXEC_VOTE);
    assert_int_equal(contract_settled(&b.contracts[0]).wh, 0);
}

static void ranks_that_stay_silent_are_passed_by_when_their_time_is_over(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    block(&b, END_MS + 1);
    block(&b, END_MS + WINDOW_MS);
    assert_int_equal(b.contracts[0].rank, 0);
    block(&b, END_MS + 1 + WINDOW_MS);
    assert_int_equal(b.contracts[0].rank, 1);
    block(&b, END_MS + 1 + 2 * WINDOW_MS); /* two ranks lead at most */
    assert_int_equal(b.contracts[0].state, CONTRACT_VOID);
    assert_int_equal(b.contracts[0].alpha, 2);
    assert_int_equal(b.accounts[BUYER].available.micro, DEPOSIT);
    assert_int_equal(b.log[0].event, EFFECT_EXEC_LAST);
}

static void a_vote_that_finds_no_majority_ends_with_its_window(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    block(&b, END_MS + 1);
    decide(&b, 0, CONTRACT_EV_EXEC, VERDICT_PASS);
    block(&b, END_MS + 2);
    assert_int_equal(lead(&b, 0, CONTRACT_EV_FINAL, VERDICT_PASS), ERR_OK);
    block(&b, END_MS + 1 + WINDOW_MS);
    assert_int_equal(b.contracts[0].state, CONTRACT_FINAL_VOTE);
    block(&b, END_MS + 2 + WINDOW_MS);
    assert_int_equal(b.contracts[0].state, CONTRACT_SETTLED);
    assert_true(b.contracts[0].unwitnessed);
    assert_int_equal(b.log[1].event, EFFECT_FINAL_LAST);
}

static void work_that_is_due_together_is_done_by_kind_before_number(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 2);
    b.r.params.contract.ranks_max = 1;
    block(&b, END_MS + 1);
    assert_int_equal(lead(&b, 0, CONTRACT_EV_EXEC, VERDICT_PASS), ERR_OK);
    block(&b, END_MS + 1 + WINDOW_MS); /* the vote of the first, the rank of the second */
    assert_int_equal(b.r.log_count, 4);
    assert_int_equal(b.log[0].index, 1);
    assert_int_equal(b.log[2].index, 0);
}

static void what_the_statements_end_has_ended_when_their_window_did(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    block_with_draws(&b, 0);
    block(&b, END_MS);
    const uint64_t end_ms = b.r.a_ms + STATEMENT_MS;
    block(&b, END_MS + GAP_MS);
    block(&b, END_MS + 2 * GAP_MS - 1);
    block(&b, END_MS + 3 * GAP_MS - 1);
    assert_true(b.r.a_ms > end_ms);
    assert_int_equal(b.contracts[0].state, CONTRACT_VOID); /* nobody said anything */
    assert_int_equal(b.contracts[0].closed_due_ms, end_ms);
}

static void a_seller_ejected_after_the_escrow_gets_its_energy_and_the_buyer_its_money(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    block(&b, END_MS + 1);
    decide(&b, 0, CONTRACT_EV_EXEC, VERDICT_PASS);
    assert_int_equal(round_expel(&b.r, SELLER, MEMBER_EJECTED), ERR_OK);
    block(&b, END_MS + 2);
    assert_true(b.members[SELLER].has_stated); /* it was judged already */
    decide(&b, 0, CONTRACT_EV_FINAL, VERDICT_C4);
    assert_int_equal(b.contracts[0].state, CONTRACT_DECLINED);
    assert_int_equal(b.contracts[0].cond, VERDICT_C4);
    assert_int_equal(b.accounts[BUYER].available.micro, DEPOSIT);
    assert_int_equal(b.energies[SELLER].title.wh, ENERGY_WH);
    assert_int_equal(b.energies[SELLER].escrow.wh, 0);
}

static void a_revocation_binds_in_the_next_block_and_ends_what_is_not_measured(void **unused)
{
    (void)unused;
    struct bench b;
    for (uint32_t who = SELLER; who <= BUYER; who++) {
        interval_open(&b, 2);
        block_with_draws(&b, 0);
        assert_int_equal(round_expel(&b.r, who, MEMBER_REVOKED), ERR_OK);
        assert_int_equal(round_expel(&b.r, who, MEMBER_EJECTED), ERR_WRONG_STATE);
        assert_true(round_may_sign(&b.r, who));
        assert_int_equal(b.contracts[0].state, CONTRACT_DRAWN);
        round_begin(&b.r, 1);
        assert_false(round_may_sign(&b.r, who));
        assert_true(b.accounts[who].closed);
        assert_int_equal(b.contracts[0].state, CONTRACT_VOID);
        assert_int_equal(b.contracts[1].state, who == BUYER ? CONTRACT_VOID : CONTRACT_DRAWN);
        assert_int_equal(round_expel(&b.r, who, MEMBER_REVOKED), ERR_WRONG_STATE);
        round_begin(&b.r, 2); /* once */
        assert_int_equal(b.r.log_count, who == BUYER ? 2 : 1);
    }
}

static void statements_are_judged_without_the_contracts_that_have_ended(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 2);
    b.r.params.closes_early = true;
    block_with_draws(&b, 0);
    assert_int_equal(round_expel(&b.r, SELLER, MEMBER_REVOKED), ERR_OK);
    block(&b, END_MS);
    assert_int_equal(b.contracts[0].state, CONTRACT_VOID);
    assert_int_equal(state(&b, OTHER_SELLER, 0, ENERGY_WH, 0), ERR_OK);
    assert_int_equal(state(&b, BUYER, 0, 0, ENERGY_WH), ERR_OK);
    block(&b, END_MS + 1); /* SELLER is not waited for */
    assert_false(b.contracts[0].is_judged);
    assert_int_equal(b.contracts[1].state, CONTRACT_EXEC_WAIT);
    assert_int_equal(b.contracts[1].judged.settled.wh, ENERGY_WH); /* all of it */
}

static void a_revocation_leaves_a_measured_contract_to_its_cluster(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    block(&b, END_MS + 1);
    assert_int_equal(round_expel(&b.r, BUYER, MEMBER_REVOKED), ERR_OK);
    block(&b, END_MS + 2);
    assert_int_equal(b.contracts[0].state, CONTRACT_EXEC_WAIT);
}

static void who_is_ejected_while_the_window_is_open_has_said_nothing(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, 1);
    assert_int_equal(round_expel(&b.r, SELLER, MEMBER_EJECTED), ERR_OK);
    block(&b, END_MS + 1);
    assert_int_equal(b.r.window, WINDOW_CLOSED);
    assert_int_equal(b.contracts[0].judged.verdict, VERDICT_C1);
    assert_int_equal(b.energies[SELLER].title.wh, 0);
}

static void only_members_that_are_known_may_sign_or_be_expelled(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    b.members[FIRST_SEAT].is_known = false;
    block(&b, 0);
    static const uint32_t nobody[] = {0, FIRST_SEAT, STRANGER};
    for (uint32_t i = 0; i < 3; i++) {
        assert_false(round_may_sign(&b.r, nobody[i]));
        assert_int_equal(round_expel(&b.r, nobody[i], MEMBER_REVOKED), ERR_WRONG_STATE);
    }
    assert_true(round_may_sign(&b.r, SLOTS));
}

static void a_contract_is_found_by_its_number_and_no_other(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, CONTRACTS);
    block(&b, 0);
    for (uint64_t number = 0; number <= 10 * CONTRACTS + 1; number++) {
        const bool is_there = number > 0 && number % 10 == 0;
        assert_ptr_equal(round_find(&b.r, number), is_there ? &b.contracts[number / 10 - 1] : NULL);
    }
    const struct contract_event ev = {.kind = CONTRACT_EV_EXEC, .by = FIRST_SEAT};
    assert_int_equal(round_take(&b.r, 11, &ev), ERR_NO_CONTRACT);
    assert_int_equal(round_take(&b.r, 10, &ev), ERR_EARLY);
}

static void what_was_drawn_once_is_not_drawn_again(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    static const uint32_t others[] = {6};
    block_with_draws(&b, 0);
    const struct round_draw again = {0, others, 1, 1, b.votes[1]};
    round_begin(&b.r, 1);
    round_due(&b.r, &again, 1);
    assert_ptr_equal(b.contracts[0].cluster, cluster);
}

static void a_draw_that_comes_with_the_close_of_statements_still_counts(void **unused)
{
    (void)unused;
    struct bench b;
    interval_open(&b, 1);
    block(&b, END_MS);
    assert_int_equal(state(&b, SELLER, 0, ENERGY_WH, 0), ERR_OK);
    assert_int_equal(state(&b, BUYER, 0, 0, ENERGY_WH), ERR_OK);
    block(&b, END_MS + GAP_MS);
    block_with_draws(&b, END_MS + 2 * GAP_MS); /* judged first: it fell due earlier or as early */
    assert_int_equal(b.contracts[0].state, CONTRACT_EXEC_WAIT);
}

static void scores_are_taken_by_due_time_and_then_by_number(void **unused)
{
    (void)unused;
    struct bench b;
    measure(&b, CONTRACTS);
    block(&b, END_MS + 1);
    assert_null(round_next_to_score(&b.r));
    assert_int_equal(lead(&b, 0, CONTRACT_EV_EXEC, VERDICT_PASS), ERR_OK); /* a vote: later */
    block(&b, END_MS + 1 + WINDOW_MS);
    block(&b, END_MS + 1 + 2 * WINDOW_MS);
    for (uint32_t i = 0; i < CONTRACTS; i++)
        assert_int_equal(b.contracts[i].state, CONTRACT_VOID);
    assert_ptr_equal(round_next_to_score(&b.r), &b.contracts[0]);
    assert_ptr_equal(round_next_to_score(&b.r), &b.contracts[1]);
    assert_ptr_equal(round_next_to_score(&b.r), &b.contracts[2]);
    assert_null(round_next_to_score(&b.r));

    interval_open(&b, 2);
    block_with_draws(&b, 0);
    assert_int_equal(round_expel(&b.r, OTHER_SELLER, MEMBER_REVOKED), ERR_OK);
    block(&b, 1);
    assert_int_equal(round_expel(&b.r, SELLER, MEMBER_REVOKED), ERR_OK);
    block(&b, 2);
    assert_ptr_equal(round_next_to_score(&b.r), &b.contracts[1]);
    assert_ptr_equal(round_next_to_score(&b.r), &b.contracts[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_that_a_block_is_late_beyond_the_gap_does_not_count),
        cmocka_unit_test(statements_are_counted_in_their_window_and_recorded_after_it),
        cmocka_unit_test(forward_timing_closes_when_every_party_of_an_open_contract_has_stated),
        cmocka_unit_test(an_ejected_party_is_not_waited_for),
        cmocka_unit_test(a_contract_is_carried_out_by_its_cluster),
        cmocka_unit_test(without_a_majority_nothing_is_decided),
        cmocka_unit_test(ranks_that_stay_silent_are_passed_by_when_their_time_is_over),
        cmocka_unit_test(a_vote_that_finds_no_majority_ends_with_its_window),
        cmocka_unit_test(work_that_is_due_together_is_done_by_kind_before_number),
        cmocka_unit_test(what_the_statements_end_has_ended_when_their_window_did),
        cmocka_unit_test(a_seller_ejected_after_the_escrow_gets_its_energy_and_the_buyer_its_money),
        cmocka_unit_test(a_revocation_binds_in_the_next_block_and_ends_what_is_not_measured),
        cmocka_unit_test(statements_are_judged_without_the_contracts_that_have_ended),
        cmocka_unit_test(a_revocation_leaves_a_measured_contract_to_its_cluster),
        cmocka_unit_test(who_is_ejected_while_the_window_is_open_has_said_nothing),
        cmocka_unit_test(only_members_that_are_known_may_sign_or_be_expelled),
        cmocka_unit_test(a_contract_is_found_by_its_number_and_no_other),
        cmocka_unit_test(what_was_drawn_once_is_not_drawn_again),
        cmocka_unit_test(a_draw_that_comes_with_the_close_of_statements_still_counts),
        cmocka_unit_test(scores_are_taken_by_due_time_and_then_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
