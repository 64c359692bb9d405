// SPDX-License-Identifier: BSD-3-Clause
// rt_sigtimedwait.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "linux/user_time.h"
#include "process/signal.h"
#include "sched/time.h"
#include <abi/signal.h>
#include <errno.h>

long sys_rt_sigtimedwait(const uint64_t *set, struct kernel_siginfo *info, const struct timespec *timeout, size_t setsize)
{
    nsec_t deadline = NSEC_FOREVER, span;
    struct signal_info got;
    uint64_t wanted;

    if (setsize != KERNEL_SIGSET_BYTES)
        return -EINVAL;
    if (get_user_u64(&wanted, set) != 0)
        return -EFAULT;
    if (timeout != NULL) {
        int err = user_timespec_get(&span, timeout);
        if (err != 0)
            return err;
        deadline = span == 0 ? 0 : nsec_add(clock_monotonic_ns(), span);
    }
    int signo = signal_wait_set(wanted, deadline, &got);
    if (signo > 0 && info != NULL && signal_info_copy_out(info, &got) != 0)
        return -EFAULT;
    return signo;
}
