/* SPDX-License-Identifier: Apache-2.0 */
/* V and its epochs (RULE join.3, join.8, join.9, join.11, boot.3, sample.5, sample.6). */
#include "ledger/test_identity.h"

#include "sampling/draw.h"
#include "sampling/roster.h"

static struct kit *made(uint32_t founders)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, founders);
    return k;
}

static struct kit *start(uint32_t founders)
{
    struct kit *k = made(founders);
    kit_start(k);
    return k;
}

static struct epoch *epoch_of(const struct kit *k)
{
    return &k->l->head->epoch;
}

static struct standing *standing_of(const struct kit *k, uint32_t slot)
{
    return table_edit(&k->l->standings, slot);
}

static struct member *row_of(const struct kit *k, uint32_t slot)
{
    return table_edit(&k->l->members, slot);
}

static bool sits(const struct kit *k, uint32_t slot)
{
    return leader_seat(&epoch_of(k)->v, slot) < LEADER_SEATS_MAX;
}

static void to_epoch(struct kit *k, uint64_t number)
{
    for (uint32_t i = 0; epoch_of(k)->number < number; i++) {
        assert_true(i < 100);
        kit_block(k, KIT_TAU_MS);
    }
}

static void the_first_v_is_drawn_at_once_and_binds_in_block_three(void **state)
{
    (void)state;
    struct kit *k = start(5);
    kit_block(k, KIT_BLOCK_MS);
    assert_true(epoch_of(k)->is_drawing);
    kit_block(k, KIT_BLOCK_MS);
    const struct pubkey *vrf;
    uint64_t number;
    assert_int_equal(epoch_of(k)->v.count, 0);
    assert_int_equal(epoch_next_v(k->l, &vrf, &number)->count, 5);
    assert_int_equal(number, 1);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(epoch_of(k)->v.count, 5);
    assert_int_equal(epoch_of(k)->number, 1);
    for (uint32_t i = 0; i < 5; i++)
        assert_true(pubkey_equal(&epoch_of(k)->vrf[i],
                                 &member_get(k->l, epoch_of(k)->v.member[i])->keys.vrf));
    kit_stop(k);
}

