/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts on rows: RULE trade.1, trade.5, trade.7, ledger.5, ledger.6, dos.1, param.1. */
#include "ledger/test_trade.h"

enum { SELLER = 1, BUYER = 2, LEADER = 20, PEER = 21 };

static uint32_t dirty(const struct kit *k)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < STORE_COUNT; i++)
        count += k->l->stores[i].dirty_count;
    return count;
}

static uint32_t sell(struct kit *k, int64_t wh)
{
    return kit_make(k, (struct kit_terms){.seller = SELLER, .buyer = BUYER, .wh = wh});
}

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

static void a_contract_reserves_counts_and_is_found(void **state)
{
    (void)state;
    struct kit k;
    struct trade_sums sums;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t place = agree(&k, KIT_INTERVAL, SELLER, BUYER, 1500);
    const struct ledger_contract *row = contract_get(k.l, place);
    const int64_t payment = kit_price_of(1500);
    assert_int_equal(row->machine.state, CONTRACT_PREPARED);
    assert_int_equal(row->machine.number, 1);
    assert_int_equal(row->params.exec_ms, KIT_EXEC_MS);
    assert_int_equal(row->seats_wanted, KIT_SEATS);
    assert_int_equal(kit_account(&k, BUYER)->reserved.micro, payment);
    assert_int_equal(kit_account(&k, BUYER)->available.micro, KIT_DEPOSIT - payment);
    assert_int_equal(interval_get(k.l, ip)->rounds[0].open_count, 1);
    assert_int_equal(interval_get(k.l, ip)->rounds[0].unscored_count, 1);
    assert_int_equal(member_get(k.l, SELLER)->open_contracts, 1);
    assert_int_equal(member_get(k.l, BUYER)->open_contracts, 1);
    assert_int_equal(contract_find(k.l, 1), place);
    assert_int_equal(contract_find(k.l, 2), TRADE_NO_PLACE);
    assert_true(agreement_is_known(k.l, &row->agreement));
    assert_false(agreement_is_known(k.l, &(struct hash){{9}}));
    trade_sums(k.l, BUYER, KIT_INTERVAL, &sums);
    assert_int_equal(sums.bought_wh, 1500);
    assert_int_equal(sums.sold_wh, 0);
    assert_int_equal(sums.agreements, 1);
    assert_int_equal(sums.exposure_micro, payment);
    trade_sums(k.l, SELLER, KIT_INTERVAL + 1, &sums);
    assert_int_equal(sums.sold_wh, 0); /* of that interval */
    assert_int_equal(sums.agreements, 0);
    assert_int_equal(sums.exposure_micro, payment); /* of all */
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void what_was_made_keeps_its_parameters(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    kit_interval(&k, KIT_INTERVAL);
    const uint32_t first = sell(&k, 1000);
    k.l->params->windows.exec_ms = 77;
    k.l->params->sampling.k = KIT_SEATS + 2; /* more seats than there is memory for */
    const uint32_t second = sell(&k, 1000);
    assert_int_equal(contract_get(k.l, first)->params.exec_ms, KIT_EXEC_MS);
    assert_int_equal(contract_get(k.l, second)->params.exec_ms, 77);
    assert_int_equal(contract_get(k.l, second)->seats_wanted, KIT_SEATS);
    kit_close(&k);
}

static void contracts_fit_up_to_the_last_place(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    kit_interval(&k, KIT_INTERVAL);
    for (uint32_t i = 0; i < KIT_CONTRACTS - 1; i++)
        sell(&k, 1);
    assert_true(contract_has_room(k.l, 1));
    assert_false(contract_has_room(k.l, 2));
    const uint32_t last = sell(&k, 1);
    assert_true(contract_has_room(k.l, 0));
    assert_false(contract_has_room(k.l, 1));
    revoke(&k, last);
    score_and_free(&k, last);
    assert_true(contract_has_room(k.l, 1));
    assert_int_equal(contract_find(k.l, KIT_CONTRACTS), TRADE_NO_PLACE);
    kit_close(&k);
}

static void sums_leave_out_what_has_closed(void **state)
{
    (void)state;
    struct kit k;
    struct trade_sums sums;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t first = agree(&k, KIT_INTERVAL, SELLER, BUYER, 1500);
    agree(&k, KIT_INTERVAL, BUYER, SELLER, 700);
    revoke(&k, first);
    assert_int_equal(kit_machine_at(&k, first)->state, CONTRACT_VOID);
    trade_sums(k.l, SELLER, KIT_INTERVAL, &sums);
    assert_int_equal(sums.sold_wh, 0);
    assert_int_equal(sums.bought_wh, 700);
    assert_int_equal(sums.agreements, 1);
    assert_int_equal(sums.exposure_micro, kit_price_of(700));
    assert_int_equal(kit_account(&k, BUYER)->available.micro, KIT_DEPOSIT);
    assert_int_equal(interval_get(k.l, ip)->rounds[0].open_count, 1);
    assert_int_equal(interval_get(k.l, ip)->rounds[0].unscored_count, 2);
    assert_int_equal(member_get(k.l, SELLER)->open_contracts, 1);
    assert_true(agreement_is_known(k.l, &contract_get(k.l, first)->agreement)); /* market.21 */
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void what_is_refused_changes_nothing(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    kit_interval(&k, KIT_INTERVAL);
    const uint32_t place = sell(&k, 1500);
    kit_next(&k, 2000);
    const struct contract_event early = {.kind = CONTRACT_EV_EXEC, .by = LEADER};
    const struct ledger_contract before = *contract_get(k.l, place);
    const uint32_t marked = dirty(&k);
    assert_int_equal(trade_step(k.l, place, &early, 2000), ERR_EARLY);
    assert_int_equal(dirty(&k), marked);
    assert_memory_equal(contract_get(k.l, place), &before, sizeof before);
    kit_close(&k);
}

static void act(struct kit *k, uint32_t place, enum contract_event_kind kind, uint32_t by)
{
    const struct contract *c = kit_machine_at(k, place);
    const struct contract_event ev = {.kind = kind,
                                      .by = by,
                                      .verdict = c->judged.verdict,
                                      .settled = c->judged.settled,
                                      .payment = c->judged.payment,
                                      .agrees = true};
    trade_run(k->l, place, &ev, k->l->now.a_ms);
}

/* The contract of 1500 Wh, drawn, judged with what @delivered and @taken make of it. */
static uint32_t judged(struct kit *k, uint32_t *interval_place, enum trade_take take,
                       int64_t delivered, int64_t taken)
{
    *interval_place = kit_interval(k, KIT_INTERVAL);
    const uint32_t place =
        kit_make(k, (struct kit_terms){.seller = SELLER, .buyer = BUYER, .wh = 1500, .take = take});
    kit_draw(k, place, true);
    trade_open_window(k->l, *interval_place);
    kit_says(k, SELLER, delivered, 0);
    kit_says(k, BUYER, 0, taken);
    trade_close_statements(k->l, *interval_place, k->l->now.a_ms);
    assert_int_equal(kit_machine_at(k, place)->state, CONTRACT_EXEC_WAIT);
    return place;
}

static void through_exec(struct kit *k, uint32_t place)
{
    act(k, place, CONTRACT_EV_EXEC, LEADER);
    act(k, place, CONTRACT_EV_VOTE_EXEC, PEER);
    act(k, place, CONTRACT_EV_DECIDE, 0);
    assert_int_equal(kit_machine_at(k, place)->state, CONTRACT_FINAL_WAIT);
}

static void through_final(struct kit *k, uint32_t place)
{
    act(k, place, CONTRACT_EV_FINAL, LEADER);
    act(k, place, CONTRACT_EV_VOTE_FINAL, PEER);
    act(k, place, CONTRACT_EV_DECIDE, 0);
}

static void a_settlement_moves_energy_and_money_by_way_of_the_escrow(void **state)
{
    (void)state;
    struct kit k;
    uint32_t ip;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t place = judged(&k, &ip, TAKE_FLEXIBLE, 1600, 1400);
    const int64_t payment = kit_price_of(1400), reserved = kit_price_of(1500);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 1600);
    through_exec(&k, place);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 200);
    assert_int_equal(kit_energy(&k, ip, SELLER)->escrow.wh, 1400);
    assert_int_equal(kit_account(&k, BUYER)->escrow.micro, payment);
    assert_int_equal(kit_account(&k, BUYER)->reserved.micro, reserved - payment);
    kit_check_conserved(&k, ip);
    through_final(&k, place);
    assert_int_equal(kit_machine_at(&k, place)->state, CONTRACT_SETTLED);
    assert_int_equal(kit_energy(&k, ip, SELLER)->escrow.wh, 0);
    assert_int_equal(kit_energy(&k, ip, BUYER)->received.wh, 1400);
    assert_int_equal(kit_account(&k, SELLER)->available.micro, KIT_DEPOSIT + payment);
    assert_int_equal(kit_account(&k, BUYER)->available.micro, KIT_DEPOSIT - payment);
    assert_int_equal(kit_account(&k, BUYER)->reserved.micro, 0);
    assert_int_equal(interval_get(k.l, ip)->rounds[0].open_count, 0);
    assert_int_equal(member_get(k.l, SELLER)->open_contracts, 0);
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void a_failure_at_the_end_returns_both(void **state)
{
    (void)state;
    struct kit k;
    uint32_t ip;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t place = judged(&k, &ip, TAKE_FIRM, 1600, 100);
    assert_int_equal(kit_machine_at(&k, place)->judged.verdict, VERDICT_C3);
    through_exec(&k, place);
    assert_int_equal(kit_energy(&k, ip, SELLER)->escrow.wh, 100);
    through_final(&k, place);
    assert_int_equal(kit_machine_at(&k, place)->state, CONTRACT_DECLINED);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 1600);
    assert_int_equal(kit_energy(&k, ip, SELLER)->escrow.wh, 0);
    assert_int_equal(kit_account(&k, BUYER)->available.micro, KIT_DEPOSIT);
    assert_int_equal(kit_account(&k, SELLER)->available.micro, KIT_DEPOSIT);
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void an_undo_takes_votes_and_settlements_back(void **state)
{
    (void)state;
    struct kit k;
    uint32_t ip;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t place = judged(&k, &ip, TAKE_FLEXIBLE, 1600, 1400);
    const uint8_t *votes = table_get(&k.l->votes, place);
    kit_next(&k, 1500);
    through_exec(&k, place);
    through_final(&k, place);
    assert_int_equal(votes[0], 3);
    ledger_undo(k.l);
    assert_int_equal(votes[0], 0);
    assert_int_equal(kit_machine_at(&k, place)->state, CONTRACT_EXEC_WAIT);
    assert_int_equal(k.l->index.contracts.due_ms[place], 1000 + KIT_EXEC_MS);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 1600);
    assert_int_equal(kit_energy(&k, ip, BUYER)->received.wh, 0);
    assert_int_equal(kit_account(&k, BUYER)->reserved.micro, kit_price_of(1500));
    kit_check_conserved(&k, ip);
    kit_next(&k, 1500);
    through_exec(&k, place); /* the pointers into votes and cluster still hold */
    kit_close(&k);
}

