/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/oracle/oracle.h"

#include "tests/oracle/oracle_plan.h"

#include <string.h>

static struct pool pool;

static void *allocate(void *closure, size_t len)
{
    (void)closure;
    return pool_take(&pool, len);
}

static void give_back(void *closure, void *piece)
{
    (void)closure;
    (void)piece; /* all at once, by pool_reset */
}

static ProtobufCAllocator allocator = {allocate, give_back, NULL};

static bool agrees(const struct plan *plan, struct span bytes);
static bool agrees_inside(const struct plan *plan, const ProtobufCMessage *message);

static const void *member(const ProtobufCMessage *message, unsigned offset)
{
    return (const uint8_t *)message + offset;
}

static bool agrees_in_list(const struct plan_field *f, const ProtobufCMessage *message)
{
    size_t count;
    ProtobufCMessage *const *items;
    if (f->field->type != PROTOBUF_C_TYPE_MESSAGE)
        return true;
    memcpy(&count, member(message, f->field->quantifier_offset), sizeof count);
    memcpy(&items, member(message, f->field->offset), sizeof items);
    for (size_t i = 0; i < count; i++)
        if (!agrees_inside(f->inside, items[i]))
            return false;
    return true;
}

static bool agrees_in_field(const struct plan_field *f, const ProtobufCMessage *message)
{
    if (plan_is_list(f))
        return agrees_in_list(f, message);
    if (plan_is_arm(f)) {
        uint32_t arm;
        memcpy(&arm, member(message, f->field->quantifier_offset), sizeof arm);
        if (arm != f->field->id)
            return true;
    }
    if (plan_is_message(f)) {
        const ProtobufCMessage *inside;
        memcpy(&inside, member(message, f->field->offset), sizeof inside);
        return !inside || agrees_inside(f->inside, inside);
    }
    ProtobufCBinaryData encoded;
    memcpy(&encoded, member(message, f->field->offset), sizeof encoded);
    return agrees(f->inside, (struct span){encoded.data, encoded.len});
}

/* What packing the message as a whole does not show: encoded messages, ranges, and fields that
 * protobuf-c does not know, which it writes again as they were. */
static bool agrees_inside(const struct plan *plan, const ProtobufCMessage *message)
{
    if (message->n_unknown_fields > 0 || !oracle_holds(plan, message))
        return false;
    for (unsigned i = 0; i < plan->message->n_fields; i++) {
        const struct plan_field *f = &plan->fields[i];
        if (f->inside && f->note != PLAN_LOOSE && !agrees_in_field(f, message))
            return false;
    }
    return true;
}

static bool agrees(const struct plan *plan, struct span bytes)
{
    ProtobufCMessage *message =
        protobuf_c_message_unpack(plan->message, &allocator, bytes.len, bytes.at);
    if (!message || protobuf_c_message_get_packed_size(message) != bytes.len)
        return false;
    uint8_t *again = pool_take(&pool, bytes.len + 1);
    if (protobuf_c_message_pack(message, again) != bytes.len ||
        memcmp(again, bytes.at, bytes.len) != 0)
        return false;
    return agrees_inside(plan, message);
}

bool oracle_agrees(const char *message, struct span bytes)
{
    static const uint8_t nothing[1];
    if (bytes.len == 0)
        bytes.at = nothing; /* the same for memcmp */
    pool_reset(&pool);
    return agrees(plan_get(message), bytes);
}
