/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "crypto/hash.h"
#include "text/bytes_json.h"

enum exit_code verb_study_hash(const struct call *call)
{
    const char *text = call_option(call, "--tag");
    struct hash_tag tag;
    if (!text || !hash_tag_from_text(&tag, span_of_text(text)))
        return answer_error(call, ERR_USAGE, "--tag TEXT of 1 to 16 bytes is needed");
    struct input_bytes file;
    if (!input_file(&file, call, call->operand[0]))
        return EXIT_USAGE;
    const struct hash hash = hash_tagged(&tag, (struct span){file.at, file.len});
    input_free(&file);
    json_t *answer = answer_new();
    json_object_set_new(answer, "sha256", bytes_to_json((struct span){hash.bytes, HASH_BYTES}));
    return answer_give(call, answer);
}
