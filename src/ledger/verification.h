/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/verification.h - stage one: join requests, verification blocks and their ballots, the
 * verification chain, epochs of V (paper II-A; RULE join.2 to join.9, boot.3; table 1 of
 * docs/state-machines.md).
 *
 * Pure. */
#ifndef PEERWATT_LEDGER_VERIFICATION_H
#define PEERWATT_LEDGER_VERIFICATION_H

#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "core/verification_machine.h"
#include "sampling/leader.h"
#include "sampling/slots.h"
#include "wire/limits.h"
#include "wire/op_identity.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct op_signer;

struct join { /* a row; number 0: free */
    uint64_t number;
    struct request machine;
    struct voucher voucher;
    struct hash csr;
    bool is_volunteer;
    uint64_t epoch;                    /* of its admission */
    uint64_t admitted_ms, due_ms;      /* A; due: its document has had doc_ms (join.2) */
    uint64_t lapsed_ms;                /* A of the first block that met its voucher's end; 0 */
    uint64_t block;                    /* verification block in which it was voted on last */
    uint64_t erase_by_ms;              /* A; 0: nothing to erase yet (join.9) */
    uint64_t owes_erasure;             /* bit i: seat i of had_documents has not said so */
    struct leader_seats had_documents; /* everybody to whom its document was sealed */
};

struct block_seat { /* bits are places among the block's requests */
    uint64_t voted, agreed;
};

struct verification { /* a row; number 0: free. Kept until its steps are taken */
    uint64_t number;
    enum block_state state;
    uint64_t slot, epoch, deadline_ms; /* A */
    uint64_t ended_interval;           /* of the block in which it ended (qot.10) */
    struct hash hash;                  /* of what the leader signed, chained by `previous` */
    struct leader_seats v;             /* of its epoch; vacated seats are marked */
    uint32_t leader_seat;
    uint32_t count;
    uint64_t requests[WIRE_LINES_MAX];
    uint64_t accepts, open, decided, verified; /* bits; open: VOTING in this block */
    uint64_t timed_out; /* bits: ran into the deadline or lost q through vacated seats */
    struct block_seat seats[LEADER_SEATS_MAX];
};

struct epoch_slot { /* what is known of a slot since its first block, or one behind it */
    uint64_t slot, a_ms;
    bool has_block; /* a verification block was taken for it */
};

struct epoch { /* part of the ledger's head */
    uint64_t number;
    struct leader_seats v;
    struct pubkey vrf[LEADER_SEATS_MAX]; /* fixed for the epoch (join.3) */
    uint64_t began_ms;                   /* A */
    bool wants_end;                      /* something of join.8 has happened in this block */
    bool is_drawing;                     /* the next V waits for its seed */
    bool has_next;                       /* drawn in this block, binds in the next */
    struct leader_seats next;
    struct pubkey next_vrf[LEADER_SEATS_MAX];
    uint64_t slot_end;                       /* slots below it have been seen */
    struct epoch_slot slots[SLOTS_OPEN_MAX]; /* by slot % SLOTS_OPEN_MAX */
};

/* Before block 1: epoch 0 has no V; asks for the first one as soon as there is a block. */
void epoch_init(struct ledger *l);
/* Phase 2: the V that was drawn; the block's slot is noted. */
void epoch_bind(struct ledger *l);
/* What is known of @slot, or NULL if it has not begun or is too long ago. */
const struct epoch_slot *epoch_slot_find(const struct ledger *l, uint64_t slot);
/* Phase 3: draw the next V from @seed. */
void epoch_draw(struct ledger *l, const struct hash *seed);
/* Behind phase 5: ask for a draw if the epoch has to end (join.8). */
void epoch_look(struct ledger *l);
/* V as it will be in the next block: what claims of it are checked against. */
const struct leader_seats *epoch_next_v(const struct ledger *l, const struct pubkey **vrf,
                                        uint64_t *number);
/* A seat falls out, of V and of every verification block in flight. */
void epoch_vacate(struct ledger *l, uint32_t slot);

/* Phase 3: deadlines and expiries that are due; see ledger/due.h. */

/* Phase 4. */
MUST_USE enum err join_request_op(struct ledger *l, const struct op_signer *s,
                                  const struct join_request *op);
MUST_USE enum err verification_block_op(struct ledger *l, const struct op_signer *s,
                                        const struct verification_block *op);
MUST_USE enum err verification_ballot_op(struct ledger *l, const struct op_signer *s,
                                         const struct ballot *op);
MUST_USE enum err authority_admit_op(struct ledger *l, const struct op_signer *s,
                                     const struct authority_admit *op);
MUST_USE enum err cert_issued_op(struct ledger *l, const struct op_signer *s,
                                 const struct cert_issued *op);
MUST_USE enum err erase_receipt_op(struct ledger *l, const struct op_signer *s,
                                   const struct erase_receipt *op);

/* evid.1 (i): the leader of @slot has signed two blocks for it. */
void verification_strike(struct ledger *l, uint64_t slot, uint32_t leader);

/* Phase 3, before due_run: what is due by T from this block on. */
void verification_note(struct ledger *l);

/* Phase 5: requests by number. */
void verification_decide(struct ledger *l);

/* True if a request was pending, due and could have been given a verdict (sample.5, join.4). */
MUST_USE bool verification_is_due(const struct ledger *l);

void verification_rebuild(struct ledger *l);

#endif
