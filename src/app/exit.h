/* SPDX-License-Identifier: Apache-2.0 */
/* app/exit.h - the exit codes that scripts may rely on, one meaning each. */
#ifndef PEERWATT_APP_EXIT_H
#define PEERWATT_APP_EXIT_H

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,   /* by the node, or the world failed */
    EXIT_USAGE = 2,     /* wrong words, unreadable or impossible input */
    EXIT_NOT_FOUND = 4, /* what was asked for does not exist */
};

#endif
