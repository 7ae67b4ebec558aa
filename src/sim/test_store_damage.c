/* SPDX-License-Identifier: Apache-2.0 */
/* A store that is damaged - a bit, a page of zeros, a page as it was some blocks ago - is named so,
 * or nothing of what it answers has changed, now and after further blocks. A wrong answer is the
 * only failure. PEERWATT_DAMAGES: how many (100). */
#include "sim/test_store_history.h"

#include "crypto/hash.h"
#include "store/pages.h"
#include "store/scrub.h"

#include <fcntl.h>

enum { BLOCKS = 60, OLDER = 48, NEWER = 54, DAMAGES = 100, PAGE = 4096, HEAD = 64 };

enum kind { FLIP_ANYWHERE, FLIP_HEAD, FLIP_ROOT, ZERO_PAGE, OLDER_PAGE, KINDS };

static const char *const kinds[KINDS] = {"bit", "bit of a head", "bit of a root", "zeros",
                                         "older page"};

struct image {
    uint8_t *bytes;
    size_t len;
};

struct counts {
    uint32_t named[KINDS], unchanged[KINDS];
};

static struct kit k;
static struct history_run history;
static struct image older, newer;

static uint64_t random_u64(uint64_t at, const char *what)
{
    const struct hash hash = world_hash(&k.w, what, at, 0);
    uint64_t out;
    memcpy(&out, hash.bytes, sizeof out);
    return out;
}

static void data_path(char path[2 * KIT_PATH])
{
    snprintf(path, 2 * KIT_PATH, "%s/data.mdb", k.folder);
}

static struct image read_image(void)
{
    char path[2 * KIT_PATH];
    struct stat file;
    data_path(path);
    const int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &file) == 0);
    struct image out = {malloc((size_t)file.st_size), (size_t)file.st_size};
    assert_true(read(fd, out.bytes, out.len) == (ssize_t)out.len);
    close(fd);
    return out;
}

static void write_image(const struct image *image)
{
    char path[2 * KIT_PATH];
    data_path(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, image->bytes, image->len) == (ssize_t)image->len);
    close(fd);
}

static void flip(uint8_t *at, uint64_t number)
{
    *at ^= (uint8_t)(1 << number % 8);
}

/* To a copy of the newer image. */
static enum kind damage(struct image *image, uint64_t at)
{
    const enum kind kind = (enum kind)(at % KINDS);
    const uint64_t number = random_u64(at, "damage"), pages = image->len / PAGE;
    const uint64_t page = number / 8 % pages;
    switch (kind) {
    case FLIP_ANYWHERE:
        flip(image->bytes + number / 8 % image->len, number);
        break;
    case FLIP_HEAD:
        flip(image->bytes + page * PAGE + number / 8 / pages % HEAD, number);
        break;
    case FLIP_ROOT:
        flip(image->bytes + number / 8 % 2 * PAGE + number / 16 % 160, number);
        break;
    case ZERO_PAGE:
        memset(image->bytes + page * PAGE, 0, PAGE);
        break;
    case OLDER_PAGE:
        if (page < older.len / PAGE)
            memcpy(image->bytes + page * PAGE, older.bytes + page * PAGE, PAGE);
        break;
    case KINDS:
        break;
    }
    return kind;
}

static void check_bytes(uint64_t height)
{
    struct span bytes, results;
    const enum err code = ledger_db_block_at(k.db, height, &bytes, &results, &k.fault);
    if (height < ledger_db_last(k.db)->blocks_from) {
        assert_int_equal(code, ERR_HEIGHT_UNKNOWN);
        return;
    }
    assert_int_equal(code, ERR_OK);
    assert_true(span_equal(bytes, history.at[height].bytes));
    free((void *)(uintptr_t)bytes.at);
    free((void *)(uintptr_t)results.at);
}

/* The digest of all records. */
static struct hash hash_log(void)
{
    struct hash_ctx ctx;
    struct span record;
    hash_init(&ctx);
    for (uint64_t i = 0; i < ledger_db_last(k.db)->log_count; i++) {
        assert_int_equal(ledger_db_log_at(k.db, i, &record, &k.fault), ERR_OK);
        hash_update(&ctx, record);
        free((void *)(uintptr_t)record.at);
    }
    return hash_final(&ctx);
}

static struct hash log_then, log_last;

/* Everything the store can be asked, against the history. */
static void check_answers(const struct hash *log)
{
    struct ledger_db_head head;
    const char *wrong = history_differs(&history);
    if (wrong)
        fail_msg("%s", wrong);
    const uint64_t height = ledger_db_last(k.db)->height;
    for (uint64_t i = 1; i <= height; i++) {
        assert_int_equal(ledger_db_head_at(k.db, i, &head, &k.fault), ERR_OK);
        assert_true(hash_equal(&head.app_hash, &history.at[i].app_hash));
        check_bytes(i);
    }
    const struct hash found = hash_log();
    assert_true(hash_equal(&found, log));
}

