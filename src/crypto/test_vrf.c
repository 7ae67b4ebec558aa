/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/vrf.h"
#include "tests/cmocka_all.h"
#include "tests/vectors/vectors.h"

#include <sodium.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 64, POINT_BYTES = 32, C_AT = 32, S_AT = 48 };

struct example { /* as hexadecimal text */
    const char *seed, *key, *input, *proof, *output;
};

/* RFC 9381 appendix B.3: the three examples of the suite. */
static const struct example examples[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479"
     "d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
     "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af02"
     "6798e8f81cd2e333de5cdf4f3e140fdd8ae"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a"
     "465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
     "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a"
     "848a0bef4553a41befc57663b56373a5031"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf8096bb474e53895c362d8628ee9f9ea"
     "3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
     "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c452118fec1219202a0edcf038bb6373"
     "241578be7217ba85a2687f7a0310b2df19f"},
};

struct case_ { /* an example as values */
    struct seed seed;
    struct pubkey key;
    uint8_t input[INPUT_BYTES_MAX];
    size_t input_len;
    struct vrf_proof proof;
    struct vrf_output output;
};

static void hex(uint8_t *out, size_t len, const char *text)
{
    assert_int_equal(hex_parse(out, len, span_of_text(text)), ERR_OK);
}

static void case_load(struct case_ *c, const struct example *e)
{
    c->input_len = strlen(e->input) / 2;
    assert_true(c->input_len <= sizeof c->input);
    hex(c->seed.bytes, sizeof c->seed.bytes, e->seed);
    hex(c->key.bytes, sizeof c->key.bytes, e->key);
    hex(c->input, c->input_len, e->input);
    hex(c->proof.bytes, sizeof c->proof.bytes, e->proof);
    hex(c->output.bytes, sizeof c->output.bytes, e->output);
}

static enum vrf_verdict verdict_of(const struct case_ *c)
{
    struct vrf_output output;
    return vrf_check(&output, &c->key, (struct span){c->input, c->input_len}, &c->proof);
}

static void check_case(const struct case_ *c)
{
    const struct span input = {c->input, c->input_len};
    struct pubkey key;
    struct vrf_proof proof;
    struct vrf_output output;
    vrf_public(&key, &c->seed);
    assert_true(pubkey_equal(&key, &c->key));
    vrf_prove(&proof, &c->seed, input);
    assert_memory_equal(proof.bytes, c->proof.bytes, sizeof proof.bytes);
    assert_int_equal(vrf_check(&output, &key, input, &proof), VRF_OK);
    assert_memory_equal(output.bytes, c->output.bytes, sizeof output.bytes);
    memset(&output, 0, sizeof output);
    assert_true(vrf_proof_to_hash(&output, &proof));
    assert_memory_equal(output.bytes, c->output.bytes, sizeof output.bytes);
}

static void rfc9381_examples_16_to_18_bit_for_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct case_ c;
        case_load(&c, &examples[i]);
        check_case(&c);
    }
}

static void the_stored_examples_bit_for_bit(void **state)
{
    (void)state;
    json_t *doc = vectors_open("ecvrf-rfc9381/ecvrf_edwards25519.json");
    unsigned taken = 0, of_other_suites = 0;
    for (size_t i = 0; i < json_array_size(doc); i++) {
        const json_t *entry = json_array_get(doc, i);
        const char *suite = json_string_value(json_object_get(entry, "suite"));
        if (strcmp(suite, "ECVRF-EDWARDS25519-SHA512-TAI") != 0) {
            of_other_suites++;
            continue;
        }
        struct case_ c;
        vectors_hex(c.seed.bytes, sizeof c.seed.bytes, entry, "SK");
        vectors_hex(c.key.bytes, sizeof c.key.bytes, entry, "PK");
        c.input_len = vectors_hex(c.input, sizeof c.input, entry, "alpha");
        vectors_hex(c.proof.bytes, sizeof c.proof.bytes, entry, "pi");
        vectors_hex(c.output.bytes, sizeof c.output.bytes, entry, "beta");
        check_case(&c);
        taken++;
    }
    json_decref(doc);
    print_message("%u examples, %u of another suite passed over\n", taken, of_other_suites);
    assert_int_equal(taken, 2);
    assert_int_equal(of_other_suites, 2);
}

/* RULE num.5: nobody can bend a proof. Each kind of refusal but that of the key must occur. */
static void every_flipped_bit_of_a_proof_is_refused(void **state)
{
    (void)state;
    unsigned seen[VRF_CHALLENGE + 1] = {0};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct case_ c;
        case_load(&c, &examples[i]);
        for (size_t bit = 0; bit < 8 * sizeof c.proof.bytes; bit++) {
            c.proof.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            const enum vrf_verdict verdict = verdict_of(&c);
            seen[verdict]++;
            assert_int_not_equal(verdict, VRF_OK);
            c.proof.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_int_equal(verdict_of(&c), VRF_OK);
    }
    assert_true(seen[VRF_GAMMA] > 0 && seen[VRF_SCALAR] > 0 && seen[VRF_CHALLENGE] > 0);
}

static void another_key_or_input_is_refused(void **state)
{
    (void)state;
    struct case_ c, other;
    case_load(&c, &examples[1]);
    case_load(&other, &examples[2]);
    c.key = other.key;
    assert_int_equal(verdict_of(&c), VRF_CHALLENGE);
    case_load(&c, &examples[1]);
    c.input[0] ^= 1;
    assert_int_equal(verdict_of(&c), VRF_CHALLENGE);
    case_load(&c, &examples[1]);
    c.input_len = 0;
    assert_int_equal(verdict_of(&c), VRF_CHALLENGE);
}

