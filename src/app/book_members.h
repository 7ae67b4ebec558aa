/* SPDX-License-Identifier: Apache-2.0 */
/* app/book_members.h - the members of a book file: those it lists and those its orders name. */
#ifndef PEERWATT_APP_BOOK_MEMBERS_H
#define PEERWATT_APP_BOOK_MEMBERS_H

#include "app/book_json.h"

/* Fill names, index, members and the book's count. False if it was said what is wrong. */
MUST_USE bool book_members_read(struct book_file *file, const struct call *call);

/* Who stands behind an order: `buyer` or `seller`, or its own id. */
const char *book_party(const json_t *order, enum order_side side);

struct book_household { /* by member */
    uint32_t first;     /* the household's member with the lowest index: the row that counts */
    int64_t highest_bid, lowest_offer;
};

/* Heap, one row a member; the caller frees it. */
struct book_household *book_households(const struct book_member *members, uint32_t count);

#endif
