/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.3: a ledger that is read back from its rows is the ledger that wrote them: the same
 * app hash, the same answers, and whatever comes after gives the same again. What was not written
 * by a ledger is not read. */
#include "sim/honest.h"
#include "sim/world_inner.h"

#include "core/params.h"
#include "ledger/market_version.h"
#include "ledger/proofs.h"
#include "ledger/rows.h"
#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_MS = 1000,
    HOMES = 14,
    FOUNDERS = 8,
    BLOCKS = 420,
    LEAVER = 9,
    LOST = 10,
    RETAIL = 290000
};

struct kept { /* what a disk would hold of the newest state */
    struct span *rows[STORE_COUNT];
    uint8_t *ever;
    size_t ever_count;
    uint8_t *params;
    size_t params_len;
    uint8_t lists[ROWS_LISTS_BYTES_MAX];
    size_t lists_len;
    uint64_t restarts, changed[STORE_COUNT];
};

static struct world w;
static struct honest h;
static struct kept kept;
static uint8_t row_room[ROWS_BYTES_MAX];
static void *spare; /* memory for the next ledger */

static void keep_rows(uint32_t store)
{
    const uint32_t *leaves;
    const uint32_t count = rows_changed(w.ledger, store, &leaves);
    for (uint32_t i = 0; i < count; i++) {
        const size_t len = rows_write(w.ledger, store, leaves[i], row_room);
        struct span *row = &kept.rows[store][leaves[i]];
        free((void *)(uintptr_t)row->at);
        uint8_t *copy = malloc(len);
        memcpy(copy, row_room, len);
        *row = (struct span){copy, len};
        assert_true(i == 0 || leaves[i] > leaves[i - 1]);
        assert_true(rows_height(w.ledger, store, leaves[i]) == w.height);
    }
    kept.changed[store] += count;
}

static void keep_block(void)
{
    struct ever_walk walk;
    uint8_t entry[EVER_BYTES];
    for (uint32_t store = 0; store < STORE_COUNT; store++)
        keep_rows(store);
    ever_walk_init(&walk, w.ledger);
    assert_true(walk.index == kept.ever_count);
    while (ever_next(&walk, entry, w.ledger)) {
        kept.ever = realloc(kept.ever, (kept.ever_count + 1) * EVER_BYTES);
        memcpy(kept.ever + kept.ever_count++ * EVER_BYTES, entry, EVER_BYTES);
    }
    if (rows_params_changed(w.ledger)) {
        kept.params = realloc(kept.params, ROWS_PARAMS_BYTES_MAX);
        kept.params_len = rows_params_write(w.ledger, kept.params);
    }
    kept.lists_len = rows_lists_write(w.ledger, kept.lists);
}

static void keep_begin(void)
{
    memset(&kept, 0, sizeof kept);
    spare = world_map(w.ledger_size);
    for (uint32_t store = 0; store < rows_stores(); store++)
        kept.rows[store] = calloc(rows_capacity(w.ledger, store), sizeof(struct span));
    keep_block();
}

static void keep_end(void)
{
    for (uint32_t store = 0; store < STORE_COUNT; store++) {
        for (uint32_t leaf = 0; leaf < rows_capacity(w.ledger, store); leaf++)
            free((void *)(uintptr_t)kept.rows[store][leaf].at);
        free(kept.rows[store]);
    }
    free(kept.ever);
    free(kept.params);
    world_unmap(spare, w.ledger_size);
}

static enum err load(struct rows_load *r, void *memory)
{
    enum err code;
    struct arena arena;
    const size_t room = WIRE_DECODED_TIMES * kept.params_len + 65536;
    void *decoded = world_map(room);
    arena_init(&arena, decoded, room);
    rows_load_begin(r, memory, w.ledger_size, &w.genesis, &w.genesis_hash);
    code = rows_load_params(r, (struct span){kept.params, kept.params_len}, &arena);
    for (size_t i = 0; code == ERR_OK && i < kept.ever_count; i++)
        code = rows_load_ever(r, kept.ever + i * EVER_BYTES);
    if (code == ERR_OK)
        code = rows_load_lists(r, (struct span){kept.lists, kept.lists_len});
    for (uint32_t store = STORE_COUNT; code == ERR_OK && store-- > 0;) {
        for (uint32_t leaf = rows_capacity(r->ledger, store); code == ERR_OK && leaf-- > 0;) {
            if (kept.rows[store][leaf].len > 0)
                code = rows_load_row(r, store, leaf, kept.rows[store][leaf]);
        }
    }
    if (code == ERR_OK)
        code = rows_load_end(r, &w.app_hash);
    world_unmap(decoded, room);
    return code;
}

