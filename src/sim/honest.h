/* SPDX-License-Identifier: Apache-2.0 */
/* sim/honest.h - what honest members, their authority and their treasury say in each block, for
 * tests of whole ledgers: simple and direct, from the state as it is. The agents that people run
 * are another room.
 *
 * Not pure: memory is the world's. Each home may be silent in a role, or wrong in it. */
#ifndef PEERWATT_SIM_HONEST_H
#define PEERWATT_SIM_HONEST_H

#include "ledger/market.h"
#include "sim/world.h"

#include <stdbool.h>
#include <stdint.h>

enum honest_fault { /* bits, by home: what it does not do, or does wrongly */
                    HONEST_NO_REVEAL = 1 << 0,
                    HONEST_NO_BLOCK = 1 << 1,     /* as leader of a slot */
                    HONEST_NO_APPROVAL = 1 << 2,  /* ballots on requests and parameters */
                    HONEST_NO_STATEMENT = 1 << 3, /* orders of the measured round, too */
                    HONEST_NO_EXEC = 1 << 4,
                    HONEST_NO_FINAL = 1 << 5,
                    HONEST_NO_BALLOT = 1 << 6,
                    HONEST_NO_RECEIPT = 1 << 7,
                    HONEST_WRONG_EXEC = 1 << 8,
                    HONEST_WRONG_FINAL = 1 << 9,
                    HONEST_WRONG_BALLOT = 1 << 10,
                    HONEST_WRONG_BLOCK = 1 << 11,    /* rejects who should be accepted */
                    HONEST_WRONG_APPROVAL = 1 << 12, /* disagrees */
                    HONEST_SHORT = 1 << 13,          /* delivers a third of its load */
                    HONEST_GREEDY = 1 << 14,         /* takes a third of its load */
                    HONEST_REFUSES = 1 << 15,        /* refuses to pay for anything */
                    HONEST_IDLE = 1 << 16,           /* no orders and agreements */
                    HONEST_SILENT = HONEST_NO_REVEAL | HONEST_NO_BLOCK | HONEST_NO_APPROVAL |
                                    HONEST_NO_STATEMENT | HONEST_NO_EXEC | HONEST_NO_FINAL |
                                    HONEST_NO_BALLOT | HONEST_NO_RECEIPT | HONEST_IDLE
};

enum honest_trade { /* bits: how homes trade */
                    HONEST_MEASURED = 1,
                    HONEST_FORWARD = 2,
                    HONEST_AGREES = 4 /* home 1 with 2, 3 with 4, ... */
};

struct honest_load { /* of a home in an interval */
    int64_t made_wh, used_wh;
};

struct honest {
    struct world *w;
    uint32_t *faults;  /* by home: enum honest_fault */
    bool *wants;       /* by home: to become a member */
    bool *asked;       /* by home: its request was taken */
    uint32_t *asking;  /* by home: its ticket + 1 */
    uint64_t *traded;  /* by home: the last interval of forward orders, + 1 */
    uint64_t *agreed;  /* by home: likewise of agreements */
    uint32_t trades;   /* enum honest_trade */
    uint32_t asks_max; /* requests said in a block */
    bool authority_is_gone;
    int64_t deposit_micro; /* whenever less than a quarter of it is left; 0: none */
    enum trade_take take;  /* of agreements */
    /* Loads by interval modulo table_intervals, then by home - 1; NULL: odd homes produce, even
     * ones consume. */
    const struct honest_load *table;
    uint32_t table_intervals;

    /* of the next block */
    uint64_t t_ms, a_ms, slot, interval;
    uint64_t slot_began_ms;  /* A of the first block of `slot` */
    uint64_t slot_known;     /* slot + 1 of slot_began_ms */
    uint64_t slot_served;    /* slot + 1 of the last verification block said */
    uint64_t authority_said; /* operations with a sequence, in this block */
    uint64_t references, nonces;
};

void honest_init(struct honest *h, struct world *w);

/* Everything that is to be said in the next block, which comes @dt_ms after the last. */
void honest_act(struct honest *h, uint64_t dt_ms);

/* honest_act and world_block, @count times. */
void honest_run(struct honest *h, uint64_t dt_ms, uint32_t count);

MUST_USE struct honest_load honest_load_of(const struct honest *h, uint32_t home,
                                           uint64_t interval);

/* What its meter says of that. */
MUST_USE struct honest_load honest_metered(const struct honest *h, uint32_t home,
                                           uint64_t interval);

/* One bilateral agreement, said by the seller. Returns its ticket. */
uint32_t honest_agree(struct honest *h, uint32_t seller, uint32_t buyer, uint64_t interval,
                      int64_t energy_wh);

/* The first interval whose forward gate the next block does not reach. */
MUST_USE uint64_t honest_next_gate(const struct honest *h);

/* The next number of the authority's sequence. */
MUST_USE uint64_t honest_sequence(struct honest *h);

/* A hash that stands for something in the world outside. */
MUST_USE struct hash honest_hash(const char *what, uint64_t number);

/* ---- one thing at a time, for who paces a community by itself (traffic.h) -------------------- */

/* What the next block will find; honest_act does it. */
void honest_look_ahead(struct honest *h, uint64_t dt_ms);
void honest_state(struct honest *h, uint32_t home, uint64_t interval);
/* The results of all contracts that wait for one, of at most @homes_max leaders. Returns how many
 * leaders spoke. */
uint32_t honest_lead(struct honest *h, uint32_t homes_max);
/* One ballot on everything the home can vote on now; false if that is nothing. */
bool honest_vote(struct honest *h, uint32_t home, const struct ledger_interval *row,
                 enum trade_round round, enum contract_stage stage);

/* honest_identity.c, honest_trade.c: parts of honest_act. */
void honest_act_identity(struct honest *h);
void honest_act_trade(struct honest *h);

#endif
