/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, their window and the judge on rows: RULE trade.3, trade.12, trade.13, gate.2,
 * join.10, op.4, ledger.5. */
#include "ledger/test_trade.h"

#include "ledger/log.h"

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

static const struct page_member *page_of(const struct kit *k, uint32_t ip, uint32_t slot)
{
    const struct ledger_interval *i = interval_get(k->l, ip);
    return page_get(k->l, i->page - 1, slot, i->number);
}

static enum settlement_verdict verdict_of(const struct kit *k, uint32_t place)
{
    assert_true(kit_machine_at(k, place)->is_judged);
    return kit_machine_at(k, place)->judged.verdict;
}

static bool is_due(struct kit *k, uint32_t ip, uint64_t a_ms, uint64_t *due_ms)
{
    k->l->now.a_ms = a_ms;
    return trade_statements_are_due(k->l, ip, due_ms);
}

static void a_statement_is_taken_in_its_window_only(void **state)
{
    (void)state;
    struct kit k;
    const struct interval_statement running = {.interval = KIT_INTERVAL + 1};
    const struct interval_statement unknown = {.interval = KIT_INTERVAL - 1};
    const struct interval_statement op = {.interval = KIT_INTERVAL, .delivered_wh = 5};
    kit_open_bare(&k, TIMING_MEASURED);
    assert_int_equal(kit_statement(&k, SELLER, &running), ERR_EARLY);
    assert_int_equal(kit_statement(&k, SELLER, &unknown), ERR_NO_ROUND);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_EARLY);
    trade_open_window(k.l, ip);
    const uint64_t end = k.l->now.a_ms + KIT_STATEMENT_MS;
    k.l->now.a_ms = end - 1;
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_OK);
    k.l->now.a_ms = end; /* RULE ledger.6: the close waits for its budget */
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_LATE);
    assert_false(page_of(&k, ip, BUYER)->has_stated);
    kit_close(&k);
}

/* RULE trade.3 */
static void nobody_states_more_than_the_connection_carries(void **state)
{
    (void)state;
    struct kit k;
    struct interval_statement op = {.interval = KIT_INTERVAL, .delivered_wh = 500};
    kit_open_bare(&k, TIMING_MEASURED);
    struct member *m = table_edit(&k.l->members, SELLER);
    m->max_export_wh = 499;
    m->max_import_wh = 600;
    trade_open_window(k.l, kit_interval(&k, KIT_INTERVAL));
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_STATEMENT_RANGE);
    op.delivered_wh--;
    op.taken_wh = 601;
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_STATEMENT_RANGE);
    op.seq = 1;
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_SEQUENCE); /* before it */
    op.seq = 0;
    op.taken_wh--;
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_OK);
    kit_close(&k);
}

static void a_correction_names_the_last_statement_and_replaces_it(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t first = sell(&k, SELLER, BUYER, 100), second = sell(&k, SELLER, BUYER, 100);
    const uint32_t not_mine = sell(&k, SELLER, OTHER, 100);
    struct contract_ref refused[] = {{1}, {3}, {99}};
    struct interval_statement op = {
        .interval = KIT_INTERVAL, .taken_wh = 7, .refused = refused, .refused_count = 3};
    trade_open_window(k.l, ip);
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_OK);
    const struct hash hash = statement_hash(&k.l->chain, BUYER, &op);
    assert_true(contract_get(k.l, first)->is_refused);
    assert_false(contract_get(k.l, second)->is_refused);
    assert_false(contract_get(k.l, not_mine)->is_refused); /* nobody refuses for another */
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_SEQUENCE);
    op.seq = 2;
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_SEQUENCE);
    op.seq = 1;
    op.corrects_one = true;
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_CORRECTS_OTHER);
    assert_int_equal(page_of(&k, ip, BUYER)->next_seq, 1);
    op.corrects = hash;
    op.taken_wh = 8;
    refused[0].contract = 2;
    op.refused_count = 1;
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_OK);
    assert_false(contract_get(k.l, first)->is_refused);
    assert_true(contract_get(k.l, second)->is_refused);
    assert_int_equal(page_of(&k, ip, BUYER)->taken.wh, 8);
    assert_int_equal(k.l->index.contracts.stated_count[interval_get(k.l, ip)->page - 1], 1);
    kit_close(&k);
}

