/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/proofs.h - proofs of a ledger's state for clients that trust an app hash and nobody who
 * serves them: a row, an entry of a list, a row's history (paper II-B; RULE ledger.1, ledger.2,
 * ledger.4).
 *
 * Pure. Makers ask the ledger between two blocks, of the state now or of that before the last
 * block, whose app hash is the one that a header has signed meanwhile. Checkers take what was
 * served and trust nothing in it. Rows are checked by their key, which follows from the store and
 * the number, so no other row can be shown instead; entries by how long the list is, which stands
 * in the head's row, because a root alone does not tell where an entry stands. */
#ifndef PEERWATT_LEDGER_PROOFS_H
#define PEERWATT_LEDGER_PROOFS_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/merkle.h"
#include "crypto/stores.h"
#include "ledger/history.h"
#include "ledger/store.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct state_store;

enum { PROOFS_BYTES_MAX = (1 << 17) + STORE_META_BYTES }; /* of a value with its meta */

/* A store by its name, constant; NULL if there is none. */
const struct state_store *proofs_store(struct span name);
const char *proofs_store_name(const struct state_store *store);
/* It has entries, no rows. */
MUST_USE bool proofs_is_list(const struct state_store *store);

struct proofs_row {
    const struct state_store *store; /* with rows */
    uint64_t number; /* of a member, a contract, ...; where rows have none, of the place */
    struct hash root;
    struct span value; /* as it stands in the tree: STORE_META_BYTES and the row */
    struct stores_step in_store, in_app_hash;
};

MUST_USE bool proofs_has_row(const struct ledger *l, enum store_view view,
                             const struct state_store *store, uint64_t number);

/* The row and its proof. False if there is no such row in this state, and before block 1 for the
 * state before. @bytes is PROOFS_BYTES_MAX for the value. A row that the last block has written is
 * read from before by exchanging rows for a moment: nobody else may read the ledger meanwhile. */
MUST_USE bool proofs_row(struct proofs_row *out, struct ledger *l, enum store_view view,
                         const struct state_store *store, uint64_t number, uint8_t *bytes);

MUST_USE bool proofs_row_holds(const struct proofs_row *p, const struct hash *app_hash);

/* What @p->value says; false if it is too short for a value. */
MUST_USE bool proofs_row_read(const struct proofs_row *p, struct store_meta *meta,
                              struct span *row);

/* Height and app hash of a state, to go with its proofs. */
MUST_USE uint64_t proofs_height(const struct ledger *l, enum store_view view);
MUST_USE struct hash proofs_app_hash(const struct ledger *l, enum store_view view);

struct proofs_list { /* what the maker keeps of a list: all nodes that mmr_append made */
    const struct state_store *store;
    const struct hash *nodes;
};

struct proofs_entry {
    const struct state_store *store; /* a list */
    struct proofs_row head;
    struct hash root;
    struct stores_step in_list, in_app_hash;
};

MUST_USE uint64_t proofs_list_size(const struct ledger *l, enum store_view view,
                                   const struct state_store *store);

/* Where entry @index of a list of @size entries stands, 0 <= @index < @size. */
void proofs_in_list(struct stores_step *out, const struct proofs_list *list, uint64_t index,
                    uint64_t size);

/* Entry @index, from 0; false if the list is shorter. @bytes as for proofs_row, for the head. */
MUST_USE bool proofs_entry(struct proofs_entry *out, struct ledger *l, enum store_view view,
                           const struct proofs_list *list, uint64_t index, uint8_t *bytes);

/* That @entry is the list's number p->in_list.index; the leaf is merkle_leaf(@entry). */
MUST_USE bool proofs_entry_holds(const struct proofs_entry *p, const struct hash *app_hash,
                                 struct span entry);

/* That the list of @size entries begins with its first @old_size, 0 < @old_size <= @size, for
 * merkle_check_consistency: the log was not rewritten. */
void proofs_growth(struct merkle_proof *out, const struct proofs_list *list, uint64_t old_size,
                   uint64_t size);

/* The version of a row that the last block has written, in its delta; false if it has not.
 * out->value is without meta. @bytes as for proofs_row. */
MUST_USE bool proofs_version(struct history_version *out, struct ledger *l,
                             const struct state_store *store, uint64_t number, uint8_t *bytes);

/* Root of the last block's delta: the entry of `history` whose number is the height. */
MUST_USE struct hash proofs_delta(const struct ledger *l);

struct proofs_history {                     /* of last.store, last.number */
    const struct history_version *versions; /* ascending */
    const struct history_delta *deltas;     /* one for each version, ... */
    const struct stores_step *in_history;   /* ... and its place in `history` */
    uint32_t count;
    uint64_t first_height;
    struct proofs_row last, head; /* in the state at the end of the span */
    struct hash history_root;
    struct stores_step in_app_hash;
};

/* Whether the versions are all that were written from first_height to the height of @app_hash:
 * history_check with nothing trusted but that. */
MUST_USE enum history_verdict proofs_history_check(const struct proofs_history *h,
                                                   const struct hash *app_hash);

#endif
