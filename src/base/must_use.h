/* SPDX-License-Identifier: Apache-2.0 */
/* base/must_use.h - marks a function whose result says whether it worked. */
#ifndef PEERWATT_BASE_MUST_USE_H
#define PEERWATT_BASE_MUST_USE_H

#define MUST_USE __attribute__((warn_unused_result))

#endif
