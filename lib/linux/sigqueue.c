// SPDX-License-Identifier: BSD-3-Clause
// rt_sigqueueinfo and rt_tgsigqueueinfo.
#include "kill.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include <abi/capability.h>
#include <errno.h>

/* Nobody may pretend to be the kernel or kill(2), except to itself. */
static int check(const struct signal_info *info, int target_pid)
{
    return (info->code >= 0 || info->code == SI_TKILL) && target_pid != process_current()->pid ? -EPERM : 0;
}

static int get_info(struct signal_info *info, const struct kernel_siginfo *user, int sig)
{
    int err = signal_info_copy_in(info, user);

    info->signo = sig;
    return err;
}

long sys_rt_sigqueueinfo(pid_t pid, int sig, struct kernel_siginfo *user)
{
    struct signal_info info;

    int err = get_info(&info, user, sig);
    if (err == 0)
        err = check(&info, pid);
    if (err != 0)
        return err;
    if (sig < 0 || sig > KERNEL_NSIG)
        return -EINVAL;
    if (pid == INIT_PID)
        return process_capable(CAP_KILL) ? 0 : -EPERM;
    struct process *p = pid > 0 ? process_find(pid) : NULL;
    if (p == NULL)
        return -ESRCH;
    err = kill_check(p, sig);
    if (err == 0 && sig != 0)
        err = signal_send_process(p, sig, (const siginfo_t *)&info);
    process_put(p);
    return err;
}

long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t tid, int sig, struct kernel_siginfo *user)
{
    struct signal_info info;

    int err = get_info(&info, user, sig);
    if (err != 0)
        return err;
    if (tid <= 0 || tgid <= 0)
        return -EINVAL;
    /* Linux compares with the caller's thread id here */
    if ((info.code >= 0 || info.code == SI_TKILL) && tid != (int)thread_current()->tid)
        return -EPERM;
    if (sig < 0 || sig > KERNEL_NSIG)
        return -EINVAL;
    struct process_thread *t = process_thread_find(tid);
    if (t == NULL)
        return -ESRCH;
    err = t->process->pid != tgid ? -ESRCH : signal_may_send(t, sig);
    if (err == 0 && sig != 0)
        err = signal_send_thread(t, sig, (const siginfo_t *)&info);
    process_thread_put(t);
    return err;
}