/* The world goes on with what was read. */
static void restart(void)
{
    struct rows_load r;
    const struct hash answers = world_answers(&w), delta = proofs_delta(w.ledger);
    assert_int_equal(load(&r, spare), ERR_OK);
    const struct hash app = ledger_app_hash(r.ledger);
    world_insist(&w, hash_equal(&app, &w.app_hash), "read back, the app hash is another");
    void *old = w.ledger_memory;
    w.ledger = r.ledger;
    w.ledger_memory = spare;
    spare = old;
    const struct hash again = world_answers(&w), delta_again = proofs_delta(w.ledger);
    world_insist(&w, hash_equal(&answers, &again), "read back, the answers are others");
    world_insist(&w, hash_equal(&delta, &delta_again), "read back, the delta is another");
    world_insist(&w, ledger_height(w.ledger) == w.height, "read back, the height is another");
    world_insist(&w, ledger_is_conserved(w.ledger), "read back, money is not conserved");
    kept.restarts++;
}

static void open_world(uint64_t seed, enum market_mechanism mechanism)
{
    const struct world_options options = {.seed = seed,
                                          .homes = HOMES,
                                          .founders = FOUNDERS,
                                          .feeders = 3,
                                          .k = 3,
                                          .timing = mechanism == MECHANISM_CALL ? TIMING_BOTH
                                                                                : TIMING_FORWARD,
                                          .mechanism = mechanism,
                                          .crypto = WORLD_HASHED};
    world_init(&w, &options);
    world_start(&w);
    honest_init(&h, &w);
    h.trades = HONEST_AGREES | HONEST_FORWARD;
    if (mechanism == MECHANISM_CALL)
        h.trades |= HONEST_MEASURED;
    h.deposit_micro = 50000000;
    h.faults[1] = HONEST_SHORT;
    h.faults[4] = HONEST_REFUSES;
    h.faults[5] = HONEST_WRONG_EXEC | HONEST_NO_FINAL;
    h.faults[6] = HONEST_WRONG_BALLOT;
    for (uint32_t home = FOUNDERS + 1; home <= HOMES; home++)
        h.wants[home] = true;
}

static void change_parameters(uint64_t value)
{
    struct parameter_setting settings[] = {{.parameter = PARAM_RETAIL, .value = RETAIL},
                                           {.parameter = PARAM_MIN_DELIVERY, .value = value},
                                           {.parameter = PARAM_FEEDERS,
                                            .index = w.genesis.feeder_count + 1,
                                            .bytes = span_of_text("late")}};
    const uint64_t soon =
        h.interval + 2 + w.genesis.windows.param_delay_ms / w.genesis.times.interval_ms;
    struct op op = {.kind = OP_PARAMETER_CHANGE,
                    .parameter_change = {.settings = settings,
                                         .setting_count = 3,
                                         .from_interval = soon,
                                         .sequence = honest_sequence(&h)}};
    world_seal(&w, &op);
    world_say(&w, WORLD_AUTHORITY, &op);
}

/* Members that go, of their own and by the authority; a key that changes; money that leaves. */
static void say_more(uint32_t block)
{
    struct op op = {.kind = OP_LEAVE};
    if (block == 200 && w.homes[LEAVER].slot > 0)
        world_say(&w, LEAVER, &op);
    if (block == 230 && w.homes[LOST].slot > 0) {
        op = (struct op){.kind = OP_CERT_REVOKED,
                         .cert_revoked = {.sequence = honest_sequence(&h),
                                          .member = w.homes[LOST].slot,
                                          .key_is_lost = true}};
        world_seal(&w, &op);
        world_say(&w, WORLD_AUTHORITY, &op);
    }
    if (block % 100 == 50) {
        world_sign_rotate(&w, &op, 2);
        world_say(&w, 2, &op);
    }
    if (block % 90 == 40) {
        op = (struct op){.kind = OP_WITHDRAW_REQUEST, .withdraw_request = {.amount_micro = 1000}};
        world_say(&w, 3, &op);
    }
    if (block == 60)
        change_parameters(910000);
}

/* @every: restart behind each block whose number this divides; 0: never. */
static struct hash run(uint64_t seed, uint32_t every, enum market_mechanism mechanism)
{
    open_world(seed, mechanism);
    keep_begin();
    for (uint32_t i = 1; i <= BLOCKS; i++) {
        honest_act(&h, BLOCK_MS);
        say_more(i);
        world_block(&w, BLOCK_MS);
        keep_block();
        if (every > 0 && i % every == 0)
            restart();
    }
    return w.digest;
}

