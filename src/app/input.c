/* SPDX-License-Identifier: Apache-2.0 */
#include "app/input.h"

#include "app/answer.h"
#include "app/input_node.h"
#include "app/json_text.h"
#include "base/ids.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_CHARS_MAX = 512, CHUNK_BYTES = 1 << 16 };

static bool read_stream(struct input_bytes *out, const struct call *call, FILE *stream,
                        const char *path)
{
    size_t room = 0;
    *out = (struct input_bytes){NULL, 0};
    for (;;) {
        if (room - out->len < CHUNK_BYTES) {
            room = room ? 2 * room : CHUNK_BYTES;
            out->at = realloc(out->at, room);
            assert(out->at);
        }
        const size_t got = fread(out->at + out->len, 1, CHUNK_BYTES, stream);
        out->len += got;
        if (out->len > INPUT_BYTES_MAX) {
            answer_error(call, ERR_FILE_LARGE, path);
            return false;
        }
        if (got < CHUNK_BYTES)
            break;
    }
    if (ferror(stream)) { /* a folder can be opened but not read */
        char detail[DETAIL_CHARS_MAX];
        snprintf(detail, sizeof detail, "%s (%s)", path, strerror(errno));
        answer_error(call, ERR_FILE_READ, detail);
        return false;
    }
    return true;
}

bool input_file(struct input_bytes *out, const struct call *call, const char *path)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    if (!stream) {
        char detail[DETAIL_CHARS_MAX];
        snprintf(detail, sizeof detail, "%s (%s)", path, strerror(errno));
        answer_error(call, ERR_FILE_READ, detail);
        return false;
    }
    const bool done = read_stream(out, call, stream, path);
    if (!is_stdin)
        fclose(stream);
    if (!done)
        input_free(out);
    return done;
}

void input_free(struct input_bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct input_bytes){NULL, 0};
}

void *input_room(size_t count, size_t item_size)
{
    void *room = calloc(count + 1, item_size); /* no items: still not NULL */
    assert(room);
    return room;
}

bool input_hex_exact(uint8_t *out, size_t len, const struct call *call, const char *text,
                     const char *name)
{
    const enum err bad = hex_parse(out, len, span_of_text(text));
    if (bad) {
        char detail[DETAIL_CHARS_MAX];
        snprintf(detail, sizeof detail, "%s (%zu bytes, %zu digits)", name, len, 2 * len);
        answer_error(call, bad, detail);
    }
    return !bad;
}

bool input_hex(struct input_bytes *out, const struct call *call, const char *text, const char *name)
{
    const size_t len = strlen(text) / 2;
    out->at = malloc(len + 1);
    out->len = len;
    assert(out->at);
    const enum err bad = hex_parse(out->at, len, span_of_text(text));
    if (bad) {
        answer_error(call, bad, name);
        input_free(out);
    }
    return !bad;
}

/* Keeps the text of fractions: @bytes is replaced. */
static void keep_fractions(struct input_bytes *bytes)
{
    char *kept = malloc(json_text_room(bytes->len));
    assert(kept);
    const size_t len = json_text_keep(kept, (struct span){bytes->at, bytes->len});
    input_free(bytes);
    *bytes = (struct input_bytes){(uint8_t *)kept, len};
}

/* Takes @bytes over. */
static json_t *decode_object(struct input_bytes *bytes, const struct call *call, const char *path)
{
    json_error_t error;
    json_t *object =
        json_loadb((const char *)bytes->at, bytes->len, JSON_REJECT_DUPLICATES, &error);
    input_free(bytes);
    char detail[DETAIL_CHARS_MAX];
    if (!object) {
        snprintf(detail, sizeof detail, "%s, line %d, column %d: %s", path, error.line,
                 error.column, error.text);
        answer_error(call, ERR_JSON_SYNTAX, detail);
        return NULL;
    }
    if (json_is_object(object))
        return object;
    answer_error(call, ERR_JSON_SYNTAX, path);
    json_decref(object);
    return NULL;
}

/* @object if its version is this program's, which is also meant where none is said. Takes
 * @object, which may be NULL, over. */
static json_t *of_this_version(json_t *object, const struct call *call)
{
    const uint64_t first = 1;
    uint64_t version = 0;
    struct input_node root;
    if (!object)
        return NULL;
    input_node_root(&root, object);
    if (input_node_number(&version, call, &root, "v", INT64_MAX, &first) && version != 1)
        input_node_refuse(call, &root, "v", "this program reads version 1");
    if (version == 1)
        return object;
    json_decref(object);
    return NULL;
}

json_t *input_object_bare(const struct call *call, const char *path)
{
    struct input_bytes bytes;
    return input_file(&bytes, call, path) ? decode_object(&bytes, call, path) : NULL;
}

json_t *input_object(const struct call *call, const char *path)
{
    return of_this_version(input_object_bare(call, path), call);
}

json_t *input_object_exact(const struct call *call, const char *path)
{
    struct input_bytes bytes;
    if (!input_file(&bytes, call, path))
        return NULL;
    keep_fractions(&bytes);
    return of_this_version(decode_object(&bytes, call, path), call);
}
