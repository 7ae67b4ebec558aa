/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/leader.h - who leads a slot: V[s mod |V|] (RULE join.3; paper II-A, eq. 1).
 *
 * Pure. V is fixed for an epoch, in the order drawn. A seat that falls out is vacant until the
 * next V: its slots have no leader, but it still counts in |V|. */
#ifndef PEERWATT_SAMPLING_LEADER_H
#define PEERWATT_SAMPLING_LEADER_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum { LEADER_SEATS_MAX = 63 }; /* genesis: verifier_count is 1 to 63 */

enum { LEADER_NONE = 0 }; /* members are slots from 1 */

struct leader_seats { /* V of one epoch */
    uint32_t member[LEADER_SEATS_MAX];
    uint64_t vacant; /* bit i: seat i has fallen out */
    uint32_t count;  /* |V|, vacant seats too */
};

/* A new V without vacant seats; @count <= LEADER_SEATS_MAX, members are not LEADER_NONE. */
void leader_seats_init(struct leader_seats *v, const uint32_t *members, uint32_t count);

/* @member falls out; nothing changes if it has no seat. */
void leader_vacate(struct leader_seats *v, uint32_t member);

/* The seat of @member, vacant or not, or LEADER_SEATS_MAX if it has none. */
MUST_USE uint32_t leader_seat(const struct leader_seats *v, uint32_t member);

/* The leader of @slot, or LEADER_NONE if V is empty or the seat vacant. */
MUST_USE uint32_t leader_get(const struct leader_seats *v, uint64_t slot);

#endif
