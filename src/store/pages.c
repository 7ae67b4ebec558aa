/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pages.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_CHARS = 4096,
    PAGE_BYTES_MAX = 1 << 16,
    PAGE_BYTES_LEAST = 1 << 9,
    HEAD_BYTES = 16,
    NODE_BYTES = 8,
    DB_BYTES = 48,
    LEVELS_MAX = 32,
    KEY_MAX = 511,
    METAS = 2,
    FREE_TREE = 0,
    MAIN_TREE = 1,
    WORD_BITS = 64
};
enum { IS_BRANCH = 0x01, IS_LEAF = 0x02, IS_OVERFLOW = 0x04, IS_META = 0x08 };
enum { NODE_BIG = 0x01, NODE_TREE = 0x02 };
enum { INTEGER_KEYS = 0x08 }; /* of a tree: that of free pages */

#define META_MAGIC UINT32_C(0xBEEFC0DE)
#define NO_PAGE UINT64_MAX

struct tree { /* MDB_db */
    uint32_t page_bytes;
    uint16_t flags, depth;
    uint64_t branches, leaves, overflows, entries, root;
};

struct meta {
    uint32_t magic, version;
    struct tree trees[2];
    uint64_t last_page, transaction;
};

struct key {
    uint8_t bytes[KEY_MAX];
    uint16_t len;
};

struct level { /* of a walk */
    uint64_t page;
    uint16_t next, count; /* nodes */
    uint8_t *bytes;
};

struct walk {
    int fd;
    enum pages_depth depth;
    struct store_fault *f;
    uint32_t page_bytes;
    uint64_t page_count, taken;
    uint64_t *used; /* a bit a page */
    struct meta meta;
    struct tree found;     /* counts of the tree that is gone through */
    const char *tree_name; /* for faults */
    struct key last;
    bool has_last, is_integer; /* keys are 8 bytes in the machine's order */
    struct level levels[LEVELS_MAX];
    uint8_t *value; /* of free pages */
};

