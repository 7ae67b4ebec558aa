/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/stratified.h - how likely the cluster that RULE sample.6 draws from real feeders is
 * captured, for one placement of the bad members or the worst of all (RULE sample.3).
 *
 * Pure. Not a bound: the tail itself, averaged over all orders of the feeders and rounded up. n
 * operations one after the other are wrong by a relative n * 2^-63 at most, and n is about the
 * threshold, times the seats of a feeder, times the feeders: 2^-49 for a hundred seats among ten.
 * Memory is the caller's arena, which must live as long as the struct. */
#ifndef PEERWATT_SAMPLING_STRATIFIED_H
#define PEERWATT_SAMPLING_STRATIFIED_H

#include "base/arena.h"
#include "base/must_use.h"
#include "sampling/lots.h"
#include "sampling/placements.h"
#include "sampling/rounded.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tails that differ by less than a relative 2^-40 count as equal when the worst is looked for. That
 * covers 2^23 operations one after the other; where some thousand seats take more, the placement
 * that is named may be a near one, and the tail stays an upper bound of all. */
enum { STRATIFIED_PLACEMENTS_MAX = 200000, STRATIFIED_NEAR_BITS = 40 };

struct stratified_class {
    uint32_t fewest, most;  /* feeders that can win a seat in the lots */
    struct rounded *stage;  /* behind each feeder, for each number of wins, a polynomial */
    struct rounded *behind; /* behind the class, for each result of the later ones, a polynomial */
};

struct stratified {
    const struct lots *lots; /* borrowed */
    uint32_t threshold;
    struct rounded
        *law; /* of the lots: probability of each result, for one choice of the winners */
    struct stratified_class *of;
    struct rounded *kept,
        *raised; /* scratch: of one feeder, without and with a seat from the lots */
};

/* How many bytes of an arena stratified_init takes; SIZE_MAX if no machine has them. */
MUST_USE size_t stratified_size(const struct lots *l, uint32_t threshold);

/* Walk the lots. @threshold is at least 1 and at most the seats. */
void stratified_init(struct stratified *s, struct arena *memory, const struct lots *l,
                     uint32_t threshold);

/* P[X >= threshold] if @bad of each feeder's members are bad. Feeders before @changed have as many
 * as in the call before; 0 in the first. */
MUST_USE struct rounded stratified_tail(struct stratified *s, const uint32_t *bad,
                                        uint32_t changed);

/* True if tails of two placements may be one number but for their rounding. */
MUST_USE bool stratified_is_near(struct rounded tail, struct rounded largest);

/* The worst of all placements of @bad members, the first in ascending order; *@worst is left there,
 * and its tail is returned. Ask placements_are_few before. */
MUST_USE struct rounded stratified_worst(struct placements *worst, struct stratified *s,
                                         uint32_t bad);

#endif
