/* SPDX-License-Identifier: Apache-2.0 */
/* The close of the window and the judge of both rounds on rows: RULE trade.3, trade.12, trade.13,
 * gate.2, ledger.5. */
#include "ledger/test_trade.h"

#include "base/test_random.h"

enum { SELLER = 1, BUYER = 2, OTHER = 3, PARTIES = 8 };

static uint32_t sell(struct kit *k, uint32_t seller, uint32_t buyer, int64_t wh)
{
    return kit_make(k, (struct kit_terms){.seller = seller, .buyer = buyer, .wh = wh});
}

static uint32_t sell_measured(struct kit *k, uint32_t seller, uint32_t buyer, int64_t wh)
{
    return kit_make(
        k, (struct kit_terms){.seller = seller, .buyer = buyer, .wh = wh, .round = ROUND_MEASURED});
}

static enum settlement_verdict verdict_of(const struct kit *k, uint32_t place)
{
    assert_true(kit_machine_at(k, place)->is_judged);
    return kit_machine_at(k, place)->judged.verdict;
}

static void the_close_credits_titles_and_judges_drawn_or_not(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t passes = sell(&k, SELLER, BUYER, 1000), fails = sell(&k, SELLER, BUYER, 1000);
    const uint32_t refused = sell(&k, OTHER, BUYER, 500), silent = sell(&k, OTHER, 5, 500);
    const uint32_t alone = sell(&k, OTHER, BUYER, 300), nothing = sell(&k, OTHER, 4, 300);
    struct contract_ref refusals[] = {{3}};
    const struct interval_statement buyer = {
        .interval = KIT_INTERVAL, .taken_wh = 1200, .refused = refusals, .refused_count = 1};
    kit_draw(&k, passes, true);
    kit_draw(&k, alone, false); /* e = 0 */
    kit_draw(&k, nothing, true);
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 1500, 0);
    kit_says(&k, OTHER, 2000, 0);
    kit_says(&k, 4, 0, 0);
    assert_int_equal(kit_statement(&k, BUYER, &buyer), ERR_OK);
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    assert_int_equal(interval_get(k.l, ip)->window, INTERVAL_CLOSED);
    assert_int_equal(verdict_of(&k, passes), VERDICT_PASS);
    assert_int_equal(kit_machine_at(&k, passes)->state, CONTRACT_EXEC_WAIT);
    assert_int_equal(verdict_of(&k, fails), VERDICT_C1); /* 500 left of 900 needed */
    assert_int_equal(kit_machine_at(&k, fails)->state, CONTRACT_PREPARED);
    assert_int_equal(verdict_of(&k, refused), VERDICT_C2);
    assert_int_equal(verdict_of(&k, silent), VERDICT_C2);
    assert_int_equal(kit_machine_at(&k, alone)->judged.settled.wh, 200); /* 1200 - 1000 */
    assert_int_equal(kit_machine_at(&k, alone)->state, CONTRACT_SETTLED);
    assert_true(kit_machine_at(&k, alone)->unwitnessed);
    assert_int_equal(kit_machine_at(&k, nothing)->state, CONTRACT_VOID);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 1500);
    assert_int_equal(kit_energy(&k, ip, OTHER)->title.wh, 1800);
    assert_int_equal(kit_energy(&k, ip, BUYER)->received.wh, 200);
    struct trade_used used;
    trade_used(k.l, SELLER, KIT_INTERVAL, &used);
    assert_int_equal(used.sold_wh, 1000);
    trade_used(k.l, BUYER, KIT_INTERVAL, &used);
    assert_int_equal(used.bought_wh, 1200);
    trade_used(k.l, 5, KIT_INTERVAL, &used);
    assert_int_equal(used.bought_wh, 0);
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void a_failure_of_many_meters_voids_what_lacks_a_statement(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t lacking = sell(&k, SELLER, BUYER, 100), other = sell(&k, 4, 5, 100);
    kit_draw(&k, lacking, true);
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 100, 0);
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    assert_int_equal(kit_machine_at(&k, lacking)->state, CONTRACT_VOID);
    assert_int_equal(verdict_of(&k, other), VERDICT_VOID);
    assert_int_equal(kit_account(&k, BUYER)->reserved.micro, 0);
    kit_close(&k);
}

