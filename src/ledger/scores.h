/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/scores.h - a Q-score book over the rows of the ledger (RULE qot.1).
 *
 * Pure. Rows of the book are slots. The caller edits the standing of every member that the call may
 * change before it: standing_edit. */
#ifndef PEERWATT_LEDGER_SCORES_H
#define PEERWATT_LEDGER_SCORES_H

#include "core/qot.h"

struct ledger;

/* @counts: rows by slot of the item's interval, ready to be changed; NULL where none are counted
 * (slots, ejections). Steps lie in the ledger's scratch until scores_close. */
void scores_open(struct ledger *l, struct qot_book *out, struct qot_counts *counts);
void scores_close(struct ledger *l, struct qot_book *book);

#endif
