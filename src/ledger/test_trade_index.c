/* SPDX-License-Identifier: Apache-2.0 */
/* What is derived from contracts follows from their rows: RULE ledger.2, dos.1, trade.2. */
#include "ledger/test_trade.h"

#include "base/test_random.h"

static uint32_t agree(struct kit *k, uint64_t interval, uint32_t seller, uint32_t buyer, int64_t wh)
{
    return kit_make(k, (struct kit_terms){.interval = interval,
                                          .seller = seller,
                                          .buyer = buyer,
                                          .wh = wh,
                                          .is_agreement = true});
}

static void revoke(struct kit *k, uint32_t place)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_REVOKED};
    trade_run(k->l, place, &ev, k->l->now.a_ms);
}

static void score_and_free(struct kit *k, uint32_t place)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_SCORED};
    trade_run(k->l, place, &ev, k->l->now.a_ms);
    trade_free(k->l, place);
}

static void a_round_is_listed_by_number_from_anywhere(void **state)
{
    (void)state;
    struct kit k;
    uint32_t places[8];
    kit_open_bare(&k, TIMING_MEASURED);
    kit_interval(&k, KIT_INTERVAL);
    kit_interval(&k, KIT_INTERVAL + 1);
    const uint32_t a = agree(&k, KIT_INTERVAL, 1, 2, 10),
                   other = agree(&k, KIT_INTERVAL + 1, 1, 2, 10);
    const uint32_t b = agree(&k, KIT_INTERVAL, 3, 4, 10), c = agree(&k, KIT_INTERVAL, 5, 6, 10);
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_FORWARD, 0, places, 8), 3);
    assert_int_equal(places[0], a);
    assert_int_equal(places[1], b);
    assert_int_equal(places[2], c);
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_FORWARD, 3, places, 8), 2);
    assert_int_equal(places[0], b);
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_FORWARD, 2, places, 8),
                     2); /* other's */
    assert_int_equal(places[0], b);
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_FORWARD, 0, places, 2), 2);
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_FORWARD, 5, places, 8), 0);
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_MEASURED, 0, places, 8), 0);
    revoke(&k, b);
    score_and_free(&k, b);
    const uint32_t d = agree(&k, KIT_INTERVAL, 7, 8, 10);
    assert_int_equal(d, b); /* the lowest free place; the list stays by number */
    assert_int_equal(trade_of_round(k.l, KIT_INTERVAL, ROUND_FORWARD, 0, places, 8), 3);
    assert_int_equal(places[1], c);
    assert_int_equal(places[2], d);
    (void)other;
    kit_close(&k);
}

/* What the indexes say, and what the rows say to the same questions. */
static void check_member(const struct kit *k, uint32_t slot, uint64_t interval)
{
    struct trade_sums said, real = {0};
    uint64_t last[2] = {UINT64_MAX, UINT64_MAX};
    uint32_t listed = 0, rows = 0;
    for (uint32_t role = 0; role < 2; role++)
        for (uint32_t at = trade_first_of(k->l, slot, interval, role == 0); at != TRADE_NO_PLACE;
             at = trade_next_of(k->l, at, role == 0), listed++) {
            assert_true(kit_machine_at(k, at)->number < last[role]); /* newest first */
            last[role] = kit_machine_at(k, at)->number;
        }
    for (uint32_t p = 0; p < KIT_CONTRACTS; p++) {
        const struct ledger_contract *row = contract_get(k->l, p);
        const bool sells = row->machine.seller == slot, buys = row->machine.buyer == slot;
        if (row->machine.number == 0 || (!sells && !buys))
            continue;
        const bool is_open = !contract_is_closed(&row->machine);
        rows += row->interval == interval;
        if (is_open && row->is_agreement)
            real.exposure_micro += kit_price_of(row->terms.energy.wh);
        if (!is_open || row->interval != interval)
            continue;
        real.agreements += row->is_agreement;
        *(sells ? &real.sold_wh : &real.bought_wh) += row->terms.energy.wh;
    }
    trade_sums(k->l, slot, interval, &said);
    assert_int_equal(listed, rows);
    assert_int_equal(said.sold_wh, real.sold_wh);
    assert_int_equal(said.bought_wh, real.bought_wh);
    assert_int_equal(said.agreements, real.agreements);
    assert_int_equal(said.exposure_micro, real.exposure_micro);
}

