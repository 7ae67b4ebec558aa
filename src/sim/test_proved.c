/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.4: in a community that lives, every row that a block writes is proved in the state
 * after it and, as it was, in the state before it. */
#include "sim/honest.h"

#include "ledger/proofs.h"
#include "ledger/state.h"
#include "ledger/values.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum { BLOCK_MS = 1000, BLOCKS = 260, HOMES = 6 };

static struct world w;
static struct honest h;
static uint8_t bytes[PROOFS_BYTES_MAX];

static void open_world(void)
{
    const struct world_options options = {.seed = 3,
                                          .homes = HOMES,
                                          .founders = HOMES - 1,
                                          .feeders = 2,
                                          .k = 3,
                                          .timing = TIMING_MEASURED,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED};
    world_init(&w, &options);
    world_start(&w);
    honest_init(&h, &w);
    h.trades = HONEST_MEASURED;
    h.wants[HOMES] = true;
}

static bool is_proved(const struct state_store *store, uint64_t number, enum store_view view,
                      const struct hash *app_hash)
{
    struct proofs_row p;
    return proofs_row(&p, w.ledger, view, store, number, bytes) && proofs_row_holds(&p, app_hash);
}

static bool is_by_place(enum store_id id)
{
    return id == STORE_HEAD || id == STORE_WINDOWS || id == STORE_ELIGIBLE;
}

static uint64_t number_at(enum store_id id, enum store_view view, uint32_t leaf)
{
    const struct table *numbers = &w.ledger->numbers[id];
    const uint64_t *number =
        view == STORE_NOW ? table_get(numbers, leaf) : table_before(numbers, leaf);
    return is_by_place(id) ? *number & ~VALUES_FREE : *number;
}

/* The rows under the leaves that the last block wrote; returns how many. */
static uint32_t check_store(const struct state_store *store, enum store_view view,
                            const struct hash *app_hash)
{
    const enum store_id id = (enum store_id)store->id;
    const struct store *s = &w.ledger->stores[id];
    uint32_t found = 0;
    for (uint32_t leaf = 0; leaf < store_count(s, view); leaf++) {
        if (store_meta(s, STORE_NOW, leaf).height != w.height ||
            store_meta(s, view, leaf).version == 0)
            continue;
        assert_true(is_proved(store, number_at(id, view, leaf), view, app_hash));
        found++;
    }
    return found;
}

static void every_row_written_is_proved_as_it_is_and_as_it_was(void **state)
{
    (void)state;
    uint32_t now[STORE_COUNT] = {0}, before[STORE_COUNT] = {0};
    open_world();
    for (uint32_t block = 0; block < BLOCKS; block++) {
        const struct hash last = ledger_app_hash(w.ledger);
        honest_run(&h, BLOCK_MS, 1);
        for (uint32_t i = 0; i < STATE_STORES; i++) {
            const struct state_store *store = state_store_at(i);
            if (store->is_list)
                continue;
            now[store->id] += check_store(store, STORE_NOW, &w.app_hash);
            before[store->id] += check_store(store, STORE_BEFORE, &last);
        }
        const struct hash after = ledger_app_hash(w.ledger);
        assert_true(hash_equal(&after, &w.app_hash)); /* asking has changed nothing */
    }
    for (uint32_t id = 0; id < STORE_COUNT; id++) {
        const bool is_quiet = id == STORE_PARAMS || id == STORE_PAYOUTS; /* nobody changes them */
        assert_true(is_quiet || (now[id] > 0 && before[id] > 0));
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_written_is_proved_as_it_is_and_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
