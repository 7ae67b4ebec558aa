/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/genesis.h"

#include "crypto/hash.h"

#include <string.h>

const char *const genesis_timing_names[] = {"", "measured", "forward", "both", NULL};
const char *const genesis_mechanism_names[] = {"", "call", "continuous", "bilateral", NULL};
const char *const genesis_price_rule_names[] = {"", "midpoint", "posted", NULL};
const char *const genesis_unwitnessed_names[] = {"", "allow", "refuse", NULL};
const char *const genesis_sampling_names[] = {"", "stratified", "two-stage", NULL};
const char *const genesis_identity_names[] = {"", "documents", "attestation", NULL};
const char *const genesis_handover_names[] = {"", "erase", "move", NULL};
const char *const genesis_qot_names[] = {"", "repaired", "paper", NULL};

/* Any number that may be 0: ranges are the ledger's. */
static void number(struct codec *c, uint8_t field, const char *name, uint64_t *value)
{
    codec_u64(c, field, name, value, 0, WIRE_NUMBER_MAX);
}

static void community_fields(struct codec *c, struct genesis_community *g)
{
    codec_text(c, 1, "name", &g->name, 1, WIRE_TEXT_BYTES_MAX);
    codec_text(c, 2, "chain_id", &g->chain_id, 1, WIRE_TEXT_BYTES_MAX);
    codec_text(c, 3, "currency", &g->currency, GENESIS_CURRENCY_CHARS, GENESIS_CURRENCY_CHARS);
    for (size_t i = 0; i < g->currency.len; i++)
        if (g->currency.at[i] < 'A' || g->currency.at[i] > 'Z')
            codec_refuse(c, WIRE_TEXT, "currency");
}

static void time_fields(struct codec *c, struct genesis_time *g)
{
    number(c, 1, "t0_ms", &g->t0_ms);
    number(c, 2, "interval_ms", &g->interval_ms);
    number(c, 3, "tau_ms", &g->tau_ms);
    number(c, 4, "grace_slots", &g->grace_slots);
    number(c, 5, "block_ms", &g->block_ms);
    number(c, 6, "gap_ms", &g->gap_ms);
    number(c, 7, "jump_max_ms", &g->jump_max_ms);
}

static void windows_fields(struct codec *c, struct genesis_windows *g)
{
    number(c, 1, "statement_ms", &g->statement_ms);
    number(c, 2, "exec_ms", &g->exec_ms);
    number(c, 3, "final_ms", &g->final_ms);
    number(c, 4, "vote_ms", &g->vote_ms);
    number(c, 5, "verify_ms", &g->verify_ms);
    number(c, 6, "doc_ms", &g->doc_ms);
    number(c, 7, "erase_ms", &g->erase_ms);
    number(c, 8, "beacon_wait_ms", &g->beacon_wait_ms);
    number(c, 9, "evidence_ms", &g->evidence_ms);
    number(c, 10, "quiet_ms", &g->quiet_ms);
    number(c, 11, "ttl_max_blocks", &g->ttl_max_blocks);
    number(c, 12, "param_delay_ms", &g->param_delay_ms);
}

static bool fee_is_after(const struct genesis_fee *a, const struct genesis_fee *b)
{
    return a->seller_feeder > b->seller_feeder ||
           (a->seller_feeder == b->seller_feeder && a->buyer_feeder > b->buyer_feeder);
}

static void fees_fields(struct codec *c, struct genesis_market *g)
{
    g->fees = codec_items(c, 13, "fees", g->fees, &g->fee_count, sizeof *g->fees, 0, WIRE_FEES_MAX);
    for (uint32_t i = 0; i < g->fee_count; i++) {
        struct genesis_fee *fee = &g->fees[i];
        struct codec_frame frame;
        codec_open_item(c, 13, "Fee", &frame);
        codec_u32(c, 1, "seller_feeder", &fee->seller_feeder, 1, WIRE_FEEDERS_MAX);
        codec_u32(c, 2, "buyer_feeder", &fee->buyer_feeder, 1, WIRE_FEEDERS_MAX);
        codec_s64(c, 3, "micro_per_kwh", &fee->micro_per_kwh, 1, WIRE_PRICE_MAX);
        codec_close(c, &frame, NULL);
        if (i > 0 && !fee_is_after(fee, fee - 1))
            codec_refuse(c, WIRE_RELATION, "fees");
    }
    codec_end_items(c);
}

