/* SPDX-License-Identifier: Apache-2.0 */
/* The rules one by one; tests/system/study_sampling.test.ts compares whole runs with a second
 * implementation. */
#include "crypto/hash.h"
#include "sampling/beacon.h"
#include "tests/cmocka_all.h"

#include <string.h>

enum { WAITING_MAX = 3 };

struct chain { /* a beacon and what drives it: slots of 10 ms, grace 1, wait 50 ms */
    struct beacon beacon;
    struct beacon_waiting waiting[WAITING_MAX];
    struct leader_seats v;
    uint64_t height;
    struct beacon_drawn drawn[WAITING_MAX];
    uint32_t drawn_count;
};

static const struct hash genesis = {.bytes = {0x11}};

static void chain_open(struct chain *c, uint32_t seats)
{
    const uint32_t members[] = {7, 8, 9};
    const struct beacon_times times = {.wait_ms = 50, .grace = 1};
    memset(c, 0, sizeof *c);
    leader_seats_init(&c->v, members, seats);
    beacon_init(&c->beacon, span_of_text("pw-test"), &genesis, &times, c->waiting, WAITING_MAX);
}

/* Phases 1 to 3 of the next block at @a_ms. The hash of block h is h. */
static void block(struct chain *c, uint64_t slot, uint64_t a_ms)
{
    struct beacon_block b = {.height = ++c->height, .slot = slot, .a_ms = a_ms};
    b.previous = c->height == 1 ? genesis : (struct hash){.bytes = {(uint8_t)(c->height - 1)}};
    beacon_enter(&c->beacon, &b);
    c->drawn_count = beacon_draw(&c->beacon, c->drawn, &c->v);
}

static enum beacon_verdict reveal(struct chain *c, uint64_t slot, uint32_t member)
{
    const struct beacon_share r = {
        .slot = slot, .member = member, .output = {.bytes = {(uint8_t)slot}}};
    return beacon_reveal(&c->beacon, &r, &c->v);
}

static void mix(struct chain *c)
{
    beacon_mix(&c->beacon, &c->v);
}

static struct hash hash_of_parts(const char *tag, const struct hash *seed, const uint8_t *middle,
                                 size_t middle_len, const struct hash *last)
{
    uint8_t text[256];
    struct bytes_writer w;
    bytes_writer_init(&w, text, sizeof text);
    bytes_write_span(&w, span_of_text(tag));
    bytes_write_span(&w, (struct span){seed->bytes, HASH_BYTES});
    bytes_write_span(&w, (struct span){middle, middle_len});
    bytes_write_span(&w, (struct span){last->bytes, HASH_BYTES});
    return hash_bytes((struct span){text, (size_t)(w.at - text)});
}

/* RULE beacon.1 */
static void the_first_seed_follows_from_chain_and_genesis(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    const struct hash chain = hash_bytes(span_of_text("pw-test"));
    const struct hash seed = hash_of_parts("pw-seed0", &chain, NULL, 0, &genesis);
    assert_true(hash_equal(&c.beacon.seed, &seed));
}

/* RULE beacon.1: seed, slot, output and the hash of the block before. */
static void a_reveal_goes_into_the_seed_at_the_end_of_the_block(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    block(&c, 0, 0);
    assert_true(beacon_admit(&c.beacon, 5));
    mix(&c);
    block(&c, 1, 10);
    const struct hash before = c.beacon.seed;
    assert_int_equal(reveal(&c, 1, 8), BEACON_OK);
    assert_true(hash_equal(&c.beacon.seed, &before));
    mix(&c);
    const uint8_t middle[8 + VRF_OUTPUT_BYTES] = {[7] = 1, [8] = 1};
    const struct hash previous = {.bytes = {1}};
    const struct hash after = hash_of_parts("pw-seed", &before, middle, sizeof middle, &previous);
    assert_true(hash_equal(&c.beacon.seed, &after));
    block(&c, 1, 11); /* without a reveal the seed stays */
    mix(&c);
    assert_true(hash_equal(&c.beacon.seed, &after));
}

/* RULE beacon.1: whatever their order in the block. */
static void reveals_of_a_block_are_mixed_by_rising_slot(void **state)
{
    (void)state;
    struct chain a, b;
    chain_open(&a, 3);
    chain_open(&b, 3);
    struct chain *both[] = {&a, &b};
    for (int i = 0; i < 2; i++) {
        block(both[i], 0, 0);
        assert_true(beacon_admit(&both[i]->beacon, 5));
        mix(both[i]);
        block(both[i], 2, 10);
        assert_int_equal(reveal(both[i], i == 0 ? 1 : 2, i == 0 ? 8 : 9), BEACON_OK);
        assert_int_equal(reveal(both[i], i == 0 ? 2 : 1, i == 0 ? 9 : 8), BEACON_OK);
        mix(both[i]);
    }
    assert_true(hash_equal(&a.beacon.seed, &b.beacon.seed));
}

