/* SPDX-License-Identifier: Apache-2.0 */
#include "store/env.h"

#include "base/siphash.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0600, FOLDER_MODE = 0700, READERS_MAX = 62, PATH_CHARS = 4096 };

static const char *const names[TABLE_COUNT] = {
    [TABLE_ABOUT] = "about",   [TABLE_HEADS] = "heads",    [TABLE_ROWS] = "rows",
    [TABLE_LOG] = "log",       [TABLE_EVER] = "ever",      [TABLE_PARAMS] = "params",
    [TABLE_BLOCKS] = "blocks", [TABLE_RESULTS] = "results"};

const char *env_table_name(enum env_table table)
{
    return names[table];
}

/* ---- keys and values ------------------------------------------------------------------------- */

struct env_key env_key_number(uint64_t number)
{
    struct env_key key = {.len = 8};
    struct bytes_writer w;
    bytes_writer_init(&w, key.bytes, sizeof key.bytes);
    bytes_write_big_u64(&w, number);
    return key;
}

static void add_big_u32(struct env_key *key, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        key->bytes[key->len++] = (uint8_t)(number >> shift);
}

struct env_key env_key_part(uint64_t number, uint32_t part)
{
    struct env_key key = env_key_number(number);
    add_big_u32(&key, part);
    return key;
}

struct env_key env_key_row(uint64_t height, uint8_t store, uint32_t leaf)
{
    struct env_key key = env_key_number(height);
    key.bytes[key.len++] = store;
    add_big_u32(&key, leaf);
    return key;
}

