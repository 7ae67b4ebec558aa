/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/member.h - the rows of members, by slot from 1: who they are, what they may do, what they
 * own, how they stand (paper II-A; RULE join.*, boot.1, boot.2, sample.5).
 *
 * Pure. Rows live in tables of the ledger; *_edit saves a row at its first touch in a block and
 * marks the member's leaf. What becomes of a member by a revocation, an ejection or a new key binds
 * from the next block on: it is noted here and taken in phase 2. */
#ifndef PEERWATT_LEDGER_MEMBER_H
#define PEERWATT_LEDGER_MEMBER_H

#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "core/contract.h" /* enum contract_member */
#include "core/funds.h"
#include "core/standing.h"
#include "ledger/sizes.h"
#include "wire/genesis.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum member_status { /* on the ledger: append, never renumber */
                     STATUS_NONE = 0,
                     STATUS_ACTIVE = 1,
                     STATUS_LEAVING = 2, /* Leave was taken; contracts run to their end */
                     STATUS_REVOKED = 3,
                     STATUS_EJECTED = 4,
                     STATUS_DEPARTED = 5
};

struct member_keys {
    struct pubkey sign, vrf, seal;
};

struct member {
    enum member_status status;
    enum member_status becomes; /* binds in the next block; STATUS_NONE: no change */
    bool is_founder, is_volunteer;
    uint32_t feeder;
    uint32_t household;         /* the lowest slot of the household */
    struct hash household_hash; /* as the voucher has it */
    struct hash nullifier, payout;
    int64_t max_export_wh, max_import_wh; /* per interval */
    struct member_keys keys;
    struct member_keys next_keys; /* of a KeyRotate in this block */
    bool has_next_keys;
    struct pubkey old_sign;             /* the key before the last rotation (evid.1) */
    uint64_t old_sign_until;            /* height at which it was replaced; 0: never */
    bool key_is_lost;                   /* said by the authority: it proves no equivocation */
    uint64_t rotated_ms;                /* A of the last rotation or of the admission */
    struct pubkey vrf_before;           /* counts in epoch vrf_before_epoch still: its draw had */
    uint64_t vrf_before_epoch;          /* been asked for before the rotation; 0: none */
    struct hash certificates[2];        /* the newer first */
    uint64_t certificate_expires_ms[2]; /* T */
    uint64_t renewed_ms;                /* A, when the older one's last 24 h began */
    uint64_t admitted_height;
    uint32_t open_contracts;               /* as a party */
    bool is_absent;                        /* RULE sample.5 */
    bool slot_was_silent;                  /* in this spell of absence */
    uint32_t rounds_missed;                /* in succession */
    uint64_t owes_receipt[SIZES_RECEIPTS]; /* requests; 0: free */
    uint64_t scored_interval;              /* of the last verification block that gave a step */
    uint8_t scored_honest, scored_silent;  /* its counts of qot.8 and sample.5 */
};

/* The highest slot given. */
MUST_USE uint32_t member_count(const struct ledger *l);

/* NULL if there is no member with this slot. The row is valid until it is edited. */
const struct member *member_find(const struct ledger *l, uint32_t slot);

/* The slot must have a member. */
const struct member *member_get(const struct ledger *l, uint32_t slot);
struct member *member_edit(struct ledger *l, uint32_t slot);
const struct standing *standing_get(const struct ledger *l, uint32_t slot);
struct standing *standing_edit(struct ledger *l, uint32_t slot);
const struct funds_account *account_get(const struct ledger *l, uint32_t slot);
struct funds_account *account_edit(struct ledger *l, uint32_t slot);

/* Not revoked, ejected or departed; who leaves is live until its last contract has closed. */
MUST_USE bool member_is_live(const struct member *m);

/* The keys that hold in the next block: what claims of it are checked against (RULE num.4). */
const struct member_keys *member_keys_next(const struct member *m);

/* For core/contract.h, by slot: enum contract_member; departed counts as revoked. Derived, true at
 * any time. */
const uint8_t *member_seats(const struct ledger *l);

/* The only writer of is_absent. */
void member_set_absent(struct ledger *l, uint32_t slot, bool is_absent);

/* Phase 4: a revocation (STATUS_REVOKED) or an ejection. ERR_WRONG_STATE if it is out already or
 * about to be. The ejection's own step (R = -M) is taken at once. */
MUST_USE enum err member_expel(struct ledger *l, uint32_t slot, enum member_status becomes);

/* A new active member: a slot, its rows, indexes and keys; the caller has checked that there is
 * room. Used for founders and for CertIssued. Returns the slot. */
struct member_birth {
    const struct voucher *voucher;
    struct hash certificate;
    uint64_t certificate_expires_ms;
    bool is_founder, is_volunteer;
};
uint32_t member_add(struct ledger *l, const struct member_birth *birth);

/* A founder of the genesis file, active from height 1 (boot.1). */
void member_add_founder(struct ledger *l, const struct genesis_founder *founder);

/* Phase 2: new keys, revocations, ejections (orders cancelled, contracts void, seats vacant, money
 * to withdrawing; RULE join.10, join.11). */
void members_bind(struct ledger *l);

/* Phase 4: Leave. ERR_WRONG_STATE if it leaves already or is about to be out. */
MUST_USE enum err member_leave(struct ledger *l, uint32_t slot);

/* The document of @request was not erased in time (RULE join.9). Beyond SIZES_RECEIPTS nothing is
 * remembered: who owes so many is not drawn anyway. */
void member_owe(struct ledger *l, uint32_t slot, uint64_t request);
MUST_USE bool member_owes(const struct member *m);

/* The member's last contract has closed: who leaves departs (RULE join.10). */
void member_has_closed(struct ledger *l, uint32_t slot);

/* Derived, never hashed: found again from the rows. */
void members_rebuild(struct ledger *l);

/* True if a live member or an open request holds this nullifier. */
MUST_USE bool nullifier_is_held(const struct ledger *l, const struct hash *nullifier);

#endif
