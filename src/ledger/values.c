/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/values.h"

#include <assert.h>

static const char letters[STORE_COUNT] = {
    [STORE_CONTRACTS] = 'c',  [STORE_ELIGIBLE] = 'e', [STORE_HEAD] = 'h',
    [STORE_INTERVALS] = 'i',  [STORE_JOINS] = 'j',    [STORE_MEMBERS] = 'm',
    [STORE_ORDERS] = 'o',     [STORE_PARAMS] = 'p',   [STORE_PAYOUTS] = 'w',
    [STORE_STATEMENTS] = 's', [STORE_WINDOWS] = 'n'};

static void describe(const struct ledger *l, enum store_id store, uint32_t leaf, struct value *v)
{
    switch (store) {
    case STORE_CONTRACTS:
        contract_value(l, leaf, v);
        break;
    case STORE_ELIGIBLE:
        eligible_value(l, leaf, v);
        break;
    case STORE_HEAD:
        head_value(l, v);
        break;
    case STORE_INTERVALS:
        interval_value(l, leaf, v);
        break;
    case STORE_JOINS:
        joins_value(l, leaf, v);
        break;
    case STORE_MEMBERS:
        member_value(l, leaf, v);
        break;
    case STORE_ORDERS:
        order_value(l, leaf, v);
        break;
    case STORE_PARAMS:
        parameter_value(l, leaf, v);
        break;
    case STORE_PAYOUTS:
        payout_value(l, leaf, v);
        break;
    case STORE_STATEMENTS:
        statement_value(l, leaf, v);
        break;
    case STORE_WINDOWS:
        windows_value(l, leaf, v);
        break;
    case STORE_COUNT:
        break;
    }
}

struct span value_key(uint8_t *key, enum store_id store, uint64_t number)
{
    struct bytes_writer w;
    assert(store < STORE_COUNT);
    bytes_writer_init(&w, key, VALUES_KEY_BYTES);
    bytes_write_u8(&w, (uint8_t)letters[store]);
    bytes_write_big_u64(&w, number);
    assert(!w.full);
    return (struct span){key, VALUES_KEY_BYTES};
}

struct value_bytes value_write(const struct ledger *l, enum store_id store, uint32_t leaf,
                               uint8_t *key, uint8_t *bytes)
{
    struct value v = {.number = 0};
    row_init_write(&v.io, bytes, VALUES_BYTES_MAX);
    describe(l, store, leaf, &v);
    const uint64_t number = v.number > 0 ? v.number : VALUES_FREE | leaf;
    return (struct value_bytes){.number = number,
                                .key = value_key(key, store, number),
                                .value = {bytes, row_end_write(&v.io)}};
}
