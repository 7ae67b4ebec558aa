/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/world_inner.h"

#include "crypto/hash.h"
#include "ledger/state.h"
#include "ledger/walk.h"
#include "sim/rerun.h"
#include "wire/block.h"

#include <stdio.h>
#include <string.h>

/* A block as it stands on disk, and what is needed to apply it. */
struct decided {
    struct block block;
    struct ledger_block ledger;
};

static struct span *bundle_all(struct world *w, const struct span *envelopes, uint32_t count,
                               uint32_t *bundle_count)
{
    const uint32_t bundles = (count + WORLD_BUNDLE - 1) / WORLD_BUNDLE;
    struct span *out = arena_take(&w->block, bundles + 1, sizeof *out, 8);
    world_insist(w, out, "no room for bundles");
    for (uint32_t i = 0; i < bundles; i++) {
        const uint32_t first = i * WORLD_BUNDLE;
        const uint32_t left = count - first;
        struct bundle bundle = {.envelopes =
                                    arena_take(&w->block, WORLD_BUNDLE, sizeof(struct span), 8),
                                .envelope_count = left < WORLD_BUNDLE ? left : WORLD_BUNDLE};
        uint8_t *bytes = arena_take_raw(&w->block, WIRE_BUNDLE_BYTES_MAX, 1, 8);
        world_insist(w, bundle.envelopes && bytes, "no room for a bundle");
        memcpy(bundle.envelopes, envelopes + first,
               bundle.envelope_count * sizeof *bundle.envelopes);
        out[i] = (struct span){bytes, bundle_encode(bytes, &bundle)};
        arena_reset(&w->block, (size_t)(bytes - w->block.memory) + out[i].len);
    }
    *bundle_count = bundles;
    return out;
}

/* Signatures are not in it: both kinds of cryptography give the same chain. */
static struct hash hash_of_block(const struct world *w, const struct block *b)
{
    struct hash_ctx ctx;
    const struct hash own = world_hash(w, "block", b->height, b->time_ms);
    hash_init(&ctx);
    hash_update(&ctx, (struct span){own.bytes, HASH_BYTES});
    hash_update(&ctx, (struct span){w->block_hash.bytes, HASH_BYTES});
    return hash_final(&ctx);
}

static struct span encode(struct world *w, uint64_t dt_ms)
{
    struct span *envelopes = arena_take_raw(&w->block, WORLD_SAID_MAX, sizeof *envelopes, 8);
    world_insist(w, envelopes, "no room for envelopes");
    const uint32_t count = world_pack(w, envelopes, WORLD_SAID_MAX);
    struct block block = {.height = w->height + 1, .time_ms = w->t_ms + dt_ms};
    block.bundles = bundle_all(w, envelopes, count, &block.bundle_count);
    block.hash = hash_of_block(w, &block);
    uint8_t *bytes = arena_take_raw(&w->block, WIRE_BLOCK_BYTES_MAX, 1, 8);
    world_insist(w, bytes, "no room for a block");
    const struct span out = {bytes, block_encode(bytes, WIRE_BLOCK_BYTES_MAX, &block)};
    arena_reset(&w->block, (size_t)(bytes - w->block.memory) + out.len);
    return out;
}

static bool claim_holds(struct world *w, const struct claim *claim)
{
    if (w->options.crypto != WORLD_TOLD)
        return world_claim_holds(w, claim);
    const bool is_told = !(w->told_false >> w->told_count++ % 64 & 1);
    return is_told && claim->kind != CLAIM_FALSE;
}

static void judge(struct world *w, const struct ledger *l, const struct envelope *e,
                  struct door_verdict *out)
{
    bool verdicts[CLAIMS_MAX];
    const size_t mark = arena_mark(&w->decode);
    void *memory = arena_take_raw(&w->decode, ENVELOPE_ARENA_BYTES, 1, 64);
    struct arena arena;
    world_insist(w, memory, "no room for claims");
    arena_init(&arena, memory, ENVELOPE_ARENA_BYTES);
    const uint32_t count = claims_collect(w->claims, l, e, &arena);
    for (uint32_t i = 0; i < count; i++)
        verdicts[i] = claim_holds(w, &w->claims[i]);
    claims_reduce(out, w->claims, verdicts, count);
    arena_reset(&w->decode, mark);
}

