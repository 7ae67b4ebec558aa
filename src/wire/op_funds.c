/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/op_funds.h"

#include "wire/limits.h"

static const char *const reason_names[] = {"", "account", "bank", "other", NULL};

void deposit_fields(struct codec *c, struct deposit *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "statement", "DepositStatement", &frame);
    codec_u64(c, 1, "sequence", &o->sequence, 0, WIRE_NUMBER_MAX);
    codec_u32(c, 2, "member", &o->member, 1, WIRE_SLOTS_MAX);
    codec_s64(c, 3, "amount_micro", &o->amount_micro, 0, WIRE_MONEY_MICRO_MAX);
    codec_fixed(c, 4, "reference", o->reference.bytes, HASH_BYTES);
    codec_close(c, &frame, &o->seal.signed_bytes);
    authority_parts(c, 2, &o->seal, 0);
    if ((o->sequence > 0) != (o->seal.part_count > 0))
        codec_refuse(c, WIRE_RELATION, "parts");
}

void withdraw_request_fields(struct codec *c, struct withdraw_request *o)
{
    codec_s64(c, 1, "amount_micro", &o->amount_micro, 0, WIRE_MONEY_MICRO_MAX);
    codec_u32(c, 2, "member", &o->member, 0, WIRE_SLOTS_MAX);
}

void withdraw_paid_fields(struct codec *c, struct withdraw_paid *o)
{
    codec_u64(c, 1, "request", &o->request, 1, WIRE_NUMBER_MAX);
    codec_fixed(c, 2, "reference", o->reference.bytes, HASH_BYTES);
}

void withdraw_rejected_fields(struct codec *c, struct withdraw_rejected *o)
{
    codec_u64(c, 1, "request", &o->request, 1, WIRE_NUMBER_MAX);
    o->reason = (enum payout_reason)codec_choice(c, 2, "reason", o->reason, reason_names);
}

void credit_limit_fields(struct codec *c, struct credit_limit *o)
{
    codec_u32(c, 1, "member", &o->member, 1, WIRE_SLOTS_MAX);
    codec_s64(c, 2, "limit_micro", &o->limit_micro, 0, WIRE_MONEY_MICRO_MAX);
}

static void setting_fields(struct codec *c, struct parameter_setting *s)
{
    codec_u32(c, 1, "parameter", &s->parameter, 1, UINT32_MAX);
    codec_u32(c, 2, "index", &s->index, 0, UINT32_MAX);
    codec_u64(c, 3, "value", &s->value, 0, WIRE_NUMBER_MAX);
    codec_bytes(c, 4, "bytes", &s->bytes, 0, WIRE_TEXT_BYTES_MAX);
}

static bool setting_is_after(const struct parameter_setting *a, const struct parameter_setting *b)
{
    return a->parameter > b->parameter || (a->parameter == b->parameter && a->index > b->index);
}

void parameter_change_fields(struct codec *c, struct parameter_change *o)
{
    struct codec_frame frame, item;
    codec_open(c, 1, "statement", "ParameterChangeStatement", &frame);
    codec_u64(c, 1, "sequence", &o->sequence, 1, WIRE_NUMBER_MAX);
    codec_u64(c, 2, "from_interval", &o->from_interval, 1, WIRE_NUMBER_MAX);
    o->settings = codec_items(c, 3, "settings", o->settings, &o->setting_count, sizeof *o->settings,
                              1, WIRE_LINES_MAX);
    for (uint32_t i = 0; i < o->setting_count; i++) {
        codec_open_item(c, 3, "ParameterSetting", &item);
        setting_fields(c, &o->settings[i]);
        codec_close(c, &item, NULL);
        if (i > 0 && !setting_is_after(&o->settings[i], &o->settings[i - 1]))
            codec_refuse(c, WIRE_RELATION, "settings");
    }
    codec_end_items(c);
    codec_close(c, &frame, &o->seal.signed_bytes);
    authority_parts(c, 2, &o->seal, 1);
}
