/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/trade_duty.h - lists of duties that grow at their end: on which contracts a member votes
 * and with which rank (RULE op.1).
 *
 * Pure; memory is the caller's. Lists are numbered by the caller. Their chunks come from one pool,
 * so memory follows from how many duties there are in all. A position is found in a few steps from
 * the list's end, however long it is: nobody can make others search by naming positions far
 * apart; from there the reader goes forward. */
#ifndef PEERWATT_LEDGER_TRADE_DUTY_H
#define PEERWATT_LEDGER_TRADE_DUTY_H

#include "base/must_use.h"

#include <stddef.h>
#include <stdint.h>

enum { DUTY_CHUNK_ITEMS = 13, DUTY_RANK_BITS = 10, DUTY_PLACES_MAX = 1 << 22 };

struct duty {       /* of one seat */
    uint32_t place; /* of the contract, below DUTY_PLACES_MAX */
    uint32_t rank;
};

struct duty_chunk { /* one cache line; links are places + 1, 0: none */
    uint32_t items[DUTY_CHUNK_ITEMS];
    uint32_t next, previous;
    uint32_t jump; /* from chunk i of its list to chunk i & (i - 1) */
};

struct duty_list { /* chunks + 1, 0: none */
    uint32_t first, last, count;
};

struct duty_lists {
    struct duty_chunk *chunks;
    struct duty_list *lists;
    uint32_t chunk_max, list_count;
    uint32_t chunk_used; /* chunks from there on were never taken */
    uint32_t chunk_free; /* of those given back + 1 */
};

/* Chunks that so many duties in so many lists need at most. */
MUST_USE uint32_t duty_chunks(uint64_t duties_max, uint32_t lists_max);

/* All lists are empty. */
void duty_clear(struct duty_lists *d);

/* Append; there is room (duty_chunks). */
void duty_add(struct duty_lists *d, uint32_t list, struct duty duty);

MUST_USE uint32_t duty_count(const struct duty_lists *d, uint32_t list);

/* The list is empty again. */
void duty_drop(struct duty_lists *d, uint32_t list);

struct duty_reader {
    const struct duty_chunk *chunks, *chunk;
    uint32_t index; /* of the chunk in its list */
};

/* @position is below the count. */
void duty_reader_init(struct duty_reader *r, const struct duty_lists *d, uint32_t list,
                      uint32_t position);

/* Positions do not fall from call to call, and lie below the count. */
MUST_USE struct duty duty_read(struct duty_reader *r, uint32_t position);

#endif
