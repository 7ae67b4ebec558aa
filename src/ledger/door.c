/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/door.h"

#include "ledger/claims.h"
#include "ledger/state.h"
#include "ledger/values.h"

#include <assert.h>

enum { WINDOW_BITS = 64, NONCE_SKIP_MAX = 1024 };

static bool is_joiner(const struct envelope *e)
{
    return e->op_count == 1 && e->ops[0].kind == OP_JOIN_REQUEST &&
           pubkey_equal(&e->ops[0].join_request.voucher.sign_key, &e->key);
}

/* Who says it, and whose nonce window it uses: windows hold members, then the treasury, then the
 * authority's keys. A joiner has none: its nullifier is held from then on (join.2). */
struct sender {
    enum signer_role role;
    uint32_t window; /* 0: none */
};

static bool find_sender(const struct ledger *l, const struct envelope *e, struct sender *out)
{
    const struct genesis_authority *authority = &l->params->authority;
    if (e->slot > 0) {
        const struct member *m = member_find(l, e->slot);
        *out = (struct sender){SIGNER_MEMBER, e->slot};
        return m && member_is_live(m);
    }
    if (pubkey_equal(&e->key, &l->params->treasury)) {
        *out = (struct sender){SIGNER_TREASURY, l->sizes.members + 1};
        return true;
    }
    for (uint32_t i = 0; i < authority->key_count; i++) {
        if (!pubkey_equal(&e->key, &authority->keys[i].key))
            continue;
        *out = (struct sender){SIGNER_AUTHORITY, l->sizes.members + 2 + i};
        return true;
    }
    *out = (struct sender){SIGNER_JOINER, 0};
    return is_joiner(e);
}

/* RULE num.4: the 64 nonces below the highest one taken, and up to 1,024 above it. */
static enum err check_nonce(const struct window *w, uint64_t nonce)
{
    const uint64_t highest = w->has_any ? w->highest : 0;
    if (nonce > highest)
        return nonce - highest <= NONCE_SKIP_MAX ? ERR_OK : ERR_NONCE_FAR;
    if (!w->has_any)
        return ERR_OK; /* the first one is 0 */
    const uint64_t below = highest - nonce;
    if (below == 0 || below > WINDOW_BITS)
        return ERR_NONCE_USED;
    return w->seen >> (below - 1) & 1 ? ERR_NONCE_USED : ERR_OK;
}

static void take_nonce(struct window *w, uint64_t nonce)
{
    if (!w->has_any) {
        *w = (struct window){.has_any = true, .highest = nonce};
        return;
    }
    if (nonce < w->highest) {
        w->seen |= UINT64_C(1) << (w->highest - nonce - 1);
        return;
    }
    const uint64_t by = nonce - w->highest;
    const uint64_t moved = by < WINDOW_BITS ? w->seen << by : 0;
    const uint64_t last = by <= WINDOW_BITS ? UINT64_C(1) << (by - 1) : 0;
    *w = (struct window){.has_any = true, .highest = nonce, .seen = moved | last};
}

/* Of the whole: body and signature are one field each, with a tag and a length before it. */
static uint64_t bytes_of(const struct envelope *e)
{
    enum { LENGTH_2 = 1 << 7, LENGTH_3 = 1 << 14, SIGNATURE_FIELD = 2 + SIGNATURE_BYTES };
    const uint32_t length = 1U + (e->body.len >= LENGTH_2) + (e->body.len >= LENGTH_3);
    return 1 + length + e->body.len + SIGNATURE_FIELD;
}

/* RULE dos.3: the community's own limits. */
static bool is_too_large(const struct ledger *l, const struct envelope *e)
{
    const struct genesis_limits *limits = &l->params->limits;
    const bool is_evidence = e->op_count == 1 && e->ops[0].kind == OP_MEMBER_EVIDENCE;
    return e->op_count > limits->ops_per_envelope ||
           (bytes_of(e) > limits->envelope_bytes && !is_evidence);
}

