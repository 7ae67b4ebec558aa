/* SPDX-License-Identifier: Apache-2.0 */
/* Whose envelopes come in, and what a refusal leaves behind (RULE num.4, dos.3, dos.4, op.2). */
#include "ledger/ops.h"
#include "ledger/test_identity.h"

static const struct door_verdict good = {.is_signed = true, .ops_proven = UINT64_MAX};
static struct op ops[WIRE_OPS_MAX + 1];
static uint8_t body[WIRE_EVIDENCE_BYTES_MAX];

/* A block of which the test admits envelopes itself. */
static struct kit *start(void)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    kit_start(k);
    kit_blocks(k, 2, KIT_BLOCK_MS);
    state_begin(k->l);
    k->l->now.claims_left = 1000000;
    for (uint32_t i = 0; i <= WIRE_OPS_MAX; i++)
        ops[i] = kit_op(OP_LEAVE);
    return k;
}

static struct envelope by_member(const struct kit *k, uint32_t slot, uint64_t nonce)
{
    return (struct envelope){.slot = slot,
                             .nonce = nonce,
                             .expires_height = k->l->now.height,
                             .ops = ops,
                             .op_count = 1,
                             .body = {body, 100}};
}

static enum err admit(struct kit *k, const struct envelope *e, const struct door_verdict *verdict)
{
    struct op_signer signer;
    return door_admit(k->l, e, verdict, &signer);
}

static enum err take(struct kit *k, uint32_t slot, uint64_t nonce)
{
    const struct envelope e = by_member(k, slot, nonce);
    return admit(k, &e, &good);
}

static void the_nonce_window_has_64_below_and_1024_above(void **state)
{
    (void)state;
    struct kit *k = start();
    assert_int_equal(take(k, 1, 1025), ERR_NONCE_FAR);
    assert_int_equal(take(k, 1, 1024), ERR_OK);
    assert_int_equal(take(k, 1, 1024), ERR_NONCE_USED);
    assert_int_equal(take(k, 1, 1024 - 65), ERR_NONCE_USED);
    assert_int_equal(take(k, 1, 1024 - 64), ERR_OK);
    assert_int_equal(take(k, 1, 1024 - 64), ERR_NONCE_USED);
    assert_int_equal(take(k, 1, 1024 + 1025), ERR_NONCE_FAR);
    assert_int_equal(take(k, 1, 1024 + 1024), ERR_OK);
    assert_int_equal(take(k, 1, 2048 + 64), ERR_OK);
    assert_int_equal(take(k, 1, 2048), ERR_NONCE_USED); /* it is the 64th below now */
    assert_int_equal(take(k, 2, 0), ERR_OK);            /* everybody has a window */
    assert_int_equal(take(k, 2, 0), ERR_NONCE_USED);
    assert_int_equal(take(k, 2, 1), ERR_OK);
    kit_stop(k);
}

/* Against a set of all nonces ever taken. */
static void random_nonces_are_taken_once(void **state)
{
    (void)state;
    static bool taken[1 << 22]; /* no random step reaches its end */
    struct kit *k = start();
    uint64_t highest = 0, draw = 1;
    uint32_t reached[4] = {0};
    bool has_any = false;
    memset(taken, 0, sizeof taken);
    for (uint32_t i = 0; i < 8000; i++) {
        draw = draw * UINT64_C(6364136223846793005) + 1;
        const uint64_t by = draw >> 40;
        uint64_t nonce = by % 4 == 0 ? highest + by / 4 % 1100 : highest + by / 4 % 4;
        const uint64_t back = by / 64 % 80;
        if (by % 4 > 1)
            nonce = highest > back ? highest - back : 0;
        enum err expected = ERR_OK;
        if (nonce > highest + 1024)
            expected = ERR_NONCE_FAR;
        else if (has_any && (taken[nonce] || nonce + 64 < highest))
            expected = ERR_NONCE_USED;
        assert_int_equal(take(k, 3, nonce), expected);
        reached[expected == ERR_OK ? (nonce < highest) : expected == ERR_NONCE_FAR ? 2 : 3]++;
        if (expected != ERR_OK)
            continue;
        taken[nonce] = has_any = true;
        highest = nonce > highest ? nonce : highest;
    }
    for (uint32_t i = 0; i < 4; i++)
        assert_true(reached[i] > 100);
    kit_stop(k);
}

