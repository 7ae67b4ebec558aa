/* SPDX-License-Identifier: Apache-2.0 */
/* core/verification_machine.h - the states of a verification block: the second half of table 1 of
 * docs/state-machines.md (RULE join.6).
 *
 * Pure. A block has no events of its own: it ends when none of its requests is being voted on any
 * more, and how it ends follows from how they did. */
#ifndef PEERWATT_CORE_VERIFICATION_MACHINE_H
#define PEERWATT_CORE_VERIFICATION_MACHINE_H

#include "base/must_use.h"
#include "core/request_machine.h"

#include <stdbool.h>

enum block_state { /* on the ledger: append, never renumber */
                   BLOCK_OFFERED = 1,
                   BLOCK_DECIDED = 2,
                   BLOCK_DECLINED = 3,
                   BLOCK_TIMED_OUT = 4,
                   BLOCK_STRUCK = 5,
                   BLOCK_STATE_COUNT = 6
};

struct block_tally {    /* over the requests of a block */
    bool has_voting;    /* one is being voted on */
    bool has_decided;   /* one was verified or rejected */
    bool has_timed_out; /* one ran into the deadline or lost q through vacated seats */
    bool is_struck;     /* two blocks of its leader are proven */
};

MUST_USE enum block_state verification_machine(const struct block_tally *t);

/* Of a request that cannot reach q any more: the seats that disagree leave q possible, so it is
 * the vacated ones that took it away. */
MUST_USE bool verification_machine_lost_seats(const struct request *r);

#endif