static void market_fields(struct codec *c, struct genesis_market *g)
{
    g->timing = (enum market_timing)codec_choice(c, 1, "timing", g->timing, genesis_timing_names);
    g->mechanism = (enum market_mechanism)codec_choice(c, 2, "mechanism", g->mechanism,
                                                       genesis_mechanism_names);
    g->price_rule = (enum market_price_rule)codec_choice(c, 3, "price_rule", g->price_rule,
                                                         genesis_price_rule_names);
    number(c, 4, "posted_micro_per_kwh", &g->posted_micro_per_kwh);
    number(c, 5, "feed_in_micro_per_kwh", &g->feed_in_micro_per_kwh);
    number(c, 6, "retail_micro_per_kwh", &g->retail_micro_per_kwh);
    number(c, 7, "gate_lead_ms", &g->gate_lead_ms);
    number(c, 8, "horizon_intervals", &g->horizon_intervals);
    number(c, 9, "order_min_wh", &g->order_min_wh);
    number(c, 10, "order_max_wh", &g->order_max_wh);
    number(c, 11, "award_min_wh", &g->award_min_wh);
    number(c, 12, "book_max_orders", &g->book_max_orders);
    fees_fields(c, g);
}

static void trade_fields(struct codec *c, struct genesis_trade *g)
{
    number(c, 1, "min_delivery_ppm", &g->min_delivery_ppm);
    number(c, 2, "tolerance_wh", &g->tolerance_wh);
    number(c, 3, "ranks_max", &g->ranks_max);
    g->unwitnessed = (enum unwitnessed_rule)codec_choice(c, 4, "unwitnessed", g->unwitnessed,
                                                         genesis_unwitnessed_names);
}

static void sampling_fields(struct codec *c, struct genesis_sampling *g)
{
    number(c, 1, "k", &g->k);
    number(c, 2, "f_ppm", &g->f_ppm);
    g->mode = (enum sampling_mode)codec_choice(c, 3, "mode", g->mode, genesis_sampling_names);
    number(c, 4, "cluster_floor", &g->cluster_floor);
    number(c, 5, "absent_after_rounds", &g->absent_after_rounds);
    number(c, 6, "verifier_count", &g->verifier_count);
}

static void identity_fields(struct codec *c, struct genesis_identity *g)
{
    g->mode = (enum identity_mode)codec_choice(c, 1, "mode", g->mode, genesis_identity_names);
    g->handover =
        (enum identity_handover)codec_choice(c, 2, "handover", g->handover, genesis_handover_names);
    number(c, 3, "attempts_max", &g->attempts_max);
    number(c, 4, "joins_per_block", &g->joins_per_block);
    number(c, 5, "joins_pending_max", &g->joins_pending_max);
    number(c, 6, "epoch_ms", &g->epoch_ms);
    number(c, 7, "boot_wait_ms", &g->boot_wait_ms);
    number(c, 8, "rotate_min_ms", &g->rotate_min_ms);
}

static void qot_fields(struct codec *c, struct genesis_qot *g)
{
    g->mode = (enum qot_mode)codec_choice(c, 1, "mode", g->mode, genesis_qot_names);
    number(c, 2, "reference_wh", &g->reference_wh);
    number(c, 3, "penance_intervals", &g->penance_intervals);
}

static void limits_fields(struct codec *c, struct genesis_limits *g)
{
    number(c, 1, "members_max", &g->members_max);
    number(c, 2, "contracts_open_max", &g->contracts_open_max);
    number(c, 3, "ops_per_envelope", &g->ops_per_envelope);
    number(c, 4, "envelope_bytes", &g->envelope_bytes);
    number(c, 5, "block_bytes", &g->block_bytes);
    number(c, 6, "block_claims_max", &g->block_claims_max);
    number(c, 7, "deadline_work_max", &g->deadline_work_max);
    number(c, 8, "draw_work_max", &g->draw_work_max);
    number(c, 9, "orders_per_interval_max", &g->orders_per_interval_max);
    number(c, 10, "probation_micro", &g->probation_micro);
    number(c, 11, "deposit_day_max_micro", &g->deposit_day_max_micro);
    number(c, 12, "mailbox_bytes", &g->mailbox_bytes);
}

static void authority_fields(struct codec *c, struct genesis_authority *g)
{
    g->keys = codec_items(c, 1, "keys", g->keys, &g->key_count, sizeof *g->keys, 1, WIRE_PARTS_MAX);
    for (uint32_t i = 0; i < g->key_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, 1, "AuthorityKey", &frame);
        codec_fixed(c, 1, "key", g->keys[i].key.bytes, PUBKEY_BYTES);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
    codec_u32(c, 2, "threshold", &g->threshold, 1, WIRE_PARTS_MAX);
    if (g->threshold > g->key_count)
        codec_refuse(c, WIRE_RELATION, "threshold");
}

