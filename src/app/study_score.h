/* SPDX-License-Identifier: Apache-2.0 */
/* app/study_score.h - the closed items of `study score`, read from JSON into the shapes of
 * core/qot.h (docs/study-json.md "score").
 *
 * Readers say what is wrong by themselves and then return false. */
#ifndef PEERWATT_APP_STUDY_SCORE_H
#define PEERWATT_APP_STUDY_SCORE_H

#include "app/call.h"
#include "app/input_node.h"
#include "base/must_use.h"
#include "core/qot.h"

/* Where members stand by slot. */
struct study_slots {
    struct sort_item *items; /* key: slot, number: row; sorted */
    uint32_t count;
    const struct standing *members; /* by row */
};

/* A closed contract and the memory that it points to. */
struct study_contract {
    struct qot_contract contract;
    uint32_t cluster[QOT_CLUSTER_MAX];
    struct qot_stage_log stages[QOT_STAGES];
    uint8_t voted[QOT_STAGES][(QOT_CLUSTER_MAX + 7) / 8];
    uint8_t agree[QOT_STAGES][(QOT_CLUSTER_MAX + 7) / 8];
};

struct study_verification {
    struct qot_verification block;
    struct qot_seat seats[QOT_SEATS_MAX];
};

/* The row of the member in @slot; false if there is none. */
MUST_USE bool study_find_row(uint32_t *row, const struct study_slots *slots, uint64_t slot);

/* The row of the member whose slot stands in @field of @object. */
MUST_USE bool study_row(uint32_t *row, const struct call *call, const struct study_slots *slots,
                        const struct input_node *object, const char *field);

/* @out must not be moved afterwards: it points into itself. */
MUST_USE bool study_contract_read(struct study_contract *out, const struct call *call,
                                  const struct study_slots *slots, const struct input_node *item);
MUST_USE bool study_verification_read(struct study_verification *out, const struct call *call,
                                      const struct study_slots *slots,
                                      const struct input_node *item);

#endif
