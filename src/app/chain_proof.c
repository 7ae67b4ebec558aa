/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chain_proof.h"

#include "app/answer.h"
#include "app/input.h"
#include "core/params.h"
#include "ledger/log.h"
#include "text/bytes_json.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void chain_proof_init(struct chain_proof *p)
{
    memset(p, 0, sizeof *p);
}

void chain_proof_free(struct chain_proof *p)
{
    for (size_t i = 0; i < p->owned_count; i++)
        free(p->owned[i]);
    free(p->owned);
    chain_proof_init(p);
}

void *chain_proof_room(struct chain_proof *p, size_t count, size_t item_size)
{
    if (p->owned_count == p->owned_room) {
        p->owned_room = 2 * p->owned_room + 16;
        p->owned = realloc(p->owned, p->owned_room * sizeof *p->owned);
        assert(p->owned);
    }
    void *const memory = input_room(count + 1, item_size);
    p->owned[p->owned_count++] = memory;
    return memory;
}

struct span chain_proof_keep(struct chain_proof *p, struct span bytes)
{
    uint8_t *copy = chain_proof_room(p, bytes.len, 1);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return (struct span){copy, bytes.len};
}

/* ---- what it says ---------------------------------------------------------------------------- */

/* By enum row_format of the ledger's values.h: the first byte of a row. */
static const char *const row_names[] = {"free",     "member", "windows",  "request",   "block",
                                        "change",   "order",  "interval", "contract",  "statement",
                                        "eligible", "head",   "payout",   "parameter", "list"};

static const char *const record_names[] = {
    [0] = NULL,
    [RECORD_CONTRACT] = "contract",
    [RECORD_VERIFICATION] = "verification",
    [RECORD_BOOT] = "boot",
    [RECORD_REQUEST] = "request",
    [RECORD_MEMBER] = "member",
    [RECORD_KEYS] = "keys",
    [RECORD_DEPOSIT] = "deposit",
    [RECORD_PAYOUT] = "payout",
    [RECORD_CREDIT] = "credit",
    [RECORD_EVIDENCE] = "evidence",
    [RECORD_PARAMETER] = "parameter",
    [RECORD_CLEARING] = "clearing",
    [RECORD_STATEMENT] = "statement",
    [RECORD_WRONG] = "wrong",
    [RECORD_SEED] = "seed",
};

static json_t *name_of(const char *const *names, size_t count, uint8_t number)
{
    const char *name = number < count ? names[number] : NULL;
    return name ? json_string(name) : json_null();
}

/* A parameter's name, and its value where that is a number. */
static void say_parameter(json_t *meaning, uint64_t number, struct bytes_reader *r)
{
    const struct param *param = number <= UINT16_MAX ? params_find((uint32_t)number) : NULL;
    if (!param)
        return;
    json_object_set_new(meaning, "parameter", json_string(param->key));
    if (param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE)
        json_object_set_new(meaning, "value", json_integer((json_int_t)bytes_read_u64(r)));
}

static json_t *row_meaning(const struct chain_proof *p, struct span row)
{
    json_t *meaning = json_object();
    struct bytes_reader r;
    bytes_reader_init(&r, row);
    const uint8_t kind = bytes_read_u8(&r);
    json_object_set_new(meaning, "row",
                        name_of(row_names, sizeof row_names / sizeof row_names[0], kind));
    if (strcmp(proofs_store_name(p->store), "params") == 0)
        say_parameter(meaning, p->number, &r);
    return meaning;
}

static json_t *entry_meaning(const struct chain_proof *p)
{
    json_t *meaning = json_object();
    struct bytes_reader r;
    if (strcmp(proofs_store_name(p->store), "log") != 0)
        return meaning;
    bytes_reader_init(&r, p->bytes);
    const uint8_t kind = bytes_read_u8(&r);
    const uint8_t format = bytes_read_u8(&r);
    json_object_set_new(meaning, "record",
                        name_of(record_names, sizeof record_names / sizeof record_names[0], kind));
    json_object_set_new(meaning, "format", json_integer(format));
    json_object_set_new(meaning, "height", json_integer((json_int_t)bytes_read_u64(&r)));
    return meaning;
}

/* ---- as JSON --------------------------------------------------------------------------------- */

static json_t *hash_json(const struct hash *hash)
{
    return bytes_to_json((struct span){hash->bytes, HASH_BYTES});
}

static json_t *number_json(uint64_t number)
{
    return json_integer((json_int_t)number);
}

static json_t *step_json(const struct stores_step *step)
{
    json_t *path = json_array();
    for (uint32_t i = 0; i < step->proof.count; i++)
        json_array_append_new(path, hash_json(&step->proof.path[i]));
    return json_pack("{s:o, s:o, s:o}", "index", number_json(step->index), "size",
                     number_json(step->size), "path", path);
}

static void put_meta(json_t *object, const struct store_meta *meta, struct span row)
{
    json_object_set_new(object, "version", number_json(meta->version));
    json_object_set_new(object, "written", number_json(meta->height));
    json_object_set_new(object, "previous", number_json(meta->prev_height));
    json_object_set_new(object, "value", bytes_to_json(row));
}

