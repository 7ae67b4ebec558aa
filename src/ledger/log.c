/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/log.h"

#include "crypto/merkle.h"
#include "ledger/state.h"

#include <assert.h>

enum { LOG_FORMAT = 1 };

struct bytes_writer *log_begin(struct ledger *l, enum record_kind kind)
{
    assert(l->log_entry_count < l->log_entry_max);
    l->log_entries[l->log_entry_count].bytes.at = l->log_writer.at;
    bytes_write_u8(&l->log_writer, (uint8_t)kind);
    bytes_write_u8(&l->log_writer, LOG_FORMAT);
    bytes_write_u64(&l->log_writer, l->now.height);
    return &l->log_writer;
}

void log_end(struct ledger *l)
{
    struct log_entry *entry = &l->log_entries[l->log_entry_count++];
    assert(!l->log_writer.full); /* its size follows from the limits (layout.c) */
    entry->bytes.len = (size_t)(l->log_writer.at - entry->bytes.at);
    assert(entry->bytes.len <= LOG_RECORD_BYTES_MAX);
    entry->index = l->head->ranges[RANGE_LOG].count;
    const struct hash leaf = merkle_leaf(entry->bytes);
    state_range_add(l, RANGE_LOG, &leaf);
}

uint32_t log_count(const struct ledger *l)
{
    return l->log_entry_count;
}

struct log_entry log_get(const struct ledger *l, uint32_t at)
{
    assert(at < l->log_entry_count);
    return l->log_entries[at];
}
