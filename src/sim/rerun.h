/* SPDX-License-Identifier: Apache-2.0 */
/* sim/rerun.h - what a world has recorded, applied to a ledger of its own in the steps in which a
 * node goes: bytes, claims, signatures, operations, root (docs/protocol.md section 12). Whoever
 * measures looks at the clock between them; here is none.
 *
 * Not pure: memory is mapped until rerun_close. The world must not go on meanwhile: blocks are
 * decoded in its memory. */
#ifndef PEERWATT_SIM_RERUN_H
#define PEERWATT_SIM_RERUN_H

#include "sim/world.h"

struct rerun {
    struct world *w;
    struct ledger *ledger;
    void *memory;       /* of the ledger, w->ledger_size bytes */
    size_t at;          /* of w->recorded: behind the block at hand */
    struct hash digest; /* over all app hashes so far, as w->digest */

    /* The block at hand, step by step. */
    struct block block;
    struct claim *claims;
    bool *verdicts;             /* by claim */
    uint32_t *claims_end;       /* by envelope */
    struct door_verdict *doors; /* by envelope */
    uint32_t claim_count, envelope_count;
    struct ledger_results results;
};

enum { RERUN_CLAIMS_MAX = 1 << 18 };

/* A ledger of the world's genesis. The world has kept its blocks (options.records). */
void rerun_open(struct rerun *r, struct world *w);
void rerun_close(struct rerun *r);

/* The next block's bytes into r->block; false behind the last. The others follow once each, in
 * this order. */
MUST_USE bool rerun_next(struct rerun *r);
void rerun_collect(struct rerun *r); /* envelopes and their claims, against the state before */
void rerun_check(struct rerun *r);   /* all claims: cryptography and nothing else */
void rerun_apply(struct rerun *r);   /* phases 1 to 7, into r->results */
void rerun_seal(struct rerun *r);    /* phase 8: r->results.app_hash */

#endif
