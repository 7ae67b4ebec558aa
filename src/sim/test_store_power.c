/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.3: the power fails. What was written since the last sync may be on the disk or not,
 * each write, each sector of it by itself; what was synced is. Every such disk opens to a height
 * that is the last acknowledged one, or the one after it, with all its pages whole.
 * PEERWATT_POWER_STATES: disks tried for each sync (6). */
#include "sim/test_store_history.h"

#include "sim/io_hooks.h"
#include "store/pages.h"

#include <fcntl.h>

enum { COMMITS = 200, STATES = 6, SECTOR = 512, EVENTS_MAX = 1 << 16, EXTRA = 64 << 20 };

enum kind { WRITTEN, WRITTEN_THROUGH, SYNCED, ACKNOWLEDGED };

struct event {
    enum kind kind;
    uint64_t offset; /* height, of ACKNOWLEDGED */
    size_t len;
    uint8_t *bytes;
};

struct disk {
    uint8_t *bytes;
    size_t len, room;
};

struct counts {
    uint64_t states, syncs, torn, partial, throughs, ahead;
};

static struct kit k;
static struct history_run history;
static struct event events[EVENTS_MAX];
static uint32_t event_count;
static struct disk disk, crashed;
static struct counts counts;
static uint64_t random_at;

static uint64_t random_u64(void)
{
    const struct hash hash = world_hash(&k.w, "power", random_at++, 0);
    uint64_t out;
    memcpy(&out, hash.bytes, sizeof out);
    return out;
}

/* ---- recording ------------------------------------------------------------------------------- */

static void add_event(const struct event *e)
{
    assert_true(event_count < EVENTS_MAX);
    events[event_count++] = *e;
}

static int record(const struct io_event *e)
{
    struct event out = {.kind = e->is_sync ? WRITTEN_THROUGH : WRITTEN};
    if (!e->is_data)
        return IO_PASS;
    if (e->call == IO_FDATASYNC || e->call == IO_FSYNC)
        add_event(&(struct event){.kind = SYNCED});
    if (e->call != IO_WRITE)
        return IO_PASS;
    out.offset = e->offset;
    out.len = e->len;
    out.bytes = malloc(e->len);
    memcpy(out.bytes, e->bytes, e->len);
    add_event(&out);
    return IO_PASS;
}

static void read_disk(void)
{
    char path[2 * KIT_PATH];
    snprintf(path, sizeof path, "%s/data.mdb", k.folder);
    const int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    disk.room = crashed.room = EXTRA;
    disk.bytes = malloc(disk.room);
    crashed.bytes = malloc(crashed.room);
    const ssize_t len = read(fd, disk.bytes, disk.room);
    assert_true(len > 0);
    disk.len = (size_t)len;
    close(fd);
}

static void record_all(void)
{
    assert_int_equal(kit_open(&k), ERR_OK);
    struct ledger *l = history_begin(&history);
    assert_int_equal(history_commit(&history, l), ERR_OK);
    read_disk();
    io_hooks_set(record);
    for (uint64_t height = 1; height <= COMMITS; height++) {
        assert_true(history_apply(&history, l));
        assert_int_equal(history_commit(&history, l), ERR_OK);
        add_event(&(struct event){.kind = ACKNOWLEDGED, .offset = height});
    }
    io_hooks_set(NULL);
    ledger_db_close(k.db);
}

/* ---- disks ----------------------------------------------------------------------------------- */

static void put(struct disk *d, uint64_t offset, const uint8_t *bytes, size_t len)
{
    assert_true(offset + len <= d->room);
    if (offset > d->len)
        memset(d->bytes + d->len, 0, offset - d->len);
    memcpy(d->bytes + offset, bytes, len);
    if (d->len < offset + len)
        d->len = offset + len;
}

/* Some of its sectors. */
static void put_torn(struct disk *d, const struct event *e)
{
    const uint64_t lucky = random_u64();
    uint32_t sector = 0;
    for (uint64_t at = e->offset; at < e->offset + e->len; sector++) {
        const uint64_t next = (at / SECTOR + 1) * SECTOR, end = e->offset + e->len;
        const size_t len = (size_t)((next < end ? next : end) - at);
        if (lucky >> sector % 64 & 1)
            put(d, at, e->bytes + (at - e->offset), len);
        at += len;
    }
    counts.torn++;
}

