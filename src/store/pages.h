/* SPDX-License-Identifier: Apache-2.0 */
/* store/pages.h - are LMDB's own pages whole? It trusts them: a flipped bit in one of them can end
 * a process, or give a page out twice and be noticed blocks later.
 *
 * Reads the file of a store that nobody writes, page by page and never by a pointer from it: both
 * roots, every branch and leaf, where values lie, what is free. Each page must be used or free,
 * exactly once. The format is LMDB 0.9's. */
#ifndef PEERWATT_STORE_PAGES_H
#define PEERWATT_STORE_PAGES_H

#include "base/must_use.h"
#include "store/fault.h"

enum pages_depth {
    PAGES_TREES, /* roots, branches, leaves, free pages: a hundredth of the file */
    PAGES_ALL    /* and the heads of all values' pages */
};

/* A store that is not there yet is whole. */
MUST_USE enum err pages_check(const char *folder, enum pages_depth depth, struct store_fault *f);

#endif
