/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/draw.h - the draw of a validation cluster or a verifier set (RULE sample.2, sample.6).
 *
 * Pure. Seats are spread over the feeders in proportion to their eligible members, the rest of
 * each division by lot, so that every member has the same probability; members are drawn inside
 * each feeder; one more shuffle of all drawn gives their ranks. Costs by feeders and seats. */
#ifndef PEERWATT_SAMPLING_DRAW_H
#define PEERWATT_SAMPLING_DRAW_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "sampling/roster.h"
#include "sampling/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draw_order { /* what to draw */
    struct hash seed;
    enum stream_purpose purpose;
    uint64_t number;        /* of the contract, or of the epoch */
    uint32_t k;             /* seats */
    uint32_t cluster_floor; /* of a cluster; a verifier set has TIER_VERIFIERS_FLOOR */
    uint32_t seller, buyer; /* slots of members; 0: none */
    uint32_t feeders_max;   /* two-stage: only the first so many of the shuffled; 0: stratified */
};

struct draw_seats {
    uint32_t feeder; /* number */
    uint32_t seats;  /* drawn there, the dropped one too */
};

struct draw {
    uint32_t eligible;        /* e */
    uint8_t tier;             /* the last one opened */
    bool verifiers_used;      /* members of V were among the eligible */
    struct draw_seats *seats; /* feeders with eligible members that took part, ascending */
    uint32_t seats_count;
    uint32_t *member; /* slots in rank order, the dropped one behind */
    uint32_t member_count;
    uint32_t dropped_count; /* 1 if the number had to be made odd */
    uint64_t words;         /* of the stream, and */
    uint64_t looked_at;     /* cells of the table of exchanges: what the draw cost */
};

/* Bytes of memory that a draw of up to @k seats takes at most. */
MUST_USE size_t draw_size(const struct roster *r, uint32_t k);

/* @memory has draw_size left; the draw lives as long as it. Parties must be members of @r. For a
 * verifier set @r holds the tiers of tier_for_verifiers and nobody in V. */
void draw_make(struct draw *d, const struct roster *r, const struct draw_order *order,
               struct arena *memory);

/* The majority of @count members: floor(count / 2) + 1. */
MUST_USE uint32_t draw_quorum(uint32_t count);

#endif
