/* SPDX-License-Identifier: Apache-2.0 */
/* sampling/lots.h - who gets the remainder seats: the lots of RULE sample.6, step by step, for all
 * orders of the feeders at once.
 *
 * Pure, without memory of its own. A feeder with E_f of E members gets floor(K E_f / E) of K seats,
 * and the seats that remain are drawn by lots. A state says of each class of feeders of equal size
 * how many lost, how many took a seat, and which class carries. Walking the states in ascending
 * order and adding to each that is reached what its moves bring gives the law of the lots; in which
 * arithmetic is the caller's choice. */
#ifndef PEERWATT_SAMPLING_LOTS_H
#define PEERWATT_SAMPLING_LOTS_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    LOTS_FEEDERS_MAX = 256,
    LOTS_MEMBERS_MAX = 1 << 24,
    LOTS_STATES_MAX = 1 << 22, /* eleven feeders, all different, need 2.1 million */
    LOTS_MOVES_MAX = 2 * LOTS_FEEDERS_MAX,
};

struct lots_class {
    uint32_t size, count; /* members of each of its feeders, and how many feeders it has */
    uint32_t seats;       /* of each feeder before the lots */
    uint32_t rest;        /* its weight in the lots: K E_f mod E; 0: it takes no part */
    uint32_t radix;       /* of the class in a state's number: how many (lost, took) there are */
    uint32_t wins_stride; /* of the class in the number of a result */
};

struct lots {
    uint32_t members, seats; /* E and K */
    uint32_t feeder_count, class_count, state_count, result_count;
    struct lots_class of[LOTS_FEEDERS_MAX];
    uint16_t class_of[LOTS_FEEDERS_MAX]; /* of each feeder as it was given */
};

/* Sort @count feeders into classes by their sizes, in the order of their first feeders. False if
 * there are more feeders or states than the limits; their members are 1 to LOTS_MEMBERS_MAX and
 * @seats at most as many, else it is a bug. */
MUST_USE bool lots_init(struct lots *l, const uint32_t *size, uint32_t count, uint32_t seats);

struct lots_move { /* with probability numerator / denominator */
    uint32_t to;   /* a higher state */
    uint64_t numerator, denominator;
};

struct lots_moves {
    uint32_t count;
    struct lots_move at[LOTS_MOVES_MAX];
};

/* What can happen in @state when the next feeder comes, each one left being as likely as the
 * others; nothing if none is left. The first state is 0. */
void lots_moves(struct lots_moves *out, const struct lots *l, uint32_t state);

/* If no feeder is left in @state, say so and which result it is. */
MUST_USE bool lots_is_over(uint32_t *result, const struct lots *l, uint32_t state);

/* How many feeders of class @c took a seat in @result. */
MUST_USE uint32_t lots_wins(const struct lots *l, uint32_t result, uint32_t c);

#endif
