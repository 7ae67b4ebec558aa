/* SPDX-License-Identifier: Apache-2.0 */
/* wire/codec.h - one description of each message, by which it is read, written and shown.
 *
 * A message is described by one function that names its fields in ascending number:
 *
 *     void order_fields(struct codec *c, struct order *o)
 *     {
 *         o->side = codec_choice(c, 1, "side", o->side, side_names);
 *         codec_u64(c, 2, "interval", &o->interval, 0, WIRE_NUMBER_MAX);
 *     }
 *
 * Reading is strict because it expects each field where it must stand: what is not the canonical
 * proto3 encoding of its own meaning is refused (RULE num.3): zero, false and empty are never
 * written, varints are shortest, nothing comes twice, nothing is left over. Writing makes that
 * form. Showing hands each field to a visitor.
 *
 * Pure: bytes that are read are borrowed, lists go to the caller's arena, what is written goes to
 * the caller's buffer. The first fault sticks: later reads give zeros and lists are empty. */
#ifndef PEERWATT_WIRE_CODEC_H
#define PEERWATT_WIRE_CODEC_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_verdict { /* why bytes are refused; append, never renumber */
                    WIRE_OK = 0,
                    WIRE_CUT = 1,     /* the input ends inside a field */
                    WIRE_VARINT = 2,  /* a number is not in its shortest form, or beyond 64 bits */
                    WIRE_DEFAULT = 3, /* a zero, false or empty value is written out */
                    WIRE_RANGE = 4,   /* a number, or a choice, is outside its range */
                    WIRE_LENGTH = 5,  /* bytes or a text are too short, too long, or missing */
                    WIRE_COUNT = 6,   /* a list is too long or too short */
                    WIRE_FIELD =
                        7, /* a field that may not stand here: unknown, twice, out of order */
                    WIRE_ARM = 8,      /* not exactly one known operation */
                    WIRE_TEXT = 9,     /* a text is not UTF-8, or has control characters */
                    WIRE_RELATION = 10 /* two fields contradict one another */
};

struct wire_fault {
    enum wire_verdict verdict;
    const char *message; /* for example "Order"; constant text */
    const char *field;   /* for example "energy_wh"; "" where no known field is concerned */
};

enum codec_mode { CODEC_READ, CODEC_WRITE, CODEC_SHOW };

/* What a shown message is handed to, field by field; empty fields too. */
struct codec_visitor {
    void (*number)(struct codec_visitor *v, const char *name, uint64_t value);
    void (*flag)(struct codec_visitor *v, const char *name, bool value);
    void (*choice)(struct codec_visitor *v, const char *name, const char *value);
    void (*bytes)(struct codec_visitor *v, const char *name, struct span value);
    void (*text)(struct codec_visitor *v, const char *name, struct span value);
    void (*open)(struct codec_visitor *v, const char *name);      /* a message in a message */
    void (*open_list)(struct codec_visitor *v, const char *name); /* its items are opened as "" */
    void (*close)(struct codec_visitor *v);
};

struct codec {
    enum codec_mode mode;
    const uint8_t *at, *end; /* read: what is left of the message at hand */
    struct arena *arena;     /* read: where lists go */
    uint8_t *out, *out_end;  /* write: the free rest of the buffer */
    struct codec_visitor *visitor;
    const char *message; /* the one at hand */
    struct wire_fault fault;
};

struct codec_frame { /* the outer message, while an inner one is at hand */
    const uint8_t *end;
    const char *message;
    uint8_t *begin; /* write: the inner message's first byte; read: likewise, never written */
    const uint8_t *inner;
};

void codec_init_read(struct codec *c, const char *message, struct span input, struct arena *arena);
void codec_init_write(struct codec *c, const char *message, uint8_t *out, size_t size);
void codec_init_show(struct codec *c, const char *message, struct codec_visitor *visitor);

/* Ends reading: what is left over is refused. */
MUST_USE struct wire_fault codec_end_read(struct codec *c);

/* Refuse the message at hand, for a rule that no single field can state. Reading only. */
void codec_refuse(struct codec *c, enum wire_verdict verdict, const char *field);

/* A number from @min to @max; 0 stands for a missing field. Writing another one is a bug. */
void codec_u64(struct codec *c, uint8_t number, const char *name, uint64_t *value, uint64_t min,
               uint64_t max);
void codec_s64(struct codec *c, uint8_t number, const char *name, int64_t *value, int64_t min,
               int64_t max); /* never below 0: for amounts, which are signed in arithmetic */
void codec_u32(struct codec *c, uint8_t number, const char *name, uint32_t *value, uint32_t min,
               uint32_t max);
void codec_flag(struct codec *c, uint8_t number, const char *name, bool *value);

/* One of @names, an array ended by NULL; number 0 is no choice, its name is "". */
MUST_USE uint32_t codec_choice(struct codec *c, uint8_t number, const char *name, uint32_t value,
                               const char *const *names);

/* Exactly @len bytes. */
void codec_fixed(struct codec *c, uint8_t number, const char *name, uint8_t *bytes, size_t len);
/* The same, or missing; *@is_there says which. */
void codec_fixed_or_none(struct codec *c, uint8_t number, const char *name, uint8_t *bytes,
                         size_t len, bool *is_there);
/* @min to @max bytes, borrowed. */
void codec_bytes(struct codec *c, uint8_t number, const char *name, struct span *value, size_t min,
                 size_t max);
/* The same as UTF-8 without control characters. */
void codec_text(struct codec *c, uint8_t number, const char *name, struct span *value, size_t min,
                size_t max);

/* UTF-8 (RFC 3629) without control characters. */
MUST_USE bool codec_is_text(struct span value);

/* A message inside: open, its fields, close. It must be there. *@bytes, if not NULL, gets its
 * encoding as read, borrowed: what a signature inside an op covers. */
void codec_open(struct codec *c, uint8_t number, const char *name, const char *message,
                struct codec_frame *frame);
void codec_close(struct codec *c, const struct codec_frame *frame, struct span *bytes);

/* A list of @min to @max messages. Returns its items: new ones from the arena when reading (NULL
 * when there are none), @items otherwise. Then for each: codec_open_item, its fields, codec_close;
 * at the end codec_end_items. */
MUST_USE void *codec_items(struct codec *c, uint8_t number, const char *name, void *items,
                           uint32_t *count, size_t item_size, uint32_t min, uint32_t max);
void codec_open_item(struct codec *c, uint8_t number, const char *message,
                     struct codec_frame *frame);
void codec_end_items(struct codec *c);

/* Reading: the number of the next field, 0 at the end or after a fault. For messages with arms. */
MUST_USE uint64_t codec_next_number(struct codec *c);

#endif
