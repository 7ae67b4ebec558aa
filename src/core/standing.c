/* SPDX-License-Identifier: Apache-2.0 */
#include "core/standing.h"

#include "core/score.h"
#include "sampling/tier.h"

#include <assert.h>

enum { TRADES_PER_PARTNER = 4, THRESHOLD_MOST = -SCORE_MAX / 8 };

int32_t standing_threshold(const struct standing *m, uint32_t active)
{
    return tier_trade_threshold(active, m->closed, m->mature);
}

/* RULE qot.9 */
enum standing_trade standing_trade(const struct standing *m, uint32_t active, uint64_t interval,
                                   uint64_t penance_intervals)
{
    if (m->score >= standing_threshold(m, active))
        return m->mature ? STANDING_FULL : STANDING_CAPPED;
    /* A threshold that rose because the community shrank finds nobody `below`: no penance. */
    const bool waits = m->below && interval < m->below_from + penance_intervals;
    return waits ? STANDING_LOW : STANDING_CAPPED;
}

bool standing_serves(const struct standing *m)
{
    return m->score >= 0;
}

/* RULE join.12 */
int32_t standing_rejoin(int32_t old_score)
{
    return old_score < 0 ? old_score : 0;
}

static uint32_t times_in_ring(const struct standing *m, uint32_t slot)
{
    uint32_t times = 0;
    for (uint32_t i = 0; i < m->recent_count; i++)
        times += m->recent[i] == slot;
    return times;
}

/* RULE qot.7 */
uint32_t standing_times(const struct standing *a, const struct standing *b)
{
    const uint32_t in_a = times_in_ring(a, b->slot), in_b = times_in_ring(b, a->slot);
    return in_a > in_b ? in_a : in_b;
}

uint32_t standing_recent(const struct standing *m, uint32_t index)
{
    assert(index < m->recent_count);
    const uint32_t oldest = (uint32_t)(STANDING_RECENT_MAX + m->recent_next - m->recent_count);
    return m->recent[(oldest + index) % STANDING_RECENT_MAX];
}

void standing_add_partner(struct standing *m, uint32_t slot)
{
    for (uint32_t i = 0; i < m->partner_count; i++)
        if (m->partners[i] == slot)
            return;
    if (m->partner_count < STANDING_PARTNERS_MAX)
        m->partners[m->partner_count++] = slot;
}

/* RULE boot.2 */
void standing_close(struct standing *m, uint32_t other, uint32_t quarters, uint32_t active)
{
    assert(m->recent_next < STANDING_RECENT_MAX && m->recent_count <= STANDING_RECENT_MAX);
    m->recent[m->recent_next] = other;
    m->recent_next = (uint8_t)((m->recent_next + 1) % STANDING_RECENT_MAX);
    m->recent_count = (uint8_t)(m->recent_count + (m->recent_count < STANDING_RECENT_MAX));
    m->closed += m->closed < UINT32_MAX;
    if (quarters > 0)
        standing_add_partner(m, other);
    m->quarters = m->quarters > UINT32_MAX - quarters ? UINT32_MAX : m->quarters + quarters;
    const uint32_t p = tier_partners(active);
    if (m->quarters >= STANDING_QUARTERS * TRADES_PER_PARTNER * p && m->partner_count >= p)
        m->mature = true;
}

/* RULE qot.9 */
void standing_look(struct standing *m, uint32_t active, uint64_t interval, bool failed)
{
    const bool below = m->score < THRESHOLD_MOST && m->score < standing_threshold(m, active);
    if (below && (failed || !m->below))
        m->below_from = interval;
    m->below = below;
}