static void v_is_the_draw_of_its_seed(void **state)
{
    (void)state;
    struct kit *k = start(8);
    k->l->params->sampling.verifier_count = 4; /* made odd: 3 */
    kit_blocks(k, 2, KIT_BLOCK_MS);
    struct roster_member members[8];
    for (uint32_t i = 0; i < 8; i++)
        members[i] = (struct roster_member){.household = i + 1,
                                            .slot = i + 1,
                                            .feeder = member_get(k->l, i + 1)->feeder,
                                            .tier = 1};
    const struct draw_order order = {.seed = k->l->head->beacon.seed,
                                     .purpose = STREAM_VERIFIERS,
                                     .number = 1,
                                     .k = 4,
                                     .cluster_floor = TIER_VERIFIERS_FLOOR};
    struct arena arena;
    struct roster roster;
    struct draw drawn;
    const size_t size = 1 << 20;
    void *memory = malloc(size);
    arena_init(&arena, memory, size);
    roster_build(&roster, members, 8, 2, &arena);
    draw_make(&drawn, &roster, &order, &arena);
    assert_int_equal(drawn.member_count, 3);
    assert_int_equal(epoch_of(k)->next.count, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(epoch_of(k)->next.member[i], drawn.member[i]);
    free(memory);
    kit_stop(k);
}

static void only_who_may_is_drawn(void **state)
{
    (void)state;
    struct kit *k = made(8);
    k->sound.founders[0].volunteer = false;
    kit_start(k);
    standing_of(k, 2)->score = -1;
    standing_of(k, 3)->score = 0;
    row_of(k, 4)->is_absent = true;
    row_of(k, 5)->owes_receipt[SIZES_RECEIPTS - 1] = 9;
    state_rebuild(k->l);
    kit_say(k, 6, kit_op(OP_LEAVE));
    kit_block(k, KIT_BLOCK_MS);
    kit_blocks(k, 2, KIT_BLOCK_MS);
    assert_int_equal(epoch_of(k)->v.count, 3);
    assert_true(sits(k, 3) && sits(k, 7) && sits(k, 8));
    kit_stop(k);
}

static void an_empty_v_waits_for_somebody_who_may(void **state)
{
    (void)state;
    struct kit *k = made(2);
    k->sound.founders[0].volunteer = false;
    kit_start(k);
    standing_of(k, 2)->score = -1;
    kit_blocks(k, 4, KIT_BLOCK_MS);
    const uint64_t number = epoch_of(k)->number;
    kit_blocks(k, 10, KIT_BLOCK_MS);
    assert_int_equal(epoch_of(k)->number, number);
    assert_false(epoch_of(k)->is_drawing);
    struct op op = kit_op(OP_VOLUNTEER);
    op.volunteer.on = true;
    assert_int_equal(kit_one(k, 1, op), ERR_OK);
    kit_blocks(k, 2, KIT_BLOCK_MS);
    assert_int_equal(epoch_of(k)->v.count, 1);
    assert_true(sits(k, 1));
    op.volunteer.on = false;
    assert_int_equal(kit_one(k, 1, op), ERR_OK);
    assert_true(sits(k, 1)); /* binds at the next epoch */
    kit_stop(k);
}

static void an_epoch_ends_after_its_time(void **state)
{
    (void)state;
    struct kit *k = start(3);
    k->l->params->identity.epoch_ms = 60000;
    to_epoch(k, 1);
    while (k->l->now.a_ms - epoch_of(k)->began_ms < 59000)
        kit_block(k, KIT_BLOCK_MS);
    assert_false(epoch_of(k)->is_drawing);
    kit_block(k, KIT_BLOCK_MS);
    assert_true(epoch_of(k)->is_drawing);
    to_epoch(k, 2);
    assert_int_equal(epoch_of(k)->began_ms, k->l->now.a_ms);
    kit_stop(k);
}

static void a_seat_falls_out_with_its_score_and_the_rest_is_too_few(void **state)
{
    (void)state;
    struct kit *k = start(3);
    to_epoch(k, 1);
    kit_blocks(k, 2, KIT_TAU_MS);
    const uint64_t slot = k->l->now.slot;
    const uint32_t leader = leader_get(&epoch_of(k)->v, slot);
    standing_of(k, leader)->score = -1;
    kit_block(k, KIT_BLOCK_MS); /* in the same slot */
    assert_int_equal(leader_get(&epoch_of(k)->v, slot), LEADER_NONE);
    for (uint32_t i = 0; i < k->l->head->slots.count; i++)
        assert_true(k->l->head->slots.open[i].leader != leader); /* nobody's fault */
    assert_true(epoch_of(k)->is_drawing);                        /* 2 of 3 is below q */
    to_epoch(k, 2);
    assert_int_equal(epoch_of(k)->v.count, 2);
    kit_stop(k);
}

static void a_quorum_of_live_seats_keeps_the_epoch(void **state)
{
    (void)state;
    struct kit *k = start(5); /* q(5) = 4 */
    to_epoch(k, 1);
    kit_say(k, 1, kit_op(OP_LEAVE));
    kit_block(k, KIT_TAU_MS);
    assert_false(epoch_of(k)->is_drawing);
    kit_say(k, 2, kit_op(OP_LEAVE));
    kit_block(k, KIT_TAU_MS);
    assert_true(epoch_of(k)->is_drawing);
    kit_stop(k);
}

/* RULE join.11: nobody chooses its VRF key when the seed of the draw can be guessed. */
static void a_vrf_key_counts_from_the_first_draw_asked_for_after_it(void **state)
{
    (void)state;
    struct kit *k = start(3);
    k->l->params->identity.rotate_min_ms = 0;
    k->l->params->identity.epoch_ms = 60000;
    to_epoch(k, 1);
    const struct pubkey first = kit_key(1, 2), second = kit_key(50, 2), third = kit_key(51, 2);
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 50)), ERR_OK);
    while (!epoch_of(k)->is_drawing)
        kit_block(k, KIT_TAU_MS);
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 51)), ERR_OK); /* too late for this draw */
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 52)), ERR_OK);
    assert_true(pubkey_equal(&epoch_of(k)->vrf[leader_seat(&epoch_of(k)->v, 1)], &first));
    to_epoch(k, 2);
    assert_true(pubkey_equal(&epoch_of(k)->vrf[leader_seat(&epoch_of(k)->v, 1)], &second));
    assert_false(pubkey_equal(&member_get(k->l, 1)->keys.vrf, &third));
    to_epoch(k, 3);
    assert_true(pubkey_equal(&epoch_of(k)->vrf[leader_seat(&epoch_of(k)->v, 1)],
                             &member_get(k->l, 1)->keys.vrf));
    kit_stop(k);
}