static void write_disk(const struct disk *d)
{
    char path[2 * KIT_PATH];
    snprintf(path, sizeof path, "%s/data.mdb", k.folder);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, d->bytes, d->len) == (ssize_t)d->len);
    close(fd);
}

/* The power comes back. */
static void start(const struct disk *d, uint64_t acknowledged)
{
    struct store_fault f = {.code = ERR_OK};
    write_disk(d);
    if (pages_check(k.folder, PAGES_ALL, &f) != ERR_OK)
        fail_msg("behind height %llu: %s", (unsigned long long)acknowledged, f.text);
    assert_int_equal(kit_open(&k), ERR_OK);
    const uint64_t found = ledger_db_last(k.db)->height;
    const char *wrong = history_differs(&history);
    if (wrong || found < acknowledged || found > acknowledged + 1)
        fail_msg("behind height %llu: %s at %llu", (unsigned long long)acknowledged,
                 wrong ? wrong : "it opens", (unsigned long long)found);
    ledger_db_close(k.db);
    counts.states++;
    counts.ahead += found > acknowledged;
}

static void copy_disk(void)
{
    memcpy(crashed.bytes, disk.bytes, disk.len);
    crashed.len = disk.len;
}

enum { WHOLE = 0, NOTHING = 1, FIRST_OF_MANY = 2 };

/* One disk that may be found: of each write all, nothing, or some sectors. */
static void crash(const struct event *group, uint32_t count, uint32_t state, uint64_t acknowledged)
{
    copy_disk();
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t luck = state < FIRST_OF_MANY ? state : random_u64() % 3;
        if (luck == WHOLE)
            put(&crashed, group[i].offset, group[i].bytes, group[i].len);
        else if (luck != NOTHING)
            put_torn(&crashed, &group[i]);
    }
    counts.partial += state >= FIRST_OF_MANY;
    start(&crashed, acknowledged);
}

static void apply_group(const struct event *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put(&disk, group[i].offset, group[i].bytes, group[i].len);
}

static void every_disk_that_may_be_found_opens(void **state)
{
    const char *often = getenv("PEERWATT_POWER_STATES");
    const uint32_t states = often ? (uint32_t)strtoul(often, NULL, 10) : STATES;
    const struct event *group = events;
    uint64_t acknowledged = 0;
    (void)state;
    for (uint32_t i = 0; i < event_count; i++) {
        const struct event *e = &events[i];
        const uint32_t count = (uint32_t)(e - group);
        if (e->kind == WRITTEN)
            continue;
        if (e->kind == SYNCED || count > 0) {
            for (uint32_t s = 0; s < states; s++)
                crash(group, count, s, acknowledged);
            counts.syncs++;
        }
        apply_group(group, count);
        if (e->kind == WRITTEN_THROUGH) {
            assert_true(count == 0); /* the root is never written before what it names is synced */
            crash(e, 1, FIRST_OF_MANY, acknowledged);
            apply_group(e, 1);
            start(&disk, acknowledged);
            counts.throughs++;
        }
        if (e->kind == ACKNOWLEDGED)
            acknowledged = e->offset;
        group = e + 1;
    }
    print_message("%llu disks opened: %llu syncs, %llu roots, %llu of random parts, %llu torn "
                  "writes; %llu had one block more than was acknowledged\n",
                  (unsigned long long)counts.states, (unsigned long long)counts.syncs,
                  (unsigned long long)counts.throughs, (unsigned long long)counts.partial,
                  (unsigned long long)counts.torn, (unsigned long long)counts.ahead);
    assert_true(acknowledged == COMMITS && counts.syncs >= COMMITS && counts.throughs >= COMMITS);
    assert_true(counts.torn > 0 && counts.ahead >= COMMITS);
}

static int begin(void **state)
{
    (void)state;
    history_make(&history, &k, 13, COMMITS);
    kit_folder(k.folder);
    k.options.carry_blocks = 10;
    k.options.keep_rows = 10;
    k.options.keep_blocks = 20;
    record_all();
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < event_count; i++)
        free(events[i].bytes);
    free(disk.bytes);
    free(crashed.bytes);
    kit_remove(k.folder);
    history_drop(&history);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_disk_that_may_be_found_opens),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
