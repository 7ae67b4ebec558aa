/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/identity_rows.h - the bytes of members, join requests and verification blocks: each row
 * described once, for the app hash and for the disk (row_io.h).
 *
 * Pure. Requests, blocks and parameter changes (changes.h) share a store, so their numbers are told
 * apart by the two highest bits of the key. */
#ifndef PEERWATT_LEDGER_IDENTITY_ROWS_H
#define PEERWATT_LEDGER_IDENTITY_ROWS_H

#include "core/funds.h"
#include "ledger/changes.h"
#include "ledger/member.h"
#include "ledger/row_io.h"
#include "ledger/verification.h"

#define IDENTITY_KEY_BLOCK (UINT64_C(1) << 62)
#define IDENTITY_KEY_CHANGE (UINT64_C(1) << 61)

struct member_rows { /* what stands in a member's leaf */
    struct member member;
    struct standing standing;
    struct funds_account account;
};

void member_rows_io(struct row_io *io, struct member_rows *m);
void join_io(struct row_io *io, struct join *j);
void verification_io(struct row_io *io, struct verification *b);

#endif
