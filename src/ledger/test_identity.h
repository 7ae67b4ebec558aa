/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/test_identity.h - a small community whose blocks go through ledger_apply with forged
 * proofs: what the door would check elsewhere is taken as checked. Only tests include this file.
 *
 * Every block is applied, undone and applied again, and what is derived from its rows is found
 * again from them: the same app hash, codes and indexes each time. */
#ifndef PEERWATT_LEDGER_TEST_IDENTITY_H
#define PEERWATT_LEDGER_TEST_IDENTITY_H

#include "tests/cmocka_all.h"

#include "core/test_params_sound.h"
#include "crypto/hash.h"
#include "ledger/join.h"
#include "ledger/member_index.h"
#include "ledger/state.h"
#include "wire/envelope.h"

#include <stdlib.h>

enum { KIT_SAID_MAX = 32, KIT_CODES = 64, KIT_TAU_MS = 5000, KIT_BLOCK_MS = 1000 };

struct kit {
    struct sound sound;
    void *memory;
    struct ledger *l;
    uint64_t t_ms, sequence;
    uint64_t nonces[128]; /* by slot; 0: the authority */
    struct span said[KIT_SAID_MAX];
    uint32_t said_count;
    uint64_t unsigned_at, unproven_at; /* bits: of what is said in the next block */
    uint8_t bytes[1 << 18];
    size_t used;
    uint16_t codes[KIT_CODES];
};

static inline struct pubkey kit_key(uint32_t number, uint8_t role)
{
    struct pubkey key = {{role, (uint8_t)number, (uint8_t)(number >> 8), 0xaa}};
    return key;
}

static inline struct hash kit_hash(uint32_t number, uint8_t what)
{
    struct hash h = {{what, (uint8_t)number, (uint8_t)(number >> 8), 0xbb}};
    return h;
}

/* Numbers tell keys, household and nullifier apart. */
static inline struct voucher kit_voucher(const struct kit *k, uint32_t number)
{
    return (struct voucher){.sign_key = kit_key(number, 1),
                            .vrf_key = kit_key(number, 2),
                            .seal_key = kit_key(number, 3),
                            .feeder = 1 + number % 2,
                            .household = kit_hash(number, 1),
                            .nullifier = kit_hash(number, 2),
                            .max_export_wh = 1000,
                            .max_import_wh = 2000,
                            .payout = kit_hash(number, 3),
                            .identity_commitment = kit_hash(number, 4),
                            .expires_ms = k->sound.g.times.t0_ms + 1000000000};
}

/* Parameters that a test wants otherwise are set between the two. */
static inline void kit_init(struct kit *k, uint32_t founders)
{
    memset(k, 0, sizeof *k);
    sound_init(&k->sound);
    struct genesis *g = &k->sound.g;
    g->limits.members_max = 64;
    g->limits.contracts_open_max = 64;
    g->market.book_max_orders = 64;
    g->identity.joins_pending_max = 16;
    g->founder_count = founders;
    for (uint32_t i = 0; i < founders; i++) {
        g->founders[i].voucher = kit_voucher(k, i + 1);
        g->founders[i].volunteer = true;
    }
    k->t_ms = g->times.t0_ms;
}

static inline void kit_start(struct kit *k)
{
    struct params_complaint complaint = {.code = ERR_OK};
    const struct hash genesis = kit_hash(0, 9);
    assert_int_equal(params_check(&k->sound.g, &complaint), ERR_OK);
    const size_t size = (ledger_size(&k->sound.g) + 63) / 64 * 64;
    k->memory = aligned_alloc(64, size);
    k->l = ledger_init(k->memory, size, &k->sound.g, &genesis);
}

static inline void kit_stop(struct kit *k)
{
    free(k->memory);
    free(k);
}

static inline struct span kit_keep(struct kit *k, const struct envelope *e)
{
    static uint8_t body[WIRE_EVIDENCE_BYTES_MAX];
    const struct signature signature = {{1}};
    const size_t len = envelope_encode_body(body, e);
    uint8_t *at = k->bytes + k->used;
    const size_t whole =
        envelope_encode(at, sizeof k->bytes - k->used, (struct span){body, len}, &signature);
    k->used += whole;
    return (struct span){at, whole};
}

static inline struct envelope kit_envelope(struct kit *k, uint32_t slot, struct op *op)
{
    struct envelope e = {
        .slot = slot, .expires_height = ledger_height(k->l) + 1, .ops = op, .op_count = 1};
    if (op->kind == OP_JOIN_REQUEST)
        e.key = op->join_request.voucher.sign_key;
    else if (slot == 0)
        e.key = k->sound.keys[0].key;
    e.nonce = op->kind == OP_JOIN_REQUEST ? 1 : ++k->nonces[slot];
    return e;
}

