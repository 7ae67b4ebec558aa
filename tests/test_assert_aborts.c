/* SPDX-License-Identifier: Apache-2.0 */
/* tests/test_assert_aborts.c - assertions end the program in every build, the optimised one too:
 * a node that has found a bug stops rather than sign. */
#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void a_false_assertion_aborts(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        fclose(stderr);
        volatile int zero = 0;
#undef assert /* cmocka's headers leave it alone; be sure to test the C library's */
#include <assert.h>
        assert(zero);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_false_assertion_aborts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
