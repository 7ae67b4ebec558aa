/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_signed.h - a community whose keys exist: envelopes, seals and new keys with real
 * signatures, through the bytes. Only tests include this file. */
#ifndef PEERWATT_LEDGER_TEST_SIGNED_H
#define PEERWATT_LEDGER_TEST_SIGNED_H

#include "crypto/sign.h"
#include "crypto/vrf.h"
#include "ledger/claims.h"
#include "ledger/test_identity.h"
#include "wire/tags.h"

enum { AUTHORITY = 200, TREASURY = 230, JOINER = 40, KEYS = 3, THRESHOLD = 2, ENVELOPE = 0 };

static uint8_t memory[ENVELOPE_ARENA_BYTES];
static struct claim room[CLAIMS_MAX];

/* Number and role tell seeds apart, as kit_key tells keys. */
static inline struct seed seed_of(uint32_t number, uint8_t role)
{
    return (struct seed){{role, (uint8_t)number, 0x5e}};
}

static inline struct pubkey public_of(uint32_t number)
{
    const struct seed seed = seed_of(number, 1);
    struct sign_key key;
    struct pubkey public_key;
    sign_key_from_seed(&key, &public_key, &seed);
    return public_key;
}

static inline void sign(struct signature *out, const struct kit *k, uint32_t number, enum tag tag,
                        struct span message)
{
    static uint8_t bytes[SIGN_PREFIX_BYTES + WIRE_EVIDENCE_BYTES_MAX];
    const struct seed seed = seed_of(number, 1);
    struct sign_key key;
    struct pubkey public_key;
    sign_key_from_seed(&key, &public_key, &seed);
    sign_prefix(bytes, tag_get(tag), &k->l->chain);
    memcpy(bytes + SIGN_PREFIX_BYTES, message.at, message.len);
    sign_make(out, &key, (struct span){bytes, SIGN_PREFIX_BYTES + message.len});
}

static inline struct voucher voucher_of(struct kit *k, uint32_t number)
{
    const struct seed vrf = seed_of(number, 2);
    struct voucher v = kit_voucher(k, number);
    v.sign_key = public_of(number);
    vrf_public(&v.vrf_key, &vrf);
    return v;
}

static inline struct kit *start(void)
{
    struct kit *k = malloc(sizeof *k);
    kit_init(k, 4);
    for (uint32_t i = 0; i < KEYS; i++)
        k->sound.keys[i].key = public_of(AUTHORITY + i);
    k->sound.g.authority = (struct genesis_authority){k->sound.keys, KEYS, THRESHOLD};
    k->sound.g.treasury = public_of(TREASURY);
    for (uint32_t i = 0; i < 4; i++) {
        k->sound.founders[i].voucher = voucher_of(k, i + 1);
        k->sound.founders[i].seal.part_count = THRESHOLD;
    }
    kit_start(k);
    kit_to_v(k);
    kit_block(k, KIT_TAU_MS);
    return k;
}

/* ---- making ---------------------------------------------------------------------------------- */

struct said { /* an envelope, and how it is decoded */
    uint8_t bytes[WIRE_EVIDENCE_BYTES_MAX + 512];
    struct span whole;
    struct envelope e;
};

static inline void decode(struct said *s)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(envelope_decode(&s->e, s->whole, &arena).verdict, WIRE_OK);
}

/* Signed by the key of @number as it stands in @e. */
static inline void say(struct said *s, const struct kit *k, const struct envelope *e,
                       uint32_t number)
{
    static uint8_t body[WIRE_EVIDENCE_BYTES_MAX];
    struct signature signature;
    const struct span b = {body, envelope_encode_body(body, e)};
    sign(&signature, k, number, TAG_ENVELOPE, b);
    s->whole = (struct span){s->bytes, envelope_encode(s->bytes, sizeof s->bytes, b, &signature)};
    decode(s);
}

