/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/seal.h - sealed boxes: anyone can seal for a key, only its holder can open.
 *
 * Pure. The bytes are those of libsodium's crypto_box_seal (X25519, XSalsa20-Poly1305, nonce =
 * BLAKE2b of both public keys), so that function's opener opens them. It would draw its ephemeral
 * key by itself, unseen; here the ephemeral seed is an argument and the caller answers for its
 * randomness: a seed is used for one box only. */
#ifndef PEERWATT_CRYPTO_SEAL_H
#define PEERWATT_CRYPTO_SEAL_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum { SEAL_EXTRA_BYTES = 48 }; /* a sealed message is so much longer: public key and code */

/* The X25519 public key of @seed. */
void seal_public(struct pubkey *out, const struct seed *seed);

/* Write @message.len + SEAL_EXTRA_BYTES bytes to @out, which does not overlap @message. False if
 * @recipient is no usable key (low order); then @out holds nothing of the message. */
MUST_USE bool seal_make(uint8_t *out, const struct pubkey *recipient, const struct seed *ephemeral,
                        struct span message);

/* Write @sealed.len - SEAL_EXTRA_BYTES bytes to @out. False if the box is too short, damaged or
 * for another key; then @out is not to be used. */
MUST_USE bool seal_open(uint8_t *out, const struct seed *recipient, struct span sealed);

#endif