/* RULE dos.4: inadmissible envelopes touch nothing, but what they ask to be checked counts. */
static enum err check(struct ledger *l, const struct envelope *e,
                      const struct door_verdict *verdict, struct sender *sender)
{
    const uint32_t claims = claims_count(e);
    if (claims > l->now.claims_left)
        return ERR_BLOCK_FULL;
    l->now.claims_left -= claims;
    if (is_too_large(l, e))
        return ERR_ENVELOPE_FORM;
    if (!find_sender(l, e, sender))
        return ERR_SIGNER_UNKNOWN;
    if (!verdict->is_signed)
        return ERR_SIGNATURE;
    if (e->expires_height < l->now.height)
        return ERR_EXPIRED;
    if (e->expires_height > l->now.height + l->params->windows.ttl_max_blocks)
        return ERR_EXPIRES_FAR;
    if (sender->window == 0) /* RULE join.2: a joiner is admissible with its voucher's proof only */
        return verdict->ops_proven & 1 ? ERR_OK : ERR_OP_PROOF;
    return check_nonce(table_get(&l->windows, sender->window), e->nonce);
}

enum err door_admit(struct ledger *l, const struct envelope *e, const struct door_verdict *verdict,
                    struct op_signer *out)
{
    struct sender sender;
    const enum err refused = check(l, e, verdict, &sender);
    if (refused != ERR_OK)
        return refused;
    if (sender.window > 0) {
        take_nonce(table_edit(&l->windows, sender.window), e->nonce);
        state_mark(l, STORE_WINDOWS, sender.window / STATE_WINDOWS_LEAF);
    }
    if (sender.role == SIGNER_MEMBER)
        presence_seen(l, e->slot);
    *out = (struct op_signer){.role = sender.role,
                              .slot = e->slot,
                              .key = e->key,
                              .expires_height = e->expires_height,
                              .body = e->body};
    return ERR_OK;
}

/* The table of docs/protocol.md, section 13: which roles may say it. */
static uint32_t sayers(enum op_kind kind)
{
    enum {
        MEMBER = 1 << SIGNER_MEMBER,
        JOINER = 1 << SIGNER_JOINER,
        TREASURY = 1 << SIGNER_TREASURY,
        AUTHORITY = 1 << SIGNER_AUTHORITY
    };
    switch (kind) {
    case OP_JOIN_REQUEST:
        return JOINER;
    case OP_DEPOSIT:
    case OP_WITHDRAW_PAID:
    case OP_WITHDRAW_REJECTED:
    case OP_CREDIT_LIMIT:
        return TREASURY;
    case OP_WITHDRAW_REQUEST:
        return MEMBER | TREASURY;
    case OP_CERT_ISSUED:
    case OP_CERT_REVOKED:
    case OP_AUTHORITY_ADMIT:
    case OP_PARAMETER_CHANGE:
        return AUTHORITY;
    case OP_ORDER:
    case OP_ORDER_CANCEL:
    case OP_INTERVAL_STATEMENT:
    case OP_BALLOT:
    case OP_LEADER_EXEC:
    case OP_LEADER_FINAL:
    case OP_AGREEMENT:
    case OP_BEACON_REVEAL:
    case OP_VERIFICATION_BLOCK:
    case OP_VOLUNTEER:
    case OP_MEMBER_EVIDENCE:
    case OP_KEY_ROTATE:
    case OP_CERT_RENEW:
    case OP_LEAVE:
    case OP_ERASE_RECEIPT:
        return MEMBER;
    case OP_KIND_COUNT:
        break;
    }
    return 0;
}

enum err door_may_say(const struct op_signer *s, const struct op *op)
{
    if (!(sayers(op->kind) >> s->role & 1))
        return ERR_OP_SIGNER;
    return s->is_proven ? ERR_OK : ERR_OP_PROOF;
}

static void window_io(struct row_io *io, struct window *w)
{
    row_bool(io, &w->has_any);
    row_u64(io, &w->highest);
    row_u64(io, &w->seen);
}

void windows_value(const struct ledger *l, uint32_t leaf, struct value *v)
{
    row_kind(&v->io, ROW_WINDOWS);
    for (uint32_t i = 0; i < STATE_WINDOWS_LEAF; i++) {
        const uint32_t at = leaf * STATE_WINDOWS_LEAF + i;
        if (at > l->sizes.signers)
            break;
        struct window copy = *(const struct window *)table_get(&l->windows, at);
        window_io(&v->io, &copy);
    }
}

void windows_read(struct ledger *l, uint32_t leaf, struct row_io *io)
{
    for (uint32_t i = 0; i < STATE_WINDOWS_LEAF; i++) {
        const uint32_t at = leaf * STATE_WINDOWS_LEAF + i;
        if (i == 0)
            row_kind(io, ROW_WINDOWS);
        if (at <= l->sizes.signers)
            window_io(io, table_fill(&l->windows, at));
    }
}
