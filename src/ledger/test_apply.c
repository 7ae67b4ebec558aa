/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.3, ledger.4, ledger.6: blocks without operations. */
#include "ledger/ledger.h"

#include "core/params.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>

static struct genesis_key keys[1];
static struct genesis_feeder feeders[1];

static void fill(struct genesis *g)
{
    params_fill(g);
    g->community.name = span_of_text("Elm Street");
    g->community.chain_id = span_of_text("elm-1");
    g->community.currency = span_of_text("EUR");
    g->times.t0_ms = 1700000000000;
    g->limits.members_max = 64;
    g->limits.contracts_open_max = 256;
    g->market.book_max_orders = 256;
    keys[0].key.bytes[0] = 1;
    g->authority = (struct genesis_authority){.keys = keys, .key_count = 1, .threshold = 1};
    g->treasury.bytes[0] = 2;
    feeders[0].name = span_of_text("main");
    g->feeders = feeders;
    g->feeder_count = 1;
}

struct fixture {
    struct ledger *ledger;
    void *memory;
    uint64_t height, t_ms;
    uint16_t codes[16];
};

static void open_ledger(struct fixture *f)
{
    struct genesis g;
    const struct hash hash = {{7}};
    fill(&g);
    const size_t size = ledger_size(&g);
    assert_int_equal(posix_memalign(&f->memory, 64, size), 0);
    f->ledger = ledger_init(f->memory, size, &g, &hash);
    f->height = 0;
    f->t_ms = g.times.t0_ms;
}

static struct hash next_block(struct fixture *f, uint64_t by_ms)
{
    struct block block = {.height = ++f->height, .time_ms = f->t_ms += by_ms};
    block.hash.bytes[0] = (uint8_t)f->height;
    const struct ledger_block b = {.block = &block};
    struct ledger_results results = {.codes = f->codes, .code_max = 16};
    ledger_apply(f->ledger, &b, &results);
    assert_int_equal(results.code_count, 0);
    assert_int_equal(ledger_height(f->ledger), f->height);
    return results.app_hash;
}

static void an_undone_block_leaves_nothing_behind(void **state)
{
    (void)state;
    struct fixture f;
    open_ledger(&f);
    for (uint32_t i = 0; i < 20; i++) {
        const struct hash before = ledger_app_hash(f.ledger);
        const struct hash once = next_block(&f, 700 * i);
        assert_false(hash_equal(&once, &before)); /* the clock is state too */
        ledger_undo(f.ledger);
        const struct hash undone = ledger_app_hash(f.ledger);
        assert_true(hash_equal(&undone, &before));
        f.height--;
        f.t_ms -= 700 * i;
        const struct hash again = next_block(&f, 700 * i);
        assert_true(hash_equal(&again, &once));
    }
    free(f.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_undone_block_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
