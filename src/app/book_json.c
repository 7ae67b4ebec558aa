/* SPDX-License-Identifier: Apache-2.0 */
#include "app/book_json.h"

#include "app/answer.h"
#include "app/book_members.h"
#include "app/input.h"
#include "app/input_node.h"
#include "base/decimal.h"
#include "base/sort.h"
#include "base/wide.h"
#include "core/admission.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FEEDERS_MAX = 4096 }; /* rows of a square that is written out */

/* gsy's shape, {market: {slot: book}}: one market with one slot. */
static bool find_only(struct input_node *out, const struct input_node *node, const char **name)
{
    if (json_object_size(node->value) != 1)
        return false;
    *name = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)node->value));
    *out = input_node_field(node, *name);
    return true;
}

static bool find_book(struct book_file *file, const struct call *call)
{
    struct input_node *place = file->place;
    file->at = &place[0];
    if (json_object_get(place[0].value, "bids") || json_object_get(place[0].value, "offers"))
        return true;
    if (find_only(&place[1], &place[0], &file->market) &&
        find_only(&place[2], &place[1], &file->slot) && json_is_object(place[2].value)) {
        file->at = &place[2];
        return true;
    }
    input_node_refuse(call, file->at, "bids", "a book, or one market with one slot, is needed");
    return false;
}

static bool read_rule(struct book_file *file, const struct call *call,
                      const struct input_node *params)
{
    struct book_params *p = &file->book.params;
    const json_t *rule = json_object_get(params->value, "price_rule");
    const char *text = rule ? json_string_value(rule) : "midpoint";
    p->price_rule = text && strcmp(text, "posted") == 0 ? BOOK_POSTED : BOOK_MIDPOINT;
    if (!text || (p->price_rule == BOOK_MIDPOINT && strcmp(text, "midpoint") != 0)) {
        input_node_refuse(call, params, "price_rule", "it is \"midpoint\" or \"posted\"");
        return false;
    }
    const json_t *posted = json_object_get(params->value, "posted");
    const int64_t usual = p->feed_in + p->retail - p->fee_ref; /* not below 0: fees fit R - F */
    p->posted = usual / 2;
    return !posted || json_is_null(posted) ||
           input_node_whole(&p->posted, call, params, "posted", 0, BOOK_PRICE_MAX, NULL);
}

/* Feeder @f of a file, from 0, is feeder @f + 1 of the book. */
static bool read_fee_row(struct book_file *file, const json_t *row, uint32_t f)
{
    struct book_params *p = &file->book.params;
    bool fits = json_array_size(row) == file->feeder_count;
    for (uint32_t g = 0; fits && g < file->feeder_count; g++) {
        const json_t *fee = json_array_get(row, g);
        const json_int_t value = json_is_integer(fee) ? json_integer_value(fee) : -1;
        fits = value >= 0 && value <= p->retail - p->feed_in;
        if (value > 0)
            file->fees[p->fees.count++] = (struct genesis_fee){f + 1, g + 1, value};
    }
    return fits;
}

static bool read_fees(struct book_file *file, const struct call *call,
                      const struct input_node *params)
{
    struct book_params *p = &file->book.params;
    const json_t *fees = json_object_get(params->value, "fees");
    const size_t count = json_array_size(fees);
    bool fits = (!fees || json_is_array(fees)) && count <= FEEDERS_MAX;
    file->feeder_count = fits ? (uint32_t)count : 0;
    file->fees = input_room(fits ? count * count : 0, sizeof *file->fees);
    for (uint32_t f = 0; fits && f < file->feeder_count; f++)
        fits = read_fee_row(file, json_array_get(fees, f), f);
    if (!fits)
        input_node_refuse(call, params, "fees",
                          "a square of whole numbers from 0 to retail - feed_in");
    p->fees.fees = file->fees;
    p->fee_ref = charge_most(&p->fees);
    return fits;
}

