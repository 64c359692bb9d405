// SPDX-License-Identifier: BSD-3-Clause
// sigpause: refuses what is no signal, where musl would wait for ever.

#define _XOPEN_SOURCE 700
#include <signal.h>

int sigpause(int signo)
{
    sigset_t mask;

    if (sigprocmask(SIG_BLOCK, 0, &mask) != 0 || sigdelset(&mask, signo) != 0)
        return -1;
    return sigsuspend(&mask);
}
