/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/values.h - what stands in the leaves of each store: its key and its bytes (RULE ledger.2,
 * ledger.4).
 *
 * Pure. A key is the store's letter and the number of what the row is about, so keys differ between
 * stores and a row keeps its key when it moves to another place. One description of each row writes
 * it and reads it (row_io.h); the rows on disk are the same bytes. */
#ifndef PEERWATT_LEDGER_VALUES_H
#define PEERWATT_LEDGER_VALUES_H

#include "base/bytes.h"
#include "base/must_use.h"
#include "ledger/row_io.h"
#include "ledger/state.h"

#include <stddef.h>
#include <stdint.h>

enum { VALUES_KEY_BYTES = 9, VALUES_BYTES_MAX = 1 << 17 };

#define VALUES_FREE (UINT64_C(1) << 63) /* | place: the number of what has none */

enum row_format {               /* first byte of a value: append, never renumber */
                  ROW_FREE = 0, /* the place is free */
                  ROW_MEMBER = 1,
                  ROW_WINDOWS = 2,
                  ROW_JOIN = 3,
                  ROW_BLOCK = 4,
                  ROW_CHANGE = 5,
                  ROW_ORDER = 6,
                  ROW_INTERVAL = 7,
                  ROW_CONTRACT = 8,
                  ROW_PAGE_MEMBER = 9,
                  ROW_ELIGIBLE = 10,
                  ROW_HEAD = 11,
                  ROW_PAYOUT = 12,
                  ROW_PARAMETER = 13,
                  ROW_LIST = 14,
                  ROW_MARKET = 15 /* the market's parameters before their last change */
};

struct value {       /* being written */
    uint64_t number; /* of the key, below 2^63; 0 of a free place: then the place counts */
    struct row_io io;
};

/* The key of a number, in memory of the caller: VALUES_KEY_BYTES. */
struct span value_key(uint8_t *key, enum store_id store, uint64_t number);

/* The leaf's key and value, in memory of the caller: VALUES_KEY_BYTES, VALUES_BYTES_MAX. */
struct value_bytes {
    uint64_t number; /* of the key */
    struct span key, value;
};
struct value_bytes value_write(const struct ledger *l, enum store_id store, uint32_t leaf,
                               uint8_t *key, uint8_t *bytes);

/* Each module's rows: set v->number and describe the row. */
void member_value(const struct ledger *l, uint32_t leaf, struct value *v);    /* member.c */
void windows_value(const struct ledger *l, uint32_t leaf, struct value *v);   /* door.c */
void joins_value(const struct ledger *l, uint32_t leaf, struct value *v);     /* verification */
void order_value(const struct ledger *l, uint32_t leaf, struct value *v);     /* market */
void interval_value(const struct ledger *l, uint32_t leaf, struct value *v);  /* market */
void contract_value(const struct ledger *l, uint32_t leaf, struct value *v);  /* trade */
void statement_value(const struct ledger *l, uint32_t leaf, struct value *v); /* trade */
void eligible_value(const struct ledger *l, uint32_t leaf, struct value *v);  /* trade */
void payout_value(const struct ledger *l, uint32_t leaf, struct value *v);    /* money */
void parameter_value(const struct ledger *l, uint32_t leaf, struct value *v); /* changes */
void head_value(const struct ledger *l, struct value *v);                     /* head.c */

/* The same rows read, into tables where nothing stands under this leaf yet. Bytes may be anything:
 * what could lead out of memory or to an assert of the writers above makes the row bad. Whether
 * rows belong together is not asked here. A free place is not read. */
void member_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void windows_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void joins_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void order_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void interval_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void contract_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void statement_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void eligible_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void payout_read(struct ledger *l, uint32_t leaf, struct row_io *io);
void head_read(struct ledger *l, struct row_io *io);

#endif
