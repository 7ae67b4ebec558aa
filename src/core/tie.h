/* SPDX-License-Identifier: Apache-2.0 */
/* core/tie.h - tie ranks (RULE market.4): who comes first where nothing else decides.
 *
 * Pure. The seed is known only after the gate and ranks belong to households and members, never to
 * orders: neither arrival, nor splitting, nor grinding of ids pays. Lower ranks come first; equal
 * ranks are ordered by the number itself. */
#ifndef PEERWATT_CORE_TIE_H
#define PEERWATT_CORE_TIE_H

#include "base/ids.h"
#include "base/must_use.h"
#include "base/siphash.h"

#include <stdint.h>

enum tie_domain { TIE_RATION = 'R', TIE_PAIRING = 'P' };

/* The key of an interval (of a block height in `continuous`). */
MUST_USE struct siphash_key tie_key(const struct hash *seed, uint64_t interval);

MUST_USE uint64_t tie_rank(const struct siphash_key *key, enum tie_domain domain, uint64_t number);

#endif
