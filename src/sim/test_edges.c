/* SPDX-License-Identifier: Apache-2.0 */
/* RULE dos.3, op.2: what fuzz_ledger and reading found at the ends of limits, each as a community
 * in which it happens. */
#include "sim/honest.h"

#include "core/params.h"
#include "ledger/state.h"
#include "sampling/clock.h"

#include "tests/cmocka_all.h"

enum { BLOCK_MS = 1000, HOMES = 6, MANY = 40 };

static struct world w;
static struct honest h;

static void open_world(uint32_t homes, uint32_t founders)
{
    const struct world_options options = {.seed = 5,
                                          .homes = homes,
                                          .founders = founders,
                                          .feeders = 1,
                                          .k = 3,
                                          .timing = TIMING_BOTH,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_TOLD,
                                          .checks = WORLD_CHECK_SUMS | WORLD_CHECK_UNDO};
    world_init(&w, &options);
}

static void start(void)
{
    world_start(&w);
    honest_init(&h, &w);
}

static void run(uint32_t blocks)
{
    honest_run(&h, BLOCK_MS, blocks);
}

/* RULE join.11, join.10: a restart finds in the rows what is to be bound. */
static void who_rotates_and_departs_in_one_block_binds_alike_after_a_restart(void **state)
{
    (void)state;
    struct op op;
    open_world(HOMES, HOMES);
    start();
    run(100);
    honest_act(&h, BLOCK_MS);
    world_sign_rotate(&w, &op, 1);
    const uint32_t rotates = world_say(&w, 1, &op);
    const uint32_t leaves = world_say(&w, 1, &(struct op){.kind = OP_LEAVE});
    world_block(&w, BLOCK_MS);
    assert_int_equal(world_code(&w, rotates), ERR_OK);
    assert_int_equal(world_code(&w, leaves), ERR_OK);
    assert_int_equal(member_get(w.ledger, 1)->status, STATUS_DEPARTED);
    run(3);
    world_close(&w);
}

/* RULE dos.3: as many codes as a block can ask for. */
static void the_block_of_the_smallest_envelopes_has_room_for_its_codes(void **state)
{
    (void)state;
    enum { ENVELOPE_FRAME = 2, LEAST = 1 };
    assert_true(LEDGER_CODES_MAX >= WIRE_BLOCK_BYTES_MAX / (ENVELOPE_FRAME + LEAST));
}

/* RULE dos.3: the longest horizon a genesis may name. */
static void the_longest_horizon_can_be_opened(void **state)
{
    (void)state;
    open_world(HOMES, HOMES);
    w.genesis.market.horizon_intervals = 2976;
    start();
    run(3);
    world_close(&w);
}

static void change(uint32_t parameter, uint64_t value)
{
    struct parameter_setting setting = {.parameter = parameter, .value = value};
    struct op op = {.kind = OP_PARAMETER_CHANGE,
                    .parameter_change = {.sequence = honest_sequence(&h),
                                         .from_interval = h.interval + 3,
                                         .settings = &setting,
                                         .setting_count = 1}};
    world_seal(&w, &op);
    world_say(&w, WORLD_AUTHORITY, &op);
}

/* RULE param.1: it holds for those who keep it; the grace is of eq. 1 and never changes. */
static void a_longer_beacon_wait_holds_for_whoever_keeps_it(void **state)
{
    (void)state;
    enum { WAIT_MS = 20000 };
    open_world(HOMES, HOMES);
    start();
    run(60);
    honest_act(&h, BLOCK_MS);
    const uint64_t binds_ms =
        w.genesis.times.t0_ms + (h.interval + 3) * w.genesis.times.interval_ms;
    change(PARAM_BEACON_WAIT, WAIT_MS);
    world_block(&w, BLOCK_MS);
    while (w.t_ms <= binds_ms)
        run(1);
    assert_int_equal(w.ledger->head->beacon.times.wait_ms, WAIT_MS);
    world_close(&w);
}

/* RULE num.2: at the last time there is, members and intervals are still told apart. */
static void members_trade_until_the_end_of_time(void **state)
{
    (void)state;
    open_world(HOMES, HOMES);
    start();
    h.trades = HONEST_AGREES | HONEST_FORWARD | HONEST_MEASURED;
    run(60);
    honest_run(&h, CLOCK_MS_MAX - w.t_ms - 300 * (uint64_t)BLOCK_MS, 1);
    const uint32_t before = w.seen.end_count;
    run(300);
    assert_int_equal(w.t_ms, CLOCK_MS_MAX);
    assert_true(clock_interval(&w.ledger->times, w.t_ms) < UINT64_C(1) << 40); /* index_key */
    assert_true(w.seen.end_count > before);
    world_close(&w);
}

static void revoke(uint32_t home)
{
    struct op op = {
        .kind = OP_CERT_REVOKED,
        .cert_revoked = {.sequence = honest_sequence(&h), .member = w.homes[home].slot}};
    world_seal(&w, &op);
    world_say(&w, WORLD_AUTHORITY, &op);
}

static void fill_payouts(void)
{
    const struct op one = {.kind = OP_WITHDRAW_REQUEST, .withdraw_request = {.amount_micro = 1}};
    while (w.code_counts[ERR_PAYOUTS_FULL] == 0) {
        honest_act(&h, BLOCK_MS);
        world_say(&w, MANY, &one);
        world_block(&w, BLOCK_MS);
    }
}

