/* SPDX-License-Identifier: Apache-2.0 */
#include "app/study_terms.h"

#include "app/input_node.h"
#include "app/study_accounts.h"
#include "base/sort.h"

#include <stdlib.h>

/* In the order of enum trade_take, which counts from 1. */
static const char *const take_names[] = {"flexible", "firm", "pay", NULL};

static bool read_numbers(struct settlement_terms *terms, const struct call *call,
                         const struct input_node *from)
{
    const uint64_t usual_ppm = 900000, none = 0;
    uint64_t seller, buyer, energy, price, ppm, tolerance;
    if (!input_node_number(&terms->number, call, from, "number", INT64_MAX, NULL) ||
        !input_node_number(&seller, call, from, "seller", STUDY_SLOT_MAX, NULL) ||
        !input_node_number(&buyer, call, from, "buyer", STUDY_SLOT_MAX, NULL) ||
        !input_node_number(&energy, call, from, "energy_wh", INT64_MAX, NULL) ||
        !input_node_number(&price, call, from, "price_micro_per_kwh", INT64_MAX, NULL) ||
        !input_node_number(&ppm, call, from, "min_delivery_ppm", SETTLEMENT_PPM, &usual_ppm) ||
        !input_node_number(&tolerance, call, from, "tolerance_wh", INT64_MAX, &none))
        return false;
    terms->seller = (uint32_t)seller;
    terms->buyer = (uint32_t)buyer;
    terms->energy.wh = (int64_t)energy;
    terms->price.micro_per_kwh = (int64_t)price;
    terms->min_delivery_ppm = (uint32_t)ppm;
    terms->tolerance.wh = (int64_t)tolerance;
    return true;
}

static bool read_one(struct settlement_terms *terms, const struct call *call,
                     const struct input_node *from)
{
    struct money whole;
    uint32_t take;
    if (!read_numbers(terms, call, from) ||
        !input_node_choice(&take, call, from, "take", take_names, true))
        return false;
    terms->take = (enum trade_take)(take + 1);
    const char *wrong = NULL;
    if (terms->energy.wh == 0)
        wrong = "energy_wh";
    else if (terms->seller == 0 || terms->buyer == 0 || terms->seller == terms->buyer)
        wrong = "seller";
    else if (!price_payment(&whole, terms->price, terms->energy))
        wrong = "price_micro_per_kwh";
    if (wrong)
        input_node_refuse(call, from, wrong,
                          "two parties, some energy and a payment that can be counted");
    return !wrong;
}

/* Sorted copies in @out; false if a number stands twice. */
static bool sort_terms(struct settlement_terms *out, const struct settlement_terms *given,
                       uint32_t count)
{
    struct sort_item *items = study_take(2 * (size_t)count, sizeof *items);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (struct sort_item){.key = given[i].number, .number = i};
    sort_items(items, items + count, count);
    bool differ = true;
    for (uint32_t i = 0; i < count; i++) {
        out[i] = given[items[i].number];
        differ = differ && (i == 0 || out[i - 1].number < out[i].number);
    }
    free(items);
    return differ;
}

static bool read_all(struct study_terms *out, const struct call *call,
                     const struct input_node *list)
{
    struct settlement_terms *given = study_take(out->count, sizeof *given);
    bool readable = true;
    for (uint32_t i = 0; readable && i < out->count; i++) {
        const struct input_node item = input_node_at(list, i);
        readable = read_one(&given[i], call, &item);
        out->slot_max = given[i].seller > out->slot_max ? given[i].seller : out->slot_max;
        out->slot_max = given[i].buyer > out->slot_max ? given[i].buyer : out->slot_max;
    }
    if (readable && !sort_terms(out->at, given, out->count)) {
        input_node_refuse(call, list, NULL, "each contract needs a number of its own");
        readable = false;
    }
    free(given);
    return readable;
}

bool study_terms_read(struct study_terms *out, const struct call *call,
                      const struct input_node *input)
{
    struct input_node list;
    *out = (struct study_terms){0};
    if (!input_node_list(&list, call, input, "contracts"))
        return false;
    if (input_node_count(&list) > STUDY_CONTRACTS_MAX) {
        input_node_refuse(call, &list, NULL, "at most 65,536 can be read");
        return false;
    }
    out->count = (uint32_t)input_node_count(&list);
    out->at = study_take(out->count, sizeof *out->at);
    if (read_all(out, call, &list))
        return true;
    study_terms_free(out);
    return false;
}

void study_terms_free(struct study_terms *terms)
{
    free(terms->at);
    terms->at = NULL;
}

bool study_refused_read(uint64_t **out, uint32_t *count, const struct call *call,
                        const struct input_node *statement)
{
    struct input_node list;
    *out = NULL;
    if (!input_node_list(&list, call, statement, "refused"))
        return false;
    *count = (uint32_t)input_node_count(&list);
    *out = study_take(*count, sizeof **out);
    for (uint32_t i = 0; i < *count; i++) {
        int64_t number;
        if (!input_node_number_at(&number, call, &list, i, 1, INT64_MAX)) {
            free(*out);
            *out = NULL;
            return false;
        }
        (*out)[i] = (uint64_t)number;
    }
    return true;
}
