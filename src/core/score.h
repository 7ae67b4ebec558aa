/* SPDX-License-Identifier: Apache-2.0 */
/* core/score.h - the numbers of one step on a Q-score: x, gain, loss and weights (paper II-C,
 * eq. 2; RULE qot.2 to qot.4, qot.7).
 *
 * Pure. Scores R lie in [-SCORE_MAX, SCORE_MAX]; x, kappa and weights are Q16.16 (65536 is one).
 * No value in between exceeds 2^62. Arguments out of range are a bug of the caller (assert). */
#ifndef PEERWATT_CORE_SCORE_H
#define PEERWATT_CORE_SCORE_H

#include "base/must_use.h"

#include <stdint.h>

enum {
    SCORE_MAX = 1 << 30,   /* M, shown as 100 */
    SCORE_X_LEAST = 81920, /* |x| = 1.25: nothing of the share */
    SCORE_X_SPAN = 49152,  /* 0.75: 1.25 to 2.00 */
    SCORE_X_MOST = SCORE_X_LEAST + SCORE_X_SPAN,
    SCORE_KAPPA_RIGHT = 65536 / 8, /* who was right on a decline (qot.6) */
};

/* The exponents of eq. 2. */
enum score_exponent { SCORE_PEER = 1, SCORE_LEADER = 3, SCORE_TRADER = 5 };

/* x of a success: @settled_wh of min(contracted, b), 0 < settled <= promised (RULE qot.2). */
MUST_USE int64_t score_x_success(int64_t settled_wh, int64_t promised_wh);

/* x of a failure in which @missed_wh of @energy_wh were missing, 0 <= missed <= energy; all of it
 * where nothing is measured (C2 and C4). */
MUST_USE int64_t score_x_failure(int64_t missed_wh, int64_t energy_wh);

/* How far R rises at x > 0 under weight @w (RULE qot.4). */
MUST_USE int64_t score_gain(int32_t score, int64_t x, enum score_exponent e, int64_t w);

/* How far R falls at x < 0, as a number >= 0. */
MUST_USE int64_t score_loss(int32_t score, int64_t x, enum score_exponent e, int64_t kappa);

/* A trader's loss under weight @w, rounded up (RULE qot.7). */
MUST_USE int64_t score_loss_weighed(int64_t loss, int64_t w);

/* w_pair for partners that stand @times in each other's ring; w_vol of @energy_wh. */
MUST_USE int64_t score_weight_pair(uint32_t times);
MUST_USE int64_t score_weight_volume(int64_t energy_wh, int64_t reference_wh);

#endif
