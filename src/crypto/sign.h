/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/sign.h - Ed25519 (RFC 8032), decided as libsodium decides it (RULE num.5).
 *
 * Pure. Implementations differ on edge cases (small-order keys, scalars out of range, encodings
 * that are not canonical); on a ledger they must not, so this is the only check there is, and the
 * vectors that tell the implementations apart are pinned in the tests. */
#ifndef PEERWATT_CRYPTO_SIGN_H
#define PEERWATT_CRYPTO_SIGN_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum { SIGN_KEY_BYTES = 64, SIGN_PREFIX_BYTES = HASH_TAG_BYTES + HASH_BYTES };

struct sign_key { /* secret: seed and public key; wipe it at the end of its scope */
    uint8_t bytes[SIGN_KEY_BYTES];
};

/* RULE num.3: what stands before the body in the signed bytes, the domain tag and the SHA-256 of
 * the chain id. Of fixed length, so prefix and body can be laid out in one buffer: libsodium's
 * multi-part calls are another scheme, Ed25519ph. */
void sign_prefix(uint8_t out[SIGN_PREFIX_BYTES], const struct hash_tag *tag,
                 const struct hash *chain);

void sign_key_from_seed(struct sign_key *key, struct pubkey *public_key, const struct seed *seed);

void sign_make(struct signature *out, const struct sign_key *key, struct span message);

MUST_USE bool sign_check(const struct pubkey *key, struct span message,
                         const struct signature *signature);

#endif
