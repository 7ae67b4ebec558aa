/* SPDX-License-Identifier: Apache-2.0 */
#include "core/params.h"

#include "core/book.h"
#include "core/contract.h"
#include "core/qot.h"
#include "sampling/slots.h"

#include <assert.h>
#include <string.h>

#define MINUTE_MS UINT64_C(60000)
#define HOUR_MS UINT64_C(3600000)
#define DAY_MS UINT64_C(86400000)
#define WINDOW_MIN UINT64_C(150)         /* three of the shortest blocks */
#define T0_MAX UINT64_C(253402300799999) /* the end of the year 9999 */
#define MICRO UINT64_C(1000000)

#define AT(field) offsetof(struct genesis, field), sizeof(((struct genesis *)NULL)->field)
#define NUMBER(number, group, key, change, field, fallback, least, most, note)                     \
    {                                                                                              \
        number, group, key, PARAM_IS_NUMBER, change, PARAM_HAS_DEFAULT, AT(field), fallback,       \
            least, most, NULL, note                                                                \
    }
#define CHOICE(number, group, key, field, last, words, note)                                       \
    {                                                                                              \
        number, group, key, PARAM_IS_CHOICE, PARAM_CHANGES, PARAM_HAS_DEFAULT, AT(field), 1, 1,    \
            last, words, note                                                                      \
    }
#define TEXT(number, key, change, field, least, most, note)                                        \
    {                                                                                              \
        number, "community", key, PARAM_IS_TEXT, change, PARAM_REQUIRED, AT(field), 0, least,      \
            most, NULL, note                                                                       \
    }
#define LIST(number, group, key, change, origin, least, most, note)                                \
    {                                                                                              \
        number, group, key, PARAM_IS_LIST, change, origin, 0, 0, 0, least, most, NULL, note        \
    }
#define WINDOW(number, key, field, fallback, most)                                                 \
    NUMBER(number, "windows", key, PARAM_CHANGES, windows.field, fallback, WINDOW_MIN, most,       \
           "at least validators + 2 blocks and gap_ms + 2 blocks")

