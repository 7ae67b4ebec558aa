/* SPDX-License-Identifier: Apache-2.0 */
#include "store/fault.h"

#include <errno.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdio.h>

enum err store_fault_set(struct store_fault *f, enum err code, int cause, const char *format, ...)
{
    if (f->code != ERR_OK)
        return f->code;
    va_list args;
    f->code = code;
    f->cause = cause;
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    return code;
}

/* LMDB's numbers lie below 0, the system's above. */
static enum err code_of(int cause, enum err otherwise)
{
    switch (cause) {
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
        return ERR_STORE_FULL;
    case EROFS:
    case EACCES:
    case EPERM:
        return ERR_STORE_READ_ONLY;
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return ERR_STORE_FOREIGN;
    case ENOMEM:
        return ERR_STORE_MAP;
    case EIO:
        return otherwise;
    case ENOENT:
    case ENOTDIR:
        return ERR_STORE_OPEN;
    default:
        return cause < 0 ? ERR_STORE_DAMAGED : otherwise;
    }
}

enum err store_fault_of_read(struct store_fault *f, int cause, const char *what)
{
    return store_fault_set(f, code_of(cause, ERR_STORE_READ), cause, "%s: %s", what,
                           mdb_strerror(cause));
}

enum err store_fault_of_write(struct store_fault *f, int cause, const char *what)
{
    return store_fault_set(f, code_of(cause, ERR_STORE_WRITE), cause, "%s: %s", what,
                           mdb_strerror(cause));
}
