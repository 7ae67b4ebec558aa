/* SPDX-License-Identifier: Apache-2.0 */
/* Members: how they come, change and go (RULE boot.1, join.7, join.10, join.11, join.12, num.6). */
#include "ledger/test_identity.h"

#include "base/test_random.h"
#include "core/score.h"
#include "ledger/identity_rows.h"
#include "ledger/ops.h"
#include "ledger/values.h"

static struct kit *start(uint32_t founders)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, founders);
    kit_start(k);
    return k;
}

static void a_founder_is_active_from_block_one(void **state)
{
    (void)state;
    struct kit *k = start(3);
    assert_int_equal(member_count(k->l), 3);
    assert_int_equal(k->l->head->active_count, 3);
    assert_int_equal(k->l->head->key_count, 9);
    for (uint32_t slot = 1; slot <= 3; slot++) {
        const struct member *m = member_get(k->l, slot);
        assert_true(m->is_founder && m->status == STATUS_ACTIVE);
        assert_int_equal(standing_get(k->l, slot)->score, 0);
        assert_true(account_get(k->l, slot)->known);
        assert_true(nullifier_is_held(k->l, &m->nullifier));
        assert_int_equal(member_seats(k->l)[slot], MEMBER_LIVE);
    }
    assert_null(member_find(k->l, 0));
    assert_null(member_find(k->l, 4));
    assert_int_equal(kit_one(k, 1, kit_op(OP_VOLUNTEER)), ERR_OK);
    assert_false(member_get(k->l, 1)->is_volunteer);
    kit_stop(k);
}

static void keys_rotate_in_the_next_block_and_are_never_taken_again(void **state)
{
    (void)state;
    struct kit *k = start(2);
    k->l->params->identity.rotate_min_ms = 3 * KIT_BLOCK_MS;
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 50)), ERR_ROTATE_SOON); /* A = 0 */
    kit_blocks(k, 2, KIT_BLOCK_MS);
    assert_int_equal(kit_one(k, 1, kit_rotate(2, 50)), ERR_OP_SIGNER);
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 2)), ERR_KEY_SEEN);
    struct op mixed = kit_rotate(1, 50);
    mixed.key_rotate.seal_key = member_get(k->l, 2)->keys.vrf;
    assert_int_equal(kit_one(k, 1, mixed), ERR_KEY_SEEN);
    mixed.key_rotate.seal_key = mixed.key_rotate.sign_key;
    assert_int_equal(kit_one(k, 1, mixed), ERR_KEY_SEEN);
    mixed.key_rotate.seal_key = (struct pubkey){{0}};
    assert_int_equal(kit_one(k, 1, mixed), ERR_KEY_SEEN);
    kit_say(k, 1, kit_rotate(1, 50));
    kit_say(k, 1, kit_rotate(1, 51)); /* the second of a block */
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_OK);
    assert_int_equal(k->codes[1], ERR_ROTATE_SOON);
    const struct member *m = member_get(k->l, 1);
    const struct pubkey old = kit_key(1, 1), fresh = kit_key(50, 1);
    assert_true(pubkey_equal(&m->keys.sign, &old));
    assert_true(pubkey_equal(&member_keys_next(m)->sign, &fresh));
    kit_block(k, KIT_BLOCK_MS);
    assert_true(pubkey_equal(&m->keys.sign, &fresh));
    assert_true(pubkey_equal(&m->old_sign, &old));
    assert_int_equal(m->old_sign_until, k->l->now.height);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 1)), ERR_KEY_SEEN); /* its own old ones */
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 52)), ERR_OK);
    kit_stop(k);
}

static void the_ledger_remembers_so_many_keys(void **state)
{
    (void)state;
    struct kit *k = start(2);
    k->l->params->identity.rotate_min_ms = 0;
    kit_block(k, KIT_BLOCK_MS);
    k->l->sizes.keys = k->l->head->key_count + 3;
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 50)), ERR_OK);
    assert_int_equal(kit_one(k, 1, kit_rotate(1, 51)), ERR_KEYS_FULL);
    kit_stop(k);
}

