/* SPDX-License-Identifier: Apache-2.0 */
/* core/charge.h - what a local kWh is charged beside its price (RULE funds.3): grid fee, levies,
 * VAT difference, community fee, in one rate for each pair of feeders.
 *
 * Pure. A charge is recorded for the bill of whoever levies it; the ledger moves the price only.
 * The list is that of the parameters in force for the interval, as genesis writes it: ascending
 * by seller's, then buyer's feeder, both from 1; pairs that are not listed are free. */
#ifndef PEERWATT_CORE_CHARGE_H
#define PEERWATT_CORE_CHARGE_H

#include "base/energy.h"
#include "base/money.h"
#include "base/must_use.h"
#include "wire/genesis.h"

#include <stdbool.h>
#include <stdint.h>

struct charge_list {
    const struct genesis_fee *fees; /* borrowed */
    uint32_t count;                 /* up to WIRE_FEES_MAX, not checked here */
};

struct charge {
    int64_t rate;         /* micro per kWh */
    struct money in_full; /* half to even, as a payment is (num.1) */
};

/* Micro per kWh from a seller's feeder to a buyer's; by halving the list. */
MUST_USE int64_t charge_rate(const struct charge_list *list, uint32_t seller_feeder,
                             uint32_t buyer_feeder);

/* The largest rate of the list (fee_ref of RULE market.4), 0 if it is empty. */
MUST_USE int64_t charge_most(const struct charge_list *list);

/* The charge on @energy. False, and @out is not written, if it does not fit 64 bits. */
MUST_USE bool charge_make(struct charge *out, const struct charge_list *list,
                          uint32_t seller_feeder, uint32_t buyer_feeder, struct energy energy);

#endif
