/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/oracle/judge.h"

#include "tests/oracle/oracle.h"
#include "wire/block.h"
#include "wire/genesis.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the headers state them. */
enum {
    ROOMY_TIMES = 4,
    ARENA_TIMES = 16,
    BUNDLE_ARENA = 4096,
    BLOCK_ARENA = 16384,
    GENESIS_ARENA = 65536
};

/* ---- a visitor that reads all it is shown ------------------------------------------------- */

struct reader {
    struct codec_visitor visitor;
    unsigned depth;
    uint64_t sum; /* so that nothing that is shown can go unread */
};

static struct reader *reader_of(struct codec_visitor *v, const char *name)
{
    struct reader *r = (struct reader *)(void *)v; /* its first member */
    r->sum += strlen(name);
    return r;
}

static void see_number(struct codec_visitor *v, const char *name, uint64_t value)
{
    reader_of(v, name)->sum += value;
}

static void see_flag(struct codec_visitor *v, const char *name, bool value)
{
    reader_of(v, name)->sum += value;
}

static void see_choice(struct codec_visitor *v, const char *name, const char *value)
{
    reader_of(v, name)->sum += strlen(value);
}

static void see_bytes(struct codec_visitor *v, const char *name, struct span value)
{
    struct reader *r = reader_of(v, name);
    for (size_t i = 0; i < value.len; i++)
        r->sum += value.at[i];
}

static void see_open(struct codec_visitor *v, const char *name)
{
    reader_of(v, name)->depth++;
}

static void see_close(struct codec_visitor *v)
{
    struct reader *r = reader_of(v, "");
    assert(r->depth > 0);
    r->depth--;
}

static struct reader new_reader(void)
{
    return (struct reader){.visitor = {.number = see_number,
                                       .flag = see_flag,
                                       .choice = see_choice,
                                       .bytes = see_bytes,
                                       .text = see_bytes,
                                       .open = see_open,
                                       .open_list = see_open,
                                       .close = see_close}};
}

/* ---- what is common ----------------------------------------------------------------------- */

static struct arena new_arena(size_t size)
{
    struct arena arena;
    void *memory = malloc(size);
    assert(memory);
    arena_init(&arena, memory, size);
    return arena;
}

static bool same_fault(struct wire_fault a, struct wire_fault b)
{
    return a.verdict == b.verdict && strcmp(a.message, b.message) == 0 &&
           strcmp(a.field, b.field) == 0;
}

static size_t arena_size(size_t len, size_t min)
{
    return ARENA_TIMES * len > min ? ARENA_TIMES * len : min;
}

static bool is_same(const uint8_t *written, size_t len, struct span input)
{
    return span_equal((struct span){written, len}, input);
}

static const char *compare(const char *message, const uint8_t *written, size_t len,
                           struct span input)
{
    if (!is_same(written, len, input))
        return "our encoder writes other bytes";
    return oracle_agrees(message, input) ? NULL : "the oracle does not agree";
}

/* ---- envelopes ---------------------------------------------------------------------------- */

static const char *find_in_envelope(const struct envelope *e, struct span input)
{
    static uint8_t body[WIRE_EVIDENCE_BYTES_MAX], whole[WIRE_EVIDENCE_BYTES_MAX];
    struct reader reader = new_reader();
    envelope_show(e, &reader.visitor);
    if (reader.depth != 0)
        return "showing does not close what it opens";
    const size_t body_len = envelope_encode_body(body, e);
    if (!is_same(body, body_len, e->body))
        return "our encoder writes another body";
    const size_t len =
        envelope_encode(whole, sizeof whole, (struct span){body, body_len}, &e->signature);
    return compare("Envelope", whole, len, input);
}

/* A list that is said to be too long is too long for a larger arena too. */
static bool envelope_is_short_of_room(struct wire_fault fault, struct span input)
{
    static struct arena roomy;
    struct envelope again;
    if (fault.verdict != WIRE_COUNT)
        return false;
    if (!roomy.memory)
        roomy = new_arena(ROOMY_TIMES * ENVELOPE_ARENA_BYTES);
    arena_reset(&roomy, 0);
    return !same_fault(envelope_decode(&again, input, &roomy), fault);
}

struct judgement judge_envelope(struct envelope *out, struct span input)
{
    static struct arena arena;
    if (!arena.memory)
        arena = new_arena(ENVELOPE_ARENA_BYTES);
    arena_reset(&arena, 0);
    const struct wire_fault fault = envelope_decode(out, input, &arena);
    if (fault.verdict == WIRE_OK)
        return (struct judgement){fault, find_in_envelope(out, input)};
    if (envelope_is_short_of_room(fault, input))
        return (struct judgement){fault, "the arena is too small"};
    return (struct judgement){fault, NULL};
}

