/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.1, ledger.2, ledger.4: what `chain prove`, `chain history` and `chain check-proof`
 * say of a chain of signed blocks, and that nothing that was changed on the way is believed. */
#include "app/call.h"
#include "sim/honest.h"
#include "tests/cmocka_all.h"
#include "wire/chain_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS = 240, BLOCK_MS = 1000, HOMES = 6, WORDS_MAX = 8, PATH_CHARS = 64, HEX = 64 };

static struct world world;
static struct honest honest;
static char chain[PATH_CHARS], proof[PATH_CHARS], said[PATH_CHARS];
static char app_hashes[BLOCKS + 1][HEX + 1];

static void name_file(char path[PATH_CHARS])
{
    const char *dir = getenv("TMPDIR");
    snprintf(path, PATH_CHARS, "%.40s/peerwatt.XXXXXX", dir ? dir : "/tmp");
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

static void keep_app_hash(void)
{
    hex_format(app_hashes[world.height], (struct span){world.app_hash.bytes, HASH_BYTES});
}

static void write_genesis(FILE *file)
{
    uint8_t head[CHAIN_FILE_HEAD_BYTES];
    uint8_t *bytes = malloc(WIRE_GENESIS_BYTES_MAX);
    assert_non_null(bytes);
    const size_t len = genesis_encode(bytes, WIRE_GENESIS_BYTES_MAX, &world.genesis);
    chain_file_head(head, len);
    assert_int_equal(fwrite(head, 1, sizeof head, file), sizeof head);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    free(bytes);
}

static void write_block(FILE *file)
{
    uint8_t frame[4];
    const struct span bytes = world.last.bytes;
    chain_file_frame(frame, bytes.len);
    assert_int_equal(fwrite(frame, 1, sizeof frame, file), sizeof frame);
    assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
    assert_int_equal(fwrite(world.app_hash.bytes, 1, HASH_BYTES, file), HASH_BYTES);
}

static int make_chain(void **state)
{
    (void)state;
    const struct world_options options = {.seed = 5,
                                          .homes = HOMES,
                                          .founders = HOMES,
                                          .feeders = 1,
                                          .k = 3,
                                          .timing = TIMING_MEASURED,
                                          .mechanism = MECHANISM_CALL,
                                          .crypto = WORLD_SIGNED};
    world_init(&world, &options);
    world_start(&world);
    honest_init(&honest, &world);
    honest.trades = HONEST_MEASURED;
    honest.deposit_micro = 5000000;
    name_file(chain);
    name_file(proof);
    name_file(said);
    FILE *file = fopen(chain, "wb");
    assert_non_null(file);
    write_genesis(file);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        honest_run(&honest, BLOCK_MS, 1);
        keep_app_hash();
        write_block(file);
    }
    assert_int_equal(fclose(file), 0);
    return 0;
}

static int remove_chain(void **state)
{
    (void)state;
    world_close(&world);
    return unlink(chain) | unlink(proof) | unlink(said);
}

struct answer {
    enum exit_code code;
    json_t *json; /* NULL: it was none */
};

