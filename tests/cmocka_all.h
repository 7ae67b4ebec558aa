/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cmocka_all.h - cmocka with the headers it must have before it. */
#ifndef PEERWATT_TESTS_CMOCKA_ALL_H
#define PEERWATT_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