/* Both parties of every contract that runs to its end whoever goes. */
static void revoke_parties(bool *is_out)
{
    for (uint32_t i = 0; i < w.ledger->sizes.contracts; i++) {
        const struct contract *c = &contract_get(w.ledger, i)->machine;
        const uint32_t parties[2] = {c->seller, c->buyer};
        const bool is_running = c->state >= CONTRACT_EXEC_WAIT && c->state <= CONTRACT_FINAL_VOTE;
        for (uint32_t p = 0; p < 2 && c->number > 0 && is_running; p++) {
            if (!is_out[parties[p]])
                revoke(w.home_of[parties[p]]);
            is_out[parties[p]] = true;
        }
    }
}

/* RULE join.10, dos.3: what closed members get beyond the room for withdrawals stays available and
 * is asked for later. Nobody pays out meanwhile. */
static void money_of_closed_members_waits_where_payouts_are_full(void **state)
{
    (void)state;
    bool is_out[MANY + 1] = {false};
    uint32_t waiting = 0;
    open_world(MANY, MANY);
    w.genesis.limits.contracts_open_max = 8;
    w.genesis.limits.members_max = MANY;
    start();
    h.trades = HONEST_AGREES;
    run(60);
    fill_payouts();
    for (uint32_t i = 0; i < 500; i++) {
        honest_act(&h, BLOCK_MS);
        revoke_parties(is_out);
        world_block(&w, BLOCK_MS);
    }
    honest_act(&h, BLOCK_MS);
    for (uint32_t slot = 1; slot <= MANY; slot++)
        if (!is_out[slot])
            revoke(w.home_of[slot]);
    run(2);
    const struct sizes *sizes = &w.ledger->sizes;
    assert_int_equal(w.ledger->index.money.places.count, sizes->payouts);
    for (uint32_t slot = 1; slot <= MANY; slot++)
        waiting +=
            account_get(w.ledger, slot)->closed && account_get(w.ledger, slot)->available.micro > 0;
    assert_true(waiting > 0);
    world_close(&w);
}

/* An envelope of home 1 with its nonce, its slot or its expiry changed. */
static struct span bad_envelope(uint64_t nonce, uint32_t slot, uint64_t too_old)
{
    const struct op op = {.kind = OP_LEAVE};
    struct home *home = &w.homes[1];
    const struct home kept = *home;
    const uint64_t ttl = w.genesis.windows.ttl_max_blocks;
    home->nonce = nonce;
    home->slot = slot;
    w.height -= too_old;
    w.genesis.windows.ttl_max_blocks = too_old > 0 ? 0 : ttl;
    const struct span bytes = world_envelope(&w, 1, &op, 1);
    w.genesis.windows.ttl_max_blocks = ttl;
    w.height += too_old;
    *home = kept;
    return bytes;
}

static void say_bad(uint32_t tickets[5])
{
    const uint64_t next = w.homes[1].nonce + 500;
    struct span unsigned_one = bad_envelope(next, 1, 0);
    ((uint8_t *)(uintptr_t)unsigned_one.at)[unsigned_one.len - 1] ^= 1;
    tickets[0] = world_say_bytes(&w, span_of_text("?"));
    tickets[1] = world_say_bytes(&w, unsigned_one);
    tickets[2] = world_say_bytes(&w, bad_envelope(0, 1, 0));
    tickets[3] = world_say_bytes(&w, bad_envelope(next, HOMES + 1, 0));
    tickets[4] = world_say_bytes(&w, bad_envelope(next, 1, 3));
}

static struct hash live(bool says_bad)
{
    static const enum err wanted[5] = {ERR_ENVELOPE_FORM, ERR_SIGNATURE, ERR_NONCE_USED,
                                       ERR_SIGNER_UNKNOWN, ERR_EXPIRED};
    uint32_t tickets[5];
    open_world(HOMES, HOMES);
    w.options.crypto = WORLD_HASHED;
    start();
    h.trades = HONEST_AGREES | HONEST_FORWARD;
    run(20);
    for (uint32_t i = 0; i < 100; i++) {
        if (says_bad)
            say_bad(tickets);
        honest_act(&h, BLOCK_MS);
        world_block(&w, BLOCK_MS);
        for (uint32_t t = 0; says_bad && t < 5; t++)
            assert_int_equal(world_code(&w, tickets[t]), wanted[t]);
    }
    const struct hash digest = w.digest;
    world_close(&w);
    return digest;
}

/* RULE dos.4: wherever they stand. */
static void inadmissible_envelopes_touch_nothing(void **state)
{
    (void)state;
    const struct hash with = live(true), without = live(false);
    assert_true(hash_equal(&with, &without));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_rotates_and_departs_in_one_block_binds_alike_after_a_restart),
        cmocka_unit_test(the_block_of_the_smallest_envelopes_has_room_for_its_codes),
        cmocka_unit_test(the_longest_horizon_can_be_opened),
        cmocka_unit_test(a_longer_beacon_wait_holds_for_whoever_keeps_it),
        cmocka_unit_test(members_trade_until_the_end_of_time),
        cmocka_unit_test(inadmissible_envelopes_touch_nothing),
        cmocka_unit_test(money_of_closed_members_waits_where_payouts_are_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
