// SPDX-License-Identifier: BSD-3-Clause
// Completions: a one-way flag to wait for.
#include "sched/mutex.h"
#include "sched/wait.h"

void completion_init(struct completion *c)
{
    atomic_store_relaxed(&c->done, false);
    wait_queue_init(&c->waiters);
}

/* The lock: completion_done() has let go of the structure when we return, so it may live on the waiter's stack. */
static void pass_lock(struct completion *c)
{
    irq_flags_t flags = spin_lock_irqsave(&c->waiters.lock);

    spin_unlock_irqrestore(&c->waiters.lock, flags);
}

int completion_wait_interruptible(struct completion *c, nsec_t deadline_ns)
{
    int r;

    WAIT_EVENT(&c->waiters, atomic_load_seq(&c->done), true, deadline_ns, r);
    if (r == 0)
        pass_lock(c);
    return r;
}

void completion_wait(struct completion *c)
{
    int r;

    WAIT_EVENT(&c->waiters, atomic_load_seq(&c->done), false, NSEC_FOREVER, r);
    (void)r;
    pass_lock(c);
}

void completion_done(struct completion *c)
{
    struct waiter *w, *next;
    irq_flags_t flags = spin_lock_irqsave(&c->waiters.lock);

    atomic_store_seq(&c->done, true);
    LIST_FOR_EACH_SAFE(w, next, &c->waiters.waiters, link)
        w->fn(w, 0);
    spin_unlock_irqrestore(&c->waiters.lock, flags);
}
