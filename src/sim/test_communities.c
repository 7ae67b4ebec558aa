/* SPDX-License-Identifier: Apache-2.0 */
/* RULE boot.1 to boot.7: communities of nobody up to three hundred begin, admit, trade and settle,
 * with the clusters, quorums and marks that their number gives. */
#include "sim/honest.h"

#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <stdio.h>

enum { BLOCK_MS = 1000, K = 5 };

struct community {
    struct world w;
    struct honest h;
};

static struct community community; /* large */

/* @size homes of which the first @founders are there from the beginning; ready to start. */
static struct community *make(uint32_t size, uint32_t founders, uint32_t checks)
{
    struct community *c = &community;
    const struct world_options options = {.seed = size + 1,
                                          .homes = size > 0 ? size : 1,
                                          .founders = founders,
                                          .feeders = size < 60 ? 2 : 12,
                                          .k = K,
                                          .timing = TIMING_BOTH,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_HASHED,
                                          .checks = checks};
    world_init(&c->w, &options);
    return c;
}

static void start(struct community *c)
{
    world_start(&c->w);
    honest_init(&c->h, &c->w);
    c->h.trades = HONEST_MEASURED | HONEST_FORWARD | HONEST_AGREES;
}

static uint32_t active(const struct community *c)
{
    return c->w.ledger->head->active_count;
}

/* One after the other until somebody can verify, then all at once. */
static void grow(struct community *c, uint32_t size, uint32_t blocks_max)
{
    for (uint32_t i = 0; i < blocks_max && active(c) < size; i++) {
        const uint32_t wanted = active(c) < 3 ? active(c) + 1 : size;
        for (uint32_t home = 1; home <= wanted; home++)
            c->h.wants[home] = true;
        honest_run(&c->h, BLOCK_MS, 1);
    }
    assert_int_equal(active(c), size);
}

static uint32_t odd(uint32_t seats)
{
    return seats > 2 && seats % 2 == 0 ? seats - 1 : seats;
}

static void check_end(const struct seen_end *end, uint32_t size)
{
    const uint32_t wanted = end->eligible < K ? end->eligible : K;
    assert_int_equal(end->state, CONTRACT_SETTLED);
    assert_int_equal(end->cluster, odd(wanted));
    assert_true(end->eligible <= size - 2); /* never the parties */
    assert_int_equal(end->unwitnessed, end->eligible == 0);
    assert_true(end->settled_wh > 0 && end->settled_wh <= end->energy_wh);
}

/* Nobody of an honest community is refused but for the limits on joining. */
static void check_codes(const struct world *w)
{
    for (uint32_t code = 1; code < WORLD_CODES; code++)
        if (code != ERR_JOINS_FULL && w->code_counts[code] > 0)
            fail_msg("%s: %u times", err_get((enum err)code)->name, (unsigned)w->code_counts[code]);
}

static void check_scores(const struct community *c)
{
    for (uint32_t slot = 1; slot <= member_count(c->w.ledger); slot++)
        assert_true(standing_get(c->w.ledger, slot)->score >= 0);
}

/* RULE boot.3: where everybody has been mature from the beginning V has all its seats. */
static void check_verifiers(const struct community *c, uint32_t size, uint32_t founders)
{
    const uint32_t seats = c->w.ledger->head->epoch.v.count, most = odd(size < 9 ? size : 9);
    assert_in_range(seats, size > 0 ? 1 : 0, most);
    assert_int_equal(odd(seats), seats);
    if (founders == size)
        assert_int_equal(seats, most);
}

static void live(uint32_t size, uint32_t founders, uint32_t checks, uint32_t blocks)
{
    struct community *c = make(size, founders, checks);
    const struct seen *seen = &c->w.seen;
    start(c);
    grow(c, size, 60 + 20 * size);
    honest_run(&c->h, BLOCK_MS, blocks);
    for (uint32_t i = 0; i < seen->end_count; i++)
        check_end(&seen->ends[i], size);
    check_codes(&c->w);
    check_scores(c);
    assert_int_equal(seen->end_count > 0, size >= 2);
    check_verifiers(c, size, founders);
    printf("%u members: %u contracts settled, %u unwitnessed, %u admitted by the authority alone\n",
           (unsigned)size, (unsigned)seen->end_count, (unsigned)seen->unwitnessed,
           (unsigned)seen->records[RECORD_BOOT]);
    if (founders == 0 && size > 0)
        assert_true(seen->records[RECORD_BOOT] >= 1);
    if (size > founders && size > 3)
        assert_true(seen->blocks[BLOCK_DECIDED] > 0);
    world_close(&c->w);
}

static void communities_begin_without_anybody(void **state)
{
    static const uint32_t sizes[] = {0, 1, 2, 3, 4, 6, 12, 60};
    (void)state;
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        live(sizes[i], 0, WORLD_CHECK_SUMS | (sizes[i] <= 12 ? WORLD_CHECK_UNDO : 0), 400);
}

static void communities_begin_with_founders(void **state)
{
    static const uint32_t sizes[] = {1, 2, 3, 4, 6, 12, 60};
    (void)state;
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        live(sizes[i], sizes[i], WORLD_CHECK_SUMS, 400);
}

