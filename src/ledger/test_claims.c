/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and proofs as they are made and as they are spoiled, through the bytes (RULE num.3,
 * num.4, boot.1, beacon.1, evid.1). */
#include "ledger/test_signed.h"

/* ---- what is sealed -------------------------------------------------------------------------- */

static struct signature_part parts[KEYS + 1];
static struct parameter_setting setting = {.parameter = 11, .value = 60000};

static struct op sealed(struct kit *k, enum op_kind kind)
{
    struct op op = kit_op(kind);
    enum tag tag;
    struct authority_seal *seal = seal_of(&op, &tag);
    const struct authority_seal two = {.parts = parts, .part_count = THRESHOLD};
    memset(parts, 0, sizeof parts);
    for (uint32_t i = 0; i <= KEYS; i++)
        parts[i].key = i;
    if (kind == OP_JOIN_REQUEST)
        op.join_request.voucher = voucher_of(k, JOINER);
    if (kind == OP_CERT_ISSUED)
        op.cert_issued = (struct cert_issued){.sequence = 1, .request = 1, .expires_ms = 1};
    if (kind == OP_CERT_REVOKED)
        op.cert_revoked = (struct cert_revoked){.sequence = 1, .member = 1};
    if (kind == OP_AUTHORITY_ADMIT)
        op.authority_admit = (struct authority_admit){.sequence = 1, .request = 1};
    if (kind == OP_PARAMETER_CHANGE)
        op.parameter_change = (struct parameter_change){
            .sequence = 1, .from_interval = 5, .settings = &setting, .setting_count = 1};
    if (kind == OP_DEPOSIT)
        op.deposit = (struct deposit){.sequence = 1, .member = 1, .amount_micro = 5};
    *seal = two;
    return op;
}

/* What the seal covers is not what it was. */
static void change_content(struct op *op)
{
    switch ((int)op->kind) {
    case OP_JOIN_REQUEST:
        op->join_request.voucher.max_export_wh++;
        break;
    case OP_CERT_ISSUED:
        op->cert_issued.request++;
        break;
    case OP_CERT_REVOKED:
        op->cert_revoked.key_is_lost = true;
        break;
    case OP_AUTHORITY_ADMIT:
        op->authority_admit.sequence++;
        break;
    case OP_PARAMETER_CHANGE:
        op->parameter_change.from_interval++;
        break;
    default:
        op->deposit.amount_micro++;
        break;
    }
}

static void each_seal_is_t_signatures_of_the_authority_over_its_statement(void **state)
{
    (void)state;
    static const enum op_kind kinds[] = {OP_JOIN_REQUEST,    OP_CERT_ISSUED,      OP_CERT_REVOKED,
                                         OP_AUTHORITY_ADMIT, OP_PARAMETER_CHANGE, OP_DEPOSIT};
    static struct said s;
    struct kit *k = start();
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct op op = sealed(k, kinds[i]);
        enum tag tag;
        struct authority_seal *seal = seal_of(&op, &tag);
        say_proven(&s, k, &op);
        assert_true(holds(k, &s));
        assert_int_equal(claims_count(&s.e), 1 + THRESHOLD);
        for (uint32_t p = 0; p < THRESHOLD; p++) {
            parts[p].signature.bytes[9] ^= 1;
            say_spoiled(&s, k, &op);
            assert_false(holds(k, &s));
            parts[p].signature.bytes[9] ^= 1;
        }
        seal->part_count = THRESHOLD - 1;
        say_spoiled(&s, k, &op);
        assert_false(holds(k, &s));
        seal->part_count = KEYS; /* a third that signs nothing */
        say_spoiled(&s, k, &op);
        assert_false(holds(k, &s));
        say_proven(&s, k, &op);
        assert_true(holds(k, &s));
        seal->part_count = KEYS + 1; /* there is no such key */
        say_proven(&s, k, &op);
        assert_false(holds(k, &s));
        seal->part_count = THRESHOLD;
        say_proven(&s, k, &op);
        change_content(&op);
        say_spoiled(&s, k, &op);
        assert_false(holds(k, &s));
    }
    kit_stop(k);
}

