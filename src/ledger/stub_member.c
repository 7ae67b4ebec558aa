/* SPDX-License-Identifier: Apache-2.0 */
/* For the time being: deleted by whoever builds the module. */
#include "ledger/claims.h"
#include "ledger/layout.h"
#include "ledger/ops.h"
#include "ledger/values.h"

uint32_t member_count(const struct ledger *l)
{
    return l->head->member_count;
}

const struct member *member_find(const struct ledger *l, uint32_t slot)
{
    return slot > 0 && slot <= member_count(l) ? table_get(&l->members, slot) : NULL;
}

const struct member *member_get(const struct ledger *l, uint32_t slot)
{
    return table_get(&l->members, slot);
}

struct member *member_edit(struct ledger *l, uint32_t slot)
{
    state_mark(l, STORE_MEMBERS, slot - 1);
    return table_edit(&l->members, slot);
}

const struct standing *standing_get(const struct ledger *l, uint32_t slot)
{
    return table_get(&l->standings, slot);
}

struct standing *standing_edit(struct ledger *l, uint32_t slot)
{
    state_mark(l, STORE_MEMBERS, slot - 1);
    return table_edit(&l->standings, slot);
}

const struct funds_account *account_get(const struct ledger *l, uint32_t slot)
{
    return table_get(&l->accounts, slot);
}

struct funds_account *account_edit(struct ledger *l, uint32_t slot)
{
    state_mark(l, STORE_MEMBERS, slot - 1);
    return table_edit(&l->accounts, slot);
}

bool member_is_live(const struct member *m)
{
    return m->status == STATUS_ACTIVE || m->status == STATUS_LEAVING;
}

const struct member_keys *member_keys_next(const struct member *m)
{
    (void)m;
    return NULL;
}

void member_set_absent(struct ledger *l, uint32_t slot, bool is_absent)
{
    (void)l;
    (void)slot;
    (void)is_absent;
}

enum err member_expel(struct ledger *l, uint32_t slot, enum member_status becomes)
{
    (void)l;
    (void)slot;
    (void)becomes;
    return ERR_WRONG_STATE;
}

uint32_t member_add(struct ledger *l, const struct member_birth *birth)
{
    (void)l;
    (void)birth;
    return 0;
}

void member_add_founder(struct ledger *l, const struct genesis_founder *founder)
{
    (void)l;
    (void)founder;
}

void members_bind(struct ledger *l)
{
    (void)l;
}

void member_has_closed(struct ledger *l, uint32_t slot)
{
    (void)l;
    (void)slot;
}

void members_rebuild(struct ledger *l)
{
    for (uint32_t slot = 0; slot <= l->sizes.members; slot++) {
        const struct member *m = table_get(&l->members, slot);
        const bool is_out = m->status == STATUS_REVOKED || m->status == STATUS_DEPARTED;
        l->index.members.seats[slot] = is_out ? MEMBER_REVOKED : MEMBER_LIVE;
        if (m->status == STATUS_EJECTED)
            l->index.members.seats[slot] = MEMBER_EJECTED;
        else if (!is_out && m->is_absent)
            l->index.members.seats[slot] = MEMBER_ABSENT;
    }
}

bool nullifier_is_held(const struct ledger *l, const struct hash *nullifier)
{
    (void)l;
    (void)nullifier;
    return 0;
}

void member_layout(struct layout *y, struct ledger *l)
{
    l->index.members.seats = layout_raw(y, l->sizes.members + (size_t)1, 1);
}

void member_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    (void)l;
    (void)leaf;
    (void)v;
    row_kind(&v->io, ROW_FREE);
}