static void check_round(const struct kit *k, uint64_t interval, enum trade_round round)
{
    uint32_t places[KIT_CONTRACTS], rows = 0;
    const uint32_t count = trade_of_round(k->l, interval, round, 0, places, KIT_CONTRACTS);
    for (uint32_t i = 0; i < count; i++) {
        const struct ledger_contract *row = contract_get(k->l, places[i]);
        assert_true(row->interval == interval && row->round == round);
        assert_true(i == 0 || kit_machine_at(k, places[i - 1])->number < row->machine.number);
    }
    for (uint32_t p = 0; p < KIT_CONTRACTS; p++) {
        const struct ledger_contract *row = contract_get(k->l, p);
        rows += row->machine.number > 0 && row->interval == interval && row->round == round;
    }
    assert_int_equal(count, rows);
}

static void check_indexes(const struct kit *k, uint64_t number_last)
{
    const struct contract_index *x = &k->l->index.contracts;
    uint32_t found = 0, rows = 0, end = 0;
    for (uint64_t number = 1; number <= number_last; number++) {
        const uint32_t place = contract_find(k->l, number);
        assert_true(place == TRADE_NO_PLACE || kit_machine_at(k, place)->number == number);
        found += place != TRADE_NO_PLACE;
    }
    for (uint32_t p = 0; p < KIT_CONTRACTS; p++) {
        const struct ledger_contract *row = contract_get(k->l, p);
        const bool is_used = row->machine.number > 0;
        assert_int_equal(places_is_occupied(&x->places, p), is_used);
        assert_true(is_used || x->due_ms[p] == UINT64_MAX);
        assert_true(!is_used || !row->is_agreement || agreement_is_known(k->l, &row->agreement));
        rows += is_used;
        end = is_used ? p + 1 : end;
    }
    assert_int_equal(found, rows);
    assert_int_equal(x->end, end);
    for (uint64_t interval = KIT_INTERVAL; interval < KIT_INTERVAL + 3; interval++) {
        for (uint32_t slot = 1; slot <= 6; slot++)
            check_member(k, slot, interval);
        check_round(k, interval, ROUND_FORWARD);
        check_round(k, interval, ROUND_MEASURED);
    }
}

struct reached {
    uint32_t made, voided, freed, undone;
};

static void change_at_random(struct kit *k, struct test_random *r, struct reached *reached)
{
    const uint32_t end = k->l->index.contracts.end;
    const uint32_t place = test_random_below(r, 4) > 0 ? (uint32_t)test_random_below(r, end + 1)
                           : end > 0                   ? end - 1
                                                       : 0;
    const struct contract *c = kit_machine_at(k, place);
    const uint64_t deed = test_random_below(r, 5);
    if (deed < 2 || c->number == 0) {
        const uint32_t seller = 1 + (uint32_t)test_random_below(r, 6);
        kit_make(
            k, (struct kit_terms){.interval = KIT_INTERVAL + test_random_below(r, 3),
                                  .seller = seller,
                                  .buyer = 1 + (seller + (uint32_t)test_random_below(r, 5)) % 6,
                                  .wh = 1 + (int64_t)test_random_below(r, 50),
                                  .round = test_random_below(r, 2) ? ROUND_FORWARD : ROUND_MEASURED,
                                  .is_agreement = test_random_below(r, 2)});
        reached->made++;
    } else if (!contract_is_closed(c)) {
        revoke(k, place);
        reached->voided++;
    } else {
        score_and_free(k, place);
        reached->freed++;
    }
}

/* RULE ledger.2: what is derived follows from the rows alone. */
static void indexes_follow_from_rows_also_after_an_undo(void **state)
{
    (void)state;
    const uint64_t seed = 20261122;
    struct test_random r = {seed};
    struct reached reached = {0};
    struct kit k;
    print_message("seed %llu\n", (unsigned long long)seed);
    kit_open_bare(&k, TIMING_MEASURED);
    for (uint64_t i = 0; i < 3; i++)
        kit_interval(&k, KIT_INTERVAL + i);
    for (uint32_t block = 0; block < 60; block++) {
        kit_next(&k, 2000 + block);
        const uint64_t number_last = k.l->head->contract_last;
        const i128 reserved = k.l->head->funds.reserved.micro;
        for (uint32_t i = 0; i < 8 && contract_has_room(k.l, 1); i++)
            change_at_random(&k, &r, &reached);
        check_indexes(&k, k.l->head->contract_last);
        if (test_random_below(&r, 3) == 0) {
            ledger_undo(k.l);
            reached.undone++;
            assert_int_equal(k.l->head->contract_last, number_last);
            assert_true(k.l->head->funds.reserved.micro == reserved);
        } else if (test_random_below(&r, 2) == 0) {
            trade_rebuild(k.l);
        }
        check_indexes(&k, k.l->head->contract_last);
    }
    assert_true(reached.made > 100 && reached.voided > 50 && reached.freed > 50);
    assert_true(reached.undone > 10);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_is_listed_by_number_from_anywhere),
        cmocka_unit_test(indexes_follow_from_rows_also_after_an_undo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