static void a_restart_at_any_height_changes_nothing(void **state)
{
    static const uint32_t every[] = {1, 7, 61};
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        const struct hash plain = run(i + 1, 0, MECHANISM_CALL);
        keep_end();
        world_close(&w);
        const struct hash restarted = run(i + 1, every[i], MECHANISM_CALL);
        assert_true(hash_equal(&plain, &restarted));
        assert_true(kept.restarts == BLOCKS / every[i]);
        for (uint32_t store = 0; store < STORE_COUNT; store++)
            assert_true(kept.changed[store] > 0);
        assert_true(w.ledger->head->parameters_version > 0);
        assert_true(market_version_from(w.ledger) > 0);
        assert_true(w.ledger->params->feeder_count == w.genesis.feeder_count + 1);
        assert_true(kept.ever_count > w.ledger->head->key_count);
        assert_true(w.seen.contracts[CONTRACT_SETTLED][VERDICT_VOID] > 0);
        assert_true(w.seen.members[STATUS_REVOKED] > 0 && w.seen.records[RECORD_KEYS] > 0);
        keep_end();
        world_close(&w);
    }
}

static void a_continuous_book_is_found_again(void **state)
{
    (void)state;
    const struct hash plain = run(9, 0, MECHANISM_CONTINUOUS);
    keep_end();
    world_close(&w);
    const struct hash restarted = run(9, 1, MECHANISM_CONTINUOUS);
    assert_true(hash_equal(&plain, &restarted));
    keep_end();
    world_close(&w);
}

/* ---- damage ---------------------------------------------------------------------------------- */

struct damage { /* counts by what was hit and what came of it */
    uint32_t refused[STORE_COUNT], others, rows, states;
};

static void count_refusal(struct damage *d, enum err code)
{
    assert_true(code == ERR_STORE_ROW || code == ERR_STORE_STATE);
    d->rows += code == ERR_STORE_ROW;
    d->states += code == ERR_STORE_STATE;
}

static enum err load_once(void)
{
    struct rows_load r;
    return load(&r, spare);
}

/* One bit, at a place that a number chooses. */
static void flip(struct span bytes, uint64_t number)
{
    uint8_t *at = (uint8_t *)(uintptr_t)bytes.at;
    at[number / 8 % bytes.len] ^= (uint8_t)(1 << number % 8);
}

static struct span *some_row(uint32_t store, uint64_t number)
{
    const uint32_t capacity = rows_capacity(w.ledger, store);
    uint32_t leaf = (uint32_t)(number % capacity);
    while (kept.rows[store][leaf].len == 0)
        leaf = (leaf + 1) % capacity;
    return &kept.rows[store][leaf];
}

static uint64_t random_u64(uint64_t at)
{
    const struct hash hash = world_hash(&w, "damage", at, 0);
    uint64_t out;
    memcpy(&out, hash.bytes, sizeof out);
    return out;
}

static void damage_row(struct damage *d, uint32_t store, uint64_t at)
{
    struct span *row = some_row(store, random_u64(at));
    const struct span was = *row;
    const uint64_t number = random_u64(at + 1);
    if (number % 5 == 0)
        row->len = number / 5 % was.len; /* 0: it is missing */
    else
        flip(was, number);
    count_refusal(d, load_once());
    d->refused[store]++;
    if (number % 5 != 0)
        flip(was, number);
    *row = was;
}

static void damage_other(struct damage *d, struct span bytes, uint64_t at)
{
    flip(bytes, random_u64(at));
    count_refusal(d, load_once());
    d->others++;
    flip(bytes, random_u64(at));
}

/* A bit or the length of a row, an entry, a peak. */
static void what_was_not_written_is_not_read(void **state)
{
    struct damage d = {.rows = 0};
    (void)state;
    run(4, 0, MECHANISM_CALL);
    assert_int_equal(load_once(), ERR_OK);
    for (uint64_t i = 0; i < 40; i++) {
        for (uint32_t store = 0; store < STORE_COUNT; store++)
            damage_row(&d, store, 2 * (i * STORE_COUNT + store));
        damage_other(&d, (struct span){kept.ever, kept.ever_count * EVER_BYTES}, 100000 + i);
        damage_other(&d, (struct span){kept.lists, kept.lists_len}, 200000 + i);
    }
    assert_int_equal(load_once(), ERR_OK);
    for (uint32_t store = 0; store < STORE_COUNT; store++)
        assert_true(d.refused[store] == 40);
    assert_true(d.rows > 0 && d.states > 0 && d.others == 80);
    keep_end();
    world_close(&w);
}

/* Of the second genesis only the market is used: what else it says changes nothing, and the disk's
 * own checksum looks after it. */
static void other_parameters_are_not_read(void **state)
{
    uint32_t refused = 0;
    (void)state;
    run(5, 0, MECHANISM_CALL);
    for (uint64_t i = 0; i < 200; i++) {
        flip((struct span){kept.params, kept.params_len}, random_u64(i));
        refused += load_once() != ERR_OK;
        flip((struct span){kept.params, kept.params_len}, random_u64(i));
    }
    assert_in_range(refused, 75, 200);
    assert_int_equal(load_once(), ERR_OK);
    keep_end();
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_at_any_height_changes_nothing),
        cmocka_unit_test(a_continuous_book_is_found_again),
        cmocka_unit_test(what_was_not_written_is_not_read),
        cmocka_unit_test(other_parameters_are_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
