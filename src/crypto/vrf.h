/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/vrf.h - a verifiable random function: ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 sections
 * 5.1 to 5.5), the leaders' share of the randomness (RULE num.5).
 *
 * Pure. For each key and input there is one output, which only the key's holder can compute and
 * anyone can check. The point arithmetic is libsodium's.
 *
 * Stricter than the RFC: a public key or a Gamma that is not canonical (y >= p), has low order or
 * lies outside the prime-order subgroup is refused before any arithmetic, and where the library
 * refuses a product (a scalar that is zero) the proof is invalid. Proofs made by vrf_prove never
 * meet these. */
#ifndef PEERWATT_CRYPTO_VRF_H
#define PEERWATT_CRYPTO_VRF_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>

enum vrf_verdict { /* in order of precedence */
                   VRF_OK = 0,
                   VRF_KEY = 1,     /* the public key is no point of the prime-order subgroup */
                   VRF_GAMMA = 2,   /* the proof's point is none */
                   VRF_SCALAR = 3,  /* the proof's s is not below the group order */
                   VRF_PRODUCT = 4, /* the library refuses a product: s or c is zero */
                   VRF_CHALLENGE =
                       5, /* all well formed, but not a proof of this input by this key */
};

/* The public key of @seed; the same map as Ed25519's, but never use one seed for both. */
void vrf_public(struct pubkey *out, const struct seed *seed);

/* Prove @input. Deterministic. */
void vrf_prove(struct vrf_proof *out, const struct seed *seed, struct span input);

/* @out is written on VRF_OK only. */
MUST_USE enum vrf_verdict vrf_check(struct vrf_output *out, const struct pubkey *key,
                                    struct span input, const struct vrf_proof *proof);

/* The output that @proof stands for, unchecked: for the prover's own proofs, or after vrf_check.
 * False if its point is refused (VRF_GAMMA); then @out is not written. */
MUST_USE bool vrf_proof_to_hash(struct vrf_output *out, const struct vrf_proof *proof);

#endif
