/* SPDX-License-Identifier: Apache-2.0 */
/* RULE trade.2, sample.4, op.1: who is eligible, clusters and duty lists. */
#include "ledger/test_trade.h"

#include "ledger/values.h"
#include "sampling/draw.h"

static const struct kit_plan plan = {.members = 40, .seats = 7, .feeders = 3, .is_mature = true};

static uint8_t frozen(const struct kit *k, uint32_t slot)
{
    const uint8_t *row = table_get(&k->l->eligible, slot / SIZES_ELIGIBLE_LEAF);
    return row[slot % SIZES_ELIGIBLE_LEAF];
}

/* The cluster as sampling/draw.h gives it, from members that are written down here. */
static void expect_cluster(const struct kit *k, uint64_t number)
{
    static uint8_t bytes[1 << 20];
    struct roster_member members[40];
    struct arena arena;
    struct roster roster;
    struct draw draw;
    const struct contract *c = kit_machine(k, number);
    arena_init(&arena, bytes, sizeof bytes);
    for (uint32_t slot = 1; slot <= 40; slot++)
        members[slot - 1] = (struct roster_member){.household = slot,
                                                   .slot = slot,
                                                   .feeder = 1 + slot % 3,
                                                   .tier = frozen(k, slot) & 3,
                                                   .in_v = frozen(k, slot) & 4};
    roster_build(&roster, members, 40, 3, &arena);
    const struct draw_order order = {.seed = kit_round(k)->seed,
                                     .purpose = STREAM_CLUSTER,
                                     .number = number,
                                     .k = 7,
                                     .cluster_floor = 3,
                                     .seller = c->seller,
                                     .buyer = c->buyer};
    draw_make(&draw, &roster, &order, &arena);
    assert_int_equal(c->cluster_count, draw.member_count);
    assert_int_equal(c->eligible, draw.eligible);
    assert_memory_equal(c->cluster, draw.member, draw.member_count * sizeof *draw.member);
}

/* Of each contract each seat stands once in its member's list, in contract order. */
static uint32_t expect_lists(const struct kit *k)
{
    uint32_t all = 0;
    for (uint32_t slot = 1; slot <= member_count(k->l); slot++) {
        struct trade_duty duty;
        uint64_t last = 0;
        for (uint32_t i = 0; trade_duty_get(k->l, KIT_INTERVAL, ROUND_FORWARD, slot, i, &duty);
             i++) {
            assert_true(duty.contract > last);
            assert_int_equal(kit_machine(k, duty.contract)->cluster[duty.rank], slot);
            last = duty.contract;
            all++;
        }
    }
    return all;
}

static void tier_and_v_are_frozen_with_the_round(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    standing_edit(k.l, 5)->mature = false;
    standing_edit(k.l, 6)->score = -1;
    member_edit(k.l, 7)->is_absent = true;
    member_edit(k.l, 8)->status = STATUS_LEAVING;
    standing_edit(k.l, 9)->mature = false;
    member_edit(k.l, 9)->is_founder = true;
    k.l->head->epoch.v = (struct leader_seats){.count = 2, .vacant = 2, .member = {10, 11}};
    due_run(k.l);
    const uint8_t expected[] = {0, 1, 1, 1, 1, 2, 3, 0, 0, 1, 5, 1, 1};
    for (uint32_t slot = 0; slot < sizeof expected; slot++)
        assert_int_equal(frozen(&k, slot), expected[slot]);
    assert_int_equal(frozen(&k, 40), 1);
    assert_int_equal(frozen(&k, 41), 0);
    assert_int_equal(interval_get(k.l, 0)->rounds[0].frozen_height, 1);
    kit_end(&k);
    kit_close(&k);
}

static void clusters_come_from_the_seed_and_the_frozen_members(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    k.l->head->epoch.v = (struct leader_seats){.count = 1, .member = {12}};
    for (uint32_t i = 0; i < 12; i++)
        (void)kit_contract(&k, 2 * i + 1, 2 * i + 2);
    k.l->now.draws_left = 5;
    due_run(k.l);
    assert_int_equal(kit_round(&k)->phase, PHASE_SEEDED);
    assert_int_equal(kit_round(&k)->next_contract, 6);
    assert_int_equal(kit_machine(&k, 5)->state, CONTRACT_DRAWN);
    assert_int_equal(kit_machine(&k, 6)->state, CONTRACT_PREPARED);
    kit_end(&k);
    kit_begin(&k, 2000);
    for (uint32_t slot = 20; slot <= 40; slot++) /* too late to matter */
        standing_edit(k.l, slot)->score = -TIER_SCORE_MAX;
    due_run(k.l);
    assert_int_equal(kit_round(&k)->phase, PHASE_DRAWN);
    for (uint64_t number = 1; number <= 12; number++)
        expect_cluster(&k, number);
    assert_int_equal(expect_lists(&k), 12 * 7);
    kit_end(&k);
    kit_close(&k);
}

static void a_void_contract_is_passed_by(void **state)
{
    (void)state;
    const struct contract_event revoked = {.kind = CONTRACT_EV_REVOKED};
    struct kit k;
    kit_open(&k, &plan);
    for (uint32_t i = 0; i < 3; i++)
        (void)kit_contract(&k, 2 * i + 1, 2 * i + 2);
    trade_run(k.l, contract_find(k.l, 2), &revoked, k.a_ms);
    k.l->now.draws_left = 2;
    due_run(k.l); /* draws, then scores the void one */
    assert_int_equal(kit_round(&k)->phase, PHASE_DRAWN);
    assert_int_equal(contract_find(k.l, 2), TRADE_NO_PLACE);
    assert_int_equal(kit_round(&k)->unscored_count, 2);
    expect_cluster(&k, 1);
    expect_cluster(&k, 3);
    assert_int_equal(expect_lists(&k), 2 * 7);
    kit_end(&k);
    kit_close(&k);
}

