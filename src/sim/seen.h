/* SPDX-License-Identifier: Apache-2.0 */
/* sim/seen.h - what a chain has come to, read from the records of its log: ends of contracts,
 * requests, verification blocks and members.
 *
 * Not pure: the list of ends is mapped memory, of the world. */
#ifndef PEERWATT_SIM_SEEN_H
#define PEERWATT_SIM_SEEN_H

#include "core/contract.h"
#include "core/request_machine.h"
#include "ledger/log.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

enum { SEEN_ENDS_MAX = 1 << 18, SEEN_RECORDS = 16, SEEN_STATES = 6 };

struct seen_end { /* of a contract, when it was scored */
    uint64_t number, interval, height;
    uint32_t seller, buyer; /* slots */
    int64_t energy_wh, settled_wh;
    enum trade_round round;
    enum trade_take take;
    enum contract_state state;
    enum settlement_verdict cond;
    int32_t alpha;
    bool unwitnessed;
    uint32_t cluster, eligible;
};

struct seen {
    uint64_t records[SEEN_RECORDS];                          /* by enum record_kind */
    uint64_t contracts[CONTRACT_STATE_COUNT][VERDICT_COUNT]; /* by state and condition */
    uint64_t alpha_two, unwitnessed;
    uint64_t requests[JOIN_STATE_COUNT]; /* by state reached, PENDING: admitted */
    uint64_t blocks[SEEN_STATES];        /* by enum block_state */
    uint64_t members[SEEN_STATES];       /* by enum member_status */
    struct seen_end *ends;
    uint32_t end_count;
};

void seen_init(struct seen *s, struct seen_end *memory);

/* The records of the last block. */
void seen_look(struct seen *s, const struct ledger *l);

#endif