/* RULE ledger.2: the versions of a key, not of a place. */
static void a_place_that_is_used_again_begins_with_version_1(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    kit_interval(&k, KIT_INTERVAL);
    const struct store *store = &k.l->stores[STORE_CONTRACTS];
    const uint32_t place = sell(&k, 10);
    kit_next(&k, 1100);
    revoke(&k, place);
    kit_next(&k, 1200);
    assert_int_equal(store_meta(store, STORE_NOW, place).version, 2);
    score_and_free(&k, place);
    kit_next(&k, 1300);
    assert_int_equal(store_meta(store, STORE_NOW, place).version, 1); /* the free place's key */
    assert_int_equal(sell(&k, 10), place);
    kit_next(&k, 1400);
    assert_int_equal(store_meta(store, STORE_NOW, place).version, 1);
    kit_close(&k);
}

/* What is due at A = @a_ms of contracts; DUE_KINDS: nothing. */
static enum due_kind due_at(struct kit *k, uint64_t a_ms, uint64_t *due_ms)
{
    struct due_item items[8];
    struct due_list list = {.items = items, .count_max = 8};
    k->l->now.a_ms = a_ms;
    trade_due(k->l, &list);
    assert_true(list.count <= 1);
    if (list.count == 0)
        return DUE_KINDS;
    *due_ms = items[0].due_ms;
    return items[0].kind;
}

