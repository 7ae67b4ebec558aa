/* SPDX-License-Identifier: Apache-2.0 */
#include "core/charge.h"

#include "base/price.h"

static uint64_t key_of(uint32_t seller_feeder, uint32_t buyer_feeder)
{
    return (uint64_t)seller_feeder << 32 | buyer_feeder;
}

/* RULE funds.3 */
int64_t charge_rate(const struct charge_list *list, uint32_t seller_feeder, uint32_t buyer_feeder)
{
    const uint64_t wanted = key_of(seller_feeder, buyer_feeder);
    uint32_t low = 0, high = list->count; /* all before low are smaller, all from high are not */
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct genesis_fee *fee = &list->fees[middle];
        if (key_of(fee->seller_feeder, fee->buyer_feeder) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == list->count)
        return 0;
    const struct genesis_fee *found = &list->fees[low];
    return key_of(found->seller_feeder, found->buyer_feeder) == wanted ? found->micro_per_kwh : 0;
}

int64_t charge_most(const struct charge_list *list)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->fees[i].micro_per_kwh > most)
            most = list->fees[i].micro_per_kwh;
    return most;
}

bool charge_make(struct charge *out, const struct charge_list *list, uint32_t seller_feeder,
                 uint32_t buyer_feeder, struct energy energy)
{
    const int64_t rate = charge_rate(list, seller_feeder, buyer_feeder);
    struct money in_full;
    if (!price_payment(&in_full, (struct price){rate}, energy))
        return false;
    *out = (struct charge){rate, in_full};
    return true;
}
