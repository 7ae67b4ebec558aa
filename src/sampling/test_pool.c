/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test_random.h"
#include "sampling/pool.h"
#include "sampling/test_community.h"
#include "tests/cmocka_all.h"

static _Alignas(8) uint8_t memory[1 << 16];

static struct pool_rule rule_of(uint32_t k, uint32_t seller, uint32_t buyer)
{
    return (struct pool_rule){
        .k = k, .floor = 3, .tiers = TIER_MAX, .seller = seller, .buyer = buyer};
}

/* In the memory of the community's draws, until the next. */
static void build(struct pool *p, const struct test_community *c, const struct pool_rule *rule)
{
    struct arena piece;
    arena_init(&piece, c->draw_memory, c->draw_bytes);
    pool_build(p, &c->roster, rule, &piece);
}

/* RULE sample.4, on ten members of one feeder. */
static void parties_and_their_households_are_left_out(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 10, 1);
    c.members[6].household = 2; /* slot 7 lives with slot 2 */
    c.members[7].tier = TIER_NONE;
    test_community_build(&c, 5);
    struct pool p;
    const struct pool_rule rule = rule_of(5, 1, 2);
    build(&p, &c, &rule);
    const uint32_t slots[] = {3, 4, 5, 6, 9, 10};
    assert_int_equal(p.eligible, 6);
    assert_int_equal(p.feeder_count, 1);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(pool_slot(&p.feeder[0], i), slots[i]);
    const struct pool_rule at_home = rule_of(5, 7, 2); /* one household of both parties */
    build(&p, &c, &at_home);
    assert_int_equal(p.eligible, 7);
}

/* RULE boot.5: both sides of the floor. */
static void the_next_tier_is_opened_below_the_floor_only(void **state)
{
    (void)state;
    const uint8_t tiers[] = {1, 1, 1, 1, 1, 2, 3};
    struct pool p;
    for (uint32_t mature = 0; mature <= 5; mature++) {
        struct test_community c;
        test_community_open(&c, memory, sizeof memory, 7, 2);
        for (uint32_t i = 0; i < 7; i++)
            c.members[i].tier = i < 5 && i >= mature ? TIER_NONE : tiers[i];
        test_community_build(&c, 5);
        const struct pool_rule nobody = rule_of(5, 0, 0);
        build(&p, &c, &nobody);
        const uint8_t last = mature >= 3 ? 1 : mature == 2 ? 2 : 3;
        assert_int_equal(p.tier, last);
        assert_int_equal(p.eligible, mature + (last >= 2) + (last == 3));
    }
}

/* RULE sample.4: with k outside V those of V leave, with k - 1 all of them stay. */
static void verifiers_are_used_if_fewer_than_k_others_are_there(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 10, 3);
    c.members[2].in_v = c.members[5].in_v = c.members[9].in_v = true;
    c.members[9].household = 1; /* a verifier of the seller's household */
    test_community_build(&c, 10);
    struct pool p;
    const struct pool_rule at_most = rule_of(6, 1, 2);
    build(&p, &c, &at_most); /* 10 - 2 parties - 1 at home = 7, 5 of them outside V */
    assert_int_equal(p.eligible, 7);
    assert_true(p.verifiers_used);
    const struct pool_rule enough = rule_of(5, 1, 2);
    build(&p, &c, &enough);
    assert_int_equal(p.eligible, 5);
    assert_false(p.verifiers_used);
}

static void feeders_without_eligible_members_are_not_in_the_pool(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 4, 4);
    c.members[2].feeder = 9; /* numbers have gaps */
    c.feeder_max = 9;
    test_community_build(&c, 3);
    struct pool p;
    const struct pool_rule rule = rule_of(3, 1, 1);
    build(&p, &c, &rule);
    assert_int_equal(p.feeder_count, 3);
    assert_int_equal(p.feeder[0].number, 2);
    assert_int_equal(p.feeder[1].number, 4);
    assert_int_equal(p.feeder[2].number, 9);
}