static void a_member_has_two_certificates_at_most(void **state)
{
    (void)state;
    struct kit *k = start(1);
    struct op op = kit_op(OP_CERT_RENEW);
    const struct hash first = member_get(k->l, 1)->certificates[0];
    op.cert_renew = (struct cert_renew){.certificate = kit_hash(1, 20), .expires_ms = k->t_ms + 1};
    assert_int_equal(kit_one(k, 1, op), ERR_OK);
    assert_int_equal(kit_one(k, 1, op), ERR_DUPLICATE);
    const struct member *m = member_get(k->l, 1);
    kit_assert_same(m->certificates[0], kit_hash(1, 20));
    kit_assert_same(m->certificates[1], first);
    op.cert_renew.certificate = kit_hash(2, 20);
    assert_int_equal(kit_one(k, 1, op), ERR_OK);
    kit_assert_same(m->certificates[1], kit_hash(1, 20));
    assert_int_equal(m->renewed_ms, k->l->now.a_ms);
    kit_stop(k);
}

static void a_revocation_binds_in_the_next_block(void **state)
{
    (void)state;
    struct kit *k = start(3);
    struct op op = kit_revoke(k, 9);
    assert_int_equal(kit_one(k, 0, op), ERR_NO_MEMBER);
    op.cert_revoked.sequence = 3;
    assert_int_equal(kit_one(k, 0, op), ERR_AUTHORITY_SEQUENCE);
    op.cert_revoked.sequence = 1;
    op.cert_revoked.member = 2;
    op.cert_revoked.key_is_lost = true;
    kit_say(k, 0, op);
    op.cert_revoked.sequence = 2;
    kit_say(k, 0, op);
    kit_say(k, 2, kit_op(OP_LEAVE));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(k->codes[0], ERR_OK);
    assert_int_equal(k->codes[1], ERR_WRONG_STATE);
    assert_int_equal(k->codes[2], ERR_WRONG_STATE);
    const struct member *m = member_get(k->l, 2);
    assert_true(member_is_live(m) && m->key_is_lost);
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(m->status, STATUS_REVOKED);
    assert_int_equal(member_seats(k->l)[2], MEMBER_REVOKED);
    assert_int_equal(k->l->head->active_count, 2);
    assert_false(standing_get(k->l, 2)->live);
    assert_true(account_get(k->l, 2)->closed);
    assert_false(nullifier_is_held(k->l, &m->nullifier));
    assert_int_equal(feeder_live(k->l, 1), 0);
    assert_int_equal(kit_one(k, 2, kit_op(OP_LEAVE)), ERR_SIGNER_UNKNOWN);
    assert_int_equal(kit_one(k, 0, op), ERR_WRONG_STATE);
    kit_stop(k);
}

/* Two statements of one interval, encoded as an evidence needs them. */
static struct op contradiction(struct kit *k, uint32_t slot)
{
    static uint8_t room[2][WIRE_ENVELOPE_BYTES_MAX];
    struct span two[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct op op = kit_op(OP_INTERVAL_STATEMENT);
        op.interval_statement.delivered_wh = i;
        const struct envelope e = kit_envelope(k, slot, &op);
        const struct span kept = kit_keep(k, &e);
        memcpy(room[i], kept.at, kept.len);
        two[i] = (struct span){room[i], kept.len};
    }
    struct op op = kit_op(OP_MEMBER_EVIDENCE);
    op.member_evidence = (struct member_evidence){two[0], two[1]};
    return op;
}

static void an_ejection_takes_the_score_at_once_and_binds_in_the_next_block(void **state)
{
    (void)state;
    struct kit *k = start(3);
    assert_int_equal(kit_one(k, 1, contradiction(k, 2)), ERR_OK);
    assert_int_equal(standing_get(k->l, 2)->score, -SCORE_MAX);
    assert_true(member_is_live(member_get(k->l, 2)));
    kit_block(k, KIT_BLOCK_MS);
    assert_int_equal(member_get(k->l, 2)->status, STATUS_EJECTED);
    assert_int_equal(member_seats(k->l)[2], MEMBER_EJECTED);
    assert_int_equal(kit_one(k, 1, contradiction(k, 2)), ERR_WRONG_STATE);
    kit_stop(k);
}

