// SPDX-License-Identifier: BSD-3-Clause
// rt_sigsuspend and pause.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include "sched/wait.h"
#include <abi/restart.h>
#include <abi/signal.h>
#include <errno.h>

static void wait_for_signal(void)
{
    do {
        wait_prepare(true);
    } while (wait_commit(NSEC_FOREVER) != -EINTR);
}

long sys_pause(void)
{
    wait_for_signal();
    return -ERESTARTNOHAND;
}

long sys_rt_sigsuspend(const uint64_t *set, size_t setsize)
{
    uint64_t mask;

    if (setsize != KERNEL_SIGSET_BYTES)
        return -EINVAL;
    if (get_user_u64(&mask, set) != 0)
        return -EFAULT;
    signal_mask_temporary(mask);
    wait_for_signal();
    return -ERESTARTNOHAND;
}
