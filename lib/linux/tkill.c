// SPDX-License-Identifier: BSD-3-Clause
// tkill and tgkill.
#include "linux/syscalls.h"
#include "process/signal.h"
#include <errno.h>

/* @tgid 0: whichever process it is in. */
static long send(int tgid, int tid, int sig)
{
    struct process_thread *t = process_thread_find(tid);

    if (t == NULL)
        return -ESRCH;
    int err = tgid != 0 && t->process->pid != tgid ? -ESRCH : 0;
    if (err == 0 && (sig < 0 || sig > KERNEL_NSIG))
        err = -EINVAL;
    if (err == 0)
        err = signal_may_send(t, sig);
    if (err == 0 && sig != 0)
        err = signal_send_thread(t, sig, NULL);
    process_thread_put(t);
    return err;
}

long sys_tkill(pid_t tid, int sig)
{
    return tid <= 0 ? -EINVAL : send(0, tid, sig);
}

long sys_tgkill(pid_t tgid, pid_t tid, int sig)
{
    return tid <= 0 || tgid <= 0 ? -EINVAL : send(tgid, tid, sig);
}
