/* SPDX-License-Identifier: Apache-2.0 */
#include "core/params.h"

#include <assert.h>
#include <string.h>

enum { FEE_SELLER_SHIFT = 16, FEE_BUYER_MASK = 0xffff };

struct change { /* a copy that is not the community's yet */
    struct genesis g;
    struct arena *room;
    bool owns_keys, owns_feeders, owns_fees; /* laid into room, with WIRE_LINES_MAX more places */
};

/* The items of a list, once, where they may be written. */
static void *own(struct change *c, bool *is_owned, const void *items, uint32_t count, size_t size)
{
    *is_owned = true;
    void *copy = arena_take(c->room, (size_t)count + WIRE_LINES_MAX, size, 8);
    assert(copy); /* PARAMS_ROOM_BYTES hold all three lists */
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static enum err set_number(struct change *c, const struct param *param,
                           const struct parameter_setting *s)
{
    if (s->index != 0 || s->bytes.len != 0)
        return ERR_PARAM_FORM;
    if (s->value < param->least || s->value > param->most)
        return ERR_PARAM_RANGE;
    params_put(&c->g, param, s->value);
    return ERR_OK;
}

static enum err set_text(struct change *c, const struct param *param,
                         const struct parameter_setting *s)
{
    if (s->index != 0 || s->value != 0)
        return ERR_PARAM_FORM;
    assert(param->size == sizeof s->bytes);
    memcpy((uint8_t *)&c->g + param->offset, &s->bytes, sizeof s->bytes);
    return ERR_OK;
}

static enum err set_key(struct change *c, const struct parameter_setting *s)
{
    if (s->index != 0 || s->value != 0 || s->bytes.len != PUBKEY_BYTES)
        return ERR_PARAM_FORM;
    memcpy(c->g.treasury.bytes, s->bytes.at, PUBKEY_BYTES);
    return ERR_OK;
}

static enum err set_authority_key(struct change *c, const struct parameter_setting *s)
{
    struct genesis_authority *a = &c->g.authority;
    if (s->value != 0 || (s->bytes.len != PUBKEY_BYTES && s->bytes.len != 0))
        return ERR_PARAM_FORM;
    if (s->index > a->key_count || (s->index == a->key_count && s->bytes.len == 0))
        return ERR_PARAM_INDEX;
    if (!c->owns_keys)
        a->keys = own(c, &c->owns_keys, a->keys, a->key_count, sizeof *a->keys);
    if (s->bytes.len == 0) {
        a->key_count = s->index;
        return ERR_OK;
    }
    if (s->index == a->key_count)
        a->key_count++;
    memcpy(a->keys[s->index].key.bytes, s->bytes.at, PUBKEY_BYTES);
    return ERR_OK;
}

static enum err set_feeder(struct change *c, const struct parameter_setting *s)
{
    if (s->value != 0 || s->bytes.len == 0)
        return ERR_PARAM_FORM;
    if (s->index < 1 || s->index > c->g.feeder_count + 1)
        return ERR_PARAM_INDEX;
    if (!c->owns_feeders)
        c->g.feeders =
            own(c, &c->owns_feeders, c->g.feeders, c->g.feeder_count, sizeof *c->g.feeders);
    if (s->index > c->g.feeder_count)
        c->g.feeder_count++;
    c->g.feeders[s->index - 1].name = s->bytes;
    return ERR_OK;
}

/* The first fee that is not before the pair. */
static uint32_t fee_place(const struct genesis_market *m, uint32_t seller, uint32_t buyer)
{
    uint32_t low = 0, high = m->fee_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct genesis_fee *fee = &m->fees[middle];
        if (fee->seller_feeder < seller ||
            (fee->seller_feeder == seller && fee->buyer_feeder < buyer))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum err set_fee(struct change *c, const struct parameter_setting *s)
{
    struct genesis_market *m = &c->g.market;
    const uint32_t seller = s->index >> FEE_SELLER_SHIFT, buyer = s->index & FEE_BUYER_MASK;
    if (s->bytes.len != 0)
        return ERR_PARAM_FORM;
    if (seller < 1 || buyer < 1)
        return ERR_PARAM_INDEX;
    if (s->value > WIRE_PRICE_MAX)
        return ERR_PARAM_RANGE;
    if (!c->owns_fees)
        m->fees = own(c, &c->owns_fees, m->fees, m->fee_count, sizeof *m->fees);
    const uint32_t place = fee_place(m, seller, buyer);
    struct genesis_fee *at = &m->fees[place];
    const bool is_there =
        place < m->fee_count && at->seller_feeder == seller && at->buyer_feeder == buyer;
    const uint32_t behind = m->fee_count - place - is_there;
    if (is_there && s->value == 0)
        memmove(at, at + 1, behind * sizeof *at);
    else if (!is_there && s->value > 0)
        memmove(at + 1, at, behind * sizeof *at);
    if (s->value > 0)
        *at = (struct genesis_fee){seller, buyer, (int64_t)s->value};
    m->fee_count = place + behind + (s->value > 0);
    return ERR_OK;
}

static enum err set_one(struct change *c, const struct param *param,
                        const struct parameter_setting *s)
{
    switch (param->kind) {
    case PARAM_IS_NUMBER:
    case PARAM_IS_CHOICE:
        return set_number(c, param, s);
    case PARAM_IS_TEXT:
        return set_text(c, param, s);
    case PARAM_IS_KEY:
        return set_key(c, s);
    case PARAM_IS_LIST:
        break;
    }
    if (param->number == PARAM_AUTHORITY_KEYS)
        return set_authority_key(c, s);
    assert(param->number == PARAM_FEEDERS || param->number == PARAM_FEES);
    return param->number == PARAM_FEEDERS ? set_feeder(c, s) : set_fee(c, s);
}

static enum err set_all(struct change *c, const struct parameter_setting *settings, uint32_t count,
                        struct params_complaint *out)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct parameter_setting *s = &settings[i];
        const struct param *param = params_find(s->parameter);
        enum err bad = ERR_PARAM_UNKNOWN;
        if (param)
            bad = param->change == PARAM_FIXED ? ERR_PARAM_FIXED : set_one(c, param, s);
        if (!bad)
            continue;
        *out = (struct params_complaint){.code = bad, .param = param, .value = s->value, .why = ""};
        out->item = param && param->kind == PARAM_IS_LIST ? s->index : 0;
        out->least = param ? param->least : 0;
        out->most = param ? param->most : 0;
        return bad;
    }
    return params_check(&c->g, out);
}

/* RULE param.1 */
enum err params_set(struct genesis *g, const struct parameter_setting *settings, uint32_t count,
                    struct arena *room, struct params_complaint *out)
{
    assert(count <= WIRE_LINES_MAX); /* wire has refused more */
    struct change c = {.g = *g, .room = room};
    const size_t mark = arena_mark(room);
    const enum err bad = set_all(&c, settings, count, out);
    if (bad)
        arena_reset(room, mark);
    else
        *g = c.g;
    return bad;
}
