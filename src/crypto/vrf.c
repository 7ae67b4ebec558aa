/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/vrf.h"

#include "crypto/wipe.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    POINT_BYTES = 32,
    SCALAR_BYTES = 32,
    CHALLENGE_BYTES = 16,
    SUITE = 0x03, /* RFC 9381 section 5.5: ECVRF-EDWARDS25519-SHA512-TAI */
    DOMAIN_ENCODE_TO_CURVE = 0x01,
    DOMAIN_CHALLENGE = 0x02,
    DOMAIN_PROOF_TO_HASH = 0x03,
    DOMAIN_BACK = 0x00,
    TRIES_MAX = 256, /* each misses with probability one half */
};

struct point {
    uint8_t bytes[POINT_BYTES];
};
struct scalar { /* little endian */
    uint8_t bytes[SCALAR_BYTES];
};
struct parts { /* of a proof */
    struct point gamma;
    struct scalar c; /* 16 bytes, the rest zero */
    struct scalar s;
};

static_assert(POINT_BYTES + CHALLENGE_BYTES + SCALAR_BYTES == VRF_PROOF_BYTES, "pi_string");
static_assert(crypto_hash_sha512_BYTES == VRF_OUTPUT_BYTES, "beta_string");

/* y < p = 2^255 - 19. libsodium's arithmetic takes either form of such a y, RFC 8032 does not. */
static bool point_is_canonical(const struct point *p)
{
    if ((p->bytes[31] & 0x7f) != 0x7f || p->bytes[0] < 0xed)
        return true;
    for (int i = 1; i < 31; i++)
        if (p->bytes[i] != 0xff)
            return true;
    return false;
}

static bool point_is_usable(const struct point *p)
{
    return point_is_canonical(p) && crypto_core_ed25519_is_valid_point(p->bytes) == 1;
}

static bool point_is_identity(const struct point *p)
{
    static const struct point identity = {{1}};
    return memcmp(p->bytes, identity.bytes, POINT_BYTES) == 0;
}

/* Three doublings: libsodium's product with a scalar refuses points outside the subgroup, which
 * is where a hashed point usually lies. False if @in is not on the curve. */
static bool point_times_cofactor(struct point *out, const struct point *in)
{
    struct point p = *in;
    for (int i = 0; i < 3; i++) {
        struct point twice;
        if (crypto_core_ed25519_add(twice.bytes, p.bytes, p.bytes) != 0)
            return false;
        p = twice;
    }
    *out = p;
    return true;
}

/* RFC 9381 section 5.4.1.1, with the public key as salt. */
static bool encode_to_curve(struct point *out, const struct pubkey *salt, struct span input)
{
    const uint8_t front[2] = {SUITE, DOMAIN_ENCODE_TO_CURVE};
    for (unsigned counter = 0; counter < TRIES_MAX; counter++) {
        const uint8_t back[2] = {(uint8_t)counter, DOMAIN_BACK};
        crypto_hash_sha512_state state;
        uint8_t digest[crypto_hash_sha512_BYTES];
        crypto_hash_sha512_init(&state);
        crypto_hash_sha512_update(&state, front, sizeof front);
        crypto_hash_sha512_update(&state, salt->bytes, sizeof salt->bytes);
        crypto_hash_sha512_update(&state, input.at, input.len);
        crypto_hash_sha512_update(&state, back, sizeof back);
        crypto_hash_sha512_final(&state, digest);
        struct point candidate;
        memcpy(candidate.bytes, digest, POINT_BYTES);
        if (point_is_canonical(&candidate) && point_times_cofactor(out, &candidate) &&
            !point_is_identity(out))
            return true;
    }
    return false;
}

/* RFC 9381 section 5.4.3: c from the five points. */
static void challenge(struct scalar *c, const struct pubkey *key, const struct point points[4])
{
    const uint8_t front[2] = {SUITE, DOMAIN_CHALLENGE};
    const uint8_t back[1] = {DOMAIN_BACK};
    crypto_hash_sha512_state state;
    uint8_t digest[crypto_hash_sha512_BYTES];
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, front, sizeof front);
    crypto_hash_sha512_update(&state, key->bytes, sizeof key->bytes);
    for (int i = 0; i < 4; i++)
        crypto_hash_sha512_update(&state, points[i].bytes, POINT_BYTES);
    crypto_hash_sha512_update(&state, back, sizeof back);
    crypto_hash_sha512_final(&state, digest);
    memset(c->bytes, 0, sizeof c->bytes);
    memcpy(c->bytes, digest, CHALLENGE_BYTES);
}

struct secret { /* of RFC 9381 section 5.1 step 1: both halves of SHA-512(seed) */
    struct scalar x;
    uint8_t prefix[32];
};

static void secret_from_seed(struct secret *out, const struct seed *seed)
{
    uint8_t digest[crypto_hash_sha512_BYTES];
    crypto_hash_sha512(digest, seed->bytes, sizeof seed->bytes);
    memcpy(out->x.bytes, digest, SCALAR_BYTES);
    memcpy(out->prefix, digest + SCALAR_BYTES, sizeof out->prefix);
    out->x.bytes[0] &= 248; /* RFC 8032 section 5.1.5 */
    out->x.bytes[31] &= 127;
    out->x.bytes[31] |= 64;
    wipe(digest, sizeof digest);
}

/* RFC 9381 section 5.4.2.2: the nonce follows from the secret and H. */
static void nonce_from(struct scalar *k, const struct secret *secret, const struct point *h)
{
    crypto_hash_sha512_state state;
    uint8_t digest[crypto_hash_sha512_BYTES];
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, secret->prefix, sizeof secret->prefix);
    crypto_hash_sha512_update(&state, h->bytes, POINT_BYTES);
    crypto_hash_sha512_final(&state, digest);
    crypto_core_ed25519_scalar_reduce(k->bytes, digest);
    wipe(digest, sizeof digest);
    wipe(&state, sizeof state);
}

