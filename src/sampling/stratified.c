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

/* How many coefficients a polynomial over all feeders of the class has. */
static uint32_t width_of(const struct lots_class *class, uint32_t threshold)
{
    const uint64_t seats = (uint64_t) class->count * class->seats + wins_max(class);
    return (uint32_t)least(seats, threshold) + 1;
}

/* The same over all feeders of the classes up to @last. */
static uint32_t width_behind(const struct lots *l, uint32_t last, uint32_t threshold)
{
    uint64_t seats = 0;
    for (uint32_t c = 0; c <= last; c++)
        seats += (uint64_t)l->of[c].count * l->of[c].seats + wins_max(&l->of[c]);
    return (uint32_t)least(seats, threshold) + 1;
}

struct room { /* what the arrays need at most over all classes */
    uint64_t won, product, feeder;
};

static struct room room_of(const struct lots *l, uint32_t threshold)
{
    struct room room = {0, threshold + 1, 0};
    for (uint32_t c = 0; c < l->class_count; c++) {
        const struct lots_class *class = &l->of[c];
        const uint64_t won = (uint64_t)(wins_max(class) + 1) * width_of(class, threshold);
        room.won = won > room.won ? won : room.won;
        room.feeder = class->seats + 2 > room.feeder ? class->seats + 2 : room.feeder;
    }
    return room;
}

size_t stratified_size(const struct lots *l, uint32_t threshold)
{
    const struct room room = room_of(l, threshold);
    uint64_t numbers = (uint64_t)l->result_count + l->state_count;
    numbers += room.won + room.product + 2 * room.feeder;
    for (uint32_t c = 0; c < l->class_count; c++)
        numbers += (uint64_t)l->of[c].wins_stride * width_behind(l, c, threshold);
    const uint64_t pieces =
        6 + (uint64_t)l->class_count; /* each may lose some bytes to its place */
    const uint64_t bytes = numbers * sizeof(struct rounded) +
                           l->class_count * sizeof(struct rounded *) +
                           pieces * _Alignof(max_align_t);
    return bytes <= SIZE_MAX ? (size_t)bytes : SIZE_MAX;
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

void stratified_init(struct stratified *s, struct arena *memory, const struct lots *l,
                     uint32_t threshold)
{
    assert(threshold > 0 && threshold <= l->seats);
    const struct room room = room_of(l, threshold);
    s->lots = l;
    s->threshold = threshold;
    s->law = take(memory, l->result_count);
    s->won = take(memory, room.won);
    s->product = take(memory, room.product);
    s->kept = take(memory, room.feeder);
    s->raised = take(memory, room.feeder);
    s->level = arena_take(memory, l->class_count, sizeof *s->level, _Alignof(struct rounded *));
    assert(s->level);
    for (uint32_t c = 0; c < l->class_count; c++)
        s->level[c] = take(memory, (uint64_t)l->of[c].wins_stride * width_behind(l, c, threshold));
    walk(s, memory);
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

/* Multiply the polynomials of the class by those of its next feeder: with @wins seats from the lots
 * it is one of them, or not. */
static void add_feeder(struct stratified *s, const struct lots_class *class, uint32_t wins)
{
    const uint32_t width = width_of(class, s->threshold);
    const struct polynomial kept = {s->kept, class->seats + 1},
                            raised = {s->raised, kept.width + 1};
    struct rounded *own = s->won + (uint64_t)wins * width;
    clear(s->product, width);
    add_product(s->product, (struct polynomial){own, width}, kept, s->threshold, 0);
    if (wins > 0)
        add_product(s->product, (struct polynomial){own - width, width}, raised, s->threshold, 0);
    for (uint32_t x = 0; x < width; x++)
        own[x] = s->product[x];
}

/* For each number of wins of the class, the polynomial of all its feeders, averaged over which
 * of them win: feeders of equal size are equally likely to. */
static void class_polynomials(struct stratified *s, uint32_t c, const uint32_t *bad)
{
    const struct lots_class *class = &s->lots->of[c];
    const uint32_t width = width_of(class, s->threshold), most = wins_max(class);
    clear(s->won, (uint64_t)(most + 1) * width);
    s->won[0] = rounded_from(1);
    for (uint32_t f = 0; f < s->lots->feeder_count; f++) {
        if (s->lots->class_of[f] != c)
            continue;
        feeder_polynomials(s, class, bad[f]);
        for (uint32_t wins = most + 1; wins-- > 0;)
            add_feeder(s, class, wins);
    }
    for (uint32_t wins = 0; wins <= most; wins++) {
        const struct rounded ways = tail_choose(class->count, wins, ROUNDED_DOWN);
        for (uint32_t x = 0; x < width; x++)
            s->won[wins * width + x] = rounded_div(s->won[wins * width + x], ways, ROUNDED_UP);
    }
}

/* Take class @c in: sum over its wins, weighted by the law of the lots. */
static void add_class(struct stratified *s, uint32_t c, const uint32_t *bad)
{
    const struct lots_class *class = &s->lots->of[c];
    const uint32_t later = class->wins_stride, own = width_of(class, s->threshold);
    const uint32_t in = c > 0 ? width_behind(s->lots, c - 1, s->threshold) : 1;
    const uint32_t out = width_behind(s->lots, c, s->threshold);
    const struct rounded *from = c > 0 ? s->level[c - 1] : s->law;
    const uint32_t lowest = c + 1 == s->lots->class_count ? s->threshold : 0;
    class_polynomials(s, c, bad);
    clear(s->level[c], (uint64_t)later * out);
    for (uint32_t i = 0; i < (wins_max(class) + 1) * later; i++) {
        const struct polynomial before = {from + (uint64_t)i * in, in};
        const struct polynomial won = {s->won + (uint64_t)(i / later) * own, own};
        add_product(s->level[c] + (uint64_t)(i % later) * out, before, won, s->threshold, lowest);
    }
}

struct rounded stratified_tail(struct stratified *s, const uint32_t *bad, uint32_t changed)
{
    const uint32_t last = s->lots->class_count - 1;
    for (uint32_t c = changed; c <= last; c++)
        add_class(s, c, bad);
    /* All seats are taken, and there are at least as many as the threshold. */
    assert(width_behind(s->lots, last, s->threshold) == s->threshold + 1);
    return rounded_min(s->level[last][s->threshold], rounded_from(1));
}

bool stratified_is_near(struct rounded tail, struct rounded largest)
{
    const uint64_t one = UINT64_C(1) << STRATIFIED_EXACT_BITS;
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
