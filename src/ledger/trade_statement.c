/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/trade_inner.h"

#include "crypto/hash.h"
#include "wire/tags.h"

#include <assert.h>

enum { STATEMENT_BYTES_MAX = 2048 };

struct hash statement_hash(const struct hash *chain, uint32_t slot,
                           const struct interval_statement *op)
{
    uint8_t body[STATEMENT_BYTES_MAX], head[sizeof slot];
    struct interval_statement copy = *op;
    struct codec c;
    struct bytes_writer w;
    struct hash_ctx ctx;
    codec_init_write(&c, "IntervalStatement", body, sizeof body);
    interval_statement_fields(&c, &copy);
    bytes_writer_init(&w, head, sizeof head);
    bytes_write_u32(&w, slot);
    hash_init(&ctx);
    hash_update(&ctx, (struct span){tag_get(TAG_STATEMENT)->bytes, HASH_TAG_BYTES});
    hash_update(&ctx, (struct span){chain->bytes, sizeof chain->bytes});
    hash_update(&ctx, (struct span){head, sizeof head});
    hash_update(&ctx, (struct span){body, (size_t)(c.out - body)});
    return hash_final(&ctx);
}

void trade_open_window(struct ledger *l, uint32_t place)
{
    struct ledger_interval *interval = interval_edit(l, place);
    assert(interval->page > 0 && interval->window == INTERVAL_BEFORE);
    interval->window = INTERVAL_OPEN;
    interval->window_opened_ms = l->now.a_ms;
    page_list_clear(l, interval->page - 1);
}

static bool is_awaited(const struct ledger *l, const struct ledger_interval *interval,
                       uint32_t slot)
{
    return member_is_live(member_get(l, slot)) &&
           !page_get(l, interval->page - 1, slot, interval->number)->has_stated;
}

/* RULE trade.3: only a silence that can still end keeps the window open. Whoever has stated, closed
 * or is out stays so, hence nothing before the place that is remembered is looked at twice. */
static bool everybody_has_stated(const struct ledger *l, uint32_t place)
{
    const struct ledger_interval *interval = interval_get(l, place);
    uint32_t *awaited = &l->index.contracts.awaited[place];
    if (interval->rounds[0].open_count == 0)
        return false;
    while (*awaited > 0) {
        const struct contract *c = &contract_get(l, *awaited - 1)->machine;
        if (!contract_is_closed(c) &&
            (is_awaited(l, interval, c->seller) || is_awaited(l, interval, c->buyer)))
            return false;
        *awaited = l->index.contracts.next_of_round[*awaited - 1];
    }
    return true;
}

static bool window_is_over(const struct ledger *l, const struct ledger_interval *interval)
{
    return interval->window_opened_ms + l->params->windows.statement_ms <= l->now.a_ms;
}

bool trade_statements_are_due(const struct ledger *l, uint32_t place, uint64_t *due_ms)
{
    const struct ledger_interval *interval = interval_get(l, place);
    if (interval->window != INTERVAL_OPEN)
        return false;
    const bool is_over = window_is_over(l, interval);
    *due_ms = is_over ? interval->window_opened_ms + l->params->windows.statement_ms : l->now.a_ms;
    return is_over || (state_market(l, interval->number)->timing == TIMING_FORWARD &&
                       everybody_has_stated(l, place));
}

static bool is_named(const struct interval_statement *op, uint64_t number)
{
    for (uint32_t i = 0; i < op->refused_count; i++) {
        if (op->refused[i].contract == number)
            return true;
    }
    return false;
}

/* The list replaces the one before. What it names beside the signer's purchases of the interval is
 * ignored: a contract may have ended since, and the statement must count. */
static void take_refusals(struct ledger *l, uint32_t slot, const struct interval_statement *op)
{
    for (uint32_t at = trade_first_of(l, slot, op->interval, false); at != TRADE_NO_PLACE;
         at = trade_next_of(l, at, false)) {
        const struct ledger_contract *row = contract_get(l, at);
        const bool refuses = is_named(op, row->machine.number);
        if (row->is_refused != refuses && !contract_is_closed(&row->machine))
            contract_edit(l, at)->is_refused = refuses;
    }
}

/* RULE op.4: the readings themselves are in the block, whoever keeps it; here their hash. */
static void record_late(struct ledger *l, uint32_t slot, const struct interval_statement *op,
                        const struct hash *hash)
{
    struct bytes_writer *w = log_begin(l, RECORD_STATEMENT);
    bytes_write_u32(w, slot);
    bytes_write_u64(w, op->interval);
    bytes_write_u32(w, op->seq);
    bytes_write_span(w, (struct span){hash->bytes, sizeof hash->bytes});
    log_end(l);
}