static void work_is_due_at_its_deadline_and_not_before(void **state)
{
    (void)state;
    struct kit k;
    uint32_t ip;
    uint64_t due_ms = 0;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t place = judged(&k, &ip, TAKE_FLEXIBLE, 1600, 1400);
    const uint64_t start = k.l->now.a_ms;
    assert_int_equal(due_at(&k, start + KIT_EXEC_MS - 1, &due_ms), DUE_KINDS);
    assert_int_equal(due_at(&k, start + KIT_EXEC_MS, &due_ms), DUE_RANK);
    assert_int_equal(due_ms, start + KIT_EXEC_MS);
    k.l->now.a_ms = start;
    contract_edit(k.l, place)->vacant_ms = start; /* RULE trade.10 */
    trade_set_due(k.l, place);
    assert_int_equal(due_at(&k, start, &due_ms), DUE_RANK);
    assert_int_equal(due_ms, start);
    k.l->now.a_ms = start;
    act(&k, place, CONTRACT_EV_EXEC, LEADER);
    assert_int_equal(contract_get(k.l, place)->vacant_ms, 0);
    assert_int_equal(due_at(&k, start + KIT_VOTE_MS - 1, &due_ms), DUE_KINDS);
    assert_int_equal(due_at(&k, start + KIT_VOTE_MS, &due_ms), DUE_STAGE);
    assert_int_equal(due_ms, start + KIT_VOTE_MS);
    act(&k, place, CONTRACT_EV_TIME, 0); /* no quorum: VOID, and its window is over */
    assert_int_equal(kit_machine_at(&k, place)->state, CONTRACT_VOID);
    assert_int_equal(due_at(&k, start + KIT_VOTE_MS, &due_ms), DUE_SCORE);
    act(&k, place, CONTRACT_EV_SCORED, 0);
    assert_int_equal(due_at(&k, start + 1000000, &due_ms), DUE_KINDS);
    kit_close(&k);
}

