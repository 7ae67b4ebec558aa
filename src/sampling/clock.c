/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/clock.h"

#include <assert.h>

void clock_init(struct clock_state *c)
{
    *c = (struct clock_state){.height = 0, .t_ms = 0, .a_ms = 0};
}

static uint64_t since_start(const struct clock_times *times, uint64_t t_ms)
{
    return t_ms > times->t0_ms ? t_ms - times->t0_ms : 0;
}

bool clock_step(struct clock_state *c, const struct clock_times *times, uint64_t t_ms)
{
    const uint64_t counted = times->t0_ms + since_start(times, t_ms);
    if (t_ms > CLOCK_MS_MAX || (c->height > 0 && counted < c->t_ms))
        return false;
    /* RULE num.7: an outage, however long, moves A by one gap, so that it ends no window. */
    const uint64_t passed = c->height > 0 ? counted - c->t_ms : 0;
    c->a_ms += passed < times->gap_ms ? passed : times->gap_ms;
    c->t_ms = counted;
    c->height++;
    return true;
}

uint64_t clock_slot(const struct clock_times *times, uint64_t t_ms)
{
    assert(times->tau_ms > 0);
    return since_start(times, t_ms) / times->tau_ms; /* RULE join.3 (paper II-A, eq. 1) */
}

uint64_t clock_interval(const struct clock_times *times, uint64_t t_ms)
{
    assert(times->interval_ms > 0);
    return since_start(times, t_ms) / times->interval_ms; /* RULE num.8 */
}
