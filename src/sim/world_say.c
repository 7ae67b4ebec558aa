/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/world_inner.h"

#include "crypto/hash.h"

#include <string.h>

enum {
    OP_BYTES = WIRE_EVIDENCE_BYTES_MAX,
    OP_FRAME = 4,        /* tag and length of an op in its envelope */
    ENVELOPE_FRAME = 160 /* signer, nonce, expiry, signature and their frames */
};

/* ---- signatures ------------------------------------------------------------------------------ */

/* What stands in for a signature where WORLD_HASHED: whoever changes a byte is found out. */
static void stand_in(struct signature *out, const struct pubkey *key, const uint8_t *prefix,
                     struct span message)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, (struct span){key->bytes, PUBKEY_BYTES});
    hash_update(&ctx, (struct span){prefix, SIGN_PREFIX_BYTES});
    hash_update(&ctx, message);
    const struct hash h = hash_final(&ctx);
    memcpy(out->bytes, h.bytes, HASH_BYTES);
    memcpy(out->bytes + HASH_BYTES, h.bytes, HASH_BYTES);
}

void world_sign(const struct world *w, struct signature *out, const struct world_key *key,
                enum tag tag, struct span message)
{
    uint8_t bytes[SIGN_PREFIX_BYTES + WIRE_EVIDENCE_BYTES_MAX];
    world_insist(w, message.len <= WIRE_EVIDENCE_BYTES_MAX, "too long to be signed");
    if (w->options.crypto == WORLD_TOLD) {
        memset(out, 1, sizeof *out);
        return;
    }
    sign_prefix(bytes, tag_get(tag), &w->chain);
    if (w->options.crypto == WORLD_HASHED) {
        stand_in(out, &key->key, bytes, message);
        return;
    }
    memcpy(bytes + SIGN_PREFIX_BYTES, message.at, message.len);
    sign_make(out, &key->sign, (struct span){bytes, SIGN_PREFIX_BYTES + message.len});
}

bool world_claim_holds(const struct world *w, const struct claim *claim)
{
    struct signature signature;
    uint8_t prefix[SIGN_PREFIX_BYTES];
    if (w->options.crypto == WORLD_MADE && claim->kind == CLAIM_SIGNATURE)
        return true;
    if (w->options.crypto != WORLD_HASHED || claim->kind != CLAIM_SIGNATURE)
        return claim_check(claim, &w->chain);
    sign_prefix(prefix, &claim->tag, &w->chain);
    stand_in(&signature, &claim->key, prefix, claim->message);
    return memcmp(signature.bytes, claim->signature.bytes, SIGNATURE_BYTES) == 0;
}

/* ---- operations ------------------------------------------------------------------------------ */

/* As it comes out of its own bytes: lists are owned, signed bytes are there. */
static size_t copy_op(struct world *w, struct op *out, const struct op *op)
{
    struct codec c;
    struct op given = *op;
    uint8_t *bytes = arena_take_raw(&w->ops, OP_BYTES, 1, 8);
    world_insist(w, bytes, "too much is said in a block");
    codec_init_write(&c, "Op", bytes, OP_BYTES);
    op_fields(&c, &given);
    const struct span written = {bytes, (size_t)(c.out - bytes)};
    arena_reset(&w->ops, (size_t)(c.out - w->ops.memory));
    memset(out, 0, sizeof *out);
    codec_init_read(&c, "Op", written, &w->ops);
    op_fields(&c, out);
    world_insist(w, codec_end_read(&c).verdict == WIRE_OK, "an operation cannot be read again");
    return written.len;
}

static struct authority_seal *seal_of(struct op *op, enum tag *tag)
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
    case OP_DEPOSIT:
        *tag = TAG_DEPOSIT;
        return &op->deposit.seal;
    default:
        *tag = TAG_PARAMETER;
        return &op->parameter_change.seal;
    }
}

/* The first keys sign, as many as are needed. */
void world_seal(struct world *w, struct op *op)
{
    enum tag tag;
    struct op copy;
    struct authority_seal *seal = seal_of(op, &tag);
    if (!seal->parts) {
        seal->parts = arena_take(&w->ops, WORLD_THRESHOLD, sizeof *seal->parts, 8);
        world_insist(w, seal->parts, "too much is said in a block");
    }
    seal->part_count = WORLD_THRESHOLD;
    for (uint32_t i = 0; i < WORLD_THRESHOLD; i++)
        seal->parts[i].key = i;
    copy_op(w, &copy, op);
    seal->signed_bytes = seal_of(&copy, &tag)->signed_bytes;
    for (uint32_t i = 0; i < WORLD_THRESHOLD; i++)
        world_sign(w, &seal->parts[i].signature, &w->authority[i], tag, seal->signed_bytes);
}

