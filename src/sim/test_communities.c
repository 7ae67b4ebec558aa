/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/state.h"
#include "sim/honest.h"
#include <stdlib.h>

#include <stdio.h>

static void dump(struct world *w)
{
    printf("h %lu members %u ops ok %lu\n", w->height, member_count(w->ledger), w->code_counts[0]);
    for (int i = 1; i < WORLD_CODES; i++)
        if (w->code_counts[i])
            printf("  %s %lu\n", err_get((enum err)i)->name, w->code_counts[i]);
    printf(" records:");
    for (int i = 0; i < SEEN_RECORDS; i++)
        printf(" %lu", w->seen.records[i]);
    printf("\n contracts:");
    for (int i = 0; i < CONTRACT_STATE_COUNT; i++)
        for (int c = 0; c < VERDICT_COUNT; c++)
            if (w->seen.contracts[i][c])
                printf(" %s/%s=%lu", contract_state_name((enum contract_state)i),
                       settlement_verdict_name((enum settlement_verdict)c),
                       w->seen.contracts[i][c]);
    printf(" unwitnessed %lu\n", w->seen.unwitnessed);
}
int main(int argc, char **argv)
{
    static struct world w;
    struct honest h;
    (void)argc;
    uint32_t n = (uint32_t)atoi(argv[1]), f = (uint32_t)atoi(argv[2]);
    struct world_options o = {.seed = 1,
                              .homes = n > 0 ? n : 1,
                              .founders = f,
                              .feeders = 2,
                              .k = 5,
                              .timing = TIMING_BOTH,
                              .mechanism = MECHANISM_CALL,
                              .crypto = WORLD_HASHED,
                              .checks = (uint32_t)atoi(argv[4])};
    world_init(&w, &o);
    world_start(&w);
    honest_init(&h, &w);
    for (uint32_t i = 1; i <= n; i++)
        h.wants[i] = true;
    h.trades = (uint32_t)atoi(argv[5]);
    int blocks = atoi(argv[3]);
    for (int i = 0; i < blocks; i++) {
        honest_run(&h, 1000, 1);
        if (i % (blocks / 10 + 1) == 0)
            dump(&w);
    }
    dump(&w);
    world_close(&w);
}
