/* SPDX-License-Identifier: Apache-2.0 */
#include "node/yaml_tree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    NODES_FIRST = 256,
    /* An escape is two bytes at least and a character it stands for up to three. */
    TEXT_TIMES = 2,
};

struct builder {
    struct yaml_tree *tree;
    struct yaml_fault *fault;
    yaml_parser_t parser;
    uint32_t
        open[YAML_TREE_DEPTH_MAX]; /* maps and lists that are not closed yet, outermost first */
    uint32_t last[YAML_TREE_DEPTH_MAX]; /* the last child of each, 0: none */
    uint32_t depth;
    size_t text_room;
};

enum err yaml_fault_at(struct yaml_fault *fault, enum err code, const struct yaml_tree_node *node,
                       const char *format, ...)
{
    va_list arguments;
    fault->code = code;
    fault->line = node ? node->line : 0;
    fault->column = node ? node->column : 0;
    va_start(arguments, format);
    vsnprintf(fault->what, sizeof fault->what, format, arguments);
    va_end(arguments);
    return code;
}

static struct yaml_tree_node at_mark(const yaml_mark_t *mark)
{
    return (struct yaml_tree_node){.line = (uint32_t)mark->line + 1,
                                   .column = (uint32_t)mark->column + 1};
}

static enum err refuse(struct builder *b, enum err code, const yaml_mark_t *mark, const char *what)
{
    const struct yaml_tree_node place = at_mark(mark);
    return yaml_fault_at(b->fault, code, &place, "%s", what);
}

/* The reader of bytes names an offset only. */
static enum err refuse_bytes(struct builder *b, struct span input)
{
    struct yaml_tree_node place = {.line = 1, .column = 1};
    for (size_t i = 0; i < b->parser.problem_offset && i < input.len; i++) {
        place.line += input.at[i] == '\n';
        place.column = input.at[i] == '\n' ? 1 : place.column + 1;
    }
    return yaml_fault_at(b->fault, ERR_YAML_SYNTAX, &place, "%s",
                         b->parser.problem ? b->parser.problem : "bytes that are not UTF-8");
}

static enum err refuse_parser(struct builder *b, struct span input)
{
    assert(b->parser.error != YAML_MEMORY_ERROR);
    if (b->parser.error == YAML_READER_ERROR)
        return refuse_bytes(b, input);
    return refuse(b, ERR_YAML_SYNTAX, &b->parser.problem_mark,
                  b->parser.problem ? b->parser.problem : "");
}

/* A new node behind its elder sibling; its place, 0 with a fault if there are too many. */
static enum err add_node(struct builder *b, enum yaml_tree_kind kind, const yaml_mark_t *mark,
                         uint32_t *place)
{
    struct yaml_tree *t = b->tree;
    if (t->count == YAML_TREE_NODES_MAX)
        return refuse(b, ERR_YAML_LARGE, mark, "a million items are read");
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : NODES_FIRST;
        t->nodes = realloc(t->nodes, t->room * sizeof *t->nodes);
        assert(t->nodes);
    }
    *place = t->count++;
    t->nodes[*place] = at_mark(mark);
    t->nodes[*place].kind = kind;
    if (b->depth == 0)
        return ERR_OK;
    const uint32_t parent = b->open[b->depth - 1], elder = b->last[b->depth - 1];
    if (elder)
        t->nodes[elder].next = *place;
    else
        t->nodes[parent].first = *place;
    b->last[b->depth - 1] = *place;
    const bool is_key = t->nodes[parent].child_count++ % 2 == 0;
    if (t->nodes[parent].kind == YAML_TREE_MAP && is_key && kind != YAML_TREE_SCALAR)
        return refuse(b, ERR_YAML_FEATURE, mark, "a key is one word");
    return ERR_OK;
}

static enum err open_node(struct builder *b, enum yaml_tree_kind kind, const yaml_event_t *event)
{
    uint32_t place;
    if (b->depth == YAML_TREE_DEPTH_MAX)
        return refuse(b, ERR_YAML_LARGE, &event->start_mark, "six levels are read");
    const enum err bad = add_node(b, kind, &event->start_mark, &place);
    if (bad)
        return bad;
    b->open[b->depth] = place;
    b->last[b->depth++] = 0;
    return ERR_OK;
}

static enum err add_scalar(struct builder *b, const yaml_event_t *event)
{
    struct yaml_tree *t = b->tree;
    uint32_t place;
    const enum err bad = add_node(b, YAML_TREE_SCALAR, &event->start_mark, &place);
    if (bad)
        return bad;
    const size_t len = event->data.scalar.length;
    assert(len <= b->text_room - t->texts_len);
    memcpy(t->texts + t->texts_len, event->data.scalar.value, len);
    t->nodes[place].text = (struct span){t->texts + t->texts_len, len};
    t->nodes[place].is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    t->texts_len += len;
    return ERR_OK;
}

