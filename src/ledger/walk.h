/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/walk.h - the envelopes of a block, one after the other, each decoded into the same memory:
 * who lists claims, who applies, who shows a block goes through them in one order (RULE num.4).
 *
 * Pure. A bundle that cannot be decoded counts as one envelope that cannot. */
#ifndef PEERWATT_LEDGER_WALK_H
#define PEERWATT_LEDGER_WALK_H

#include "base/arena.h"
#include "base/must_use.h"
#include "wire/block.h"
#include "wire/envelope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct walk {
    const struct block *block;
    struct arena arena;
    struct bundle bundle; /* the one that is gone through */
    size_t bundle_mark;
    uint32_t bundle_next, envelope_next;
    bool in_bundle;
    /* What the last walk_next found. */
    struct envelope envelope;
    bool is_readable; /* else code ENVELOPE_FORM */
    bool ends_bundle; /* it is the last one of its bundle */
};

/* Bytes of memory that a walk needs. */
MUST_USE size_t walk_bytes(void);

void walk_init(struct walk *w, const struct block *block, void *memory, size_t size);

/* False behind the last envelope. An empty bundle has none. */
MUST_USE bool walk_next(struct walk *w);

#endif
