/* SPDX-License-Identifier: Apache-2.0 */
/* sim/io_hooks.h - stands between LMDB and the system: a test sees every call on a file, in order,
 * and may let it fail, write half of it, or end the process in the middle.
 *
 * For tests only; one hook at a time, and no threads. Linked into the test's program, whose symbols
 * come before those of the C library. */
#ifndef PEERWATT_SIM_IO_HOOKS_H
#define PEERWATT_SIM_IO_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum io_call {
    IO_OPEN,
    IO_PREAD,
    IO_WRITE, /* pwrite, write and writev */
    IO_FDATASYNC,
    IO_FSYNC,
    IO_FTRUNCATE,
    IO_CALLS
};

struct io_event {
    enum io_call call;
    int fd;       /* -1 of an open */
    bool is_data; /* the store's file of data */
    bool is_sync; /* a write that is durable when it returns */
    uint64_t offset;
    size_t len;
    const uint8_t *bytes; /* of a write */
};

enum { IO_PASS = 0, IO_HALF = -1 }; /* or an errno */

typedef int (*io_hook)(const struct io_event *e);

/* NULL: none. */
void io_hooks_set(io_hook hook);

/* The call itself, past the hook. */
ssize_t io_hooks_pwrite(int fd, const void *bytes, size_t len, uint64_t offset);

#endif
