/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.19, market.20 */
#include "core/continuous.h"
#include "core/test_book.h"
#include "core/tie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 80 };

static struct book_member members[MANY];
static struct book_order orders[MANY];
static struct continuous_rest bids[MANY], offers[MANY];
static int64_t funds[MANY];
static struct genesis_fee fees[2]; /* between feeders 1 and 2, both directions */
static struct book book;
static struct continuous c;
static struct continuous_match out[CONTINUOUS_LOOKS_MAX];

/* An empty book; member i has slot i, a household of its own, feeder 1 + i % 2 and enough money. */
static int begin(void **state)
{
    (void)state;
    fees[0] = (struct genesis_fee){1, 2, 0};
    fees[1] = (struct genesis_fee){2, 1, 0};
    book = (struct book){
        .params = {.retail = 300000, .order_min_wh = 10, .order_max_wh = 1000, .fees = {fees, 2}},
        .members = members,
        .orders = orders,
        .member_count = MANY};
    for (uint32_t i = 0; i < MANY; i++) {
        members[i] = (struct book_member){BOOK_FUNDS_ENOUGH, i, i, 1 + i % 2, 3};
        funds[i] = BOOK_FUNDS_ENOUGH;
    }
    c = (struct continuous){
        .book = &book, .bids = {bids, 0}, .offers = {offers, 0}, .funds_micro = funds};
    return 0;
}

/* The next order, of a member of its own. */
static uint32_t run(enum order_side side, int64_t price, uint32_t wh)
{
    const uint32_t at = book.order_count++;
    orders[at].number = at;
    orders[at].member = at;
    orders[at].side = (uint8_t)side;
    orders[at].price = price;
    orders[at].energy_wh = wh;
    return continuous_run(out, &c, at);
}

static void the_price_is_the_limit_of_the_resting_order(void **state)
{
    (void)state;
    assert_int_equal(run(ORDER_OFFER, 100000, 100), 0);
    assert_int_equal(run(ORDER_BID, 200000, 100), 1);
    assert_int_equal(out[0].price, 100000);
    fees[0].micro_per_kwh = fees[1].micro_per_kwh = 30000;
    assert_int_equal(run(ORDER_BID, 200000, 100), 0);
    assert_int_equal(run(ORDER_OFFER, 100000, 100), 1);
    assert_int_equal(out[0].price, 170000); /* the bid's limit is all in */
    assert_int_equal(out[0].fee_micro, 3000);
}

static void the_best_limit_comes_first_and_then_the_one_run_earlier(void **state)
{
    (void)state;
    assert_int_equal(run(ORDER_OFFER, 120000, 50), 0);
    assert_int_equal(run(ORDER_OFFER, 100000, 50), 0);
    assert_int_equal(run(ORDER_OFFER, 120000, 50), 0);
    assert_int_equal(run(ORDER_BID, 120000, 120), 3);
    assert_int_equal(out[0].offer, 1);
    assert_int_equal(out[1].offer, 0);
    assert_int_equal(out[2].offer, 2);
    assert_int_equal(out[2].energy_wh, 20);
    assert_int_equal(c.offers.count, 1);
    assert_int_equal(c.offers.resting[0].rest_wh, 30);
}

static void the_same_feeder_comes_first_only_if_it_is_asked_for(void **state)
{
    (void)state;
    for (uint32_t asked = 0; asked <= 1; asked++) {
        assert_int_equal(begin(NULL), 0);
        assert_int_equal(run(ORDER_OFFER, 100000, 50), 0); /* feeder 1 */
        assert_int_equal(run(ORDER_OFFER, 100000, 50), 0); /* feeder 2 */
        assert_int_equal(run(ORDER_OFFER, 90000, 50), 0);  /* feeder 1, but better */
        orders[3].feeder_first = asked;
        assert_int_equal(run(ORDER_BID, 100000, 100), 2); /* feeder 2 */
        assert_int_equal(out[0].offer, 2);
        assert_int_equal(out[1].offer, asked ? 1 : 0);
    }
    orders[3].feeder_first = false;
}

static void what_does_not_fit_is_passed_over_and_stays(void **state)
{
    (void)state;
    assert_int_equal(run(ORDER_OFFER, 100000, 50), 0);
    assert_int_equal(run(ORDER_OFFER, 110000, 50), 0);
    assert_int_equal(run(ORDER_OFFER, 120000, 50), 0);
    members[0].household = 3; /* the buyer's own */
    orders[1].min_score = 4;  /* asks for more than the buyer has */
    assert_int_equal(run(ORDER_BID, 120000, 50), 1);
    assert_int_equal(out[0].offer, 2);
    assert_int_equal(c.offers.count, 2);
    orders[1].min_score = 0;
}