static void the_hash_of_a_statement_covers_all_of_it(void **state)
{
    (void)state;
    const struct hash chain = {{1}}, other_chain = {{2}};
    struct contract_ref refused[] = {{4}};
    struct interval_statement op = {.interval = 3, .delivered_wh = 5};
    const struct hash hash = statement_hash(&chain, 1, &op);
    struct hash others[4] = {statement_hash(&other_chain, 1, &op), statement_hash(&chain, 2, &op)};
    op.register_commitment.bytes[0] = 1;
    others[2] = statement_hash(&chain, 1, &op);
    op.register_commitment.bytes[0] = 0;
    op.refused = refused;
    op.refused_count = 1;
    others[3] = statement_hash(&chain, 1, &op);
    for (uint32_t i = 0; i < 4; i++)
        assert_false(hash_equal(&others[i], &hash));
}

static void after_the_close_a_statement_is_a_record(void **state)
{
    (void)state;
    struct kit k;
    struct interval_statement op = {.interval = KIT_INTERVAL, .delivered_wh = 900};
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t place = sell(&k, SELLER, BUYER, 100); /* not drawn: the row stays */
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 100, 0);
    const struct hash first = page_of(&k, ip, SELLER)->statement;
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    assert_int_equal(log_count(k.l), 0);
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_SEQUENCE);
    assert_int_equal(log_count(k.l), 0);
    op.seq = 1;
    op.corrects_one = true;
    op.corrects = first;
    assert_int_equal(kit_statement(&k, SELLER, &op), ERR_RECORD_ONLY);
    assert_int_equal(page_of(&k, ip, SELLER)->delivered.wh, 100);
    assert_int_equal(page_of(&k, ip, SELLER)->next_seq, 2);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 100);
    assert_int_equal(log_count(k.l), 1);
    assert_int_equal(log_get(k.l, 0).bytes.at[0], RECORD_STATEMENT);
    op = (struct interval_statement){.interval = KIT_INTERVAL, .taken_wh = 50};
    assert_int_equal(kit_statement(&k, BUYER, &op), ERR_RECORD_ONLY); /* its first: still silent */
    assert_false(page_of(&k, ip, BUYER)->has_stated);
    assert_int_equal(verdict_of(&k, place), VERDICT_C2);
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void the_window_ends_at_its_time(void **state)
{
    (void)state;
    struct kit k;
    uint64_t due_ms = 0;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    sell(&k, SELLER, BUYER, 100);
    assert_false(is_due(&k, ip, 1000, &due_ms));
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 100, 0);
    kit_says(&k, BUYER, 0, 100); /* all have stated, but others may yet order */
    assert_false(is_due(&k, ip, 1000 + KIT_STATEMENT_MS - 1, &due_ms));
    assert_true(is_due(&k, ip, 1000 + KIT_STATEMENT_MS + 500, &due_ms));
    assert_int_equal(due_ms, 1000 + KIT_STATEMENT_MS);
    trade_close_statements(k.l, ip, due_ms);
    assert_false(is_due(&k, ip, 1000 + KIT_STATEMENT_MS + 500, &due_ms));
    kit_close(&k);
}

