/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trade_inner.h"
#include "ledger/values.h"

#include "base/bitmap.h"

#include <string.h>

enum { ROUNDS_END = ROUND_MEASURED + 1, TAKES_END = TAKE_PAY + 1, MODES_END = QOT_PAPER + 1 };
enum { HOLDS_END = HOLD_CLOSED + 1, DID_END = DID_VACANT + 1 };
enum { VOTE_MAPS = 4, VOTES_BYTES_MAX = VOTE_MAPS * ((CONTRACT_CLUSTER_MAX + 7) / 8) };

static void terms_io(struct row_io *io, struct ledger_contract *c)
{
    struct settlement_terms *t = &c->terms;
    row_u32(io, &t->seller);
    row_u32(io, &t->buyer);
    row_i64(io, &t->energy.wh);
    row_i64(io, &t->price.micro_per_kwh);
    t->take = (enum trade_take)row_choice(io, t->take, TAKES_END);
    row_u32(io, &t->min_delivery_ppm);
    row_i64(io, &t->tolerance.wh);
    row_u64(io, &c->interval);
    c->round = (enum trade_round)row_choice(io, c->round, ROUNDS_END);
    row_bool(io, &c->is_agreement);
    row_hash(io, &c->agreement);
    row_i64(io, &c->fee);
    row_i64(io, &c->fee_micro);
    row_u64(io, &c->made_height);
    t->number = c->machine.number;
    c->machine.seller = t->seller;
    c->machine.buyer = t->buyer;
}

static void params_io(struct row_io *io, struct ledger_contract *c)
{
    row_u64(io, &c->params.exec_ms);
    row_u64(io, &c->params.final_ms);
    row_u64(io, &c->params.vote_ms);
    row_u32(io, &c->params.ranks_max);
    c->rules.mode = (enum qot_mode)row_choice(io, c->rules.mode, MODES_END);
    row_i64(io, &c->rules.reference_wh);
    row_u32(io, &c->seats_wanted);
    row_u32(io, &c->cluster_floor);
    row_u32(io, &c->feeders_max);
}

static void hold_io(struct row_io *io, struct funds_hold *h)
{
    h->state = (enum funds_hold_state)row_choice(io, h->state, HOLDS_END);
    row_u32(io, &h->buyer);
    row_i64(io, &h->reserved.micro);
    row_i64(io, &h->escrow.micro);
}

static void judged_io(struct row_io *io, struct contract *c)
{
    struct settlement_result *r = &c->judged;
    row_bool(io, &c->is_judged);
    r->verdict = (enum settlement_verdict)row_choice(io, r->verdict, VERDICT_COUNT);
    row_i32(io, &r->alpha);
    row_i64(io, &r->s.wh);
    row_i64(io, &r->b.wh);
    row_i64(io, &r->need.wh);
    row_i64(io, &r->settled.wh);
    row_i64(io, &r->payment.micro);
    row_i64(io, &r->x);
}

static void office_io(struct row_io *io, struct contract_office *o)
{
    row_u32(io, &o->first_rank);
    row_u32(io, &o->rank_count);
    if (o->rank_count > CONTRACT_RANKS_MAX) {
        io->is_bad = true;
        return;
    }
    for (uint32_t i = 0; i < o->rank_count; i++)
        o->did[i] = (uint8_t)row_choice(io, o->did[i], DID_END);
    row_bool(io, &o->has_votes);
    row_u64(io, &o->votes_end_ms);
    row_u32(io, &o->agree_count);
}

/* The cluster is not in it: it follows from the seed (ledger/trade.h). */
static void machine_io(struct row_io *io, struct contract *c)
{
    c->state = (enum contract_state)row_choice(io, c->state, CONTRACT_STATE_COUNT);
    judged_io(io, c);
    row_u32(io, &c->cluster_count);
    row_u32(io, &c->eligible);
    row_u32(io, &c->rank);
    row_u64(io, &c->deadline_ms);
    for (uint32_t stage = 0; stage < CONTRACT_STAGES; stage++)
        office_io(io, &c->offices[stage]);
    c->cond = (enum settlement_verdict)row_choice(io, c->cond, VERDICT_COUNT);
    row_i32(io, &c->alpha);
    row_bool(io, &c->unwitnessed);
    row_bool(io, &c->is_scored);
    row_u64(io, &c->closed_due_ms);
}