static void who_leaves_departs_with_its_last_contract(void **state)
{
    (void)state;
    struct kit *k = start(3);
    kit_block(k, KIT_BLOCK_MS);
    ((struct member *)table_edit(&k->l->members, 2))->open_contracts = 1; /* before the block */
    assert_int_equal(kit_one(k, 1, kit_op(OP_LEAVE)), ERR_OK);
    assert_int_equal(member_get(k->l, 1)->status, STATUS_DEPARTED);
    assert_true(account_get(k->l, 1)->closed);
    assert_int_equal(kit_one(k, 2, kit_op(OP_LEAVE)), ERR_OK);
    const struct member *m = member_get(k->l, 2);
    assert_int_equal(m->status, STATUS_LEAVING);
    assert_true(member_is_live(m) && nullifier_is_held(k->l, &m->nullifier));
    assert_int_equal(member_seats(k->l)[2], MEMBER_ABSENT); /* no office; its ballots are taken */
    assert_int_equal(kit_one(k, 2, kit_op(OP_LEAVE)), ERR_WRONG_STATE);
    member_has_closed(k->l, 2);
    assert_int_equal(m->status, STATUS_LEAVING);
    member_edit(k->l, 2)->open_contracts = 0;
    member_has_closed(k->l, 3);
    member_has_closed(k->l, 2);
    assert_int_equal(m->status, STATUS_DEPARTED);
    assert_int_equal(member_get(k->l, 3)->status, STATUS_ACTIVE);
    assert_int_equal(k->l->head->active_count, 1);
    kit_stop(k);
}

static void a_household_comes_back_with_its_lowest_score(void **state)
{
    (void)state;
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    for (uint32_t i = 0; i < 4; i++)
        k->sound.founders[i].volunteer = false; /* V is empty */
    kit_start(k);
    kit_block(k, KIT_BLOCK_MS);
    ((struct standing *)table_edit(&k->l->standings, 2))->score = 500;
    ((struct standing *)table_edit(&k->l->standings, 3))->score = -700000000;
    ((struct standing *)table_edit(&k->l->standings, 4))->score = -900000000;
    kit_say(k, 2, kit_op(OP_LEAVE));
    kit_say(k, 3, kit_op(OP_LEAVE));
    kit_block(k, KIT_BLOCK_MS);
    struct voucher v = kit_voucher(k, 60);
    v.household = kit_hash(2, 1);
    const uint32_t good = kit_enrol(k, &v); /* left with more than 0 */
    assert_false(standing_get(k->l, good)->below);
    assert_int_equal(standing_get(k->l, good)->score, 0);
    assert_int_equal(member_get(k->l, good)->household, 2);
    v = kit_voucher(k, 61);
    v.household = kit_hash(3, 1);
    v.nullifier = kit_hash(3, 2); /* the same delivery point, free again */
    const uint32_t bad = kit_enrol(k, &v);
    assert_int_equal(standing_get(k->l, bad)->score, -700000000);
    assert_true(standing_get(k->l, bad)->below); /* its penance runs from now on */
    v = kit_voucher(k, 62);
    v.household = kit_hash(3, 1);
    assert_int_equal(standing_get(k->l, kit_enrol(k, &v))->score, -700000000);
    v = kit_voucher(k, 63);
    v.household = kit_hash(4, 1); /* its member 4 is there still */
    assert_int_equal(standing_get(k->l, kit_enrol(k, &v))->score, -900000000);
    v = kit_voucher(k, 64);
    v.nullifier = kit_hash(2, 2); /* a new tenant of a delivery point */
    assert_int_equal(standing_get(k->l, kit_enrol(k, &v))->score, 0);
    kit_stop(k);
}

/* Read what was written and write it again: the same bytes; one byte less is no such row. */
#define CHECK_ROW(type, describe, row)                                                             \
    do {                                                                                           \
        static uint8_t written[VALUES_BYTES_MAX], again[VALUES_BYTES_MAX];                         \
        struct row_io io;                                                                          \
        type one = (row), two;                                                                     \
        memset(&two, 0, sizeof two);                                                               \
        row_init_write(&io, written, sizeof written);                                              \
        describe(&io, &one);                                                                       \
        const size_t len = row_end_write(&io);                                                     \
        row_init_read(&io, (struct span){written, len});                                           \
        describe(&io, &two);                                                                       \
        assert_true(row_end_read(&io));                                                            \
        row_init_write(&io, again, sizeof again);                                                  \
        describe(&io, &two);                                                                       \
        assert_int_equal(row_end_write(&io), len);                                                 \
        assert_memory_equal(written, again, len);                                                  \
        row_init_read(&io, (struct span){written, len - 1});                                       \
        describe(&io, &two);                                                                       \
        assert_false(row_end_read(&io));                                                           \
    } while (0)