static size_t write_contract(uint8_t *out, size_t size, const struct kit *k, uint32_t place)
{
    struct value v = {.number = 0};
    row_init_write(&v.io, out, size);
    contract_value(k->l, place, &v);
    assert_int_equal(v.number, kit_machine_at(k, place)->number);
    return row_end_write(&v.io);
}

static bool read_contract(struct span bytes, struct ledger_contract *row, uint8_t *votes)
{
    struct row_io io;
    memset(row, 0, sizeof *row);
    row_init_read(&io, bytes);
    trade_contract_io(&io, row, votes);
    return row_end_read(&io);
}

static void check_same_terms(const struct ledger_contract *a, const struct ledger_contract *b)
{
    assert_int_equal(a->machine.number, b->machine.number);
    assert_int_equal(a->machine.seller, b->machine.seller);
    assert_int_equal(a->machine.buyer, b->machine.buyer);
    assert_int_equal(a->terms.number, b->terms.number);
    assert_int_equal(a->terms.energy.wh, b->terms.energy.wh);
    assert_int_equal(a->terms.price.micro_per_kwh, b->terms.price.micro_per_kwh);
    assert_int_equal(a->terms.take, b->terms.take);
    assert_int_equal(a->terms.min_delivery_ppm, b->terms.min_delivery_ppm);
    assert_int_equal(a->terms.tolerance.wh, b->terms.tolerance.wh);
    assert_int_equal(a->interval, b->interval);
    assert_int_equal(a->round, b->round);
    assert_int_equal(a->is_agreement, b->is_agreement);
    assert_memory_equal(&a->agreement, &b->agreement, sizeof a->agreement);
    assert_int_equal(a->fee, b->fee);
    assert_int_equal(a->fee_micro, b->fee_micro);
    assert_int_equal(a->made_height, b->made_height);
    assert_int_equal(a->is_refused, b->is_refused);
    assert_int_equal(a->vacant_ms, b->vacant_ms);
    assert_int_equal(a->params.ranks_max, b->params.ranks_max);
    assert_int_equal(a->rules.reference_wh, b->rules.reference_wh);
    assert_int_equal(a->cluster_floor, b->cluster_floor);
    assert_int_equal(a->feeders_max, b->feeders_max);
    assert_int_equal(a->hold.reserved.micro, b->hold.reserved.micro);
    assert_int_equal(a->hold.escrow.micro, b->hold.escrow.micro);
}