static bool read_params(struct book_file *file, const struct call *call)
{
    struct book_params *p = &file->book.params;
    const struct input_node params = input_node_field(file->at, "params");
    const int64_t retail = BOOK_PRICE_MAX, feed_in = 0, award = 50, least = 1,
                  most = BOOK_ENERGY_MAX;
    if (params.value && !json_is_object(params.value)) {
        input_node_refuse(call, &params, NULL, "an object is needed");
        return false;
    }
    return input_node_whole(&p->retail, call, &params, "retail", 1, BOOK_PRICE_MAX, &retail) &&
           input_node_whole(&p->feed_in, call, &params, "feed_in", 0, p->retail - 1, &feed_in) &&
           input_node_whole(&p->award_min_wh, call, &params, "award_min_wh", 0, 1000000, &award) &&
           input_node_whole(&p->order_min_wh, call, &params, "order_min_wh", 1, 1000000, &least) &&
           input_node_whole(&p->order_max_wh, call, &params, "order_max_wh", 1, most, &most) &&
           read_fees(file, call, &params) && read_rule(file, call, &params);
}

static bool read_head(struct book_file *file, const struct call *call)
{
    const struct input_node *book = file->at;
    const json_t *seed = json_object_get(book->value, "seed");
    const uint64_t none = 0, cents = 10000;
    if (!input_node_number(&file->book.interval, call, book, "interval", INT64_MAX, &none) ||
        !input_node_number(&file->rate_micro, call, book, "rate_micro", BOOK_RATE_MICRO_MAX,
                           &cents))
        return false;
    if (file->rate_micro == 0) {
        input_node_refuse(call, book, "rate_micro", "a whole number from 1 is needed");
        return false;
    }
    const char *text = seed && json_is_string(seed) ? json_string_value(seed) : "";
    return (!seed || input_hex_exact(file->book.seed.bytes, HASH_BYTES, call, text, "seed")) &&
           read_params(file, call);
}

/* Whole micro or Wh, gsy's decimal field, or both: then they must agree. */
static bool read_amount(int64_t *out, const struct call *call, const struct input_node *o,
                        const char *const names[2], uint64_t multiplier)
{
    const bool has_whole = json_object_get(o->value, names[0]),
               has_text = json_object_get(o->value, names[1]);
    int64_t whole = 0, converted = 0;
    if (has_whole && !input_node_whole(&whole, call, o, names[0], INT64_MIN, INT64_MAX, NULL))
        return false;
    if (has_text && !input_node_scaled(&converted, call, o, names[1], multiplier))
        return false;
    *out = has_whole ? whole : converted;
    if (!has_whole && !has_text)
        input_node_refuse(call, o, names[0], "it is missing");
    else if (has_whole && has_text && whole != converted)
        input_node_refuse(call, o, names[0], "it does not agree with its decimal form");
    else
        return true;
    return false;
}

static int64_t half_even(i128 numerator, i128 denominator)
{
    const i128 quotient = numerator / denominator, rest = numerator % denominator;
    return (int64_t)(quotient + (2 * rest + (quotient & 1) > denominator));
}

/* gsy's `price`, the total of the order, only where nothing else tells the limit. */
static bool read_total(struct order *out, const struct book_file *file, const struct call *call,
                       const struct input_node *o)
{
    int64_t total = 0;
    if (!input_node_scaled(&total, call, o, "price", file->rate_micro))
        return false;
    if (out->energy_wh <= 0 || total < 0 || total / out->energy_wh > BOOK_PRICE_MAX) {
        input_node_refuse(call, o, "price", "a total needs an energy, and is not below 0");
        return false;
    }
    out->price_micro_per_kwh = half_even((i128)total * 1000, out->energy_wh);
    return true;
}

static bool read_price(struct order *out, const struct book_file *file, const struct call *call,
                       const struct input_node *o)
{
    static const char *const names[2] = {"price_micro_per_kwh", "energy_rate"};
    if (!json_object_get(o->value, names[0]) && !json_object_get(o->value, names[1]) &&
        json_object_get(o->value, "price"))
        return read_total(out, file, call, o);
    return read_amount(&out->price_micro_per_kwh, call, o, names, file->rate_micro);
}

