/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/tier.h - in which tier a member may be drawn, if at all (RULE boot.3, boot.5).
 *
 * Pure. Score is a gate, never a weight (RULE sample.4). */
#ifndef PEERWATT_SAMPLING_TIER_H
#define PEERWATT_SAMPLING_TIER_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TIER_NONE = 0, /* not eligible */
    TIER_MAX = 3,  /* of clusters: present and mature; present; present with a low score */
    TIER_VERIFIERS_MAX = 2,
    TIER_VERIFIERS_FLOOR = 3, /* fewer mature volunteers: unmature ones too */
    TIER_SCORE_MAX = 1 << 30  /* M: scores are -M to M */
};

struct tier_member {
    int32_t score;   /* R */
    uint32_t closed; /* trades settled or failed */
    bool active, present, volunteer;
    bool mature;  /* by trades */
    bool founder; /* mature for duties only (RULE boot.2) */
};

/* p of RULE boot.2: the different partners that make a member mature, 1 to 5. */
MUST_USE uint32_t tier_partners(uint32_t active_count);

/* R_trade, the score below which a member may not trade (RULE qot.9). */
MUST_USE int32_t tier_trade_threshold(uint32_t active_count, uint32_t closed, bool mature);

/* TIER_NONE or 1 to TIER_MAX. */
MUST_USE uint8_t tier_for_cluster(const struct tier_member *m, uint32_t active_count);

/* TIER_NONE or 1 to TIER_VERIFIERS_MAX. */
MUST_USE uint8_t tier_for_verifiers(const struct tier_member *m);

#endif
