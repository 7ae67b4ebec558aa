/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/door.h - whose envelopes come in, and what has to be proven before they do (RULE num.4,
 * dos.3, dos.4, op.2).
 *
 * Pure. Before a block is applied its claims are listed here, checked elsewhere (worker threads,
 * a cache), and come back as one verdict an envelope. */
#ifndef PEERWATT_LEDGER_DOOR_H
#define PEERWATT_LEDGER_DOOR_H

#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "wire/envelope.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum signer_role { SIGNER_MEMBER, SIGNER_JOINER, SIGNER_TREASURY, SIGNER_AUTHORITY };

struct op_signer { /* who says an op, and what is known of it */
    enum signer_role role;
    uint32_t slot; /* of a member */
    struct pubkey key;
    bool is_proven; /* every claim inside this op holds */
    uint64_t expires_height;
    struct span body; /* of the envelope: what the signature covers */
};

/* What the claims of an envelope came to: the signature itself, and a bit for each op whose inner
 * claims (vouchers, t of n, second signatures, proofs) all hold. Ops without claims have theirs. */
struct door_verdict {
    bool is_signed;
    uint64_t ops_proven;
};

/* Admit an envelope: ERR_OK takes its nonce. Otherwise the first that applies of BLOCK_FULL,
 * ENVELOPE_FORM, SIGNER_UNKNOWN, SIGNATURE, EXPIRED, EXPIRES_FAR, NONCE_USED, NONCE_FAR (OP_PROOF
 * of a joiner, who has no nonces), and nothing is touched. */
MUST_USE enum err door_admit(struct ledger *l, const struct envelope *e,
                             const struct door_verdict *verdict, struct op_signer *out);

/* May this signer say this kind of op? OP_SIGNER, OP_PROOF. */
MUST_USE enum err door_may_say(const struct op_signer *s, const struct op *op);

#endif
