/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/member_index.h - what is derived from the rows of members so that nothing is searched:
 * keys ever seen, nullifiers held, households, volunteers, seats (RULE join.2, join.11, join.12).
 *
 * Pure; for the files about members and join requests. Whoever changes a row says so here. */
#ifndef PEERWATT_LEDGER_MEMBER_INDEX_H
#define PEERWATT_LEDGER_MEMBER_INDEX_H

#include "ledger/member.h"

/* None of the three was seen before, in any role; they differ and none is all zero. */
MUST_USE bool keys_are_new(const struct ledger *l, const struct member_keys *keys);
MUST_USE bool keys_have_room(const struct ledger *l);
/* From now on they are known, for ever. */
void keys_add(struct ledger *l, const struct member_keys *keys);

void nullifier_hold(struct ledger *l, const struct hash *nullifier);
void nullifier_free(struct ledger *l, const struct hash *nullifier);

/* A live member's row was made; its nullifier and keys are not looked at. */
void member_index_add(struct ledger *l, uint32_t slot);
/* Its status, presence or wish to verify has changed. */
void member_index_look(struct ledger *l, uint32_t slot);
/* It is not live any more. */
void member_index_close(struct ledger *l, uint32_t slot);
/* Just now something came up that binds in the next block: new keys or its end, each once. */
void member_index_note(struct ledger *l, uint32_t slot);

/* The lowest slot of the household, 0 if nobody has been of it; and the next one, in a ring. */
MUST_USE uint32_t household_first(const struct ledger *l, const struct hash *household);
MUST_USE uint32_t household_next(const struct ledger *l, uint32_t slot);

/* The first volunteer with a slot of at least @from, 0 if there is none. */
MUST_USE uint32_t volunteer_next(const struct ledger *l, uint32_t from);

/* Live members of a feeder up to sizes.feeders. */
MUST_USE uint32_t feeder_live(const struct ledger *l, uint32_t feeder);

#endif
