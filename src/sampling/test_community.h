/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/test_community.h - members and their roster for tests, in the test's memory.
 *
 * Only tests include this file. */
#ifndef PEERWATT_SAMPLING_TEST_COMMUNITY_H
#define PEERWATT_SAMPLING_TEST_COMMUNITY_H

#include "sampling/draw.h"

#include <assert.h>

struct test_community {
    struct arena memory;
    struct roster_member *members;
    uint32_t count, feeder_max;
    struct roster roster;
    void *draw_memory;
    size_t draw_bytes;
};

static inline void *test_community_take(struct test_community *c, size_t bytes)
{
    void *piece = arena_take(&c->memory, bytes, 1, 8);
    assert(piece);
    return piece;
}

/* @count members of tier 1, slots from 1, household = slot, dealt round to @feeders. Change them,
 * then build. */
static inline void test_community_open(struct test_community *c, void *memory, size_t size,
                                       uint32_t count, uint32_t feeders)
{
    *c = (struct test_community){.count = count, .feeder_max = feeders};
    arena_init(&c->memory, memory, size);
    c->members = test_community_take(c, count * sizeof *c->members);
    for (uint32_t i = 0; i < count; i++)
        c->members[i] = (struct roster_member){
            .household = i + 1, .slot = i + 1, .feeder = i % feeders + 1, .tier = 1};
}

/* The roster, and room for draws of up to @k seats: exactly what the sizes say. */
static inline void test_community_build(struct test_community *c, uint32_t k)
{
    struct arena piece;
    const size_t size = roster_size(c->count, c->feeder_max);
    arena_init(&piece, test_community_take(c, size), size);
    roster_build(&c->roster, c->members, c->count, c->feeder_max, &piece);
    c->draw_bytes = draw_size(&c->roster, k);
    c->draw_memory = test_community_take(c, c->draw_bytes);
}

/* @d lives until the next draw of this community. */
static inline void test_community_draw(struct draw *d, const struct test_community *c,
                                       const struct draw_order *order)
{
    struct arena piece;
    arena_init(&piece, c->draw_memory, c->draw_bytes);
    draw_make(d, &c->roster, order, &piece);
}

#endif
