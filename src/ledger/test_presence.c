/* SPDX-License-Identifier: Apache-2.0 */
/* Slots, reveals and who is there (RULE beacon.1, beacon.2, boot.4, sample.5, join.2, join.8). */
#include "crypto/vrf.h"
#include "ledger/test_offer.h"

static struct head *head_of(const struct kit *k)
{
    return k->l->head;
}

/* A proof of something: whether of the right thing is asked elsewhere (test_claims.c). */
static struct op reveal(const struct kit *k, uint64_t slot)
{
    static const struct seed seed = {{1}};
    struct op op = kit_op(OP_BEACON_REVEAL);
    op.beacon_reveal = (struct beacon_reveal){.epoch = head_of(k)->epoch.number, .slot = slot};
    vrf_prove(&op.beacon_reveal.proof, &seed, (struct span){(const uint8_t *)&slot, sizeof slot});
    return op;
}

/* V of three, and from the next slot on a draw waits. */
static struct kit *drawing(void)
{
    struct kit *k = offer_start(3);
    k->l->params->identity.epoch_ms = 1;
    kit_block(k, KIT_TAU_MS);
    assert_true(head_of(k)->epoch.is_drawing);
    kit_block(k, KIT_TAU_MS);
    return k;
}

static uint32_t other_than(uint32_t member)
{
    return member == 1 ? 2 : 1;
}

static bool has_record(const struct kit *k, enum record_kind kind)
{
    for (uint32_t i = 0; i < log_count(k->l); i++)
        if (log_get(k->l, i).bytes.at[0] == kind)
            return true;
    return false;
}

static void a_draw_is_known_by_what_it_is_for(void **state)
{
    (void)state;
    const uint64_t most = (UINT64_C(1) << 56) - 1;
    for (uint32_t kind = DRAW_EPOCH; kind <= DRAW_CONTINUOUS; kind++) {
        const uint64_t number = draw_number((enum draw_kind)kind, most);
        assert_int_equal(draw_kind(number), kind);
        assert_int_equal(draw_of(number), most);
        assert_int_equal(draw_of(draw_number((enum draw_kind)kind, 0)), 0);
    }
}

/* Time stands still, and with it the slot. */
static enum err at_once(struct kit *k, uint32_t slot, struct op op)
{
    kit_say(k, slot, op);
    kit_block(k, 0);
    return (enum err)k->codes[0];
}

static void a_reveal_is_refused_by_its_first_fault(void **state)
{
    (void)state;
    struct kit *k = drawing();
    const uint64_t now = k->l->now.slot;
    const uint32_t leader = leader_of(k, now);
    struct op op = reveal(k, now);
    op.beacon_reveal.epoch++;
    assert_int_equal(at_once(k, other_than(leader), op), ERR_EPOCH_OTHER);
    assert_int_equal(at_once(k, other_than(leader), reveal(k, now)), ERR_NOT_LEADER);
    assert_int_equal(at_once(k, leader_of(k, now + 1), reveal(k, now + 1)), ERR_EARLY);
    assert_int_equal(at_once(k, leader_of(k, now - 3), reveal(k, now - 3)), ERR_LATE);
    assert_int_equal(at_once(k, leader_of(k, now - 2), reveal(k, now - 2)), ERR_NOT_DUE);
    op = reveal(k, now);
    memset(op.beacon_reveal.proof.bytes, 0xff, 32); /* no point: nothing to make a seed of */
    kit_say(k, leader, op);
    kit_block(k, 0);
    assert_int_equal(k->codes[0], ERR_OP_PROOF);
    kit_say(k, leader, reveal(k, now));
    kit_say(k, leader, reveal(k, now));
    kit_block(k, 0);
    assert_int_equal(k->codes[0], ERR_OK);
    assert_int_equal(k->codes[1], ERR_DUPLICATE);
    kit_stop(k);
}

static void a_slot_is_served_in_its_grace_only(void **state)
{
    (void)state;
    for (uint32_t after = 2; after <= 3; after++) {
        struct kit *k = drawing();
        const uint64_t slot = k->l->now.slot;
        k->l->params->windows.beacon_wait_ms = 100000;
        kit_blocks(k, after - 1, KIT_TAU_MS);
        kit_say(k, leader_of(k, slot), reveal(k, slot));
        kit_block(k, KIT_TAU_MS);
        assert_int_equal(k->l->now.slot, slot + after);
        assert_int_equal(k->codes[0], after == 2 ? ERR_OK : ERR_LATE);
        kit_stop(k);
    }
}

