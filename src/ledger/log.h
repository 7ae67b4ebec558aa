/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/log.h - the transaction log: an append-only tree of records (paper II-B; RULE ledger.1).
 *
 * Pure. Records of a block lie one after the other in the ledger's memory until the next block;
 * whoever stores them takes them from there. First byte: enum record_kind, then a version byte,
 * then the block's height and the fields, little endian, as each writer says. */
#ifndef PEERWATT_LEDGER_LOG_H
#define PEERWATT_LEDGER_LOG_H

#include "base/bytes.h"
#include "base/ids.h"
#include "base/must_use.h"

#include <stdint.h>

struct ledger;

enum record_kind {                          /* on the ledger: append, never renumber */
                   RECORD_CONTRACT = 1,     /* a contract's end, votes, Q and its steps' root */
                   RECORD_VERIFICATION = 2, /* a verification block's end */
                   RECORD_BOOT = 3,         /* AuthorityAdmit */
                   RECORD_REQUEST = 4,      /* a request was admitted or has ended */
                   RECORD_MEMBER = 5,       /* a member became active, was expelled, departed */
                   RECORD_KEYS = 6,         /* KeyRotate, CertRenew */
                   RECORD_DEPOSIT = 7,
                   RECORD_PAYOUT = 8, /* asked for, paid, rejected */
                   RECORD_CREDIT = 9,
                   RECORD_EVIDENCE = 10,
                   RECORD_PARAMETER = 11,
                   RECORD_CLEARING = 12,
                   RECORD_STATEMENT = 13, /* one that came after the close (trade.13) */
                   RECORD_WRONG = 14,     /* a result that differs from the judge (trade.11) */
                   RECORD_SEED = 15       /* a fallback seed was used (beacon.2) */
};

enum { LOG_RECORD_BYTES_MAX = 2048 };

struct log_entry {
    uint64_t index; /* in the tree, from 0 */
    struct span bytes;
};

/* Begin a record; write its fields to the writer; log_end takes it in. One at a time. */
struct bytes_writer *log_begin(struct ledger *l, enum record_kind kind);
void log_end(struct ledger *l);

/* Records of the last block. */
MUST_USE uint32_t log_count(const struct ledger *l);
struct log_entry log_get(const struct ledger *l, uint32_t at);

#endif