static void an_addition_behind_the_draw_ends_the_next_epoch_at_once(void **state)
{
    (void)state;
    struct kit *k = made(1);
    k->sound.founders[0].volunteer = false;
    kit_start(k);
    kit_blocks(k, 3, KIT_BLOCK_MS);
    const struct voucher v = kit_voucher(k, 40), w = kit_voucher(k, 41);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    assert_int_equal(kit_one(k, 0, kit_join(k, &w)), ERR_OK);
    assert_int_equal(kit_one(k, 0, kit_admit(k, 1)), ERR_OK);
    assert_int_equal(kit_one(k, 0, kit_admit(k, 2)), ERR_OK);
    const uint64_t number = epoch_of(k)->number;
    assert_int_equal(kit_one(k, 0, kit_issue(k, 1, 40)), ERR_OK);
    assert_true(epoch_of(k)->is_drawing);
    assert_int_equal(kit_one(k, 0, kit_issue(k, 2, 41)), ERR_OK); /* drawn in this block */
    assert_true(epoch_of(k)->has_next && epoch_of(k)->wants_end);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(epoch_of(k)->number, number + 1);
    assert_true(epoch_of(k)->is_drawing);
    kit_blocks(k, 2, KIT_BLOCK_MS);
    assert_int_equal(epoch_of(k)->number, number + 2);
    assert_false(epoch_of(k)->is_drawing);
    kit_stop(k);
}

static void a_new_v_gets_the_documents_and_the_old_one_may_erase(void **state)
{
    (void)state;
    struct kit *k = start(3);
    to_epoch(k, 1);
    const struct voucher v = kit_voucher(k, 40);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    const struct join *j = join_get(k->l, 0);
    assert_int_equal(j->had_documents.count, 3);
    assert_int_equal(j->owes_erasure, 7);
    struct op op = kit_op(OP_ERASE_RECEIPT);
    op.erase_receipt.request = 1;
    standing_of(k, 1)->score = -1;
    assert_int_equal(kit_one(k, 1, op), ERR_EARLY);
    kit_blocks(k, 5, KIT_TAU_MS); /* it has been due for a while */
    to_epoch(k, 2);
    assert_false(sits(k, 1));
    assert_int_equal(kit_one(k, 1, op), ERR_OK);
    assert_int_equal(kit_one(k, 2, op), ERR_EARLY);
    assert_int_equal(__builtin_popcountll(j->owes_erasure), 2);
    kit_stop(k);
}

/* Sixty-three may hold a document; the next holder takes the place of one who is not in V. */
static void who_makes_room_for_a_holder_owes_its_receipt(void **state)
{
    (void)state;
    struct kit *k = start(3);
    to_epoch(k, 1);
    const struct voucher v = kit_voucher(k, 40);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    struct join *j = table_edit(&k->l->joins, 0);
    const uint32_t staying = epoch_of(k)->v.member[0], going = epoch_of(k)->v.member[1];
    j->had_documents = (struct leader_seats){.count = LEADER_SEATS_MAX};
    for (uint32_t i = 0; i < LEADER_SEATS_MAX; i++)
        j->had_documents.member[i] = i == 0 ? staying : going;
    j->owes_erasure = join_bits(LEADER_SEATS_MAX);
    epoch_of(k)->v.count = 1;
    joins_epoch_began(k->l);
    assert_false(member_owes(member_get(k->l, going)));
    epoch_of(k)->v.count = 3;
    epoch_of(k)->v.member[1] = epoch_of(k)->v.member[2];
    epoch_of(k)->v.count = 2;
    joins_epoch_began(k->l);
    assert_true(member_owes(member_get(k->l, going)));
    assert_int_equal(j->had_documents.member[0], staying);
    assert_int_equal(j->had_documents.member[1], epoch_of(k)->v.member[1]);
    kit_stop(k);
}

