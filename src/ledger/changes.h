/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/changes.h - changes of the parameters: t of n and a ballot of V, after a delay
 * (RULE param.1).
 *
 * Pure. */
#ifndef PEERWATT_LEDGER_CHANGES_H
#define PEERWATT_LEDGER_CHANGES_H

#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "ledger/row_io.h"
#include "ledger/verification.h"
#include "wire/genesis.h"
#include "wire/op_funds.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct op_signer;

enum { CHANGE_SETTINGS_MAX = 16, CHANGE_BYTES_MAX = 64 };

struct change { /* a row; number 0: free */
    uint64_t number;
    uint64_t from_interval, admitted_ms, deadline_ms; /* A */
    bool is_decided;                                  /* binds when its time has come */
    struct leader_seats v;
    uint64_t voted, agreed; /* bits of seats */
    uint32_t count;
    struct change_setting {
        uint32_t parameter, index;
        uint64_t value;
        uint32_t len;
        uint8_t bytes[CHANGE_BYTES_MAX];
    } settings[CHANGE_SETTINGS_MAX];
};

MUST_USE enum err parameter_change_op(struct ledger *l, const struct op_signer *s,
                                      const struct parameter_change *op);
MUST_USE enum err parameter_ballot_op(struct ledger *l, const struct op_signer *s,
                                      const struct ballot *op);
/* Phase 2: those whose time has come bind. */
void changes_bind(struct ledger *l);
/* Phase 5. */
void changes_decide(struct ledger *l);
/* A seat falls out. */
void changes_vacate(struct ledger *l, uint32_t slot);

/* What stands for the list of fees under the app hash. */
struct hash changes_hash_fees(const struct genesis_market *market);

/* Its row (identity_rows.c). */
void change_io(struct row_io *io, struct change *c);

#endif