static bool read_order(struct book_file_order *out, const struct book_file *file,
                       const struct call *call, const struct input_node *o, uint64_t position)
{
    static const char *const energy[2] = {"energy_wh", "energy"};
    const uint64_t none = 0;
    uint64_t level = 0;
    out->id = json_string_value(json_object_get(o->value, "id"));
    if (!out->id) {
        input_node_refuse(call, o, "id", "each order needs a text of its own");
        return false;
    }
    out->index = (uint32_t)o->index;
    out->order.interval = file->book.interval;
    out->order.round = ROUND_FORWARD;
    out->order.feeder_first = json_is_true(json_object_get(o->value, "feeder_first"));
    if (!read_amount(&out->order.energy_wh, call, o, energy, 1000) ||
        !read_price(&out->order, file, call, o) ||
        !input_node_number(&out->number, call, o, "no", INT64_MAX, &position) ||
        !input_node_number(&level, call, o, "min_score", INT32_MAX, &none))
        return false;
    out->order.min_score = (uint32_t)level;
    out->party = book_party(o->value, out->order.side);
    const json_t *member = json_object_get(file->index, out->party);
    out->member = (uint32_t)json_integer_value(member);
    return true;
}

static const struct input_node *side_list(const struct book_file *file, enum order_side side)
{
    return &file->sides[side == ORDER_OFFER];
}

struct input_node book_order_place(const struct book_file *file, const struct book_file_order *o)
{
    return input_node_at(side_list(file, o->order.side), o->index);
}

static bool read_sides(struct book_file *file, const struct call *call,
                       struct book_file_order *into)
{
    uint32_t count = 0;
    for (enum order_side side = ORDER_BID; side <= ORDER_OFFER; side++) {
        const struct input_node *list = side_list(file, side);
        for (size_t i = 0; i < input_node_count(list); i++) {
            const struct input_node order = input_node_at(list, i);
            into[count].order.side = side;
            if (!read_order(&into[count], file, call, &order, count))
                return false;
            count++;
        }
    }
    return true;
}

/* Lay the orders out by ascending numbers; false if two have one number or one id. */
static bool order_listed(struct book_file *file, const struct call *call,
                         const struct book_file_order *read)
{
    const uint32_t count = file->listed_count;
    struct sort_item *items = input_room(count, sizeof *items),
                     *scratch = input_room(count, sizeof *scratch);
    json_t *ids = json_object();
    bool are_unique = true;
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){read[i].number, i};
    sort_keys(items, scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        file->listed[i] = read[items[i].number];
        json_object_set_new(ids, file->listed[i].id, json_true());
        are_unique &= i == 0 || items[i].key != items[i - 1].key;
    }
    are_unique &= json_object_size(ids) == count;
    json_decref(ids);
    free(items);
    free(scratch);
    if (!are_unique)
        input_node_refuse(call, file->at, "id",
                          "no two orders may have the same id or the same no");
    return are_unique;
}

/* Payments must fit 64 bits: on the ledger dos.1 sees to it. */
static bool members_are_small(const struct book_file *file, const struct call *call,
                              const struct book_file_order *read)
{
    uint32_t *counts = input_room(file->book.member_count, sizeof *counts), most = 0;
    for (uint32_t i = 0; i < file->listed_count; i++)
        most = ++counts[read[i].member] > most ? counts[read[i].member] : most;
    free(counts);
    if (most > BOOK_MEMBER_ORDERS_MAX)
        input_node_refuse(call, file->at, "bids", "one member has up to 4096 orders");
    return most <= BOOK_MEMBER_ORDERS_MAX;
}

static bool read_orders(struct book_file *file, const struct call *call)
{
    const struct input_node *bids = &file->sides[0], *offers = &file->sides[1];
    file->sides[0] = input_node_field(file->at, "bids");
    file->sides[1] = input_node_field(file->at, "offers");
    const size_t count = input_node_count(bids) + input_node_count(offers);
    if (!json_is_array(bids->value) || !json_is_array(offers->value) || count > BOOK_ORDERS_MAX) {
        input_node_refuse(call, file->at, "bids",
                          "lists of bids and offers, up to 1,048,576, are needed");
        return false;
    }
    file->listed_count = (uint32_t)count;
    file->listed = input_room(count, sizeof *file->listed);
    struct book_file_order *read = input_room(count, sizeof *read);
    const bool done = read_sides(file, call, read) && members_are_small(file, call, read) &&
                      order_listed(file, call, read);
    free(read);
    return done;
}

