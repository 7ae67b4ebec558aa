/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/op_trade.h"

#include "wire/limits.h"

static const char *const side_names[] = {"", "bid", "offer", NULL};
static const char *const round_names[] = {"", "forward", "measured", NULL};
static const char *const take_names[] = {"", "flexible", "firm", "pay", NULL};
static const char *const result_names[] = {"", "pass", "C1", "C2", "C3", "C4", NULL};
static const char *const stage_names[] = {"", "exec", "final", "verification", "parameter", NULL};

void order_fields(struct codec *c, struct order *o)
{
    o->side = (enum order_side)codec_choice(c, 1, "side", o->side, side_names);
    o->round = (enum trade_round)codec_choice(c, 2, "round", o->round, round_names);
    codec_u64(c, 3, "interval", &o->interval, 0, WIRE_NUMBER_MAX);
    codec_s64(c, 4, "energy_wh", &o->energy_wh, 0, WIRE_ENERGY_WH_MAX);
    codec_s64(c, 5, "price_micro_per_kwh", &o->price_micro_per_kwh, 0, WIRE_PRICE_MAX);
    codec_u32(c, 6, "min_score", &o->min_score, 0, WIRE_SCORE_LEVEL_MAX);
    codec_flag(c, 7, "feeder_first", &o->feeder_first);
}

void order_cancel_fields(struct codec *c, struct order_cancel *o)
{
    codec_u64(c, 1, "order", &o->order, 1, WIRE_NUMBER_MAX);
}

void agreement_fields(struct codec *c, struct agreement *o)
{
    struct codec_frame frame;
    codec_open(c, 1, "terms", "AgreementTerms", &frame);
    codec_u32(c, 1, "seller", &o->seller, 1, WIRE_SLOTS_MAX);
    codec_u32(c, 2, "buyer", &o->buyer, 1, WIRE_SLOTS_MAX);
    codec_u64(c, 3, "interval", &o->interval, 0, WIRE_NUMBER_MAX);
    codec_s64(c, 4, "energy_wh", &o->energy_wh, 0, WIRE_ENERGY_WH_MAX);
    codec_s64(c, 5, "price_micro_per_kwh", &o->price_micro_per_kwh, 0, WIRE_PRICE_MAX);
    codec_u32(c, 6, "min_delivery_ppm", &o->min_delivery_ppm, 0, WIRE_PPM);
    codec_s64(c, 7, "tolerance_wh", &o->tolerance_wh, 0, WIRE_ENERGY_WH_MAX);
    o->take = (enum trade_take)codec_choice(c, 8, "take", o->take, take_names);
    codec_u64(c, 9, "seller_nonce", &o->seller_nonce, 0, WIRE_NUMBER_MAX);
    codec_u64(c, 10, "buyer_nonce", &o->buyer_nonce, 0, WIRE_NUMBER_MAX);
    codec_u64(c, 11, "expires_height", &o->expires_height, 1, WIRE_NUMBER_MAX);
    codec_u32(c, 12, "seller_min_score", &o->seller_min_score, 0, WIRE_SCORE_LEVEL_MAX);
    codec_u32(c, 13, "buyer_min_score", &o->buyer_min_score, 0, WIRE_SCORE_LEVEL_MAX);
    codec_close(c, &frame, &o->signed_bytes);
    codec_fixed(c, 2, "seller_signature", o->seller_signature.bytes, SIGNATURE_BYTES);
    codec_fixed(c, 3, "buyer_signature", o->buyer_signature.bytes, SIGNATURE_BYTES);
}

