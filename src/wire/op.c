/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/op.h"

#include <assert.h>

static const struct {
    const char *message, *arm; /* as in schema/peerwatt.proto */
} names[OP_KIND_COUNT] = {
    [OP_ORDER] = {"Order", "order"},
    [OP_ORDER_CANCEL] = {"OrderCancel", "order_cancel"},
    [OP_INTERVAL_STATEMENT] = {"IntervalStatement", "interval_statement"},
    [OP_BALLOT] = {"Ballot", "ballot"},
    [OP_LEADER_EXEC] = {"LeaderExec", "leader_exec"},
    [OP_LEADER_FINAL] = {"LeaderFinal", "leader_final"},
    [OP_AGREEMENT] = {"Agreement", "agreement"},
    [OP_BEACON_REVEAL] = {"BeaconReveal", "beacon_reveal"},
    [OP_VERIFICATION_BLOCK] = {"VerificationBlock", "verification_block"},
    [OP_DEPOSIT] = {"Deposit", "deposit"},
    [OP_WITHDRAW_REQUEST] = {"WithdrawRequest", "withdraw_request"},
    [OP_JOIN_REQUEST] = {"JoinRequest", "join_request"},
    [OP_CERT_ISSUED] = {"CertIssued", "cert_issued"},
    [OP_VOLUNTEER] = {"Volunteer", "volunteer"},
    [OP_MEMBER_EVIDENCE] = {"MemberEvidence", "member_evidence"},
    [OP_KEY_ROTATE] = {"KeyRotate", "key_rotate"},
    [OP_CERT_RENEW] = {"CertRenew", "cert_renew"},
    [OP_LEAVE] = {"Leave", "leave"},
    [OP_ERASE_RECEIPT] = {"EraseReceipt", "erase_receipt"},
    [OP_WITHDRAW_PAID] = {"WithdrawPaid", "withdraw_paid"},
    [OP_WITHDRAW_REJECTED] = {"WithdrawRejected", "withdraw_rejected"},
    [OP_CREDIT_LIMIT] = {"CreditLimit", "credit_limit"},
    [OP_CERT_REVOKED] = {"CertRevoked", "cert_revoked"},
    [OP_AUTHORITY_ADMIT] = {"AuthorityAdmit", "authority_admit"},
    [OP_PARAMETER_CHANGE] = {"ParameterChange", "parameter_change"},
};

const char *op_name(enum op_kind kind)
{
    assert(kind >= OP_ORDER && kind < OP_KIND_COUNT);
    return names[kind].message;
}

/* The fields of the arm that @op->kind names. One line an arm, so that all can be seen at once. */
static void arm_fields(struct codec *c, struct op *op)
{
    /* clang-format off */
    switch (op->kind) {
    case OP_ORDER: order_fields(c, &op->order); return;
    case OP_ORDER_CANCEL: order_cancel_fields(c, &op->order_cancel); return;
    case OP_INTERVAL_STATEMENT: interval_statement_fields(c, &op->interval_statement); return;
    case OP_BALLOT: ballot_fields(c, &op->ballot); return;
    case OP_LEADER_EXEC:
    case OP_LEADER_FINAL: leader_result_fields(c, &op->leader_result); return;
    case OP_AGREEMENT: agreement_fields(c, &op->agreement); return;
    case OP_BEACON_REVEAL: beacon_reveal_fields(c, &op->beacon_reveal); return;
    case OP_VERIFICATION_BLOCK: verification_block_fields(c, &op->verification_block); return;
    case OP_DEPOSIT: deposit_fields(c, &op->deposit); return;
    case OP_WITHDRAW_REQUEST: withdraw_request_fields(c, &op->withdraw_request); return;
    case OP_JOIN_REQUEST: join_request_fields(c, &op->join_request); return;
    case OP_CERT_ISSUED: cert_issued_fields(c, &op->cert_issued); return;
    case OP_VOLUNTEER: volunteer_fields(c, &op->volunteer); return;
    case OP_MEMBER_EVIDENCE: member_evidence_fields(c, &op->member_evidence); return;
    case OP_KEY_ROTATE: key_rotate_fields(c, &op->key_rotate); return;
    case OP_CERT_RENEW: cert_renew_fields(c, &op->cert_renew); return;
    case OP_LEAVE: return;
    case OP_ERASE_RECEIPT: erase_receipt_fields(c, &op->erase_receipt); return;
    case OP_WITHDRAW_PAID: withdraw_paid_fields(c, &op->withdraw_paid); return;
    case OP_WITHDRAW_REJECTED: withdraw_rejected_fields(c, &op->withdraw_rejected); return;
    case OP_CREDIT_LIMIT: credit_limit_fields(c, &op->credit_limit); return;
    case OP_CERT_REVOKED: cert_revoked_fields(c, &op->cert_revoked); return;
    case OP_AUTHORITY_ADMIT: authority_admit_fields(c, &op->authority_admit); return;
    case OP_PARAMETER_CHANGE: parameter_change_fields(c, &op->parameter_change); return;
    case OP_KIND_COUNT: break;
    }
    /* clang-format on */
    assert(false); /* every kind has an arm */
}

void op_fields(struct codec *c, struct op *op)
{
    if (c->mode == CODEC_READ) {
        const uint64_t number = codec_next_number(c);
        if (number == 0 || number >= OP_KIND_COUNT) {
            codec_refuse(c, WIRE_ARM, "");
            return;
        }
        op->kind = (enum op_kind)number;
    }
    assert(op->kind >= OP_ORDER && op->kind < OP_KIND_COUNT);
    struct codec_frame frame;
    codec_open(c, (uint8_t)op->kind, names[op->kind].arm, names[op->kind].message, &frame);
    arm_fields(c, op);
    codec_close(c, &frame, NULL);
    if (c->mode == CODEC_READ && c->at != c->end)
        codec_refuse(c, WIRE_ARM, ""); /* a second arm */
}
