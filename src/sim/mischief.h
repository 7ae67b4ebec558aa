/* SPDX-License-Identifier: Apache-2.0 */
/* sim/mischief.h - what careless and malicious people say in a block beside the honest: every kind
 * of operation, near enough to what would be right that each refusal is met; envelopes that are
 * repeated, damaged, late, or nobody's.
 *
 * Not pure: memory is the world's. Everything follows from the seed of the dice. */
#ifndef PEERWATT_SIM_MISCHIEF_H
#define PEERWATT_SIM_MISCHIEF_H

#include "sim/dice.h"
#include "sim/honest.h"

#include <stddef.h>
#include <stdint.h>

enum { MISCHIEF_KEPT = 16 };

struct mischief_kept { /* an envelope that was said once */
    uint8_t bytes[WIRE_ENVELOPE_BYTES_MAX];
    size_t len;
};

struct mischief {
    struct world *w;
    struct honest *h;
    struct dice dice;
    struct mischief_kept *kept;
    struct agreement agreed; /* the last one said, to be said again */
    bool has_agreed;
    uint32_t newcomers; /* homes from here on come later */
};

void mischief_init(struct mischief *m, struct honest *h, uint64_t seed);

/* Say about @count things. */
void mischief_act(struct mischief *m, uint32_t count);

/* Operations about trades; mischief_trade.c. */
void mischief_say_trade(struct mischief *m, uint32_t kind);

/* A home, more often than not a member. */
MUST_USE uint32_t mischief_home(struct mischief *m);
/* A home that is live, or 0. */
MUST_USE uint32_t mischief_live(struct mischief *m);

#endif
