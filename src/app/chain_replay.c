/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chain_replay.h"

#include "app/answer.h"
#include "app/input.h"
#include "core/params.h"
#include "ledger/claims.h"
#include "sampling/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GENESIS_MEMORY_LEAST = 65536,
    BLOCK_MEMORY_LEAST = 16384,
    FULL_SUMS_EVERY = 1000,
    DETAIL_CHARS_MAX = 512
};

static enum replay_step differ(struct replay *r, uint64_t height, const char *rule)
{
    r->difference.height = height;
    r->difference.rule = rule;
    return REPLAY_DIFFERS;
}

static enum replay_step differ_text(struct replay *r, uint64_t height, const char *rule,
                                    const char *expected, const char *found)
{
    snprintf(r->difference.expected, REPLAY_TEXT_CHARS, "%s", expected);
    snprintf(r->difference.found, REPLAY_TEXT_CHARS, "%s", found);
    return differ(r, height, rule);
}

static enum replay_step differ_number(struct replay *r, uint64_t height, const char *rule,
                                      uint64_t expected, uint64_t found)
{
    snprintf(r->difference.expected, REPLAY_TEXT_CHARS, "%" PRIu64, expected);
    snprintf(r->difference.found, REPLAY_TEXT_CHARS, "%" PRIu64, found);
    return differ(r, height, rule);
}

static enum replay_step differ_founder(struct replay *r, uint32_t founder)
{
    char found[REPLAY_TEXT_CHARS];
    snprintf(found, sizeof found, "keys of founder %" PRIu32 " that are not proven", founder);
    return differ_text(r, 0, "boot.1", "founders who have proven their keys", found);
}

static enum replay_step check_genesis(struct replay *r)
{
    struct params_complaint complaint;
    if (params_check(&r->genesis, &complaint) != ERR_OK)
        return differ_text(r, 0, "dos.3", "parameters in their ranges",
                           complaint.param ? complaint.param->key : "an unknown parameter");
    for (uint32_t i = 0; i < r->genesis.founder_count; i++) {
        if (!claims_founder_is_proven(&r->genesis, &r->genesis.founders[i]))
            return differ_founder(r, i + 1);
    }
    return REPLAY_BLOCK;
}

static void start_ledger(struct replay *r)
{
    const size_t size = ledger_size(&r->genesis);
    r->memory = aligned_alloc(64, (size + 63) / 64 * 64);
    assert(r->memory);
    r->ledger = ledger_init(r->memory, size, &r->genesis, &r->genesis_hash);
    r->app_hash = ledger_app_hash(r->ledger);
    r->walk_size = walk_bytes();
    r->walk_memory = input_room(r->walk_size, 1);
    r->results.code_max = LEDGER_CODES_MAX;
    r->results.codes = input_room(LEDGER_CODES_MAX, sizeof *r->results.codes);
    r->results.bundle_ends = input_room(WIRE_BLOCK_BUNDLES_MAX, sizeof(uint32_t));
    r->verdicts = input_room(LEDGER_CODES_MAX, sizeof *r->verdicts); /* each has a code */
    r->claim_room = input_room(CLAIMS_MAX, sizeof *r->claim_room);
}

enum replay_step replay_open(struct replay *r, struct span bytes)
{
    struct arena arena;
    memset(r, 0, sizeof *r);
    const enum chain_file_verdict verdict = chain_file_open(&r->file, bytes);
    r->is_foreign = verdict == CHAIN_FILE_KIND;
    if (r->is_foreign)
        return differ_text(r, 0, "format", "a chain file", "something else");
    if (verdict != CHAIN_FILE_OK)
        return differ_text(r, 0, "format", "a whole genesis", "the end of the file");
    const size_t size = WIRE_DECODED_TIMES * r->file.genesis.len + GENESIS_MEMORY_LEAST;
    r->genesis_memory = input_room(size, 1);
    arena_init(&arena, r->genesis_memory, size);
    if (genesis_decode(&r->genesis, r->file.genesis, &arena).verdict != WIRE_OK)
        return differ_text(r, 0, "num.3", "canonical bytes of a genesis", "other bytes");
    r->genesis_hash = genesis_hash(r->file.genesis);
    const enum replay_step step = check_genesis(r);
    if (step == REPLAY_BLOCK)
        start_ledger(r);
    return step;
}

