/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle_plan.h - what each field of each message may hold, beside protobuf-c's
 * description of it. For the oracle's own files. */
#ifndef PEERWATT_TESTS_ORACLE_ORACLE_PLAN_H
#define PEERWATT_TESTS_ORACLE_ORACLE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

enum plan_note {
    PLAN_PLAIN,
    PLAN_OPTIONAL, /* may be missing, which another field decides (oracle_relate.c) */
    PLAN_JUDGED,   /* bytes that are an encoded message, read together with their frame */
    PLAN_LOOSE     /* bytes that should be an encoded message, but may be anything */
};

enum { PLAN_CLASSES = 9, PLAN_CLASS_ABSENT = 8, PLAN_FIELDS_MAX = 26 };

struct plan_field {
    const ProtobufCFieldDescriptor *field;
    uint64_t min, max; /* of a number; of the length of bytes or text; of the items of a list */
    uint64_t usual;    /* items of a list that oracle_random makes; else max */
    enum plan_note note;
    struct plan *inside; /* the message in it, NULL if it is none */
    uint64_t written[PLAN_CLASSES];
};

struct plan {
    const ProtobufCMessageDescriptor *message;
    struct plan_field fields[PLAN_FIELDS_MAX]; /* in the order of the descriptor */
    bool is_visited;                           /* by a walk that is going on */
};

/* The plan of a message, by its name in the schema. */
struct plan *plan_get(const char *message);

/* True if there is one message, and no list, in the field. */
bool plan_is_message(const struct plan_field *f);
bool plan_is_list(const struct plan_field *f);
bool plan_is_arm(const struct plan_field *f);

/* A number, or the length of bytes or a text, or the count of a list. */
uint64_t plan_value(const struct plan_field *f, const ProtobufCMessage *message);

/* The field of @plan called @name; NULL if @name is. */
const struct plan_field *plan_field_get(const struct plan *plan, const char *name);

/* Lists of some messages ascend strictly by one number, or by two: *@first and *@second, which
 * is NULL if it is one. False if lists of @item need not ascend. */
bool plan_ascends(const struct plan *item, const struct plan_field **first,
                  const struct plan_field **second);

/* Memory for a while: pieces are zeroed, all are given back at once. */
struct pool {
    uint8_t *memory;
    size_t used;
};

void *pool_take(struct pool *p, size_t len);
void pool_reset(struct pool *p);

/* Count what stands in a message that has been written. */
void oracle_count_written(struct plan *plan, const ProtobufCMessage *message);

/* True if the message, without those inside, is in all ranges, and no two of its fields
 * contradict one another. */
bool oracle_holds(const struct plan *plan, const ProtobufCMessage *message);

/* Make @message meet what no single field can state. Bytes come from @pool. */
void oracle_relate(const struct plan *plan, ProtobufCMessage *message, struct pool *pool);

#endif
