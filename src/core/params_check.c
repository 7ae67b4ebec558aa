/* SPDX-License-Identifier: Apache-2.0 */
#include "core/params.h"

#include <assert.h>
#include <string.h>

enum {
    DAY_MS = 86400000,
    SOLO_VALIDATORS = 1,
    /* What a genesis takes beside its fees and feeders, and each of these beside its name. */
    BYTES_BESIDE = 131072,
    BYTES_A_FEE = 16,
    BYTES_A_FEEDER = 4,
};

struct bounds {
    uint64_t least, most;
};

static enum err complain(struct params_complaint *out, enum err code, const struct param *param,
                         uint32_t item, const char *why)
{
    *out = (struct params_complaint){code, param, item, false, 0, param->least, param->most, why};
    return code;
}

static enum err complain_number(struct params_complaint *out, enum err code,
                                const struct param *param, uint64_t value, struct bounds bounds)
{
    *out = (struct params_complaint){.code = code,
                                     .param = param,
                                     .has_value = true,
                                     .value = value,
                                     .least = bounds.least,
                                     .most = bounds.most,
                                     .why = param->note};
    return code;
}

/* ---- each parameter by itself ---------------------------------------------------------------- */

static bool is_own_form(const struct param *param, uint64_t value)
{
    if (param->number == PARAM_INTERVAL)
        return DAY_MS % value == 0;
    return param->number != PARAM_K || value % 2 == 1;
}

static enum err check_number(const struct genesis *g, const struct param *param,
                             struct params_complaint *out)
{
    const uint64_t value = params_get(g, param);
    if (value >= param->least && value <= param->most && is_own_form(param, value))
        return ERR_OK;
    return complain_number(out, ERR_PARAM_RANGE, param, value,
                           (struct bounds){param->least, param->most});
}

static bool is_currency(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < 'A' || text.at[i] > 'Z')
            return false;
    return true;
}

static enum err check_text(const struct genesis *g, const struct param *param,
                           struct params_complaint *out)
{
    struct span text;
    assert(param->size == sizeof text);
    memcpy(&text, (const uint8_t *)g + param->offset, sizeof text);
    if (text.len < param->least || text.len > param->most)
        return complain_number(out, ERR_PARAM_RANGE, param, text.len,
                               (struct bounds){param->least, param->most});
    if (!codec_is_text(text))
        return complain(out, ERR_PARAM_RANGE, param, 0, "not UTF-8, or with control characters");
    if (param->number == PARAM_CURRENCY && !is_currency(text))
        return complain(out, ERR_PARAM_RANGE, param, 0, param->note);
    return ERR_OK;
}

static bool is_zero(const struct pubkey *key)
{
    static const struct pubkey zero = {{0}};
    return pubkey_equal(key, &zero);
}

static uint32_t count_of(const struct genesis *g, const struct param *param)
{
    switch ((uint32_t)param->number) {
    case PARAM_FEES:
        return g->market.fee_count;
    case PARAM_AUTHORITY_KEYS:
        return g->authority.key_count;
    case PARAM_FEEDERS:
        return g->feeder_count;
    default:
        assert(param->number == PARAM_FOUNDERS);
        return g->founder_count;
    }
}

static enum err check_alone(const struct genesis *g, const struct param *param,
                            struct params_complaint *out)
{
    switch (param->kind) {
    case PARAM_IS_NUMBER:
    case PARAM_IS_CHOICE:
        return check_number(g, param, out);
    case PARAM_IS_TEXT:
        return check_text(g, param, out);
    case PARAM_IS_KEY:
        return is_zero(&g->treasury) ? complain(out, ERR_PARAM_RANGE, param, 0, "no key is given")
                                     : ERR_OK;
    case PARAM_IS_LIST:
        break;
    }
    const uint32_t count = count_of(g, param);
    if (count >= param->least && count <= param->most)
        return ERR_OK;
    return complain_number(out, ERR_PARAM_RANGE, param, count,
                           (struct bounds){param->least, param->most});
}

/* ---- what depends on others: all are in their ranges by now, so sums cannot overflow --------- */

static bool is_window(const struct param *param)
{
    return param->number >= PARAM_STATEMENT && param->number <= PARAM_BEACON_WAIT;
}

/* RULE dos.5: each of @validators has a turn. */
static uint64_t turns_ms(const struct genesis *g, uint32_t validators)
{
    return ((uint64_t)validators + 2) * g->times.block_ms;
}

/* What is still needed of an interval's statements, in the longest life of its contracts. */
static uint64_t contract_ms(const struct genesis *g)
{
    const struct genesis_windows *w = &g->windows;
    return w->beacon_wait_ms + w->statement_ms + g->trade.ranks_max * (w->exec_ms + w->final_ms) +
           2 * w->vote_ms;
}

/* A request is due doc_ms after the epoch's start, waits for a slot, and is then voted on. */
static uint64_t join_ms(const struct genesis *g)
{
    return g->windows.doc_ms + g->windows.verify_ms + (g->times.grace_slots + 2) * g->times.tau_ms;
}

/* RULE num.7: the first block behind an outage takes gap_ms at once; each proposer still has its
 * turn after it, or an outage would end the window. doc_ms is a delay and blames nobody. */
