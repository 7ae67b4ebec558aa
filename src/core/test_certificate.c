/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.17 as judge: of records that the clearing made, and of the same records spoiled. */
#include "core/certificate.h"
#include "core/test_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifdef TEST_MANY
enum { BOOKS = 100000 };
#else
enum { BOOKS = 4000 };
#endif

static _Alignas(8) uint8_t memory[1 << 18], judge_memory[1 << 16];
static struct test_book t;
static struct clearing record;

static struct certificate judge(void)
{
    struct arena arena;
    struct certificate judged;
    assert_true(certificate_bytes(&t.book) <= sizeof judge_memory);
    arena_init(&arena, judge_memory, certificate_bytes(&t.book));
    assert_true(certificate_check(&judged, &arena, &t.book, &record));
    return judged;
}

static void make(struct test_random *r)
{
    struct arena arena;
    test_book_fill(&t, r);
    arena_init(&arena, memory, sizeof memory);
    assert_true(clearing_make(&record, &arena, &t.book));
}

enum event {
    CLEARED,
    CROSSED_NOT,
    RATIONED_BIDS,
    RATIONED_OFFERS,
    LOTTERY,
    EXTRA,
    CUT,
    LESS,
    BEYOND,
    POSTED,
    FUNDING,
    FEES,
    MANY_CELLS,
    EVENTS
};

static void count_events(uint32_t count[EVENTS])
{
    const struct clearing *c = &record;
    const bool is_cleared = c->result == CLEARING_CLEARED;
    uint32_t cells = 0;
    for (uint32_t i = 0; i < BOOK_CLASSES * BOOK_CLASSES; i++)
        cells += c->flow[i / BOOK_CLASSES][i % BOOK_CLASSES] > 0;
    count[CLEARED] += is_cleared;
    count[CROSSED_NOT] += c->result == CLEARING_NO_CROSS;
    count[RATIONED_BIDS] += c->ration.is_rationed && c->ration.side == ORDER_BID;
    count[RATIONED_OFFERS] += c->ration.is_rationed && c->ration.side == ORDER_OFFER;
    count[LOTTERY] += c->ration.is_lottery;
    count[EXTRA] += c->ration.extra > 0;
    count[CUT] += c->has_cut;
    count[LESS] += c->paired_wh < c->crossing_wh;
    assert_true(c->paired_wh <= c->crossing_wh);
    count[POSTED] += is_cleared && t.book.params.price_rule == BOOK_POSTED;
    count[MANY_CELLS] += cells > 3;
    for (uint32_t i = 0; i < t.book.order_count; i++) {
        count[FUNDING] += c->quantities[i].is_cut;
        count[BEYOND] += c->quantities[i].final_wh > c->quantities[i].crossing_wh;
    }
    for (uint32_t i = 0; i < c->contract_count; i++)
        count[FEES] += c->contracts[i].fee_micro > 0;
}

static void what_the_clearing_makes_holds(void **state)
{
    (void)state;
    const uint64_t seed = 20261122;
    struct test_random r = {.state = seed};
    uint32_t count[EVENTS] = {0};
    for (uint32_t i = 0; i < BOOKS; i++) {
        make(&r);
        const struct certificate judged = judge();
        for (int k = 0; judged.count > 0 && k < CERTIFICATE_COMPLAINTS; k++)
            if (judged.has[k])
                fail_msg("seed %llu book %u: %s", (unsigned long long)seed, i,
                         certificate_get((enum certificate_complaint)k)->name);
        count_events(count);
    }
    for (int i = 0; i < EVENTS; i++)
        if (count[i] < BOOKS / 1000)
            fail_msg("seed %llu: event %d happened %u times", (unsigned long long)seed, i,
                     count[i]);
}

static bool spoil_quantities(enum certificate_complaint what, uint32_t order)
{
    struct clearing_quantity *q = &record.quantities[order];
    if (what == CERTIFICATE_FUNDING)
        q->funded_wh++;
    else
        q->final_wh = q->funded_wh + 1;
    return true;
}

/* Take a Wh from an order served at a better level, for one of a worse level. */
static bool spoil_levels(struct test_random *r)
{
    const uint32_t from = (uint32_t)test_random_below(r, t.book.order_count);
    const uint32_t to = (uint32_t)test_random_below(r, t.book.order_count);
    const struct book_order *a = &t.orders[from], *b = &t.orders[to];
    if (a->side != b->side || record.quantities[from].crossing_wh == 0 ||
        record.quantities[to].crossing_wh >= record.quantities[to].funded_wh ||
        record.quantities[to].is_out ||
        !(a->side == ORDER_BID ? a->price > b->price : a->price < b->price) ||
        t.book.params.price_rule == BOOK_POSTED)
        return false;
    record.quantities[from].crossing_wh--;
    record.quantities[to].crossing_wh++;
    return true;
}

