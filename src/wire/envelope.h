/* SPDX-License-Identifier: Apache-2.0 */
/* wire/envelope.h - what one signer says at a time (RULE num.4), and bundles of such envelopes.
 *
 * Pure. Decoded envelopes borrow from their input and from the arena. */
#ifndef PEERWATT_WIRE_ENVELOPE_H
#define PEERWATT_WIRE_ENVELOPE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "wire/codec.h"
#include "wire/limits.h"
#include "wire/op.h"

#include <stdbool.h>
#include <stdint.h>

/* An arena of this size holds any envelope. */
enum {
    ENVELOPE_ARENA_BYTES =
        WIRE_DECODED_TIMES * WIRE_EVIDENCE_BYTES_MAX + WIRE_OPS_MAX * (int)sizeof(struct op)
};

struct envelope {
    uint32_t slot;     /* signer: a member from 1; 0: signed by @key */
    struct pubkey key; /* of a joiner, the treasury or the authority */
    uint64_t nonce;
    uint64_t expires_height;
    struct op *ops;
    uint32_t op_count; /* 1 to WIRE_OPS_MAX */
    struct span body;  /* what the signature covers, behind the prefix of crypto/sign.h */
    struct signature signature;
};

/* Decode one envelope. On a fault @out is not to be used. */
MUST_USE struct wire_fault envelope_decode(struct envelope *out, struct span input,
                                           struct arena *arena);

/* Write the body, which is then to be signed: slot or key, nonce, expires_height and ops of
 * @envelope. Returns its length. @out has room for WIRE_EVIDENCE_BYTES_MAX bytes. */
MUST_USE size_t envelope_encode_body(uint8_t *out, const struct envelope *envelope);

/* Write the whole envelope from its body and signature. Returns its length. */
MUST_USE size_t envelope_encode(uint8_t *out, size_t size, struct span body,
                                const struct signature *signature);

/* Hand an envelope's fields, but its signature, to a visitor. */
void envelope_show(const struct envelope *envelope, struct codec_visitor *visitor);

struct bundle { /* envelopes, each still to be decoded: one bad envelope fails alone */
    struct span *envelopes;
    uint32_t envelope_count;
};

/* An arena of WIRE_DECODED_TIMES times the input's size, and at least 4096 bytes, holds it. */
MUST_USE struct wire_fault bundle_decode(struct bundle *out, struct span input,
                                         struct arena *arena);

/* Returns the length; @out has room for WIRE_BUNDLE_BYTES_MAX bytes. */
MUST_USE size_t bundle_encode(uint8_t *out, const struct bundle *bundle);

#endif
