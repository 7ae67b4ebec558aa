/* SPDX-License-Identifier: Apache-2.0 */
/* Measures what a round costs before anybody votes: the roster, once, and one draw a contract. */
#include "app/bench.h"
#include "app/verb_rows.h"
#include "sampling/draw.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FEEDERS = 100, SEATS = 111, VERIFIERS = 9, DRAWS = 1000 };

struct community {
    struct roster_member *members;
    uint32_t count;
    struct roster roster;
    void *roster_memory, *draw_memory;
    size_t draw_bytes;
};

static void community_open(struct community *c, uint32_t count)
{
    memset(c, 0, sizeof *c);
    c->count = count;
    c->members = calloc(count, sizeof *c->members);
    c->roster_memory = malloc(roster_size(count, FEEDERS));
    assert(c->members && c->roster_memory);
    for (uint32_t i = 0; i < count; i++)
        c->members[i] = (struct roster_member){.household = i,
                                               .slot = i + 1,
                                               .feeder = i % FEEDERS + 1,
                                               .tier = 1,
                                               .in_v = i < VERIFIERS};
}

static void community_close(struct community *c)
{
    free(c->members);
    free(c->roster_memory);
    free(c->draw_memory);
}

static void add_roster(struct bench_table *t, struct community *c)
{
    struct bench_rounds r = {0};
    while (bench_round(&r)) {
        struct arena memory;
        arena_init(&memory, c->roster_memory, roster_size(c->count, FEEDERS));
        roster_build(&c->roster, c->members, c->count, FEEDERS, &memory);
    }
    bench_add(t, "roster, per member", c->count, bench_ps(&r, c->count));
}

static void add_draw(struct bench_table *t, struct community *c)
{
    c->draw_bytes = draw_size(&c->roster, SEATS);
    c->draw_memory = malloc(c->draw_bytes);
    assert(c->draw_memory);
    struct draw_order order = {.purpose = STREAM_CLUSTER,
                               .k = SEATS,
                               .cluster_floor = 3,
                               .seller = c->count / 2,
                               .buyer = c->count};
    struct bench_rounds r = {0};
    while (bench_round(&r))
        for (order.number = 0; order.number < DRAWS; order.number++) {
            struct arena memory;
            struct draw d;
            arena_init(&memory, c->draw_memory, c->draw_bytes);
            draw_make(&d, &c->roster, &order, &memory);
            order.seed.bytes[0] ^= (uint8_t)d.member[0]; /* so no draw can be left out */
        }
    bench_add(t, "draw of 111 seats", c->count, bench_ps(&r, DRAWS));
}

enum exit_code verb_bench_sampling(const struct call *call)
{
    const uint32_t sizes[] = {1000, 1000000};
    struct bench_table t;
    bench_open(&t, "members");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct community c;
        community_open(&c, sizes[i]);
        add_roster(&t, &c);
        add_draw(&t, &c);
        community_close(&c);
    }
    return bench_give(call, &t);
}
