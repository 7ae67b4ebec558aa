/* SPDX-License-Identifier: Apache-2.0 */
#include "base/siphash.h"

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate_left(uint64_t value, uint32_t by)
{
    return value << by | value >> (64 - by);
}

static void mix(struct state *s, uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v1 = rotate_left(s->v1, 13) ^ s->v0;
        s->v0 = rotate_left(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotate_left(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotate_left(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotate_left(s->v1, 17) ^ s->v2;
        s->v2 = rotate_left(s->v2, 32);
    }
}

static void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s, 2);
    s->v0 ^= word;
}

static struct state state_of_key(const struct siphash_key *key)
{
    struct bytes_reader r;
    bytes_reader_init(&r, (struct span){.at = key->bytes, .len = sizeof key->bytes});
    const uint64_t k0 = bytes_read_u64(&r);
    const uint64_t k1 = bytes_read_u64(&r);
    return (struct state){
        .v0 = k0 ^ 0x736f6d6570736575, /* "somepseudorandomlygeneratedbytes" */
        .v1 = k1 ^ 0x646f72616e646f6d,
        .v2 = k0 ^ 0x6c7967656e657261,
        .v3 = k1 ^ 0x7465646279746573,
    };
}

uint64_t siphash(const struct siphash_key *key, struct span message)
{
    struct state s = state_of_key(key);
    struct bytes_reader r;
    bytes_reader_init(&r, message);
    for (size_t i = 0; i < message.len / 8; i++)
        absorb(&s, bytes_read_u64(&r));
    uint64_t last = (uint64_t)message.len << 56; /* the length modulo 256 stands in front */
    for (uint32_t i = 0; i < message.len % 8; i++)
        last |= (uint64_t)bytes_read_u8(&r) << 8 * i;
    absorb(&s, last);
    s.v2 ^= 0xff;
    mix(&s, 4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
