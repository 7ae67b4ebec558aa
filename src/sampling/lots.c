/* SPDX-License-Identifier: Apache-2.0 */
#include "sampling/lots.h"

#include <assert.h>
#include <string.h>

enum { NOBODY = 0 }; /* carries; else the class's number plus one */

/* A state's number is carried + (class_count + 1) * (d_0 + radix_0 * (d_1 + ...)): each move makes
 * a digit larger or puts a carrier where there was none, so it leads to a higher number. The
 * digit of a class in which @lost and @took are decided counts triangles: 0 0, 1 0, 0 1, 2 0, ...
 */
struct fate {
    uint32_t lost, took;
};

struct position { /* a state, taken apart */
    struct fate of[LOTS_FEEDERS_MAX];
    uint32_t carried;
    uint64_t weight; /* x of the rule, 0 if nobody is carried */
};

static uint32_t digit_of(struct fate fate)
{
    const uint32_t decided = fate.lost + fate.took;
    return decided * (decided + 1) / 2 + fate.took;
}

static struct fate fate_of(uint32_t digit)
{
    uint32_t decided = 0;
    while ((decided + 1) * (decided + 2) / 2 <= digit)
        decided++;
    const uint32_t took = digit - decided * (decided + 1) / 2;
    return (struct fate){decided - took, took};
}

static uint32_t class_with(struct lots *l, uint32_t size)
{
    uint32_t c = 0;
    while (c < l->class_count && l->of[c].size != size)
        c++;
    if (c == l->class_count) {
        l->of[c].size = size;
        l->class_count++;
    }
    l->of[c].count++;
    return c;
}

static bool number_states(struct lots *l)
{
    uint64_t states = l->class_count + 1, results = 1;
    for (uint32_t c = l->class_count; c-- > 0;) {
        struct lots_class *class = &l->of[c];
        const uint64_t share = (uint64_t)l->seats * class->size;
        class->seats = (uint32_t)(share / l->members);
        class->rest = (uint32_t)(share % l->members);
        const uint32_t count = class->rest > 0 ? class->count : 0;
        class->radix = (count + 1) * (count + 2) / 2;
        class->wins_stride = (uint32_t)results;
        results *= count + 1;
        states *= class->radix;
        if (states > LOTS_STATES_MAX)
            return false;
    }
    l->state_count = (uint32_t)states;
    l->result_count = (uint32_t)results;
    return true;
}

bool lots_init(struct lots *l, const uint32_t *size, uint32_t count, uint32_t seats)
{
    if (count > LOTS_FEEDERS_MAX)
        return false;
    memset(l, 0, sizeof *l);
    l->seats = seats;
    l->feeder_count = count;
    for (uint32_t f = 0; f < count; f++) {
        assert(size[f] <= LOTS_MEMBERS_MAX - l->members);
        l->members += size[f];
        l->class_of[f] = (uint16_t)class_with(l, size[f]);
    }
    assert(l->members > 0 && seats <= l->members);
    return number_states(l);
}

/* x of the rule: what was walked over sums up to whole seats, and the rest is carried. */
static void take_apart(struct position *p, const struct lots *l, uint32_t state)
{
    p->carried = state % (l->class_count + 1);
    state /= l->class_count + 1;
    uint64_t walked = p->carried != NOBODY ? l->of[p->carried - 1].rest : 0;
    for (uint32_t c = 0; c < l->class_count; c++) {
        p->of[c] = fate_of(state % l->of[c].radix);
        state /= l->of[c].radix;
        walked += (uint64_t)l->of[c].rest * (p->of[c].lost + p->of[c].took);
    }
    p->weight = walked % l->members;
}

static uint32_t put_together(const struct position *p, const struct lots *l)
{
    uint32_t state = 0;
    for (uint32_t c = l->class_count; c-- > 0;)
        state = state * l->of[c].radix + digit_of(p->of[c]);
    return state * (l->class_count + 1) + p->carried;
}

/* How many feeders of class @c are still to come. */
static uint32_t left_of(const struct position *p, const struct lots *l, uint32_t c)
{
    if (l->of[c].rest == 0)
        return 0;
    return l->of[c].count - p->of[c].lost - p->of[c].took - (p->carried == c + 1);
}

static uint32_t left_of_all(const struct position *p, const struct lots *l)
{
    uint32_t left = 0;
    for (uint32_t c = 0; c < l->class_count; c++)
        left += left_of(p, l, c);
    return left;
}

/* Of the carried feeder of class @a and the next one, of class @b, @winner gets what there is. */
static struct position after(const struct position *p, const struct lots *l, uint32_t b,
                             uint32_t winner)
{
    struct position next = *p;
    const uint32_t a = p->carried - 1, loser = winner == a ? b : a;
    const uint64_t sum = p->weight + l->of[b].rest;
    if (sum <= l->members) { /* the winner stays, or takes the one seat that is full */
        next.of[loser].lost++;
        next.carried = sum == l->members ? NOBODY : winner + 1;
        next.of[winner].took += sum == l->members;
    } else { /* the winner takes a seat, the other one is carried on */
        next.of[winner].took++;
        next.carried = loser + 1;
    }
    return next;
}

static void add_move(struct lots_moves *out, uint32_t to, uint64_t numerator, uint64_t denominator)
{
    if (numerator > 0)
        out->at[out->count++] = (struct lots_move){to, numerator, denominator};
}

/* RULE sample.6, the walk: a feeder of class @b comes next. */
static void add_moves_with(struct lots_moves *out, const struct lots *l, const struct position *p,
                           uint32_t b)
{
    const uint64_t ways = left_of(p, l, b), all = left_of_all(p, l);
    const uint64_t n = l->members, x = p->weight, y = l->of[b].rest;
    struct position next = *p;
    if (p->carried == NOBODY) {
        next.carried = b + 1;
        add_move(out, put_together(&next, l), ways, all);
        return;
    }
    const bool fits = x + y <= n;
    const uint64_t for_a = fits ? x : n - y, for_b = fits ? y : n - x;
    const uint32_t a = p->carried - 1;
    if (a == b) { /* of two feeders of one class it does not matter which one wins */
        next = after(p, l, b, b);
        add_move(out, put_together(&next, l), ways, all);
        return;
    }
    next = after(p, l, b, a);
    add_move(out, put_together(&next, l), ways * for_a, all * (for_a + for_b));
    next = after(p, l, b, b);
    add_move(out, put_together(&next, l), ways * for_b, all * (for_a + for_b));
}

void lots_moves(struct lots_moves *out, const struct lots *l, uint32_t state)
{
    assert(state < l->state_count);
    struct position p;
    take_apart(&p, l, state);
    out->count = 0;
    for (uint32_t b = 0; b < l->class_count; b++)
        if (left_of(&p, l, b) > 0)
            add_moves_with(out, l, &p, b);
}

bool lots_is_over(uint32_t *result, const struct lots *l, uint32_t state)
{
    assert(state < l->state_count);
    struct position p;
    take_apart(&p, l, state);
    if (p.carried != NOBODY || left_of_all(&p, l) > 0)
        return false;
    *result = 0;
    for (uint32_t c = 0; c < l->class_count; c++)
        *result += p.of[c].took * l->of[c].wins_stride;
    return true;
}

uint32_t lots_wins(const struct lots *l, uint32_t result, uint32_t c)
{
    const struct lots_class *class = &l->of[c];
    return class->rest > 0 ? result / class->wins_stride % (class->count + 1) : 0;
}
