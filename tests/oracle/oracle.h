/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle.h - a second opinion about bytes: protobuf-c, generated from
 * schema/peerwatt.proto while building, and a second statement of the format.
 *
 * For tests and fuzz targets only. Nothing here looks at src/wire: what a field may hold is
 * written down once more in oracle_plan.c, from the schema and the documents, so that a slip in
 * the one is not repeated in the other. Messages are named as in the schema ("Envelope").
 * One thread. Memory is the oracle's own. */
#ifndef PEERWATT_TESTS_ORACLE_ORACLE_H
#define PEERWATT_TESTS_ORACLE_ORACLE_H

#include "base/bytes.h"
#include "base/must_use.h"
#include "base/test_random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if protobuf-c reads @bytes as a @message, knows every field of it, and writes exactly
 * @bytes again; likewise every message inside, also those that the schema calls "an encoded X"
 * and that are judged together with their frame (a body, a voucher, a signed statement); and if
 * all values are within what the second statement allows. */
MUST_USE bool oracle_agrees(const char *message, struct span bytes);

enum oracle_size {
    ORACLE_SMALL,  /* lists of at most three items */
    ORACLE_USUAL,  /* lists of any length, but few items where thousands are allowed */
    ORACLE_LARGEST /* lists as long as they may be, of small items */
};

/* A valid message, written by protobuf-c: every number, length and choice its field may have,
 * those at the ends of a range often. The bytes live until the next oracle_random*. */
MUST_USE struct span oracle_random(const char *message, struct test_random *r,
                                   enum oracle_size size);

/* An envelope of exactly @count ops, 1 to 64. All are arm @arm of Op, or any if it is 0. Where they
 * are too large for an envelope, some are replaced by small ones if @arm is 0, left out if not. */
MUST_USE struct span oracle_random_envelope(struct test_random *r, uint32_t arm, uint32_t count,
                                            enum oracle_size size);

/* What oracle_random* have not yet written in any @message or the messages inside: an arm, a
 * choice, the smallest or largest value of a field, one between. NULL if nothing is missing. The
 * text lives until the next call. */
MUST_USE const char *oracle_never_written(const char *message);

enum mutation { /* of valid bytes; mostly the lengths around the place are mended */
                MUTATION_BIT,
                MUTATION_INSERT,
                MUTATION_REMOVE,
                MUTATION_DOUBLE,
                MUTATION_CUT,
                MUTATION_SWAP_FIELDS,
                MUTATION_LONG_VARINT, /* 05 becomes 85 00 */
                MUTATION_ZERO_WRITTEN,
                MUTATION_SECOND_ARM,
                MUTATION_REPEAT_FIELD,
                MUTATION_UNKNOWN_FIELD,
                MUTATION_OTHER_NUMBER,
                MUTATION_DROP_FIELD,
                MUTATION_KIND_COUNT
};

struct mutate_field {                          /* one field of valid bytes */
    uint32_t key_at, length_at, value_at, end; /* offsets; length_at = value_at if it has none */
    int32_t parent;                            /* the field around it, -1: none */
    bool has_fields;                           /* its value is a message */
    bool is_arm;                               /* of an Op */
};

enum { MUTATE_FIELDS_MAX = 4096, MUTATE_BYTES_MAX = 1 << 17 };

struct mutate { /* valid bytes, taken apart once, changed many times */
    struct span bytes;
    struct mutate_field fields[MUTATE_FIELDS_MAX];
    uint32_t count;
    size_t len; /* of out */
    uint8_t out[2 * MUTATE_BYTES_MAX];
};

/* @bytes is a valid @message of at most MUTATE_BYTES_MAX bytes and MUTATE_FIELDS_MAX fields, and
 * must live on. False if it is larger. */
MUST_USE bool mutate_open(struct mutate *m, const char *message, struct span bytes);

/* Change the bytes in one place. The result lives until the next change. */
MUST_USE struct span mutate_change(struct mutate *m, struct test_random *r, enum mutation kind);

MUST_USE const char *mutation_name(enum mutation kind);

#endif