/* RULE num.3: each statement has its own tag. */
static void a_seal_over_one_kind_is_none_over_another(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = sealed(k, OP_AUTHORITY_ADMIT);
    say_proven(&s, k, &op);
    struct op first = s.e.ops[0];
    for (uint32_t i = 0; i < THRESHOLD; i++)
        sign(&parts[i].signature, k, AUTHORITY + i, TAG_ISSUED,
             first.authority_admit.seal.signed_bytes);
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    struct kit *other = start();
    other->l->chain.bytes[0] ^= 1; /* of another chain */
    op = sealed(k, OP_AUTHORITY_ADMIT);
    say_proven(&s, other, &op);
    assert_false(judged(k, &s).is_signed);
    assert_false(judged(k, &s).ops_proven & 1);
    kit_stop(other);
    kit_stop(k);
}

static void a_deposit_within_the_limit_needs_the_treasury_only(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = sealed(k, OP_DEPOSIT);
    op.deposit.sequence = 0;
    op.deposit.seal = (struct authority_seal){.part_count = 0};
    say_spoiled(&s, k, &op);
    assert_true(holds(k, &s));
    assert_int_equal(claims_count(&s.e), 1);
    kit_stop(k);
}

/* ---- signers --------------------------------------------------------------------------------- */

static void an_envelope_is_signed_by_the_key_that_holds_in_the_next_block(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = kit_op(OP_LEAVE);
    struct envelope e = {.slot = 1, .nonce = 1, .expires_height = 9, .ops = &op, .op_count = 1};
    say(&s, k, &e, 1);
    assert_true(judged(k, &s).is_signed);
    s.e.signature.bytes[3] ^= 1;
    assert_false(judged(k, &s).is_signed);
    say(&s, k, &e, 2);
    assert_false(judged(k, &s).is_signed);
    e.slot = 60; /* nobody */
    say(&s, k, &e, 1);
    assert_false(judged(k, &s).is_signed);
    e.slot = 1;
    struct member *m = table_edit(&k->l->members, 1);
    m->has_next_keys = true;
    m->next_keys.sign = public_of(60);
    say(&s, k, &e, 1);
    assert_false(judged(k, &s).is_signed);
    say(&s, k, &e, 60);
    assert_true(judged(k, &s).is_signed);
    kit_stop(k);
}

static void an_agreement_has_both_signatures_and_new_keys_their_own(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = kit_op(OP_AGREEMENT);
    struct agreement *a = &op.agreement;
    *a = (struct agreement){.seller = 1,
                            .buyer = 2,
                            .interval = 5,
                            .energy_wh = 100,
                            .price_micro_per_kwh = 100000,
                            .take = TAKE_FIRM,
                            .expires_height = 50};
    say_proven(&s, k, &op);
    assert_true(holds(k, &s));
    struct signature *both[] = {&a->seller_signature, &a->buyer_signature};
    for (uint32_t i = 0; i < 2; i++) {
        both[i]->bytes[0] ^= 1;
        say_spoiled(&s, k, &op);
        assert_false(holds(k, &s));
        both[i]->bytes[0] ^= 1;
    }
    a->energy_wh++;
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    a->buyer = 50; /* nobody */
    say_proven(&s, k, &op);
    assert_false(holds(k, &s));
    op = kit_op(OP_KEY_ROTATE);
    op.key_rotate = (struct key_rotate){.slot = 1,
                                        .sign_key = public_of(60),
                                        .vrf_key = kit_key(60, 2),
                                        .seal_key = kit_key(60, 3)};
    say_proven(&s, k, &op);
    assert_true(holds(k, &s));
    op.key_rotate.new_signature.bytes[40] ^= 1;
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    op.key_rotate.new_signature.bytes[40] ^= 1;
    op.key_rotate.slot = 2;
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    kit_stop(k);
}

