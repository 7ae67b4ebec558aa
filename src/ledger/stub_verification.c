/* SPDX-License-Identifier: Apache-2.0 */
/* For the time being: deleted by whoever builds the module. */
#include "ledger/claims.h"
#include "ledger/layout.h"
#include "ledger/ops.h"
#include "ledger/values.h"

void epoch_init(struct ledger *l)
{
    (void)l;
}

void epoch_bind(struct ledger *l)
{
    (void)l;
}

void epoch_draw(struct ledger *l, const struct hash *seed)
{
    (void)l;
    (void)seed;
}

void epoch_look(struct ledger *l)
{
    (void)l;
}

const struct leader_seats *epoch_next_v(const struct ledger *l, const struct pubkey **vrf,
                                        uint64_t *number)
{
    (void)l;
    (void)vrf;
    (void)number;
    return NULL;
}

void epoch_vacate(struct ledger *l, uint32_t slot)
{
    (void)l;
    (void)slot;
}

enum err join_request_op(struct ledger *l, const struct op_signer *s, const struct join_request *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err verification_block_op(struct ledger *l, const struct op_signer *s,
                               const struct verification_block *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err verification_ballot_op(struct ledger *l, const struct op_signer *s,
                                const struct ballot *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err authority_admit_op(struct ledger *l, const struct op_signer *s,
                            const struct authority_admit *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err cert_issued_op(struct ledger *l, const struct op_signer *s, const struct cert_issued *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err erase_receipt_op(struct ledger *l, const struct op_signer *s,
                          const struct erase_receipt *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

void verification_strike(struct ledger *l, uint64_t slot, uint32_t leader)
{
    (void)l;
    (void)slot;
    (void)leader;
}

void verification_decide(struct ledger *l)
{
    (void)l;
}

bool verification_is_due(const struct ledger *l)
{
    (void)l;
    return 0;
}

void verification_rebuild(struct ledger *l)
{
    (void)l;
}

void verification_layout(struct layout *y, struct ledger *l)
{
    (void)y;
    (void)l;
}

void joins_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    (void)l;
    (void)leaf;
    (void)v;
    row_kind(&v->io, ROW_FREE);
}

void verification_due(const struct ledger *l, struct due_list *list)
{
    (void)l;
    (void)list;
}

uint64_t verification_do(struct ledger *l, const struct due_item *item)
{
    (void)l;
    (void)item;
    return 0;
}
