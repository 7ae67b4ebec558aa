/* SPDX-License-Identifier: Apache-2.0 */
/* wire/op_identity.h - operations by which members come, change and go (protocol section 5), and
 * the leaders' verification blocks and beacon reveals (sections 5 and 6).
 *
 * Pure. Lists and spans are borrowed from the arena and the input of the decoder. */
#ifndef PEERWATT_WIRE_OP_IDENTITY_H
#define PEERWATT_WIRE_OP_IDENTITY_H

#include "base/ids.h"
#include "wire/codec.h"

#include <stdbool.h>
#include <stdint.h>

struct signature_part { /* of a t-of-n signature, see crypto/multisig.h */
    uint32_t key;       /* position among the authority's keys, from 0 */
    struct signature signature;
};

/* What the authority's t signatures cover, and the signatures. */
struct authority_seal {
    struct span signed_bytes; /* the statement's encoding, as received */
    struct signature_part *parts;
    uint32_t part_count; /* ascending keys */
};

struct voucher { /* join.1 */
    struct pubkey sign_key, vrf_key, seal_key;
    uint32_t feeder; /* from 1 */
    struct hash household, nullifier;
    int64_t max_export_wh, max_import_wh; /* per interval */
    struct hash payout, identity_commitment;
    uint64_t expires_ms;
};

struct join_request { /* join.2 */
    struct voucher voucher;
    struct authority_seal seal;
    struct hash csr;
    bool volunteer;
};

struct volunteer { /* join.8 */
    bool on;
};

struct key_rotate {           /* join.11; the old key signs the envelope */
    struct span signed_bytes; /* what the new key has signed: the encoding of the fields below */
    uint32_t slot;
    struct pubkey sign_key, vrf_key, seal_key;
    struct signature new_signature;
};

struct cert_renew { /* join.7 */
    struct hash certificate;
    uint64_t expires_ms;
};

struct erase_receipt { /* join.9 */
    uint64_t request;
};

struct cert_issued { /* join.7 */
    uint64_t sequence, request;
    struct hash certificate, csr;
    uint64_t expires_ms;
    struct authority_seal seal;
};

struct cert_revoked { /* join.10 */
    uint64_t sequence;
    uint32_t member;  /* slot */
    bool key_is_lost; /* then the key proves no equivocation (evid.1) */
    struct authority_seal seal;
};

struct authority_admit { /* boot.3 */
    uint64_t sequence, request;
    struct authority_seal seal;
};

struct request_verdict {
    uint64_t request;
    bool accept;
};

struct verification_block { /* join.4 */
    uint64_t slot, epoch, time_ms;
    struct hash previous;
    struct request_verdict *verdicts; /* ascending requests */
    uint32_t verdict_count;
};

struct beacon_reveal { /* beacon.1 */
    uint64_t epoch, slot;
    struct vrf_proof proof;
};

void voucher_fields(struct codec *c, struct voucher *v);
/* Fields @number (the signed statement, opened and closed by the caller) and @number + 1. */
void authority_parts(struct codec *c, uint8_t number, struct authority_seal *seal, uint32_t min);
void join_request_fields(struct codec *c, struct join_request *o);
void volunteer_fields(struct codec *c, struct volunteer *o);
void key_rotate_fields(struct codec *c, struct key_rotate *o);
void cert_renew_fields(struct codec *c, struct cert_renew *o);
void erase_receipt_fields(struct codec *c, struct erase_receipt *o);
void cert_issued_fields(struct codec *c, struct cert_issued *o);
void cert_revoked_fields(struct codec *c, struct cert_revoked *o);
void authority_admit_fields(struct codec *c, struct authority_admit *o);
void verification_block_fields(struct codec *c, struct verification_block *o);
void beacon_reveal_fields(struct codec *c, struct beacon_reveal *o);

#endif
