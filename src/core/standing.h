/* SPDX-License-Identifier: Apache-2.0 */
/* core/standing.h - what the Q-score remembers of a member, and what it may do with it (paper
 * II-C; RULE boot.2, qot.7, qot.9).
 *
 * Pure. A row is the caller's; the ledger may keep its fields where it likes and fill one in for
 * the call. Slots only name other members here, nothing is looked up by them. */
#ifndef PEERWATT_CORE_STANDING_H
#define PEERWATT_CORE_STANDING_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STANDING_RECENT_MAX = 32,  /* closed trades of which the other party is remembered */
    STANDING_PARTNERS_MAX = 5, /* more are never asked for (boot.2) */
    STANDING_QUARTERS = 4,     /* of a settled trade with a cluster; without one it counts 1 */
};

struct standing { /* first what every step touches: one cache line */
    uint32_t slot;
    int32_t score;       /* R */
    bool live;           /* not revoked, ejected or departed */
    bool mature;         /* by trades; a founder is not */
    bool below;          /* R was below R_trade when last looked at */
    uint64_t below_from; /* interval from which the penance runs */
    uint32_t closed;     /* trades settled or failed */
    uint32_t quarters;   /* 4 a settled trade, 1 if unwitnessed */
    uint8_t recent_next, recent_count, partner_count;
    uint32_t partners[STANDING_PARTNERS_MAX]; /* the first different ones, for ever */
    uint32_t recent[STANDING_RECENT_MAX];     /* ring: slots of the other parties */
};

enum standing_trade {                  /* what a member may do as a trader (qot.9) */
                      STANDING_FULL,   /* mature and above the threshold */
                      STANDING_CAPPED, /* probation caps: not mature yet, or after its penance */
                      STANDING_LOW,    /* refused, the score is too low */
};

/* R_trade (RULE qot.9). */
MUST_USE int32_t standing_threshold(const struct standing *m, uint32_t active);

MUST_USE enum standing_trade standing_trade(const struct standing *m, uint32_t active,
                                            uint64_t interval, uint64_t penance_intervals);

/* Duties need R >= 0. */
MUST_USE bool standing_serves(const struct standing *m);

/* The score with which a household comes back (RULE join.12). */
MUST_USE int32_t standing_rejoin(int32_t old_score);

/* j of RULE qot.7: how often one stands in the other's ring, the larger count. */
MUST_USE uint32_t standing_times(const struct standing *a, const struct standing *b);

/* The slot of the closed trade at @index, 0 is the oldest in the ring. */
MUST_USE uint32_t standing_recent(const struct standing *m, uint32_t index);

/* Remember a partner once; beyond STANDING_PARTNERS_MAX none is needed. */
void standing_add_partner(struct standing *m, uint32_t slot);

/* Append a closed trade with @other: @quarters is 0 for a declined one. */
void standing_close(struct standing *m, uint32_t other, uint32_t quarters, uint32_t active);

/* Take note in @interval of where R stands now; a trader that @failed begins its penance anew. */
void standing_look(struct standing *m, uint32_t active, uint64_t interval, bool failed);

#endif
