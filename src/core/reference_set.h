/* SPDX-License-Identifier: Apache-2.0 */
/* core/reference_set.h - the bank references that were ever used (RULE funds.1: "kept for ever").
 *
 * Pure. The table is the caller's: a power of two of zeroed hashes, never more than half full;
 * a reference is the SHA-256 of the bank's text, so the zero hash stands for a free place. Whoever
 * says zeros all the same says what is known already. */
#ifndef PEERWATT_CORE_REFERENCE_SET_H
#define PEERWATT_CORE_REFERENCE_SET_H

#include "base/ids.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct reference_set {
    struct hash *places; /* the caller's, zeroed */
    uint32_t place_count, used;
};

void reference_set_init(struct reference_set *set, struct hash *places, uint32_t place_count);
MUST_USE bool reference_set_has(const struct reference_set *set, const struct hash *reference);

/* Take a reference in that is not there yet. A full table is a bug of the caller. */
void reference_set_add(struct reference_set *set, const struct hash *reference);

#endif