static void a_fee_can_make_a_pair_too_dear(void **state)
{
    (void)state;
    fees[0].micro_per_kwh = 20001;
    assert_int_equal(run(ORDER_OFFER, 100000, 50), 0);
    assert_int_equal(run(ORDER_BID, 120000, 50), 0);
    fees[0].micro_per_kwh = 20000;
    book.order_count++; /* the next member is on feeder 1 as well */
    assert_int_equal(run(ORDER_BID, 120000, 50), 1);
}

static void sixty_four_are_looked_at_and_then_the_rest_rests(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 70; i++) {
        members[i].household = 70 + (i < 64);
        assert_int_equal(run(ORDER_OFFER, 100000, 50), 0);
    }
    members[70].household = 71; /* of the first 64 */
    assert_int_equal(run(ORDER_BID, 100000, 50), 0);
    assert_int_equal(c.bids.count, 1);
    members[0].household = 5;
    members[71].household = 71;
    assert_int_equal(run(ORDER_BID, 100000, 60), 1);
    assert_int_equal(out[0].offer, 0);
    assert_int_equal(c.bids.count, 2);
}

static void a_remainder_below_the_smallest_order_is_cancelled(void **state)
{
    (void)state;
    assert_int_equal(run(ORDER_OFFER, 100000, 59), 0);
    assert_int_equal(run(ORDER_BID, 100000, 50), 1);
    assert_int_equal(c.offers.count, 0);
    assert_int_equal(run(ORDER_OFFER, 100000, 60), 0);
    assert_int_equal(run(ORDER_BID, 100000, 50), 1);
    assert_int_equal(c.offers.count, 1);
    assert_int_equal(run(ORDER_BID, 100000, 19), 1);
    assert_int_equal(c.bids.count, 0);
}

static void nobody_buys_what_he_cannot_pay(void **state)
{
    (void)state;
    funds[1] = 5001;
    assert_int_equal(run(ORDER_OFFER, 100000, 100), 0);
    assert_int_equal(run(ORDER_BID, 100000, 100), 1);
    assert_int_equal(out[0].energy_wh, 50);
    assert_int_equal(funds[1], 1);
    assert_int_equal(c.bids.count, 0);
    funds[2] = 5001;
    assert_int_equal(run(ORDER_BID, 90000, 50), 0); /* rests; then its money goes elsewhere */
    funds[2] = 1;
    assert_int_equal(run(ORDER_OFFER, 80000, 50), 0);
    assert_int_equal(c.bids.count, 1);
}

static void a_bid_cut_below_the_smallest_order_is_out(void **state)
{
    (void)state;
    funds[0] = 1000; /* 999 pay 9.99 Wh */
    assert_int_equal(run(ORDER_BID, 100000, 100), 0);
    assert_int_equal(c.bids.count, 0);
    funds[1] = 1001;
    assert_int_equal(run(ORDER_BID, 100000, 100), 0);
    assert_int_equal(c.bids.count, 1);
    assert_int_equal(c.bids.resting[0].rest_wh, 10);
}

static void the_queue_of_a_block_is_drawn_by_member(void **state)
{
    (void)state;
    struct sort_item items[6], scratch[6];
    const struct hash seed = {{7}};
    const struct siphash_key key = tie_key(&seed, 9);
    for (uint32_t i = 0; i < 6; i++) {
        orders[i] = (struct book_order){.number = i, .member = i / 2};
        items[i] = (struct sort_item){0, i};
    }
    continuous_queue(items, scratch, 6, &book, &seed, 9);
    for (uint32_t i = 0; i < 6; i += 2) {
        const uint32_t member = orders[items[i].number].member;
        assert_int_equal(items[i].number, 2 * member);
        assert_int_equal(items[i + 1].number, 2 * member + 1);
        assert_true(items[i].key == tie_rank(&key, TIE_PAIRING, member));
        assert_true(i == 0 || items[i].key > items[i - 1].key);
    }
}

enum { CHANGES = 14 };

/* One thing that the digest is about becomes another. */
static void change(struct continuous_match *m, uint32_t what)
{
    int64_t *const amounts[] = {&m->energy_wh, &m->price, &m->payment_micro, &m->fee,
                                &m->fee_micro};
    struct continuous_rest *const bid = &c.bids.resting[0], *const offer = &c.offers.resting[0];
    uint32_t *const places[] = {&m->bid,     &m->offer,     &c.bids.count, &c.offers.count,
                                &bid->order, &offer->order, &bid->rest_wh, &offer->rest_wh};
    const uint32_t amount_count = sizeof amounts / sizeof amounts[0];
    if (what < amount_count)
        *amounts[what] ^= 1;
    else if (what - amount_count < sizeof places / sizeof places[0])
        *places[what - amount_count] ^= 1;
    else
        book.interval ^= 1;
}

