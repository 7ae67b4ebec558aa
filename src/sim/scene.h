/* SPDX-License-Identifier: Apache-2.0 */
/* sim/scene.h - small communities in the middle of everything, to be tried from: every maximum is
 * within reach, and orders, contracts, requests, blocks and withdrawals are under way.
 *
 * Not pure. A scene is made once and gone back to before each try. */
#ifndef PEERWATT_SIM_SCENE_H
#define PEERWATT_SIM_SCENE_H

#include "sim/honest.h"
#include "sim/rewind.h"

#include <stdint.h>

enum scene_kind { /* the first byte of a fuzz input: append, never renumber */
                  SCENE_MEASURED = 0,
                  SCENE_BOTH = 1,
                  SCENE_CONTINUOUS = 2,
                  SCENE_BILATERAL = 3,
                  SCENE_BEGINNING = 4, /* founders, no block yet */
                  SCENE_NOBODY = 5,    /* no founder either */
                  SCENE_FULL = 6,   /* keys, bank references and payouts are nearly at their end */
                  SCENE_STRICT = 7, /* the other choice of each parameter */
                  SCENE_COUNT
};

struct scene {
    struct world w;
    struct honest h;
    struct rewind start;
};

/* The scene as it begins; made when it is asked for first, and kept. */
struct scene *scene_get(enum scene_kind kind);

#endif
