/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"

#include "crypto/wipe.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(SEAL_EXTRA_BYTES == crypto_box_SEALBYTES, "the library's own sealed box");

struct seal_pair {
    uint8_t public_key[crypto_box_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_box_SECRETKEYBYTES];
};

static void pair_from_seed(struct seal_pair *pair, const struct seed *seed)
{
    const int done = crypto_box_seed_keypair(pair->public_key, pair->secret_key, seed->bytes);
    assert(done == 0);
}

void seal_public(struct pubkey *out, const struct seed *seed)
{
    struct seal_pair pair;
    pair_from_seed(&pair, seed);
    memcpy(out->bytes, pair.public_key, sizeof out->bytes);
    wipe(&pair, sizeof pair);
}

bool seal_make(uint8_t *out, const struct pubkey *recipient, const struct seed *ephemeral,
               struct span message)
{
    struct seal_pair pair;
    pair_from_seed(&pair, ephemeral);
    uint8_t both[2 * PUBKEY_BYTES];
    memcpy(both, pair.public_key, PUBKEY_BYTES);
    memcpy(both + PUBKEY_BYTES, recipient->bytes, PUBKEY_BYTES);
    uint8_t nonce[crypto_box_NONCEBYTES];
    const int hashed = crypto_generichash(nonce, sizeof nonce, both, sizeof both, NULL, 0);
    assert(hashed == 0);
    memcpy(out, pair.public_key, PUBKEY_BYTES);
    const int done = crypto_box_easy(out + PUBKEY_BYTES, message.at, message.len, nonce,
                                     recipient->bytes, pair.secret_key);
    wipe(&pair, sizeof pair);
    return done == 0;
}

bool seal_open(uint8_t *out, const struct seed *recipient, struct span sealed)
{
    if (sealed.len < SEAL_EXTRA_BYTES)
        return false;
    struct seal_pair pair;
    pair_from_seed(&pair, recipient);
    const int done =
        crypto_box_seal_open(out, sealed.at, sealed.len, pair.public_key, pair.secret_key);
    wipe(&pair, sizeof pair);
    return done == 0;
}
