/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/op_identity.h"

#include "wire/limits.h"

static void keys_fields(struct codec *c, uint8_t number, struct pubkey *sign_key,
                        struct pubkey *vrf_key, struct pubkey *seal_key)
{
    codec_fixed(c, number, "sign_key", sign_key->bytes, PUBKEY_BYTES);
    codec_fixed(c, (uint8_t)(number + 1), "vrf_key", vrf_key->bytes, PUBKEY_BYTES);
    codec_fixed(c, (uint8_t)(number + 2), "seal_key", seal_key->bytes, PUBKEY_BYTES);
}

void voucher_fields(struct codec *c, struct voucher *v)
{
    keys_fields(c, 1, &v->sign_key, &v->vrf_key, &v->seal_key);
    codec_u32(c, 4, "feeder", &v->feeder, 1, WIRE_FEEDERS_MAX);
    codec_fixed(c, 5, "household", v->household.bytes, HASH_BYTES);
    codec_fixed(c, 6, "nullifier", v->nullifier.bytes, HASH_BYTES);
    codec_s64(c, 7, "max_export_wh", &v->max_export_wh, 0, WIRE_ENERGY_WH_MAX);
    codec_s64(c, 8, "max_import_wh", &v->max_import_wh, 0, WIRE_ENERGY_WH_MAX);
    codec_fixed(c, 9, "payout", v->payout.bytes, HASH_BYTES);
    codec_fixed(c, 10, "identity_commitment", v->identity_commitment.bytes, HASH_BYTES);
    codec_u64(c, 11, "expires_ms", &v->expires_ms, 1, WIRE_NUMBER_MAX);
}

void authority_parts(struct codec *c, uint8_t number, struct authority_seal *seal, uint32_t min)
{
    seal->parts = codec_items(c, number, "parts", seal->parts, &seal->part_count,
                              sizeof *seal->parts, min, WIRE_PARTS_MAX);
    for (uint32_t i = 0; i < seal->part_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, number, "SignaturePart", &frame);
        codec_u32(c, 1, "key", &seal->parts[i].key, 0, WIRE_PARTS_MAX - 1);
        codec_fixed(c, 2, "signature", seal->parts[i].signature.bytes, SIGNATURE_BYTES);
        codec_close(c, &frame, NULL);
        if (i > 0 && seal->parts[i].key <= seal->parts[i - 1].key)
            codec_refuse(c, WIRE_RELATION, "parts");
    }
    codec_end_items(c);
}

void join_request_fields(struct codec *c, struct join_request *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "voucher", "Voucher", &frame);
    voucher_fields(c, &o->voucher);
    codec_close(c, &frame, &o->seal.signed_bytes);
    authority_parts(c, 2, &o->seal, 1);
    codec_fixed(c, 3, "csr", o->csr.bytes, HASH_BYTES);
    codec_flag(c, 4, "volunteer", &o->volunteer);
}

void volunteer_fields(struct codec *c, struct volunteer *o)
{
    codec_flag(c, 1, "on", &o->on);
}

void key_rotate_fields(struct codec *c, struct key_rotate *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "keys", "NewKeys", &frame);
    codec_u32(c, 1, "slot", &o->slot, 1, WIRE_SLOTS_MAX);
    keys_fields(c, 2, &o->sign_key, &o->vrf_key, &o->seal_key);
    codec_close(c, &frame, &o->signed_bytes);
    codec_fixed(c, 2, "new_signature", o->new_signature.bytes, SIGNATURE_BYTES);
}

void cert_renew_fields(struct codec *c, struct cert_renew *o)
{
    codec_fixed(c, 1, "certificate", o->certificate.bytes, HASH_BYTES);
    codec_u64(c, 2, "expires_ms", &o->expires_ms, 1, WIRE_NUMBER_MAX);
}

void erase_receipt_fields(struct codec *c, struct erase_receipt *o)
{
    codec_u64(c, 1, "request", &o->request, 1, WIRE_NUMBER_MAX);
}

void cert_issued_fields(struct codec *c, struct cert_issued *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "statement", "CertIssuedStatement", &frame);
    codec_u64(c, 1, "sequence", &o->sequence, 1, WIRE_NUMBER_MAX);
    codec_u64(c, 2, "request", &o->request, 1, WIRE_NUMBER_MAX);
    codec_fixed(c, 3, "certificate", o->certificate.bytes, HASH_BYTES);
    codec_fixed(c, 4, "csr", o->csr.bytes, HASH_BYTES);
    codec_u64(c, 5, "expires_ms", &o->expires_ms, 1, WIRE_NUMBER_MAX);
    codec_close(c, &frame, &o->seal.signed_bytes);
    authority_parts(c, 2, &o->seal, 1);
}

void cert_revoked_fields(struct codec *c, struct cert_revoked *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "statement", "CertRevokedStatement", &frame);
    codec_u64(c, 1, "sequence", &o->sequence, 1, WIRE_NUMBER_MAX);
    codec_u32(c, 2, "member", &o->member, 1, WIRE_SLOTS_MAX);
    codec_flag(c, 3, "key_is_lost", &o->key_is_lost);
    codec_close(c, &frame, &o->seal.signed_bytes);
    authority_parts(c, 2, &o->seal, 1);
}

void authority_admit_fields(struct codec *c, struct authority_admit *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "statement", "AuthorityAdmitStatement", &frame);
    codec_u64(c, 1, "sequence", &o->sequence, 1, WIRE_NUMBER_MAX);
    codec_u64(c, 2, "request", &o->request, 1, WIRE_NUMBER_MAX);
    codec_close(c, &frame, &o->seal.signed_bytes);
    authority_parts(c, 2, &o->seal, 1);
}

void verification_block_fields(struct codec *c, struct verification_block *o)
{
    codec_u64(c, 1, "slot", &o->slot, 0, WIRE_NUMBER_MAX);
    codec_u64(c, 2, "epoch", &o->epoch, 0, WIRE_NUMBER_MAX);
    codec_u64(c, 3, "time_ms", &o->time_ms, 0, WIRE_NUMBER_MAX);
    codec_fixed(c, 4, "previous", o->previous.bytes, HASH_BYTES);
    o->verdicts = codec_items(c, 5, "verdicts", o->verdicts, &o->verdict_count, sizeof *o->verdicts,
                              1, WIRE_LINES_MAX);
    for (uint32_t i = 0; i < o->verdict_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, 5, "RequestVerdict", &frame);
        codec_u64(c, 1, "request", &o->verdicts[i].request, 1, WIRE_NUMBER_MAX);
        codec_flag(c, 2, "accept", &o->verdicts[i].accept);
        codec_close(c, &frame, NULL);
        if (i > 0 && o->verdicts[i].request <= o->verdicts[i - 1].request)
            codec_refuse(c, WIRE_RELATION, "verdicts");
    }
    codec_end_items(c);
}

void beacon_reveal_fields(struct codec *c, struct beacon_reveal *o)
{
    codec_u64(c, 1, "epoch", &o->epoch, 0, WIRE_NUMBER_MAX);
    codec_u64(c, 2, "slot", &o->slot, 0, WIRE_NUMBER_MAX);
    codec_fixed(c, 3, "proof", o->proof.bytes, VRF_PROOF_BYTES);
}