/* Both points of a proof, once as key and once as Gamma, set to @text. */
static void assert_point_is_refused(const char *text)
{
    struct case_ c;
    struct vrf_output output;
    case_load(&c, &examples[0]);
    hex(c.key.bytes, POINT_BYTES, text);
    assert_int_equal(verdict_of(&c), VRF_KEY);
    case_load(&c, &examples[0]);
    hex(c.proof.bytes, POINT_BYTES, text);
    assert_int_equal(verdict_of(&c), VRF_GAMMA);
    assert_false(vrf_proof_to_hash(&output, &c.proof));
}

static void a_point_that_is_not_canonical_is_refused(void **state)
{
    (void)state;
    /* y = p + 3 is the curve point y = 3 written twice over, y = 2^255 - 1 the last such form. */
    assert_point_is_refused("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    assert_point_is_refused("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    assert_point_is_refused("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

static void a_point_of_low_order_is_refused(void **state)
{
    (void)state;
    static const char *const low[] = {
        "0100000000000000000000000000000000000000000000000000000000000000", /* order 1 */
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 2 */
        "0000000000000000000000000000000000000000000000000000000000000000", /* 4 */
        "0000000000000000000000000000000000000000000000000000000000000080", /* 4 */
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", /* 8 */
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", /* 8 */
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", /* 8 */
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", /* 8 */
        "0100000000000000000000000000000000000000000000000000000000000080", /* 1, x = -0 */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 4, y = p */
    };
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++)
        assert_point_is_refused(low[i]);
}

static void a_point_outside_the_subgroup_is_refused(void **state)
{
    (void)state;
    /* A key plus a point of order 8: on the curve, of full order, not of prime order. */
    struct case_ c;
    struct pubkey mixed;
    uint8_t eighth[POINT_BYTES];
    char text[2 * POINT_BYTES + 1];
    case_load(&c, &examples[0]);
    hex(eighth, sizeof eighth, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    assert_int_equal(crypto_core_ed25519_add(mixed.bytes, c.key.bytes, eighth), 0);
    hex_format(text, (struct span){mixed.bytes, sizeof mixed.bytes});
    assert_point_is_refused(text);
}

static void a_point_off_the_curve_is_refused(void **state)
{
    (void)state;
    assert_point_is_refused("0200000000000000000000000000000000000000000000000000000000000000");
}

static void a_scalar_at_or_above_the_order_is_refused(void **state)
{
    (void)state;
    static const char *const order =
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    struct case_ c;
    case_load(&c, &examples[0]);
    uint8_t sum[32], l[32];
    hex(l, sizeof l, order);
    memcpy(sum, c.proof.bytes + S_AT, sizeof sum);
    sodium_add(sum, l, sizeof sum); /* the same s modulo the order, in another form */
    memcpy(c.proof.bytes + S_AT, sum, sizeof sum);
    assert_int_equal(verdict_of(&c), VRF_SCALAR);
    memcpy(c.proof.bytes + S_AT, l, sizeof l);
    assert_int_equal(verdict_of(&c), VRF_SCALAR);
    l[0]--; /* order - 1 is in range, and wrong */
    memcpy(c.proof.bytes + S_AT, l, sizeof l);
    assert_int_equal(verdict_of(&c), VRF_CHALLENGE);
}

static void a_product_that_the_library_refuses_is_an_invalid_proof(void **state)
{
    (void)state;
    struct case_ c;
    case_load(&c, &examples[0]);
    memset(c.proof.bytes + S_AT, 0, 32);
    assert_int_equal(verdict_of(&c), VRF_PRODUCT);
    case_load(&c, &examples[0]);
    memset(c.proof.bytes + C_AT, 0, 16);
    assert_int_equal(verdict_of(&c), VRF_PRODUCT);
}

static void proofs_of_many_inputs_hold(void **state)
{
    (void)state;
    struct seed seed;
    struct pubkey key;
    memset(seed.bytes, 7, sizeof seed.bytes);
    vrf_public(&key, &seed);
    struct vrf_output before = {{0}};
    for (uint32_t i = 0; i < 200; i++) {
        uint8_t input[4] = {(uint8_t)i, (uint8_t)(i >> 8), 1, 2};
        struct vrf_proof proof;
        struct vrf_output output;
        vrf_prove(&proof, &seed, (struct span){input, sizeof input});
        assert_int_equal(vrf_check(&output, &key, (struct span){input, sizeof input}, &proof),
                         VRF_OK);
        assert_memory_not_equal(output.bytes, before.bytes, sizeof output.bytes);
        before = output;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc9381_examples_16_to_18_bit_for_bit),
        cmocka_unit_test(the_stored_examples_bit_for_bit),
        cmocka_unit_test(every_flipped_bit_of_a_proof_is_refused),
        cmocka_unit_test(another_key_or_input_is_refused),
        cmocka_unit_test(a_point_that_is_not_canonical_is_refused),
        cmocka_unit_test(a_point_of_low_order_is_refused),
        cmocka_unit_test(a_point_outside_the_subgroup_is_refused),
        cmocka_unit_test(a_point_off_the_curve_is_refused),
        cmocka_unit_test(a_scalar_at_or_above_the_order_is_refused),
        cmocka_unit_test(a_product_that_the_library_refuses_is_an_invalid_proof),
        cmocka_unit_test(proofs_of_many_inputs_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
