/* SPDX-License-Identifier: Apache-2.0 */
#include "text/message_json.h"

#include "text/bytes_json.h"

#include <assert.h>

enum { DEPTH_MAX = 8 };

struct builder { /* the visitor, and what is open: open[depth - 1] takes the next value */
    struct codec_visitor visitor;
    json_t *open[DEPTH_MAX];
    uint32_t depth;
};

static struct builder *builder_of(struct codec_visitor *v)
{
    return (struct builder *)(void *)v; /* the visitor is its first member */
}

/* Hand @value, a new reference, to whatever is open. */
static void put(struct codec_visitor *v, const char *name, json_t *value)
{
    struct builder *b = builder_of(v);
    json_t *into = b->open[b->depth - 1];
    const int failed = json_is_array(into) ? json_array_append_new(into, value)
                                           : json_object_set_new(into, name, value);
    assert(!failed);
}

static void enter(struct codec_visitor *v, const char *name, json_t *value)
{
    struct builder *b = builder_of(v);
    assert(b->depth < DEPTH_MAX);
    put(v, name, value);
    b->open[b->depth++] = value;
}

static void on_number(struct codec_visitor *v, const char *name, uint64_t value)
{
    put(v, name, json_integer((json_int_t)value));
}

static void on_flag(struct codec_visitor *v, const char *name, bool value)
{
    put(v, name, json_boolean(value));
}

static void on_choice(struct codec_visitor *v, const char *name, const char *value)
{
    put(v, name, json_string(value));
}

static void on_bytes(struct codec_visitor *v, const char *name, struct span value)
{
    put(v, name, bytes_to_json(value));
}

static void on_text(struct codec_visitor *v, const char *name, struct span value)
{
    put(v, name, json_stringn((const char *)value.at, value.len));
}

static void on_open(struct codec_visitor *v, const char *name)
{
    enter(v, name, json_object());
}

static void on_open_list(struct codec_visitor *v, const char *name)
{
    enter(v, name, json_array());
}

static void on_close(struct codec_visitor *v)
{
    builder_of(v)->depth--;
}

static void builder_init(struct builder *b)
{
    *b = (struct builder){.visitor = {.number = on_number,
                                      .flag = on_flag,
                                      .choice = on_choice,
                                      .bytes = on_bytes,
                                      .text = on_text,
                                      .open = on_open,
                                      .open_list = on_open_list,
                                      .close = on_close},
                          .open = {json_object()},
                          .depth = 1};
    assert(b->open[0]);
}

json_t *envelope_to_json(const struct envelope *envelope)
{
    struct builder b;
    builder_init(&b);
    envelope_show(envelope, &b.visitor);
    on_bytes(&b.visitor, "signature", (struct span){envelope->signature.bytes, SIGNATURE_BYTES});
    assert(b.depth == 1);
    return b.open[0];
}

json_t *genesis_to_json(const struct genesis *genesis)
{
    struct builder b;
    builder_init(&b);
    genesis_show(genesis, &b.visitor);
    assert(b.depth == 1);
    return b.open[0];
}

const char *wire_verdict_name(enum wire_verdict verdict)
{
    /* clang-format off */
    switch (verdict) {
    case WIRE_OK: return "OK";
    case WIRE_CUT: return "CUT";
    case WIRE_VARINT: return "VARINT";
    case WIRE_DEFAULT: return "DEFAULT";
    case WIRE_RANGE: return "RANGE";
    case WIRE_LENGTH: return "LENGTH";
    case WIRE_COUNT: return "COUNT";
    case WIRE_FIELD: return "FIELD";
    case WIRE_ARM: return "ARM";
    case WIRE_TEXT: return "TEXT";
    case WIRE_RELATION: return "RELATION";
    }
    /* clang-format on */
    assert(false); /* every verdict has a name */
    return "";
}

json_t *wire_fault_to_json(const struct wire_fault *fault)
{
    return json_pack("{s:s, s:s, s:s}", "verdict", wire_verdict_name(fault->verdict), "message",
                     fault->message ? fault->message : "", "field",
                     fault->field ? fault->field : "");
}