static void nobody_is_eligible_where_nobody_is(void **state)
{
    (void)state;
    struct test_community c;
    test_community_open(&c, memory, sizeof memory, 2, 1);
    test_community_build(&c, 3);
    struct pool p;
    const struct pool_rule rule = rule_of(3, 1, 2);
    build(&p, &c, &rule);
    assert_int_equal(p.eligible, 0);
    assert_int_equal(p.feeder_count, 0);
    assert_int_equal(p.tier, TIER_MAX);
    test_community_open(&c, memory, sizeof memory, 0, 1);
    test_community_build(&c, 3);
    const struct pool_rule none = rule_of(3, 0, 0);
    build(&p, &c, &none);
    assert_int_equal(p.eligible, 0);
}

static bool is_left_out(const struct test_community *c, const struct pool *p,
                        const struct pool_rule *rule, const struct roster_member *m)
{
    return m->tier == TIER_NONE || m->tier > p->tier ||
           m->household == c->members[rule->seller - 1].household ||
           m->household == c->members[rule->buyer - 1].household || (m->in_v && !p->verifiers_used);
}

/* The same list by walking over all members. */
static void check_slots(const struct test_community *c, const struct pool *p,
                        const struct pool_rule *rule)
{
    uint32_t eligible = 0;
    for (uint32_t f = 0; f < p->feeder_count; f++) {
        uint32_t index = 0;
        for (uint32_t i = 0; i < c->count; i++) {
            if (c->members[i].feeder != p->feeder[f].number ||
                is_left_out(c, p, rule, &c->members[i]))
                continue;
            assert_true(index < p->feeder[f].size);
            assert_int_equal(pool_slot(&p->feeder[f], index++), c->members[i].slot);
        }
        assert_int_equal(index, p->feeder[f].size);
        eligible += index;
    }
    assert_int_equal(eligible, p->eligible);
}

static void an_index_is_mapped_around_those_left_out(void **state)
{
    (void)state;
    struct test_random random = {.state = 11};
    unsigned used = 0, unused = 0, tier[TIER_MAX + 1] = {0};
    for (int run = 0; run < 300; run++) {
        struct test_community c;
        const uint32_t count = 2 + (uint32_t)test_random_below(&random, run % 2 ? 100 : 10);
        test_community_open(&c, memory, sizeof memory, count,
                            1 + (uint32_t)test_random_below(&random, 9));
        for (uint32_t i = 0; i < count; i++) {
            c.members[i].tier = (uint8_t)test_random_below(&random, TIER_MAX + 1);
            c.members[i].in_v = test_random_below(&random, 5) == 0;
            if (test_random_below(&random, 3) == 0)
                c.members[i].household = 1 + test_random_below(&random, 10);
        }
        test_community_build(&c, 20);
        for (int draw = 0; draw < 20; draw++) {
            struct pool p;
            const struct pool_rule rule = rule_of(1 + (uint32_t)test_random_below(&random, 40),
                                                  1 + (uint32_t)test_random_below(&random, count),
                                                  1 + (uint32_t)test_random_below(&random, count));
            build(&p, &c, &rule);
            check_slots(&c, &p, &rule);
            used += p.verifiers_used;
            unused += !p.verifiers_used;
            tier[p.tier]++;
        }
    }
    assert_true(used > 100 && unused > 100 && tier[1] > 100 && tier[2] > 10 && tier[3] > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parties_and_their_households_are_left_out),
        cmocka_unit_test(the_next_tier_is_opened_below_the_floor_only),
        cmocka_unit_test(verifiers_are_used_if_fewer_than_k_others_are_there),
        cmocka_unit_test(feeders_without_eligible_members_are_not_in_the_pool),
        cmocka_unit_test(nobody_is_eligible_where_nobody_is),
        cmocka_unit_test(an_index_is_mapped_around_those_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
