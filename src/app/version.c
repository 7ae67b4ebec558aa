/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/commit.h" /* made at build time: COMMIT */
#include "app/verb_rows.h"

#include <openssl/crypto.h>
#include <sodium.h>

enum exit_code verb_version(const struct call *call)
{
    json_t *answer = answer_new();
    json_object_set_new(answer, "version", json_string(PEERWATT_VERSION));
    json_object_set_new(answer, "commit", json_string(COMMIT));
    json_object_set_new(answer, "libsodium", json_string(sodium_version_string()));
    json_object_set_new(answer, "openssl", json_string(OpenSSL_version(OPENSSL_VERSION_STRING)));
    return answer_give(call, answer);
}