/* RULE beacon.1: frozen before the first block with a time in that slot or later. */
static void the_input_of_a_slot_is_frozen_before_its_first_block(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    uint8_t input[BEACON_INPUT_BYTES], later[BEACON_INPUT_BYTES];
    block(&c, 0, 0);
    assert_true(beacon_admit(&c.beacon, 5));
    mix(&c);
    block(&c, 3, 10); /* slots 1 and 2 are jumped over, 2 is still in the grace */
    beacon_input(input, &c.beacon, 3);
    assert_memory_equal(input, "pw-vrf", 6);
    assert_int_equal(input[6 + HASH_BYTES + 7], 3);
    assert_memory_equal(input + 6 + HASH_BYTES + 8, c.beacon.seed.bytes, HASH_BYTES);
    assert_int_equal(reveal(&c, 2, 9), BEACON_OK);
    mix(&c);
    block(&c, 3, 11);
    beacon_input(later, &c.beacon, 3);
    assert_memory_equal(input, later, sizeof input);
    mix(&c);
    block(&c, 4, 12);
    beacon_input(later, &c.beacon, 4);
    assert_memory_equal(later + 6 + HASH_BYTES + 8, c.beacon.seed.bytes, HASH_BYTES);
}

/* RULE beacon.1: each refusal, on both sides of its border. */
static void a_reveal_is_refused_for_the_first_reason_that_holds(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    block(&c, 4, 0);
    assert_int_equal(reveal(&c, 4, 8), BEACON_NOT_DUE); /* nothing was pending at its start */
    assert_int_equal(reveal(&c, 3, 7), BEACON_NOT_DUE); /* nor before the first block */
    assert_true(beacon_admit(&c.beacon, 5));
    assert_int_equal(reveal(&c, 4, 8), BEACON_NOT_DUE); /* still: the start counts */
    mix(&c);
    block(&c, 6, 10);
    assert_int_equal(reveal(&c, 6, 8), BEACON_NOT_LEADER);
    assert_int_equal(reveal(&c, 7, 7), BEACON_NOT_LEADER);
    assert_int_equal(reveal(&c, 7, 8), BEACON_EARLY);
    assert_int_equal(reveal(&c, 4, 8), BEACON_LATE);
    assert_int_equal(reveal(&c, 5, 9), BEACON_OK);
    assert_int_equal(reveal(&c, 5, 9), BEACON_DUPLICATE);
    mix(&c);
    block(&c, 6, 11);
    assert_int_equal(reveal(&c, 5, 9), BEACON_DUPLICATE); /* also in a later block */
    assert_int_equal(reveal(&c, 6, 7), BEACON_OK);
    leader_vacate(&c.v, 8);
    block(&c, 7, 12);
    assert_int_equal(reveal(&c, 7, 8), BEACON_NOT_LEADER); /* a vacant seat has none */
}

static void admit_and_reveal(struct chain *c, uint64_t slots)
{
    block(c, 0, 0);
    assert_true(beacon_admit(&c->beacon, 5));
    mix(c);
    for (uint64_t slot = 1; slot <= slots; slot++) {
        block(c, slot, slot);
        assert_int_equal(c->drawn_count, 0);
        assert_int_equal(reveal(c, slot, c->v.member[slot % c->v.count]), BEACON_OK);
        mix(c);
    }
}

/* RULE beacon.2 */
static void two_members_reveals_make_a_draw_ready_for_the_next_block(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    admit_and_reveal(&c, 2);
    const struct hash seed = c.beacon.seed;
    block(&c, 2, 3);
    assert_int_equal(c.drawn_count, 1);
    assert_int_equal(c.drawn[0].number, 5);
    assert_int_equal(c.drawn[0].admitted, 1);
    assert_false(c.drawn[0].is_fallback);
    assert_true(hash_equal(&c.drawn[0].seed, &seed));
    assert_int_equal(c.beacon.waiting_count, 0);
}

/* RULE beacon.2: two reveals, but of one member; and of the slot of its own block. */
static void reveals_of_one_member_or_of_earlier_slots_do_not_count_twice(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 2);
    admit_and_reveal(&c, 1);
    block(&c, 2, 2); /* slot 2 is left out, slot 3 is that of slot 1's member again */
    assert_true(beacon_admit(&c.beacon, 6));
    mix(&c);
    block(&c, 3, 3);
    assert_int_equal(reveal(&c, 3, 8), BEACON_OK);
    assert_int_equal(reveal(&c, 2, 7), BEACON_OK); /* counts for draw 5, not for 6 */
    mix(&c);
    block(&c, 3, 4);
    assert_int_equal(c.drawn_count, 1);
    assert_int_equal(c.drawn[0].number, 5);
    assert_int_equal(c.beacon.waiting_count, 1);
    block(&c, 4, 5);
    assert_int_equal(reveal(&c, 4, 7), BEACON_OK);
    mix(&c);
    block(&c, 4, 6);
    assert_int_equal(c.drawn[0].number, 6);
}

