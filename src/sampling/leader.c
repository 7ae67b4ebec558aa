/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/leader.h"

#include <assert.h>
#include <string.h>

void leader_seats_init(struct leader_seats *v, const uint32_t *members, uint32_t count)
{
    assert(count <= LEADER_SEATS_MAX);
    memset(v, 0, sizeof *v);
    for (uint32_t seat = 0; seat < count; seat++) {
        assert(members[seat] != LEADER_NONE);
        v->member[seat] = members[seat];
    }
    v->count = count;
}

uint32_t leader_seat(const struct leader_seats *v, uint32_t member)
{
    for (uint32_t seat = 0; seat < v->count; seat++)
        if (v->member[seat] == member)
            return seat;
    return LEADER_SEATS_MAX;
}

void leader_vacate(struct leader_seats *v, uint32_t member)
{
    const uint32_t seat = leader_seat(v, member);
    if (seat < LEADER_SEATS_MAX)
        v->vacant |= UINT64_C(1) << seat;
}

uint32_t leader_get(const struct leader_seats *v, uint64_t slot)
{
    if (v->count == 0)
        return LEADER_NONE;
    const uint32_t seat = (uint32_t)(slot % v->count); /* RULE join.3 */
    return (v->vacant >> seat & 1) != 0 ? LEADER_NONE : v->member[seat];
}
