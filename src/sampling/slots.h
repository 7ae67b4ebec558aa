/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/slots.h - which slots are open, which one a block closes, and whether its leader was
 * silent (RULE sample.5).
 *
 * Pure. For each block, in the protocol's order (ledger.6): slots_close, slots_enter, and with the
 * operations slots_serve and slots_vacate. Each block opens at most one slot and closes at most
 * one, so never more than SLOTS_OPEN_MAX are open. */
#ifndef PEERWATT_SAMPLING_SLOTS_H
#define PEERWATT_SAMPLING_SLOTS_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum { SLOTS_GRACE_MAX = 16, SLOTS_OPEN_MAX = SLOTS_GRACE_MAX + 1 }; /* grace: genesis, in slots */

enum slot_verdict { /* in the order in which they are tested */
                    SLOT_NO_LEADER = 1,
                    SLOT_SERVED = 2,
                    SLOT_NOTHING_DUE = 3,
                    SLOT_TOO_SHORT = 4,   /* fewer than two blocks had a time in it */
                    SLOT_SILENT = 5,      /* its leader takes the step */
                    SLOT_SILENT_AGAIN = 6 /* the same spell of absence: no step */
};

struct slot_record {
    uint64_t slot;
    uint32_t leader; /* LEADER_NONE: vacant when it was entered, or since */
    uint32_t blocks; /* that had a time in it; counted up to 2 */
    bool due;        /* in the state before its first block */
    bool served;     /* by a reveal or a verification block of its leader */
};

struct slots {
    struct slot_record open[SLOTS_OPEN_MAX]; /* ascending */
    uint32_t count;
    uint32_t grace;
};

/* @grace <= SLOTS_GRACE_MAX. */
void slots_init(struct slots *s, uint32_t grace);

/* Phase 1 of a block in slot @now: true if it closes one, the lowest with @now > slot + grace; its
 * record moves to @out. Others wait for the next blocks. */
MUST_USE bool slots_close(struct slots *s, struct slot_record *out, uint64_t now);

/* Then: the block has a time in slot @now, at least that of the block before. @leader and @due
 * count only if it is the slot's first block. */
void slots_enter(struct slots *s, uint64_t now, uint32_t leader, bool due);

/* The leader of @slot has served it in a block in slot @now. False, and nothing changes, outside
 * slot <= now <= slot + grace: such an operation is refused. A slot that was jumped over can be
 * served, but it is never judged. */
MUST_USE bool slots_serve(struct slots *s, uint64_t slot, uint64_t now);

/* The seat of @leader has fallen out: its open slots have no leader any more. */
void slots_vacate(struct slots *s, uint32_t leader);

/* Judge a closed slot. @is_in_spell: its leader was SLOT_SILENT before and has had no accepted
 * envelope since. */
MUST_USE enum slot_verdict slot_judge(const struct slot_record *r, bool is_in_spell);

#endif
