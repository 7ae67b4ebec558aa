/* SPDX-License-Identifier: Apache-2.0 */
/* genesis check, genesis write: what a genesis file says, and the bytes that name its chain. */
#include "app/answer.h"
#include "app/genesis_param.h"
#include "app/verb_rows.h"
#include "base/ids.h"
#include "sampling/tail.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TARGET_BITS = 40,
    K_MAX = 1023,
    SENTENCE_CHARS = 320,
    DETAIL_CHARS = 512,
    PPM_PERCENT = 10000
};

static void warn(json_t *warnings, const char *sentence)
{
    json_array_append_new(warnings, json_string(sentence));
}

static json_t *text_of(struct span text)
{
    return json_stringn((const char *)text.at, text.len);
}

static json_t *hash_json(struct span canonical)
{
    char hex[2 * HASH_BYTES + 1];
    const struct hash hash = genesis_hash(canonical);
    hex_format(hex, (struct span){hash.bytes, HASH_BYTES});
    return json_string(hex);
}

/* RULE sample.3: the bound that holds wherever the bad members are. */
static void add_capture(json_t *answer, json_t *warnings, const struct genesis_sampling *s)
{
    char sentence[SENTENCE_CHARS];
    const struct urn urn = urn_of_share((uint32_t)s->f_ppm);
    const uint32_t k = (uint32_t)s->k;
    const struct rounded tail = tail_probability(&urn, k, tail_threshold(TAIL_MAJORITY, k));
    const uint32_t smallest = tail_smallest_k(&urn, TAIL_MAJORITY, TARGET_BITS, K_MAX);
    const int64_t milli = -rounded_log2_milli(tail); /* the tail is above 0, since f is */
    snprintf(sentence, sizeof sentence,
             "a cluster of %u is captured with a probability of at most 2^-%lld.%03lld if %u ppm "
             "of the members are bad",
             k, (long long)(milli / 1000), (long long)(milli % 1000), (unsigned)s->f_ppm);
    json_object_set_new(answer, "capture", json_string(sentence));
    json_object_set_new(answer, "capture_log2_milli", json_integer(-milli));
    json_object_set_new(answer, "smallest_k", smallest ? json_integer(smallest) : json_null());
    if (s->mode == SAMPLING_TWO_STAGE)
        warn(warnings, "two-stage sampling is for study: bad members on few feeders capture "
                       "clusters far more often than the bound says");
    if (smallest > 0 && k >= smallest)
        return;
    if (smallest > 0)
        snprintf(sentence, sizeof sentence,
                 "k = %u is small: %u is the smallest that keeps the capture of a cluster at 2^-%d",
                 k, smallest, TARGET_BITS);
    else
        snprintf(sentence, sizeof sentence,
                 "with so many bad members no k up to %d keeps the capture of a cluster at 2^-%d",
                 K_MAX, TARGET_BITS);
    warn(warnings, sentence);
}

static bool is_test_key(const struct pubkey *key)
{
    char hex[2 * PUBKEY_BYTES + 1];
    hex_format(hex, (struct span){key->bytes, PUBKEY_BYTES});
    return strcmp(hex, GENESIS_TEST_AUTHORITY) == 0 || strcmp(hex, GENESIS_TEST_TREASURY) == 0;
}

static void warn_of_keys(json_t *warnings, const struct genesis *g)
{
    bool is_test = is_test_key(&g->treasury);
    for (uint32_t i = 0; i < g->authority.key_count; i++)
        is_test = is_test || is_test_key(&g->authority.keys[i].key);
    if (is_test)
        warn(warnings, "a key of authority or treasury is the example's: anybody can sign with it");
}

static json_t *differences(const struct genesis *g)
{
    json_t *list = json_array();
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *param = params_at(i);
        char name[GENESIS_PARAM_CHARS];
        if (!genesis_param_is_number(param) || param->origin == PARAM_REQUIRED ||
            params_get(g, param) == params_default(g, param))
            continue;
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "parameter",
                                              genesis_param_name(name, param), "value",
                                              genesis_param_value(g, param), "default",
                                              genesis_param_default(g, param)));
    }
    return list;
}

static json_t *check_json(const struct genesis_file *file)
{
    const struct genesis *g = &file->genesis;
    json_t *answer = answer_new(), *warnings = json_array();
    json_object_set_new(answer, "community", text_of(g->community.name));
    json_object_set_new(answer, "chain_id", text_of(g->community.chain_id));
    json_object_set_new(answer, "currency", text_of(g->community.currency));
    json_object_set_new(answer, "founders", json_integer(g->founder_count));
    json_object_set_new(answer, "feeders", json_integer(g->feeder_count));
    json_object_set_new(answer, "fees", json_integer(g->market.fee_count));
    json_object_set_new(answer, "genesis_hash", hash_json(file->canonical));
    json_object_set_new(answer, "genesis_bytes", json_integer((json_int_t)file->canonical.len));
    add_capture(answer, warnings, &g->sampling);
    if (g->times.t0_ms % g->times.interval_ms != 0)
        warn(warnings, "t0_ms is no multiple of interval_ms: intervals will not begin on the hour");
    warn_of_keys(warnings, g);
    json_object_set_new(answer, "differs", differences(g));
    json_object_set_new(answer, "warnings", warnings);
    return answer;
}

enum exit_code verb_genesis_check(const struct call *call)
{
    struct genesis_file file;
    if (!genesis_param_file(&file, call))
        return EXIT_USAGE;
    json_t *answer = check_json(&file);
    genesis_file_free(&file);
    return answer_give(call, answer);
}

static enum err write_all(int out, struct span bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        const ssize_t wrote = write(out, bytes.at + done, bytes.len - done);
        if (wrote < 0 && errno != EINTR)
            return ERR_OUTPUT_WRITE;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return ERR_OK;
}

/* A file that is there is never written over: it may be a chain's only copy. */
static enum err write_new(const char *path, struct span bytes)
{
    const int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (out < 0)
        return errno == EEXIST ? ERR_FILE_EXISTS : ERR_OUTPUT_WRITE;
    enum err bad = write_all(out, bytes);
    if (!bad && fsync(out) != 0)
        bad = ERR_OUTPUT_WRITE;
    if (close(out) != 0 && !bad)
        bad = ERR_OUTPUT_WRITE;
    if (bad)
        unlink(path);
    return bad;
}

enum exit_code verb_genesis_write(const struct call *call)
{
    struct genesis_file file;
    const char *path = call->operand[1];
    char detail[DETAIL_CHARS];
    if (!genesis_param_file(&file, call))
        return EXIT_USAGE;
    json_t *answer = answer_new();
    json_object_set_new(answer, "file", json_string(path));
    json_object_set_new(answer, "genesis_hash", hash_json(file.canonical));
    json_object_set_new(answer, "genesis_bytes", json_integer((json_int_t)file.canonical.len));
    const enum err bad = write_new(path, file.canonical);
    const int reason = errno;
    genesis_file_free(&file);
    if (!bad)
        return answer_give(call, answer);
    json_decref(answer);
    snprintf(detail, sizeof detail, "%.200s (%s)", path, strerror(reason));
    return answer_error(call, bad, detail);
}
