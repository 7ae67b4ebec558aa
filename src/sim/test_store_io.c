/* SPDX-License-Identifier: Apache-2.0 */
/* Every call on the store's files fails once, in every way: a clean stop with a name, or all goes
 * on as it should. Nothing that was acknowledged is lost, nothing is tried twice, and the next
 * start finds everything. */
#include "sim/test_store_history.h"

#include "sim/io_hooks.h"

#include <errno.h>

enum { BLOCKS = 12, FIRST = 7, CALLS_MAX = 2000 };

static const int ways[] = {EIO, ENOSPC, EINTR, IO_HALF};
enum { WAYS = sizeof ways / sizeof ways[0] };

struct plan {
    uint32_t calls, fail_at;
    int way;
    enum io_call failed;
    bool has_failed, has_failed_sync;
    uint32_t syncs_after; /* of the data, once a sync has failed */
};

struct counts {
    uint32_t by_call[IO_CALLS], refused[IO_CALLS], went_on;
};

static struct kit k;
static struct history_run history;
static struct plan plan;
static uint64_t acknowledged; /* height + 1 */

static int fail_once(const struct io_event *e)
{
    const bool is_sync = e->call == IO_FDATASYNC || e->call == IO_FSYNC;
    plan.syncs_after += plan.has_failed_sync && is_sync && e->is_data;
    if (++plan.calls != plan.fail_at)
        return IO_PASS;
    plan.failed = e->call;
    plan.has_failed = true;
    plan.has_failed_sync = is_sync && plan.way != IO_HALF;
    const bool can_be_half = e->call == IO_PREAD || e->call == IO_WRITE;
    return plan.way == IO_HALF && !can_be_half ? IO_PASS : plan.way;
}

/* From where the store stands to a height. */
static enum err advance(uint64_t height)
{
    struct ledger *l;
    enum err code = ERR_OK;
    if (ledger_db_has_genesis(k.db)) {
        code = kit_load(&k, &l);
    } else {
        l = history_begin(&history);
        code = history_commit(&history, l);
        if (code == ERR_OK)
            acknowledged = 1;
    }
    while (code == ERR_OK && ledger_height(l) < height) {
        assert_true(history_apply(&history, l));
        code = history_commit(&history, l);
        if (code == ERR_OK)
            acknowledged = ledger_height(l) + 1;
        else
            assert_int_equal(history_commit(&history, l), code);
    }
    return code;
}

static enum err session(uint64_t height)
{
    enum err code = kit_open(&k);
    if (code != ERR_OK) {
        assert_null(k.db);
        assert_true(strlen(k.fault.text) > 0);
        return code;
    }
    code = advance(height);
    ledger_db_close(k.db);
    return code;
}

static enum err scenario(void)
{
    const enum err code = session(FIRST);
    return code == ERR_OK ? session(BLOCKS) : code;
}

static bool has_name(enum err code)
{
    return code >= ERR_STORE_ROW && code <= ERR_STORE_MAP;
}

static void run(uint32_t fail_at, int way)
{
    acknowledged = 0;
    plan = (struct plan){.fail_at = fail_at, .way = way};
    kit_folder(k.folder);
    io_hooks_set(fail_once);
    const enum err code = scenario();
    io_hooks_set(NULL);
    if (code != ERR_OK && !has_name(code))
        fail_msg("call %u fails by %d: it has no name but %d", fail_at, way, code);
    plan.calls = code == ERR_OK ? plan.calls : 0;
}

/* The next start. */
static void look(uint32_t fail_at, int way)
{
    const uint64_t known = acknowledged;
    assert_int_equal(kit_open(&k), ERR_OK);
    const uint64_t found = ledger_db_has_genesis(k.db) ? ledger_db_last(k.db)->height + 1 : 0;
    const char *wrong = history_differs(&history);
    if (wrong || found < known || found > known + 1)
        fail_msg("call %u fails by %d: %s, height %lld, acknowledged %lld", fail_at, way,
                 wrong ? wrong : "the height", (long long)found - 1, (long long)known - 1);
    assert_int_equal(advance(BLOCKS), ERR_OK);
    ledger_db_close(k.db);
    assert_int_equal(kit_open(&k), ERR_OK);
    assert_true(ledger_db_last(k.db)->height == BLOCKS);
    assert_null(history_differs(&history));
    ledger_db_close(k.db);
    kit_remove(k.folder);
}

