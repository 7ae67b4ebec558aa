/* SPDX-License-Identifier: Apache-2.0 */
/* app/study_terms.h - what study judge and study contract share: reading contracts and
 * statements (docs/study-json.md "judge"). Memory is on the heap and the reader's. */
#ifndef PEERWATT_APP_STUDY_TERMS_H
#define PEERWATT_APP_STUDY_TERMS_H

#include "app/call.h"
#include "app/input_node.h"
#include "base/must_use.h"
#include "core/settlement.h"

#include <stdbool.h>
#include <stdint.h>

enum { STUDY_CONTRACTS_MAX = 1 << 16 };

/* Contracts by ascending numbers, all different; parties are given as slots. */
struct study_terms {
    struct settlement_terms *at; /* heap */
    uint32_t count;
    uint32_t slot_max; /* the highest slot among the parties */
};

/* On false the reason has been said and nothing is to be freed. */
MUST_USE bool study_terms_read(struct study_terms *out, const struct call *call,
                               const struct input_node *input);
void study_terms_free(struct study_terms *terms);

/* The numbers of a list `refused`, on the heap: the caller frees *@out. */
MUST_USE bool study_refused_read(uint64_t **out, uint32_t *count, const struct call *call,
                                 const struct input_node *statement);

#endif
