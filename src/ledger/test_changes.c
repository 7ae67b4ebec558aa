/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the parameters: who decides, when they bind, and for which intervals those of the
 * market hold (RULE param.1). */
#include "ledger/changes.h"
#include "ledger/market_version.h"
#include "ledger/test_identity.h"
#include "ledger/values.h"

enum { DELAY_MS = 60000, GAP_MS = 10000, INTERVAL_MS = 900000 };

static struct parameter_setting settings[CHANGE_SETTINGS_MAX + 1];

/* @verifiers founders in V, of four. */
static struct kit *start(uint32_t verifiers)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    for (uint32_t i = verifiers; i < 4; i++)
        k->sound.founders[i].volunteer = false;
    k->sound.g.market.timing = TIMING_FORWARD;
    k->sound.g.windows.param_delay_ms = DELAY_MS;
    kit_start(k);
    kit_blocks(k, 3, KIT_BLOCK_MS);
    kit_block(k, INTERVAL_MS); /* there is an interval before this one */
    return k;
}

static uint64_t interval_of(const struct kit *k)
{
    return k->l->now.interval;
}

/* Ready for interval @ahead from now: the delay of A has passed, its start has not. */
static void to_interval(struct kit *k, uint64_t number)
{
    const struct clock_times *t = &k->l->times;
    kit_block(k, t->t0_ms + number * t->interval_ms - k->t_ms);
    assert_int_equal(interval_of(k), number);
}

static struct op change_of(struct kit *k, uint64_t from, uint32_t count)
{
    struct op op = kit_op(OP_PARAMETER_CHANGE);
    op.parameter_change = (struct parameter_change){.sequence = k->l->head->authority_sequence + 1,
                                                    .from_interval = from,
                                                    .settings = settings,
                                                    .setting_count = count,
                                                    .seal = kit_seal(k)};
    return op;
}

static enum err set_one(struct kit *k, uint64_t from, uint32_t parameter, uint64_t value)
{
    settings[0] = (struct parameter_setting){.parameter = parameter, .value = value};
    return kit_one(k, 0, change_of(k, from, 1));
}

static uint8_t last_end(const struct kit *k)
{
    for (uint32_t i = log_count(k->l); i > 0; i--)
        if (log_get(k->l, i - 1).bytes.at[0] == RECORD_PARAMETER)
            return log_get(k->l, i - 1).bytes.at[18];
    return 0;
}

static void without_v_the_authority_changes_alone_after_the_delay(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t now = interval_of(k);
    assert_int_equal(set_one(k, now, PARAM_EXEC, 20000), ERR_OVER_SOON);
    kit_block(k, INTERVAL_MS - k->t_ms % INTERVAL_MS - DELAY_MS - KIT_BLOCK_MS - 1);
    const uint64_t next =
        interval_of(k) + 1; /* it begins more than the delay from the next block */
    assert_int_equal(set_one(k, next, PARAM_EXEC, 20000), ERR_OK);
    const uint64_t admitted = k->l->now.a_ms;
    assert_int_equal(set_one(k, next, PARAM_EXEC, 21000), ERR_OVER_SOON); /* a second later */
    to_interval(k, next);
    assert_int_equal(k->l->params->windows.exec_ms, 15000); /* the delay is on A */
    while (k->l->now.a_ms + GAP_MS < admitted + DELAY_MS)
        kit_block(k, GAP_MS);
    kit_block(k, admitted + DELAY_MS - k->l->now.a_ms - 1);
    assert_int_equal(k->l->params->windows.exec_ms, 15000);
    const uint64_t version = k->l->head->parameters_version;
    kit_block(k, 1);
    assert_int_equal(k->l->params->windows.exec_ms, 20000);
    assert_int_equal(k->l->head->parameters_version, version + 1);
    assert_int_equal(last_end(k), 1);
    kit_stop(k);
}