static struct world_key key_of(const struct world *w, uint32_t who)
{
    if (who == WORLD_TREASURY)
        return w->treasury;
    if (who == WORLD_AUTHORITY)
        return w->authority[0];
    const struct home *home = &w->homes[who];
    return (struct world_key){.sign = home->sign, .key = home->keys.sign, .nonce = home->nonce};
}

void world_sign_agreement(struct world *w, struct op *op, uint32_t seller, uint32_t buyer)
{
    struct op copy;
    const struct world_key of_seller = key_of(w, seller), of_buyer = key_of(w, buyer);
    copy_op(w, &copy, op);
    const struct span terms = copy.agreement.signed_bytes;
    world_sign(w, &op->agreement.seller_signature, &of_seller, TAG_AGREEMENT, terms);
    world_sign(w, &op->agreement.buyer_signature, &of_buyer, TAG_AGREEMENT, terms);
}

void world_sign_rotate_as(struct world *w, struct op *op, uint32_t home)
{
    struct op copy;
    struct member_keys keys;
    struct world_key next;
    struct seed vrf;
    world_keys(w, home, w->homes[home].generation + 1, &next.sign, &vrf, &keys);
    next.key = keys.sign;
    copy_op(w, &copy, op);
    world_sign(w, &op->key_rotate.new_signature, &next, TAG_ROTATE, copy.key_rotate.signed_bytes);
}

void world_sign_rotate(struct world *w, struct op *op, uint32_t home)
{
    struct member_keys keys;
    struct sign_key sign;
    struct seed vrf;
    world_keys(w, home, w->homes[home].generation + 1, &sign, &vrf, &keys);
    *op = (struct op){.kind = OP_KEY_ROTATE,
                      .key_rotate = {.slot = w->homes[home].slot,
                                     .sign_key = keys.sign,
                                     .vrf_key = keys.vrf,
                                     .seal_key = keys.seal}};
    world_sign_rotate_as(w, op, home);
}

static uint32_t *said_last_of(struct world *w, uint32_t who)
{
    if (who == WORLD_TREASURY)
        return &w->treasury.said_last;
    return who == WORLD_AUTHORITY ? &w->authority[0].said_last : &w->homes[who].said_last;
}

uint32_t world_say(struct world *w, uint32_t who, const struct op *op)
{
    world_insist(w, w->said_count < WORLD_SAID_MAX, "too much is said in a block");
    struct world_said *said = &w->said[w->said_count++];
    uint32_t *last = said_last_of(w, who);
    *said = (struct world_said){.who = who};
    said->len = copy_op(w, &said->op, op);
    if (*last > 0 && *last < w->said_count && w->said[*last - 1].who == who)
        w->said[*last - 1].next = w->said_count;
    *last = w->said_count;
    return w->said_count - 1;
}

void world_forget_said(struct world *w)
{
    for (uint32_t i = 0; i < w->said_count; i++)
        *said_last_of(w, w->said[i].who) = 0; /* of raw envelopes: home 0, nobody */
    w->said_count = 0;
    arena_reset(&w->ops, 0);
}

uint32_t world_say_bytes(struct world *w, struct span envelope)
{
    uint8_t *bytes = arena_take_raw(&w->ops, envelope.len, 1, 8);
    world_insist(w, bytes && w->said_count < WORLD_SAID_MAX, "too much is said in a block");
    memcpy(bytes, envelope.at, envelope.len);
    w->said[w->said_count] = (struct world_said){.raw = {bytes, envelope.len}};
    return w->said_count++;
}

/* ---- envelopes ------------------------------------------------------------------------------- */

static uint64_t *nonce_of(struct world *w, uint32_t who)
{
    if (who == WORLD_TREASURY)
        return &w->treasury.nonce;
    return who == WORLD_AUTHORITY ? &w->authority[0].nonce : &w->homes[who].nonce;
}

/* Sign and encode into @arena. */
static struct span seal_envelope(struct world *w, struct arena *arena, uint32_t who,
                                 struct envelope *e)
{
    struct signature signature;
    const struct world_key key = key_of(w, who);
    const bool by_key = who == WORLD_TREASURY || who == WORLD_AUTHORITY || !w->homes[who].slot;
    e->slot = by_key ? 0 : w->homes[who].slot;
    if (by_key)
        e->key = key.key;
    uint8_t *body = arena_take_raw(&w->decode, WIRE_EVIDENCE_BYTES_MAX, 1, 8);
    uint8_t *out = arena_take_raw(arena, WIRE_EVIDENCE_BYTES_MAX + ENVELOPE_FRAME, 1, 8);
    world_insist(w, body && out, "no room for an envelope");
    const struct span bytes = {body, envelope_encode_body(body, e)};
    world_sign(w, &signature, &key, TAG_ENVELOPE, bytes);
    const size_t len =
        envelope_encode(out, WIRE_EVIDENCE_BYTES_MAX + ENVELOPE_FRAME, bytes, &signature);
    arena_reset(&w->decode, (size_t)(body - w->decode.memory));
    arena_reset(arena, (size_t)(out - arena->memory) + len);
    return (struct span){out, len};
}