static void feeders_fields(struct codec *c, struct genesis *g)
{
    g->feeders = codec_items(c, 12, "feeders", g->feeders, &g->feeder_count, sizeof *g->feeders, 1,
                             WIRE_FEEDERS_MAX);
    for (uint32_t i = 0; i < g->feeder_count; i++) {
        struct codec_frame frame;
        codec_open_item(c, 12, "Feeder", &frame);
        codec_text(c, 1, "name", &g->feeders[i].name, 1, WIRE_TEXT_BYTES_MAX);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
}

static void founders_fields(struct codec *c, struct genesis *g)
{
    g->founders = codec_items(c, 13, "founders", g->founders, &g->founder_count,
                              sizeof *g->founders, 0, WIRE_FOUNDERS_MAX);
    for (uint32_t i = 0; i < g->founder_count; i++) {
        struct genesis_founder *f = &g->founders[i];
        struct codec_frame frame, voucher;
        codec_open_item(c, 13, "Founder", &frame);
        codec_open(c, 1, "voucher", "Voucher", &voucher);
        voucher_fields(c, &f->voucher);
        codec_close(c, &voucher, &f->seal.signed_bytes);
        authority_parts(c, 2, &f->seal, 1);
        codec_fixed(c, 3, "certificate", f->certificate.bytes, HASH_BYTES);
        codec_flag(c, 4, "volunteer", &f->volunteer);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
}

static void genesis_fields(struct codec *c, struct genesis *g)
{
    struct codec_frame frame;
    codec_open(c, 1, "community", "Community", &frame);
    community_fields(c, &g->community);
    codec_close(c, &frame, NULL);
    codec_open(c, 2, "time", "Time", &frame);
    time_fields(c, &g->times);
    codec_close(c, &frame, NULL);
    codec_open(c, 3, "windows", "Windows", &frame);
    windows_fields(c, &g->windows);
    codec_close(c, &frame, NULL);
    codec_open(c, 4, "market", "Market", &frame);
    market_fields(c, &g->market);
    codec_close(c, &frame, NULL);
    codec_open(c, 5, "trade", "Trade", &frame);
    trade_fields(c, &g->trade);
    codec_close(c, &frame, NULL);
    codec_open(c, 6, "sampling", "Sampling", &frame);
    sampling_fields(c, &g->sampling);
    codec_close(c, &frame, NULL);
    codec_open(c, 7, "identity", "Identity", &frame);
    identity_fields(c, &g->identity);
    codec_close(c, &frame, NULL);
    codec_open(c, 8, "qot", "Qot", &frame);
    qot_fields(c, &g->qot);
    codec_close(c, &frame, NULL);
    codec_open(c, 9, "limits", "Limits", &frame);
    limits_fields(c, &g->limits);
    codec_close(c, &frame, NULL);
    codec_open(c, 10, "authority", "Authority", &frame);
    authority_fields(c, &g->authority);
    codec_close(c, &frame, NULL);
    codec_fixed(c, 11, "treasury", g->treasury.bytes, PUBKEY_BYTES);
    feeders_fields(c, g);
    founders_fields(c, g);
}

struct wire_fault genesis_decode(struct genesis *out, struct span input, struct arena *arena)
{
    struct codec c;
    memset(out, 0, sizeof *out);
    codec_init_read(&c, "Genesis", input, arena);
    if (input.len > WIRE_GENESIS_BYTES_MAX)
        codec_refuse(&c, WIRE_LENGTH, "");
    genesis_fields(&c, out);
    return codec_end_read(&c);
}

size_t genesis_encode(uint8_t *out, size_t size, const struct genesis *genesis)
{
    struct codec c;
    struct genesis copy = *genesis;
    codec_init_write(&c, "Genesis", out, size);
    genesis_fields(&c, &copy);
    return (size_t)(c.out - out);
}

void genesis_show(const struct genesis *genesis, struct codec_visitor *visitor)
{
    struct codec c;
    struct genesis copy = *genesis;
    codec_init_show(&c, "Genesis", visitor);
    genesis_fields(&c, &copy);
}

struct hash genesis_hash(struct span canonical)
{
    return hash_bytes(canonical);
}