static void a_change_waits_for_the_start_of_its_interval(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t from = interval_of(k) + 3;
    assert_int_equal(set_one(k, from, PARAM_EXEC, 20000), ERR_OK);
    kit_blocks(k, 10, GAP_MS);
    kit_block(k, k->l->times.t0_ms + from * INTERVAL_MS - k->t_ms - 1);
    assert_int_equal(k->l->params->windows.exec_ms, 15000);
    kit_block(k, 1);
    assert_int_equal(k->l->params->windows.exec_ms, 20000);
    kit_stop(k);
}

static void a_change_is_refused_by_its_first_fault(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t from = interval_of(k) + 5;
    settings[0] = (struct parameter_setting){.parameter = PARAM_EXEC, .value = 20000};
    struct op op = change_of(k, from, 1);
    op.parameter_change.sequence = 2;
    assert_int_equal(kit_one(k, 0, op), ERR_AUTHORITY_SEQUENCE);
    assert_int_equal(set_one(k, from, PARAM_GRACE, 3), ERR_PARAM_FIXED);
    assert_int_equal(set_one(k, from, PARAM_TAU, 6000), ERR_PARAM_FIXED);
    assert_int_equal(set_one(k, from, PARAM_EXEC, 149), ERR_PARAM_RANGE);
    assert_int_equal(set_one(k, from, 99, 1), ERR_PARAM_UNKNOWN);
    for (uint32_t i = 0; i <= CHANGE_SETTINGS_MAX; i++)
        settings[i] = (struct parameter_setting){.parameter = PARAM_STATEMENT + i, .value = 60000};
    assert_int_equal(kit_one(k, 0, change_of(k, from, CHANGE_SETTINGS_MAX + 1)), ERR_PARAM_FORM);
    assert_int_equal(k->l->head->authority_sequence, 0);
    for (uint32_t i = 0; i < SIZES_CHANGES; i++)
        assert_int_equal(set_one(k, from, PARAM_EXEC, 20000 + i), ERR_OK);
    assert_int_equal(set_one(k, from, PARAM_EXEC, 20000), ERR_CHANGES_FULL);
    to_interval(k, from);
    kit_blocks(k, 6, GAP_MS);
    assert_int_equal(k->l->params->windows.exec_ms, 20007); /* by number: the last one stays */
    assert_int_equal(set_one(k, from + 2, PARAM_EXEC, 20000), ERR_OK);
    kit_stop(k);
}

/* RULE dos.3: memory is given once. */
static void what_sizes_memory_never_rises_above_the_genesis(void **state)
{
    (void)state;
    struct kit *k = start(0);
    uint64_t from = interval_of(k) + 2;
    assert_int_equal(set_one(k, from, PARAM_MEMBERS_MAX, 65), ERR_PARAM_SIZE);
    assert_int_equal(set_one(k, from, PARAM_CONTRACTS_OPEN_MAX, 65), ERR_PARAM_SIZE);
    assert_int_equal(set_one(k, from, PARAM_BOOK_MAX, 65), ERR_PARAM_SIZE);
    assert_int_equal(set_one(k, from, PARAM_MEMBERS_MAX, 5), ERR_OK);
    kit_blocks(k, 7, GAP_MS);
    to_interval(k, from);
    assert_int_equal(k->l->params->limits.members_max, 5);
    struct voucher v = kit_voucher(k, 40);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    v = kit_voucher(k, 41);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_MEMBERS_FULL);
    from = interval_of(k) + 2;
    assert_int_equal(set_one(k, from, PARAM_MEMBERS_MAX, 64), ERR_OK);
    kit_blocks(k, 7, GAP_MS);
    to_interval(k, from);
    v = kit_voucher(k, 41);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    kit_stop(k);
}

static struct op ballot(uint64_t subject, const uint8_t *voted, const uint8_t *agree)
{
    return (struct op){.kind = OP_BALLOT,
                       .ballot = {.stage = STAGE_PARAMETER,
                                  .subject = subject,
                                  .voted = {voted, 1},
                                  .agree = {agree, 1}}};
}

