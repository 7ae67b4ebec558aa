/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/identity_rows.h"

#include "ledger/values.h"

#include <string.h>

enum { MEMBER_STATUSES = STATUS_DEPARTED + 1 };

static void key_io(struct row_io *io, struct pubkey *key)
{
    row_bytes(io, key->bytes, PUBKEY_BYTES);
}

static void keys_io(struct row_io *io, struct member_keys *keys)
{
    key_io(io, &keys->sign);
    key_io(io, &keys->vrf);
    key_io(io, &keys->seal);
}

static void money_io(struct row_io *io, struct money *money)
{
    row_i64(io, &money->micro);
}

/* False if a count read is more than there is room for: then the row is bad. */
static bool is_count(struct row_io *io, uint32_t count, uint32_t most)
{
    io->is_bad = io->is_bad || count > most;
    return count <= most;
}

static void seats_io(struct row_io *io, struct leader_seats *v)
{
    row_u32(io, &v->count);
    row_u64(io, &v->vacant);
    for (uint32_t i = 0; is_count(io, v->count, LEADER_SEATS_MAX) && i < v->count; i++)
        row_u32(io, &v->member[i]);
}

/* ---- members --------------------------------------------------------------------------------- */

static void identity_io(struct row_io *io, struct member *m)
{
    m->status = (enum member_status)row_choice(io, m->status, MEMBER_STATUSES);
    m->becomes = (enum member_status)row_choice(io, m->becomes, MEMBER_STATUSES);
    row_bool(io, &m->is_founder);
    row_bool(io, &m->is_volunteer);
    row_u32(io, &m->feeder);
    row_u32(io, &m->household);
    row_hash(io, &m->household_hash);
    row_hash(io, &m->nullifier);
    row_hash(io, &m->payout);
    row_i64(io, &m->max_export_wh);
    row_i64(io, &m->max_import_wh);
    row_u64(io, &m->admitted_height);
}

static void member_keys_io(struct row_io *io, struct member *m)
{
    keys_io(io, &m->keys);
    row_bool(io, &m->has_next_keys);
    keys_io(io, &m->next_keys);
    key_io(io, &m->old_sign);
    row_u64(io, &m->old_sign_until);
    row_bool(io, &m->key_is_lost);
    row_u64(io, &m->rotated_ms);
    key_io(io, &m->vrf_before);
    row_u64(io, &m->vrf_before_epoch);
    for (uint32_t i = 0; i < 2; i++) {
        row_hash(io, &m->certificates[i]);
        row_u64(io, &m->certificate_expires_ms[i]);
    }
    row_u64(io, &m->renewed_ms);
}

static void duties_io(struct row_io *io, struct member *m)
{
    row_u32(io, &m->open_contracts);
    row_bool(io, &m->is_absent);
    row_bool(io, &m->slot_was_silent);
    row_u32(io, &m->rounds_missed);
    for (uint32_t i = 0; i < SIZES_RECEIPTS; i++)
        row_u64(io, &m->owes_receipt[i]);
    row_u64(io, &m->scored_interval);
    row_u8(io, &m->scored_honest);
    row_u8(io, &m->scored_silent);
}

static void standing_io(struct row_io *io, struct standing *s)
{
    row_u32(io, &s->slot);
    row_i32(io, &s->score);
    row_bool(io, &s->live);
    row_bool(io, &s->mature);
    row_bool(io, &s->below);
    row_u64(io, &s->below_from);
    row_u32(io, &s->closed);
    row_u32(io, &s->quarters);
    row_u8(io, &s->recent_next);
    row_u8(io, &s->recent_count);
    row_u8(io, &s->partner_count);
    for (uint32_t i = 0; i < STANDING_PARTNERS_MAX; i++)
        row_u32(io, &s->partners[i]);
    for (uint32_t i = 0; i < STANDING_RECENT_MAX; i++)
        row_u32(io, &s->recent[i]);
    io->is_bad = io->is_bad || s->recent_next >= STANDING_RECENT_MAX ||
                 s->recent_count > STANDING_RECENT_MAX || s->partner_count > STANDING_PARTNERS_MAX;
}

static void account_io(struct row_io *io, struct funds_account *a)
{
    money_io(io, &a->available);
    money_io(io, &a->withdrawing);
    money_io(io, &a->reserved);
    money_io(io, &a->escrow);
    money_io(io, &a->credit_limit);
    row_bool(io, &a->known);
    row_bool(io, &a->closed);
}

void member_rows_io(struct row_io *io, struct member_rows *m)
{
    row_kind(io, ROW_MEMBER);
    identity_io(io, &m->member);
    member_keys_io(io, &m->member);
    duties_io(io, &m->member);
    standing_io(io, &m->standing);
    account_io(io, &m->account);
}

void member_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    const uint32_t slot = leaf + 1;
    struct member_rows copy = {*(const struct member *)table_get(&l->members, slot),
                               *(const struct standing *)table_get(&l->standings, slot),
                               *(const struct funds_account *)table_get(&l->accounts, slot)};
    v->number = slot;
    member_rows_io(&v->io, &copy);
}

void member_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    struct member_rows rows;
    memset(&rows, 0, sizeof rows);
    member_rows_io(io, &rows);
    *(struct member *)table_fill(&l->members, leaf + 1) = rows.member;
    *(struct standing *)table_fill(&l->standings, leaf + 1) = rows.standing;
    *(struct funds_account *)table_fill(&l->accounts, leaf + 1) = rows.account;
}

/* ---- join requests --------------------------------------------------------------------------- */