static const struct param table[] = {
    TEXT(PARAM_NAME, "name", PARAM_CHANGES, community.name, 1, WIRE_TEXT_BYTES_MAX, ""),
    TEXT(PARAM_CHAIN_ID, "chain_id", PARAM_FIXED, community.chain_id, 1, WIRE_TEXT_BYTES_MAX, ""),
    TEXT(PARAM_CURRENCY, "currency", PARAM_FIXED, community.currency, GENESIS_CURRENCY_CHARS,
         GENESIS_CURRENCY_CHARS, "ISO 4217, three capital letters"),

    {PARAM_T0, "time", "t0_ms", PARAM_IS_NUMBER, PARAM_FIXED, PARAM_REQUIRED, AT(times.t0_ms), 0, 0,
     T0_MAX, NULL, "UTC, since 1970"},
    NUMBER(PARAM_INTERVAL, "time", "interval_ms", PARAM_FIXED, times.interval_ms, 15 * MINUTE_MS,
           MINUTE_MS, HOUR_MS, "divides a day"),
    NUMBER(PARAM_TAU, "time", "tau_ms", PARAM_FIXED, times.tau_ms, 5000, WINDOW_MIN, 600000,
           "at least 3 blocks"),
    NUMBER(PARAM_GRACE, "time", "grace_slots", PARAM_FIXED, times.grace_slots, 2, 1,
           SLOTS_GRACE_MAX, ""),
    NUMBER(PARAM_BLOCK, "time", "block_ms", PARAM_CHANGES, times.block_ms, 1000, 50, 10000,
           "solo; a hint for other engines"),
    NUMBER(PARAM_GAP, "time", "gap_ms", PARAM_FIXED, times.gap_ms, 10000, WINDOW_MIN, HOUR_MS,
           "at least 3 blocks"),
    NUMBER(PARAM_JUMP_MAX, "time", "jump_max_ms", PARAM_FIXED, times.jump_max_ms, HOUR_MS, 1000,
           DAY_MS, ""),

    WINDOW(PARAM_STATEMENT, "statement_ms", statement_ms, 60000, HOUR_MS),
    WINDOW(PARAM_EXEC, "exec_ms", exec_ms, 15000, HOUR_MS),
    WINDOW(PARAM_FINAL, "final_ms", final_ms, 15000, HOUR_MS),
    WINDOW(PARAM_VOTE, "vote_ms", vote_ms, 15000, HOUR_MS),
    WINDOW(PARAM_VERIFY, "verify_ms", verify_ms, 30000, HOUR_MS),
    WINDOW(PARAM_DOC, "doc_ms", doc_ms, 30000, HOUR_MS),
    WINDOW(PARAM_ERASE, "erase_ms", erase_ms, HOUR_MS, 7 * DAY_MS),
    {PARAM_BEACON_WAIT, "windows", "beacon_wait_ms", PARAM_IS_NUMBER, PARAM_CHANGES, PARAM_DERIVED,
     AT(windows.beacon_wait_ms), 0, WINDOW_MIN, HOUR_MS, NULL,
     "default 8 tau_ms; at least validators + 2 blocks and gap_ms + 2 blocks, at most interval_ms"},
    NUMBER(PARAM_EVIDENCE, "windows", "evidence_ms", PARAM_CHANGES, windows.evidence_ms, 7 * DAY_MS,
           HOUR_MS, 366 * DAY_MS,
           "at least beacon_wait_ms + statement_ms + ranks_max * (exec_ms + final_ms) + 2 vote_ms"),
    NUMBER(PARAM_QUIET, "windows", "quiet_ms", PARAM_CHANGES, windows.quiet_ms, MINUTE_MS, 1,
           DAY_MS, ""),
    NUMBER(PARAM_TTL_MAX, "windows", "ttl_max_blocks", PARAM_FIXED, windows.ttl_max_blocks, 600, 1,
           100000, ""),
    NUMBER(PARAM_DELAY, "windows", "param_delay_ms", PARAM_CHANGES, windows.param_delay_ms,
           7 * DAY_MS, MINUTE_MS, 366 * DAY_MS, ""),

    CHOICE(PARAM_TIMING, "market", "timing", market.timing, TIMING_BOTH, genesis_timing_names, ""),
    CHOICE(PARAM_MECHANISM, "market", "mechanism", market.mechanism, MECHANISM_BILATERAL,
           genesis_mechanism_names, "continuous needs timing forward"),
    CHOICE(PARAM_PRICE_RULE, "market", "price_rule", market.price_rule, PRICE_POSTED,
           genesis_price_rule_names, ""),
    {PARAM_POSTED, "market", "posted_micro_per_kwh", PARAM_IS_NUMBER, PARAM_CHANGES, PARAM_DERIVED,
     AT(market.posted_micro_per_kwh), 0, 0, WIRE_PRICE_MAX, NULL,
     "default floor((feed-in + retail - largest fee) / 2); with price_rule posted from feed-in to "
     "retail - largest fee"},
    NUMBER(PARAM_FEED_IN, "market", "feed_in_micro_per_kwh", PARAM_CHANGES,
           market.feed_in_micro_per_kwh, 80000, 0, WIRE_PRICE_MAX - 1, "below retail"),
    NUMBER(PARAM_RETAIL, "market", "retail_micro_per_kwh", PARAM_CHANGES,
           market.retail_micro_per_kwh, 300000, 1, WIRE_PRICE_MAX, ""),
    NUMBER(PARAM_GATE_LEAD, "market", "gate_lead_ms", PARAM_CHANGES, market.gate_lead_ms, MINUTE_MS,
           WINDOW_MIN, DAY_MS, "at least beacon_wait_ms + 2 blocks"),
    NUMBER(PARAM_HORIZON, "market", "horizon_intervals", PARAM_CHANGES, market.horizon_intervals,
           192, 1, 2976, ""),
    NUMBER(PARAM_ORDER_MIN, "market", "order_min_wh", PARAM_CHANGES, market.order_min_wh, 1, 1,
           1000000, ""),
    NUMBER(PARAM_ORDER_MAX, "market", "order_max_wh", PARAM_CHANGES, market.order_max_wh, 1000000,
           1, BOOK_ENERGY_MAX, "at least order_min_wh"),
    NUMBER(PARAM_AWARD_MIN, "market", "award_min_wh", PARAM_CHANGES, market.award_min_wh, 50, 0,
           1000000, ""),
    NUMBER(PARAM_BOOK_MAX, "market", "book_max_orders", PARAM_CHANGES, market.book_max_orders,
           BOOK_ORDERS_MAX, 1, BOOK_ORDERS_MAX, ""),
    LIST(PARAM_FEES, "market", "fees", PARAM_CHANGES, PARAM_HAS_DEFAULT, 0, WIRE_FEES_MAX,
         "pairs of feeders, ascending; each at most retail - feed-in; what is not listed is free"),

    NUMBER(PARAM_MIN_DELIVERY, "trade", "min_delivery_ppm", PARAM_CHANGES, trade.min_delivery_ppm,
           900000, 0, WIRE_PPM, "1,000,000 is the paper's rule"),
    NUMBER(PARAM_TOLERANCE, "trade", "tolerance_wh", PARAM_CHANGES, trade.tolerance_wh, 0, 0,
           1000000, ""),
    NUMBER(PARAM_RANKS_MAX, "trade", "ranks_max", PARAM_CHANGES, trade.ranks_max, 3, 1,
           CONTRACT_RANKS_MAX, ""),
    CHOICE(PARAM_UNWITNESSED, "trade", "unwitnessed", trade.unwitnessed, UNWITNESSED_REFUSE,
           genesis_unwitnessed_names, ""),

    NUMBER(PARAM_K, "sampling", "k", PARAM_CHANGES, sampling.k, 111, 1, CONTRACT_CLUSTER_MAX,
           "odd"),
    NUMBER(PARAM_F, "sampling", "f_ppm", PARAM_CHANGES, sampling.f_ppm, 200000, 1, 499999,
           "for the record"),
    CHOICE(PARAM_SAMPLING_MODE, "sampling", "mode", sampling.mode, SAMPLING_TWO_STAGE,
           genesis_sampling_names, ""),
    NUMBER(PARAM_CLUSTER_FLOOR, "sampling", "cluster_floor", PARAM_CHANGES, sampling.cluster_floor,
           3, 1, CONTRACT_CLUSTER_MAX, ""),
    NUMBER(PARAM_ABSENT_AFTER, "sampling", "absent_after_rounds", PARAM_CHANGES,
           sampling.absent_after_rounds, 2, 1, 1000, ""),
    NUMBER(PARAM_VERIFIER_COUNT, "sampling", "verifier_count", PARAM_CHANGES,
           sampling.verifier_count, 9, 1, QOT_SEATS_MAX, ""),

    CHOICE(PARAM_IDENTITY_MODE, "identity", "mode", identity.mode, IDENTITY_ATTESTATION,
           genesis_identity_names, ""),
    CHOICE(PARAM_HANDOVER, "identity", "handover", identity.handover, HANDOVER_MOVE,
           genesis_handover_names, ""),
    NUMBER(PARAM_ATTEMPTS_MAX, "identity", "attempts_max", PARAM_CHANGES, identity.attempts_max, 8,
           1, 1000, ""),
    NUMBER(PARAM_JOINS_PER_BLOCK, "identity", "joins_per_block", PARAM_CHANGES,
           identity.joins_per_block, 64, 1, QOT_REQUESTS_MAX, ""),
    NUMBER(PARAM_JOINS_PENDING_MAX, "identity", "joins_pending_max", PARAM_CHANGES,
           identity.joins_pending_max, 1024, 1, 65536, ""),
    NUMBER(PARAM_EPOCH, "identity", "epoch_ms", PARAM_CHANGES, identity.epoch_ms, DAY_MS, MINUTE_MS,
           31 * DAY_MS, "at least doc_ms + verify_ms + (grace_slots + 2) * tau_ms"),
    NUMBER(PARAM_BOOT_WAIT, "identity", "boot_wait_ms", PARAM_CHANGES, identity.boot_wait_ms,
           HOUR_MS, MINUTE_MS, 31 * DAY_MS, ""),
    NUMBER(PARAM_ROTATE_MIN, "identity", "rotate_min_ms", PARAM_CHANGES, identity.rotate_min_ms,
           DAY_MS, MINUTE_MS, 366 * DAY_MS, ""),

    CHOICE(PARAM_QOT_MODE, "qot", "mode", qot.mode, QOT_PAPER, genesis_qot_names, ""),
    NUMBER(PARAM_REFERENCE, "qot", "reference_wh", PARAM_CHANGES, qot.reference_wh, 1000, 1,
           BOOK_ENERGY_MAX, ""),
    NUMBER(PARAM_PENANCE, "qot", "penance_intervals", PARAM_CHANGES, qot.penance_intervals, 672, 1,
           100000, ""),

    NUMBER(PARAM_MEMBERS_MAX, "limits", "members_max", PARAM_CHANGES, limits.members_max, 4096, 1,
           WIRE_SLOTS_MAX, "at least the founders"),
    NUMBER(PARAM_CONTRACTS_OPEN_MAX, "limits", "contracts_open_max", PARAM_CHANGES,
           limits.contracts_open_max, 65536, 1, 1 << 22, ""),
    NUMBER(PARAM_OPS_PER_ENVELOPE, "limits", "ops_per_envelope", PARAM_FIXED,
           limits.ops_per_envelope, WIRE_OPS_MAX, 1, WIRE_OPS_MAX, ""),
    NUMBER(PARAM_ENVELOPE_BYTES, "limits", "envelope_bytes", PARAM_FIXED, limits.envelope_bytes,
           WIRE_ENVELOPE_BYTES_MAX, 4096, WIRE_ENVELOPE_BYTES_MAX, ""),
    NUMBER(PARAM_BLOCK_BYTES, "limits", "block_bytes", PARAM_CHANGES, limits.block_bytes, 2097152,
           65536, WIRE_BLOCK_BYTES_MAX, ""),
    NUMBER(PARAM_BLOCK_CLAIMS_MAX, "limits", "block_claims_max", PARAM_CHANGES,
           limits.block_claims_max, 6500, 1088, 1000000, ""),
    NUMBER(PARAM_DEADLINE_WORK_MAX, "limits", "deadline_work_max", PARAM_CHANGES,
           limits.deadline_work_max, 1000000, CONTRACT_CLUSTER_MAX + 3, 100000000, ""),
    NUMBER(PARAM_DRAW_WORK_MAX, "limits", "draw_work_max", PARAM_CHANGES, limits.draw_work_max,
           2000, 1, 1000000, ""),
    NUMBER(PARAM_ORDERS_PER_INTERVAL_MAX, "limits", "orders_per_interval_max", PARAM_CHANGES,
           limits.orders_per_interval_max, 8, 1, 64, ""),
    NUMBER(PARAM_PROBATION, "limits", "probation_micro", PARAM_CHANGES, limits.probation_micro,
           20 * MICRO, 0, 1000000000 * MICRO, ""),
    NUMBER(PARAM_DEPOSIT_DAY_MAX, "limits", "deposit_day_max_micro", PARAM_CHANGES,
           limits.deposit_day_max_micro, 10000 * MICRO, 0, WIRE_MONEY_MICRO_MAX, ""),
    NUMBER(PARAM_MAILBOX_BYTES, "limits", "mailbox_bytes", PARAM_CHANGES, limits.mailbox_bytes,
           1048576, 16384, 1073741824, ""),

    LIST(PARAM_AUTHORITY_KEYS, "authority", "keys", PARAM_CHANGES, PARAM_REQUIRED, 1,
         WIRE_PARTS_MAX, "all different"),
    {PARAM_THRESHOLD, "authority", "threshold", PARAM_IS_NUMBER, PARAM_CHANGES, PARAM_REQUIRED,
     AT(authority.threshold), 0, 1, WIRE_PARTS_MAX, NULL, "at most the number of keys"},
    {PARAM_TREASURY, "treasury", "key", PARAM_IS_KEY, PARAM_CHANGES, PARAM_REQUIRED, AT(treasury),
     0, PUBKEY_BYTES, PUBKEY_BYTES, NULL, ""},
    LIST(PARAM_FEEDERS, "feeders", "", PARAM_CHANGES, PARAM_HAS_DEFAULT, 1, WIRE_FEEDERS_MAX,
         "one name each; the number is the place, from 1; default one, "
         "called " PARAMS_FEEDER_DEFAULT),
    LIST(PARAM_FOUNDERS, "founders", "", PARAM_FIXED, PARAM_HAS_DEFAULT, 0, WIRE_FOUNDERS_MAX,
         "feeders exist, keys and nullifiers all different, t signatures each"),
};