static enum err vote(struct kit *k, uint32_t slot, uint64_t subject, uint8_t agree)
{
    static const uint8_t one = 1;
    return kit_one(k, slot, ballot(subject, &one, &agree));
}

static void with_v_a_quorum_of_it_agrees(void **state)
{
    (void)state;
    static const uint8_t three = 3;
    for (uint32_t agreeing = 2; agreeing <= 3; agreeing++) {
        struct kit *k = start(3);
        const uint64_t from = interval_of(k) + 50;
        assert_int_equal(k->l->head->epoch.v.count, 3);
        assert_int_equal(set_one(k, from, PARAM_EXEC, 20000), ERR_OK);
        assert_int_equal(vote(k, 4, 1, 1), ERR_NOT_MEMBER);
        assert_int_equal(vote(k, 1, 2, 1), ERR_NO_CHANGE);
        assert_int_equal(kit_one(k, 1, ballot(1, &three, &three)), ERR_NO_DUTY);
        assert_int_equal(vote(k, 1, 1, 1), ERR_OK);
        assert_int_equal(vote(k, 1, 1, 0), ERR_VOTED);
        assert_int_equal(vote(k, 2, 1, 1), ERR_OK);
        assert_int_equal(vote(k, 3, 1, agreeing == 3), ERR_OK);
        kit_blocks(k, 8, GAP_MS);
        if (agreeing == 2) { /* without a quorum it ends with its ballot */
            assert_int_equal(vote(k, 3, 1, 1), ERR_CLOSED);
            kit_stop(k);
            continue;
        }
        assert_int_equal(vote(k, 3, 1, 1), ERR_LATE);
        to_interval(k, from);
        assert_int_equal(k->l->params->windows.exec_ms, 20000);
        kit_stop(k);
    }
}

static void a_ballot_ends_with_the_delay(void **state)
{
    (void)state;
    struct kit *k = start(3);
    assert_int_equal(set_one(k, interval_of(k) + 2, PARAM_EXEC, 20000), ERR_OK);
    const uint64_t until = k->l->now.a_ms + DELAY_MS;
    kit_blocks(k, 5, GAP_MS);
    kit_say(k, 1, ballot(1, (const uint8_t[]){1}, (const uint8_t[]){1}));
    kit_block(k, until - k->l->now.a_ms - 1);
    assert_int_equal(k->codes[0], ERR_OK);
    kit_say(k, 2, ballot(1, (const uint8_t[]){1}, (const uint8_t[]){1}));
    kit_block(k, 1);
    assert_int_equal(k->codes[0], ERR_CLOSED);
    assert_int_equal(last_end(k), 2);
    kit_stop(k);
}

static void a_seat_that_fell_out_does_not_vote_any_more(void **state)
{
    (void)state;
    struct kit *k = start(3);
    assert_int_equal(set_one(k, interval_of(k) + 2, PARAM_EXEC, 20000), ERR_OK);
    ((struct standing *)table_edit(&k->l->standings, 2))->score = -1;
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(vote(k, 2, 1, 1), ERR_NOT_MEMBER);
    kit_stop(k);
}

