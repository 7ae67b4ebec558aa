/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/stream.h"

#include <assert.h>

enum { WORD_BYTES = 8, WORDS_PER_BLOCK = HASH_BYTES / WORD_BYTES };

static void add_u64(struct hash_ctx *ctx, uint64_t value)
{
    uint8_t bytes[WORD_BYTES];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_big_u64(&w, value);
    hash_update(ctx, (struct span){bytes, sizeof bytes});
}

void stream_init(struct stream *s, const struct hash *seed, enum stream_purpose purpose,
                 uint64_t number)
{
    const uint8_t kind = (uint8_t)purpose;
    hash_init(&s->prefix);
    hash_update(&s->prefix, span_of_text("pw-draw")); /* RULE sample.6 */
    hash_update(&s->prefix, (struct span){seed->bytes, HASH_BYTES});
    hash_update(&s->prefix, (struct span){&kind, 1});
    add_u64(&s->prefix, number);
    s->words = 0;
}

static void next_block(struct stream *s)
{
    struct hash_ctx ctx = s->prefix;
    add_u64(&ctx, s->words / WORDS_PER_BLOCK);
    s->block = hash_final(&ctx);
}

/* Not a loop: so it becomes one load. */
static inline uint32_t big_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint64_t stream_word(struct stream *s)
{
    const uint64_t at = s->words % WORDS_PER_BLOCK;
    if (at == 0)
        next_block(s);
    s->words++;
    const uint8_t *const word = s->block.bytes + at * WORD_BYTES;
    return (uint64_t)big_u32(word) << 32 | big_u32(word + sizeof(uint32_t));
}

/* 2^64 mod m, which is below m. */
static uint64_t rest_of(uint64_t m)
{
    return (UINT64_MAX % m + 1) % m;
}

uint64_t stream_uniform(struct stream *s, uint64_t m)
{
    assert(m > 0);
    if (m == 1)
        return 0;
    uint64_t word = stream_word(s);
    while (word > UINT64_MAX - m && word > UINT64_MAX - rest_of(m)) /* a division is dear */
        word = stream_word(s);
    return word % m;
}

void stream_shuffle(struct stream *s, uint32_t *items, uint32_t count)
{
    for (uint32_t i = 0; i + 1 < count; i++) {
        const uint32_t other = i + (uint32_t)stream_uniform(s, count - i);
        const uint32_t item = items[i];
        items[i] = items[other];
        items[other] = item;
    }
}
