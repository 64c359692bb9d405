// SPDX-License-Identifier: BSD-3-Clause
// Sleeping and waking: the prepare/commit protocol and wait queues.
#include "run_queue.h"

#include "sched/time.h"
#include "sched/wait.h"
#include "wait_timed.h"
#include <errno.h>

/*
 * Theory. A sleeper announces itself by storing its state (full barrier), then tests its condition; a waker makes the condition
 * true, then looks at the state (full barrier by the compare-and-swap). So one of them sees the other. Whoever moves the state
 * from a sleeping to a runnable value has woken the thread, exactly once, and the value says why.
 *
 * A waiter stays linked in its queue until its thread unlinks it under the queue's lock; as a waker holds that lock to the end,
 * no thread can run away and be freed under a waker's hands. Callers of wait_wake_thread() have to see to that themselves.
 */

#define MASK_ANY_SLEEP (1u << THREAD_SLEEP | 1u << THREAD_SLEEP_INTR | 1u << THREAD_STOPPED)

void wait_queue_init(struct wait_queue *q)
{
    spin_init(&q->lock, RANK_WAIT_QUEUE);
    list_init(&q->waiters);
}

static bool wake_default(struct waiter *w, uint64_t key)
{
    return wait_wake_thread(w->thread);
}

void waiter_init(struct waiter *w)
{
    waiter_init_fn(w, wake_default, NULL);
}

void waiter_init_fn(struct waiter *w, waiter_fn fn, void *arg)
{
    w->queue = NULL;
    w->thread = thread_current();
    w->fn = fn;
    w->arg = arg;
    w->exclusive = false;
}

void wait_queue_add(struct wait_queue *q, struct waiter *w)
{
    irq_flags_t flags = spin_lock_irqsave(&q->lock);

    w->queue = q;
    if (w->exclusive || list_empty(&q->waiters) || !container_of(q->waiters.prev, struct waiter, link)->exclusive)
        list_push_back(&q->waiters, &w->link);
    else
        list_push_front(&q->waiters, &w->link);
    spin_unlock_irqrestore(&q->lock, flags);
}

void wait_queue_remove(struct waiter *w)
{
    struct wait_queue *q = w->queue;

    if (q == NULL)
        return;
    irq_flags_t flags = spin_lock_irqsave(&q->lock);
    list_remove(&w->link);
    w->queue = NULL;
    spin_unlock_irqrestore(&q->lock, flags);
}

unsigned wait_queue_wake(struct wait_queue *q, unsigned n_exclusive, uint64_t key)
{
    struct waiter *w, *next;
    unsigned woken = 0;

    irq_flags_t flags = spin_lock_irqsave(&q->lock);
    LIST_FOR_EACH_SAFE(w, next, &q->waiters, link) {
        bool exclusive = w->exclusive;
        if (exclusive && n_exclusive == 0)
            break;
        if (!w->fn(w, key))
            continue;
        woken++;
        if (exclusive)
            n_exclusive--;
    }
    spin_unlock_irqrestore(&q->lock, flags);
    return woken;
}

void wait_prepare(bool interruptible)
{
    atomic_exchange(&thread_current()->state, interruptible ? THREAD_SLEEP_INTR : THREAD_SLEEP); /* pairs with sched_wake() */
}

void wait_prepare_stopped(void)
{
    atomic_exchange(&thread_current()->state, THREAD_STOPPED);
}

void wait_cancel(void)
{
    atomic_store_relaxed(&thread_current()->state, THREAD_RUNNABLE);
}

bool wait_wake_thread(struct thread *t)
{
    return sched_wake(t, MASK_ANY_SLEEP, THREAD_RUNNABLE);
}

bool wait_signal_pending(void)
{
    return atomic_load_relaxed(&thread_current()->interrupt_pending);
}

/* Why the wait ended. */
static int wait_result(struct thread *t)
{
    uint32_t state = atomic_load_relaxed(&t->state);

    if (likely(state == THREAD_RUNNABLE))
        return 0;
    atomic_store_relaxed(&t->state, THREAD_RUNNABLE);
    return state == THREAD_WOKEN_TIMEOUT ? -ETIMEDOUT : -EINTR;
}

/* End a wait that was only prepared: @otherwise, unless somebody has woken us meanwhile. */
static int wait_give_up(struct thread *t, int otherwise)
{
    uint32_t state = atomic_exchange(&t->state, THREAD_RUNNABLE);

    if (state >= THREAD_SLEEP)
        return otherwise;
    return state == THREAD_RUNNABLE ? 0 : state == THREAD_WOKEN_TIMEOUT ? -ETIMEDOUT : -EINTR;
}

int wait_commit(nsec_t deadline_ns)
{
    struct thread *t = thread_current();

    if (unlikely(atomic_load_seq(&t->interrupt_pending)) && atomic_load_seq(&t->state) == THREAD_SLEEP_INTR)
        return wait_give_up(t, -EINTR);
    if (deadline_ns == NSEC_FOREVER) {
        sched_block();
        return wait_result(t);
    }
    if (deadline_ns <= clock_monotonic_ns())
        return wait_give_up(t, -ETIMEDOUT);
    wait_block_until(t, deadline_ns);
    return wait_result(t);
}

int sleep_until(nsec_t deadline_ns, bool interruptible)
{
    for (;;) {
        wait_prepare(interruptible);
        int r = wait_commit(deadline_ns);
        if (r == -ETIMEDOUT)
            return 0;
        if (r == -EINTR)
            return r;
    }
}