/* Verdicts of all envelopes against the state before the block, and where their codes will be. */
static uint32_t judge_all(struct world *w, const struct ledger *l, const struct block *block)
{
    struct walk walk;
    uint32_t count = 0, codes = 0;
    void *memory = arena_take_raw(&w->decode, walk_bytes(), 1, 64);
    world_insist(w, memory, "no room for a walk");
    walk_init(&walk, block, memory, walk_bytes());
    while (walk_next(&walk)) {
        world_insist(w, count < WORLD_SAID_MAX, "too many envelopes");
        w->last.first_code[count] = codes;
        codes += walk.is_readable ? walk.envelope.op_count : 1;
        if (walk.is_readable)
            judge(w, l, &walk.envelope, &w->verdicts[count]);
        count++;
    }
    w->last.envelope_count = count;
    return count;
}

static void decode(struct world *w, const struct ledger *l, struct span bytes, struct decided *out)
{
    arena_reset(&w->decode, 0);
    const struct wire_fault fault = block_decode(&out->block, bytes, &w->decode);
    world_insist(w, fault.verdict == WIRE_OK, "a block cannot be read again");
    const uint32_t count = judge_all(w, l, &out->block);
    out->ledger = (struct ledger_block){&out->block, w->verdicts, count};
}

static struct hash apply(struct world *w, struct ledger *l, const struct decided *d)
{
    struct ledger_results results = {
        .codes = w->codes, .code_max = LEDGER_CODES_MAX, .bundle_ends = w->bundle_ends};
    ledger_apply(l, &d->ledger, &results);
    w->last.code_count = results.code_count;
    return results.app_hash;
}

struct hash world_extend(const struct hash *digest, const struct hash *app)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, (struct span){digest->bytes, HASH_BYTES});
    hash_update(&ctx, (struct span){app->bytes, HASH_BYTES});
    return hash_final(&ctx);
}

/* ---- what is checked after every block ------------------------------------------------------- */

static struct hash hash_of_codes(const struct world *w)
{
    const void *codes = w->codes;
    return hash_bytes((struct span){codes, w->last.code_count * sizeof *w->codes});
}

/* For whoever looks for the reason. */
static void tell_stores(const struct ledger *l, const struct hash *roots)
{
    for (uint32_t i = 0; i < STORE_COUNT; i++)
        if (!hash_equal(&l->roots[i], &roots[i]))
            fprintf(stderr, "sim: store %u is another\n", (unsigned)i);
}

/* Undone it is as before; applied again it is as it was. */
static void check_undo(struct world *w, const struct decided *d, const struct hash *before,
                       const struct hash *after)
{
    const struct hash codes = hash_of_codes(w), answers = world_answers(w);
    struct hash now, roots[STORE_COUNT];
    memcpy(roots, w->ledger->roots, sizeof roots);
    ledger_undo(w->ledger);
    now = ledger_app_hash(w->ledger);
    world_insist(w, hash_equal(&now, &w->app_hash), "undone, the app hash is another");
    world_insist(w, ledger_height(w->ledger) == w->height, "undone, the height is another");
    now = world_answers(w);
    world_insist(w, hash_equal(&now, before), "undone, the answers are others");
    const struct hash again = apply(w, w->ledger, d);
    now = hash_of_codes(w);
    world_insist(w, hash_equal(&now, &codes), "applied again, the codes are others");
    if (!hash_equal(&again, after))
        tell_stores(w->ledger, roots);
    world_insist(w, hash_equal(&again, after), "applied again, the app hash is another");
    now = world_answers(w);
    world_insist(w, hash_equal(&now, &answers), "applied again, the answers are others");
}

static void check(struct world *w, const struct decided *d, const struct hash *before,
                  const struct hash *after)
{
    const uint32_t checks = w->options.checks;
    const struct hash app = ledger_app_hash(w->ledger);
    world_insist(w, hash_equal(&app, after), "the app hash is not the one that was given");
    if (checks & WORLD_CHECK_UNDO)
        check_undo(w, d, before, after);
    if (checks & WORLD_CHECK_SUMS)
        world_insist(w, ledger_is_conserved(w->ledger), "money or energy is not conserved");
}

/* ---- a block --------------------------------------------------------------------------------- */

static void record(struct world *w, struct span bytes)
{
    if (!w->options.records)
        return;
    const uint64_t len = bytes.len;
    memcpy(w->recorded + w->recorded_len, &len, sizeof len);
    memcpy(w->recorded + w->recorded_len + sizeof len, bytes.at, bytes.len);
    w->recorded_len += sizeof len + bytes.len;
}

