/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/layout.h - where everything of a ledger lies: one list, walked once to measure and once to
 * take the memory.
 *
 * Pure. */
#ifndef PEERWATT_LEDGER_LAYOUT_H
#define PEERWATT_LEDGER_LAYOUT_H

#include "base/arena.h"
#include "ledger/state.h"

struct layout {
    struct arena *arena; /* NULL: only measure */
    size_t bytes;
};

/* All memory of @l, whose sizes are set. */
void layout_ledger(struct layout *y, struct ledger *l);

/* For the modules' own parts. @out is not written while measuring. */
void layout_table(struct layout *y, struct table *out, uint32_t capacity, size_t row_bytes);
void layout_store(struct layout *y, struct store *out, uint32_t capacity);
void layout_places(struct layout *y, struct places *out, uint32_t capacity);
void layout_ids(struct layout *y, struct id_map *out, uint32_t ids_max);
void layout_hashes(struct layout *y, struct hash_map *out, uint32_t hashes_max);
/* Not zeroed; NULL while measuring. */
MUST_USE void *layout_raw(struct layout *y, size_t count, size_t item_size);

/* Each module's derived memory. */
void member_layout(struct layout *y, struct ledger *l);
void verification_layout(struct layout *y, struct ledger *l);
void market_layout(struct layout *y, struct ledger *l);
void trade_layout(struct layout *y, struct ledger *l);
void money_layout(struct layout *y, struct ledger *l);

#endif