static struct envelope next_envelope(struct world *w, uint32_t who, struct op *ops, uint32_t count)
{
    return (struct envelope){.nonce = (*nonce_of(w, who))++,
                             .expires_height =
                                 w->height + 1 + w->genesis.windows.ttl_max_blocks / 2,
                             .ops = ops,
                             .op_count = count};
}

struct span world_envelope_with(struct world *w, uint32_t who, const struct op *ops, uint32_t count,
                                uint64_t nonce, uint64_t expires_height)
{
    struct op copies[WIRE_OPS_MAX];
    struct envelope e = {
        .nonce = nonce, .expires_height = expires_height, .ops = copies, .op_count = count};
    for (uint32_t i = 0; i < count; i++)
        copies[i] = ops[i];
    return seal_envelope(w, &w->ops, who, &e);
}

struct span world_envelope(struct world *w, uint32_t who, const struct op *ops, uint32_t count)
{
    const struct envelope e = next_envelope(w, who, NULL, count);
    return world_envelope_with(w, who, ops, count, e.nonce, e.expires_height);
}

/* A request of a joiner and an evidence go alone. */
static bool goes_alone(enum op_kind kind)
{
    return kind == OP_JOIN_REQUEST || kind == OP_MEMBER_EVIDENCE;
}

/* The longest run of what @first's signer says in order that fits one envelope. Its ops are taken
 * out of the queue by their envelope number. */
static uint32_t gather(struct world *w, uint32_t first, uint32_t envelope, struct op *out)
{
    const uint32_t who = w->said[first].who;
    const bool alone = goes_alone(w->said[first].op.kind);
    size_t len = ENVELOPE_FRAME;
    uint32_t count = 0;
    for (uint32_t at = first + 1; at > 0; at = w->said[at - 1].next) {
        struct world_said *said = &w->said[at - 1];
        if (said->raw.len > 0 || said->envelope > 0 || said->who != who)
            continue;
        len += said->len + OP_FRAME;
        const bool fits = count < WIRE_OPS_MAX && len <= WIRE_ENVELOPE_BYTES_MAX;
        if (count > 0 && (alone || goes_alone(said->op.kind) || !fits))
            break;
        said->envelope = envelope + 1;
        said->place = count;
        out[count++] = said->op;
    }
    return count;
}

/* Swap envelopes, and what points to them, as the number says. */
static void shuffle(struct world *w, struct span *out, uint32_t count)
{
    uint32_t *place = arena_take(&w->block, count + 1, sizeof *place, 8);
    uint32_t *now = arena_take(&w->block, count + 1, sizeof *now, 8);
    world_insist(w, place && now, "no room for an order");
    for (uint32_t i = 0; i < count; i++)
        place[i] = i;
    for (uint32_t i = 0; i + 1 < count; i++) {
        const struct hash drawn = world_hash(w, "shuffle", w->shuffle, i);
        const uint32_t other = i + (uint32_t)(drawn.bytes[0] << 8 | drawn.bytes[1]) % (count - i);
        const struct span span = out[i];
        const uint32_t was = place[i];
        out[i] = out[other];
        out[other] = span;
        place[i] = place[other];
        place[other] = was;
    }
    for (uint32_t i = 0; i < count; i++)
        now[place[i]] = i;
    for (uint32_t i = 0; i < w->said_count; i++)
        w->said[i].envelope = now[w->said[i].envelope - 1] + 1;
    w->shuffle = 0;
}

uint32_t world_pack(struct world *w, struct span *out, uint32_t max)
{
    struct op ops[WIRE_OPS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->said_count; i++) {
        struct world_said *said = &w->said[i];
        if (said->envelope > 0)
            continue;
        world_insist(w, count < max, "too many envelopes in a block");
        if (said->raw.len > 0) {
            out[count++] = said->raw;
            said->envelope = count;
            continue;
        }
        const uint32_t op_count = gather(w, i, count, ops);
        struct envelope e = next_envelope(w, said->who, ops, op_count);
        out[count++] = seal_envelope(w, &w->block, said->who, &e);
    }
    if (w->shuffle > 0)
        shuffle(w, out, count);
    return count;
}

enum err world_code(const struct world *w, uint32_t ticket)
{
    world_insist(w, ticket < w->answered_count, "nobody has said that");
    const struct world_said *said = &w->said[ticket];
    return (enum err)w->codes[w->last.first_code[said->envelope - 1] + said->place];
}
