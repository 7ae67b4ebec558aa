/* SPDX-License-Identifier: Apache-2.0 */
/* core/order_machine.h - the states of an order: table 2 of docs/state-machines.md (RULE gate.1,
 * gate.2).
 *
 * Pure: what happened in, verdict out. Admission (limits, capacity, price range) comes before an
 * order exists and is not decided here; what an order trades is the clearing's. */
#ifndef PEERWATT_CORE_ORDER_MACHINE_H
#define PEERWATT_CORE_ORDER_MACHINE_H

#include "base/err.h"
#include "base/must_use.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

enum order_state { /* on the ledger: append, never renumber */
                   ORDER_OPEN = 1,
                   ORDER_FROZEN = 2,
                   ORDER_FILLED = 3,
                   ORDER_PARTIAL = 4, /* closed with less than it asked for, perhaps nothing */
                   ORDER_CANCELLED = 5,
                   ORDER_EXPIRED = 6,
                   ORDER_STATE_COUNT = 7
};

enum order_event {
    ORDER_EV_CANCEL,     /* OrderCancel: by_owner, is_quiet */
    ORDER_EV_MATCH,      /* mechanism continuous: is_filled */
    ORDER_EV_GATE,       /* of a forward order: is_missed */
    ORDER_EV_STATEMENTS, /* statement close, of a measured order: has_stated */
    ORDER_EV_OWNER_OUT,  /* the owner was revoked, ejected or has departed */
    ORDER_EV_SEED,       /* the book was cleared: is_missed, is_filled */
    ORDER_EV_COUNT
};

struct order_happening {
    enum order_event event;
    enum trade_round round; /* of the order */
    bool by_owner;          /* the signer owns it */
    bool is_quiet;          /* within quiet_ms of the gate, or past it (dos.5) */
    bool is_missed;         /* T has reached the interval's start (gate.1) */
    bool is_filled;         /* nothing of it is left */
    bool has_stated;        /* the owner has a counted statement */
};

/* Move @state on, or leave it: CLOSED when the order has ended, LATE for a cancel that is too late,
 * NOT_MEMBER for another's, else WRONG_STATE, in this order. */
MUST_USE enum err order_machine_step(enum order_state *state, const struct order_happening *h);

#endif
