/* SPDX-License-Identifier: Apache-2.0 */
/* core/params.h - the one table of a community's parameters (RULE param.1, market.4, dos.5;
 * protocol section 15), and whether a genesis holds together.
 *
 * Pure. The table names every parameter once: its number, where it stands in the file and in
 * struct genesis, its default, its range and whether it may ever change. The file's reader, the
 * documents and the ledger walk it; there is no second list. What depends on other parameters
 * stands in params_check.c and, in words, in the row's note.
 *
 * Numbers are appended, never reused: a ParameterChange names them. */
#ifndef PEERWATT_CORE_PARAMS_H
#define PEERWATT_CORE_PARAMS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/must_use.h"
#include "wire/genesis.h"
#include "wire/op_funds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum param_number { /* append, never renumber */
                    PARAM_NAME = 1,
                    PARAM_CHAIN_ID = 2,
                    PARAM_CURRENCY = 3,
                    PARAM_T0 = 4,
                    PARAM_INTERVAL = 5,
                    PARAM_TAU = 6,
                    PARAM_GRACE = 7,
                    PARAM_BLOCK = 8,
                    PARAM_GAP = 9,
                    PARAM_JUMP_MAX = 10,
                    PARAM_STATEMENT = 11,
                    PARAM_EXEC = 12,
                    PARAM_FINAL = 13,
                    PARAM_VOTE = 14,
                    PARAM_VERIFY = 15,
                    PARAM_DOC = 16,
                    PARAM_ERASE = 17,
                    PARAM_BEACON_WAIT = 18,
                    PARAM_EVIDENCE = 19,
                    PARAM_QUIET = 20,
                    PARAM_TTL_MAX = 21,
                    PARAM_DELAY = 22,
                    PARAM_TIMING = 23,
                    PARAM_MECHANISM = 24,
                    PARAM_PRICE_RULE = 25,
                    PARAM_POSTED = 26,
                    PARAM_FEED_IN = 27,
                    PARAM_RETAIL = 28,
                    PARAM_GATE_LEAD = 29,
                    PARAM_HORIZON = 30,
                    PARAM_ORDER_MIN = 31,
                    PARAM_ORDER_MAX = 32,
                    PARAM_AWARD_MIN = 33,
                    PARAM_BOOK_MAX = 34,
                    PARAM_FEES = 35,
                    PARAM_MIN_DELIVERY = 36,
                    PARAM_TOLERANCE = 37,
                    PARAM_RANKS_MAX = 38,
                    PARAM_UNWITNESSED = 39,
                    PARAM_K = 40,
                    PARAM_F = 41,
                    PARAM_SAMPLING_MODE = 42,
                    PARAM_CLUSTER_FLOOR = 43,
                    PARAM_ABSENT_AFTER = 44,
                    PARAM_VERIFIER_COUNT = 45,
                    PARAM_IDENTITY_MODE = 46,
                    PARAM_HANDOVER = 47,
                    PARAM_ATTEMPTS_MAX = 48,
                    PARAM_JOINS_PER_BLOCK = 49,
                    PARAM_JOINS_PENDING_MAX = 50,
                    PARAM_EPOCH = 51,
                    PARAM_BOOT_WAIT = 52,
                    PARAM_ROTATE_MIN = 53,
                    PARAM_QOT_MODE = 54,
                    PARAM_REFERENCE = 55,
                    PARAM_PENANCE = 56,
                    PARAM_MEMBERS_MAX = 57,
                    PARAM_CONTRACTS_OPEN_MAX = 58,
                    PARAM_OPS_PER_ENVELOPE = 59,
                    PARAM_ENVELOPE_BYTES = 60,
                    PARAM_BLOCK_BYTES = 61,
                    PARAM_BLOCK_CLAIMS_MAX = 62,
                    PARAM_DEADLINE_WORK_MAX = 63,
                    PARAM_DRAW_WORK_MAX = 64,
                    PARAM_ORDERS_PER_INTERVAL_MAX = 65,
                    PARAM_PROBATION = 66,
                    PARAM_DEPOSIT_DAY_MAX = 67,
                    PARAM_MAILBOX_BYTES = 68,
                    PARAM_AUTHORITY_KEYS = 69,
                    PARAM_THRESHOLD = 70,
                    PARAM_TREASURY = 71,
                    PARAM_FEEDERS = 72,
                    PARAM_FOUNDERS = 73
};