enum { TABLE_ROWS = sizeof table / sizeof table[0] };

const struct param *params_at(uint32_t index)
{
    return index < TABLE_ROWS ? &table[index] : NULL;
}

const struct param *params_find(uint32_t number)
{
    for (uint32_t i = 0; i < TABLE_ROWS; i++)
        if ((uint32_t)table[i].number == number)
            return &table[i];
    return NULL;
}

/* Choices and the threshold have 32 bits, all other numbers 64. */
uint64_t params_get(const struct genesis *g, const struct param *param)
{
    const uint8_t *const at = (const uint8_t *)g + param->offset;
    uint64_t wide = 0;
    uint32_t narrow = 0;
    assert(param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE);
    if (param->size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    assert(param->size == sizeof narrow);
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

void params_put(struct genesis *g, const struct param *param, uint64_t value)
{
    uint8_t *const at = (uint8_t *)g + param->offset;
    const uint32_t narrow = value <= UINT32_MAX ? (uint32_t)value : UINT32_MAX;
    assert(param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE);
    if (param->size == sizeof value)
        memcpy(at, &value, sizeof value);
    else
        memcpy(at, &narrow, sizeof narrow);
}

uint64_t params_fee_ref(const struct genesis *g)
{
    int64_t dearest = 0;
    for (uint32_t i = 0; i < g->market.fee_count; i++)
        if (g->market.fees[i].micro_per_kwh > dearest)
            dearest = g->market.fees[i].micro_per_kwh;
    return (uint64_t)dearest;
}

/* RULE market.4; saturates where the tariffs themselves are out of range. */
static uint64_t default_posted(const struct genesis *g)
{
    const uint64_t f = g->market.feed_in_micro_per_kwh, r = g->market.retail_micro_per_kwh;
    const uint64_t fee = params_fee_ref(g);
    if (f > WIRE_PRICE_MAX || r > WIRE_PRICE_MAX || fee > f + r)
        return 0;
    return (f + r - fee) / 2;
}

uint64_t params_default(const struct genesis *g, const struct param *param)
{
    if (param->number == PARAM_POSTED)
        return default_posted(g);
    if (param->number == PARAM_BEACON_WAIT) /* RULE beacon.2 */
        return g->times.tau_ms > HOUR_MS ? HOUR_MS : 8 * g->times.tau_ms;
    return param->fallback;
}

void params_fill(struct genesis *g)
{
    memset(g, 0, sizeof *g);
    for (uint32_t i = 0; i < TABLE_ROWS; i++)
        if (table[i].kind == PARAM_IS_NUMBER || table[i].kind == PARAM_IS_CHOICE)
            params_put(g, &table[i], table[i].fallback);
    params_put(g, params_find(PARAM_BEACON_WAIT),
               params_default(g, params_find(PARAM_BEACON_WAIT)));
    params_put(g, params_find(PARAM_POSTED), params_default(g, params_find(PARAM_POSTED)));
}
