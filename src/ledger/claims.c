/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/claims.h"

#include "crypto/multisig.h"
#include "crypto/sign.h"
#include "crypto/vrf.h"
#include "ledger/state.h"
#include "wire/tags.h"

#include <assert.h>
#include <string.h>

struct collector {
    struct claim *out;
    uint32_t count, op;
    const struct ledger *l;
    struct arena *arena;
};

static struct claim *add(struct collector *c, enum claim_kind kind)
{
    assert(c->count < CLAIMS_MAX);
    struct claim *claim = &c->out[c->count++];
    memset(claim, 0, sizeof *claim);
    claim->kind = kind;
    claim->op = c->op;
    return claim;
}

static struct claim *add_signature(struct collector *c, enum tag tag, const struct pubkey *key,
                                   struct span message, const struct signature *signature)
{
    struct claim *claim = add(c, CLAIM_SIGNATURE);
    claim->tag = *tag_get(tag);
    claim->key = *key;
    claim->message = message;
    claim->signature = *signature;
    return claim;
}

/* t of n (RULE join.1): enough parts of keys that are there; the wire has seen to their order. */
static void add_seal(struct collector *c, enum tag tag, const struct authority_seal *seal)
{
    const struct genesis_authority *authority = &c->l->params->authority;
    if (seal->part_count < authority->threshold) {
        add(c, CLAIM_FALSE);
        return;
    }
    for (uint32_t i = 0; i < seal->part_count; i++) {
        const uint32_t key = seal->parts[i].key;
        if (key < authority->key_count)
            add_signature(c, tag, &authority->keys[key].key, seal->signed_bytes,
                          &seal->parts[i].signature);
        else
            add(c, CLAIM_FALSE);
    }
}

static const struct pubkey *key_of(const struct ledger *l, uint32_t slot)
{
    const struct member *m = member_find(l, slot);
    return m ? &member_keys_next(m)->sign : NULL;
}

static void add_agreement(struct collector *c, const struct agreement *op)
{
    const struct pubkey *seller = key_of(c->l, op->seller), *buyer = key_of(c->l, op->buyer);
    if (!seller || !buyer) {
        add(c, CLAIM_FALSE);
        return;
    }
    add_signature(c, TAG_AGREEMENT, seller, op->signed_bytes, &op->seller_signature);
    add_signature(c, TAG_AGREEMENT, buyer, op->signed_bytes, &op->buyer_signature);
}

/* Whoever has no seat, or names another epoch or a slot that is over, is refused for that; there
 * is nothing to prove. */
static void add_reveal(struct collector *c, uint32_t slot, const struct beacon_reveal *op)
{
    const struct beacon *beacon = &c->l->head->beacon;
    const struct pubkey *vrf;
    uint64_t epoch;
    const struct leader_seats *v = epoch_next_v(c->l, &vrf, &epoch);
    const uint32_t seat = leader_seat(v, slot);
    const bool is_over = op->slot + beacon->times.grace < beacon->block.slot;
    if (seat == LEADER_SEATS_MAX || op->epoch != epoch || is_over)
        return;
    struct claim *claim = add(c, CLAIM_VRF);
    claim->key = vrf[seat];
    claim->proof = op->proof;
    beacon_input(claim->input, beacon, op->slot);
}

/* RULE evid.1: both by the present key, or both by the one before if that held while the envelopes
 * could come in. */
