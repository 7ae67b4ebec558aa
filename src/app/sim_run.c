/* SPDX-License-Identifier: Apache-2.0 */
/* sim run: a community of honest homes in virtual time, from its founders to its first trades, and
 * the chain that it leaves behind. */
#include "app/answer.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "sim/honest.h"
#include "wire/chain_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOMES_DEFAULT = 12,
    BLOCKS_DEFAULT = 600,
    HOMES_MAX = 300,
    BLOCKS_MAX = 100000,
    FOUNDERS_MAX = 3,
    FEEDERS = 2,
    CLUSTER = 5,
    BLOCK_MS = 1000,
    DETAIL_CHARS_MAX = 512
};

enum option_place { OPTION_HOUSEHOLDS, OPTION_BLOCKS, OPTION_SEED, OPTION_OUT };

struct number_option {
    enum option_place place;
    uint64_t fallback, least, most;
};

static bool read_number(uint64_t *out, const struct call *call, struct number_option o)
{
    const char *text = call->value[o.place];
    char *end = NULL, detail[DETAIL_CHARS_MAX];
    *out = o.fallback;
    if (!text)
        return true;
    errno = 0;
    *out = strtoull(text, &end, 10);
    const bool is_number = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    if (is_number && *out >= o.least && *out <= o.most)
        return true;
    snprintf(detail, sizeof detail,
             "%s %s (a whole number from %" PRIu64 " to %" PRIu64 " is needed)",
             call->verb->options[o.place].name, text, o.least, o.most);
    answer_error(call, ERR_USAGE, detail);
    return false;
}

/* The chain file, written block by block; NULL where none is wanted. */
static bool write_part(FILE *file, const void *bytes, size_t len)
{
    return !file || fwrite(bytes, 1, len, file) == len;
}

static bool write_head(FILE *file, const struct world *w)
{
    uint8_t head[CHAIN_FILE_HEAD_BYTES];
    uint8_t *bytes = input_room(WIRE_GENESIS_BYTES_MAX, 1);
    const size_t len = genesis_encode(bytes, WIRE_GENESIS_BYTES_MAX, &w->genesis);
    chain_file_head(head, len);
    const bool is_done = write_part(file, head, sizeof head) && write_part(file, bytes, len);
    free(bytes);
    return is_done;
}

static bool write_block(FILE *file, const struct world *w)
{
    uint8_t frame[4];
    chain_file_frame(frame, w->last.bytes.len);
    return write_part(file, frame, sizeof frame) &&
           write_part(file, w->last.bytes.at, w->last.bytes.len) &&
           write_part(file, w->app_hash.bytes, HASH_BYTES);
}

static json_t *contracts_json(const struct seen *s)
{
    const uint64_t(*c)[VERDICT_COUNT] = s->contracts;
    uint64_t declined = 0, others = 0;
    for (uint32_t v = 0; v < VERDICT_COUNT; v++) {
        declined += c[CONTRACT_DECLINED][v];
        others += c[CONTRACT_VOID][v];
    }
    return json_pack("{s:I, s:I, s:I}", "settled", (json_int_t)c[CONTRACT_SETTLED][VERDICT_VOID],
                     "declined", (json_int_t)declined, "void", (json_int_t)others);
}

static enum exit_code answer_run(const struct call *call, const struct world *w)
{
    char hex[2 * HASH_BYTES + 1];
    json_t *answer = answer_new();
    hex_format(hex, (struct span){w->app_hash.bytes, HASH_BYTES});
    json_object_set_new(answer, "blocks", json_integer((json_int_t)w->height));
    json_object_set_new(answer, "members", json_integer((json_int_t)member_count(w->ledger)));
    json_object_set_new(answer, "operations", json_integer((json_int_t)w->code_counts[ERR_OK]));
    json_object_set_new(answer, "contracts", contracts_json(&w->seen));
    json_object_set_new(answer, "app_hash", json_string(hex));
    if (call->value[OPTION_OUT])
        json_object_set_new(answer, "chain", json_string(call->value[OPTION_OUT]));
    return answer_give(call, answer);
}

static bool run_blocks(struct world *w, FILE *file, uint32_t homes, uint64_t blocks)
{
    struct honest h;
    honest_init(&h, w);
    for (uint32_t home = 1; home <= homes; home++)
        h.wants[home] = true;
    h.trades = HONEST_MEASURED;
    bool is_written = write_head(file, w);
    for (uint64_t i = 0; i < blocks && is_written; i++) {
        honest_run(&h, BLOCK_MS, 1);
        is_written = write_block(file, w);
    }
    return is_written;
}

static enum exit_code refuse_path(const struct call *call, const char *path)
{
    char detail[DETAIL_CHARS_MAX];
    if (errno == EEXIST)
        return answer_error(call, ERR_FILE_EXISTS, path);
    snprintf(detail, sizeof detail, "%s (%s)", path, strerror(errno));
    return answer_error(call, ERR_OUTPUT_WRITE, detail);
}

static enum exit_code run(const struct call *call, const struct world_options *options,
                          uint64_t blocks)
{
    static struct world w;
    const char *path = call->value[OPTION_OUT];
    FILE *file = path ? fopen(path, "wbx") : NULL;
    if (path && !file)
        return refuse_path(call, path);
    world_init(&w, options);
    world_start(&w);
    bool is_written = run_blocks(&w, file, options->homes, blocks);
    if (file)
        is_written = fclose(file) == 0 && is_written;
    if (file && !is_written)
        remove(path); /* half a chain is of no use, and would stand in the way */
    const enum exit_code code =
        is_written ? answer_run(call, &w) : answer_error(call, ERR_OUTPUT_WRITE, path);
    world_close(&w);
    return code;
}

enum exit_code verb_sim_run(const struct call *call)
{
    uint64_t homes, blocks, seed;
    const struct number_option of_homes = {OPTION_HOUSEHOLDS, HOMES_DEFAULT, 1, HOMES_MAX};
    const struct number_option of_blocks = {OPTION_BLOCKS, BLOCKS_DEFAULT, 0, BLOCKS_MAX};
    const struct number_option of_seed = {OPTION_SEED, 1, 0, INT64_MAX};
    if (!read_number(&homes, call, of_homes) || !read_number(&blocks, call, of_blocks) ||
        !read_number(&seed, call, of_seed))
        return EXIT_USAGE;
    const struct world_options options = {.seed = seed,
                                          .homes = (uint32_t)homes,
                                          .founders =
                                              homes < FOUNDERS_MAX ? (uint32_t)homes : FOUNDERS_MAX,
                                          .feeders = FEEDERS,
                                          .k = CLUSTER,
                                          .timing = TIMING_MEASURED,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_SIGNED,
                                          .checks = WORLD_CHECK_SUMS};
    return run(call, &options, blocks);
}
