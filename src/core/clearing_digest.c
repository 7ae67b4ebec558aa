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

enum { CONTRACT_BYTES = 32, BATCH = 64 };

/* Contracts in batches: their parties lie anywhere among the members, so that the slots of a batch
 * are read first, and wait for memory together. */
static void hash_contracts(struct hash_ctx *ctx, const struct clearing *clearing,
                           const struct book *book, uint32_t first, uint32_t end)
{
    uint32_t sellers[BATCH], buyers[BATCH]; /* slots */
    for (uint32_t i = first; i < end; i++) {
        sellers[i - first] = book->members[clearing->contracts[i].seller].slot;
        buyers[i - first] = book->members[clearing->contracts[i].buyer].slot;
    }
    uint8_t bytes[CONTRACT_BYTES * BATCH];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    for (uint32_t i = first; i < end; i++) {
        const struct clearing_contract *c = &clearing->contracts[i];
        bytes_write_u32(&w, sellers[i - first]);
        bytes_write_u32(&w, buyers[i - first]);
        bytes_write_u64(&w, (uint64_t)c->energy_wh);
        bytes_write_u64(&w, (uint64_t)clearing->price);
        bytes_write_u64(&w, (uint64_t)c->fee);
    }
    hash_update(ctx, (struct span){bytes, (size_t)(w.at - bytes)});
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
    const uint32_t count = clearing->contract_count;
    for (uint32_t i = 0; i < count; i += BATCH)
        hash_contracts(&ctx, clearing, book, i, count - i < BATCH ? count : i + BATCH);
    return hash_final(&ctx);
}
