/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/block.h"

#include <string.h>

static void votes_fields(struct codec *c, struct block *b)
{
    b->last_commit = codec_items(c, 4, "last_commit", b->last_commit, &b->vote_count,
                                 sizeof *b->last_commit, 0, WIRE_VALIDATORS_MAX);
    for (uint32_t i = 0; i < b->vote_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, 4, "CommitVote", &frame);
        codec_fixed(c, 1, "validator", b->last_commit[i].validator.bytes, VALIDATOR_ADDRESS_BYTES);
        codec_flag(c, 2, "has_signed", &b->last_commit[i].has_signed);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
}

static void misbehaviors_fields(struct codec *c, struct block *b)
{
    b->misbehaviors = codec_items(c, 5, "misbehaviors", b->misbehaviors, &b->misbehavior_count,
                                  sizeof *b->misbehaviors, 0, WIRE_VALIDATORS_MAX);
    for (uint32_t i = 0; i < b->misbehavior_count; i++) {
        struct misbehavior *m = &b->misbehaviors[i];
        struct codec_frame frame;
        codec_open_item(c, 5, "Misbehavior", &frame);
        codec_fixed(c, 1, "validator", m->validator.bytes, VALIDATOR_ADDRESS_BYTES);
        codec_u64(c, 2, "height", &m->height, 0, WIRE_NUMBER_MAX);
        codec_u64(c, 3, "time_ms", &m->time_ms, 0, WIRE_NUMBER_MAX);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
}

static void block_fields(struct codec *c, struct block *b)
{
    codec_u64(c, 1, "height", &b->height, 1, WIRE_NUMBER_MAX);
    codec_u64(c, 2, "time_ms", &b->time_ms, 0, WIRE_NUMBER_MAX);
    codec_fixed(c, 3, "hash", b->hash.bytes, HASH_BYTES);
    votes_fields(c, b);
    misbehaviors_fields(c, b);
    b->bundles = codec_items(c, 6, "bundles", b->bundles, &b->bundle_count, sizeof *b->bundles, 0,
                             WIRE_BLOCK_BUNDLES_MAX);
    for (uint32_t i = 0; i < b->bundle_count; i++)
        codec_bytes(c, 6, "bundles", &b->bundles[i], 1, WIRE_BUNDLE_BYTES_MAX);
    codec_end_items(c);
}

struct wire_fault block_decode(struct block *out, struct span input, struct arena *arena)
{
    struct codec c;
    memset(out, 0, sizeof *out);
    codec_init_read(&c, "Block", input, arena);
    if (input.len > WIRE_BLOCK_BYTES_MAX)
        codec_refuse(&c, WIRE_LENGTH, "");
    block_fields(&c, out);
    return codec_end_read(&c);
}

size_t block_encode(uint8_t *out, size_t size, const struct block *block)
{
    struct codec c;
    struct block copy = *block;
    codec_init_write(&c, "Block", out, size);
    block_fields(&c, &copy);
    return (size_t)(c.out - out);
}
