/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/trade_inner.h - what the files trade_*.c share, and nobody else.
 *
 *   trade_contract.c   rows, contract_make, trade_step: what an effect does
 *   trade_index.c      how contracts are found, when their next work is due
 *   trade_page.c       what a member says and has in an interval
 *   trade_statement.c  statements, the window, expelled parties
 *   trade_judge.c      the close of the window, the judge of both rounds
 *   trade_due.c        what is due, and who does it
 *   trade_values.c     the rows' bytes
 *   trade_draw.c       who is eligible, clusters, duty lists, trade_rebuild
 *   trade_duty.c       lists that grow at their end
 *   trade_vote.c       results, ballots, time, decisions
 *   trade_score.c      steps, records, the end of a row and of a round
 *
 * Pure. */
#ifndef PEERWATT_LEDGER_TRADE_INNER_H
#define PEERWATT_LEDGER_TRADE_INNER_H

#include "ledger/layout.h"
#include "ledger/row_io.h"
#include "ledger/state.h"

/* contract_step for the row at @place, with all that its effects do: escrow, settlement, refund and
 * return on accounts and on the interval's energy, counters of round, interval and parties, the
 * due time of the next work. @due_ms is that of the work in hand. What is refused marks nothing.
 * trade_contract.c */
MUST_USE enum err trade_step(struct ledger *l, uint32_t place, const struct contract_event *ev,
                             uint64_t due_ms);

/* The same where it has been decided. */
void trade_run(struct ledger *l, uint32_t place, const struct contract_event *ev, uint64_t due_ms);

/* Find the due time of the row's next work again (RULE ledger.6). trade_index.c */
void trade_set_due(struct ledger *l, uint32_t place);

/* After its steps were taken, when no duty list names it any more: the row and its places in the
 * indexes are given back. trade_contract.c */
void trade_free(struct ledger *l, uint32_t place);

/* A new row into the indexes, a scored one out of them; its agreement's exposure ends when it
 * closes. trade_index.c */
void trade_index_add(struct ledger *l, uint32_t place);
void trade_index_remove(struct ledger *l, uint32_t place);
void trade_exposure_add(struct ledger *l, uint32_t place, int64_t sign);

/* Indexes of contracts from their rows, and the rows' pointers to clusters and votes; trade_rebuild
 * calls it first and draws the clusters again. trade_index.c */
void trade_index_rebuild(struct ledger *l);

/* The contract's own place in the pool of clusters, seats_wanted long at most. */
uint32_t *trade_cluster(const struct ledger *l, uint32_t place);

/* Its four bitmaps, to be changed. */
uint8_t *trade_votes_edit(struct ledger *l, uint32_t place);

/* The contracts of a member in an interval, as seller or as buyer: first and next place, or
 * TRADE_NO_PLACE. */
MUST_USE uint32_t trade_first_of(const struct ledger *l, uint32_t slot, uint64_t interval,
                                 bool as_seller);
MUST_USE uint32_t trade_next_of(const struct ledger *l, uint32_t place, bool as_seller);

/* The energy accounts of an interval that has a page, ready for core/energy_book.h: @slot's row is
 * saved and cleared if it is of an interval past. Running sums live in the interval's row: take
 * them from it and put them back. trade_statement.c */
void page_energy_edit(struct ledger *l, uint32_t page, uint32_t slot, uint64_t interval);
struct qot_counts *page_counts_edit(struct ledger *l, uint32_t page, uint32_t slot,
                                    uint64_t interval);

/* Contracts of one round of an interval by number, from number @from on: their places to @out (room
 * for @max). Returns how many. trade_index.c */
MUST_USE uint32_t trade_of_round(const struct ledger *l, uint64_t interval, enum trade_round round,
                                 uint64_t from, uint32_t *out, uint32_t max);

/* The round's seed is there: clear, judge what was measured, freeze who is eligible, then draw
 * clusters while draws_left lasts; with none left it is not due. Returns the cost. trade_draw.c */
uint64_t trade_do_draw(struct ledger *l, uint32_t interval_place, enum trade_round round);

/* The contracts of a measured round, which its clearing has just made, are judged on the statements
 * that are there: they are allotted what the forward round leaves, in number order (RULE trade.3,
 * trade.12, gate.2). trade_judge.c */
void trade_judge_measured(struct ledger *l, uint32_t interval_place);

/* The round's contracts by number, from number @from on, in memory of the scratch arena: resetting
 * that is the caller's. trade_draw.c */
uint32_t *trade_list_round(struct ledger *l, uint32_t interval_place, enum trade_round round,
                           uint64_t from, uint32_t *count);

/* If the round is drawn and all its contracts are scored it is over: presence, duty lists, the
 * contracts' rows, the page; then true. Rows with a cluster are kept so long because duty lists
 * name them by position (op.1) and are found again from them. trade_score.c */
bool trade_end_round(struct ledger *l, uint32_t interval_place, enum trade_round round);

/* Memory of duty lists and of the roster; trade_layout calls it. trade_draw.c */
void trade_duty_layout(struct layout *y, struct ledger *l);

/* What a contract's row is judged in. */
static inline struct contract_world trade_world(const struct ledger *l,
                                                const struct ledger_contract *row, uint64_t due_ms)
{
    return (struct contract_world){.params = &row->params,
                                   .members = member_seats(l),
                                   .now_ms = l->now.a_ms,
                                   .due_ms = due_ms};
}

/* The duty list of a member in a round. */
static inline uint32_t trade_duty_list(const struct ledger *l, uint32_t page,
                                       enum trade_round round, uint32_t slot)
{
    return (page * MARKET_ROUNDS + (uint32_t)round - 1) * (l->sizes.members + 1) + slot;
}

/* How many duties a member has in a round of a page. trade_draw.c */
MUST_USE uint32_t trade_duty_count(const struct ledger *l, uint32_t page, enum trade_round round,
                                   uint32_t slot);

/* Duty lists of a page begin anew: it was given to another interval. trade_draw.c */
void trade_duty_clear(struct ledger *l, uint32_t page);

/* True if the statement window is over, or closes early (RULE trade.3); *@due_ms is when it fell
 * due. trade_statement.c */
MUST_USE bool trade_statements_are_due(const struct ledger *l, uint32_t place, uint64_t *due_ms);

/* The energy of an interval that has a page, for core/energy_book.h; page_energy_edit comes before
 * the book is changed, page_book_keep puts the running sums back (RULE ledger.5). @place: of the
 * interval. trade_page.c */
MUST_USE struct energy_book page_book(const struct ledger *l, uint32_t place);
void page_book_keep(struct ledger *l, uint32_t place, const struct energy_book *book);

/* Pages: the place of a member's row in the three tables, the list of who has a counted statement
 * (for open windows), and that list from the rows. trade_page.c */
MUST_USE uint32_t page_row(const struct ledger *l, uint32_t page, uint32_t slot);
void page_list_add(struct ledger *l, uint32_t page, uint32_t slot);
void page_list_remove(struct ledger *l, uint32_t page, uint32_t slot);
void page_list_clear(struct ledger *l, uint32_t page);
void page_list_rebuild(struct ledger *l);

/* The rows' bytes; @votes: room for four bitmaps of a cluster. trade_values.c */
void trade_contract_io(struct row_io *io, struct ledger_contract *c, uint8_t *votes);
void trade_page_io(struct row_io *io, struct page_member *m, struct energy_account *energy,
                   struct qot_counts *counts);

#endif
