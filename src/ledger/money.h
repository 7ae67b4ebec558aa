/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/money.h - deposits, payouts and credit (paper I "electronic fund transfer";
 * RULE funds.1, funds.2, ledger.5).
 *
 * Pure. Everything that moves money goes through money_step, which saves the rows that it
 * touches. */
#ifndef PEERWATT_LEDGER_MONEY_H
#define PEERWATT_LEDGER_MONEY_H

#include "base/err.h"
#include "base/must_use.h"
#include "core/funds.h"
#include "wire/op_funds.h"

#include <stdbool.h>

struct ledger;
struct op_signer;

/* As funds_step. @ev->hold is in a row that the caller has taken for editing. */
MUST_USE enum err money_step(struct ledger *l, const struct funds_event *ev);

/* The same where it has been decided: anything but ERR_OK is a bug. */
void money_do(struct ledger *l, const struct funds_event *ev);

/* A new member has an account. */
void money_open_account(struct ledger *l, uint32_t slot);

/* What a buyer can spend: available + credit limit. */
MUST_USE int64_t money_of_buyer(const struct ledger *l, uint32_t slot);

MUST_USE enum err deposit_op(struct ledger *l, const struct op_signer *s, const struct deposit *op);
MUST_USE enum err withdraw_request_op(struct ledger *l, const struct op_signer *s,
                                      const struct withdraw_request *op);
MUST_USE enum err withdraw_paid_op(struct ledger *l, const struct op_signer *s,
                                   const struct withdraw_paid *op);
MUST_USE enum err withdraw_rejected_op(struct ledger *l, const struct op_signer *s,
                                       const struct withdraw_rejected *op);
MUST_USE enum err credit_limit_op(struct ledger *l, const struct op_signer *s,
                                  const struct credit_limit *op);

/* Before block 1. */
void money_init(struct ledger *l);

void money_rebuild(struct ledger *l);

#endif
