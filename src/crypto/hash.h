/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/hash.h - SHA-256 (FIPS 180-4), the one hash of the ledger (RULE num.5).
 *
 * Pure: no heap, no global state. Behind it stands OpenSSL's context API, which uses the
 * processor's SHA instructions; its one-shot call costs five times as much. */
#ifndef PEERWATT_CRYPTO_HASH_H
#define PEERWATT_CRYPTO_HASH_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum { HASH_TAG_BYTES = 16, HASH_CTX_WORDS = 14 };

/* A domain tag: what a hash or signature is for, zero-padded to a fixed length so that tag and
 * message can never be mistaken for another tag with another message (RULE num.3). */
struct hash_tag {
    uint8_t bytes[HASH_TAG_BYTES];
};

struct hash_ctx { /* the library's own state; copy it to fork a computation */
    uint64_t opaque[HASH_CTX_WORDS];
};

void hash_init(struct hash_ctx *ctx);
void hash_update(struct hash_ctx *ctx, struct span bytes);
/* Ends the computation; @ctx is spent until the next hash_init. */
MUST_USE struct hash hash_final(struct hash_ctx *ctx);

MUST_USE struct hash hash_bytes(struct span bytes);

/* False if @text is empty or longer than a tag; then @out is not written. */
MUST_USE bool hash_tag_from_text(struct hash_tag *out, struct span text);

/* SHA-256 of the tag's 16 bytes and @bytes. */
MUST_USE struct hash hash_tagged(const struct hash_tag *tag, struct span bytes);

#endif
