/* SPDX-License-Identifier: Apache-2.0 */
/* node/yaml_tree.h - a YAML file as a tree in which every node knows its line and column.
 *
 * A small part of YAML is read, so that nothing in a file can surprise: one document in UTF-8 of
 * maps, lists and scalars. Anchors, aliases, tags, directives and keys that are not scalars are
 * refused. A scalar is text; what it means is its reader's to say, so `no` is no boolean and 010
 * no octal number. Whether keys come twice is for the reader too, who knows which there are.
 *
 * Heap: yaml_tree_read allocates, yaml_tree_free frees; nodes and texts live until then. */
#ifndef PEERWATT_NODE_YAML_TREE_H
#define PEERWATT_NODE_YAML_TREE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/must_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    YAML_TREE_BYTES_MAX = 8 << 20,
    YAML_TREE_NODES_MAX = 1 << 20,
    YAML_TREE_DEPTH_MAX = 6, /* maps and lists inside one another */
    YAML_FAULT_CHARS_MAX = 320,
};

struct yaml_fault {
    enum err code;
    uint32_t line, column;           /* from 1; 0: not at a place in the file */
    char what[YAML_FAULT_CHARS_MAX]; /* names key and value; may be empty */
};

enum yaml_tree_kind { YAML_TREE_SCALAR, YAML_TREE_LIST, YAML_TREE_MAP };

struct yaml_tree_node {
    enum yaml_tree_kind kind;
    bool is_plain;         /* a scalar without quotes */
    uint32_t line, column; /* from 1 */
    uint32_t first, next;  /* places in the tree: first child, next sibling; 0: none */
    uint32_t child_count;  /* of a map: keys and values, which alternate */
    struct span text;
};

struct yaml_tree {
    struct yaml_tree_node *nodes; /* [0] is the root */
    uint32_t count, room;
    uint8_t *texts;
    size_t texts_len;
};

/* On an error nothing is left to be freed. YAML_SYNTAX, YAML_FEATURE, YAML_LARGE. */
MUST_USE enum err yaml_tree_read(struct yaml_tree *out, struct span input,
                                 struct yaml_fault *fault);
void yaml_tree_free(struct yaml_tree *tree);

/* The first child, the next sibling; NULL if there is none. */
const struct yaml_tree_node *yaml_tree_first(const struct yaml_tree *tree,
                                             const struct yaml_tree_node *node);
const struct yaml_tree_node *yaml_tree_next(const struct yaml_tree *tree,
                                            const struct yaml_tree_node *node);

/* A key with nothing behind it. */
bool yaml_tree_is_nothing(const struct yaml_tree_node *node);

/* Fill @fault in for a place, by a format; returns @code. */
__attribute__((format(printf, 4, 5))) enum err yaml_fault_at(struct yaml_fault *fault,
                                                             enum err code,
                                                             const struct yaml_tree_node *node,
                                                             const char *format, ...);

#endif
