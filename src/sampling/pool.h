/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/pool.h - who is eligible for one draw: a roster without the parties and their
 * households, filled tier by tier, without V where enough others are there (RULE boot.5,
 * sample.4).
 *
 * Pure. No list is copied: the few who are left out are kept as sorted places per feeder, and an
 * index among the others is mapped around them. */
#ifndef PEERWATT_SAMPLING_POOL_H
#define PEERWATT_SAMPLING_POOL_H

#include "base/arena.h"
#include "base/must_use.h"
#include "sampling/roster.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool_rule { /* what the purpose of the draw asks for */
    uint32_t k;
    uint32_t floor;         /* fewer eligible: the next tier as well */
    uint8_t tiers;          /* 1 to TIER_MAX */
    uint32_t seller, buyer; /* slots of members, left out with their households; 0: none */
};

struct pool_feeder {
    uint32_t number;
    uint32_t size;            /* eligible members, > 0 */
    const uint32_t *slot;     /* the list of the roster, with those left out */
    const uint32_t *left_out; /* places in it, ascending */
    uint32_t left_out_count;
};

struct pool {
    struct pool_feeder *feeder; /* ascending numbers; those without eligible members are not here */
    uint32_t feeder_count;
    uint32_t eligible;   /* e */
    uint8_t tier;        /* the last one opened */
    bool verifiers_used; /* members of V are among them */
};

/* Bytes of memory that a pool of this roster takes at most. */
MUST_USE size_t pool_size(const struct roster *r);

/* @memory has pool_size left; the pool lives as long as it and @r. A party must be a member. */
void pool_build(struct pool *p, const struct roster *r, const struct pool_rule *rule,
                struct arena *memory);

/* The slot of the eligible member @index of a feeder, 0 to size - 1 in ascending slots. */
MUST_USE uint32_t pool_slot(const struct pool_feeder *f, uint32_t index);

#endif
