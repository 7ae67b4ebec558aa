/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sign.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(SIGN_KEY_BYTES == crypto_sign_SECRETKEYBYTES, "the library's own secret key");
static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "the library's own signature");

void sign_prefix(uint8_t out[SIGN_PREFIX_BYTES], const struct hash_tag *tag,
                 const struct hash *chain)
{
    memcpy(out, tag->bytes, HASH_TAG_BYTES);
    memcpy(out + HASH_TAG_BYTES, chain->bytes, HASH_BYTES);
}

void sign_key_from_seed(struct sign_key *key, struct pubkey *public_key, const struct seed *seed)
{
    const int done = crypto_sign_seed_keypair(public_key->bytes, key->bytes, seed->bytes);
    assert(done == 0);
}

void sign_make(struct signature *out, const struct sign_key *key, struct span message)
{
    const int done = crypto_sign_detached(out->bytes, NULL, message.at, message.len, key->bytes);
    assert(done == 0);
}

bool sign_check(const struct pubkey *key, struct span message, const struct signature *signature)
{
    /* RULE num.5: one library decides, on every node. */
    return crypto_sign_verify_detached(signature->bytes, message.at, message.len, key->bytes) == 0;
}
