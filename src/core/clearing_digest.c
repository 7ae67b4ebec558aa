/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clearing.h"
#include "crypto/hash.h"

static void hash_i64(struct hash_ctx *ctx, int64_t value)
{
    uint8_t bytes[8];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_u64(&w, (uint64_t)value);
    hash_update(ctx, (struct span){bytes, sizeof bytes});
}

static void hash_u32(struct hash_ctx *ctx, uint32_t value)
{
    uint8_t bytes[4];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_u32(&w, value);
    hash_update(ctx, (struct span){bytes, sizeof bytes});
}

struct hash clearing_digest(const struct clearing *clearing, const struct book *book)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, span_of_text("peerwatt.clearing.1"));
    hash_i64(&ctx, (int64_t)book->interval);
    hash_update(&ctx, (struct span){book->seed.bytes, sizeof book->seed.bytes});
    hash_i64(&ctx, clearing->price);
    hash_i64(&ctx, clearing->dual);
    hash_i64(&ctx, clearing->crossing_wh);
    hash_i64(&ctx, clearing->paired_wh);
    hash_u32(&ctx, clearing->contract_count);
    for (uint32_t i = 0; i < clearing->contract_count; i++) {
        const struct clearing_contract *c = &clearing->contracts[i];
        hash_u32(&ctx, book->members[c->seller].slot);
        hash_u32(&ctx, book->members[c->buyer].slot);
        hash_i64(&ctx, c->energy_wh);
        hash_i64(&ctx, clearing->price);
        hash_i64(&ctx, c->fee);
    }
    return hash_final(&ctx);
}
