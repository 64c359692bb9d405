// SPDX-License-Identifier: BSD-3-Clause
// The work queue: one kernel thread that runs functions which may sleep.
#include "run_queue.h"

#include "base/log.h"
#include "sched/mutex.h"
#include "sched/work.h"

/*
 * The thread is made when work is first queued from a context that may allocate; work queued before, with preemption or
 * interrupts off, starts when the CPU next leaves such a section (the pending flag makes the preemption hook look here).
 */

/* No ranks: leaves that may be taken inside a wait queue's lock, by wake functions that queue work. */
static struct spinlock work_lock = SPINLOCK_INIT(RANK_NONE);
static struct list_node pending = LIST_INIT(pending);
static struct work *running; /* work_lock */
static struct wait_queue more = {.lock = SPINLOCK_INIT(RANK_NONE), .waiters = {&more.waiters, &more.waiters}};
static struct wait_queue done = WAIT_QUEUE_INIT(done);
static uint32_t worker_state; /* a: 0 none, 1 exists */

void work_init(struct work *w, void (*fn)(struct work *))
{
    list_init(&w->link);
    w->fn = fn;
    atomic_store_relaxed(&w->queued, false);
}

static struct work *take_work(void)
{
    if (list_empty(&pending)) /* looked at again after the wait is announced */
        return NULL;
    irq_flags_t flags = spin_lock_irqsave(&work_lock);
    struct list_node *n = list_pop_front(&pending);
    struct work *w = n != NULL ? container_of(n, struct work, link) : NULL;

    if (w != NULL) {
        running = w;
        atomic_store_seq(&w->queued, false); /* it may be queued again while it runs */
    }
    spin_unlock_irqrestore(&work_lock, flags);
    return w;
}

static void worker(void *arg)
{
    for (;;) {
        struct work *w = NULL;
        int r;
        WAIT_EVENT(&more, (w = take_work()) != NULL, false, NSEC_FOREVER, r);
        (void)r;
        w->fn(w); /* @w may be gone afterwards */
        irq_flags_t flags = spin_lock_irqsave(&work_lock);
        running = NULL;
        spin_unlock_irqrestore(&work_lock, flags);
        wait_queue_wake_all(&done);
    }
}

static void start_worker(void)
{
    uint32_t none = 0;

    if (!__atomic_compare_exchange_n(&worker_state, &none, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return;
    if (thread_start_kernel("kworker", worker, NULL) != 0) {
        log_once("no memory for the kernel worker thread");
        __atomic_store_n(&worker_state, 0, __ATOMIC_SEQ_CST);
    }
}

static bool may_create_thread(void)
{
    return !preempt_is_off() && irq_enabled();
}

static void ensure_worker(void)
{
    if (unlikely(__atomic_load_n(&worker_state, __ATOMIC_RELAXED) == 0) && may_create_thread())
        start_worker();
}

bool work_queue(struct work *w)
{
    bool expected = false;

    if (!atomic_cmpxchg(&w->queued, &expected, true))
        return false;
    irq_flags_t flags = spin_lock_irqsave(&work_lock);
    list_push_back(&pending, &w->link);
    spin_unlock_irqrestore(&work_lock, flags);
    wait_queue_wake_all(&more);
    if (unlikely(__atomic_load_n(&worker_state, __ATOMIC_RELAXED) == 0)) {
        if (may_create_thread())
            start_worker();
        else
            sched_call_soon(start_worker);
    }
    return true;
}

static bool busy(struct work *w)
{
    irq_flags_t flags = spin_lock_irqsave(&work_lock);
    bool b = atomic_load_seq(&w->queued) || running == w;

    spin_unlock_irqrestore(&work_lock, flags);
    return b;
}

void work_prepare(void)
{
    ensure_worker();
}

void work_flush(struct work *w)
{
    int r;

    ensure_worker();
    WAIT_EVENT(&done, !busy(w), false, NSEC_FOREVER, r);
    (void)r;
}
