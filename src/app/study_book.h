/* SPDX-License-Identifier: Apache-2.0 */
/* app/study_book.h - members, their scores and the limits that they meet: what study score and
 * study contract share (docs/study-json.md "score"). On the heap until study_book_close. */
#ifndef PEERWATT_APP_STUDY_BOOK_H
#define PEERWATT_APP_STUDY_BOOK_H

#include "app/study_score.h"

/* Names of enum qot_kind; NULL ends them. */
extern const char *const study_kinds[];

struct interval_counts {
    uint64_t interval;
    struct qot_counts *counts;
};

struct study_book {
    struct qot_book book;
    struct study_slots slots;
    json_t **partners; /* by row: all of them, of which the core needs five */
    struct interval_counts *intervals;
    uint32_t interval_count;
    json_t *steps, *records; /* of the answer */
};

/* `active`, `params` and `members` of @input. On false the reason has been said; close in any case.
 */
MUST_USE bool study_book_open(struct study_book *l, const struct call *call,
                              const struct input_node *input);
void study_book_close(struct study_book *l);

/* Make @interval that of the next item. */
void study_book_turn(struct study_book *l, uint64_t interval);

/* A closed contract takes its steps. */
void study_book_contract(struct study_book *l, const struct qot_contract *c);

/* Append the steps and the record of the item just taken to those of the answer; @number is
 * borrowed. */
void study_book_note(struct study_book *l, enum qot_kind kind, json_t *number);

#endif
