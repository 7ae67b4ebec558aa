/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/market_inner.h - what the files market_*.c share, and nobody else.
 *
 *   market_index.c       how orders and intervals are found; memory, rebuild
 *   market_orders.c      Order, OrderCancel, orders of whoever is out
 *   market_party.c       what admission asks of a member, by the state as it is
 *   market_agreements.c  Agreement
 *   market_rounds.c      intervals: rows, pages, gates, the opening of windows
 *   market_book.c        orders as a book of core/book.h
 *   market_clear.c       mechanism call: the book becomes contracts
 *   market_continuous.c  mechanism continuous: orders meet one by one
 *   market_values.c      the rows' bytes
 *
 * Pure. Places in lists are + 1, 0 is none. */
#ifndef PEERWATT_LEDGER_MARKET_INNER_H
#define PEERWATT_LEDGER_MARKET_INNER_H

#include "core/admission.h"
#include "core/book.h"
#include "ledger/row_io.h"
#include "ledger/state.h"

struct layout;

/* market_index.c */
const struct ledger_order *order_get(const struct ledger *l, uint32_t place);
struct ledger_order *order_edit(struct ledger *l, uint32_t place);
/* A new row and its places in the indexes; there is room, and the interval has a row. */
void order_add(struct ledger *l, const struct ledger_order *order);
/* The order has ended: its row is free. The interval's row stays. */
void order_free(struct ledger *l, uint32_t place);
/* A waiting order was run and rests from now on. */
void order_arrive(struct ledger *l, uint32_t place, uint64_t arrived, int64_t rest_wh);
/* The round's orders by ascending number: their places to @out, which has room for all of them
 * (order_count of the round). Returns how many. */
uint32_t orders_of_round(const struct ledger *l, uint32_t interval_place, enum trade_round round,
                         uint32_t *out);
/* The first order of the member in the interval and the one after @place, MARKET_NO_PLACE if there
 * is none. */
MUST_USE uint32_t order_first_of(const struct ledger *l, uint32_t slot, uint64_t interval);
MUST_USE uint32_t order_next_of(const struct ledger *l, uint32_t place);

/* market_party.c */
struct market_orders_sum {      /* over live orders of a member in an interval */
    uint32_t count;             /* of both rounds */
    int64_t bids_wh, offers_wh; /* of the forward round */
};
struct market_orders_sum market_orders_sum(const struct ledger *l, uint32_t slot,
                                           uint64_t interval);
/* What admission asks of a member as a seller or buyer of @round. @slot may have no member. */
void market_party(struct admission_party *out, const struct ledger *l, uint32_t slot,
                  uint64_t interval, enum trade_round round, enum order_side side);
/* The market's parameters, as the book wants them. */
void market_book_params(struct book_params *out, const struct genesis_market *market);
/* RULE boot.7: could anybody be drawn for a trade of these two? @buyer 0: of @seller with whom
 * ever.
 */
MUST_USE bool market_has_witness(const struct ledger *l, uint32_t seller, uint32_t buyer);

/* market_rounds.c */
/* T is at or past the interval's start: too late for a forward book (RULE gate.1). */
MUST_USE bool market_has_started(const struct ledger *l, uint64_t interval);
/* Within quiet_ms of the gate, or past it (RULE dos.5). */
MUST_USE bool market_is_quiet(const struct ledger *l, uint64_t interval, enum trade_round round);
/* The interval can be named: it began after block 1 did, and is within the horizon. */
MUST_USE bool market_is_interval(const struct ledger *l, uint64_t interval);
/* The last interval that can be named, by the horizon that holds for @interval. */
MUST_USE uint64_t market_horizon_last(const struct ledger *l, uint64_t interval);
/* True if interval_take would find or make a row. */
MUST_USE bool interval_has_room(const struct ledger *l, uint64_t number);
static inline uint32_t round_place(enum trade_round round)
{
    return (uint32_t)round - 1;
}

/* market_book.c */
struct market_book {
    struct book book;
    uint32_t *places; /* by the book's order: its row */
};
/* A book of the orders at @places, ascending numbers, with their owners as they stand, under the
 * parameters of @market; its lists lie in the ledger's scratch. Its seed and interval are the
 * caller's to set. */
void market_book_make(struct market_book *out, struct ledger *l,
                      const struct genesis_market *market, uint32_t *places, uint32_t count);
/* The terms that are the same for all contracts of the book. */
struct trade_terms market_terms(const struct ledger *l, uint64_t interval, enum trade_round round);
/* Take @count items from the scratch, which has room: its size follows from the limits. NULL for
 * none. */
MUST_USE void *market_take(struct ledger *l, size_t count, size_t item_size);

/* market_continuous.c */
struct market_seed {
    uint64_t height;
    struct hash seed;
};

/* market_values.c */
void market_order_io(struct row_io *io, struct ledger_order *o);
void market_interval_io(struct row_io *io, struct ledger_interval *i);

#endif