static void an_envelope_expires_within_ttl_max(void **state)
{
    (void)state;
    struct kit *k = start();
    const uint64_t height = k->l->now.height, ttl = k->l->params->windows.ttl_max_blocks;
    struct envelope e = by_member(k, 1, 1);
    e.expires_height = height - 1;
    assert_int_equal(admit(k, &e, &good), ERR_EXPIRED);
    e.expires_height = height + ttl + 1;
    assert_int_equal(admit(k, &e, &good), ERR_EXPIRES_FAR);
    e.expires_height--;
    assert_int_equal(admit(k, &e, &good), ERR_OK);
    e.nonce++;
    e.expires_height = height;
    assert_int_equal(admit(k, &e, &good), ERR_OK);
    kit_stop(k);
}

/* RULE dos.3: what is inadmissible was checked too, so it counts. */
static void a_block_has_so_many_claims_and_smaller_envelopes_still_fit(void **state)
{
    (void)state;
    struct kit *k = start();
    struct envelope e = by_member(k, 1, 1);
    k->l->now.claims_left = 4;
    ops[0] = kit_op(OP_AGREEMENT); /* three with its envelope */
    e.expires_height = 0;
    assert_int_equal(admit(k, &e, &good), ERR_EXPIRED);
    e.expires_height = k->l->now.height;
    assert_int_equal(admit(k, &e, &good), ERR_BLOCK_FULL);
    assert_int_equal(k->l->now.claims_left, 1);
    ops[0] = kit_op(OP_LEAVE);
    assert_int_equal(admit(k, &e, &good), ERR_OK);
    e.nonce++;
    assert_int_equal(admit(k, &e, &good), ERR_BLOCK_FULL);
    kit_stop(k);
}

static void the_communitys_limits_are_of_the_whole_envelope(void **state)
{
    (void)state;
    static uint8_t whole[WIRE_EVIDENCE_BYTES_MAX + 512];
    static const size_t lens[] = {127, 128, 16000, 16383, 16384};
    const struct signature signature = {{1}};
    struct kit *k = start();
    struct envelope e = by_member(k, 1, 1);
    for (uint32_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        e.body.len = lens[i];
        const size_t len = envelope_encode(whole, sizeof whole, e.body, &signature);
        k->l->params->limits.envelope_bytes = len - 1;
        e.nonce = i + 1;
        assert_int_equal(admit(k, &e, &good), ERR_ENVELOPE_FORM);
        k->l->params->limits.envelope_bytes = len;
        assert_int_equal(admit(k, &e, &good), ERR_OK);
    }
    k->l->params->limits.envelope_bytes = 4096;
    ops[0] = kit_op(OP_MEMBER_EVIDENCE); /* RULE evid.1: alone it may be longer */
    e.nonce++;
    assert_int_equal(admit(k, &e, &good), ERR_OK);
    e.op_count = 2;
    e.nonce++;
    assert_int_equal(admit(k, &e, &good), ERR_ENVELOPE_FORM);
    e = by_member(k, 1, 100);
    k->l->params->limits.ops_per_envelope = 3;
    e.op_count = 4;
    assert_int_equal(admit(k, &e, &good), ERR_ENVELOPE_FORM);
    e.op_count = 3;
    assert_int_equal(admit(k, &e, &good), ERR_OK);
    kit_stop(k);
}

static void the_first_fault_of_an_envelope_is_its_code(void **state)
{
    (void)state;
    struct kit *k = start();
    const struct door_verdict bad = {.is_signed = false};
    struct envelope e = by_member(k, 9, 5000);
    e.expires_height = 0;
    e.op_count = WIRE_OPS_MAX + 1;
    k->l->now.claims_left = 0;
    assert_int_equal(admit(k, &e, &bad), ERR_BLOCK_FULL);
    k->l->now.claims_left = 1000;
    assert_int_equal(admit(k, &e, &bad), ERR_ENVELOPE_FORM);
    e.op_count = 1;
    assert_int_equal(admit(k, &e, &bad), ERR_SIGNER_UNKNOWN);
    e.slot = 1;
    assert_int_equal(admit(k, &e, &bad), ERR_SIGNATURE);
    assert_int_equal(admit(k, &e, &good), ERR_EXPIRED);
    e.expires_height = k->l->now.height + 601;
    assert_int_equal(admit(k, &e, &good), ERR_EXPIRES_FAR);
    e.expires_height--;
    assert_int_equal(admit(k, &e, &good), ERR_NONCE_FAR);
    kit_stop(k);
}

static enum signer_role role_of(struct kit *k, struct envelope *e, enum err expected)
{
    struct op_signer signer = {.role = SIGNER_MEMBER};
    assert_int_equal(door_admit(k->l, e, &good, &signer), expected);
    return signer.role;
}

