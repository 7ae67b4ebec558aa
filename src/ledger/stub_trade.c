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

enum err statement_op(struct ledger *l, const struct op_signer *s,
                      const struct interval_statement *op)
{
    (void)l;
    (void)s;
    (void)op;
    return ERR_WRONG_STATE;
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
