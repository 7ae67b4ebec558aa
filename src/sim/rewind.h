/* SPDX-License-Identifier: Apache-2.0 */
/* sim/rewind.h - a world as it is now, to go back to as often as wanted: for searches and fuzz
 * targets, which try much from one state.
 *
 * Not pure: the ledger's memory becomes a private view of a file in memory, so that going back
 * costs what was touched since and not what there is. One rewind a world, before world_close. */
#ifndef PEERWATT_SIM_REWIND_H
#define PEERWATT_SIM_REWIND_H

#include "sim/honest.h"

struct rewind {
    struct world *w;
    struct honest *h;
    struct world world;
    struct honest honest;
    uint8_t *lists; /* copies of the arrays behind both */
    size_t lists_len;
};

/* Keep everything of @w and @h, between two blocks. Both stay where they are. */
void rewind_keep(struct rewind *r, struct world *w, struct honest *h);

/* Everything is as it was kept. */
void rewind_back(struct rewind *r);

void rewind_close(struct rewind *r);

#endif