/* For the next block; @slot 0: the authority, or the joining key. */
static inline void kit_say(struct kit *k, uint32_t slot, struct op op)
{
    const struct envelope e = kit_envelope(k, slot, &op);
    assert_true(k->said_count < KIT_SAID_MAX);
    k->said[k->said_count++] = kit_keep(k, &e);
}

/* For the next block, by whoever has the key. */
static inline void kit_say_by(struct kit *k, const struct pubkey *key, struct op op)
{
    struct envelope e = kit_envelope(k, 0, &op);
    e.key = *key;
    assert_true(k->said_count < KIT_SAID_MAX);
    k->said[k->said_count++] = kit_keep(k, &e);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static inline struct hash kit_apply(struct kit *k, const struct block *block, uint16_t *codes)
{
    struct door_verdict verdicts[KIT_SAID_MAX];
    uint32_t ends[1];
    for (uint32_t i = 0; i < KIT_SAID_MAX; i++)
        verdicts[i] = (struct door_verdict){.is_signed = !(k->unsigned_at >> i & 1),
                                            .ops_proven = k->unproven_at >> i & 1 ? 0 : UINT64_MAX};
    const struct ledger_block b = {block, verdicts, k->said_count};
    struct ledger_results results = {.codes = codes, .code_max = KIT_CODES, .bundle_ends = ends};
    ledger_apply(k->l, &b, &results);
    assert_int_equal(results.code_count, k->said_count);
    assert_true(ledger_is_conserved(k->l));
    return results.app_hash;
}

/* What stands in the arrays that are derived. */
static inline struct hash kit_derived(const struct ledger *l)
{
    const struct member_index *m = &l->index.members;
    const struct join_index *j = &l->index.joins;
    const size_t slots = (size_t)l->head->member_count + 1, feeders = l->sizes.feeders + 1;
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, (struct span){m->seats, slots});
    hash_update(&ctx, (struct span){(const void *)(m->next_at_home + 1), (slots - 1) * 4});
    hash_update(&ctx, (struct span){(const void *)m->volunteers, (slots + 63) / 64 * 8});
    hash_update(&ctx, (struct span){(const void *)m->feeder_live, feeders * 4});
    hash_update(&ctx, (struct span){(const void *)&m->to_bind_count, 4});
    hash_update(&ctx, (struct span){(const void *)&m->nullifiers.map.used, 4});
    hash_update(&ctx, (struct span){(const void *)&m->keys.map.used, 4});
    hash_update(&ctx, (struct span){(const void *)&m->households.map.used, 4});
    hash_update(&ctx, (struct span){(const void *)j->due_ms, (size_t)l->sizes.joins * 8});
    hash_update(&ctx, (struct span){(const void *)j->lapse_ms, (size_t)l->sizes.joins * 8});
    hash_update(&ctx, (struct span){(const void *)j->erase_ms, (size_t)l->sizes.joins * 8});
    hash_update(&ctx, (struct span){(const void *)j->feeder_asks, feeders * 4});
    hash_update(&ctx, (struct span){(const void *)&j->open_count, 4});
    hash_update(&ctx, (struct span){(const void *)&j->places.count, 4});
    return hash_final(&ctx);
}

static inline void kit_assert_same(struct hash a, struct hash b)
{
    assert_memory_equal(a.bytes, b.bytes, HASH_BYTES);
}

/* One block with all that was said, @ms after the last one. */
static inline void kit_block(struct kit *k, uint64_t ms)
{
    static uint8_t bundle_bytes[WIRE_BUNDLE_BYTES_MAX];
    const struct bundle bundle = {k->said, k->said_count};
    uint16_t again[KIT_CODES] = {0};
    struct span bundles[1] = {{bundle_bytes, 0}};
    if (k->said_count > 0)
        bundles[0].len = bundle_encode(bundle_bytes, &bundle);
    k->t_ms += ms;
    const struct block block = {.height = ledger_height(k->l) + 1,
                                .time_ms = k->t_ms,
                                .hash = kit_hash((uint32_t)ledger_height(k->l) + 1, 8),
                                .bundles = bundles,
                                .bundle_count = k->said_count > 0};
    const struct hash before = ledger_app_hash(k->l), derived_before = kit_derived(k->l);
    const struct hash first = kit_apply(k, &block, k->codes);
    ledger_undo(k->l);
    kit_assert_same(before, ledger_app_hash(k->l));
    kit_assert_same(derived_before, kit_derived(k->l));
    kit_assert_same(first, kit_apply(k, &block, again));
    assert_memory_equal(k->codes, again, k->said_count * sizeof again[0]);
    const struct hash derived = kit_derived(k->l);
    state_rebuild(k->l);
    kit_assert_same(derived, kit_derived(k->l));
    k->said_count = 0;
    k->unsigned_at = k->unproven_at = 0;
    k->used = 0;
}

