/* SPDX-License-Identifier: Apache-2.0 */
/* app/clearing_json.h - a clearing record in the form of docs/market-json.md, both ways. */
#ifndef PEERWATT_APP_CLEARING_JSON_H
#define PEERWATT_APP_CLEARING_JSON_H

#include "app/book_json.h"
#include "base/must_use.h"
#include "core/clearing.h"

#include <jansson.h>

/* A new reference. */
json_t *clearing_to_json(const struct clearing *clearing, const struct book_file *file);

struct clearing_file { /* a record as it was read; lists are heap */
    struct clearing record;
    bool is_of_other_book;   /* what it repeats of the book, or refuses, is not the book's */
    bool contradicts_itself; /* a contract's number or price is not that of the record */
};

/* Read the record at @path that claims to clear @book. False if it is unreadable, or speaks of
 * orders or members that the book does not have; then that was said and nothing is owned. */
MUST_USE bool clearing_file_open(struct clearing_file *out, const struct call *call,
                                 const char *path, const struct book_file *book);
void clearing_file_close(struct clearing_file *file);

/* The names of enum clearing_result, in its order. */
extern const char *const clearing_result_names[CLEARING_NO_CROSS + 1];

#endif