/* What of RULE market.5 a file can tell: the values, and the household's own orders. */
static void admit_orders(struct book_file *file)
{
    struct book_household *homes = book_households(file->members, file->book.member_count);
    struct order_context context = {
        .params = file->book.params,
        .mechanism = MECHANISM_CALL,
        .timing = TIMING_FORWARD,
        .horizon_last = UINT64_MAX,
        .member = {.is_active = true, .capacity_wh = INT64_MAX, .open_max = UINT32_MAX},
        .book_max = UINT32_MAX};
    file->orders = input_room(file->listed_count, sizeof *file->orders);
    file->listed_of = input_room(file->listed_count, sizeof *file->listed_of);
    for (uint32_t i = 0; i < file->listed_count; i++) {
        struct book_file_order *l = &file->listed[i];
        struct book_household *home = &homes[homes[l->member].first];
        context.highest_bid = home->highest_bid;
        context.lowest_offer = home->lowest_offer;
        l->refused = order_admit(&l->order, &context);
        if (l->refused)
            continue;
        const int64_t price = l->order.price_micro_per_kwh;
        if (l->order.side == ORDER_BID && price > home->highest_bid)
            home->highest_bid = price;
        if (l->order.side == ORDER_OFFER && price < home->lowest_offer)
            home->lowest_offer = price;
        file->listed_of[file->book.order_count] = i;
        file->orders[file->book.order_count++] = (struct book_order){l->number,
                                                                     price,
                                                                     (uint32_t)l->order.energy_wh,
                                                                     l->member,
                                                                     (uint8_t)l->order.side,
                                                                     (uint8_t)l->order.min_score,
                                                                     l->order.feeder_first};
    }
    free(homes);
    file->book.orders = file->orders;
    file->book.members = file->members;
}

/* A book that is all of an input, or a part of one that outlives it. */
static bool read_book(struct book_file *file, const struct call *call, const struct input_node *at)
{
    memset(file, 0, sizeof *file);
    file->place[0] = *at;
    if (!find_book(file, call) || !read_head(file, call) || !book_members_read(file, call) ||
        !read_orders(file, call)) {
        book_file_close(file);
        return false;
    }
    admit_orders(file);
    return true;
}

bool book_file_open(struct book_file *file, const struct call *call, const char *path)
{
    struct input_node root;
    json_t *input = input_object_exact(call, path);
    if (!input)
        return false;
    input_node_root(&root, input);
    if (!read_book(file, call, &root)) {
        json_decref(input);
        return false;
    }
    file->input = input;
    return true;
}

void book_file_close(struct book_file *file)
{
    json_decref(file->input);
    json_decref(file->index);
    free(file->names);
    free(file->members);
    free(file->fees);
    free(file->listed);
    free(file->orders);
    free(file->listed_of);
    memset(file, 0, sizeof *file);
}

static json_t *answer_book(const struct call *call, const struct input_node *at,
                           json_t *(*answer)(const struct call *call, const struct book_file *file))
{
    struct book_file file;
    if (!read_book(&file, call, at))
        return NULL;
    json_t *said = answer(call, &file);
    book_file_close(&file);
    return said;
}

static json_t *answer_books(const struct call *call, const struct input_node *root,
                            json_t *(*answer)(const struct call *call,
                                              const struct book_file *file))
{
    const struct input_node list = input_node_field(root, "books");
    struct input_node at;
    json_t *books = json_array();
    bool done = true;
    for (size_t i = 0; done && i < input_node_count(&list); i++) {
        done = input_node_item(&at, call, &list, i);
        json_t *said = done ? answer_book(call, &at, answer) : NULL;
        done = said && json_array_append_new(books, said) == 0;
    }
    json_t *said = done ? json_pack("{s:O}", "books", books) : NULL;
    json_decref(books);
    return said;
}

enum exit_code book_serve(const struct call *call,
                          json_t *(*answer)(const struct call *call, const struct book_file *file))
{
    struct input_node root;
    json_t *input = input_object_exact(call, call->operand[0]);
    if (!input)
        return EXIT_USAGE;
    input_node_root(&root, input);
    /* gsy's market may have any name, but it is no list */
    json_t *said = json_is_array(json_object_get(input, "books"))
                       ? answer_books(call, &root, answer)
                       : answer_book(call, &root, answer);
    json_decref(input);
    if (!said)
        return EXIT_USAGE;
    json_t *whole = answer_new();
    json_object_update(whole, said);
    json_decref(said);
    return answer_give(call, whole);
}
