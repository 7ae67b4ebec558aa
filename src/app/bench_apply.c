/* SPDX-License-Identifier: Apache-2.0 */
/* Measures what a settled trade costs the ledger in memory: signed blocks of whole intervals are
 * made first, then applied to a ledger of their own; only that is measured. */
#include "app/answer.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "base/decimal.h"
#include "sim/rerun.h"
#include "sim/traffic.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SEED = 1, PART_COUNT = 4 };

enum part { PART_DECODE, PART_VERIFY, PART_APPLY, PART_ROOT };

static const char *const part_names[PART_COUNT] = {"decode", "verify", "apply", "root"};

struct figures { /* CPU time in nanoseconds */
    uint64_t parts[PART_COUNT], all;
    uint64_t wall, checks, blocks, bytes;
    size_t idle_bytes, full_bytes; /* resident, of the ledger: before the first trade, at the end */
};

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;
    const int done = clock_gettime(clock, &now);
    assert(done == 0);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static size_t resident(void *memory, size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page;
    unsigned char *is_in = input_room(pages, 1);
    size_t count = 0;
    const int done = mincore(memory, size, is_in);
    assert(done == 0);
    for (size_t i = 0; i < pages; i++)
        count += is_in[i] & 1U;
    free(is_in);
    return count * page;
}

/* ---- one block ------------------------------------------------------------------------------- */

static void lap(struct figures *f, enum part part, uint64_t *since)
{
    const uint64_t now = now_ns(CLOCK_THREAD_CPUTIME_ID);
    f->parts[part] += now - *since;
    *since = now;
}

/* False behind the last block. */
static bool take_block(struct figures *f, struct rerun *r)
{
    uint64_t since = now_ns(CLOCK_THREAD_CPUTIME_ID);
    if (!rerun_next(r))
        return false;
    rerun_collect(r);
    lap(f, PART_DECODE, &since);
    rerun_check(r);
    lap(f, PART_VERIFY, &since);
    rerun_apply(r);
    lap(f, PART_APPLY, &since);
    rerun_seal(r);
    lap(f, PART_ROOT, &since);
    f->checks += r->claim_count;
    f->blocks++;
    return true;
}

static void measure(struct figures *f, struct traffic *t)
{
    struct figures before = {.checks = 0};
    struct rerun r;
    *f = (struct figures){.checks = 0};
    rerun_open(&r, &t->w);
    while (ledger_height(r.ledger) + 1 < t->first_height && take_block(&before, &r))
        continue;
    f->idle_bytes = resident(r.memory, t->w.ledger_size);
    const size_t began_at = r.at;
    const uint64_t began = now_ns(CLOCK_PROCESS_CPUTIME_ID), at = now_ns(CLOCK_MONOTONIC);
    while (ledger_height(r.ledger) < t->last_height && take_block(f, &r))
        continue;
    f->all = now_ns(CLOCK_PROCESS_CPUTIME_ID) - began;
    f->wall = now_ns(CLOCK_MONOTONIC) - at;
    f->bytes = r.at - began_at;
    f->full_bytes = resident(r.memory, t->w.ledger_size);
    while (take_block(&before, &r))
        continue;
    world_insist(&t->w, hash_equal(&r.digest, &t->w.digest), "the replay is another chain");
    rerun_close(&r);
}

/* ---- what is asked and said ------------------------------------------------------------------ */

struct number_option {
    const char *name;
    int64_t least, most, fallback;
};

static bool read_number(int64_t *out, const struct call *call, const struct number_option *o)
{
    const char *text = call_option(call, o->name);
    struct decimal number;
    char detail[96];
    *out = o->fallback;
    if (!text || (decimal_parse(&number, span_of_text(text)) == ERR_OK &&
                  decimal_scale(out, &number, 1, DECIMAL_EXACT) == ERR_OK && *out >= o->least &&
                  *out <= o->most))
        return true;
    snprintf(detail, sizeof detail, "%s takes a whole number from %lld to %lld", o->name,
             (long long)o->least, (long long)o->most);
    answer_error(call, ERR_USAGE, detail);
    return false;
}

