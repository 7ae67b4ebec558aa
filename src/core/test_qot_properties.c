/* SPDX-License-Identifier: Apache-2.0 */
/* The properties of reliability.md 5.5 that need whole contracts; those of one step are in
 * test_score.c. */
#include "core/test_qot_bench.h"

#include "base/test_random.h"

#include "tests/cmocka_all.h"

#ifdef __SANITIZE_ADDRESS__
enum { CASES = 30000 };
#else
enum { CASES = 1000000 };
#endif
enum { SEED = 907 };

/* RULE qot.7, property P13 with 2.5 full steps: whatever else both trade, in any 32 closed trades
 * of a member one partner weighs at most 2.5. */
static void one_partner_raises_by_at_most_two_and_a_half_steps_a_window(void **state)
{
    (void)state;
    struct test_random r = {SEED};
    for (uint64_t share = 1; share <= 10; share++) {
        int64_t weights[256] = {0};
        uint32_t partners[256] = {0};
        reset();
        for (uint32_t i = 0; i < 256; i++) {
            partners[i] = test_random_below(&r, 10) < share
                              ? 1
                              : 2 + (uint32_t)test_random_below(&r, MEMBERS - 2);
            t.contract.buyer = partners[i];
            t.contract.cluster_count = 0;
            t.contract.stages[0] = t.contract.stages[1] = NULL;
            qot_score_contract(&t.book, &t.contract);
            weights[i] = t.steps[0].w;
            int64_t window = 0;
            for (uint32_t j = i < 31 ? 0 : i - 31; j <= i; j++)
                window += partners[j] == 1 ? weights[j] : 0;
            assert_true(2 * window <= 5 * FIXED_ONE);
        }
    }
    reset();
    t.contract.cluster_count = 0;
    t.contract.stages[0] = t.contract.stages[1] = NULL;
    for (int i = 0; i < 32; i++)
        qot_score_contract(&t.book, &t.contract);
    assert_true(t.members[0].score > 2 * FULL_GAIN && 2 * t.members[0].score <= 5 * FULL_GAIN);
}

/* RULE qot.7, property P14 without a fee: r colluders gain at most 2.5 (r - 1) full steps each. */
static void a_ring_of_colluders_gains_little_a_window(void **state)
{
    (void)state;
    for (uint32_t r = 2; r <= MEMBERS; r++) {
        reset();
        t.contract.cluster_count = 0;
        t.contract.stages[0] = t.contract.stages[1] = NULL;
        for (uint32_t turn = 0; t.members[0].closed < 32; turn++) {
            t.contract.seller = turn % r;
            t.contract.buyer = (turn + 1 + turn / r % (r - 1)) % r;
            qot_score_contract(&t.book, &t.contract);
        }
        for (uint32_t i = 0; i < r; i++)
            assert_true(2 * (int64_t)t.members[i].score <= 5 * (int64_t)(r - 1) * FULL_GAIN);
    }
}

/* RULE join.12, property P15 */
static void a_rejoin_never_raises(void **state)
{
    (void)state;
    assert_int_equal(standing_rejoin(5), 0);
    assert_int_equal(standing_rejoin(0), 0);
    assert_int_equal(standing_rejoin(-1), -1);
    assert_int_equal(standing_rejoin(-SCORE_MAX), -SCORE_MAX);
}

static struct qot_stage_log random_stage(struct test_random *r, const uint8_t *voted,
                                         const uint8_t *agree)
{
    struct qot_stage_log log = {.voted = voted, .agree = agree};
    const uint32_t first = (uint32_t)test_random_below(r, SEATS);
    for (uint32_t rank = first; rank < SEATS && log.rank_count < 3; rank++) {
        const enum qot_did did = (enum qot_did)test_random_below(r, 4);
        log.ranks[log.rank_count++] = (struct qot_rank){rank, did};
        if (did == QOT_RIGHT)
            break;
    }
    return log;
}

static void random_ballots(struct test_random *r)
{
    for (uint32_t stage = 0; stage < QOT_STAGES; stage++) {
        t.voted[stage] = (uint8_t)(test_random_next(r) | test_random_next(r)) & ((1 << SEATS) - 1);
        t.agree[stage] = t.voted[stage] & (uint8_t)(test_random_next(r) | test_random_next(r));
        t.stages[stage] = random_stage(r, &t.voted[stage], &t.agree[stage]);
        t.contract.stages[stage] = test_random_below(r, 5) ? &t.stages[stage] : NULL;
    }
}

static void random_contract(struct test_random *r)
{
    struct qot_contract *c = &t.contract;
    if (test_random_below(r, 64) == 0)
        memset(t.counts, 0, sizeof t.counts);
    for (uint32_t i = 0; i < MEMBERS; i++)
        if (test_random_below(r, 40) == 0)
            t.members[i].score =
                (int32_t)((int64_t)test_random_below(r, 2 * (uint64_t)SCORE_MAX) - SCORE_MAX);
    random_ballots(r);
    c->energy_wh = 1 + (int64_t)test_random_below(r, 2000);
    c->s_wh = (int64_t)test_random_below(r, (uint64_t)c->energy_wh + 1);
    c->b_wh = 1 + (int64_t)test_random_below(r, (uint64_t)c->energy_wh);
    c->end = (enum qot_end)test_random_below(r, 3);
    c->settled_wh = c->end == QOT_SETTLED ? c->b_wh : 0;
    c->condition =
        c->end == QOT_DECLINED ? (enum qot_condition)(1 + test_random_below(r, 4)) : QOT_NONE;
    t.book.rules.mode = test_random_below(r, 8) ? QOT_REPAIRED : QOT_PAPER;
}

