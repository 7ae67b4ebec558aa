/* SPDX-License-Identifier: Apache-2.0 */
/* Measures what bytes cost at the door: envelopes of 1, 8 and 64 ops, read into structs and
 * written from them. One signature covers the envelope, so this is what comes on top of it. */
#include "app/bench.h"
#include "app/verb_rows.h"
#include "wire/envelope.h"

#include <assert.h>
#include <string.h>

enum { REPEATS = 20000, STATEMENT_LINES = 8 };

struct sample { /* one envelope, as structs and as bytes */
    struct op ops[WIRE_OPS_MAX];
    struct contract_ref refused[STATEMENT_LINES];
    struct envelope envelope;
    uint8_t body[WIRE_EVIDENCE_BYTES_MAX], bytes[WIRE_EVIDENCE_BYTES_MAX + SIGNATURE_BYTES];
    size_t len;
    uint8_t arena[ENVELOPE_ARENA_BYTES];
};

static void order_make(struct op *op, uint32_t i)
{
    *op = (struct op){.kind = OP_ORDER,
                      .order = {.side = i % 2 ? ORDER_BID : ORDER_OFFER,
                                .round = ROUND_MEASURED,
                                .interval = 1962000 + i,
                                .energy_wh = 250 + i,
                                .price_micro_per_kwh = 190000}};
}

static void statement_make(struct op *op, struct sample *s, uint32_t i)
{
    *op = (struct op){.kind = OP_INTERVAL_STATEMENT,
                      .interval_statement = {.interval = 1962000 + i,
                                             .delivered_wh = 700,
                                             .taken_wh = 20,
                                             .refused = s->refused,
                                             .refused_count = STATEMENT_LINES}};
}

static size_t encode(struct sample *s)
{
    static const struct signature signature = {{7}};
    const size_t body_len = envelope_encode_body(s->body, &s->envelope);
    return envelope_encode(s->bytes, sizeof s->bytes, (struct span){s->body, body_len}, &signature);
}

static void sample_make(struct sample *s, enum op_kind kind, uint32_t count)
{
    memset(s, 0, sizeof *s);
    for (uint32_t i = 0; i < STATEMENT_LINES; i++)
        s->refused[i].contract = 100000 + i;
    for (uint32_t i = 0; i < count; i++) {
        if (kind == OP_ORDER)
            order_make(&s->ops[i], i);
        else
            statement_make(&s->ops[i], s, i);
    }
    s->envelope = (struct envelope){.slot = 70000,
                                    .nonce = 123456,
                                    .expires_height = 1000600,
                                    .ops = s->ops,
                                    .op_count = count};
    s->len = encode(s);
}

static void decode(struct sample *s)
{
    struct arena arena;
    struct envelope out;
    arena_init(&arena, s->arena, sizeof s->arena);
    const struct wire_fault fault = envelope_decode(&out, (struct span){s->bytes, s->len}, &arena);
    assert(fault.verdict == WIRE_OK && out.op_count == s->envelope.op_count);
}

static void add_rows(struct bench_table *t, struct sample *s, const char *read, const char *write)
{
    const uint32_t repeats = REPEATS / s->envelope.op_count;
    struct bench_rounds r = {0};
    while (bench_round(&r))
        for (uint32_t i = 0; i < repeats; i++)
            decode(s);
    bench_add(t, read, s->envelope.op_count, bench_ps(&r, repeats));
    r = (struct bench_rounds){0};
    while (bench_round(&r))
        for (uint32_t i = 0; i < repeats; i++)
            s->envelope.nonce ^= encode(s) & 1; /* the result is used, so it must be made */
    bench_add(t, write, s->envelope.op_count, bench_ps(&r, repeats));
}

enum exit_code verb_bench_wire(const struct call *call)
{
    static const uint32_t counts[] = {1, 8, 64};
    static struct sample sample;
    struct bench_table t;
    bench_open(&t, "ops");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        sample_make(&sample, OP_ORDER, counts[i]);
        add_rows(&t, &sample, "envelope of orders, read", "envelope of orders, written");
    }
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        sample_make(&sample, OP_INTERVAL_STATEMENT, counts[i]);
        add_rows(&t, &sample, "envelope of statements, read", "envelope of statements, written");
    }
    return bench_give(call, &t);
}
