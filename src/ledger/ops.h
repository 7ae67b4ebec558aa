/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/ops.h - an admitted operation goes to the module that decides it.
 *
 * Pure. */
#ifndef PEERWATT_LEDGER_OPS_H
#define PEERWATT_LEDGER_OPS_H

#include "base/err.h"
#include "base/must_use.h"
#include "ledger/door.h"

struct ledger;

/* Decide @op completely, then apply it; what is refused changes nothing (RULE op.2). */
MUST_USE enum err ops_apply(struct ledger *l, const struct op_signer *s, const struct op *op);

/* Operations of members about themselves (member_ops.c; RULE join.7 to join.11). */
MUST_USE enum err volunteer_op(struct ledger *l, const struct op_signer *s,
                               const struct volunteer *op);
MUST_USE enum err key_rotate_op(struct ledger *l, const struct op_signer *s,
                                const struct key_rotate *op);
MUST_USE enum err cert_renew_op(struct ledger *l, const struct op_signer *s,
                                const struct cert_renew *op);
MUST_USE enum err leave_op(struct ledger *l, const struct op_signer *s);
MUST_USE enum err cert_revoked_op(struct ledger *l, const struct op_signer *s,
                                  const struct cert_revoked *op);

/* evidence.c (RULE evid.1) */
MUST_USE enum err member_evidence_op(struct ledger *l, const struct op_signer *s,
                                     const struct member_evidence *op);

#endif