static bool read_options(struct traffic_options *out, const struct call *call)
{
    static const struct number_option rows[] = {
        {"--members", 4, 1000000, 1000}, {"--cluster", 1, 255, 5},
        {"--feeders", 1, 1000, 20},      {"--trades-per-member", 1, TRAFFIC_TRADES_MAX, 1},
        {"--intervals", 1, 1000, 1},     {"--block", 1, 30000, 4000}};
    int64_t values[sizeof rows / sizeof rows[0]];
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!read_number(&values[i], call, &rows[i]))
            return false;
    *out = (struct traffic_options){.seed = SEED,
                                    .members = (uint32_t)values[0],
                                    .k = (uint32_t)values[1],
                                    .feeders = (uint32_t)values[2],
                                    .trades_per_member = (uint32_t)values[3],
                                    .intervals = (uint32_t)values[4],
                                    .envelopes_max = (uint32_t)values[5]};
    if (out->k % 2 == 1)
        return true;
    answer_error(call, ERR_USAGE, "--cluster takes an odd number");
    return false;
}

static double ratio(uint64_t a, uint64_t b)
{
    return b > 0 ? (double)a / (double)b : 0;
}

static void set_real(json_t *object, const char *name, double value)
{
    json_object_set_new(object, name, json_real(value));
}

static void set_whole(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

static json_t *answer_of(const struct traffic *t, const struct figures *f)
{
    json_t *answer = answer_new(), *parts = json_object();
    const uint64_t ns_of_trades = 1000 * t->trades;
    const double check_ns = ratio(f->parts[PART_VERIFY], f->checks);
    for (uint32_t i = 0; i < PART_COUNT; i++)
        set_real(parts, part_names[i], ratio(f->parts[i], ns_of_trades));
    set_whole(answer, "members", t->options.members);
    set_whole(answer, "cluster", t->options.k);
    set_whole(answer, "feeders", t->options.feeders);
    set_whole(answer, "trades", t->trades);
    set_whole(answer, "blocks", f->blocks);
    set_real(answer, "efficiency", ratio(f->parts[PART_VERIFY], f->all));
    set_real(answer, "cpu_us_per_trade", ratio(f->all, ns_of_trades));
    json_object_set_new(answer, "parts_us", parts);
    set_real(answer, "signatures_per_trade", ratio(f->checks, t->trades));
    set_real(answer, "check_us", check_ns / 1000);
    set_real(answer, "checks_per_trade", ratio(f->all, t->trades) / check_ns);
    set_real(answer, "bytes_per_trade", ratio(f->bytes, t->trades));
    set_real(answer, "resident_bytes_per_member", ratio(f->full_bytes, t->options.members));
    set_real(answer, "idle_bytes_per_member", ratio(f->idle_bytes, t->options.members));
    set_real(answer, "trades_per_s", ratio(t->trades * UINT64_C(1000000000), f->wall));
    return answer;
}

static void print_text(json_t *answer)
{
    const char *name;
    json_t *value;
    json_object_foreach(answer, name, value)
    {
        if (json_is_object(value))
            print_text(value);
        else if (json_is_real(value))
            printf("%-28s %14.3f\n", name, json_real_value(value));
        else
            printf("%-28s %14lld\n", name, (long long)json_integer_value(value));
    }
}

enum exit_code verb_bench_apply(const struct call *call)
{
    static struct traffic traffic;
    struct traffic_options options;
    struct figures figures;
    if (!read_options(&options, call))
        return EXIT_USAGE;
    traffic_make(&traffic, &options);
    measure(&figures, &traffic);
    json_t *answer = answer_of(&traffic, &figures);
    traffic_close(&traffic);
    if (call->format == ANSWER_JSON)
        return answer_give(call, answer);
    json_object_del(answer, "v");
    print_text(answer);
    json_decref(answer);
    return answer_end(call, EXIT_DONE);
}
