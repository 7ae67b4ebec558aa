/* SPDX-License-Identifier: Apache-2.0 */
/* core/test_params_sound.h - a genesis of defaults in which what is required is filled in, with
 * room for lists, and what the tests of params ask of it. Include tests/cmocka_all.h first. */
#ifndef PEERWATT_CORE_TEST_PARAMS_SOUND_H
#define PEERWATT_CORE_TEST_PARAMS_SOUND_H

#include "core/params.h"

#include <string.h>

struct sound {
    struct genesis g;
    struct genesis_key keys[WIRE_PARTS_MAX + 1];
    struct genesis_feeder feeders[8];
    struct genesis_fee fees[4];
    struct genesis_founder founders[WIRE_FOUNDERS_MAX + 1];
    struct signature_part parts[WIRE_PARTS_MAX + 1];
};

static inline void sound_founder(struct sound *s, uint32_t i)
{
    struct genesis_founder *f = &s->founders[i];
    memset(f, 0, sizeof *f);
    f->voucher.feeder = 1;
    f->voucher.expires_ms = 1;
    memset(f->voucher.sign_key.bytes, 0x40 + (int)i, PUBKEY_BYTES - 1);
    memset(f->voucher.vrf_key.bytes, 0x40 + (int)i, PUBKEY_BYTES - 2);
    memset(f->voucher.seal_key.bytes, 0x40 + (int)i, PUBKEY_BYTES - 3);
    memset(f->voucher.nullifier.bytes, 1 + (int)i, HASH_BYTES);
    memset(f->voucher.household.bytes, 1 + (int)i, HASH_BYTES);
    f->seal.parts = s->parts;
    f->seal.part_count = 1;
}

/* Two feeders, one authority key, no fee, no founder. */
static inline void sound_init(struct sound *s)
{
    memset(s, 0, sizeof *s);
    params_fill(&s->g);
    s->g.community.name = span_of_text("Nord");
    s->g.community.chain_id = span_of_text("pw-nord");
    s->g.community.currency = span_of_text("EUR");
    s->g.times.t0_ms = UINT64_C(1767225600000);
    for (uint32_t i = 0; i <= WIRE_PARTS_MAX; i++) {
        memset(s->keys[i].key.bytes, 0x10 + (int)i, PUBKEY_BYTES);
        s->parts[i].key = i;
    }
    for (uint32_t i = 0; i <= WIRE_FOUNDERS_MAX; i++)
        sound_founder(s, i);
    s->g.authority = (struct genesis_authority){s->keys, 1, 1};
    memset(s->g.treasury.bytes, 0x77, PUBKEY_BYTES);
    for (uint32_t i = 0; i < sizeof s->feeders / sizeof s->feeders[0]; i++)
        s->feeders[i].name = span_of_text("main");
    s->g.feeders = s->feeders;
    s->g.feeder_count = 2;
    s->g.market.fees = s->fees;
    s->g.founders = s->founders;
}

/* How params_check judges; @out says what it complains of. */
static inline enum err judge(const struct sound *s, struct params_complaint *out)
{
    *out = (struct params_complaint){.code = ERR_OK};
    return params_check(&s->g, out);
}

/* @value fits and @beyond, one further, does not, for a reason beside @p's own range. */
static inline void check_edge(struct sound *s, uint32_t number, uint64_t value, uint64_t beyond)
{
    const struct param *p = params_find(number);
    struct params_complaint out;
    const uint64_t before = params_get(&s->g, p);
    params_put(&s->g, p, value);
    if (judge(s, &out))
        fail_msg("%s.%s %llu: %s.%s, %s", p->group, p->key, (unsigned long long)value,
                 out.param->group, out.param->key, out.why);
    params_put(&s->g, p, beyond);
    assert_int_equal(judge(s, &out), ERR_PARAM_RELATION);
    assert_ptr_equal(out.param, p);
    assert_int_equal(out.value, beyond);
    assert_int_equal(value, beyond < value ? out.least : out.most);
    assert_true(out.why[0] != '\0');
    params_put(&s->g, p, before);
}

#endif