static void the_close_is_due_work_and_costs_by_contract_and_statement(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t first = sell(&k, SELLER, BUYER, 100), second = sell(&k, SELLER, BUYER, 100);
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 200, 0);
    kit_next(&k, 1000 + KIT_STATEMENT_MS - 1);
    k.l->now.steps_left = 1000;
    due_run(k.l);
    assert_int_equal(interval_get(k.l, ip)->window, INTERVAL_OPEN);
    assert_int_equal(k.l->now.steps_left, 1000);
    kit_next(&k, 1000 + KIT_STATEMENT_MS);
    k.l->now.steps_left = 0;
    due_run(k.l);
    assert_int_equal(interval_get(k.l, ip)->window, INTERVAL_OPEN);
    k.l->now.steps_left = 1000;
    due_run(k.l);
    assert_int_equal(interval_get(k.l, ip)->window, INTERVAL_CLOSED);
    assert_int_equal(k.l->now.steps_left, 1000 - 1 - 1 - 2 * 3);
    assert_int_equal(verdict_of(&k, first), VERDICT_C2);
    assert_int_equal(verdict_of(&k, second), VERDICT_C2);
    kit_close(&k);
}

static void under_timing_forward_it_closes_when_every_live_party_has_stated(void **state)
{
    (void)state;
    struct kit k;
    uint64_t due_ms = 0;
    kit_open_bare(&k, TIMING_FORWARD);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t empty = kit_interval(&k, KIT_INTERVAL - 1);
    const struct kit_terms later = {
        .interval = KIT_INTERVAL + 1, .seller = SELLER, .buyer = OTHER, .wh = 300};
    trade_open_window(k.l, empty);
    assert_false(is_due(&k, empty, 2000, &due_ms)); /* nobody has to state */
    const uint32_t first = sell(&k, SELLER, BUYER, 100);
    sell(&k, OTHER, BUYER, 100);
    sell(&k, BUYER, 4, 100);
    const uint32_t closed = sell(&k, 6, 7, 100); /* and not freed yet */
    const struct contract_event out = {.kind = CONTRACT_EV_REVOKED};
    trade_run(k.l, closed, &out, 2000);
    trade_open_window(k.l, ip);
    kit_says(&k, OTHER, 100, 0);
    kit_says(&k, BUYER, 0, 100);
    assert_false(is_due(&k, ip, 2100, &due_ms)); /* SELLER and 4 */
    const struct contract_event scored = {.kind = CONTRACT_EV_SCORED};
    trade_run(k.l, first, &out, 2100); /* SELLER is a party of no open contract */
    trade_run(k.l, first, &scored, 2100);
    trade_free(k.l, first);
    kit_interval(&k, KIT_INTERVAL + 1);
    assert_int_equal(kit_make(&k, later), first); /* what was looked at last is another's now */
    assert_false(is_due(&k, ip, 2200, &due_ms));
    kit_status(&k, 4, STATUS_LEAVING);
    assert_false(is_due(&k, ip, 2200, &due_ms));
    kit_status(&k, 4, STATUS_EJECTED);
    assert_true(is_due(&k, ip, 2300, &due_ms));
    assert_int_equal(due_ms, 2300);
    trade_rebuild(k.l); /* what was looked at is not part of the state */
    assert_true(is_due(&k, ip, 2300, &due_ms));
    kit_close(&k);
}

