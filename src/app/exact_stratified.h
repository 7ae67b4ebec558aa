/* SPDX-License-Identifier: Apache-2.0 */
/* app/exact_stratified.h - the stratified tail of RULE sample.3 as a fraction, for people who check
 * the integers that the nodes use (sampling/stratified.h).
 *
 * On the heap, by GMP, whose numbers the caller initialises and clears. The walk over the lots and
 * the list of placements are those of the nodes; all arithmetic is its own. */
#ifndef PEERWATT_APP_EXACT_STRATIFIED_H
#define PEERWATT_APP_EXACT_STRATIFIED_H

#include "sampling/lots.h"
#include "sampling/placements.h"
#include "sampling/stratified.h"

#include <gmp.h>
#include <stdint.h>

struct exact_lots {          /* the law of the lots */
    const struct lots *lots; /* borrowed */
    mpq_t *law;              /* by result; heap, until exact_lots_free */
};

void exact_lots_new(struct exact_lots *e, const struct lots *l);
void exact_lots_free(struct exact_lots *e);

/* @out = P[X >= threshold] if @bad of each feeder's members are bad. */
void exact_stratified_tail(mpq_t out, const struct exact_lots *e, const uint32_t *bad,
                           uint32_t threshold);

/* @out = that of the worst of all placements of @bad members, the first in ascending order, which
 * is left in @worst. @s computes the same with rounding: what is smaller there is not looked at. */
void exact_stratified_worst(mpq_t out, struct placements *worst, const struct exact_lots *e,
                            struct stratified *s, uint32_t bad);

#endif