uint64_t env_key_first(const MDB_val *key)
{
    const uint8_t *bytes = key->mv_data;
    uint64_t number = 0;
    for (size_t i = 0; i < 8 && i < key->mv_size; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* The value's place is the key of its checksum. */
static uint64_t checksum(enum env_table table, struct span key, struct span payload)
{
    struct siphash_key place = {.bytes = {(uint8_t)table, (uint8_t)key.len}};
    assert(key.len <= ENV_KEY_BYTES_MAX);
    memcpy(place.bytes + 2, key.at, key.len);
    return siphash(&place, payload);
}

static int put(const struct env *e, MDB_txn *txn, enum env_table table, const struct env_key *key,
               struct span payload, unsigned int flags)
{
    struct bytes_writer w;
    const struct span place = {key->bytes, key->len};
    MDB_val k = {.mv_size = key->len, .mv_data = (void *)(uintptr_t)key->bytes};
    MDB_val v = {.mv_size = ENV_CHECK_BYTES + payload.len, .mv_data = e->value};
    bytes_writer_init(&w, e->value, ENV_VALUE_BYTES_MAX);
    bytes_write_u64(&w, checksum(table, place, payload));
    bytes_write_span(&w, payload);
    assert(!w.full);
    return mdb_put(txn, e->tables[table], &k, &v, flags);
}

int env_append(const struct env *e, MDB_txn *txn, enum env_table table, const struct env_key *key,
               struct span payload)
{
    return put(e, txn, table, key, payload, MDB_APPEND);
}

int env_put(const struct env *e, MDB_txn *txn, enum env_table table, const struct env_key *key,
            struct span payload)
{
    return put(e, txn, table, key, payload, 0);
}

int env_append_parts(const struct env *e, MDB_txn *txn, enum env_table table, uint64_t number,
                     struct span bytes)
{
    uint32_t part = 0;
    int cause = 0;
    do {
        const size_t len = bytes.len < ENV_PART_BYTES ? bytes.len : ENV_PART_BYTES;
        const struct env_key key = env_key_part(number, part++);
        cause = env_append(e, txn, table, &key, (struct span){bytes.at, len});
        bytes.at += len;
        bytes.len -= len;
    } while (cause == 0 && bytes.len > 0);
    return cause;
}

bool env_check(enum env_table table, const MDB_val *key, const MDB_val *value, struct span *payload)
{
    struct bytes_reader r;
    if (key->mv_size > ENV_KEY_BYTES_MAX || value->mv_size < ENV_CHECK_BYTES)
        return false;
    bytes_reader_init(&r, (struct span){value->mv_data, value->mv_size});
    const uint64_t found = bytes_read_u64(&r);
    *payload = (struct span){r.at, value->mv_size - ENV_CHECK_BYTES};
    return found == checksum(table, (struct span){key->mv_data, key->mv_size}, *payload);
}

/* ---- pages of long values -------------------------------------------------------------------- */

enum { PAGE_HEAD_BYTES = 16, IS_OVERFLOW = 0x04 };

static uint64_t page_bytes(void)
{
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A short value lies in a leaf, whose page knows its own number. */
const uint8_t *env_map(const struct env *e, MDB_txn *txn, enum env_table table,
                       const struct env_key *key)
{
    MDB_val k = {.mv_size = key->len, .mv_data = (void *)(uintptr_t)key->bytes};
    MDB_val v;
    uint64_t number;
    if (mdb_get(txn, e->tables[table], &k, &v) != 0)
        return NULL;
    const uint8_t *page = (const uint8_t *)v.mv_data - (uintptr_t)v.mv_data % page_bytes();
    memcpy(&number, page, sizeof number);
    return page - number * page_bytes();
}

bool env_can_free(const uint8_t *map, const MDB_val *value)
{
    const uint8_t *page = (const uint8_t *)value->mv_data - PAGE_HEAD_BYTES;
    uint64_t number;
    uint16_t flags;
    uint32_t count;
    if ((uintptr_t)page % page_bytes() != 0)
        return true; /* it lies in a leaf */
    memcpy(&number, page, sizeof number);
    memcpy(&flags, page + 10, sizeof flags);
    memcpy(&count, page + 12, sizeof count);
    return number == (uint64_t)(page - map) / page_bytes() && flags == IS_OVERFLOW &&
           count == (PAGE_HEAD_BYTES - 1 + value->mv_size) / page_bytes() + 1;
}

/* ---- reading --------------------------------------------------------------------------------- */

enum err env_get(const struct env *e, MDB_txn *txn, enum env_table table, const struct env_key *key,
                 struct span *payload, struct store_fault *f)
{
    MDB_val k = {.mv_size = key->len, .mv_data = (void *)(uintptr_t)key->bytes};
    MDB_val v;
    *payload = (struct span){NULL, 0};
    const int cause = mdb_get(txn, e->tables[table], &k, &v);
    if (cause == MDB_NOTFOUND)
        return ERR_OK;
    if (cause)
        return store_fault_of_read(f, cause, names[table]);
    if (!env_check(table, &k, &v, payload))
        return store_fault_set(f, ERR_STORE_DAMAGED, 0, "%s: the value of %" PRIu64 " has changed",
                               names[table], env_key_first(&k));
    return ERR_OK;
}

enum err env_get_parts(const struct env *e, MDB_txn *txn, enum env_table table, uint64_t number,
                       struct span *out, struct store_fault *f)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    *out = (struct span){NULL, 0};
    for (uint32_t part = 0;; part++) {
        struct span payload;
        const struct env_key key = env_key_part(number, part);
        const enum err code = env_get(e, txn, table, &key, &payload, f);
        if (code != ERR_OK) {
            free(bytes);
            return code;
        }
        if (!payload.at)
            break;
        uint8_t *more = realloc(bytes, len + payload.len + 1);
        assert(more);
        bytes = more;
        memcpy(bytes + len, payload.at, payload.len);
        len += payload.len;
        if (payload.len < ENV_PART_BYTES)
            break;
    }
    *out = (struct span){bytes, len};
    return ERR_OK;
}

/* ---- open and close -------------------------------------------------------------------------- */

/* A file of LMDB's without our first table is somebody else's. */
static int refuse_foreign(MDB_txn *txn)
{
    MDB_stat stat;
    MDB_dbi main, about;
    int cause = mdb_dbi_open(txn, NULL, 0, &main);
    if (cause == 0)
        cause = mdb_stat(txn, main, &stat);
    if (cause || stat.ms_entries == 0)
        return cause;
    cause = mdb_dbi_open(txn, names[TABLE_ABOUT], 0, &about);
    return cause == MDB_NOTFOUND || cause == MDB_INCOMPATIBLE ? MDB_INVALID : cause;
}

/* All of them in one transaction that is committed: otherwise LMDB would close them again. */
static int open_tables(struct env *e, bool is_read_only)
{
    MDB_txn *txn;
    int cause = mdb_txn_begin(e->lmdb, NULL, is_read_only ? MDB_RDONLY : 0, &txn);
    if (cause)
        return cause;
    cause = refuse_foreign(txn);
    for (int i = 0; cause == 0 && i < TABLE_COUNT; i++)
        cause = mdb_dbi_open(txn, names[i], is_read_only ? 0 : MDB_CREATE, &e->tables[i]);
    if (cause == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return cause;
}

static int open_lmdb(struct env *e, const char *folder, const struct env_options *o)
{
    const unsigned int flags = o->is_read_only ? MDB_RDONLY | MDB_NOLOCK : 0;
    int stale;
    int cause = mdb_env_create(&e->lmdb);
    if (cause)
        return cause;
    cause = mdb_env_set_maxdbs(e->lmdb, TABLE_COUNT);
    if (cause == 0)
        cause = mdb_env_set_maxreaders(e->lmdb, READERS_MAX);
    if (cause == 0)
        cause = mdb_env_set_mapsize(e->lmdb, o->map_bytes);
    if (cause == 0)
        cause = mdb_env_open(e->lmdb, folder, flags | MDB_NOTLS, FILE_MODE);
    if (cause == 0 && !o->is_read_only)
        cause = mdb_reader_check(e->lmdb, &stale);
    if (cause == 0)
        cause = open_tables(e, o->is_read_only);
    return cause;
}

/* A new file's name is durable only with its folder. */
static int sync_folder(const char *folder)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    const int cause = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return cause;
}

struct paths {
    char data[PATH_CHARS], begin[PATH_CHARS], begin_data[PATH_CHARS], begin_lock[PATH_CHARS];
};

static int set_paths(struct paths *p, const char *folder)
{
    snprintf(p->data, PATH_CHARS, "%s/data.mdb", folder);
    snprintf(p->begin, PATH_CHARS, "%s/begin", folder);
    snprintf(p->begin_data, PATH_CHARS, "%s/begin/data.mdb", folder);
    const int len = snprintf(p->begin_lock, PATH_CHARS, "%s/begin/lock.mdb", folder);
    return len < PATH_CHARS ? 0 : ENAMETOOLONG;
}

static int remove_file(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT ? 0 : errno;
}

static int clear_begin(const struct paths *p)
{
    int cause = remove_file(p->begin_data);
    if (cause == 0 || cause == ENOTDIR)
        cause = remove_file(p->begin_lock);
    if (cause == 0 && rmdir(p->begin) != 0 && errno != ENOENT)
        cause = errno;
    return cause;
}

/* A store begins in a folder of its own and gets its name when it is whole: whatever ends its first
 * moments leaves nothing that looks like one. */
static int make_file(const struct paths *p, const struct env_options *o)
{
    struct env e = {.lmdb = NULL};
    int cause = clear_begin(p);
    if (cause == 0 && mkdir(p->begin, FOLDER_MODE) != 0)
        cause = errno;
    if (cause)
        return cause;
    cause = open_lmdb(&e, p->begin, o);
    env_close(&e);
    if (cause == 0 && rename(p->begin_data, p->data) != 0)
        cause = errno;
    if (cause == 0)
        cause = sync_folder(o->folder);
    return cause == 0 ? clear_begin(p) : cause;
}

static int open_file(struct env *e, const struct env_options *o)
{
    struct paths paths;
    int cause = set_paths(&paths, o->folder);
    if (cause == 0 && !o->is_read_only && access(paths.data, F_OK) != 0)
        cause = errno == ENOENT ? make_file(&paths, o) : errno;
    if (cause == 0)
        cause = open_lmdb(e, o->folder, o);
    return cause;
}

static int sync_file(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    const int cause = fdatasync(fd) == 0 ? 0 : errno;
    close(fd);
    return cause;
}

/* As it is: its transactions keep their numbers, which its heads know. */
static int copy_file(const struct env *e, const struct paths *p, const char *folder)
{
    int cause = access(p->data, F_OK) == 0 ? EEXIST : clear_begin(p);
    if (cause == 0 && mkdir(p->begin, FOLDER_MODE) != 0)
        cause = errno;
    if (cause == 0)
        cause = mdb_env_copy(e->lmdb, p->begin);
    if (cause == 0)
        cause = sync_file(p->begin_data);
    if (cause == 0 && rename(p->begin_data, p->data) != 0)
        cause = errno;
    if (cause == 0)
        cause = sync_folder(folder);
    return cause == 0 ? clear_begin(p) : cause;
}

enum err env_copy(const struct env *e, const char *folder, struct store_fault *f)
{
    struct paths paths;
    int cause = set_paths(&paths, folder);
    if (cause == 0)
        cause = copy_file(e, &paths, folder);
    if (cause == EEXIST)
        return store_fault_set(f, ERR_FILE_EXISTS, cause, "%s", paths.data);
    return cause ? store_fault_of_write(f, cause, "the copy") : ERR_OK;
}

enum err env_open(struct env *e, const struct env_options *o, struct store_fault *f)
{
    memset(e, 0, sizeof *e);
    const int cause = open_file(e, o);
    if (cause) {
        env_close(e);
        return store_fault_of_read(f, cause, "the store does not open");
    }
    e->value = malloc(ENV_VALUE_BYTES_MAX);
    assert(e->value);
    return ERR_OK;
}

void env_close(struct env *e)
{
    if (e->lmdb)
        mdb_env_close(e->lmdb);
    free(e->value);
    memset(e, 0, sizeof *e);
}
