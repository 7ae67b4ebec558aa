/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/join.h"
#include "ledger/member_index.h"
#include "ledger/state.h"
#include "wire/tags.h"

#include <assert.h>

enum { CAPPED_FROM_ACTIVE = 20, SHARE_OF_FEEDER = 10, VERIFIERS_ALONE = 3, CHAIN_BOOT = 2 };

/* ---- JoinRequest ----------------------------------------------------------------------------- */

/* RULE join.2: no feeder grows by more than a tenth in an epoch. */
static bool feeder_is_full(const struct ledger *l, uint32_t feeder)
{
    const uint32_t share = feeder_live(l, feeder) / SHARE_OF_FEEDER;
    const uint32_t most = share > 1 ? share : 1;
    return l->head->active_count >= CAPPED_FROM_ACTIVE &&
           l->index.joins.feeder_asks[feeder] >= most;
}

/* Each open request can still become a member. */
static bool members_are_full(const struct ledger *l)
{
    const uint64_t limit = l->params->limits.members_max; /* may have fallen since the genesis */
    const uint32_t most = limit < l->sizes.members ? (uint32_t)limit : l->sizes.members;
    return l->head->member_count + l->index.joins.open_count >= most;
}

static bool feeder_is_known(const struct ledger *l, uint32_t feeder)
{
    return feeder >= 1 && feeder <= l->params->feeder_count && feeder <= l->sizes.feeders;
}

static bool has_household(const struct voucher *v)
{
    static const struct hash zero;
    return !hash_equal(&v->household, &zero);
}

static enum err check_join(const struct ledger *l, const struct voucher *v,
                           const struct member_keys *keys)
{
    if (l->now.t_ms >= v->expires_ms)
        return ERR_VOUCHER_EXPIRED;
    if (nullifier_is_held(l, &v->nullifier) || !has_household(v))
        return ERR_NULLIFIER_HELD;
    if (!keys_are_new(l, keys))
        return ERR_KEY_SEEN;
    if (!feeder_is_known(l, v->feeder))
        return ERR_FEEDER_UNKNOWN;
    if (!join_has_room(l) || feeder_is_full(l, v->feeder))
        return ERR_JOINS_FULL;
    if (members_are_full(l))
        return ERR_MEMBERS_FULL;
    return keys_have_room(l) ? ERR_OK : ERR_KEYS_FULL;
}

enum err join_request_op(struct ledger *l, const struct op_signer *s, const struct join_request *op)
{
    const struct voucher *v = &op->voucher;
    const struct member_keys keys = {.sign = v->sign_key, .vrf = v->vrf_key, .seal = v->seal_key};
    if (!pubkey_equal(&s->key, &v->sign_key))
        return ERR_OP_SIGNER;
    const enum err refused = check_join(l, v, &keys);
    if (refused != ERR_OK)
        return refused;
    uint32_t place;
    struct join *j = join_take(l, &place);
    j->machine = (struct request){.state = JOIN_PENDING, .expires_ms = v->expires_ms};
    j->voucher = *v;
    j->csr = op->csr;
    j->is_volunteer = op->volunteer;
    j->admitted_ms = l->now.a_ms;
    j->due_ms = l->now.a_ms + l->params->windows.doc_ms;
    keys_add(l, &keys);
    join_open(l, place);
    return ERR_OK;
}

/* ---- AuthorityAdmit -------------------------------------------------------------------------- */

/* RULE boot.3 */
static enum err check_admit(const struct ledger *l, uint32_t place,
                            const struct request_happening *h)
{
    const struct join *j = join_get(l, place);
    if (l->now.t_ms >= j->machine.expires_ms)
        return ERR_LATE;
    if (j->machine.state != JOIN_PENDING)
        return ERR_WRONG_STATE;
    if (!h->may_admit || !h->has_waited)
        return ERR_ADMIT_EARLY;
    return verification_undecided(l) == JOIN_NO_PLACE ? ERR_OK : ERR_VERIFY_BUSY;
}

/* What a BOOT block of the chain is hashed over. */
static struct hash hash_boot(const struct ledger *l, const struct authority_admit *op)
{
    uint8_t bytes[1 + 2 * sizeof(uint64_t) + HASH_BYTES];
    struct bytes_writer w;
    bytes_writer_init(&w, bytes, sizeof bytes);
    bytes_write_u8(&w, CHAIN_BOOT);
    bytes_write_u64(&w, op->sequence);
    bytes_write_u64(&w, op->request);
    bytes_write_span(&w, (struct span){l->head->chain_head.bytes, HASH_BYTES});
    assert(!w.full);
    return hash_tagged(tag_get(TAG_BLOCK), (struct span){bytes, sizeof bytes});
}

