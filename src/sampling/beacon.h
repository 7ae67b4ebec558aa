/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/beacon.h - the seed of every draw: reveals by leaders change it, draws wait for them
 * (RULE beacon.1, beacon.2, boot.4).
 *
 * Pure. Proofs are checked elsewhere; here an output is what its proof stands for. The caller goes
 * through each block in the order of the protocol's section 3 (ledger.6):
 *
 *   phase 1   beacon_enter      the block's slot: what its leader must prove
 *   phase 3   beacon_draw       which draws are made now, and from which seed
 *   phase 4   beacon_admit      something has to be drawn (in phase 3 too, behind beacon_draw)
 *             beacon_reveal     a leader's output
 *   phase 6   beacon_mix        the outputs of this block go into the seed
 *
 * Waiting draws lie in the caller's memory, as many as it gave room for. */
#ifndef PEERWATT_SAMPLING_BEACON_H
#define PEERWATT_SAMPLING_BEACON_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "sampling/leader.h"
#include "sampling/slots.h"

#include <stdbool.h>
#include <stdint.h>

enum beacon_verdict { /* on a reveal, in order of precedence */
                      BEACON_OK = 0,
                      BEACON_NOT_LEADER = 1,
                      BEACON_EARLY = 2, /* the slot has not begun */
                      BEACON_LATE = 3,  /* it is more than the grace ago */
                      BEACON_DUPLICATE = 4,
                      BEACON_NOT_DUE = 5 /* no draw was pending at its start */
};

enum { BEACON_INPUT_BYTES = 78 }; /* "pw-vrf", chain, slot, seed */

struct beacon_block { /* the block that is being applied */
    uint64_t height, slot, a_ms;
    struct hash previous; /* hash of block height - 1; of block 0: the genesis hash */
};

struct beacon_waiting { /* a draw that has been admitted and not made */
    uint64_t number;
    uint64_t height, slot, a_ms; /* of the block that admitted it */
    uint32_t first;              /* who revealed first in a later slot; LEADER_NONE: nobody */
    bool is_ready;               /* stays so */
};

struct beacon_drawn { /* effect: make this draw from this seed */
    uint64_t number;
    uint64_t admitted; /* height */
    struct hash seed;
    bool is_fallback;
};

struct beacon_slot { /* frozen in the state before the first block of that slot or later */
    uint64_t slot;
    struct hash seed;
    bool was_due, is_revealed;
};

struct beacon_share { /* event */
    uint64_t slot;
    uint32_t member;
    struct vrf_output output;
};

struct beacon_times { /* genesis */
    uint64_t wait_ms; /* beacon_wait_ms */
    uint32_t grace;   /* slots, up to SLOTS_GRACE_MAX */
};

struct beacon {
    struct hash chain; /* SHA-256 of the chain id */
    struct hash seed;
    struct beacon_times times;
    struct beacon_block block;                 /* the last one entered */
    struct beacon_slot recent[SLOTS_OPEN_MAX]; /* by slot % SLOTS_OPEN_MAX: slot - grace to slot */
    struct beacon_share taken[SLOTS_OPEN_MAX]; /* in this block, by rising slot */
    uint32_t taken_count;
    struct beacon_waiting *waiting; /* in order of admission; the caller's */
    uint32_t waiting_count, waiting_max;
};

/* seed_0 follows from chain id and genesis hash; no block has been applied. */
void beacon_init(struct beacon *b, struct span chain_id, const struct hash *genesis,
                 const struct beacon_times *times, struct beacon_waiting *memory,
                 uint32_t waiting_max);

/* Phase 1. @block has a slot at least that of the block before. */
void beacon_enter(struct beacon *b, const struct beacon_block *block);

/* What the leader of @slot proves: 'pw-vrf' || chain || slot || seed. The slot has begun within the
 * grace, or not at all: then the seed is that of now, which holds if the next block is in it. */
void beacon_input(uint8_t out[BEACON_INPUT_BYTES], const struct beacon *b, uint64_t slot);

/* Phase 3, with V of this block. The draws to be made now leave the waiting ones and are written
 * to @out (room for waiting_count), those of the seed before those of the fallback, each in order
 * of admission. Returns how many. If one is a fallback the state's seed has been replaced. */
MUST_USE uint32_t beacon_draw(struct beacon *b, struct beacon_drawn *out,
                              const struct leader_seats *v);

/* Draw @number is admitted in this block. False, and nothing changes, if memory is full. */
MUST_USE bool beacon_admit(struct beacon *b, uint64_t number);

/* What beacon_reveal would say; the output does not count. */
MUST_USE enum beacon_verdict beacon_check(const struct beacon *b, const struct beacon_share *reveal,
                                          const struct leader_seats *v);

/* Phase 4. BEACON_OK takes the reveal, all else changes nothing. */
MUST_USE enum beacon_verdict beacon_reveal(struct beacon *b, const struct beacon_share *reveal,
                                           const struct leader_seats *v);

/* Phase 6: the reveals of this block go into the seed by rising slot, and draws become ready. */
void beacon_mix(struct beacon *b, const struct leader_seats *v);

#endif
