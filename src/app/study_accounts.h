/* SPDX-License-Identifier: Apache-2.0 */
/* app/study_accounts.h - what study funds and study contract share: a funds ledger on the heap
 * for the slots of `members`, and the accounts of an answer (docs/study-json.md). */
#ifndef PEERWATT_APP_STUDY_ACCOUNTS_H
#define PEERWATT_APP_STUDY_ACCOUNTS_H

#include "app/call.h"
#include "app/input_node.h"
#include "base/must_use.h"
#include "core/funds.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { STUDY_SLOT_MAX = 1 << 20 };

/* Zeroed memory for @count items; the program ends if there is none. */
void *study_take(size_t count, size_t size);

/* The slots of `members`, all different, get accounts; room for what @events events can do. On
 * false the reason has been said and nothing is to be closed. */
MUST_USE bool study_accounts_open(struct funds *f, const struct call *call,
                                  const struct input_node *input, uint32_t events);
void study_accounts_close(struct funds *f);

/* The list `accounts`, ascending slots; a new reference. */
json_t *study_accounts_answer(const struct funds *f);

#endif