static void two_reveals_make_the_draw(void **state)
{
    (void)state;
    struct kit *k = drawing();
    const struct hash before = head_of(k)->beacon.seed;
    uint64_t slot = k->l->now.slot;
    assert_int_equal(kit_one(k, leader_of(k, slot), reveal(k, slot)), ERR_OK);
    assert_false(hash_equal(&before, &head_of(k)->beacon.seed));
    assert_true(head_of(k)->epoch.is_drawing);
    kit_block(k, KIT_TAU_MS);
    slot = k->l->now.slot;
    assert_int_equal(kit_one(k, leader_of(k, slot), reveal(k, slot)), ERR_OK);
    assert_true(head_of(k)->epoch.is_drawing); /* ready in phase 3 of the next block */
    kit_block(k, KIT_BLOCK_MS);
    assert_true(head_of(k)->epoch.has_next);
    assert_false(has_record(k, RECORD_SEED));
    kit_stop(k);
}

/* RULE beacon.2, boot.4 */
static void without_reveals_the_fallback_is_recorded(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    k->l->params->identity.epoch_ms = 1;
    kit_block(k, KIT_TAU_MS);
    k->l->params->windows.beacon_wait_ms = 3000; /* a change holds for what waits, too */
    kit_block(k, 2999);
    assert_true(head_of(k)->epoch.is_drawing);
    assert_false(has_record(k, RECORD_SEED));
    kit_block(k, 1);
    assert_true(head_of(k)->epoch.has_next);
    assert_true(has_record(k, RECORD_SEED));
    kit_stop(k);
    k = offer_start(0); /* no V: at once */
    k->l->params->identity.epoch_ms = 1;
    while (!head_of(k)->epoch.is_drawing)
        kit_block(k, KIT_BLOCK_MS);
    kit_block(k, 0);
    assert_true(has_record(k, RECORD_SEED));
    kit_stop(k);
}

/* So many blocks that each slot has two of them. */
static void slots_pass(struct kit *k, uint32_t count)
{
    kit_blocks(k, 2 * count, KIT_TAU_MS / 2);
}

static void set_scores(struct kit *k, int32_t score)
{
    for (uint32_t slot = 1; slot <= 3; slot++)
        ((struct standing *)table_edit(&k->l->standings, slot))->score = score;
}

static void silence_in_a_slot_costs_once_a_spell(void **state)
{
    (void)state;
    struct kit *k = drawing();
    k->l->params->windows.beacon_wait_ms = 900000;
    set_scores(k, 500000000);
    slots_pass(k, 12); /* each leads four of them */
    for (uint32_t slot = 1; slot <= 3; slot++) {
        assert_true(score_of(k, slot) < 500000000);
        assert_true(member_get(k->l, slot)->slot_was_silent);
    }
    const int32_t once = score_of(k, 1);
    slots_pass(k, 6);
    assert_int_equal(score_of(k, 1), once);
    assert_int_equal(kit_one(k, 1, kit_op(OP_VOLUNTEER)), ERR_OK); /* it is there */
    assert_false(member_get(k->l, 1)->slot_was_silent);
    const int32_t other = score_of(k, 2);
    slots_pass(k, 6);
    assert_true(score_of(k, 1) < once);
    assert_int_equal(score_of(k, 2), other);
    kit_stop(k);
}

static void a_slot_with_one_block_blames_nobody(void **state)
{
    (void)state;
    struct kit *k = drawing();
    k->l->params->windows.beacon_wait_ms = 900000;
    kit_blocks(k, 12, KIT_TAU_MS);
    for (uint32_t slot = 1; slot <= 3; slot++)
        assert_int_equal(score_of(k, slot), 0);
    kit_stop(k);
}

static uint32_t vacant(const struct kit *k, uint32_t member)
{
    const struct leader_seats *v = &head_of(k)->epoch.v;
    return v->vacant >> leader_seat(v, member) & 1;
}

/* RULE join.3: scores fall in phase 1 and 3, seats behind phase 5 of the same block. */
static void a_seat_falls_out_in_the_block_in_which_its_score_falls(void **state)
{
    (void)state;
    struct kit *k = drawing();
    k->l->params->windows.beacon_wait_ms = 900000;
    for (uint32_t i = 0; i < 40 && score_of(k, 1) == 0; i++) { /* a silent slot: phase 1 */
        assert_int_equal(vacant(k, 1), 0);
        slots_pass(k, 1);
    }
    assert_true(score_of(k, 1) < 0);
    assert_int_equal(vacant(k, 1), 1);
    kit_stop(k);
    k = offer_start(3);
    join(k, 40);
    to_due(k);
    const uint64_t slot = offered(k, 1);
    uint32_t peers[2];
    others(leader_of(k, slot), peers);
    const uint64_t until = block_at(k, 0)->deadline_ms;
    while (until - k->l->now.a_ms > KIT_TAU_MS)
        kit_block(k, KIT_TAU_MS);
    kit_block(k, until - k->l->now.a_ms - 1);
    assert_int_equal(vacant(k, peers[0]), 0);
    kit_block(k, 1); /* a silent ballot: phase 3 */
    assert_true(score_of(k, peers[0]) < 0);
    assert_int_equal(vacant(k, peers[0]), 1);
    kit_stop(k);
}

