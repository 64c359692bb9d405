// SPDX-License-Identifier: BSD-3-Clause
// What a process does about each signal.
#include "process/signal.h"

void signal_action_set(int signo, const struct signal_action *act, struct signal_action *old)
{
    struct process *p = process_current();
    struct process_thread *t;
    struct signal_action *slot = &p->signals.actions[signo - 1];
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    if (old != NULL)
        *old = *slot;
    if (act != NULL) {
        *slot = *act;
        slot->mask &= ~(KERNEL_SIGBIT(SIGKILL) | KERNEL_SIGBIT(SIGSTOP));
        /* POSIX: setting it to be ignored discards what is pending, blocked or not */
        if (act->handler == (uintptr_t)SIG_IGN || (act->handler == (uintptr_t)SIG_DFL && signal_default_is_ignore(signo))) {
            signal_queue_flush_locked(p, &p->signals.pending, KERNEL_SIGBIT(signo));
            LIST_FOR_EACH(t, &p->threads, link)
                signal_queue_flush_locked(p, &t->signals.pending, KERNEL_SIGBIT(signo));
        }
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
}

void signal_actions_reset(struct process *p)
{
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);

    for (unsigned i = 0; i < KERNEL_NSIG; i++) {
        struct signal_action *a = &p->signals.actions[i];
        uintptr_t keep = a->handler == (uintptr_t)SIG_IGN ? a->handler : (uintptr_t)SIG_DFL;
        *a = (struct signal_action){.handler = keep};
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
}