/* One spoiled operation leaves the others of its envelope as they are. */
static void each_operation_is_proven_by_itself(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op three[3] = {kit_op(OP_AGREEMENT), kit_op(OP_LEAVE), kit_op(OP_AGREEMENT)};
    for (uint32_t i = 0; i < 3; i += 2)
        three[i].agreement = (struct agreement){.seller = 1,
                                                .buyer = 2,
                                                .interval = 5 + i,
                                                .energy_wh = 100,
                                                .price_micro_per_kwh = 100000,
                                                .take = TAKE_FIRM,
                                                .expires_height = 50};
    const struct envelope e = {
        .slot = 1, .nonce = 1, .expires_height = 9, .ops = three, .op_count = 3};
    say(&s, k, &e, 1);
    struct op last = s.e.ops[2];
    prove(&three[2], &last, k, 0);
    say(&s, k, &e, 1);
    assert_int_equal(judged(k, &s).ops_proven, ~UINT64_C(1));
    assert_int_equal(claims_count(&s.e), 5);
    kit_stop(k);
}

/* RULE boot.1 */
static void a_founders_voucher_is_signed_by_t_keys(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = sealed(k, OP_JOIN_REQUEST);
    say_proven(&s, k, &op);
    struct op decoded = s.e.ops[0];
    struct genesis_founder f = {.voucher = decoded.join_request.voucher,
                                .seal = decoded.join_request.seal};
    assert_true(claims_founder_is_proven(&k->sound.g, &f));
    f.seal.part_count = THRESHOLD - 1;
    assert_false(claims_founder_is_proven(&k->sound.g, &f));
    f.seal.part_count = THRESHOLD;
    for (uint32_t i = 0; i < THRESHOLD; i++) {
        f.seal.parts[i].signature.bytes[1] ^= 1;
        assert_false(claims_founder_is_proven(&k->sound.g, &f));
        f.seal.parts[i].signature.bytes[1] ^= 1;
    }
    f.seal.parts[1].key = KEYS;
    assert_false(claims_founder_is_proven(&k->sound.g, &f));
    kit_stop(k);
}

/* ---- reveals --------------------------------------------------------------------------------- */

static struct op reveal_of(const struct kit *k, uint64_t slot, uint32_t number)
{
    const struct seed seed = seed_of(number, 2);
    uint8_t input[BEACON_INPUT_BYTES];
    struct op op = kit_op(OP_BEACON_REVEAL);
    op.beacon_reveal = (struct beacon_reveal){.epoch = k->l->head->epoch.number, .slot = slot};
    beacon_input(input, &k->l->head->beacon, slot);
    vrf_prove(&op.beacon_reveal.proof, &seed, (struct span){input, sizeof input});
    return op;
}

static void say_reveal(struct said *s, const struct kit *k, struct op *op, uint32_t slot)
{
    const struct envelope e = {.slot = slot,
                               .nonce = 1000,
                               .expires_height = ledger_height(k->l) + 1,
                               .ops = op,
                               .op_count = 1};
    say(s, k, &e, slot);
}

/* RULE beacon.1 */
static void a_reveal_proves_the_seed_of_its_slot(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    kit_blocks(k, 4, KIT_TAU_MS);
    const uint64_t now = k->l->now.slot;
    for (uint64_t slot = now - 2; slot <= now + 1; slot++) {
        const uint32_t leader = leader_get(&k->l->head->epoch.v, slot);
        struct op op = reveal_of(k, slot, leader);
        say_reveal(&s, k, &op, leader);
        assert_true(holds(k, &s));
        for (uint32_t at = 0; at < sizeof op.beacon_reveal.proof.bytes; at++) {
            op.beacon_reveal.proof.bytes[at] ^= 4;
            say_reveal(&s, k, &op, leader);
            assert_false(holds(k, &s));
            op.beacon_reveal.proof.bytes[at] ^= 4;
        }
        op.beacon_reveal.slot = slot == now ? slot - 1 : now;
        say_reveal(&s, k, &op, leader);
        assert_false(holds(k, &s));
    }
    kit_stop(k);
}

