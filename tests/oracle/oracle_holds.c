/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle_holds.c - whether a message that protobuf-c has read is what the second
 * statement of the format allows. */
#include "tests/oracle/oracle_plan.h"

#include "peerwatt.pb-c.h"

#include <string.h>

/* The UTF-8 character at @at, which a zero ends, and its length; 0 if it is none. */
static uint32_t character(const uint8_t *at, unsigned *len)
{
    static const uint32_t smallest[] = {0, 0x20, 0xa0, 0x800, 0x10000};
    *len = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (*len > 1 && (at[0] < 0xc0 || at[0] > 0xf7))
        return 0;
    uint32_t code = *len == 1 ? at[0] : at[0] & (0xffU >> (*len + 1));
    for (unsigned i = 1; i < *len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    return code < smallest[*len] ? 0 : code;
}

static bool is_text(const char *text)
{
    unsigned len;
    for (const uint8_t *at = (const uint8_t *)text; *at; at += len) {
        const uint32_t code = character(at, &len);
        if (code == 0 || code == 0x7f || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return false;
    }
    return true;
}

static bool list_holds(const struct plan_field *f, const ProtobufCMessage *message)
{
    const struct plan_field *first, *second;
    if (f->note == PLAN_LOOSE || !plan_ascends(f->inside, &first, &second))
        return true;
    ProtobufCMessage *const *items;
    memcpy(&items, (const uint8_t *)message + f->field->offset, sizeof items);
    for (uint64_t i = 1; i < plan_value(f, message); i++) {
        const uint64_t before = plan_value(first, items[i - 1]), here = plan_value(first, items[i]);
        const bool is_second_after =
            second && plan_value(second, items[i]) > plan_value(second, items[i - 1]);
        if (here < before || (here == before && !is_second_after))
            return false;
    }
    return true;
}

static bool field_holds(const struct plan_field *f, const ProtobufCMessage *message)
{
    if (plan_is_arm(f))
        return true;
    if (plan_is_message(f)) { /* it must be there */
        const void *inside;
        memcpy(&inside, (const uint8_t *)message + f->field->offset, sizeof inside);
        return inside;
    }
    const uint64_t value = plan_value(f, message);
    if ((value < f->min || value > f->max) && !(f->note == PLAN_OPTIONAL && value == 0))
        return false;
    if (f->field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text;
        memcpy(&text, (const uint8_t *)message + f->field->offset, sizeof text);
        return is_text(text);
    }
    return !plan_is_list(f) || list_holds(f, message);
}

static bool ballot_holds(const Peerwatt__Ballot *m)
{
    const bool has_round = m->stage == PEERWATT__STAGE__EXEC || m->stage == PEERWATT__STAGE__FINAL;
    if (has_round != (m->round != 0) || m->voted.len != m->agree.len ||
        m->voted.data[m->voted.len - 1] == 0)
        return false;
    for (size_t i = 0; i < m->voted.len; i++)
        if ((m->voted.data[i] | m->agree.data[i]) != m->voted.data[i])
            return false;
    return true;
}

static bool deposit_holds(const Peerwatt__Deposit *m)
{
    Peerwatt__DepositStatement *statement =
        peerwatt__deposit_statement__unpack(NULL, m->statement.len, m->statement.data);
    if (!statement)
        return false;
    const bool is_signed = statement->sequence > 0;
    peerwatt__deposit_statement__free_unpacked(statement, NULL);
    return is_signed == (m->n_parts > 0);
}

static bool currency_holds(const char *currency)
{
    for (size_t i = 0; i < 3; i++)
        if (currency[i] < 'A' || currency[i] > 'Z')
            return false;
    return true;
}

static bool relations_hold(const struct plan *plan, const void *message)
{
    const Peerwatt__Body *body = message;
    const Peerwatt__IntervalStatement *statement = message;
    const Peerwatt__Authority *authority = message;
    const Peerwatt__Community *community = message;
    const Peerwatt__Op *op = message;
    if (plan->message == &peerwatt__body__descriptor)
        return (body->slot > 0) != (body->key.len > 0);
    if (plan->message == &peerwatt__op__descriptor)
        return op->op_case != PEERWATT__OP__OP__NOT_SET;
    if (plan->message == &peerwatt__interval_statement__descriptor)
        return (statement->seq > 0) == (statement->corrects.len > 0);
    if (plan->message == &peerwatt__ballot__descriptor)
        return ballot_holds(message);
    if (plan->message == &peerwatt__deposit__descriptor)
        return deposit_holds(message);
    if (plan->message == &peerwatt__authority__descriptor)
        return authority->threshold <= authority->n_keys;
    if (plan->message == &peerwatt__community__descriptor)
        return currency_holds(community->currency);
    return true;
}

bool oracle_holds(const struct plan *plan, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < plan->message->n_fields; i++)
        if (!field_holds(&plan->fields[i], message))
            return false;
    return relations_hold(plan, message);
}
