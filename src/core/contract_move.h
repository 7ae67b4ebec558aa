/* SPDX-License-Identifier: Apache-2.0 */
/* core/contract_move.h - the moves of a contract between states, for contract*.c only: whoever
 * calls has decided that the move is due. Nothing here is refused or fails. */
#ifndef PEERWATT_CORE_CONTRACT_MOVE_H
#define PEERWATT_CORE_CONTRACT_MOVE_H

#include "core/contract.h"

struct move { /* one event on its way through a contract */
    struct contract *c;
    const struct contract_world *w;
    struct contract_effects *out;
};

/* Statements and draw are both there: VOID, both stages at once, or EXEC(0, wait). */
void contract_measured(struct move *m);

/* @did ends the office of the rank that holds it; the next one comes in, or the stage is at its
 * last. */
void contract_pass_office(struct move *m, enum contract_did did);

/* The rank in office gave a right result, which is its ballot; the vote begins. */
void contract_open_vote(struct move *m);

/* The vote window of the running stage is over without a quorum. */
void contract_stage_last(struct move *m);

/* A quorum agreed with the standing result. */
void contract_quorum_agrees(struct move *m);

/* A party was revoked before the contract was measured. */
void contract_void(struct move *m, int32_t alpha);

/* Whose slot holds @rank. */
enum contract_member contract_seat(const struct contract *c, const struct contract_world *w,
                                   uint32_t rank);

/* EXEC or FINAL of an open contract that has one. */
enum contract_stage contract_stage(const struct contract *c);

/* The result that is right in the running stage; C4 stands beside it after the seller's ejection
 * (RULE trade.7). */
bool contract_is_right(const struct contract *c, const struct contract_world *w,
                       enum settlement_verdict verdict);

#endif
