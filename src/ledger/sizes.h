/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/sizes.h - how much of everything a community's ledger can hold: follows from the genesis
 * file alone, so memory is given once (RULE dos.3).
 *
 * Pure. Reaching one of these maxima is a named refusal of the operation that would go beyond. */
#ifndef PEERWATT_LEDGER_SIZES_H
#define PEERWATT_LEDGER_SIZES_H

#include "base/must_use.h"
#include "wire/genesis.h"

#include <stdint.h>

enum {
    SIZES_BLOCKS = 64, /* verification blocks in flight */
    SIZES_PAGES_MAX = 64,
    SIZES_CHANGES = 8,        /* parameter changes waiting or being voted on */
    SIZES_RECEIPTS = 8,       /* documents that a member still has to erase (join.9) */
    SIZES_CONTINUOUS = 64,    /* draws of a continuous book that wait for their seeds */
    SIZES_ELIGIBLE_LEAF = 512 /* members whose eligibility is one leaf of its store */
};

struct sizes {
    uint32_t members;    /* slots 1 to members */
    uint32_t feeders;    /* numbers 1 to feeders */
    uint32_t contracts;  /* open, or closed and not scored yet */
    uint32_t orders;     /* alive, of all intervals together */
    uint32_t intervals;  /* with an order, a contract or a page */
    uint32_t pages;      /* intervals between their first gate and their last score */
    uint32_t joins;      /* requests that have not ended, or whose documents are to be erased */
    uint32_t payouts;    /* withdrawals that are open */
    uint32_t references; /* bank references, for ever */
    uint32_t keys;       /* keys ever seen, for ever */
    uint32_t seats;      /* of a cluster: sampling.k */
    uint32_t waiting;    /* draws that wait for their seed */
    uint32_t signers;    /* nonce windows: members, treasury, authority keys */
};

/* @genesis is within its ranges (core/params.h). */
void sizes_of(struct sizes *out, const struct genesis *genesis);

#endif
