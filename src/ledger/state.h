/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/state.h - the state itself, for the files of this room only (RULE ledger.2). Whoever is
 * outside includes ledger/ledger.h.
 *
 * Pure. Everything lies in memory that was given once. What is hashed stands in tables, whose rows
 * are saved at their first touch in a block, so that a block can be undone; what is derived from
 * them (indexes, clusters, duty lists) is never hashed and is found again by *_rebuild. */
#ifndef PEERWATT_LEDGER_STATE_H
#define PEERWATT_LEDGER_STATE_H

#include "base/arena.h"
#include "crypto/mmr.h"
#include "ledger/changes.h"
#include "ledger/delta.h"
#include "ledger/door.h"
#include "ledger/due.h"
#include "ledger/index.h"
#include "ledger/ledger.h"
#include "ledger/log.h"
#include "ledger/market.h"
#include "ledger/member.h"
#include "ledger/money.h"
#include "ledger/presence.h"
#include "ledger/sizes.h"
#include "ledger/store.h"
#include "ledger/table.h"
#include "ledger/trade.h"
#include "ledger/verification.h"
#include "sampling/beacon.h"
#include "sampling/clock.h"
#include "sampling/slots.h"

enum store_id {                   /* stores with leaves by place; ascending names */
                STORE_CONTRACTS,  /* by place */
                STORE_ELIGIBLE,   /* (page, round) x chunks of SIZES_ELIGIBLE_LEAF members */
                STORE_HEAD,       /* one leaf: clock, seed, V, totals, numbers given */
                STORE_INTERVALS,  /* by place */
                STORE_JOINS,      /* requests by place, then verification blocks, then changes */
                STORE_MEMBERS,    /* by slot - 1 */
                STORE_ORDERS,     /* by place */
                STORE_PARAMS,     /* by parameter number - 1; the lists behind them */
                STORE_PAYOUTS,    /* by place */
                STORE_STATEMENTS, /* page * members + slot - 1 */
                STORE_WINDOWS,    /* chunks of STATE_WINDOWS_LEAF signers */
                STORE_COUNT
};

enum {
    STATE_WINDOWS_LEAF = 128,
    STATE_PARAMS_LEAVES = 128,
    STATE_PARAMS_BEFORE = 127,
    STATE_TABLES_MAX = 40
};

/* Rows of `eligible` for one round of a page: SIZES_ELIGIBLE_LEAF members each, slot 0 unused. Row
 * and leaf (page * MARKET_ROUNDS + round) * chunks + slot / SIZES_ELIGIBLE_LEAF. */
static inline uint32_t state_chunks(const struct sizes *s)
{
    return s->members / SIZES_ELIGIBLE_LEAF + 1;
}

MUST_USE uint32_t state_leaves(const struct sizes *s, enum store_id store);

enum range_id {                /* stores that only grow; ascending names */
                RANGE_CHAIN,   /* hashes of verification blocks */
                RANGE_HISTORY, /* delta roots of blocks */
                RANGE_KEYS,    /* keys ever seen, bank references: entries by kind */
                RANGE_LOG,     /* records */
                RANGE_COUNT
};

enum { STATE_STORES = STORE_COUNT + RANGE_COUNT };

struct state_store { /* one name under the app hash */
    const char *name;
    bool is_list; /* it only grows: @id is an enum range_id, else an enum store_id */
    uint8_t id;
};

/* All of them, in ascending order of names. */
const struct state_store *state_store_at(uint32_t place);

struct window {             /* nonces of a signer: the highest taken and the 64 below it (num.4) */
    uint64_t highest, seen; /* bit i of seen: highest - 1 - i was taken */
    bool has_any;
};

/* The market's parameters as they were before their last change, for the intervals that had orders
 * or agreements then (RULE param.1). */
struct market_version {
    uint64_t from; /* the first interval under those in force */
    struct genesis_market before;
};

struct payout { /* number 0: free */
    uint64_t number;
    uint32_t member;
    int64_t micro;
};

struct head {                /* one row: what there is once */
    struct clock_state last; /* height, T and A of the last block */
    struct hash block_hash;  /* of the last block; of block 0: the genesis hash */
    uint64_t interval_first; /* the interval in which block 1 lies: it has no gate (num.8) */
    uint64_t interval_next;  /* the first whose end has not been seen */
    uint32_t member_count, active_count;
    uint64_t authority_sequence; /* last taken */
    uint64_t order_last, contract_last, request_last, block_last, payout_last, change_last;
    uint64_t parameters_version;
    struct epoch epoch;
    struct beacon beacon;
    struct slots slots;
    struct hash chain_head; /* of the verification chain */
    struct funds funds;     /* running sums; its arrays are the tables' rows */
    struct mmr ranges[RANGE_COUNT];
    uint32_t reference_count, key_count;
};

