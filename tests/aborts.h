/* SPDX-License-Identifier: Apache-2.0 */
/* tests/aborts.h - whether a bug of the caller stops the program, as an assertion must in every
 * build: it is tried in a child. */
#ifndef PEERWATT_TESTS_ABORTS_H
#define PEERWATT_TESTS_ABORTS_H

#include "tests/cmocka_all.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool aborts(void (*bug)(void))
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL); /* cmocka's own handler would go on with the next test */
        fclose(stderr);
        bug();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