static void put_row(json_t *object, const struct proofs_row *p)
{
    struct store_meta meta;
    struct span row;
    const bool is_value = proofs_row_read(p, &meta, &row);
    assert(is_value);
    put_meta(object, &meta, row);
    json_object_set_new(object, "root", hash_json(&p->root));
    json_object_set_new(object, "in_store", step_json(&p->in_store));
    json_object_set_new(object, "in_app_hash", step_json(&p->in_app_hash));
}

static json_t *row_json(const struct proofs_row *p)
{
    json_t *object = json_object();
    put_row(object, p);
    return object;
}

static json_t *version_json(const struct proofs_history *h, uint32_t i)
{
    json_t *object = json_object();
    put_meta(object, &h->versions[i].meta, h->versions[i].value);
    json_object_set_new(object, "in_delta", step_json(&h->versions[i].in_delta));
    json_object_set_new(object, "delta", hash_json(&h->deltas[i].root));
    json_object_set_new(object, "in_history", step_json(&h->in_history[i]));
    return object;
}

static void put_history(json_t *object, const struct proofs_history *h)
{
    json_t *versions = json_array();
    for (uint32_t i = 0; i < h->count; i++)
        json_array_append_new(versions, version_json(h, i));
    json_object_set_new(object, "from", number_json(h->first_height));
    json_object_set_new(object, "versions", versions);
    json_object_set_new(object, "last", row_json(&h->last));
    json_object_set_new(object, "head", row_json(&h->head));
    json_object_set_new(object, "root", hash_json(&h->history_root));
    json_object_set_new(object, "in_app_hash", step_json(&h->in_app_hash));
}

static void put_entry(json_t *object, const struct chain_proof *p)
{
    json_object_set_new(object, "value", bytes_to_json(p->bytes));
    json_object_set_new(object, "meaning", entry_meaning(p));
    json_object_set_new(object, "root", hash_json(&p->entry.root));
    json_object_set_new(object, "in_list", step_json(&p->entry.in_list));
    json_object_set_new(object, "in_app_hash", step_json(&p->entry.in_app_hash));
    json_object_set_new(object, "head", row_json(&p->entry.head));
}

json_t *chain_proof_to_json(const struct chain_proof *p)
{
    static const char *const kinds[] = {"row", "entry", "history"};
    struct store_meta meta;
    struct span row;
    json_t *object = answer_new();
    json_object_set_new(object, "kind", json_string(kinds[p->kind]));
    json_object_set_new(object, "store", json_string(proofs_store_name(p->store)));
    json_object_set_new(object, "number", number_json(p->number));
    json_object_set_new(object, "height", number_json(p->height));
    json_object_set_new(object, "app_hash", hash_json(&p->app_hash));
    switch (p->kind) {
    case PROOF_OF_ROW:
        put_row(object, &p->row);
        if (proofs_row_read(&p->row, &meta, &row))
            json_object_set_new(object, "meaning", row_meaning(p, row));
        break;
    case PROOF_OF_ENTRY:
        put_entry(object, p);
        break;
    case PROOF_OF_HISTORY:
        put_history(object, &p->history);
        break;
    }
    return object;
}

/* ---- whether it holds ------------------------------------------------------------------------ */

static const char *history_text(enum history_verdict verdict)
{
    switch (verdict) {
    case HISTORY_COMPLETE:
        return "complete";
    case HISTORY_EMPTY:
        return "no version is shown";
    case HISTORY_BEGIN:
        return "versions before the first one are left out";
    case HISTORY_LINK:
        return "two versions do not follow one another";
    case HISTORY_DELTA:
        return "a version was not written at its height, or not so";
    case HISTORY_STATE:
        return "the last version is not the one in force";
    }
    return NULL;
}

const char *chain_proof_verdict(const struct chain_proof *p, const struct hash *app_hash,
                                bool *holds)
{
    enum history_verdict verdict;
    switch (p->kind) {
    case PROOF_OF_ROW:
        *holds = proofs_row_holds(&p->row, app_hash);
        break;
    case PROOF_OF_ENTRY:
        *holds = proofs_entry_holds(&p->entry, app_hash, p->bytes);
        break;
    case PROOF_OF_HISTORY:
        verdict = proofs_history_check(&p->history, app_hash);
        *holds = verdict == HISTORY_COMPLETE;
        return history_text(verdict);
    }
    return *holds ? "holds" : "this does not stand under the app hash";
}

/* ---- words ----------------------------------------------------------------------------------- */

bool chain_proof_store(const struct state_store **out, const struct call *call, const char *name)
{
    *out = proofs_store(span_of_text(name));
    if (!*out)
        answer_error(call, ERR_STORE_UNKNOWN, name);
    return *out != NULL;
}

bool chain_proof_number(uint64_t *out, const struct call *call, const char *text)
{
    char *end, detail[512];
    errno = 0;
    *out = strtoull(text, &end, 10);
    const bool is_number = text[0] >= '0' && text[0] <= '9' && *end == '\0';
    if (is_number && errno == 0 && *out <= INT64_MAX)
        return true;
    snprintf(detail, sizeof detail, "%s (a whole number from 0 to 9223372036854775807 is needed)",
             text);
    answer_error(call, ERR_USAGE, detail);
    return false;
}