static void each_signer_has_its_role_and_its_own_nonces(void **state)
{
    (void)state;
    struct kit *k = start();
    struct envelope e = by_member(k, 0, 7);
    e.key = k->sound.g.treasury;
    assert_int_equal(role_of(k, &e, ERR_OK), SIGNER_TREASURY);
    role_of(k, &e, ERR_NONCE_USED);
    e.key = k->sound.keys[0].key;
    assert_int_equal(role_of(k, &e, ERR_OK), SIGNER_AUTHORITY);
    role_of(k, &e, ERR_NONCE_USED);
    e.key = k->sound.keys[1].key; /* not one of them */
    role_of(k, &e, ERR_SIGNER_UNKNOWN);
    e.key = kit_key(1, 1); /* a member says its slot */
    role_of(k, &e, ERR_SIGNER_UNKNOWN);
    e.slot = 5;
    role_of(k, &e, ERR_SIGNER_UNKNOWN);
    e.slot = 1;
    struct member *m = table_edit(&k->l->members, 1);
    for (uint32_t status = STATUS_LEAVING; status <= STATUS_DEPARTED; status++) {
        m->status = (enum member_status)status;
        e.nonce++;
        role_of(k, &e, status == STATUS_LEAVING ? ERR_OK : ERR_SIGNER_UNKNOWN);
    }
    kit_stop(k);
}

/* RULE join.2: admissible only if the t signatures verify. */
static void a_joiner_says_one_request_of_its_own_key(void **state)
{
    (void)state;
    struct kit *k = start();
    const struct door_verdict unproven = {.is_signed = true, .ops_proven = ~UINT64_C(1)};
    struct envelope e = by_member(k, 0, 0);
    const struct voucher v = kit_voucher(k, 40);
    ops[0] = kit_join(k, &v);
    e.key = v.sign_key;
    assert_int_equal(role_of(k, &e, ERR_OK), SIGNER_JOINER);
    assert_int_equal(role_of(k, &e, ERR_OK), SIGNER_JOINER); /* its nullifier ends that */
    assert_int_equal(admit(k, &e, &unproven), ERR_OP_PROOF);
    e.op_count = 2;
    role_of(k, &e, ERR_SIGNER_UNKNOWN);
    e.op_count = 1;
    e.key = v.vrf_key;
    role_of(k, &e, ERR_SIGNER_UNKNOWN);
    ops[0] = kit_op(OP_LEAVE);
    e.key = v.sign_key;
    role_of(k, &e, ERR_SIGNER_UNKNOWN);
    kit_stop(k);
}

/* The table of docs/protocol.md, section 13: M, J, T, A. */
static void each_operation_has_its_signers(void **state)
{
    (void)state;
    static const char roles[] = "MJTA";
    static const char *const sayers[OP_KIND_COUNT] = {[OP_JOIN_REQUEST] = "J",
                                                      [OP_VOLUNTEER] = "M",
                                                      [OP_KEY_ROTATE] = "M",
                                                      [OP_CERT_RENEW] = "M",
                                                      [OP_LEAVE] = "M",
                                                      [OP_ERASE_RECEIPT] = "M",
                                                      [OP_ORDER] = "M",
                                                      [OP_ORDER_CANCEL] = "M",
                                                      [OP_INTERVAL_STATEMENT] = "M",
                                                      [OP_BALLOT] = "M",
                                                      [OP_WITHDRAW_REQUEST] = "MT",
                                                      [OP_MEMBER_EVIDENCE] = "M",
                                                      [OP_AGREEMENT] = "M",
                                                      [OP_VERIFICATION_BLOCK] = "M",
                                                      [OP_BEACON_REVEAL] = "M",
                                                      [OP_LEADER_EXEC] = "M",
                                                      [OP_LEADER_FINAL] = "M",
                                                      [OP_DEPOSIT] = "T",
                                                      [OP_WITHDRAW_PAID] = "T",
                                                      [OP_WITHDRAW_REJECTED] = "T",
                                                      [OP_CREDIT_LIMIT] = "T",
                                                      [OP_CERT_ISSUED] = "A",
                                                      [OP_CERT_REVOKED] = "A",
                                                      [OP_AUTHORITY_ADMIT] = "A",
                                                      [OP_PARAMETER_CHANGE] = "A"};
    uint32_t kinds = 0;
    for (int kind = 0; kind < OP_KIND_COUNT; kind++) {
        const struct op op = kit_op((enum op_kind)kind);
        kinds += sayers[kind] != NULL;
        for (uint32_t role = 0; role < 4; role++) {
            struct op_signer s = {.role = (enum signer_role)role, .is_proven = true};
            const bool may = sayers[kind] && strchr(sayers[kind], roles[role]);
            assert_int_equal(door_may_say(&s, &op), may ? ERR_OK : ERR_OP_SIGNER);
            s.is_proven = false;
            assert_int_equal(door_may_say(&s, &op), may ? ERR_OP_PROOF : ERR_OP_SIGNER);
        }
    }
    assert_int_equal(kinds, 25);
}

