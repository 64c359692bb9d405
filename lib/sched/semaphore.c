// SPDX-License-Identifier: BSD-3-Clause
// The counting semaphore.
#include "sched/mutex.h"
#include "sched/wait.h"

void semaphore_init(struct semaphore *s, int32_t count)
{
    atomic_store_relaxed(&s->count, count);
    wait_queue_init(&s->waiters);
}

static bool try_down(struct semaphore *s)
{
    int32_t n = atomic_load_relaxed(&s->count);

    while (n > 0)
        if (atomic_cmpxchg(&s->count, &n, n - 1))
            return true;
    return false;
}

int semaphore_down(struct semaphore *s, bool interruptible, nsec_t deadline_ns)
{
    int r;

    WAIT_EVENT(&s->waiters, try_down(s), interruptible, deadline_ns, r);
    return r;
}

void semaphore_up(struct semaphore *s)
{
    atomic_fetch_add(&s->count, 1);
    wait_queue_wake_one(&s->waiters);
}