static void every_row_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct member_rows m = {.member = {.status = STATUS_LEAVING,
                                       .becomes = STATUS_EJECTED,
                                       .feeder = 7,
                                       .owes_receipt = {[SIZES_RECEIPTS - 1] = 9},
                                       .keys = {.sign = kit_key(1, 1)},
                                       .vrf_before_epoch = 5,
                                       .scored_honest = 8},
                            .standing = {.slot = 3, .score = -5, .recent = {[31] = 4}},
                            .account = {.available = {-9}, .closed = true}};
    CHECK_ROW(struct member_rows, member_rows_io, m);
    struct join j = {.number = 4,
                     .machine = {.state = JOIN_VOTING, .lost = 2},
                     .voucher = {.feeder = 2, .expires_ms = 9},
                     .erase_by_ms = 11,
                     .had_documents = {.count = 2, .member = {5, 6}}};
    CHECK_ROW(struct join, join_io, j);
    j.had_documents.count = LEADER_SEATS_MAX;
    CHECK_ROW(struct join, join_io, j);
    struct verification b = {.number = 2,
                             .state = BLOCK_TIMED_OUT,
                             .v = {.count = 3, .member = {1, 2, 3}, .vacant = 2},
                             .count = WIRE_LINES_MAX,
                             .requests = {[63] = 77},
                             .seats = {[2] = {3, 1}}};
    CHECK_ROW(struct verification, verification_io, b);
    struct change c = {.number = 1, .count = 1, .settings = {{.parameter = 3, .len = 4}}};
    CHECK_ROW(struct change, change_io, c);
}

static void a_count_beyond_its_room_is_no_row(void **state)
{
    (void)state;
    static uint8_t bytes[VALUES_BYTES_MAX];
    struct verification b = {.number = 1, .state = BLOCK_OFFERED}, out;
    struct row_io io;
    row_init_write(&io, bytes, sizeof bytes);
    verification_io(&io, &b);
    const size_t len = row_end_write(&io);
    const size_t at = 1 + 8 + 1 + 4 * 8 + HASH_BYTES; /* of the number of seats */
    bytes[at] = LEADER_SEATS_MAX + 1;
    row_init_read(&io, (struct span){bytes, len});
    verification_io(&io, &out);
    assert_false(row_end_read(&io));
}

static void one_key_stands_under_one_leaf(void **state)
{
    (void)state;
    struct kit *k = start(1);
    static uint8_t bytes[VALUES_BYTES_MAX];
    uint8_t request[VALUES_KEY_BYTES], block[VALUES_KEY_BYTES], free_place[VALUES_KEY_BYTES];
    const struct voucher v = kit_voucher(k, 40);
    assert_int_equal(kit_one(k, 0, kit_join(k, &v)), ERR_OK);
    ((struct verification *)table_edit(&k->l->blocks, 0))->number = 1;
    value_write(k->l, STORE_JOINS, 0, request, bytes);
    value_write(k->l, STORE_JOINS, k->l->sizes.joins, block, bytes);
    value_write(k->l, STORE_JOINS, 1, free_place, bytes);
    assert_memory_not_equal(request, block, sizeof request);
    assert_memory_not_equal(request, free_place, sizeof request); /* request 1 at place 0 */
    assert_int_equal(bytes[0], ROW_FREE);
    kit_stop(k);
}

enum walk_class { /* of what a block of the walk says */
                  WALK_OFF,
                  WALK_ON,
                  WALK_ROTATE,
                  WALK_LEAVE,
                  WALK_JOIN,
                  WALK_ADMIT,
                  WALK_ISSUE,
                  WALK_REVOKE,
                  WALK_CLASSES
};