static void check_same_machine(const struct contract *a, const struct contract *b)
{
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->judged.verdict, b->judged.verdict);
    assert_int_equal(a->judged.settled.wh, b->judged.settled.wh);
    assert_int_equal(a->judged.need.wh, b->judged.need.wh);
    assert_int_equal(a->judged.x, b->judged.x);
    assert_int_equal(a->cluster_count, b->cluster_count);
    assert_int_equal(a->eligible, b->eligible);
    assert_int_equal(a->rank, b->rank);
    assert_int_equal(a->deadline_ms, b->deadline_ms);
    assert_int_equal(a->offices[0].rank_count, b->offices[0].rank_count);
    assert_int_equal(a->offices[0].did[0], b->offices[0].did[0]);
    assert_int_equal(a->offices[0].votes_end_ms, b->offices[0].votes_end_ms);
    assert_int_equal(a->offices[0].agree_count, b->offices[0].agree_count);
    assert_int_equal(a->cond, b->cond);
    assert_int_equal(a->alpha, b->alpha);
    assert_int_equal(a->unwitnessed, b->unwitnessed);
    assert_int_equal(a->is_scored, b->is_scored);
    assert_int_equal(a->closed_due_ms, b->closed_due_ms);
}

/* In a state in which few fields are 0. */
static uint32_t busy_contract(struct kit *k)
{
    uint32_t ip;
    const uint32_t place = judged(k, &ip, TAKE_FIRM, 1600, 1400);
    through_exec(k, place);
    struct ledger_contract *row = contract_edit(k->l, place);
    row->is_agreement = row->is_refused = true;
    row->agreement.bytes[31] = 5;
    row->fee = 6;
    row->fee_micro = 7;
    row->terms.tolerance.wh = 8;
    row->vacant_ms = 9;
    row->feeders_max = 2;
    row->machine.offices[0].did[0] = DID_SILENT;
    row->machine.cond = VERDICT_C4;
    row->machine.alpha = -1;
    row->machine.unwitnessed = row->machine.is_scored = true;
    row->machine.closed_due_ms = 10;
    return place;
}

static void a_contract_has_one_encoding(void **state)
{
    (void)state;
    struct kit k;
    uint8_t bytes[1024], again[1024], votes[512] = {0};
    struct ledger_contract row;
    struct row_io io;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t place = busy_contract(&k), free_place = place + 1;
    const size_t len = write_contract(bytes, sizeof bytes, &k, place);
    assert_true(read_contract((struct span){bytes, len}, &row, votes));
    check_same_terms(&row, contract_get(k.l, place));
    check_same_machine(&row.machine, kit_machine_at(&k, place));
    assert_int_equal(votes[0], 3); /* leader and first peer */
    row_init_write(&io, again, sizeof again);
    trade_contract_io(&io, &row, votes);
    assert_int_equal(row_end_write(&io), len);
    assert_memory_equal(again, bytes, len);
    assert_false(read_contract((struct span){bytes, len - 1}, &row, votes));
    bytes[len] = 0;
    assert_false(read_contract((struct span){bytes, len + 1}, &row, votes));
    bytes[0] = ROW_ORDER;
    assert_false(read_contract((struct span){bytes, len}, &row, votes));
    assert_int_equal(write_contract(bytes, sizeof bytes, &k, free_place), 1);
    assert_int_equal(bytes[0], ROW_FREE);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contract_reserves_counts_and_is_found),
        cmocka_unit_test(what_was_made_keeps_its_parameters),
        cmocka_unit_test(contracts_fit_up_to_the_last_place),
        cmocka_unit_test(sums_leave_out_what_has_closed),
        cmocka_unit_test(what_is_refused_changes_nothing),
        cmocka_unit_test(a_settlement_moves_energy_and_money_by_way_of_the_escrow),
        cmocka_unit_test(a_failure_at_the_end_returns_both),
        cmocka_unit_test(an_undo_takes_votes_and_settlements_back),
        cmocka_unit_test(a_place_that_is_used_again_begins_with_version_1),
        cmocka_unit_test(work_is_due_at_its_deadline_and_not_before),
        cmocka_unit_test(a_contract_has_one_encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