static enum err bad(struct walk *w, uint64_t page, const char *what)
{
    return store_fault_set(w->f, ERR_STORE_DAMAGED, 0, "page %" PRIu64 " of '%s': %s", page,
                           w->tree_name, what);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static uint16_t get_u16(const uint8_t *at)
{
    uint16_t out;
    memcpy(&out, at, sizeof out);
    return out;
}

static uint32_t get_u32(const uint8_t *at)
{
    uint32_t out;
    memcpy(&out, at, sizeof out);
    return out;
}

static uint64_t get_u64(const uint8_t *at)
{
    uint64_t out;
    memcpy(&out, at, sizeof out);
    return out;
}

static enum err read_bytes(struct walk *w, uint64_t offset, void *out, size_t len)
{
    const ssize_t done = pread(w->fd, out, len, (off_t)offset);
    if (done < 0)
        return store_fault_of_read(w->f, errno, "the file of the store");
    if ((size_t)done < len)
        return bad(w, offset / w->page_bytes, "the file ends before it");
    return ERR_OK;
}

static struct tree get_tree(const uint8_t *at)
{
    return (struct tree){.page_bytes = get_u32(at),
                         .flags = get_u16(at + 4),
                         .depth = get_u16(at + 6),
                         .branches = get_u64(at + 8),
                         .leaves = get_u64(at + 16),
                         .overflows = get_u64(at + 24),
                         .entries = get_u64(at + 32),
                         .root = get_u64(at + 40)};
}

/* ---- roots ----------------------------------------------------------------------------------- */

static struct meta get_meta(const uint8_t *at)
{
    return (struct meta){.magic = get_u32(at),
                         .version = get_u32(at + 4),
                         .trees = {get_tree(at + 24), get_tree(at + 24 + DB_BYTES)},
                         .last_page = get_u64(at + 24 + 2 * DB_BYTES),
                         .transaction = get_u64(at + 32 + 2 * DB_BYTES)};
}

static bool is_meta(const uint8_t *page, uint64_t number, const struct meta *m)
{
    return get_u64(page) == number && get_u16(page + 10) == IS_META && m->magic == META_MAGIC &&
           m->version == 1;
}

/* Transactions write their root to page 0 and 1 in turn; so none of the two can be an older one
 * than it should without being seen. */
static bool are_turns(const struct meta m[METAS])
{
    const uint64_t even = m[0].transaction, odd = m[1].transaction;
    if (even == 0 && odd == 0)
        return true;
    return even % 2 == 0 && odd % 2 == 1 && (even + 1 == odd || odd + 1 == even);
}

static bool is_page_size(uint32_t bytes)
{
    return bytes >= PAGE_BYTES_LEAST && bytes <= PAGE_BYTES_MAX && (bytes & (bytes - 1)) == 0;
}

static enum err read_metas(struct walk *w, uint64_t file_bytes)
{
    uint8_t page[HEAD_BYTES + 40 + 2 * DB_BYTES];
    struct meta metas[METAS];
    w->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
    for (uint64_t i = 0; i < METAS; i++) {
        const enum err code = read_bytes(w, i * w->page_bytes, page, sizeof page);
        if (code != ERR_OK)
            return code;
        metas[i] = get_meta(page + HEAD_BYTES);
        if (!is_meta(page, i, &metas[i]))
            return bad(w, i, "it is not a root");
    }
    w->meta = metas[metas[1].transaction > metas[0].transaction];
    if (!is_page_size(w->meta.trees[0].page_bytes) ||
        metas[0].trees[0].page_bytes != w->page_bytes ||
        metas[1].trees[0].page_bytes != w->page_bytes)
        return bad(w, 0, "pages have another size");
    if (!are_turns(metas))
        return bad(w, 0, "the two roots do not follow one another");
    if (w->meta.last_page >= file_bytes / w->page_bytes || w->meta.last_page < METAS - 1)
        return bad(w, 0, "the file is shorter than its root says");
    w->page_count = w->meta.last_page + 1;
    return ERR_OK;
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* Each page once. */
static enum err take(struct walk *w, uint64_t page, uint64_t count)
{
    if (page < METAS || page >= w->page_count || count > w->page_count - page)
        return bad(w, page, "there is no such page");
    for (uint64_t i = page; i < page + count; i++) {
        uint64_t *word = &w->used[i / WORD_BITS];
        const uint64_t bit = UINT64_C(1) << i % WORD_BITS;
        if (*word & bit)
            return bad(w, i, "it is there twice");
        *word |= bit;
    }
    w->taken += count;
    return ERR_OK;
}

static uint64_t pages_of(const struct walk *w, uint64_t bytes)
{
    return (HEAD_BYTES - 1 + bytes) / w->page_bytes + 1;
}

/* A value that has pages of its own. */
static enum err take_value(struct walk *w, uint64_t page, uint64_t len)
{
    uint8_t head[HEAD_BYTES];
    const uint64_t count = pages_of(w, len);
    enum err code = take(w, page, count);
    w->found.overflows += count;
    if (code != ERR_OK || w->depth == PAGES_TREES)
        return code;
    code = read_bytes(w, page * w->page_bytes, head, sizeof head);
    if (code == ERR_OK &&
        (get_u64(head) != page || get_u16(head + 10) != IS_OVERFLOW || get_u32(head + 12) != count))
        return bad(w, page, "it is not the first one of this value");
    return code;
}

static int compare(const struct walk *w, const uint8_t *a, size_t a_len, const struct key *b)
{
    if (w->is_integer) {
        const uint64_t x = get_u64(a), y = get_u64(b->bytes);
        return x < y ? -1 : x > y;
    }
    const int order = memcmp(a, b->bytes, a_len < b->len ? a_len : b->len);
    if (order != 0)
        return order;
    return a_len < b->len ? -1 : a_len > b->len;
}

/* Keys rise from leaf to leaf; with @is_equal_good also a branch's key counts, which is that of the
 * first leaf behind it. */
static enum err look_at_key(struct walk *w, uint64_t page, const uint8_t *key, uint16_t len,
                            bool is_leaf)
{
    if (len > KEY_MAX || (w->is_integer && len != sizeof(uint64_t)))
        return bad(w, page, "a key has an impossible length");
    if (w->has_last) {
        const int order = compare(w, key, len, &w->last);
        if (order < 0 || (order == 0 && is_leaf))
            return bad(w, page, "its keys do not rise");
    }
    if (is_leaf) {
        memcpy(w->last.bytes, key, len);
        w->last.len = len;
        w->has_last = true;
    }
    return ERR_OK;
}

/* ---- free pages ------------------------------------------------------------------------------ */

/* A list: how many, then their numbers, falling. */
static enum err take_free(struct walk *w, uint64_t page, const uint8_t *list, uint64_t len)
{
    const uint64_t count = len >= sizeof(uint64_t) ? get_u64(list) : 0;
    uint64_t above = NO_PAGE;
    if (len < sizeof(uint64_t) || count >= len / sizeof(uint64_t))
        return bad(w, page, "a list of free pages is too short");
    for (uint64_t i = 1; i <= count; i++) {
        const uint64_t number = get_u64(list + i * sizeof(uint64_t));
        if (number >= above)
            return bad(w, page, "free pages do not fall");
        const enum err code = take(w, number, 1);
        if (code != ERR_OK)
            return code;
        above = number;
    }
    return ERR_OK;
}

static enum err take_free_big(struct walk *w, uint64_t page, uint64_t first, uint64_t len)
{
    free(w->value);
    w->value = malloc(len + 1);
    assert(w->value);
    const enum err code = read_bytes(w, first * w->page_bytes + HEAD_BYTES, w->value, len);
    return code == ERR_OK ? take_free(w, page, w->value, len) : code;
}

/* ---- trees ----------------------------------------------------------------------------------- */

struct node { /* of a leaf */
    const uint8_t *key, *data;
    uint64_t len; /* of the data, wherever it lies */
    uint16_t key_len, flags;
};

/* False if it does not lie within its page. */
static bool get_node(struct node *out, const struct walk *w, const uint8_t *page, uint16_t at)
{
    const uint16_t upper = get_u16(page + 14);
    const uint16_t offset = get_u16(page + HEAD_BYTES + 2 * (size_t)at);
    if (offset < upper || offset + NODE_BYTES > (int)w->page_bytes || offset % 2 != 0)
        return false;
    const uint8_t *node = page + offset;
    out->len = get_u16(node) | (uint64_t)get_u16(node + 2) << 16;
    out->flags = get_u16(node + 4);
    out->key_len = get_u16(node + 6);
    out->key = node + NODE_BYTES;
    out->data = out->key + out->key_len;
    const bool is_leaf = get_u16(page + 10) & IS_LEAF;
    const uint64_t here = !is_leaf ? 0 : out->flags & NODE_BIG ? sizeof(uint64_t) : out->len;
    return (uint64_t)offset + NODE_BYTES + out->key_len + here <= w->page_bytes;
}

/* A table: its tree stands in the value under its name. */
struct below {
    struct tree tree;
    char name[32];
};

enum { TABLES_MAX = 32 };

struct tables {
    struct below at[TABLES_MAX];
    uint32_t count;
};

static enum err note_table(struct walk *w, struct tables *tables, uint64_t page,
                           const struct node *n)
{
    struct below *b = &tables->at[tables->count];
    if (n->len != DB_BYTES || tables->count == TABLES_MAX || n->key_len >= sizeof b->name)
        return bad(w, page, "it holds what is not a table");
    b->tree = get_tree(n->data);
    memcpy(b->name, n->key, n->key_len);
    b->name[n->key_len] = 0;
    tables->count++;
    return ERR_OK;
}

static enum err look_at_leaf_node(struct walk *w, struct tables *tables, uint64_t page,
                                  const struct node *n)
{
    const uint64_t first = n->flags & NODE_BIG ? get_u64(n->data) : 0;
    enum err code = look_at_key(w, page, n->key, n->key_len, true);
    w->found.entries++;
    if (code != ERR_OK)
        return code;
    if (n->flags & ~(NODE_BIG | NODE_TREE))
        return bad(w, page, "a node is of an unknown kind");
    if (n->flags & NODE_BIG)
        code = take_value(w, first, n->len);
    if (code != ERR_OK)
        return code;
    if (w->is_integer)
        return n->flags & NODE_BIG ? take_free_big(w, page, first, n->len)
                                   : take_free(w, page, n->data, n->len);
    const bool is_table = n->flags & NODE_TREE;
    if (is_table != (tables != NULL))
        return bad(w, page, "a value is where a table belongs, or a table where a value does");
    return is_table ? note_table(w, tables, page, n) : ERR_OK;
}

static enum err look_at_leaf(struct walk *w, struct tables *tables, const struct level *level)
{
    enum err code = ERR_OK;
    struct node n;
    w->found.leaves++;
    for (uint16_t i = 0; i < level->count && code == ERR_OK; i++) {
        if (!get_node(&n, w, level->bytes, i))
            return bad(w, level->page, "a node does not lie in it");
        code = look_at_leaf_node(w, tables, level->page, &n);
    }
    return code;
}

/* Read a page of the tree into its level. */
static enum err enter(struct walk *w, struct level *level, uint64_t page, bool is_leaf)
{
    enum err code = take(w, page, 1);
    if (code == ERR_OK)
        code = read_bytes(w, page * w->page_bytes, level->bytes, w->page_bytes);
    if (code != ERR_OK)
        return code;
    const uint16_t lower = get_u16(level->bytes + 12), upper = get_u16(level->bytes + 14);
    if (get_u64(level->bytes) != page)
        return bad(w, page, "it is another page");
    if (get_u16(level->bytes + 10) != (is_leaf ? IS_LEAF : IS_BRANCH))
        return bad(w, page, "it is of another kind");
    if (lower < HEAD_BYTES || lower > upper || upper > w->page_bytes || lower % 2 != 0)
        return bad(w, page, "its nodes are nowhere");
    level->page = page;
    level->next = 0;
    level->count = (uint16_t)((lower - HEAD_BYTES) / 2);
    if (level->count < (is_leaf ? 1 : 2))
        return bad(w, page, "it is empty");
    w->found.branches += !is_leaf;
    return ERR_OK;
}

/* The next page below a branch; its key counts, but for the first one's, which is empty. */
static enum err next_below(struct walk *w, struct level *level, uint64_t *page)
{
    struct node n;
    const uint16_t at = level->next++;
    if (!get_node(&n, w, level->bytes, at))
        return bad(w, level->page, "a node does not lie in it");
    *page = n.len | (uint64_t)n.flags << 32;
    return at == 0 ? ERR_OK : look_at_key(w, level->page, n.key, n.key_len, false);
}

static enum err walk_levels(struct walk *w, const struct tree *t, struct tables *tables)
{
    uint32_t depth = 1;
    enum err code = enter(w, &w->levels[0], t->root, t->depth == 1);
    while (code == ERR_OK && depth > 0) {
        struct level *level = &w->levels[depth - 1];
        uint64_t page = 0;
        if (depth == t->depth) {
            code = look_at_leaf(w, tables, level);
            depth--;
        } else if (level->next == level->count) {
            depth--;
        } else {
            code = next_below(w, level, &page);
            depth++;
            if (code == ERR_OK)
                code = enter(w, &w->levels[depth - 1], page, depth == t->depth);
        }
    }
    return code;
}

static enum err check_counts(struct walk *w, const struct tree *t)
{
    const struct tree *f = &w->found;
    if (f->branches != t->branches || f->leaves != t->leaves || f->overflows != t->overflows ||
        f->entries != t->entries)
        return bad(w, t->root, "it does not hold as much as its root says");
    return ERR_OK;
}

static enum err walk_one(struct walk *w, const struct tree *t, const char *name,
                         struct tables *tables)
{
    memset(&w->found, 0, sizeof w->found);
    w->tree_name = name;
    w->has_last = false;
    if (t->flags != (w->is_integer ? INTEGER_KEYS : 0) || (!w->is_integer && t->page_bytes != 0))
        return bad(w, t->root, "its keys have another order");
    if (t->root == NO_PAGE)
        return t->depth == 0 ? check_counts(w, t) : bad(w, 0, "it has no root");
    if (t->depth == 0 || t->depth > LEVELS_MAX)
        return bad(w, t->root, "it is too deep");
    const enum err code = walk_levels(w, t, tables);
    return code == ERR_OK ? check_counts(w, t) : code;
}

static enum err walk_all(struct walk *w)
{
    struct tables tables = {.count = 0};
    w->is_integer = true;
    enum err code = walk_one(w, &w->meta.trees[FREE_TREE], "free", NULL);
    w->is_integer = false;
    if (code == ERR_OK)
        code = walk_one(w, &w->meta.trees[MAIN_TREE], "main", &tables);
    for (uint32_t i = 0; i < tables.count && code == ERR_OK; i++)
        code = walk_one(w, &tables.at[i].tree, tables.at[i].name, NULL);
    if (code == ERR_OK && w->taken != w->page_count - METAS)
        return bad(w, 0, "some pages are neither used nor free");
    return code;
}

static enum err check_file(struct walk *w)
{
    struct stat file;
    if (fstat(w->fd, &file) != 0)
        return store_fault_of_read(w->f, errno, "the file of the store");
    if (file.st_size == 0)
        return ERR_OK;
    enum err code = read_metas(w, (uint64_t)file.st_size);
    if (code != ERR_OK)
        return code;
    w->used = calloc(w->page_count / WORD_BITS + 1, sizeof *w->used);
    uint8_t *bytes = malloc((size_t)LEVELS_MAX * w->page_bytes);
    assert(w->used && bytes);
    for (uint32_t i = 0; i < LEVELS_MAX; i++)
        w->levels[i].bytes = bytes + (size_t)i * w->page_bytes;
    code = walk_all(w);
    free(bytes);
    free(w->used);
    free(w->value);
    return code;
}

enum err pages_check(const char *folder, enum pages_depth depth, struct store_fault *f)
{
    struct walk w = {.depth = depth, .f = f, .tree_name = "root"};
    char path[PATH_CHARS];
    if (snprintf(path, sizeof path, "%s/data.mdb", folder) >= (int)sizeof path)
        return store_fault_set(f, ERR_STORE_OPEN, ENAMETOOLONG, "the folder's name is too long");
    w.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (w.fd < 0 && errno == ENOENT)
        return ERR_OK;
    if (w.fd < 0)
        return store_fault_of_read(f, errno, "the file of the store");
    const enum err code = check_file(&w);
    close(w.fd);
    return code;
}