static void write_until(uint64_t height)
{
    struct ledger *l;
    if (ledger_db_has_genesis(k.db)) {
        assert_int_equal(kit_load(&k, &l), ERR_OK);
    } else {
        l = history_begin(&history);
        assert_int_equal(history_commit(&history, l), ERR_OK);
    }
    while (ledger_height(l) < height) {
        assert_true(history_apply(&history, l));
        assert_int_equal(history_commit(&history, l), ERR_OK);
    }
}

/* Named, or all is as it was: here, and when blocks were written over it. */
static bool is_named(uint64_t at)
{
    struct scrub_counts counts;
    const enum err code = scrub(k.folder, KIT_MAP_BYTES, SCRUB_ALL, &counts, &k.fault);
    if (code != ERR_OK) {
        assert_true(strlen(k.fault.text) > 0);
        return true;
    }
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_true(ledger_db_last(k.db)->height == NEWER);
    check_answers(&log_then);
    write_until(BLOCKS);
    ledger_db_close(k.db);
    assert_int_equal(kit_open(&k), ERR_OK);
    check_answers(&log_last);
    ledger_db_close(k.db);
    if (scrub(k.folder, KIT_MAP_BYTES, SCRUB_ALL, &counts, &k.fault) != ERR_OK)
        fail_msg("damage %llu: %s", (unsigned long long)at, k.fault.text);
    return false;
}

static void damage_is_named_or_changes_nothing(void **state)
{
    const char *often = getenv("PEERWATT_DAMAGES");
    const uint64_t damages = often ? strtoull(often, NULL, 10) : DAMAGES;
    struct counts counts = {.named = {0}};
    struct image image = {malloc(newer.len), newer.len};
    (void)state;
    for (uint64_t at = 0; at < damages; at++) {
        memcpy(image.bytes, newer.bytes, newer.len);
        const enum kind kind = damage(&image, at);
        write_image(&image);
        if (is_named(at))
            counts.named[kind]++;
        else
            counts.unchanged[kind]++;
    }
    for (int i = 0; i < KINDS; i++) {
        print_message("%s: named %u, nothing changed %u\n", kinds[i], counts.named[i],
                      counts.unchanged[i]);
        assert_true(counts.named[i] > 0);
    }
    free(image.bytes);
}

static void a_whole_store_passes(void **state)
{
    struct scrub_counts counts, live;
    (void)state;
    write_image(&newer);
    assert_int_equal(scrub(k.folder, KIT_MAP_BYTES, SCRUB_ALL, &counts, &k.fault), ERR_OK);
    assert_int_equal(scrub(k.folder, KIT_MAP_BYTES, SCRUB_LIVE, &live, &k.fault), ERR_OK);
    assert_true(live.values > 0 && counts.values > live.values && counts.bytes > live.bytes);
}

static void a_file_that_was_cut_is_named(void **state)
{
    struct scrub_counts counts;
    (void)state;
    for (size_t pages = 1; pages < newer.len / PAGE; pages = pages * 2 + 1) {
        const struct image cut = {newer.bytes, pages * PAGE};
        write_image(&cut);
        assert_int_equal(scrub(k.folder, KIT_MAP_BYTES, SCRUB_LIVE, &counts, &k.fault),
                         ERR_STORE_DAMAGED);
    }
    const struct image nothing = {newer.bytes, 0};
    write_image(&nothing);
    assert_int_equal(scrub(k.folder, KIT_MAP_BYTES, SCRUB_ALL, &counts, &k.fault), ERR_OK);
    assert_true(counts.values == 0);
}

static struct image image_at(uint64_t height, struct hash *log)
{
    assert_int_equal(kit_open(&k), ERR_OK);
    write_until(height);
    *log = hash_log();
    ledger_db_close(k.db);
    return read_image();
}

static int begin(void **state)
{
    struct hash log;
    (void)state;
    history_make(&history, &k, 11, BLOCKS);
    kit_folder(k.folder);
    k.options.carry_blocks = 6;
    k.options.keep_rows = 10;
    k.options.keep_blocks = 30;
    older = image_at(OLDER, &log);
    newer = image_at(NEWER, &log_then);
    free(image_at(BLOCKS, &log_last).bytes);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(older.bytes);
    free(newer.bytes);
    kit_remove(k.folder);
    history_drop(&history);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_store_passes),
        cmocka_unit_test(a_file_that_was_cut_is_named),
        cmocka_unit_test(damage_is_named_or_changes_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
