/* SPDX-License-Identifier: Apache-2.0 */
#include "core/book.h"

#include <assert.h>

uint8_t book_level(int32_t score)
{
    static const int32_t steps[BOOK_LEVELS - 1] = {-(1 << 29), -(1 << 28),   0, 1 << 27, 1 << 28,
                                                   1 << 29,    3 * (1 << 28)};
    uint8_t level = 0;
    while (level < BOOK_LEVELS - 1 && score >= steps[level])
        level++;
    return level;
}

uint8_t book_class(const struct book *book, const struct book_order *order)
{
    assert(order->member < book->member_count && order->min_score < BOOK_LEVELS);
    return (uint8_t)(BOOK_LEVELS * book->members[order->member].level + order->min_score);
}

bool book_may_meet(uint32_t seller_class, uint32_t buyer_class)
{
    assert(seller_class < BOOK_CLASSES && buyer_class < BOOK_CLASSES);
    return seller_class / BOOK_LEVELS >= buyer_class % BOOK_LEVELS &&
           buyer_class / BOOK_LEVELS >= seller_class % BOOK_LEVELS;
}

/* The listed fee of a pair, by halving. */
static int64_t listed_fee(const struct book_params *params, uint32_t from, uint32_t to)
{
    uint32_t first = 0, end = params->listed_count;
    while (first < end) {
        const uint32_t middle = first + (end - first) / 2;
        const struct genesis_fee *fee = &params->listed[middle];
        if (fee->seller_feeder == from && fee->buyer_feeder == to)
            return fee->micro_per_kwh;
        if (fee->seller_feeder < from || (fee->seller_feeder == from && fee->buyer_feeder < to))
            first = middle + 1;
        else
            end = middle;
    }
    return 0;
}

int64_t book_fee_between(const struct book_params *params, uint32_t seller_feeder,
                         uint32_t buyer_feeder)
{
    if (params->feeder_count == 0)
        return listed_fee(params, seller_feeder, buyer_feeder);
    assert(seller_feeder < params->feeder_count && buyer_feeder < params->feeder_count);
    return params->fees[(uint64_t)seller_feeder * params->feeder_count + buyer_feeder];
}

int64_t book_fee(const struct book *book, uint32_t seller, uint32_t buyer)
{
    return book_fee_between(&book->params, book->members[seller].feeder,
                            book->members[buyer].feeder);
}

int64_t book_fee_ref(const struct book_params *params)
{
    const uint64_t entries = (uint64_t)params->feeder_count * params->feeder_count;
    int64_t largest = 0;
    for (uint64_t i = 0; i < entries; i++)
        if (params->fees[i] > largest)
            largest = params->fees[i];
    for (uint32_t i = 0; entries == 0 && i < params->listed_count; i++)
        if (params->listed[i].micro_per_kwh > largest)
            largest = params->listed[i].micro_per_kwh;
    return largest;
}
