/* SPDX-License-Identifier: Apache-2.0 */
/* core/settlement.h - the judge: what the statements of an interval mean for its contracts
 * (RULE trade.3 allotment, trade.12 verdicts, trade.13 mass rule).
 *
 * Pure: one function over all contracts that are open when the statement window closes. It looks
 * at totals, never at who answers first, so a meter cannot choose whom to starve and a kWh is
 * never sold twice. */
#ifndef PEERWATT_CORE_SETTLEMENT_H
#define PEERWATT_CORE_SETTLEMENT_H

#include "base/energy.h"
#include "base/money.h"
#include "base/must_use.h"
#include "base/price.h"
#include "wire/op_trade.h"

#include <stdbool.h>
#include <stdint.h>

enum { SETTLEMENT_PPM = 1000000 };

/* Numbers are those of enum trade_result on the wire; VOID is nobody's result. C4 is never the
 * judge's: it is read when FINAL is decided. */
enum settlement_verdict {
    VERDICT_VOID = 0,
    VERDICT_PASS = RESULT_PASS,
    VERDICT_C1 = RESULT_C1,
    VERDICT_C2 = RESULT_C2,
    VERDICT_C3 = RESULT_C3,
    VERDICT_C4 = RESULT_C4,
    VERDICT_COUNT
};

struct settlement_terms {
    uint64_t number;
    uint32_t seller, buyer; /* places in the list of parties */
    struct energy energy;   /* > 0 */
    struct price price;     /* the payment of @energy fits 64 bits */
    enum trade_take take;
    uint32_t min_delivery_ppm; /* 0 to SETTLEMENT_PPM */
    struct energy tolerance;   /* >= 0 */
};

/* A member and its counted statement. @delivered_left and @taken_left are >= 0 and are used up by
 * the allotment; @is_party is written. */
struct settlement_party {
    bool has_stated, is_party;
    struct energy delivered_left, taken_left;
    const uint64_t *refused; /* numbers of contracts whose payment it refuses; borrowed */
    uint32_t refused_count;
};

struct settlement_result {
    enum settlement_verdict verdict;
    int32_t alpha;         /* +1 the seller failed, -1 the buyer, 0 nobody */
    struct energy s, b;    /* allotments of seller and buyer */
    struct energy need;    /* the least delivery that keeps the contract */
    struct energy settled; /* under pass and C3; else 0 */
    struct money payment;  /* of @settled: what goes to escrow */
    int64_t x;             /* Q16.16, signed (core/score.h) */
};

/* "VOID", "pass", "C1" ... "C4". */
const char *settlement_verdict_name(enum settlement_verdict verdict);

/* max(1, energy - max(energy - ceil(energy * min_delivery), tolerance)) */
MUST_USE struct energy settlement_need(const struct settlement_terms *terms);

/* Judge @count contracts in ascending numbers; @results has as many places. Returns true if the
 * mass rule applied: more than half of the parties have no counted statement. */
bool settlement_judge(struct settlement_result *results, const struct settlement_terms *terms,
                      uint32_t count, struct settlement_party *parties);

#endif