static void free_round(struct kit *k, enum trade_round round)
{
    uint32_t places[PARTIES];
    const struct contract_event scored = {.kind = CONTRACT_EV_SCORED};
    const uint32_t count = trade_of_round(k->l, KIT_INTERVAL, round, 0, places, PARTIES);
    for (uint32_t i = 0; i < count; i++) {
        trade_run(k->l, places[i], &scored, k->l->now.a_ms);
        trade_free(k->l, places[i]);
    }
}

static void measured_contracts_get_what_the_forward_round_left(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_BOTH);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    kit_draw(&k, sell(&k, SELLER, BUYER, 600), false);
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 1000, 0);
    kit_says(&k, BUYER, 0, 800);
    kit_says(&k, OTHER, 0, 1000);
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    free_round(&k, ROUND_FORWARD); /* what it used outlives it */
    const uint32_t first = sell_measured(&k, SELLER, BUYER, 250);
    const uint32_t second = sell_measured(&k, SELLER, OTHER, 100);
    const uint32_t third = sell_measured(&k, SELLER, OTHER, 100);
    trade_judge_measured(k.l, ip);
    assert_int_equal(kit_machine_at(&k, first)->judged.s.wh, 250);
    assert_int_equal(kit_machine_at(&k, first)->judged.settled.wh, 200); /* 800 - 600 */
    assert_int_equal(kit_machine_at(&k, second)->judged.settled.wh, 100);
    assert_int_equal(kit_machine_at(&k, third)->judged.s.wh, 50); /* 1000 - 600 - 350 */
    assert_int_equal(verdict_of(&k, third), VERDICT_C1);
    assert_int_equal(kit_machine_at(&k, first)->state, CONTRACT_PREPARED);
    kit_draw(&k, first, false); /* DRAWN and MEASURED pass in the block of the draw */
    kit_draw(&k, second, true);
    kit_draw(&k, third, false);
    assert_int_equal(kit_machine_at(&k, first)->state, CONTRACT_SETTLED);
    assert_int_equal(kit_machine_at(&k, second)->state, CONTRACT_EXEC_WAIT);
    assert_int_equal(kit_machine_at(&k, third)->state, CONTRACT_DECLINED);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 200);
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

struct reached {
    uint32_t verdicts[VERDICT_COUNT], mass, silent, undone, rebuilt, refused;
};

/* One interval: what is said and sold is random. */
static void say_at_random(struct kit *k, struct test_random *r, struct settlement_party *parties,
                          uint64_t *refusals, struct reached *reached)
{
    const bool many_silent = test_random_below(r, 4) == 0;
    for (uint32_t slot = 1; slot <= PARTIES; slot++) {
        struct contract_ref named[64];
        struct interval_statement op = {.interval = KIT_INTERVAL, .refused = named};
        uint64_t *list = refusals + (size_t)slot * 64;
        parties[slot] = (struct settlement_party){.refused = list};
        if (test_random_below(r, many_silent ? 2 : 8) == 0) {
            reached->silent++;
            continue;
        }
        op.delivered_wh = (int64_t)test_random_below(r, 400);
        op.taken_wh = (int64_t)test_random_below(r, 400);
        for (uint64_t n = 1; n <= k->l->head->contract_last; n++) {
            if (test_random_below(r, 8) > 0)
                continue;
            named[op.refused_count++].contract = n;
            list[parties[slot].refused_count++] = n;
        }
        assert_int_equal(kit_statement(k, slot, &op), ERR_OK);
        parties[slot].has_stated = true;
        parties[slot].delivered_left.wh = op.delivered_wh;
        parties[slot].taken_left.wh = op.taken_wh;
        reached->refused += op.refused_count;
    }
}