static void names_keys_and_lists_are_rows_too(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const struct pubkey key = kit_key(77, 1);
    const uint64_t from = interval_of(k) + 2;
    settings[0] =
        (struct parameter_setting){.parameter = PARAM_NAME, .bytes = span_of_text("Another name")};
    settings[1] = (struct parameter_setting){
        .parameter = PARAM_AUTHORITY_KEYS, .index = 0, .bytes = {key.bytes, PUBKEY_BYTES}};
    settings[2] = (struct parameter_setting){
        .parameter = PARAM_FEEDERS, .index = 3, .bytes = span_of_text("third")};
    assert_int_equal(kit_one(k, 0, change_of(k, from, 3)), ERR_OK);
    kit_blocks(k, 7, GAP_MS);
    to_interval(k, from); /* applied, undone and applied again */
    const struct genesis *g = k->l->params;
    assert_true(g->community.name.len == 12 &&
                memcmp(g->community.name.at, "Another name", 12) == 0);
    assert_int_equal(g->feeder_count, 3);
    assert_memory_equal(g->feeders[2].name.at, "third", 5);
    assert_memory_equal(g->feeders[1].name.at, "main", 4);
    assert_true(pubkey_equal(&g->authority.keys[0].key, &key));
    assert_int_equal(set_one(k, from + 2, PARAM_EXEC, 20000), ERR_SIGNER_UNKNOWN);
    settings[0] = (struct parameter_setting){.parameter = PARAM_EXEC, .value = 20000};
    kit_say_by(k, &key, change_of(k, from + 2, 1));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_OK);
    kit_stop(k);
}

/* The app hash tells two names of a feeder apart. */
static void a_feeders_name_stands_under_the_app_hash(void **state)
{
    (void)state;
    struct hash hashes[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct kit *k = malloc(sizeof *k);
        kit_init(k, 1);
        k->sound.feeders[1].name = span_of_text(i ? "ab" : "ba");
        kit_start(k);
        hashes[i] = ledger_app_hash(k->l);
        kit_stop(k);
    }
    assert_false(hash_equal(&hashes[0], &hashes[1]));
}

/* ---- the market's ---------------------------------------------------------------------------- */

static enum err order_by(struct kit *k, uint32_t slot, enum order_side side, uint64_t interval,
                         int64_t price)
{
    struct op op = kit_op(OP_ORDER);
    op.order = (struct order){.side = side,
                              .round = ROUND_FORWARD,
                              .interval = interval,
                              .energy_wh = 100,
                              .price_micro_per_kwh = price};
    return kit_one(k, slot, op);
}

static enum err order(struct kit *k, uint32_t slot, uint64_t interval, int64_t price)
{
    return order_by(k, slot, ORDER_OFFER, interval, price);
}

/* The feed-in price rises from 80,000 to 90,000, and a fee comes. */
static void raise(struct kit *k, uint64_t from)
{
    settings[0] = (struct parameter_setting){.parameter = PARAM_FEED_IN, .value = 90000};
    settings[1] =
        (struct parameter_setting){.parameter = PARAM_FEES, .index = 1 << 16 | 2, .value = 1000};
    assert_int_equal(kit_one(k, 0, change_of(k, from, 2)), ERR_OK);
    kit_blocks(k, 7, GAP_MS);
}

static void the_market_changes_behind_the_last_interval_with_an_order(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t from = interval_of(k) + 2, last = from + 3;
    raise(k, from);
    assert_int_equal(order(k, 1, last, 85000), ERR_OK);
    to_interval(k, from);
    assert_int_equal(k->l->params->market.feed_in_micro_per_kwh, 90000);
    assert_int_equal(market_version_from(k->l), last + 1);
    assert_int_equal(state_market(k->l, last)->feed_in_micro_per_kwh, 80000);
    assert_int_equal(state_market(k->l, last)->fee_count, 0);
    assert_int_equal(state_market(k->l, last + 1)->feed_in_micro_per_kwh, 90000);
    assert_int_equal(state_market(k->l, last + 1)->fee_count, 1);
    assert_int_equal(order(k, 2, last, 80000), ERR_OK);
    assert_int_equal(order(k, 2, last, 79999), ERR_ORDER_PRICE_RANGE);
    assert_int_equal(order(k, 2, last - 1, 80000), ERR_OK);
    assert_int_equal(order(k, 2, last + 1, 89999), ERR_ORDER_PRICE_RANGE);
    assert_int_equal(order(k, 2, last + 1, 90000), ERR_OK);
    kit_stop(k);
}

