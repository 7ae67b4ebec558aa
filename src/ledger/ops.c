/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/ops.h"

#include "ledger/state.h"

static enum err apply_ballot(struct ledger *l, const struct op_signer *s, const struct ballot *op)
{
    switch (op->stage) {
    case STAGE_EXEC:
    case STAGE_FINAL:
        return trade_ballot_op(l, s, op);
    case STAGE_VERIFICATION:
        return verification_ballot_op(l, s, op);
    case STAGE_PARAMETER:
        break;
    }
    return parameter_ballot_op(l, s, op);
}

/* Of a member about trades. */
static enum err apply_trade(struct ledger *l, const struct op_signer *s, const struct op *op)
{
    switch ((int)op->kind) {
    case OP_ORDER:
        return order_op(l, s, &op->order);
    case OP_ORDER_CANCEL:
        return order_cancel_op(l, s, &op->order_cancel);
    case OP_INTERVAL_STATEMENT:
        return statement_op(l, s, &op->interval_statement);
    case OP_BALLOT:
        return apply_ballot(l, s, &op->ballot);
    case OP_LEADER_EXEC:
        return result_op(l, s, CONTRACT_EXEC, &op->leader_result);
    case OP_LEADER_FINAL:
        return result_op(l, s, CONTRACT_FINAL, &op->leader_result);
    default:
        return agreement_op(l, s, &op->agreement);
    }
}

/* Of whoever handles money. */
static enum err apply_funds(struct ledger *l, const struct op_signer *s, const struct op *op)
{
    switch ((int)op->kind) {
    case OP_DEPOSIT:
        return deposit_op(l, s, &op->deposit);
    case OP_WITHDRAW_REQUEST:
        return withdraw_request_op(l, s, &op->withdraw_request);
    case OP_WITHDRAW_PAID:
        return withdraw_paid_op(l, s, &op->withdraw_paid);
    case OP_WITHDRAW_REJECTED:
        return withdraw_rejected_op(l, s, &op->withdraw_rejected);
    default:
        return credit_limit_op(l, s, &op->credit_limit);
    }
}

/* Of a member about itself. */
static enum err apply_member(struct ledger *l, const struct op_signer *s, const struct op *op)
{
    switch ((int)op->kind) {
    case OP_VOLUNTEER:
        return volunteer_op(l, s, &op->volunteer);
    case OP_KEY_ROTATE:
        return key_rotate_op(l, s, &op->key_rotate);
    case OP_CERT_RENEW:
        return cert_renew_op(l, s, &op->cert_renew);
    case OP_LEAVE:
        return leave_op(l, s);
    case OP_ERASE_RECEIPT:
        return erase_receipt_op(l, s, &op->erase_receipt);
    default:
        return member_evidence_op(l, s, &op->member_evidence);
    }
}

/* Of joiners, verifiers and the authority. */
static enum err apply_identity(struct ledger *l, const struct op_signer *s, const struct op *op)
{
    switch ((int)op->kind) {
    case OP_JOIN_REQUEST:
        return join_request_op(l, s, &op->join_request);
    case OP_VERIFICATION_BLOCK:
        return verification_block_op(l, s, &op->verification_block);
    case OP_BEACON_REVEAL:
        return beacon_reveal_op(l, s, &op->beacon_reveal);
    case OP_CERT_ISSUED:
        return cert_issued_op(l, s, &op->cert_issued);
    case OP_CERT_REVOKED:
        return cert_revoked_op(l, s, &op->cert_revoked);
    case OP_AUTHORITY_ADMIT:
        return authority_admit_op(l, s, &op->authority_admit);
    default:
        return parameter_change_op(l, s, &op->parameter_change);
    }
}

enum err ops_apply(struct ledger *l, const struct op_signer *s, const struct op *op)
{
    const enum err may = door_may_say(s, op);
    if (may != ERR_OK)
        return may;
    switch (op->kind) {
    case OP_ORDER:
    case OP_ORDER_CANCEL:
    case OP_INTERVAL_STATEMENT:
    case OP_BALLOT:
    case OP_LEADER_EXEC:
    case OP_LEADER_FINAL:
    case OP_AGREEMENT:
        return apply_trade(l, s, op);
    case OP_DEPOSIT:
    case OP_WITHDRAW_REQUEST:
    case OP_WITHDRAW_PAID:
    case OP_WITHDRAW_REJECTED:
    case OP_CREDIT_LIMIT:
        return apply_funds(l, s, op);
    case OP_VOLUNTEER:
    case OP_KEY_ROTATE:
    case OP_CERT_RENEW:
    case OP_LEAVE:
    case OP_ERASE_RECEIPT:
    case OP_MEMBER_EVIDENCE:
        return apply_member(l, s, op);
    case OP_BEACON_REVEAL:
    case OP_VERIFICATION_BLOCK:
    case OP_JOIN_REQUEST:
    case OP_CERT_ISSUED:
    case OP_CERT_REVOKED:
    case OP_AUTHORITY_ADMIT:
    case OP_PARAMETER_CHANGE:
        return apply_identity(l, s, op);
    case OP_KIND_COUNT:
        break;
    }
    return ERR_OP_SIGNER;
}
