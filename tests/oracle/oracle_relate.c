/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle_relate.c - what no single field can state: ascending lists, one signer,
 * votes and agreement, parts where there is something to sign. */
#include "tests/oracle/oracle_plan.h"

#include "peerwatt.pb-c.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    uint64_t left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return left < right ? -1 : left > right;
}

/* Make @keys strictly ascending within @max; there are at most @max + 1 of them. */
static void ascend(uint64_t *keys, size_t count, uint64_t max)
{
    qsort(keys, count, sizeof *keys, compare);
    for (size_t i = 1; i < count; i++)
        if (keys[i] <= keys[i - 1])
            keys[i] = keys[i - 1] < max ? keys[i - 1] + 1 : max;
    for (size_t i = count; i > 0; i--) {
        if (keys[i - 1] > max)
            keys[i - 1] = max;
        max = keys[i - 1] - 1;
    }
}

static uint64_t read_above_min(const struct plan_field *f, const ProtobufCMessage *message)
{
    const uint8_t *at = (const uint8_t *)message + f->field->offset;
    uint32_t narrow;
    uint64_t wide;
    memcpy(&narrow, at, sizeof narrow);
    if (f->field->type != PROTOBUF_C_TYPE_UINT64)
        return narrow - f->min;
    memcpy(&wide, at, sizeof wide);
    return wide - f->min;
}

static void write_above_min(const struct plan_field *f, ProtobufCMessage *message, uint64_t value)
{
    const uint64_t wide = f->min + value;
    const uint32_t narrow = (uint32_t)wide;
    uint8_t *at = (uint8_t *)message + f->field->offset;
    if (f->field->type == PROTOBUF_C_TYPE_UINT64)
        memcpy(at, &wide, sizeof wide);
    else
        memcpy(at, &narrow, sizeof narrow);
}

static void ascend_by(const struct plan_field *first, const struct plan_field *second,
                      ProtobufCMessage **items, size_t count, struct pool *pool)
{
    const uint64_t radix = second ? second->max - second->min + 1 : 1;
    uint64_t *keys = pool_take(pool, count * sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = read_above_min(first, items[i]) * radix +
                  (second ? read_above_min(second, items[i]) : 0);
    ascend(keys, count, (first->max - first->min) * radix + (radix - 1));
    for (size_t i = 0; i < count; i++) {
        write_above_min(first, items[i], keys[i] / radix);
        if (second)
            write_above_min(second, items[i], keys[i] % radix);
    }
}

static void relate_list(const struct plan_field *f, ProtobufCMessage *message, struct pool *pool)
{
    size_t count;
    ProtobufCMessage **items;
    memcpy(&count, (uint8_t *)message + f->field->quantifier_offset, sizeof count);
    memcpy(&items, (uint8_t *)message + f->field->offset, sizeof items);
    const struct plan_field *first, *second;
    if (plan_ascends(f->inside, &first, &second))
        ascend_by(first, second, items, count, pool);
}

static void relate_body(Peerwatt__Body *m)
{
    if (m->nonce & 1)
        m->slot = 0;
    else
        m->key.len = 0;
}

static void relate_statement(Peerwatt__IntervalStatement *m)
{
    if (m->seq == 0)
        m->corrects.len = 0;
}

static void relate_ballot(Peerwatt__Ballot *m, struct pool *pool)
{
    if (m->stage != PEERWATT__STAGE__EXEC && m->stage != PEERWATT__STAGE__FINAL)
        m->round = PEERWATT__ROUND__ROUND_NONE;
    const size_t len = m->voted.len;
    if (m->voted.data[len - 1] == 0)
        m->voted.data[len - 1] = 0x80;
    uint8_t *agree = pool_take(pool, len);
    for (size_t i = 0; i < len; i++)
        agree[i] = m->voted.data[i] & m->agree.data[i % m->agree.len];
    m->agree = (ProtobufCBinaryData){len, agree};
}

static void relate_deposit(Peerwatt__Deposit *m)
{
    Peerwatt__DepositStatement *statement =
        peerwatt__deposit_statement__unpack(NULL, m->statement.len, m->statement.data);
    assert(statement);
    if (statement->sequence == 0)
        m->n_parts = 0;
    peerwatt__deposit_statement__free_unpacked(statement, NULL);
}

static void relate_authority(Peerwatt__Authority *m)
{
    if (m->threshold > m->n_keys)
        m->threshold = (uint32_t)m->n_keys;
}

static void relate_community(Peerwatt__Community *m)
{
    for (size_t i = 0; i < 3; i++)
        m->currency[i] = (char)('A' + (unsigned char)m->currency[i] % 26);
}

void oracle_relate(const struct plan *plan, ProtobufCMessage *message, struct pool *pool)
{
    /* The casts are those of protobuf-c: the base is the first member of each message. */
    void *m = message;
    if (plan->message == &peerwatt__body__descriptor)
        relate_body(m);
    else if (plan->message == &peerwatt__interval_statement__descriptor)
        relate_statement(m);
    else if (plan->message == &peerwatt__ballot__descriptor)
        relate_ballot(m, pool);
    else if (plan->message == &peerwatt__deposit__descriptor)
        relate_deposit(m);
    else if (plan->message == &peerwatt__authority__descriptor)
        relate_authority(m);
    else if (plan->message == &peerwatt__community__descriptor)
        relate_community(m);
    for (unsigned i = 0; i < plan->message->n_fields; i++)
        if (plan_is_list(&plan->fields[i]) && plan->fields[i].inside &&
            plan->fields[i].note != PLAN_LOOSE)
            relate_list(&plan->fields[i], message, pool);
}
