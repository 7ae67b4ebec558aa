/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/due.h - phase 3: work that has fallen due, ordered by (due time, kind, number) and done
 * within the block's budget of member steps (RULE ledger.6, dos.3).
 *
 * Pure. Each module tells what is due of its own; what falls due while work is done is collected
 * again and done after it, in the same phase. What the budget leaves stays due and is the first of
 * the next block; there is no other cursor. */
#ifndef PEERWATT_LEDGER_DUE_H
#define PEERWATT_LEDGER_DUE_H

#include "base/must_use.h"
#include "base/sort.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum due_kind {                 /* in the order of RULE ledger.6 */
                DUE_GATE,       /* of an interval: its forward gate, its window opens */
                DUE_DRAW,       /* a round's seed is there (clear), or clusters are to be drawn */
                DUE_STATEMENTS, /* the statement window closes: judge, measured gate */
                DUE_RANK,       /* of a contract */
                DUE_STAGE,      /* of a contract: its vote window is over */
                DUE_SCORE,      /* of a contract */
                DUE_BLOCK,      /* of a verification block: ballots are over, its steps are due */
                DUE_EXPIRY,     /* of a request or of the time to erase its documents */
                DUE_KINDS
};

struct due_item {
    uint64_t due_ms; /* A */
    enum due_kind kind;
    uint64_t number; /* unique in its kind: interval, contract, block, request */
    uint32_t place;
};

struct due_list { /* filled by the modules; the ledger's scratch */
    struct due_item *items;
    uint32_t count, count_max;
};

void due_add(struct due_list *list, const struct due_item *item);

/* What of the module is due at A of this block. */
void market_due(const struct ledger *l, struct due_list *list);
void trade_due(const struct ledger *l, struct due_list *list);
void verification_due(const struct ledger *l, struct due_list *list);

/* Do one item, or nothing if what came before it has settled it. Returns its cost in member steps,
 * at least 1. What was done is not due any more. Kinds: market GATE; trade DRAW (calls
 * market_clear, then draws), STATEMENTS, RANK, STAGE, SCORE; verification BLOCK, EXPIRY. */
uint64_t market_do(struct ledger *l, const struct due_item *item);
uint64_t trade_do(struct ledger *l, const struct due_item *item);
uint64_t verification_do(struct ledger *l, const struct due_item *item);

/* Phase 3. */
void due_run(struct ledger *l);

#endif
