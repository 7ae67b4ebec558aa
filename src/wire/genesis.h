/* SPDX-License-Identifier: Apache-2.0 */
/* wire/genesis.h - how a community begins (protocol section 15): parameters, keys, feeders,
 * founders. The SHA-256 of the canonical bytes names the chain.
 *
 * Pure. Here only the form is judged; the ranges of parameters are the ledger's. Numbers of all
 * groups are whole and not negative, with their unit in the name. Lists and texts are borrowed. */
#ifndef PEERWATT_WIRE_GENESIS_H
#define PEERWATT_WIRE_GENESIS_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/must_use.h"
#include "wire/codec.h"
#include "wire/limits.h"
#include "wire/op_identity.h"

#include <stdbool.h>
#include <stdint.h>

enum { GENESIS_CURRENCY_CHARS = 3 };

enum market_timing { TIMING_MEASURED = 1, TIMING_FORWARD = 2, TIMING_BOTH = 3 };
enum market_mechanism { MECHANISM_CALL = 1, MECHANISM_CONTINUOUS = 2, MECHANISM_BILATERAL = 3 };
enum market_price_rule { PRICE_MIDPOINT = 1, PRICE_POSTED = 2 };
enum unwitnessed_rule { UNWITNESSED_ALLOW = 1, UNWITNESSED_REFUSE = 2 };
enum sampling_mode { SAMPLING_STRATIFIED = 1, SAMPLING_TWO_STAGE = 2 };
enum identity_mode { IDENTITY_DOCUMENTS = 1, IDENTITY_ATTESTATION = 2 };
enum identity_handover { HANDOVER_ERASE = 1, HANDOVER_MOVE = 2 };
enum qot_mode { QOT_REPAIRED = 1, QOT_PAPER = 2 };

/* The words for these choices, by number; "" for 0, NULL behind the last. */
extern const char *const genesis_timing_names[],
    *const genesis_mechanism_names[], *const genesis_price_rule_names[],
                                          *const genesis_unwitnessed_names[],
                                              *const genesis_sampling_names[],
                                                  *const genesis_identity_names[],
                                                      *const genesis_handover_names[],
                                                          *const genesis_qot_names[];

struct genesis_community {
    struct span name, chain_id; /* UTF-8, 1 to 64 bytes */
    struct span currency;       /* three letters, ISO 4217 */
};
struct genesis_time {
    uint64_t t0_ms, interval_ms, tau_ms, grace_slots, block_ms, gap_ms, jump_max_ms;
};
struct genesis_windows {
    uint64_t statement_ms, exec_ms, final_ms, vote_ms, verify_ms, doc_ms, erase_ms, beacon_wait_ms,
        evidence_ms, quiet_ms, ttl_max_blocks, param_delay_ms;
};
struct genesis_fee { /* from a seller's feeder to a buyer's; pairs that are not listed are free */
    uint32_t seller_feeder, buyer_feeder;
    int64_t micro_per_kwh; /* not 0 */
};
struct genesis_market {
    enum market_timing timing;
    enum market_mechanism mechanism;
    enum market_price_rule price_rule;
    uint64_t posted_micro_per_kwh, feed_in_micro_per_kwh, retail_micro_per_kwh, gate_lead_ms,
        horizon_intervals, order_min_wh, order_max_wh, award_min_wh, book_max_orders;
    struct genesis_fee *fees; /* ascending by seller's, then buyer's feeder */
    uint32_t fee_count;
};
struct genesis_trade {
    uint64_t min_delivery_ppm, tolerance_wh, ranks_max;
    enum unwitnessed_rule unwitnessed;
};
struct genesis_sampling {
    uint64_t k, f_ppm, cluster_floor, absent_after_rounds, verifier_count;
    enum sampling_mode mode;
};
struct genesis_identity {
    enum identity_mode mode;
    enum identity_handover handover;
    uint64_t attempts_max, joins_per_block, joins_pending_max, epoch_ms, boot_wait_ms,
        rotate_min_ms;
};
struct genesis_qot {
    enum qot_mode mode;
    uint64_t reference_wh, penance_intervals;
};
struct genesis_limits {
    uint64_t members_max, contracts_open_max, ops_per_envelope, envelope_bytes, block_bytes,
        block_claims_max, deadline_work_max, draw_work_max, orders_per_interval_max,
        probation_micro, deposit_day_max_micro, mailbox_bytes;
};
struct genesis_key {
    struct pubkey key;
};
struct genesis_authority {
    struct genesis_key *keys;
    uint32_t key_count; /* n, 1 to WIRE_PARTS_MAX */
    uint32_t threshold; /* t, 1 to n */
};
struct genesis_feeder { /* its number is its position, from 1 */
    struct span name;
};
struct genesis_founder { /* boot.1 */
    struct voucher voucher;
    struct authority_seal seal;
    struct hash certificate;
    bool volunteer;
};

struct genesis {
    struct genesis_community community;
    struct genesis_time times;
    struct genesis_windows windows;
    struct genesis_market market;
    struct genesis_trade trade;
    struct genesis_sampling sampling;
    struct genesis_identity identity;
    struct genesis_qot qot;
    struct genesis_limits limits;
    struct genesis_authority authority;
    struct pubkey treasury;
    struct genesis_feeder *feeders;
    uint32_t feeder_count;
    struct genesis_founder *founders;
    uint32_t founder_count;
};

/* An arena of WIRE_DECODED_TIMES times the input's size, and at least 64 KiB, holds it. On a
 * fault @out is not to be used. */
MUST_USE struct wire_fault genesis_decode(struct genesis *out, struct span input,
                                          struct arena *arena);

/* Returns the length; @out has @size bytes, which hold it: WIRE_GENESIS_BYTES_MAX do if core's
 * params_check is content. The longest lists with the longest names together would not fit. */
MUST_USE size_t genesis_encode(uint8_t *out, size_t size, const struct genesis *genesis);

void genesis_show(const struct genesis *genesis, struct codec_visitor *visitor);

/* SHA-256 of the canonical bytes. */
MUST_USE struct hash genesis_hash(struct span canonical);

#endif
