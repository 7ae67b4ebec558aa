/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cmocka_all.h"
#include "text/message_json.h"

#include <stdlib.h>
#include <string.h>

static void assert_json_is(json_t *value, const char *expected)
{
    char *text = json_dumps(value, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(value);
}

static void an_envelope_reads_as_its_schema(void **state)
{
    (void)state;
    struct result_item items[1] = {{17, RESULT_PASS, 480, 91200}};
    const uint8_t bits[1] = {5};
    struct op ops[] = {
        {.kind = OP_ORDER, .order = {ORDER_BID, ROUND_MEASURED, 9, 500, 190000, 0, true}},
        {.kind = OP_LEADER_EXEC, .leader_result = {items, 1}},
        {.kind = OP_BALLOT,
         .ballot = {STAGE_VERIFICATION, (enum trade_round)0, 4, 0, {bits, 1}, {bits, 1}}},
        {.kind = OP_LEAVE},
    };
    const struct envelope e = {
        .slot = 7, .nonce = 3, .expires_height = 600, .ops = ops, .op_count = 4};
    json_t *json = envelope_to_json(&e);
    assert_int_equal(strlen(json_string_value(json_object_get(json, "signature"))), 128);
    json_object_del(json, "signature");
    assert_json_is(
        json,
        "{\"slot\":7,\"key\":null,\"nonce\":3,\"expires_height\":600,\"ops\":["
        "{\"order\":{\"side\":\"bid\",\"round\":\"measured\",\"interval\":9,\"energy_wh\":500,"
        "\"price_micro_per_kwh\":190000,\"min_score\":0,\"feeder_first\":true}},"
        "{\"leader_exec\":{\"items\":[{\"contract\":17,\"result\":\"pass\",\"settled_wh\":480,"
        "\"payment_micro\":91200}]}},"
        "{\"ballot\":{\"stage\":\"verification\",\"subject\":4,\"first\":0,\"voted\":\"05\","
        "\"agree\":\"05\"}},"
        "{\"leave\":{}}]}");
}

static void a_genesis_reads_as_its_schema(void **state)
{
    (void)state;
    static struct genesis g;
    struct genesis_key key = {{{2}}};
    struct genesis_feeder feeder = {{(const uint8_t *)"Weg \xc3\xbc", 6}};
    g.community = (struct genesis_community){
        {(const uint8_t *)"Nord", 4}, {(const uint8_t *)"pw-test", 7}, {(const uint8_t *)"EUR", 3}};
    g.market.timing = TIMING_MEASURED;
    g.market.mechanism = MECHANISM_CALL;
    g.market.price_rule = PRICE_POSTED;
    g.trade.unwitnessed = UNWITNESSED_ALLOW;
    g.sampling.mode = SAMPLING_TWO_STAGE;
    g.identity.mode = IDENTITY_DOCUMENTS;
    g.identity.handover = HANDOVER_MOVE;
    g.qot.mode = QOT_PAPER;
    g.authority = (struct genesis_authority){&key, 1, 1};
    g.feeders = &feeder;
    g.feeder_count = 1;
    json_t *json = genesis_to_json(&g);
    assert_int_equal(json_object_size(json), 13);
    assert_json_is(json_incref(json_object_get(json, "community")),
                   "{\"name\":\"Nord\",\"chain_id\":\"pw-test\",\"currency\":\"EUR\"}");
    assert_json_is(json_incref(json_object_get(json, "feeders")), "[{\"name\":\"Weg \xc3\xbc\"}]");
    assert_json_is(json_incref(json_object_get(json, "founders")), "[]");
    assert_json_is(json_incref(json_object_get(json, "qot")),
                   "{\"mode\":\"paper\",\"reference_wh\":0,\"penance_intervals\":0}");
    json_decref(json);
}

static void a_fault_names_message_and_field(void **state)
{
    (void)state;
    const struct wire_fault fault = {WIRE_RANGE, "Order", "energy_wh"}, none = {0};
    assert_json_is(wire_fault_to_json(&fault),
                   "{\"verdict\":\"RANGE\",\"message\":\"Order\",\"field\":\"energy_wh\"}");
    assert_json_is(wire_fault_to_json(&none),
                   "{\"verdict\":\"OK\",\"message\":\"\",\"field\":\"\"}");
    for (int i = WIRE_OK; i <= WIRE_RELATION; i++)
        for (int j = WIRE_OK; j < i; j++)
            assert_string_not_equal(wire_verdict_name((enum wire_verdict)i),
                                    wire_verdict_name((enum wire_verdict)j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_envelope_reads_as_its_schema),
        cmocka_unit_test(a_genesis_reads_as_its_schema),
        cmocka_unit_test(a_fault_names_message_and_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
