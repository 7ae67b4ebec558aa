/* SPDX-License-Identifier: Apache-2.0 */
/* core/certificate.h - judges a clearing record by the certificate of RULE market.17.
 *
 * Pure. It shares with the clearing the types of book and record, the tie ranks and the digest's
 * bytes, and nothing that decides. Each look is linear in orders, members and contracts; only the
 * funding walk of a buyer with several bids and limited funds puts these in order first. */
#ifndef PEERWATT_CORE_CERTIFICATE_H
#define PEERWATT_CORE_CERTIFICATE_H

#include "base/arena.h"
#include "base/must_use.h"
#include "core/clearing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(NAME, clause of market.17, sentence); clause 0: what the proof takes as given. */
#define CERTIFICATE_TABLE(X)                                                                       \
    X(FUNDING, 0, "A bid is cut otherwise than its buyer's funds say.")                            \
    X(RESULT, 0, "The result, or the best bid and offer, is not that of this book.")               \
    X(SURPLUS, 0, "The surplus is not the sum over the crossing quantities.")                      \
    X(RANGE, 1, "A quantity is more than the order's funded energy, or belongs to no live order.") \
    X(BALANCE, 1, "The crossing quantities of a side do not sum to V.")                            \
    X(DUAL, 1, "A quantity or the dual price itself contradicts the dual price.")                  \
    X(PRICE, 2, "The price is not the midpoint of the marginal bid and offer.")                    \
    X(LEVELS, 3, "Something other than the worst served level of one side is filled in part.")     \
    X(RATION, 3, "The rationed level is not shared by the rule that is recorded.")                 \
    X(RANKS, 3, "An extra Wh or a prize went to a higher tie rank than one that got none.")        \
    X(FLOW, 4, "A flow cell is not allowed, or the cells do not add up.")                          \
    X(CUT, 4, "The paired energy is not what crossing or cut allow.")                              \
    X(PARTIES, 5, "A contract joins parties that may not meet.")                                   \
    X(LIMITS, 5, "A contract breaks the limit of one of its parties.")                             \
    X(PAYMENT, 5, "A payment or a fee is not exact.")                                              \
    X(SUMS, 5, "The contracts of a member do not sum to its final quantities.")                    \
    X(COUNT, 5, "There are more contracts than lots and cells allow.")                             \
    X(DIGEST, 5, "The digest is not that of the record.")

enum certificate_complaint {
#define CERTIFICATE_ENUM(name, clause, sentence) CERTIFICATE_##name,
    CERTIFICATE_TABLE(CERTIFICATE_ENUM)
#undef CERTIFICATE_ENUM
        CERTIFICATE_COMPLAINTS
};

struct certificate_row {
    const char *name; /* upper case, without the prefix */
    uint32_t clause;
    const char *sentence;
};

/* Constant data. */
const struct certificate_row *certificate_get(enum certificate_complaint complaint);

struct certificate {
    bool has[CERTIFICATE_COMPLAINTS];
    uint32_t count; /* of different complaints; 0: the record holds */
};

/* Bytes that an arena needs, aligned to 8. */
MUST_USE size_t certificate_bytes(const struct book *book);

/* Judge @record, which may say anything: its quantities are one for each order of @book, and its
 * contracts name members that exist. False if the arena is full. */
MUST_USE bool certificate_check(struct certificate *out, struct arena *arena,
                                const struct book *book, const struct clearing *record);

#endif