static void an_ejected_partys_statement_is_dropped_until_the_close(void **state)
{
    (void)state;
    struct kit k;
    struct contract_ref refusals[] = {{2}};
    const struct interval_statement both = {
        .interval = KIT_INTERVAL, .delivered_wh = 100, .refused = refusals, .refused_count = 1};
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t sold = sell(&k, SELLER, BUYER, 100), bought = sell(&k, BUYER, SELLER, 100);
    trade_open_window(k.l, ip);
    assert_int_equal(kit_statement(&k, SELLER, &both), ERR_OK);
    kit_says(&k, BUYER, 100, 100);
    assert_true(contract_get(k.l, bought)->is_refused);
    trade_drop_statements(k.l, SELLER);
    trade_drop_statements(k.l, 7); /* who said nothing */
    assert_true(page_of(&k, ip, SELLER)->was_dropped);
    assert_false(contract_get(k.l, bought)->is_refused);
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    assert_int_equal(verdict_of(&k, sold), VERDICT_C1);
    assert_int_equal(verdict_of(&k, bought), VERDICT_C2);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 0);
    trade_drop_statements(k.l, BUYER); /* the judge has spoken */
    assert_true(page_of(&k, ip, BUYER)->has_stated);
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void a_revocation_voids_what_is_not_measured_in_the_order_of_numbers(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    kit_interval(&k, KIT_INTERVAL + 1);
    const uint32_t measured = sell(&k, SELLER, BUYER, 100);
    kit_draw(&k, measured, true);
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 100, 0);
    kit_says(&k, BUYER, 0, 100);
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    const struct kit_terms later = {
        .interval = KIT_INTERVAL + 1, .seller = SELLER, .buyer = OTHER, .wh = 300};
    const uint32_t as_seller = kit_make(&k, later);
    const uint32_t as_buyer = sell_measured(&k, 4, SELLER, 200);
    const uint32_t of_others = sell_measured(&k, 4, OTHER, 200);
    kit_draw(&k, as_seller, true);
    const struct funds_event closes[] = {{.kind = FUNDS_CLOSE_MEMBER, .member = SELLER},
                                         {.kind = FUNDS_CLOSE_MEMBER, .member = OTHER}};
    money_do(k.l, &closes[0]);
    money_do(k.l, &closes[1]); /* so that each refund becomes a numbered payout */
    const uint64_t payouts = k.l->head->payout_last;
    trade_void_of(k.l, SELLER);
    assert_int_equal(kit_machine_at(&k, measured)->state, CONTRACT_EXEC_WAIT);
    assert_int_equal(kit_machine_at(&k, as_seller)->state, CONTRACT_VOID);
    assert_int_equal(kit_machine_at(&k, as_buyer)->state, CONTRACT_VOID);
    assert_int_equal(kit_machine_at(&k, of_others)->state, CONTRACT_PREPARED);
    assert_int_equal(k.l->head->payout_last, payouts + 2);
    for (uint32_t p = 0; p < k.l->sizes.payouts; p++) {
        const struct payout *payout = table_get(&k.l->payouts, p);
        if (payout->number == payouts + 1)
            assert_int_equal(payout->member, OTHER); /* of contract 2, SELLER's is 3 */
    }
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 100); /* untouched */
    kit_check_conserved(&k, ip);
    kit_close(&k);
}

static void a_page_begins_anew_with_its_next_interval(void **state)
{
    (void)state;
    struct kit k;
    struct qot_counts *counts;
    kit_open_bare(&k, TIMING_MEASURED);
    struct energy_account *rows = (struct energy_account *)(void *)k.l->page_energies.rows;
    struct page_member *row = page_edit(k.l, 0, SELLER, 4);
    row->has_stated = true;
    row->next_seq = 3;
    counts = page_counts_edit(k.l, 0, SELLER, 4);
    counts->honest = 2;
    page_energy_edit(k.l, 0, SELLER, 4);
    rows[SELLER].title.wh = 9;
    assert_true(page_get(k.l, 0, SELLER, 4)->has_stated);
    assert_false(page_get(k.l, 0, SELLER, 5)->has_stated);
    assert_int_equal(page_counts_edit(k.l, 0, SELLER, 4)->honest, 2);
    kit_next(&k, 2000);
    page_energy_edit(k.l, 0, SELLER, 4);
    rows[SELLER].title.wh = 11;
    ledger_undo(k.l);
    assert_int_equal(rows[SELLER].title.wh, 9);
    kit_next(&k, 2000);
    assert_int_equal(page_counts_edit(k.l, 0, SELLER, 5)->honest, 0);
    assert_int_equal(page_get(k.l, 0, SELLER, 5)->next_seq, 0);
    const struct energy_account *energy = table_get(&k.l->page_energies, SELLER);
    assert_int_equal(energy->title.wh, 0);
    ledger_undo(k.l);
    assert_int_equal(page_get(k.l, 0, SELLER, 4)->next_seq, 3);
    kit_next(&k, 2000);
    page_edit(k.l, 0, SELLER, 4);
    kit_next(&k, 2100);
    assert_int_equal(store_meta(&k.l->stores[STORE_STATEMENTS], STORE_NOW, SELLER - 1).version, 2);
    page_edit(k.l, 0, SELLER, 5);
    kit_next(&k, 2200);
    assert_int_equal(store_meta(&k.l->stores[STORE_STATEMENTS], STORE_NOW, SELLER - 1).version, 1);
    assert_int_equal(energy->title.wh, 0);
    kit_close(&k);
}

