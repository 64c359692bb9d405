// SPDX-License-Identifier: BSD-3-Clause
// sigtimedwait over musl's: raise(3) sends to the calling thread, and who waits for its signal sees SI_USER, as POSIX and glibc have it.

#define _GNU_SOURCE
#include <features.h>
#include <signal.h>

hidden int __musl_sigtimedwait(const sigset_t *restrict, siginfo_t *restrict, const struct timespec *restrict);

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout)
{
    int signo = __musl_sigtimedwait(set, info, timeout);

    if (signo > 0 && info != 0 && info->si_code == SI_TKILL)
        info->si_code = SI_USER;
    return signo;
}