/* EARLY, NO_ROUND, LATE, SEQUENCE, CORRECTS_OTHER, STATEMENT_RANGE (RULE trade.3, trade.13). */
static enum err check_statement(const struct ledger *l, uint32_t slot, uint32_t place,
                                const struct interval_statement *op)
{
    if (place == MARKET_NO_PLACE)
        return op->interval >= l->head->interval_next ? ERR_EARLY : ERR_NO_ROUND;
    const struct ledger_interval *interval = interval_get(l, place);
    if (interval->window == INTERVAL_BEFORE)
        return ERR_EARLY;
    if (interval->window == INTERVAL_OPEN && window_is_over(l, interval))
        return ERR_LATE; /* RULE ledger.6: the close waits for its budget */
    const struct page_member *row = page_get(l, interval->page - 1, slot, interval->number);
    if (op->seq != row->next_seq)
        return ERR_SEQUENCE;
    if (op->seq > 0 && !hash_equal(&op->corrects, &row->statement))
        return ERR_CORRECTS_OTHER;
    const struct member *m = member_get(l, slot);
    const bool fits = op->delivered_wh <= m->max_export_wh && op->taken_wh <= m->max_import_wh;
    return fits ? ERR_OK : ERR_STATEMENT_RANGE;
}

/* RULE trade.13: the highest seq counts before the close; after it the next one is a record. */
enum err statement_op(struct ledger *l, const struct op_signer *s,
                      const struct interval_statement *op)
{
    const uint32_t place = interval_find(l, op->interval);
    const enum err bad = check_statement(l, s->slot, place, op);
    if (bad != ERR_OK)
        return bad;
    const struct ledger_interval *interval = interval_get(l, place);
    const uint32_t page = interval->page - 1;
    const struct hash hash = statement_hash(&l->chain, s->slot, op);
    struct page_member *row = page_edit(l, page, s->slot, op->interval);
    row->next_seq++;
    row->statement = hash;
    if (interval->window == INTERVAL_CLOSED) {
        record_late(l, s->slot, op, &hash);
        return ERR_RECORD_ONLY;
    }
    if (!row->has_stated)
        page_list_add(l, page, s->slot);
    row->has_stated = true;
    row->delivered.wh = op->delivered_wh;
    row->taken.wh = op->taken_wh;
    take_refusals(l, s->slot, op);
    return ERR_OK;
}

/* RULE join.10, trade.13: an ejected party is silent for a judge who has not spoken yet. */
static void drop_statement(struct ledger *l, uint32_t slot, uint32_t place)
{
    const struct ledger_interval *interval = interval_get(l, place);
    const uint32_t page = interval->page - 1;
    const struct interval_statement nothing = {.interval = interval->number};
    if (!page_get(l, page, slot, interval->number)->has_stated)
        return;
    struct page_member *row = page_edit(l, page, slot, interval->number);
    row->has_stated = false;
    row->was_dropped = true;
    page_list_remove(l, page, slot);
    take_refusals(l, slot, &nothing);
}

void trade_drop_statements(struct ledger *l, uint32_t slot)
{
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *interval = interval_get(l, place);
        if (interval->is_used && interval->window == INTERVAL_OPEN)
            drop_statement(l, slot, place);
    }
}

/* Contracts that are not measured yet, to @items by number. */
static uint32_t collect_of(const struct ledger *l, uint32_t slot, uint64_t interval, bool as_seller,
                           struct sort_item *items)
{
    uint32_t count = 0;
    for (uint32_t at = trade_first_of(l, slot, interval, as_seller); at != TRADE_NO_PLACE;
         at = trade_next_of(l, at, as_seller)) {
        const struct contract *c = &contract_get(l, at)->machine;
        if (c->state <= CONTRACT_DRAWN)
            items[count++] = (struct sort_item){.key = c->number, .number = at};
    }
    return count;
}

/* RULE join.10: refunds of closed members are numbered, so the order must be the same everywhere:
 * by contract. */
void trade_void_of(struct ledger *l, uint32_t slot)
{
    const struct contract_event ev = {.kind = CONTRACT_EV_REVOKED};
    const size_t mark = arena_mark(&l->scratch);
    const uint32_t most = l->index.contracts.places.count;
    struct sort_item *items =
        arena_take_raw(&l->scratch, (size_t)2 * most, sizeof *items, _Alignof(struct sort_item));
    uint32_t count = 0;
    assert(items || most == 0);
    for (uint32_t place = 0; place < l->sizes.intervals; place++) {
        const struct ledger_interval *interval = interval_get(l, place);
        if (!interval->is_used)
            continue;
        count += collect_of(l, slot, interval->number, true, items + count);
        count += collect_of(l, slot, interval->number, false, items + count);
    }
    sort_items(items, items + most, count);
    for (uint32_t i = 0; i < count; i++)
        trade_run(l, (uint32_t)items[i].number, &ev, l->now.a_ms);
    arena_reset(&l->scratch, mark);
}
