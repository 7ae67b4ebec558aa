/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/envelope.h"

#include <string.h>

static void op_list_fields(struct codec *c, struct envelope *e)
{
    e->ops = codec_items(c, 5, "ops", e->ops, &e->op_count, sizeof *e->ops, 1, WIRE_OPS_MAX);
    for (uint32_t i = 0; i < e->op_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, 5, "Op", &frame);
        op_fields(c, &e->ops[i]);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
}

static void body_fields(struct codec *c, struct envelope *e)
{
    bool by_key = e->slot == 0;
    codec_u32(c, 1, "slot", &e->slot, 0, WIRE_SLOTS_MAX);
    codec_fixed_or_none(c, 2, "key", e->key.bytes, PUBKEY_BYTES, &by_key);
    if (by_key != (e->slot == 0)) /* one signer, never two, never none */
        codec_refuse(c, WIRE_RELATION, "key");
    codec_u64(c, 3, "nonce", &e->nonce, 0, WIRE_NUMBER_MAX);
    codec_u64(c, 4, "expires_height", &e->expires_height, 1, WIRE_NUMBER_MAX);
    op_list_fields(c, e);
}

/* Evidence carries two whole envelopes, so it alone may be longer than one (RULE evid.1). */
static void refuse_long(struct codec *c, const struct envelope *e, size_t len)
{
    const bool is_evidence = e->op_count == 1 && e->ops[0].kind == OP_MEMBER_EVIDENCE;
    if (len > WIRE_ENVELOPE_BYTES_MAX && !is_evidence)
        codec_refuse(c, WIRE_LENGTH, "");
}

struct wire_fault envelope_decode(struct envelope *out, struct span input, struct arena *arena)
{
    struct codec c;
    struct codec_frame frame;
    memset(out, 0, sizeof *out);
    codec_init_read(&c, "Envelope", input, arena);
    if (input.len > WIRE_EVIDENCE_BYTES_MAX)
        codec_refuse(&c, WIRE_LENGTH, "");
    codec_open(&c, 1, "body", "Body", &frame);
    body_fields(&c, out);
    codec_close(&c, &frame, &out->body);
    codec_fixed(&c, 2, "signature", out->signature.bytes, SIGNATURE_BYTES);
    if (c.fault.verdict == WIRE_OK)
        refuse_long(&c, out, input.len);
    return codec_end_read(&c);
}

size_t envelope_encode_body(uint8_t *out, const struct envelope *envelope)
{
    struct codec c;
    struct envelope copy = *envelope; /* describing a message never changes it when writing */
    codec_init_write(&c, "Body", out, WIRE_EVIDENCE_BYTES_MAX);
    body_fields(&c, &copy);
    return (size_t)(c.out - out);
}

size_t envelope_encode(uint8_t *out, size_t size, struct span body,
                       const struct signature *signature)
{
    struct codec c;
    struct signature copy = *signature;
    codec_init_write(&c, "Envelope", out, size);
    codec_bytes(&c, 1, "body", &body, 1, WIRE_EVIDENCE_BYTES_MAX);
    codec_fixed(&c, 2, "signature", copy.bytes, SIGNATURE_BYTES);
    return (size_t)(c.out - out);
}

void envelope_show(const struct envelope *envelope, struct codec_visitor *visitor)
{
    struct codec c;
    struct envelope copy = *envelope;
    codec_init_show(&c, "Body", visitor);
    body_fields(&c, &copy);
}

static void bundle_fields(struct codec *c, struct bundle *b)
{
    b->envelopes = codec_items(c, 1, "envelopes", b->envelopes, &b->envelope_count,
                               sizeof *b->envelopes, 1, WIRE_BUNDLE_ENVELOPES_MAX);
    for (uint32_t i = 0; i < b->envelope_count; i++)
        codec_bytes(c, 1, "envelopes", &b->envelopes[i], 1, WIRE_EVIDENCE_BYTES_MAX);
    codec_end_items(c);
}

struct wire_fault bundle_decode(struct bundle *out, struct span input, struct arena *arena)
{
    struct codec c;
    memset(out, 0, sizeof *out);
    codec_init_read(&c, "Bundle", input, arena);
    if (input.len > WIRE_BUNDLE_BYTES_MAX)
        codec_refuse(&c, WIRE_LENGTH, "");
    bundle_fields(&c, out);
    return codec_end_read(&c);
}

size_t bundle_encode(uint8_t *out, const struct bundle *bundle)
{
    struct codec c;
    struct bundle copy = *bundle;
    codec_init_write(&c, "Bundle", out, WIRE_BUNDLE_BYTES_MAX);
    bundle_fields(&c, &copy);
    return (size_t)(c.out - out);
}
