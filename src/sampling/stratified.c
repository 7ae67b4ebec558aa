/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/stratified.h"

#include "sampling/tail.h"

#include <assert.h>

/* A polynomial has the probability of X = x at z^x; its last coefficient, at z^threshold, is that
 * of X >= threshold, so nothing is longer than threshold + 1. */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint32_t wins_max(const struct lots_class *class)
{
    return class->rest > 0 ? class->count : 0;
}

/* How many seats all feeders of the class can have. */
static uint64_t seats_max(const struct lots_class *class)
{
    return (uint64_t) class->count * class->seats + wins_max(class);
}

/* How many coefficients a polynomial over all feeders of class @c has. */
static uint32_t width_of(const struct lots *l, uint32_t c, uint32_t threshold)
{
    return (uint32_t)least(seats_max(&l->of[c]), threshold) + 1;
}

/* The same over all feeders of the classes up to @c. */
static uint32_t width_behind(const struct lots *l, uint32_t c, uint32_t threshold)
{
    uint64_t seats = 0;
    for (uint32_t i = 0; i <= c; i++)
        seats += seats_max(&l->of[i]);
    return (uint32_t)least(seats, threshold) + 1;
}

/* How many numbers each array needs. */
static uint64_t stage_count(const struct lots *l, uint32_t c, uint32_t threshold)
{
    const uint64_t polynomials = (uint64_t)(l->of[c].count + 1) * (wins_max(&l->of[c]) + 1);
    return polynomials * width_of(l, c, threshold);
}

static uint64_t behind_count(const struct lots *l, uint32_t c, uint32_t threshold)
{
    return (uint64_t)l->of[c].wins_stride * width_behind(l, c, threshold);
}

static uint64_t feeder_count(const struct lots *l)
{
    uint64_t count = 0;
    for (uint32_t c = 0; c < l->class_count; c++)
        count = l->of[c].seats + 2 > count ? l->of[c].seats + 2 : count;
    return count;
}

size_t stratified_size(const struct lots *l, uint32_t threshold)
{
    uint64_t numbers = (uint64_t)l->result_count + l->state_count + 2 * feeder_count(l);
    for (uint32_t c = 0; c < l->class_count; c++)
        numbers += stage_count(l, c, threshold) + behind_count(l, c, threshold);
    const uint64_t pieces = 5 + 2 * (uint64_t)l->class_count; /* each may lose some to its place */
    return (size_t)(numbers * sizeof(struct rounded) +
                    l->class_count * sizeof(struct stratified_class) +
                    pieces * _Alignof(max_align_t));
}

static struct rounded *take(struct arena *memory, uint64_t count)
{
    struct rounded *numbers =
        arena_take(memory, (size_t)count, sizeof *numbers, _Alignof(struct rounded));
    assert(numbers); /* stratified_size said how much is needed */
    return numbers;
}

static void add_to(struct rounded *sum, struct rounded value)
{
    *sum = rounded_add(*sum, value, ROUNDED_UP);
}

/* The law of the lots: the states in ascending order, so that each is complete when it is left. */
static void walk(struct stratified *s, struct arena *memory)
{
    const size_t mark = arena_mark(memory);
    struct rounded *reached = take(memory, s->lots->state_count);
    reached[0] = rounded_from(1);
    for (uint32_t state = 0; state < s->lots->state_count; state++) {
        struct lots_moves moves;
        uint32_t result = 0;
        if (reached[state].mantissa == 0)
            continue;
        if (lots_is_over(&result, s->lots, state))
            add_to(&s->law[result], reached[state]);
        lots_moves(&moves, s->lots, state);
        for (uint32_t i = 0; i < moves.count; i++)
            add_to(&reached[moves.at[i].to],
                   rounded_mul_ratio(reached[state], moves.at[i].numerator, moves.at[i].denominator,
                                     ROUNDED_UP));
    }
    arena_reset(memory, mark);
}

