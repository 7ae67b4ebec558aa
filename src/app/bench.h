/* SPDX-License-Identifier: Apache-2.0 */
/* app/bench.h - measuring: one run, thread CPU time, best of several rounds. What counts is the
 * ratio to one signature check of the same run, since the clocks of shared machines swing. */
#ifndef PEERWATT_APP_BENCH_H
#define PEERWATT_APP_BENCH_H

#include "app/call.h"
#include "base/must_use.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Rounds of the same work: `struct bench_rounds r = {0}; while (bench_round(&r)) work();` */
struct bench_rounds {
    uint64_t start_ns, best_ns;
    int count;
};

/* Ends a round, if one has begun, and begins the next; false behind the last. */
MUST_USE bool bench_round(struct bench_rounds *r);

/* Picoseconds for one of @count repetitions that each round has done, in the best of them. */
MUST_USE uint64_t bench_ps(const struct bench_rounds *r, uint32_t count);

enum { BENCH_MESSAGE_BYTES = 250 };

struct bench_table {
    const char *size_name; /* what the column of sizes counts */
    json_t *rows;
    uint64_t check_ps; /* one signature check, the first row */
};

/* Measures the signature check. bench_give takes the table over. */
void bench_open(struct bench_table *t, const char *size_name);

/* @size 0: the row has none. */
void bench_add(struct bench_table *t, const char *name, uint64_t size, uint64_t ps);

enum exit_code bench_give(const struct call *call, struct bench_table *t);

#endif