static void without_orders_it_changes_at_its_interval(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t from = interval_of(k) + 2;
    raise(k, from);
    to_interval(k, from);
    assert_int_equal(market_version_from(k->l), from);
    assert_int_equal(state_market(k->l, from)->feed_in_micro_per_kwh, 90000);
    assert_int_equal(state_market(k->l, from - 1)->feed_in_micro_per_kwh, 80000);
    kit_stop(k);
}

/* Two versions at most: the next one waits until no interval under the one before is left. */
static void the_next_change_of_the_market_waits_for_this_one(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t from = interval_of(k) + 2, last = from + 3;
    raise(k, from);
    assert_int_equal(order(k, 1, last, 85000), ERR_OK);
    to_interval(k, from);
    assert_int_equal(set_one(k, from + 1, PARAM_FEED_IN, 100000), ERR_OK);
    assert_int_equal(set_one(k, from + 1, PARAM_EXEC, 20000), ERR_OK);
    kit_blocks(k, 7, GAP_MS);
    to_interval(k, from + 1);
    assert_int_equal(k->l->params->windows.exec_ms, 20000); /* others do not wait */
    to_interval(k, last);
    kit_block(k, INTERVAL_MS - 1);
    assert_int_equal(k->l->params->market.feed_in_micro_per_kwh, 90000);
    kit_block(k, 1);
    assert_int_equal(interval_of(k), last + 1);
    assert_int_equal(k->l->params->market.feed_in_micro_per_kwh, 100000);
    assert_int_equal(market_version_from(k->l), from + 1);
    assert_int_equal(state_market(k->l, from)->feed_in_micro_per_kwh, 90000);
    kit_stop(k);
}

/* Orders of both versions wait for one seed; each is run, or not, as its interval has it. */
static void a_continuous_book_goes_on_as_it_began(void **state)
{
    (void)state;
    for (uint32_t becomes = MECHANISM_CALL; becomes <= MECHANISM_CONTINUOUS; becomes++) {
        struct kit *k = start(0);
        k->l->params->market.mechanism = MECHANISM_CONTINUOUS;
        struct op money = kit_op(OP_DEPOSIT);
        money.deposit =
            (struct deposit){.member = 2, .amount_micro = 1000000, .reference = kit_hash(1, 20)};
        assert_int_equal(kit_treasury(k, money), ERR_OK);
        const uint64_t from = interval_of(k) + 2, last = from + 3;
        settings[0] = (struct parameter_setting){.parameter = PARAM_MECHANISM, .value = becomes};
        settings[1] = (struct parameter_setting){.parameter = PARAM_FEED_IN, .value = 90000};
        assert_int_equal(kit_one(k, 0, change_of(k, from, 2)), ERR_OK);
        assert_int_equal(order(k, 1, last, 85000), ERR_OK);
        kit_blocks(k, 7, GAP_MS);
        to_interval(k, from);
        assert_int_equal(order(k, 1, last + 1, 95000), ERR_OK);
        assert_int_equal(order_by(k, 2, ORDER_BID, last + 1, 95000), ERR_OK);
        assert_int_equal(order_by(k, 2, ORDER_BID, last, 85000), ERR_OK);
        kit_blocks(k, 3, KIT_BLOCK_MS);
        const bool both = becomes == MECHANISM_CONTINUOUS;
        assert_int_equal(k->l->head->contract_last, 1 + both);
        for (uint32_t i = 0; i < 2; i++) {
            const uint32_t place = interval_find(k->l, last + i);
            const struct ledger_round *r = &interval_get(k->l, place)->rounds[0];
            assert_int_equal(r->contract_count, i == 0 || both);
            assert_int_equal(r->order_count, i == 0 || both ? 0 : 2);
        }
        kit_stop(k);
    }
}