static void find_home(struct world *w, uint32_t slot)
{
    const struct pubkey *key = &member_get(w->ledger, slot)->keys.sign;
    for (uint32_t i = 1; i <= w->options.homes; i++) {
        if (w->homes[i].slot > 0 || !pubkey_equal(&w->homes[i].keys.sign, key))
            continue;
        w->homes[i].slot = slot;
        w->homes[i].nonce = 1;
        w->home_of[slot] = i;
        return;
    }
    w->home_of[slot] = 0;
    world_insist(w, w->options.crypto == WORLD_TOLD, "a member whom nobody knows");
}

static void take_results(struct world *w)
{
    for (uint32_t i = 0; i < w->said_count; i++) {
        const enum err code = world_code(w, i);
        const struct world_said *said = &w->said[i];
        world_insist(w, (uint32_t)code < WORLD_CODES, "a code beyond the ledger's");
        w->code_counts[code]++;
        if (code != ERR_OK || said->raw.len > 0 || said->op.kind != OP_KEY_ROTATE)
            continue;
        struct home *home = &w->homes[said->who];
        home->generation++;
        world_keys(w, said->who, home->generation, &home->sign, &home->vrf, &home->keys);
    }
    while (w->member_count < member_count(w->ledger))
        find_home(w, ++w->member_count);
}

void world_block(struct world *w, uint64_t dt_ms)
{
    struct decided d;
    struct hash before = {{0}};
    arena_reset(&w->block, 0);
    w->told_count = 0;
    w->last.bytes = encode(w, dt_ms);
    if (w->options.checks & WORLD_CHECK_UNDO)
        before = world_answers(w);
    decode(w, w->ledger, w->last.bytes, &d);
    const struct hash app = apply(w, w->ledger, &d);
    check(w, &d, &before, &app);
    record(w, w->last.bytes);
    w->height = d.block.height;
    w->t_ms = d.block.time_ms;
    w->block_hash = d.block.hash;
    w->app_hash = app;
    w->digest = world_extend(&w->digest, &app);
    w->answered_count = w->said_count;
    seen_look(&w->seen, w->ledger);
    take_results(w);
    world_forget_said(w);
}

struct hash world_apply(struct world *w, struct ledger *l, struct span block)
{
    struct decided d;
    decode(w, l, block, &d);
    return apply(w, l, &d);
}

struct hash world_replay(struct world *w)
{
    struct rerun r;
    rerun_open(&r, w);
    while (rerun_next(&r)) {
        rerun_collect(&r);
        rerun_check(&r);
        rerun_apply(&r);
        rerun_seal(&r);
    }
    const struct hash digest = r.digest;
    rerun_close(&r);
    return digest;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void hash_u64(struct hash_ctx *ctx, uint64_t value)
{
    hash_update(ctx, (struct span){(const uint8_t *)&value, sizeof value});
}

static void hash_duties(struct hash_ctx *ctx, const struct ledger *l, uint64_t interval,
                        uint32_t slot)
{
    struct trade_duty duty;
    for (int round = ROUND_FORWARD; round <= ROUND_MEASURED; round++) {
        for (uint32_t i = 0; trade_duty_get(l, interval, (enum trade_round)round, slot, i, &duty);
             i++) {
            hash_u64(ctx, duty.contract);
            hash_u64(ctx, duty.place);
            hash_u64(ctx, duty.rank);
        }
    }
}

static void hash_member(struct hash_ctx *ctx, const struct ledger *l, uint64_t interval,
                        uint32_t slot)
{
    struct trade_sums sums;
    memset(&sums, 0, sizeof sums);
    trade_sums(l, slot, interval, &sums);
    hash_update(ctx, (struct span){(const uint8_t *)&sums, sizeof sums});
    hash_duties(ctx, l, interval, slot);
}

struct hash world_answers(const struct world *w)
{
    struct hash_ctx ctx;
    const struct ledger *l = w->ledger;
    const uint32_t count = member_count(l);
    hash_init(&ctx);
    for (uint32_t slot = 1; slot <= count; slot++)
        hash_u64(&ctx, member_seats(l)[slot]);
    for (uint32_t i = 0; i < l->sizes.intervals; i++) {
        const struct ledger_interval *interval = table_get(&l->intervals, i);
        if (!interval->is_used)
            continue;
        hash_u64(&ctx, interval_find(l, interval->number));
        for (uint32_t slot = 1; slot <= count; slot++)
            hash_member(&ctx, l, interval->number, slot);
    }
    return hash_final(&ctx);
}