/* ---- bundles and blocks ------------------------------------------------------------------- */

static const char *find_in_bundle(const struct bundle *b, struct span input)
{
    static uint8_t written[WIRE_BUNDLE_BYTES_MAX];
    struct envelope envelope;
    const char *finding = compare("Bundle", written, bundle_encode(written, b), input);
    for (uint32_t i = 0; i < b->envelope_count && !finding; i++)
        finding = judge_envelope(&envelope, b->envelopes[i]).finding;
    return finding;
}

static bool bundle_is_short_of_room(struct wire_fault fault, struct span input)
{
    if (fault.verdict != WIRE_COUNT)
        return false;
    struct bundle again;
    struct arena roomy = new_arena(ROOMY_TIMES * arena_size(input.len, BUNDLE_ARENA));
    const bool is_short = !same_fault(bundle_decode(&again, input, &roomy), fault);
    free(roomy.memory);
    return is_short;
}

struct judgement judge_bundle(struct span input)
{
    struct bundle bundle;
    struct arena arena = new_arena(arena_size(input.len, BUNDLE_ARENA));
    struct judgement j = {bundle_decode(&bundle, input, &arena), NULL};
    if (j.fault.verdict == WIRE_OK)
        j.finding = find_in_bundle(&bundle, input);
    else if (bundle_is_short_of_room(j.fault, input))
        j.finding = "the arena is too small";
    free(arena.memory);
    return j;
}

static const char *find_in_block(const struct block *b, struct span input)
{
    uint8_t *written = malloc(input.len + 1);
    assert(written);
    const char *finding = compare("Block", written, block_encode(written, input.len + 1, b), input);
    free(written);
    for (uint32_t i = 0; i < b->bundle_count && !finding; i++)
        finding = judge_bundle(b->bundles[i]).finding;
    return finding;
}

static bool block_is_short_of_room(struct wire_fault fault, struct span input)
{
    if (fault.verdict != WIRE_COUNT)
        return false;
    struct block again;
    struct arena roomy = new_arena(ROOMY_TIMES * arena_size(input.len, BLOCK_ARENA));
    const bool is_short = !same_fault(block_decode(&again, input, &roomy), fault);
    free(roomy.memory);
    return is_short;
}

struct judgement judge_block(struct span input)
{
    struct block block;
    struct arena arena = new_arena(arena_size(input.len, BLOCK_ARENA));
    struct judgement j = {block_decode(&block, input, &arena), NULL};
    if (j.fault.verdict == WIRE_OK)
        j.finding = find_in_block(&block, input);
    else if (block_is_short_of_room(j.fault, input))
        j.finding = "the arena is too small";
    free(arena.memory);
    return j;
}

/* ---- genesis ------------------------------------------------------------------------------ */

static const char *find_in_genesis(const struct genesis *g, struct span input)
{
    struct reader reader = new_reader();
    genesis_show(g, &reader.visitor);
    if (reader.depth != 0)
        return "showing does not close what it opens";
    uint8_t *written = malloc(input.len + 1);
    assert(written);
    const char *finding =
        compare("Genesis", written, genesis_encode(written, input.len + 1, g), input);
    free(written);
    return finding;
}

static bool genesis_is_short_of_room(struct wire_fault fault, struct span input)
{
    if (fault.verdict != WIRE_COUNT)
        return false;
    struct genesis again;
    struct arena roomy = new_arena(ROOMY_TIMES * arena_size(input.len, GENESIS_ARENA));
    const bool is_short = !same_fault(genesis_decode(&again, input, &roomy), fault);
    free(roomy.memory);
    return is_short;
}

struct judgement judge_genesis(struct span input)
{
    struct genesis genesis;
    struct arena arena = new_arena(arena_size(input.len, GENESIS_ARENA));
    struct judgement j = {genesis_decode(&genesis, input, &arena), NULL};
    if (j.fault.verdict == WIRE_OK)
        j.finding = find_in_genesis(&genesis, input);
    else if (genesis_is_short_of_room(j.fault, input))
        j.finding = "the arena is too small";
    free(arena.memory);
    return j;
}

void judge_insist(struct judgement j)
{
    if (!j.finding)
        return;
    fprintf(stderr, "found: %s (verdict %u, %s.%s)\n", j.finding, (unsigned)j.fault.verdict,
            j.fault.verdict == WIRE_OK ? "" : j.fault.message,
            j.fault.verdict == WIRE_OK ? "" : j.fault.field);
    abort();
}