static bool is_marked(const yaml_char_t *anchor, const yaml_char_t *tag)
{
    return anchor || tag;
}

/* What this program does not read, at the first event that shows it. */
static const char *foreign_feature(const struct builder *b, const yaml_event_t *event)
{
    bool has_mark = false;
    if (event->type == YAML_ALIAS_EVENT)
        return "an alias";
    if (event->type == YAML_DOCUMENT_START_EVENT)
        return b->tree->count > 0 ? "a second document" : NULL;
    if (event->type == YAML_SCALAR_EVENT)
        has_mark = is_marked(event->data.scalar.anchor, event->data.scalar.tag);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        has_mark = is_marked(event->data.sequence_start.anchor, event->data.sequence_start.tag);
    else if (event->type == YAML_MAPPING_START_EVENT)
        has_mark = is_marked(event->data.mapping_start.anchor, event->data.mapping_start.tag);
    return has_mark ? "an anchor or a tag" : NULL;
}

static enum err take_event(struct builder *b, const yaml_event_t *event)
{
    const char *foreign = foreign_feature(b, event);
    if (foreign)
        return refuse(b, ERR_YAML_FEATURE, &event->start_mark, foreign);
    if (event->type == YAML_SCALAR_EVENT)
        return add_scalar(b, event);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return open_node(b, YAML_TREE_LIST, event);
    if (event->type == YAML_MAPPING_START_EVENT)
        return open_node(b, YAML_TREE_MAP, event);
    if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT)
        b->depth--;
    return ERR_OK;
}

static enum err take_all(struct builder *b, struct span input)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return refuse_parser(b, input);
        const enum err bad = take_event(b, &event);
        const bool is_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (bad)
            return bad;
        if (is_end)
            break;
    }
    if (b->tree->count > 0)
        return ERR_OK;
    const struct yaml_tree_node start = {.line = 1, .column = 1};
    return yaml_fault_at(b->fault, ERR_YAML_SYNTAX, &start, "the file is empty");
}

static bool ends_with(struct span text, const char *end)
{
    const size_t len = strlen(end);
    return text.len >= len && memcmp(text.at + text.len - len, end, len) == 0;
}

/* Is a line, as YAML 1.1 counts them, or the file itself, begun behind @text? */
static bool begins_line(struct span text)
{
    static const char *const breaks[] = {"\n",           "\r",           "\xc2\x85",
                                         "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++)
        if (ends_with(text, breaks[i]))
            return true;
    return text.len == 0;
}

/* No line begins with %. The library would compare each directive with all before it: half a
 * million of them, in 8 MiB, take more than a minute. */
static enum err refuse_directives(struct builder *b, struct span input)
{
    struct yaml_tree_node place = {.line = 1, .column = 1};
    for (size_t i = 0; i < input.len; i++) {
        if (input.at[i] == '%' && begins_line((struct span){input.at, i}))
            return yaml_fault_at(b->fault, ERR_YAML_FEATURE, &place, "a directive");
        place.line += input.at[i] == '\n';
    }
    return ERR_OK;
}

enum err yaml_tree_read(struct yaml_tree *out, struct span input, struct yaml_fault *fault)
{
    struct builder b = {.tree = out, .fault = fault};
    *out = (struct yaml_tree){NULL, 0, 0, NULL, 0};
    if (input.len > YAML_TREE_BYTES_MAX)
        return yaml_fault_at(fault, ERR_YAML_LARGE, NULL, "%zu bytes", input.len);
    if (refuse_directives(&b, input))
        return ERR_YAML_FEATURE;
    b.text_room = TEXT_TIMES * input.len + 1;
    out->texts = malloc(b.text_room);
    assert(out->texts);
    const int has_started = yaml_parser_initialize(&b.parser);
    assert(has_started);
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, input.len > 0 ? input.at : (const uint8_t *)"",
                                 input.len);
    const enum err bad = take_all(&b, input);
    yaml_parser_delete(&b.parser);
    if (bad)
        yaml_tree_free(out);
    return bad;
}

void yaml_tree_free(struct yaml_tree *tree)
{
    free(tree->nodes);
    free(tree->texts);
    *tree = (struct yaml_tree){NULL, 0, 0, NULL, 0};
}

const struct yaml_tree_node *yaml_tree_first(const struct yaml_tree *tree,
                                             const struct yaml_tree_node *node)
{
    return node->first ? &tree->nodes[node->first] : NULL;
}

const struct yaml_tree_node *yaml_tree_next(const struct yaml_tree *tree,
                                            const struct yaml_tree_node *node)
{
    return node->next ? &tree->nodes[node->next] : NULL;
}

bool yaml_tree_is_nothing(const struct yaml_tree_node *node)
{
    return node->kind == YAML_TREE_SCALAR && node->is_plain && node->text.len == 0;
}
