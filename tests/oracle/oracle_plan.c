/* SPDX-License-Identifier: Apache-2.0 */
/* tests/oracle/oracle_plan.c - the second, independent statement of the format's ranges. The
 * numbers are those of schema/peerwatt.proto, docs/protocol.md (num.4, boot.1, op.1, funds.1) and
 * docs/market.md (market.4), written out here and taken from no header: a test that fails because
 * one of them has changed has done its work. */
#include "tests/oracle/oracle_plan.h"

#include "peerwatt.pb-c.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX INT64_MAX          /* 2^63 - 1 */
#define MONEY_MAX 2305843009213693952 /* 2^61 */
#define ENERGY_MAX 1000000000000
#define PRICE_MAX 1000000000

struct rule {
    const char *message, *field;
    uint64_t min, max, usual;
    enum plan_note note;
    const ProtobufCMessageDescriptor *inside;
};

/* Not listed: a uint64 of 0 to 2^63 - 1, a bool, a message that is always there. */
static const struct rule rules[] = {
    {"Envelope", "body", 1, 16896, 0, PLAN_JUDGED, &peerwatt__body__descriptor},
    {"Envelope", "signature", 64, 64, 0, PLAN_PLAIN, NULL},
    {"Body", "slot", 1, 1048576, 0, PLAN_OPTIONAL, NULL},
    {"Body", "key", 32, 32, 0, PLAN_OPTIONAL, NULL},
    {"Body", "expires_height", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"Body", "ops", 1, 64, 0, PLAN_PLAIN, NULL},
    {"Bundle", "envelopes", 1, 65536, 6, PLAN_LOOSE, &peerwatt__envelope__descriptor},
    {"Block", "height", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"Block", "hash", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Block", "last_commit", 0, 256, 0, PLAN_PLAIN, NULL},
    {"Block", "misbehaviors", 0, 256, 0, PLAN_PLAIN, NULL},
    {"Block", "bundles", 0, 65536, 4, PLAN_LOOSE, &peerwatt__bundle__descriptor},
    {"CommitVote", "validator", 20, 20, 0, PLAN_PLAIN, NULL},
    {"Misbehavior", "validator", 20, 20, 0, PLAN_PLAIN, NULL},

    {"SignaturePart", "key", 0, 14, 0, PLAN_PLAIN, NULL},
    {"SignaturePart", "signature", 64, 64, 0, PLAN_PLAIN, NULL},
    {"Voucher", "sign_key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "vrf_key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "seal_key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "feeder", 1, 65535, 0, PLAN_PLAIN, NULL},
    {"Voucher", "household", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "nullifier", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "max_export_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"Voucher", "max_import_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"Voucher", "payout", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "identity_commitment", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Voucher", "expires_ms", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"JoinRequest", "voucher", 1, 8192, 0, PLAN_JUDGED, &peerwatt__voucher__descriptor},
    {"JoinRequest", "parts", 1, 15, 0, PLAN_PLAIN, NULL},
    {"JoinRequest", "csr", 32, 32, 0, PLAN_PLAIN, NULL},
    {"NewKeys", "slot", 1, 1048576, 0, PLAN_PLAIN, NULL},
    {"NewKeys", "sign_key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"NewKeys", "vrf_key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"NewKeys", "seal_key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"KeyRotate", "keys", 1, 8192, 0, PLAN_JUDGED, &peerwatt__new_keys__descriptor},
    {"KeyRotate", "new_signature", 64, 64, 0, PLAN_PLAIN, NULL},
    {"CertRenew", "certificate", 32, 32, 0, PLAN_PLAIN, NULL},
    {"CertRenew", "expires_ms", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"EraseReceipt", "request", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"CertIssuedStatement", "sequence", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"CertIssuedStatement", "request", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"CertIssuedStatement", "certificate", 32, 32, 0, PLAN_PLAIN, NULL},
    {"CertIssuedStatement", "csr", 32, 32, 0, PLAN_PLAIN, NULL},
    {"CertIssuedStatement", "expires_ms", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"CertIssued", "statement", 1, 8192, 0, PLAN_JUDGED,
     &peerwatt__cert_issued_statement__descriptor},
    {"CertIssued", "parts", 1, 15, 0, PLAN_PLAIN, NULL},
    {"CertRevokedStatement", "sequence", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"CertRevokedStatement", "member", 1, 1048576, 0, PLAN_PLAIN, NULL},
    {"CertRevoked", "statement", 1, 8192, 0, PLAN_JUDGED,
     &peerwatt__cert_revoked_statement__descriptor},
    {"CertRevoked", "parts", 1, 15, 0, PLAN_PLAIN, NULL},
    {"AuthorityAdmitStatement", "sequence", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"AuthorityAdmitStatement", "request", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"AuthorityAdmit", "statement", 1, 8192, 0, PLAN_JUDGED,
     &peerwatt__authority_admit_statement__descriptor},
    {"AuthorityAdmit", "parts", 1, 15, 0, PLAN_PLAIN, NULL},
    {"RequestVerdict", "request", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"VerificationBlock", "previous", 32, 32, 0, PLAN_PLAIN, NULL},
    {"VerificationBlock", "verdicts", 1, 64, 0, PLAN_PLAIN, NULL},
    {"BeaconReveal", "proof", 80, 80, 0, PLAN_PLAIN, NULL},

    {"Order", "side", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Order", "round", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Order", "energy_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"Order", "price_micro_per_kwh", 0, PRICE_MAX, 0, PLAN_PLAIN, NULL},
    {"Order", "min_score", 0, 7, 0, PLAN_PLAIN, NULL},
    {"OrderCancel", "order", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "seller", 1, 1048576, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "buyer", 1, 1048576, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "energy_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "price_micro_per_kwh", 0, PRICE_MAX, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "min_delivery_ppm", 0, 1000000, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "tolerance_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "take", 1, 3, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "expires_height", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "seller_min_score", 0, 7, 0, PLAN_PLAIN, NULL},
    {"AgreementTerms", "buyer_min_score", 0, 7, 0, PLAN_PLAIN, NULL},
    {"Agreement", "terms", 1, 8192, 0, PLAN_JUDGED, &peerwatt__agreement_terms__descriptor},
    {"Agreement", "seller_signature", 64, 64, 0, PLAN_PLAIN, NULL},
    {"Agreement", "buyer_signature", 64, 64, 0, PLAN_PLAIN, NULL},
    {"ContractRef", "contract", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"IntervalStatement", "seq", 0, UINT32_MAX, 0, PLAN_PLAIN, NULL},
    {"IntervalStatement", "delivered_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"IntervalStatement", "taken_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"IntervalStatement", "refused", 0, 64, 0, PLAN_PLAIN, NULL},
    {"IntervalStatement", "register_commitment", 32, 32, 0, PLAN_PLAIN, NULL},
    {"IntervalStatement", "corrects", 32, 32, 0, PLAN_OPTIONAL, NULL},
    {"ResultItem", "contract", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"ResultItem", "result", 1, 5, 0, PLAN_PLAIN, NULL},
    {"ResultItem", "settled_wh", 0, ENERGY_MAX, 0, PLAN_PLAIN, NULL},
    {"ResultItem", "payment_micro", 0, MONEY_MAX, 0, PLAN_PLAIN, NULL},
    {"LeaderExec", "items", 1, 64, 0, PLAN_PLAIN, NULL},
    {"LeaderFinal", "items", 1, 64, 0, PLAN_PLAIN, NULL},
    {"Ballot", "stage", 1, 4, 0, PLAN_PLAIN, NULL},
    {"Ballot", "round", 1, 2, 0, PLAN_OPTIONAL, NULL},
    {"Ballot", "first", 0, UINT32_MAX, 0, PLAN_PLAIN, NULL},
    {"Ballot", "voted", 1, 2048, 0, PLAN_PLAIN, NULL},
    {"Ballot", "agree", 1, 2048, 0, PLAN_PLAIN, NULL},
    {"MemberEvidence", "first", 1, 8192, 0, PLAN_LOOSE, &peerwatt__envelope__descriptor},
    {"MemberEvidence", "second", 1, 8192, 0, PLAN_LOOSE, &peerwatt__envelope__descriptor},

    {"DepositStatement", "member", 1, 1048576, 0, PLAN_PLAIN, NULL},
    {"DepositStatement", "amount_micro", 0, MONEY_MAX, 0, PLAN_PLAIN, NULL},
    {"DepositStatement", "reference", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Deposit", "statement", 1, 8192, 0, PLAN_JUDGED, &peerwatt__deposit_statement__descriptor},
    {"Deposit", "parts", 1, 15, 0, PLAN_OPTIONAL, NULL},
    {"WithdrawRequest", "amount_micro", 0, MONEY_MAX, 0, PLAN_PLAIN, NULL},
    {"WithdrawRequest", "member", 0, 1048576, 0, PLAN_PLAIN, NULL},
    {"WithdrawPaid", "request", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"WithdrawPaid", "reference", 32, 32, 0, PLAN_PLAIN, NULL},
    {"WithdrawRejected", "request", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"WithdrawRejected", "reason", 1, 3, 0, PLAN_PLAIN, NULL},
    {"CreditLimit", "member", 1, 1048576, 0, PLAN_PLAIN, NULL},
    {"CreditLimit", "limit_micro", 0, MONEY_MAX, 0, PLAN_PLAIN, NULL},
    {"ParameterSetting", "parameter", 1, UINT32_MAX, 0, PLAN_PLAIN, NULL},
    {"ParameterSetting", "index", 0, UINT32_MAX, 0, PLAN_PLAIN, NULL},
    {"ParameterSetting", "bytes", 0, 64, 0, PLAN_PLAIN, NULL},
    {"ParameterChangeStatement", "sequence", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"ParameterChangeStatement", "from_interval", 1, NUMBER_MAX, 0, PLAN_PLAIN, NULL},
    {"ParameterChangeStatement", "settings", 1, 64, 0, PLAN_PLAIN, NULL},
    {"ParameterChange", "statement", 1, 8192, 0, PLAN_JUDGED,
     &peerwatt__parameter_change_statement__descriptor},
    {"ParameterChange", "parts", 1, 15, 0, PLAN_PLAIN, NULL},

    {"Community", "name", 1, 64, 0, PLAN_PLAIN, NULL},
    {"Community", "chain_id", 1, 64, 0, PLAN_PLAIN, NULL},
    {"Community", "currency", 3, 3, 0, PLAN_PLAIN, NULL},
    {"Fee", "seller_feeder", 1, 65535, 0, PLAN_PLAIN, NULL},
    {"Fee", "buyer_feeder", 1, 65535, 0, PLAN_PLAIN, NULL},
    {"Fee", "micro_per_kwh", 1, PRICE_MAX, 0, PLAN_PLAIN, NULL},
    {"Market", "timing", 1, 3, 0, PLAN_PLAIN, NULL},
    {"Market", "mechanism", 1, 3, 0, PLAN_PLAIN, NULL},
    {"Market", "price_rule", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Market", "fees", 0, 65536, 100, PLAN_PLAIN, NULL},
    {"Trade", "unwitnessed", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Sampling", "mode", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Identity", "mode", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Identity", "handover", 1, 2, 0, PLAN_PLAIN, NULL},
    {"Qot", "mode", 1, 2, 0, PLAN_PLAIN, NULL},
    {"AuthorityKey", "key", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Authority", "keys", 1, 15, 0, PLAN_PLAIN, NULL},
    {"Authority", "threshold", 1, 15, 0, PLAN_PLAIN, NULL},
    {"Feeder", "name", 1, 64, 0, PLAN_PLAIN, NULL},
    {"Founder", "voucher", 1, 8192, 0, PLAN_JUDGED, &peerwatt__voucher__descriptor},
    {"Founder", "parts", 1, 15, 0, PLAN_PLAIN, NULL},
    {"Founder", "certificate", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Genesis", "treasury", 32, 32, 0, PLAN_PLAIN, NULL},
    {"Genesis", "feeders", 1, 65535, 200, PLAN_PLAIN, NULL},
    {"Genesis", "founders", 0, 64, 0, PLAN_PLAIN, NULL},
};

enum { RULE_COUNT = sizeof rules / sizeof rules[0], PLANS_MAX = 64 };

static struct plan plans[PLANS_MAX];
static size_t plan_count;
static bool rule_is_used[RULE_COUNT];

bool plan_is_list(const struct plan_field *f)
{
    return f->field->label == PROTOBUF_C_LABEL_REPEATED;
}

bool plan_is_message(const struct plan_field *f)
{
    return f->field->type == PROTOBUF_C_TYPE_MESSAGE && !plan_is_list(f);
}

bool plan_is_arm(const struct plan_field *f)
{
    return (f->field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

uint64_t plan_value(const struct plan_field *f, const ProtobufCMessage *message)
{
    const uint8_t *at = (const uint8_t *)message + f->field->offset;
    if (plan_is_list(f)) {
        size_t count;
        memcpy(&count, (const uint8_t *)message + f->field->quantifier_offset, sizeof count);
        return count;
    }
    if (f->field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData bytes;
        memcpy(&bytes, at, sizeof bytes);
        return bytes.len;
    }
    if (f->field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text;
        memcpy(&text, at, sizeof text);
        return strlen(text);
    }
    uint64_t wide;
    uint32_t narrow;
    if (f->field->type == PROTOBUF_C_TYPE_UINT64) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

static const struct rule *find_rule(const char *message, const char *field)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (strcmp(rules[i].message, message) != 0 || strcmp(rules[i].field, field) != 0)
            continue;
        rule_is_used[i] = true;
        return &rules[i];
    }
    return NULL;
}

static struct plan *add_plan(const ProtobufCMessageDescriptor *message);

static void plan_the_field(struct plan_field *f, const char *message)
{
    const struct rule *rule = find_rule(message, f->field->name);
    const ProtobufCMessageDescriptor *inside = f->field->descriptor;
    if (rule) {
        *f = (struct plan_field){.field = f->field,
                                 .min = rule->min,
                                 .max = rule->max,
                                 .usual = rule->usual ? rule->usual : rule->max,
                                 .note = rule->note};
        if (rule->inside)
            inside = rule->inside;
    } else if (f->field->type == PROTOBUF_C_TYPE_BOOL) {
        f->max = f->usual = 1;
    } else {
        assert(f->field->type == PROTOBUF_C_TYPE_UINT64 || plan_is_message(f));
        f->max = f->usual = NUMBER_MAX;
    }
    if (f->field->type == PROTOBUF_C_TYPE_MESSAGE || (rule && rule->inside))
        f->inside = add_plan(inside);
}

static struct plan *add_plan(const ProtobufCMessageDescriptor *message)
{
    for (size_t i = 0; i < plan_count; i++)
        if (plans[i].message == message)
            return &plans[i];
    assert(plan_count < PLANS_MAX && message->n_fields <= PLAN_FIELDS_MAX);
    struct plan *plan = &plans[plan_count++];
    plan->message = message;
    for (unsigned i = 0; i < message->n_fields; i++) {
        struct plan_field *f = &plan->fields[i];
        f->field = &message->fields[i];
        plan_the_field(f, message->short_name);
    }
    return plan;
}

static void make_plans(void)
{
    const ProtobufCMessageDescriptor *const roots[] = {
        &peerwatt__envelope__descriptor, &peerwatt__bundle__descriptor,
        &peerwatt__block__descriptor, &peerwatt__genesis__descriptor};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        (void)add_plan(roots[i]);
    for (size_t i = 0; i < RULE_COUNT; i++)
        assert(rule_is_used[i]); /* a rule of a field that the schema does not have */
}

struct plan *plan_get(const char *message)
{
    if (plan_count == 0)
        make_plans();
    for (size_t i = 0; i < plan_count; i++)
        if (strcmp(plans[i].message->short_name, message) == 0)
            return &plans[i];
    assert(false && "the schema has this message");
    return NULL;
}

/* Lists of these ascend strictly by one number, or by two. */
static const struct {
    const char *item, *first, *second;
} ascending[] = {
    {"SignaturePart", "key", NULL},
    {"ContractRef", "contract", NULL},
    {"ResultItem", "contract", NULL},
    {"RequestVerdict", "request", NULL},
    {"ParameterSetting", "parameter", "index"},
    {"Fee", "seller_feeder", "buyer_feeder"},
};

const struct plan_field *plan_field_get(const struct plan *plan, const char *name)
{
    for (unsigned i = 0; name && i < plan->message->n_fields; i++)
        if (strcmp(plan->fields[i].field->name, name) == 0)
            return &plan->fields[i];
    assert(!name);
    return NULL;
}

bool plan_ascends(const struct plan *item, const struct plan_field **first,
                  const struct plan_field **second)
{
    for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
        if (strcmp(item->message->short_name, ascending[i].item) != 0)
            continue;
        *first = plan_field_get(item, ascending[i].first);
        *second = plan_field_get(item, ascending[i].second);
        return true;
    }
    return false;
}

enum { POOL_BYTES = 1 << 27, POOL_ALIGN = 16 };

void *pool_take(struct pool *p, size_t len)
{
    if (!p->memory)
        p->memory = malloc(POOL_BYTES);
    const size_t rounded = (len + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
    assert(p->memory && rounded <= POOL_BYTES - p->used);
    uint8_t *piece = p->memory + p->used;
    p->used += rounded;
    memset(piece, 0, len);
    return piece;
}

void pool_reset(struct pool *p)
{
    p->used = 0;
}
