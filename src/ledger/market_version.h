/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/market_version.h - the market's parameters and fees hold by interval: an interval that has
 * an order or agreement keeps those under which it was given (RULE param.1).
 *
 * Pure. There are two versions at most: those in force, and those before for the intervals below
 * state_market's boundary. The next change waits until the last of these has ended. */
#ifndef PEERWATT_LEDGER_MARKET_VERSION_H
#define PEERWATT_LEDGER_MARKET_VERSION_H

#include "base/must_use.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct value;

/* The first interval under the parameters in force; 0: all. */
MUST_USE uint64_t market_version_from(const struct ledger *l);

/* True once no interval under the version before is left, so that another change can bind. */
MUST_USE bool market_version_is_over(const struct ledger *l);

/* The market's parameters are about to change for intervals from @interval on that nobody has
 * ordered or agreed in, nor in a later one. market_version_is_over. */
void market_version_keep(struct ledger *l, uint64_t interval);

/* Its leaf among the parameters. */
void market_version_value(const struct ledger *l, struct value *v);

#endif
