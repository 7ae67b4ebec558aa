/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/rewind.h"

#include "sim/world_inner.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, LISTS_BYTES = 1 << 20 };

struct list {
    void *at;
    size_t len;
};

enum { LISTS = 8 };

/* Everything that changes and lies behind a pointer. */
static void find_lists(struct list out[LISTS], const struct rewind *r)
{
    const struct world *w = &r->world;
    const struct honest *h = &r->honest;
    const size_t count = w->options.homes + (size_t)1;
    out[0] = (struct list){w->homes, count * sizeof *w->homes};
    out[1] = (struct list){w->home_of, (count + 1) * sizeof *w->home_of};
    out[2] = (struct list){h->faults, count * sizeof *h->faults};
    out[3] = (struct list){h->wants, count * sizeof *h->wants};
    out[4] = (struct list){h->asked, count * sizeof *h->asked};
    out[5] = (struct list){h->asking, count * sizeof *h->asking};
    out[6] = (struct list){h->traded, count * sizeof *h->traded};
    out[7] = (struct list){h->agreed, count * sizeof *h->agreed};
}

static void keep_lists(struct rewind *r)
{
    struct list lists[LISTS];
    find_lists(lists, r);
    r->lists = world_map(LISTS_BYTES);
    for (uint32_t i = 0; i < LISTS; i++) {
        world_insist(r->w, r->lists_len + lists[i].len <= LISTS_BYTES, "too many homes to keep");
        memcpy(r->lists + r->lists_len, lists[i].at, lists[i].len);
        r->lists_len += lists[i].len;
    }
}

/* Pages of zeros stay holes of the file. */
static void write_pages(const struct rewind *r, int file)
{
    static const uint8_t zeros[PAGE_BYTES];
    const uint8_t *memory = r->w->ledger_memory;
    const size_t size = r->w->ledger_size;
    bool is_written = ftruncate(file, (off_t)size) == 0;
    for (size_t at = 0; is_written && at < size; at += PAGE_BYTES) {
        const size_t len = size - at < PAGE_BYTES ? size - at : PAGE_BYTES;
        if (memcmp(memory + at, zeros, len) != 0)
            is_written = pwrite(file, memory + at, len, (off_t)at) == (ssize_t)len;
    }
    world_insist(r->w, is_written, "the ledger's memory cannot be kept");
}

void rewind_keep(struct rewind *r, struct world *w, struct honest *h)
{
    *r = (struct rewind){.w = w, .h = h, .world = *w, .honest = *h};
    keep_lists(r);
    const int file = memfd_create("ledger", 0);
    world_insist(w, file >= 0, "no file in memory");
    write_pages(r, file);
    const void *view = mmap(w->ledger_memory, w->ledger_size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file, 0);
    world_insist(w, view == w->ledger_memory && close(file) == 0, "no view of it");
}

void rewind_back(struct rewind *r)
{
    struct list lists[LISTS];
    const uint8_t *from = r->lists;
    const int done = madvise(r->w->ledger_memory, r->w->ledger_size, MADV_DONTNEED);
    world_insist(r->w, done == 0, "the ledger's memory cannot be given back");
    *r->w = r->world;
    *r->h = r->honest;
    find_lists(lists, r);
    for (uint32_t i = 0; i < LISTS; i++) {
        memcpy(lists[i].at, from, lists[i].len);
        from += lists[i].len;
    }
}

void rewind_close(struct rewind *r)
{
    world_unmap(r->lists, LISTS_BYTES);
}
