/* SPDX-License-Identifier: Apache-2.0 */
/* RULE dos.4: an envelope that is inadmissible touches no state at all, wherever it stands. */
#include "sim/world.h"

#include "ledger/state.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum { BLOCK_MS = 1000, HOMES = 3, FOUNDERS = 2, SIGNER = 1, STRANGER = 3 };

enum fault {
    FAULT_NONE,
    FAULT_FORM,
    FAULT_SIGNATURE,
    FAULT_NONCE,
    FAULT_FAR,
    FAULT_EXPIRED,
    FAULT_EXPIRES_FAR,
    FAULT_STRANGER,
    FAULT_COUNT
};

static struct world w;

/* An envelope with this fault; without one it says that the signer does not volunteer. */
static uint32_t say(enum fault fault)
{
    const struct op op = {.kind = OP_VOLUNTEER};
    const uint64_t ttl = w.genesis.windows.ttl_max_blocks, next = w.height + 1;
    uint8_t bytes[512];
    const uint32_t who = fault == FAULT_STRANGER ? STRANGER : SIGNER;
    const uint64_t nonce = fault == FAULT_NONCE ? 0 : fault == FAULT_FAR ? 5000 : 7;
    const uint64_t expires = fault == FAULT_EXPIRED       ? next - 1
                             : fault == FAULT_EXPIRES_FAR ? next + ttl + 1
                                                          : next;
    const struct span envelope = world_envelope_with(&w, who, &op, 1, nonce, expires);
    assert_true(envelope.len <= sizeof bytes);
    memcpy(bytes, envelope.at, envelope.len);
    bytes[envelope.len - 1] ^= fault == FAULT_SIGNATURE;
    return world_say_bytes(&w, (struct span){bytes, envelope.len - (fault == FAULT_FORM)});
}

/* The state after a block that has nothing but the envelope, if @fault says so. */
static struct hash hash_with(bool has_envelope, enum fault fault, enum err *code)
{
    const struct world_options options = {.seed = 3,
                                          .homes = HOMES,
                                          .founders = FOUNDERS,
                                          .feeders = 1,
                                          .k = 3,
                                          .timing = TIMING_MEASURED,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_SIGNED,
                                          .checks = WORLD_CHECK_UNDO};
    world_init(&w, &options);
    world_start(&w);
    const struct op first = {.kind = OP_VOLUNTEER, .volunteer = {.on = true}};
    world_say(&w, SIGNER, &first); /* takes nonce 0 */
    world_block(&w, BLOCK_MS);
    const uint32_t ticket = has_envelope ? say(fault) : 0;
    world_block(&w, BLOCK_MS);
    *code = has_envelope ? world_code(&w, ticket) : ERR_OK;
    const struct hash app = w.app_hash;
    world_close(&w);
    return app;
}

static void an_inadmissible_envelope_touches_nothing(void **state)
{
    static const enum err codes[FAULT_COUNT] = {ERR_OK,          ERR_ENVELOPE_FORM, ERR_SIGNATURE,
                                                ERR_NONCE_USED,  ERR_NONCE_FAR,     ERR_EXPIRED,
                                                ERR_EXPIRES_FAR, ERR_SIGNER_UNKNOWN};
    enum err code;
    (void)state;
    const struct hash without = hash_with(false, FAULT_NONE, &code);
    for (int fault = FAULT_NONE; fault < FAULT_COUNT; fault++) {
        const struct hash with = hash_with(true, (enum fault)fault, &code);
        assert_int_equal(code, codes[fault]);
        assert_int_equal(hash_equal(&with, &without), fault != FAULT_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inadmissible_envelope_touches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
