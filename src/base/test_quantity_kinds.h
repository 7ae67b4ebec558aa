/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_quantity_kinds.h - the four kinds of quantity behind one face, for tests that try the
 * same thing with each. Only tests include this file. */
#ifndef PEERWATT_BASE_TEST_QUANTITY_KINDS_H
#define PEERWATT_BASE_TEST_QUANTITY_KINDS_H

#include "base/quantity.h"

#include <assert.h>
#include <stdint.h>

static const struct currency eur = {"EUR"};

enum kind { ENERGY, POWER, PRICE, MONEY, KIND_COUNT };

static inline enum err parse(int64_t *out, enum kind kind, struct span text)
{
    struct energy energy = {*out};
    struct power power = {*out};
    struct price price = {*out};
    struct money money = {*out};
    enum err err = ERR_OK;
    switch (kind) {
    case ENERGY:
        err = energy_parse(&energy, text);
        *out = energy.wh;
        return err;
    case POWER:
        err = power_parse(&power, text);
        *out = power.w;
        return err;
    case PRICE:
        err = price_parse(&price, text);
        *out = price.micro_per_kwh;
        return err;
    case MONEY:
        err = money_parse(&money, text, &eur);
        *out = money.micro;
        return err;
    case KIND_COUNT:
        break;
    }
    assert(false);
    return err;
}

static inline void format(char text[QUANTITY_CHARS_MAX], enum kind kind, int64_t value)
{
    switch (kind) {
    case ENERGY:
        energy_format(text, (struct energy){value});
        return;
    case POWER:
        power_format(text, (struct power){value});
        return;
    case PRICE:
        price_format(text, (struct price){value});
        return;
    case MONEY:
        money_format(text, (struct money){value}, &eur);
        return;
    case KIND_COUNT:
        break;
    }
    assert(false);
}

#endif