static void add_evidence(struct collector *c, const struct member_evidence *op)
{
    const struct span parts[] = {op->first, op->second};
    const uint64_t ttl = c->l->params->windows.ttl_max_blocks;
    const size_t mark = arena_mark(c->arena);
    struct envelope e[2];
    const struct member *m = NULL;
    bool is_good = true, is_old = true;
    for (uint32_t i = 0; i < 2 && is_good; i++) {
        const struct wire_fault fault = envelope_decode(&e[i], parts[i], c->arena);
        arena_reset(c->arena, mark); /* body and signature borrow from the input */
        m = fault.verdict == WIRE_OK ? member_find(c->l, e[i].slot) : NULL;
        is_good = m && e[i].slot == e[0].slot;
        is_old = is_good && is_old && m->old_sign_until > 0 &&
                 m->old_sign_until + ttl > e[i].expires_height;
    }
    if (!is_good) {
        add(c, CLAIM_FALSE);
        return;
    }
    for (uint32_t i = 0; i < 2; i++)
        add_signature(c, TAG_ENVELOPE, &m->keys.sign, e[i].body, &e[i].signature);
    for (uint32_t i = 0; i < 2 && is_old; i++)
        add_signature(c, TAG_ENVELOPE, &m->old_sign, e[i].body, &e[i].signature)->is_alternative =
            true;
}

static void add_op(struct collector *c, const struct envelope *e, const struct op *op)
{
    switch ((int)op->kind) {
    case OP_JOIN_REQUEST:
        add_seal(c, TAG_VOUCHER, &op->join_request.seal);
        break;
    case OP_CERT_ISSUED:
        add_seal(c, TAG_ISSUED, &op->cert_issued.seal);
        break;
    case OP_CERT_REVOKED:
        add_seal(c, TAG_REVOKED, &op->cert_revoked.seal);
        break;
    case OP_AUTHORITY_ADMIT:
        add_seal(c, TAG_ADMIT, &op->authority_admit.seal);
        break;
    case OP_PARAMETER_CHANGE:
        add_seal(c, TAG_PARAMETER, &op->parameter_change.seal);
        break;
    case OP_DEPOSIT:
        if (op->deposit.sequence > 0)
            add_seal(c, TAG_DEPOSIT, &op->deposit.seal);
        break;
    case OP_AGREEMENT:
        add_agreement(c, &op->agreement);
        break;
    case OP_KEY_ROTATE:
        add_signature(c, TAG_ROTATE, &op->key_rotate.sign_key, op->key_rotate.signed_bytes,
                      &op->key_rotate.new_signature);
        break;
    case OP_BEACON_REVEAL:
        add_reveal(c, e->slot, &op->beacon_reveal);
        break;
    case OP_MEMBER_EVIDENCE:
        add_evidence(c, &op->member_evidence);
        break;
    default: /* the envelope's signature says it all */
        break;
    }
}

uint32_t claims_collect(struct claim *out, const struct ledger *before, const struct envelope *e,
                        struct arena *arena)
{
    struct collector c = {.out = out, .op = CLAIM_OF_ENVELOPE, .l = before, .arena = arena};
    const struct pubkey *key = e->slot > 0 ? key_of(before, e->slot) : &e->key;
    if (!key) {
        add(&c, CLAIM_FALSE);
        return c.count;
    }
    add_signature(&c, TAG_ENVELOPE, key, e->body, &e->signature);
    for (c.op = 0; c.op < e->op_count; c.op++)
        add_op(&c, e, &e->ops[c.op]);
    return c.count;
}

static uint32_t count_of(const struct op *op)
{
    switch ((int)op->kind) {
    case OP_JOIN_REQUEST:
        return op->join_request.seal.part_count;
    case OP_CERT_ISSUED:
        return op->cert_issued.seal.part_count;
    case OP_CERT_REVOKED:
        return op->cert_revoked.seal.part_count;
    case OP_AUTHORITY_ADMIT:
        return op->authority_admit.seal.part_count;
    case OP_PARAMETER_CHANGE:
        return op->parameter_change.seal.part_count;
    case OP_DEPOSIT:
        return op->deposit.seal.part_count;
    case OP_AGREEMENT:
        return 2;
    case OP_KEY_ROTATE:
    case OP_BEACON_REVEAL:
        return 1;
    case OP_MEMBER_EVIDENCE:
        return 4;
    default:
        return 0;
    }
}

