/* SPDX-License-Identifier: Apache-2.0 */
/* base/quantity.h - quantities as people write them: 2.5kWh, 400W, 0.18/kWh, 5EUR.
 *
 * Pure. Reading is exact: what is finer than the smallest unit is refused, a bare number is
 * refused (ERR_UNIT_MISSING), one space before the unit is allowed. What is formatted can be read
 * back to the same value; zero is never negative. Units are case sensitive.
 *
 * Readers return ERR_NUMBER_*, ERR_UNIT_MISSING, ERR_UNIT_UNKNOWN or ERR_CURRENCY_OTHER; on an
 * error @out is not written. */
#ifndef PEERWATT_BASE_QUANTITY_H
#define PEERWATT_BASE_QUANTITY_H

#include "base/bytes.h"
#include "base/energy.h"
#include "base/err.h"
#include "base/money.h"
#include "base/must_use.h"
#include "base/power.h"
#include "base/price.h"

enum { QUANTITY_CHARS_MAX = 32, CURRENCY_CHARS = 3 }; /* with the ending zero; without */

struct currency { /* ISO 4217 code, for example EUR */
    char code[CURRENCY_CHARS + 1];
};

MUST_USE enum err energy_parse(struct energy *out, struct span text); /* Wh kWh MWh */
MUST_USE enum err power_parse(struct power *out, struct span text);   /* W kW MW */
MUST_USE enum err price_parse(struct price *out, struct span text);   /* 0.18/kWh */
/* 5EUR; ERR_CURRENCY_OTHER if the three capitals are not @currency, ERR_UNIT_UNKNOWN if there
 * are not three capitals. */
MUST_USE enum err money_parse(struct money *out, struct span text, const struct currency *currency);

/* Below 1 kWh in Wh ("350Wh"), else in kWh with up to three decimals ("2.5kWh"). */
void energy_format(char text[QUANTITY_CHARS_MAX], struct energy value);
void power_format(char text[QUANTITY_CHARS_MAX], struct power value); /* "400W", "2.5kW" */
/* Two to six decimals: "0.18/kWh", "0.190001/kWh". */
void price_format(char text[QUANTITY_CHARS_MAX], struct price value);
/* Two to six decimals and the code: "5.00EUR", "-0.000001EUR". */
void money_format(char text[QUANTITY_CHARS_MAX], struct money value,
                  const struct currency *currency);

#endif
