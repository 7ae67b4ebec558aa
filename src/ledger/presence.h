/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/presence.h - slots, the beacon and who is there (paper II-A eq. 1; RULE beacon.1,
 * beacon.2, boot.4, sample.5).
 *
 * Pure. Draws are numbered by what they are for; see DRAW_*. */
#ifndef PEERWATT_LEDGER_PRESENCE_H
#define PEERWATT_LEDGER_PRESENCE_H

#include "base/err.h"
#include "base/must_use.h"
#include "wire/op_identity.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct op_signer;

enum draw_kind { DRAW_EPOCH = 1, DRAW_FORWARD = 2, DRAW_MEASURED = 3, DRAW_CONTINUOUS = 4 };

/* The number by which the beacon knows a draw; @of is an epoch, an interval or a height. */
MUST_USE uint64_t draw_number(enum draw_kind kind, uint64_t of);
MUST_USE enum draw_kind draw_kind(uint64_t number);
MUST_USE uint64_t draw_of(uint64_t number);

/* Ask for a draw in this block. Its seed comes by beacon.2. */
void presence_ask(struct ledger *l, enum draw_kind kind, uint64_t of);

/* Phase 1: the slot of this block; slots that are over are closed and judged. */
void presence_enter(struct ledger *l);
/* Phase 3, first: seeds that are there go to epoch_draw, market_clear and trade_freeze by way of
 * the rounds' rows (ledger/due.h). */
void presence_draw(struct ledger *l);
/* Phase 4. */
MUST_USE enum err beacon_reveal_op(struct ledger *l, const struct op_signer *s,
                                   const struct beacon_reveal *op);
/* Phase 4: the leader of @slot has given a verification block. */
void presence_serve(struct ledger *l, uint64_t slot);
/* An envelope of the member was accepted: a spell of absence ends (sample.5). */
void presence_seen(struct ledger *l, uint32_t slot);
/* A round in which the member was due is over: it did something or nothing (sample.5). */
void presence_round(struct ledger *l, uint32_t slot, bool did_something);
/* Phase 6. */
void presence_mix(struct ledger *l);

#endif
