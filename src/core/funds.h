/* SPDX-License-Identifier: Apache-2.0 */
/* core/funds.h - whose money is where (RULE ledger.5, funds.1, funds.2, join.10).
 *
 * Pure: an event in, a verdict out. An event is decided completely on the state as it is; only
 * what was decided OK is applied, and that cannot fail. Accounts, requests, days and references
 * live in arrays of the caller, whose lengths are maxima. A request that is asked for needs room,
 * or it is a bug of the caller; what a closed member gets stays available where there is none.
 *
 * Bounds: deposits in all and credit limits in all are at most FUNDS_TOTAL_MAX each, so that no
 * account can ever leave the range of 64 bits: what one member has is never more than all
 * deposits and all debts. */
#ifndef PEERWATT_CORE_FUNDS_H
#define PEERWATT_CORE_FUNDS_H

#include "base/err.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/must_use.h"
#include "core/reference_set.h"

#include <stdbool.h>
#include <stdint.h>

#define FUNDS_TOTAL_MAX ((INT64_C(1) << 62) - 1)
#define FUNDS_TREASURY_MAX (INT64_C(1) << 61) /* deposits beyond it: t of n as well */

struct funds_account {
    struct money available; /* down to -credit_limit; a debt if negative */
    struct money withdrawing;
    struct money reserved; /* contract_reserved: not yet in a contract's escrow */
    struct money escrow;
    struct money credit_limit;
    bool known, closed;
};

enum funds_request_state { REQUEST_OPEN = 1, REQUEST_PAID = 2, REQUEST_REJECTED = 3 };

struct funds_request { /* its number is its place from 1 */
    uint32_t member;
    enum funds_request_state state;
    struct money amount;
};

struct funds_day { /* what was deposited on a UTC day, by all members together */
    uint64_t day;
    struct money deposited;
};

enum funds_hold_state { HOLD_NONE = 0, HOLD_RESERVED = 1, HOLD_ESCROWED = 2, HOLD_CLOSED = 3 };

struct funds_hold { /* one contract's money; lives with the contract */
    enum funds_hold_state state;
    uint32_t buyer;
    struct money reserved, escrow;
};

struct funds {
    struct funds_account *accounts; /* by slot, [0] unused */
    struct funds_request *requests;
    struct funds_day *days;
    uint32_t slot_max; /* the highest slot that has an account */
    uint32_t request_count, request_max;
    uint32_t day_count, day_max; /* a day beyond the maximum takes the oldest one's place */
    struct reference_set references;
    bool has_day_limit;
    struct money deposit_day_max;
    struct money deposits, paid_out;                       /* since the beginning */
    struct money available, withdrawing, reserved, escrow; /* running sums over all accounts */
    struct money credit_limits;
};

enum funds_kind {
    FUNDS_DEPOSIT,           /* member, amount, reference, t_of_n, day */
    FUNDS_CREDIT_LIMIT,      /* member, amount */
    FUNDS_WITHDRAW_REQUEST,  /* member, amount */
    FUNDS_WITHDRAW_PAID,     /* request, reference */
    FUNDS_WITHDRAW_REJECTED, /* request */
    FUNDS_RESERVE,           /* hold, member = buyer, amount >= 0 */
    FUNDS_HOLD_ESCROW,       /* hold, amount >= 0 */
    FUNDS_SETTLE,            /* hold, member = seller */
    FUNDS_REFUND,            /* hold */
    FUNDS_CLOSE_MEMBER,      /* member */
    FUNDS_KIND_COUNT
};

struct funds_event {
    enum funds_kind kind;
    uint32_t member;
    struct money amount;
    struct hash reference;
    bool t_of_n; /* the authority has signed as well */
    uint64_t day;
    uint64_t request;
    struct funds_hold *hold; /* never NULL where the kind has one */
};

/* What an event would give: the first of these that applies, in this order: OK, NO_MEMBER,
 * AMOUNT_RANGE, WRONG_STATE, DUPLICATE, MEMBER_CLOSED, NEEDS_AUTHORITY, CREDIT_IN_USE, FUNDS. */
MUST_USE enum err funds_check(const struct funds *f, const struct funds_event *ev);

/* The same, and apply it if it is OK; otherwise nothing changes. An event makes at most two
 * requests of closed members; where request_max is reached their money stays available. Whoever
 * steps FUNDS_WITHDRAW_REQUEST has seen to it that there is room. */
MUST_USE enum err funds_step(struct funds *f, const struct funds_event *ev);

/* RULE ledger.5 by the running totals: money in the accounts = deposits - paid out. */
MUST_USE bool funds_is_conserved(const struct funds *f);

/* The bounds of each term of one account. */
MUST_USE bool funds_account_is_sound(const struct funds_account *account);

/* The same by adding all accounts up, with the bounds of each term. */
MUST_USE bool funds_is_conserved_in_full(const struct funds *f);

#endif
