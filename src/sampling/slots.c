/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/slots.h"

#include "sampling/leader.h"

#include <assert.h>
#include <string.h>

enum { BLOCKS_TO_SCORE = 2 };

void slots_init(struct slots *s, uint32_t grace)
{
    assert(grace <= SLOTS_GRACE_MAX);
    memset(s, 0, sizeof *s);
    s->grace = grace;
}

bool slots_close(struct slots *s, struct slot_record *out, uint64_t now)
{
    if (s->count == 0 || now <= s->open[0].slot + s->grace)
        return false;
    *out = s->open[0];
    s->count--;
    memmove(&s->open[0], &s->open[1], s->count * sizeof s->open[0]);
    return true;
}

void slots_enter(struct slots *s, uint64_t now, uint32_t leader, bool due)
{
    struct slot_record *last = s->count > 0 ? &s->open[s->count - 1] : NULL;
    assert(!last || last->slot <= now);
    if (last && last->slot == now) {
        last->blocks = BLOCKS_TO_SCORE;
        return;
    }
    assert(s->count < SLOTS_OPEN_MAX);
    s->open[s->count++] =
        (struct slot_record){.slot = now, .leader = leader, .blocks = 1, .due = due};
}

bool slots_serve(struct slots *s, uint64_t slot, uint64_t now)
{
    if (slot > now || now - slot > s->grace) /* RULE join.4, also while it waits to be closed */
        return false;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->open[i].slot == slot)
            s->open[i].served = true;
    return true;
}

void slots_vacate(struct slots *s, uint32_t leader)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->open[i].leader == leader)
            s->open[i].leader = LEADER_NONE;
}

enum slot_verdict slot_judge(const struct slot_record *r, bool is_in_spell)
{
    if (r->leader == LEADER_NONE)
        return SLOT_NO_LEADER;
    if (r->served)
        return SLOT_SERVED;
    if (!r->due)
        return SLOT_NOTHING_DUE;
    if (r->blocks < BLOCKS_TO_SCORE)
        return SLOT_TOO_SHORT;
    return is_in_spell ? SLOT_SILENT_AGAIN : SLOT_SILENT;
}