/* RULE beacon.2: one if |V| = 1 at that phase 6, or in phase 3; ready stays ready. */
static void one_reveal_is_enough_where_the_set_has_one_member(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 1);
    admit_and_reveal(&c, 1);
    leader_seats_init(&c.v, (const uint32_t[]){7, 8, 9}, 3);
    block(&c, 1, 2);
    assert_int_equal(c.drawn_count, 1);

    chain_open(&c, 3);
    admit_and_reveal(&c, 1);
    block(&c, 1, 2);
    assert_int_equal(c.drawn_count, 0);
    leader_seats_init(&c.v, (const uint32_t[]){9}, 1);
    block(&c, 1, 3);
    assert_int_equal(c.drawn_count, 1);
    assert_false(c.drawn[0].is_fallback);
}

/* RULE beacon.2: both sides of the wait, and all of a block from one fallback. */
static void what_waits_too_long_is_drawn_from_one_fallback(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    block(&c, 0, 7);
    assert_true(beacon_admit(&c.beacon, 5));
    assert_true(beacon_admit(&c.beacon, 6));
    mix(&c);
    block(&c, 1, 20);
    assert_true(beacon_admit(&c.beacon, 7));
    mix(&c);
    block(&c, 5, 56);
    assert_int_equal(c.drawn_count, 0);
    const struct hash seed = c.beacon.seed, previous = {.bytes = {3}};
    block(&c, 5, 57);
    const struct hash fallback = hash_of_parts("pw-fallback", &seed, NULL, 0, &previous);
    assert_int_equal(c.drawn_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(c.drawn[i].number, 5 + i);
        assert_true(c.drawn[i].is_fallback);
        assert_true(hash_equal(&c.drawn[i].seed, &fallback));
    }
    assert_true(hash_equal(&c.beacon.seed, &fallback));
    assert_int_equal(c.beacon.waiting_count, 1);
}

/* RULE beacon.2: a ready draw is made from the seed of its reveals, not from the fallback. */
static void a_ready_draw_does_not_use_the_fallback_of_its_block(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    admit_and_reveal(&c, 1);
    block(&c, 2, 2);
    assert_true(beacon_admit(&c.beacon, 6));
    assert_int_equal(reveal(&c, 2, 9), BEACON_OK);
    mix(&c);
    const struct hash seed = c.beacon.seed;
    block(&c, 9, 900);
    assert_int_equal(c.drawn_count, 2);
    assert_true(hash_equal(&c.drawn[0].seed, &seed));
    assert_false(c.drawn[0].is_fallback);
    assert_true(c.drawn[1].is_fallback);
    assert_true(hash_equal(&c.drawn[1].seed, &c.beacon.seed));
}

/* RULE boot.4 */
static void without_verifiers_the_next_block_falls_back(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 0);
    block(&c, 0, 0);
    assert_true(beacon_admit(&c.beacon, 5));
    assert_int_equal(reveal(&c, 0, 7), BEACON_NOT_LEADER);
    mix(&c);
    block(&c, 0, 0);
    assert_int_equal(c.drawn_count, 1);
    assert_true(c.drawn[0].is_fallback);
}

static void a_full_list_takes_no_more_draws(void **state)
{
    (void)state;
    struct chain c;
    chain_open(&c, 3);
    block(&c, 0, 0);
    for (uint64_t number = 0; number < WAITING_MAX; number++)
        assert_true(beacon_admit(&c.beacon, number));
    assert_false(beacon_admit(&c.beacon, 99));
    assert_int_equal(c.beacon.waiting_count, WAITING_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_seed_follows_from_chain_and_genesis),
        cmocka_unit_test(a_reveal_goes_into_the_seed_at_the_end_of_the_block),
        cmocka_unit_test(reveals_of_a_block_are_mixed_by_rising_slot),
        cmocka_unit_test(the_input_of_a_slot_is_frozen_before_its_first_block),
        cmocka_unit_test(a_reveal_is_refused_for_the_first_reason_that_holds),
        cmocka_unit_test(two_members_reveals_make_a_draw_ready_for_the_next_block),
        cmocka_unit_test(reveals_of_one_member_or_of_earlier_slots_do_not_count_twice),
        cmocka_unit_test(one_reveal_is_enough_where_the_set_has_one_member),
        cmocka_unit_test(what_waits_too_long_is_drawn_from_one_fallback),
        cmocka_unit_test(a_ready_draw_does_not_use_the_fallback_of_its_block),
        cmocka_unit_test(without_verifiers_the_next_block_falls_back),
        cmocka_unit_test(a_full_list_takes_no_more_draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