/* The judge over slots, without the small numbers of parties. */
static void check_against_the_judge(const struct kit *k, struct settlement_party *parties,
                                    const uint64_t *numbers, uint32_t count,
                                    struct reached *reached)
{
    struct settlement_terms terms[KIT_CONTRACTS];
    struct settlement_result results[KIT_CONTRACTS];
    for (uint32_t i = 0; i < count; i++)
        terms[i] = contract_get(k->l, contract_find(k->l, numbers[i]))->terms;
    reached->mass += settlement_judge(results, terms, count, parties);
    for (uint32_t i = 0; i < count; i++) {
        const struct settlement_result *got =
            &kit_machine_at(k, contract_find(k->l, numbers[i]))->judged;
        assert_int_equal(got->verdict, results[i].verdict);
        assert_int_equal(got->s.wh, results[i].s.wh);
        assert_int_equal(got->b.wh, results[i].b.wh);
        assert_int_equal(got->settled.wh, results[i].settled.wh);
        assert_int_equal(got->payment.micro, results[i].payment.micro);
        reached->verdicts[got->verdict]++;
    }
}

static uint32_t sell_at_random(struct kit *k, struct test_random *r, uint64_t *numbers)
{
    const uint32_t made = 1 + (uint32_t)test_random_below(r, 20);
    uint32_t open = 0;
    for (uint32_t i = 0; i < made; i++) {
        const uint32_t seller = 1 + (uint32_t)test_random_below(r, PARTIES);
        const uint32_t place = kit_make(
            k, (struct kit_terms){.seller = seller,
                                  .buyer = 1 + (seller + (uint32_t)test_random_below(r, 7)) % 8,
                                  .wh = 1 + (int64_t)test_random_below(r, 120),
                                  .take = 1 + (enum trade_take)test_random_below(r, 3)});
        const struct contract_event out = {.kind = CONTRACT_EV_REVOKED};
        const uint64_t fate = test_random_below(r, 8);
        if (fate == 0)
            trade_run(k->l, place, &out, k->l->now.a_ms); /* takes no allotment */
        else
            numbers[open++] = kit_machine_at(k, place)->number;
        if (fate > 3)
            kit_draw(k, place, fate > 5);
    }
    return open;
}

static void close_once(struct kit *k, struct test_random *r, struct reached *reached)
{
    struct settlement_party parties[PARTIES + 1];
    uint64_t refusals[(PARTIES + 1) * 64], numbers[KIT_CONTRACTS];
    kit_next(k, k->l->now.a_ms + 1000);
    const uint32_t ip = kit_interval(k, KIT_INTERVAL);
    const uint32_t count = sell_at_random(k, r, numbers);
    trade_open_window(k->l, ip);
    say_at_random(k, r, parties, refusals, reached);
    if (test_random_below(r, 2)) {
        trade_rebuild(k->l);
        reached->rebuilt++;
    }
    trade_close_statements(k->l, ip, k->l->now.a_ms);
    check_against_the_judge(k, parties, numbers, count, reached);
    kit_check_conserved(k, ip);
    ledger_undo(k->l); /* the next one begins where this one did */
    reached->undone++;
    assert_int_equal(interval_find(k->l, KIT_INTERVAL), MARKET_NO_PLACE);
}

static void what_is_judged_is_what_the_statements_say(void **state)
{
    (void)state;
    const uint64_t seed = 4711;
    struct test_random r = {seed};
    struct reached reached = {0};
    struct kit k;
    print_message("seed %llu\n", (unsigned long long)seed);
    kit_open_bare(&k, TIMING_MEASURED);
    for (uint32_t i = 0; i < 200; i++)
        close_once(&k, &r, &reached);
    for (uint32_t v = VERDICT_VOID; v <= VERDICT_C3; v++)
        assert_true(reached.verdicts[v] > 20);
    assert_true(reached.mass > 5 && reached.silent > 100 && reached.refused > 100);
    assert_true(reached.undone == 200 && reached.rebuilt > 50);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_close_credits_titles_and_judges_drawn_or_not),
        cmocka_unit_test(a_failure_of_many_meters_voids_what_lacks_a_statement),
        cmocka_unit_test(measured_contracts_get_what_the_forward_round_left),
        cmocka_unit_test(what_is_judged_is_what_the_statements_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
