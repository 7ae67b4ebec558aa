/* SPDX-License-Identifier: Apache-2.0 */
#include "app/clearing_json.h"
#include "app/input.h"
#include "app/input_node.h"
#include "app/json_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool read_wh(uint32_t *out, const struct call *call, const struct input_node *object,
                    const char *field)
{
    int64_t wh = 0;
    if (!input_node_whole(&wh, call, object, field, 0, UINT32_MAX, NULL))
        return false;
    *out = (uint32_t)wh;
    return true;
}

static bool read_any(int64_t *out, const struct call *call, const struct input_node *object,
                     const char *field)
{
    return input_node_whole(out, call, object, field, INT64_MIN, INT64_MAX, NULL);
}

/* A whole number, or null for CLEARING_NONE. */
static bool read_price(int64_t *out, const struct call *call, const struct input_node *object,
                       const char *field)
{
    *out = CLEARING_NONE;
    return json_is_null(json_object_get(object->value, field)) ||
           read_any(out, call, object, field);
}

static bool read_prices(struct clearing *r, const struct call *call, const struct input_node *o)
{
    return read_price(&r->price, call, o, "price_micro_per_kwh") &&
           read_price(&r->dual, call, o, "dual_micro_per_kwh") &&
           read_price(&r->marginal_bid, call, o, "marginal_bid_micro_per_kwh") &&
           read_price(&r->marginal_offer, call, o, "marginal_offer_micro_per_kwh") &&
           read_price(&r->best_bid, call, o, "best_bid_micro_per_kwh") &&
           read_price(&r->best_offer, call, o, "best_offer_micro_per_kwh") &&
           read_any(&r->crossing_wh, call, o, "crossing_wh") &&
           read_any(&r->paired_wh, call, o, "energy_wh");
}

/* The surplus may be beyond 64 bits: then its digits are kept as text. */
static bool read_surplus(struct clearing *r, const struct call *call, const struct input_node *o)
{
    const json_t *value = json_object_get(o->value, "surplus_micro_wh");
    const char *text = json_string_value(value);
    if (!text || text[0] != JSON_TEXT_MARK) {
        int64_t whole = 0;
        const bool done = read_any(&whole, call, o, "surplus_micro_wh");
        r->surplus = whole;
        return done;
    }
    const bool is_negative = text[1] == '-';
    i128 sum = 0;
    for (text += is_negative ? 2 : 1; *text >= '0' && *text <= '9' && sum < (i128)1 << 100; text++)
        sum = 10 * sum + (*text - '0');
    r->surplus = is_negative ? -sum : sum;
    if (*text != '\0')
        input_node_refuse(call, o, "surplus_micro_wh", "a whole number is needed");
    return *text == '\0';
}

static bool read_result(struct clearing *r, const struct call *call, const struct input_node *o)
{
    const char *text = json_string_value(json_object_get(o->value, "result"));
    for (int i = 0; text && i <= CLEARING_NO_CROSS; i++) {
        r->result = (enum clearing_result)i;
        if (strcmp(text, clearing_result_names[i]) == 0)
            return true;
    }
    input_node_refuse(call, o, "result", "it is none of the five results");
    return false;
}

static bool read_ration(struct clearing *r, const struct call *call, const struct input_node *o)
{
    const struct input_node ration = input_node_field(o, "ration");
    const json_t *lottery = json_object_get(ration.value, "lottery");
    const char *side = json_string_value(json_object_get(ration.value, "side"));
    if (json_is_null(ration.value))
        return true;
    if (!side || (strcmp(side, "bid") != 0 && strcmp(side, "offer") != 0) ||
        !json_is_boolean(lottery)) {
        input_node_refuse(call, &ration, NULL,
                          "null, or its side \"bid\" or \"offer\" and lottery");
        return false;
    }
    r->ration.is_rationed = true;
    r->ration.side = strcmp(side, "bid") == 0 ? ORDER_BID : ORDER_OFFER;
    r->ration.is_lottery = json_is_true(lottery);
    return read_any(&r->ration.price, call, &ration, "price_micro_per_kwh") &&
           read_any(&r->ration.amount_wh, call, &ration, "amount_wh") &&
           read_any(&r->ration.cap_wh, call, &ration, "cap_wh") &&
           read_any(&r->ration.extra, call, &ration, "extra");
}

static bool is_class(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) < BOOK_CLASSES;
}

static bool read_flow(struct clearing *r, const struct call *call, const struct input_node *o)
{
    const json_t *flow = json_object_get(o->value, "flow");
    bool fits = json_is_array(flow);
    for (size_t i = 0; fits && i < json_array_size(flow); i++) {
        const json_t *cell = json_array_get(flow, i), *wh = json_array_get(cell, 2);
        fits = is_class(json_array_get(cell, 0)) && is_class(json_array_get(cell, 1)) &&
               json_is_integer(wh) && json_integer_value(wh) != 0;
        if (!fits)
            break;
        int64_t *to = &r->flow[json_integer_value(json_array_get(cell, 0))]
                              [json_integer_value(json_array_get(cell, 1))];
        fits = *to == 0; /* no cell twice */
        *to = json_integer_value(wh);
    }
    if (!fits)
        input_node_refuse(call, o, "flow", "cells [seller class, buyer class, wh], each once");
    return fits;
}

static bool read_cut(struct clearing *r, const struct call *call, const struct input_node *o)
{
    const json_t *cut = json_object_get(o->value, "cut");
    bool fits = json_is_null(cut) || json_is_array(cut);
    r->has_cut = json_is_array(cut);
    for (size_t i = 0; fits && i < json_array_size(cut); i++) {
        fits = is_class(json_array_get(cut, i));
        if (fits)
            r->cut |= UINT64_C(1) << json_integer_value(json_array_get(cut, i));
    }
    if (!fits)
        input_node_refuse(call, o, "cut", "null or a list of seller classes");
    return fits;
}