static inline struct authority_seal *seal_of(struct op *op, enum tag *tag)
{
    switch ((int)op->kind) {
    case OP_JOIN_REQUEST:
        *tag = TAG_VOUCHER;
        return &op->join_request.seal;
    case OP_CERT_ISSUED:
        *tag = TAG_ISSUED;
        return &op->cert_issued.seal;
    case OP_CERT_REVOKED:
        *tag = TAG_REVOKED;
        return &op->cert_revoked.seal;
    case OP_AUTHORITY_ADMIT:
        *tag = TAG_ADMIT;
        return &op->authority_admit.seal;
    case OP_PARAMETER_CHANGE:
        *tag = TAG_PARAMETER;
        return &op->parameter_change.seal;
    case OP_DEPOSIT:
        *tag = TAG_DEPOSIT;
        return &op->deposit.seal;
    default:
        return NULL;
    }
}

/* Its inner signatures over what @decoded, the same operation, says that they cover. */
static inline void prove(struct op *op, struct op *decoded, const struct kit *k, uint32_t number)
{
    enum tag tag;
    struct authority_seal *seal = seal_of(op, &tag);
    for (uint32_t i = 0; seal && i < seal->part_count; i++)
        sign(&seal->parts[i].signature, k, AUTHORITY + seal->parts[i].key, tag,
             seal_of(decoded, &tag)->signed_bytes);
    if (op->kind == OP_AGREEMENT) {
        const struct span terms = decoded->agreement.signed_bytes;
        sign(&op->agreement.seller_signature, k, op->agreement.seller, TAG_AGREEMENT, terms);
        sign(&op->agreement.buyer_signature, k, op->agreement.buyer, TAG_AGREEMENT, terms);
    }
    if (op->kind == OP_KEY_ROTATE)
        sign(&op->key_rotate.new_signature, k, number, TAG_ROTATE,
             decoded->key_rotate.signed_bytes);
}

/* Who says operations of this kind: a slot, or 0 and a key. */
static inline struct envelope envelope_for(const struct kit *k, struct op *op, uint32_t *number)
{
    struct envelope e = {
        .nonce = 1, .expires_height = ledger_height(k->l) + 1, .ops = op, .op_count = 1};
    const bool is_treasury = op->kind == OP_DEPOSIT || op->kind == OP_CREDIT_LIMIT;
    enum tag tag;
    *number = 1;
    if (op->kind == OP_JOIN_REQUEST)
        *number = JOINER;
    else if (is_treasury)
        *number = TREASURY;
    else if (seal_of(op, &tag))
        *number = AUTHORITY;
    e.slot = *number == 1;
    if (!e.slot)
        e.key = public_of(*number);
    return e;
}

static inline void say_proven(struct said *s, const struct kit *k, struct op *op)
{
    uint32_t number;
    const struct envelope e = envelope_for(k, op, &number);
    say(s, k, &e, number);
    struct op first = s->e.ops[0];
    prove(op, &first, k, 60);
    say(s, k, &e, number);
}

/* The operation as it is now, whatever its inner parts say, in a signed envelope. */
static inline void say_spoiled(struct said *s, const struct kit *k, struct op *op)
{
    uint32_t number;
    const struct envelope e = envelope_for(k, op, &number);
    say(s, k, &e, number);
}

static inline struct door_verdict judged(const struct kit *k, const struct said *s)
{
    static uint8_t evidence_memory[ENVELOPE_ARENA_BYTES];
    struct door_verdict verdict;
    struct arena arena;
    arena_init(&arena, evidence_memory, sizeof evidence_memory);
    claims_judge(&verdict, room, k->l, &s->e, &arena);
    assert_int_equal(arena_mark(&arena), 0);
    return verdict;
}

static inline bool holds(const struct kit *k, const struct said *s)
{
    const struct door_verdict v = judged(k, s);
    assert_true(v.is_signed);
    return v.ops_proven & 1;
}

#endif