/* How often each class can win, and the law for one choice of the winners: among feeders of equal
 * size each is as likely. */
static void share_out(struct stratified *s)
{
    for (uint32_t c = 0; c < s->lots->class_count; c++) {
        const uint32_t count = s->lots->of[c].count;
        struct stratified_class *class = &s->of[c];
        class->fewest = count;
        for (uint32_t result = 0; result < s->lots->result_count; result++) {
            const uint32_t wins = lots_wins(s->lots, result, c);
            if (s->law[result].mantissa == 0)
                continue;
            class->fewest = wins < class->fewest ? wins : class->fewest;
            class->most = wins > class->most ? wins : class->most;
            s->law[result] =
                rounded_div(s->law[result], tail_choose(count, wins, ROUNDED_DOWN), ROUNDED_UP);
        }
    }
}

void stratified_init(struct stratified *s, struct arena *memory, const struct lots *l,
                     uint32_t threshold)
{
    assert(threshold > 0 && threshold <= l->seats);
    s->lots = l;
    s->threshold = threshold;
    s->law = take(memory, l->result_count);
    s->kept = take(memory, feeder_count(l));
    s->raised = take(memory, feeder_count(l));
    s->of = arena_take(memory, l->class_count, sizeof *s->of, _Alignof(struct stratified_class));
    assert(s->of);
    for (uint32_t c = 0; c < l->class_count; c++) {
        s->of[c].stage = take(memory, stage_count(l, c, threshold));
        s->of[c].behind = take(memory, behind_count(l, c, threshold));
        s->of[c].stage[0] = rounded_from(1); /* no feeder, no winner, nobody bad */
    }
    walk(s, memory);
    share_out(s);
}

struct polynomial {
    const struct rounded *at;
    uint32_t width;
};

/* out += a * b, of which only coefficients from @lowest on are wanted; what is beyond the threshold
 * is added there. */
static void add_product(struct rounded *out, struct polynomial a, struct polynomial b,
                        uint32_t threshold, uint32_t lowest)
{
    for (uint32_t x = 0; x < a.width; x++) {
        if (a.at[x].mantissa == 0)
            continue;
        for (uint32_t y = lowest > x ? lowest - x : 0; y < b.width; y++) {
            const uint32_t to = y < threshold - x ? x + y : threshold;
            if (b.at[y].mantissa != 0)
                add_to(&out[to], rounded_mul(a.at[x], b.at[y], ROUNDED_UP));
        }
    }
}

static void clear(struct rounded *numbers, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        numbers[i] = (struct rounded){0, 0};
}

/* What one feeder gives without and with a seat from the lots. */
static void feeder_polynomials(struct stratified *s, const struct lots_class *class, uint32_t bad)
{
    const struct urn u = {URN_KEPT, bad, class->size - bad};
    s->kept[0] = rounded_from(1);
    if (class->size > 0)
        tail_each(s->kept, &u, class->seats);
    if (class->rest > 0)
        tail_each(s->raised, &u, class->seats + 1);
}

/* The polynomials behind the first @index feeders of class @c, for each number of wins. */
static struct rounded *stage_at(const struct stratified *s, uint32_t c, uint32_t index)
{
    const uint64_t wins = wins_max(&s->lots->of[c]) + 1;
    return s->of[c].stage + index * wins * width_of(s->lots, c, s->threshold);
}

/* The feeder after the first @index ones of its class comes, with @bad: it is one of the winners or
 * not. Only numbers of wins are followed that the class can still end with. */
