/* SPDX-License-Identifier: Apache-2.0 */
/* store/scrub.h - reads a store that nobody has opened, before it is trusted: LMDB's pages
 * (pages.h), then values and their checksums.
 *
 * LMDB reads its file by pointers that stand in it, so this happens in a child process: whatever a
 * damaged file does to that one, here it is an error with a name. The process that asks should have
 * one thread: at the start of a node, in a command of its own. */
#ifndef PEERWATT_STORE_SCRUB_H
#define PEERWATT_STORE_SCRUB_H

#include "base/must_use.h"
#include "store/fault.h"

#include <stdint.h>

enum scrub_depth {
    SCRUB_LIVE, /* LMDB's trees and what a restart reads */
    SCRUB_ALL   /* every page and every value */
};

struct scrub_counts {
    uint64_t values, bytes; /* that were read and hold */
};

/* STORE_DAMAGED, STORE_BUSY, ... as ledger_db_open. @map_bytes as in its options. */
MUST_USE enum err scrub(const char *folder, uint64_t map_bytes, enum scrub_depth depth,
                        struct scrub_counts *counts, struct store_fault *f);

#endif
