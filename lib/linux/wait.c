// SPDX-License-Identifier: BSD-3-Clause
// wait4 and waitid. There are no child processes: what is asked for is checked, then there is nothing to wait for.
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/wait.h>
#include <errno.h>

long sys_wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | (int)__WCLONE | __WALL))
        return -EINVAL;
    if (pid == INT32_MIN)
        return -ESRCH;
    return -ECHILD;
}

long sys_waitid(int which, pid_t id, struct kernel_siginfo *info, int options, struct rusage *usage)
{
    if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | (int)__WCLONE | __WALL))
        return -EINVAL;
    if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
        return -EINVAL;
    switch (which) {
    case P_ALL:
        return -ECHILD;
    case P_PID:
        return id <= 0 ? -EINVAL : -ECHILD;
    case P_PGID:
        return id < 0 ? -EINVAL : -ECHILD;
    case ABI_P_PIDFD:
        return id < 0 ? -EINVAL : -EBADF; /* no pidfd can name a child */
    default:
        return -EINVAL;
    }
}