static void three_hundred_are_admitted_by_six_founders(void **state)
{
    (void)state;
    live(300, 6, WORLD_CHECK_SUMS, 300);
}

/* e of boot.6 that is left when two homes trade: everybody else. */
static const struct seen *trade_with_silence(uint32_t size, uint32_t silent_from, uint32_t fault)
{
    struct community *c = make(size, size, WORLD_CHECK_SUMS | WORLD_CHECK_UNDO);
    start(c);
    c->h.trades = HONEST_AGREES;
    for (uint32_t home = 3; home <= size; home++)
        c->h.faults[home] |= HONEST_IDLE;
    for (uint32_t home = silent_from; home <= size; home++)
        c->h.faults[home] |= fault;
    honest_run(&c->h, BLOCK_MS, 260);
    assert_true(c->w.seen.end_count > 0);
    return &c->w.seen;
}

static void one_or_two_silent_witnesses_do_not_void(void **state)
{
    (void)state;
    for (uint32_t size = 3; size <= 4; size++) {
        const struct seen *seen =
            trade_with_silence(size, 3, HONEST_NO_EXEC | HONEST_NO_FINAL | HONEST_NO_BALLOT);
        assert_int_equal(seen->ends[0].eligible, size - 2);
        assert_int_equal(seen->ends[0].cluster, size - 2);
        assert_int_equal(seen->ends[0].state, CONTRACT_SETTLED);
        assert_true(seen->ends[0].unwitnessed);
        world_close(&community.w);
    }
}

/* Both of two must agree: floor(2 / 2) + 1. */
static void one_of_two_witnesses_is_no_quorum(void **state)
{
    (void)state;
    const struct seen *seen =
        trade_with_silence(4, 4, HONEST_NO_EXEC | HONEST_NO_FINAL | HONEST_NO_BALLOT);
    assert_int_equal(seen->ends[0].state, CONTRACT_SETTLED);
    assert_true(seen->ends[0].unwitnessed);
    world_close(&community.w);
}

static void three_silent_witnesses_void(void **state)
{
    (void)state;
    const struct seen *seen =
        trade_with_silence(5, 3, HONEST_NO_EXEC | HONEST_NO_FINAL | HONEST_NO_BALLOT);
    assert_int_equal(seen->ends[0].eligible, 3);
    assert_int_equal(seen->ends[0].state, CONTRACT_VOID);
    assert_int_equal(seen->ends[0].alpha, 2);
    assert_false(seen->ends[0].unwitnessed);
    world_close(&community.w);
}

static void two_of_three_witnesses_are_a_quorum(void **state)
{
    (void)state;
    const struct seen *seen = trade_with_silence(5, 5, HONEST_NO_BALLOT);
    assert_int_equal(seen->ends[0].state, CONTRACT_SETTLED);
    assert_false(seen->ends[0].unwitnessed);
    world_close(&community.w);
}

/* RULE boot.7 */
static void where_unwitnessed_trade_is_refused_two_cannot_trade(void **state)
{
    (void)state;
    struct community *c = make(2, 2, WORLD_CHECK_SUMS);
    c->w.genesis.trade.unwitnessed = UNWITNESSED_REFUSE;
    start(c);
    honest_run(&c->h, BLOCK_MS, 200);
    assert_int_equal(c->w.seen.end_count, 0);
    assert_true(c->w.code_counts[ERR_CLUSTER_TOO_SMALL] > 0);
    world_close(&c->w);
}

static void both_kinds_of_signatures_give_the_same_chain(void **state)
{
    (void)state;
    struct hash digests[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct community *c = make(6, 2, WORLD_CHECK_SUMS);
        c->w.options.crypto = i == 0 ? WORLD_SIGNED : WORLD_HASHED;
        start(c);
        grow(c, 6, 200);
        honest_run(&c->h, BLOCK_MS, 150);
        assert_true(c->w.seen.end_count > 0);
        digests[i] = c->w.digest;
        world_close(&c->w);
    }
    assert_true(hash_equal(&digests[0], &digests[1]));
}

static void the_same_blocks_give_the_same_chain(void **state)
{
    (void)state;
    struct community *c = make(12, 3, WORLD_CHECK_SUMS);
    struct world_options options = c->w.options;
    options.records = true;
    world_close(&c->w);
    world_init(&c->w, &options);
    start(c);
    grow(c, 12, 300);
    honest_run(&c->h, BLOCK_MS, 200);
    const struct hash again = world_replay(&c->w);
    assert_true(hash_equal(&again, &c->w.digest));
    world_close(&c->w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(communities_begin_without_anybody),
        cmocka_unit_test(communities_begin_with_founders),
        cmocka_unit_test(three_hundred_are_admitted_by_six_founders),
        cmocka_unit_test(one_or_two_silent_witnesses_do_not_void),
        cmocka_unit_test(one_of_two_witnesses_is_no_quorum),
        cmocka_unit_test(three_silent_witnesses_void),
        cmocka_unit_test(two_of_three_witnesses_are_a_quorum),
        cmocka_unit_test(where_unwitnessed_trade_is_refused_two_cannot_trade),
        cmocka_unit_test(both_kinds_of_signatures_give_the_same_chain),
        cmocka_unit_test(the_same_blocks_give_the_same_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
