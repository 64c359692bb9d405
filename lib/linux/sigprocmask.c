// SPDX-License-Identifier: BSD-3-Clause
// rt_sigprocmask and rt_sigpending.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include <abi/signal.h>
#include <errno.h>

long sys_rt_sigprocmask(int how, const uint64_t *set, uint64_t *old, size_t setsize)
{
    uint64_t blocked = process_thread_current()->signals.blocked, before = blocked, change;

    if (setsize != KERNEL_SIGSET_BYTES)
        return -EINVAL;
    if (set != NULL) {
        if (get_user_u64(&change, set) != 0)
            return -EFAULT;
        switch (how) {
        case SIG_BLOCK:
            blocked |= change;
            break;
        case SIG_UNBLOCK:
            blocked &= ~change;
            break;
        case SIG_SETMASK:
            blocked = change;
            break;
        default:
            return -EINVAL;
        }
        signal_mask_set(blocked);
    }
    return old != NULL ? put_user_u64(old, before) : 0;
}

long sys_rt_sigpending(uint64_t *set, size_t setsize)
{
    uint64_t pending = signal_pending_set();

    if (setsize > KERNEL_SIGSET_BYTES)
        return -EINVAL;
    return copy_out(set, &pending, setsize);
}
