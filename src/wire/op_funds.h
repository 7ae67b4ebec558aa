/* SPDX-License-Identifier: Apache-2.0 */
/* wire/op_funds.h - operations that move money in and out, and changes of parameters (protocol
 * sections 11 and 13, `param.1`).
 *
 * Pure. Lists and spans are borrowed from the arena and the input of the decoder. */
#ifndef PEERWATT_WIRE_OP_FUNDS_H
#define PEERWATT_WIRE_OP_FUNDS_H

#include "base/ids.h"
#include "wire/codec.h"
#include "wire/op_identity.h"

#include <stdint.h>

enum payout_reason { PAYOUT_ACCOUNT = 1, PAYOUT_BANK = 2, PAYOUT_OTHER = 3 };

struct deposit {
    uint64_t sequence; /* of the authority; 0 where its signatures are not needed */
    uint32_t member;   /* slot */
    int64_t amount_micro;
    struct hash reference;      /* of the bank's booking */
    struct authority_seal seal; /* no parts where none are needed */
};

struct withdraw_request {
    int64_t amount_micro;
    uint32_t member; /* a closed one, named by the treasury (join.10); 0: the signer itself */
};

struct withdraw_paid {
    uint64_t request;
    struct hash reference;
};

struct withdraw_rejected {
    uint64_t request;
    enum payout_reason reason;
};

struct credit_limit {
    uint32_t member; /* slot */
    int64_t limit_micro;
};

struct parameter_setting {
    uint32_t parameter; /* number in the table of genesis parameters, from 1 */
    uint32_t index;     /* position, for parameters that are lists */
    uint64_t value;
    struct span bytes; /* keys and texts */
};

struct parameter_change {
    uint64_t sequence;
    uint64_t from_interval;
    struct parameter_setting *settings; /* ascending by parameter, then index */
    uint32_t setting_count;
    struct authority_seal seal;
};

void deposit_fields(struct codec *c, struct deposit *o);
void withdraw_request_fields(struct codec *c, struct withdraw_request *o);
void withdraw_paid_fields(struct codec *c, struct withdraw_paid *o);
void withdraw_rejected_fields(struct codec *c, struct withdraw_rejected *o);
void credit_limit_fields(struct codec *c, struct credit_limit *o);
void parameter_change_fields(struct codec *c, struct parameter_change *o);

#endif
