/* SPDX-License-Identifier: Apache-2.0 */
/* store/fault.h - what went wrong on disk: the code that people look up, and where it happened.
 *
 * One text a failure, made where it happened; whoever stops the node logs it once. */
#ifndef PEERWATT_STORE_FAULT_H
#define PEERWATT_STORE_FAULT_H

#include "base/err.h"

enum { STORE_FAULT_CHARS = 200 };

struct store_fault {
    enum err code;
    int cause; /* errno, or LMDB's own number below 0; 0: neither */
    char text[STORE_FAULT_CHARS];
};

/* Set @f if it holds nothing yet, and return its code: the first fault counts. */
enum err store_fault_set(struct store_fault *f, enum err code, int cause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What LMDB or the system answered while something was read or written. */
enum err store_fault_of_read(struct store_fault *f, int cause, const char *what);
enum err store_fault_of_write(struct store_fault *f, int cause, const char *what);

#endif