enum err authority_admit_op(struct ledger *l, const struct op_signer *s,
                            const struct authority_admit *op)
{
    (void)s;
    if (op->sequence != l->head->authority_sequence + 1)
        return ERR_AUTHORITY_SEQUENCE;
    const uint32_t place = join_find_open(l, op->request);
    if (place == JOIN_NO_PLACE)
        return ERR_NO_REQUEST;
    const uint64_t waited = l->now.a_ms - join_get(l, place)->admitted_ms;
    const uint32_t seats = l->head->epoch.v.count;
    struct request_happening h = {.event = JOIN_EV_ADMIT,
                                  .may_admit = seats < VERIFIERS_ALONE,
                                  .has_waited =
                                      seats == 0 || waited > l->params->identity.boot_wait_ms};
    const enum err refused = check_admit(l, place, &h);
    if (refused != ERR_OK)
        return refused;
    const struct hash link = hash_boot(l, op);
    join_run(l, place, &h);
    chain_add(l, &link);
    l->head->authority_sequence = op->sequence;
    struct bytes_writer *w = log_begin(l, RECORD_BOOT);
    bytes_write_u64(w, op->sequence);
    bytes_write_u64(w, op->request);
    bytes_write_span(w, (struct span){link.bytes, HASH_BYTES});
    log_end(l);
    return ERR_OK;
}

/* ---- CertIssued ------------------------------------------------------------------------------ */

static enum err check_issued(const struct ledger *l, const struct cert_issued *op, uint32_t place)
{
    if (op->sequence != l->head->authority_sequence + 1)
        return ERR_AUTHORITY_SEQUENCE;
    if (place == JOIN_NO_PLACE)
        return ERR_NO_REQUEST;
    const struct join *j = join_get(l, place);
    if (j->machine.state != JOIN_VERIFIED)
        return ERR_EARLY;
    if (l->now.t_ms >= j->machine.expires_ms)
        return ERR_LATE;
    return hash_equal(&j->csr, &op->csr) ? ERR_OK : ERR_CSR_OTHER;
}

/* RULE join.7 */
enum err cert_issued_op(struct ledger *l, const struct op_signer *s, const struct cert_issued *op)
{
    const uint32_t place = join_find_open(l, op->request);
    (void)s;
    const enum err refused = check_issued(l, op, place);
    if (refused != ERR_OK)
        return refused;
    const struct join copy = *join_get(l, place);
    const struct member_birth birth = {.voucher = &copy.voucher,
                                       .certificate = op->certificate,
                                       .certificate_expires_ms = op->expires_ms,
                                       .is_volunteer = copy.is_volunteer};
    join_run(l, place, &(struct request_happening){.event = JOIN_EV_CERT, .csr_matches = true});
    const uint32_t slot = member_add(l, &birth);
    l->head->authority_sequence = op->sequence;
    epoch_want_end(l);
    struct bytes_writer *w = log_begin(l, RECORD_MEMBER);
    bytes_write_u32(w, slot);
    bytes_write_u8(w, STATUS_ACTIVE);
    bytes_write_u64(w, op->request);
    bytes_write_span(w, (struct span){op->certificate.bytes, HASH_BYTES});
    log_end(l);
    return ERR_OK;
}

/* ---- EraseReceipt ---------------------------------------------------------------------------- */

/* A receipt that has become a debt of the member. */
static enum err pay_receipt(struct ledger *l, uint32_t slot, uint64_t request)
{
    const struct member *m = member_get(l, slot);
    for (uint32_t i = 0; i < SIZES_RECEIPTS; i++) {
        if (request == 0 || m->owes_receipt[i] != request)
            continue;
        member_edit(l, slot)->owes_receipt[i] = 0;
        return ERR_OK;
    }
    return ERR_NO_RECEIPT;
}

/* RULE join.9: who is in V needs the document until the request is decided. */
enum err erase_receipt_op(struct ledger *l, const struct op_signer *s,
                          const struct erase_receipt *op)
{
    const uint32_t place = join_find(l, op->request);
    if (place == JOIN_NO_PLACE)
        return pay_receipt(l, s->slot, op->request);
    const struct join *j = join_get(l, place);
    const uint32_t seat = leader_seat(&j->had_documents, s->slot);
    if (seat == LEADER_SEATS_MAX || !(j->owes_erasure >> seat & 1))
        return pay_receipt(l, s->slot, op->request);
    const bool is_decided = j->machine.state >= JOIN_VERIFIED;
    if (!is_decided && leader_seat(&l->head->epoch.v, s->slot) < LEADER_SEATS_MAX)
        return ERR_EARLY;
    join_erased(l, place, seat);
    return ERR_OK;
}
