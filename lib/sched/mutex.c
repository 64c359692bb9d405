// SPDX-License-Identifier: BSD-3-Clause
// The adaptive mutex: one compare-and-swap, a short spin while the owner runs, then sleep.
#include "run_queue.h"

#include "arch/cpu.h"
#include "base/panic.h"
#include "sched/mutex.h"
#include <errno.h>

/*
 * The owner word holds the owning thread and bit 0 while somebody waits. A release with waiters frees the word, keeping the bit,
 * and wakes the first waiter, which competes with newcomers; a waiter that loses once asks for the mutex to be handed over, so it
 * loses at most once. Waiters unlink themselves under the queue's lock, so the releaser never touches a thread that has gone.
 */

#define HAS_WAITERS 1ul
#define SPIN_LIMIT 1000

struct mutex_waiter {
    struct list_node link;
    struct thread *thread;
    bool hand_over; /* queue lock */
};

void mutex_init(struct mutex *m)
{
    atomic_store_relaxed(&m->owner, 0);
    wait_queue_init(&m->waiters);
}

bool mutex_try_lock(struct mutex *m)
{
    uintptr_t expected = 0;

    return atomic_cmpxchg_acquire(&m->owner, &expected, (uintptr_t)thread_current());
}

bool mutex_held(const struct mutex *m)
{
    return (atomic_load_relaxed(&m->owner) & ~HAS_WAITERS) == (uintptr_t)thread_current();
}

static bool owner_runs(uintptr_t owner)
{
    for (unsigned cpu = 0; cpu < sched_online(); cpu++) {
        struct run_queue *rq = run_queue_of(cpu);
        if ((uintptr_t)__atomic_load_n(&rq->current, __ATOMIC_RELAXED) == owner)
            return !__atomic_load_n(&rq->idle, __ATOMIC_RELAXED);
    }
    return false;
}

static bool spin(struct mutex *m)
{
    for (unsigned i = 0; i < SPIN_LIMIT && !preempt_need_resched(); i++) {
        uintptr_t owner = atomic_load_relaxed(&m->owner);
        if (owner == 0 && mutex_try_lock(m))
            return true;
        if ((owner & HAS_WAITERS) || (owner != 0 && !owner_runs(owner)))
            return false;
        cpu_relax();
    }
    return false;
}

/* Take the free word; queue lock held. The bit stays if others wait. */
static bool take_locked(struct mutex *m, struct mutex_waiter *w)
{
    uintptr_t me = (uintptr_t)thread_current();
    uintptr_t owner = atomic_load_relaxed(&m->owner);

    for (;;) {
        bool free = (owner & ~HAS_WAITERS) == 0, handed = (owner & ~HAS_WAITERS) == me;
        if (!free && !handed) {
            if ((owner & HAS_WAITERS) || atomic_cmpxchg(&m->owner, &owner, owner | HAS_WAITERS))
                return false;
            continue;
        }
        list_remove(&w->link);
        uintptr_t fresh = me | (list_empty(&m->waiters.waiters) ? 0 : HAS_WAITERS);
        if (atomic_cmpxchg(&m->owner, &owner, fresh))
            return true;
        list_push_front(&m->waiters.waiters, &w->link);
    }
}

static int lock_slow(struct mutex *m, bool interruptible)
{
    struct mutex_waiter w = {.thread = thread_current()};
    int r = 0;

    if (sched_online() > 1 && spin(m))
        return 0;
    irq_flags_t flags = spin_lock_irqsave(&m->waiters.lock);
    list_push_back(&m->waiters.waiters, &w.link);
    while (!take_locked(m, &w)) {
        if (r != 0) {
            list_remove(&w.link);
            break;
        }
        wait_prepare(interruptible);
        spin_unlock_irqrestore(&m->waiters.lock, flags);
        r = wait_commit(NSEC_FOREVER);
        flags = spin_lock_irqsave(&m->waiters.lock);
        w.hand_over = true;
    }
    if (mutex_held(m))
        r = 0;
    spin_unlock_irqrestore(&m->waiters.lock, flags);
    return r;
}

void mutex_lock(struct mutex *m)
{
    debug_assert(!mutex_held(m));
    if (unlikely(!mutex_try_lock(m)))
        (void)lock_slow(m, false);
}

int mutex_lock_interruptible(struct mutex *m)
{
    debug_assert(!mutex_held(m));
    if (likely(mutex_try_lock(m)))
        return 0;
    return lock_slow(m, true);
}

static __noinline void unlock_slow(struct mutex *m)
{
    irq_flags_t flags = spin_lock_irqsave(&m->waiters.lock);
    struct mutex_waiter *w = list_first_entry(&m->waiters.waiters, struct mutex_waiter, link);

    if (w == NULL) {
        atomic_store_seq(&m->owner, 0);
    } else {
        atomic_store_seq(&m->owner, (w->hand_over ? (uintptr_t)w->thread : 0) | HAS_WAITERS);
        wait_wake_thread(w->thread);
    }
    spin_unlock_irqrestore(&m->waiters.lock, flags);
}

void mutex_unlock(struct mutex *m)
{
    uintptr_t expected = (uintptr_t)thread_current();

    debug_assert(mutex_held(m));
    if (unlikely(!__atomic_compare_exchange_n(&m->owner, &expected, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)))
        unlock_slow(m);
}
