/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/index.h - what is derived from the rows so that nothing has to be searched: never hashed,
 * never stored, found again after a restart or an undo (docs/protocol.md; RULE ledger.2).
 *
 * Pure. Each part belongs to one module, which keeps it true and rebuilds it. */
#ifndef PEERWATT_LEDGER_INDEX_H
#define PEERWATT_LEDGER_INDEX_H

#include "base/arena.h"
#include "core/reference_set.h"
#include "ledger/hash_map.h"
#include "ledger/id_map.h"
#include "ledger/places.h"
#include "ledger/sizes.h"
#include "ledger/trade_duty.h"

#include <stdint.h>

struct round_roster; /* trade_draw.c */
struct market_seed;  /* market_continuous.c */

struct member_index {           /* member_index.c */
    struct hash_map households; /* hash of the voucher -> lowest slot */
    uint32_t *next_at_home;     /* by slot: the next of the household, in a ring */
    struct hash_map nullifiers; /* held by a live member or an open request -> 1 */
    struct hash_map keys;       /* ever seen -> 1 */
    uint8_t *seats;             /* by slot: enum contract_member */
    uint64_t *volunteers;       /* bit a slot: active and a volunteer */
    uint32_t *feeder_live;      /* by feeder: live members */
    uint32_t *to_bind;          /* slots for which something binds in the next block */
    uint32_t to_bind_count;
};

struct join_index { /* join.c */
    struct places places;
    struct id_map by_number; /* requests -> place */
    /* By place, UINT64_MAX: never. */
    uint64_t *due_ms;      /* A, of a pending request: a leader can give a verdict from here on */
    uint64_t *lapse_ms;    /* T, the voucher's expiry while it matters */
    uint64_t *erase_ms;    /* A, by which its documents are to be erased */
    uint32_t *feeder_asks; /* by feeder: requests admitted in this epoch */
    uint32_t open_count;   /* not ended */
};

struct order_index { /* market.c */
    struct places places;
    struct id_map by_number; /* orders -> place */
    struct places intervals;
    struct id_map by_interval; /* interval + 1 -> place of its row */
    struct places pages;
    uint32_t *first_of_round; /* interval place * 2 + round -> an order's place + 1 */
    uint32_t *next_of_round, *previous_of_round;   /* by order place, + 1 */
    struct id_map first_of_member;                 /* member and interval -> an order's place + 1 */
    uint32_t *next_of_member, *previous_of_member; /* by order place, + 1 */
    /* forward orders that were never run (continuous), ascending numbers; by order place, + 1 */
    uint32_t *next_waiting, *previous_waiting;
    uint32_t first_waiting, last_waiting;
    struct market_seed *seeds; /* of this block, for its end; see market_continuous.c */
    uint32_t seed_count, seed_max;
};

struct contract_index { /* trade_index.c */
    struct places places;
    uint32_t end; /* no place from here on is occupied */
    struct id_map by_number;
    struct hash_map agreements; /* hash -> place */
    uint64_t *due_ms;           /* by place: A of the next work, UINT64_MAX: none */
    struct id_map first_as_seller, first_as_buyer; /* member and interval -> place + 1 */
    uint32_t *next_as_seller, *previous_as_seller; /* by place, + 1; newest first */
    uint32_t *next_as_buyer, *previous_as_buyer;
    uint32_t *first_of_round, *last_of_round;    /* interval place * 2 + round -> place + 1 */
    uint32_t *next_of_round, *previous_of_round; /* by place, + 1; ascending numbers */
    int64_t *exposure_micro;                     /* by slot: payments of open agreements (dos.1) */
    uint32_t *awaited; /* interval place -> place + 1: the parties of those before have stated */
    uint32_t *stated, *stated_count; /* page * members: slots with a counted statement; page */
    uint32_t *party;                 /* by slot: room for the judge, 0 between its calls */
    uint32_t *clusters;              /* by place * seats */
    struct duty_lists duties;        /* list (page * 2 + round) * (members + 1) + slot */
    struct round_roster *drawn; /* the round whose clusters are being drawn; see trade_draw.c */
};

struct money_index {      /* money.c */
    struct places places; /* payouts */
    struct id_map by_number;
    struct reference_set references;
};

struct index {
    struct member_index members;
    struct join_index joins;
    struct order_index orders;
    struct contract_index contracts;
    struct money_index money;
};

/* For key (member, interval): never 0. An interval is below 2^40, see CLOCK_MS_MAX. */
static inline uint64_t index_key(uint32_t slot, uint64_t interval)
{
    return (uint64_t)slot << 40 | interval;
}

#endif
