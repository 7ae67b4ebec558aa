/* SPDX-License-Identifier: Apache-2.0 */
/* app/study_round.h - study contract: one interval on the heap, read from a file and run block by
 * block (docs/study-json.md "contract"). For study_contract*.c only. */
#ifndef PEERWATT_APP_STUDY_ROUND_H
#define PEERWATT_APP_STUDY_ROUND_H

#include "app/call.h"
#include "app/input_node.h"
#include "app/study_book.h"
#include "app/study_terms.h"
#include "base/must_use.h"
#include "core/round.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Heap memory that lives until the end of the study. */
struct study_memory {
    void **pieces;
    uint32_t count, room;
};

struct study_round {
    struct round round;
    struct study_terms terms; /* as read; those that were funded are moved to the front */
    struct funds funds;
    struct energy_book energy;
    struct study_memory memory;
    struct study_book book; /* the scores */
    uint64_t interval;
    uint64_t *refused_funding; /* numbers of contracts that were left out */
    uint32_t refused_count;
};

/* Zeroed, freed by study_round_close. */
void *study_round_take(struct study_round *s, size_t count, size_t size);

/* Heap memory that the study takes over. */
void study_round_keep(struct study_round *s, void *memory);

/* Parameters, members, contracts and their reservations. On false the reason has been said; close
 * in any case. */
MUST_USE bool study_round_open(struct study_round *s, const struct call *call,
                               const struct input_node *input);
void study_round_close(struct study_round *s);

/* Who is out since this block takes no more steps; the ejected fall to the bottom. */
void study_round_score_expelled(struct study_round *s);

/* The steps of all contracts that are to be scored now. */
void study_round_score(struct study_round *s);

/* steps, records and scores of the answer. */
void study_round_answer_scores(const struct study_round *s, json_t *answer);

/* The draws of a block as an array of the heap, ascending; those of contracts that are not there
 * are left out. */
MUST_USE bool study_round_draws(struct round_draw **out, uint32_t *count, struct study_round *s,
                                const struct call *call, const struct input_node *block);

/* The ops of a block; their codes are appended to @codes. */
MUST_USE bool study_round_ops(struct study_round *s, json_t *codes, const struct call *call,
                              const struct input_node *block);

#endif