void trade_contract_io(struct row_io *io, struct ledger_contract *c, uint8_t *votes)
{
    row_kind(io, ROW_CONTRACT);
    row_u64(io, &c->machine.number);
    terms_io(io, c);
    params_io(io, c);
    hold_io(io, &c->hold);
    row_bool(io, &c->is_refused);
    row_u64(io, &c->vacant_ms);
    machine_io(io, &c->machine);
    if (c->machine.cluster_count > c->seats_wanted || c->seats_wanted > CONTRACT_CLUSTER_MAX) {
        io->is_bad = true;
        return;
    }
    row_bytes(io, votes, VOTE_MAPS * bitmap_bytes(c->machine.cluster_count));
}

void contract_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    struct ledger_contract copy = *contract_get(l, leaf);
    uint8_t votes[VOTES_BYTES_MAX];
    v->number = copy.machine.number;
    if (v->number == 0) {
        row_kind(&v->io, ROW_FREE);
        return;
    }
    memcpy(votes, table_get(&l->votes, leaf), VOTE_MAPS * bitmap_bytes(copy.machine.cluster_count));
    trade_contract_io(&v->io, &copy, votes);
}

void contract_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    struct ledger_contract *row = table_fill(&l->contracts, leaf);
    uint8_t votes[VOTES_BYTES_MAX];
    trade_contract_io(io, row, votes);
    io->is_bad = io->is_bad || row->seats_wanted > l->sizes.seats;
    if (!io->is_bad)
        memcpy(table_fill(&l->votes, leaf), votes,
               VOTE_MAPS * bitmap_bytes(row->machine.cluster_count));
}

static void duties_io(struct row_io *io, struct page_member *m)
{
    for (uint32_t r = 0; r < MARKET_ROUNDS; r++) {
        row_bool(io, &m->had_duty[r]);
        row_bool(io, &m->did_duty[r]);
    }
}

static void counts_io(struct row_io *io, struct qot_counts *c)
{
    row_i64(io, &c->taken[0]);
    row_i64(io, &c->taken[1]);
    row_u8(io, &c->honest);
    row_u8(io, &c->silent);
}

void trade_page_io(struct row_io *io, struct page_member *m, struct energy_account *energy,
                   struct qot_counts *counts)
{
    row_kind(io, ROW_PAGE_MEMBER);
    row_u64(io, &m->interval);
    row_bool(io, &m->has_stated);
    row_bool(io, &m->was_dropped);
    row_u32(io, &m->next_seq);
    row_i64(io, &m->delivered.wh);
    row_i64(io, &m->taken.wh);
    row_i64(io, &m->used_sold.wh);
    row_i64(io, &m->used_bought.wh);
    row_hash(io, &m->statement);
    row_i64(io, &energy->title.wh);
    row_i64(io, &energy->escrow.wh);
    row_i64(io, &energy->received.wh);
    duties_io(io, m);
    counts_io(io, counts);
}

/* Its key names slot and interval, so a page that is given on does not change it. */
void statement_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    const uint32_t slot = leaf % l->sizes.members + 1;
    const uint32_t row = page_row(l, leaf / l->sizes.members, slot);
    struct page_member member = *(const struct page_member *)table_get(&l->page_members, row);
    struct energy_account energy =
        *(const struct energy_account *)table_get(&l->page_energies, row);
    struct qot_counts counts = *(const struct qot_counts *)table_get(&l->page_counts, row);
    v->number = index_key(slot, member.interval);
    trade_page_io(&v->io, &member, &energy, &counts);
}

void statement_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    const uint32_t slot = leaf % l->sizes.members + 1;
    const uint32_t row = page_row(l, leaf / l->sizes.members, slot);
    trade_page_io(io, table_fill(&l->page_members, row), table_fill(&l->page_energies, row),
                  table_fill(&l->page_counts, row));
}