static void absence_follows_rounds_missed_and_ends_with_an_envelope(void **state)
{
    (void)state;
    struct kit *k = offer_start(3);
    const uint64_t after = k->l->params->sampling.absent_after_rounds;
    assert_int_equal(after, 2);
    state_begin(k->l);
    presence_round(k->l, 1, false);
    assert_false(member_get(k->l, 1)->is_absent);
    presence_round(k->l, 1, true); /* not in succession */
    presence_round(k->l, 1, false);
    assert_false(member_get(k->l, 1)->is_absent);
    presence_round(k->l, 1, false);
    assert_true(member_get(k->l, 1)->is_absent);
    presence_seen(k->l, 2);
    assert_true(member_get(k->l, 1)->is_absent);
    presence_seen(k->l, 1);
    assert_false(member_get(k->l, 1)->is_absent);
    kit_stop(k);
}

/* ---- documents and epochs (RULE join.2) ------------------------------------------------------ */

static bool slot_is_due(const struct kit *k)
{
    const struct slots *s = &head_of(k)->slots;
    assert_int_equal(s->open[s->count - 1].slot, k->l->now.slot);
    return s->open[s->count - 1].due;
}

/* A new V of those at @v takes office over a request that was due. */
static const struct join *under_v(struct kit *k, const uint32_t *v, uint32_t count)
{
    join(k, 40);
    to_due(k);
    struct epoch *e = &head_of(k)->epoch;
    e->has_next = true;
    leader_seats_init(&e->next, v, count);
    kit_block(k, KIT_TAU_MS);
    assert_int_equal(e->v.count, count);
    return join_get(k->l, 0);
}

static struct kit *of_six(void)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 6);
    for (uint32_t i = 3; i < 6; i++)
        k->sound.founders[i].volunteer = false;
    kit_start(k);
    kit_to_v(k);
    kit_block(k, KIT_TAU_MS);
    return k;
}

static void what_a_quorum_of_the_new_v_holds_stays_due(void **state)
{
    (void)state;
    static const uint32_t same[] = {3, 1, 2}, one_new[] = {1, 2, 4}, four[] = {1, 2, 3, 5};
    static const struct {
        const uint32_t *v;
        uint32_t count;
        bool stays;
    } cases[] = {{same, 3, true}, {one_new, 3, false}, {four, 4, true}};
    for (uint32_t i = 0; i < 3; i++) { /* q(3) = 3, q(4) = 3 */
        struct kit *k = of_six();
        const uint64_t doc_ms = k->l->params->windows.doc_ms;
        const struct join *j = under_v(k, cases[i].v, cases[i].count);
        const uint64_t began = head_of(k)->epoch.began_ms;
        if (cases[i].stays)
            assert_true(j->due_ms < began);
        else
            assert_int_equal(j->due_ms, began + doc_ms);
        assert_int_equal(join_is_due(k->l, 0, began), cases[i].stays);
        kit_stop(k);
    }
}

/* A leader who may have no document yet can serve, and is not to blame. */
static void nobody_is_to_blame_while_documents_may_be_on_their_way(void **state)
{
    (void)state;
    static const uint32_t four[] = {1, 2, 3, 5};
    struct kit *k = of_six();
    k->l->params->identity.epoch_ms = UINT64_C(1) << 40;
    under_v(k, four, 4);
    const uint64_t until = head_of(k)->epoch.began_ms + k->l->params->windows.doc_ms;
    while (k->l->now.a_ms + KIT_TAU_MS < until) {
        assert_false(slot_is_due(k));
        assert_true(verification_is_due(k->l));
        kit_block(k, KIT_TAU_MS);
    }
    assert_false(slot_is_due(k));
    kit_block(k, KIT_TAU_MS);
    assert_true(slot_is_due(k));
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draw_is_known_by_what_it_is_for),
        cmocka_unit_test(a_reveal_is_refused_by_its_first_fault),
        cmocka_unit_test(a_slot_is_served_in_its_grace_only),
        cmocka_unit_test(two_reveals_make_the_draw),
        cmocka_unit_test(without_reveals_the_fallback_is_recorded),
        cmocka_unit_test(silence_in_a_slot_costs_once_a_spell),
        cmocka_unit_test(a_slot_with_one_block_blames_nobody),
        cmocka_unit_test(a_seat_falls_out_in_the_block_in_which_its_score_falls),
        cmocka_unit_test(absence_follows_rounds_missed_and_ends_with_an_envelope),
        cmocka_unit_test(what_a_quorum_of_the_new_v_holds_stays_due),
        cmocka_unit_test(nobody_is_to_blame_while_documents_may_be_on_their_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
