/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scrub.h"

#include "store/ledger_db_inner.h"
#include "store/pages.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_CHARS = 4096 };

struct report { /* from the child */
    struct store_fault fault;
    struct scrub_counts counts;
};

static enum err damaged(const MDB_val *key, enum env_table table, struct store_fault *f)
{
    return store_fault_set(f, ERR_STORE_DAMAGED, 0, "%s: the value of %" PRIu64 " has changed",
                           env_table_name(table), env_key_first(key));
}

/* @from: numbers below it are passed by. */
static enum err read_table(const struct env *e, MDB_txn *txn, enum env_table table, uint64_t from,
                           struct report *r)
{
    MDB_cursor *cursor;
    struct env_key first = env_key_number(from);
    MDB_val key = {.mv_size = first.len, .mv_data = first.bytes}, value;
    struct span payload;
    enum err code = ERR_OK;
    int cause = mdb_cursor_open(txn, e->tables[table], &cursor);
    if (cause)
        return store_fault_of_read(&r->fault, cause, env_table_name(table));
    cause = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (cause == 0 && code == ERR_OK) {
        r->counts.values++;
        r->counts.bytes += value.mv_size;
        if (!env_check(table, &key, &value, &payload))
            code = damaged(&key, table, &r->fault);
        else
            cause = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (code == ERR_OK && cause != MDB_NOTFOUND)
        return store_fault_of_read(&r->fault, cause, env_table_name(table));
    return code;
}

/* Where what a restart reads begins. */
static enum err find_live(const struct env *e, MDB_txn *txn, uint64_t *live_from,
                          struct store_fault *f)
{
    struct ledger_db db = {.env = *e};
    struct db_record last;
    MDB_stat stat;
    *live_from = 0;
    const int cause = mdb_stat(txn, e->tables[TABLE_HEADS], &stat);
    if (cause)
        return store_fault_of_read(f, cause, "heads");
    if (stat.ms_entries == 0)
        return ERR_OK;
    const enum err code = db_record_last(&db, txn, &last, f);
    *live_from = last.live_from;
    return code;
}

static enum err read_tables(const struct env *e, enum scrub_depth depth, struct report *r)
{
    MDB_txn *txn;
    uint64_t live_from = 0;
    const int cause = mdb_txn_begin(e->lmdb, NULL, MDB_RDONLY, &txn);
    if (cause)
        return store_fault_of_read(&r->fault, cause, "the store");
    enum err code = ERR_OK;
    if (depth == SCRUB_LIVE)
        code = find_live(e, txn, &live_from, &r->fault);
    for (int table = 0; table < TABLE_COUNT && code == ERR_OK; table++) {
        const bool is_history = table == TABLE_LOG || table == TABLE_BLOCKS ||
                                table == TABLE_RESULTS || table == TABLE_HEADS;
        const uint64_t from = table == TABLE_ROWS ? live_from : 0;
        if (depth == SCRUB_ALL || !is_history)
            code = read_table(e, txn, (enum env_table)table, from, r);
    }
    mdb_txn_abort(txn);
    return code;
}

static enum err read_store(const char *folder, uint64_t map_bytes, enum scrub_depth depth,
                           struct report *r)
{
    struct env env;
    const struct env_options options = {
        .folder = folder, .map_bytes = map_bytes, .is_read_only = true};
    enum err code = pages_check(folder, depth == SCRUB_ALL ? PAGES_ALL : PAGES_TREES, &r->fault);
    if (code == ERR_OK)
        code = env_open(&env, &options, &r->fault);
    if (code != ERR_OK)
        return code;
    code = read_tables(&env, depth, r);
    env_close(&env);
    return code;
}

/* All of it, or nothing: a child that died has said nothing. */
static bool hear(int from, struct report *out)
{
    uint8_t *at = (uint8_t *)out;
    size_t left = sizeof *out;
    while (left > 0) {
        const ssize_t done = read(from, at, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        left -= (size_t)done;
    }
    return true;
}

static enum err take_report(pid_t child, int from, struct scrub_counts *counts,
                            struct store_fault *f)
{
    struct report r;
    int status;
    const bool is_heard = hear(from, &r);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!is_heard)
        return store_fault_set(f, ERR_STORE_DAMAGED, 0,
                               "who reads it is ended by it (signal %d, exit %d)",
                               WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                               WIFEXITED(status) ? WEXITSTATUS(status) : 0);
    *counts = r.counts;
    *f = r.fault;
    return r.fault.code;
}

static void speak(int to, const struct report *r)
{
    const ssize_t done = write(to, r, sizeof *r); /* less than a pipe takes at once */
    _exit(done == (ssize_t)sizeof *r ? 0 : 1);
}

/* Nothing has been written yet. */
static bool is_new(const char *folder)
{
    char path[PATH_CHARS];
    struct stat file;
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    return stat(path, &file) == 0 ? file.st_size == 0 : errno == ENOENT;
}

static_assert(sizeof(struct report) < 4096, "a pipe takes so much at once");

enum err scrub(const char *folder, uint64_t map_bytes, enum scrub_depth depth,
               struct scrub_counts *counts, struct store_fault *f)
{
    int pipes[2];
    memset(f, 0, sizeof *f);
    memset(counts, 0, sizeof *counts);
    if (is_new(folder))
        return ERR_OK;
    if (pipe(pipes) != 0)
        return store_fault_of_read(f, errno, "a pipe");
    const pid_t child = fork();
    if (child == 0) {
        struct report r;
        memset(&r, 0, sizeof r);
        const enum err code = read_store(folder, map_bytes, depth, &r);
        if (code != ERR_OK)
            r.fault.code = code;
        speak(pipes[1], &r);
    }
    close(pipes[1]);
    const enum err code = child > 0 ? take_report(child, pipes[0], counts, f)
                                    : store_fault_of_read(f, errno, "a child process");
    close(pipes[0]);
    return code;
}
