/* SPDX-License-Identifier: Apache-2.0 */
#include "app/exact_stratified.h"

#include "app/exact_tail.h"

#include <assert.h>
#include <stdlib.h>

/* Add to each state that can follow @state what its moves bring there; states are initialised when
 * they are first reached. */
static void leave(mpq_t *reached, bool *is_reached, const struct lots *l, uint32_t state)
{
    struct lots_moves moves;
    mpq_t part, share;
    mpq_init(part);
    mpq_init(share);
    lots_moves(&moves, l, state);
    for (uint32_t i = 0; i < moves.count; i++) {
        const struct lots_move *move = &moves.at[i];
        if (!is_reached[move->to])
            mpq_init(reached[move->to]);
        is_reached[move->to] = true;
        mpq_set_ui(share, move->numerator, move->denominator);
        mpq_canonicalize(share);
        mpq_mul(part, reached[state], share);
        mpq_add(reached[move->to], reached[move->to], part);
    }
    mpq_clear(part);
    mpq_clear(share);
}

void exact_lots_new(struct exact_lots *e, const struct lots *l)
{
    mpq_t *reached = calloc(l->state_count, sizeof *reached);
    bool *is_reached = calloc(l->state_count, sizeof *is_reached);
    e->lots = l;
    e->law = calloc(l->result_count, sizeof *e->law);
    assert(reached && is_reached && e->law);
    for (uint32_t r = 0; r < l->result_count; r++)
        mpq_init(e->law[r]);
    mpq_init(reached[0]);
    mpq_set_ui(reached[0], 1, 1);
    is_reached[0] = true;
    for (uint32_t state = 0; state < l->state_count; state++) {
        uint32_t result = 0;
        if (!is_reached[state])
            continue;
        if (lots_is_over(&result, l, state))
            mpq_add(e->law[result], e->law[result], reached[state]);
        leave(reached, is_reached, l, state);
        mpq_clear(reached[state]);
    }
    free(reached);
    free(is_reached);
}

void exact_lots_free(struct exact_lots *e)
{
    for (uint32_t r = 0; r < e->lots->result_count; r++)
        mpq_clear(e->law[r]);
    free(e->law);
}

struct counts { /* whole coefficients: ways to have x bad ones */
    mpz_t *at;
    uint32_t width;
};

static void counts_new(struct counts *c, uint32_t width)
{
    c->at = calloc(width, sizeof *c->at);
    assert(c->at);
    c->width = width;
    for (uint32_t x = 0; x < width; x++)
        mpz_init(c->at[x]);
}

static void counts_free(struct counts *c)
{
    for (uint32_t x = 0; x < c->width; x++)
        mpz_clear(c->at[x]);
    free(c->at);
}

/* out += @factor, which may be longer than @out only by zeros, times @c. */
static void counts_add_product(struct counts *out, const struct counts *c,
                               const struct counts *factor)
{
    for (uint32_t y = 0; y < factor->width; y++)
        for (uint32_t x = 0; mpz_sgn(factor->at[y]) > 0 && x < c->width && x + y < out->width; x++)
            mpz_addmul(out->at[x + y], c->at[x], factor->at[y]);
}

/* The ways to draw @seats from one feeder. */
static void counts_of_feeder(struct counts *out, const struct urn *u, uint32_t seats)
{
    counts_new(out, seats + 1);
    for (uint32_t x = 0; x <= seats; x++)
        exact_ways(out->at[x], u, seats, x);
}

/* The feeders of one class: for each number of them that win a seat, the ways, summed over which
 * ones win. */
struct choice {
    struct counts *with;
    uint32_t most;
};

static void choice_free(struct choice *choice)
{
    for (uint32_t wins = 0; wins <= choice->most; wins++)
        counts_free(&choice->with[wins]);
    free(choice->with);
}

/* One feeder more: with @wins in all it is one of them or not. */
static void choice_add(struct choice *choice, const struct urn *u, uint32_t seats)
{
    struct counts kept, raised = {NULL, 0};
    counts_of_feeder(&kept, u, seats);
    if (choice->most > 0)
        counts_of_feeder(&raised, u, seats + 1);
    for (uint32_t wins = choice->most + 1; wins-- > 0;) {
        struct counts sum;
        counts_new(&sum, choice->with[wins].width);
        counts_add_product(&sum, &choice->with[wins], &kept);
        if (wins > 0)
            counts_add_product(&sum, &choice->with[wins - 1], &raised);
        counts_free(&choice->with[wins]);
        choice->with[wins] = sum;
    }
    counts_free(&kept);
    counts_free(&raised);
}

