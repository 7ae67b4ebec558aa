/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chain_proof.h"

#include "app/input.h"
#include "app/input_node.h"

#include <string.h>

/* The proof that is being read, and for whom. */
struct reading {
    struct chain_proof *p;
    const struct call *call;
};

static bool read_object(struct input_node *out, const struct reading *r,
                        const struct input_node *node, const char *name)
{
    *out = input_node_field(node, name);
    if (json_is_object(out->value))
        return true;
    input_node_refuse(r->call, node, name, "an object is needed");
    return false;
}

static bool read_number(uint64_t *out, const struct reading *r, const struct input_node *node,
                        const char *name)
{
    return input_node_number(out, r->call, node, name, INT64_MAX, NULL);
}

static bool read_hash(struct hash *out, const struct reading *r, const struct input_node *node,
                      const char *name)
{
    return input_node_id(out->bytes, HASH_BYTES, r->call, node, name);
}

static bool read_path(struct merkle_proof *out, const struct reading *r,
                      const struct input_node *node)
{
    struct input_node list;
    if (!input_node_list(&list, r->call, node, "path"))
        return false;
    const size_t count = input_node_count(&list);
    if (count > MERKLE_PATH_MAX) {
        input_node_refuse(r->call, &list, NULL, "a path has up to 64 hashes");
        return false;
    }
    out->count = (uint32_t)count;
    for (uint32_t i = 0; i < out->count; i++) {
        const struct input_node item = input_node_at(&list, i);
        const char *text = json_string_value(item.value);
        if (!text || hex_parse(out->path[i].bytes, HASH_BYTES, span_of_text(text)) != ERR_OK) {
            input_node_refuse(r->call, &item, NULL, "32 bytes as hexadecimal text are needed");
            return false;
        }
    }
    return true;
}

static bool read_step(struct stores_step *out, const struct reading *r,
                      const struct input_node *node, const char *name)
{
    struct input_node step;
    return read_object(&step, r, node, name) && read_number(&out->index, r, &step, "index") &&
           read_number(&out->size, r, &step, "size") && read_path(&out->proof, r, &step);
}

/* Bytes behind @before zeroed ones. */
static bool read_bytes(struct span *out, const struct reading *r, const struct input_node *node,
                       const char *name, size_t before)
{
    const char *text;
    if (!input_node_text(&text, r->call, node, name))
        return false;
    const size_t len = strlen(text) / 2;
    uint8_t *bytes = chain_proof_room(r->p, before + len, 1);
    *out = (struct span){bytes, before + len};
    if (strlen(text) % 2 == 0 && len <= PROOFS_BYTES_MAX &&
        (len == 0 || hex_parse(bytes + before, len, span_of_text(text)) == ERR_OK))
        return true;
    input_node_refuse(r->call, node, name, "bytes as lower-case hexadecimal text are needed");
    return false;
}

static bool read_meta(struct store_meta *out, const struct reading *r,
                      const struct input_node *node)
{
    return read_number(&out->version, r, node, "version") &&
           read_number(&out->height, r, node, "written") &&
           read_number(&out->prev_height, r, node, "previous");
}

static bool read_row(struct proofs_row *out, const struct reading *r, const struct input_node *node)
{
    struct store_meta meta;
    struct bytes_writer w;
    if (!read_meta(&meta, r, node) || !read_bytes(&out->value, r, node, "value", STORE_META_BYTES))
        return false;
    bytes_writer_init(&w, (uint8_t *)(uintptr_t)out->value.at, STORE_META_BYTES);
    bytes_write_u64(&w, meta.version);
    bytes_write_u64(&w, meta.height);
    bytes_write_u64(&w, meta.prev_height);
    return read_hash(&out->root, r, node, "root") &&
           read_step(&out->in_store, r, node, "in_store") &&
           read_step(&out->in_app_hash, r, node, "in_app_hash");
}

static bool read_head(struct proofs_row *out, const struct reading *r,
                      const struct input_node *node)
{
    struct input_node head;
    out->store = proofs_store(span_of_text("head"));
    out->number = 0;
    return read_object(&head, r, node, "head") && read_row(out, r, &head);
}

