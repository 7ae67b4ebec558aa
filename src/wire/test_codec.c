/* SPDX-License-Identifier: Apache-2.0 */
/* RULE num.3: each way in which bytes can fail to be the canonical form of their own meaning, by
 * hand, with the verdict and the field that is named. */
#include "tests/cmocka_all.h"
#include "wire/codec.h"
#include "wire/op_trade.h"

#include <string.h>

enum { BYTES_MAX = 256 };

struct probe { /* a message of every kind of field */
    uint64_t number;
    uint32_t small;
    bool flag;
    uint32_t choice;
    uint8_t fixed[4], maybe[4];
    bool has_maybe;
    struct span bytes, text;
    uint64_t inner;
    struct span inner_bytes;
    struct contract_ref *items;
    uint32_t item_count;
};

static const char *const colours[] = {"", "red", "green", NULL};

static void probe_fields(struct codec *c, struct probe *p)
{
    struct codec_frame frame;
    codec_u64(c, 1, "number", &p->number, 0, UINT64_MAX);
    codec_u32(c, 2, "small", &p->small, 0, 300);
    codec_flag(c, 3, "flag", &p->flag);
    p->choice = codec_choice(c, 4, "choice", p->choice, colours);
    codec_fixed(c, 5, "fixed", p->fixed, sizeof p->fixed);
    codec_fixed_or_none(c, 6, "maybe", p->maybe, sizeof p->maybe, &p->has_maybe);
    codec_bytes(c, 7, "bytes", &p->bytes, 0, 3);
    codec_text(c, 8, "text", &p->text, 0, 8);
    codec_open(c, 9, "inner", "Inner", &frame);
    codec_u64(c, 1, "inner_number", &p->inner, 0, UINT64_MAX);
    codec_close(c, &frame, &p->inner_bytes);
    p->items = codec_items(c, 20, "items", p->items, &p->item_count, sizeof *p->items, 0, 3);
    for (uint32_t i = 0; i < p->item_count; i++) {
        codec_open_item(c, 20, "Item", &frame);
        codec_u64(c, 1, "contract", &p->items[i].contract, 1, 9);
        codec_close(c, &frame, NULL);
    }
    codec_end_items(c);
}

static uint8_t arena_memory[1024];

static struct wire_fault probe_read_in(struct probe *p, const uint8_t *bytes, size_t len,
                                       size_t arena_size)
{
    struct arena arena;
    struct codec c;
    memset(p, 0, sizeof *p);
    arena_init(&arena, arena_memory, arena_size);
    codec_init_read(&c, "Probe", (struct span){bytes, len}, &arena);
    probe_fields(&c, p);
    return codec_end_read(&c);
}

static struct wire_fault probe_read(struct probe *p, const uint8_t *bytes, size_t len)
{
    return probe_read_in(p, bytes, len, sizeof arena_memory);
}

static size_t probe_write(uint8_t out[BYTES_MAX], const struct probe *p)
{
    struct codec c;
    struct probe copy = *p;
    codec_init_write(&c, "Probe", out, BYTES_MAX);
    probe_fields(&c, &copy);
    return (size_t)(c.out - out);
}

/* The least that is accepted: the required fields only. */
#define CHOICE 0x20, 0x01
#define FIXED 0x2a, 0x04, 'a', 'b', 'c', 'd'
#define INNER 0x4a, 0x00

static void assert_refused(const uint8_t *bytes, size_t len, enum wire_verdict verdict,
                           const char *message, const char *field)
{
    struct probe p;
    const struct wire_fault fault = probe_read(&p, bytes, len);
    assert_int_equal(fault.verdict, verdict);
    assert_string_equal(fault.message, message);
    assert_string_equal(fault.field, field);
}

#define REFUSED_IN(message, verdict, field, ...)                                                   \
    assert_refused((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}),         \
                   (verdict), (message), (field))
#define REFUSED(verdict, field, ...) REFUSED_IN("Probe", verdict, field, __VA_ARGS__)