/* ---- whole blocks ---------------------------------------------------------------------------- */

static struct kit *whole(void)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    kit_start(k);
    kit_blocks(k, 2, KIT_BLOCK_MS);
    kit_say(k, 1, kit_op(OP_VOLUNTEER)); /* its nonce 1 is taken */
    kit_block(k, KIT_BLOCK_MS);
    return k;
}

static void say_again(struct kit *k, uint32_t slot, uint64_t nonce, uint64_t expires_height)
{
    struct op op = kit_op(OP_VOLUNTEER);
    struct envelope e = kit_envelope(k, slot, &op);
    k->nonces[slot]--;
    e.nonce = nonce;
    e.expires_height = expires_height;
    k->said[k->said_count++] = kit_keep(k, &e);
}

/* What a proposer should have left out. Returns how many. */
static uint32_t say_inadmissible(struct kit *k)
{
    static const uint8_t junk[] = {0xff};
    const uint64_t next = ledger_height(k->l) + 1;
    const uint32_t before = k->said_count;
    k->unsigned_at |= UINT64_C(1) << k->said_count;
    say_again(k, 3, 1, next);
    say_again(k, 1, 1, next);       /* its nonce was used */
    say_again(k, 3, 5000, next);    /* too far above */
    say_again(k, 3, 1, next - 1);   /* expired */
    say_again(k, 3, 1, next + 601); /* too far ahead */
    say_again(k, 60, 1, next);      /* nobody */
    k->said[k->said_count++] = (struct span){junk, sizeof junk};
    return k->said_count - before;
}

/* RULE dos.4 */
static void inadmissible_envelopes_touch_nothing_wherever_they_stand(void **state)
{
    (void)state;
    static const enum err codes[] = {ERR_SIGNATURE,    ERR_NONCE_USED,  ERR_NONCE_FAR,
                                     ERR_EXPIRED,      ERR_EXPIRES_FAR, ERR_SIGNER_UNKNOWN,
                                     ERR_ENVELOPE_FORM};
    const struct op on = {.kind = OP_VOLUNTEER, .volunteer = {.on = true}};
    for (uint32_t where = 0; where < 3; where++) { /* before, between, behind */
        struct kit *clean = whole(), *dirty = whole();
        uint32_t first = 0, bad = 0;
        kit_say(clean, 1, on);
        kit_say(clean, 2, kit_op(OP_LEAVE));
        for (uint32_t i = 0; i < 3; i++) {
            first = i == where ? dirty->said_count : first;
            bad += i == where ? say_inadmissible(dirty) : 0;
            if (i < 2)
                kit_say(dirty, 1 + i, i ? kit_op(OP_LEAVE) : on);
        }
        assert_int_equal(bad, sizeof codes / sizeof codes[0]);
        struct member *absent = table_edit(&dirty->l->members, 3),
                      *twin = table_edit(&clean->l->members, 3);
        absent->is_absent = twin->is_absent = true;
        state_rebuild(dirty->l);
        state_rebuild(clean->l);
        kit_block(clean, KIT_BLOCK_MS);
        kit_block(dirty, KIT_BLOCK_MS);
        for (uint32_t i = 0; i < bad; i++)
            assert_int_equal(dirty->codes[first + i], codes[i]);
        kit_assert_same(ledger_app_hash(clean->l), ledger_app_hash(dirty->l));
        assert_true(member_get(dirty->l, 3)->is_absent); /* it has said nothing */
        kit_stop(clean);
        kit_stop(dirty);
    }
}

/* Which stores differ between two ledgers: bits by state_store_at. */
static uint32_t differing(const struct ledger *a, const struct ledger *b)
{
    struct store_root x[STATE_STORES], y[STATE_STORES];
    uint32_t bits = 0;
    state_roots(x, a, STORE_NOW);
    state_roots(y, b, STORE_NOW);
    for (uint32_t i = 0; i < STATE_STORES; i++)
        bits |= (uint32_t)!hash_equal(&x[i].root, &y[i].root) << i;
    return bits;
}

