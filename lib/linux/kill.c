// SPDX-License-Identifier: BSD-3-Clause
// kill.
#include "kill.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include <abi/capability.h>
#include <errno.h>

/* The thread whose credentials stand for the process. */
int kill_check(struct process *p, int sig)
{
    struct process_thread *t;
    irq_flags_t flags;

    if (p == process_current())
        return 0;
    flags = spin_lock_irqsave(&p->signals.lock);
    t = list_first_entry(&p->threads, struct process_thread, link);
    if (t != NULL)
        process_thread_get(t);
    spin_unlock_irqrestore(&p->signals.lock, flags);
    if (t == NULL)
        return -ESRCH;
    int err = signal_may_send(t, sig);
    process_thread_put(t);
    return err;
}

static int kill_one(struct process *p, int sig)
{
    int err = kill_check(p, sig);

    return err != 0 || sig == 0 ? err : signal_send_process(p, sig, NULL);
}

struct kill_many {
    int sig, pgid; /* pgid 0: all but the caller and the first */
    int sent, error;
};

static int kill_matching(struct process *p, void *arg)
{
    struct kill_many *k = arg;

    if (k->pgid != 0 ? p->pgid != k->pgid : p->pid == 1 || p == process_current())
        return 0;
    int err = kill_one(p, k->sig);
    if (err == 0)
        k->sent++;
    else if (err != -EPERM || k->error == 0)
        k->error = err;
    return 0;
}

long sys_kill(pid_t pid, int sig)
{
    struct kill_many k = {.sig = sig};
    struct process *p;

    if (sig < 0 || sig > KERNEL_NSIG)
        return -EINVAL;
    if (pid == INIT_PID) /* the kernel: signals without a handler do not touch it */
        return process_capable(CAP_KILL) ? 0 : -EPERM;
    if (pid > 0) {
        p = process_find(pid);
        if (p == NULL) {
            struct process_thread *t = process_thread_find(pid); /* a thread's id names its process */
            if (t == NULL)
                return -ESRCH;
            p = process_get(t->process);
            process_thread_put(t);
        }
        int err = kill_one(p, sig);
        process_put(p);
        return err;
    }
    if (pid == INT32_MIN)
        return -ESRCH;
    k.pgid = pid == 0 ? process_current()->pgid : pid == -1 ? 0 : -pid;
    (void)process_iterate(kill_matching, &k);
    if (k.sent > 0)
        return 0;
    return k.error != 0 ? k.error : -ESRCH;
}