static bool read_entry(const struct reading *r, const struct input_node *node)
{
    struct proofs_entry *e = &r->p->entry;
    e->store = r->p->store;
    if (!read_bytes(&r->p->bytes, r, node, "value", 0) || !read_hash(&e->root, r, node, "root") ||
        !read_step(&e->in_list, r, node, "in_list") ||
        !read_step(&e->in_app_hash, r, node, "in_app_hash") || !read_head(&e->head, r, node))
        return false;
    if (e->in_list.index == r->p->number)
        return true;
    input_node_refuse(r->call, node, "number", "it is not where the entry is said to stand");
    return false;
}

struct version_room {
    struct history_version *versions;
    struct history_delta *deltas;
    struct stores_step *in_history;
};

static bool read_version(const struct version_room *room, uint32_t i, const struct reading *r,
                         const struct input_node *node)
{
    struct history_version *v = &room->versions[i];
    if (!read_meta(&v->meta, r, node) || !read_bytes(&v->value, r, node, "value", 0) ||
        !read_step(&v->in_delta, r, node, "in_delta") ||
        !read_hash(&room->deltas[i].root, r, node, "delta") ||
        !read_step(&room->in_history[i], r, node, "in_history"))
        return false;
    room->deltas[i].height = v->meta.height;
    return true;
}

static bool read_versions(const struct reading *r, const struct input_node *node)
{
    struct input_node list, item;
    struct proofs_history *h = &r->p->history;
    if (!input_node_list(&list, r->call, node, "versions"))
        return false;
    const size_t count = input_node_count(&list);
    if (count > CHAIN_VERSIONS_MAX) {
        input_node_refuse(r->call, &list, NULL, "up to 16384 versions are read");
        return false;
    }
    const struct version_room room = {
        .versions = chain_proof_room(r->p, count, sizeof *room.versions),
        .deltas = chain_proof_room(r->p, count, sizeof *room.deltas),
        .in_history = chain_proof_room(r->p, count, sizeof *room.in_history)};
    h->versions = room.versions;
    h->deltas = room.deltas;
    h->in_history = room.in_history;
    h->count = (uint32_t)count;
    for (uint32_t i = 0; i < h->count; i++)
        if (!input_node_item(&item, r->call, &list, i) || !read_version(&room, i, r, &item))
            return false;
    return true;
}

static bool read_history(const struct reading *r, const struct input_node *node)
{
    struct proofs_history *h = &r->p->history;
    struct input_node last;
    h->last.store = r->p->store;
    h->last.number = r->p->number;
    return read_number(&h->first_height, r, node, "from") && read_versions(r, node) &&
           read_object(&last, r, node, "last") && read_row(&h->last, r, &last) &&
           read_head(&h->head, r, node) && read_hash(&h->history_root, r, node, "root") &&
           read_step(&h->in_app_hash, r, node, "in_app_hash");
}

static bool read_store(const struct reading *r, const struct input_node *node)
{
    const char *name;
    if (!input_node_text(&name, r->call, node, "store"))
        return false;
    r->p->store = proofs_store(span_of_text(name));
    const bool wants_list = r->p->kind == PROOF_OF_ENTRY;
    if (r->p->store && proofs_is_list(r->p->store) == wants_list)
        return true;
    input_node_refuse(r->call, node, "store", "there is no store of this name and kind");
    return false;
}

bool chain_proof_read(struct chain_proof *out, const struct call *call, const json_t *object)
{
    static const char *const kinds[] = {"row", "entry", "history", NULL};
    const struct reading r = {.p = out, .call = call};
    struct input_node node;
    uint32_t kind;
    chain_proof_init(out);
    input_node_root(&node, object);
    if (!input_node_choice(&kind, call, &node, "kind", kinds, false))
        return false;
    out->kind = (enum chain_proof_kind)kind;
    if (!read_store(&r, &node) || !read_number(&out->number, &r, &node, "number") ||
        !read_number(&out->height, &r, &node, "height") ||
        !read_hash(&out->app_hash, &r, &node, "app_hash"))
        return false;
    out->row.store = out->store;
    out->row.number = out->number;
    switch (out->kind) {
    case PROOF_OF_ROW:
        return read_row(&out->row, &r, &node);
    case PROOF_OF_ENTRY:
        return read_entry(&r, &node);
    case PROOF_OF_HISTORY:
        break;
    }
    return read_history(&r, &node);
}
