/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/values.h"

/* How long the lists are: their roots alone, beside this row, do not tell where an entry stands.
 * `history` has one entry more than the height. */
static void lists_io(struct row_io *io, struct head *h)
{
    row_u64(io, &h->ranges[RANGE_CHAIN].count);
    row_u64(io, &h->ranges[RANGE_KEYS].count);
    row_u64(io, &h->ranges[RANGE_LOG].count);
}

static void clock_io(struct row_io *io, struct head *h)
{
    row_u64(io, &h->last.height);
    row_u64(io, &h->last.t_ms);
    row_u64(io, &h->last.a_ms);
    row_hash(io, &h->block_hash);
    row_u64(io, &h->interval_first);
    row_u64(io, &h->interval_next);
}

static void numbers_io(struct row_io *io, struct head *h)
{
    row_u32(io, &h->member_count);
    row_u32(io, &h->active_count);
    row_u64(io, &h->authority_sequence);
    row_u64(io, &h->order_last);
    row_u64(io, &h->contract_last);
    row_u64(io, &h->request_last);
    row_u64(io, &h->block_last);
    row_u64(io, &h->payout_last);
    row_u64(io, &h->change_last);
    row_u64(io, &h->parameters_version);
    row_u32(io, &h->reference_count);
    row_u32(io, &h->key_count);
    row_hash(io, &h->chain_head);
}

static void seats_io(struct row_io *io, struct leader_seats *v, struct pubkey *vrf)
{
    row_u32(io, &v->count);
    row_u64(io, &v->vacant);
    if (v->count > LEADER_SEATS_MAX) {
        io->is_bad = true;
        return;
    }
    for (uint32_t i = 0; i < v->count; i++) {
        row_u32(io, &v->member[i]);
        row_bytes(io, vrf[i].bytes, PUBKEY_BYTES);
    }
}

static void epoch_slot_io(struct row_io *io, struct epoch_slot *s)
{
    row_u64(io, &s->slot);
    row_u64(io, &s->a_ms);
    row_bool(io, &s->has_block);
}

static void epoch_io(struct row_io *io, struct epoch *e)
{
    row_u64(io, &e->number);
    row_u64(io, &e->began_ms);
    row_bool(io, &e->wants_end);
    row_bool(io, &e->is_drawing);
    row_bool(io, &e->has_next);
    seats_io(io, &e->v, e->vrf);
    seats_io(io, &e->next, e->next_vrf);
    row_u64(io, &e->slot_end);
    for (uint32_t i = 0; i < SLOTS_OPEN_MAX; i++)
        epoch_slot_io(io, &e->slots[i]);
}

static void waiting_io(struct row_io *io, struct beacon_waiting *w)
{
    row_u64(io, &w->number);
    row_u64(io, &w->height);
    row_u64(io, &w->slot);
    row_u64(io, &w->a_ms);
    row_u32(io, &w->first);
    row_bool(io, &w->is_ready);
}

static void beacon_slot_io(struct row_io *io, struct beacon_slot *s)
{
    row_u64(io, &s->slot);
    row_hash(io, &s->seed);
    row_bool(io, &s->was_due);
    row_bool(io, &s->is_revealed);
}

/* What a block has taken is mixed in its phase 6 and not kept. */
static void beacon_io(struct row_io *io, struct beacon *b)
{
    row_hash(io, &b->seed);
    row_u64(io, &b->block.height);
    row_u64(io, &b->block.slot);
    row_u64(io, &b->block.a_ms);
    row_hash(io, &b->block.previous);
    for (uint32_t i = 0; i < SLOTS_OPEN_MAX; i++)
        beacon_slot_io(io, &b->recent[i]);
    row_u32(io, &b->waiting_count);
    if (b->waiting_count > b->waiting_max) {
        io->is_bad = true;
        return;
    }
    for (uint32_t i = 0; i < b->waiting_count; i++)
        waiting_io(io, &b->waiting[i]);
}

static void slot_io(struct row_io *io, struct slot_record *r)
{
    row_u64(io, &r->slot);
    row_u32(io, &r->leader);
    row_u32(io, &r->blocks);
    row_bool(io, &r->due);
    row_bool(io, &r->served);
}

static void slots_io(struct row_io *io, struct slots *s)
{
    row_u32(io, &s->count);
    if (s->count > SLOTS_OPEN_MAX) {
        io->is_bad = true;
        return;
    }
    for (uint32_t i = 0; i < s->count; i++)
        slot_io(io, &s->open[i]);
}

static void funds_io(struct row_io *io, struct funds *f)
{
    row_i64(io, &f->deposits.micro);
    row_i64(io, &f->paid_out.micro);
    row_i64(io, &f->available.micro);
    row_i64(io, &f->withdrawing.micro);
    row_i64(io, &f->reserved.micro);
    row_i64(io, &f->escrow.micro);
    row_i64(io, &f->credit_limits.micro);
    row_u32(io, &f->slot_max);
    row_u32(io, &f->day_count);
    row_u64(io, &f->days[0].day);
    row_i64(io, &f->days[0].deposited.micro);
}

static void head_io(struct row_io *io, struct head *h)
{
    row_kind(io, ROW_HEAD);
    lists_io(io, h); /* proofs.c finds these and the height that follows */
    clock_io(io, h);
    numbers_io(io, h);
    epoch_io(io, &h->epoch);
    beacon_io(io, &h->beacon);
    slots_io(io, &h->slots);
    funds_io(io, &h->funds);
}

/* The peaks of the lists are not in it: their roots stand beside it under the app hash. */
void head_value(const struct ledger *l, struct value *v)
{
    struct head copy = *l->head;
    head_io(&v->io, &copy);
}

void head_read(struct ledger *l, struct row_io *io)
{
    head_io(io, l->head);
}