/* What could not be taken anyway is refused for that, whatever its proof. */
static void a_reveal_out_of_place_is_not_asked_for_its_proof(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    kit_blocks(k, 4, KIT_TAU_MS);
    const uint64_t now = k->l->now.slot;
    const uint32_t leader = leader_get(&k->l->head->epoch.v, now);
    struct op op = kit_op(OP_BEACON_REVEAL); /* a proof of zeros */
    op.beacon_reveal = (struct beacon_reveal){.epoch = k->l->head->epoch.number + 1, .slot = now};
    say_reveal(&s, k, &op, leader);
    assert_true(holds(k, &s));
    assert_int_equal(kit_one(k, leader, op), ERR_EPOCH_OTHER);
    op.beacon_reveal.epoch--;
    op.beacon_reveal.slot = now - 3;
    const uint32_t over = leader_get(&k->l->head->epoch.v, now - 3);
    say_reveal(&s, k, &op, over);
    assert_true(holds(k, &s));
    assert_int_equal(kit_one(k, over, op), ERR_LATE);
    op.beacon_reveal.slot = now;
    uint32_t outside = 1;
    while (leader_seat(&k->l->head->epoch.v, outside) < LEADER_SEATS_MAX)
        outside++;
    assert_in_range(outside, 1, 4); /* three of four sit in V */
    say_reveal(&s, k, &op, outside);
    assert_true(holds(k, &s));
    assert_int_equal(kit_one(k, outside, op), ERR_NOT_LEADER);
    kit_stop(k);
}

/* ---- evidence -------------------------------------------------------------------------------- */

/* Two envelopes of @slot, each signed by its own key, which expire at @expires. */
static struct op evidence_of(const struct kit *k, uint32_t slot, uint32_t first, uint32_t second,
                             uint64_t expires)
{
    static struct said two[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct op op = kit_op(OP_INTERVAL_STATEMENT);
        op.interval_statement = (struct interval_statement){.interval = 1, .delivered_wh = i};
        const struct envelope e = {
            .slot = slot, .nonce = 1 + i, .expires_height = expires, .ops = &op, .op_count = 1};
        say(&two[i], k, &e, i ? second : first);
    }
    struct op op = kit_op(OP_MEMBER_EVIDENCE);
    op.member_evidence = (struct member_evidence){two[0].whole, two[1].whole};
    return op;
}

static bool evidence_holds(const struct kit *k, uint32_t first, uint32_t second, uint64_t expires)
{
    static struct said s;
    struct op op = evidence_of(k, 2, first, second, expires);
    say_spoiled(&s, k, &op);
    assert_int_equal(claims_count(&s.e), 5);
    return holds(k, &s);
}

/* RULE evid.1: the present key, or the one before where it still held ttl_max before the expiry. */
static void both_envelopes_are_signed_with_one_key_of_the_member(void **state)
{
    (void)state;
    struct kit *k = start();
    const uint64_t ttl = k->l->params->windows.ttl_max_blocks;
    assert_true(evidence_holds(k, 2, 2, 9));
    assert_false(evidence_holds(k, 2, 3, 9));
    assert_false(evidence_holds(k, 3, 2, 9));
    assert_false(evidence_holds(k, 60, 60, 9)); /* never a key of it */
    struct member *m = table_edit(&k->l->members, 2);
    m->old_sign = m->keys.sign;
    m->old_sign_until = 1000;
    m->keys.sign = public_of(60);
    assert_true(evidence_holds(k, 60, 60, 2000));
    assert_true(evidence_holds(k, 2, 2, 999 + ttl));
    assert_false(evidence_holds(k, 2, 2, 1000 + ttl)); /* it came in behind the rotation */
    assert_false(evidence_holds(k, 2, 60, 999));
    assert_false(evidence_holds(k, 60, 2, 999));
    kit_stop(k);
}

static void envelopes_of_two_members_or_of_nobody_are_no_evidence(void **state)
{
    (void)state;
    static struct said s;
    static const uint8_t junk[] = {0xff};
    struct kit *k = start();
    struct op op = evidence_of(k, 50, 50, 50, 9);
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    op = evidence_of(k, 2, 2, 2, 9);
    op.member_evidence.second = (struct span){junk, 1};
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    static struct said other;
    op = kit_op(OP_LEAVE);
    const struct envelope e = {
        .slot = 3, .nonce = 1, .expires_height = 9, .ops = &op, .op_count = 1};
    say(&other, k, &e, 3);
    op = evidence_of(k, 2, 2, 2, 9);
    op.member_evidence.second = other.whole;
    say_spoiled(&s, k, &op);
    assert_false(holds(k, &s));
    kit_stop(k);
}

