/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "crypto/vrf.h"
#include "crypto/wipe.h"
#include "text/bytes_json.h"

#include <string.h>

/* The three fields are always there; null where there is nothing. */
static enum exit_code give(const struct call *call, const struct vrf_proof *proof,
                           const struct vrf_output *output, bool is_valid)
{
    json_t *answer = answer_new();
    json_object_set_new(answer, "proof",
                        bytes_to_json((struct span){proof->bytes, VRF_PROOF_BYTES}));
    json_object_set_new(answer, "output",
                        is_valid ? bytes_to_json((struct span){output->bytes, VRF_OUTPUT_BYTES})
                                 : json_null());
    json_object_set_new(answer, "valid", json_boolean(is_valid));
    return answer_give(call, answer);
}

static bool read_seed(struct seed *seed, const struct call *call, const char *path)
{
    struct input_bytes file;
    if (!input_file(&file, call, path))
        return false;
    const bool has_newline = file.len > 0 && file.at[file.len - 1] == '\n';
    const struct span text = {file.at, file.len - has_newline};
    const enum err bad = hex_parse(seed->bytes, sizeof seed->bytes, text);
    wipe(file.at, file.len);
    input_free(&file);
    if (bad)
        answer_error(call, bad, "the key file (32 bytes, 64 digits)");
    return !bad;
}

enum exit_code verb_study_vrf_prove(const struct call *call)
{
    const char *key = call_option(call, "--key"), *input = call_option(call, "--input");
    if (!key || !input)
        return answer_error(call, ERR_USAGE, "--key FILE and --input HEX are needed");
    struct input_bytes message;
    struct seed seed;
    if (!input_hex(&message, call, input, "--input"))
        return EXIT_USAGE;
    if (!read_seed(&seed, call, key)) {
        input_free(&message);
        return EXIT_USAGE;
    }
    struct pubkey public_key;
    struct vrf_proof proof;
    struct vrf_output output;
    const struct span bytes = {message.at, message.len};
    vrf_public(&public_key, &seed);
    vrf_prove(&proof, &seed, bytes);
    wipe(&seed, sizeof seed);
    const bool is_valid = vrf_check(&output, &public_key, bytes, &proof) == VRF_OK;
    input_free(&message);
    return give(call, &proof, &output, is_valid);
}

enum exit_code verb_study_vrf_verify(const struct call *call)
{
    const char *key = call_option(call, "--key"), *input = call_option(call, "--input");
    const char *given = call_option(call, "--proof");
    if (!key || !input || !given)
        return answer_error(call, ERR_USAGE, "--key HEX, --input HEX and --proof HEX are needed");
    struct pubkey public_key;
    struct vrf_proof proof;
    struct input_bytes message;
    if (!input_hex_exact(public_key.bytes, PUBKEY_BYTES, call, key, "--key") ||
        !input_hex_exact(proof.bytes, VRF_PROOF_BYTES, call, given, "--proof") ||
        !input_hex(&message, call, input, "--input"))
        return EXIT_USAGE;
    struct vrf_output output;
    const struct span bytes = {message.at, message.len};
    const bool is_valid = vrf_check(&output, &public_key, bytes, &proof) == VRF_OK;
    input_free(&message);
    return give(call, &proof, &output, is_valid);
}