/* The certificate that this request asks for, if there is one. */
static struct op walk_issue(struct kit *k, uint64_t request)
{
    struct op op = kit_issue(k, request, 0);
    const uint32_t place = join_find_open(k->l, request);
    if (place != JOIN_NO_PLACE)
        op.cert_issued.csr = join_get(k->l, place)->csr;
    return op;
}

static struct op walk_op(struct kit *k, enum walk_class what, uint32_t slot, uint64_t request,
                         uint32_t number)
{
    const struct voucher v = kit_voucher(k, number);
    struct op op = kit_op(OP_VOLUNTEER);
    op.volunteer.on = what == WALK_ON;
    switch (what) {
    case WALK_ROTATE:
        return kit_rotate(slot, number);
    case WALK_LEAVE:
        return kit_op(OP_LEAVE);
    case WALK_JOIN:
        return kit_join(k, &v);
    case WALK_ADMIT:
        return kit_admit(k, request);
    case WALK_ISSUE:
        return walk_issue(k, request);
    case WALK_REVOKE:
        return kit_revoke(k, slot);
    case WALK_OFF:
    case WALK_ON:
    case WALK_CLASSES:
        break;
    }
    return op;
}

static void walk(uint64_t seed, uint32_t reached[WALK_CLASSES])
{
    enum { BLOCKS = 120, RARE = 6 };
    struct test_random r = {seed};
    struct kit *k = start(4);
    k->l->params->identity.rotate_min_ms = 2000;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        const uint32_t slot = 1 + (uint32_t)test_random_below(&r, member_count(k->l));
        const uint64_t request = 1 + test_random_below(&r, k->l->head->request_last + 1);
        enum walk_class what = (enum walk_class)test_random_below(&r, WALK_CLASSES);
        const bool is_rare = what == WALK_LEAVE || what == WALK_REVOKE;
        if (is_rare && test_random_below(&r, RARE) > 0)
            what = WALK_ON;
        k->sequence = k->l->head->authority_sequence;
        const struct op op = walk_op(k, what, slot, request, 100 + i);
        kit_say(k, what <= WALK_LEAVE ? slot : 0, op);
        kit_block(k, 500 + test_random_below(&r, 9000));
        reached[what] += k->codes[0] == ERR_OK;
    }
    kit_stop(k);
}

/* Anything that may come, in any order: each block is undone and found again by the kit. */
static void random_comings_and_goings_are_undone_and_found_again(void **state)
{
    (void)state;
    enum { SEEDS = 3 };
    uint32_t reached[WALK_CLASSES] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        walk(seed, reached);
    for (uint32_t i = 0; i < WALK_CLASSES; i++)
        if (reached[i] == 0)
            fail_msg("class %u was never accepted (seeds 1 to %d)", i, SEEDS);
}

static void a_member_owes_up_to_eight_receipts(void **state)
{
    (void)state;
    struct kit *k = start(1);
    assert_false(member_owes(member_get(k->l, 1)));
    for (uint64_t request = 1; request <= SIZES_RECEIPTS + 1; request++)
        member_owe(k->l, 1, request);
    assert_true(member_owes(member_get(k->l, 1)));
    for (uint32_t i = 0; i < SIZES_RECEIPTS; i++)
        assert_int_equal(member_get(k->l, 1)->owes_receipt[i], i + 1);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_founder_is_active_from_block_one),
        cmocka_unit_test(keys_rotate_in_the_next_block_and_are_never_taken_again),
        cmocka_unit_test(the_ledger_remembers_so_many_keys),
        cmocka_unit_test(a_member_has_two_certificates_at_most),
        cmocka_unit_test(a_revocation_binds_in_the_next_block),
        cmocka_unit_test(an_ejection_takes_the_score_at_once_and_binds_in_the_next_block),
        cmocka_unit_test(who_leaves_departs_with_its_last_contract),
        cmocka_unit_test(a_household_comes_back_with_its_lowest_score),
        cmocka_unit_test(every_row_is_read_as_it_was_written),
        cmocka_unit_test(a_count_beyond_its_room_is_no_row),
        cmocka_unit_test(one_key_stands_under_one_leaf),
        cmocka_unit_test(random_comings_and_goings_are_undone_and_found_again),
        cmocka_unit_test(a_member_owes_up_to_eight_receipts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
