/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/input.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "crypto/merkle.h"
#include "crypto/merkle_tree.h"
#include "text/bytes_json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct forest { /* a tree over the leaves of a file, with the file still open */
    json_t *input;
    struct input_node in; /* the same */
    struct hash *leaves;
    uint32_t count;
    void *memory;
    struct merkle_tree tree;
    struct hash root;
};

static void forest_close(struct forest *f)
{
    json_decref(f->input);
    free(f->leaves);
    free(f->memory);
}

static bool read_leaf(struct hash *out, const struct call *call, const struct input_node *leaf)
{
    struct input_bytes entry;
    if (!json_is_string(leaf->value)) {
        input_node_refuse(call, leaf, NULL, "a hexadecimal text is needed");
        return false;
    }
    if (!input_hex(&entry, call, json_string_value(leaf->value), "leaves"))
        return false;
    *out = merkle_leaf((struct span){entry.at, entry.len});
    input_free(&entry);
    return true;
}

static bool read_leaves(struct forest *f, const struct call *call)
{
    const struct input_node leaves = input_node_field(&f->in, "leaves");
    const size_t count = input_node_count(&leaves);
    if (!json_is_array(leaves.value) || count > MERKLE_TREE_LEAVES_MAX) {
        input_node_refuse(call, &leaves, NULL, "a list of up to 16,777,216 texts is needed");
        return false;
    }
    f->count = (uint32_t)count;
    f->leaves = calloc(count + 1, sizeof *f->leaves);
    assert(f->leaves);
    for (uint32_t i = 0; i < f->count; i++) {
        const struct input_node leaf = input_node_at(&leaves, i);
        if (!read_leaf(&f->leaves[i], call, &leaf))
            return false;
    }
    return true;
}

static bool forest_open(struct forest *f, const struct call *call)
{
    memset(f, 0, sizeof *f);
    f->input = input_object(call, call->operand[0]);
    if (!f->input)
        return false;
    input_node_root(&f->in, f->input);
    if (!read_leaves(f, call)) {
        forest_close(f);
        return false;
    }
    const uint32_t capacity = f->count > 0 ? f->count : 1;
    f->memory = malloc(merkle_tree_size(capacity));
    assert(f->memory);
    merkle_tree_init(&f->tree, f->memory, capacity);
    for (uint32_t i = 0; i < f->count; i++)
        merkle_tree_set(&f->tree, i, &f->leaves[i]);
    f->root = merkle_tree_root(&f->tree);
    return true;
}

/* Closes the forest. @proof is NULL where there is none; @valid is json_null() then. */
static enum exit_code give(struct forest *f, const struct call *call, const struct hash *root,
                           const struct merkle_proof *proof, json_t *valid)
{
    json_t *answer = answer_new(), *path = proof ? json_array() : json_null();
    for (uint32_t i = 0; proof && i < proof->count; i++)
        json_array_append_new(path, bytes_to_json((struct span){proof->path[i].bytes, HASH_BYTES}));
    json_object_set_new(answer, "root", bytes_to_json((struct span){root->bytes, HASH_BYTES}));
    json_object_set_new(answer, "proof", path);
    json_object_set_new(answer, "valid", valid);
    forest_close(f);
    return answer_give(call, answer);
}

enum exit_code verb_study_merkle_root(const struct call *call)
{
    struct forest f;
    if (!forest_open(&f, call))
        return EXIT_USAGE;
    return give(&f, call, &f.root, NULL, json_null());
}

enum exit_code verb_study_merkle_proof(const struct call *call)
{
    struct forest f;
    uint64_t index = 0;
    if (!forest_open(&f, call))
        return EXIT_USAGE;
    if (f.count == 0 || !input_node_number(&index, call, &f.in, "index", f.count - 1, NULL)) {
        if (f.count == 0)
            input_node_refuse(call, &f.in, "leaves", "an empty tree has no leaf to prove");
        forest_close(&f);
        return EXIT_USAGE;
    }
    struct merkle_proof proof;
    merkle_tree_prove_inclusion(&proof, &f.tree, (uint32_t)index);
    const bool holds = merkle_check_inclusion(&f.root, &f.leaves[index], index, f.count, &proof);
    return give(&f, call, &f.root, &proof, json_boolean(holds));
}

enum exit_code verb_study_merkle_consistency(const struct call *call)
{
    struct forest f;
    uint64_t old_size = 0;
    if (!forest_open(&f, call))
        return EXIT_USAGE;
    bool readable = input_node_number(&old_size, call, &f.in, "size", f.count, NULL);
    if (readable && old_size == 0) {
        input_node_refuse(call, &f.in, "size", "nothing can be proved about an empty tree");
        readable = false;
    }
    if (!readable) {
        forest_close(&f);
        return EXIT_USAGE;
    }
    struct merkle_proof proof;
    merkle_tree_prove_consistency(&proof, &f.tree, (uint32_t)old_size);
    struct merkle_tree old_tree;
    void *memory = malloc(merkle_tree_size((uint32_t)old_size));
    assert(memory);
    merkle_tree_init(&old_tree, memory, (uint32_t)old_size);
    for (uint32_t i = 0; i < old_size; i++)
        merkle_tree_set(&old_tree, i, &f.leaves[i]);
    const struct hash old_root = merkle_tree_root(&old_tree);
    free(memory);
    const bool holds = merkle_check_consistency(&old_root, old_size, &f.root, f.count, &proof);
    return give(&f, call, &f.root, &proof, json_boolean(holds));
}

static bool read_proof(struct merkle_proof *out, const struct call *call,
                       const struct input_node *input)
{
    const json_t *path = json_object_get(input->value, "proof");
    if (!json_is_array(path) || json_array_size(path) > MERKLE_PATH_MAX) {
        input_node_refuse(call, input, "proof", "a list of up to 64 hashes is needed");
        return false;
    }
    out->count = 0;
    for (size_t i = 0; i < json_array_size(path); i++) {
        const char *text = json_string_value(json_array_get(path, i));
        if (!input_hex_exact(out->path[out->count++].bytes, HASH_BYTES, call, text ? text : "",
                             "proof"))
            return false;
    }
    return true;
}

/* The leaf in question is leaves[index], or the only leaf given where `size` tells that the tree
 * has more: a verifier need not have the others. */
enum exit_code verb_study_merkle_verify(const struct call *call)
{
    struct forest f;
    struct merkle_proof proof;
    struct hash root;
    uint64_t index = 0, size = 0;
    if (!forest_open(&f, call))
        return EXIT_USAGE;
    const uint64_t count = f.count;
    const char *given = json_string_value(json_object_get(f.input, "root"));
    bool readable = input_node_number(&index, call, &f.in, "index", INT64_MAX, NULL) &&
                    input_node_number(&size, call, &f.in, "size", INT64_MAX, &count) &&
                    input_hex_exact(root.bytes, HASH_BYTES, call, given ? given : "", "root") &&
                    read_proof(&proof, call, &f.in);
    if (readable && f.count != 1 && (size != count || index >= count)) {
        input_node_refuse(call, &f.in, "leaves",
                          "all leaves are needed, or the one in question only");
        readable = false;
    }
    if (!readable) {
        forest_close(&f);
        return EXIT_USAGE;
    }
    const struct hash *leaf = &f.leaves[f.count == 1 ? 0 : index];
    const bool holds = merkle_check_inclusion(&root, leaf, index, size, &proof);
    return give(&f, call, &root, &proof, json_boolean(holds));
}
