/* SPDX-License-Identifier: Apache-2.0 */
/* base/siphash.h - SipHash-2-4 (Aumasson and Bernstein), the tie ranks of RULE market.4.
 *
 * Pure. A keyed hash for draws whose key is public; not a signature. */
#ifndef PEERWATT_BASE_SIPHASH_H
#define PEERWATT_BASE_SIPHASH_H

#include "base/bytes.h"
#include "base/must_use.h"

#include <stdint.h>

enum { SIPHASH_KEY_BYTES = 16 };

struct siphash_key {
    uint8_t bytes[SIPHASH_KEY_BYTES];
};

/* The 8 result bytes read as a little-endian number. */
MUST_USE uint64_t siphash(const struct siphash_key *key, struct span message);

#endif
