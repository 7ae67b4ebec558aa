/* SPDX-License-Identifier: Apache-2.0 */
/* app/book_json.h - reads a book of docs/market-json.md, gsy's shape included, and admits its
 * orders by RULE market.5 as far as a file can tell. */
#ifndef PEERWATT_APP_BOOK_JSON_H
#define PEERWATT_APP_BOOK_JSON_H

#include "app/call.h"
#include "app/input_node.h"
#include "base/must_use.h"
#include "core/book.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { BOOK_RATE_MICRO_MAX = 1000000000 };

struct book_file_order {
    struct order order; /* as in the file, in units of the ledger */
    uint64_t number;
    uint32_t member; /* index */
    const char *id;
    const char *party;
    uint32_t index;   /* in the list of its side */
    enum err refused; /* ERR_OK: it is in the book */
};

struct book_file {
    json_t *input;               /* owned, like all arrays here; NULL: the caller has it */
    struct input_node place[3];  /* what was read, the market and the slot of gsy's shape */
    const struct input_node *at; /* the book: one of them */
    struct input_node sides[2];  /* bids, offers */
    const char *market, *slot;   /* of gsy's shape; NULL otherwise */
    uint64_t rate_micro;
    json_t *index; /* name of a member -> its index in book.members */
    const char **names;
    struct book_member *members;
    struct genesis_fee *fees;
    uint32_t feeder_count;          /* of the square `fees`, 0 without one */
    struct book_file_order *listed; /* all orders, ascending numbers */
    uint32_t listed_count;
    struct book_order *orders;
    uint32_t *listed_of; /* by order of the book: its index in listed */
    struct book book;
};

/* Read the file at @path; @file must not be moved afterwards, it points into itself. False if it is
 * unreadable; then that has been said and nothing is owned.
 */
MUST_USE bool book_file_open(struct book_file *file, const struct call *call, const char *path);
void book_file_close(struct book_file *file);

/* Answer by @answer for the book in the call's first operand, or for each book of its list
 * "books". @answer gives an object without "v", or NULL when it has said what is wrong; the book
 * lives until it returns. */
enum exit_code book_serve(const struct call *call,
                          json_t *(*answer)(const struct call *call, const struct book_file *file));

/* Where an order of the file stands in it; lives as long as @file. */
struct input_node book_order_place(const struct book_file *file, const struct book_file_order *o);

#endif