static void assert_accepted(const uint8_t *bytes, size_t len)
{
    struct probe p;
    uint8_t again[BYTES_MAX];
    const struct wire_fault fault = probe_read(&p, bytes, len);
    if (fault.verdict != WIRE_OK)
        fail_msg("%s.%s: verdict %d", fault.message, fault.field, fault.verdict);
    assert_int_equal(probe_write(again, &p), len);
    assert_memory_equal(again, bytes, len);
}

#define ACCEPTED(...)                                                                              \
    assert_accepted((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void the_canonical_form_is_accepted_and_made_again(void **state)
{
    (void)state;
    ACCEPTED(CHOICE, FIXED, INNER);
    ACCEPTED(0x08, 0x01, 0x10, 0xac, 0x02, 0x18, 0x01, 0x20, 0x02, FIXED, 0x32, 0x04, 1, 2, 3, 4,
             0x3a, 0x03, 7, 8, 9, 0x42, 0x02, 'h', 'i', 0x4a, 0x02, 0x08, 0x05, 0xa2, 0x01, 0x02,
             0x08, 0x01, 0xa2, 0x01, 0x02, 0x08, 0x09);
    ACCEPTED(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, CHOICE, FIXED,
             INNER);
}

static void a_cut_input_is_refused_at_its_field(void **state)
{
    (void)state;
    static const uint8_t whole[] = {0x08, 0x80, 0x01,  CHOICE, 0x2a, 0x04, 'a', 'b',
                                    'c',  'd',  INNER, 0xa2,   0x01, 0x02, 8,   1};
    assert_accepted(whole, sizeof whole);
    unsigned cut = 0;
    for (size_t len = 0; len < sizeof whole; len++) {
        struct probe p;
        const struct wire_fault fault = probe_read(&p, whole, len);
        cut += fault.verdict == WIRE_CUT;
        /* Without its last item the message is whole again. */
        assert_true(len == 13 ? fault.verdict == WIRE_OK : fault.verdict != WIRE_OK);
    }
    assert_true(cut >= 7);
    REFUSED(WIRE_CUT, "number", 0x08, 0x80);
    REFUSED(WIRE_CUT, "number", 0x08);
    REFUSED(WIRE_CUT, "fixed", CHOICE, 0x2a, 0x04, 'a', 'b', 'c');
    REFUSED(WIRE_CUT, "fixed", CHOICE, 0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0x01, 'a');
    REFUSED_IN("Inner", WIRE_CUT, "inner_number", CHOICE, FIXED, 0x4a, 0x01, 0x08);
}

static void a_varint_that_is_not_shortest_is_refused(void **state)
{
    (void)state;
    REFUSED(WIRE_VARINT, "number", 0x08, 0x85, 0x00, CHOICE, FIXED, INNER);
    REFUSED(WIRE_VARINT, "number", 0x08, 0x80, 0x80, 0x00, CHOICE, FIXED, INNER);
    REFUSED(WIRE_VARINT, "number", 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
            CHOICE, FIXED, INNER); /* 65 bits */
    REFUSED(WIRE_VARINT, "number", 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0x01, CHOICE, FIXED, INNER); /* eleven bytes */
    REFUSED(WIRE_VARINT, "fixed", CHOICE, 0x2a, 0x84, 0x00, 'a', 'b', 'c', 'd', INNER);
    REFUSED(WIRE_VARINT, "", 0x88, 0x00, 0x01, CHOICE, FIXED, INNER); /* in a key */
}

static void a_written_default_is_refused(void **state)
{
    (void)state;
    REFUSED(WIRE_DEFAULT, "number", 0x08, 0x00, CHOICE, FIXED, INNER);
    REFUSED(WIRE_DEFAULT, "flag", 0x18, 0x00, CHOICE, FIXED, INNER);
    REFUSED(WIRE_DEFAULT, "choice", 0x20, 0x00, FIXED, INNER);
    REFUSED(WIRE_DEFAULT, "bytes", CHOICE, FIXED, 0x3a, 0x00, INNER);
    REFUSED(WIRE_DEFAULT, "text", CHOICE, FIXED, 0x42, 0x00, INNER);
    REFUSED(WIRE_DEFAULT, "maybe", CHOICE, FIXED, 0x32, 0x00, INNER);
}

static void a_value_out_of_range_is_refused(void **state)
{
    (void)state;
    ACCEPTED(0x10, 0xac, 0x02, CHOICE, FIXED, INNER);                         /* 300 */
    REFUSED(WIRE_RANGE, "small", 0x10, 0xad, 0x02, CHOICE, FIXED, INNER);     /* 301 */
    REFUSED(WIRE_RANGE, "small", 0x10, 0xac, 0x82, 0x80, 0x80, 0x10, CHOICE); /* 2^32 + 300 */
    REFUSED(WIRE_RANGE, "flag", 0x18, 0x02, CHOICE, FIXED, INNER);
    REFUSED(WIRE_RANGE, "choice", 0x20, 0x03, FIXED, INNER);
    REFUSED(WIRE_RANGE, "choice", FIXED, INNER); /* missing is no choice */
    REFUSED_IN("Item", WIRE_RANGE, "contract", CHOICE, FIXED, INNER, 0xa2, 0x01, 0x00);
    REFUSED_IN("Item", WIRE_RANGE, "contract", CHOICE, FIXED, INNER, 0xa2, 0x01, 0x02, 0x08, 0x0a);
}

static void a_wrong_length_is_refused(void **state)
{
    (void)state;
    REFUSED(WIRE_LENGTH, "fixed", CHOICE, INNER);
    REFUSED(WIRE_LENGTH, "fixed", CHOICE, 0x2a, 0x03, 'a', 'b', 'c', INNER);
    REFUSED(WIRE_LENGTH, "fixed", CHOICE, 0x2a, 0x05, 'a', 'b', 'c', 'd', 'e', INNER);
    REFUSED(WIRE_LENGTH, "maybe", CHOICE, FIXED, 0x32, 0x03, 1, 2, 3, INNER);
    REFUSED(WIRE_LENGTH, "maybe", CHOICE, FIXED, 0x32, 0x05, 1, 2, 3, 4, 5, INNER);
    REFUSED(WIRE_LENGTH, "bytes", CHOICE, FIXED, 0x3a, 0x04, 1, 2, 3, 4, INNER);
    REFUSED(WIRE_LENGTH, "inner", CHOICE, FIXED);
}

static void a_list_that_is_too_long_is_refused(void **state)
{
    (void)state;
#define ITEM 0xa2, 0x01, 0x02, 0x08, 0x01
    ACCEPTED(CHOICE, FIXED, INNER, ITEM, ITEM, ITEM);
    REFUSED(WIRE_COUNT, "items", CHOICE, FIXED, INNER, ITEM, ITEM, ITEM, ITEM);
}

static void a_list_that_its_arena_cannot_hold_is_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {CHOICE, FIXED, INNER, ITEM, ITEM};
    struct probe p;
    uint32_t refused = 0;
    for (size_t size = 0; size <= sizeof arena_memory; size += 8) {
        const struct wire_fault fault = probe_read_in(&p, bytes, sizeof bytes, size);
        if (fault.verdict == WIRE_OK)
            break;
        assert_int_equal(fault.verdict, WIRE_COUNT);
        assert_string_equal(fault.field, "items");
        assert_int_equal(p.item_count, 0);
        refused++;
    }
    assert_int_equal(p.item_count, 2);
    assert_true(refused > 0);
}

static void a_field_that_may_not_stand_there_is_refused(void **state)
{
    (void)state;
    REFUSED(WIRE_FIELD, "", CHOICE, FIXED, INNER, 0x58, 0x01);             /* unknown */
    REFUSED(WIRE_FIELD, "", 0x10, 0x01, 0x08, 0x01, CHOICE, FIXED, INNER); /* out of order */
    REFUSED(WIRE_FIELD, "", 0x08, 0x01, 0x08, 0x01, CHOICE, FIXED, INNER); /* twice */
    REFUSED(WIRE_FIELD, "", 0x0d, 0, 0, 0, 1, CHOICE, FIXED, INNER);       /* 32-bit wire type */
    REFUSED(WIRE_FIELD, "", 0x0b, 0x0c, CHOICE, FIXED, INNER);             /* a group */
    REFUSED(WIRE_FIELD, "", 0x0a, 0x01, 0x01, CHOICE, FIXED, INNER);       /* number as bytes */
    REFUSED(WIRE_FIELD, "", CHOICE, FIXED, INNER, 0xa2, 0x02, 0x02, 8, 1); /* 36 for 20 */
    REFUSED_IN("Inner", WIRE_FIELD, "", CHOICE, FIXED, 0x4a, 0x02, 0x10, 0x01);
    REFUSED_IN("Item", WIRE_FIELD, "", CHOICE, FIXED, INNER, 0xa2, 0x01, 0x04, 8, 1, 8, 1);
}

static void texts_are_utf8_without_control_characters(void **state)
{
    (void)state;
#define TEXT(...) CHOICE, FIXED, 0x42, sizeof((uint8_t[]){__VA_ARGS__}), __VA_ARGS__, INNER
    ACCEPTED(TEXT('G', 0xc3, 0xbc, 0xe2, 0x82, 0xac));
    ACCEPTED(TEXT(0xf0, 0x9f, 0x8c, 0x9e, 0xf4, 0x8f, 0xbf, 0xbf));
    ACCEPTED(TEXT(0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80));
    REFUSED(WIRE_TEXT, "text", TEXT('a', '\n'));
    REFUSED(WIRE_TEXT, "text", TEXT(0x7f));
    REFUSED(WIRE_TEXT, "text", TEXT(0xc2, 0x80));             /* a C1 control */
    REFUSED(WIRE_TEXT, "text", TEXT(0xc0, 0xaf));             /* not shortest */
    REFUSED(WIRE_TEXT, "text", TEXT(0xe0, 0x9f, 0xbf));       /* not shortest */
    REFUSED(WIRE_TEXT, "text", TEXT(0xf0, 0x8f, 0xbf, 0xbf)); /* not shortest */
    REFUSED(WIRE_TEXT, "text", TEXT(0xed, 0xa0, 0x80));       /* a surrogate */
    REFUSED(WIRE_TEXT, "text", TEXT(0xf4, 0x90, 0x80, 0x80)); /* beyond U+10FFFF */
    REFUSED(WIRE_TEXT, "text", TEXT(0xe2, 0x82));             /* cut */
    REFUSED(WIRE_TEXT, "text", TEXT(0x80));
}

static void the_first_fault_stays(void **state)
{
    (void)state;
    REFUSED(WIRE_DEFAULT, "number", 0x08, 0x00, 0x10, 0xad, 0x02, 0x58, 0x01);
}

static void signed_bytes_are_those_received(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {CHOICE, FIXED, 0x4a, 0x02, 0x08, 0x05};
    struct probe p;
    assert_int_equal(probe_read(&p, bytes, sizeof bytes).verdict, WIRE_OK);
    assert_ptr_equal(p.inner_bytes.at, bytes + sizeof bytes - 2);
    assert_int_equal(p.inner_bytes.len, 2);
    assert_int_equal(p.inner, 5);
}

static void lengths_of_any_size_are_made_room_for(void **state)
{
    (void)state;
    static uint8_t out[70000], payload[66000];
    const size_t lengths[] = {1, 127, 128, 129, 16383, 16384, 65999};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct codec c;
        struct codec_frame frame;
        struct span bytes = {payload, lengths[i]};
        codec_init_write(&c, "Outer", out, sizeof out);
        codec_open(&c, 1, "inner", "Inner", &frame);
        codec_bytes(&c, 1, "bytes", &bytes, 0, sizeof payload);
        codec_close(&c, &frame, NULL);
        const size_t len = (size_t)(c.out - out);
        struct span inner = {NULL, 0}, read = {NULL, 0};
        codec_init_read(&c, "Outer", (struct span){out, len}, NULL);
        codec_open(&c, 1, "inner", "Inner", &frame);
        codec_bytes(&c, 1, "bytes", &read, 0, sizeof payload);
        codec_close(&c, &frame, &inner);
        assert_int_equal(codec_end_read(&c).verdict, WIRE_OK);
        assert_int_equal(read.len, lengths[i]);
    }
}

