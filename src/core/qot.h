/* SPDX-License-Identifier: Apache-2.0 */
/* core/qot.h - Quality of Transaction: what a closed contract, a verification block, a silent slot
 * or an ejection does to its members' scores (paper II-C, eq. 2; qot.1 to qot.10).
 *
 * Pure, and nothing here is refused: what is scored has been judged before. A call takes one closed
 * item, changes the rows of the members that it names and overwrites the book's steps and record.
 * The same items in the same order give the same steps on every node; the caller keeps the order
 * (due time, number) of qot.1. Members are named by their position in the caller's arrays
 * ("row"); rings and partners hold slots.
 *
 * All memory is the caller's. The rows that a call may change: seller, buyer and cluster; leader
 * and seats; the slot's leader; the ejected. */
#ifndef PEERWATT_CORE_QOT_H
#define PEERWATT_CORE_QOT_H

#include "base/sort.h"
#include "core/standing.h"
#include "wire/genesis.h" /* enum qot_mode */

#include <stdbool.h>
#include <stdint.h>

enum {
    QOT_CLUSTER_MAX = 1023, /* sampling.k */
    QOT_RANKS_MAX = 64,     /* offices of one stage */
    QOT_SEATS_MAX = 63,     /* sampling.verifier_count */
    QOT_REQUESTS_MAX = 64,  /* of one verification block: bits of a word */
    QOT_STAGES = 2,
    /* traders, a step an office, the leader's outcome, two bits or one outcome a seat */
    QOT_STEPS_MAX = 2 + QOT_STAGES * QOT_RANKS_MAX + 1 + QOT_STAGES * QOT_CLUSTER_MAX,
    QOT_SCRATCH_ITEMS = 2 * QOT_CLUSTER_MAX,
};

struct qot_rules { /* group `qot` of genesis */
    enum qot_mode mode;
    int64_t reference_wh; /* E_ref, > 0 */
};

enum qot_end { QOT_SETTLED, QOT_DECLINED, QOT_VOID };
enum qot_condition { QOT_NONE, QOT_C1, QOT_C2, QOT_C3, QOT_C4 };
enum qot_did { QOT_RIGHT, QOT_WRONG, QOT_SILENT, QOT_VACANT }; /* vacant: or absent, no step */
enum qot_stage { QOT_EXEC, QOT_FINAL, QOT_NO_STAGE };

struct qot_rank {
    uint32_t rank; /* position in the cluster */
    enum qot_did did;
};

struct qot_stage_log { /* one stage that was entered, in order of office */
    uint32_t rank_count;
    struct qot_rank ranks[QOT_RANKS_MAX]; /* at most one is right, the last; then votes were cast */
    const uint8_t *voted, *agree;         /* bitmaps by rank; NULL if no rank was right */
};

struct qot_contract { /* closed, and its last used vote window has ended */
    uint64_t number, interval;
    uint32_t seller, buyer; /* rows */
    int64_t energy_wh;
    int64_t s_wh, b_wh; /* allotments of the judge, 0 to energy_wh (trade.12) */
    int64_t settled_wh; /* if SETTLED: 1 to min(energy_wh, b_wh) */
    enum qot_end end;
    enum qot_condition condition; /* of a DECLINED, else QOT_NONE */
    bool unwitnessed;
    uint32_t cluster_count;
    const uint32_t *cluster; /* rows, in rank order */
    /* [QOT_EXEC], [QOT_FINAL]; a stage that was not entered has no ranks */
    const struct qot_stage_log *stages[QOT_STAGES]; /* NULL: not entered */
};

enum qot_block_end { QOT_DECIDED, QOT_BLOCK_DECLINED, QOT_TIMED_OUT, QOT_STRUCK };

struct qot_seat { /* bit i is the block's request i */
    uint32_t member;
    uint64_t voted, verified; /* gave a bit; said that the member is genuine; within voted */
};

struct qot_verification {
    uint64_t number, interval; /* interval of the block in which it ended (qot.10) */
    enum qot_block_end end;
    uint32_t leader;            /* row */
    uint64_t verdicts;          /* of the leader: bit set = accepted */
    uint64_t decided, verified; /* outcome: bit set = decided; verified, within decided */
    uint32_t seat_count;        /* without the leader */
    const struct qot_seat *seats;
};

enum qot_kind { QOT_OF_CONTRACT, QOT_OF_VERIFICATION, QOT_OF_SLOT, QOT_OF_EJECTION };
enum qot_role { QOT_SELLER, QOT_BUYER, QOT_LEADER, QOT_PEER, QOT_MEMBER };
enum qot_why { QOT_OUTCOME, QOT_WAS_SILENT, QOT_WAS_WRONG, QOT_WAS_FALSE, QOT_EJECTED };

struct qot_step {
    uint32_t member; /* row */
    enum qot_role role;
    enum qot_why why;
    enum qot_stage stage; /* of a contract's silent, wrong and false */
    uint32_t exponent;    /* 1, 3, 5; 0 of an ejection, whose x, kappa and w are 0 too */
    int64_t x, kappa, w;  /* Q16.16 */
    bool capped;          /* a limit of qot.8 or sample.5 made it smaller */
    int64_t step;         /* change of R */
    int32_t score;        /* R after it */
};

struct qot_record { /* Q(i) = v + L + f, public (paper II-C) */
    int64_t x;      /* of a contract; 0 of a verification block */
    int8_t alpha;   /* +1, -1, 0, +2 (trade.9) */
    int64_t v, l, f, q;
};

/* What the limits of one interval have counted for a member; all 0 at first. */
struct qot_counts {
    int64_t taken[2]; /* largest loss so far as seller, as buyer (qot.8) */
    uint8_t honest;   /* honest failure steps (qot.8) */
    uint8_t silent;   /* bit a stage: exec, final, verification (sample.5) */
};

struct qot_book {
    struct qot_rules rules;
    uint32_t active;       /* members now (boot.2) */
    uint64_t now_interval; /* of the block of scoring (qot.9) */
    uint32_t member_count;
    struct standing *members;  /* rows */
    struct qot_counts *counts; /* as many, of the item's interval */
    struct sort_item *scratch; /* QOT_SCRATCH_ITEMS */
    struct qot_step *steps;    /* room for QOT_STEPS_MAX */
    uint32_t step_count;
    bool recorded; /* a contract or verification block: `record` is its own */
    struct qot_record record;
};

/* alpha of a closed contract: +1 seller, -1 buyer, +2 a void without a right result in EXEC though
 * a rank was silent or wrong, else 0 (trade.9). */
MUST_USE int8_t qot_alpha(const struct qot_contract *c);

/* Take a contract's steps, then append it to rings and standing of both parties. */
void qot_score_contract(struct qot_book *b, const struct qot_contract *c);
void qot_score_verification(struct qot_book *b, const struct qot_verification *v);
/* @leader let a slot close in silence, the first of its spell of absence (sample.5). */
void qot_score_slot(struct qot_book *b, uint32_t leader);
/* Proven equivocation: R = -M and out (qot.10, RULE evid.1). */
void qot_score_ejection(struct qot_book *b, uint32_t member);

#endif
