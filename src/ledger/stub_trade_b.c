/* SPDX-License-Identifier: Apache-2.0 */
/* For the time being: deleted by whoever builds the module. */
#include "ledger/claims.h"
#include "ledger/layout.h"
#include "ledger/ops.h"
#include "ledger/trade_inner.h"
#include "ledger/values.h"

void trade_freeze(struct ledger *l, uint32_t place, enum trade_round round)
{
    (void)l;
    (void)place;
    (void)round;
}

bool trade_draw(struct ledger *l, uint32_t place, enum trade_round round)
{
    (void)l;
    (void)place;
    (void)round;
    return 0;
}

void trade_time(struct ledger *l, uint32_t contract_place, uint64_t due_ms)
{
    (void)l;
    (void)contract_place;
    (void)due_ms;
}

void trade_score(struct ledger *l, uint32_t contract_place, uint64_t due_ms)
{
    (void)l;
    (void)contract_place;
    (void)due_ms;
}

enum err result_op(struct ledger *l, const struct op_signer *s, enum contract_stage stage,
                   const struct leader_result *op)
{
    (void)l;
    (void)s;
    (void)stage;
    (void)op;
    return ERR_WRONG_STATE;
}

enum err trade_ballot_op(struct ledger *l, const struct op_signer *s, const struct ballot *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
}

void trade_decide(struct ledger *l)
{
    (void)l;
}

bool trade_duty_get(const struct ledger *l, uint64_t interval, enum trade_round round,
                    uint32_t slot, uint32_t position, struct trade_duty *out)
{
    (void)l;
    (void)interval;
    (void)round;
    (void)slot;
    (void)position;
    (void)out;
    return 0;
}

void eligible_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    (void)l;
    (void)leaf;
    (void)v;
    row_kind(&v->io, ROW_FREE);
}

void trade_rebuild(struct ledger *l)
{
    trade_index_rebuild(l);
}

uint64_t trade_do_draw(struct ledger *l, uint32_t place, enum trade_round round)
{
    (void)l;
    (void)place;
    (void)round;
    return 1;
}

uint32_t trade_duty_count(const struct ledger *l, uint32_t page, enum trade_round round,
                          uint32_t slot)
{
    (void)l;
    (void)page;
    (void)round;
    (void)slot;
    return 0;
}

void trade_duty_clear(struct ledger *l, uint32_t page)
{
    (void)l;
    (void)page;
}

void trade_duty_layout(struct layout *y, struct ledger *l)
{
    (void)y;
    (void)l;
}