static void who_has_stated_is_found_again_after_an_undo(void **state)
{
    (void)state;
    struct kit k;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t *count = &k.l->index.contracts.stated_count[interval_get(k.l, ip)->page - 1];
    trade_open_window(k.l, ip);
    kit_says(&k, SELLER, 10, 0);
    kit_says(&k, BUYER, 10, 0);
    kit_next(&k, 2000);
    kit_says(&k, OTHER, 10, 0);
    trade_drop_statements(k.l, SELLER);
    assert_int_equal(*count, 2);
    ledger_undo(k.l);
    assert_int_equal(*count, 2);
    kit_next(&k, 2000);
    sell(&k, SELLER, BUYER, 10); /* keeps the row */
    trade_close_statements(k.l, ip, 2000);
    assert_int_equal(kit_energy(&k, ip, SELLER)->title.wh, 10);
    assert_int_equal(kit_energy(&k, ip, BUYER)->title.wh, 10);
    assert_int_equal(page_of(&k, ip, OTHER)->interval, 0); /* untouched */
    trade_rebuild(k.l);
    assert_int_equal(*count, 0);
    kit_close(&k);
}

static void a_page_row_has_one_encoding(void **state)
{
    (void)state;
    struct kit k;
    uint8_t bytes[512];
    struct page_member member;
    struct energy_account energy;
    struct qot_counts counts;
    struct row_io io;
    kit_open_bare(&k, TIMING_MEASURED);
    const uint32_t ip = kit_interval(&k, KIT_INTERVAL);
    const uint32_t page = interval_get(k.l, ip)->page - 1;
    trade_open_window(k.l, ip);
    kit_says(&k, 3, 100, 7);
    trade_close_statements(k.l, ip, k.l->now.a_ms);
    struct value v = {.number = 0};
    row_init_write(&v.io, bytes, sizeof bytes);
    statement_value(k.l, page * KIT_MEMBERS + 3 - 1, &v);
    const size_t len = row_end_write(&v.io);
    assert_int_equal(v.number, index_key(3, KIT_INTERVAL));
    row_init_read(&io, (struct span){bytes, len});
    trade_page_io(&io, &member, &energy, &counts);
    assert_true(row_end_read(&io));
    assert_int_equal(member.interval, KIT_INTERVAL);
    assert_int_equal(member.delivered.wh, 100);
    assert_int_equal(member.taken.wh, 7);
    assert_int_equal(energy.title.wh, 100);
    row_init_read(&io, (struct span){bytes, len - 1});
    trade_page_io(&io, &member, &energy, &counts);
    assert_false(row_end_read(&io));
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_is_taken_in_its_window_only),
        cmocka_unit_test(nobody_states_more_than_the_connection_carries),
        cmocka_unit_test(a_correction_names_the_last_statement_and_replaces_it),
        cmocka_unit_test(the_hash_of_a_statement_covers_all_of_it),
        cmocka_unit_test(after_the_close_a_statement_is_a_record),
        cmocka_unit_test(the_window_ends_at_its_time),
        cmocka_unit_test(the_close_is_due_work_and_costs_by_contract_and_statement),
        cmocka_unit_test(under_timing_forward_it_closes_when_every_live_party_has_stated),
        cmocka_unit_test(an_ejected_partys_statement_is_dropped_until_the_close),
        cmocka_unit_test(a_revocation_voids_what_is_not_measured_in_the_order_of_numbers),
        cmocka_unit_test(a_page_begins_anew_with_its_next_interval),
        cmocka_unit_test(who_has_stated_is_found_again_after_an_undo),
        cmocka_unit_test(a_page_row_has_one_encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