static void one_match_and_one_order_rests_on_each_side(void)
{
    assert_int_equal(begin(NULL), 0);
    assert_int_equal(run(ORDER_OFFER, 100000, 50), 0);
    assert_int_equal(run(ORDER_OFFER, 120000, 50), 0);
    assert_int_equal(run(ORDER_BID, 90000, 50), 0);
    assert_int_equal(run(ORDER_BID, 100000, 50), 1);
}

static void the_digest_is_of_every_match_and_of_what_rests(void **state)
{
    (void)state;
    struct hash digests[CHANGES + 2];
    for (uint32_t what = 0; what < CHANGES + 2; what++) {
        one_match_and_one_order_rests_on_each_side();
        if (what < CHANGES)
            change(&out[0], what);
        digests[what] = continuous_digest(&c, out, what == CHANGES ? 0 : 1);
        for (uint32_t i = 0; i < what; i++)
            assert_false(hash_equal(&digests[i], &digests[what]));
    }
    one_match_and_one_order_rests_on_each_side();
    const struct hash again = continuous_digest(&c, out, 1);
    assert_true(hash_equal(&again, &digests[CHANGES + 1]));
}

static struct test_book t;
static int64_t matched[TEST_ORDERS_MAX]; /* and what rests, by order */
static uint32_t made, partly;

/* Run all orders; each match keeps both limits. */
static void run_all(struct continuous *all)
{
    for (uint32_t i = 0; i < t.book.order_count; i++) {
        const uint32_t count = continuous_run(out, all, i);
        for (uint32_t k = 0; k < count; k++) {
            matched[out[k].bid] += out[k].energy_wh;
            matched[out[k].offer] += out[k].energy_wh;
            assert_true(out[k].price >= t.orders[out[k].offer].price);
            assert_true(out[k].price + out[k].fee <= t.orders[out[k].bid].price);
        }
        made += count;
    }
}

static void add_resting(const struct continuous_side *side)
{
    for (uint32_t i = 0; i < side->count; i++) {
        partly += matched[side->resting[i].order] > 0;
        matched[side->resting[i].order] += side->resting[i].rest_wh;
    }
}

static bool could_trade(const struct continuous_rest *bid, const struct continuous_rest *offer)
{
    const struct book_order *b = &t.orders[bid->order], *o = &t.orders[offer->order];
    const struct book_member *buyer = &t.members[b->member], *seller = &t.members[o->member];
    return book_may_meet(book_class(&t.book, o), book_class(&t.book, b)) &&
           o->price + charge_rate(&t.book.params.fees, seller->feeder, buyer->feeder) <= b->price;
}

static void random_flow_conserves_energy_and_leaves_no_pair_that_could_trade(void **state)
{
    (void)state;
    const uint64_t seed = 4;
    struct test_random r = {.state = seed};
    int64_t left[TEST_MEMBERS_MAX];
    made = partly = 0;
    for (uint32_t i = 0; i < TEST_MEMBERS_MAX; i++)
        left[i] = BOOK_FUNDS_ENOUGH;
    for (uint32_t n = 0; n < 3000; n++) {
        test_book_fill(&t, &r);
        memset(matched, 0, sizeof matched);
        struct continuous all = {&t.book, {bids, 0}, {offers, 0}, left};
        run_all(&all);
        add_resting(&all.bids);
        add_resting(&all.offers);
        for (uint32_t i = 0; i < t.book.order_count; i++)
            if (matched[i] != t.orders[i].energy_wh)
                fail_msg("seed %llu book %u order %u", (unsigned long long)seed, n, i);
        for (uint32_t i = 0; i < all.bids.count * all.offers.count; i++)
            assert_false(could_trade(&bids[i / all.offers.count], &offers[i % all.offers.count]));
    }
    assert_true(made > 3000 && partly > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_price_is_the_limit_of_the_resting_order, begin),
        cmocka_unit_test_setup(the_best_limit_comes_first_and_then_the_one_run_earlier, begin),
        cmocka_unit_test_setup(the_same_feeder_comes_first_only_if_it_is_asked_for, begin),
        cmocka_unit_test_setup(what_does_not_fit_is_passed_over_and_stays, begin),
        cmocka_unit_test_setup(a_fee_can_make_a_pair_too_dear, begin),
        cmocka_unit_test_setup(sixty_four_are_looked_at_and_then_the_rest_rests, begin),
        cmocka_unit_test_setup(a_remainder_below_the_smallest_order_is_cancelled, begin),
        cmocka_unit_test_setup(nobody_buys_what_he_cannot_pay, begin),
        cmocka_unit_test_setup(a_bid_cut_below_the_smallest_order_is_out, begin),
        cmocka_unit_test_setup(the_queue_of_a_block_is_drawn_by_member, begin),
        cmocka_unit_test(the_digest_is_of_every_match_and_of_what_rests),
        cmocka_unit_test(random_flow_conserves_energy_and_leaves_no_pair_that_could_trade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
