/* SPDX-License-Identifier: Apache-2.0 */
/* The context calls are marked deprecated since OpenSSL 3.0, but their successor allocates, reads
 * openssl.cnf and is slower; this is the only file that uses them. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/hash.h"

#include <assert.h>
#include <openssl/sha.h>
#include <string.h>

static_assert(sizeof(SHA256_CTX) <= sizeof(struct hash_ctx), "HASH_CTX_WORDS is too small");
static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct hash_ctx), "struct hash_ctx is misaligned");

static SHA256_CTX *inner(struct hash_ctx *ctx)
{
    return (SHA256_CTX *)(void *)ctx->opaque;
}

void hash_init(struct hash_ctx *ctx)
{
    const int done = SHA256_Init(inner(ctx));
    assert(done == 1);
}

void hash_update(struct hash_ctx *ctx, struct span bytes)
{
    if (bytes.len == 0)
        return;
    const int done = SHA256_Update(inner(ctx), bytes.at, bytes.len);
    assert(done == 1);
}

struct hash hash_final(struct hash_ctx *ctx)
{
    struct hash result;
    const int done = SHA256_Final(result.bytes, inner(ctx));
    assert(done == 1);
    return result;
}

struct hash hash_bytes(struct span bytes)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, bytes);
    return hash_final(&ctx);
}

bool hash_tag_from_text(struct hash_tag *out, struct span text)
{
    if (text.len == 0 || text.len > HASH_TAG_BYTES)
        return false;
    memset(out->bytes, 0, sizeof out->bytes);
    memcpy(out->bytes, text.at, text.len);
    return true;
}

struct hash hash_tagged(const struct hash_tag *tag, struct span bytes)
{
    struct hash_ctx ctx;
    hash_init(&ctx);
    hash_update(&ctx, (struct span){tag->bytes, sizeof tag->bytes});
    hash_update(&ctx, bytes);
    return hash_final(&ctx);
}