/* Swap the awards of two rationed orders of the level that got more and less by one extra Wh. */
static bool spoil_ranks(struct test_random *r)
{
    const uint32_t one = (uint32_t)test_random_below(r, t.book.order_count);
    const uint32_t two = (uint32_t)test_random_below(r, t.book.order_count);
    struct clearing_quantity *a = &record.quantities[one], *b = &record.quantities[two];
    const int64_t cap = record.ration.cap_wh;
    if (record.ration.extra == 0 || t.orders[one].side != record.ration.side ||
        t.orders[two].side != record.ration.side || a->crossing_wh != cap + 1 ||
        b->crossing_wh != cap || b->funded_wh <= cap || a->funded_wh <= cap + 1 ||
        t.orders[one].price != t.orders[two].price)
        return false;
    a->crossing_wh--;
    b->crossing_wh++;
    return true;
}

static bool spoil_often(bool (*spoil_pair)(struct test_random *r), struct test_random *r)
{
    for (uint32_t i = 0; i < 200; i++)
        if (spoil_pair(r))
            return true;
    return false;
}

static struct clearing_contract many[4 * TEST_ORDERS_MAX];

static bool spoil_contracts(enum certificate_complaint what)
{
    struct clearing_contract *k = record.contracts;
    if (record.contract_count == 0)
        return false;
    if (what == CERTIFICATE_PARTIES)
        k->buyer = k->seller;
    if (what == CERTIFICATE_PAYMENT)
        k->payment_micro++;
    if (what == CERTIFICATE_SUMS)
        k->energy_wh++;
    if (what != CERTIFICATE_COUNT)
        return true;
    for (uint32_t i = 0; i < 4 * TEST_ORDERS_MAX; i++)
        many[i] = *k;
    record.contracts = many;
    record.contract_count = 4 * TEST_ORDERS_MAX;
    return true;
}

/* Deny a cut, or claim one where nothing moves. */
static bool spoil_cut(void)
{
    record.has_cut = !record.has_cut;
    record.cut = record.has_cut ? ~UINT64_C(0) : record.cut;
    return true;
}

static bool spoil_limits(void)
{
    record.price = t.book.params.retail + 1;
    return record.contract_count > 0;
}

/* Spoil what @what is about; false if this record has nothing of the kind. */
static bool spoil(enum certificate_complaint what, struct test_random *r)
{
    const uint32_t order = (uint32_t)test_random_below(r, t.book.order_count);
    const bool is_cleared = record.result == CLEARING_CLEARED;
    switch (what) {
    case CERTIFICATE_FUNDING:
    case CERTIFICATE_RANGE:
        return spoil_quantities(what, order);
    case CERTIFICATE_RESULT:
        record.best_bid++;
        return true;
    case CERTIFICATE_SURPLUS:
        record.surplus++;
        return true;
    case CERTIFICATE_BALANCE:
        record.crossing_wh++;
        return true;
    case CERTIFICATE_DUAL:
        record.dual++;
        return true;
    case CERTIFICATE_PRICE:
        record.price = is_cleared ? record.price + (test_random_below(r, 2) ? 1 : -1) : 0;
        return true;
    case CERTIFICATE_LEVELS:
        return spoil_often(spoil_levels, r);
    case CERTIFICATE_RATION:
        record.ration.cap_wh++;
        return record.ration.is_rationed;
    case CERTIFICATE_RANKS:
        return spoil_often(spoil_ranks, r);
    case CERTIFICATE_FLOW:
        record.flow[test_random_below(r, BOOK_CLASSES)][test_random_below(r, BOOK_CLASSES)]++;
        return true;
    case CERTIFICATE_CUT:
        return spoil_cut();
    case CERTIFICATE_LIMITS:
        return spoil_limits();
    case CERTIFICATE_PARTIES:
    case CERTIFICATE_PAYMENT:
    case CERTIFICATE_SUMS:
    case CERTIFICATE_COUNT:
        return spoil_contracts(what);
    case CERTIFICATE_DIGEST:
        record.digest.bytes[order % HASH_BYTES] ^= 1;
        return true;
    case CERTIFICATE_COMPLAINTS:
        break;
    }
    return false;
}