struct picture { /* of all clusters and lists */
    uint32_t count;
    struct trade_duty duties[41][64];
    uint32_t clusters[16][7];
};

static void take_picture(struct picture *p, const struct kit *k, uint32_t contracts)
{
    memset(p, 0, sizeof *p);
    for (uint64_t number = 1; number <= contracts; number++)
        memcpy(p->clusters[number - 1], kit_machine(k, number)->cluster, sizeof p->clusters[0]);
    for (uint32_t slot = 1; slot <= 40; slot++)
        for (uint32_t i = 0; i < 64 && trade_duty_get(k->l, KIT_INTERVAL, ROUND_FORWARD, slot, i,
                                                      &p->duties[slot][i]);
             i++)
            p->count++;
}

/* A restart or an undo finds clusters, lists, votes and due times again, although parameters have
 * changed since and one contract is scored already. */
static void a_rebuild_finds_clusters_and_lists_again(void **state)
{
    (void)state;
    static struct picture before, after;
    struct kit k;
    kit_open(&k, &plan);
    kit_trade(&k, 12);
    const uint32_t place = contract_find(k.l, 4);
    kit_begin(&k, 2000);
    struct genesis *params = table_edit(&k.l->params_table, 0);
    params->sampling.cluster_floor = 40;
    params->sampling.k = 3;
    take_picture(&before, &k, 12);
    assert_int_equal(before.count, 12 * 7);
    const uint64_t due_ms = k.l->index.contracts.due_ms[place];
    memset(k.l->index.contracts.clusters, 0xee, 12 * 7 * sizeof(uint32_t));
    state_rebuild(k.l);
    take_picture(&after, &k, 12);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(k.l->index.contracts.due_ms[place], due_ms);
    kit_end(&k);
    kit_close(&k);
}

static void an_undone_draw_is_drawn_again(void **state)
{
    (void)state;
    static struct picture before, after;
    struct kit k;
    kit_open(&k, &plan);
    for (uint32_t i = 0; i < 12; i++)
        (void)kit_contract(&k, 2 * i + 1, 2 * i + 2);
    k.l->now.draws_left = 5;
    due_run(k.l);
    kit_end(&k);
    take_picture(&before, &k, 5);
    kit_pass(&k, 2000);
    assert_int_equal(kit_round(&k)->phase, PHASE_DRAWN);
    const struct hash first = ledger_app_hash(k.l);
    ledger_undo(k.l);
    k.l->head = table_edit(&k.l->head_table, 0);
    assert_int_equal(kit_round(&k)->phase, PHASE_SEEDED);
    assert_int_equal(kit_machine(&k, 6)->state, CONTRACT_PREPARED);
    take_picture(&after, &k, 5);
    assert_memory_equal(&before, &after, sizeof before);
    kit_pass(&k, 2000);
    const struct hash again = ledger_app_hash(k.l);
    assert_true(hash_equal(&first, &again));
    assert_int_equal(expect_lists(&k), 12 * 7);
    kit_close(&k);
}

static void a_round_without_contracts_is_over_at_once(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    due_run(k.l);
    assert_int_equal(kit_round(&k)->phase, PHASE_OVER);
    kit_end(&k);
    kit_close(&k);
}

/* sampling.mode two-stage: half of the feeders. */
static void two_stage_draws_from_half_of_the_feeders(void **state)
{
    (void)state;
    struct kit k;
    kit_open(&k, &plan);
    struct genesis *params = table_edit(&k.l->params_table, 0);
    params->sampling.mode = SAMPLING_TWO_STAGE;
    const uint64_t number = kit_contract(&k, 1, 2);
    due_run(k.l);
    bool from[4] = {false};
    const struct contract *c = kit_machine(&k, number);
    for (uint32_t i = 0; i < c->cluster_count; i++)
        from[member_get(k.l, c->cluster[i])->feeder] = true;
    assert_int_equal(c->cluster_count, 7);
    assert_int_equal(from[1] + from[2] + from[3], 2);
    kit_end(&k);
    kit_close(&k);
}

/* What the app hash commits to: one byte a member. */
static void the_frozen_members_are_a_value(void **state)
{
    (void)state;
    static uint8_t key[VALUES_KEY_BYTES], bytes[VALUES_BYTES_MAX];
    struct kit k;
    kit_open(&k, &plan);
    due_run(k.l);
    const struct value_bytes v = value_write(k.l, STORE_ELIGIBLE, 0, key, bytes);
    assert_int_equal(v.value.len, 1 + SIZES_ELIGIBLE_LEAF);
    assert_int_equal(v.value.at[0], ROW_ELIGIBLE);
    assert_memory_equal(v.value.at + 1, table_get(&k.l->eligible, 0), SIZES_ELIGIBLE_LEAF);
    kit_end(&k);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tier_and_v_are_frozen_with_the_round),
        cmocka_unit_test(clusters_come_from_the_seed_and_the_frozen_members),
        cmocka_unit_test(a_void_contract_is_passed_by),
        cmocka_unit_test(a_rebuild_finds_clusters_and_lists_again),
        cmocka_unit_test(an_undone_draw_is_drawn_again),
        cmocka_unit_test(a_round_without_contracts_is_over_at_once),
        cmocka_unit_test(two_stage_draws_from_half_of_the_feeders),
        cmocka_unit_test(the_frozen_members_are_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