static int64_t sum_of_scores(void)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < MEMBERS; i++)
        sum += t.members[i].score;
    return sum;
}

/* P16: outcome steps have the sign of x, in each role; on a failure only the named trader's. */
static void check_step(const struct qot_step *s)
{
    const struct qot_record *record = &t.book.record;
    assert_true(s->score >= -SCORE_MAX && s->score <= SCORE_MAX);
    assert_true(s->x > 0 ? s->step >= 0 : s->step <= 0);
    if (s->why == QOT_OUTCOME)
        assert_int_equal(s->x, record->x);
    else
        assert_int_equal(s->x, -SCORE_X_LEAST);
    if (s->role == QOT_SELLER)
        assert_true(record->x > 0 || record->alpha == 1);
    if (s->role == QOT_BUYER)
        assert_true(record->x > 0 || record->alpha == -1);
    if (s->kappa < FIXED_ONE) /* RULE qot.8 */
        assert_true(s->score >= 0 || s->step == 0);
}

/* Properties P16, P17 and P20, in the block of scoring; and P19: the same rows and item give the
 * same again, so that a replay finds what it left. */
static void random_contracts_keep_the_properties(void **state)
{
    (void)state;
    struct test_random r = {SEED};
    uint32_t twos = 0, capped = 0, honest = 0;
    reset();
    print_message("seed %d, %d cases\n", SEED, CASES);
    for (int i = 0; i < CASES; i++) {
        random_contract(&r);
        const int64_t before = sum_of_scores();
        const int32_t seller = t.members[0].score, buyer = t.members[1].score;
        qot_score_contract(&t.book, &t.contract);
        const struct qot_record *record = &t.book.record;
        assert_int_equal(record->q, sum_of_scores() - before);
        assert_int_equal(record->q, record->v + record->l + record->f);
        for (uint32_t s = 0; s < t.book.step_count; s++) {
            check_step(&t.steps[s]);
            capped += t.steps[s].capped;
            honest += t.steps[s].kappa < FIXED_ONE;
        }
        if (record->alpha != 2 && record->x != 0)
            continue;
        twos += record->alpha == 2;
        assert_int_equal(t.members[0].score, seller);
        assert_int_equal(t.members[1].score, buyer);
    }
    assert_true(twos > CASES / 100 && capped > CASES / 10 && honest > CASES / 10);
}

static void the_same_rows_and_item_give_the_same_steps(void **state)
{
    (void)state;
    static struct bench first;
    struct test_random r = {SEED + 1};
    reset();
    for (int i = 0; i < CASES / 1000; i++) {
        random_contract(&r);
        const struct bench before = t;
        qot_score_contract(&t.book, &t.contract);
        first = t;
        memcpy(t.members, before.members, sizeof t.members);
        memcpy(t.counts, before.counts, sizeof t.counts);
        qot_score_contract(&t.book, &t.contract);
        assert_memory_equal(t.members, first.members, sizeof t.members);
        assert_memory_equal(t.counts, first.counts, sizeof t.counts);
        assert_int_equal(t.book.step_count, first.book.step_count);
        assert_memory_equal(t.steps, first.steps, t.book.step_count * sizeof *t.steps);
    }
}

/* Metamorphic: two halves of a trade of at most E_ref never gain more than the whole. */
static void a_trade_that_is_split_gains_no_more(void **state)
{
    (void)state;
    struct test_random r = {SEED + 2};
    for (int i = 0; i < CASES / 1000; i++) {
        const int64_t whole = 2 + (int64_t)test_random_below(&r, 999);
        const int64_t half = 1 + (int64_t)test_random_below(&r, (uint64_t)whole - 1);
        const int64_t parts[] = {whole, half, whole - half};
        const uint32_t earlier = (uint32_t)test_random_below(&r, 20);
        int32_t after[3];
        reset();
        t.members[0].score =
            (int32_t)((int64_t)test_random_below(&r, 2 * (uint64_t)SCORE_MAX) - SCORE_MAX);
        for (uint32_t j = 0; j < earlier; j++)
            standing_close(&t.members[0], 2, 4, 100);
        const struct standing start = t.members[0];
        for (uint32_t j = 0; j < 3; j++) {
            t.contract.energy_wh = t.contract.b_wh = t.contract.settled_wh = parts[j];
            qot_score_contract(&t.book, &t.contract);
            after[j] = t.members[0].score;
            if (j == 0)
                t.members[0] = start;
        }
        assert_true(after[2] <= after[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_partner_raises_by_at_most_two_and_a_half_steps_a_window),
        cmocka_unit_test(a_ring_of_colluders_gains_little_a_window),
        cmocka_unit_test(a_rejoin_never_raises),
        cmocka_unit_test(random_contracts_keep_the_properties),
        cmocka_unit_test(the_same_rows_and_item_give_the_same_steps),
        cmocka_unit_test(a_trade_that_is_split_gains_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