static uint64_t window_least_ms(const struct genesis *g, const struct param *param)
{
    if (param->number == PARAM_DOC)
        return turns_ms(g, SOLO_VALIDATORS);
    const uint64_t turns = turns_ms(g, SOLO_VALIDATORS);
    const uint64_t behind_gap = g->times.gap_ms + 2 * g->times.block_ms;
    return turns > behind_gap ? turns : behind_gap;
}

static void bound_times(struct bounds *b, const struct genesis *g, const struct param *param)
{
    if (is_window(param))
        b->least = window_least_ms(g, param);
    if (param->number == PARAM_BEACON_WAIT)
        b->most = g->times.interval_ms;
    else if (param->number == PARAM_TAU || param->number == PARAM_GAP)
        b->least = 3 * g->times.block_ms; /* RULE num.7, dos.5 */
    else if (param->number == PARAM_EVIDENCE)
        b->least = contract_ms(g);
    else if (param->number == PARAM_EPOCH)
        b->least = join_ms(g);
    else if (param->number == PARAM_GATE_LEAD)
        b->least = g->windows.beacon_wait_ms + 2 * g->times.block_ms; /* RULE gate.1 */
}

/* RULE market.4 */
static void bound_market(struct bounds *b, const struct genesis *g, const struct param *param)
{
    const struct genesis_market *m = &g->market;
    if (param->number == PARAM_FEED_IN) {
        b->most = m->retail_micro_per_kwh - 1;
    } else if (param->number == PARAM_ORDER_MAX) {
        b->least = m->order_min_wh;
    } else if (param->number == PARAM_MECHANISM && m->timing != TIMING_FORWARD &&
               m->mechanism == MECHANISM_CONTINUOUS) {
        b->most = MECHANISM_CALL;
    } else if (param->number == PARAM_POSTED && m->price_rule == PRICE_POSTED) {
        const uint64_t fee = params_fee_ref(g);
        b->least = m->feed_in_micro_per_kwh;
        b->most = m->retail_micro_per_kwh > fee ? m->retail_micro_per_kwh - fee : 0;
    }
}

static enum err check_bounds(const struct genesis *g, const struct param *param,
                             struct params_complaint *out)
{
    struct bounds b = {param->least, param->most};
    if (param->kind != PARAM_IS_NUMBER && param->kind != PARAM_IS_CHOICE)
        return ERR_OK;
    bound_times(&b, g, param);
    bound_market(&b, g, param);
    if (param->number == PARAM_THRESHOLD)
        b.most = g->authority.key_count;
    if (param->number == PARAM_MEMBERS_MAX && g->founder_count > 0)
        b.least = g->founder_count;
    const uint64_t value = params_get(g, param);
    if (value >= b.least && value <= b.most)
        return ERR_OK;
    return complain_number(out, ERR_PARAM_RELATION, param, value, b);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static bool fee_rises(const struct genesis_fee *fee, const struct genesis_fee *before)
{
    return fee->seller_feeder > before->seller_feeder ||
           (fee->seller_feeder == before->seller_feeder &&
            fee->buyer_feeder > before->buyer_feeder);
}

static const char *fault_of_fee(const struct genesis *g, const struct genesis_fee *fee, uint32_t i)
{
    if (fee->seller_feeder < 1 || fee->seller_feeder > g->feeder_count || fee->buyer_feeder < 1 ||
        fee->buyer_feeder > g->feeder_count)
        return "there is no feeder with this number";
    if (fee->micro_per_kwh < 1)
        return "a fee is at least 1; what is not listed is free";
    if ((uint64_t)fee->micro_per_kwh >
        g->market.retail_micro_per_kwh - g->market.feed_in_micro_per_kwh)
        return "it is more than lies between feed-in and retail price";
    if (i > 0 && !fee_rises(fee, fee - 1))
        return "pairs of feeders rise, by the seller's, then the buyer's";
    return NULL;
}

static enum err check_fees(const struct genesis *g, const struct param *param,
                           struct params_complaint *out)
{
    for (uint32_t i = 0; i < g->market.fee_count; i++) {
        const char *fault = fault_of_fee(g, &g->market.fees[i], i);
        if (fault)
            return complain(out, ERR_PARAM_RELATION, param, i, fault);
    }
    return ERR_OK;
}

static enum err check_keys(const struct genesis *g, const struct param *param,
                           struct params_complaint *out)
{
    const struct genesis_key *keys = g->authority.keys;
    for (uint32_t i = 0; i < g->authority.key_count; i++) {
        if (is_zero(&keys[i].key))
            return complain(out, ERR_PARAM_RANGE, param, i, "no key is given");
        for (uint32_t j = 0; j < i; j++)
            if (pubkey_equal(&keys[i].key, &keys[j].key))
                return complain(out, ERR_PARAM_RELATION, param, i,
                                "the key stands twice and would count twice");
    }
    return ERR_OK;
}

/* The longest lists with the longest names would be longer than a genesis may be. */
static enum err check_feeders(const struct genesis *g, const struct param *param,
                              struct params_complaint *out)
{
    uint64_t bytes = BYTES_BESIDE + BYTES_A_FEE * (uint64_t)g->market.fee_count;
    for (uint32_t i = 0; i < g->feeder_count; i++) {
        const struct span name = g->feeders[i].name;
        if (name.len < 1 || name.len > WIRE_TEXT_BYTES_MAX || !codec_is_text(name))
            return complain(out, ERR_PARAM_RANGE, param, i,
                            "a name has 1 to 64 bytes of UTF-8 without control characters");
        bytes += name.len + BYTES_A_FEEDER;
    }
    if (bytes > WIRE_GENESIS_BYTES_MAX)
        return complain(out, ERR_PARAM_RELATION, param, 0,
                        "names and fees together are longer than a genesis may be");
    return ERR_OK;
}

/* ---- founders (RULE boot.1) ------------------------------------------------------------------ */

static bool has_equal_keys(const struct voucher *a, const struct voucher *b)
{
    const struct pubkey *const of_a[] = {&a->sign_key, &a->vrf_key, &a->seal_key};
    const struct pubkey *const of_b[] = {&b->sign_key, &b->vrf_key, &b->seal_key};
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j < 3; j++)
            if ((a != b || i != j) && pubkey_equal(of_a[i], of_b[j]))
                return true;
    return false;
}