static uint32_t bit_of(const char *name)
{
    uint32_t i = 0;
    while (strcmp(state_store_at(i)->name, name) != 0)
        i++;
    return UINT32_C(1) << i;
}

/* RULE op.2 */
static void a_refused_operation_changes_nothing_but_its_nonce(void **state)
{
    (void)state;
    for (int kind = 0; kind < OP_KIND_COUNT; kind++) {
        struct kit *silent = whole(), *refused = whole();
        struct op op = kit_op((enum op_kind)kind);
        struct envelope e = by_member(refused, 2, 1);
        e.ops = &op;
        e.expires_height++;
        state_begin(refused->l);
        struct op_signer signer;
        refused->l->now.height++;
        refused->l->now.claims_left = 100;
        assert_int_equal(door_admit(refused->l, &e, &good, &signer), ERR_OK);
        signer.role = kind == OP_JOIN_REQUEST ? SIGNER_TREASURY : SIGNER_JOINER;
        signer.is_proven = true;
        assert_int_equal(ops_apply(refused->l, &signer, &op), ERR_OP_SIGNER);
        (void)state_seal(refused->l);
        state_begin(silent->l);
        silent->l->now.height++;
        (void)state_seal(silent->l);
        assert_int_equal(differing(silent->l, refused->l), bit_of("windows") | bit_of("history"));
        kit_stop(silent);
        kit_stop(refused);
    }
    struct kit *silent = whole(), *refused = whole();
    struct op cancel = kit_op(OP_ORDER_CANCEL), money = kit_op(OP_WITHDRAW_REQUEST);
    cancel.order_cancel.order = 1;
    money.withdraw_request.amount_micro = 1;
    kit_say(refused, 2, cancel);
    kit_say(refused, 2, money);
    kit_block(refused, KIT_BLOCK_MS);
    kit_block(silent, KIT_BLOCK_MS);
    assert_int_equal(refused->codes[0], ERR_NO_ORDER);
    assert_int_equal(refused->codes[1], ERR_FUNDS);
    assert_int_equal(differing(silent->l, refused->l), bit_of("windows") | bit_of("history"));
    kit_stop(silent);
    kit_stop(refused);
}

static void operations_of_one_envelope_stand_alone_in_order(void **state)
{
    (void)state;
    struct kit *k = whole();
    struct op three[3] = {kit_op(OP_VOLUNTEER), kit_op(OP_ORDER_CANCEL), kit_op(OP_LEAVE)};
    uint16_t codes[3];
    uint32_t ends[1];
    three[0].volunteer.on = true;
    three[1].order_cancel.order = 3;
    struct envelope e = kit_envelope(k, 1, &three[0]);
    e.ops = three;
    e.op_count = 3;
    struct span said = kit_keep(k, &e);
    static uint8_t bytes[4096];
    struct span bundle = {bytes, bundle_encode(bytes, &(struct bundle){&said, 1})};
    const struct block block = {.height = ledger_height(k->l) + 1,
                                .time_ms = k->t_ms + 1,
                                .bundles = &bundle,
                                .bundle_count = 1};
    const struct ledger_block b = {&block, &good, 1};
    struct ledger_results results = {.codes = codes, .code_max = 3, .bundle_ends = ends};
    ledger_apply(k->l, &b, &results);
    assert_int_equal(results.code_count, 3);
    assert_int_equal(ends[0], 3);
    assert_int_equal(codes[0], ERR_OK);
    assert_int_equal(codes[1], ERR_NO_ORDER);
    assert_int_equal(codes[2], ERR_OK);
    assert_int_equal(member_get(k->l, 1)->status, STATUS_DEPARTED);
    kit_stop(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nonce_window_has_64_below_and_1024_above),
        cmocka_unit_test(random_nonces_are_taken_once),
        cmocka_unit_test(an_envelope_expires_within_ttl_max),
        cmocka_unit_test(a_block_has_so_many_claims_and_smaller_envelopes_still_fit),
        cmocka_unit_test(the_communitys_limits_are_of_the_whole_envelope),
        cmocka_unit_test(the_first_fault_of_an_envelope_is_its_code),
        cmocka_unit_test(each_signer_has_its_role_and_its_own_nonces),
        cmocka_unit_test(a_joiner_says_one_request_of_its_own_key),
        cmocka_unit_test(each_operation_has_its_signers),
        cmocka_unit_test(inadmissible_envelopes_touch_nothing_wherever_they_stand),
        cmocka_unit_test(a_refused_operation_changes_nothing_but_its_nonce),
        cmocka_unit_test(operations_of_one_envelope_stand_alone_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
