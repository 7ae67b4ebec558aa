/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/join.h - the rows of join requests, for the files about stage one: found by number, moved
 * by the machine of core/request_machine.h, kept until their documents are erased (RULE join.2,
 * join.6, join.9; table 1 of docs/state-machines.md).
 *
 *   join.c                rows and their indexes, documents, what is due of them
 *   join_ops.c            JoinRequest, AuthorityAdmit, CertIssued, EraseReceipt
 *   verification.c        blocks, ballots, decisions
 *   verification_score.c  the steps of a block and its record
 *   epoch.c               V: who is in it, when it changes
 *
 * Pure. */
#ifndef PEERWATT_LEDGER_JOIN_H
#define PEERWATT_LEDGER_JOIN_H

#include "ledger/due.h"
#include "ledger/verification.h"

#define JOIN_NO_PLACE UINT32_MAX

/* Pending, being voted on, or verified. */
MUST_USE bool join_is_open(const struct join *j);

/* Where the open request is, or JOIN_NO_PLACE. */
MUST_USE uint32_t join_find_open(const struct ledger *l, uint64_t number);
/* The same of any that has a row still. */
MUST_USE uint32_t join_find(const struct ledger *l, uint64_t number);
const struct join *join_get(const struct ledger *l, uint32_t place);
struct join *join_edit(struct ledger *l, uint32_t place);

/* True if @count more rows are free and so many more requests may be open. */
MUST_USE bool join_has_room(const struct ledger *l);
/* A new row; there is room. Its number is set, the rest is the caller's, who calls join_open. */
struct join *join_take(struct ledger *l, uint32_t *place);
void join_open(struct ledger *l, uint32_t place);

/* Move the request on by the machine, with all that follows: another attempt or its end, nullifier,
 * documents to be erased, log. ERR_OK, or what the machine refuses, and nothing changed. @after is
 * the state it is in then; its row may be free. */
MUST_USE enum err join_step(struct ledger *l, uint32_t place, struct request_happening *happening,
                            enum request_state *after);
/* The same where it has been decided. */
enum request_state join_run(struct ledger *l, uint32_t place, struct request_happening *happening);

/* A leader can give it a verdict in a slot whose first block had @first_ms on A. */
MUST_USE bool join_is_due(const struct ledger *l, uint32_t place, uint64_t first_ms);

/* Seat @seat of those who had its document has erased it. */
void join_erased(struct ledger *l, uint32_t place, uint32_t seat);

/* A new V: documents are sealed to it, and rows kept for the limits of the last epoch go. */
void joins_epoch_began(struct ledger *l);

/* Phase 3, first: vouchers that end by T have the due time of this block (RULE ledger.6). */
void joins_note_lapses(struct ledger *l);
void joins_due(const struct ledger *l, struct due_list *list);
uint64_t joins_do(struct ledger *l, const struct due_item *item);
void joins_rebuild(struct ledger *l);

/* Verification blocks: verification_score.c. Take the steps, write the record, free the row. */
uint64_t verification_score(struct ledger *l, uint32_t place);
const struct verification *verification_get(const struct ledger *l, uint32_t place);
struct verification *verification_edit(struct ledger *l, uint32_t place);
/* The block that is not decided, or JOIN_NO_PLACE. */
MUST_USE uint32_t verification_undecided(const struct ledger *l);
/* A seat falls out of the blocks in flight. */
void verification_vacate(struct ledger *l, uint32_t slot);

/* epoch.c: V changes after this block, as soon as its draw is made. */
void epoch_want_end(struct ledger *l);
/* The slot has its verification block. */
void epoch_note_block(struct ledger *l, uint64_t slot);

/* The verification chain: the next link, and its head from now on (RULE join.6, boot.3). */
void chain_add(struct ledger *l, const struct hash *link);

/* Bits 0 to @count - 1, @count <= 64. */
static inline uint64_t join_bits(uint32_t count)
{
    return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

#endif