/* What the program says to @words; its standard output goes to a file meanwhile. */
static struct answer say(const char *const *words, int count)
{
    struct call call;
    struct call_fault fault;
    struct answer answer;
    assert_int_equal(call_parse(&call, &fault, count, words), ERR_OK);
    fflush(stdout);
    const int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    assert_non_null(freopen("/dev/null", "wb", stderr));
    FILE *file = fopen(said, "wb");
    assert_non_null(file);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    answer.code = call.verb->run(&call);
    fflush(stdout);
    fflush(stderr);
    assert_true(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
    fclose(file);
    close(out);
    close(err);
    answer.json = json_load_file(said, 0, NULL);
    return answer;
}

#define SAY(...)                                                                                   \
    say((const char *const[]){__VA_ARGS__, "--json"},                                              \
        (int)(sizeof((const char *const[]){__VA_ARGS__, "--json"}) / sizeof(char *)))

static const char *text_of(const json_t *object, const char *field)
{
    const char *text = json_string_value(json_object_get(object, field));
    assert_non_null(text);
    return text;
}

static json_int_t number_of(const json_t *object, const char *field)
{
    assert_true(json_is_integer(json_object_get(object, field)));
    return json_integer_value(json_object_get(object, field));
}

static void hand_over(const json_t *object)
{
    assert_int_equal(json_dump_file(object, proof, JSON_COMPACT), 0);
}

/* True if it holds under the app hash of block @height; what cannot be read does not hold. */
static bool holds(const json_t *object, uint32_t height)
{
    hand_over(object);
    const struct answer a = SAY("chain", "check-proof", proof, "--app-hash", app_hashes[height]);
    const bool is_true = json_is_true(json_object_get(a.json, "holds"));
    assert_int_equal(a.code == EXIT_DONE, is_true);
    json_decref(a.json);
    return is_true;
}

static json_t *prove(const char *store, const char *number, uint32_t height)
{
    char text[16];
    snprintf(text, sizeof text, "%u", height);
    const struct answer a = SAY("chain", "prove", chain, store, number, "--height", text);
    assert_int_equal(a.code, EXIT_DONE);
    assert_string_equal(text_of(a.json, "app_hash"), app_hashes[height]);
    assert_int_equal(number_of(a.json, "height"), height);
    return a.json;
}

static void rows_and_entries_hold_under_the_app_hash_of_their_height(void **state)
{
    (void)state;
    static const struct {
        const char *store, *number;
    } rows[] = {{"members", "1"}, {"members", "6"}, {"params", "7"},  {"head", "0"},
                {"windows", "0"}, {"log", "0"},     {"history", "3"}, {"history", "0"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *object = prove(rows[i].store, rows[i].number, BLOCKS - 1);
        assert_true(holds(object, BLOCKS - 1));
        assert_false(holds(object, BLOCKS));
        json_decref(object);
    }
    json_t *object = prove("params", "7", 1);
    assert_string_equal(text_of(json_object_get(object, "meaning"), "parameter"), "grace_slots");
    assert_int_equal(number_of(json_object_get(object, "meaning"), "value"),
                     world.genesis.times.grace_slots);
    json_decref(object);
}

static char other_digit(char digit)
{
    return digit == '0' ? '1' : '0';
}

/* Each on a copy of its own, so that one change does not hide another. */
static unsigned spoil_texts(const json_t *whole, uint32_t height)
{
    unsigned count = 0;
    char *text = json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS);
    assert_non_null(text);
    const char *skip = strstr(text, "\"app_hash\"");
    for (char *at = text; (at = strchr(at, '"')) != NULL; at++) {
        const size_t len = strspn(at + 1, "0123456789abcdef");
        if (len < 2 || at[1 + len] != '"' || at == strchr(skip + 10, '"'))
            continue;
        const char was = at[1 + len / 2];
        at[1 + len / 2] = other_digit(was);
        json_t *changed = json_loads(text, 0, NULL);
        assert_false(holds(changed, height));
        json_decref(changed);
        at[1 + len / 2] = was;
        at += len + 1;
        count++;
    }
    free(text);
    return count;
}

static void set_number(json_t *object, const char *field, json_int_t by)
{
    json_object_set_new(object, field, json_integer(number_of(object, field) + by));
}

static void assert_number_counts(json_t *whole, json_t *object, const char *field, uint32_t height)
{
    set_number(object, field, 1);
    assert_false(holds(whole, height));
    set_number(object, field, -1);
    assert_true(holds(whole, height));
}

static void nothing_changed_on_the_way_is_believed(void **state)
{
    (void)state;
    json_t *row = prove("members", "3", BLOCKS);
    assert_true(spoil_texts(row, BLOCKS) >= 8);
    assert_number_counts(row, row, "number", BLOCKS);
    assert_number_counts(row, row, "version", BLOCKS);
    assert_number_counts(row, row, "written", BLOCKS);
    assert_number_counts(row, row, "previous", BLOCKS);
    assert_number_counts(row, json_object_get(row, "in_store"), "index", BLOCKS);
    assert_number_counts(row, json_object_get(row, "in_app_hash"), "index", BLOCKS);
    json_object_set_new(row, "store", json_string("orders"));
    assert_false(holds(row, BLOCKS));
    json_decref(row);
    json_t *entry = prove("log", "2", BLOCKS);
    assert_true(spoil_texts(entry, BLOCKS) >= 8);
    assert_number_counts(entry, json_object_get(entry, "in_list"), "index", BLOCKS);
    assert_number_counts(entry, json_object_get(entry, "in_list"), "size", BLOCKS);
    assert_number_counts(entry, entry, "number", BLOCKS);
    json_decref(entry);
}

/* RULE ledger.2 */
static void a_members_history_is_whole_and_checked_without_the_chain(void **state)
{
    (void)state;
    const struct answer a = SAY("chain", "history", chain, "members", "1");
    assert_int_equal(a.code, EXIT_DONE);
    assert_true(json_is_true(json_object_get(a.json, "complete")));
    assert_true(json_is_false(json_object_get(a.json, "ended")));
    assert_int_equal(number_of(a.json, "lives"), 1);
    json_t *versions = json_object_get(a.json, "versions");
    const size_t count = json_array_size(versions);
    assert_true(count >= 3);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(number_of(json_array_get(versions, i), "version"), i + 1);
    assert_true(holds(a.json, BLOCKS));
    assert_false(holds(a.json, BLOCKS - 1));
    for (size_t i = 0; i < count; i++) { /* one left out */
        json_t *copy = json_deep_copy(a.json);
        json_array_remove(json_object_get(copy, "versions"), i);
        assert_false(holds(copy, BLOCKS));
        json_decref(copy);
    }
    while (json_array_size(versions) > 2) /* a short one, to spoil it all */
        json_array_remove(versions, 0);
    json_object_set_new(a.json, "from",
                        json_integer(number_of(json_array_get(versions, 0), "written")));
    assert_true(holds(a.json, BLOCKS));
    assert_true(spoil_texts(a.json, BLOCKS) > 40);
    json_decref(a.json);
}

/* The row of an interval ends when all in it is scored, with the proofs of the state before. */
static void the_history_of_a_row_that_ended_holds_where_it_ended(void **state)
{
    (void)state;
    unsigned ended = 0;
    for (uint32_t number = 1; number <= 4; number++) {
        char text[16];
        snprintf(text, sizeof text, "%u", number);
        const struct answer a = SAY("chain", "history", chain, "orders", text);
        assert_int_equal(a.code, EXIT_DONE);
        assert_true(json_is_true(json_object_get(a.json, "complete")));
        const uint32_t height = (uint32_t)number_of(a.json, "height");
        assert_true(holds(a.json, height));
        if (json_is_true(json_object_get(a.json, "ended"))) {
            ended++;
            assert_false(holds(a.json, height + 1));
            const struct answer gone = SAY("chain", "prove", chain, "orders", text);
            assert_int_equal(gone.code, EXIT_NOT_FOUND);
            json_decref(gone.json);
        }
        json_decref(a.json);
    }
    assert_true(ended > 0);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *verb, *store, *number, *height, *name;
    } wrong[] = {{"prove", "member", "1", "1", "STORE_UNKNOWN"},
                 {"prove", "chain", "0", "1", "STORE_UNKNOWN"},
                 {"prove", "members", "7", "1", "ROW_UNKNOWN"},
                 {"prove", "log", "100000", "1", "ROW_UNKNOWN"},
                 {"prove", "history", "2", "1", "ROW_UNKNOWN"},
                 {"prove", "members", "1", "241", "HEIGHT_UNKNOWN"},
                 {"prove", "members", "x", "1", "USAGE"},
                 {"prove", "members", "1", "-1", "USAGE"},
                 {"prove", "members", "9223372036854775808", "1", "USAGE"},
                 {"history", "member", "1", "1", "STORE_UNKNOWN"},
                 {"history", "log", "1", "1", "STORE_UNKNOWN"},
                 {"history", "members", "7", "1", "ROW_UNKNOWN"},
                 {"history", "members", "1", "241", "HEIGHT_UNKNOWN"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct answer a = SAY("chain", wrong[i].verb, chain, wrong[i].store, wrong[i].number,
                                    "--height", wrong[i].height);
        assert_string_equal(text_of(json_object_get(a.json, "error"), "code"), wrong[i].name);
        assert_int_not_equal(a.code, EXIT_DONE);
        json_decref(a.json);
    }
}

static void a_proof_that_cannot_be_read_is_refused_with_its_field(void **state)
{
    (void)state;
    static const char *const fields[] = {"kind",     "store",   "number",   "height",
                                         "app_hash", "version", "written",  "previous",
                                         "value",    "root",    "in_store", "in_app_hash"};
    json_t *row = prove("members", "3", BLOCKS);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        json_t *copy = json_deep_copy(row);
        json_object_del(copy, fields[i]);
        hand_over(copy);
        struct answer a = SAY("chain", "check-proof", proof);
        assert_int_equal(a.code, EXIT_USAGE);
        assert_non_null(strstr(text_of(json_object_get(a.json, "error"), "detail"), fields[i]));
        json_decref(a.json);
        json_object_set_new(copy, fields[i], json_real(1.5));
        hand_over(copy);
        a = SAY("chain", "check-proof", proof);
        assert_int_equal(a.code, EXIT_USAGE);
        json_decref(a.json);
        json_decref(copy);
    }
    json_t *path = json_object_get(json_object_get(row, "in_store"), "path");
    for (int i = 0; i < 65; i++)
        json_array_append_new(path, json_string(app_hashes[1]));
    hand_over(row);
    const struct answer a = SAY("chain", "check-proof", proof);
    assert_int_equal(a.code, EXIT_USAGE);
    json_decref(a.json);
    json_decref(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_entries_hold_under_the_app_hash_of_their_height),
        cmocka_unit_test(nothing_changed_on_the_way_is_believed),
        cmocka_unit_test(a_members_history_is_whole_and_checked_without_the_chain),
        cmocka_unit_test(the_history_of_a_row_that_ended_holds_where_it_ended),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(a_proof_that_cannot_be_read_is_refused_with_its_field),
    };
    return cmocka_run_group_tests(tests, make_chain, remove_chain);
}