/* No signature that was never made: the place of the key before holds nothing yet. */
static void a_member_that_never_rotated_has_no_key_before(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = evidence_of(k, 2, 2, 2, 9);
    struct arena arena;
    static uint8_t other[ENVELOPE_ARENA_BYTES];
    say_spoiled(&s, k, &op);
    arena_init(&arena, other, sizeof other);
    assert_int_equal(claims_collect(room, k->l, &s.e, &arena), 3);
    ((struct member *)table_edit(&k->l->members, 2))->old_sign_until = 1;
    assert_int_equal(claims_collect(room, k->l, &s.e, &arena), 5);
    for (uint32_t i = 1; i < 5; i++)
        assert_int_equal(room[i].is_alternative, i > 2);
    kit_stop(k);
}

/* ---- through the ledger ---------------------------------------------------------------------- */

static enum err applied(struct kit *k, struct said *s)
{
    static uint8_t bytes[WIRE_EVIDENCE_BYTES_MAX + 1024];
    struct span bundle = {bytes, bundle_encode(bytes, &(struct bundle){&s->whole, 1})};
    uint16_t codes[2];
    uint32_t ends[1];
    k->t_ms += 1;
    const struct block block = {.height = ledger_height(k->l) + 1,
                                .time_ms = k->t_ms,
                                .bundles = &bundle,
                                .bundle_count = 1};
    const struct door_verdict verdict = judged(k, s);
    struct ledger_results results = {.codes = codes, .code_max = 2, .bundle_ends = ends};
    ledger_apply(k->l, &(struct ledger_block){&block, &verdict, 1}, &results);
    assert_int_equal(results.code_count, 1);
    return (enum err)codes[0];
}

static void signed_envelopes_go_the_whole_way(void **state)
{
    (void)state;
    static struct said s;
    struct kit *k = start();
    struct op op = sealed(k, OP_DEPOSIT);
    op.deposit.reference.bytes[0] = 1;
    say_proven(&s, k, &op);
    op.deposit.amount_micro++;
    say_spoiled(&s, k, &op);
    assert_int_equal(applied(k, &s), ERR_OP_PROOF);
    op.deposit.amount_micro--;
    uint32_t number;
    struct envelope e = envelope_for(k, &op, &number);
    e.nonce = 2;
    say(&s, k, &e, number);
    assert_int_equal(applied(k, &s), ERR_OK);
    assert_int_equal(account_get(k->l, 1)->available.micro, 5);
    assert_int_equal(applied(k, &s), ERR_EXPIRED);
    op = sealed(k, OP_JOIN_REQUEST);
    say_proven(&s, k, &op);
    parts[0].signature.bytes[0] ^= 1;
    say_spoiled(&s, k, &op);
    assert_int_equal(applied(k, &s), ERR_OP_PROOF);
    parts[0].signature.bytes[0] ^= 1;
    say_spoiled(&s, k, &op);
    assert_int_equal(applied(k, &s), ERR_OK);
    op = evidence_of(k, 2, 2, 2, ledger_height(k->l));
    say_spoiled(&s, k, &op);
    assert_int_equal(applied(k, &s), ERR_OK);
    assert_int_equal(member_get(k->l, 2)->becomes, STATUS_EJECTED);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_seal_is_t_signatures_of_the_authority_over_its_statement),
        cmocka_unit_test(a_seal_over_one_kind_is_none_over_another),
        cmocka_unit_test(a_deposit_within_the_limit_needs_the_treasury_only),
        cmocka_unit_test(an_envelope_is_signed_by_the_key_that_holds_in_the_next_block),
        cmocka_unit_test(an_agreement_has_both_signatures_and_new_keys_their_own),
        cmocka_unit_test(each_operation_is_proven_by_itself),
        cmocka_unit_test(a_founders_voucher_is_signed_by_t_keys),
        cmocka_unit_test(a_reveal_proves_the_seed_of_its_slot),
        cmocka_unit_test(a_reveal_out_of_place_is_not_asked_for_its_proof),
        cmocka_unit_test(both_envelopes_are_signed_with_one_key_of_the_member),
        cmocka_unit_test(envelopes_of_two_members_or_of_nobody_are_no_evidence),
        cmocka_unit_test(a_member_that_never_rotated_has_no_key_before),
        cmocka_unit_test(signed_envelopes_go_the_whole_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
