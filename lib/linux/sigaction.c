// SPDX-License-Identifier: BSD-3-Clause
// rt_sigaction.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include "process/signal_frame.h"
#include <abi/signal.h>
#include <errno.h>

#define KNOWN_FLAGS                                                                                                                 \
    (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_EXPOSE_TAGBITS | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND | SA_RESTORER)

long sys_rt_sigaction(int sig, const struct kernel_sigaction *act, struct kernel_sigaction *old, size_t setsize)
{
    struct signal_action new_action, old_action;
    struct kernel_sigaction user;

    if (setsize != KERNEL_SIGSET_BYTES)
        return -EINVAL;
    if (act != NULL) {
        if (copy_in(&user, act, sizeof(user)) != 0)
            return -EFAULT;
        new_action = (struct signal_action){(uintptr_t)user.handler, (uint32_t)user.flags & (uint32_t)KNOWN_FLAGS, (uintptr_t)user.restorer, user.mask};
    }
    if (sig < 1 || sig > KERNEL_NSIG || (act != NULL && (sig == SIGKILL || sig == SIGSTOP)))
        return -EINVAL;
    if (act != NULL && new_action.handler > (uintptr_t)SIG_IGN)
        signal_frame_enable();
    signal_action_set(sig, act != NULL ? &new_action : NULL, &old_action);
    if (old == NULL)
        return 0;
    user = (struct kernel_sigaction){(void *)old_action.handler, old_action.flags, (void *)old_action.restorer, old_action.mask};
    return copy_out(old, &user, sizeof(user));
}
