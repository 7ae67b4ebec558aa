/* SPDX-License-Identifier: Apache-2.0 */
/* Measures the call auction (RULE market.18) on books of 10^3 to 10^6 orders with limits of every
 * value, one order a household, one class of scores and eight feeders. */
#include "app/answer.h"
#include "app/bench.h"
#include "app/input.h"
#include "app/verb_rows.h"
#include "base/decimal.h"
#include "core/certificate.h"

#include <assert.h>
#include <stdlib.h>

enum { ORDERS_LEAST = 1000, ORDERS_MOST = 1000000, BENCH_FEEDERS = 8 };

#define BENCH_STEP UINT64_C(2654435761) /* has no divisor in common with a number of orders */

struct work {
    struct book book;
    struct book_member *members;
    struct book_order *orders;
    void *memory;
    size_t bytes;
    struct clearing clearing;
};

/* Half bids, half offers, of the members in no order; numbers from a full-period generator, so that
 * every run is the same. */
static void open_book(struct work *w, uint32_t count)
{
    uint64_t state = 1;
    w->members = input_room(count, sizeof *w->members);
    w->orders = input_room(count, sizeof *w->orders);
    for (uint32_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        w->members[i] = (struct book_member){.funds_micro = INT64_C(1000000000000),
                                             .slot = i,
                                             .household = i,
                                             .feeder = 1 + (uint32_t)(state >> 61) % BENCH_FEEDERS,
                                             .level = 3};
        w->orders[i] = (struct book_order){.number = i,
                                           .price = 80000 + (int64_t)(state >> 33) % 220001,
                                           .energy_wh = 1 + (uint32_t)(state >> 40) % 1000,
                                           .member = (uint32_t)(i * BENCH_STEP % count),
                                           .side = i % 2 ? ORDER_BID : ORDER_OFFER};
    }
    w->book = (struct book){.params = {.feed_in = 80000, .retail = 300000, .award_min_wh = 50},
                            .members = w->members,
                            .orders = w->orders,
                            .member_count = count,
                            .order_count = count};
    const size_t judge = certificate_bytes(&w->book), make = clearing_bytes(count);
    w->bytes = judge + make;
    w->memory = input_room(w->bytes, 1);
}

static void close_book(struct work *w)
{
    free(w->members);
    free(w->orders);
    free(w->memory);
}

/* @clear is clearing_cross or clearing_make. */
static uint64_t measure(struct work *w, bool (*clear)(struct clearing *out, struct arena *arena,
                                                      const struct book *book))
{
    struct bench_rounds r = {0};
    while (bench_round(&r)) {
        struct arena arena;
        arena_init(&arena, w->memory, w->bytes);
        const bool done = clear(&w->clearing, &arena, &w->book);
        assert(done && w->clearing.result == CLEARING_CLEARED);
    }
    return bench_ps(&r, 1);
}

static uint64_t measure_judge(struct work *w)
{
    struct bench_rounds r = {0};
    struct arena arena;
    arena_init(&arena, w->memory, w->bytes);
    const bool made = clearing_make(&w->clearing, &arena, &w->book);
    assert(made);
    const size_t mark = arena_mark(&arena);
    while (bench_round(&r)) {
        struct certificate judged;
        arena_reset(&arena, mark);
        const bool done = certificate_check(&judged, &arena, &w->book, &w->clearing);
        assert(done && judged.count == 0);
    }
    return bench_ps(&r, 1);
}

static bool read_orders(uint32_t *out, const struct call *call)
{
    const char *text = call_option(call, "--orders");
    struct decimal number;
    int64_t orders = ORDERS_MOST;
    if (text && (decimal_parse(&number, span_of_text(text)) ||
                 decimal_scale(&orders, &number, 1, DECIMAL_EXACT) || orders < ORDERS_LEAST ||
                 orders > ORDERS_MOST)) {
        answer_error(call, ERR_USAGE, "--orders takes a whole number from 1000 to 1000000");
        return false;
    }
    *out = (uint32_t)orders;
    return true;
}

enum exit_code verb_bench_clearing(const struct call *call)
{
    static struct work w;
    struct bench_table table;
    uint32_t most;
    if (!read_orders(&most, call))
        return EXIT_USAGE;
    bench_open(&table, "orders");
    for (uint32_t count = ORDERS_LEAST; count <= most; count *= 10) {
        open_book(&w, count);
        bench_add(&table, "sorted and crossed", count, measure(&w, clearing_cross));
        bench_add(&table, "cleared with contracts", count, measure(&w, clearing_make));
        bench_add(&table, "judged by its certificate", count, measure_judge(&w));
        close_book(&w);
    }
    return bench_give(call, &table);
}