static void a_version_is_over_when_its_last_row_is_gone(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t from = interval_of(k) + 2;
    assert_true(market_version_is_over(k->l));
    raise(k, from);
    to_interval(k, from);
    struct ledger_interval *row = table_edit(&k->l->intervals, 5);
    *row = (struct ledger_interval){.is_used = true, .number = from - 1};
    assert_false(market_version_is_over(k->l)); /* it is being settled still */
    row->number = from;
    assert_true(market_version_is_over(k->l));
    struct market_version *version = table_edit(&k->l->market_table, 0);
    version->from = from + 1;
    row->is_used = false;
    assert_false(market_version_is_over(k->l));
    kit_stop(k);
}

/* What could differ between two nodes unseen would be no state. */
static void the_version_before_stands_under_the_app_hash(void **state)
{
    (void)state;
    static uint8_t bytes[2][VALUES_BYTES_MAX], key[VALUES_KEY_BYTES];
    struct kit *k = start(0);
    struct value_bytes v = value_write(k->l, STORE_PARAMS, STATE_PARAMS_BEFORE, key, bytes[0]);
    assert_int_equal(v.value.len, 1); /* free */
    const uint64_t from = interval_of(k) + 2;
    raise(k, from);
    to_interval(k, from);
    v = value_write(k->l, STORE_PARAMS, STATE_PARAMS_BEFORE, key, bytes[0]);
    assert_int_equal(v.number, STATE_PARAMS_BEFORE + 1);
    struct market_version *version = table_edit(&k->l->market_table, 0);
    uint64_t *const fields[] = {&version->from, &version->before.feed_in_micro_per_kwh,
                                &version->before.gate_lead_ms, &version->before.book_max_orders};
    for (uint32_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        (*fields[i])++;
        value_write(k->l, STORE_PARAMS, STATE_PARAMS_BEFORE, key, bytes[1]);
        assert_memory_not_equal(bytes[0], bytes[1], v.value.len);
        (*fields[i])--;
    }
    version->before.fee_count = 1;
    value_write(k->l, STORE_PARAMS, STATE_PARAMS_BEFORE, key, bytes[1]);
    assert_memory_not_equal(bytes[0], bytes[1], v.value.len);
    kit_stop(k);
}

static void a_shorter_gate_lead_opens_no_gate_again(void **state)
{
    (void)state;
    struct kit *k = start(0);
    const uint64_t next = interval_of(k) + 2;
    assert_int_equal(order(k, 1, next, 85000), ERR_OK);
    kit_block(k, k->l->times.t0_ms + next * INTERVAL_MS - k->t_ms - 60000);
    assert_true(market_gate_reached(k->l, next, ROUND_FORWARD));
    k->l->params->market.gate_lead_ms = 50000;
    assert_true(market_gate_reached(k->l, next, ROUND_FORWARD));
    assert_false(market_gate_reached(k->l, next + 1, ROUND_FORWARD));
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_v_the_authority_changes_alone_after_the_delay),
        cmocka_unit_test(a_change_waits_for_the_start_of_its_interval),
        cmocka_unit_test(a_change_is_refused_by_its_first_fault),
        cmocka_unit_test(what_sizes_memory_never_rises_above_the_genesis),
        cmocka_unit_test(with_v_a_quorum_of_it_agrees),
        cmocka_unit_test(a_ballot_ends_with_the_delay),
        cmocka_unit_test(a_seat_that_fell_out_does_not_vote_any_more),
        cmocka_unit_test(names_keys_and_lists_are_rows_too),
        cmocka_unit_test(a_feeders_name_stands_under_the_app_hash),
        cmocka_unit_test(the_market_changes_behind_the_last_interval_with_an_order),
        cmocka_unit_test(without_orders_it_changes_at_its_interval),
        cmocka_unit_test(the_next_change_of_the_market_waits_for_this_one),
        cmocka_unit_test(a_continuous_book_goes_on_as_it_began),
        cmocka_unit_test(a_version_is_over_when_its_last_row_is_gone),
        cmocka_unit_test(the_version_before_stands_under_the_app_hash),
        cmocka_unit_test(a_shorter_gate_lead_opens_no_gate_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
