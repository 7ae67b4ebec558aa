/* SPDX-License-Identifier: Apache-2.0 */
#include "core/tie.h"

#include "crypto/hash.h"

#include <string.h>

struct siphash_key tie_key(const struct hash *seed, uint64_t interval)
{
    uint8_t number[8];
    struct bytes_writer w;
    bytes_writer_init(&w, number, sizeof number);
    bytes_write_u64(&w, interval);
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, span_of_text("peerwatt.market.tie.1"));
    hash_update(&ctx, (struct span){seed->bytes, sizeof seed->bytes});
    hash_update(&ctx, (struct span){number, sizeof number});
    const struct hash whole = hash_final(&ctx);
    struct siphash_key key;
    memcpy(key.bytes, whole.bytes, sizeof key.bytes);
    return key;
}

uint64_t tie_rank(const struct siphash_key *key, enum tie_domain domain, uint64_t number)
{
    uint8_t message[9];
    struct bytes_writer w;
    bytes_writer_init(&w, message, sizeof message);
    bytes_write_u8(&w, (uint8_t)domain);
    bytes_write_u64(&w, number);
    return siphash(key, (struct span){message, sizeof message});
}
