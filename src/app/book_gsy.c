/* SPDX-License-Identifier: Apache-2.0 */
/* Books to and from the shape of gsy-style matchers, {market: {slot: {bids, offers}}}. What a file
 * says beside stays where it is; only units change, and both directions give the same integers. */
#include "app/answer.h"
#include "app/book_json.h"
#include "app/json_text.h"
#include "app/verb_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FRACTION_DIGITS_MAX = 15, TEXT_CHARS_MAX = 48 };

/* @value / @unit as a decimal number: exact if it ends within 15 digits, else so near that it
 * reads back to the same @value. */
static json_t *decimal_json(int64_t value, uint64_t unit)
{
    const uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    uint64_t rest = size % unit;
    char text[TEXT_CHARS_MAX];
    int len = snprintf(text, sizeof text, "%c%s%" PRIu64, JSON_TEXT_MARK, value < 0 ? "-" : "",
                       size / unit);
    if (rest > 0)
        text[len++] = '.';
    for (int i = 0; rest > 0 && i < FRACTION_DIGITS_MAX; i++, rest %= unit) {
        rest *= 10; /* unit is at most 10^9 */
        text[len++] = (char)('0' + (int)(rest / unit));
    }
    text[len] = '\0';
    return value % (int64_t)unit == 0 ? json_integer(value / (int64_t)unit) : json_string(text);
}

/* Whole numbers and the party, in either shape. */
static void set_amounts(json_t *order, const struct book_file_order *l)
{
    json_object_set_new(order, l->order.side == ORDER_BID ? "buyer" : "seller",
                        json_string(l->party));
    json_object_set_new(order, "energy_wh", json_integer(l->order.energy_wh));
    json_object_set_new(order, "price_micro_per_kwh", json_integer(l->order.price_micro_per_kwh));
    json_object_del(order, "price");
}

static void order_to_gsy(json_t *order, const struct book_file_order *l,
                         const struct book_file *file, const char *slot)
{
    set_amounts(order, l);
    json_object_set_new(order, "type", json_string(l->order.side == ORDER_BID ? "Bid" : "Offer"));
    json_object_set_new(order, "energy", decimal_json(l->order.energy_wh, 1000));
    json_object_set_new(order, "energy_rate",
                        decimal_json(l->order.price_micro_per_kwh, file->rate_micro));
    json_object_set_new(order, "time_slot", json_string(slot));
}

static void order_from_gsy(json_t *order, const struct book_file_order *l)
{
    static const char *const gone[] = {"type", "energy", "energy_rate", "time_slot"};
    set_amounts(order, l);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        json_object_del(order, gone[i]);
}

/* A copy of the book with every order changed; @slot is NULL for plain books. */
static json_t *convert(const struct book_file *file, const char *slot)
{
    json_t *book = json_deep_copy(file->at->value), *index = json_object();
    for (uint32_t i = 0; i < file->listed_count; i++)
        json_object_set_new(index, file->listed[i].id, json_integer(i));
    for (int side = ORDER_BID; side <= ORDER_OFFER; side++) {
        json_t *list = json_object_get(book, side == ORDER_BID ? "bids" : "offers");
        for (size_t i = 0; i < json_array_size(list); i++) {
            json_t *order = json_array_get(list, i);
            const char *id = json_string_value(json_object_get(order, "id"));
            const json_int_t at = json_integer_value(json_object_get(index, id));
            if (slot)
                order_to_gsy(order, &file->listed[at], file, slot);
            else
                order_from_gsy(order, &file->listed[at]);
        }
    }
    json_decref(index);
    return book;
}

enum exit_code verb_study_clear_from_gsy(const struct call *call)
{
    struct book_file file;
    if (!book_file_open(&file, call, call->operand[0]))
        return EXIT_USAGE;
    json_t *answer = answer_new(), *book = convert(&file, NULL);
    json_object_update(answer, book);
    if (file.market)
        json_object_set_new(answer, "market", json_string(file.market));
    if (file.slot)
        json_object_set_new(answer, "slot", json_string(file.slot));
    json_decref(book);
    book_file_close(&file);
    return answer_give(call, answer);
}

enum exit_code verb_study_clear_to_gsy(const struct call *call)
{
    struct book_file file;
    if (!book_file_open(&file, call, call->operand[0]))
        return EXIT_USAGE;
    char number[TEXT_CHARS_MAX];
    snprintf(number, sizeof number, "%" PRIu64, file.book.interval);
    const char *market = json_string_value(json_object_get(file.at->value, "market"));
    const char *slot = json_string_value(json_object_get(file.at->value, "slot"));
    market = file.market ? file.market : market ? market : "peerwatt";
    slot = file.slot ? file.slot : slot ? slot : number;
    json_t *answer = json_object(), *slots = json_object();
    json_object_set_new(slots, slot, convert(&file, slot));
    json_object_set_new(answer, market, slots);
    book_file_close(&file);
    return answer_give(call, answer);
}