static void choice_new(struct choice *choice, const struct lots *l, uint32_t c, const uint32_t *bad)
{
    const struct lots_class *class = &l->of[c];
    choice->most = class->rest > 0 ? class->count : 0;
    choice->with = calloc(choice->most + 1, sizeof *choice->with);
    assert(choice->with);
    for (uint32_t wins = 0; wins <= choice->most; wins++)
        counts_new(&choice->with[wins], class->count * class->seats + wins + 1);
    mpz_set_ui(choice->with[0].at[0], 1);
    for (uint32_t f = 0; f < l->feeder_count; f++) {
        const struct urn u = {URN_KEPT, bad[f], class->size - bad[f]};
        if (l->class_of[f] == c)
            choice_add(choice, &u, class->seats);
    }
}

/* @all = in how many ways the feeders of class @c can be drawn from if @wins of them win a seat,
 * over all choices of those. */
static void multiply_by_all_ways(mpz_t all, const struct lots_class *class, uint32_t wins)
{
    mpz_t ways;
    mpz_init(ways);
    mpz_bin_uiui(ways, class->size, class->seats);
    mpz_pow_ui(ways, ways, class->count - wins);
    mpz_mul(all, all, ways);
    mpz_bin_uiui(ways, class->size, class->seats + 1);
    mpz_pow_ui(ways, ways, wins);
    mpz_mul(all, all, ways);
    mpz_bin_uiui(ways, class->count, wins);
    mpz_mul(all, all, ways);
    mpz_clear(ways);
}

/* @out = P[X >= threshold] given the result of the lots. */
static void tail_after(mpq_t out, const struct lots *l, const struct choice *choice,
                       uint32_t result, uint32_t threshold)
{
    struct counts all;
    counts_new(&all, 1);
    mpz_set_ui(all.at[0], 1);
    mpq_set_ui(out, 0, 1);
    for (uint32_t c = 0; c < l->class_count; c++) {
        const uint32_t wins = lots_wins(l, result, c);
        const struct counts *won = &choice[c].with[wins];
        struct counts product;
        counts_new(&product, all.width + won->width - 1);
        counts_add_product(&product, won, &all);
        counts_free(&all);
        all = product;
        multiply_by_all_ways(mpq_denref(out), &l->of[c], wins);
    }
    for (uint32_t x = threshold; x < all.width; x++)
        mpz_add(mpq_numref(out), mpq_numref(out), all.at[x]);
    mpq_canonicalize(out);
    counts_free(&all);
}

void exact_stratified_tail(mpq_t out, const struct exact_lots *e, const uint32_t *bad,
                           uint32_t threshold)
{
    const struct lots *l = e->lots;
    struct choice *choice = calloc(l->class_count, sizeof *choice);
    mpq_t part;
    assert(choice);
    mpq_init(part);
    for (uint32_t c = 0; c < l->class_count; c++)
        choice_new(&choice[c], l, c, bad);
    mpq_set_ui(out, 0, 1);
    for (uint32_t result = 0; result < l->result_count; result++) {
        if (mpq_sgn(e->law[result]) == 0)
            continue;
        tail_after(part, l, choice, result, threshold);
        mpq_mul(part, part, e->law[result]);
        mpq_add(out, out, part);
    }
    for (uint32_t c = 0; c < l->class_count; c++)
        choice_free(&choice[c]);
    free(choice);
    mpq_clear(part);
}

void exact_stratified_worst(mpq_t out, struct placements *worst, const struct exact_lots *e,
                            struct stratified *s, uint32_t bad)
{
    struct placements p;
    uint32_t changed = 0;
    mpq_t tail;
    mpq_init(tail);
    const struct rounded largest = stratified_worst(worst, s, bad);
    mpq_set_si(out, -1, 1);
    placements_first(&p, s->lots, bad);
    do {
        if (!stratified_is_near(stratified_tail(s, p.at, changed), largest))
            continue;
        exact_stratified_tail(tail, e, p.at, s->threshold);
        if (mpq_cmp(tail, out) <= 0)
            continue;
        mpq_set(out, tail);
        *worst = p;
    } while (mpq_cmp_ui(out, 1, 1) < 0 && mpq_sgn(out) != 0 && placements_next(&p, &changed));
    mpq_clear(tail);
}