static void add_feeder(struct stratified *s, uint32_t c, uint32_t index, uint32_t bad)
{
    const struct lots_class *class = &s->lots->of[c];
    const uint32_t width = width_of(s->lots, c, s->threshold), left = class->count - index - 1;
    const uint32_t fewest = s->of[c].fewest > left ? s->of[c].fewest - left : 0;
    const uint32_t most = (uint32_t)least(s->of[c].most, index + 1);
    const struct polynomial kept = {s->kept, class->seats + 1},
                            raised = {s->raised, kept.width + 1};
    const struct rounded *from = stage_at(s, c, index);
    struct rounded *to = stage_at(s, c, index + 1);
    feeder_polynomials(s, class, bad);
    for (uint32_t wins = fewest; wins <= most; wins++) {
        const struct polynomial same = {from + (uint64_t)wins * width, width};
        struct rounded *out = to + (uint64_t)wins * width;
        clear(out, width);
        add_product(out, same, kept, s->threshold, 0);
        if (wins > 0) {
            const struct polynomial fewer = {same.at - width, width};
            add_product(out, fewer, raised, s->threshold, 0);
        }
    }
}

/* Take class @c in: sum over its wins, weighted by the law of the lots. */
static void add_class(struct stratified *s, uint32_t c)
{
    const uint32_t later = s->lots->of[c].wins_stride, own = width_of(s->lots, c, s->threshold);
    const uint32_t in = c > 0 ? width_behind(s->lots, c - 1, s->threshold) : 1;
    const uint32_t out = width_behind(s->lots, c, s->threshold);
    const uint32_t lowest = c + 1 == s->lots->class_count ? s->threshold : 0;
    const struct rounded *from = c > 0 ? s->of[c - 1].behind : s->law;
    const struct rounded *stage = stage_at(s, c, s->lots->of[c].count);
    clear(s->of[c].behind, (uint64_t)later * out);
    for (uint32_t i = s->of[c].fewest * later; i < (s->of[c].most + 1) * later; i++) {
        const struct polynomial before = {from + (uint64_t)i * in, in};
        const struct polynomial won = {stage + (uint64_t)(i / later) * own, own};
        add_product(s->of[c].behind + (uint64_t)(i % later) * out, before, won, s->threshold,
                    lowest);
    }
}

/* The feeders of class @c from @changed on, and say if there are any. */
static bool add_feeders(struct stratified *s, uint32_t c, const uint32_t *bad, uint32_t changed)
{
    uint32_t index = 0;
    bool is_any = false;
    for (uint32_t f = 0; f < s->lots->feeder_count; f++) {
        if (s->lots->class_of[f] != c)
            continue;
        if (f >= changed) {
            add_feeder(s, c, index, bad[f]);
            is_any = true;
        }
        index++;
    }
    return is_any;
}

struct rounded stratified_tail(struct stratified *s, const uint32_t *bad, uint32_t changed)
{
    const uint32_t last = s->lots->class_count - 1;
    bool is_stale = false;
    for (uint32_t c = 0; c <= last; c++) {
        is_stale = add_feeders(s, c, bad, changed) || is_stale;
        if (is_stale)
            add_class(s, c);
    }
    /* All seats are taken, and there are at least as many as the threshold. */
    assert(width_behind(s->lots, last, s->threshold) == s->threshold + 1);
    return rounded_min(s->of[last].behind[s->threshold], rounded_from(1));
}

bool stratified_is_near(struct rounded tail, struct rounded largest)
{
    const uint64_t one = UINT64_C(1) << STRATIFIED_NEAR_BITS;
    return rounded_compare(rounded_mul_ratio(tail, one + 1, one, ROUNDED_UP), largest) >= 0;
}

struct rounded stratified_worst(struct placements *worst, struct stratified *s, uint32_t bad)
{
    struct placements p;
    uint32_t changed = 0;
    placements_first(&p, s->lots, bad);
    *worst = p;
    struct rounded found = stratified_tail(s, p.at, 0), largest = found;
    while (placements_next(&p, &changed)) {
        const struct rounded tail = stratified_tail(s, p.at, changed);
        largest = rounded_max(largest, tail);
        if (!stratified_is_near(found, tail)) {
            found = tail;
            *worst = p;
        }
    }
    return largest; /* never below that of the worst, whichever of near ones that is */
}
