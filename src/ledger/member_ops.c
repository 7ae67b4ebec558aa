/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/member_index.h"
#include "ledger/ops.h"
#include "ledger/state.h"

enum keys_record { KEYS_ROTATED = 1, KEYS_CERTIFIED = 2 };

/* RULE join.8: V is drawn from those who are volunteers then. */
enum err volunteer_op(struct ledger *l, const struct op_signer *s, const struct volunteer *op)
{
    if (member_get(l, s->slot)->is_volunteer != op->on)
        member_edit(l, s->slot)->is_volunteer = op->on;
    member_index_look(l, s->slot);
    return ERR_OK;
}

static void log_key(struct bytes_writer *w, const struct pubkey *key)
{
    bytes_write_span(w, (struct span){key->bytes, PUBKEY_BYTES});
}

/* RULE join.11 */
enum err key_rotate_op(struct ledger *l, const struct op_signer *s, const struct key_rotate *op)
{
    const struct member *m = member_get(l, s->slot);
    const struct member_keys keys = {
        .sign = op->sign_key, .vrf = op->vrf_key, .seal = op->seal_key};
    if (op->slot != s->slot)
        return ERR_OP_SIGNER;
    if (m->has_next_keys || l->now.a_ms - m->rotated_ms < l->params->identity.rotate_min_ms)
        return ERR_ROTATE_SOON;
    if (!keys_are_new(l, &keys))
        return ERR_KEY_SEEN;
    if (!keys_have_room(l))
        return ERR_KEYS_FULL;
    struct member *row = member_edit(l, s->slot);
    row->next_keys = keys;
    row->has_next_keys = true;
    row->rotated_ms = l->now.a_ms;
    keys_add(l, &keys);
    member_index_note(l, s->slot);
    struct bytes_writer *w = log_begin(l, RECORD_KEYS);
    bytes_write_u32(w, s->slot);
    bytes_write_u8(w, KEYS_ROTATED);
    log_key(w, &keys.sign);
    log_key(w, &keys.vrf);
    log_key(w, &keys.seal);
    log_end(l);
    return ERR_OK;
}

/* RULE join.7, num.6: the older one ends a day of A later, which is the network's to know. */
enum err cert_renew_op(struct ledger *l, const struct op_signer *s, const struct cert_renew *op)
{
    if (hash_equal(&member_get(l, s->slot)->certificates[0], &op->certificate))
        return ERR_DUPLICATE;
    struct member *m = member_edit(l, s->slot);
    m->certificates[1] = m->certificates[0];
    m->certificate_expires_ms[1] = m->certificate_expires_ms[0];
    m->certificates[0] = op->certificate;
    m->certificate_expires_ms[0] = op->expires_ms;
    m->renewed_ms = l->now.a_ms;
    struct bytes_writer *w = log_begin(l, RECORD_KEYS);
    bytes_write_u32(w, s->slot);
    bytes_write_u8(w, KEYS_CERTIFIED);
    bytes_write_span(w, (struct span){op->certificate.bytes, HASH_BYTES});
    log_end(l);
    return ERR_OK;
}

/* RULE join.10 */
enum err leave_op(struct ledger *l, const struct op_signer *s)
{
    return member_leave(l, s->slot);
}

/* RULE join.10: binds from the next block on. */
enum err cert_revoked_op(struct ledger *l, const struct op_signer *s, const struct cert_revoked *op)
{
    (void)s;
    if (op->sequence != l->head->authority_sequence + 1)
        return ERR_AUTHORITY_SEQUENCE;
    if (!member_find(l, op->member))
        return ERR_NO_MEMBER;
    const enum err code = member_expel(l, op->member, STATUS_REVOKED);
    if (code != ERR_OK)
        return code;
    if (op->key_is_lost)
        member_edit(l, op->member)->key_is_lost = true;
    l->head->authority_sequence = op->sequence;
    return ERR_OK;
}