void vrf_public(struct pubkey *out, const struct seed *seed)
{
    struct secret secret;
    secret_from_seed(&secret, seed);
    const int done = crypto_scalarmult_ed25519_base_noclamp(out->bytes, secret.x.bytes);
    assert(done == 0);
    wipe(&secret, sizeof secret);
}

void vrf_prove(struct vrf_proof *out, const struct seed *seed, struct span input)
{
    struct pubkey key;
    vrf_public(&key, seed);
    struct secret secret;
    secret_from_seed(&secret, seed);
    struct point points[4]; /* H, Gamma, U = k B, V = k H */
    const bool encoded = encode_to_curve(&points[0], &key, input);
    assert(encoded);
    struct scalar k, c, s, cx;
    nonce_from(&k, &secret, &points[0]);
    int done = crypto_scalarmult_ed25519_noclamp(points[1].bytes, secret.x.bytes, points[0].bytes);
    done |= crypto_scalarmult_ed25519_base_noclamp(points[2].bytes, k.bytes);
    done |= crypto_scalarmult_ed25519_noclamp(points[3].bytes, k.bytes, points[0].bytes);
    assert(done == 0);
    challenge(&c, &key, points);
    crypto_core_ed25519_scalar_mul(cx.bytes, c.bytes, secret.x.bytes);
    crypto_core_ed25519_scalar_add(s.bytes, k.bytes, cx.bytes);
    memcpy(out->bytes, points[1].bytes, POINT_BYTES);
    memcpy(out->bytes + POINT_BYTES, c.bytes, CHALLENGE_BYTES);
    memcpy(out->bytes + POINT_BYTES + CHALLENGE_BYTES, s.bytes, SCALAR_BYTES);
    wipe(&secret, sizeof secret);
    wipe(&k, sizeof k);
    wipe(&cx, sizeof cx);
}

static void proof_split(struct parts *out, const struct vrf_proof *proof)
{
    memset(out, 0, sizeof *out);
    memcpy(out->gamma.bytes, proof->bytes, POINT_BYTES);
    memcpy(out->c.bytes, proof->bytes + POINT_BYTES, CHALLENGE_BYTES);
    memcpy(out->s.bytes, proof->bytes + POINT_BYTES + CHALLENGE_BYTES, SCALAR_BYTES);
}

/* Below the group order 2^252 + 27742317777372353535851937790883648493 (RFC 8032 5.1). */
static bool scalar_is_reduced(const struct scalar *s)
{
    static const uint8_t order[SCALAR_BYTES] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                0,    0,    0,    0,    0,    0,    0,    0,
                                                0,    0,    0,    0,    0,    0,    0,    0x10};
    for (int i = SCALAR_BYTES - 1; i >= 0; i--)
        if (s->bytes[i] != order[i])
            return s->bytes[i] < order[i];
    return false;
}

/* out = s P - c Q, where P is the base point if @p is NULL. */
static bool product_difference(struct point *out, const struct parts *proof, const struct point *p,
                               const uint8_t q[POINT_BYTES])
{
    struct point sp, cq;
    const int done = p ? crypto_scalarmult_ed25519_noclamp(sp.bytes, proof->s.bytes, p->bytes)
                       : crypto_scalarmult_ed25519_base_noclamp(sp.bytes, proof->s.bytes);
    return done == 0 && crypto_scalarmult_ed25519_noclamp(cq.bytes, proof->c.bytes, q) == 0 &&
           crypto_core_ed25519_sub(out->bytes, sp.bytes, cq.bytes) == 0;
}

static void gamma_to_hash(struct vrf_output *out, const struct point *gamma)
{
    struct point cleared;
    const bool on_curve = point_times_cofactor(&cleared, gamma);
    assert(on_curve); /* the caller has checked gamma */
    uint8_t text[2 + POINT_BYTES + 1] = {SUITE, DOMAIN_PROOF_TO_HASH};
    memcpy(text + 2, cleared.bytes, POINT_BYTES);
    text[2 + POINT_BYTES] = DOMAIN_BACK;
    crypto_hash_sha512(out->bytes, text, sizeof text);
}

enum vrf_verdict vrf_check(struct vrf_output *out, const struct pubkey *key, struct span input,
                           const struct vrf_proof *proof)
{
    struct point y, points[4]; /* H, Gamma, U, V */
    struct parts parts;
    memcpy(y.bytes, key->bytes, POINT_BYTES);
    proof_split(&parts, proof);
    if (!point_is_usable(&y))
        return VRF_KEY;
    if (!point_is_usable(&parts.gamma))
        return VRF_GAMMA;
    if (!scalar_is_reduced(&parts.s))
        return VRF_SCALAR;
    if (!encode_to_curve(&points[0], key, input))
        return VRF_CHALLENGE;
    points[1] = parts.gamma;
    if (!product_difference(&points[2], &parts, NULL, y.bytes) ||
        !product_difference(&points[3], &parts, &points[0], parts.gamma.bytes))
        return VRF_PRODUCT;
    struct scalar c;
    challenge(&c, key, points);
    if (memcmp(c.bytes, parts.c.bytes, SCALAR_BYTES) != 0)
        return VRF_CHALLENGE;
    gamma_to_hash(out, &parts.gamma);
    return VRF_OK;
}

bool vrf_proof_to_hash(struct vrf_output *out, const struct vrf_proof *proof)
{
    struct parts parts;
    proof_split(&parts, proof);
    if (!point_is_usable(&parts.gamma))
        return false;
    gamma_to_hash(out, &parts.gamma);
    return true;
}
