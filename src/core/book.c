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