static void each_spoiled_record_is_refused_for_what_was_spoiled(void **state)
{
    (void)state;
    const uint64_t seed = 77;
    struct test_random r = {.state = seed};
    uint32_t refused[CERTIFICATE_COMPLAINTS] = {0};
    for (uint32_t i = 0; i < 2 * BOOKS; i++) {
        const enum certificate_complaint what =
            (enum certificate_complaint)test_random_below(&r, CERTIFICATE_COMPLAINTS);
        make(&r);
        if (t.book.order_count == 0 || !spoil(what, &r))
            continue;
        if (!judge().has[what])
            fail_msg("seed %llu book %u: no %s", (unsigned long long)seed, i,
                     certificate_get(what)->name);
        refused[what]++;
    }
    for (int i = 0; i < CERTIFICATE_COMPLAINTS; i++)
        if (refused[i] < 3)
            fail_msg("seed %llu: %s was spoiled %u times", (unsigned long long)seed,
                     certificate_get((enum certificate_complaint)i)->name, refused[i]);
}

static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};

/* One field of the record, a contract or the flow says something absurd. */
static void say_anything(struct test_random *r)
{
    struct clearing *c = &record;
    int64_t *fields[24] = {&c->price,
                           &c->dual,
                           &c->marginal_bid,
                           &c->marginal_offer,
                           &c->best_bid,
                           &c->best_offer,
                           &c->crossing_wh,
                           &c->paired_wh,
                           &c->ration.price,
                           &c->ration.amount_wh,
                           &c->ration.cap_wh,
                           &c->ration.extra,
                           &c->flow[test_random_below(r, BOOK_CLASSES)][0],
                           &c->flow[0][test_random_below(r, BOOK_CLASSES)]};
    uint32_t count = 14;
    if (c->contract_count > 0) {
        struct clearing_contract *k = &c->contracts[test_random_below(r, c->contract_count)];
        fields[count++] = &k->energy_wh;
        fields[count++] = &k->payment_micro;
        fields[count++] = &k->fee;
        fields[count++] = &k->fee_micro;
    }
    *fields[test_random_below(r, count)] =
        extremes[test_random_below(r, sizeof extremes / sizeof extremes[0])];
}

static void say_anything_of_an_order(struct test_random *r)
{
    struct clearing_quantity *q = &record.quantities[test_random_below(r, t.book.order_count)];
    uint32_t *const wh[] = {&q->funded_wh, &q->crossing_wh, &q->final_wh};
    *wh[test_random_below(r, 3)] = test_random_below(r, 2) ? UINT32_MAX : 0;
    q->is_cut ^= test_random_below(r, 2);
    q->is_out ^= test_random_below(r, 2);
}

static void a_record_may_say_anything_and_two_digests_never_both_hold(void **state)
{
    (void)state;
    const uint64_t seed = 4711;
    struct test_random r = {.state = seed};
    uint32_t refused = 0;
    for (uint32_t i = 0; i < BOOKS; i++) {
        make(&r);
        if (t.book.order_count == 0)
            continue;
        const struct hash before = clearing_digest(&record, &t.book);
        for (uint64_t n = test_random_below(&r, 4); n > 0; n--)
            say_anything(&r);
        if (test_random_below(&r, 2))
            say_anything_of_an_order(&r);
        record.digest = clearing_digest(&record, &t.book); /* of what it says now */
        const struct certificate judged = judge();
        if (judged.count == 0 && !hash_equal(&before, &record.digest))
            fail_msg("seed %llu book %u: %u complaints", (unsigned long long)seed, i, judged.count);
        assert_false(judged.has[CERTIFICATE_DIGEST]);
        refused += judged.count > 0;
    }
    assert_true(refused > BOOKS / 2);
}

static void an_arena_that_is_too_small_is_a_refusal(void **state)
{
    (void)state;
    struct test_random r = {.state = 5};
    struct certificate judged;
    do
        make(&r);
    while (t.book.order_count < 3);
    const size_t enough = certificate_bytes(&t.book);
    size_t refused = 0;
    for (size_t size = 0; size <= enough; size += 8) {
        struct arena arena;
        arena_init(&arena, judge_memory, size);
        refused += !certificate_check(&judged, &arena, &t.book, &record);
    }
    assert_true(refused > 0 && refused <= enough / 8);
}

static void each_complaint_has_a_name_a_clause_and_a_sentence(void **state)
{
    (void)state;
    uint32_t clause = 0;
    for (int i = 0; i < CERTIFICATE_COMPLAINTS; i++) {
        const struct certificate_row *row = certificate_get((enum certificate_complaint)i);
        const size_t len = strlen(row->sentence);
        assert_true(strlen(row->name) > 0 && len > 0 && row->sentence[len - 1] == '.');
        assert_true(row->clause == clause || row->clause == clause + 1);
        clause = row->clause;
    }
    assert_int_equal(clause, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_clearing_makes_holds),
        cmocka_unit_test(each_spoiled_record_is_refused_for_what_was_spoiled),
        cmocka_unit_test(a_record_may_say_anything_and_two_digests_never_both_hold),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_refusal),
        cmocka_unit_test(each_complaint_has_a_name_a_clause_and_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