enum param_kind {
    PARAM_IS_NUMBER,
    PARAM_IS_CHOICE, /* one of words */
    PARAM_IS_TEXT,   /* least to most bytes of UTF-8 */
    PARAM_IS_KEY,    /* 32 bytes, not all zero */
    PARAM_IS_LIST    /* least to most items */
};
enum param_change { PARAM_FIXED, PARAM_CHANGES };
enum param_default {
    PARAM_HAS_DEFAULT, /* fallback */
    PARAM_DERIVED,     /* from other parameters: params_default */
    PARAM_REQUIRED     /* the file must say it */
};

struct param {
    enum param_number number;
    const char *group, *key; /* as in the file; key "" where the group is the parameter */
    enum param_kind kind;
    enum param_change change;
    enum param_default origin;
    size_t offset, size; /* in struct genesis; of a list, nothing */
    uint64_t fallback, least, most;
    const char *const *words; /* of a choice, by number; NULL otherwise */
    const char *note;         /* what else holds, for people; "" if nothing does */
};

struct params_complaint {
    enum err code;             /* ERR_PARAM_RANGE, ERR_PARAM_RELATION; of a change also others */
    const struct param *param; /* NULL only for ERR_PARAM_UNKNOWN */
    uint32_t item;             /* of a list, from 0 */
    bool has_value;            /* value is not within least and most; else only why is said */
    uint64_t value, least, most;
    const char *why; /* constant text, what is wrong with it beside the range; or "" */
};

#define PARAMS_FEEDER_DEFAULT "main" /* the one feeder where a file names none */

enum { /* the memory that lists of a changed genesis may need */
       PARAMS_ROOM_BYTES =
           (WIRE_FEES_MAX + WIRE_LINES_MAX) * (int)sizeof(struct genesis_fee) +
           (WIRE_FEEDERS_MAX + WIRE_LINES_MAX) * (int)sizeof(struct genesis_feeder) +
           (WIRE_PARTS_MAX + WIRE_LINES_MAX) * (int)sizeof(struct genesis_key) + 256
};

/* The row at @index in the order of the file, NULL behind the last. Constant data. */
const struct param *params_at(uint32_t index);

/* The parameter with this number, or NULL. */
const struct param *params_find(uint32_t number);

/* The value of a number or choice. */
MUST_USE uint64_t params_get(const struct genesis *g, const struct param *param);
void params_put(struct genesis *g, const struct param *param, uint64_t value);

/* What a number or choice is where nothing is said; @g matters for those that are derived. */
MUST_USE uint64_t params_default(const struct genesis *g, const struct param *param);

/* A genesis of nothing but defaults: texts, keys and lists are empty. */
void params_fill(struct genesis *g);

/* The largest entry of the fees (RULE market.4, fee_ref). */
MUST_USE uint64_t params_fee_ref(const struct genesis *g);

/* Is every parameter in its range, and do they fit together? ERR_OK, or the first complaint in the
 * order of the table: ranges first, then relations. Windows are judged for one validator, who
 * orders blocks alone. A genesis that passes can be encoded. */
MUST_USE enum err params_check(const struct genesis *g, struct params_complaint *out);

/* RULE dos.5 for @validators, of a genesis that passed: has each of them a turn in every window? */
MUST_USE enum err params_check_turns(const struct genesis *g, uint32_t validators,
                                     struct params_complaint *out);

/* RULE param.1: apply @count settings, all or none. They come in the order of their op (ascending);
 * the first that cannot be is the verdict (PARAM_UNKNOWN, PARAM_FIXED, PARAM_FORM, PARAM_INDEX in
 * this order), then what params_check says of the whole.
 *
 * How an item of a list is named: an authority key by its place from 0 (the place behind the last
 * adds one; empty bytes end the list there), a feeder by its number (the next one adds it; none
 * is ever removed), a fee by seller's feeder * 65,536 + buyer's feeder (value 0 removes it).
 *
 * Lists that change are laid into @room, which has PARAMS_ROOM_BYTES left, and texts are borrowed
 * from the settings: encode @g again before these end. On a refusal neither changes. */
MUST_USE enum err params_set(struct genesis *g, const struct parameter_setting *settings,
                             uint32_t count, struct arena *room, struct params_complaint *out);

#endif
