/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/rerun.h"

#include "ledger/state.h"
#include "ledger/walk.h"
#include "sim/world_inner.h"

#include <string.h>

void rerun_open(struct rerun *r, struct world *w)
{
    world_insist(w, w->options.records, "nothing was recorded");
    world_insist(w, w->options.crypto != WORLD_TOLD, "there are no signatures to check");
    *r = (struct rerun){.w = w};
    r->memory = world_map(w->ledger_size);
    r->ledger = ledger_init(r->memory, w->ledger_size, &w->genesis, &w->genesis_hash);
    r->digest = ledger_app_hash(r->ledger);
    r->claims = world_map(RERUN_CLAIMS_MAX * sizeof *r->claims);
    r->verdicts = world_map(RERUN_CLAIMS_MAX * sizeof *r->verdicts);
    r->claims_end = world_map(WORLD_SAID_MAX * sizeof *r->claims_end);
    r->doors = world_map(WORLD_SAID_MAX * sizeof *r->doors);
}

void rerun_close(struct rerun *r)
{
    world_unmap(r->doors, WORLD_SAID_MAX * sizeof *r->doors);
    world_unmap(r->claims_end, WORLD_SAID_MAX * sizeof *r->claims_end);
    world_unmap(r->verdicts, RERUN_CLAIMS_MAX * sizeof *r->verdicts);
    world_unmap(r->claims, RERUN_CLAIMS_MAX * sizeof *r->claims);
    world_unmap(r->memory, r->w->ledger_size);
}

bool rerun_next(struct rerun *r)
{
    struct world *w = r->w;
    uint64_t len;
    if (r->at == w->recorded_len)
        return false;
    memcpy(&len, w->recorded + r->at, sizeof len);
    const struct span bytes = {w->recorded + r->at + sizeof len, len};
    arena_reset(&w->decode, 0);
    const struct wire_fault fault = block_decode(&r->block, bytes, &w->decode);
    world_insist(w, fault.verdict == WIRE_OK, "a block cannot be read again");
    r->at += sizeof len + len;
    return true;
}

/* Claims borrow from the block's bytes, so that they outlive the walk. */
void rerun_collect(struct rerun *r)
{
    struct world *w = r->w;
    struct walk walk;
    struct arena arena;
    void *memory = arena_take_raw(&w->decode, walk_bytes(), 1, 64);
    void *room = arena_take_raw(&w->decode, ENVELOPE_ARENA_BYTES, 1, 64);
    world_insist(w, memory && room, "no room for a walk");
    arena_init(&arena, room, ENVELOPE_ARENA_BYTES);
    walk_init(&walk, &r->block, memory, walk_bytes());
    r->claim_count = r->envelope_count = 0;
    while (walk_next(&walk)) {
        world_insist(w, r->envelope_count < WORLD_SAID_MAX, "too many envelopes");
        world_insist(w, r->claim_count + CLAIMS_MAX <= RERUN_CLAIMS_MAX, "too many claims");
        if (walk.is_readable)
            r->claim_count +=
                claims_collect(r->claims + r->claim_count, r->ledger, &walk.envelope, &arena);
        r->claims_end[r->envelope_count++] = r->claim_count;
    }
}

void rerun_check(struct rerun *r)
{
    const bool is_hashed = r->w->options.crypto == WORLD_HASHED;
    for (uint32_t i = 0; i < r->claim_count; i++)
        r->verdicts[i] = is_hashed ? world_claim_holds(r->w, &r->claims[i])
                                   : claim_check(&r->claims[i], &r->w->chain);
}

void rerun_apply(struct rerun *r)
{
    struct world *w = r->w;
    uint32_t first = 0;
    for (uint32_t i = 0; i < r->envelope_count; i++) {
        const uint32_t count = r->claims_end[i] - first;
        if (count > 0)
            claims_reduce(&r->doors[i], r->claims + first, r->verdicts + first, count);
        first = r->claims_end[i];
    }
    const struct ledger_block decided = {&r->block, r->doors, r->envelope_count};
    r->results = (struct ledger_results){
        .codes = w->codes, .code_max = LEDGER_CODES_MAX, .bundle_ends = w->bundle_ends};
    state_apply(r->ledger, &decided, &r->results);
}

void rerun_seal(struct rerun *r)
{
    r->results.app_hash = state_seal(r->ledger);
    r->digest = world_extend(&r->digest, &r->results.app_hash);
}