static void a_slot_that_was_jumped_over_begins_with_the_next_block(void **state)
{
    (void)state;
    struct kit *k = start(1);
    kit_block(k, 0);
    assert_non_null(epoch_slot_find(k->l, 0));
    assert_null(epoch_slot_find(k->l, 1));
    kit_block(k, 3 * KIT_TAU_MS);
    const uint64_t a_ms = k->l->now.a_ms;
    for (uint64_t slot = 1; slot <= 3; slot++)
        assert_int_equal(epoch_slot_find(k->l, slot)->a_ms, a_ms);
    assert_int_equal(epoch_slot_find(k->l, 0)->a_ms, 0);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(epoch_slot_find(k->l, 3)->a_ms, a_ms);
    kit_block(k, 40 * KIT_TAU_MS);
    assert_null(epoch_slot_find(k->l, 3));
    assert_non_null(epoch_slot_find(k->l, 43 - SLOTS_GRACE_MAX));
    assert_null(epoch_slot_find(k->l, 43 - SLOTS_OPEN_MAX));
    kit_stop(k);
}

static void what_happens_while_a_draw_waits_is_seen_by_it(void **state)
{
    (void)state;
    struct kit *k = start(3);
    to_epoch(k, 1);
    epoch_of(k)->wants_end = true;
    kit_block(k, KIT_TAU_MS);
    assert_true(epoch_of(k)->is_drawing);
    epoch_of(k)->wants_end = true;
    to_epoch(k, 2);
    assert_false(epoch_of(k)->is_drawing);
    kit_stop(k);
}

static void a_new_v_excuses_the_leaders_of_open_slots(void **state)
{
    (void)state;
    struct kit *k = start(7);
    uint32_t excused = 0;
    to_epoch(k, 1);
    for (uint64_t number = 2; number < 6; number++) {
        epoch_of(k)->wants_end = true;
        to_epoch(k, number);
        const struct slots *slots = &k->l->head->slots;
        for (uint32_t i = 0; i < slots->count; i++) {
            const uint32_t leader = slots->open[i].leader;
            excused += leader == LEADER_NONE;
            if (leader != LEADER_NONE)
                assert_int_equal(leader, leader_get(&epoch_of(k)->v, slots->open[i].slot));
        }
    }
    assert_true(excused > 0);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_v_is_drawn_at_once_and_binds_in_block_three),
        cmocka_unit_test(v_is_the_draw_of_its_seed),
        cmocka_unit_test(only_who_may_is_drawn),
        cmocka_unit_test(an_empty_v_waits_for_somebody_who_may),
        cmocka_unit_test(an_epoch_ends_after_its_time),
        cmocka_unit_test(a_seat_falls_out_with_its_score_and_the_rest_is_too_few),
        cmocka_unit_test(a_quorum_of_live_seats_keeps_the_epoch),
        cmocka_unit_test(a_vrf_key_counts_from_the_first_draw_asked_for_after_it),
        cmocka_unit_test(an_addition_behind_the_draw_ends_the_next_epoch_at_once),
        cmocka_unit_test(a_new_v_gets_the_documents_and_the_old_one_may_erase),
        cmocka_unit_test(who_makes_room_for_a_holder_owes_its_receipt),
        cmocka_unit_test(a_slot_that_was_jumped_over_begins_with_the_next_block),
        cmocka_unit_test(what_happens_while_a_draw_waits_is_seen_by_it),
        cmocka_unit_test(a_new_v_excuses_the_leaders_of_open_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
