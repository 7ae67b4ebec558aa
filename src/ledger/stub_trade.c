/* SPDX-License-Identifier: Apache-2.0 */
/* For the time being: deleted by whoever builds the module. */
#include "ledger/claims.h"
#include "ledger/layout.h"
#include "ledger/ops.h"
#include "ledger/values.h"

uint64_t contract_make(struct ledger *l, const struct trade_terms *terms)
{
    (void)l;
    (void)terms;
    return 0;
}

bool contract_has_room(const struct ledger *l, uint32_t count)
{
    (void)l;
    (void)count;
    return 0;
}

uint32_t contract_find(const struct ledger *l, uint64_t number)
{
    (void)l;
    (void)number;
    return 0;
}

bool agreement_is_known(const struct ledger *l, const struct hash *agreement)
{
    (void)l;
    (void)agreement;
    return 0;
}

const struct ledger_contract *contract_get(const struct ledger *l, uint32_t place)
{
    (void)l;
    (void)place;
    return NULL;
}

struct ledger_contract *contract_edit(struct ledger *l, uint32_t place)
{
    (void)l;
    (void)place;
    return NULL;
}

void trade_sums(const struct ledger *l, uint32_t slot, uint64_t interval, struct trade_sums *out)
{
    (void)l;
    (void)slot;
    (void)interval;
    (void)out;
}

void trade_used(const struct ledger *l, uint32_t slot, uint64_t interval, struct trade_used *out)
{
    (void)l;
    (void)slot;
    (void)interval;
    (void)out;
}

const struct page_member *page_get(const struct ledger *l, uint32_t page, uint32_t slot,
                                   uint64_t interval)
{
    (void)l;
    (void)page;
    (void)slot;
    (void)interval;
    return NULL;
}

struct page_member *page_edit(struct ledger *l, uint32_t page, uint32_t slot, uint64_t interval)
{
    (void)l;
    (void)page;
    (void)slot;
    (void)interval;
    return NULL;
}

void trade_void_of(struct ledger *l, uint32_t slot)
{
    (void)l;
    (void)slot;
}

void trade_drop_statements(struct ledger *l, uint32_t slot)
{
    (void)l;
    (void)slot;
}

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

void trade_open_window(struct ledger *l, uint32_t place)
{
    (void)l;
    (void)place;
}

void trade_close_statements(struct ledger *l, uint32_t place, uint64_t due_ms)
{
    (void)l;
    (void)place;
    (void)due_ms;
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

enum err statement_op(struct ledger *l, const struct op_signer *s,
                      const struct interval_statement *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
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

void trade_rebuild(struct ledger *l)
{
    (void)l;
}

void trade_layout(struct layout *y, struct ledger *l)
{
    (void)y;
    (void)l;
}

void contract_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    (void)l;
    (void)leaf;
    (void)v;
    row_kind(&v->io, ROW_FREE);
}

void statement_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    (void)l;
    (void)leaf;
    (void)v;
    row_kind(&v->io, ROW_FREE);
}

void eligible_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    (void)l;
    (void)leaf;
    (void)v;
    row_kind(&v->io, ROW_FREE);
}

void trade_due(const struct ledger *l, struct due_list *list)
{
    (void)l;
    (void)list;
}

uint64_t trade_do(struct ledger *l, const struct due_item *item)
{
    (void)l;
    (void)item;
    return 0;
}