static inline void kit_blocks(struct kit *k, uint32_t count, uint64_t ms)
{
    for (uint32_t i = 0; i < count; i++)
        kit_block(k, ms);
}

/* A block with one op; its code. */
static inline enum err kit_one(struct kit *k, uint32_t slot, struct op op)
{
    kit_say(k, slot, op);
    kit_block(k, KIT_BLOCK_MS);
    return (enum err)k->codes[0];
}

static inline enum err kit_treasury(struct kit *k, struct op op)
{
    kit_say_by(k, &k->sound.g.treasury, op);
    kit_block(k, KIT_BLOCK_MS);
    return (enum err)k->codes[0];
}

/* ---- operations ------------------------------------------------------------------------------ */

static inline struct authority_seal kit_seal(struct kit *k)
{
    return (struct authority_seal){.parts = k->sound.parts, .part_count = 1};
}

static inline struct op kit_join(struct kit *k, const struct voucher *v)
{
    return (struct op){.kind = OP_JOIN_REQUEST,
                       .join_request = {.voucher = *v,
                                        .seal = kit_seal(k),
                                        .csr = kit_hash(v->sign_key.bytes[1], 5)}};
}

static inline struct op kit_admit(struct kit *k, uint64_t request)
{
    return (struct op){
        .kind = OP_AUTHORITY_ADMIT,
        .authority_admit = {.sequence = ++k->sequence, .request = request, .seal = kit_seal(k)}};
}

/* @number: of the voucher, whose CSR is named. */
static inline struct op kit_issue(struct kit *k, uint64_t request, uint32_t number)
{
    return (struct op){.kind = OP_CERT_ISSUED,
                       .cert_issued = {.sequence = ++k->sequence,
                                       .request = request,
                                       .certificate = kit_hash(number, 6),
                                       .csr = kit_hash(number, 5),
                                       .expires_ms = k->t_ms + 1000000,
                                       .seal = kit_seal(k)}};
}

static inline struct op kit_revoke(struct kit *k, uint32_t member)
{
    return (struct op){
        .kind = OP_CERT_REVOKED,
        .cert_revoked = {.sequence = ++k->sequence, .member = member, .seal = kit_seal(k)}};
}

static inline struct op kit_rotate(uint32_t slot, uint32_t number)
{
    return (struct op){.kind = OP_KEY_ROTATE,
                       .key_rotate = {.slot = slot,
                                      .sign_key = kit_key(number, 1),
                                      .vrf_key = kit_key(number, 2),
                                      .seal_key = kit_key(number, 3)}};
}

static inline struct op kit_op(enum op_kind kind)
{
    return (struct op){.kind = kind};
}

/* A ballot of requests at positions 0 to 7. */
static inline struct op kit_ballot(uint64_t slot, const uint8_t *voted, const uint8_t *agree)
{
    return (struct op){.kind = OP_BALLOT,
                       .ballot = {.stage = STAGE_VERIFICATION,
                                  .subject = slot,
                                  .voted = {voted, 1},
                                  .agree = {agree, 1}}};
}

/* ---- looking --------------------------------------------------------------------------------- */

/* A founder's voucher joins and is admitted by the authority, where there is no V: its slot. */
static inline uint32_t kit_enrol(struct kit *k, const struct voucher *v)
{
    const struct op join = kit_join(k, v);
    assert_int_equal(kit_one(k, 0, join), ERR_OK);
    const uint64_t request = k->l->head->request_last;
    assert_int_equal(kit_one(k, 0, kit_admit(k, request)), ERR_OK);
    assert_int_equal(kit_one(k, 0, kit_issue(k, request, v->sign_key.bytes[1])), ERR_OK);
    return member_count(k->l);
}

/* Until V has been drawn and a slot has just begun. */
static inline void kit_to_v(struct kit *k)
{
    while (k->l->head->epoch.v.count == 0 || k->l->head->epoch.is_drawing)
        kit_block(k, KIT_TAU_MS);
}

#endif