void interval_statement_fields(struct codec *c, struct interval_statement *o)
{
    codec_u64(c, 1, "interval", &o->interval, 0, WIRE_NUMBER_MAX);
    codec_u32(c, 2, "seq", &o->seq, 0, UINT32_MAX);
    codec_s64(c, 3, "delivered_wh", &o->delivered_wh, 0, WIRE_ENERGY_WH_MAX);
    codec_s64(c, 4, "taken_wh", &o->taken_wh, 0, WIRE_ENERGY_WH_MAX);
    o->refused = codec_items(c, 5, "refused", o->refused, &o->refused_count, sizeof *o->refused, 0,
                             WIRE_LINES_MAX);
    for (uint32_t i = 0; i < o->refused_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, 5, "ContractRef", &frame);
        codec_u64(c, 1, "contract", &o->refused[i].contract, 1, WIRE_NUMBER_MAX);
        codec_close(c, &frame, NULL);
        if (i > 0 && o->refused[i].contract <= o->refused[i - 1].contract)
            codec_refuse(c, WIRE_RELATION, "refused");
    }
    codec_end_items(c);
    codec_fixed(c, 6, "register_commitment", o->register_commitment.bytes, HASH_BYTES);
    codec_fixed_or_none(c, 7, "corrects", o->corrects.bytes, HASH_BYTES, &o->corrects_one);
    if (o->corrects_one != (o->seq > 0))
        codec_refuse(c, WIRE_RELATION, "corrects");
}

void leader_result_fields(struct codec *c, struct leader_result *o)
{
    o->items =
        codec_items(c, 1, "items", o->items, &o->item_count, sizeof *o->items, 1, WIRE_LINES_MAX);
    for (uint32_t i = 0; i < o->item_count; i++) {
        struct result_item *item = &o->items[i];
        struct codec_frame frame;
        codec_open_item(c, 1, "ResultItem", &frame);
        codec_u64(c, 1, "contract", &item->contract, 1, WIRE_NUMBER_MAX);
        item->result = (enum trade_result)codec_choice(c, 2, "result", item->result, result_names);
        codec_s64(c, 3, "settled_wh", &item->settled_wh, 0, WIRE_ENERGY_WH_MAX);
        codec_s64(c, 4, "payment_micro", &item->payment_micro, 0, WIRE_MONEY_MICRO_MAX);
        codec_close(c, &frame, NULL);
        if (i > 0 && item->contract <= o->items[i - 1].contract)
            codec_refuse(c, WIRE_RELATION, "items");
    }
    codec_end_items(c);
}

/* One meaning, one form: no empty bytes at the end, and no agreement without a vote. */
static void refuse_loose_bitmaps(struct codec *c, const struct ballot *o)
{
    if (o->voted.len > 0 && o->voted.at[o->voted.len - 1] == 0)
        codec_refuse(c, WIRE_RELATION, "voted");
    if (o->agree.len != o->voted.len) {
        codec_refuse(c, WIRE_RELATION, "agree");
        return;
    }
    for (size_t i = 0; i < o->agree.len; i++)
        if (o->agree.at[i] & ~o->voted.at[i])
            codec_refuse(c, WIRE_RELATION, "agree");
}

void ballot_fields(struct codec *c, struct ballot *o)
{
    o->stage = (enum ballot_stage)codec_choice(c, 1, "stage", o->stage, stage_names);
    if (o->stage == STAGE_EXEC || o->stage == STAGE_FINAL)
        o->round = (enum trade_round)codec_choice(c, 2, "round", o->round, round_names);
    codec_u64(c, 3, "subject", &o->subject, 0, WIRE_NUMBER_MAX);
    codec_u32(c, 4, "first", &o->first, 0, UINT32_MAX);
    codec_bytes(c, 5, "voted", &o->voted, 1, WIRE_BITMAP_BYTES_MAX);
    codec_bytes(c, 6, "agree", &o->agree, 1, WIRE_BITMAP_BYTES_MAX);
    if (c->mode == CODEC_READ)
        refuse_loose_bitmaps(c, o);
}

void member_evidence_fields(struct codec *c, struct member_evidence *o)
{
    codec_bytes(c, 1, "first", &o->first, 1, WIRE_ENVELOPE_BYTES_MAX);
    codec_bytes(c, 2, "second", &o->second, 1, WIRE_ENVELOPE_BYTES_MAX);
}
