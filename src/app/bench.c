/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench.h"

#include "app/answer.h"
#include "crypto/sign.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7, CHECKS = 500 };

static uint64_t cpu_ns(void)
{
    struct timespec now;
    const int done = clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    assert(done == 0);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

bool bench_round(struct bench_rounds *r)
{
    const uint64_t took = cpu_ns() - r->start_ns;
    if (r->count == 1 || (r->count > 1 && took < r->best_ns))
        r->best_ns = took;
    if (r->count == ROUNDS)
        return false;
    r->count++;
    r->start_ns = cpu_ns();
    return true;
}

uint64_t bench_ps(const struct bench_rounds *r, uint32_t count)
{
    return r->best_ns * 1000 / count;
}

static uint64_t measure_check(void)
{
    struct sign_key key;
    struct pubkey public_key;
    struct signature signature;
    struct seed seed;
    static const uint8_t message[BENCH_MESSAGE_BYTES];
    memset(seed.bytes, 42, sizeof seed.bytes);
    sign_key_from_seed(&key, &public_key, &seed);
    sign_make(&signature, &key, (struct span){message, sizeof message});
    struct bench_rounds r = {0};
    while (bench_round(&r))
        for (uint32_t i = 0; i < CHECKS; i++) {
            const bool ok =
                sign_check(&public_key, (struct span){message, sizeof message}, &signature);
            assert(ok);
        }
    return bench_ps(&r, CHECKS);
}

void bench_open(struct bench_table *t, const char *size_name)
{
    *t = (struct bench_table){
        .size_name = size_name, .rows = json_array(), .check_ps = measure_check()};
    bench_add(t, "signature check", 0, t->check_ps);
}

void bench_add(struct bench_table *t, const char *name, uint64_t size, uint64_t ps)
{
    json_array_append_new(t->rows, json_pack("{s:s, s:o, s:I, s:I}", "name", name, t->size_name,
                                             size ? json_integer((json_int_t)size) : json_null(),
                                             "ps", (json_int_t)ps, "of_check_ppm",
                                             (json_int_t)(ps * 1000000 / t->check_ps)));
}

static json_int_t figure(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static void print_row(const json_t *row, const char *size_name)
{
    const json_int_t ps = figure(row, "ps"), ppm = figure(row, "of_check_ppm");
    char size[24] = "";
    if (figure(row, size_name))
        snprintf(size, sizeof size, "%lld", (long long)figure(row, size_name));
    printf("%-32s %9s %6lld.%03lld us %8lld.%04lld %%\n",
           json_string_value(json_object_get(row, "name")), size, (long long)(ps / 1000000),
           (long long)(ps / 1000 % 1000), (long long)(ppm / 10000), (long long)(ppm % 10000));
}

enum exit_code bench_give(const struct call *call, struct bench_table *t)
{
    if (call->format == ANSWER_JSON) {
        json_t *answer = answer_new();
        json_object_set_new(answer, "rows", t->rows);
        return answer_give(call, answer);
    }
    printf("%-32s %9s %12s %14s\n", "", t->size_name, "time", "of one check");
    for (size_t i = 0; i < json_array_size(t->rows); i++)
        print_row(json_array_get(t->rows, i), t->size_name);
    json_decref(t->rows);
    return answer_end(call, EXIT_DONE);
}
