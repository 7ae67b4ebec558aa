/* SPDX-License-Identifier: Apache-2.0 */
/* core/qot_take.h - takes one step: its size, the limits of an interval, the row's new score and
 * its place in steps and record. What qot_contract.c and qot_verification.c share.
 *
 * Pure. A member that is not live takes no step: then nothing happens. */
#ifndef PEERWATT_CORE_QOT_TAKE_H
#define PEERWATT_CORE_QOT_TAKE_H

#include "core/qot.h"

enum { QOT_X_OWN_FAULT = -81920 }; /* silent, wrong, false (qot.5) */

/* What a step is for; its size follows. */
struct qot_cause {
    uint32_t member;
    enum qot_role role;
    enum qot_why why;
    enum qot_stage stage;
    int64_t x;
    int64_t kappa, w; /* as the rule gives them: what does not apply is 65536 */
};

/* A cause of no stage, with kappa and w in full. */
struct qot_cause qot_cause_of(uint32_t member, enum qot_role role, enum qot_why why, int64_t x);

/* Nothing taken yet, no record. */
void qot_take_begin(struct qot_book *b);

/* A trader's outcome step. @role is QOT_SELLER or QOT_BUYER (RULE qot.7, RULE qot.8). */
void qot_take_trader(struct qot_book *b, const struct qot_cause *cause);

/* A duty's step: leader or peer (RULE qot.8). */
void qot_take_duty(struct qot_book *b, const struct qot_cause *cause);

/* Silence of a leader or peer: once an interval and stage, @silence is its bit (RULE sample.5). */
void qot_take_silence(struct qot_book *b, const struct qot_cause *cause, uint8_t silence);

#endif
