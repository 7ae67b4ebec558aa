/* SPDX-License-Identifier: Apache-2.0 */
/* For the time being: deleted by whoever builds the module. */
#include "ledger/claims.h"
#include "ledger/layout.h"
#include "ledger/ops.h"
#include "ledger/values.h"

enum err volunteer_op(struct ledger *l, const struct op_signer *s, const struct volunteer *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err key_rotate_op(struct ledger *l, const struct op_signer *s, const struct key_rotate *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err cert_renew_op(struct ledger *l, const struct op_signer *s, const struct cert_renew *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err leave_op(struct ledger *l, const struct op_signer *s)
{
    (void)l;
    (void)s;
    return ERR_WRONG_STATE;
}

enum err cert_revoked_op(struct ledger *l, const struct op_signer *s, const struct cert_revoked *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}