static void machine_io(struct row_io *io, struct request *r)
{
    r->state = (enum request_state)row_choice(io, r->state, JOIN_STATE_COUNT);
    row_u32(io, &r->attempt);
    row_u64(io, &r->expires_ms);
    row_u64(io, &r->deadline_ms);
    row_bool(io, &r->accepts);
    row_u32(io, &r->seats);
    row_u32(io, &r->agree);
    row_u32(io, &r->disagree);
    row_u32(io, &r->lost);
}

static void voucher_io(struct row_io *io, struct voucher *v)
{
    key_io(io, &v->sign_key);
    key_io(io, &v->vrf_key);
    key_io(io, &v->seal_key);
    row_u32(io, &v->feeder);
    row_hash(io, &v->household);
    row_hash(io, &v->nullifier);
    row_i64(io, &v->max_export_wh);
    row_i64(io, &v->max_import_wh);
    row_hash(io, &v->payout);
    row_hash(io, &v->identity_commitment);
    row_u64(io, &v->expires_ms);
}

void join_io(struct row_io *io, struct join *j)
{
    row_kind(io, ROW_JOIN);
    row_u64(io, &j->number);
    machine_io(io, &j->machine);
    voucher_io(io, &j->voucher);
    row_hash(io, &j->csr);
    row_bool(io, &j->is_volunteer);
    row_u64(io, &j->epoch);
    row_u64(io, &j->admitted_ms);
    row_u64(io, &j->due_ms);
    row_u64(io, &j->lapsed_ms);
    row_u64(io, &j->block);
    row_u64(io, &j->erase_by_ms);
    row_u64(io, &j->owes_erasure);
    seats_io(io, &j->had_documents);
}

/* ---- verification blocks --------------------------------------------------------------------- */

void verification_io(struct row_io *io, struct verification *b)
{
    row_kind(io, ROW_BLOCK);
    row_u64(io, &b->number);
    b->state = (enum block_state)row_choice(io, b->state, BLOCK_STATE_COUNT);
    row_u64(io, &b->slot);
    row_u64(io, &b->epoch);
    row_u64(io, &b->deadline_ms);
    row_u64(io, &b->ended_interval);
    row_hash(io, &b->hash);
    seats_io(io, &b->v);
    row_u32(io, &b->leader_seat);
    row_u32(io, &b->count);
    for (uint32_t i = 0; is_count(io, b->count, WIRE_LINES_MAX) && i < b->count; i++)
        row_u64(io, &b->requests[i]);
    row_u64(io, &b->accepts);
    row_u64(io, &b->open);
    row_u64(io, &b->decided);
    row_u64(io, &b->verified);
    row_u64(io, &b->timed_out);
    for (uint32_t i = 0; is_count(io, b->v.count, LEADER_SEATS_MAX) && i < b->v.count; i++) {
        row_u64(io, &b->seats[i].voted);
        row_u64(io, &b->seats[i].agreed);
    }
}

static void setting_io(struct row_io *io, struct change_setting *s)
{
    row_u32(io, &s->parameter);
    row_u32(io, &s->index);
    row_u64(io, &s->value);
    row_u32(io, &s->len);
    if (is_count(io, s->len, CHANGE_BYTES_MAX))
        row_bytes(io, s->bytes, s->len);
}

void change_io(struct row_io *io, struct change *c)
{
    row_kind(io, ROW_CHANGE);
    row_u64(io, &c->number);
    row_u64(io, &c->from_interval);
    row_u64(io, &c->admitted_ms);
    row_u64(io, &c->deadline_ms);
    row_bool(io, &c->is_decided);
    seats_io(io, &c->v);
    row_u64(io, &c->voted);
    row_u64(io, &c->agreed);
    row_u32(io, &c->count);
    for (uint32_t i = 0; is_count(io, c->count, CHANGE_SETTINGS_MAX) && i < c->count; i++)
        setting_io(io, &c->settings[i]);
}

static void block_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    struct verification copy =
        *(const struct verification *)table_get(&l->blocks, leaf - l->sizes.joins);
    if (copy.number == 0) {
        row_kind(&v->io, ROW_FREE);
        return;
    }
    v->number = IDENTITY_KEY_BLOCK | copy.number;
    verification_io(&v->io, &copy);
}

static void change_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    struct change copy =
        *(const struct change *)table_get(&l->changes, leaf - l->sizes.joins - SIZES_BLOCKS);
    if (copy.number == 0) {
        row_kind(&v->io, ROW_FREE);
        return;
    }
    v->number = IDENTITY_KEY_CHANGE | copy.number;
    change_io(&v->io, &copy);
}

void joins_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    if (leaf >= l->sizes.joins + SIZES_BLOCKS) {
        change_value(l, leaf, v);
        return;
    }
    if (leaf >= l->sizes.joins) {
        block_value(l, leaf, v);
        return;
    }
    struct join copy = *(const struct join *)table_get(&l->joins, leaf);
    if (copy.number == 0) {
        row_kind(&v->io, ROW_FREE);
        return;
    }
    v->number = copy.number;
    join_io(&v->io, &copy);
}

void joins_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    const uint32_t joins = l->sizes.joins;
    if (leaf >= joins + SIZES_BLOCKS)
        change_io(io, table_fill(&l->changes, leaf - joins - SIZES_BLOCKS));
    else if (leaf >= joins)
        verification_io(io, table_fill(&l->blocks, leaf - joins));
    else
        join_io(io, table_fill(&l->joins, leaf));
}
