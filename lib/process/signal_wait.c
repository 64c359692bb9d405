// SPDX-License-Identifier: BSD-3-Clause
// Taking signals without a handler: sigtimedwait, signalfd, sigpending.
#include "process/signal.h"
#include "sched/wait.h"
#include <errno.h>

static int take_locked(struct process_thread *t, uint64_t set, struct signal_info *info)
{
    int signo = signal_queue_take_locked(t->process, &t->signals.pending, set, info);

    if (signo == 0)
        signo = signal_queue_take_locked(t->process, &t->process->signals.pending, set, info);
    return signo;
}

int signal_dequeue(uint64_t set, struct signal_info *info)
{
    struct process_thread *t = process_thread_current();
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);
    int signo = take_locked(t, set, info);

    if (signo != 0)
        signal_recalc_locked(t);
    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    return signo;
}

int signal_wait_set(uint64_t set, nsec_t deadline_ns, struct signal_info *info)
{
    struct process_thread *t = process_thread_current();
    struct spinlock *lock = &t->process->signals.lock;
    int r = -EAGAIN;

    set &= ~(KERNEL_SIGBIT(SIGKILL) | KERNEL_SIGBIT(SIGSTOP));
    irq_flags_t flags = spin_lock_irqsave(lock);
    int signo = take_locked(t, set, info);
    if (signo == 0 && deadline_ns != 0) {
        /* unblocked for the time of the wait, so that a sender picks and wakes this thread */
        t->signals.real_blocked = t->signals.blocked;
        t->signals.blocked &= ~set;
        signal_recalc_locked(t);
        spin_unlock_irqrestore(lock, flags);

        wait_prepare(true);
        r = wait_commit(deadline_ns);

        flags = spin_lock_irqsave(lock);
        t->signals.blocked = t->signals.real_blocked;
        t->signals.real_blocked = 0;
        signo = take_locked(t, set, info);
    }
    signal_recalc_locked(t);
    spin_unlock_irqrestore(lock, flags);
    if (signo != 0)
        return signo;
    return r == -ETIMEDOUT || r == -EAGAIN ? -EAGAIN : -EINTR;
}

uint64_t signal_pending_set(void)
{
    struct process_thread *t = process_thread_current();
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);
    uint64_t set = (t->signals.pending.set | t->process->signals.pending.set) & t->signals.blocked;

    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    return set;
}
