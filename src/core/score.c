/* SPDX-License-Identifier: Apache-2.0 */
#include "core/score.h"

#include "base/fixed.h"

#include <assert.h>

enum { LOSS_TIMES = 4, STEP_SHIFT = 27, PAIR_SHIFT_MAX = 17, PAIR_LEAST = FIXED_ONE / 64 };

/* RULE qot.2 */
int64_t score_x_success(int64_t settled_wh, int64_t promised_wh)
{
    assert(settled_wh > 0 && settled_wh <= promised_wh);
    return SCORE_X_LEAST + fixed_mul(SCORE_X_SPAN, fixed_ratio(settled_wh, promised_wh));
}

/* RULE qot.2 */
int64_t score_x_failure(int64_t missed_wh, int64_t energy_wh)
{
    assert(missed_wh <= energy_wh);
    return -(SCORE_X_LEAST + fixed_mul(SCORE_X_SPAN, fixed_ratio(missed_wh, energy_wh)));
}

/* RULE qot.4: @room is how far R is from the end of the scale toward which it moves. At most
 * 2^31 * 2^21 / 2^16 = 2^36. */
static int64_t pull(int64_t room, int64_t x, enum score_exponent e)
{
    assert(room >= 0 && room <= 2 * (int64_t)SCORE_MAX);
    assert(x >= 0 && x <= SCORE_X_MOST);
    return fixed_mul(room, fixed_pow(x, (uint32_t)e));
}

/* RULE qot.4 */
int64_t score_gain(int32_t score, int64_t x, enum score_exponent e, int64_t w)
{
    assert(w >= 0 && w <= FIXED_ONE);
    return (pull((int64_t)SCORE_MAX - score, x, e) * w) >> STEP_SHIFT;
}

/* RULE qot.4: rounded up, so that a failure always costs something. */
int64_t score_loss(int32_t score, int64_t x, enum score_exponent e, int64_t kappa)
{
    assert(kappa >= 0 && kappa <= FIXED_ONE);
    const int64_t product = pull((int64_t)SCORE_MAX + score, -x, e) * kappa * LOSS_TIMES;
    return (product + (INT64_C(1) << STEP_SHIFT) - 1) >> STEP_SHIFT;
}

/* RULE qot.7 */
int64_t score_loss_weighed(int64_t loss, int64_t w)
{
    assert(loss >= 0 && loss <= 2 * (int64_t)SCORE_MAX && w >= 0 && w <= FIXED_ONE);
    return (loss * w + FIXED_ONE - 1) >> FIXED_SHIFT;
}

/* RULE qot.7 */
int64_t score_weight_pair(uint32_t times)
{
    const int64_t w = FIXED_ONE >> (times < PAIR_SHIFT_MAX ? times : PAIR_SHIFT_MAX);
    return w > PAIR_LEAST ? w : PAIR_LEAST;
}

/* RULE qot.7 */
int64_t score_weight_volume(int64_t energy_wh, int64_t reference_wh)
{
    assert(energy_wh > 0 && reference_wh > 0);
    return energy_wh >= reference_wh ? FIXED_ONE : fixed_ratio(energy_wh, reference_wh);
}
