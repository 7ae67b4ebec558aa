/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/rows.h - a ledger as bytes: what a block has changed goes out, and all of it comes back
 * after a restart (RULE ledger.2, ledger.3).
 *
 * Pure. Most of a state are rows: the leaves of the stores, as they stand in their trees. Beside
 * them, what the leaves only hash: the parameters in force, the entries of the store `keys`, the
 * peaks of the lists. What is derived from rows is never written.
 *
 * Nothing that comes back is believed: a row counts if writing it again gives the same bytes, all
 * together if they give the app hash. Only then they are put to use. */
#ifndef PEERWATT_LEDGER_ROWS_H
#define PEERWATT_LEDGER_ROWS_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/mmr.h"
#include "ledger/ever.h"
#include "wire/genesis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

enum {
    ROWS_BYTES_MAX = (1 << 17) + 24, /* of one row, meta included */
    ROWS_PARAMS_BYTES_MAX = 16 + 2 * WIRE_GENESIS_BYTES_MAX,
    ROWS_LISTS_MAX = 3,
    ROWS_LISTS_BYTES_MAX = ROWS_LISTS_MAX * (8 + MMR_PEAKS_MAX * HASH_BYTES)
};

/* ---- out ------------------------------------------------------------------------------------- */

/* Stores have numbers from 0. */
MUST_USE uint32_t rows_stores(void);

/* Leaves of a store that there can ever be. */
MUST_USE uint32_t rows_capacity(const struct ledger *l, uint32_t store);

/* The leaves that the last block has put, ascending; of a new ledger all there are. */
MUST_USE uint32_t rows_changed(const struct ledger *l, uint32_t store, const uint32_t **leaves);

/* True if the leaf was ever put: then it is a row. */
MUST_USE bool rows_has(const struct ledger *l, uint32_t store, uint32_t leaf);

/* Height of the row's version. */
MUST_USE uint64_t rows_height(const struct ledger *l, uint32_t store, uint32_t leaf);

/* `version || height || height before || value` to @out, ROWS_BYTES_MAX. */
MUST_USE size_t rows_write(const struct ledger *l, uint32_t store, uint32_t leaf, uint8_t *out);

/* The last block has changed parameters. */
MUST_USE bool rows_params_changed(const struct ledger *l);

/* Those in force, and the version of the market before (param.1), each as a genesis without
 * founders, to @out of ROWS_PARAMS_BYTES_MAX. */
MUST_USE size_t rows_params_write(const struct ledger *l, uint8_t *out);

/* Peaks of the lists, to @out of ROWS_LISTS_BYTES_MAX. Entries of `keys`: ever.h. */
MUST_USE size_t rows_lists_write(const struct ledger *l, uint8_t *out);

/* ---- back ------------------------------------------------------------------------------------ */

struct rows_load {
    struct ledger *ledger;
    struct mmr lists[ROWS_LISTS_MAX], keys;
    uint32_t key_count, reference_count;
    bool has_lists;
};

/* @memory as for ledger_init, with the community's first genesis. */
void rows_load_begin(struct rows_load *r, void *memory, size_t size, const struct genesis *genesis,
                     const struct hash *genesis_hash);

/* Each returns ERR_OK or ERR_STORE_ROW; after an error the load is over. In any order, but the
 * parameters come first: those of rows_params_write, if any were ever changed. @arena holds what
 * genesis_decode needs for each half of them. */
MUST_USE enum err rows_load_params(struct rows_load *r, struct span bytes, struct arena *arena);
MUST_USE enum err rows_load_lists(struct rows_load *r, struct span bytes);
/* Entries one after the other from the first. */
MUST_USE enum err rows_load_ever(struct rows_load *r, const uint8_t entry[EVER_BYTES]);

/* True if this row has been read: of several versions the first one given counts. */
MUST_USE bool rows_load_has(const struct rows_load *r, uint32_t store, uint32_t leaf);
MUST_USE enum err rows_load_row(struct rows_load *r, uint32_t store, uint32_t leaf,
                                struct span bytes);

/* All is there: ERR_STORE_STATE if it does not give @app_hash. With ERR_OK the ledger goes on as if
 * it had never stopped; the state before its last block and that block's log are not in it. */
MUST_USE enum err rows_load_end(struct rows_load *r, const struct hash *app_hash);

#endif
