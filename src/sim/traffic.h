/* SPDX-License-Identifier: Apache-2.0 */
/* sim/traffic.h - signed traffic of whole intervals, for measuring: every member trades, and says
 * all of a tick in one envelope. Ticks of an interval are orders of the measured round with the
 * statement, the leaders' results, ballots on them, final results, ballots on those.
 *
 * Not pure: memory is the world's. What is measured is a replay of the recorded blocks
 * (sim/rerun.h), so that keys and signatures are made outside of it. */
#ifndef PEERWATT_SIM_TRAFFIC_H
#define PEERWATT_SIM_TRAFFIC_H

#include "sim/honest.h"
#include "sim/world.h"

#include <stdint.h>

enum { TRAFFIC_TRADES_MAX = 4 }; /* of a member in an interval: so many score classes are open */

struct traffic_options {
    uint64_t seed;
    uint32_t members; /* at least 4; all are there from the beginning */
    uint32_t feeders;
    uint32_t k;
    uint32_t trades_per_member; /* 1 to TRAFFIC_TRADES_MAX; odd members sell, even ones buy */
    uint32_t intervals;         /* in which they trade */
    uint32_t envelopes_max;     /* in a block, about */
};

enum traffic_tick {
    TRAFFIC_WAITS, /* for a statement window */
    TRAFFIC_STATES,
    TRAFFIC_EXEC,
    TRAFFIC_EXEC_VOTE,
    TRAFFIC_FINAL,
    TRAFFIC_FINAL_VOTE,
    TRAFFIC_SCORES /* nobody has to say anything until the contracts are scored */
};

struct traffic {
    struct traffic_options options;
    struct world w;
    struct honest h;
    enum traffic_tick tick;
    uint64_t interval; /* that is traded in */
    uint32_t next;     /* the home that speaks next in this tick */
    uint32_t done;     /* intervals whose contracts are scored */
    /* The blocks from the first to the last word of trade, with all that lie between. */
    uint64_t first_height, last_height;
    uint64_t trades; /* settled */
};

/* Make the community and its blocks, with deposits ahead. */
void traffic_make(struct traffic *t, const struct traffic_options *options);
void traffic_close(struct traffic *t);

#endif
