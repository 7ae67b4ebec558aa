/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/history.h - checks that a row's history is shown without a gap (RULE ledger.2).
 *
 * Pure; for clients that trust headers and nobody who serves them. Every version names the height
 * of the one before it and is provable under the delta root of its own height (delta.h). What no
 * chain of versions can show by itself is that nothing came after the last one; the state at the
 * end of the span shows that. */
#ifndef PEERWATT_LEDGER_HISTORY_H
#define PEERWATT_LEDGER_HISTORY_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "crypto/stores.h"
#include "ledger/store.h"

#include <stdint.h>

struct history_version { /* as it was served: nothing in it is trusted */
    struct store_meta meta;
    struct span value;
    struct stores_step in_delta;
};

struct history_delta { /* from a header that the client trusts */
    uint64_t height;
    struct hash root;
};

struct history {
    struct span key;
    const struct history_version *versions; /* ascending */
    const struct history_delta *deltas;     /* one for each version: its height's */
    uint32_t count;
    struct stores_step in_state; /* the last version in the state at last_height; not trusted */
    struct hash state_root;      /* the store's root at last_height, trusted */
    uint64_t first_height, last_height;
};

enum history_verdict { /* in order of precedence */
                       HISTORY_COMPLETE = 0,
                       HISTORY_EMPTY = 1, /* no version: also a row that did not change has one, the
                                             one in force */
                       HISTORY_BEGIN = 2, /* versions between first_height and the first one shown
                                             are left out */
                       HISTORY_LINK = 3,  /* two versions do not follow one another */
                       HISTORY_DELTA = 4, /* a version was not written at its height, or not so */
                       HISTORY_STATE =
                           5 /* the last version is not the one in force at last_height */
};

/* Whether the versions are all that were written from first_height to last_height. Earlier ones
 * may stand before them: the chain is complete from its first version on. */
MUST_USE enum history_verdict history_check(const struct history *h);

#endif
