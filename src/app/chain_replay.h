/* SPDX-License-Identifier: Apache-2.0 */
/* app/chain_replay.h - a chain file executed again from its genesis, block after block, with every
 * signature, proof, draw and conservation check (RULE ledger.3, ledger.5).
 *
 * Heap: one replay owns its ledger and buffers until replay_close. */
#ifndef PEERWATT_APP_CHAIN_REPLAY_H
#define PEERWATT_APP_CHAIN_REPLAY_H

#include "app/call.h"
#include "base/must_use.h"
#include "ledger/ledger.h"
#include "ledger/walk.h"
#include "wire/chain_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLAY_TEXT_CHARS = 96 };

struct replay_difference { /* the first one: expected by the rules, found in the file */
    uint64_t height;       /* 0: the genesis */
    const char *rule;      /* constant text */
    char expected[REPLAY_TEXT_CHARS], found[REPLAY_TEXT_CHARS];
};

struct replay {
    struct chain_file file;
    struct genesis genesis;
    struct hash genesis_hash, app_hash;
    struct ledger *ledger; /* NULL until replay_open succeeded */
    uint64_t t_ms;         /* of the last block */
    uint64_t envelopes, ops, claims;
    struct replay_difference difference;
    bool is_foreign; /* no chain file at all */
    /* Of the last block. */
    struct block block;
    struct ledger_results results;
    void *memory, *genesis_memory, *block_memory, *walk_memory;
    size_t walk_size, block_size;
    struct door_verdict *verdicts;
    struct claim *claim_room;
};

enum replay_step { REPLAY_BLOCK, REPLAY_END, REPLAY_DIFFERS };

/* Reads the genesis of a chain file whose bytes live as long as the replay. REPLAY_BLOCK if blocks
 * may follow. */
MUST_USE enum replay_step replay_open(struct replay *r, struct span bytes);
void replay_close(struct replay *r);

/* Judges and applies the next block. */
MUST_USE enum replay_step replay_next(struct replay *r);

/* Say what differs, after REPLAY_DIFFERS, in the file that is the first operand. */
enum exit_code replay_tell(const struct call *call, const struct replay *r);

#endif
