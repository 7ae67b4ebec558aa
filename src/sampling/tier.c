/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/tier.h"

enum { PARTNERS_MAX = 5, CLOSED_PER_PARTNER = 4 };

uint32_t tier_partners(uint32_t active_count)
{
    const uint32_t pairs = active_count > 0 ? (active_count - 1) / 2 : 0;
    if (pairs < 1)
        return 1;
    return pairs < PARTNERS_MAX ? pairs : PARTNERS_MAX;
}

int32_t tier_trade_threshold(uint32_t active_count, uint32_t closed, bool mature)
{
    if (mature)
        return -TIER_SCORE_MAX / 8;
    const int64_t full = (int64_t)CLOSED_PER_PARTNER * tier_partners(active_count);
    const int64_t counted = closed < full ? closed : full;
    const int64_t risen = 3 * (int64_t)TIER_SCORE_MAX * counted / (8 * full); /* RULE qot.9 */
    return (int32_t)(-TIER_SCORE_MAX / 2 + risen);
}

uint8_t tier_for_cluster(const struct tier_member *m, uint32_t active_count)
{
    if (!m->active || !m->present)
        return TIER_NONE;
    if (m->score >= 0)
        return m->mature || m->founder ? 1 : 2; /* RULE boot.5 */
    return m->score >= tier_trade_threshold(active_count, m->closed, m->mature) ? 3 : TIER_NONE;
}

uint8_t tier_for_verifiers(const struct tier_member *m)
{
    if (!m->active || !m->present || !m->volunteer || m->score < 0)
        return TIER_NONE;
    return m->mature || m->founder ? 1 : 2; /* RULE boot.3 */
}