/* The index of an order by its id; false if the book has no such order. */
static bool find_order(uint32_t *out, const struct call *call, const json_t *index,
                       const struct input_node *o)
{
    const char *id = json_string_value(json_object_get(o->value, "id"));
    const json_t *at = id ? json_object_get(index, id) : NULL;
    if (!at) {
        input_node_refuse(call, o, "id", "the book has no such order");
        return false;
    }
    *out = (uint32_t)json_integer_value(at);
    return true;
}

static bool read_quantities(struct clearing_file *out, const struct call *call,
                            const struct input_node *o, const json_t *index)
{
    const struct input_node orders = input_node_field(o, "orders"),
                            cuts = input_node_field(o, "funding_cut");
    uint32_t at = 0;
    for (size_t i = 0; i < input_node_count(&orders); i++) {
        const struct input_node row = input_node_at(&orders, i);
        if (!find_order(&at, call, index, &row) ||
            !read_wh(&out->record.quantities[at].crossing_wh, call, &row, "crossing_wh") ||
            !read_wh(&out->record.quantities[at].final_wh, call, &row, "energy_wh"))
            return false;
    }
    for (size_t i = 0; i < input_node_count(&cuts); i++) {
        const struct input_node row = input_node_at(&cuts, i);
        if (!find_order(&at, call, index, &row) ||
            !read_wh(&out->record.quantities[at].funded_wh, call, &row, "energy_wh"))
            return false;
        out->record.quantities[at].is_cut = true;
    }
    return true;
}

static bool find_member(uint32_t *out, const struct call *call, const struct book_file *book,
                        const struct input_node *o, const char *field)
{
    const char *name = json_string_value(json_object_get(o->value, field));
    const json_t *at = name ? json_object_get(book->index, name) : NULL;
    if (!at)
        input_node_refuse(call, o, field, "the book has no such member");
    *out = (uint32_t)json_integer_value(at);
    return at != NULL;
}

static bool read_contracts(struct clearing_file *out, const struct call *call,
                           const struct input_node *o, const struct book_file *book)
{
    const struct input_node contracts = input_node_field(o, "contracts");
    const size_t count = input_node_count(&contracts);
    if (count > UINT32_MAX / 2) /* cannot be told from too many */
        return false;
    out->record.contracts = input_room(count, sizeof *out->record.contracts);
    out->record.contract_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        const struct input_node row = input_node_at(&contracts, i);
        struct clearing_contract *k = &out->record.contracts[i];
        int64_t price = 0, number = 0;
        if (!find_member(&k->seller, call, book, &row, "seller") ||
            !find_member(&k->buyer, call, book, &row, "buyer") ||
            !read_any(&k->energy_wh, call, &row, "energy_wh") ||
            !read_any(&k->payment_micro, call, &row, "payment_micro") ||
            !read_any(&k->fee, call, &row, "fee_micro_per_kwh") ||
            !read_any(&k->fee_micro, call, &row, "fee_micro") ||
            !read_any(&price, call, &row, "price_micro_per_kwh") ||
            !read_any(&number, call, &row, "no"))
            return false;
        out->contradicts_itself |= price != out->record.price || number != (int64_t)i;
    }
    return true;
}

/* What the record repeats from the book, and which orders it refuses. */
static void compare_head(struct clearing_file *out, const struct input_node *o,
                         const struct book_file *book)
{
    json_t *own = clearing_to_json(&out->record, book);
    static const char *const fields[] = {"interval", "seed", "price_rule", "fee_ref_micro_per_kwh",
                                         "refused"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        out->is_of_other_book |=
            !json_equal(json_object_get(own, fields[i]), json_object_get(o->value, fields[i]));
    json_decref(own);
}

static bool read_record(struct clearing_file *out, const struct call *call,
                        const struct input_node *o, const struct book_file *book)
{
    json_t *index = json_object();
    out->record.quantities = input_room(book->book.order_count, sizeof *out->record.quantities);
    for (uint32_t i = 0; i < book->book.order_count; i++) {
        out->record.quantities[i].funded_wh = book->orders[i].energy_wh;
        json_object_set_new(index, book->listed[book->listed_of[i]].id, json_integer(i));
    }
    const char *digest = json_string_value(json_object_get(o->value, "digest"));
    struct clearing *r = &out->record;
    const bool done =
        read_result(r, call, o) && read_prices(r, call, o) && read_surplus(r, call, o) &&
        read_ration(r, call, o) && read_flow(r, call, o) && read_cut(r, call, o) &&
        read_quantities(out, call, o, index) && read_contracts(out, call, o, book) &&
        input_hex_exact(r->digest.bytes, HASH_BYTES, call, digest ? digest : "", "digest");
    json_decref(index);
    if (done)
        compare_head(out, o, book);
    return done;
}

bool clearing_file_open(struct clearing_file *out, const struct call *call, const char *path,
                        const struct book_file *book)
{
    memset(out, 0, sizeof *out);
    struct input_node root;
    json_t *o = input_object_exact(call, path);
    input_node_root(&root, o);
    const bool done = o && read_record(out, call, &root, book);
    json_decref(o);
    if (!done)
        clearing_file_close(out);
    return done;
}

void clearing_file_close(struct clearing_file *file)
{
    free(file->record.quantities);
    free(file->record.contracts);
    memset(file, 0, sizeof *file);
}
