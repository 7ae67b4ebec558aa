/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.3: a process that is killed, at any moment, loses no block that it has acknowledged
 * and leaves no half of one; the next one just goes on. PEERWATT_KILL_CYCLES: how often (100). */
#include "sim/test_store_history.h"

#include "sim/io_hooks.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { BLOCKS = 120, CYCLES = 100, CALLS_MAX = 90, MS_MAX = 25 };
enum { EXIT_OPEN = 10, EXIT_LOAD, EXIT_APPLY, EXIT_COMMIT };

struct shared {                     /* by the child, read when it is dead */
    volatile uint64_t acknowledged; /* height + 1 */
    volatile uint32_t is_writing;   /* between the first write of a commit and its answer */
    volatile uint32_t calls, kill_at, half;
};

struct counts {
    uint32_t kills, in_commit, by_time, ends, one_more;
};

static struct kit k;
static struct history_run history;
static struct shared *shared;

static uint64_t random_u64(uint64_t cycle, const char *what)
{
    const struct hash hash = world_hash(&k.w, what, cycle, 0);
    uint64_t out;
    memcpy(&out, hash.bytes, sizeof out);
    return out;
}

/* In the middle of a write or behind it, or just before a sync. */
static int kill_at_call(const struct io_event *e)
{
    if (!e->is_data || e->call == IO_OPEN || e->call == IO_PREAD)
        return IO_PASS;
    shared->is_writing = 1;
    if (++shared->calls != shared->kill_at)
        return IO_PASS;
    if (e->call == IO_WRITE) {
        const ssize_t done =
            io_hooks_pwrite(e->fd, e->bytes, shared->half ? e->len / 2 : e->len, e->offset);
        (void)done;
    }
    raise(SIGKILL);
    return IO_PASS;
}

static void acknowledge(const struct ledger *l)
{
    shared->acknowledged = ledger_height(l) + 1;
    shared->is_writing = 0;
}

static void live(void)
{
    struct ledger *l;
    if (kit_open(&k) != ERR_OK)
        _exit(EXIT_OPEN);
    if (!ledger_db_has_genesis(k.db)) {
        l = history_begin(&history);
        if (history_commit(&history, l) != ERR_OK)
            _exit(EXIT_COMMIT);
    } else if (kit_load(&k, &l) != ERR_OK) {
        _exit(EXIT_LOAD);
    }
    acknowledge(l);
    while (ledger_height(l) < history.count) {
        if (!history_apply(&history, l))
            _exit(EXIT_APPLY);
        if (history_commit(&history, l) != ERR_OK)
            _exit(EXIT_COMMIT);
        acknowledge(l);
    }
    _exit(0);
}

static int run_child(uint64_t cycle)
{
    int status;
    const bool by_time = cycle % 3 == 0;
    shared->calls = shared->is_writing = 0;
    shared->kill_at = by_time ? 0 : 1 + (uint32_t)(random_u64(cycle, "call") % CALLS_MAX);
    shared->half = random_u64(cycle, "half") % 2;
    k.options.carry_blocks = 1 + (uint32_t)(random_u64(cycle, "carry") % 25);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        io_hooks_set(kill_at_call);
        live();
    }
    if (by_time) {
        poll(NULL, 0, (int)(random_u64(cycle, "ms") % MS_MAX));
        kill(child, SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void start_again(void)
{
    kit_remove(k.folder);
    kit_folder(k.folder);
    shared->acknowledged = 0;
}

/* What the next process finds. */
static void look(uint64_t cycle, struct counts *counts)
{
    assert_int_equal(kit_open(&k), ERR_OK);
    const uint64_t found = ledger_db_has_genesis(k.db) ? ledger_db_last(k.db)->height + 1 : 0;
    const char *wrong = history_differs(&history);
    if (wrong || found < shared->acknowledged || found > shared->acknowledged + 1)
        fail_msg("cycle %llu: %s, height %lld, acknowledged %lld", (unsigned long long)cycle,
                 wrong ? wrong : "the height", (long long)found - 1,
                 (long long)shared->acknowledged - 1);
    counts->one_more += found > shared->acknowledged;
    shared->acknowledged = found;
    ledger_db_close(k.db);
}

static void no_kill_loses_an_acknowledged_block(void **state)
{
    struct counts counts = {.kills = 0};
    const char *often = getenv("PEERWATT_KILL_CYCLES");
    const uint64_t cycles = often ? strtoull(often, NULL, 10) : CYCLES;
    (void)state;
    for (uint64_t cycle = 1; cycle <= cycles; cycle++) {
        const int status = run_child(cycle);
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            fail_msg("cycle %llu: the child gave up with %d", (unsigned long long)cycle,
                     WEXITSTATUS(status));
        counts.kills += WIFSIGNALED(status);
        counts.by_time += WIFSIGNALED(status) && shared->kill_at == 0;
        counts.in_commit += WIFSIGNALED(status) && shared->is_writing;
        look(cycle, &counts);
        if (WIFEXITED(status)) {
            counts.ends++;
            start_again();
        }
    }
    print_message(
        "kills %u, of them %u in a commit, %u by time; histories ended %u; durable without "
        "an answer %u\n",
        counts.kills, counts.in_commit, counts.by_time, counts.ends, counts.one_more);
    assert_true(counts.kills > cycles / 2 && counts.in_commit > cycles * 3 / 10);
    assert_true(counts.by_time > 0 && counts.ends > 0);
}

static int begin(void **state)
{
    (void)state;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    history_make(&history, &k, 7, BLOCKS);
    kit_folder(k.folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    kit_remove(k.folder);
    history_drop(&history);
    return munmap(shared, sizeof *shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_kill_loses_an_acknowledged_block),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