uint32_t claims_count(const struct envelope *e)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < e->op_count; i++)
        count += count_of(&e->ops[i]);
    return count;
}

static bool check_signature(const struct claim *claim, const struct hash *chain)
{
    uint8_t bytes[SIGN_PREFIX_BYTES + WIRE_EVIDENCE_BYTES_MAX];
    if (claim->message.len > WIRE_EVIDENCE_BYTES_MAX)
        return false;
    sign_prefix(bytes, &claim->tag, chain);
    memcpy(bytes + SIGN_PREFIX_BYTES, claim->message.at, claim->message.len);
    return sign_check(&claim->key, (struct span){bytes, SIGN_PREFIX_BYTES + claim->message.len},
                      &claim->signature);
}

bool claim_check(const struct claim *claim, const struct hash *chain)
{
    struct vrf_output output;
    const struct span input = {claim->input, BEACON_INPUT_BYTES};
    switch (claim->kind) {
    case CLAIM_SIGNATURE:
        return check_signature(claim, chain);
    case CLAIM_VRF:
        return vrf_check(&output, &claim->key, input, &claim->proof) == VRF_OK;
    case CLAIM_FALSE:
        break;
    }
    return false;
}

/* Both halves of an evidence by the present key, or both by the one before. */
struct tally {
    bool holds, has_alternative, alternative_holds;
};

static bool op_is_proven(const struct claim *claims, const bool *verdicts, uint32_t count)
{
    struct tally t = {.holds = true, .alternative_holds = true};
    for (uint32_t i = 0; i < count && claims[i].op == claims[0].op; i++) {
        if (claims[i].is_alternative) {
            t.has_alternative = true;
            t.alternative_holds = t.alternative_holds && verdicts[i];
        } else if (claims[i].kind == CLAIM_FALSE) {
            return false;
        } else {
            t.holds = t.holds && verdicts[i];
        }
    }
    return t.holds || (t.has_alternative && t.alternative_holds);
}

void claims_reduce(struct door_verdict *out, const struct claim *claims, const bool *verdicts,
                   uint32_t count)
{
    assert(count > 0 && claims[0].op == CLAIM_OF_ENVELOPE);
    *out = (struct door_verdict){.is_signed = verdicts[0], .ops_proven = UINT64_MAX};
    for (uint32_t i = 1; i < count; i++) {
        const uint32_t op = claims[i].op;
        const bool is_first = claims[i - 1].op != op;
        if (is_first && !op_is_proven(claims + i, verdicts + i, count - i))
            out->ops_proven &= ~(UINT64_C(1) << op);
    }
}

void claims_judge(struct door_verdict *out, struct claim *room, const struct ledger *before,
                  const struct envelope *e, struct arena *arena)
{
    bool verdicts[CLAIMS_MAX];
    const uint32_t count = claims_collect(room, before, e, arena);
    for (uint32_t i = 0; i < count; i++)
        verdicts[i] = claim_check(&room[i], &before->chain);
    claims_reduce(out, room, verdicts, count);
}

bool claims_founder_is_proven(const struct genesis *genesis, const struct genesis_founder *founder)
{
    const struct hash chain = hash_bytes(genesis->community.chain_id);
    const struct authority_seal *seal = &founder->seal;
    bool holds = seal->part_count >= genesis->authority.threshold;
    for (uint32_t i = 0; holds && i < seal->part_count; i++) {
        const struct signature_part *part = &seal->parts[i];
        holds = part->key < genesis->authority.key_count;
        if (!holds)
            break;
        const struct claim claim = {.kind = CLAIM_SIGNATURE,
                                    .tag = *tag_get(TAG_VOUCHER),
                                    .key = genesis->authority.keys[part->key].key,
                                    .message = seal->signed_bytes,
                                    .signature = part->signature};
        holds = claim_check(&claim, &chain);
    }
    return holds;
}