static void every_call_may_fail(void **state)
{
    struct counts counts = {.went_on = 0};
    (void)state;
    run(0, 0);
    const uint32_t calls = plan.calls;
    look(0, 0);
    assert_true(calls > 50 && calls < CALLS_MAX);
    for (uint32_t n = 1; n <= calls; n++) {
        for (uint32_t i = 0; i < WAYS; i++) {
            run(n, ways[i]);
            assert_true(plan.has_failed);
            assert_true(plan.syncs_after == 0);
            counts.by_call[plan.failed]++;
            counts.refused[plan.failed] += plan.calls == 0;
            counts.went_on += plan.calls > 0;
            look(n, ways[i]);
        }
    }
    print_message("%u calls; refused after open %u of %u, read %u of %u, write %u of %u, "
                  "fdatasync %u of %u, fsync %u of %u; went on %u\n",
                  calls, counts.refused[IO_OPEN], counts.by_call[IO_OPEN], counts.refused[IO_PREAD],
                  counts.by_call[IO_PREAD], counts.refused[IO_WRITE], counts.by_call[IO_WRITE],
                  counts.refused[IO_FDATASYNC], counts.by_call[IO_FDATASYNC],
                  counts.refused[IO_FSYNC], counts.by_call[IO_FSYNC], counts.went_on);
    assert_true(counts.by_call[IO_OPEN] > 0 && counts.by_call[IO_PREAD] > 0);
    assert_true(counts.by_call[IO_WRITE] > 0 && counts.refused[IO_WRITE] > 0);
    assert_true(counts.by_call[IO_FDATASYNC] > 0 && counts.refused[IO_FDATASYNC] > 0);
    assert_true(counts.by_call[IO_FSYNC] > 0 && counts.refused[IO_FSYNC] > 0);
}

/* ---- names ----------------------------------------------------------------------------------- */

static enum io_call failing;
static int cause;

static int fail_always(const struct io_event *e)
{
    return e->call == failing ? cause : IO_PASS;
}

static enum err open_over(enum io_call call, int with)
{
    failing = call;
    cause = with;
    io_hooks_set(fail_always);
    const enum err code = kit_open(&k);
    io_hooks_set(NULL);
    return code;
}

/* A commit over a disk that fails so; the answer stays. */
static enum err commit_over(enum io_call call, int with)
{
    kit_folder(k.folder);
    assert_int_equal(kit_open(&k), ERR_OK);
    struct ledger *l = history_begin(&history);
    failing = call;
    cause = with;
    io_hooks_set(fail_always);
    const enum err code = history_commit(&history, l);
    io_hooks_set(NULL);
    assert_int_equal(history_commit(&history, l), code);
    assert_int_equal(ledger_db_fault(k.db)->code, code);
    assert_int_equal(ledger_db_fault(k.db)->cause, with);
    ledger_db_close(k.db);
    kit_remove(k.folder);
    return code;
}

static void each_failure_has_its_own_name(void **state)
{
    (void)state;
    assert_int_equal(commit_over(IO_WRITE, ENOSPC), ERR_STORE_FULL);
    assert_int_equal(commit_over(IO_WRITE, EDQUOT), ERR_STORE_FULL);
    assert_int_equal(commit_over(IO_WRITE, EIO), ERR_STORE_WRITE);
    assert_int_equal(commit_over(IO_FDATASYNC, EIO), ERR_STORE_WRITE);
    assert_int_equal(commit_over(IO_WRITE, EROFS), ERR_STORE_READ_ONLY);
    kit_folder(k.folder);
    assert_int_equal(open_over(IO_OPEN, EROFS), ERR_STORE_READ_ONLY);
    assert_int_equal(open_over(IO_OPEN, EACCES), ERR_STORE_READ_ONLY);
    assert_int_equal(open_over(IO_PREAD, EIO), ERR_STORE_READ);
    assert_int_equal(open_over(IO_CALLS, 0), ERR_OK);
    ledger_db_close(k.db);
    kit_remove(k.folder);
}

static int begin(void **state)
{
    (void)state;
    history_make(&history, &k, 5, BLOCKS);
    k.options.carry_blocks = 3;
    k.options.keep_rows = 3;
    k.options.keep_blocks = 3;
    return 0;
}

static int end(void **state)
{
    (void)state;
    history_drop(&history);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_may_fail),
        cmocka_unit_test(each_failure_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
