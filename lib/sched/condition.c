// SPDX-License-Identifier: BSD-3-Clause
// Condition variables for kernel mutexes.
#include "sched/mutex.h"
#include "sched/wait.h"

void condition_init(struct condition *c)
{
    wait_queue_init(&c->waiters);
}

int condition_wait(struct condition *c, struct mutex *m, bool interruptible, nsec_t deadline_ns)
{
    struct waiter w;

    waiter_init(&w);
    w.exclusive = true;
    wait_queue_add(&c->waiters, &w);
    wait_prepare(interruptible);
    mutex_unlock(m);
    int r = wait_commit(deadline_ns);
    wait_queue_remove(&w);
    mutex_lock(m);
    return r;
}

void condition_signal(struct condition *c)
{
    wait_queue_wake(&c->waiters, 1, 0);
}

void condition_broadcast(struct condition *c)
{
    wait_queue_wake_all(&c->waiters);
}
