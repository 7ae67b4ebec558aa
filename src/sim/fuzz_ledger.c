/* SPDX-License-Identifier: Apache-2.0 */
/* sim/fuzz_ledger.c - bytes through decoder and ledger: from a scene (scene.h) a few blocks of what
 * honest members say, of operations made of small choices (feed.h), of bent ones and of plain
 * bytes. The input says which claims hold. A finding is an assertion or a sanitizer report: what
 * bytes can reach stops every node at once (RULE dos.3, op.2).
 *
 * Where the corpus is replayed every kind of operation must have been taken at least once. */
#include "tests/fuzz/fuzz.h"

#include "sampling/clock.h"
#include "sim/feed.h"
#include "sim/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS_MAX = 48, RUN_MAX = 31, RUN_MS = 1000 };

enum control {                     /* bits of a block's first byte */
               CONTROL_QUIET = 1,  /* nobody acts by itself */
               CONTROL_UNDO = 2,   /* undone, compared, applied again; once, it is slow */
               CONTROL_TOLD = 4,   /* eight bytes: which claims do not hold */
               CONTROL_BEND = 8,   /* a byte: how many of what was said are bent */
               CONTROL_RAW = 16,   /* an envelope of plain bytes */
               CONTROL_RUN = 32,   /* a byte: so many blocks without anything more come first */
               CONTROL_FAULT = 64, /* a home and three bytes: its faults from now on */
               CONTROL_SUMS = 128  /* everything is added up */
};

static uint64_t taken[OP_KIND_COUNT], codes[WORLD_CODES];

#ifdef __clang__ /* libFuzzer */
static void begin(void)
{
}
#else
static void look_at_counts(void)
{
    uint32_t kinds = 0, refusals = 0;
    for (uint32_t kind = 1; kind < OP_KIND_COUNT; kind++) {
        kinds += taken[kind] > 0;
        if (taken[kind] == 0)
            fprintf(stderr, "no input in which a %s is taken\n", op_name((enum op_kind)kind));
    }
    for (uint32_t code = 1; code < WORLD_CODES; code++)
        refusals += codes[code] > 0;
    printf("%u of %u operations taken, %u different refusals\n", (unsigned)kinds,
           OP_KIND_COUNT - 1U, (unsigned)refusals);
    fflush(stdout);
    if (kinds < OP_KIND_COUNT - 1)
        _Exit(1);
}

static void begin(void)
{
    static bool has_begun;
    if (!has_begun && atexit(look_at_counts) != 0)
        abort();
    has_begun = true;
}
#endif

static uint64_t some_ms(struct feed *f)
{
    static const uint64_t often[] = {1000, 0, 500, 3000, 5000, 9000, 30000, 60000};
    const uint8_t byte = feed_byte(f);
    uint64_t ms = often[byte % 8];
    if (byte >= 248)
        ms = feed_u64(f) >> 2 * (byte - 248);
    else if (byte >= 240)
        ms = UINT64_C(86400000) * byte;
    return ms;
}

static void say_raw(struct feed *f)
{
    const size_t left = (size_t)(f->end - f->at);
    const size_t wanted = feed_byte(f);
    const size_t len = wanted < left ? wanted : left > 0 ? left - 1 : 0;
    if (len == 0)
        return;
    world_say_bytes(f->h->w, (struct span){f->at, len});
    f->at += len;
}

static void count_codes(const struct world *w)
{
    for (uint32_t i = 0; i < w->answered_count; i++) {
        const enum err code = world_code(w, i);
        codes[code]++;
        if (w->said[i].raw.len == 0 && code == ERR_OK)
            taken[w->said[i].op.kind]++;
    }
}

/* What is left until the last time there is. */
static uint64_t in_time(const struct feed *f, uint64_t ms)
{
    const uint64_t left = CLOCK_MS_MAX - f->h->w->t_ms;
    return ms < left ? ms : left;
}

static void run_block(struct feed *f, uint64_t ms)
{
    world_block(f->h->w, ms);
    count_codes(f->h->w);
}

static void set_fault(struct feed *f)
{
    const uint32_t home = 1 + feed_byte(f) % f->h->w->options.homes;
    f->h->faults[home] = 0;
    for (uint32_t i = 0; i < 3; i++)
        f->h->faults[home] = f->h->faults[home] << 8 | feed_byte(f);
    f->h->wants[home] = true;
}

static void be_quiet(struct honest *h)
{
    world_forget_said(h->w);
    memset(h->asking, 0, (h->w->options.homes + 1) * sizeof *h->asking);
}

static void make_block(struct feed *f)
{
    struct world *w = f->h->w;
    const uint8_t control = feed_byte(f);
    uint64_t ms = some_ms(f);
    if (control & CONTROL_FAULT)
        set_fault(f);
    for (uint32_t i = control & CONTROL_RUN ? feed_byte(f) % (RUN_MAX + 1) : 0; i > 0; i--) {
        honest_act(f->h, in_time(f, RUN_MS));
        run_block(f, in_time(f, RUN_MS));
    }
    ms = in_time(f, ms);
    w->options.checks = control & CONTROL_SUMS ? WORLD_CHECK_SUMS : 0U;
    if (control & CONTROL_UNDO && !f->has_undone) {
        w->options.checks |= WORLD_CHECK_UNDO;
        f->has_undone = true;
    }
    honest_act(f->h, ms);
    if (control & CONTROL_QUIET)
        be_quiet(f->h);
    for (uint32_t i = control & CONTROL_BEND ? 1 + feed_byte(f) % 8 : 0; i > 0; i--)
        feed_bend(f);
    for (uint32_t i = feed_byte(f) % 8; i > 0; i--)
        feed_op(f);
    if (control & CONTROL_RAW)
        say_raw(f);
    w->told_false = control & CONTROL_TOLD ? feed_u64(f) : 0;
    run_block(f, ms);
    w->told_false = 0;
    w->options.checks = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct feed f = {.at = bytes, .end = bytes + len};
    begin();
    struct scene *s = scene_get((enum scene_kind)(feed_byte(&f) % SCENE_COUNT));
    f.h = &s->h;
    rewind_back(&s->start);
    for (uint32_t i = 0; i < BLOCKS_MAX && f.at < f.end; i++)
        make_block(&f);
    return 0;
}
