/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vectors/vectors.h"

#include <ftw.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_CHARS_MAX = 4096, FOLDERS_OPEN_MAX = 16 };

static const char *folder_or_skip(void)
{
    const char *named = getenv("PEERWATT_VECTORS");
    const char *folder = named ? named : PEERWATT_VECTORS_DEFAULT;
    if (access(folder, R_OK | X_OK) != 0) {
        print_message("SKIPPED: the third-party vectors (../shared/vectors) are not here\n");
        skip();
    }
    return folder;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *doc = json_load_file(path, 0, &error);
    /* A file may hold the number 2^64 - 1, which jansson takes as a real only. */
    if (!doc && json_error_code(&error) == json_error_numeric_overflow)
        doc = json_load_file(path, JSON_DECODE_INT_AS_REAL, &error);
    if (!doc)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return doc;
}

json_t *vectors_open(const char *path)
{
    char whole[PATH_CHARS_MAX];
    snprintf(whole, sizeof whole, "%s/%s", folder_or_skip(), path);
    return load(whole);
}

/* nftw hands no argument on; one walk runs at a time. */
static struct {
    void (*visit)(const char *path, const json_t *doc);
    unsigned count;
} walk;

static int visit_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    const size_t len = strlen(path);
    if (kind != FTW_F || len < 5 || strcmp(path + len - 5, ".json") != 0)
        return 0;
    json_t *doc = load(path);
    walk.visit(path, doc);
    walk.count++;
    json_decref(doc);
    return 0;
}

unsigned vectors_walk(const char *folder, void (*visit)(const char *path, const json_t *doc))
{
    char whole[PATH_CHARS_MAX];
    snprintf(whole, sizeof whole, "%s/%s", folder_or_skip(), folder);
    walk.visit = visit;
    walk.count = 0;
    assert_int_equal(nftw(whole, visit_entry, FOLDERS_OPEN_MAX, FTW_PHYS), 0);
    return walk.count;
}

size_t vectors_hex(uint8_t *out, size_t max, const json_t *doc, const char *field)
{
    const char *text = json_string_value(json_object_get(doc, field));
    assert_non_null(text);
    size_t len = 0;
    const int done = sodium_hex2bin(out, max, text, strlen(text), NULL, &len, NULL);
    assert_int_equal(done, 0);
    assert_int_equal(len * 2, strlen(text));
    return len;
}

size_t vectors_base64(uint8_t *out, size_t max, const json_t *text)
{
    const char *chars = json_string_value(text);
    assert_non_null(chars);
    size_t len = 0;
    const char *end = NULL;
    const int done = sodium_base642bin(out, max, chars, strlen(chars), NULL, &len, &end,
                                       sodium_base64_VARIANT_ORIGINAL);
    assert_int_equal(done, 0);
    assert_int_equal(*end, 0);
    return len;
}
