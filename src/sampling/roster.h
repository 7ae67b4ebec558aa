/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/roster.h - who can be drawn in a round: prepared once, then read by every draw of it.
 *
 * Pure. Everything that a draw would have to look for among all members is laid out here: the
 * slots of each feeder in ascending order, for each tier with those before it; the members of V;
 * and who shares a household. A draw then costs by feeders and seats. Memory is the caller's
 * arena; a roster lives as long as it and the members it was built from. */
#ifndef PEERWATT_SAMPLING_ROSTER_H
#define PEERWATT_SAMPLING_ROSTER_H

#include "base/arena.h"
#include "base/must_use.h"
#include "sampling/tier.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROSTER_MEMBERS_MAX = 1 << 20, ROSTER_FEEDERS_MAX = 65535 };

struct roster_member {
    uint64_t household;
    uint32_t slot;   /* > 0 */
    uint32_t feeder; /* 1 to ROSTER_FEEDERS_MAX */
    uint8_t tier;    /* TIER_NONE: never drawn, but its household still counts */
    bool in_v;
};

struct roster_list { /* the eligible of one tier and those before it */
    uint32_t *first; /* of feeder i: slot[first[i]] to slot[first[i + 1] - 1], ascending */
    uint32_t *slot;
};

struct roster {
    const struct roster_member *members; /* ascending slots; borrowed */
    uint32_t member_count;
    uint32_t *feeder; /* numbers of the feeders with a member of any tier, ascending */
    uint32_t feeder_count;
    uint32_t *feeder_index; /* by number: its place in @feeder */
    uint32_t *verifier;     /* the eligible members of V, as indexes of @members */
    uint32_t verifier_count;
    uint32_t *next_at_home; /* by index: the next member of the household, in a ring */
    uint32_t household_max; /* members of the largest household */
    struct roster_list list[TIER_MAX];
};

/* Bytes of memory that a roster of so many members, of feeders up to @feeder_max, takes. */
MUST_USE size_t roster_size(uint32_t member_count, uint32_t feeder_max);

/* @members have ascending slots and feeders up to @feeder_max; @memory has roster_size left. */
void roster_build(struct roster *r, const struct roster_member *members, uint32_t member_count,
                  uint32_t feeder_max, struct arena *memory);

/* The index of the member with this slot among @members in ascending slots, or UINT32_MAX. */
MUST_USE uint32_t roster_find(const struct roster_member *members, uint32_t count, uint32_t slot);

/* How many members tier @tier (from 1) and those before it have. */
MUST_USE uint32_t roster_count(const struct roster *r, uint8_t tier);

/* Where the member at @index, of tier 1 to @tier, stands in the list of its feeder. */
MUST_USE uint32_t roster_place(const struct roster *r, uint8_t tier, uint32_t index);

#endif