void replay_close(struct replay *r)
{
    free(r->memory);
    free(r->genesis_memory);
    free(r->block_memory);
    free(r->walk_memory);
    free(r->results.codes);
    free(r->results.bundle_ends);
    free(r->verdicts);
    free(r->claim_room);
}

static bool decode_block(struct replay *r, struct span bytes)
{
    struct arena arena;
    const size_t size = WIRE_DECODED_TIMES * bytes.len + BLOCK_MEMORY_LEAST;
    if (size > r->block_size) {
        free(r->block_memory);
        r->block_memory = input_room(size, 1);
        r->block_size = size;
    }
    arena_init(&arena, r->block_memory, size);
    return block_decode(&r->block, bytes, &arena).verdict == WIRE_OK;
}

/* RULE num.4: every claim against the state before the block. */
static uint32_t judge(struct replay *r)
{
    struct walk walk;
    struct arena arena;
    uint32_t count = 0;
    void *memory = input_room(ENVELOPE_ARENA_BYTES, 1);
    arena_init(&arena, memory, ENVELOPE_ARENA_BYTES);
    walk_init(&walk, &r->block, r->walk_memory, r->walk_size);
    while (walk_next(&walk)) {
        r->verdicts[count] = (struct door_verdict){.is_signed = false};
        if (walk.is_readable) {
            claims_judge(&r->verdicts[count], r->claim_room, r->ledger, &walk.envelope, &arena);
            r->claims += claims_count(&walk.envelope);
        }
        count++;
    }
    free(memory);
    return count;
}

static enum replay_step apply(struct replay *r, const struct hash *stored)
{
    char expected[2 * HASH_BYTES + 1], found[2 * HASH_BYTES + 1];
    const uint64_t height = r->block.height;
    const uint32_t count = judge(r);
    const struct ledger_block b = {
        .block = &r->block, .verdicts = r->verdicts, .verdict_count = count};
    ledger_apply(r->ledger, &b, &r->results);
    r->envelopes += count;
    r->ops += r->results.code_count;
    r->app_hash = r->results.app_hash;
    r->t_ms = r->block.time_ms;
    if (!hash_equal(&r->app_hash, stored)) {
        hex_format(expected, (struct span){r->app_hash.bytes, HASH_BYTES});
        hex_format(found, (struct span){stored->bytes, HASH_BYTES});
        return differ_text(r, height, "ledger.4", expected, found);
    }
    const bool is_full = height % FULL_SUMS_EVERY == 0;
    if (is_full && !ledger_is_conserved(r->ledger))
        return differ_text(r, height, "ledger.5", "sums that agree", "sums that do not");
    return REPLAY_BLOCK;
}

enum replay_step replay_next(struct replay *r)
{
    struct chain_block next;
    const uint64_t height = ledger_height(r->ledger) + 1;
    const enum chain_file_verdict verdict = chain_file_next(&r->file, &next);
    if (verdict == CHAIN_FILE_END) {
        if (ledger_is_conserved(r->ledger))
            return REPLAY_END;
        return differ_text(r, height - 1, "ledger.5", "sums that agree", "sums that do not");
    }
    if (verdict != CHAIN_FILE_OK)
        return differ_text(r, height, "format", "a whole block", "the end of the file");
    if (!decode_block(r, next.block))
        return differ_text(r, height, "num.3", "canonical bytes of a block", "other bytes");
    if (r->block.height != height)
        return differ_number(r, height, "ledger.3", height, r->block.height);
    if (r->block.time_ms < r->t_ms)
        return differ_number(r, height, "num.2", r->t_ms, r->block.time_ms);
    if (r->block.time_ms > CLOCK_MS_MAX)
        return differ_number(r, height, "num.2", CLOCK_MS_MAX, r->block.time_ms);
    return apply(r, &next.app_hash);
}

enum exit_code replay_tell(const struct call *call, const struct replay *r)
{
    const struct replay_difference *d = &r->difference;
    const char *path = call->operand[0];
    char detail[DETAIL_CHARS_MAX];
    if (r->is_foreign) {
        snprintf(detail, sizeof detail, "%s (it is not a chain file)", path);
        return answer_error(call, ERR_FILE_READ, detail);
    }
    snprintf(detail, sizeof detail, "%s, height %" PRIu64 ", rule %s, expected %s, found %s", path,
             d->height, d->rule, d->expected, d->found);
    return answer_error(call, ERR_CHAIN_DIFFERS, detail);
}