static bool is_signed(const struct genesis *g, const struct authority_seal *seal)
{
    if (seal->part_count < g->authority.threshold || seal->part_count > WIRE_PARTS_MAX)
        return false;
    for (uint32_t i = 0; i < seal->part_count; i++)
        if (seal->parts[i].key >= g->authority.key_count ||
            (i > 0 && seal->parts[i].key <= seal->parts[i - 1].key))
            return false;
    return true;
}

static bool is_energy(int64_t wh)
{
    return wh >= 0 && wh <= WIRE_ENERGY_WH_MAX;
}

static const char *fault_of_voucher(const struct genesis *g, const struct voucher *v)
{
    static const struct hash zero = {{0}};
    if (v->feeder < 1 || v->feeder > g->feeder_count)
        return "its feeder does not exist";
    if (!is_energy(v->max_export_wh) || !is_energy(v->max_import_wh))
        return "its energy limits are at most 10^12 Wh";
    if (v->expires_ms < 1 || v->expires_ms > WIRE_NUMBER_MAX)
        return "its voucher has no end";
    if (is_zero(&v->sign_key) || is_zero(&v->vrf_key) || is_zero(&v->seal_key))
        return "a key is missing";
    if (hash_equal(&v->household, &zero) || hash_equal(&v->nullifier, &zero))
        return "household or nullifier is missing";
    return NULL;
}

static const char *fault_of_founder(const struct genesis *g, uint32_t i)
{
    const struct genesis_founder *f = &g->founders[i];
    const char *fault = fault_of_voucher(g, &f->voucher);
    if (fault)
        return fault;
    if (!is_signed(g, &f->seal))
        return "the authority's signatures are fewer than the threshold, or not in order of keys";
    for (uint32_t j = 0; j < i; j++)
        if (hash_equal(&f->voucher.nullifier, &g->founders[j].voucher.nullifier))
            return "an earlier founder has the same nullifier";
    for (uint32_t j = 0; j <= i; j++)
        if (has_equal_keys(&f->voucher, &g->founders[j].voucher))
            return "one of its keys stands twice";
    return NULL;
}

static enum err check_founders(const struct genesis *g, const struct param *param,
                               struct params_complaint *out)
{
    for (uint32_t i = 0; i < g->founder_count; i++) {
        const char *fault = fault_of_founder(g, i);
        if (fault)
            return complain(out, ERR_PARAM_RELATION, param, i, fault);
    }
    return ERR_OK;
}

static enum err check_list(const struct genesis *g, const struct param *param,
                           struct params_complaint *out)
{
    switch ((uint32_t)param->number) {
    case PARAM_FEES:
        return check_fees(g, param, out);
    case PARAM_AUTHORITY_KEYS:
        return check_keys(g, param, out);
    case PARAM_FEEDERS:
        return check_feeders(g, param, out);
    case PARAM_FOUNDERS:
        return check_founders(g, param, out);
    default:
        return ERR_OK;
    }
}

enum err params_check(const struct genesis *g, struct params_complaint *out)
{
    enum err bad = ERR_OK;
    for (uint32_t i = 0; !bad && params_at(i); i++)
        bad = check_alone(g, params_at(i), out);
    for (uint32_t i = 0; !bad && params_at(i); i++)
        bad = check_bounds(g, params_at(i), out);
    for (uint32_t i = 0; !bad && params_at(i); i++)
        bad = check_list(g, params_at(i), out);
    return bad;
}

enum err params_check_turns(const struct genesis *g, uint32_t validators,
                            struct params_complaint *out)
{
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *param = params_at(i);
        const uint64_t least = turns_ms(g, validators);
        if (is_window(param) && params_get(g, param) < least)
            return complain_number(out, ERR_PARAM_RELATION, param, params_get(g, param),
                                   (struct bounds){least, param->most});
    }
    return ERR_OK;
}
