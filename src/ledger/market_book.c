/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"
#include "ledger/market_inner.h"

#include <assert.h>

void *market_take(struct ledger *l, size_t count, size_t item_size)
{
    void *items = count > 0 ? arena_take_raw(&l->scratch, count, item_size, 8) : NULL;
    assert(items || count == 0);
    return items;
}

static void write_order(struct book_order *out, const struct ledger_order *o)
{
    *out = (struct book_order){.number = o->number,
                               .price = o->price,
                               .energy_wh = (uint32_t)o->energy_wh,
                               .side = (uint8_t)o->side,
                               .min_score = (uint8_t)o->min_score,
                               .feeder_first = o->feeder_first};
}

static void write_member(struct book_member *out, const struct ledger *l, uint32_t slot)
{
    const struct member *m = member_get(l, slot);
    *out = (struct book_member){.funds_micro = money_of_buyer(l, slot),
                                .slot = slot,
                                .household = m->household,
                                .feeder = m->feeder,
                                .level = book_level(standing_get(l, slot)->score)};
}

void market_book_make(struct market_book *out, struct ledger *l,
                      const struct genesis_market *market, uint32_t *places, uint32_t count)
{
    struct book_order *orders = market_take(l, count, sizeof *orders);
    struct book_member *members = market_take(l, count, sizeof *members);
    const size_t mark = arena_mark(&l->scratch);
    struct sort_item *items = market_take(l, count, sizeof *items);
    struct sort_item *room = market_take(l, count, sizeof *room);
    uint32_t member_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct ledger_order *o = order_get(l, places[i]);
        write_order(&orders[i], o);
        items[i] = (struct sort_item){o->member, i};
    }
    sort_keys(items, room, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || items[i].key != items[i - 1].key)
            write_member(&members[member_count++], l, (uint32_t)items[i].key);
        orders[items[i].number].member = member_count - 1;
    }
    arena_reset(&l->scratch, mark);
    *out = (struct market_book){.places = places};
    market_book_params(&out->book.params, market);
    out->book.params.fee_ref = charge_most(&out->book.params.fees);
    out->book.orders = orders;
    out->book.order_count = count;
    out->book.members = members;
    out->book.member_count = member_count;
}

struct trade_terms market_terms(const struct ledger *l, uint64_t interval, enum trade_round round)
{
    return (struct trade_terms){
        .interval = interval,
        .round = round,
        .take = TAKE_FLEXIBLE,
        .min_delivery_ppm = (uint32_t)l->params->trade.min_delivery_ppm,
        .tolerance = {(int64_t)l->params->trade.tolerance_wh},
    };
}
