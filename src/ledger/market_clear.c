/* SPDX-License-Identifier: Apache-2.0 */
/* Mechanism call: when the seed is there the frozen book becomes contracts (RULE market.7,
 * market.15). Which orders traded what is not kept: whoever has book, scores, funds and seed makes
 * the clearing record of market.17 again and compares the digest. */
#include "core/clearing.h"
#include "core/order_machine.h"
#include "ledger/market_inner.h"

#include <assert.h>

enum { RESULT_MISSED = 5 }; /* behind the last of enum clearing_result */

struct outcome { /* what the record says */
    uint64_t interval;
    enum trade_round round;
    uint8_t result;
    uint32_t orders, contracts, unmade, cuts;
    int64_t price, crossing_wh, paired_wh;
    struct hash seed, digest;
};

/* RECORD_CLEARING: mechanism (enum market_mechanism, one byte), interval, round (one byte), result
 * (enum clearing_result or 5: the seed came after the start, one byte), price, V and paired energy
 * (-2^63 and 0 without a price), orders in the book, contracts made, contracts of the pairing that
 * found no room, bids cut for funds (four bytes each), seed, digest (RULE market.16). */
static void write_record(struct ledger *l, const struct outcome *o)
{
    struct bytes_writer *w = log_begin(l, RECORD_CLEARING);
    bytes_write_u8(w, MECHANISM_CALL);
    bytes_write_u64(w, o->interval);
    bytes_write_u8(w, (uint8_t)o->round);
    bytes_write_u8(w, o->result);
    bytes_write_u64(w, (uint64_t)o->price);
    bytes_write_u64(w, (uint64_t)o->crossing_wh);
    bytes_write_u64(w, (uint64_t)o->paired_wh);
    bytes_write_u32(w, o->orders);
    bytes_write_u32(w, o->contracts);
    bytes_write_u32(w, o->unmade);
    bytes_write_u32(w, o->cuts);
    bytes_write_span(w, (struct span){o->seed.bytes, HASH_BYTES});
    bytes_write_span(w, (struct span){o->digest.bytes, HASH_BYTES});
    log_end(l);
}

/* Contracts in pairing order (RULE market.15). Where the ledger can hold no more the rest is not
 * made, and the record counts it (RULE dos.3). */
static void make_contracts(struct ledger *l, const struct clearing *c, const struct book *book,
                           struct outcome *o)
{
    struct trade_terms terms = market_terms(l, o->interval, o->round);
    terms.price.micro_per_kwh = c->price;
    for (; o->contracts < c->contract_count; o->contracts++) {
        const struct clearing_contract *made = &c->contracts[o->contracts];
        if (!contract_has_room(l, 1))
            break;
        terms.seller = book->members[made->seller].slot;
        terms.buyer = book->members[made->buyer].slot;
        terms.energy.wh = made->energy_wh;
        terms.payment.micro = made->payment_micro;
        terms.fee = made->fee;
        terms.fee_micro = made->fee_micro;
        const uint64_t number = contract_make(l, &terms);
        assert(number > 0);
    }
    o->unmade = c->contract_count - o->contracts;
}

static void clear_book(struct ledger *l, uint32_t *places, uint32_t count, struct outcome *o)
{
    struct market_book b;
    struct clearing c;
    market_book_make(&b, l, state_market(l, o->interval), places, count);
    b.book.interval = o->interval;
    b.book.seed = o->seed;
    const bool fits = clearing_make(&c, &l->scratch, &b.book);
    assert(fits);
    o->result = (uint8_t)c.result;
    o->price = c.price;
    o->crossing_wh = c.crossing_wh;
    o->paired_wh = c.paired_wh;
    o->digest = c.digest;
    for (uint32_t i = 0; i < count; i++)
        o->cuts += c.quantities[i].is_cut;
    make_contracts(l, &c, &b.book, o);
}

/* Whatever it traded, an order ends with its round: nothing is carried over (RULE market.7). */
static void end_orders(struct ledger *l, const uint32_t *places, uint32_t count, bool is_missed)
{
    for (uint32_t i = 0; i < count; i++) {
        enum order_state state = order_get(l, places[i])->state;
        const struct order_happening h = {.event = ORDER_EV_SEED,
                                          .round = order_get(l, places[i])->round,
                                          .is_missed = is_missed};
        const enum err refused = order_machine_step(&state, &h);
        assert(!refused);
        order_free(l, places[i]);
    }
}

void market_clear(struct ledger *l, uint32_t place, enum trade_round round)
{
    struct ledger_interval *i = interval_edit(l, place);
    struct ledger_round *r = &i->rounds[round_place(round)];
    assert(r->phase == PHASE_GATED && r->has_seed);
    const size_t mark = arena_mark(&l->scratch);
    uint32_t *places = market_take(l, r->order_count, sizeof *places);
    const uint32_t count = orders_of_round(l, place, round, places);
    /* RULE gate.1: a promise about what has begun is none. */
    const bool is_missed = round == ROUND_FORWARD && market_has_started(l, i->number);
    struct outcome o = {.interval = i->number,
                        .round = round,
                        .result = RESULT_MISSED,
                        .orders = count,
                        .price = CLEARING_NONE,
                        .seed = r->seed};
    if (count > 0 && !is_missed)
        clear_book(l, places, count, &o);
    end_orders(l, places, count, is_missed);
    if (count > 0)
        write_record(l, &o);
    arena_reset(&l->scratch, mark);
    r->is_missed = r->is_missed || (is_missed && count > 0);
    r->phase = PHASE_SEEDED;
}
