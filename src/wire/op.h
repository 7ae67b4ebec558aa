/* SPDX-License-Identifier: Apache-2.0 */
/* wire/op.h - one operation: exactly one arm (protocol section 13).
 *
 * Pure. The numbers are those of `Op` in schema/peerwatt.proto: append, never renumber. */
#ifndef PEERWATT_WIRE_OP_H
#define PEERWATT_WIRE_OP_H

#include "wire/codec.h"
#include "wire/op_funds.h"
#include "wire/op_identity.h"
#include "wire/op_trade.h"

#include <stdint.h>

enum op_kind { /* the frequent ones first: numbers up to 15 take one byte */
               OP_ORDER = 1,
               OP_ORDER_CANCEL = 2,
               OP_INTERVAL_STATEMENT = 3,
               OP_BALLOT = 4,
               OP_LEADER_EXEC = 5,
               OP_LEADER_FINAL = 6,
               OP_AGREEMENT = 7,
               OP_BEACON_REVEAL = 8,
               OP_VERIFICATION_BLOCK = 9,
               OP_DEPOSIT = 10,
               OP_WITHDRAW_REQUEST = 11,
               OP_JOIN_REQUEST = 12,
               OP_CERT_ISSUED = 13,
               OP_VOLUNTEER = 14,
               OP_MEMBER_EVIDENCE = 15,
               OP_KEY_ROTATE = 16,
               OP_CERT_RENEW = 17,
               OP_LEAVE = 18,
               OP_ERASE_RECEIPT = 19,
               OP_WITHDRAW_PAID = 20,
               OP_WITHDRAW_REJECTED = 21,
               OP_CREDIT_LIMIT = 22,
               OP_CERT_REVOKED = 23,
               OP_AUTHORITY_ADMIT = 24,
               OP_PARAMETER_CHANGE = 25,
               OP_KIND_COUNT = 26 /* 26 to 32 are reserved for operations of later releases */
};

struct op {
    enum op_kind kind;
    union { /* OP_LEAVE has no fields */
        struct order order;
        struct order_cancel order_cancel;
        struct interval_statement interval_statement;
        struct ballot ballot;
        struct leader_result leader_result; /* OP_LEADER_EXEC, OP_LEADER_FINAL */
        struct agreement agreement;
        struct beacon_reveal beacon_reveal;
        struct verification_block verification_block;
        struct deposit deposit;
        struct withdraw_request withdraw_request;
        struct join_request join_request;
        struct cert_issued cert_issued;
        struct volunteer volunteer;
        struct member_evidence member_evidence;
        struct key_rotate key_rotate;
        struct cert_renew cert_renew;
        struct erase_receipt erase_receipt;
        struct withdraw_paid withdraw_paid;
        struct withdraw_rejected withdraw_rejected;
        struct credit_limit credit_limit;
        struct cert_revoked cert_revoked;
        struct authority_admit authority_admit;
        struct parameter_change parameter_change;
    };
};

/* "Order", "LeaderExec", ...: the name in the schema. @kind must be one of the above. */
const char *op_name(enum op_kind kind);

void op_fields(struct codec *c, struct op *op);

#endif
