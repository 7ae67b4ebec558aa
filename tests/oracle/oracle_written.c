/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle_written.c - counts which classes of values random messages have had. */
#include "tests/oracle/oracle.h"

#include "tests/oracle/oracle_plan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { CHOICES_MAX = 8, CLASS_MIN = 0, CLASS_BETWEEN = 1, CLASS_MAX = 2 };

static bool is_choice(const struct plan_field *f)
{
    return f->max - f->min < CHOICES_MAX;
}

static unsigned class_of(const struct plan_field *f, uint64_t value)
{
    if (f->note == PLAN_OPTIONAL && value == 0)
        return PLAN_CLASS_ABSENT;
    assert(value >= f->min && value <= f->max);
    if (is_choice(f))
        return (unsigned)(value - f->min);
    return value == f->min ? CLASS_MIN : value == f->max ? CLASS_MAX : CLASS_BETWEEN;
}

static void count_items(const struct plan_field *f, const ProtobufCMessage *message)
{
    ProtobufCMessage *const *items;
    memcpy(&items, (const uint8_t *)message + f->field->offset, sizeof items);
    for (uint64_t i = 0; i < plan_value(f, message); i++)
        oracle_count_written(f->inside, items[i]);
}

static void count_inside(struct plan_field *f, const ProtobufCMessage *message)
{
    const ProtobufCMessage *inside;
    memcpy(&inside, (const uint8_t *)message + f->field->offset, sizeof inside);
    f->written[CLASS_MIN]++;
    oracle_count_written(f->inside, inside);
}

void oracle_count_written(struct plan *plan, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < plan->message->n_fields; i++) {
        struct plan_field *f = &plan->fields[i];
        uint32_t arm = f->field->id;
        if (plan_is_arm(f))
            memcpy(&arm, (const uint8_t *)message + f->field->quantifier_offset, sizeof arm);
        if (arm != f->field->id)
            continue;
        if (plan_is_message(f)) {
            count_inside(f, message);
            continue;
        }
        f->written[class_of(f, plan_value(f, message))]++;
        if (plan_is_list(f) && f->field->type == PROTOBUF_C_TYPE_MESSAGE)
            count_items(f, message);
    }
}

static bool must_occur(const struct plan_field *f, unsigned class)
{
    if (plan_is_message(f))
        return class == CLASS_MIN;
    if (class == PLAN_CLASS_ABSENT)
        return f->note == PLAN_OPTIONAL;
    if (is_choice(f))
        return class <= f->max - f->min;
    if (f->inside && !plan_is_list(f)) /* the length of an encoded message is any */
        return class == CLASS_BETWEEN;
    if (class == CLASS_MAX && plan_is_list(f))
        return f->usual == f->max;
    return class <= CLASS_MAX;
}

static const char *missing_in(struct plan *plan)
{
    static char text[128];
    const char *missing = NULL;
    if (plan->is_visited)
        return NULL;
    plan->is_visited = true;
    for (unsigned i = 0; i < plan->message->n_fields && !missing; i++) {
        const struct plan_field *f = &plan->fields[i];
        for (unsigned class = 0; class < PLAN_CLASSES && !missing; class ++)
            if (must_occur(f, class) && f->written[class] == 0) {
                snprintf(text, sizeof text, "%s.%s class %u", plan->message->short_name,
                         f->field->name, class);
                missing = text;
            }
        if (!missing && f->inside && f->note != PLAN_LOOSE)
            missing = missing_in(f->inside);
    }
    plan->is_visited = false;
    return missing;
}

const char *oracle_never_written(const char *message)
{
    return missing_in(plan_get(message));
}