/* Bid, forward, interval 7, 500 Wh, 300,000 micro per kWh. */
#define ORDER 0x08, 0x01, 0x10, 0x01, 0x18, 0x07, 0x20, 0xf4, 0x03, 0x28, 0xe0, 0xa7, 0x12

static enum wire_verdict order_read(const uint8_t *bytes, size_t len)
{
    struct codec c;
    struct order order = {0};
    codec_init_read(&c, "Order", (struct span){bytes, len}, NULL);
    order_fields(&c, &order);
    return codec_end_read(&c).verdict;
}

#define ORDER_READ(...)                                                                            \
    order_read((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* RULE market.12: whatever an all-or-nothing flag, a least quantity, the number of a linked order
 * or a set of alternatives would be called, there is no place for it. */
static void an_order_has_no_place_for_blocks_links_or_alternatives(void **state)
{
    (void)state;
    assert_int_equal(ORDER_READ(ORDER), WIRE_OK);
    assert_int_equal(ORDER_READ(ORDER, 0x30, 0x07, 0x38, 0x01), WIRE_OK); /* the last known field */
    assert_int_equal(ORDER_READ(ORDER, 0x40, 0x01), WIRE_FIELD);          /* 8: a flag */
    assert_int_equal(ORDER_READ(ORDER, 0x40, 0xf4, 0x03), WIRE_FIELD);    /* 8: a least quantity */
    assert_int_equal(ORDER_READ(ORDER, 0x42, 0x02, 0x08, 0x09), WIRE_FIELD); /* 8: a link */
    assert_int_equal(ORDER_READ(ORDER, 0x42, 0x00), WIRE_FIELD);
    assert_int_equal(ORDER_READ(ORDER, 0x38, 0x01, 0x48, 0x01), WIRE_FIELD); /* 9 */
    for (unsigned field = 8; field < 16; field++)
        for (unsigned type = 0; type < 8; type++)
            assert_int_equal(ORDER_READ(ORDER, (uint8_t)(field << 3 | type), 0x01), WIRE_FIELD);
    assert_int_equal(ORDER_READ(ORDER, ORDER), WIRE_FIELD);           /* two in one */
    assert_int_equal(ORDER_READ(0x08, 0x03, 0x10, 0x01), WIRE_RANGE); /* a third side */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_canonical_form_is_accepted_and_made_again),
        cmocka_unit_test(a_cut_input_is_refused_at_its_field),
        cmocka_unit_test(a_varint_that_is_not_shortest_is_refused),
        cmocka_unit_test(a_written_default_is_refused),
        cmocka_unit_test(a_value_out_of_range_is_refused),
        cmocka_unit_test(a_wrong_length_is_refused),
        cmocka_unit_test(a_list_that_is_too_long_is_refused),
        cmocka_unit_test(a_list_that_its_arena_cannot_hold_is_refused),
        cmocka_unit_test(a_field_that_may_not_stand_there_is_refused),
        cmocka_unit_test(texts_are_utf8_without_control_characters),
        cmocka_unit_test(the_first_fault_stays),
        cmocka_unit_test(signed_bytes_are_those_received),
        cmocka_unit_test(lengths_of_any_size_are_made_room_for),
        cmocka_unit_test(an_order_has_no_place_for_blocks_links_or_alternatives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
