/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/io_hooks.h"

#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES_MAX = 1024, FLAG_CREATE = 0100, FLAG_SYNC = 010000 /* O_DSYNC */ };

/* The names of the C library for ours; its headers may have made others of them. */
#define HOOK(name) __asm__(name) __attribute__((visibility("default"), used))

int hook_open(const char *path, int flags, ...) HOOK("open");
ssize_t hook_pread(int fd, void *bytes, size_t len, off_t offset) HOOK("pread");
ssize_t hook_pwrite(int fd, const void *bytes, size_t len, off_t offset) HOOK("pwrite");
ssize_t hook_write(int fd, const void *bytes, size_t len) HOOK("write");
ssize_t hook_writev(int fd, const struct iovec *parts, int count) HOOK("writev");
int hook_fdatasync(int fd) HOOK("fdatasync");
int hook_fsync(int fd) HOOK("fsync");
int hook_ftruncate(int fd, off_t len) HOOK("ftruncate");

static io_hook hook;
static struct {
    bool is_ours, is_data, is_sync;
} files[FILES_MAX];

void io_hooks_set(io_hook to)
{
    hook = to;
}

typedef int (*open_call)(const char *, int, ...);
typedef ssize_t (*pread_call)(int, void *, size_t, off_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off_t);
typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*writev_call)(int, const struct iovec *, int);
typedef int (*sync_call)(int);
typedef int (*truncate_call)(int, off_t);

/* The real one. A conversion of what dlsym gives is not ISO C. */
static void find_real(void *out, const char *name)
{
    void *const symbol = dlsym(RTLD_NEXT, name);
    assert(symbol);
    memcpy(out, &symbol, sizeof symbol);
}

ssize_t io_hooks_pwrite(int fd, const void *bytes, size_t len, uint64_t offset)
{
    pwrite_call real;
    find_real(&real, "pwrite");
    return real(fd, bytes, len, (off_t)offset);
}

static int ask(struct io_event *e)
{
    const bool is_known = e->fd >= 0 && e->fd < FILES_MAX && files[e->fd].is_ours;
    if (!hook || (e->fd >= 0 && !is_known))
        return IO_PASS;
    if (is_known) {
        e->is_data = files[e->fd].is_data;
        e->is_sync = files[e->fd].is_sync;
    }
    return hook(e);
}

static bool ends_with(const char *path, const char *end)
{
    const size_t len = strlen(path), end_len = strlen(end);
    return len >= end_len && strcmp(path + len - end_len, end) == 0;
}

int hook_open(const char *path, int flags, ...)
{
    open_call real;
    find_real(&real, "open");
    const bool is_data = ends_with(path, "/data.mdb");
    const bool is_ours = is_data || ends_with(path, "/lock.mdb") ||
                         ends_with(path, "/owner.lock") || strstr(path, "/pw-store-");
    unsigned int mode = 0;
    if (flags & FLAG_CREATE) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, unsigned int);
        va_end(args);
    }
    struct io_event e = {.call = IO_OPEN, .fd = -1, .is_data = is_data};
    const int verdict = is_ours ? ask(&e) : IO_PASS;
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    const int fd = real(path, flags, mode);
    if (fd >= 0 && fd < FILES_MAX) {
        files[fd].is_ours = is_ours;
        files[fd].is_data = is_data;
        files[fd].is_sync = flags & FLAG_SYNC;
    }
    return fd;
}

ssize_t hook_pread(int fd, void *bytes, size_t len, off_t offset)
{
    pread_call real;
    find_real(&real, "pread");
    struct io_event e = {.call = IO_PREAD, .fd = fd, .offset = (uint64_t)offset, .len = len};
    const int verdict = ask(&e);
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    return real(fd, bytes, verdict == IO_HALF ? len / 2 : len, offset);
}

static ssize_t write_at(int fd, const void *bytes, size_t len, uint64_t offset, int *verdict)
{
    struct io_event e = {.call = IO_WRITE, .fd = fd, .offset = offset, .len = len, .bytes = bytes};
    *verdict = ask(&e);
    if (*verdict <= 0)
        return 0;
    errno = *verdict;
    return -1;
}

ssize_t hook_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    int verdict;
    if (write_at(fd, bytes, len, (uint64_t)offset, &verdict) < 0)
        return -1;
    return io_hooks_pwrite(fd, bytes, verdict == IO_HALF ? len / 2 : len, (uint64_t)offset);
}

/* What stands at the file's own position. */
ssize_t hook_write(int fd, const void *bytes, size_t len)
{
    write_call real;
    find_real(&real, "write");
    int verdict = IO_PASS;
    if (hook && fd >= 0 && fd < FILES_MAX && files[fd].is_ours &&
        write_at(fd, bytes, len, (uint64_t)lseek(fd, 0, SEEK_CUR), &verdict) < 0)
        return -1;
    return real(fd, bytes, verdict == IO_HALF ? len / 2 : len);
}

ssize_t hook_writev(int fd, const struct iovec *parts, int count)
{
    writev_call real;
    find_real(&real, "writev");
    size_t len = 0;
    if (!hook || fd < 0 || fd >= FILES_MAX || !files[fd].is_ours)
        return real(fd, parts, count);
    for (int i = 0; i < count; i++)
        len += parts[i].iov_len;
    uint8_t *all = malloc(len + 1);
    assert(all);
    len = 0;
    for (int i = 0; i < count; i++) {
        memcpy(all + len, parts[i].iov_base, parts[i].iov_len);
        len += parts[i].iov_len;
    }
    const ssize_t done = hook_write(fd, all, len);
    const int cause = errno;
    free(all);
    errno = cause;
    return done;
}

static int sync_file(int fd, enum io_call call, int (*real)(int))
{
    struct io_event e = {.call = call, .fd = fd};
    const int verdict = ask(&e);
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    return real(fd);
}

int hook_fdatasync(int fd)
{
    sync_call real;
    find_real(&real, "fdatasync");
    return sync_file(fd, IO_FDATASYNC, real);
}

int hook_fsync(int fd)
{
    sync_call real;
    find_real(&real, "fsync");
    return sync_file(fd, IO_FSYNC, real);
}

int hook_ftruncate(int fd, off_t len)
{
    truncate_call real;
    find_real(&real, "ftruncate");
    struct io_event e = {.call = IO_FTRUNCATE, .fd = fd, .len = (size_t)len};
    const int verdict = ask(&e);
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    return real(fd, len);
}
