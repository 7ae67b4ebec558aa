/* SPDX-License-Identifier: Apache-2.0 */
/* app/chain_list.h - the nodes of a list that only grows, kept while a chain is replayed, so that
 * its entries can be proved (RULE ledger.1, ledger.2).
 *
 * Heap, until chain_list_free. */
#ifndef PEERWATT_APP_CHAIN_LIST_H
#define PEERWATT_APP_CHAIN_LIST_H

#include "base/bytes.h"
#include "base/must_use.h"
#include "crypto/mmr.h"
#include "ledger/proofs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_list {
    struct proofs_list list;
    struct mmr range;
    struct hash *nodes;
    size_t count, room;
    uint64_t wanted; /* an entry whose bytes are kept */
    uint8_t *entry;  /* NULL: it has not come yet */
    size_t entry_len;
};

/* Of `log` or `history`; false for the lists whose entries a block does not hand out. */
MUST_USE bool chain_list_init(struct chain_list *l, const struct state_store *store,
                              uint64_t wanted);
void chain_list_free(struct chain_list *l);

/* What the last block, or the genesis, has added. */
void chain_list_take(struct chain_list *l, const struct ledger *ledger);

#endif
