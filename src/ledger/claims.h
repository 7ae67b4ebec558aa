/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/claims.h - every signature and proof that an envelope holds, to be checked against the
 * state before its block (RULE num.3, num.4, num.5).
 *
 * Pure. Claims borrow from the envelope. Keys and seeds of members are those that hold in the next
 * block. A change of the authority's keys binds by time, so in the block in which it binds the
 * seals are still checked against the keys before it. */
#ifndef PEERWATT_LEDGER_CLAIMS_H
#define PEERWATT_LEDGER_CLAIMS_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/hash.h"
#include "ledger/door.h"
#include "sampling/beacon.h"
#include "wire/genesis.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum claim_kind {
    CLAIM_SIGNATURE, /* Ed25519 over tag || SHA-256(chain id) || message */
    CLAIM_VRF,       /* a VRF proof of input */
    CLAIM_FALSE      /* cannot hold: an unknown key, a malformed t of n, another epoch */
};

/* An envelope has at most so many claims: its own, and for each op a t of n, two signatures or a
 * proof; of the two envelopes of an evidence only their own signatures are asked for, by the
 * member's present key or, as an alternative, by the one before (evid.1). */
enum { CLAIMS_MAX = 1 + WIRE_OPS_MAX * (WIRE_PARTS_MAX + 1) };

struct claim {
    enum claim_kind kind;
    uint32_t op;         /* place in the envelope; CLAIM_OF_ENVELOPE: its own signature */
    bool is_alternative; /* the op is proven as well if all of these hold */
    struct hash_tag tag;
    struct pubkey key;
    struct span message; /* CLAIM_SIGNATURE */
    struct signature signature;
    uint8_t input[BEACON_INPUT_BYTES]; /* CLAIM_VRF */
    struct vrf_proof proof;
};

#define CLAIM_OF_ENVELOPE UINT32_MAX

/* The claims of @e in the next block, to @out (room for CLAIMS_MAX). Returns how many. An envelope
 * whose signer is not known has one CLAIM_FALSE. @arena has room for ENVELOPE_ARENA_BYTES, which
 * are free again afterwards. */
MUST_USE uint32_t claims_collect(struct claim *out, const struct ledger *before,
                                 const struct envelope *e, struct arena *arena);

/* How many claims of cryptography it has, for block_claims_max (dos.3). */
MUST_USE uint32_t claims_count(const struct envelope *e);

/* Check one, by way of crypto. @chain is the SHA-256 of the chain id. */
MUST_USE bool claim_check(const struct claim *claim, const struct hash *chain);

/* verdicts[i] belongs to claims[i]. */
void claims_reduce(struct door_verdict *out, const struct claim *claims, const bool *verdicts,
                   uint32_t count);

/* Collect, check and reduce in one go, in line: for tests, replays and single threads. */
void claims_judge(struct door_verdict *out, struct claim *room, const struct ledger *before,
                  const struct envelope *e, struct arena *arena);

/* A founder's voucher is signed by t of the authority's keys (RULE boot.1). */
MUST_USE bool claims_founder_is_proven(const struct genesis *genesis,
                                       const struct genesis_founder *founder);

#endif
