/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/clearing_json.h"
#include "app/json_text.h"
#include "text/bytes_json.h"

#include <stdio.h>

const char *const clearing_result_names[CLEARING_NO_CROSS + 1] = {"cleared", "no_orders", "no_bids",
                                                                  "no_offers", "no_cross"};

static json_t *price_json(int64_t price)
{
    return price == CLEARING_NONE ? json_null() : json_integer(price);
}

/* A whole number that may be beyond 64 bits: marked text, which is written as a number. */
static json_t *wide_json(i128 value)
{
    char digits[48];
    size_t at = sizeof digits - 1;
    u128 size = value < 0 ? -(u128)value : (u128)value;
    if (value >= INT64_MIN && value <= INT64_MAX)
        return json_integer((json_int_t)value);
    digits[at] = '\0';
    for (; size > 0; size /= 10)
        digits[--at] = (char)('0' + (int)(size % 10));
    if (value < 0)
        digits[--at] = '-';
    digits[--at] = JSON_TEXT_MARK;
    return json_string(digits + at);
}

static json_t *ration_json(const struct clearing_ration *r)
{
    if (!r->is_rationed)
        return json_null();
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:b}", "side", r->side == ORDER_BID ? "bid" : "offer",
        "price_micro_per_kwh", (json_int_t)r->price, "amount_wh", (json_int_t)r->amount_wh,
        "cap_wh", (json_int_t)r->cap_wh, "extra", (json_int_t)r->extra, "lottery", r->is_lottery);
}

static json_t *flow_json(const struct clearing *c)
{
    json_t *cells = json_array();
    for (uint32_t s = 0; s < BOOK_CLASSES; s++)
        for (uint32_t b = 0; b < BOOK_CLASSES; b++)
            if (c->flow[s][b] > 0)
                json_array_append_new(
                    cells, json_pack("[i, i, I]", (int)s, (int)b, (json_int_t)c->flow[s][b]));
    return cells;
}

static json_t *cut_json(const struct clearing *c)
{
    if (!c->has_cut)
        return json_null();
    json_t *classes = json_array();
    for (int i = 0; i < BOOK_CLASSES; i++)
        if (c->cut >> i & 1)
            json_array_append_new(classes, json_integer(i));
    return classes;
}

static const char *id_of(const struct book_file *file, uint32_t order)
{
    return file->listed[file->listed_of[order]].id;
}

static void add_orders(json_t *answer, const struct clearing *c, const struct book_file *file)
{
    json_t *orders = json_array(), *cuts = json_array(), *refused = json_array();
    for (uint32_t i = 0; i < file->book.order_count; i++) {
        const struct clearing_quantity *q = &c->quantities[i];
        if (q->crossing_wh > 0 || q->final_wh > 0)
            json_array_append_new(orders, json_pack("{s:s, s:I, s:I}", "id", id_of(file, i),
                                                    "crossing_wh", (json_int_t)q->crossing_wh,
                                                    "energy_wh", (json_int_t)q->final_wh));
        if (q->is_cut)
            json_array_append_new(cuts, json_pack("{s:s, s:I}", "id", id_of(file, i), "energy_wh",
                                                  (json_int_t)q->funded_wh));
    }
    for (uint32_t i = 0; i < file->listed_count; i++)
        if (file->listed[i].refused)
            json_array_append_new(refused, json_pack("{s:s, s:s}", "id", file->listed[i].id, "code",
                                                     err_get(file->listed[i].refused)->name));
    json_object_set_new(answer, "orders", orders);
    json_object_set_new(answer, "refused", refused);
    json_object_set_new(answer, "funding_cut", cuts);
}

static json_t *contracts_json(const struct clearing *c, const struct book_file *file)
{
    json_t *contracts = json_array();
    for (uint32_t i = 0; i < c->contract_count; i++) {
        const struct clearing_contract *k = &c->contracts[i];
        json_array_append_new(
            contracts,
            json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "no", (json_int_t)i, "seller",
                      file->names[k->seller], "buyer", file->names[k->buyer], "energy_wh",
                      (json_int_t)k->energy_wh, "price_micro_per_kwh", (json_int_t)c->price,
                      "payment_micro", (json_int_t)k->payment_micro, "fee_micro_per_kwh",
                      (json_int_t)k->fee, "fee_micro", (json_int_t)k->fee_micro));
    }
    return contracts;
}

json_t *clearing_to_json(const struct clearing *c, const struct book_file *file)
{
    const struct book_params *params = &file->book.params;
    json_t *answer = json_object();
    json_object_set_new(answer, "interval", json_integer((json_int_t)file->book.interval));
    json_object_set_new(answer, "seed",
                        bytes_to_json((struct span){file->book.seed.bytes, HASH_BYTES}));
    json_object_set_new(answer, "price_rule",
                        json_string(params->price_rule == BOOK_POSTED ? "posted" : "midpoint"));
    json_object_set_new(answer, "fee_ref_micro_per_kwh", json_integer(params->fee_ref));
    json_object_set_new(answer, "result", json_string(clearing_result_names[c->result]));
    json_object_set_new(answer, "price_micro_per_kwh", price_json(c->price));
    json_object_set_new(answer, "dual_micro_per_kwh", price_json(c->dual));
    json_object_set_new(answer, "marginal_bid_micro_per_kwh", price_json(c->marginal_bid));
    json_object_set_new(answer, "marginal_offer_micro_per_kwh", price_json(c->marginal_offer));
    json_object_set_new(answer, "best_bid_micro_per_kwh", price_json(c->best_bid));
    json_object_set_new(answer, "best_offer_micro_per_kwh", price_json(c->best_offer));
    json_object_set_new(answer, "crossing_wh", json_integer(c->crossing_wh));
    json_object_set_new(answer, "energy_wh", json_integer(c->paired_wh));
    json_object_set_new(answer, "surplus_micro_wh", wide_json(c->surplus));
    json_object_set_new(answer, "ration", ration_json(&c->ration));
    json_object_set_new(answer, "flow", flow_json(c));
    json_object_set_new(answer, "cut", cut_json(c));
    json_object_set_new(answer, "contracts", contracts_json(c, file));
    add_orders(answer, c, file);
    json_object_set_new(answer, "digest",
                        bytes_to_json((struct span){c->digest.bytes, HASH_BYTES}));
    return answer;
}