struct block_now { /* the block that is being applied */
    uint64_t height, t_ms, a_ms, slot, interval;
    struct hash hash, previous; /* of this block and of the one before */
    uint64_t steps_left;        /* deadline_work_max */
    uint64_t draws_left;        /* draw_work_max */
    uint64_t claims_left;       /* block_claims_max */
    uint64_t due_ms;            /* of the work in hand (phase 3), else a_ms */
};

struct ledger {
    struct genesis *params; /* in force: the row of params_table; its lists lie behind */
    struct hash genesis_hash, chain;
    struct sizes sizes;
    struct clock_times times;
    struct block_now now;

    struct head *head;                      /* the only row of head_table; saved by ledger_apply */
    struct table head_table, waiting_table; /* beacon's waiting draws, as one row */
    struct table params_table;              /* struct genesis as one row, lists behind it */

    /* by slot; index 0 unused */
    struct table members, standings, accounts;
    struct table windows; /* slots, then treasury, then authority keys */
    struct table joins, blocks, changes;
    struct table orders, intervals;
    struct table contracts, votes; /* votes: 4 bitmaps of seats bits, by place */
    struct table page_members, page_energies, page_counts; /* page * (members + 1) + slot */
    struct table eligible; /* a byte a member; rows: see state_chunks */
    struct table payouts, days;
    struct hash *references, *keys;        /* lists; behind *_count they are not valid */
    uint64_t *ever_kinds;                  /* ever.h: bit i: entry i of the store `keys` is a key */
    struct table fees, feeders, authority; /* lists of params, as many as the format allows */
    struct table market_table, fees_before; /* a struct market_version as one row, and its list */
    struct table texts;                     /* names of community and feeders, by STATE_TEXT_* */

    struct store stores[STORE_COUNT];
    struct table numbers[STORE_COUNT]; /* by leaf: of the key under which it was put last */
    struct hash roots[STORE_COUNT];    /* of the last seal */
    struct delta delta;
    struct index index; /* derived */

    bool has_before; /* the state before the last block is there: not at the start, after an undo */

    struct arena scratch; /* of one step: whoever takes from it resets it to its mark */
    struct arena roster;  /* trade.c: the eligible of the round whose clusters are being drawn */
    size_t scores_mark;   /* of scratch, while a book is open */
    uint8_t *walk_memory;
    size_t walk_size;
    struct due_list due;
    uint8_t *log_bytes;
    size_t log_size;
    struct bytes_writer log_writer;
    struct log_entry *log_entries;
    uint32_t log_entry_count, log_entry_max;
    uint8_t *value_bytes; /* room for one value */
    uint64_t *decide;     /* contracts by number that may have a quorum: behind phase 4 */
    uint32_t decide_count;
};

/* A ledger in which nothing stands but the parameters; arguments as those of ledger_init. */
struct ledger *state_blank(void *memory, size_t size, const struct genesis *genesis,
                           const struct hash *genesis_hash);

/* Parameters in force from now on, with the lists and texts behind them; nothing is marked. */
void state_keep_params(struct ledger *l, const struct genesis *genesis);
/* The same of the market before its last change, for intervals below @from. */
void state_keep_market(struct ledger *l, uint64_t from, const struct genesis_market *before);

/* What was saved for a block is forgotten. */
void state_settle(struct ledger *l);

/* A new block: what was saved for the last one is forgotten. apply.c */
void state_begin(struct ledger *l);

/* Something under this leaf changes in this block. The head's is always marked. */
void state_mark(struct ledger *l, enum store_id store, uint32_t leaf);

enum { STATE_TEXT_NAME = 0, STATE_TEXT_CHAIN = 1, STATE_TEXT_CURRENCY = 2, STATE_TEXT_FEEDERS = 3 };

/* Keep a text of at most WIRE_TEXT_BYTES_MAX bytes at its place; what is returned lives there. */
struct span state_keep_text(struct ledger *l, uint32_t place, struct span text);

/* RULE param.1: the market's parameters and fees for an interval. */
const struct genesis_market *state_market(const struct ledger *l, uint64_t interval);

/* An entry of a store that only grows. */
void state_range_add(struct ledger *l, enum range_id range, const struct hash *entry);

/* The head and the roots under the app hash, with this block or without it. */
const struct head *state_head(const struct ledger *l, enum store_view view);
void state_roots(struct store_root roots[STATE_STORES], const struct ledger *l,
                 enum store_view view);

/* Every row that this block touched and what it was before change places; once more, and they are
 * back. Between the two, whatever reads rows reads the state before this block; what is derived
 * from them stays that of now. */
void state_exchange(struct ledger *l);

/* Derived things from the rows: at the start, after an undo. */
void state_rebuild(struct ledger *l);

/* Phases 1 to 7; until phase 8 the block has no app hash. apply.c */
void state_apply(struct ledger *l, const struct ledger_block *b, struct ledger_results *out);

/* Phase 8: versions, roots, app hash. */
struct hash state_seal(struct ledger *l);

#endif
